"""The source of the training data, and pausing or stopping a training."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import tr
from ocr_studio.jobs.learning import preflight


@dataclass(frozen=True, slots=True)
class Origin:
    """Where training data come from: a project, a dataset folder, or neither before the user has chosen."""

    project: Project | None = None
    folder: Path | None = None

    def __bool__(self) -> bool:
        return self.project is not None or self.folder is not None

    @property
    def doing(self) -> str:
        """The text shown while the data are collected."""
        return tr("Loading the dataset…") if self.folder else tr("Collecting your corrections…")

    @property
    def failed(self) -> str:
        """The text shown if collecting the data failed."""
        if self.folder:
            return tr("Can’t load the dataset")
        return tr("Can’t collect your corrections")

    def look(self, options: ReaderOptions) -> Iterator[object]:
        """Collect the training data; see ``jobs.learning.preflight``.

        Raises:
            StudioError: The data can't be read.
        """
        if self.folder is not None:
            yield from preflight.look_at_dataset(self.folder, options=options)
        elif self.project is not None:
            yield from preflight.look(self.project, options=options)


class RunControl:
    """Pauses, resumes and stops a training that runs in another thread."""

    def __init__(self) -> None:
        self._going = threading.Event()
        self._going.set()
        self._stopped = threading.Event()
        self._closed = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether the training should stop early."""
        return self._stopped.is_set()

    @property
    def is_paused(self) -> bool:
        """Whether the training is paused."""
        return not self._going.is_set()

    def set_paused(self, pause: bool) -> None:
        """Pause before the next step, or resume."""
        (self._going.clear if pause else self._going.set)()

    def stop(self) -> None:
        """Stop early, even if paused."""
        self._stopped.set()
        self._going.set()

    def close(self) -> None:
        """Ask for no further events, even if paused."""
        self._closed.set()
        self._going.set()

    def keep(self, events: Iterator[object]) -> Iterator[object]:
        """Pass the events on, waiting while paused. Once closed, the generator is closed in the thread that runs it."""
        try:
            for event in events:
                yield event
                self._going.wait()
                if self._closed.is_set():
                    return
        finally:
            if isinstance(events, Generator):
                events.close()
