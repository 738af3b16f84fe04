"""What a detector is taught with: which part of a photo is held out, and what is repeated against forgetting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training.detector_events import RECIPE, DetectorData
from ocr_studio.engine.detection.detector import Detector
from ocr_studio.engine.networks import tensorflow_setup
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.training.detector import training_data as detector_training_data
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets
from ocr_studio.engine.training.detector.tiles import ResizedPhoto, random_tile
from ocr_studio.engine.training.detector.training_data import choose_held_out_part
from tests.engine.tiny_detector import board, reviewed, tiny_net


def test_about_a_quarter_of_the_lines_is_hidden_and_none_is_torn() -> None:
    _, words = board()
    lines = LineTargets.of(words).lines
    box = choose_held_out_part(lines, width=480, height=400)
    assert box is not None
    inside = [bool((line[:, 1] >= box[1]).all()) for line in lines]
    assert inside == [False, False, False, False, True]
    assert choose_held_out_part(lines[:3], width=480, height=400) is None
    beside = lines[..., ::-1]  # lines that stand: the part is right of the others
    box = choose_held_out_part(beside, width=400, height=480)
    assert box is not None
    assert (box[0] > 0, box[1]) == (True, 0.0)


def test_other_photos_are_repeated_as_the_net_saw_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector_training_data, "_REHEARSED_BOARDS", 1)
    monkeypatch.setattr(detector_training_data, "_MEASURED_BOARDS", 1)
    tensorflow_setup.configure(ReaderOptions())
    detector = Detector(TensorFlowNetwork(tiny_net()))
    learned = (reviewed(), reviewed("b", held_out=True))
    lessons: list[detector_training_data.DetectorExamples] = []
    for data in (DetectorData(learned), DetectorData(learned, general=(reviewed("sign"),))):
        lessons.append(detector_training_data.DetectorExamples())
        said = list(lessons[-1].prepare(data, detector, RECIPE))
        assert all(event.done < event.total for event in said)
    boards, more = lessons
    assert boards.general is not None
    assert more.general is not None
    assert (len(boards.general.pixels), len(more.general.pixels)) == (4, 8)
    assert (more.general.pixels[:4] == boards.general.pixels).all()
    now = detector.run_batch(more.general.pixels.astype(np.float32))
    assert more.general.cores.astype(np.float32) == pytest.approx(now, abs=0.02)
    assert more.general.known.all()
    assert boards.fingerprint() != more.fingerprint()


def test_photos_are_repeated_as_large_as_they_are_looked_at_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector_training_data, "_REHEARSED_BOARDS", 1)
    monkeypatch.setattr(detector_training_data, "_MEASURED_BOARDS", 1)
    tensorflow_setup.configure(ReaderOptions())
    detector = Detector(TensorFlowNetwork(tiny_net()))
    widths: dict[str, int] = {}

    def piece(photo: ResizedPhoto, rng: np.random.Generator, **asked: Any) -> Any:
        widths[photo.name] = photo.width
        return random_tile(photo, rng, **asked)

    def looked(image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
        return np.zeros((8, 8), np.float32), 1.5

    monkeypatch.setattr(detector_training_data, "random_tile", piece)
    monkeypatch.setattr(detector, "compute_map", looked)
    data = DetectorData((reviewed(), reviewed("b", held_out=True)), general=(reviewed("sign"),))
    list(detector_training_data.DetectorExamples().prepare(data, detector, RECIPE))
    wide = reviewed("sign").open().shape[1]
    assert detector.options.scale(wide, wide) != 1.5
    assert widths["sign"] == round(1.5 * wide)
