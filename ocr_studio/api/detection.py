"""What finds writing, for who scripts: photos → boxes, and learning it. As keras-ocr's ``detection``."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from ocr_studio.api import tools
from ocr_studio.api.keeping import at_hand, keep, opened
from ocr_studio.api.tools import Picture
from ocr_studio.core import published_files
from ocr_studio.core.errors import StudioError
from ocr_studio.core.model_card import CRAFT, DETECTOR, LIGHT_CRAFT
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine import beginnings, craft_targets, fitting, keras_ocr_weights, runtime
from ocr_studio.engine import weights as weights_of
from ocr_studio.engine.craft_boxes import CraftThresholds
from ocr_studio.engine.craft_detector import CraftDetector, CraftOptions
from ocr_studio.engine.craft_targets import LetterPlaces
from ocr_studio.engine.detector import Detector as Finder
from ocr_studio.engine.detector import DetectorOptions

Sample: TypeAlias = tuple[Any, ...]  # picture, lines and, where wanted, weight

_STRIDE: Final = 32
_AS_IT_IS: Final = np.array([[1.0, 0, 0], [0, 1, 0]])


class Sizes(TypedDict, total=False):
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
    keras-ocr's users (.h5); None: it knows nothing yet. architecture: of one that knows nothing yet: "light-craft" or
    "craft".

    Raises NoSuchModel, BadModel, PretrainedError; ValueError for an architecture that finds no letters.

    model: the keras.Model, ready for ``fit`` once ``compile`` was: (B, H, W, 3), RGB from -1 to 1, sides multiples of
    32, -> region and affinity maps, (B, H/2, W/2, 2). finds: "words", or "lines" as the default one does, which
    ``Pipeline`` then has cut into words.
    """

    def __init__(self, weights: str | Path | None = "default", *, architecture: str = LIGHT_CRAFT) -> None:
        runtime.configure(ReaderOptions())
        self.name, self.architecture = "", architecture
        if weights is None:
            if architecture not in {LIGHT_CRAFT, CRAFT}:
                raise ValueError(f"no architecture that learns to find letters “{architecture}”")
            self.model = beginnings.begun_detector(architecture)
        elif weights == "clovaai_general":
            self.name, self.architecture = "clovaai_general", CRAFT
            self.model = keras_ocr_weights.load_craft(at_hand(published_files.CRAFT))
        elif Path(weights).suffix.lower() in published_files.WEIGHT_SUFFIXES:
            self.name, self.architecture = Path(weights).stem, CRAFT
            self.model = keras_ocr_weights.load_craft(Path(weights))
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
        **sizes: Unpack[Sizes],
    ) -> list[NDArray[np.float32]]:
        """The boxes on each picture, (N, 4, 2), pixels, clockwise from the text's top left, from top to bottom.

        images: as for ``tools.read``; each is looked at by itself. detection_threshold: how sure (0..1) a word must be
        somewhere, by default 0.7; text_threshold, link_threshold: how sure a place must be to belong to a letter or to
        what links two, 0.4; size_threshold: places that a word has at least, 10. Of a detector of lines: how likely it
        must be on the whole (0.45), and in each place (0.3); the other two mean nothing there. sizes: see ``Sizes``.
        Raises TypeError for what is not among these.
        """
        if strange := sizes.keys() - Sizes.__annotations__.keys():
            raise TypeError(f"detect takes no {', '.join(sorted(strange))}")
        chosen = {
            "detection": detection_threshold,
            "text": text_threshold,
            "link": link_threshold,
            "size": size_threshold,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        pictures = map(tools.read, images)
        scale, most = sizes.get("scale"), sizes.get("max_size")
        return [self.lines(picture, given, scale=scale, max_size=most)[:, :4] for picture in pictures]

    def lines(
        self,
        picture: Picture,
        thresholds: Mapping[str, float],
        *,
        scale: float | None = None,
        max_size: float | None = None,
    ) -> NDArray[np.float32]:
        """As ``detect``, of one picture, with the middles of upper and lower edges, too: (N, 6, 2)."""
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
        fitting.compiled(self.model, fitting.letter_maps, *arguments, **options)

    def get_batch_generator(
        self, image_generator: Iterable[Sample], batch_size: int = 8
    ) -> Iterator[tuple[NDArray[np.float32], ...]]:
        """Batches to fit ``model`` on, for ever, or until the generator ends.

        image_generator: gives (picture, lines) or (picture, lines, weight), pictures all of one size, as
        ``data_generation.get_image_generator``. Each batch is (pixels, maps) and, where there are, weights: (B, H, W,
        3) float32 and (B, H/2, W/2, 3) float32, see ``letter_maps``; sides are made multiples of 32 by a border.
        Raises LearnsOtherwise.
        """
        self._check()
        samples = iter(image_generator)
        while len(batch := list(itertools.islice(samples, batch_size))) == batch_size:
            pictures = [_bordered(tools.read(sample[0])) for sample in batch]
            maps = [letter_maps(sample[1], picture) for sample, picture in zip(batch, pictures, strict=True)]
            pixels = np.stack(pictures).astype(np.float32) / np.float32(127.5) - np.float32(1)
            if len(batch[0]) == 3:
                yield pixels, np.stack(maps), np.array([sample[2] for sample in batch], np.float32)
            else:
                yield pixels, np.stack(maps)

    def _check(self) -> None:
        if self.finds == "lines":
            remedy = "Begin with weights=None or a CRAFT; or train this one by “ocr-studio train --what detector”."
            raise LearnsOtherwise("this network finds lines and cannot learn from letters", remedy=remedy)

    # ------------------------------------------------------------------------------------------------------ keeping

    def save(self, name: str, **facts: Any) -> Path:
        """Keep it among the program's models; ``ocr-studio models use NAME`` has it find from then on. Returns its
        folder.

        facts: of its card, as for ``Recognizer.save``. Raises BadName, ModelsNotWritten.
        """
        net = beginnings.finished(self.model, self.architecture)
        return keep(name, net, architecture=self.architecture, charset=None, parent=self.name, facts=facts)


def letter_maps(lines: Iterable[tools.Line], picture: Picture) -> NDArray[np.float32]:
    """What CRAFT should see of a picture, (H, W, 3), sides even: (H/2, W/2, 3): region, affinity, and 1 where that is
    known, 0 in boxes of ``tools.UNCLEAR``.
    """
    words, unclear = [], []
    for line in lines:
        for written, letters in itertools.groupby(line, key=lambda each: not each[1].isspace()):
            if written:
                kept = list(letters)
                clear = [box for box, sign in kept if sign != tools.UNCLEAR]
                unclear += [box for box, sign in kept if sign == tools.UNCLEAR]
                words += [np.array(clear, np.float64)] if clear else []
    places = LetterPlaces(tuple(words), np.array(unclear, np.float64).reshape(-1, 4, 2))
    return np.concatenate(craft_targets.draw(places, _AS_IT_IS, (picture.shape[1], picture.shape[0])), axis=-1)


def _bordered(picture: Picture) -> Picture:
    height, width = (side + -side % _STRIDE for side in picture.shape[:2])
    return tools.pad(picture, width, height)
