"""What the trained layers see of words, computed once: views, batches, resuming."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.translation import Message
from ocr_studio.engine.nets.plans import STEP
from ocr_studio.engine.training import stored_features
from ocr_studio.engine.training.batches import WIDEST, Mixture
from ocr_studio.engine.training.stored_features import FeatureBatches, Features, View
from ocr_studio.engine.training.training_data import TrainingExample
from tests.engine.tiny_recognizer import printed

CHARSET = Charset(tuple("abcdefghijklmnopqrstuvwxyz"))
WORDS = [printed(word) for word in ("map", "mop", "queue", "left", "right")]
GENERAL = [printed(word) for word in ("sum", "of", "all")]


Views: TypeAlias = dict[TrainingExample, list[View]]


class Levels:
    """Gives the mean of the pixels at each step, so that one view differs from another."""

    runtime, classes, parallel_calls, batch_pixels = "onnx", 1, 1, 512
    notice: Message | None = None

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        rows, _, width, _ = pixels.shape
        levels = pixels.mean(axis=(1, 3)).reshape(rows, width // 8, 8).mean(axis=2, keepdims=True)
        return np.asarray(levels, np.float32)


def compute(words: list[TrainingExample], *, views: int, seed: int = 3) -> Views:
    found: Views = {}
    for some in stored_features.compute_features(Levels(), words, views=views, augmentation=1.0, seed=seed):
        found |= some
    return found


@pytest.mark.parametrize(("words", "views"), [(0, 8), (5, 8), (500, 8), (1000, 4), (4000, 1), (100_000, 1)])
def test_many_words_have_fewer_views(words: int, views: int) -> None:
    assert stored_features.count_views(words, augmentation=1.0) == views


def test_words_that_are_not_varied_have_one_view() -> None:
    assert stored_features.count_views(5, augmentation=0.0) == 1


def test_the_first_view_is_the_word_as_it_is_and_the_others_vary() -> None:
    plain, varied = compute(WORDS, views=2), compute(WORDS, views=4)
    for word in WORDS:
        np.testing.assert_array_equal(plain[word][0].features, varied[word][0].features)
        assert len(varied[word]) == 4
        assert len({each.features.tobytes() for each in varied[word]}) == 4


def test_of_many_words_with_a_single_view_some_are_varied() -> None:
    words = [printed(f"{number}a") for number in range(12)]
    plain, single = compute(words, views=2), compute(words, views=1)
    same = [np.array_equal(plain[word][0].features, single[word][0].features) for word in words]
    assert 0 < sum(same) < len(words)


def test_long_lines_are_squeezed() -> None:
    crop = np.zeros((40, 3000, 3), np.uint8)
    ((view,),) = compute([TrainingExample(crop, "a")], views=1).values()
    assert WIDEST // STEP <= view.steps < len(view.features) < WIDEST // STEP + 8


def test_padding_is_what_lies_far_from_any_crop() -> None:
    class Edges(Levels):
        """Gives the position of each step, as edges would show."""

        def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.arange(pixels.shape[2] // 8, dtype=np.float32)[None, :, None]

    assert stored_features.compute_padding(Edges()).tolist() == [64.0]


def test_views_depend_on_the_seed_alone() -> None:
    one, same, other = (compute(WORDS, views=3, seed=seed) for seed in (3, 3, 4))
    for word in WORDS:
        assert [view.features.tobytes() for view in one[word]] == [view.features.tobytes() for view in same[word]]
    assert not np.array_equal(one[WORDS[0]][1].features, other[WORDS[0]][1].features)


def test_batches_hold_a_view_of_each_word_and_are_the_same_again() -> None:
    mixture = Mixture(batch=6, replay=0.5, augmentation=1.0, seed=1)
    views = compute([*WORDS, *GENERAL], views=4)
    features = Features(np.array([7.0], np.float32), views)
    first, second = (FeatureBatches(WORDS, GENERAL, CHARSET, mixture, features) for _ in range(2))
    assert first.per_epoch == 2
    seen, padding = set[bytes](), set[float]()
    for step in range(20):
        batch, again = first.at(step), second.at(step)
        np.testing.assert_array_equal(batch.inputs, again.inputs)
        assert (len(batch.inputs) - batch.own, batch.inputs.shape[1] % 4) == (3, 0)
        for row, steps in zip(batch.inputs, batch.steps, strict=True):
            padding |= set(row[steps:].flat)
            seen.add(row[:steps].astype(np.float16).tobytes())
    known = {view.features[: view.steps].tobytes() for each in views.values() for view in each}
    assert seen <= known
    assert padding == {0.0, 7.0}  # of the crops, and of the batches
    assert len(seen) > len(known) / 2
