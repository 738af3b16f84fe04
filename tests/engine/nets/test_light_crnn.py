"""The light CRNN and its spatial transformer: what goes in and out, and that it learns from nothing."""

from __future__ import annotations

from collections.abc import Iterable

import keras
import numpy as np
import pytest

from ocr_studio.core.language.charset import Charset
from ocr_studio.engine.nets import light_craft, light_crnn
from ocr_studio.engine.nets.light_craft import build_light_craft
from ocr_studio.engine.nets.light_crnn import build_light_crnn
from ocr_studio.engine.nets.spatial_transformer import LineSampler, Sampler
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.training.augmentation import augment
from ocr_studio.engine.training.batches import pack_batch
from ocr_studio.engine.training.trainer import Evaluator, RecognizerTrainer, TrainingPlan
from ocr_studio.engine.weights.batchnorm_folding import fold_batchnorm
from tests.engine.tiny_recognizer import printed

WORDS = ("one", "two", "six")
LETTERS = Charset(tuple("efinostvwx"))
STILL = np.array([[1, 0, 0, 0, 1, 0]], np.float32)


def lines(batch: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.random.default_rng(0).uniform(-1, 1, (batch, 48, width, 3)).astype(np.float32)


def separable(blocks: Iterable[str]) -> list[str]:
    return [f"{block}_{part}" for block in blocks for part in ("depthwise", "mix")]


@pytest.mark.parametrize(
    ("net", "names"),
    [
        (
            build_light_crnn(7),
            [
                *("locate_conv1", "locate_conv2", "locate_where", "locate_fc1", "locate_fc2", "stem"),
                *separable(f"block{index}" for index in range(len(light_crnn.BLOCKS))),
                *("rows", "around0", "around1", "characters"),
            ],
        ),
        (
            build_light_craft(),
            [
                "stem",
                *separable(f"block{index}" for index in range(len(light_craft.BLOCKS))),
                *(f"lateral{level}" for level in range(4)),
                *separable(f"up{level}" for level in range(4)),
                *("head1", "head2"),
            ],
        ),
    ],
    ids=["crnn", "craft"],
)
def test_every_layer_with_weights_is_named_once(net: keras.Model, names: list[str]) -> None:
    assert {layer.name for layer in net.layers if layer.weights} == set(names)
    assert len(names) == len(set(names))
    assert not net.non_trainable_weights  # no running statistics that training could spoil
    assert net.count_params() < 800_000


@pytest.mark.parametrize("width", [8, 64, 328])
def test_lines_of_every_width_have_a_step_for_eight_pixels(width: int) -> None:
    assert np.asarray(build_light_crnn(7)(lines(2, width))).shape == (2, width // 8, 7)


def test_a_line_that_is_not_to_be_moved_stays() -> None:
    line = lines(1, 64)
    np.testing.assert_allclose(LineSampler()(line, STILL), line, atol=1e-4)


def test_a_line_is_moved_by_half_heights_however_wide_it_is() -> None:
    down = STILL + np.array([[0, 0, 0, 0, 0, 2 / 24]], np.float32)  # two of 24 pixels
    for width in (16, 64):
        line = lines(1, width)
        moved = np.asarray(LineSampler()(line, down))
        np.testing.assert_allclose(moved[:, :-2], line[:, 2:], atol=1e-4)
        np.testing.assert_allclose(moved[:, -1], line[:, -1], atol=1e-4)  # the border goes on


def test_the_published_sampler_ends_in_nothing() -> None:
    features = np.random.default_rng(0).random((2, 5, 7, 3)).astype(np.float32)
    seen = np.asarray(Sampler()(features, np.tile(STILL, (2, 1))))
    np.testing.assert_allclose(seen[:, 0, 0], features[:, 0, 0], atol=1e-5)
    np.testing.assert_allclose(seen[:, -1], 0, atol=1e-6)
    np.testing.assert_allclose(seen[:, :, -1], 0, atol=1e-6)


def test_it_comes_back_from_its_file_the_same(tmp_path_factory: pytest.TempPathFactory) -> None:
    net = build_light_crnn(7, normed=True)
    file = tmp_path_factory.mktemp("net") / "net.keras"
    net.save(file)
    again = keras.saving.load_model(file)
    np.testing.assert_array_equal(net(lines(1, 64), training=False), again(lines(1, 64), training=False))


@pytest.mark.usefixtures("plain_graphs")
def test_it_learns_to_read_from_nothing_and_then_reads_without_its_normalisation() -> None:
    keras.utils.set_random_seed(6)
    lessons = [printed(word) for word in WORDS]
    net = build_light_crnn(len(LETTERS), normed=True)
    course = TrainingPlan("all", 110, 5e-3, 1.0, 0, np.ones(len(LETTERS), np.bool_))
    trainee = RecognizerTrainer(net, course)
    crops = [augment(lesson.crop, 0.0, np.random.default_rng(0)) for lesson in lessons]
    labels = [LETTERS.encode(lesson.text) for lesson in lessons]
    batch = pack_batch(crops, labels)
    for _ in range(course.steps):
        trainee.train_step(batch)
    assert Evaluator(lessons, LETTERS).evaluate(trainee).texts == WORDS
    plain = fold_batchnorm(net, build_light_crnn(len(LETTERS)))
    np.testing.assert_allclose(plain(batch.inputs, training=False), net(batch.inputs, training=False), atol=1e-3)
    found = Recognizer(TensorFlowNetwork(plain, softmax=True), LETTERS, name="light").read(
        [lesson.crop for lesson in lessons]
    )
    # Seen with one padding only, a word may still be read wrongly with another.
    assert sum(each.text == word for each, word in zip(found, WORDS, strict=True)) >= 2
