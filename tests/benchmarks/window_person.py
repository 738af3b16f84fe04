"""Somebody at work in the real window until it is killed; started by ``kill_window``, which hears what they say.

They do a little of everything, in bursts and pauses: write, accept, set aside, move, undo, the review queue, fixing
everywhere, finding and replacing on all photos, rules, batch reading, tags, notes, the reading order, the board's
corners, spelling words and settings. What they say is a line of JSON each, with the moment.
"""

from __future__ import annotations

import argparse
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ocr_studio.core import paths, settings
from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.page import Word, new_id
from ocr_studio.core.project.last_session import ViewState
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import index_packing
from ocr_studio.jobs.review import load_lexicon
from ocr_studio.ui.app import app
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.photos.metadata_dialog import MetadataChange
from ocr_studio.ui.search.rules_dialog import RulesDialog
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from tests.benchmarks.window_ear import Ear, digest, items
from tests.ui import made_board
from tests.ui.made_board import StandInOcrService, StandInReader

KEY = Qt.Key
TEXTS = ("queues", "Anna", "about", "x = 7", "Ship", "build", "queues", "r/n", "12/3", "the")
# How many steps are taken back, and done again, after each start.
STEPS_BACK = 5


class Reader(StandInReader):
    """As the recognizer does, it gives ids that no other word has."""

    def read_lines(self, image: NDArray[np.uint8], lines: list[int]) -> Iterator[tuple[int, list[Word]]]:
        for row, words in super().read_lines(image, lines):
            yield row, [replace(word, id=new_id()) for word in words]


class Person(QObject):
    """Begins by going on where they were, taking steps back and doing them again; then does whatever comes to mind."""

    def __init__(self, studio: Studio, ear: Ear, photos: Path, seed: int) -> None:
        super().__init__()
        self.studio, self.ear, self.photos = studio, ear, photos
        self.window, self.document, self.actions = studio.window, studio.document, studio.window.action_set
        self.random = random.Random(seed)
        self.back = self.again = STEPS_BACK
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.step)
        self.complete = self.leaves = False
        studio.opening.opened.connect(lambda event: ear.say("photo", name=event.path.name))
        studio.index_service.finished.connect(self._note_index)
        self.document.history.refused.connect(lambda why: ear.say("refused", why=why))

    def begin(self) -> None:
        """After the start: what is offered, and then to go on."""
        offer: ViewState | None = self.window.session.offer
        self.ear.say("offer", photo=offer.photo.name if offer else None)
        if offer:
            self.actions["go_on"].trigger()
        else:
            self.studio.opening.open_paths([self.photos])
        self.timer.timeout.disconnect(self.step)
        self.timer.timeout.connect(self._wait)
        self.timer.start(20)

    def _note_index(self) -> None:
        self.complete = True

    def _wait(self) -> None:
        if not self.complete or self.document.page is None or self.studio.busy or self.studio.autosave.unsaved:
            self.timer.start(20)
            return
        project = self.studio.opening.project
        assert project is not None
        self.ear.say("index", wrong=self._wrong_in_index(project))
        self.ear.say("begun", items=len(items(project.folder)), steps=self.document.undo_stack.index())
        self.timer.timeout.disconnect(self._wait)
        self.timer.timeout.connect(self._walk)
        self.timer.start(0)

    def _wrong_in_index(self, project: Project) -> int:
        """How many pages the index knows otherwise than their files, or not at all."""
        index = self.studio.index_service.index
        assert index is not None
        rows = {row.page_id: row for row in index.pages()}
        pages = {key: page for key in project.page_ids() if (page := project.load_page(key, aside=False))}
        wrong = len(rows.keys() ^ pages.keys())
        for key, page in pages.items() if rows.keys() >= pages.keys() else ():
            # In another order the mean is another one, at its fifteenth digit.
            row, meant = (
                replace(each, seen="", mean=None) for each in (rows[key], index_packing.make_page_row(page, ""))
            )
            wrong += row != meant
            text = next((word.text for word in page.words.values() if len(word.text) > 2), "")
            found = {hit.page_id for hit in index.find(f'"{text}"', 1000)} if text else {key}
            wrong += key not in found
        return wrong

    def _walk(self) -> None:
        """Some steps back and again, by the menu, each told."""
        stack = self.document.undo_stack
        if self.back and stack.canUndo():
            self.back -= 1
            self.actions["undo"].trigger()
            self._tell_walk()
        elif self.again > self.back and stack.canRedo():
            self.again -= 1
            self.actions["redo"].trigger()
            self._tell_walk()
        else:
            self.ear.say("at work")
            self.timer.timeout.disconnect(self._walk)
            if self.leaves:
                self.actions["read_unread"].trigger()
                self.timer.timeout.connect(self._leave)
                self.timer.start(200)
                return
            self.timer.timeout.connect(self.step)
        self.timer.start(30)

    def _leave(self) -> None:
        if self.window.photos_panel.batch.busy or self.studio.busy:
            self.timer.start(50)
        else:
            self.studio.window.close()

    def _tell_walk(self) -> None:
        project = self.studio.opening.project
        assert project is not None
        pages = {key: digest(self.document.history.page(key)) for key in project.page_ids()}
        self.ear.say("walked", index=self.document.undo_stack.index(), pages=pages)

    # -------------------------------------------------------------------------------------------------------- deeds

    def step(self) -> None:
        """One deed, then a moment of thought."""
        deeds: list[tuple[int, Callable[[], None]]] = [
            (8, self.write), (3, self.accept), (3, self.press), (5, self.undo), (2, self.redo), (3, self.go),
            (5, self.review), (4, self.fix), (4, self.replace), (3, self.rules), (2, self.batch), (3, self.tag),
            (3, self.note), (2, self.order), (2, self.board), (2, self.spell), (2, self.set), (1, self.shut),
        ]  # fmt: skip
        weights, calls = zip(*deeds, strict=True)
        (deed,) = self.random.choices(calls, weights)
        if self.document.page is not None and self.document.page.words:
            deed()
        elif not self.studio.busy:
            self.random.choice((self.go, self.actions["read_page"].trigger))()
        self.ear.say("tick", deed=deed.__name__)
        pause = self.random.random() < 0.06
        self.timer.start(self.random.randint(300, 1200) if pause else self.random.randint(0, 60))

    def one(self) -> str:
        assert self.document.page is not None
        key = self.random.choice(sorted(self.document.page.words))
        self.document.select([key])
        return key

    def text(self) -> str:
        return self.random.choice(TEXTS) + self.random.choice(("", "", "s", str(self.random.randint(0, 99))))

    def write(self) -> None:
        self.one()
        self.actions["edit_text"].trigger()
        editor = self.studio.window.view.editing.panel.editor
        editor.selectAll()
        QTest.keyClicks(editor, self.text())
        QTest.keyClick(editor, KEY.Key_Return)

    def accept(self) -> None:
        self.one()
        self.actions[self.random.choice(("accept_next", "accept_here", "unaccept"))].trigger()

    def press(self) -> None:
        self.one()
        names = (
            "alternative_2",
            "unreadable",
            "ignore",
            "lock",
            "rotate_left",
            "copy",
            "paste",
            "delete",
            "read_words",
        )
        self.actions[self.random.choice(names)].trigger()

    def undo(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.actions["undo"].trigger()

    def redo(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.actions["redo"].trigger()

    def go(self) -> None:
        self.actions[self.random.choice(("next_photo", "previous_photo"))].trigger()

    def review(self) -> None:
        panel = self.window.review
        if not panel.isVisible():
            self.actions["review"].trigger()
        elif panel.card.has_card:
            kind = self.random.randrange(8)
            if kind < 3:
                QTest.keyClicks(panel.line, self.text())
            key = (KEY.Key_F7, KEY.Key_F8, KEY.Key_F9)[kind - 5] if kind > 4 else KEY.Key_Return
            QTest.keyClick(panel.line, key)

    def fix(self) -> None:
        fixes = self.window.fixes
        if fixes.has_offer:
            fixes.begin()
            QTest.keyClick(fixes.list.tree, KEY.Key_Return)
        else:
            self.write()

    def replace(self) -> None:
        panel = self.window.find_panel
        if panel.isVisible() and panel.list.apply.isEnabled():
            QTest.mouseClick(panel.list.apply, Qt.MouseButton.LeftButton)
        else:
            self.actions["replace"].trigger()
            page = self.document.page
            assert page is not None
            panel.line.setText(page.words[self.one()].text)
            panel.by.setText(self.text())

    def rules(self) -> None:
        """All photos at once, by a rule."""
        for preview in self.studio.window.findChildren(ChangesDialog):
            if preview.isVisible():
                if preview.take.isVisible() and preview.take.isEnabled():
                    preview.take.click()
                else:
                    preview.reject()
                return
        page = self.document.page
        assert page is not None
        replace_rules.save_rules(paths.config_dir(), [Rule(page.words[self.one()].text, self.text(), whole=True)])
        self.actions["rules"].trigger()
        for dialog in self.studio.window.findChildren(RulesDialog):
            if dialog.isVisible():
                dialog.everywhere.click()

    def batch(self) -> None:
        if not self.window.photos_panel.batch.busy:
            self.studio.window.photos.selectAll()
            self.actions[self.random.choice(("read_chosen", "read_unread"))].trigger()

    def tag(self) -> None:
        photos = self.random.sample(sorted(self.photos.glob("*.png")), 3)
        change = MetadataChange(self.random.choice((None, "Anna", "Ben")), (self.text(),), (self.text(),))
        self.window.photos_panel._set_metadata(photos, change)

    def note(self) -> None:
        self.window.texts.panel.open()
        QTest.keyClicks(self.window.texts.panel.note, self.text() + " ")

    def order(self) -> None:
        self.one()
        self.actions[self.random.choice(("read_earlier", "read_later", "computed_order"))].trigger()

    def board(self) -> None:
        board = self.window.board
        board.open()
        self.random.choice((board.whole, board.find_again, *board.switches.values())).click()

    def spell(self) -> None:
        self.window.texts.spelling.spelling.add(f"word{self.random.randint(0, 999)}")

    def set(self) -> None:
        chosen = self.studio.settings
        keys = {"snap": (f"Ctrl+Alt+F{self.random.randint(1, 12)}",)}
        self.studio.change_settings(replace(chosen, box_opacity=self.random.uniform(0.2, 1), keys=keys))

    def shut(self) -> None:
        for panel in (self.window.board, self.window.review, self.window.find_panel, self.window.texts.panel):
            panel.close()


def slow_disk() -> None:
    """A disk that takes up to 15 ms for what takes none of the time here: so more of the kills fall into it."""

    def slowed(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                time.sleep(random.uniform(0, 0.015))
            return real(*given, **named)

        return call

    os.fsync, os.replace = slowed(os.fsync), slowed(os.replace)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leave", action="store_true", help="close the window once it is at work")
    options = parser.parse_args()
    # The real table of words takes seconds to be read.
    load_lexicon.load_lexicon = lambda _: made_board.LEXICON  # type: ignore[attr-defined,assignment]
    slow_disk()
    qt = QApplication([])
    app.use_theme("light")
    studio = Studio(settings.load(), ocr_service=StandInOcrService(Reader(pause=0.01)))
    ear = Ear(studio)
    person = Person(studio, ear, options.photos, options.seed)
    person.leaves = options.leave
    studio.start([])
    QTimer.singleShot(0, person, person.begin)
    status = qt.exec()
    studio.stop()
    studio.autosave.flush()
    return status


if __name__ == "__main__":
    raise SystemExit(main())
