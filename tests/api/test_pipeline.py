"""Photos are read as keras-ocr's users ask for it: lists of (text, box)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.api import Detector, Pipeline, Recognizer
from ocr_studio.core import resources
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.models.card import BadModel
from ocr_studio.core.models.registry import NoSuchModel
from ocr_studio.engine.recognition import recognizer
from ocr_studio.engine.recognition.recognizer import FrameProbabilities
from ocr_studio.engine.recognition.recognizer import Recognizer as EngineRecognizer
from tests.engine.test_reader import drawn


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline()


def test_a_photo_is_read_by_what_comes_with_the_program(pipeline: Pipeline, tmp_path: Path) -> None:
    photo, labels = drawn()
    photo_file.save_png(tmp_path / "board.png", photo)
    first, second, empty = pipeline.recognize(
        [tmp_path / "board.png", photo[:300], np.full((64, 64, 3), 255, np.uint8)]
    )
    assert empty == []
    assert {text for text, _ in first} >= {"Left", "join", "two", "tables", "check", "Output:", "rows"}
    assert {text for text, _ in second} >= {"Left", "join", "two", "tables"}
    assert "Output:" not in {text for text, _ in second}
    truth = {label.text: np.array(label.quad.corners) for label in labels}
    for text, box in first:
        assert box.shape == (4, 2)
        if text in truth:
            assert geometry.compute_iou_matrix([box], [truth[text]])[0, 0] > 0.5, text


def test_photos_are_read_without_importing_tensorflow() -> None:
    script = (
        "import sys\n"
        "from ocr_studio import api\n"
        "print(*(text for text, _ in api.Pipeline().recognize([sys.argv[1]])[0]))\n"
        "heavy = {'tensorflow', 'keras'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(resources.sample_photo())], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Launch plan" in done.stdout


def test_the_scripts_thread_keeps_subnormal_numbers() -> None:
    program = """
from ocr_studio.api import Detector, Recognizer
assert Detector().finder and Recognizer().reader
assert float("2.3e-308") / float("2") > 0  # not constants, which Python would divide beforehand
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_keras_model_reads_from_its_first_use_so_that_training_has_an_effect() -> None:
    """It reads the same, until its weights change."""
    photo, labels = drawn()
    recognizer, boxes = Recognizer(), [[labels[0].quad.corners]]
    assert recognizer.reader.network.runtime == "onnx"
    read = recognizer.recognize_from_boxes([photo], boxes)
    head = recognizer.model.get_layer("characters")
    assert recognizer.reader.network.runtime == "tensorflow"
    assert recognizer.recognize_from_boxes([photo], boxes) == read == [[labels[0].text]]
    kernel, bias = head.get_weights()
    bias[0] += 1000  # of the blank
    head.set_weights([kernel, bias])
    assert recognizer.recognize_from_boxes([photo], boxes) == [[""]]


def test_a_detectors_keras_model_finds_the_same() -> None:
    photo, _ = drawn()
    detector = Detector()
    assert detector.finder.network.runtime == "onnx"
    (found,) = detector.detect([photo])
    assert detector.model.output_shape[-1] == 1
    assert detector.finder.network.runtime == "tensorflow"
    np.testing.assert_allclose(detector.detect([photo])[0], found, atol=2)


def test_boxes_of_ones_own_are_read(pipeline: Pipeline) -> None:
    photo, labels = drawn()
    boxes = np.array([label.quad.corners for label in labels], np.float32)
    assert isinstance(pipeline.recognizer, Recognizer)
    first, second = pipeline.recognizer.recognize_from_boxes([photo, photo], [boxes, []])
    assert second == []
    assert sum(text == label.text for text, label in zip(first, labels, strict=True)) >= len(labels) - 1


def test_boxes_that_are_in_doubt_are_looked_at_again_as_single_pictures_are(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, labels = drawn()
    looks: list[float] = []
    steps = EngineRecognizer.run

    def looked(
        self: EngineRecognizer, crops: Sequence[Any], *, width_factors: Sequence[float] | None = None
    ) -> list[FrameProbabilities]:
        looks.extend(width_factors or [1.0])
        return steps(self, crops, width_factors=width_factors)

    monkeypatch.setattr(EngineRecognizer, "run", looked)
    monkeypatch.setattr(recognizer, "REREAD_BELOW", 2.0)
    assert isinstance(pipeline.recognizer, Recognizer)
    read = pipeline.recognizer.recognize_from_boxes([photo], [[labels[0].quad.corners]], spaces=False)
    assert read == [[labels[0].text]]
    assert set(looks) == {1.0, *recognizer.WIDTH_FACTORS}


def test_what_is_asked_of_the_detector_reaches_it(pipeline: Pipeline) -> None:
    photo, _ = drawn()
    assert pipeline.recognize([photo], detection_kwargs={"detection_threshold": 0.999}) == [[]]
    assert pipeline.recognize([photo])[0]
    with pytest.raises(TypeError, match="detect has no argument"):
        pipeline.recognize([photo], detection_kwargs={"sureness": 1})
    with pytest.raises(TypeError, match="recognition_kwargs spaces"):
        pipeline.recognize([photo], recognition_kwargs={"spaces": False, "batch_size": 4})
    for one in (photo, "board.jpg"):
        with pytest.raises(TypeError, match="a list of photos"):
            pipeline.recognize(one)


def test_what_keras_ocr_hands_on_to_keras_does_no_harm(pipeline: Pipeline) -> None:
    photo, labels = drawn()
    detector, recognizer = pipeline.detector, pipeline.recognizer
    np.testing.assert_array_equal(
        detector.detect([photo], batch_size=1, verbose=0)[0],
        detector.detect([photo])[0],
    )
    strange: dict[str, Any] = {"sureness": 1}
    with pytest.raises(TypeError, match="detect has no argument sureness"):
        detector.detect([photo], **strange)
    boxes = [np.array(labels[0].quad.corners, np.float32)[None]]
    assert recognizer.recognize_from_boxes([photo], boxes, batch_size=4, verbose=0) == [[labels[0].text]]
    given = {"batch_size": 4, "verbose": 0}
    found = pipeline.recognize([photo], detection_kwargs=given, recognition_kwargs=given)
    assert [text for text, _ in found[0]] == [text for text, _ in pipeline.recognize([photo])[0]] != []


def test_another_detector_is_used_once_it_is_there(pipeline: Pipeline) -> None:
    photo = drawn()[0][:300]
    pipeline.recognize([photo])
    other = Detector()
    again = Pipeline(pipeline.detector, pipeline.recognizer)
    for detector in (pipeline.detector, other):
        again.detector = detector
        assert again.recognize([photo])[0]
        assert again._reader is not None
        assert isinstance(detector, Detector)
        assert again._reader.detector is detector.finder


class Halves:
    """Finds two words on each picture, whatever is there."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, ...]] = []

    def detect(self, images: Iterable[Any], **options: Any) -> list[Any]:
        found = []
        for image in images:
            self.sizes.append(image.shape)
            height, width = image.shape[:2]
            box = np.array([[0, 0], [width / 2, 0], [width / 2, height], [0, height]], np.float32)
            found.append(np.stack([box, box + np.array([width / 2, 0], np.float32)]))
        return found


class Namer:
    """Reads the place of a box."""

    def recognize_from_boxes(self, images: Iterable[Any], box_groups: Iterable[Any], **options: Any) -> list[list[str]]:
        return [[f"{box[0][0]:.0f}{options.get('end', '')}" for box in boxes] for boxes in box_groups]


def test_parts_of_ones_own_take_part_and_boxes_are_of_the_photo() -> None:
    halves = Halves()
    pipeline = Pipeline(detector=halves, recognizer=Namer(), scale=2, max_size=300)
    small, large = (np.zeros((height, width, 3), np.uint8) for height, width in ((50, 100), (200, 600)))
    found = pipeline.recognize([small, large], recognition_kwargs={"end": "!"})
    assert halves.sizes == [(100, 200, 3), (100, 300, 3)]
    assert [[text for text, _ in words] for words in found] == [["0!", "50!"], ["0!", "300!"]]
    np.testing.assert_allclose(found[1][1][1], [[300, 0], [600, 0], [600, 200], [300, 200]])


def test_a_detector_of_letters_is_read_box_by_box_at_the_size_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = Detector(weights=None)
    seen: list[float] = []
    finder = detector.finder
    find = finder.find

    def noted(photo: NDArray[np.uint8]) -> NDArray[np.float32]:
        seen.append(finder.options.scale(*photo.shape[:2]))
        return find(photo)

    monkeypatch.setattr(finder, "find", noted)
    pipeline = Pipeline(detector=detector, recognizer=Namer(), max_size=400)
    photos = [np.full((90, 100, 3), 255, np.uint8), np.full((90, 320, 3), 255, np.uint8)]
    assert len(pipeline.recognize(photos)) == 2
    assert seen == pytest.approx([2.0, 1.25])


def test_a_model_that_there_is_not_or_of_the_other_kind_is_said() -> None:
    with pytest.raises(NoSuchModel):
        Recognizer(weights="nobody’s")
    with pytest.raises(BadModel, match="is a detector, not a recognizer"):
        Recognizer(weights="pp-ocrv6-small-detector")
