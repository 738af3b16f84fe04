"""A scripted expert that corrects photos in the text editor of the real window, by real key events; see ``keystrokes``.

It goes from word in doubt to word in doubt by Tab, or clicks where the fewest keys are left, and then takes an
alternative by its digit or by a click on its button, types over the selected word, or changes letters in place,
whichever is shortest; of equally short ways one without the mouse. Right words are passed without a key; a right word
in doubt costs the Tab that leaves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from rapidfuzz.distance import Postfix, Prefix

from ocr_studio.core.page import Page, Word
from ocr_studio.core.review import suggestions
from ocr_studio.core.review.queue import Place
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.document import commands
from ocr_studio.ui.text import text_marks
from tests.benchmarks.key_counts import Effort

Key = Qt.Key
_NONE: Final = Qt.KeyboardModifier.NoModifier
_ALT: Final = Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True)
class _Way:
    """How a word is corrected. tabs: to get there; None: by a click. letter: where the click goes, or the arrow key,
    counted from the end if ``behind``.
    """

    cost: int
    name: str
    tabs: int | None
    alternative: int = -1
    letter: int = 0
    behind: bool = False
    deleted: int = 0
    typed: str = ""


class TextExpert:
    """Corrects one photo after the other in the text editor."""

    def __init__(
        self, studio: Studio, truths: dict[Place, str | None], run_until: Callable[[Callable[[], bool]], None]
    ):
        self._studio, self._truths, self._run_until = studio, truths, run_until
        self._editor = studio.window.texts.panel.text
        self._spelling = studio.window.texts.spelling.spelling
        self._prompter = studio.window.texts.prompter
        self._buttons = studio.window.texts.panel.choices.buttons
        self.effort = Effort()
        self.ways: Counter[str] = Counter()
        self.corrected = 0

    def work(self) -> None:
        """Correct everything."""
        self._studio.window.action_set["text_panel"].trigger()
        self.effort.add(chords=1)
        for page_id in dict.fromkeys(place[0] for place in self._truths):
            self._studio.opening.open_page(page_id)
            self._run_until(partial(self._is_open, page_id))
            self.effort.add(chords=1)
            self._editor.setFocus()
            QTest.keyClick(self._editor, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
            wrong = [key for key in self._studio.document.order() if self._is_wrong(self._page(), key)]
            for key in wrong:
                self._correct(key)
            self._editor.finish()

    def still_wrong(self) -> int:
        """Count the words that are not as they should be; a box of several words may have been split."""
        count = 0
        for (page_id, key), wanted in self._truths.items():
            page = self._studio.document.history.page(page_id)
            word = page.words.get(key) if page else None
            text = word.text if word else ""
            count += wanted is not None and text not in (wanted, *wanted.split()[:1])
        return count

    def _is_open(self, page_id: str) -> bool:
        return self._page().id == page_id and not self._studio.busy

    def _page(self) -> Page:
        page = self._studio.document.page
        assert page is not None
        return page

    def _is_wrong(self, page: Page, key: str) -> bool:
        wanted = self._truths.get((page.id, key))
        return wanted is not None and page.words[key].text != wanted

    def _correct(self, key: str) -> None:
        word = self._page().words[key]
        wanted = self._truths[self._page().id, key]
        assert wanted is not None
        ways = self._find_ways(word, wanted, self._count_tabs(key))
        way = min(ways, key=lambda each: (each.cost, each.tabs is None))
        self.ways[way.name] += 1
        self.corrected += 1
        if way.tabs is None:
            start, _ = self._editor.typed.place_of(key)
            cursor = self._editor.textCursor()
            cursor.setPosition(start + way.letter)
            self._editor.setTextCursor(cursor)
            self.effort.add(clicks=1)
        for _ in range(way.tabs or 0):
            self._press(Key.Key_Tab)
        if way.alternative >= 0 and way.tabs is None:
            button = self._buttons[way.alternative]
            assert button.isVisible()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            self.effort.add(clicks=1)
            return
        if way.alternative >= 0:
            digit = Key(Key.Key_1 + way.alternative)
            if self._editor.choices.takes_digits:
                self._press(digit)
            else:
                QTest.keyClick(self._editor, digit, _ALT)
                self.effort.add(chords=1)
            return
        if way.name == "changed in place":
            there, on = (Key.Key_Right, Key.Key_Left) if way.behind else (Key.Key_Left, Key.Key_Right)
            self._press(there)
            for _ in range(way.letter):
                self._press(on)
        for _ in range(way.deleted):
            self._press(Key.Key_Backspace if way.behind else Key.Key_Delete)
        for letter in way.typed:
            self._type(letter)

    def _find_ways(self, word: Word, wanted: str, tabs: int | None) -> list[_Way]:
        text = word.text
        head = Prefix.similarity(text, wanted)
        tail = Postfix.similarity(text[head:], wanted[head:])
        deleted, typed = len(text) - head - tail, wanted[head : len(wanted) - tail]
        found = [_Way(1 + deleted + len(typed), "clicked", None, letter=head, deleted=deleted, typed=typed)]
        offered = self._prompter.texts(word, most=commands.CHOICES)
        if wanted in offered:
            found.append(_Way(2, "alternative clicked", None, offered.index(wanted)))
        if tabs is not None:
            if wanted in offered:
                keys = 2 if suggestions.may_begin_with_digit(offered) else 1
                found.append(_Way(tabs + keys, "alternative", tabs, offered.index(wanted)))
            if wanted:
                found.append(_Way(tabs + len(wanted), "typed over", tabs, typed=wanted))
            else:
                found.append(_Way(tabs + 1, "deleted", tabs, deleted=1))
            for letter, behind in ((head, False), (tail, True)):
                cost = tabs + 1 + letter + deleted + len(typed)
                way = _Way(cost, "changed in place", tabs, letter=letter, behind=behind, deleted=deleted, typed=typed)
                found.append(way)
        return found

    def _count_tabs(self, key: str) -> int | None:
        """Count how many words in doubt Tab goes through to this one; None if it does not stop there."""
        self._editor.finish()
        page, place = self._page(), self._editor.textCursor()
        if page.words[key].id == self._studio.document.current and place.hasSelection():
            return 0
        start, _ = self._editor.typed.place_of(key)
        between = [
            each
            for each in self._studio.document.order()
            if each in page.words
            and page.words[each].text
            and place.selectionEnd() <= self._editor.typed.place_of(each)[0] <= start
            and text_marks.needs_a_look(page.words[each], self._spelling)
        ]
        return len(between) if between[-1:] == [key] else None

    def _press(self, key: Key) -> None:
        QTest.keyClick(self._editor, key, _NONE)
        self.effort.add(1)

    def _type(self, letter: str) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self._editor, QKeyEvent(kind, 0, _NONE, letter))
        self.effort.add(1)
