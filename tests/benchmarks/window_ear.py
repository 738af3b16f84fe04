"""What goes to the disk while somebody works in the window, said as it happens; and its states, to be compared."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
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
        self._save = self._autosave.save
        self._autosave.save = self._hear_saving  # type: ignore[method-assign]
        self._autosave.saved.connect(lambda: self.say("saved"))
        self._autosave.failed.connect(lambda why: self.say("trouble", why=why))
        ear, write = self, SafeFolder.replace

        def hear(folder: SafeFolder, name: str, data: bytes, *, flush: bool = True) -> None:
            ear.hear_file(folder.full(name), data, lambda: write(folder, name, data, flush=flush))

        SafeFolder.replace = hear  # type: ignore[method-assign,assignment]

    def say(self, what: str, **more: object) -> None:
        # One write call, so that a line is there whole or not at all.
        os.write(1, (json.dumps({"at": time.monotonic(), "what": what, **more}) + "\n").encode())

    def _hear_saving(self, project: Project, pages: Iterable[Page], log: bytes = b"") -> None:
        found = list(pages)
        self._save(project, found, log)
        items = [item_digest(json.loads(line)) for line in log.splitlines()]
        if found or items:
            self.say("did", pages={page.id: digest(page) for page in found}, items=items)

    def hear_file(self, path: Path, data: bytes, write: Callable[[], None]) -> None:
        """A file is about to be replaced."""
        kept = path.suffix == ".json" and path.parent.name != "pages"
        what = {"path": str(path), "content": hashlib.blake2b(data, digest_size=10).hexdigest()}
        if kept:
            self.say("writing", **what)
        write()
        if kept:
            self.say("written", **what)
