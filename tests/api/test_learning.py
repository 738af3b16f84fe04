"""A recognizer and a detector learn by Keras' own ``fit``, are kept, and go on where they were cut short."""

from __future__ import annotations

import copy
import csv
import functools
import itertools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from ocr_studio.api import Detector, Recognizer
from ocr_studio.api import data_generation as data
from ocr_studio.api.detection import NotTrainable
from ocr_studio.api.recognition import UntrainableText
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CRNN, BadModel
from ocr_studio.engine import keras_fit
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
from tests.engine.tiny_recognizer import build_tiny, printed

WORDS = ("map", "mop", "queue", "left")
LETTERS = "".join(sorted(set("".join(WORDS))))


@pytest.fixture(autouse=True)
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_STUDIO_PRECISION", "float32")


def again_and_again() -> Iterator[tuple[Any, str]]:
    return itertools.cycle([(printed(word).crop, word) for word in WORDS])


@functools.cache
def untaught() -> Recognizer:
    """Made once; to be copied."""
    return Recognizer(LETTERS, weights=None, languages=())


def tiny() -> Recognizer:
    """A recognizer with a net that learns in seconds."""
    recognizer = copy.copy(untaught())
    recognizer.model = build_tiny(len(recognizer.charset))
    recognizer.compile(optimizer=keras.optimizers.Adam(4e-3))
    return recognizer


def test_a_recognizer_learns_words_by_fit_and_reads_them() -> None:
    recognizer = tiny()
    batches = recognizer.get_batch_generator(again_and_again(), batch_size=4)
    told = recognizer.training_model.fit(batches, steps_per_epoch=120, epochs=1, shuffle=False, verbose=0)
    assert told.history["loss"][0] < 2.5
    (crops, _, steps, _), _ = next(batches)
    classes = np.asarray(recognizer.model(crops)).argmax(axis=-1)
    read = [ctc.collapse_path(row[: int(count)]) for row, count in zip(classes, steps[:, 0], strict=True)]
    assert [recognizer.charset.decode(labels) for labels in read] == list(WORDS)
    # (the widest of a batch is seen alone as it was there)
    assert recognizer.recognize(printed("queue").crop) == "queue"


def test_batches_say_what_stands_there_and_no_two_in_a_row_are_of_one_width() -> None:
    recognizer = tiny()
    batches = recognizer.get_batch_generator(again_and_again(), batch_size=4, max_string_length=9)
    (crops, labels, steps, lengths), nothing = next(batches)
    assert (crops.shape[:2], labels.shape, nothing.shape) == ((4, 48), (4, 9), (4, 1))
    read = [recognizer.charset.decode(row[:count]) for row, count in zip(labels, lengths[:, 0], strict=True)]
    assert read == list(WORDS)
    assert (steps[:, 0] <= crops.shape[2] // 8).all()
    assert next(batches)[0][0].shape[2] != crops.shape[2]
    weighed = recognizer.get_batch_generator([(printed("map").crop, "MAP", 0.5)], batch_size=1, lowercase=True)
    assert [*map(len, list(weighed))] == [3]


@pytest.mark.parametrize("text", ["", "   ", "maß", "left" * 20])
def test_what_cannot_be_taught_is_said(text: str) -> None:
    with pytest.raises(UntrainableText):
        next(tiny().get_batch_generator([(printed("map").crop, text)], batch_size=1))


def test_a_light_recognizer_is_kept_and_reads_as_it_did() -> None:
    keras.utils.set_random_seed(3)
    recognizer = Recognizer(LETTERS, weights=None, languages=())
    rng = np.random.default_rng(3)
    for weight in recognizer.model.weights:  # as after learning: running means and spreads as well
        weight.assign(np.asarray(weight) + rng.uniform(0.0, 0.1, weight.shape))
    batches = recognizer.get_batch_generator(again_and_again(), batch_size=4)
    recognizer.save("mine", scores={"test": {"cer": 0.5}})
    again = Recognizer(weights="mine")
    assert (again.alphabet, again.architecture, again.languages) == (LETTERS, "light-crnn", ())
    again.languages = ("de", "en")
    again.save("with words")
    assert Recognizer(weights="with words").languages == ("de", "en")
    assert Recognizer(weights="with words", languages=()).languages == ()
    (crops, *_), _ = next(batches)
    np.testing.assert_allclose(again.model(crops), recognizer.model(crops, training=False), atol=1e-3)
    model = registry.find("mine")
    assert model.card is not None
    assert model.card.scores == {"test": {"cer": 0.5}}
    assert Recognizer(weights=str(model.folder)).alphabet == LETTERS
    fewer = Recognizer("pamx", weights="mine")
    assert fewer.alphabet == "pamx"
    seen = np.asarray(again.model(crops))[..., [0, *(LETTERS.index(sign) + 1 for sign in "pam")]]
    np.testing.assert_allclose(np.asarray(fewer.model(crops))[..., :4], seen, atol=1e-4)
    assert fewer.backbone.output_shape[-1] == fewer.model.get_layer("characters").kernel.shape[0]


def test_what_cannot_be_kept_leaves_nothing_behind() -> None:
    with pytest.raises(BadModel):
        Recognizer(LETTERS, weights=None, languages=()).save("mine", title="a" * 300)
    assert registry.candidates("mine") == ()
    assert not registry.is_taken("mine")


def test_the_network_of_keras_ocr_is_fed_as_it_was() -> None:
    recognizer = Recognizer("aelmopqtuf", weights=None, architecture=CRNN, languages=())
    assert isinstance(recognizer.reader, CrnnRecognizer)
    (crops, labels, steps, lengths), _ = next(recognizer.get_batch_generator(again_and_again(), batch_size=4))
    assert crops.shape == (4, 31, 200, 1)
    assert crops.max() <= 1
    assert (steps == recognizer.model.output_shape[1]).all()
    assert (lengths[:, 0] == [3, 3, 5, 4]).all()
    assert labels[0, 3:].max() == 0


def test_an_architecture_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"architecture must be one of .*“light-crnn”"):
        Recognizer(weights=None, architecture="light-craft")
    with pytest.raises(ValueError, match="architecture must be one of “light-craft”, “craft”"):
        Detector(weights=None, architecture="light-crnn")


def photos() -> Iterator[tuple[Any, Any]]:
    looks = data.Looks(font_size=30, margin=4)
    return data.get_image_generator(96, 160, data.get_made_hands(1), itertools.repeat("one two"), looks=looks)


def test_a_detector_learns_by_fit_and_is_kept_as_it_is() -> None:
    keras.utils.set_random_seed(1)
    detector = Detector(weights=None)
    detector.compile(optimizer=keras.optimizers.Adam(4e-3))
    batches = detector.get_batch_generator(itertools.cycle([next(photos())]), batch_size=1)
    pixels, maps = next(batches)
    assert (pixels.shape, maps.shape) == ((1, 96, 160, 3), (1, 48, 80, 3))
    told = detector.model.fit(batches, steps_per_epoch=8, epochs=2, shuffle=False, verbose=0)
    losses = told.history["loss"]
    assert losses[1] < 0.7 * losses[0], losses
    detector.save("finds")
    again = Detector("finds")
    assert (again.finds, again.architecture) == ("words", "light-craft")
    np.testing.assert_allclose(again.model(pixels), detector.model(pixels, training=False), atol=1e-3)


def test_a_detector_of_lines_says_that_it_learns_otherwise() -> None:
    detector = Detector()
    assert detector.finds == "lines"
    for way in (detector.compile, lambda: next(detector.get_batch_generator(photos()))):
        with pytest.raises(NotTrainable, match="ocr-studio train"):
            way()


def test_a_run_that_was_cut_short_goes_on_and_its_log_has_each_epoch_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_fit, "time", SimpleNamespace(monotonic=itertools.count().__next__))

    def run(recognizer: Recognizer, *, resume: bool, epochs: int) -> None:
        batches = recognizer.get_batch_generator(again_and_again(), batch_size=2)
        going_on = keras_fit.CheckpointCallback(tmp_path, patience=(patience := early()), resume=resume)
        log = keras_fit.resume_log(tmp_path / "log.csv", going_on.epochs)
        recognizer.training_model.fit(
            batches,
            steps_per_epoch=2,
            epochs=epochs,
            initial_epoch=going_on.epochs,
            callbacks=[patience, keras_fit.LearningRate(100, 1e-3, spent=going_on.seconds), log, going_on],
            shuffle=False,
            verbose=0,
        )

    first, second = tiny(), tiny()
    run(first, resume=False, epochs=2)
    with open(tmp_path / "log.csv", "a", encoding="utf-8") as log:
        log.write("2,0.5,0.1,6\n")  # written, then killed before the checkpoint was
    second.training_model.set_weights([0 * weight for weight in second.training_model.get_weights()])
    kept = keras_fit.CheckpointCallback(tmp_path, resume=True)
    assert kept.epochs == 2
    assert kept.seconds > 0
    run(second, resume=True, epochs=2)  # nothing is left to do, but all was taken up
    for one, other in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert int(second.training_model.optimizer.iterations) == 4
    run(second, resume=True, epochs=3)
    with open(tmp_path / "log.csv", newline="", encoding="utf-8") as log:
        assert [row["epoch"] for row in csv.DictReader(log)] == ["0", "1", "2"]
    assert keras_fit.CheckpointCallback(tmp_path, resume=False).epochs == 0


def early() -> keras.callbacks.EarlyStopping:
    return keras.callbacks.EarlyStopping(monitor="loss", mode="min", patience=5, restore_best_weights=True)


def test_the_rate_rises_then_falls_and_a_run_ends_with_its_steps() -> None:
    assert keras_fit.rate_at(0.0) < 0.01
    assert keras_fit.rate_at(0.02) == pytest.approx(1.0)
    assert keras_fit.rate_at(0.51) == pytest.approx(0.5)
    assert keras_fit.rate_at(1.0) <= 0.01
    recognizer = tiny()
    batches = recognizer.get_batch_generator(again_and_again(), batch_size=2)
    told = recognizer.training_model.fit(
        batches,
        steps_per_epoch=50,
        epochs=50,
        callbacks=[keras_fit.LearningRate(3, 1e-3)],
        shuffle=False,
        verbose=0,
    )
    assert len(told.epoch) == 1
    assert int(recognizer.training_model.optimizer.iterations) == 3
