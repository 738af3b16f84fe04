"""The window: how soon it is there, what it takes, and whether it stalls. Prints; asserts nothing.

    python tests/benchmarks/window.py [../shared/data]

start: from the start of the process to the window's first paint. memory: resident, Linux only. gaps: between ticks of
a 10 ms timer on the main thread, in milliseconds (p50, p99, largest): while the first photo, which is opened as soon as
the window is shown, is prepared for and read; while the others are read; idle. first words: from opening a photo to
its first words on the canvas. Without photos in the given folder the sample is read.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

BEGUN = time.perf_counter()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import shutil  # noqa: E402  (what comes before is part of what is measured)
from functools import partial  # noqa: E402

from PySide6.QtWidgets import QApplication  # noqa: E402

from ocr_studio.core import resources, settings  # noqa: E402
from ocr_studio.core.images import photo_file  # noqa: E402
from ocr_studio.ui.app import app as window_app  # noqa: E402
from tests.benchmarks import main_thread  # noqa: E402
from tests.benchmarks.main_thread import Ticks, resident  # noqa: E402

run_until = partial(main_thread.run_until, patience=240.0)


def main() -> None:
    """Measure and print."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    with main_thread.temporary_home() as home:
        photos = sorted((shared / "boards" / "images").glob("*.jpg")) or [resources.sample_photo()]
        folder = home / "photos"
        folder.mkdir()
        _measure([Path(shutil.copy(photo, folder)) for photo in photos])


def _measure(photos: list[Path]) -> None:
    app = QApplication(sys.argv[:1])
    chosen = settings.Settings(hints_seen=("tour",))
    window_app.use_theme("light")
    studio = window_app.Studio(chosen)
    studio.window.show()
    studio.window.grab()
    app.processEvents()
    print(f"window shown {_since_start():.2f} s after the process began; tensorflow imported: {_tensorflow()}")
    print(f"memory with the window empty {resident()}")
    ticks = Ticks()
    for photo in photos:
        _read(app, studio, ticks, photo)
    ticks.begin()
    run_until(app, lambda: time.perf_counter() - ticks.times[0] > 3)
    print(f"idle                   {ticks.said()}   tensorflow imported: {_tensorflow()}")
    print(f"memory at the end      {resident()}")
    studio.window.close()
    studio.stop()


def _read(app: QApplication, studio: window_app.Studio, ticks: Ticks, photo: Path) -> None:
    done, first_words = list[bool](), list[float]()

    def note_words() -> None:
        if not first_words and studio.document.page is not None and studio.document.page.words:
            first_words.append(time.perf_counter() - ticks.times[0])

    studio.document.changed.connect(note_words)
    stopped = studio.reading.stopped.connect(lambda: done.append(True))
    ticks.begin()
    studio.opening.open_paths([photo])
    run_until(app, lambda: bool(done))
    studio.reading.stopped.disconnect(stopped)
    studio.document.changed.disconnect(note_words)
    seconds = time.perf_counter() - ticks.times[0]
    words = len(studio.document.page.words) if studio.document.page else 0
    width, height = photo_file.read_photo_size(photo)
    heard = f"{ticks.said()}   first words {first_words[0]:.2f} s, all {seconds:.1f} s"
    print(f"reading {photo.name:14s} {heard}, {words} words, {width}x{height}, {resident()}")


def _since_start() -> float:
    """Seconds since the process began; Python's own start included where the system tells."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        return uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return time.perf_counter() - BEGUN


def _tensorflow() -> bool:
    return "tensorflow" in sys.modules


if __name__ == "__main__":
    main()
