"""Lets workers read photos: hands out few at a time, and finds out which photo ends the process that reads it.

When a worker ends, each of its photos may be to blame; each is then read alone. A photo that ends a worker a second
time becomes a row with an error. A photo that takes too long counts as if it had ended its worker. A worker that was
killed from outside, or may have been, says little about its photo: it takes ten of them.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias, TypeVar

import ocr_studio
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr
from ocr_studio.jobs.archive.worker import Loaded, Task, clean_row

# Photos that a worker has at a time: one to read and one to fetch meanwhile.
_IN_HAND: Final = 2
_MOST_CRASHES: Final = 2
_MOST_ENDS: Final = 10
# Seconds that a photo may take: 100 times as long as a large one.
MOST_SECONDS: Final = 300.0
# Workers that end one after the other before any has read something: there is no use in starting more.
_MOST_FAILURES: Final = 10
NOTICE_SECONDS: Final = 60.0

_Other = TypeVar("_Other")


@dataclass(frozen=True, slots=True)
class PhotoAnswer:
    """A worker has read a photo."""

    task: Task
    rows: list[ArchiveRow]


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker has ended.

    Attributes:
        reason: If the engine knows it.
        killed: It was ended from outside, for example as the computer was low on memory, or may have been.
    """

    reason: str = ""
    killed: bool = False


Answer: TypeAlias = Loaded | PhotoAnswer | Ended


class Engine(Protocol):
    """What starts workers. Workers are known by numbers."""

    @property
    def size(self) -> int:
        """Number of workers wanted."""

    def start(self) -> int:
        """Begin to start a worker, which loads the networks first."""

    def send(self, worker: int, task: Task) -> None:
        """Give a photo to a worker, which may have some to read before."""

    def wait(self, seconds: float) -> Sequence[tuple[int, Answer]]:
        """Wait until workers answer, or for some time."""

    def end(self, worker: int) -> None:
        """End a worker at once. It answers nothing any more."""

    def close(self) -> None:
        """End all workers."""

    def describe_delay(self, started: int) -> str:
        """Return why workers may not have started, in a sentence without full stop; empty if nothing is known."""


@dataclass(frozen=True, slots=True)
class PhotoDone:
    """A photo was read, or has become a row with an error."""

    task: Task
    rows: list[ArchiveRow]


@dataclass(frozen=True, slots=True)
class WorkerEnded:
    """A worker ended while it read these photos; another one is started."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing has come for a minute.

    Attributes:
        seconds: How long.
        started: Workers that are ready.
        wanted: Workers in all.
        reading: Photos that are being read.
        reason: Why workers may not have started.
    """

    seconds: float
    started: int
    wanted: int
    reading: tuple[str, ...]
    reason: str


PoolEvent: TypeAlias = PhotoDone | WorkerEnded | Waiting


@dataclass(slots=True)
class _Worker:
    ready: bool = False
    alone: bool = False  # it has a photo that may end it
    tasks: deque[Task] = field(default_factory=deque)
    since: float = 0.0  # when it began with the first of them

    def is_free(self) -> bool:
        return self.ready and not self.alone and len(self.tasks) < _IN_HAND


def read_photos(
    engine: Engine, tasks: Iterator[Task | _Other], *, most_seconds: float = MOST_SECONDS
) -> Iterator[PoolEvent | _Other]:
    """Read photos with the workers of an engine, in any order.

    Args:
        engine: What starts the workers; closed at the end.
        tasks: The photos, asked for when a worker is free; other items are yielded at once.
        most_seconds: What a photo may take.

    Raises:
        StudioError: Workers can't load the networks, or end before they can.
    """
    pool = _Pool(engine, most_seconds)
    try:
        yield from pool.run(tasks)
    finally:
        engine.close()


class _Pool:
    def __init__(self, engine: Engine, most_seconds: float) -> None:
        self._engine, self._most_seconds = engine, most_seconds
        self._workers: dict[int, _Worker] = {}
        self._suspects: deque[Task] = deque()
        # For each photo, by its shard and place: workers that have ended while they had it, and those that crashed.
        self._ends: Counter[tuple[int, int]] = Counter()
        self._crashes: Counter[tuple[int, int]] = Counter()
        self._failures = 0
        self._heard = self._told = time.monotonic()

    def run(self, tasks: Iterator[Task | _Other]) -> Iterator[PoolEvent | _Other]:
        """See ``read_photos``."""
        left, more = list[Task](), True
        while True:
            # Without a photo to read, no worker is started: all may be done already.
            while more and not left:
                item = next(tasks, None)
                if item is None:
                    more = False
                elif isinstance(item, Task):
                    left.append(item)
                else:
                    yield item
                self._heard = time.monotonic()
                if left and any(worker.is_free() for worker in self._workers.values()):
                    self._hand_out(left)
            self._hand_out(left)
            if not more and not left and not self._suspects and not any(each.tasks for each in self._workers.values()):
                return
            self._start(1 if not more and not left else self._engine.size)
            for number, answer in self._engine.wait(1.0):
                yield from self._take(number, answer)
            yield from self._end_late()
            yield from self._report_delay()

    def _start(self, wanted: int) -> None:
        """Start workers, so that some are there for what is left."""
        while len(self._workers) < wanted:
            self._workers[self._engine.start()] = _Worker()

    def _hand_out(self, left: list[Task]) -> None:
        for number, worker in self._workers.items():
            if self._suspects and worker.ready and not worker.tasks:
                worker.alone = True
                self._give(number, self._suspects.popleft())
        free = min(
            ((len(worker.tasks), number) for number, worker in self._workers.items() if worker.is_free()),
            default=None,
        )
        if left and free is not None:
            self._give(free[1], left.pop())

    def _give(self, number: int, task: Task) -> None:
        worker = self._workers[number]
        if not worker.tasks:
            worker.since = time.monotonic()
        worker.tasks.append(task)
        self._engine.send(number, task)

    def _take(self, number: int, answer: Answer) -> Iterator[PoolEvent]:
        if (worker := self._workers.get(number)) is None:
            return
        self._heard = self._told = time.monotonic()
        if isinstance(answer, Loaded):
            _check_loaded(answer)
            worker.ready = True
        elif isinstance(answer, Ended):
            yield from self._drop_worker(number, answer)
        else:
            self._failures = 0
            worker.tasks.remove(answer.task)
            worker.since, worker.alone = time.monotonic(), False
            self._forget(answer.task)
            yield PhotoDone(answer.task, answer.rows)

    def _drop_worker(self, number: int, ended: Ended, error: str = "") -> Iterator[PoolEvent]:
        """Forget a worker that has ended; its photos are read again, each alone. error: what to say of them if not."""
        worker = self._workers.pop(number)
        self._failures += 1
        yield WorkerEnded(tuple(task.address for task in worker.tasks))
        for task in worker.tasks:
            key = task.shard, task.place
            self._ends[key] += 1
            self._crashes[key] += not ended.killed
            if self._crashes[key] >= _MOST_CRASHES:
                reason = tr("reading it ended the process twice")
            elif self._ends[key] >= _MOST_ENDS:
                reason = tr("the process that was reading it ended ten times")
            else:
                self._suspects.append(task)
                continue
            self._failures = 0
            self._forget(task)
            yield PhotoDone(task, [clean_row(ArchiveRow(task.address, error=error or reason))])
        if self._failures >= _MOST_FAILURES and not self._suspects:
            what = tr("the reading processes keep ending before they have read a photo")
            raise StudioError(
                f"{what} ({ended.reason})" if ended.reason else what,
                remedy=tr("The computer may be low on memory: use fewer processes, or close other programs."),
            )

    def _forget(self, task: Task) -> None:
        for counter in (self._ends, self._crashes):
            counter.pop((task.shard, task.place), None)

    def _end_late(self) -> Iterator[PoolEvent]:
        now = time.monotonic()
        for number, worker in list(self._workers.items()):
            if worker.tasks and now - worker.since > self._most_seconds:
                self._engine.end(number)
                seconds = round(self._most_seconds)
                error = tr("reading it takes longer than {seconds} s", seconds=seconds)
                yield from self._drop_worker(number, Ended(), error)

    def _report_delay(self) -> Iterator[Waiting]:
        now = time.monotonic()
        if now - self._told < NOTICE_SECONDS:
            return
        self._told = now
        started = sum(worker.ready for worker in self._workers.values())
        reading = tuple(worker.tasks[0].address for worker in self._workers.values() if worker.tasks)
        reason = self._engine.describe_delay(started) if started < self._engine.size else ""
        yield Waiting(now - self._heard, started, self._engine.size, reading, reason)


def _check_loaded(answer: Loaded) -> None:
    if answer.trouble is not None:
        what, file, remedy = answer.trouble
        raise StudioError(what, file=file, remedy=remedy)
    if answer.version != ocr_studio.__version__:
        raise StudioError(
            tr(
                "a worker has version {other} of OCR Studio, not {version}",
                other=answer.version,
                version=ocr_studio.__version__,
            ),
            remedy=tr("Install the same version on all computers of the cluster."),
        )
