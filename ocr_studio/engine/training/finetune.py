"""Fine-tuning of a recognizer on the user's corrected words.

Tuned for a few words (``tests/benchmarks/learning.py``): the upper half of the network is trained with a low learning
rate, mixed with as many general words against forgetting; the result is the mean of old and new weights (weight
averaging, Wortsman et al. 2022, https://arxiv.org/abs/2109.01903). Nothing is installed: the result is a candidate and
a comparison.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import keras

from ocr_studio.core.errors import StudioError
from ocr_studio.core.language import lexicon
from ocr_studio.core.language.charset import Alphabet, Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import LICENCE, RECOGNIZER, TEMPERATURE, ModelCard, Setting, learning_on
from ocr_studio.core.page import now
from ocr_studio.core.training.events import (
    HeldOutSample,
    Recipe,
    RecognizerComparison,
    Trained,
    TrainingEvent,
    TrainingPreparing,
    TrainingStarted,
    WordsEvaluated,
)
from ocr_studio.core.training.results import make_scores
from ocr_studio.core.translation import tr
from ocr_studio.engine import runtime
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.training import batches, checkpoints, model_comparison, rehearsal
from ocr_studio.engine.training.batches import Batches, Mixture
from ocr_studio.engine.training.run import LearningRun
from ocr_studio.engine.training.trainer import EvaluationResult, Evaluator, Learner, TrainingPlan
from ocr_studio.engine.training.training_data import TrainingData, TrainingExample
from ocr_studio.engine.weights import alphabet_growth, bundled_weights, candidate, model_weights

__all__ = ["Base", "TrainingData", "TrainingExample", "finetune"]

log = logging.getLogger(__name__)

# General words to generate: for rehearsal, each about once in a run on a hundred words, and to measure forgetting.
REPEATED: Final = 400
KEPT: Final = 120
_KEPT_OF: Final = 25  # of given ones, one in this many, but at least this number
# A few words are seen more often than the recipe says: fewer steps change nothing.
LEAST_STEPS: Final = 80
# Held-out words shown during training.
SHOWN: Final = 12
# Words per batch when reading with dictionaries, so that cancelling is quick.
_READ_AT_ONCE: Final = 64


class NothingToLearn(StudioError):
    """None of the words can be used for training."""


@dataclass(frozen=True, slots=True)
class Base:
    """The base model of a run; its network and charset must not be used elsewhere afterwards."""

    net: keras.Model
    charset: Charset
    name: str
    architecture: str = RECOGNIZER
    licence: str = LICENCE
    temperature: float = TEMPERATURE


@dataclass(frozen=True, slots=True)
class _Lessons:
    """Usable examples for training and evaluation; ``general`` for rehearsal, ``keep`` to measure forgetting."""

    train: list[TrainingExample]
    held_out: list[TrainingExample]
    general: list[TrainingExample]
    keep: list[TrainingExample]


def finetune(
    data: TrainingData, recipe: Recipe, *, folder: Path, name: str, stop: Callable[[], bool]
) -> Iterator[TrainingEvent]:
    """Fine-tune a recognizer.

    If the generator is closed early, a checkpoint is saved and there is no candidate.

    Args:
        data: The examples.
        recipe: Hyperparameters.
        folder: Folder of the checkpoint, created if needed. An interrupted run with the same data and recipe is
            resumed.
        name: Name of the new model. Its candidate is where ``core.models`` has them.
        stop: Called after each step; true ends the run with the best result so far.

    Yields:
        Preparing …, Started, StepDone and Checked …, Preparing …, Trained.

    Raises:
        StudioError: NothingToLearn, TrainingFailed, CheckpointNotSaved, BadModel …
    """
    yield TrainingPreparing(tr("Loading the model"))
    runtime.configure(data.options)
    base = _base(recipe, data)
    run = _Run(base, data, recipe, folder)
    yield from run.prepare()
    yield from run.learn(stop)
    comparison = yield from run.compare()
    settings: dict[str, Setting] = {**asdict(recipe), "steps": run.best.step, "unit": data.unit}
    card = ModelCard(
        architecture=base.architecture,
        title=name,
        parent=base.name,
        dataset=data.digest,
        settings=settings,
        scores=make_scores(comparison),
        licence=base.licence,
        temperature=base.temperature,
        made=now(),
    )
    written = candidate.write(name, run.net, charset=run.charset, card=card)
    yield Trained(name, written, comparison, run.step, run.clock.total(), run.stopped, settings)
    checkpoints.forget(folder)  # the caller has saved the result by now


def _base(recipe: Recipe, data: TrainingData) -> Base:
    model = registry.in_use(recipe.base, alphabet=data.options.alphabet)
    architecture = learning_on(model.card, usual=RECOGNIZER)
    alphabet: Alphabet = "all" if data.options.alphabet == "all" else "latin"
    with candidate.device(recipe.device):
        net, charset = model_weights.load_recognizer(model, alphabet=alphabet)
    base = Base(net, charset, model.name, architecture)
    return replace(base, licence=model.card.licence, temperature=model.card.temperature) if model.card else base


class _Run(LearningRun[Learner, tuple[EvaluationResult, EvaluationResult], WordsEvaluated]):
    """A recognizer's run. first: readings of held-out and general words before training."""

    def __init__(self, base: Base, data: TrainingData, recipe: Recipe, folder: Path) -> None:
        super().__init__(recipe, folder)
        self.net, self.charset = base.net, base.charset
        self._base, self._data = base, data

    # -------------------------------------------------------------------------------------------------- before

    def prepare(self) -> Iterator[TrainingEvent]:
        """Generate general words, read the held-out ones with the base model, extend the alphabet, restore a
        checkpoint.
        """
        data, known = self._data, self.charset
        general = list(data.general) or (yield from self._drawn())
        kept = max(KEPT, len(general) // _KEPT_OF)
        letters = alphabet_growth.missing(known, [lesson.text for lesson in data.train])
        charset = Charset((*known.characters, *letters))
        self.lessons = _Lessons(
            [lesson for lesson in data.train if batches.usable(lesson, charset)],
            [lesson for lesson in data.held_out if lesson.text.strip() and lesson.crop.size],
            [lesson for lesson in general[kept:] if batches.usable(lesson, known)],
            [lesson for lesson in general[:kept] if batches.usable(lesson, known)],
        )
        if not self.lessons.train:
            raise NothingToLearn(
                tr("none of these lines can be used for training")
                if data.lines
                else tr("none of these words can be used for training"),
                remedy=tr("Correct or confirm some words first."),
            )
        yield from self._read_before()
        published = bundled_weights.letter_scores(letters) if letters else {}
        self.net, self.charset = alphabet_growth.grown(self.net, self.charset, letters, published)
        self._new = letters
        self._begin()

    def _drawn(self) -> Generator[TrainingEvent, None, list[TrainingExample]]:
        """Generate general words."""
        data, recipe, general = self._data, self.recipe, list[TrainingExample]()
        many = (REPEATED if recipe.replay > 0 else 0) + KEPT
        for lesson in rehearsal.general(many, data.options.languages or ("en",), seed=recipe.seed, lines=data.lines):
            if len(general) % 40 == 0:
                yield TrainingPreparing(
                    tr("Generating general lines") if data.lines else tr("Generating general words"), len(general), many
                )
            general.append(lesson)
        return general

    def _begin(self) -> None:
        """Create trainer, batches and evaluation."""
        recipe, lessons = self.recipe, self.lessons
        mixture = Mixture(recipe.batch, recipe.replay, recipe.augmentation, recipe.seed)
        self._batches = Batches(lessons.train, lessons.general, self.charset, mixture)
        steps = max(LEAST_STEPS, recipe.epochs * self._batches.per_epoch)
        texts = [lesson.text for lesson in (*lessons.train, *lessons.general)]
        taught = alphabet_growth.columns_of(self.charset, texts)
        course = TrainingPlan(recipe.what, steps, recipe.learning_rate, recipe.average, len(self._new), taught)
        with candidate.device(recipe.device):
            trainee = Learner(self.net, course)
        # Texts with untrained new characters have no meaningful loss.
        readable = [lesson for lesson in lessons.held_out if not self.charset.unknown(lesson.text)]
        self._exam, self._keep = Evaluator(readable, self.charset), Evaluator(lessons.keep, self.charset)
        self.take_up(trainee, steps)

    def _read_before(self) -> Iterator[TrainingEvent]:
        self._reader = Recognizer(self.net, self.charset, name=self._base.name)
        self._before = yield from self._read(self._reader, self.lessons.held_out, tr("Reading with the current model"))
        self._keep_before = yield from self._read(self._reader, self.lessons.keep, self._reading_general())

    # -------------------------------------------------------------------------------------------------- during

    def learn(self, stop: Callable[[], bool]) -> Iterator[TrainingEvent]:
        """Train step by step with evaluations until the last step, early stopping or a request to stop."""
        lessons = self.lessons
        counts = len(lessons.train), len(lessons.held_out), len(lessons.keep)
        started = TrainingStarted(*counts, self.steps, self._new, resumed_at=self.step, unit=self._data.unit)
        yield from self.course(started, stop)
        self.trainee.take(self.best.weights)

    def next_step(self) -> Callable[[], float]:
        """Return the next step."""
        return partial(self.trainee.learn, self._batches.at(self.step))

    def check(self) -> WordsEvaluated:
        """Evaluate the current result."""
        kept, (held_out, keep) = self.examine(lambda: (self._exam.sit(self.trainee), self._keep.sit(self.trainee)))
        if not self.begun:
            self.first = (held_out, keep)
        better = self.note(kept, self._score(held_out, keep))
        return WordsEvaluated(
            self.step,
            model_comparison.cer(self._exam.lessons, held_out.texts),
            model_comparison.cer(self._keep.lessons, keep.texts),
            better,
            self._samples(held_out),
        )

    def _score(self, held_out: EvaluationResult, keep: EvaluationResult) -> float:
        """Return the score to minimize: the loss on held-out words, plus how much worse general words are read.

        The loss is used because a few words are read correctly or wrongly by chance.
        """
        forgotten = max(0.0, keep.loss - self.first[1].loss)
        return held_out.loss + forgotten if len(self._exam) else -float(self.step)

    def _samples(self, marks: EvaluationResult) -> tuple[HeldOutSample, ...]:
        """Return some words and how they are read now, those misread before first."""
        before = self.first[0].texts
        words = [
            HeldOutSample(lesson.name, lesson.text, old, now_read, lesson.place)
            for lesson, old, now_read in zip(self._exam.lessons, before, marks.texts, strict=True)
        ]
        words.sort(key=lambda word: word.before == word.truth)
        return tuple(words[:SHOWN])

    # ------------------------------------------------------------------------------------------- cut short, gone on

    def first_as_facts(self) -> Any:
        """Return the readings before training as JSON values."""
        return [asdict(marks) for marks in self.first]

    def first_of(self, facts: Any) -> tuple[EvaluationResult, EvaluationResult]:
        """Parse them. Raises KeyError, ValueError or TypeError."""
        held_out, keep = (EvaluationResult(tuple(marks["texts"]), float(marks["loss"])) for marks in facts)
        return held_out, keep

    def signature(self) -> str:
        """Identity of the run: its data and recipe."""
        recipe = json.dumps(asdict(self.recipe), sort_keys=True)
        general = " ".join(self._data.options.languages)  # the source of general words
        return f"{self._base.name} {len(self.charset)} {recipe} {general} {self._data.fingerprint()}"

    # -------------------------------------------------------------------------------------------------- after

    def compare(self) -> Generator[TrainingEvent, None, RecognizerComparison]:
        """Read the held-out words with the new model and return the comparison."""
        reader = self._reader
        if self._new:
            reader = Recognizer(self.net, self.charset, name="")
        after = yield from self._read(reader, self.lessons.held_out, tr("Reading with the new model"))
        keep_after = yield from self._read(reader, self.lessons.keep, self._reading_general())
        return model_comparison.compare(
            self.lessons.held_out,
            (self._before, after),
            self.lessons.keep,
            (self._keep_before, keep_after),
            unit=self._data.unit,
        )

    def _reading_general(self) -> str:
        return tr("Reading general lines") if self._data.lines else tr("Reading general words")

    def _read(
        self, reader: Recognizer, lessons: Sequence[TrainingExample], what: str
    ) -> Generator[TrainingEvent, None, list[str]]:
        """Read examples as users see them, with dictionaries, and return the texts."""
        options = self._data.options
        typed = lexicon.build_lexicon(
            Counter(itertools.chain.from_iterable(lexicon.find_runs(lesson.text) for lesson in self.lessons.train))
        )
        reader.set_lexicons([lexicon.load_lexicon(tuple(options.languages)), typed], strength=options.language_strength)
        texts: list[str] = []
        for start in range(0, len(lessons), _READ_AT_ONCE):
            yield TrainingPreparing(what, start, len(lessons))
            crops = [lesson.crop for lesson in lessons[start : start + _READ_AT_ONCE]]
            texts += [read.text for read in reader.read(crops, spaces=self._data.lines)]
        return texts
