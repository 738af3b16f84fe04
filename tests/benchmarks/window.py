"""The window: how soon it is there, what it takes, and whether it stalls. Prints; asserts nothing.

    python tests/benchmarks/window.py [../shared/data]

start: from the start of the process to the window's first paint. memory: resident, Linux only. gaps: between ticks of
a 10 ms timer on the main thread, in milliseconds (p50, p99, largest): idle, while TensorFlow is imported, while
reading. Without photos in the given folder the sample is read.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

BEGUN = time.perf_counter()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["OCR_STUDIO_HOME"] = tempfile.mkdtemp(prefix="ocr-studio-benchmark-")
if not any(os.environ.get(key) for key in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

import shutil  # noqa: E402  (what comes before is part of what is measured)
from collections.abc import Callable  # noqa: E402

import numpy as np  # noqa: E402
from PySide6.QtCore import QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from ocr_studio.core import images, resources, settings  # noqa: E402
from ocr_studio.ui import app as window_app  # noqa: E402

TICK_MS = 10
PATIENCE_SECONDS = 240.0


class Ticks:
    """Times of a 10 ms timer on the main thread."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(self._timer.timerType().PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(lambda: self.times.append(time.perf_counter()))
        self._timer.start()

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


def main() -> None:
    """Measure and print."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    photos = _copies(sorted((shared / "boards" / "images").glob("*.jpg")) or [resources.sample_photo()])
    app = QApplication(sys.argv[:1])
    chosen = settings.Settings()
    window_app.use_theme("light")
    studio = window_app.Studio(chosen)
    studio.window.show()
    studio.window.grab()
    app.processEvents()
    print(f"window shown {_since_start():.2f} s after the process began; tensorflow imported: {_tensorflow()}")
    print(f"memory with the window empty {_resident()}")
    ticks = Ticks()
    ticks.begin()
    _run(app, lambda: time.perf_counter() - ticks.times[0] > 3)
    print(f"idle                   {ticks.said()}")
    ready: list[bool] = []
    studio.reading.prepared.connect(lambda: ready.append(True))
    ticks.begin()
    studio.reading.prepare()
    _run(app, lambda: bool(ready))
    print(f"while loading          {ticks.said()}   tensorflow imported: {_tensorflow()}")
    print(f"memory with it loaded  {_resident()}")
    for photo in photos:
        _read(app, studio, ticks, photo)
    print(f"memory at the end      {_resident()}")
    studio.window.close()
    studio.stop()


def _read(app: QApplication, studio: window_app.Studio, ticks: Ticks, photo: Path) -> None:
    done: list[bool] = []
    stopped = studio.reading.stopped.connect(lambda: done.append(True))
    ticks.begin()
    studio.opening.open_paths([photo])
    _run(app, lambda: bool(done))
    studio.reading.stopped.disconnect(stopped)
    seconds = time.perf_counter() - ticks.times[0]
    words = len(studio.document.page.words) if studio.document.page else 0
    width, height = images.photo_size(photo)
    print(f"reading {photo.name:14s} {ticks.said()}   {seconds:.1f} s, {words} words, {width}x{height}, {_resident()}")


def _copies(photos: list[Path]) -> list[Path]:
    folder = Path(os.environ["OCR_STUDIO_HOME"]) / "photos"
    folder.mkdir()
    return [Path(shutil.copy(photo, folder)) for photo in photos]


def _run(app: QApplication, done: Callable[[], bool]) -> None:
    end = time.perf_counter() + PATIENCE_SECONDS
    clock = QTimer()
    clock.timeout.connect(lambda: app.exit() if done() or time.perf_counter() > end else None)
    clock.start(50)
    app.exec()


def _since_start() -> float:
    """Seconds since the process began; Python's own start included where the system tells."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        return uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return time.perf_counter() - BEGUN


def _resident() -> str:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return "not known here"
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / 2**20:.0f} MiB"


def _tensorflow() -> bool:
    return "tensorflow" in sys.modules


if __name__ == "__main__":
    main()
