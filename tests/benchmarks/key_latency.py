"""How long it takes from a key to the repainted window while words are corrected, in the real window. Prints a table.

    python tests/benchmarks/key_latency.py [--data ../shared/data] [--keys 200] [--size 1440x900]

Real key events on five boards that were read before: in the words table Down, and Return after a typed letter; on the
photo Tab; in review Return, and a typed letter; in the text editor a typed letter, and Tab. Time is taken from the key
until the window has painted everything that the key made it paint, without what timers do later; that is “later”: how
long the longest single step on the main thread takes in the 150 ms after the repaint, which could delay the next key.
“cpu” is the processor time of the main thread until the repaint, which other programs hardly lengthen. Run it alone on
the machine. Drawn without a screen where there is none; what a screen needs to show a picture comes on top.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app import app as window_app
from tests.benchmarks import machine, main_thread, read_boards

Key = Qt.Key
_REST: float = 0.15  # seconds between two keys, as of a fast typist
run_until = partial(main_thread.run_until, patience=60.0)


@dataclass
class Times:
    """Milliseconds of each key."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)


class Typist:
    """Presses keys and takes the time until the window is painted."""

    def __init__(self, app: QApplication) -> None:
        self._app = app

    def press(self, key: Key | str, target: QWidget, times: Times | None) -> None:
        """Press a key. times: where to keep how long it took."""
        begin, processor = time.perf_counter(), time.thread_time()
        if isinstance(key, str):
            QTest.keyClicks(target, key)
        else:
            QTest.keyClick(target, key)
        # Repaints are posted with low priority: this returns once they are done.
        self._app.sendPostedEvents()
        self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        end, processor_end = time.perf_counter(), time.thread_time()
        longest = self._rest()
        if times is not None:
            times.clock.append((end - begin) * 1000)
            times.processor.append((processor_end - processor) * 1000)
            times.later.append(longest * 1000)

    def _rest(self) -> float:
        """Let the window run; return the seconds of its longest step."""
        end, longest = time.perf_counter() + _REST, 0.0
        while (begin := time.perf_counter()) < end:
            self._app.processEvents()
            longest = max(longest, time.perf_counter() - begin)
            time.sleep(0.001)
        return longest


def _measure(app: QApplication, studio: window_app.Studio, keys: int) -> dict[str, Times]:
    typist, window, document = Typist(app), studio.window, studio.document
    table, editor = window.table, window.texts.panel.text
    measured: dict[str, Times] = {}

    def measure(name: str, steps: Callable[[Times], None]) -> None:
        times = measured[name] = Times()
        for number in range(keys + 5):
            steps(times if number >= 5 else Times())  # the first ones load what is loaded once

    def restart() -> None:
        document.select(document.order()[:1])

    def down(times: Times) -> None:
        if document.current == document.order()[-1]:
            restart()
        typist.press(Key.Key_Down, table, times)

    def accept(times: Times) -> None:
        if document.current in (None, document.order()[-1]):
            restart()
            table.setFocus()
        line = table.editor()
        if line is None:
            typist.press(Key.Key_F2, table, None)
            line = table.editor()
        assert line is not None
        typist.press("x", line, None)
        typist.press(Key.Key_Return, line, times)

    def tab(times: Times) -> None:
        typist.press(Key.Key_Tab, window.view, times)

    def review(key: Key | str, times: Times) -> None:
        panel = window.review
        run_until(app, lambda: panel.card.has_card) if not panel.card.has_card else None
        typist.press(key, panel.line, times)

    restart()
    table.setFocus()
    measure("words table: Down", down)
    measure("words table: Return after a letter", accept)
    typist.press(Key.Key_Escape, window.focusWidget() or window, None)
    window.view.setFocus()
    restart()
    measure("photo: Tab", tab)

    window.review.reviewing.order = QueueOrder.PAGE
    window.view.setFocus()
    QTest.keyClick(window.view, Key.Key_F6)
    run_until(app, lambda: window.review.card.has_card)
    letters = itertools.cycle("abcdefgh")
    typed = measured["review: a letter"] = Times()
    confirmed = measured["review: Return"] = Times()
    for number in range(keys):
        if number % 2:
            review(next(letters), typed)
        review(Key.Key_Return, confirmed)
    window.review.close()

    window.action_set["text_panel"].trigger()
    run_until(app, lambda: editor.isVisible() and not studio.busy)
    editor.setFocus()
    measure("text editor: a letter", lambda times: typist.press(next(letters), editor, times))
    editor.finish()
    QTest.keyClick(editor, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    measure("text editor: Tab", lambda times: typist.press(Key.Key_Tab, editor, times))
    editor.finish()
    return measured


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--size", default="1440x900")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    with main_thread.temporary_home() as home:
        folder = home / "boards"
        read_boards.read(given.data, folder)
        app = QApplication(sys.argv[:1])
        window_app.use_theme("light")
        studio = window_app.Studio(Settings(read_when_opened=False), theme="light")
        studio.window.resize(width, height)
        studio.start([min(folder.glob("*.jpg"))])
        run_until(app, lambda: studio.document.page is not None and not studio.busy)
        measured = _measure(app, studio, given.keys)
        studio.window.close()
        studio.stop()
        studio.autosave.flush()
    print(machine.processor())
    print(f"{'ms':38}{'keys':>6}{'median':>9}{'99 %':>9}{'cpu 50 %':>10}{'cpu 99 %':>10}{'later 99 %':>12}")
    for name, times in measured.items():
        figures = [
            *np.percentile(times.clock, (50, 99)),
            *np.percentile(times.processor, (50, 99)),
            np.percentile(times.later, 99),
        ]
        one, two, three, four, five = figures
        print(f"{name:38}{len(times.clock):6}{one:9.1f}{two:9.1f}{three:10.1f}{four:10.1f}{five:12.1f}")


if __name__ == "__main__":
    main()
