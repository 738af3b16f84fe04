"""Background jobs: each thread runs one job at a time and passes its events on by queued signals.

A job is a plain generator (see ``ocr_studio.jobs``). It is cancelled by not asking for its next event; a thread is
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

# Seconds after which a computing thread must release the interpreter to the window. Python's default of 0.005 adds up,
# as a single mouse move needs the interpreter several times.
SWITCH_SECONDS = 0.0005
# The niceness of a job thread and the threads it starts, relative to the window's: 0 is equal, 19 the lowest priority.
NICENESS = 5

# macOS gives a secondary thread 512 KiB of stack, which TensorFlow and deep image codecs overrun.
STACK_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a job failed.

    Attributes:
        message: One line for the user.
        details: The traceback if it was a bug, else "".
    """

    message: str
    details: str = ""


class _Work:
    """The part of a job that the thread uses. Not a QObject, as those must not be deleted in another thread."""

    def __init__(self, make: Callable[[], Iterator[object]], name: str) -> None:
        self.name = name
        self.cancelled = threading.Event()
        self._make = make

    def run(self, say: Callable[[str, object], None]) -> None:
        """Run the generator in the calling thread and pass its events to ``say``."""
        try:
            # A job that was cancelled while waiting is not started.
            for event in self._make() if not self.cancelled.is_set() else ():
                if self.cancelled.is_set():
                    return
                say("event", event)
        except StudioError as error:
            say("failed", Trouble(str(error)))
        except Exception:  # the one place that catches any bug of a job, logs it and shows it once
            log.exception("the job “%s” failed", self.name)
            say(
                "failed",
                Trouble(tr("{job}: an internal error occurred.", job=tr(self.name)), traceback.format_exc()),
            )
        else:
            say("done", None)
        finally:
            say("over", None)


class Job(QObject):
    """A job as the window sees it. All signals are emitted in the window's thread, none after ``cancel()``.

    Signals:
        came(object): The generator has yielded this event.
        done(): The generator has ended.
        failed(Trouble): The generator has raised an exception.
        ended(): After ``done`` or ``failed``, and at once when the job is cancelled.
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
        """Whether it is waiting or running, and not cancelled."""
        return not self._over

    def cancel(self) -> None:
        """Ask for no more events. The current step of the generator is finished and its result discarded."""
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
    """A thread that runs jobs one after the other, in the order of their submission.

    It stays alive between jobs, as the state of TensorFlow and Keras belongs to the thread that created it.
    """

    _said = Signal(int, str, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setStackSize(STACK_BYTES)
        self._waiting: queue.SimpleQueue[tuple[int, _Work] | None] = queue.SimpleQueue()
        self._jobs: dict[int, Job] = {}
        self._numbers = count()
        # Queued, so that any slot runs in the window's thread, even a lambda, which belongs to no thread.
        self._said.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a job is waiting or running."""
        return any(job.running for job in self._jobs.values())

    @property
    def waiting(self) -> bool:
        """Whether a job is waiting behind the running one."""
        return not self._waiting.empty()

    def submit(self, make: Callable[[], Iterator[object]], *, name: str) -> Job:
        """Run a job after those submitted before.

        Args:
            make: Returns the generator; called in this thread.
            name: The name of the job, a text for ``tr``.

        Returns:
            The job, to connect to its signals or cancel it.
        """
        number, work = next(self._numbers), _Work(make, name)
        job = self._jobs[number] = Job(work)
        self._waiting.put((number, work))
        if not self.isRunning():
            self.start()
        return job

    def cancel(self) -> None:
        """Cancel the running job and those waiting."""
        for job in tuple(self._jobs.values()):
            job.cancel()

    def stop(self) -> None:
        """Cancel all jobs and wait until the thread has ended, which takes as long as its current step."""
        self.cancel()
        if self.isRunning():
            self._waiting.put(None)
            self.wait()

    def run(self) -> None:
        """Run the loop of the thread; called by Qt."""
        _leave_room_for_the_window()
        while (item := self._waiting.get()) is not None:
            number, work = item
            work.run(lambda what, value, number=number: self._said.emit(number, what, value))  # type: ignore[misc]
            # Nothing of this job may stay alive while the thread waits for the next one: its photo is large.
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
        # Only Linux has priorities for single threads; a container may forbid changing them, which does no harm.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
