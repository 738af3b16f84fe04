"""A stand-in for the engine that learns: a few steps, and a result that a test says beforehand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ocr_studio.core.datasets.dataset import Example
from ocr_studio.core.evaluation.metrics import Score
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, DETECTOR, RECOGNIZER, WEIGHTS_FILE, ModelCard
from ocr_studio.core.training.detector_events import DetectorComparison, DetectorTrained, LinesEvaluated, PlacedWord
from ocr_studio.core.training.events import (
    HeldOutSample,
    Interval,
    ReadingScore,
    RecognizerComparison,
    StepDone,
    Trained,
    TrainingEvent,
    TrainingPreparing,
    TrainingStarted,
    WordsEvaluated,
)
from ocr_studio.jobs.learning.train import LearningEvent, TrainingTask


@dataclass
class StandInLearner:
    """Learns nothing, in as many steps as it is told. mistakes: before and after, of so many held-out words as there
    are, or of ``words``; unit: what these are; pause: seconds a step; gate: waited for before each step, to hold it;
    changed: whether the model differs afterwards."""

    steps: int = 12
    mistakes: tuple[int, int] = (15, 9)
    words: int = 20
    unit: str = "words"
    pause: float = 0.0
    change: Interval = field(default_factory=lambda: Interval(-0.101, -0.013))
    changed: bool = True
    gate: threading.Event | None = None
    begun: int = 0
    closed: bool = False
    resumed: list[bool] = field(default_factory=list)

    def __call__(self, course: TrainingTask) -> Iterator[LearningEvent]:
        self.begun += 1
        self.resumed.append((course.run.work / "checkpoint.npz").exists())
        try:
            yield from self._events(course)
        except GeneratorExit:
            self.closed = True
            raise

    def _events(self, course: TrainingTask) -> Iterator[TrainingEvent]:
        dataset = course.dataset
        yield TrainingPreparing("Generating general words", 3, 10)
        words, resumed = (len(dataset.train), len(dataset.held_out)), int(self.resumed[-1])
        yield TrainingStarted(*words, 64, self.steps, new_letters="ß→", resumed_at=resumed, unit=self.unit)
        done, stopped = 0, ""
        for step in range(1, self.steps + 1):
            if self.gate is not None:
                self.gate.wait(5)
            time.sleep(self.pause)
            done = step
            yield StepDone(step, self.steps, 2.2 / step**0.6 + 0.3 * (step % 3), (self.steps - step) * 0.4)
            if step % 3 == 0:
                (course.run.work / "checkpoint.npz").write_bytes(b"far")
                cer = 0.16 - 0.08 * step / self.steps
                yield WordsEvaluated(step, cer, 0.031 + 0.001 * (step % 4), True, self._samples(dataset.held_out, step))
            if course.stop():
                stopped = "asked"
                break
        yield self._trained(course, done, stopped)

    def _trained(self, course: TrainingTask, steps: int, stopped: str) -> Trained:
        folder = registry.candidate_folder(course.run.name)
        card = ModelCard(
            RECOGNIZER,
            title=course.run.name,
            parent=registry.BUILT_IN.name,
            alphabet=("a", "b"),
            writer=course.run.writer,
        )
        write_model(folder, card)
        before, after = self.mistakes
        samples = self._samples(course.dataset.held_out, self.steps)
        comparison = RecognizerComparison(
            ReadingScore(self.words, self.words - before, 0.152),
            ReadingScore(self.words, self.words - after, 0.152 + (self.change.low + self.change.high) / 2),
            self.change,
            ReadingScore(64, 58, 0.031),
            ReadingScore(64, 58, 0.030),
            Interval(-0.006, 0.004),
            gained=samples,
            lost=samples[:1] if after > before else (),
            unit=self.unit,
        )
        return Trained(
            course.run.name,
            folder,
            comparison,
            steps,
            31.4,
            stopped,
            writer=course.run.writer,
            changed=self.changed,
        )

    @staticmethod
    def _samples(examples: tuple[Example, ...], step: int) -> tuple[HeldOutSample, ...]:
        return tuple(
            HeldOutSample(
                each.crop, each.text, each.text[:-1] + "n", each.text if step > 5 else each.text[1:], each.place
            )
            for each in examples[:8]
        )


class StandInDetectorLearner(StandInLearner):
    """Learns nothing about boxes."""

    def __call__(self, course: TrainingTask) -> Iterator[LearningEvent]:
        self.begun += 1
        yield TrainingStarted(40, 12, 30, self.steps)
        for step in range(1, self.steps + 1):
            time.sleep(self.pause)
            yield StepDone(step, self.steps, 0.9 / step**0.4, (self.steps - step) * 0.5)
            if step % 3 == 0:
                yield LinesEvaluated(step, 0.7 + 0.2 * step / self.steps, 0.93, True)
        folder = registry.candidate_folder(course.run.name)
        write_model(folder, ModelCard(DETECTOR, title=course.run.name, parent=registry.BUILT_IN_DETECTOR.name))
        comparison = DetectorComparison(
            Score(165, 185, 200),
            Score(180, 192, 200),
            Interval(0.012, 0.087),
            Score(50, 60, 60),
            Score(50, 59, 60),
            Interval(-0.01, 0.02),
            gained=tuple(
                PlacedWord(page.image, word.quad, word.text) for page in course.dataset.pages for word in page.words
            )[:6],
        )
        yield DetectorTrained(course.run.name, folder, comparison, self.steps, 52.0)


def write_model(folder: object, card: ModelCard) -> None:
    """A model's folder that holds no weights to speak of."""
    import hashlib
    from dataclasses import replace
    from pathlib import Path

    folder = Path(str(folder))
    data = b"\x02\0\0\0\0\0\0\0{}"  # an empty safetensors file
    (folder / WEIGHTS_FILE).write_bytes(data)
    written = replace(card, sha256=hashlib.sha256(data).hexdigest())
    (folder / CARD_FILE).write_bytes(written.to_json())
