"""What a training learns from, and the pace of its events: as they come, paused, or to an early end."""

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
    """What is checked in a project, or a dataset that lies somewhere; neither where nobody has asked yet."""

    project: Project | None = None
    folder: Path | None = None

    def __bool__(self) -> bool:
        return self.project is not None or self.folder is not None

    @property
    def doing(self) -> str:
        """What is done while it is looked at."""
        return tr("Looking at the dataset…") if self.folder else tr("Looking at your corrections…")

    @property
    def failed(self) -> str:
        """What is said where it could not be looked at."""
        if self.folder:
            return tr("The dataset could not be looked at")
        return tr("Your corrections could not be looked at")

    def look(self, options: ReaderOptions) -> Iterator[object]:
        """See what there is to learn from; see ``jobs.preflight``. Raises StudioError."""
        if self.folder is not None:
            yield from preflight.look_at_dataset(self.folder, options=options)
        elif self.project is not None:
            yield from preflight.look(self.project, options=options)


class Pace:
    """How a course goes on: step by step, not at all for a while, or to its end early."""

    def __init__(self) -> None:
        self._going = threading.Event()
        self._going.set()
        self._stopped = threading.Event()
        self._closed = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether it shall end early."""
        return self._stopped.is_set()

    @property
    def is_paused(self) -> bool:
        """Whether it waits."""
        return not self._going.is_set()

    def set_paused(self, pause: bool) -> None:
        """Wait before the next step, or go on."""
        (self._going.clear if pause else self._going.set)()

    def stop(self) -> None:
        """End early, and wait no longer."""
        self._stopped.set()
        self._going.set()

    def close(self) -> None:
        """Ask for no further event, and wait no longer."""
        self._closed.set()
        self._going.set()

    def keep(self, events: Iterator[object]) -> Iterator[object]:
        """The events, at this pace; closed early, the course is closed in the thread that runs it."""
        try:
            for event in events:
                yield event
                self._going.wait()
                if self._closed.is_set():
                    return
        finally:
            if isinstance(events, Generator):
                events.close()
