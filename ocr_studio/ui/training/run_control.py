"""How fast events come from a job in another thread: as they do, not at all for a while, or to an early end."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator


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
