"""Lanes: threads that run the background jobs of the window and pass their events on by queued signals.

A job is a plain generator (see ``ocr_studio.jobs``). It is cancelled by not asking for its next event; a thread is
never terminated. Jobs of one lane never run at the same time, those of different lanes do; see ``Lanes``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, fields
from enum import IntEnum
from itertools import count

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from ocr_studio.core.errors import IMPORT_ERRORS, StudioError, import_failed
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


class Priority(IntEnum):
    """What a lane does first. A started job waits between two of its events while a job with a higher priority runs.

    Attributes:
        URGENT: The user has clicked on something and sees nothing until it is there, such as a photo.
        NORMAL: The user waits for an answer, such as the results of a search.
        LOW: Things that appear one by one, such as thumbnails.
        PREPARATION: It makes later answers better, such as the words for the spell checker.
        BACKGROUND: Nobody waits for it.
    """

    URGENT = 0
    NORMAL = 1
    LOW = 2
    PREPARATION = 3
    BACKGROUND = 4


class _Work:
    """The part of a job that the thread uses. Not a QObject, as those must not be deleted in another thread."""

    def __init__(
        self, make: Callable[[], Iterator[object]], name: str, priority: Priority, report: Callable[[str, object], None]
    ) -> None:
        self.name = name
        self.priority = priority
        self.cancelled = threading.Event()
        self.started = False  # the thread has asked for its first event
        self._report = report
        # Releases what ``make`` refers to, such as a photo, when it ends: a slot may keep the job itself alive.
        self._events = _call(make)

    def advance(self) -> bool:
        """Ask the generator for its next event in the calling thread and report it. Returns whether it goes on."""
        try:
            if self.cancelled.is_set():
                # One that was cancelled while it waited is not started.
                self._events.close()
            else:
                self.started = True
                event = next(self._events)
                if not self.cancelled.is_set():
                    self._report("event", event)
                return True
        except StopIteration:
            self._report("done", None)
        except StudioError as error:
            self._report("failed", Trouble(str(error)))
        except IMPORT_ERRORS as error:  # of a library that only some jobs need
            log.exception("the job “%s” failed", self.name)
            self._report("failed", Trouble(str(import_failed(error)), traceback.format_exc()))
        except Exception:  # the one place that catches any bug of a job, logs it and shows it once
            log.exception("the job “%s” failed", self.name)
            self._report(
                "failed",
                Trouble(tr("{job} failed: an unexpected error occurred.", job=tr(self.name)), traceback.format_exc()),
            )
        self._report("over", None)
        return False


def _call(make: Callable[[], Iterator[object]]) -> Generator[object, None, None]:
    """Call ``make`` when the first event is asked for, and pass its events on."""
    yield from make()


class Job(QObject):
    """A job as the window sees it. All signals are emitted in the window's thread, none after ``cancel()``.

    Signals:
        yielded(object): The generator has yielded this event.
        done(): The generator has ended.
        failed(Trouble): The generator has raised an exception.
        ended(): After ``done`` or ``failed``, and at once when the job is cancelled.
    """

    yielded = Signal(object)
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
            self.yielded.emit(value)
            return
        self._over = True
        if what == "failed":
            self.failed.emit(value)
        else:
            self.done.emit()
        self.ended.emit()


class JobThread(QThread):
    """A thread that runs jobs one after the other: first by priority, then in the order of their submission.

    It stays alive between jobs, as the state of TensorFlow and Keras belongs to the thread that created it.
    """

    _reported = Signal(int, str, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setStackSize(STACK_BYTES)
        self._changed = threading.Condition()  # guards the next two
        self._works: dict[int, _Work] = {}  # waiting or started
        self._stopping = False
        self._jobs: dict[int, Job] = {}
        self._numbers = count()
        # Queued, so that any slot runs in the window's thread, even a lambda, which belongs to no thread.
        self._reported.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a job is waiting or running."""
        return any(job.running for job in self._jobs.values())

    @property
    def waiting(self) -> bool:
        """Whether a job has not started yet."""
        with self._changed:
            return any(not work.started for work in self._works.values())

    def submit(self, make: Callable[[], Iterator[object]], *, name: str, priority: Priority = Priority.NORMAL) -> Job:
        """Run a job in this thread.

        Args:
            make: Returns the generator; called in this thread.
            name: The name of the job, a text for ``tr``.
            priority: Jobs with a higher priority go first.

        Returns:
            The job, to connect to its signals or cancel it.
        """
        number = next(self._numbers)
        work = _Work(make, name, priority, lambda what, value: self._reported.emit(number, what, value))
        job = self._jobs[number] = Job(work)
        with self._changed:
            self._works[number] = work
            self._changed.notify()
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
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self.wait()
        self._stopping = False

    def run(self) -> None:
        """Run the loop of the thread; called by Qt."""
        _lower_priority()
        while (number := self._next()) is not None:
            if not self._works[number].advance():
                # Nothing of this job may stay alive while the thread waits for the next one: its photo is large.
                with self._changed:
                    del self._works[number]

    def _next(self) -> int | None:
        """Wait for a job to continue or start, and return its number; None if the thread should end."""
        with self._changed:
            self._changed.wait_for(lambda: self._works or self._stopping)
            # Cancelled jobs first, as they release files and photos.
            return min(
                self._works,
                key=lambda number: (not (work := self._works[number]).cancelled.is_set(), work.priority, number),
                default=None,
            )

    @Slot(int, str, object)
    def _deliver(self, number: int, what: str, value: object) -> None:
        job = self._jobs[number]
        if what == "over":
            del self._jobs[number]
        else:
            job._deliver(what, value)


@dataclass(frozen=True, slots=True)
class Lanes:
    """The threads of the window; their names say what may run beside what.

    Attributes:
        reading: All that uses models for reading: photos, words, evaluations, comparisons, importing models.
        training: Collecting training data, training, saving models.
        files: All that is done with files in short steps: opening photos, thumbnails, the index, searches, cards.
        slow: Jobs with steps of seconds, which a click on a photo must not wait for: downloads wait for a server for
            up to 20 seconds, cleaning a board is one call of OpenCV, and so is a synthetic board.
    """

    reading: JobThread
    training: JobThread
    files: JobThread
    slow: JobThread

    @classmethod
    def make(cls, parent: QObject) -> Lanes:
        """Make the lanes; their threads start with their first jobs."""
        return cls(*(JobThread(each.name, parent) for each in fields(cls)))

    def __iter__(self) -> Iterator[JobThread]:
        return iter((self.reading, self.training, self.files, self.slow))


def _lower_priority() -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "linux":
        # Only Linux has priorities for single threads; a container may forbid changing them, which does no harm.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
