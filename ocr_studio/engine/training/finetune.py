"""A person's corrected words → a recognizer that reads that hand better and has forgotten nothing.

What a few words can do, measured (``tests/benchmarks/learning.py``): the upper half of the net learns them, gently,
among as many general words, which keep the rest in mind; what is kept is the mean of what the net knew and what it
learned (weights averaged, Wortsman et al. 2022, https://arxiv.org/abs/2109.01903). Nothing is installed: it ends with
a candidate and a comparison.
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
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import LICENCE, OVERSURE, RECOGNIZER, ModelCard, learning_on
from ocr_studio.core.page import now
from ocr_studio.core.training.events import (
    Checked,
    Comparison,
    Preparing,
    Recipe,
    Sample,
    Started,
    Trained,
    TrainingEvent,
)
from ocr_studio.core.training.results import scores_of
from ocr_studio.core.translation import tr
from ocr_studio.engine import runtime
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.training import batches, checkpoints, model_comparison, rehearsal
from ocr_studio.engine.training.batches import Batches, Mixture
from ocr_studio.engine.training.run import LearningRun
from ocr_studio.engine.training.trainer import Course, Exam, Marks, Trainee
from ocr_studio.engine.training.training_data import Lesson, TrainingData
from ocr_studio.engine.weights import alphabet_growth, bundled_weights, candidate, model_weights

__all__ = ["Base", "Lesson", "TrainingData", "finetune"]

log = logging.getLogger(__name__)

# General words that are drawn: to repeat, each about once in a run on a hundred words, and to see what is forgotten.
REPEATED: Final = 400
KEPT: Final = 120
_KEPT_OF: Final = 25  # of many that are given, one in so many, or no fewer than these
# A handful of words is seen more often than the recipe says: below this many steps nothing changes.
LEAST_STEPS: Final = 80
# Held-out words that are shown on the way.
SHOWN: Final = 12
# Read with knowledge of languages in pieces of this many, so that a cancel is heard soon.
_READ_AT_ONCE: Final = 64


class NothingToLearn(StudioError):
    """None of the words can be learned."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a run begins with. name: of the model; net and charset are not to be used elsewhere any more."""

    net: keras.Model
    charset: Charset
    name: str
    architecture: str = RECOGNIZER
    licence: str = LICENCE
    oversure: float = OVERSURE


@dataclass(frozen=True, slots=True)
class _Lessons:
    """What is learned and examined, all of it usable. general: repeated; keep: only read."""

    train: list[Lesson]
    held_out: list[Lesson]
    general: list[Lesson]
    keep: list[Lesson]


def finetune(
    data: TrainingData, recipe: Recipe, *, folder: Path, name: str, stop: Callable[[], bool]
) -> Iterator[TrainingEvent]:
    """Preparing …, Started, StepDone and Checked …, Preparing …, at last Trained.

    folder: where the checkpoint lies, made if it is not there; a run on the same data by the same recipe that was cut
    short goes on from it. name: of the model to be; the candidate lies where ``core.models`` keeps candidates. stop:
    asked after each step; true ends the run with the best so far. Closed early, its steps are kept and there is no
    candidate. Raises StudioError: NothingToLearn, TrainingFailed, CheckpointNotSaved, BadModel …
    """
    yield Preparing(tr("Loading the model"))
    runtime.configure(data.options)
    base = _base(recipe, data)
    run = _Run(base, data, recipe, folder)
    yield from run.prepare()
    yield from run.learn(stop)
    comparison = yield from run.compare()
    settings: dict[str, object] = {**asdict(recipe), "steps": run.best.step, "unit": data.unit}
    card = ModelCard(
        architecture=base.architecture,
        title=name,
        parent=base.name,
        dataset=data.digest,
        settings=settings,
        scores=scores_of(comparison),
        licence=base.licence,
        oversure=base.oversure,
        made=now(),
    )
    written = candidate.write(name, run.net, charset=run.charset, card=card)
    yield Trained(name, written, comparison, run.step, run.clock.total(), run.stopped, settings)
    checkpoints.forget(folder)  # by now whoever asks for more has noted what came of it


def _base(recipe: Recipe, data: TrainingData) -> Base:
    model = models.in_use(recipe.base, alphabet=data.options.alphabet)
    architecture = learning_on(model.card, usual=RECOGNIZER)
    alphabet: Alphabet = "all" if data.options.alphabet == "all" else "latin"
    with candidate.device(recipe.device):
        net, charset = model_weights.load_recognizer(model, alphabet=alphabet)
    base = Base(net, charset, model.name, architecture)
    return replace(base, licence=model.card.licence, oversure=model.card.oversure) if model.card else base


class _Run(LearningRun[Trainee, tuple[Marks, Marks], Checked]):
    """A recognizer's. first: how held-out and general words were read before."""

    def __init__(self, base: Base, data: TrainingData, recipe: Recipe, folder: Path) -> None:
        super().__init__(recipe, folder)
        self.net, self.charset = base.net, base.charset
        self._base, self._data = base, data

    # -------------------------------------------------------------------------------------------------- before

    def prepare(self) -> Iterator[TrainingEvent]:
        """Draw general words, read what is held out as the base does, grow the alphabet, take up a checkpoint."""
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
                tr("none of these lines can be learned") if data.lines else tr("none of these words can be learned"),
                remedy=tr("Correct or confirm some words first."),
            )
        yield from self._read_before()
        published = bundled_weights.letter_scores(letters) if letters else {}
        self.net, self.charset = alphabet_growth.grown(self.net, self.charset, letters, published)
        self._new = letters
        self._begin()

    def _drawn(self) -> Generator[TrainingEvent, None, list[Lesson]]:
        """General words of our own."""
        data, recipe, general = self._data, self.recipe, list[Lesson]()
        many = (REPEATED if recipe.replay > 0 else 0) + KEPT
        for lesson in rehearsal.general(many, data.options.languages or ("en",), seed=recipe.seed, lines=data.lines):
            if len(general) % 40 == 0:
                yield Preparing(
                    tr("Drawing general lines") if data.lines else tr("Drawing general words"), len(general), many
                )
            general.append(lesson)
        return general

    def _begin(self) -> None:
        """Make ready what learns, what it is taught and how it is examined."""
        recipe, lessons = self.recipe, self.lessons
        mixture = Mixture(recipe.batch, recipe.replay, recipe.augmentation, recipe.seed)
        self._batches = Batches(lessons.train, lessons.general, self.charset, mixture)
        steps = max(LEAST_STEPS, recipe.epochs * self._batches.per_epoch)
        texts = [lesson.text for lesson in (*lessons.train, *lessons.general)]
        taught = alphabet_growth.columns_of(self.charset, texts)
        course = Course(recipe.what, steps, recipe.learning_rate, recipe.average, len(self._new), taught)
        with candidate.device(recipe.device):
            trainee = Trainee(self.net, course)
        # What has a letter that nobody taught cannot be examined by its loss.
        readable = [lesson for lesson in lessons.held_out if not self.charset.unknown(lesson.text)]
        self._exam, self._keep = Exam(readable, self.charset), Exam(lessons.keep, self.charset)
        self.take_up(trainee, steps)

    def _read_before(self) -> Iterator[TrainingEvent]:
        self._reader = Recognizer(self.net, self.charset, name=self._base.name)
        self._before = yield from self._read(self._reader, self.lessons.held_out, tr("Reading with the model so far"))
        self._keep_before = yield from self._read(self._reader, self.lessons.keep, self._reading_general())

    # -------------------------------------------------------------------------------------------------- during

    def learn(self, stop: Callable[[], bool]) -> Iterator[TrainingEvent]:
        """Step by step, examined now and then, until the last step, or no more gain, or the wish to stop."""
        lessons = self.lessons
        counts = len(lessons.train), len(lessons.held_out), len(lessons.keep)
        started = Started(*counts, self.steps, self._new, resumed_at=self.step, unit=self._data.unit)
        yield from self.course(started, stop)
        self.trainee.take(self.best.weights)

    def next_step(self) -> Callable[[], float]:
        """The step that comes now."""
        return partial(self.trainee.learn, self._batches.at(self.step))

    def check(self) -> Checked:
        """Examine what would be kept now."""
        kept, (held_out, keep) = self.examine(lambda: (self._exam.sit(self.trainee), self._keep.sit(self.trainee)))
        if not self.begun:
            self.first = (held_out, keep)
        better = self.note(kept, self._score(held_out, keep))
        return Checked(
            self.step,
            model_comparison.cer(self._exam.lessons, held_out.texts),
            model_comparison.cer(self._keep.lessons, keep.texts),
            better,
            self._samples(held_out),
        )

    def _score(self, held_out: Marks, keep: Marks) -> float:
        """Lower is better: the loss on held-out words, and what general ones are read worse than in the beginning.

        By the loss, as a few words are read right or wrong by chance.
        """
        forgotten = max(0.0, keep.loss - self.first[1].loss)
        return held_out.loss + forgotten if len(self._exam) else -float(self.step)

    def _samples(self, marks: Marks) -> tuple[Sample, ...]:
        """Some words, and how they are read now: those that were read wrongly first."""
        before = self.first[0].texts
        words = [
            Sample(lesson.name, lesson.text, old, now_read, lesson.place)
            for lesson, old, now_read in zip(self._exam.lessons, before, marks.texts, strict=True)
        ]
        words.sort(key=lambda word: word.before == word.truth)
        return tuple(words[:SHOWN])

    # ------------------------------------------------------------------------------------------- cut short, gone on

    def first_as_facts(self) -> Any:
        """How words were read before, as JSON can say it."""
        return [asdict(marks) for marks in self.first]

    def first_of(self, facts: Any) -> tuple[Marks, Marks]:
        """The same from there. Raises KeyError, ValueError or TypeError."""
        held_out, keep = (Marks(tuple(marks["texts"]), float(marks["loss"])) for marks in facts)
        return held_out, keep

    def signature(self) -> str:
        """Another one for another run."""
        recipe = json.dumps(asdict(self.recipe), sort_keys=True)
        general = " ".join(self._data.options.languages)  # what general words are drawn from
        return f"{self._base.name} {len(self.charset)} {recipe} {general} {self._data.fingerprint()}"

    # -------------------------------------------------------------------------------------------------- after

    def compare(self) -> Generator[TrainingEvent, None, Comparison]:
        """Read what is held out as the new model does. Returns the comparison."""
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
        self, reader: Recognizer, lessons: Sequence[Lesson], what: str
    ) -> Generator[TrainingEvent, None, list[str]]:
        """What a person would see. Returns the texts."""
        options = self._data.options
        typed = lexicon.vocabulary(
            Counter(itertools.chain.from_iterable(lexicon.runs(lesson.text) for lesson in self.lessons.train))
        )
        reader.know([lexicon.lexicon(tuple(options.languages)), typed], strength=options.language_strength)
        texts: list[str] = []
        for start in range(0, len(lessons), _READ_AT_ONCE):
            yield Preparing(what, start, len(lessons))
            crops = [lesson.crop for lesson in lessons[start : start + _READ_AT_ONCE]]
            texts += [read.text for read in reader.read(crops, spaces=self._data.lines)]
        return texts
