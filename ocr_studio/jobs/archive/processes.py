"""The engine “here”: processes of this computer.

Nothing that they send is unpickled: their answers are JSON, checked as it comes in.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Final

import msgspec

from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.jobs import worker_process
from ocr_studio.jobs.archive.pool import Answer, Ended, PhotoAnswer
from ocr_studio.jobs.archive.worker import Loaded, MakeReader, Station, Task
from ocr_studio.jobs.worker_process import Language

# Exit codes of a process that was ended from outside: by the task manager on Windows, else by SIGKILL or SIGTERM.
_KILLED: Final = frozenset({1} if sys.platform == "win32" else {-9, -15})
_ENDING: Final = 5.0  # seconds that a process has from closing its pipe to its end
_MOST_ANSWER: Final = 256 << 20  # bytes


@dataclass(frozen=True, slots=True)
class _Process:
    process: SpawnProcess
    pipe: Connection
    tasks: deque[Task] = field(default_factory=deque)  # those it hasn't answered, in order


class ProcessEngine:
    """Reads photos in processes of this computer. See ``pool.Engine``."""

    def __init__(self, make: MakeReader, *, size: int) -> None:
        """make: loads the networks, called in each process; size: number of processes."""
        self._make, self._size = make, size
        self._context = multiprocessing.get_context("spawn")
        self._numbers = itertools.count()
        self._running: dict[int, _Process] = {}
        self._loading: set[int] = set()

    @property
    def size(self) -> int:
        """See ``pool.Engine``."""
        return self._size

    def start(self) -> int:
        """See ``pool.Engine``."""
        ours, theirs = self._context.Pipe()
        number = next(self._numbers)
        process = self._context.Process(
            target=_serve,
            args=(self._make, theirs, worker_process.get_language()),
            name=f"archive-{number}",
        )
        process.start()
        theirs.close()
        self._running[number] = _Process(process, ours)
        self._loading.add(number)
        return number

    def send(self, worker: int, task: Task) -> None:
        """See ``pool.Engine``."""
        self._running[worker].tasks.append(task)
        with contextlib.suppress(OSError):  # it has ended, which the next answer says
            self._running[worker].pipe.send(task)

    def wait(self, seconds: float) -> Sequence[tuple[int, Answer]]:
        """See ``pool.Engine``."""
        pipes = {each.pipe: number for number, each in self._running.items()}
        ready = connection.wait(list(pipes), seconds)
        return [(number, self._receive(number)) for pipe, number in pipes.items() if pipe in ready]

    def end(self, worker: int) -> None:
        """See ``pool.Engine``."""
        gone = self._running.pop(worker)
        gone.process.kill()
        gone.process.join()
        gone.process.close()
        gone.pipe.close()

    def close(self) -> None:
        """See ``pool.Engine``."""
        for number in list(self._running):
            self.end(number)

    def describe_delay(self, started: int) -> str:
        """See ``pool.Engine``."""
        return ""

    def _receive(self, number: int) -> Answer:
        try:
            data = self._running[number].pipe.recv_bytes(_MOST_ANSWER)
            if number in self._loading:
                self._loading.discard(number)
                return msgspec.json.decode(data, type=Loaded)
            rows = msgspec.json.decode(data, type=list[ArchiveRow])
            return PhotoAnswer(self._running[number].tasks.popleft(), rows)
        except (OSError, EOFError, IndexError, msgspec.MsgspecError):
            process = self._running[number].process
            process.join(_ENDING)
            killed = process.exitcode in _KILLED
            self.end(number)
            return Ended(killed=killed)


def _serve(make: MakeReader, pipe: Connection, language: Language) -> None:
    """Run in a process until nobody asks any more."""
    worker_process.set_up(language)
    station = Station(make)
    with contextlib.suppress(OSError, EOFError):
        pipe.send_bytes(station.load())
        while True:
            station.begin(pipe.recv()).add_done_callback(lambda read: _answer(pipe, read))
    os._exit(0)


def _answer(pipe: Connection, read: Future[bytes]) -> None:
    with contextlib.suppress(OSError):
        pipe.send_bytes(read.result())
