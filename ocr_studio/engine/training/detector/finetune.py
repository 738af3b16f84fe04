"""Fine-tuning of a detector on photos with checked boxes.

As in ``engine.training.finetune``: part of the network is trained with a low learning rate on tiles of these photos and
as many of general boards, where its output should stay the same; the result is the mean of old and new weights. Nothing
is installed: the result is a candidate and a comparison. If no photo can be held out, part of each is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import keras

from ocr_studio.core.evaluation.metrics import Score
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import DETECTOR, LICENCE, ModelCard, Scores, Setting, learning_on
from ocr_studio.core.page import now
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training.detector_events import (
    DETECTOR_LENGTH,
    DetectorComparison,
    DetectorData,
    DetectorEvent,
    DetectorTrained,
    LinesEvaluated,
)
from ocr_studio.core.training.events import Interval, Recipe, TrainingPreparing, TrainingStarted
from ocr_studio.core.translation import tr
from ocr_studio.engine import model_loader
from ocr_studio.engine.detection.detector import Detector
from ocr_studio.engine.networks import tensorflow_setup
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.training.batches import Mixture
from ocr_studio.engine.training.detector import evaluation as detector_evaluation
from ocr_studio.engine.training.detector.evaluation import DetectorComparer
from ocr_studio.engine.training.detector.tiles import TileBatches
from ocr_studio.engine.training.detector.trainer import DetectorTrainer
from ocr_studio.engine.training.detector.training_data import DetectorExamples
from ocr_studio.engine.training.run import TrainingRun
from ocr_studio.engine.weights import candidate, model_weights

# One of about a hundred general lines.
_BY_CHANCE: Final = 0.01


def finetune_detector(
    data: DetectorData, recipe: Recipe, *, folder: Path, name: str, stop: Callable[[], bool], bounded: bool = False
) -> Iterator[DetectorEvent]:
    """Fine-tune a detector.

    If the generator is closed early, a checkpoint is saved and there is no candidate.

    Args:
        data: Photos with all their words.
        recipe: Hyperparameters; ``detector_events.RECIPE`` is a good default.
        folder: Folder of the checkpoint, created if needed. An interrupted run with the same data and recipe is
            resumed.
        name: Name of the new model. Its candidate is where ``core.models`` has them, for ``registry.install`` or
            ``registry.discard``.
        stop: Called after each step; true ends the run with the best result so far.
        bounded: As in ``core.training.runs.Run``.

    Yields:
        TrainingPreparing …, TrainingStarted (counts lines), StepDone and LinesEvaluated …, TrainingPreparing …,
        DetectorTrained.

    Raises:
        StudioError: NoLines, TrainingFailed, CheckpointNotSaved, BadModel …
    """
    yield TrainingPreparing(tr("Loading the model"))
    tensorflow_setup.configure(data.options)
    base = registry.in_use(recipe.base, "detector", alphabet=data.options.alphabet)
    architecture = learning_on(base.card, usual=DETECTOR)
    with candidate.device_context(recipe.device):
        net = model_weights.load_detector(base)
    run = _Run(net, architecture, recipe, data.options, folder)
    yield from run.prepare(data, base.name, bounded=bounded)
    yield from run.train(stop)
    comparison = yield from run.compare()
    settings: dict[str, Setting] = {**asdict(recipe), "steps": run.best.step}
    card = ModelCard(
        architecture=architecture,
        title=name,
        parent=base.name,
        dataset=data.digest,
        settings=settings,
        scores=scores_of(comparison),
        licence=base.card.licence if base.card else LICENCE,
        made=now(),
    )
    written = candidate.write_candidate(name, run.net, charset=None, card=card)
    yield DetectorTrained(
        name,
        written,
        comparison,
        run.step,
        run.clock.elapsed(),
        run.stopped,
        settings,
        changed=run.trainer.has_changed(),
    )
    checkpoints.delete_checkpoint(folder)  # the caller has saved the result by now


def scores_of(comparison: DetectorComparison) -> Scores:
    """Return the scores of a model card, as ``training.results.make_scores`` with F1 instead of the CER."""
    scores = {
        "before": comparison.before,
        "after": comparison.after,
        "general_before": comparison.keep_before,
        "general_after": comparison.keep_after,
    }
    figures: dict[str, dict[str, float | None]] = {
        name: {"words": score.wanted, "right": score.right, "found": score.found, "f": score.f}
        for name, score in scores.items()
        if score.wanted
    }
    changes: tuple[tuple[str, Score, Interval], ...] = (
        ("change", comparison.before, comparison.change),
        ("general_change", comparison.keep_before, comparison.keep_change),
    )
    return figures | {name: asdict(interval) for name, score, interval in changes if score.wanted}


class _Run(TrainingRun[DetectorTrainer, float | None, LinesEvaluated]):
    """A detector's run. baseline: F1 on general boards before training."""

    def __init__(
        self, net: keras.Model, architecture: str, recipe: Recipe, options: ReaderOptions, folder: Path
    ) -> None:
        super().__init__(recipe, folder)
        self.net, self._architecture, self._options = net, architecture, options
        self._detector = self._make_detector(net)  # uses the network being trained

    def _make_detector(self, net: keras.Model) -> Detector:
        return model_loader.make_detector(self._architecture, TensorFlowNetwork(net), self._options.detection)

    # -------------------------------------------------------------------------------------------------- before

    def prepare(self, data: DetectorData, base: str, *, bounded: bool) -> Iterator[DetectorEvent]:
        """Load the photos, generate boards and restore a checkpoint. bounded: as in ``core.training.runs.Run``."""
        recipe = self.recipe
        self.examples = DetectorExamples()
        yield from self.examples.prepare(data, self._detector, recipe)
        mixture = Mixture(recipe.batch, recipe.replay, recipe.augmentation, recipe.seed)
        self._batches = TileBatches(self.examples.train, self.examples.general, mixture)
        steps = DETECTOR_LENGTH.count_steps(recipe.epochs, self._batches.per_epoch, bounded=bounded)
        with candidate.device_context(recipe.device):
            trainer = DetectorTrainer(self.net, recipe, steps=steps)
        recipe_json = json.dumps(asdict(recipe), sort_keys=True)
        self._signature = f"{base} {recipe_json} {asdict(self._detector.options)} {self.examples.fingerprint()}"
        self.start_or_resume(trainer, steps)

    # -------------------------------------------------------------------------------------------------- during

    def train(self, stop: Callable[[], bool]) -> Iterator[DetectorEvent]:
        """Train step by step with evaluations until the last step, early stopping or a request to stop."""
        lines = [sum(len(photo.targets.lines) for photo in some) for some in (self.examples.train, self.examples.keep)]
        held_out = detector_evaluation.count_lines(self.examples.held_out, hidden=self.examples.hidden)
        train = lines[0] - held_out * self.examples.hidden
        started = TrainingStarted(train, held_out, lines[1], self.steps, resumed_at=self.step, unit="lines")
        yield from self.train_steps(started, stop)

    def next_training_step(self) -> Callable[[], float]:
        """Return the next step."""
        return partial(self.trainer.train_step, self._batches.at(self.step))

    def check(self) -> LinesEvaluated:
        """Evaluate the current result."""
        averaged, (held_out, keep, loss) = self.evaluate_averaged(self._evaluate)
        if not self.has_baseline:
            self.baseline = keep
        better = self.record_score(averaged, self._score(held_out, keep, loss))
        return LinesEvaluated(self.step, held_out, keep, better)

    def _evaluate(self) -> tuple[float | None, float | None, float]:
        """Return the F1 score on held-out lines and on general boards, and the loss on held-out tiles."""
        examples = self.examples
        held_out = detector_evaluation.score_detector(self._detector, examples.held_out, hidden=examples.hidden).f
        keep = detector_evaluation.score_detector(self._detector, examples.keep, hidden=False).f
        return held_out, keep, self.trainer.loss(examples.validation_tiles) if examples.validation_tiles else 0.0

    def _score(self, held_out: float | None, keep: float | None, loss: float) -> float:
        """Return the score to minimize: the loss on held-out tiles, plus missed lines and forgetting.

        The loss is included because a few lines are found or missed by chance.
        """
        if held_out is None:
            return -float(self.step)
        forgotten = max(0.0, (self.baseline or 0.0) - (keep or 0.0) - _BY_CHANCE)
        return loss + 1 - held_out + forgotten

    # -------------------------------------------------------------------------------------------------- checkpoints

    def signature(self) -> str:
        """Identity of the run: its data and recipe."""
        return self._signature

    def baseline_to_json(self) -> Any:
        """Return F1 on general boards before training as JSON values."""
        return self.baseline

    def parse_baseline(self, facts: Any) -> float | None:
        """Parse them. Raises ValueError or TypeError."""
        return None if facts is None else float(facts)

    # -------------------------------------------------------------------------------------------------- after

    def compare(self) -> Generator[DetectorEvent, None, DetectorComparison]:
        """Find words with the old and the new detector, put the result into the network, and return the comparison."""
        old = keras.models.clone_model(self.net)
        self.trainer.assign_weights(self.trainer.initial)
        old.set_weights(self.net.get_weights())
        self.trainer.assign_weights(self.best.weights)
        before = Reader(self._options, detector=self._make_detector(old))
        after = Reader(self._options, detector=self._detector, recognizer=before.recognizer)
        held_out, keep = DetectorComparer(before, after), DetectorComparer(before, after)
        done = 0
        for comparing, photos in (
            (held_out, self.examples.iter_held_out()),
            (keep, self.examples.iter_general(seed=self.recipe.seed)),
        ):
            for photo in photos:
                yield TrainingPreparing(tr("Comparing the old and the new model"), done, self.examples.comparison_count)
                comparing.add(photo)
                done += 1
        return detector_evaluation.summarize(held_out, keep, unit=self._options.unit)
