"""A shared folder for tests: photos, a project, and all ways out of the folder that a stranger could try."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Transcription
from ocr_studio.core.project.project import Project
from tests.core.made_pages import page_of, read_word

# Written on the photo outside.
SECRET = "SECRET"


def make_shared(tmp_path: Path) -> Path:
    """Make "boards" with board.png (read: "load balancer"), new.png (not read) and 2026/scan.tif (two pages)."""
    folder = tmp_path / "boards"
    (folder / "2026").mkdir(parents=True)
    photo_file.save_png(folder / "board.png", np.full((60, 80, 3), 200, np.uint8))
    photo_file.save_png(folder / "new.png", write("Queue", "Balancer"))
    grey = Image.new("L", (40, 30), 200)
    grey.save(folder / "2026" / "scan.tif", save_all=True, append_images=[Image.new("L", (40, 30), 90)])
    (folder / "notes.txt").write_text("not a photo")
    page = page_of(replace(read_word("laod", 100), human=Transcription.by_human("load")), read_word("balancer", 190))
    keep(folder, "board.png", page)
    return folder


def keep(folder: Path, photo: str, page: Page) -> None:
    """Save a page as that of a photo in this folder."""
    project = Project.open(folder)
    project.save_page(replace(page, id=photo_file.compute_content_id(folder / photo), image=photo))
    project.unlock()


def add_ways_out(folder: Path) -> Path:
    """Add links that lead out of the folder, to "private" beside it. Returns that."""
    private = folder.parent / "private"
    private.mkdir()
    photo_file.save_png(private / "secret.png", write(SECRET))
    keep(private, "secret.png", page_of(read_word(SECRET, 100)))
    (folder / "link.png").symlink_to(private / "secret.png")
    (folder / "linked").symlink_to(private, target_is_directory=True)
    (folder / "2026" / "up").symlink_to("..", target_is_directory=True)
    os.mkfifo(folder / "pipe.png")
    return private


def write(*lines: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Draw lines of text on a board, (H, W, 3) uint8."""
    picture = np.full((120 * len(lines) + 80, 900, 3), 245, np.uint8)
    for row, line in enumerate(lines):
        cv2.putText(picture, line, (60, 120 * (row + 1)), cv2.FONT_HERSHEY_SIMPLEX, 3, (30, 30, 60), 6, cv2.LINE_AA)
    return picture


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in a folder: the time of change and the bytes of each file, by name."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[path.relative_to(folder).as_posix()] = (status.st_mtime_ns, data)
    return found
