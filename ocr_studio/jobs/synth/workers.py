"""Who draws synthetic samples: child processes, one for each core; or whoever asks, where there is little to draw.

Children are started anew (``spawn``), as forking a program with threads is asking for trouble; they load neither Qt nor
TensorFlow. They end with the program, however it ends.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import cv2

from ocr_studio.core import logs, resources, translation
from ocr_studio.core.errors import StudioError
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.dataset import Sample, Source
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.translation import tr

if TYPE_CHECKING:
    from ocr_studio.engine.synth.sample_maker import SampleMaker

_Answer = TypeVar("_Answer")

# As many as Windows can wait for at once.
_MOST: Final = 60
# How much later than the window the system shall serve children; 0 as soon, 19 last.
_NICENESS: Final = 10


@dataclass(frozen=True, slots=True)
class Unmade:
    """A sample, or all of them, that could not be made. what, file, remedy, command: of the StudioError."""

    what: str
    file: str | None
    remedy: str
    command: str = ""

    def error(self) -> StudioError:
        """As it is raised."""
        return StudioError(self.what, file=self.file, remedy=self.remedy, command=self.command)


Task: TypeAlias = tuple[str, Sequence[int]]


class Crew:
    """Draws what is asked for. children: how many processes; 0: nobody but who asks."""

    def __init__(self, options: SynthOptions, *, children: int) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._options, self._children = options, children
        if children:
            self._pool = ProcessPoolExecutor(
                min(children, _MOST),
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(synth_options.values(options), translation.language()),
            )
        else:
            self._maker = _maker(options)

    def source(self) -> Source:
        """Read what is needed, and say what of it is of no use. Raises StudioError."""
        if self._pool is None:
            return self._maker.source()
        with _ended_by_itself():
            found = self._pool.submit(_source).result()
        if isinstance(found, Unmade):
            raise found.error()
        return found

    def draw(self, tasks: Sequence[Task]) -> Iterator[Sample | Unmade]:
        """The samples of some kinds and numbers, in whatever order. Raises StudioError where a child has ended."""
        if self._pool is None:
            for kind, indices in tasks:
                for index in indices:
                    yield _sample(self._maker, kind, index)
            return
        with _ended_by_itself():
            for samples in _as_they_come(self._pool, tasks, ahead=2 * self._children):
                yield from samples

    def close(self) -> None:
        """Nothing more is asked for. Waits until each child has ended what it is at."""
        if self._pool is not None:
            with _undisturbed():
                self._pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """How many this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _as_they_come(pool: ProcessPoolExecutor, tasks: Sequence[Task], *, ahead: int) -> Iterator[list[Sample | Unmade]]:
    """What comes of each task. ahead: so many are asked for at a time, as answers that nobody takes fill the memory."""
    waiting = deque(tasks)
    asked: set[Future[list[Sample | Unmade]]] = set()
    while waiting or asked:
        while waiting and len(asked) < ahead:
            asked.add(pool.submit(_samples, waiting.popleft()))
        done, asked = wait(asked, return_when=FIRST_COMPLETED)
        for each in done:
            yield each.result()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl+C that is pressed once more breaks off nothing here: children that nobody has told to end never would."""
    if threading.current_thread() is not threading.main_thread():  # it reaches no other
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _ended_by_itself() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise StudioError(
            tr("a part of the program that draws has ended by itself"),
            remedy=tr("Most often memory is short: close other programs, and go on."),
        ) from error


# ----------------------------------------------------------------------------------------------------- in a child


class _Here:
    """What a child knows; one for each process."""

    maker: SampleMaker | None = None


def _begin(raw: object, language: str) -> None:
    """A child begins. It is served after the window, and one core is all it takes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; who asks says when it is over
    threading.Thread(target=_end_with_the_program, daemon=True).start()
    cv2.setNumThreads(1)
    # Where there is a console, or the log in its place; a script may have put anything there, and is run here, too.
    if logs.is_standard_error(sys.stderr) and not faulthandler.is_enabled():
        faulthandler.enable()
    with contextlib.suppress(OSError, AttributeError):  # Windows has no such thing
        os.nice(_NICENESS)
    if language != translation.ENGLISH:
        translation.use(resources.translations(), language)
    _Here.maker = _maker(synth_options.from_values(raw))


def _end_with_the_program() -> None:
    """A program that is killed cannot tell its children."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _maker(options: SynthOptions) -> SampleMaker:
    from ocr_studio.engine.synth.sample_maker import SampleMaker

    return SampleMaker(options)


def _source() -> Source | Unmade:
    assert _Here.maker is not None
    return _or_unmade(_Here.maker.source)


def _samples(task: Task) -> list[Sample | Unmade]:
    assert _Here.maker is not None
    kind, indices = task
    return [_sample(_Here.maker, kind, index) for index in indices]


def _sample(maker: SampleMaker, kind: str, index: int) -> Sample | Unmade:
    return _or_unmade(lambda: maker.at(kind, index))


def _or_unmade(make: Callable[[], _Answer]) -> _Answer | Unmade:
    try:
        return make()
    except StudioError as error:  # which does not go from process to process as it is
        return Unmade(error.what, error.file, error.remedy, error.command)
