"""What CRAFT should see, what is read out of it, and a light one that learns to see it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine import keras_fit
from ocr_studio.engine.detection.craft_boxes import CraftThresholds, word_quads
from ocr_studio.engine.detection.craft_detector import CraftDetector, CraftOptions
from ocr_studio.engine.keras_fit import craft_loss
from ocr_studio.engine.nets.light_craft import build_light_craft
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.training.detector import craft_targets
from ocr_studio.engine.training.detector.craft_targets import LetterBoxes
from ocr_studio.engine.weights.batchnorm_folding import fold_batchnorm
from tests.engine.tiny_recognizer import printed

AS_IT_IS = np.array([[1.0, 0, 0], [0, 1, 0]])


def box(left: float, top: float, width: float, height: float, *, degrees: float = 0.0) -> Quad:
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    angle = np.radians(degrees)
    turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return Quad.from_array(turned + (left, top))


def drawn(*words: Labelled, size: tuple[int, int] = (320, 160)) -> NDArray[np.float32]:
    return craft_targets.draw_targets(LetterBoxes.of(words), AS_IT_IS, size)[0]


@pytest.mark.parametrize("height", [12, 20, 40, 70])
@pytest.mark.parametrize("degrees", [0, 8, -15])
def test_words_that_are_drawn_are_found_as_large_as_they_are(height: int, degrees: float) -> None:
    truth = [
        Labelled(box(40, 60, 2.4 * height, height, degrees=degrees), "word"),
        Labelled(box(60 + 3.5 * height, 90, 1.3 * height, height, degrees=degrees), "of"),
    ]
    found = word_quads(drawn(*truth, size=(480, 320)))
    matrix = geometry.compute_iou_matrix(found, [word.quad.corners for word in truth])
    assert matrix.shape == (2, 2)
    assert (matrix.max(axis=0) > 0.65).all(), matrix


def test_words_beside_each_other_stay_two_and_letters_of_one_are_linked() -> None:
    apart = drawn(Labelled(box(20, 40, 80, 24), "left"), Labelled(box(112, 40, 100, 24), "right"))
    assert len(word_quads(apart)) == 2
    assert len(word_quads(drawn(Labelled(box(20, 40, 200, 24), "left right")))) == 2  # a space links nothing
    wide = drawn(Labelled(box(20, 40, 200, 24), "wide"))
    assert len(word_quads(wide)) == 1
    wide[..., 1] = 0
    assert len(word_quads(wide)) == 4


def test_a_letter_is_a_hill_with_its_top_in_the_middle() -> None:
    maps = drawn(Labelled(box(40, 40, 32, 40), "A"))
    assert int(maps[..., 0].argmax()) == 30 * 160 + 28
    assert maps[30, 28, 0] == pytest.approx(1.0)
    assert maps[30, 20, 0] == pytest.approx(np.exp(-2), abs=0.01)  # at the box's edge
    assert not maps[..., 1].any()


def test_what_is_unclear_is_not_known_and_no_letter() -> None:
    places = LetterBoxes.of([Labelled(box(40, 40, 40, 20), "word", ignore=True), Labelled(box(200, 40, 40, 20), "")])
    maps, known = craft_targets.draw_targets(places, AS_IT_IS, (320, 160))
    assert not maps.any()
    assert not known[22:28, 22:38].any()
    assert known[:, 60:].all()


@given(
    corners=st.lists(st.floats(-500, 500, allow_nan=False, width=32), min_size=8, max_size=8),
    text=st.text("ab ", min_size=0, max_size=6),
)
@how(max_examples=150)
def test_any_quad_can_be_drawn(corners: list[float], text: str) -> None:
    quad = np.array(corners, np.float64).reshape(4, 2)
    places = LetterBoxes(tuple(craft_targets.split_evenly(quad, text)), np.zeros((0, 4, 2)))
    assert sum(len(word) for word in places.words) == len(text.replace(" ", ""))
    maps, _ = craft_targets.draw_targets(places, AS_IT_IS, (64, 48))
    assert maps.shape == (24, 32, 2)
    assert np.isfinite(maps).all()
    assert maps.min() >= 0
    assert maps.max() <= 1


@given(seed=st.integers(0, 10_000))
@how(max_examples=60)
def test_any_maps_give_words_or_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    maps = rng.random((17, 23, 2)).astype(np.float32) ** rng.uniform(0.2, 4)
    quads = word_quads(maps, CraftThresholds(size=int(rng.integers(0, 5))))
    assert quads.shape[1:] == (4, 2)
    assert np.isfinite(quads).all()


def test_a_word_that_is_all_joints_is_left_out() -> None:
    assert word_quads(np.ones((20, 30, 2), np.float32)).shape == (0, 4, 2)


def test_the_loss_is_nothing_where_all_is_seen_and_counts_what_is_known_only() -> None:
    maps = drawn(Labelled(box(40, 40, 80, 30), "word"))[None]
    known = np.ones((*maps.shape[:3], 1), np.float32)
    assert float(craft_loss(maps, maps, known)) == 0.0
    wrong = maps.copy()
    wrong[0, :10, :10] = 1.0
    assert float(craft_loss(wrong, maps, known)) > 0.05
    known[0, :10, :10] = 0.0
    assert float(craft_loss(wrong, maps, known)) == 0.0
    assert float(craft_loss(np.zeros_like(maps), maps, known)) > 0.1  # to see nothing is no way out


def photo_of(*words: tuple[str, int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A photo of printed words, as a batch, and what a net should see on it."""
    board = np.full((128, 256, 3), 235, np.uint8)
    truth = []
    for text, left, top in words:
        crop = printed(text, scale=0.8).crop
        height, width = crop.shape[:2]
        board[top : top + height, left : left + width] = crop
        truth.append(Labelled(box(left, top + 4, width, height - 8), text))
    maps, _ = craft_targets.draw_targets(LetterBoxes.of(truth), AS_IT_IS, (256, 128))
    return board[None].astype(np.float32) / np.float32(127.5) - 1, maps[None]


def test_a_light_craft_learns_where_words_are_and_is_the_same_without_its_normalisation() -> None:
    keras.utils.set_random_seed(1)
    pixels, maps = photo_of(("one", 10, 10), ("twelve", 100, 16), ("nine", 24, 70), ("six", 150, 80))
    net = keras_fit.compile_model(build_light_craft(normed=True), keras_fit.letter_maps)
    before = keras_fit.letter_maps(maps, net(pixels, training=False))
    steps = [np.repeat(each, 70, axis=0) for each in (pixels, maps)]
    net.fit(*steps, batch_size=1, verbose=0, callbacks=[keras_fit.LearningRate(70, 4e-3)])
    assert keras_fit.letter_maps(maps, net(pixels, training=False)) < 0.25 * before
    plain = fold_batchnorm(net, build_light_craft())
    seen = np.asarray(plain(pixels, training=False))
    np.testing.assert_allclose(seen, net(pixels, training=False), atol=1e-4)
    matrix = geometry.compute_iou_matrix(word_quads(seen[0]), word_quads(maps[0]))
    assert matrix.shape == (4, 4)
    assert (matrix.max(axis=0) > 0.6).all(), matrix


def test_a_detector_finds_the_words_of_a_photo_of_any_size() -> None:
    """Its net sees a word wherever the photo is dark: what is done before and after it is what is tested."""
    photo = keras.Input((None, None, 3))
    dark = keras.layers.AveragePooling2D(2)(keras.layers.Rescaling(-0.5, 0.5)(photo))
    kernel = np.array([[1, 0]] * 3, np.float32)[None, None] / 3  # a region, and no links
    maps = keras.layers.Conv2D(2, 1, use_bias=False, kernel_initializer=keras.initializers.Constant(kernel))(dark)
    detector = CraftDetector(TensorFlowNetwork(keras.Model(photo, maps)), options=CraftOptions(side=640))
    board = np.full((333, 517, 3), 255, np.uint8)
    board[40:70, 60:200] = 0
    board[200:240, 300:480] = 0
    found = detector.find(board)
    assert found.shape == (2, 6, 2)
    np.testing.assert_allclose(found[:, :4].mean(axis=1), [[130, 55], [390, 220]], atol=6)
    fewer = detector.tuned_to(DetectionOptions(box_threshold=0.9, threshold=0.89))
    assert isinstance(fewer.options, CraftOptions)
    assert fewer.options.thresholds == CraftThresholds(detection=0.99, text=0.99, link=0.99)
    assert detector.find(np.full((1, 1, 3), 255, np.uint8)).shape == (0, 6, 2)
