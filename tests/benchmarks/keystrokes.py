"""How many keys it takes to correct the five boards: in the review queue, PPOCRLabel and labelme. Prints a table.

    python tests/benchmarks/keystrokes.py [--data ../shared/data] [--order "least sure"|page] [--stay] [--unforeseen]

A scripted expert, who knows the truth, corrects every wrong word of our own reading in the real window (drawn without a
screen where there is none), by keys alone, with real key events and the fewest keys: a digit where the right text is
offered; else typing anew, with Tab once the rest that is shown is right, changing the text in place, or replacing
doubtful letters by F2, whichever is shortest; F4 where that saves keys. It knows beforehand when the right rest will be
shown; with --unforeseen it does not, chooses as if nothing ever were, and takes what comes. Right words that stand
between wrong ones are confirmed: one by Enter, as many as are seen to be right by Ctrl and their number, all in sight
by PgDown; after the last wrong word it stops (with --stay it goes on to the last word). In the end the pages are
compared with the truth.

The same photos are corrected once more in the text editor (``text_expert``), where right words need no key.

The other two are reckoned, not run, for the same words from what they document, each wrong word by the fewest changes
that their lines of text know, and without a key for the words that are right, as nothing is said of them there:

PPOCRLabel (https://github.com/PFCCLab/PPOCRLabel, README 2.1 and 3.1): "Single click the result in 'recognition
result' list to manually change" it: click, changes, Enter. No key goes from result to result. A box that is no text:
click, Delete. Each photo: Ctrl+V, "Check".
labelme (https://github.com/wkentaro/labelme, labelme/config/default_config.yaml): click the shape in the list, Ctrl+E
"edit_label", changes, Enter. No text: click, Delete, Enter in the question that comes. Each photo: Ctrl+S and D.

Keys: each one pressed, Ctrl and Alt counted, Shift of capitals not. Actions: keys pressed together count once, and so
does a click. Seconds: the keystroke-level model (Card, Moran and Newell 1980, https://doi.org/10.1145/358886.358895):
a key 0.28 s, pointing and clicking 1.3 s, a hand to the mouse or back 0.4 s; looking and thinking left out for all.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ocr_studio.core.review import doubtful_letters
from ocr_studio.core.review.queue import Place, QueueOrder
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app import app as window_app
from ocr_studio.ui.review import word_line
from ocr_studio.ui.review.controller import ReviewStage
from ocr_studio.ui.review.panel import ReviewPanel
from tests.benchmarks import main_thread, read_boards
from tests.benchmarks.key_counts import Change, Doubted, Effort, fewest, others
from tests.benchmarks.text_expert import TextExpert

Key = Qt.Key
_NONE = Qt.KeyboardModifier.NoModifier
_PATIENCE = 30.0  # seconds


def run_until(app: QApplication, done: Callable[[], bool]) -> None:
    """Let the window run until something is so; not at all if it is so already. Raises RuntimeError."""
    end = time.perf_counter() + _PATIENCE
    while not done():
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        time.sleep(0.001)
        if time.perf_counter() > end:
            raise RuntimeError("what should come does not come")


class Expert:
    """Goes through the queue."""

    def __init__(
        self, app: QApplication, studio: window_app.Studio, truths: dict[Place, str | None], *, foreseen: bool
    ) -> None:
        self._app, self._studio, self._truths, self._foreseen = app, studio, truths, foreseen
        self.ways: Counter[str] = Counter()
        self.spent: Counter[str] = Counter()
        self.panel: ReviewPanel = studio.window.review
        self.corrections, self.passing = Effort(), Effort()
        self.corrected = self.passed = self.fixed = self.cards = 0
        self.waits: list[tuple[float, float]] = []
        self._pressed = 0.0, 0.0

    def work(self, order: QueueOrder, *, stay: bool) -> None:
        """Correct everything."""
        self.panel.reviewing.order = order
        self._press(Key.Key_F6, self._studio.window.view)
        self.passing.add(1)
        left = set(self._wrong())
        while self._next_card() and (left or stay):
            left -= self._settle()

    def _next_card(self) -> bool:
        reviewing = self.panel.reviewing
        run_until(
            self._app, lambda: reviewing.stage in (ReviewStage.DONE, ReviewStage.IDLE) or self.panel.card.has_card
        )
        return reviewing.stage is ReviewStage.GOING

    def _settle(self) -> set[Place]:
        """Settle the word that is shown; which are right now that were not."""
        reviewing = self.panel.reviewing
        here = reviewing.session.current if reviewing.session else None
        self.cards += 1
        assert here is not None
        assert reviewing.word is not None
        place, read = here.key, reviewing.word.text
        wanted = self._truths[place]
        if self._is_right(place, read):
            self._pass()
        else:
            assert wanted is not None
            before = self.corrections.keys
            way = self._correct(read, wanted)
            self.ways[way] += 1
            self.spent[way] += self.corrections.keys - before
            self.corrected += 1
        self._app.processEvents()
        if self.panel.card.has_card:
            now = time.perf_counter(), time.thread_time()
            self.waits.append((now[0] - self._pressed[0], now[1] - self._pressed[1]))
        return {place} | (self._fix_everywhere(wanted) if wanted and wanted != read else set())

    def _is_right(self, place: Place, text: str) -> bool:
        wanted = self._truths[place]
        return wanted is None or wanted == text

    def _pass(self) -> None:
        """Confirm this word, and those behind it in sight that are right as well."""
        behind, right = self._behind()
        if not right:
            self._press(Key.Key_Return)
            self.passing.add(1)
        elif right == behind:
            self._press(Key.Key_PageDown)
            self.passing.add(1)
        else:
            self._press(Key(Key.Key_1 + right), held=Qt.KeyboardModifier.ControlModifier)
            self.passing.add(chords=1)
        self.passed += 1 + right

    def _correct(self, read: str, wanted: str) -> str:
        """Correct the word that is shown. How it was done."""
        line = self.panel.line
        change, anew, doubted = fewest(read, wanted), self._anew(wanted), self._doubted(read, wanted)
        shortest = min(change.keys + 1, anew, doubted.keys + 1 if doubted else anew)
        if not wanted:
            self._press(Key.Key_F7)
            self.corrections.add(1)
            return "no text"
        if wanted in line.readings and (line.takes_digits or shortest >= 2):
            digit = Key(Key.Key_1 + line.readings.index(wanted))
            held = Qt.KeyboardModifier.NoModifier if line.takes_digits else Qt.KeyboardModifier.AltModifier
            self._press(digit, held=held)
            self.corrections.add(1 if line.takes_digits else 0, chords=0 if line.takes_digits else 1)
            return "digit" if line.takes_digits else "Alt and digit"
        if doubted and doubted.keys + 1 == shortest:
            self._replace(doubted)
        elif change.keys + 1 == shortest and change.move is not None:
            self._change(change)
        else:
            return self._type(wanted)
        assert line.text() == wanted
        self.corrections.add(shortest)
        self._confirm()
        return "doubtful letters" if doubted and doubted.keys + 1 == shortest else "changed in place"

    def _anew(self, wanted: str) -> int:
        """Keys that it takes to type this."""
        for count in range(1, len(wanted)) if self._foreseen else ():
            if self.panel.line.rest_of(wanted[:count]) == wanted[count:]:
                return count + 1
        return len(wanted) + 1

    def _type(self, wanted: str) -> str:
        line = self.panel.line
        for count, letter in enumerate(wanted, start=1):
            QTest.keyClicks(line, letter)
            if line.rest and line.text() + line.rest == wanted:
                self._press(Key.Key_Tab)
                self.corrections.add(count + 1)
                return "typed, the rest taken"
        self.corrections.add(len(wanted) + 1)
        self._confirm()
        return "typed"

    def _confirm(self) -> None:
        """The text is as it should be: Enter, or, for words behind it that are right as well, one of the other keys."""
        behind, right = self._behind()
        if not right:
            self._press(Key.Key_Return)
        elif right == behind:
            self._press(Key.Key_PageDown)
        else:
            self._press(Key(Key.Key_1 + right), held=Qt.KeyboardModifier.ControlModifier)
            # The key that it is pressed with, in place of Enter, is counted with the correction.
            self.passing.keys += 1
            self.passing.chords += 1
        self.passed += right

    def _behind(self) -> tuple[int, int]:
        """How many words are in sight behind the one that is shown, and how many of them, one after the other, are
        right.
        """
        run_until(self._app, lambda: not self._studio.lanes.files.busy)
        behind = self.panel.strip.shown
        right = itertools.takewhile(lambda card: self._is_right(card.place, card.word.text), behind)
        return len(behind), len(list(right))

    def _doubted(self, read: str, wanted: str) -> Doubted | None:
        """How it is corrected by replacing one of the parts that are doubted, if it is."""
        word = self.panel.reviewing.word
        parts = word_line.doubted_parts(doubtful_letters.rate_doubts(word.machine)) if word and word.machine else []
        for times, (start, end) in enumerate(parts, start=1):
            typed = wanted[start : len(wanted) - (len(read) - end)]
            if read[:start] + typed + read[end:] == wanted:
                return Doubted(times, typed)
        return None

    def _replace(self, doubted: Doubted) -> None:
        for _ in range(doubted.times):
            self._press(Key.Key_F2)
        if doubted.typed:
            QTest.keyClicks(self.panel.line, doubted.typed)
        else:
            self._press(Key.Key_Delete)

    def _change(self, way: Change) -> None:
        if way.move is not None:
            self._press(way.move)
            step, delete = (
                (Key.Key_Right, Key.Key_Delete) if way.move == Key.Key_Home else (Key.Key_Left, Key.Key_Backspace)
            )
            for key in [step] * way.steps + [delete] * way.deleted:
                self._press(key)
        QTest.keyClicks(self.panel.line, way.typed)

    def _fix_everywhere(self, wanted: str) -> set[Place]:
        """Where all that is ticked is right and it saves keys; these words are right now."""
        fixes = self._studio.window.fixes
        run_until(self._app, lambda: not self._studio.lanes.files.busy)
        if not fixes.has_offer:
            return set()
        self._press(Key.Key_F4)
        places = [each.key for each in fixes.list.changes.chosen()]
        saved = sum(fewest(self._text(place), wanted).keys + 1 for place in places)
        useful = saved > 2 and all(self._truths[place] == wanted for place in places)
        if useful:
            self._press(Key.Key_Return, fixes.list.tree)
            self.corrections.add(2)
            self.corrected += len(places)
            self.fixed += len(places)
        else:
            self._press(Key.Key_Escape, fixes.list.tree)  # nobody would have opened it
        run_until(self._app, lambda: QApplication.focusWidget() is self.panel.line)
        return set(places) if useful else set()

    def _text(self, place: Place) -> str:
        page = self._studio.document.history.page(place[0])
        assert page is not None
        return page.words[place[1]].text

    def _wrong(self) -> list[Place]:
        pages = {key: self._studio.document.history.page(key) for key in {place[0] for place in self._truths}}
        texts = {(key, at): word.text for key, page in pages.items() if page for at, word in page.words.items()}
        return [place for place, wanted in self._truths.items() if wanted is not None and texts[place] != wanted]

    def _press(self, key: Key, widget: object = None, *, held: Qt.KeyboardModifier = _NONE) -> None:
        target = widget or self.panel.line
        self._pressed = time.perf_counter(), time.thread_time()
        QTest.keyClick(target, key, held)  # type: ignore[call-overload]


def _measure(data: Path, folder: Path, order: QueueOrder, *, stay: bool, foreseen: bool) -> None:
    boards = read_boards.read(data, folder)
    known = {key: page for key in boards.project.page_ids() if (page := boards.project.load_page(key))}
    read = {place: known[place[0]].words[place[1]].text for place in boards.truths}
    wrong = [(read[place], true) for place, true in boards.truths.items() if true is not None and true != read[place]]
    app = QApplication(sys.argv[:1])
    window_app.use_theme("light")
    studio = window_app.Studio(Settings(read_when_opened=False, hints_seen=("tour",)), theme="light")
    studio.start([min(folder.glob("*.jpg"))])
    run_until(app, lambda: studio.document.page is not None and not studio.busy)
    expert = Expert(app, studio, boards.truths, foreseen=foreseen)
    expert.work(order, stay=stay)
    left = len(expert._wrong())
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    print(f"{len(read)} words, {len(wrong)} of them wrong; {boards.missed} true words have no box and are left out")
    print(
        f"corrected {expert.corrected}, {expert.fixed} of them by fix everywhere; passed by {expert.passed};", end=" "
    )
    print(f"still wrong {left}")
    for way, times in expert.ways.most_common():
        print(f"    {way:24}{times:4} words{expert.spent[way]:5} keys")
    whole = Effort()
    for each in (expert.corrections, expert.passing):
        whole.add(each.keys - 2 * each.chords, chords=each.chords)
    text = _measure_text(app, data, folder.with_name("again"))
    rows = {
        "the corrections alone": expert.corrections,
        "with the words passed by": whole,
        "in the text editor, both": text.effort,
    }
    _show(rows | others(wrong, len(known)), len(wrong))
    waits = np.array(expert.waits) * 1000
    for name, each in zip(("by the clock", "of the window’s own work"), waits.T, strict=True):
        middle, most = np.percentile(each, [50, 99])
        print(f"from the key to the next card {name}: median {middle:.0f} ms, p99 {most:.0f} ms")
    print(f"cards that were not there at once: {expert.cards - len(waits)} of {expert.cards}")


def _measure_text(app: QApplication, data: Path, folder: Path) -> TextExpert:
    """Correct the same photos in the text editor."""
    boards = read_boards.read(data, folder)
    studio = window_app.Studio(Settings(read_when_opened=False, hints_seen=("tour",)), theme="light")
    studio.start([min(folder.glob("*.jpg"))])
    run_until(app, lambda: studio.document.page is not None and not studio.busy)
    expert = TextExpert(studio, boards.truths, lambda done: run_until(app, done))
    expert.work()
    left = expert.still_wrong()
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    print(f"in the text editor: corrected {expert.corrected}, still wrong {left}")
    for way, times in expert.ways.most_common():
        print(f"    {way:24}{times:4} words")
    return expert


def _show(rows: dict[str, Effort], words: int) -> None:
    print(f"{'per wrong word':28}{'keys':>8}{'clicks':>8}{'actions':>9}{'seconds':>9}")
    for name, effort in rows.items():
        figures = (effort.keys, effort.clicks, effort.actions, effort.seconds)
        keys, clicks, actions, seconds = (each / words for each in figures)
        print(f"{name:28}{keys:8.2f}{clicks:8.2f}{actions:9.2f}{seconds:9.2f}")


def main() -> None:
    """Work, and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=Path("../shared/data"))
    asked.add_argument("--order", type=QueueOrder, default=QueueOrder.LEAST_SURE)
    asked.add_argument("--stay", action="store_true", help="confirm every word, to the last")
    asked.add_argument("--unforeseen", action="store_true", help="do not reckon with what will be shown while typing")
    chosen = asked.parse_args()
    with main_thread.temporary_home() as home:
        _measure(chosen.data, home / "boards", chosen.order, stay=chosen.stay, foreseen=not chosen.unforeseen)


if __name__ == "__main__":
    main()
