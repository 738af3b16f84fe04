"""What training is asked for, and what it says on its way: values that every room may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

# Which part of a recognizer learns, from least to most: the scores of its letters; the attention blocks before them,
# too; the upper half of the trunk, too; everything.
PARTS: Final = ("head", "neck+head", "upper", "all")
DEVICES: Final = ("auto", "cpu", "gpu")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a recognizer is trained further.

    base: name of the model to start from; None is the program's choice, ``registry.default``. what: one of PARTS.
    epochs: how often every word is seen. learning_rate: its highest value, after warming up. batch: crops in a step.
    augmentation: 0 (crops as they are) to 1 (turned, squeezed, blurred, lit as photos may be). replay: share (0..0.9)
    of each batch that is general words, against forgetting. average: how much of the result is what was learned, 0..1,
    the rest what the base knew (weights averaged). patience: checks without gain after which training stops early;
    None: never. seed: of everything that is drawn. device: one of DEVICES.
    """

    base: str | None = None
    what: str = "upper"
    epochs: int = 12
    learning_rate: float = 2e-4
    batch: int = 16
    augmentation: float = 1.0
    replay: float = 0.5
    average: float = 0.3
    patience: int | None = 4
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Sample:
    """A held-out word and how it is read. place: (page id, word id), where it has one; crop: path in the dataset."""

    crop: str
    truth: str
    before: str
    now: str
    place: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Preparing:
    """Something has to be done first. what: for a person ("Drawing general words"); done of total, where known."""

    what: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """Training begins. train, held_out, keep: words of each kind, or lines, as ``unit`` says; steps: all there will be;
    resumed_at: step.
    """

    train: int
    held_out: int
    keep: int
    steps: int
    new_letters: str = ""
    resumed_at: int = 0
    unit: str = "words"


@dataclass(frozen=True, slots=True)
class StepDone:
    """One batch was learned. loss: CTC, nats a letter; seconds_left: of all that is still to come, as it looks now."""

    step: int
    steps: int
    loss: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Checked:
    """How words that are not trained on are read at this step. CER 0..; None where there are no such words.

    held_out: words of this dataset; keep: general ones, which show whether something is being forgotten. best: whether
    this is the best so far (what a stop would keep).
    """

    step: int
    held_out_cer: float | None
    keep_cer: float | None
    best: bool
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How well one model reads some words. words, right: counts (text equal); cer: 0.., letters wrong a true letter."""

    words: int
    right: int
    cer: float


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure truly lies with 95 % certainty, as resampling the words shows (bootstrap, Efron 1979)."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The old and the new model on the same held-out words, and on general ones.

    change: of the CER on held-out words, after - before, with its uncertainty; keep_change: of the general ones.
    gained, lost: held-out words that only the new, or only the old model reads right. unit: what all of these are,
    "words" or "lines". verdict: "better", "worse" or "no clear difference"; None where there is nothing to compare on.
    """

    before: Reading
    after: Reading
    change: Interval
    keep_before: Reading
    keep_after: Reading
    keep_change: Interval
    gained: tuple[Sample, ...] = ()
    lost: tuple[Sample, ...] = ()
    unit: str = "words"

    @property
    def verdict(self) -> str | None:
        """In one word; "worse" also where general words are read clearly worse, whether or not others were held out."""
        if self.change.low > 0 or self.keep_change.low > 0:
            return "worse"
        if self.before.words == 0:
            return None
        return "better" if self.change.high < 0 else "no clear difference"


@dataclass(frozen=True, slots=True)
class Trained:
    """Training is over; a candidate lies in ``folder`` (a model folder that no list shows until it is kept).

    stopped: why before the last step: "" (it was not), "early" (no more gain), "asked" (a person wanted the best so
    far).
    """

    name: str
    folder: Path
    comparison: Comparison
    steps: int
    seconds: float
    stopped: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)


TrainingEvent: TypeAlias = Preparing | Started | StepDone | Checked | Trained
