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
from PySide6.QtCore import Qt
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
    """Presses keys in the window and takes the time until it is painted."""

    def __init__(self, app: QApplication, studio: window_app.Studio, keys: int) -> None:
        self._app, self._studio, self._keys = app, studio, keys
        self._letters = itertools.cycle("abcdefgh")
        self.measured: dict[str, Times] = {}

    def work(self) -> None:
        """Measure all keys."""
        window, document = self._studio.window, self._studio.document
        editor = window.texts.panel.text
        self._restart()
        self._measure("words table: Down", self._go_down)
        self._measure("words table: Return after a letter", self._write_in_table)
        window.finish_editing()
        window.view.setFocus()
        document.select(document.order()[:1])
        self._measure("photo: Tab", partial(self._press, Key.Key_Tab, window.view))
        self._review()
        window.action_set["text_panel"].trigger()
        run_until(self._app, lambda: editor.isVisible() and not self._studio.busy)
        editor.setFocus()
        self._measure("text editor: a letter", lambda times: self._press(next(self._letters), editor, times))
        editor.finish()
        QTest.keyClick(editor, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
        self._measure("text editor: Tab", partial(self._press, Key.Key_Tab, editor))
        editor.finish()

    def _measure(self, name: str, step: Callable[[Times], None]) -> None:
        times = self.measured[name] = Times()
        for number in range(self._keys + 5):
            step(times if number >= 5 else Times())  # the first ones load what is loaded once

    def _restart(self) -> None:
        self._studio.document.select(self._studio.document.order()[:1])
        self._studio.window.table.setFocus()

    def _go_down(self, times: Times) -> None:
        if self._studio.document.current == self._studio.document.order()[-1]:
            self._restart()
        self._press(Key.Key_Down, self._studio.window.table, times)

    def _write_in_table(self, times: Times) -> None:
        table = self._studio.window.table
        if self._studio.document.current in (None, self._studio.document.order()[-1]):
            self._restart()
        if table.editor() is None:
            self._press(Key.Key_F2, table, None)
        line = table.editor()
        assert line is not None
        self._press("x", line, None)
        self._press(Key.Key_Return, line, times)

    def _review(self) -> None:
        panel, view = self._studio.window.review, self._studio.window.view
        panel.reviewing.order = QueueOrder.PAGE
        view.setFocus()
        QTest.keyClick(view, Key.Key_F6)
        typed = self.measured["review: a letter"] = Times()
        confirmed = self.measured["review: Return"] = Times()
        for number in range(self._keys):
            run_until(self._app, lambda: panel.card.has_card)
            if number % 2:
                self._press(next(self._letters), panel.line, typed)
            self._press(Key.Key_Return, panel.line, confirmed)
        panel.close()

    def _press(self, key: Key | str, target: QWidget, times: Times | None) -> None:
        """Press a key. times: where to keep how long it took."""
        begin, processor = time.perf_counter(), time.thread_time()
        if isinstance(key, str):
            QTest.keyClicks(target, key)
        else:
            QTest.keyClick(target, key)
        self._app.sendPostedEvents()  # layout and repaint are among them; timers are not
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
        typist = Typist(app, studio, given.keys)
        typist.work()
        studio.window.close()
        studio.stop()
        studio.autosave.flush()
    print(machine.processor())
    print(f"{'ms':38}{'keys':>6}{'median':>9}{'99 %':>9}{'cpu 50 %':>10}{'cpu 99 %':>10}{'later 99 %':>12}")
    for name, times in typist.measured.items():
        (middle, most), (work, most_work) = (np.percentile(each, (50, 99)) for each in (times.clock, times.processor))
        later = np.percentile(times.later, 99)
        print(f"{name:38}{len(times.clock):6}{middle:9.1f}{most:9.1f}{work:10.1f}{most_work:10.1f}{later:12.1f}")


if __name__ == "__main__":
    main()
