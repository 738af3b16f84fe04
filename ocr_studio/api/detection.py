"""What finds writing, for who scripts: photos → boxes, and learning it. As keras-ocr's ``detection``."""

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

from ocr_studio.api import given, tools
from ocr_studio.api.keeping import CLOVAAI, at_hand, keep, keras_file, opened
from ocr_studio.api.startup import silenced
from ocr_studio.api.tools import Picture
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import downloads
from ocr_studio.core.models.card import CRAFT, DETECTOR, LIGHT_CRAFT
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine import keras_fit, runtime
from ocr_studio.engine.detection.craft_boxes import CraftThresholds
from ocr_studio.engine.detection.craft_detector import CraftDetector, CraftOptions
from ocr_studio.engine.detection.detector import Detector as Finder
from ocr_studio.engine.detection.detector import DetectorOptions
from ocr_studio.engine.training.detector import craft_targets
from ocr_studio.engine.training.detector.craft_targets import LetterPlaces
from ocr_studio.engine.weights import keras_ocr as keras_ocr_weights
from ocr_studio.engine.weights import model_weights as weights_of
from ocr_studio.engine.weights import random_init

Taught: TypeAlias = tuple[Any, ...]  # picture, lines and, where wanted, weight

_LEARNING: Final = (LIGHT_CRAFT, CRAFT)
# Of ``detect``: the names in ``Detector.lines``, and what they end in.
THRESHOLDS: Final = tuple(f"{name}_threshold" for name in ("detection", "text", "link", "size"))
_STRIDE: Final = 32
_AS_IT_IS: Final = np.array([[1.0, 0, 0], [0, 1, 0]])


class LookedAt(TypedDict, total=False):
    """How large pictures are looked at. scale: how many times larger than they are, at most; max_size: pixels that the
    longer side then has at most. By default CRAFT looks at pictures as they are, a detector of lines as it likes best.
    batch_size, verbose: as keras-ocr's users give them; nothing follows from them, as each picture is looked at alone.
    """

    scale: float
    max_size: float
    batch_size: int | None
    verbose: int | str


class LearnsOtherwise(StudioError):
    """This detector's network learns from lines, not from letters."""


class Detector:
    """Finds writing on photos. Belongs to the thread that made it.

    weights: name of a model (``ocr-studio models list``) or a model's folder; "default": the one that comes with the
    program, which finds lines; "clovaai_general": keras-ocr's CRAFT, where its file is at hand; the path of a file of
    keras-ocr's users (.h5); None: it knows nothing yet. architecture: of one that knows nothing yet: "light-craft" (the
    usual one) or "craft".

    Raises NoSuchModel, BadModel, PublishedFileMissing, PretrainedError; TypeError for weights that nobody can mean,
    ValueError for an architecture that finds no letters, or is not that of these weights.

    model: the keras.Model, ready for ``fit`` once ``compile`` was: (B, H, W, 3), RGB from -1 to 1, sides multiples of
    32, -> region and affinity maps, (B, H/2, W/2, 2). finds: "words", or "lines" as the default one does, which
    ``Pipeline`` then has cut into words.
    """

    def __init__(self, weights: str | Path | None = "default", *, architecture: str | None = None) -> None:
        with silenced():
            runtime.configure(ReaderOptions())
        if weights is None:
            self.name, self.architecture = "", given.one_of("architecture", architecture or LIGHT_CRAFT, _LEARNING)
            self.model = random_init.begun_detector(self.architecture)
        else:
            self._load(weights)
            if architecture not in {None, self.architecture}:
                raise ValueError(f"“{self.name}” is a {self.architecture}; architecture= is for weights=None")

    def _load(self, weights: str | Path) -> None:
        if weights == CLOVAAI:
            self.name, self.architecture = CLOVAAI, CRAFT
            self.model = keras_ocr_weights.load_craft(at_hand(downloads.CRAFT))
        elif file := keras_file(weights):
            self.name, self.architecture = file.stem, CRAFT
            self.model = keras_ocr_weights.load_craft(file)
        else:
            model = opened(weights, "detector")
            self.name = model.name
            self.architecture = model.card.architecture if model.card else DETECTOR
            self.model = weights_of.load_detector(model)

    @property
    def finds(self) -> str:
        """What its boxes hold: "words" or "lines"."""
        return "lines" if self.architecture == DETECTOR else "words"

    @cached_property
    def finder(self) -> Finder:
        """What finds with this network, as it is at each moment."""
        return Finder(self.model) if self.finds == "lines" else CraftDetector(self.model)

    # ------------------------------------------------------------------------------------------------------ finding

    def detect(
        self,
        images: Iterable[Any],
        detection_threshold: float | None = None,
        text_threshold: float | None = None,
        link_threshold: float | None = None,
        size_threshold: int | None = None,
        **sizes: Unpack[LookedAt],
    ) -> list[NDArray[np.float32]]:
        """The boxes on each picture, (N, 4, 2), pixels, clockwise from the text's top left, from top to bottom.

        images: as for ``tools.read``; each is looked at by itself. detection_threshold: how sure (0..1) a word must be
        somewhere, by default 0.7; text_threshold, link_threshold: how sure a place must be to belong to a letter or to
        what links two, 0.4; size_threshold: places that a word has at least, 10. Of a detector of lines: how likely it
        must be on the whole (0.45), and in each place (0.3); the other two mean nothing there. sizes: see
        ``LookedAt``. Raises TypeError for what is not among these, for what is no number, and for a picture alone,
        ValueError for a number that means nothing, NotAPicture and PhotoError.
        """
        given.only("detect", sizes, (*LookedAt.__annotations__, *THRESHOLDS))
        chosen = {
            "detection": detection_threshold,
            "text": text_threshold,
            "link": link_threshold,
            "size": size_threshold,
        }
        known = {name: value for name, value in chosen.items() if value is not None}
        pictures = map(tools.read, given.several("detect", images))
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
        """As ``detect``, of one picture, with the middles of upper and lower edges, too: (N, 6, 2).

        thresholds: by the names of ``THRESHOLDS``, without what they end in. Raises as ``detect``.
        """
        for name, value in thresholds.items():
            given.number(f"{name}_threshold", value, least=0, most=math.inf if name == "size" else 1)
        scale = None if scale is None else given.number("scale", scale, least=1e-3)
        max_size = None if max_size is None else given.number("max_size", max_size, least=1)
        if self.finds == "lines":
            usual = DetectorOptions()
            self.finder.options = replace(
                usual,
                side=int(min(usual.side, max_size or usual.side)),
                enlarge=scale or usual.enlarge,
                surely=thresholds.get("detection", usual.surely),
                text=thresholds.get("text", usual.text),
            )
        else:
            times = tools.scale_for(picture, scale or 1.0, int(max_size or max(picture.shape[:2]) * (scale or 1.0)))
            # ``short`` is for strips that would get too small: here the size is what was asked for.
            side = max(1, round(max(picture.shape[:2]) * times))
            known = CraftThresholds(**thresholds)  # type: ignore[arg-type]
            self.finder.options = CraftOptions(side=side, short=1, enlarge=max(times, 1.0), thresholds=known)
        return self.finder.find(picture)

    # ----------------------------------------------------------------------------------------------------- learning

    def compile(self, *arguments: Any, **options: Any) -> None:
        """Make ``model`` ready for ``fit``; arguments are those of Keras' ``compile``.

        By default Adam at 1e-3, gradients no longer than 5, and the loss of CRAFT's paper with the worst places counted
        most. Raises LearnsOtherwise.
        """
        self._check()
        keras_fit.compiled(self.model, keras_fit.letter_maps, *arguments, **options)

    def get_batch_generator(
        self, image_generator: Iterable[Taught], batch_size: int = 8
    ) -> Iterator[tuple[NDArray[np.float32], ...]]:
        """Batches to fit ``model`` on, for ever, or until the generator ends.

        image_generator: gives (picture, lines) or (picture, lines, weight), pictures all of one size, as
        ``data_generation.get_image_generator``. Each batch is (pixels, maps) and, where there are, weights: (B, H, W,
        3) float32 and (B, H/2, W/2, 3) float32, see ``letter_maps``; sides are made multiples of 32 by a border.
        Raises LearnsOtherwise; TypeError and ValueError for samples and lines that are none, for pictures of several
        sizes, and where there is not one batch.
        """
        self._check()
        # (Keras tells generators by their type)
        return (_fed(batch) for batch in given.batches(image_generator, batch_size, "lines"))

    def _check(self) -> None:
        if self.finds == "lines":
            remedy = "Begin with weights=None or a CRAFT; or train this one by “ocr-studio train --what detector”."
            raise LearnsOtherwise("this network finds lines and cannot learn from letters", remedy=remedy)

    # ------------------------------------------------------------------------------------------------------ keeping

    def save(self, name: str, **facts: Any) -> Path:
        """Keep it among the program's models; ``ocr-studio models use NAME`` has it find from then on. Returns its
        folder.

        facts: of its card, as for ``Recognizer.save``. Raises as that does.
        """
        net = random_init.finished(self.model, self.architecture)
        return keep(name, net, architecture=self.architecture, charset=None, parent=self.name, facts=facts)


def letter_maps(lines: Iterable[tools.Line], picture: Picture) -> NDArray[np.float32]:
    """What CRAFT should see of a picture, (H, W, 3), sides even: (H/2, W/2, 3): region, affinity, and 1 where that is
    known, 0 in boxes of ``tools.UNCLEAR``. Raises ValueError for what are no lines.
    """
    words, unclear = [], []
    for line in given.lines(lines):
        for written, letters in itertools.groupby(line, key=lambda each: not each[1].isspace()):
            if written:
                kept = list(letters)
                clear = [box for box, sign in kept if sign != tools.UNCLEAR]
                unclear += [box for box, sign in kept if sign == tools.UNCLEAR]
                words += [np.array(clear, np.float64)] if clear else []
    places = LetterPlaces(tuple(words), np.array(unclear, np.float64).reshape(-1, 4, 2))
    return np.concatenate(craft_targets.draw(places, _AS_IT_IS, (picture.shape[1], picture.shape[0])), axis=-1)


def _fed(batch: list[tuple[Any, ...]]) -> tuple[NDArray[np.float32], ...]:
    pictures = [tools.read(sample[0]) for sample in batch]
    if len(sizes := {picture.shape[:2] for picture in pictures}) > 1:
        those = ", ".join(f"{height} x {width}" for height, width in sorted(sizes))
        raise ValueError(f"the pictures of a batch must be of one size, and these are of {those} pixels: see tools.fit")
    pictures = [_bordered(picture) for picture in pictures]
    maps = [letter_maps(sample[1], picture) for sample, picture in zip(batch, pictures, strict=True)]
    pixels = np.stack(pictures).astype(np.float32) / np.float32(127.5) - np.float32(1)
    return pixels, np.stack(maps), *given.weights(batch)


def _bordered(picture: Picture) -> Picture:
    height, width = (side + -side % _STRIDE for side in picture.shape[:2])
    return tools.pad(picture, width, height)
