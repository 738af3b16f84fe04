"""What a detector learns from, and what its training says besides what every training says (``core.training``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.metrics import Labelled, Score
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training.events import Interval, Preparing, Recipe, Started, StepDone

Photo: TypeAlias = NDArray[np.uint8]

# Chosen well for finding: what of the net learns is as in ``training.events.PARTS``, a batch is of pieces of photos.
# The rate was chosen on synthetic boards: at half of it less was learned, at five times as much general boards were
# found worse.
RECIPE: Final = Recipe(
    what="neck+head", epochs=10, learning_rate=2e-4, batch=4, augmentation=1.0, replay=0.5, average=0.5, patience=4
)


@dataclass(frozen=True, slots=True)
class ReviewedPhoto:
    """A photo all of whose words are known by their places.

    name: for a person. open: gives it, (H, W, 3) uint8 RGB, upright; raises StudioError where it cannot. words: their
    quads in its pixels; ``ignore`` for writing nobody can read; no text and no ``ignore`` says that nothing is written
    there. held_out: whether it is not to learn from but to measure by.
    """

    name: str
    open: Callable[[], Photo]
    words: tuple[Labelled, ...]
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class DetectorData:
    """What a detector learns from. digest: of the dataset, for the model's history. options: how photos are read, as
    the old and the new detector are compared by the words that a person will see. general: photos on which it shall go
    on seeing what it sees now, besides boards that are made up for that.

    Where all photos or none are held out, a quarter of each is: the part below its upper lines, or right of them.
    """

    photos: tuple[ReviewedPhoto, ...]
    digest: str = ""
    options: ReaderOptions = field(default_factory=ReaderOptions)
    general: tuple[ReviewedPhoto, ...] = ()


@dataclass(frozen=True, slots=True)
class LinesChecked:
    """How well lines that are not trained on are found at this step: F, 0..1; None where there are none.

    held_out: lines of this dataset; keep: of general boards, which show whether something is being forgotten. best:
    whether this is the best so far (what a stop would keep).
    """

    step: int
    held_out: float | None
    keep: float | None
    best: bool


@dataclass(frozen=True, slots=True)
class PlaceOfWord:
    """A word on a photo. photo: its name."""

    photo: str
    quad: Quad
    text: str = ""


@dataclass(frozen=True, slots=True)
class FindingComparison:
    """Words found by the old and the new detector on the same held-out photos, and on general boards, in the place
    (IoU) where they stand.

    change: of F on held-out words, after - before, with its uncertainty; keep_change: on general boards. gained, lost:
    held-out words that only the new, or only the old detector has found. unit: what a box holds, "words" or "lines".
    """

    before: Score
    after: Score
    change: Interval
    keep_before: Score
    keep_after: Score
    keep_change: Interval
    gained: tuple[PlaceOfWord, ...] = ()
    lost: tuple[PlaceOfWord, ...] = ()
    unit: str = "words"

    @property
    def verdict(self) -> str | None:
        """As ``training.events.Comparison.verdict``: "better", "worse" or "no clear difference"; None without held-out
        words. More is better here.
        """
        if self.change.high < 0 or self.keep_change.high < 0:
            return "worse"
        if self.before.wanted == 0:
            return None
        return "better" if self.change.low > 0 else "no clear difference"


@dataclass(frozen=True, slots=True)
class DetectorTrained:
    """Training is over; as ``training.events.Trained``."""

    name: str
    folder: Path
    comparison: FindingComparison
    steps: int
    seconds: float
    stopped: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)


DetectorEvent: TypeAlias = Preparing | Started | StepDone | LinesChecked | DetectorTrained
