"""Somebody works in the window while its disk is full, and goes on when there is room again.

``python -m tests.benchmarks.full_disk DIR``, DIR being an empty disk of some 30 MB that may be filled, or on Linux
without DIR, which makes a small one in memory, where that is permitted. What is not kept in the end, or was not said,
is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ocr_studio.core import paths, settings
from ocr_studio.core.editing import edits, replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.page import Page
from ocr_studio.core.project import project_words, undo_log
from ocr_studio.core.project.last_session import SessionFile
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.jobs.review import load_lexicon
from ocr_studio.ui.app import app
from ocr_studio.ui.app.app import Studio
from tests.ui import made_board
from tests.ui.made_board import StandInOcrService

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = 3
# In front of a command, on Linux: it may mount what it likes, and nobody else sees that.
OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")
SIZE = "48m"


class Story:
    """A window on such a disk, and what it has said."""

    def __init__(self, disk: Path) -> None:
        self.disk, self.photos, self.filler = disk, disk / "boards", disk / "filler"
        for number in range(1, PHOTOS + 1):
            made_board.write_photo(self.photos / f"board {number}.png", number)
        self.status: list[str] = []
        self.wrong: list[str] = []
        load_lexicon.load_lexicon = lambda _: made_board.LEXICON  # type: ignore[attr-defined,assignment]
        self.studio = Studio(settings.Settings(hints_seen=("tour",)), ocr_service=StandInOcrService())
        self.window, self.document = self.studio.window, self.studio.document
        self._show = self.window.messages.show_message
        self.window.messages.show_message = self._hear  # type: ignore[method-assign]
        self.window.view.message.connect(self.status.append)

    def _hear(self, text: str, *more: Any, **named: Any) -> None:
        self.status.append(text)
        self._show(text, *more, **named)

    def until(self, done: Callable[[], object], what: str) -> None:
        for _ in range(1000):
            if done():
                return
            QTest.qWait(20)
        self.wrong.append(f"never: {what}")

    def told(self, *parts: str) -> None:
        """Somewhere it must have been said."""
        self.until(lambda: any(all(part in text for part in parts) for text in self.status), f"told of {parts}")

    def open(self, name: str) -> None:
        self.studio.opening.open_paths([self.photos / name])
        self.until(lambda: self.studio.opening.path == self.photos / name and not self.studio.busy, f"opened {name}")

    def write(self, text: str) -> None:
        page = self.document.page
        assert page is not None
        self.document.push(edits.write(page, self.document.order()[0], text))

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """No byte more fits while it lasts."""
        with open(self.filler, "wb", buffering=0) as stream:
            size = 1 << 20
            while size:
                try:
                    stream.write(bytes(size))
                except OSError:
                    size //= 2
        yield
        self.filler.unlink()

    # ------------------------------------------------------------------------------------------------------ the story

    def play(self) -> None:
        """Open and read, fill the disk, do a little of everything, make room, be killed."""
        self.studio.start([self.photos / "board 1.png"])
        self.until(lambda: self.document.page is not None and not self.studio.busy, "opened")
        self.open("board 2.png")
        self.until(lambda: not self.studio.autosave.unsaved, "saved at first")
        with self.full():
            self.work()
        self.until(lambda: not self.studio.autosave.unsaved, "saved when there was room")
        self.until(lambda: settings.load() == self.studio.settings, "settings saved when there was room")
        QTest.qWait(4000)  # what is tried again is tried now and then
        shown = [text for text in self.window.messages.texts() if "text.txt" not in text and "board.png" not in text]
        if shown:
            self.wrong.append(f"still shown: {shown}")
        self.check()

    def work(self) -> None:
        """All that writes anything."""
        self.write("written on a full disk")
        self.told("board 2.png", "the disk is full", "retried automatically")
        project = self.studio.opening.project
        assert project is not None
        self.open("board 3.png")  # never read: its first words come now, and a small picture of it
        self.write("another")
        pages = {key: page for key in project.summaries() if (page := self.document.history.page(key))}
        many = {key: edits.write(page, next(iter(page.words)), "everywhere") for key, page in pages.items()}
        self.document.history.push(Step("Everywhere", many))
        self.studio.window.action_set["undo"].trigger()
        self.studio.window.action_set["redo"].trigger()
        self.document.select(self.document.order()[2:4])  # where they are is kept in the session
        self.studio.change_settings(replace(self.studio.settings, box_opacity=0.5))
        self.told("settings.json", "No space", "Free up disk space")
        self.window.texts.spelling.spelling.add("zebra")
        self.told("words.json", "No space", "Free up disk space")
        self.window.rules._keep((Rule("a", "b"),))
        self.told("rules.json", "No space", "Free up disk space")
        self.window.texts.panel.open()
        QTest.keyClicks(self.window.texts.panel.note, "a note")
        self.exports()
        index = self.studio.index_service.index
        assert index is not None
        self.window.find_panel.begin("everywhere")
        QTest.qWait(2000)
        for _ in range(20):
            QTest.keyClick(self.studio.window, Qt.Key.Key_Down)  # it still answers

    def exports(self) -> None:
        text, picture = self.disk / "text.txt", self.disk / "cleaned board.png"
        self.window.exporter.save(text, FORMATS["text"])
        self.told("text.txt", "No space", "Free up disk space")
        self.window.board_saving.save(picture)
        self.told("cleaned board.png", "No space", "Free up disk space")
        if text.exists() or picture.exists():
            self.wrong.append("half an export was left")

    def check(self) -> None:
        """What another program finds, this one being killed now."""
        project = self.studio.opening.project
        assert project is not None
        shown: dict[str, Page | None] = {key: self.document.history.page(key) for key in project.page_ids()}
        fresh = Project.open(self.photos)
        for key, page in shown.items():
            if fresh.load_page(key, aside=False) != page:
                self.wrong.append(f"page {key[:6]} is not as it was on the screen")
        course = undo_log.load(fresh.files)
        stack = self.document.undo_stack
        if (len(course.steps), course.index) != (stack.count(), stack.index()):
            self.wrong.append(f"history: {len(course.steps)} steps for {stack.count()}")
        if [str(step.name) for step in course.steps] != [stack.text(number) for number in range(stack.count())]:
            self.wrong.append("history: other steps")
        if "zebra" not in project_words.load_added(fresh.files):
            self.wrong.append("the word that was added is lost")
        if replace_rules.load_rules(paths.config_dir()) != (Rule("a", "b"),):
            self.wrong.append("the rules are lost")
        self.studio.window.session.leave()
        last = SessionFile().begin()
        place = last.place if last else None
        if place is None or place.photo.name != "board 3.png" or set(place.selection) != self.document.selection:
            self.wrong.append(f"session: {place}")
        index = self.studio.index_service.index
        assert index is not None
        if {hit.page_id for hit in index.find("everywhere")} != set(shown):
            self.wrong.append("the index does not know what was written")
        left = [*self.disk.rglob("*.tmp")]
        if left:
            self.wrong.append(f"left: {left}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("disk", type=Path, nargs="?")
    options = parser.parse_args()
    if options.disk is None:
        script = f'mount -t tmpfs -o size={SIZE} none "$0" && exec "$1" -m tests.benchmarks.full_disk "$0"'
        with tempfile.TemporaryDirectory() as place:
            command = [*OWN_MOUNTS, "sh", "-c", script, place, sys.executable]
            return subprocess.run(command, cwd=ROOT, check=False).returncode
    os.environ |= {"OCR_STUDIO_HOME": str(options.disk / "home"), "QT_QPA_PLATFORM": "offscreen"}
    qt = QApplication([])
    app.use_theme("light")
    story = Story(options.disk)
    story.play()
    for text in dict.fromkeys(story.status):
        print("said:", text)
    for text in story.wrong:
        print("WRONG:", text)
    sys.stdout.flush()
    del qt
    os._exit(bool(story.wrong))  # as if it were killed


if __name__ == "__main__":
    sys.exit(main())
