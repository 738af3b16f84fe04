"""The list of photos with thousands of them: how soon it is there, what it takes, whether it stalls. Asserts nothing.

    python tests/benchmarks/photo_list.py [--pages 10000] [--words 150] [--keep DIR]

The project is the one of ``many_photos.py``, with its index, made in DIR where it stays for the next time; a hundred
photos more have not been read. Nothing is read: TensorFlow stays out. Gaps are those between ticks of a 10 ms timer in
the window's thread. A key of the filter counts from its press to the list that shows what it lets through.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ocr_studio.core import settings
from ocr_studio.ui.app import app as window_app
from ocr_studio.ui.app import gc_tuning
from tests.benchmarks import main_thread
from tests.benchmarks.main_thread import Ticks, resident


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The list of photos with thousands of them.")
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=150)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    with main_thread.temporary_home() as home:
        photos = chosen.keep or home / "photos"
        command = [sys.executable, str(Path(__file__).with_name("many_photos.py")), "--stage", "make", "index"]
        command += [f"--pages={chosen.pages}", f"--words={chosen.words}", f"--keep={photos}"]
        subprocess.run(command, check=True)
        for number in range(100):
            colour = (np.full((48, 64, 3), 2 * number), np.full((48, 64, 3), 250 - number))[number % 2]
            (photos / f"new {number}.png").write_bytes(cv2.imencode(".png", colour.astype(np.uint8))[1].tobytes())
        _measure(photos)


def _measure(photos: Path) -> None:
    app = QApplication(sys.argv[:1])
    window_app.use_theme("light")
    studio = window_app.Studio(settings.Settings(read_when_opened=False, hints_seen=("tour",)))
    studio.window.show()
    gc_tuning.collect_here(studio)  # as the program does
    gc_tuning.freeze_loaded()
    main_thread.run_until(app, lambda: False, patience=1.0)
    print(f"memory with the window empty {resident()}")
    ticks = Ticks()
    _open(app, studio, photos)
    main_thread.run_until(app, lambda: not studio.busy, patience=60.0)
    print(f"gaps while opening    {ticks.said()}")
    print(f"memory with it open   {resident()}; tensorflow imported: {'tensorflow' in sys.modules}")
    for name, do in (("scrolling", _scroll), ("filtering", _filter), ("putting in order", _sort)):
        ticks.begin()
        do(app, studio)
        print(f"gaps while {name:17}{ticks.said()}")
    print(f"memory at the end     {resident()}; {len(studio.window.photos.pictures)} small pictures kept")
    studio.window.close()
    studio.stop()


def _open(app: QApplication, studio: window_app.Studio, photos: Path) -> None:
    times: dict[str, float] = {}
    begun = time.perf_counter()

    def note(what: str) -> Callable[..., object]:
        return lambda *_: times.setdefault(what, time.perf_counter() - begun)

    rows = studio.window.photos.photos
    studio.opening.opened.connect(note("photo open"))
    rows.learned.connect(lambda: note("all states known")() if len(rows.rows) > 1 else None)
    rows.listed.connect(lambda: note("list filled")() if len(rows.rows) > 1 else None)
    studio.window.photos.pictures.loaded.connect(note("first small picture"))
    studio.opening.open_paths([photos])
    main_thread.run_until(app, lambda: len(times) == 4 and not studio.busy, patience=120.0)
    print("; ".join(f"{what} after {seconds:.2f} s" for what, seconds in times.items()))


def _scroll(app: QApplication, studio: window_app.Studio) -> None:
    bar = studio.window.photos.verticalScrollBar()
    end = time.perf_counter() + 6
    place = 0.0
    while (left := end - time.perf_counter()) > 0:
        # Slowly, quickly, and jumps with a rest.
        place += 40 if left > 4 else 900 if left > 2 else bar.maximum() / 7
        bar.setValue(round(place) % max(1, bar.maximum()))
        _run(app, 0.016 if left > 2 else 0.25)


def _filter(app: QApplication, studio: window_app.Studio) -> None:
    field = studio.window.photos_panel.filter.edit
    took: dict[str, list[float]] = {}
    for typed in ("name:12 state:read", "confidence:<0.35 unreviewed:>50", "-tag:exam name:9", "ban 77"):
        field.clear()
        _run(app, 0.2)
        times = took[typed] = []
        for letter in typed:
            begun = time.perf_counter()
            QTest.keyClicks(field, letter)
            app.processEvents()
            times.append(1000 * (time.perf_counter() - begun))
            _run(app, 0.08)
        _run(app, 0.5)
        worst, shown = max(times), studio.window.photos.shown
        print(f"filter {typed!r}: {np.median(times):.0f} ms a key, at most {worst:.0f} ms; {shown} photos")
    field.clear()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    _run(app, 0.3)


def _sort(app: QApplication, studio: window_app.Studio) -> None:
    for action in studio.window.photos_panel.filter.sort.menu().actions():
        action.trigger()
        _run(app, 0.3)


def _run(app: QApplication, seconds: float) -> None:
    """Let the window do what it has to, that long."""
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        app.processEvents()
        time.sleep(min(0.002, left))


if __name__ == "__main__":
    main()
