"""Learning in the window: how long it takes, what memory, and whether the window stalls. Prints; asserts nothing.

    python tests/benchmarks/learning_window.py [--data ../shared/data] [--board wb_293] [--pictures FOLDER]
        [--epochs N] [--detector]

The words of one board count as corrected by a person. Gaps are those between ticks of a 10 ms timer on the main thread
(p50, p99, largest): idle, while it learns, while another photo is read during that, while old and new are compared.
--pictures: where pictures of the window are put, at pre-flight, running and result. The figures of learning itself are
those of ``learning.py``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["OCR_STUDIO_HOME"] = tempfile.mkdtemp(prefix="ocr-studio-benchmark-")
if not any(os.environ.get(key) for key in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

import json
import shutil
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ocr_studio.core import training_report
from ocr_studio.core.page import Edit, Quad, Source, Transcription, Word
from ocr_studio.core.settings import Settings
from ocr_studio.core.training import StepDone
from ocr_studio.ui import app as window_app
from ocr_studio.ui.training import Stage

PATIENCE_SECONDS = 500.0


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=Path, default=Path("../shared/data"))
    asked.add_argument("--board", default="wb_293")
    asked.add_argument("--other", default="wb_280")
    asked.add_argument("--pictures", type=Path)
    asked.add_argument("--epochs", type=int)
    asked.add_argument("--detector", action="store_true")
    asked.add_argument("--theme", default="light")
    options = asked.parse_args()
    folder = Path(os.environ["OCR_STUDIO_HOME"]) / "boards"
    folder.mkdir()
    listed = json.loads((options.data / "boards" / "annotations.json").read_text("utf-8"))
    photos = {Path(each["image"]).stem: each for each in listed}
    first, other = (
        Path(shutil.copy(options.data / "boards" / photos[name]["image"], folder))
        for name in (options.board, options.other)
    )
    app = QApplication(sys.argv[:1])
    window_app.use_theme(options.theme)
    studio = window_app.Studio(Settings(read_when_opened=False), theme=options.theme)
    studio.start([first])
    _run(app, lambda: studio.document.page is not None and not studio.busy)
    _correct(studio, photos[options.board]["words"])
    _learn(app, studio, other, options)
    studio.window.close()
    studio.stop()


def _correct(studio: window_app.Studio, words: list[dict[str, object]]) -> None:
    """All words of the board as a person's, those nobody can read left out."""
    known = [each for each in words if not each["ignore"] and each["text"]]
    made = {
        f"{number:06d}": Word(
            f"{number:06d}",
            Quad.from_array(each["quad"]),  # type: ignore[arg-type]
            Source.HUMAN,
            human=Transcription.by_human(str(each["text"])),
        )
        for number, each in enumerate(known)
    }
    studio.document.push(Edit("Correct", {key: (None, word) for key, word in made.items()}))


def _learn(app: QApplication, studio: window_app.Studio, other: Path, options: argparse.Namespace) -> None:
    pictures, trainer, training = options.pictures, studio.window.trainer, studio.training
    studio.window.action_set["learn"].trigger()
    _run(app, lambda: training.stage is Stage.READY)
    trainer.tabs.setCurrentIndex(1 if options.detector else 0)
    outset = trainer.boxes if options.detector else trainer.preflight
    if options.epochs:
        outset.recipe.epochs.setValue(options.epochs)
    _picture(studio, pictures, "preflight")
    ticks, losses = _Ticks(), []
    idle = time.perf_counter() + 3
    _run(app, lambda: time.perf_counter() > idle)
    print(f"idle                    {ticks.said()}   {_resident()}")
    ticks.begin()
    training.heard.connect(lambda event: losses.append(event.loss) if isinstance(event, StepDone) else None)
    began = time.perf_counter()
    outset.column.begin.click()
    _run(app, lambda: len(losses) > 2 or training.stage is not Stage.LEARNING)
    print(f"first step after {time.perf_counter() - began:.1f} s   {ticks.said()}   {_resident()}")
    ticks.begin()
    _run(app, lambda: len(losses) > 20 or training.stage is not Stage.LEARNING)
    print(f"while learning          {ticks.said()}   {_resident()}")
    _picture(studio, pictures, "running")
    ticks.begin()
    studio.opening.open_paths([other])
    _run(app, lambda: studio.opening.path == other)
    studio.reading.read_page()
    _run(app, lambda: not studio.reading.busy)
    print(f"reading while learning  {ticks.said()}   {_resident()}")
    ticks.begin()
    _run(app, lambda: training.stage is not Stage.LEARNING)
    print(f"the rest                {ticks.said()}   {_resident()}")
    print(f"all of it               {time.perf_counter() - began:.1f} s, {len(losses)} steps")
    if training.trained is not None:
        print("\n".join(training_report.render(training.trained)))
    _picture(studio, pictures, "result")


def _picture(studio: window_app.Studio, folder: Path | None, name: str) -> None:
    if folder is not None:
        for _ in range(20):
            QApplication.processEvents()
            time.sleep(0.01)
        studio.window.grab().save(str(folder / f"{name}.png"))


class _Ticks:
    """Times of a 10 ms timer on the main thread."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(self._timer.timerType().PreciseTimer)
        self._timer.setInterval(10)
        self._timer.timeout.connect(lambda: self._times.append(time.perf_counter()))
        self._timer.start()
        self.begin()

    def begin(self) -> None:
        """Forget what was before."""
        self._times = [time.perf_counter()]

    def said(self) -> str:
        """The gaps since ``begin``."""
        gaps = np.diff(self._times) * 1000
        if len(gaps) < 5:
            return "too short to tell"
        p50, p99 = np.percentile(gaps, (50, 99))
        return f"p50 {p50:5.1f}   p99 {p99:6.1f}   largest {gaps.max():6.1f} ms   ({len(gaps)} ticks)"


def _run(app: QApplication, done: Callable[[], bool]) -> None:
    end = time.perf_counter() + PATIENCE_SECONDS
    clock = QTimer()
    clock.timeout.connect(lambda: app.exit() if done() or time.perf_counter() > end else None)
    clock.start(50)
    app.exec()


def _resident() -> str:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return ""
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / 2**20:.0f} MiB"


if __name__ == "__main__":
    main()
