"""Learning of the output layer alone: its loss, what it learns, and what it leaves alone."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from ocr_studio.core.models import registry
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine import model_loader
from ocr_studio.engine.recognition.ctc import collapse_path
from ocr_studio.engine.training import output_layer
from ocr_studio.engine.training.output_layer import OutputLayerLearner
from ocr_studio.engine.training.training_data import Crop


def spelled(probabilities: np.ndarray, labels: tuple[int, ...]) -> tuple[float, np.ndarray]:
    """The loss of a text, and how likely each class is at each step given the text, by trying all paths."""
    steps, classes = probabilities.shape
    total, at = 0.0, np.zeros_like(probabilities)
    for path in itertools.product(range(classes), repeat=steps):
        if collapse_path(np.array(path)) == labels:
            chance = float(np.prod(probabilities[range(steps), path]))
            total += chance
            at[range(steps), path] += chance
    return -np.log(total), at / total


def test_losses_are_those_of_all_paths_that_spell_a_text() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(4), (5, 6)).astype(np.float32)
    texts, steps = [(1,), (1, 2, 1), (2, 2), (3, 1, 2), (1, 1)], np.array([6, 5, 4, 6, 3])
    losses, occupancy = output_layer.align(probabilities, steps, texts)
    for row, (text, last) in enumerate(zip(texts, steps, strict=True)):
        loss, at = spelled(probabilities[row, :last].astype(np.float64), text)
        assert losses[row] == pytest.approx(loss, rel=1e-5)
        np.testing.assert_allclose(occupancy[row, :last], at, atol=1e-5)


def test_a_text_that_is_all_but_impossible_has_a_finite_loss() -> None:
    probabilities = np.zeros((1, 4, 3), np.float32)
    probabilities[..., 0] = 1
    losses, occupancy = output_layer.align(probabilities, np.array([4]), [(1, 2)])
    assert np.isfinite(losses).all()
    assert np.isfinite(occupancy).all()
    assert losses[0] > 50


def drawn(text: str) -> Crop:
    image = np.full((60, 34 * len(text) + 30, 3), 235, np.uint8)
    cv2.putText(image, text, (12, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (40, 40, 40), 3, cv2.LINE_AA)
    return image


@pytest.fixture(scope="module")
def learner() -> OutputLayerLearner:
    made = OutputLayerLearner.of(registry.in_use(None).name, ReaderOptions())
    assert made is not None
    return made


def test_what_is_corrected_is_read_so_and_nothing_else_changes(learner: OutputLayerLearner) -> None:
    base = model_loader.load_recognizer(registry.in_use(None))
    wrong = [word.replace("e", "ø") for word in ("tree", "hello", "seven", "letter", "meter", "green")]
    list(learner.take_in({word: (drawn(word.replace("ø", "e")), word) for word in wrong}))
    layer = learner.learn()
    assert layer is not None
    after = learner.recognizer(base, layer)
    fresh, others = ["sheet", "never", "beer"], ["Anna", "book", "1024", "tall", "GRAND"]
    texts = [read.text for read in after.read([drawn(word) for word in [*fresh, *others]], spaces=False)]
    assert texts == [word.replace("e", "ø") for word in fresh] + others
    assert [read.text for read in base.read([drawn(word) for word in fresh], spaces=False)] == fresh


def test_learning_begins_with_the_original_weights_each_time(learner: OutputLayerLearner) -> None:
    words = {word: (drawn(word), word) for word in ("tree", "house")}
    list(learner.take_in({"x": (drawn("x"), "y")}))
    learner.learn()
    list(learner.take_in(words))
    first = learner.learn()
    list(learner.take_in({}))
    assert learner.learn() is None
    list(learner.take_in(words))
    again = learner.learn()
    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(first.kernel, again.kernel)


def test_what_cannot_be_learned_is_left_out(learner: OutputLayerLearner) -> None:
    list(learner.take_in({"unknown": (drawn("x"), "漢"), "empty": (drawn("x"), " "), "long": (drawn("x"), "x" * 40)}))
    assert learner.learn() is None


def test_other_recognizers_do_not_learn_so(learner: OutputLayerLearner) -> None:
    assert OutputLayerLearner.of(registry.BUILT_IN_DETECTOR.name, ReaderOptions()) is None
