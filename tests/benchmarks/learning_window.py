"""Learning in the window: how long it takes, what memory, and whether the window stalls. Prints; asserts nothing.

    python tests/benchmarks/learning_window.py [--data ../shared/data] [--board wb_293] [--other wb_280]
        [--pictures FOLDER] [--theme light|dark] [--epochs N] [--detector]

The words of one board count as corrected by a person; the other is read while they are learned. Gaps are those between
ticks of a 10 ms timer on the main thread (p50, p99, largest): idle, while it learns, while the other board is read
during that, while old and new are compared. --pictures: where pictures of the window are put, at pre-flight, running
and result. The figures of learning itself are those of ``learning.py``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import json
import shutil
from functools import partial

from PySide6.QtWidgets import QApplication

from ocr_studio.core.page import Edit, Quad, TextSource, Transcription, Word
from ocr_studio.core.settings import Settings
from ocr_studio.core.training import report as training_report
from ocr_studio.core.training.events import StepDone
from ocr_studio.ui.app import app as window_app
from ocr_studio.ui.training.controller import TrainingStage
from tests.benchmarks import main_thread
from tests.benchmarks.main_thread import Ticks, resident

run_until = partial(main_thread.run_until, patience=500.0)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=Path("../shared/data"))
    asked.add_argument("--board", default="wb_293")
    asked.add_argument("--other", default="wb_280")
    asked.add_argument("--pictures", type=Path)
    asked.add_argument("--epochs", type=int)
    asked.add_argument("--detector", action="store_true")
    asked.add_argument("--theme", choices=("light", "dark"), default="light")
    options = asked.parse_args()
    with main_thread.temporary_home() as home:
        _measure(home / "boards", options)


def _measure(folder: Path, options: argparse.Namespace) -> None:
    """folder: where the photos are copied to; it is made here."""
    folder.mkdir()
    listed = json.loads((options.data / "boards" / "annotations.json").read_text("utf-8"))
    photos = {Path(each["image"]).stem: each for each in listed}
    first, other = (
        Path(shutil.copy(options.data / "boards" / photos[name]["image"], folder))
        for name in (options.board, options.other)
    )
    app = QApplication(sys.argv[:1])
    window_app.use_theme(options.theme)
    studio = window_app.Studio(Settings(read_when_opened=False, hints_seen=("tour",)), theme=options.theme)
    studio.start([first])
    run_until(app, lambda: studio.document.page is not None and not studio.busy)
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
            TextSource.HUMAN,
            human=Transcription.by_human(str(each["text"])),
        )
        for number, each in enumerate(known)
    }
    studio.document.push(Edit("Correct", {key: (None, word) for key, word in made.items()}))


def _learn(app: QApplication, studio: window_app.Studio, other: Path, options: argparse.Namespace) -> None:
    pictures, trainer, training = options.pictures, studio.window.trainer, studio.training
    studio.window.action_set["learn"].trigger()
    run_until(app, lambda: training.stage is TrainingStage.READY)
    trainer.tabs.setCurrentIndex(1 if options.detector else 0)
    outset = trainer.boxes if options.detector else trainer.preflight
    if options.epochs:
        outset.recipe.epochs.setValue(options.epochs)
    _picture(studio, pictures, "preflight")
    ticks, losses = Ticks(), []
    idle = time.perf_counter() + 3
    run_until(app, lambda: time.perf_counter() > idle)
    print(f"idle                    {ticks.said()}   {resident()}")
    ticks.begin()
    training.event_received.connect(lambda event: losses.append(event.loss) if isinstance(event, StepDone) else None)
    began = time.perf_counter()
    outset.column.begin.click()
    run_until(app, lambda: len(losses) > 2 or training.stage is not TrainingStage.LEARNING)
    print(f"first step after {time.perf_counter() - began:.1f} s   {ticks.said()}   {resident()}")
    ticks.begin()
    run_until(app, lambda: len(losses) > 20 or training.stage is not TrainingStage.LEARNING)
    print(f"while learning          {ticks.said()}   {resident()}")
    _picture(studio, pictures, "running")
    ticks.begin()
    studio.opening.open_paths([other])
    run_until(app, lambda: studio.opening.path == other)
    studio.reading.read_page()
    run_until(app, lambda: not studio.reading.busy)
    print(f"reading while learning  {ticks.said()}   {resident()}")
    ticks.begin()
    run_until(app, lambda: training.stage is not TrainingStage.LEARNING)
    print(f"the rest                {ticks.said()}   {resident()}")
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


if __name__ == "__main__":
    main()
