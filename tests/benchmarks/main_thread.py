"""What the benchmarks of the window share: a home of its own, ticks on the main thread, waiting while the window runs.

Those are scripts: this module is found once they have put the checkout on ``sys.path``.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from tests.benchmarks import machine

TICK_MS = 10


class Ticks:
    """Times of a 10 ms timer on the main thread, from now on."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(lambda: self.times.append(time.perf_counter()))
        self._timer.start()
        self.begin()

    def begin(self) -> None:
        """Forget what was before."""
        self.times = [time.perf_counter()]

    def said(self) -> str:
        """The gaps since ``begin``."""
        gaps = np.diff(self.times) * 1000
        if len(gaps) < 5:
            return "too short to tell"
        p50, p99 = np.percentile(gaps, (50, 99))
        return f"p50 {p50:5.1f}   p99 {p99:6.1f}   largest {gaps.max():6.1f} ms   ({len(gaps)} ticks)"


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A folder for all that the program keeps, gone afterwards; see ``draw_without_screen``, too."""
    draw_without_screen()
    with tempfile.TemporaryDirectory(prefix="ocr-studio-benchmark-") as home:
        os.environ["OCR_STUDIO_HOME"] = home
        yield Path(home)


def draw_without_screen() -> None:
    """Where there is no screen, let the window be drawn without one."""
    if not any(os.environ.get(key) for key in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def run_until(app: QApplication, done: Callable[[], bool], *, patience: float) -> None:
    """Let the window run until something is so. patience: seconds after which it goes on all the same."""
    end = time.perf_counter() + patience
    clock = QTimer()
    clock.timeout.connect(lambda: app.exit() if done() or time.perf_counter() > end else None)
    clock.start(50)
    app.exec()


def resident() -> str:
    """The memory of this process, where the system tells (Linux)."""
    return f"{machine.resident():.0f} MiB"
