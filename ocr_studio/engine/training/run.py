"""A training run with evaluations, checkpoints and early stopping."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from ocr_studio.core.training.events import Recipe, StepDone, TrainingStarted
from ocr_studio.engine.training import checkpoints, trainer
from ocr_studio.engine.training.checkpoints import Checkpoint, CheckpointNotSaved
from ocr_studio.engine.training.trainable_weights import Arrays, MovingWeights, fitted
from ocr_studio.engine.training.trainer import TimeLeft

log = logging.getLogger(__name__)

# Evaluations of a run; each takes as long as a few steps.
EXAMINATIONS: Final = 8

Trainee_ = TypeVar("Trainee_", bound=MovingWeights)
First = TypeVar("First")
Examined = TypeVar("Examined")


@dataclass
class Best:
    """The best result so far. score: lower is better; waited: evaluations since."""

    weights: Arrays = field(default_factory=list)
    score: float = float("inf")
    step: int = 0
    waited: int = 0


class LearningRun(ABC, Generic[Trainee_, First, Examined]):
    """Base class of runs.

    Attributes:
        trainee: The trainer.
        first: Result of the evaluation before training.
        Examined: Event class of an evaluation.
    """

    trainee: Trainee_
    first: First
    clock: TimeLeft

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        """Create a run with a recipe and the folder of its checkpoint."""
        self.recipe = recipe
        self.best, self.step, self.steps, self.stopped = Best(), 0, 0, ""
        self._folder = folder
        self._examined: list[int] = []
        self._examinations: list[int] = []
        self._saved = 0

    @property
    def begun(self) -> bool:
        """Whether there was an evaluation yet."""
        return bool(self._examined)

    def take_up(self, trainee: Trainee_, steps: int) -> None:
        """Prepare the first step, or resume an interrupted run. steps: number of all steps."""
        self.trainee, self.steps = trainee, steps
        self._examinations = list(trainer.progress(steps, EXAMINATIONS))
        self.clock = TimeLeft(steps, len(self._examinations) + 1)
        self._resume()

    def course(
        self, started: TrainingStarted, stop: Callable[[], bool]
    ) -> Iterator[TrainingStarted | StepDone | Examined]:
        """Train step by step with evaluations until the last step, early stopping or a request to stop.

        If the generator is closed early, a checkpoint is saved.
        """
        yield started
        try:
            yield from self._learned(stop)
        except GeneratorExit:  # between two steps, so the state is consistent
            self._save_at_leaving()
            raise

    def _learned(self, stop: Callable[[], bool]) -> Iterator[StepDone | Examined]:
        if not self.step:
            yield self.check()
        else:
            if self._is_due():  # interrupted before this evaluation
                yield self.check()
                self._save()
            if self._has_waited():
                self.stopped = "early"
        while self.step < self.steps and not self.stopped:
            loss = self.clock.time("step", self.next_step())
            self.step += 1
            yield StepDone(self.step, self.steps, loss, self.clock.left(self.step, len(self._examined)))
            if stop():
                self.stopped = "asked"
            if self.stopped or self._is_due():
                yield self.check()
                self._save()
                if self._has_waited():
                    self.stopped = self.stopped or "early"

    @abstractmethod
    def next_step(self) -> Callable[[], float]:
        """Return a function that trains the next step and returns its loss."""

    @abstractmethod
    def check(self) -> Examined:
        """Evaluate the current result and ``note`` it."""

    @abstractmethod
    def signature(self) -> str:
        """Identity of the run: its data and recipe."""

    @abstractmethod
    def first_as_facts(self) -> Any:
        """Return ``first`` as JSON values."""

    @abstractmethod
    def first_of(self, facts: Any) -> First:
        """Parse them. Raises KeyError, ValueError or TypeError."""

    def examine(self, exam: Callable[[], Any]) -> tuple[Arrays, Any]:
        """Evaluate the averaged weights and return them with the result; the trainer's weights are then restored."""
        going, kept = self.trainee.now(), self.trainee.kept()
        self.trainee.take(kept)
        said = self.clock.time("exam", exam)
        self.trainee.take(going)
        return kept, said

    def note(self, kept: Arrays, score: float) -> bool:
        """Record the score of weights; returns whether they are the best so far."""
        self._examined.append(self.step)
        if score < self.best.score:
            self.best = Best(kept, score, self.step)
            return True
        self.best.waited += 1
        return False

    def _has_waited(self) -> bool:
        return self.recipe.patience is not None and self.best.waited >= self.recipe.patience

    def _is_due(self) -> bool:
        return self.step in self._examinations and self.step not in self._examined

    def _save_at_leaving(self) -> None:
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
            "examined": self._examined,
            "best": [self.best.score, self.best.step, self.best.waited],
            "first": self.first_as_facts(),
            "seconds": self.clock.total(),
        }
        checkpoints.save(self._folder, Checkpoint(self.trainee.state() | best, facts))
        self._saved = self.step

    def _resume(self) -> None:
        """Resume an interrupted run with the same data and recipe, if there is one."""
        kept = checkpoints.load(self._folder)
        if kept is None or kept.facts.get("run") != self.signature():
            return
        try:
            facts = kept.facts
            best = self._best_of(kept)
            score, step, waited = facts["best"]
            so_far = Best(best, float(score), int(step), int(waited))
            step_done, examined = int(facts["step"]), [int(each) for each in facts["examined"]]
            first, seconds = self.first_of(facts["first"]), float(facts["seconds"])
            if not 0 <= step_done <= self.steps:
                raise ValueError("its step is none of this run")
            self.trainee.resume(kept.arrays)
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            log.warning("%s: training begins anew: %s", self._folder, error)
            return
        self.best, self.first = so_far, first
        self.step, self._saved, self._examined = step_done, step_done, examined
        self.clock.spent = seconds

    def _best_of(self, kept: Checkpoint) -> Arrays:
        """Return the best weights of a checkpoint. Raises KeyError, ValueError and TypeError."""
        best = [kept.arrays[f"best/{index}"] for index in range(len(self.trainee.learned))]
        return list(map(fitted, best, self.trainee.learned))
