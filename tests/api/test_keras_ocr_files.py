"""Files of keras-ocr's users, begun with by a script: a body without its last layer learns an alphabet of its own."""

from __future__ import annotations

from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.api.detection import Detector
from ocr_studio.api.model_store import PublishedFileMissing
from ocr_studio.api.recognition import Recognizer
from tests.engine.keras_ocr_files import RECORDED, write

TEXTS = ("öl", "lö")


def word(text: str) -> NDArray[np.uint8]:
    """A bar for an l, a ring for an ö."""
    picture = np.full((40, 120, 3), 230, np.uint8)
    for place, letter in zip((30, 85), text, strict=True):
        if letter == "l":
            cv2.line(picture, (place, 5), (place, 35), (20, 20, 20), 6)
        else:
            cv2.circle(picture, (place, 20), 14, (20, 20, 20), 5)
    return picture


def test_a_body_without_its_last_layer_learns_another_alphabet(tmp_path: Path) -> None:
    file = write(tmp_path / "crnn_kurapan_notop.h5", RECORDED["layouts"]["crnn_notop"])
    keras.utils.set_random_seed(3)
    reads = Recognizer("öl", file, languages=())
    assert (reads.alphabet, reads.architecture, reads.name) == ("öl", "crnn", "crnn_kurapan_notop")
    body = [weight.numpy() for weight in reads.backbone.weights]
    reads.backbone.trainable = False
    reads.compile(optimizer=keras.optimizers.Adam(0.03))
    samples = [(word(text), text) for text in TEXTS] * 6
    fed = reads.get_batch_generator(samples, batch_size=2, max_string_length=2)
    history = reads.training_model.fit(fed, steps_per_epoch=1, epochs=5, verbose=0, shuffle=False)
    losses = history.history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    for before, after in zip(body, reads.backbone.weights, strict=True):
        np.testing.assert_array_equal(before, after.numpy())


def test_a_file_of_ones_own_comes_with_its_alphabet(tmp_path: Path) -> None:
    layout = {**RECORDED["layouts"]["crnn"], "fc_12": {"fc_12/kernel:0": [256, 3], "fc_12/bias:0": [2 + 1]}}
    file = str(write(tmp_path / "mine.h5", layout))
    reads = Recognizer("öl", file)
    assert reads.languages == ()  # as keras-ocr reads with it
    assert Recognizer("öl", file, languages=["de"]).languages == ("de",)
    assert reads.alphabet == "öl"
    assert reads.model.output_shape[-1] == 3
    assert set(reads.recognize(word("öl"))) <= {"ö", "l"}
    bias = reads.model.get_layer("characters").weights[1]
    bias.assign([0.0, 100.0, 0.0])  # each step sees the first letter
    assert reads.recognize(word("öl")) == "ö"


def test_a_detector_of_ones_own_comes_from_its_file(tmp_path: Path) -> None:
    finds = Detector(str(write(tmp_path / "mine.h5", RECORDED["layouts"]["craft"])))
    assert (finds.name, finds.architecture, finds.finds) == ("mine", "craft", "words")
    photo = np.array([RECORDED["photo"]], np.float32) / np.float32(127.5) - 1
    np.testing.assert_allclose(finds.model(photo)[0], RECORDED["maps"], atol=1e-4)


def test_what_was_not_fetched_says_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_OCR_CACHE_DIR", str(tmp_path))
    with pytest.raises(
        PublishedFileMissing, match=r"_notop\.h5: .*not on this computer\. Download them with .*models fetch crnn_kur"
    ):
        Recognizer("öl", "kurapan_notop")
