"""Worker processes that generate synthetic samples, one per core; small jobs run in the calling process.

Workers load neither Qt nor TensorFlow.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from ocr_studio.core import logs
from ocr_studio.core.errors import StudioError
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.dataset import SynthSample, SynthSource
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.translation import tr
from ocr_studio.jobs import worker_process
from ocr_studio.jobs.worker_process import Language

if TYPE_CHECKING:
    from ocr_studio.engine.synth.sample_maker import SampleMaker

_Answer = TypeVar("_Answer")

# Windows can't wait for more processes at once.
_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Unmade:
    """A failure to generate one or all samples. what, file, remedy, command: those of the StudioError."""

    what: str
    file: str | None
    remedy: str
    command: str = ""

    def error(self) -> StudioError:
        """The exception to raise."""
        return StudioError(self.what, file=self.file, remedy=self.remedy, command=self.command)


Task: TypeAlias = tuple[str, Sequence[int]]


class Crew:
    """A pool of worker processes that generate samples."""

    def __init__(self, options: SynthOptions, *, children: int) -> None:
        """Start the workers. children: their number; with 0, the calling process does the work."""
        self._pool: ProcessPoolExecutor | None = None
        self._options, self._children = options, children
        if children:
            self._pool = ProcessPoolExecutor(
                min(children, _MOST),
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_init_worker,
                initargs=(synth_options.options_values(options), worker_process.get_language()),
            )
        else:
            self._maker = _maker(options)

    def source(self) -> SynthSource:
        """Load fonts, texts and backgrounds, and report unusable ones. Raises StudioError."""
        if self._pool is None:
            return self._maker.source()
        with _ended_by_itself():
            found = self._pool.submit(_source).result()
        if isinstance(found, Unmade):
            raise found.error()
        return found

    def draw(self, tasks: Sequence[Task]) -> Iterator[SynthSample | Unmade]:
        """Generate samples by kind and number, in any order. Raises StudioError if a worker has died."""
        if self._pool is None:
            for kind, indices in tasks:
                for index in indices:
                    yield _sample(self._maker, kind, index)
            return
        with _ended_by_itself():
            for samples in _as_they_come(self._pool, tasks, ahead=2 * self._children):
                yield from samples

    def close(self) -> None:
        """Cancel pending tasks, and wait until each worker has finished its current one."""
        if self._pool is not None:
            with _undisturbed():
                self._pool.shutdown(wait=True, cancel_futures=True)


def _as_they_come(
    pool: ProcessPoolExecutor, tasks: Sequence[Task], *, ahead: int
) -> Iterator[list[SynthSample | Unmade]]:
    """The results of tasks, as they finish. ahead: maximum number of submitted tasks, which limits memory use."""
    waiting = deque(tasks)
    asked: set[Future[list[SynthSample | Unmade]]] = set()
    while waiting or asked:
        while waiting and len(asked) < ahead:
            asked.add(pool.submit(_samples, waiting.popleft()))
        done, asked = wait(asked, return_when=FIRST_COMPLETED)
        for each in done:
            yield each.result()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore further Ctrl+C, as workers that aren't told to end would run on."""
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread only
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
            tr("a process that generates samples ended unexpectedly"),
            remedy=tr("The computer may be low on memory: close other programs, then resume."),
        ) from error


# ------------------------------------------------------------------------------------------------ in a worker


class _Here:
    """State of a worker process."""

    maker: SampleMaker | None = None


def _init_worker(raw: object, language: Language) -> None:
    worker_process.set_up(language)
    # Only if stderr is a console or the log: the user's script runs here as well, and may have replaced it.
    if logs.is_standard_error(sys.stderr) and not faulthandler.is_enabled():
        faulthandler.enable()
    _Here.maker = _maker(synth_options.parse_options(raw))


def _maker(options: SynthOptions) -> SampleMaker:
    from ocr_studio.engine.synth.sample_maker import SampleMaker

    return SampleMaker(options)


def _source() -> SynthSource | Unmade:
    assert _Here.maker is not None
    return _or_unmade(_Here.maker.source)


def _samples(task: Task) -> list[SynthSample | Unmade]:
    assert _Here.maker is not None
    kind, indices = task
    return [_sample(_Here.maker, kind, index) for index in indices]


def _sample(maker: SampleMaker, kind: str, index: int) -> SynthSample | Unmade:
    return _or_unmade(lambda: maker.at(kind, index))


def _or_unmade(make: Callable[[], _Answer]) -> _Answer | Unmade:
    try:
        return make()
    except StudioError as error:  # it can't be pickled
        return Unmade(error.what, error.file, error.remedy, error.command)
