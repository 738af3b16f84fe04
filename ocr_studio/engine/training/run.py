"""A training run with evaluations, checkpoints and early stopping."""

from __future__ import annotations

import logging
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from ocr_studio.core.training.events import Recipe, StepDone, TrainingStarted
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.training.checkpoints import Checkpoint, CheckpointNotSaved
from ocr_studio.engine.training.trainable_weights import Arrays, TrainableWeights, check_value
from ocr_studio.engine.training.trainer import TrainingClock

log = logging.getLogger(__name__)

# Evaluations of a run, evenly spread, the last one at its end; each takes as long as a few steps.
EVALUATIONS: Final = 8

TrainerT = TypeVar("TrainerT", bound=TrainableWeights)
BaselineT = TypeVar("BaselineT")
EvaluatedT = TypeVar("EvaluatedT")


@dataclass
class BestResult:
    """The best result so far. score: lower is better; waited: evaluations since."""

    weights: Arrays = field(default_factory=list)
    score: float = float("inf")
    step: int = 0
    waited: int = 0


class TrainingRun(ABC, Generic[TrainerT, BaselineT, EvaluatedT]):
    """Base class of runs.

    Attributes:
        trainer: The trainer.
        baseline: Result of the evaluation before training.
        EvaluatedT: Event class of an evaluation.
    """

    trainer: TrainerT
    baseline: BaselineT
    clock: TrainingClock

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        """Create a run with a recipe and the folder of its checkpoint."""
        self.recipe = recipe
        self.best, self.step, self.steps, self.stopped = BestResult(), 0, 0, ""
        self._folder = folder
        self._evaluated: list[int] = []
        self._evaluation_steps: list[int] = []
        self._saved = 0

    @property
    def has_baseline(self) -> bool:
        """Whether there was an evaluation yet."""
        return bool(self._evaluated)

    def start_or_resume(self, trainer: TrainerT, steps: int) -> None:
        """Prepare the first step, or resume an interrupted run. steps: number of all steps."""
        self.trainer, self.steps = trainer, steps
        self._evaluation_steps = sorted({math.ceil(steps * place / EVALUATIONS) for place in range(1, EVALUATIONS + 1)})
        self.clock = TrainingClock(steps, len(self._evaluation_steps) + 1)
        self._resume()

    def train_steps(
        self, started: TrainingStarted, stop: Callable[[], bool]
    ) -> Iterator[TrainingStarted | StepDone | EvaluatedT]:
        """Train step by step with evaluations until the last step, early stopping or a request to stop.

        If the generator is closed early, a checkpoint is saved.
        """
        yield started
        try:
            yield from self._train(stop)
        except GeneratorExit:  # between two steps, so the state is consistent
            self._save_on_close()
            raise

    def _train(self, stop: Callable[[], bool]) -> Iterator[StepDone | EvaluatedT]:
        if not self.step:
            yield self.check()
        else:
            if self._evaluation_is_due():  # interrupted before this evaluation
                yield self.check()
                self._save()
            if self._is_out_of_patience():
                self.stopped = "early"
        while self.step < self.steps and not self.stopped:
            loss = self.clock.time("step", self.next_training_step())
            self.step += 1
            yield StepDone(self.step, self.steps, loss, self.clock.estimate_left(self.step, len(self._evaluated)))
            if stop():
                self.stopped = "asked"
            if self.stopped or self._evaluation_is_due():
                yield self.check()
                self._save()
                if self._is_out_of_patience():
                    self.stopped = self.stopped or "early"

    @abstractmethod
    def next_training_step(self) -> Callable[[], float]:
        """Return a function that trains the next step and returns its loss."""

    @abstractmethod
    def check(self) -> EvaluatedT:
        """Evaluate the current result and ``record_score`` it."""

    @abstractmethod
    def signature(self) -> str:
        """Identity of the run: its data and recipe."""

    @abstractmethod
    def baseline_to_json(self) -> Any:
        """Return ``baseline`` as JSON values."""

    @abstractmethod
    def parse_baseline(self, facts: Any) -> BaselineT:
        """Parse them. Raises KeyError, ValueError or TypeError."""

    def evaluate_averaged(self, evaluate: Callable[[], Any]) -> tuple[Arrays, Any]:
        """Evaluate the averaged weights and return them with the result; the trainer's weights are then restored."""
        current, averaged = self.trainer.current(), self.trainer.averaged()
        self.trainer.assign_weights(averaged)
        result = self.clock.time("evaluation", evaluate)
        self.trainer.assign_weights(current)
        return averaged, result

    def record_score(self, averaged: Arrays, score: float) -> bool:
        """Record the score of weights; returns whether they are the best so far."""
        self._evaluated.append(self.step)
        if score < self.best.score:
            self.best = BestResult(averaged, score, self.step)
            return True
        self.best.waited += 1
        return False

    def _is_out_of_patience(self) -> bool:
        return self.recipe.patience is not None and self.best.waited >= self.recipe.patience

    def _evaluation_is_due(self) -> bool:
        return self.step in self._evaluation_steps and self.step not in self._evaluated

    def _save_on_close(self) -> None:
        """Save a checkpoint; on an error the earlier one stays."""
        if self.step > self._saved:
            try:
                self._save()
            except CheckpointNotSaved as error:
                log.warning("%s", error)

    def _save(self) -> None:
        best = {f"best/{index}": weight for index, weight in enumerate(self.best.weights)}
        facts = {
            "run": self.signature(),
            "step": self.step,
            "examined": self._evaluated,
            "best": [self.best.score, self.best.step, self.best.waited],
            "first": self.baseline_to_json(),
            "seconds": self.clock.elapsed(),
        }
        checkpoints.save_checkpoint(self._folder, Checkpoint(self.trainer.state() | best, facts))
        self._saved = self.step

    def _resume(self) -> None:
        """Resume an interrupted run with the same data and recipe, if there is one."""
        checkpoint = checkpoints.load_checkpoint(self._folder)
        if checkpoint is None or checkpoint.facts.get("run") != self.signature():
            return
        try:
            facts = checkpoint.facts
            best = self._read_best(checkpoint)
            score, step, waited = facts["best"]
            so_far = BestResult(best, float(score), int(step), int(waited))
            step_done, evaluated = int(facts["step"]), [int(each) for each in facts["examined"]]
            baseline, seconds = self.parse_baseline(facts["first"]), float(facts["seconds"])
            if not 0 <= step_done <= self.steps:
                raise ValueError("its step is none of this run")
            self.trainer.resume(checkpoint.arrays)
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            log.warning("%s: training begins anew: %s", self._folder, error)
            return
        self.best, self.baseline = so_far, baseline
        self.step, self._saved, self._evaluated = step_done, step_done, evaluated
        self.clock.spent = seconds

    def _read_best(self, checkpoint: Checkpoint) -> Arrays:
        """Return the best weights of a checkpoint. Raises KeyError, ValueError and TypeError."""
        best = [checkpoint.arrays[f"best/{index}"] for index in range(len(self.trainer.variables))]
        return list(map(check_value, best, self.trainer.variables))
