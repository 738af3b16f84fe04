"""Training data and events of detector training, in addition to those of all training (``core.training``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled, Score
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training.events import (
    Interval,
    Recipe,
    StepDone,
    TrainingPreparing,
    TrainingStarted,
    UsualLength,
)

Photo: TypeAlias = NDArray[np.uint8]

# Defaults for detectors: ``what`` is one of ``training.events.PARTS``, a batch consists of tiles of photos. The
# learning rate was tuned on synthetic boards: half of it learned less, five times as much got worse on general boards.
RECIPE: Final = Recipe(
    what="neck+head", learning_rate=2e-4, batch=4, augmentation=1.0, replay=0.5, average=0.5, patience=4
)
# A single photo is seen more often; with many photos, this many tiles are enough.
DETECTOR_LENGTH: Final = UsualLength(epochs=10, least=40, most=400)


@dataclass(frozen=True, slots=True)
class CheckedPhoto:
    """A photo with the places of all its words.

    Attributes:
        name: Name for the user.
        open: Loads the photo, (H, W, 3) uint8 RGB, upright; raises StudioError on failure.
        words: Words with their quads in pixels; ``ignore`` for unreadable writing; without text and without ``ignore``
            the place is known to be empty.
        held_out: Whether it is for evaluation, not for training.
    """

    name: str
    open: Callable[[], Photo]
    words: tuple[Labelled, ...]
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class DetectorData:
    """Training data of a detector.

    If all photos or none are held out, a quarter of each photo is held out instead: what is below its upper lines, or
    right of them.

    Attributes:
        digest: Digest of the dataset, for the model's card.
        options: How photos are read, as the detectors are compared by the resulting words.
        general: General photos against forgetting, in addition to synthetic boards.
    """

    photos: tuple[CheckedPhoto, ...]
    digest: str = ""
    options: ReaderOptions = field(default_factory=ReaderOptions)
    general: tuple[CheckedPhoto, ...] = ()


@dataclass(frozen=True, slots=True)
class LinesEvaluated:
    """Evaluation during training: how well lines that are not trained on are found at this step.

    Attributes:
        held_out: F1 score (0..1) on held-out lines of the dataset; None without any.
        keep: F1 score on general boards, which shows forgetting; None without any.
        best: Whether this is the best result so far, which stopping would keep.
    """

    step: int
    held_out: float | None
    keep: float | None
    best: bool


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word and its place on a photo, given by the photo's name."""

    photo: str
    quad: Quad
    text: str = ""


@dataclass(frozen=True, slots=True)
class DetectorComparison:
    """The words found by the old and the new detector on the same held-out photos and general boards, matched by IoU.

    Attributes:
        change: Change of the F1 score on held-out words (after − before), 95% confidence interval.
        keep_change: The same on general boards.
        gained: Held-out words that only the new detector found.
        lost: Held-out words that only the old detector found.
        unit: What a box holds, "words" or "lines".
    """

    before: Score
    after: Score
    change: Interval
    keep_before: Score
    keep_after: Score
    keep_change: Interval
    gained: tuple[PlacedWord, ...] = ()
    lost: tuple[PlacedWord, ...] = ()
    unit: str = "words"

    @property
    def verdict(self) -> str | None:
        """The verdict as in ``events.RecognizerComparison``: "better", "worse", "no clear difference" or None.

        Unlike there, a higher score is better.
        """
        if self.change.high < 0 or self.keep_change.high < 0:
            return "worse"
        if self.before.wanted == 0:
            return None
        return "better" if self.change.low > 0 else "no clear difference"


@dataclass(frozen=True, slots=True)
class DetectorTrained:
    """Detector training has ended; fields as in ``training.events.Trained``."""

    name: str
    folder: Path
    comparison: DetectorComparison
    steps: int
    seconds: float
    stopped: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    changed: bool = True


DetectorEvent: TypeAlias = TrainingPreparing | TrainingStarted | StepDone | LinesEvaluated | DetectorTrained
