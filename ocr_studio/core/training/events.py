"""Training recipes and the events that training reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.files.json_schema import Count, one_of

# Parts of a recognizer that can be trained, from least to most: the output layer; the attention blocks before it as
# well; the upper half of the backbone as well; everything.
PARTS: Final = ("head", "neck+head", "upper", "all")
DEVICES: Final = ("auto", "cpu", "gpu")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters of a training.

    Attributes:
        base: Name of the model to start from; None for the default, ``registry.default``.
        what: Trained layers, one of PARTS.
        epochs: How often each word is seen; None for the usual number, see ``UsualLength``.
        learning_rate: Peak learning rate, reached after the warm-up.
        batch: Batch size, in crops.
        augmentation: 0 (none) to 1 (rotation, scaling, blur and lighting as on photos).
        replay: Share (0..0.9) of general words in each batch, against forgetting.
        average: Share (0..1) of the trained weights in the result; the rest are those of the base model.
        patience: Evaluations without improvement before early stopping; None: never.
        seed: Random seed.
        device: One of DEVICES.
    """

    base: str | None = None
    what: Annotated[str, one_of(PARTS)] = "neck+head"
    epochs: Annotated[int, Meta(ge=1, le=1000)] | None = None
    learning_rate: Annotated[float, Meta(ge=1e-7, le=1e-1)] = 1e-3
    batch: Annotated[int, Meta(ge=1, le=512)] = 64
    augmentation: Annotated[float, Meta(ge=0.0, le=1.0)] = 1.0
    replay: Annotated[float, Meta(ge=0.0, le=0.9)] = 0.5
    average: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.5
    patience: Annotated[int, Meta(ge=1, le=1000)] | None = 4
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    device: Annotated[str, one_of(DEVICES)] = "auto"


@dataclass(frozen=True, slots=True)
class UsualLength:
    """The length of a training whose number of epochs isn't chosen.

    Attributes:
        epochs: Number of epochs.
        least: Minimum number of steps: a few words are seen more often.
        most: Maximum number of steps; None for no limit.
    """

    epochs: int
    least: int
    most: int | None = None

    def count_steps(self, epochs: int | None, per_epoch: int, *, bounded: bool = False) -> int:
        """Return the number of steps.

        Args:
            epochs: The chosen number of epochs, which is kept exactly; None for the usual length.
            per_epoch: Number of steps of an epoch.
            bounded: Whether minimum and maximum apply to a chosen number of epochs, too; see ``runs.Run``.
        """
        if epochs is not None and not bounded:
            return epochs * per_epoch
        steps = max(self.least, (epochs or self.epochs) * per_epoch)
        return steps if self.most is None else min(steps, self.most)


# Fewer steps on a few words change nothing.
RECOGNIZER_LENGTH: Final = UsualLength(epochs=12, least=80)


def suggested_recipe(what: str, *, profile: bool = False) -> Recipe:
    """Return the default recipe for training a part of a recognizer.

    Args:
        what: One of ``PARTS``.
        profile: Whether it becomes a writer profile, which reads no other writing that it could forget: nothing of the
            base model is averaged in, and fewer general words are repeated.

    Output layer and neck are trained on stored features, with larger steps and batches than more layers, and bear a
    larger share in the result. More layers read no better and take several times as long; the output layer alone reads
    as well for most writers, but not for those whose words are mostly misread.
    """
    if what == "head":
        found = Recipe(what=what, learning_rate=2e-3)
    elif what == Recipe().what:
        found = Recipe()
    else:
        found = Recipe(what=what, learning_rate=2e-4, batch=16, average=0.3)
    return replace(found, average=1.0, replay=0.25, patience=None) if profile else found


@dataclass(frozen=True, slots=True)
class HeldOutSample:
    """A held-out word and how it is read.

    Attributes:
        crop: Path of the crop in the dataset.
        place: (page id, word id), if known.
    """

    crop: str
    truth: str
    before: str
    now: str
    place: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TrainingPreparing:
    """A preparation before training.

    Attributes:
        what: Description for the user ("Generating general words").
        done: Finished items.
        total: All items; 0 if unknown.
    """

    what: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class TrainingStarted:
    """Training has started.

    Attributes:
        train: Number of words or lines (see ``unit``) to train on.
        held_out: Number of held-out ones.
        keep: Number of general ones for evaluation.
        steps: Number of steps of the whole training.
        resumed_at: Step at which it was resumed.
        unchecked: Number of unchecked words to train on besides.
    """

    train: int
    held_out: int
    keep: int
    steps: int
    new_letters: str = ""
    resumed_at: int = 0
    unit: str = "words"
    unchecked: int = 0


@dataclass(frozen=True, slots=True)
class StepDone:
    """One batch was trained.

    Attributes:
        loss: CTC loss in nats per character.
        seconds_left: Estimated time to the end; None until it can be measured.
    """

    step: int
    steps: int
    loss: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class WordsEvaluated:
    """Evaluation during training: how well words that are not trained on are read at this step.

    Attributes:
        held_out_cer: Character error rate (0..) on held-out words of the dataset; None without any.
        keep_cer: Character error rate on general words, which shows forgetting; None without any.
        best: Whether this is the best result so far, which stopping would keep.
    """

    step: int
    held_out_cer: float | None
    keep_cer: float | None
    best: bool
    samples: tuple[HeldOutSample, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingScore:
    """How well a model reads some words.

    Attributes:
        right: Number of words read without a mistake.
        cer: Character error rate (0..).
    """

    words: Count
    right: Count
    cer: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% confidence interval, by bootstrap over the words (Efron 1979)."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ReplacedProfile:
    """How well the writer's profile in use, which a new one would replace, reads the held-out words."""

    name: str
    score: ReadingScore


@dataclass(frozen=True, slots=True)
class RecognizerComparison:
    """The old and the new model on the same held-out words and on general words.

    Attributes:
        change: Change of the CER on held-out words (after − before), 95% confidence interval.
        keep_change: The same on general words.
        gained: Held-out words that only the new model reads correctly.
        lost: Held-out words that only the old model reads correctly.
        unit: What was counted, "words" or "lines".
        replaced: The profile in use for the same writer, unless it is the old model; None without one.
    """

    before: ReadingScore
    after: ReadingScore
    change: Interval
    keep_before: ReadingScore
    keep_after: ReadingScore
    keep_change: Interval
    gained: tuple[HeldOutSample, ...] = ()
    lost: tuple[HeldOutSample, ...] = ()
    unit: str = "words"
    replaced: ReplacedProfile | None = None

    @property
    def verdict(self) -> str | None:
        """The verdict: "better", "worse" or "no clear difference"; None without held-out words.

        It is also "worse" if general words are clearly read worse.
        """
        if self.change.low > 0 or self.keep_change.low > 0:
            return "worse"
        if self.before.words == 0:
            return None
        return "better" if self.change.high < 0 else "no clear difference"


@dataclass(frozen=True, slots=True)
class Trained:
    """Training has ended; the new model is a candidate in ``folder`` and not listed until it is installed.

    Attributes:
        stopped: Why it ended before the last step: "" (it did not), "early" (early stopping) or "asked" (by the user).
        writer: Whose handwriting it has learned, if it is a writer profile.
        step_share: Share (0..1) of the learned change that was taken, so that other handwriting is read no worse.
        new_letters: Characters that the base model doesn't know; they are taken in any case.
        changed: Whether the new model differs from its base model at all.
    """

    name: str
    folder: Path
    comparison: RecognizerComparison
    steps: int
    seconds: float
    stopped: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    writer: str = ""
    step_share: float = 1.0
    new_letters: str = ""
    changed: bool = True


TrainingEvent: TypeAlias = TrainingPreparing | TrainingStarted | StepDone | WordsEvaluated | Trained
