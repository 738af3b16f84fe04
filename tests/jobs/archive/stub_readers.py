"""Readers without networks, for tests and benchmarks of archives: what they read depends on the photo."""

from __future__ import annotations

import ctypes
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from ocr_studio.core.archive.rows import ArchiveRow, ArchiveWord
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_stream
from ocr_studio.core.page import Alternative
from ocr_studio.jobs.archive.pool import Answer, Ended, PhotoAnswer
from ocr_studio.jobs.archive.worker import Loaded, MakeReader, Station, Task


@dataclass(frozen=True, slots=True)
class StubReader:
    """Reads the bytes of a photo as its text, and notes each photo in a file.

    Names of photos say what happens: “poison” ends the process, “broken” can't be read, “odd” raises what it should
    not, and “endless” never ends.
    """

    log: str
    seconds: float = 0.0

    def read(self, address: str, data: bytes) -> list[ArchiveRow]:
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{address}\n")
        time.sleep(self.seconds)
        name = address.rpartition("/")[2]
        if "poison" in name:
            ctypes.string_at(0)  # what is not there, so that the system ends the process at once
        if "broken" in name:
            raise StudioError("the file is damaged or incomplete", file=address, remedy="Copy it again.")
        if "odd" in name:
            raise ValueError("cannot reshape")
        if "endless" in name:
            time.sleep(1000)
        return [make_row(address, data)]


def make_row(address: str, data: bytes) -> ArchiveRow:
    """The row of a photo whose bytes are its text."""
    words = tuple(
        ArchiveWord(
            f"w{number}",
            text,
            0.9 / number,
            (10.0 * number, 0.0, 10.0 * number + 8, 0.0, 10.0 * number + 8, 9.0, 10.0 * number, 9.0),
            1,
            (Alternative(text, 0.9 / number), Alternative(text[::-1], 0.05)),
        )
        for number, text in enumerate(data.decode().split(), start=1)
    )
    text = " ".join(word.text for word in words)
    return ArchiveRow(address, photo_stream.compute_id(data), 640, 480, words, text, "stub", time.perf_counter())


def maker(log: Path, *, seconds: float = 0.0) -> MakeReader:
    """What loads such a reader. log: the file in which photos are noted; seconds: what each takes besides."""
    return partial(StubReader, str(log), seconds)


def failing_maker() -> StubReader:
    """A reader that can't be loaded."""
    raise StudioError("the model “x” was not found", remedy="Choose another one.")


@dataclass
class HereEngine:
    """Reads in the calling process, a photo at a time: an engine for tests that need no processes.

    Attributes:
        ends_on: Photos on which a worker ends, with how often it still does.
        killed: Whether it is killed then; otherwise it crashes.
    """

    make: MakeReader
    size: int = 1
    ends_on: dict[str, int] = field(default_factory=dict)
    killed: bool = False
    closed: bool = False
    started: int = 0
    _answers: list[tuple[int, Answer]] = field(default_factory=list)
    _stations: dict[int, Station] = field(default_factory=dict)

    def start(self) -> int:
        self.started += 1
        station = self._stations[self.started] = Station(self.make)
        self._answers.append((self.started, msgspec.json.decode(station.load(), type=Loaded)))
        return self.started

    def send(self, worker: int, task: Task) -> None:
        if worker not in self._stations:
            return
        if self.ends_on.get(Path(task.address).name, 0):
            self.ends_on[Path(task.address).name] -= 1
            self.end(worker)
            self._answers.append((worker, Ended(killed=self.killed)))
            return
        read: Future[bytes] = self._stations[worker].begin(task)
        self._answers.append((worker, PhotoAnswer(task, msgspec.json.decode(read.result(), type=list[ArchiveRow]))))

    def wait(self, seconds: float) -> list[tuple[int, Answer]]:
        found, self._answers = self._answers, []
        return found

    def end(self, worker: int) -> None:
        self._stations.pop(worker).close()

    def close(self) -> None:
        self.closed = True
        for worker in list(self._stations):
            self.end(worker)

    def describe_delay(self, started: int) -> str:
        return ""
