"""A training from its first step to its last: examined now and then, kept so that it can go on, ended in good time."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from ocr_studio.core.training.events import Recipe, Started, StepDone
from ocr_studio.engine.training import checkpoints, trainer
from ocr_studio.engine.training.checkpoints import Checkpoint, CheckpointNotSaved
from ocr_studio.engine.training.trainable_weights import Arrays, MovingWeights, fitted
from ocr_studio.engine.training.trainer import Clock

log = logging.getLogger(__name__)

# Examinations of a run; each takes as long as a few steps.
EXAMINATIONS: Final = 8

Trainee_ = TypeVar("Trainee_", bound=MovingWeights)
First = TypeVar("First")
Examined = TypeVar("Examined")


@dataclass
class Best:
    """What would be kept if the run ended now. score: lower is better; waited: examinations since."""

    weights: Arrays = field(default_factory=list)
    score: float = float("inf")
    step: int = 0
    waited: int = 0


class LearningRun(ABC, Generic[Trainee_, First, Examined]):
    """One run, from a base to weights that are better, as far as can be seen.

    trainee: what learns; first: what the first examination said; Examined: the event of an examination.
    """

    trainee: Trainee_
    first: First
    clock: Clock

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        """folder: where the checkpoint lies."""
        self.recipe = recipe
        self.best, self.step, self.steps, self.stopped = Best(), 0, 0, ""
        self._folder = folder
        self._examined: list[int] = []
        self._examinations: list[int] = []
        self._saved = 0

    @property
    def begun(self) -> bool:
        """Whether anything was examined yet."""
        return bool(self._examined)

    def take_up(self, trainee: Trainee_, steps: int) -> None:
        """Be ready for the first step, or for the next one of a run that was cut short. steps: all there will be."""
        self.trainee, self.steps = trainee, steps
        self._examinations = list(trainer.progress(steps, EXAMINATIONS))
        self.clock = Clock(steps, len(self._examinations) + 1)
        self._resume()

    def course(self, started: Started, stop: Callable[[], bool]) -> Iterator[Started | StepDone | Examined]:
        """Step by step, examined now and then, until the last step, or no more gain, or the wish to stop. Closed early,
        it is kept as far as it has come."""
        yield started
        try:
            yield from self._learned(stop)
        except GeneratorExit:  # between two steps, so what is kept is whole
            self._save_at_leaving()
            raise

    def _learned(self, stop: Callable[[], bool]) -> Iterator[StepDone | Examined]:
        if not self.step:
            yield self.check()
        else:
            if self._is_due():  # it was cut short before this examination
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
        """The step that comes now: called, it is done and gives its loss."""

    @abstractmethod
    def check(self) -> Examined:
        """Examine what would be kept now, and ``note`` it."""

    @abstractmethod
    def signature(self) -> str:
        """Another one for another run."""

    @abstractmethod
    def first_as_facts(self) -> Any:
        """``first``, as JSON can say it."""

    @abstractmethod
    def first_of(self, facts: Any) -> First:
        """The same from there. Raises KeyError, ValueError or TypeError."""

    def examine(self, exam: Callable[[], Any]) -> tuple[Arrays, Any]:
        """What would be kept now, and what an exam says of it; what learns is then as it was."""
        going, kept = self.trainee.now(), self.trainee.kept()
        self.trainee.take(kept)
        said = self.clock.time("exam", exam)
        self.trainee.take(going)
        return kept, said

    def note(self, kept: Arrays, score: float) -> bool:
        """These weights were examined; whether they are the best so far."""
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
        """What is kept already stays where this cannot be."""
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
        """Go on where a run on the same data by the same recipe was cut short, if there is one."""
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
        """The best weights so far. Raises KeyError, ValueError and TypeError."""
        best = [kept.arrays[f"best/{index}"] for index in range(len(self.trainee.learned))]
        return list(map(fitted, best, self.trainee.learned))
