"""Estimates how long work will take."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final

# An estimate counts the parts of work finished in so many seconds, and at least so many of the latest ones.
_RECENT: Final = 15.0
_LATEST: Final = 10


class TimeLeft:
    """Estimates how long work will take from how long its latest parts took.

    The first part doesn't count: it takes longer, as networks are loaded and compiled then.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin. clock: returns seconds."""
        self._clock = clock
        self._whole: int | None = None
        self._ends: deque[tuple[float, int]] = deque()  # when parts were finished, and how many there were by then

    def update(self, done: float, total: float) -> float | None:
        """Note progress; fewer parts than before begin new work.

        Args:
            done: Finished parts, that being worked on as a fraction.
            total: Parts in all.

        Returns:
            The remaining seconds; None until another part than the first was measured.
        """
        now, whole = self._clock(), math.floor(done)
        if self._whole is None or whole < self._whole:
            self._ends.clear()
        elif whole > self._whole:
            self._ends.append((now, whole))
        self._whole = whole
        while len(self._ends) > _LATEST and self._ends[1][0] < now - _RECENT:
            self._ends.popleft()
        if len(self._ends) < 2:
            return None
        (begin, first), (end, last) = self._ends[0], self._ends[-1]
        # A part that takes longer than those before it tells that the work has become slower.
        each = max((end - begin) / (last - first), (now - begin) / (last - first + 1))
        return each * max(0.0, total - done)
