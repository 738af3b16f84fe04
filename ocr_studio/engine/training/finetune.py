"""Fine-tuning of a recognizer on the user's corrected words.

Tuned for a few words (``tests/benchmarks/learning.py``): output layer and neck are trained on stored features, mixed
with as many general words against forgetting; the result is the mean of old and new weights (weight averaging, Wortsman
et al. 2022, https://arxiv.org/abs/2109.01903). More layers are trained on the images, with a lower learning rate, in
several times the time. Nothing is installed: the result is a candidate and a comparison.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from ocr_studio.core.errors import StudioError
from ocr_studio.core.language import lexicon, typed_words
from ocr_studio.core.language.charset import Alphabet, Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import (
    LICENCE,
    RECOGNIZER,
    TEMPERATURE,
    HandwritingVector,
    ModelCard,
    Setting,
    learning_on,
)
from ocr_studio.core.page import now
from ocr_studio.core.training.events import (
    RECOGNIZER_LENGTH,
    HeldOutSample,
    Recipe,
    RecognizerComparison,
    ReplacedProfile,
    Trained,
    TrainingEvent,
    TrainingPreparing,
    TrainingStarted,
    WordsEvaluated,
)
from ocr_studio.core.training.results import make_scores
from ocr_studio.core.translation import tr
from ocr_studio.engine import model_loader
from ocr_studio.engine.nets import upper_layers
from ocr_studio.engine.networks import runtimes, tensorflow_setup
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.recognition.writer_features import WriterFeatures
from ocr_studio.engine.training import batches, checkpoints, model_comparison, rehearsal, stored_features
from ocr_studio.engine.training.batches import Batches, Mixture
from ocr_studio.engine.training.check_words import load_check_words
from ocr_studio.engine.training.run import TrainingRun
from ocr_studio.engine.training.stored_features import FeatureBatches, Features
from ocr_studio.engine.training.trainer import EvaluationResult, Evaluator, Pack, RecognizerTrainer, TrainingPlan
from ocr_studio.engine.training.training_data import TrainingData, TrainingExample
from ocr_studio.engine.weights import alphabet_growth, bundled_weights, candidate, model_weights
from ocr_studio.engine.weights.model_arrays import ModelArrays

log = logging.getLogger(__name__)

# General words to generate: for rehearsal, each about once in a run on a hundred words, and to measure forgetting.
REHEARSED: Final = 400
MEASURED: Final = 120
_MEASURED_SHARE: Final = 25  # of given ones, one in this many, but at least this number
# Weight of the distillation loss where layers are trained on stored features, at a high learning rate.
DISTILLATION: Final = 10.0
# Shares of the learned change that are tried, until no other handwriting is read worse.
_STEP_SHARES: Final = (1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1)
# One in so many check words is used where the whole network has to see them.
_CHECKED_SHARE: Final = 5
# Held-out words shown during training.
MAX_SAMPLES: Final = 12
# Words per batch when reading with dictionaries, so that cancelling is quick.
_READ_AT_ONCE: Final = 64


class NoTrainingData(StudioError):
    """None of the words can be used for training."""


@dataclass(frozen=True, slots=True)
class BaseModel:
    """The base model of a run; its network and charset must not be used elsewhere afterwards."""

    net: keras.Model
    charset: Charset
    name: str
    architecture: str = RECOGNIZER
    licence: str = LICENCE
    temperature: float = TEMPERATURE


@dataclass(frozen=True, slots=True)
class _ExampleSets:
    """Usable examples for training and evaluation.

    Attributes:
        train: Words that the user has checked.
        unchecked: Words that were read with certainty.
        held_out: Checked words for evaluation.
        general: General words for rehearsal.
        keep: General words to measure forgetting.
        check: These and handwriting of others: a model for all photos must not read them worse.
    """

    train: list[TrainingExample]
    unchecked: list[TrainingExample]
    held_out: list[TrainingExample]
    general: list[TrainingExample]
    keep: list[TrainingExample]
    check: list[TrainingExample]


def finetune(
    data: TrainingData, recipe: Recipe, *, folder: Path, name: str, stop: Callable[[], bool], bounded: bool = False
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
        bounded: As in ``core.training.runs.Run``.

    Yields:
        TrainingPreparing …, TrainingStarted, StepDone and WordsEvaluated …, TrainingPreparing …, Trained.

    Raises:
        StudioError: NothingToLearn, TrainingFailed, CheckpointNotSaved, BadModel …
    """
    yield TrainingPreparing(tr("Loading the model"))
    tensorflow_setup.configure(data.options)
    base = _base(recipe, data)
    run = _Run(base, data, recipe, folder, bounded=bounded)
    yield from run.prepare()
    yield from run.train(stop)
    comparison = yield from run.compare()
    settings = run.settings()
    handwriting = (yield from _describe_handwriting(data)) if data.writer else None
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
        writer=data.writer,
        handwriting=handwriting,
    )
    written = candidate.write_candidate(name, run.net, charset=run.charset, card=card)
    yield Trained(
        name,
        written,
        comparison,
        run.step,
        run.clock.elapsed(),
        run.stopped,
        settings,
        data.writer,
        step_share=run.step_share,
        new_letters=run.new_characters,
        changed=run.changed,
    )
    checkpoints.delete_checkpoint(folder)  # the caller has saved the result by now


def _base(recipe: Recipe, data: TrainingData) -> BaseModel:
    model = registry.in_use(recipe.base, alphabet=data.options.alphabet)
    architecture = learning_on(model.card, usual=RECOGNIZER)
    alphabet: Alphabet = "all" if data.options.alphabet == "all" else "latin"
    with candidate.device_context(recipe.device):
        net, charset = model_weights.load_recognizer(model, alphabet=alphabet)
    base = BaseModel(net, charset, model.name, architecture)
    return replace(base, licence=model.card.licence, temperature=model.card.temperature) if model.card else base


def _describe_handwriting(data: TrainingData) -> Generator[TrainingEvent, None, HandwritingVector | None]:
    """Describe what the handwriting of a writer profile looks like, so that photos of it are recognized."""
    examples = [each for each in (*data.train, *data.held_out, *data.unchecked) if each.crop.size]
    try:
        features, seen = WriterFeatures(data.options), []
    except StudioError as error:  # a damaged installation; the profile reads as well without
        log.warning("%s", error)
        return None
    for start in range(0, len(examples), _READ_AT_ONCE):
        yield TrainingPreparing(tr("Looking at the handwriting"), start, len(examples))
        seen.append(features.look_at([each.crop for each in examples[start : start + _READ_AT_ONCE]]))
    return features.make_vector(np.concatenate(seen))


class _Run(TrainingRun[RecognizerTrainer, tuple[EvaluationResult, EvaluationResult], WordsEvaluated]):
    """A recognizer's run.

    Attributes:
        baseline: Readings of held-out and general words before training.
        step_share: Share of the learned change that was taken, 0..1.
        new_characters: Characters that the base model doesn't know.
    """

    def __init__(self, base: BaseModel, data: TrainingData, recipe: Recipe, folder: Path, *, bounded: bool) -> None:
        super().__init__(recipe, folder)
        self._bounded = bounded
        self.net, self.charset = base.net, base.charset
        self._base, self._data = base, data
        self.step_share = 1.0
        self.new_characters = ""

    # -------------------------------------------------------------------------------------------------- before

    def prepare(self) -> Iterator[TrainingEvent]:
        """Generate general words, read the held-out ones with the base model, extend the alphabet, restore a
        checkpoint.
        """
        data, known = self._data, self.charset
        general = list(data.general) or (yield from self._generate_general())
        # A writer profile reads no other writing that it could forget.
        measured = 0 if data.writer else max(MEASURED, len(general) // _MEASURED_SHARE)
        letters = alphabet_growth.missing_characters(known, [example.text for example in data.train])
        charset = Charset((*known.characters, *letters))
        self.examples = _ExampleSets(
            [example for example in data.train if batches.is_trainable(example, charset)],
            [example for example in data.unchecked if batches.is_trainable(example, charset)],
            [example for example in data.held_out if example.text.strip() and example.crop.size],
            [example for example in general[measured:] if batches.is_trainable(example, known)],
            [example for example in general[:measured] if batches.is_trainable(example, known)],
            [],
        )
        if not data.writer:
            words = () if data.lines else load_check_words()
            # Without stored features, each of them is seen by the whole network several times.
            step = 1 if upper_layers.first_layer(self.net, self.recipe.what) else _CHECKED_SHARE
            known_words = [example for example in words[::step] if batches.is_trainable(example, known)]
            self.examples.check.extend([*self.examples.keep, *known_words])
        if not self.examples.train:
            raise NoTrainingData(
                tr("none of these lines can be used for training")
                if data.lines
                else tr("none of these words can be used for training"),
                remedy=tr("Correct or confirm some words first."),
            )
        yield from self._read_before()
        published = bundled_weights.load_character_weights(letters) if letters else {}
        self.net, self.charset = alphabet_growth.add_characters(self.net, self.charset, letters, published)
        self.new_characters = letters
        yield from self._create_trainer()

    def _generate_general(self) -> Generator[TrainingEvent, None, list[TrainingExample]]:
        """Generate general words."""
        data, recipe, general = self._data, self.recipe, list[TrainingExample]()
        count = (REHEARSED if recipe.replay > 0 else 0) + (0 if data.writer else MEASURED)
        for example in rehearsal.generate_words(
            count, data.options.languages or ("en",), seed=recipe.seed, lines=data.lines
        ):
            if len(general) % 40 == 0:
                yield TrainingPreparing(
                    tr("Generating general lines") if data.lines else tr("Generating general words"),
                    len(general),
                    count,
                )
            general.append(example)
        return general

    def _create_trainer(self) -> Iterator[TrainingEvent]:
        """Create trainer, batches and evaluation."""
        recipe, examples = self.recipe, self.examples
        own = [*examples.train, *examples.unchecked]
        mixture = Mixture(recipe.batch, recipe.replay, recipe.augmentation, recipe.seed)
        # Texts with untrained new characters have no meaningful loss.
        readable = [example for example in examples.held_out if not self.charset.unknown(example.text)]
        trained = self.net
        below = upper_layers.first_layer(self.net, recipe.what)
        if below:
            trained = upper_layers.split_network(self.net, below)[1]
            features = yield from self._compute_features(readable, below)
            self._batches: Batches = FeatureBatches(own, examples.general, self.charset, mixture, features)
            pack: Pack = partial(stored_features.pack_first, features)
        else:
            self._batches = Batches(own, examples.general, self.charset, mixture)
            pack = batches.pack_unchanged
        steps = RECOGNIZER_LENGTH.count_steps(recipe.epochs, self._batches.per_epoch, bounded=self._bounded)
        texts = [example.text for example in (*own, *examples.general)]
        plan = TrainingPlan(
            recipe.what,
            steps,
            recipe.learning_rate,
            recipe.average,
            len(self.new_characters),
            alphabet_growth.occurring_classes(self.charset, texts),
            distillation=DISTILLATION if below else 1.0,
        )
        with candidate.device_context(recipe.device):
            trainer = RecognizerTrainer(trained, plan)
        self._evaluator = Evaluator(readable, self.charset, pack)
        self._general_evaluator = Evaluator(examples.keep, self.charset, pack)
        self._check_evaluator = Evaluator(examples.check, self.charset, pack)
        self.start_or_resume(trainer, steps)

    def _compute_features(
        self, readable: Sequence[TrainingExample], below: str
    ) -> Generator[TrainingEvent, None, Features]:
        """Compute the input of the trained layers: for the user's words of several views, for others of one."""
        examples, recipe, network = self.examples, self.recipe, self._make_network(below=below)
        own = [*examples.train, *examples.unchecked]
        views = stored_features.count_views(len(own), recipe.augmentation)
        found = Features(stored_features.compute_padding(network))
        others = list(dict.fromkeys([*examples.general, *examples.keep, *examples.check, *readable]))
        doing = tr("Preparing the lines") if self._data.lines else tr("Preparing the words")
        for words, count, strength in ((own, views, recipe.augmentation), (others, 1, 0.0)):
            for some in stored_features.compute_features(
                network, words, views=count, augmentation=strength, seed=recipe.seed
            ):
                yield TrainingPreparing(doing, len(found.views), len(own) + len(others))
                found.views.update(some)
        return found

    def _read_before(self) -> Iterator[TrainingEvent]:
        reader = self._make_reader()
        self._before = yield from self._read(reader, self.examples.held_out, tr("Reading with the current model"))
        self._general_before = yield from self._read(reader, self.examples.keep, self._reading_general())

    def _make_reader(self) -> Recognizer:
        """Make a recognizer with the current weights."""
        return Recognizer(self._make_network(), self.charset, name=self._base.name)

    def _make_network(self, *, below: str | None = None) -> Network:
        """Make a network with the current weights, in the runtime that reads photos.

        below: Name of the layer before which it ends.
        """
        read = ModelArrays(self._base.architecture, model_weights.read_weights(self.net), self.charset, fits=True)
        with candidate.device_context(self.recipe.device):
            return runtimes.make_network(read, self._data.options, below=below)

    # -------------------------------------------------------------------------------------------------- during

    def train(self, stop: Callable[[], bool]) -> Iterator[TrainingEvent]:
        """Train step by step with evaluations until the last step, early stopping or a request to stop."""
        examples = self.examples
        counts = len(examples.train), len(examples.held_out), len(examples.keep)
        started = TrainingStarted(
            *counts,
            self.steps,
            self.new_characters,
            resumed_at=self.step,
            unit=self._data.unit,
            unchecked=len(examples.unchecked),
        )
        yield from self.train_steps(started, stop)
        yield from self._limit_step()

    def _limit_step(self) -> Iterator[TrainingEvent]:
        """Take the largest part of the learned change with which no other handwriting is read worse, or none of it."""
        trainer, learned = self.trainer, self.best.weights
        trainer.assign_weights(learned)
        if not self.examples.check or not self.best.step:
            return
        trainer.assign_weights(trainer.initial)
        allowed = self._check_evaluator.evaluate(trainer).loss
        for number, share in enumerate(_STEP_SHARES):
            yield TrainingPreparing(tr("Checking other handwriting"), number, len(_STEP_SHARES))
            trainer.assign_weights(trainer.blend(learned, share))
            if self._check_evaluator.evaluate(trainer).loss <= allowed:
                self.step_share = share
                return
        trainer.assign_weights(trainer.blend(learned, 0.0))
        self.step_share = 0.0

    def next_training_step(self) -> Callable[[], float]:
        """Return the next step."""
        return partial(self.trainer.train_step, self._batches.at(self.step))

    def check(self) -> WordsEvaluated:
        """Evaluate the current result."""
        averaged, (held_out, keep) = self.evaluate_averaged(
            lambda: (self._evaluator.evaluate(self.trainer), self._general_evaluator.evaluate(self.trainer))
        )
        if not self.has_baseline:
            self.baseline = (held_out, keep)
        better = self.record_score(averaged, self._score(held_out, keep))
        return WordsEvaluated(
            self.step,
            model_comparison.character_error_rate(self._evaluator.examples, held_out.texts),
            model_comparison.character_error_rate(self._general_evaluator.examples, keep.texts),
            better,
            self._samples(held_out),
        )

    def _score(self, held_out: EvaluationResult, keep: EvaluationResult) -> float:
        """Return the score to minimize: the loss on held-out words, plus how much worse general words are read.

        The loss is used because a few words are read correctly or wrongly by chance. The few held-out words of a single
        writer don't tell by their loss either when to stop: there the last step is the best.
        """
        if self._data.writer and self.recipe.patience is None:
            return -float(self.step)
        forgotten = max(0.0, keep.loss - self.baseline[1].loss)
        return held_out.loss + forgotten if len(self._evaluator) else -float(self.step)

    def _samples(self, result: EvaluationResult) -> tuple[HeldOutSample, ...]:
        """Return some words and how they are read now, those misread before first."""
        before = self.baseline[0].texts
        words = [
            HeldOutSample(example.name, example.text, old, now_read, example.place)
            for example, old, now_read in zip(self._evaluator.examples, before, result.texts, strict=True)
        ]
        words.sort(key=lambda word: word.before == word.truth)
        return tuple(words[:MAX_SAMPLES])

    # -------------------------------------------------------------------------------------------------- checkpoints

    def baseline_to_json(self) -> Any:
        """Return the readings before training as JSON values."""
        return [asdict(result) for result in self.baseline]

    def parse_baseline(self, facts: Any) -> tuple[EvaluationResult, EvaluationResult]:
        """Parse them. Raises KeyError, ValueError or TypeError."""
        held_out, keep = (EvaluationResult(tuple(result["texts"]), float(result["loss"])) for result in facts)
        return held_out, keep

    def signature(self) -> str:
        """Identity of the run: its data and recipe, and the layers whose input is stored."""
        below = upper_layers.first_layer(self.net, self.recipe.what)
        recipe = json.dumps(asdict(self.recipe), sort_keys=True)
        general = " ".join(self._data.options.languages)  # the source of general words
        return f"{self._base.name} {len(self.charset)} {recipe} {general} {self._data.fingerprint()}{below or ''}"

    # -------------------------------------------------------------------------------------------------- after

    @property
    def changed(self) -> bool:
        """Whether the result differs from the base model."""
        return bool(self.new_characters) or self.trainer.has_changed()

    def settings(self) -> dict[str, Setting]:
        """Return the recipe and what was decided during training, for the model's card."""
        decided = {"steps": self.best.step, "unit": self._data.unit, "step_share": self.step_share}
        return {**asdict(self.recipe), **decided}

    def compare(self) -> Generator[TrainingEvent, None, RecognizerComparison]:
        """Read the held-out words with the new model and return the comparison."""
        reader = self._make_reader()
        after = yield from self._read(reader, self.examples.held_out, tr("Reading with the new model"))
        keep_after = yield from self._read(reader, self.examples.keep, self._reading_general())
        replaced = yield from self._read_replaced()
        comparison = model_comparison.compare_readings(
            self.examples.held_out,
            (self._before, after),
            self.examples.keep,
            (self._general_before, keep_after),
            unit=self._data.unit,
        )
        return replace(comparison, replaced=replaced)

    def _read_replaced(self) -> Generator[TrainingEvent, None, ReplacedProfile | None]:
        """Read the held-out words with the writer's profile in use, if it is another one and can be used."""
        held_out, options = self.examples.held_out, self._data.options
        name = options.find_profile(self._data.writer)
        if name in (None, self._base.name) or not held_out:
            return None
        try:
            reader = model_loader.load_recognizer(registry.in_use(name), options)
        except StudioError as error:  # photos are read without it, too
            log.warning("%s", error)
            return None
        texts = yield from self._read(reader, held_out, tr("Reading with the profile in use"))
        return ReplacedProfile(reader.name, model_comparison.score_readings(held_out, texts))

    def _reading_general(self) -> str:
        return tr("Reading general lines") if self._data.lines else tr("Reading general words")

    def _read(
        self, reader: Recognizer, examples: Sequence[TrainingExample], what: str
    ) -> Generator[TrainingEvent, None, list[str]]:
        """Read examples as users see them, with dictionaries, and return the texts."""
        options = self._data.options
        typed = lexicon.build_lexicon(
            Counter(run for example in self.examples.train for run in typed_words.find_runs(example.text))
        )
        reader.set_lexicons([lexicon.load_lexicon(tuple(options.languages)), typed], strength=options.language_strength)
        texts: list[str] = []
        for start in range(0, len(examples), _READ_AT_ONCE):
            yield TrainingPreparing(what, start, len(examples))
            crops = [example.crop for example in examples[start : start + _READ_AT_ONCE]]
            texts += [read.text for read in reader.read(crops, spaces=self._data.lines)]
        return texts
