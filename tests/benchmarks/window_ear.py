"""What goes to the disk while somebody works in the window, said as it happens; and its states, to be compared."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import Page
from ocr_studio.core.project import page_file, undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.ui.app.app import Studio


def digest(page: Page | None) -> str:
    """What a person has made of a page: its words, and what is said of it."""
    if page is None:
        return ""
    plain = replace(page, read_at=None, image="x.png")
    return hashlib.blake2b(page_file.encode(plain), digest_size=10).hexdigest()


def items(folder: Path) -> list[dict[str, Any]]:
    """What the file of the history tells, one thing after the other."""
    with contextlib.suppress(FileNotFoundError):
        data = (folder / undo_log.FILE).read_bytes()
        return [json.loads(json.dumps(_plain(line))) for line in undo_log._lines(data, folder / undo_log.FILE)]
    return []


def _plain(line: Any) -> Any:
    step = line.get("do")
    return {"do": json.loads(undo_log.done_line(step))["do"]} if step else line


def item_digest(item: object) -> str:
    return hashlib.blake2b(json.dumps(item, sort_keys=True).encode(), digest_size=10).hexdigest()


class Ear(QObject):
    """Hears what goes to the disk and says it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._autosave = studio.autosave
        self._pages: dict[str, str] = {}
        self._items: list[str] = []
        self._depth = 0
        self._keep, self._tell, self._together = (
            self._autosave.keep, self._autosave.tell, self._autosave.together,
        )  # fmt: skip
        self._autosave.keep = self._hear_page  # type: ignore[method-assign]
        self._autosave.tell = self._hear_lines  # type: ignore[method-assign]
        self._autosave.together = self._hear_together  # type: ignore[method-assign]
        self._autosave.saved.connect(lambda: self.say("saved"))
        self._autosave.failed.connect(lambda why: self.say("trouble", why=why))
        ear, write = self, SafeFolder.replace

        def hear(folder: SafeFolder, name: str, data: bytes, *, flush: bool = True) -> None:
            ear.hear_file(folder.full(name), data, lambda: write(folder, name, data, flush=flush))

        SafeFolder.replace = hear  # type: ignore[method-assign,assignment]

    def say(self, what: str, **more: object) -> None:
        # One write call, so that a line is there whole or not at all.
        os.write(1, (json.dumps({"at": time.monotonic(), "what": what, **more}) + "\n").encode())

    def _hear_page(self, project: Project, page: Page) -> None:
        self._pages[page.id] = digest(page)
        self._keep(project, page)
        self._end()

    def _hear_lines(self, project: Project, lines: bytes) -> None:
        self._items += [item_digest(json.loads(line)) for line in lines.splitlines()]
        self._tell(project, lines)
        self._end()

    @contextlib.contextmanager
    def _hear_together(self) -> Iterator[None]:
        self._depth += 1
        with self._together():
            yield
        self._depth -= 1
        self._end()

    def _end(self) -> None:
        if not self._depth and (self._pages or self._items):
            self.say("did", pages=self._pages, items=self._items)
            self._pages, self._items = {}, []

    def hear_file(self, path: Path, data: bytes, write: Callable[[], None]) -> None:
        """A file is about to be replaced."""
        kept = path.suffix == ".json" and path.parent.name != "pages"
        what = {"path": str(path), "content": hashlib.blake2b(data, digest_size=10).hexdigest()}
        if kept:
            self.say("writing", **what)
        write()
        if kept:
            self.say("written", **what)
