"""Text detection for scripts: photos → boxes, and training. Like keras-ocr's ``detection``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from ocr_studio.api import arguments, tools
from ocr_studio.api.model_store import CLOVAAI, find_download, find_model, keras_path, save_model
from ocr_studio.api.script_network import ScriptNetwork
from ocr_studio.api.startup import load_tensorflow
from ocr_studio.api.tools import Picture
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import downloads
from ocr_studio.core.models.card import CRAFT, DETECTOR, LIGHT_CRAFT
from ocr_studio.engine import model_loader
from ocr_studio.engine.detection.craft_boxes import CraftThresholds
from ocr_studio.engine.detection.craft_detector import CraftOptions
from ocr_studio.engine.detection.detector import Detector as EngineDetector
from ocr_studio.engine.training.detector import craft_targets
from ocr_studio.engine.training.detector.craft_targets import LetterBoxes
from ocr_studio.engine.weights import model_arrays

TrainingSample: TypeAlias = tuple[Any, ...]  # image, lines and, optionally, weight

_TRAINABLE: Final = (LIGHT_CRAFT, CRAFT)
# Arguments of ``detect``; ``Detector.lines`` uses the names without the suffix.
THRESHOLDS: Final = tuple(f"{name}_threshold" for name in ("detection", "text", "link", "size"))
_STRIDE: Final = 32
_IDENTITY: Final = np.array([[1.0, 0, 0], [0, 1, 0]])


class DetectionSize(TypedDict, total=False):
    """The size at which images are analysed. By default, CRAFT uses the original size and a line detector its own.

    Attributes:
        scale: Maximum enlargement.
        max_size: Maximum length of the longer side in pixels.
        batch_size: Ignored, for compatibility with keras-ocr.
        verbose: Ignored, for compatibility with keras-ocr.
    """

    scale: float
    max_size: float
    batch_size: int | None
    verbose: int | str


class NotTrainable(StudioError):
    """This detector's network is trained on lines, not on characters."""


class Detector(ScriptNetwork):
    """Finds text on photos. Use it only in the thread that created it.

    Args:
        weights: Name of a model (see ``ocr-studio models list``) or folder of a model; "default" for the bundled one,
            which finds lines; "clovaai_general" for keras-ocr's CRAFT, if it has been downloaded; path of a keras-ocr
            file (.h5); None for random weights.
        architecture: With random weights: "light-craft" (the default) or "craft".

    Attributes:
        model: The keras.Model, ready for ``fit`` after ``compile``: (B, H, W, 3), RGB from -1 to 1, sides multiples of
            32, -> region and affinity maps, (B, H/2, W/2, 2).
        finds: "words", or "lines" for the default model; ``Pipeline`` splits these into words.

    Raises:
        StudioError: The weights can't be used (NoSuchModel, BadModel, PublishedFileMissing, PretrainedError).
        TypeError: The weights are neither a name nor a path.
        ValueError: The architecture can't be trained, or isn't that of the weights.
    """

    def __init__(self, weights: str | Path | None = "default", *, architecture: str | None = None) -> None:
        if weights is None:
            self.name = ""
            self.architecture = arguments.check_choice("architecture", architecture or LIGHT_CRAFT, _TRAINABLE)
            load_tensorflow()
            from ocr_studio.engine.weights import random_init

            self.model = random_init.new_detector(self.architecture)
        else:
            self._load(weights)
            if architecture not in {None, self.architecture}:
                raise ValueError(f"“{self.name}” is a {self.architecture}; architecture= is for weights=None")

    def _load(self, weights: str | Path) -> None:
        if file := find_download(downloads.CRAFT) if weights == CLOVAAI else keras_path(weights):
            self.name, self.architecture = CLOVAAI if weights == CLOVAAI else file.stem, CRAFT
            load_tensorflow()
            from ocr_studio.engine.weights import keras_ocr

            self.model = keras_ocr.load_craft(file)
        else:
            model = find_model(weights, "detector")
            self.name = model.name
            self._use_weights(model_arrays.read_model(model))

    @property
    def finds(self) -> str:
        """What its boxes contain: "words" or "lines"."""
        return "lines" if self.architecture == DETECTOR else "words"

    @property
    def marks_characters(self) -> bool:
        """Whether its network marks single characters, as CRAFT does."""
        return self.architecture in (CRAFT, LIGHT_CRAFT)

    @cached_property
    def finder(self) -> EngineDetector:
        """The detector of the program with this network."""
        return model_loader.make_detector(self.architecture, self._make_network())

    # ------------------------------------------------------------------------------------------------------ finding

    def detect(
        self,
        images: Iterable[Any],
        detection_threshold: float | None = None,
        text_threshold: float | None = None,
        link_threshold: float | None = None,
        size_threshold: int | None = None,
        **sizes: Unpack[DetectionSize],
    ) -> list[NDArray[np.float32]]:
        """Find the boxes on each image: (N, 4, 2), pixels, clockwise from the top left of the text, top to bottom.

        Args:
            images: As for ``tools.read``.
            detection_threshold: Confidence (0..1) that a word needs at its best pixel, 0.7 by default; for a line
                detector the mean confidence of a line, 0.45.
            text_threshold: Confidence at which a pixel belongs to a character, 0.4; for a line detector to a line, 0.3.
            link_threshold: Confidence at which a pixel links two characters, 0.4; ignored by a line detector.
            size_threshold: Minimum number of pixels of a word, 10; ignored by a line detector.
            **sizes: See ``DetectionSize``.

        Raises:
            TypeError: An argument is unknown or of the wrong type, or a single image was given.
            ValueError: A number is out of range.
            NotAPicture: Something is not an image.
            PhotoError: A file can't be read.
        """
        arguments.check_names("detect", sizes, (*DetectionSize.__annotations__, *THRESHOLDS))
        chosen = {
            "detection": detection_threshold,
            "text": text_threshold,
            "link": link_threshold,
            "size": size_threshold,
        }
        known = {name: value for name, value in chosen.items() if value is not None}
        pictures = map(tools.read, arguments.check_images("detect", images))
        scale, most = sizes.get("scale"), sizes.get("max_size")
        return [self.lines(picture, known, scale=scale, max_size=most)[:, :4] for picture in pictures]

    def lines(
        self,
        picture: Picture,
        thresholds: Mapping[str, float],
        *,
        scale: float | None = None,
        max_size: float | None = None,
    ) -> NDArray[np.float32]:
        """Like ``detect`` for one image, with the centers of the upper and lower edges: (N, 6, 2).

        Args:
            picture: The image.
            thresholds: Thresholds by name, without the suffix "_threshold".
            scale: Maximum enlargement.
            max_size: Maximum length of the longer side in pixels.
        """
        for name, value in thresholds.items():
            arguments.check_number(f"{name}_threshold", value, least=0, most=math.inf if name == "size" else 1)
        scale = None if scale is None else arguments.check_number("scale", scale, least=1e-3)
        max_size = None if max_size is None else arguments.check_number("max_size", max_size, least=1)
        if not self.marks_characters:
            usual = self.finder.usual
            self.finder.options = replace(
                usual,
                side=int(min(usual.side, max_size or usual.side)),
                enlarge=scale or usual.enlarge,
                surely=thresholds.get("detection", usual.surely),
                text=thresholds.get("text", usual.text),
            )
        else:
            times = tools.scale_for(picture, scale or 1.0, int(max_size or max(picture.shape[:2]) * (scale or 1.0)))
            # ``short`` would enlarge narrow strips; here the requested size is used.
            side = max(1, round(max(picture.shape[:2]) * times))
            known = CraftThresholds(**thresholds)  # type: ignore[arg-type]
            self.finder.options = CraftOptions(side=side, short=1, enlarge=max(times, 1.0), thresholds=known)
        return self.finder.find(picture)

    # ----------------------------------------------------------------------------------------------------- learning

    def compile(self, *arguments: Any, **options: Any) -> None:
        """Prepare ``model`` for ``fit``.

        By default with Adam at 1e-3, gradients clipped to a norm of 5, and the loss of the CRAFT paper with hard
        negative mining.

        Args:
            *arguments: Arguments of Keras' ``compile``.
            **options: Arguments of Keras' ``compile``.

        Raises:
            NotTrainable: Its network can’t be trained on characters.
        """
        self._check_trainable()
        load_tensorflow()
        from ocr_studio.engine import keras_fit

        keras_fit.compile_model(self.model, keras_fit.letter_maps, *arguments, **options)

    def get_batch_generator(
        self, image_generator: Iterable[TrainingSample], batch_size: int = 8
    ) -> Iterator[tuple[NDArray[np.float32], ...]]:
        """Generate batches to fit ``model`` on, until the image generator ends.

        Args:
            image_generator: Yields (image, lines) or (image, lines, weight), like
                ``data_generation.get_image_generator``. All images have the same size.
            batch_size: Samples in a batch.

        Returns:
            Batches (pixels, maps) or (pixels, maps, weights): (B, H, W, 3) float32 and (B, H/2, W/2, 3) float32, see
            ``letter_maps``. Sides are padded to multiples of 32.

        Raises:
            NotTrainable: Its network can’t be trained on characters.
            TypeError: A sample has the wrong form.
            ValueError: Lines are wrong, sizes differ, or there are too few samples for one batch.
        """
        self._check_trainable()
        # (Keras recognizes generators by their type)
        return (_make_batch(batch) for batch in arguments.iter_batches(image_generator, batch_size, "lines"))

    def _check_trainable(self) -> None:
        if not self.marks_characters:
            remedy = "Use weights=None or a CRAFT model, or train this one with “ocr-studio train --detector”."
            raise NotTrainable("this network can’t be trained on characters", remedy=remedy)

    # ------------------------------------------------------------------------------------------------------ keeping

    def save(self, name: str, **facts: Any) -> Path:
        """Save the detector as a model of the program; ``ocr-studio models use NAME`` selects it.

        Args:
            name: Name of the model.
            **facts: Fields of its model card, as for ``Recognizer.save``, which also raises the same errors.

        Returns:
            The folder of the model.
        """
        load_tensorflow()
        from ocr_studio.engine.weights import random_init

        net = random_init.fold_for_reading(self.model, self.architecture)
        return save_model(name, net, architecture=self.architecture, charset=None, parent=self.name, facts=facts)


def letter_maps(lines: Iterable[tools.Line], picture: Picture) -> NDArray[np.float32]:
    """Draw the training targets of CRAFT for an image.

    Args:
        lines: The lines on the image.
        picture: The image, (H, W, 3), with even sides.

    Returns:
        (H/2, W/2, 3): region, affinity, and a mask that is 0 in boxes of ``tools.UNCLEAR`` and 1 elsewhere.

    Raises:
        ValueError: The lines have the wrong form.
    """
    words, unclear = [], []
    for line in arguments.check_lines(lines):
        for written, letters in itertools.groupby(line, key=lambda each: not each[1].isspace()):
            if written:
                kept = list(letters)
                clear = [box for box, sign in kept if sign != tools.UNCLEAR]
                unclear += [box for box, sign in kept if sign == tools.UNCLEAR]
                words += [np.array(clear, np.float64)] if clear else []
    places = LetterBoxes(tuple(words), np.array(unclear, np.float64).reshape(-1, 4, 2))
    return np.concatenate(craft_targets.draw_targets(places, _IDENTITY, (picture.shape[1], picture.shape[0])), axis=-1)


def _make_batch(batch: list[tuple[Any, ...]]) -> tuple[NDArray[np.float32], ...]:
    pictures = [tools.read(sample[0]) for sample in batch]
    if len(sizes := {picture.shape[:2] for picture in pictures}) > 1:
        those = ", ".join(f"{height} x {width}" for height, width in sorted(sizes))
        raise ValueError(f"the images of a batch must have the same size, not {those} pixels; see tools.fit")
    pictures = [_pad_to_stride(picture) for picture in pictures]
    maps = [letter_maps(sample[1], picture) for sample, picture in zip(batch, pictures, strict=True)]
    pixels = np.stack(pictures).astype(np.float32) / np.float32(127.5) - np.float32(1)
    return pixels, np.stack(maps), *arguments.batch_weights(batch)


def _pad_to_stride(picture: Picture) -> Picture:
    height, width = (side + -side % _STRIDE for side in picture.shape[:2])
    return tools.pad(picture, width, height)
