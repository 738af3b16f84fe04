"""Jobs in the background: one thread a lane, one job at a time in it, events by queued signals.

A job is a plain generator (see ``ocr_studio.jobs``). To cancel it, its next event is no longer asked for; a thread is
never terminated.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr

log = logging.getLogger(__name__)

# Seconds after which a computing thread must let the window have the interpreter; Python's own 0.005 add up, as a
# single mouse move asks for it several times.
SWITCH_SECONDS = 0.0005
# How much later than the window's thread the system shall serve a lane and the threads it starts; 0 as soon, 19 last.
NICENESS = 5

# macOS gives a secondary thread 512 KiB of stack, which TensorFlow and deep image codecs overrun.
STACK_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a job ended early. message: one line for a person. details: a traceback where it was a bug, else nothing."""

    message: str
    details: str = ""


class _Work:
    """What the thread knows of a job. No QObject, as one must not die in another thread than its own."""

    def __init__(self, make: Callable[[], Iterator[object]], name: str) -> None:
        self.name = name
        self.cancelled = threading.Event()
        self._make = make

    def run(self, say: Callable[[str, object], None]) -> None:
        """Go through the generator in the thread that calls, and say what comes."""
        try:
            # A cancelled job that has not begun is not begun.
            for event in self._make() if not self.cancelled.is_set() else ():
                if self.cancelled.is_set():
                    return
                say("event", event)
        except StudioError as error:
            say("failed", Trouble(str(error)))
        except Exception:  # (the one place where any bug of a job ends: logged, and shown once)
            log.exception("the job “%s” failed", self.name)
            say(
                "failed",
                Trouble(tr("{job}: something went wrong in the program.", job=tr(self.name)), traceback.format_exc()),
            )
        else:
            say("done", None)
        finally:
            say("over", None)


class Job(QObject):
    """One job, as the window sees it. All signals come in the window's thread; none comes after ``cancel()``.

    Signals: ``came(object)`` what the generator yielded; ``done()`` it came to its end; ``failed(Trouble)``;
    ``ended()`` after either of them and at once at a cancel.
    """

    came = Signal(object)
    done = Signal()
    failed = Signal(object)
    ended = Signal()

    def __init__(self, work: _Work) -> None:
        super().__init__()
        self.name = work.name
        self._work = work
        self._over = False

    @property
    def running(self) -> bool:
        """Whether it waits or runs, and has not been cancelled."""
        return not self._over

    def cancel(self) -> None:
        """Ask for no further event. What the generator does at this moment is finished and thrown away."""
        self._work.cancelled.set()
        if not self._over:
            self._over = True
            self.ended.emit()

    def _deliver(self, what: str, value: object) -> None:
        if self._over:
            return
        if what == "event":
            self.came.emit(value)
            return
        self._over = True
        if what == "failed":
            self.failed.emit(value)
        else:
            self.done.emit()
        self.ended.emit()


class JobThread(QThread):
    """A lane: a thread that does one job after the other, in the order they were given.

    The thread stays between jobs, as TensorFlow's and Keras' state belongs to the thread that made it.
    """

    _said = Signal(int, str, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setStackSize(STACK_BYTES)
        self._waiting: queue.SimpleQueue[tuple[int, _Work] | None] = queue.SimpleQueue()
        self._jobs: dict[int, Job] = {}
        self._numbers = count()
        # Queued, so that a slot runs in the window's thread whatever it is (a lambda has no thread of its own).
        self._said.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a job waits or runs."""
        return any(job.running for job in self._jobs.values())

    @property
    def waiting(self) -> bool:
        """Whether a job waits behind the one that runs."""
        return not self._waiting.empty()

    def submit(self, make: Callable[[], Iterator[object]], *, name: str) -> Job:
        """Do this job after those given before. make: gives the generator; called in the lane's thread."""
        number, work = next(self._numbers), _Work(make, name)
        job = self._jobs[number] = Job(work)
        self._waiting.put((number, work))
        if not self.isRunning():
            self.start()
        return job

    def cancel(self) -> None:
        """Cancel the job that runs and those that wait."""
        for job in tuple(self._jobs.values()):
            job.cancel()

    def stop(self) -> None:
        """Cancel everything and wait until the thread has ended: as long as the step it is at takes."""
        self.cancel()
        if self.isRunning():
            self._waiting.put(None)
            self.wait()

    def run(self) -> None:
        """The thread's own loop (Qt calls it)."""
        _leave_room_for_the_window()
        while (item := self._waiting.get()) is not None:
            number, work = item
            work.run(lambda what, value, number=number: self._said.emit(number, what, value))  # type: ignore[misc]
            # While the thread waits for the next job nothing of this one may stay alive: its photo is large.
            del item, work

    @Slot(int, str, object)
    def _hear(self, number: int, what: str, value: object) -> None:
        job = self._jobs[number]
        if what == "over":
            del self._jobs[number]
        else:
            job._deliver(what, value)


def _leave_room_for_the_window() -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "linux":
        # Only Linux counts threads as processes here; a container may forbid it, and then all are served alike.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
