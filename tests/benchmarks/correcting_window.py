"""Learning while the user corrects, in the window: how long it takes, and whether the window stalls. Asserts nothing.

    python tests/benchmarks/correcting_window.py [--data ../shared/data] [--photo ex08_writer0078] [--rounds 8]

A photo of ``diagrams/val`` is read, and its words are corrected as its truth says, the least confident first, five at a
time with 0.2 s between them. Gaps are those between ticks of a 10 ms timer on the main thread (p50, p99, largest):
idle, and from the fifth correction until the other words are read again. Seconds: from the fifth correction, with the
0.7 s that the program waits for the next one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtWidgets import QApplication

from ocr_studio.core.editing import edits
from ocr_studio.core.evaluation import metrics
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app import app as window_app
from ocr_studio.ui.reading.correction_learning import CHECKED_WORDS
from tests.benchmarks import machine, main_thread
from tests.benchmarks.main_thread import Ticks, resident

run_until = partial(main_thread.run_until, patience=60.0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--photo", default="ex08_writer0078")
    parser.add_argument("--rounds", type=int, default=8)
    given = parser.parse_args()
    pages = json.loads((given.data / "diagrams/val/annotations.json").read_text(encoding="utf-8"))
    (page,) = (page for page in pages if Path(page["image"]).stem == given.photo)
    with main_thread.temporary_home() as home:
        folder = home / "photos"
        folder.mkdir()
        photo = Path(shutil.copy(given.data / "diagrams/val" / page["image"], folder))
        app = QApplication(sys.argv[:1])
        studio = window_app.Studio(Settings(read_when_opened=False, hints_seen=("tour",)))
        studio.start([photo])
        run_until(app, lambda: studio.document.page is not None and not studio.busy)
        studio.reading.read_page()
        run_until(app, lambda: not studio.reading.busy)
        print(machine.processor())
        _correct(app, studio, page["words"], given.rounds)
        studio.window.close()
        studio.stop()


def _correct(app: QApplication, studio: window_app.Studio, words: list[dict[str, object]], rounds: int) -> None:
    read = studio.document.page
    assert read is not None
    found = list(read.words)
    truth = [Quad.from_array(np.array(each["quad"])) for each in words]
    pairs = metrics.matches(truth, [read.words[key].quad for key in found])
    texts = {found[place]: str(words[number]["text"]) for number, place in pairs}
    order = sorted(texts, key=lambda key: read.words[key].confidence or 0.0)
    ticks, seconds, learning = Ticks(), list[float](), studio.window.correction_learning
    _wait(app, 3)
    print(f"{len(found)} words\nidle            {ticks.said()}   {resident()}")
    gaps: list[float] = []
    for number in range(min(rounds, len(order) // CHECKED_WORDS)):
        for key in order[CHECKED_WORDS * number : CHECKED_WORDS * (number + 1)]:
            page = studio.document.page
            assert page is not None
            _wait(app, 0.2)
            studio.document.push(edits.answer(page, key, texts[key]))
        began = time.perf_counter()
        ticks.begin()
        run_until(app, lambda: not learning.busy and not studio.busy)
        seconds.append(time.perf_counter() - began)
        gaps += (np.diff(ticks.times) * 1000).tolist()
    p50, p99 = np.percentile(gaps, (50, 99))
    shown = f"p50 {p50:5.1f}   p99 {p99:6.1f}   largest {max(gaps):6.1f} ms   ({len(gaps)} ticks)"
    print(f"while learning  {shown}   {resident()}")
    print(f"{len(seconds)} times, median {statistics.median(seconds):.1f} s, first {seconds[0]:.1f} s")


def _wait(app: QApplication, seconds: float) -> None:
    end = time.perf_counter() + seconds
    run_until(app, lambda: time.perf_counter() > end)


if __name__ == "__main__":
    main()
