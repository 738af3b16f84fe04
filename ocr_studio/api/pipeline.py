"""Photos → their words, for who scripts: a detector and a recognizer together. As keras-ocr's ``pipeline``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

import numpy as np

from ocr_studio.api import given, tools
from ocr_studio.api.detection import THRESHOLDS, Detector
from ocr_studio.api.recognition import Recognizer
from ocr_studio.api.tools import Picture, Prediction
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader

# What keras-ocr hands on to Keras: no part of the program needs it.
_NOTHING_FOLLOWS: Final = frozenset({"batch_size", "verbose"})


class FindsWords(Protocol):
    """What a detector of one's own must do: ``detect`` as ``Detector``'s, whose boxes hold words."""

    def detect(self, images: Iterable[Any], **options: Any) -> list[Any]:
        """For each picture (N, 4, 2), pixels of the picture."""
        ...


class ReadsBoxes(Protocol):
    """What a recognizer of one's own must do: ``recognize_from_boxes`` as ``Recognizer``'s."""

    def recognize_from_boxes(self, images: Iterable[Any], box_groups: Iterable[Any], **options: Any) -> list[list[str]]:
        """For each picture a text for each box."""
        ...


class Pipeline:
    """Reads photos. Belongs to the thread that made it.

    detector, recognizer: by default those that come with the program; or of one's own, see ``FindsWords`` and
    ``ReadsBoxes``. scale: how many times larger a photo may be looked at; max_size: pixels its longer side then has at
    most. What was found is read from the photo itself, so nothing is lost where it is looked at smaller.

    Raises TypeError for parts that cannot do that, or not together, and for what are no numbers; ValueError for those
    that mean nothing.
    """

    def __init__(
        self,
        detector: Detector | FindsWords | None = None,
        recognizer: Recognizer | ReadsBoxes | None = None,
        scale: float = 2,
        max_size: int = 2048,
    ) -> None:
        _must_have("detector", detector, "detect", Detector)
        _must_have("recognizer", recognizer, "recognize_from_boxes", Recognizer)
        given.number("scale", scale, least=1e-3)
        given.number("max_size", max_size, least=1)
        self.detector = Detector() if detector is None else detector
        self.recognizer = Recognizer() if recognizer is None else recognizer
        self.scale, self.max_size = scale, max_size
        self._reader: Reader | None = None
        self._check()

    def recognize(
        self,
        images: Iterable[Any],
        detection_kwargs: Mapping[str, Any] | None = None,
        recognition_kwargs: Mapping[str, Any] | None = None,
    ) -> list[list[Prediction]]:
        """The words of each photo: (text, box) pairs, a box (4, 2) float32, pixels of the photo, clockwise from the
        text's top left.

        images: files, or arrays (H, W, 3) uint8 RGB, of any sizes; see ``tools.read``. An array (N, H, W, 3) is N
        photos. detection_kwargs, recognition_kwargs: for ``detect`` and ``recognize_from_boxes``; where words are
        parted in lines that were found, thresholds only (batch_size and verbose do nothing). Raises TypeError for what
        nobody takes, and for a single photo; ValueError for numbers that mean nothing; NotAPicture, PhotoError.
        """
        self._check()
        images = given.several("recognize", images)
        finding = given.options("detection_kwargs", detection_kwargs)
        reading = given.options("recognition_kwargs", recognition_kwargs)
        if isinstance(self.detector, Detector):
            given.only("in a pipeline, detect", finding, _NOTHING_FOLLOWS.union(THRESHOLDS))
        return [self._read(tools.read(image), finding, reading) for image in images]

    def _check(self) -> None:
        """Whether these two can work together: the parts may have been replaced."""
        lines = isinstance(self.detector, Detector) and self.detector.finds == "lines"
        if lines and not isinstance(self.recognizer, Recognizer):
            raise TypeError(
                "this detector finds lines, and only an api.Recognizer can part their words: give a detector of words "
                'as well, as Detector("clovaai_general")'
            )

    def _read(self, photo: Picture, finding: dict[str, Any], reading: dict[str, Any]) -> list[Prediction]:
        detector, recognizer = self.detector, self.recognizer
        if isinstance(detector, Detector) and isinstance(recognizer, Recognizer) and detector.finds == "lines":
            if reading := {name: value for name, value in reading.items() if name not in _NOTHING_FOLLOWS}:
                raise TypeError(f"words in lines are read without {', '.join(sorted(reading))}")
            return self._words_in_lines(detector, recognizer, photo, finding)
        boxes = self._boxes(photo, finding)
        texts = self.recognizer.recognize_from_boxes([photo], [boxes], **reading)[0]
        return [(text, np.asarray(box, np.float32)) for text, box in zip(texts, boxes, strict=True)]

    def _boxes(self, photo: Picture, finding: dict[str, Any]) -> Any:
        if isinstance(self.detector, Detector):
            return self.detector.detect([photo], scale=self.scale, max_size=self.max_size, **finding)[0]
        larger, scale = tools.resize_image(photo, self.scale, self.max_size)
        return tools.adjust_boxes(self.detector.detect(images=[larger], **finding)[0], 1 / scale)

    def _words_in_lines(
        self, detector: Detector, recognizer: Recognizer, photo: Picture, finding: dict[str, Any]
    ) -> list[Prediction]:
        """As the program itself reads: lines are read and cut into words, which are looked at again where in doubt."""
        kept = self._reader
        if kept is None or kept.recognizer is not recognizer.reader or kept.detector is not detector.finder:
            options = ReaderOptions(languages=recognizer.languages)
            kept = self._reader = Reader(options, detector=detector.finder, recognizer=recognizer.reader)
        lines = detector.lines(photo, _thresholds(finding), scale=self.scale, max_size=self.max_size)
        found = (words for _, words in kept.read_lines(photo, lines))
        return [
            (word.machine.text, np.array(word.quad.corners, np.float32))
            for words in found
            for word in words
            if word.machine is not None
        ]


def _must_have(name: str, part: object, method: str, known: type) -> None:
    """Raises TypeError where a part cannot do that."""
    if part is not None and (isinstance(part, type) or not callable(getattr(part, method, None))):
        raise TypeError(f"{name} must be an api.{known.__name__}, or have its {method}(), not {given.shown(part)}")


def _thresholds(finding: dict[str, Any]) -> dict[str, float]:
    """What ``detect`` calls them → what ``lines`` does."""
    return {
        name.removesuffix("_threshold"): value
        for name, value in finding.items()
        if name in THRESHOLDS and value is not None
    }
