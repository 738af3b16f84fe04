"""OCR for scripts: photos → words, with a detector and a recognizer. Like keras-ocr's ``pipeline``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

import numpy as np

from ocr_studio.api import arguments, tools
from ocr_studio.api.detection import THRESHOLDS, Detector
from ocr_studio.api.recognition import Recognizer
from ocr_studio.api.tools import Picture, Prediction
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader

# Arguments that keras-ocr passes on to Keras; ignored here.
_IGNORED: Final = frozenset({"batch_size", "verbose"})


class WordDetector(Protocol):
    """A custom detector: it has the method ``detect`` of ``Detector``, and its boxes contain words."""

    def detect(self, images: Iterable[Any], **options: Any) -> list[Any]:
        """Return the boxes on each image: (N, 4, 2), pixels."""
        ...


class BoxRecognizer(Protocol):
    """A custom recognizer: it has the method ``recognize_from_boxes`` of ``Recognizer``."""

    def recognize_from_boxes(self, images: Iterable[Any], box_groups: Iterable[Any], **options: Any) -> list[list[str]]:
        """Return the text in each box of each image."""
        ...


class Pipeline:
    """Reads photos. Use it only in the thread that created it.

    Args:
        detector: By default the bundled one; or your own, see ``WordDetector``.
        recognizer: By default the bundled one; or your own, see ``BoxRecognizer``.
        scale: Maximum enlargement of a photo for detection; words are always read at the original resolution.
        max_size: Maximum length of the longer side for detection, in pixels.

    Raises:
        TypeError: An argument has the wrong type, or these two can't work together.
        ValueError: A number is out of range.
    """

    def __init__(
        self,
        detector: Detector | WordDetector | None = None,
        recognizer: Recognizer | BoxRecognizer | None = None,
        scale: float = 2,
        max_size: int = 2048,
    ) -> None:
        _check_part("detector", detector, "detect", Detector)
        _check_part("recognizer", recognizer, "recognize_from_boxes", Recognizer)
        arguments.check_number("scale", scale, least=1e-3)
        arguments.check_number("max_size", max_size, least=1)
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
        """Read the words on each photo.

        Args:
            images: Files, or arrays (H, W, 3) uint8 RGB, of any size; see ``tools.read``. An array (N, H, W, 3) is N
                photos.
            detection_kwargs: Arguments of ``detect``; only thresholds for an api.Detector.
            recognition_kwargs: Arguments of ``recognize_from_boxes``; none if the detector finds lines.
                (batch_size and verbose are ignored.)

        Returns:
            For each photo (text, box) pairs; a box is (4, 2) float32, pixels, clockwise from the top left of the text.

        Raises:
            TypeError: An argument is unknown or of the wrong type, or a single photo was given.
            ValueError: A number is out of range.
            NotAPicture: Something is not an image.
            PhotoError: A file can't be read.
        """
        self._check()
        images = arguments.check_images("recognize", images)
        detection_kwargs = arguments.check_options("detection_kwargs", detection_kwargs)
        recognition_kwargs = arguments.check_options("recognition_kwargs", recognition_kwargs)
        if isinstance(self.detector, Detector):
            arguments.check_names("in a pipeline, detect", detection_kwargs, _IGNORED.union(THRESHOLDS))
        return [self._read(tools.read(image), detection_kwargs, recognition_kwargs) for image in images]

    def _check(self) -> None:
        """Check that detector and recognizer can work together. Raises TypeError."""
        lines = isinstance(self.detector, Detector) and self.detector.finds == "lines"
        if lines and not isinstance(self.recognizer, Recognizer):
            raise TypeError(
                "this detector finds lines, which only an api.Recognizer can split into words; use a word detector, "
                'such as Detector("clovaai_general")'
            )

    def _read(
        self, photo: Picture, detection_kwargs: dict[str, Any], recognition_kwargs: dict[str, Any]
    ) -> list[Prediction]:
        detector, recognizer = self.detector, self.recognizer
        if isinstance(detector, Detector) and isinstance(recognizer, Recognizer) and not detector.marks_characters:
            if recognition_kwargs := {
                name: value for name, value in recognition_kwargs.items() if name not in _IGNORED
            }:
                raise TypeError(
                    f"this detector doesn’t allow recognition_kwargs {', '.join(sorted(recognition_kwargs))}"
                )
            return self._read_lines(detector, recognizer, photo, detection_kwargs)
        boxes = self._boxes(photo, detection_kwargs)
        texts = self.recognizer.recognize_from_boxes([photo], [boxes], **recognition_kwargs)[0]
        return [(text, np.asarray(box, np.float32)) for text, box in zip(texts, boxes, strict=True)]

    def _boxes(self, photo: Picture, detection_kwargs: dict[str, Any]) -> Any:
        if isinstance(self.detector, Detector):
            return self.detector.detect([photo], scale=self.scale, max_size=self.max_size, **detection_kwargs)[0]
        larger, scale = tools.resize_image(photo, self.scale, self.max_size)
        return tools.adjust_boxes(self.detector.detect(images=[larger], **detection_kwargs)[0], 1 / scale)

    def _read_lines(
        self, detector: Detector, recognizer: Recognizer, photo: Picture, detection_kwargs: dict[str, Any]
    ) -> list[Prediction]:
        """Read as the program does: read lines, split them into words, and reread doubtful ones."""
        kept = self._reader
        if kept is None or kept.recognizer is not recognizer.reader or kept.detector is not detector.finder:
            options = ReaderOptions(languages=recognizer.languages)
            kept = self._reader = Reader(options, detector=detector.finder, recognizer=recognizer.reader)
        lines = detector.lines(photo, _detection_thresholds(detection_kwargs), scale=self.scale, max_size=self.max_size)
        found = {word.id: word for _, words in kept.read_lines(photo, lines) for word in words}
        return [
            (word.machine.text, np.array(word.quad.corners, np.float32))
            for word in found.values()
            if word.machine is not None
        ]


def _check_part(name: str, part: object, method: str, known: type) -> None:
    """Raise TypeError if a part lacks a method."""
    if part is not None and (isinstance(part, type) or not callable(getattr(part, method, None))):
        raise TypeError(
            f"{name} must be an api.{known.__name__} or have its method {method}(), not {arguments.describe(part)}"
        )


def _detection_thresholds(detection_kwargs: dict[str, Any]) -> dict[str, float]:
    """Convert the thresholds of ``detect`` to those of ``lines``."""
    return {
        name.removesuffix("_threshold"): value
        for name, value in detection_kwargs.items()
        if name in THRESHOLDS and value is not None
    }
