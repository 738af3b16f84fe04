"""Projects whose photos are drawn, some of their words checked, and datasets made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import Dataset, ExportOptions, Report
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project import Project

WIDTH, HEIGHT = 480, 240
LINES = (("Ship", "the", "new", "build"), ("ask", "Anna", "about", "queues"))


def drawn(seed: int) -> NDArray[np.uint8]:
    """(240, 480, 3) uint8 RGB with the words of LINES at ``place``, each photo another one."""
    photo = np.full((HEIGHT, WIDTH, 3), 240 - seed, np.uint8)
    noise = np.random.default_rng(seed).integers(0, 12, photo.shape, np.uint8)
    for row, line in enumerate(LINES):
        for column, text in enumerate(line):
            spot = 12 + 115 * column, 60 + 80 * row
            cv2.putText(photo, text, spot, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 30, 90), 2)
    return np.asarray(photo - noise, np.uint8)


def place(row: int, column: int) -> Quad:
    """Where a word of LINES stands."""
    return Quad.from_box(10 + 115 * column, 36 + 80 * row, 110 + 115 * column, 70 + 80 * row)


def read(key: str, text: str, quad: Quad, confidence: float = 0.9) -> Word:
    """A word as a machine reads it."""
    return Word(
        key, quad, machine=Transcription(text, TextSource.MODEL, confidence, "small", "2026-01-02T03:04:05+00:00")
    )


def checked(word: Word, text: str | None = None) -> Word:
    """A word that a person has checked; text: what they wrote, None: what the machine had read."""
    read_text = word.machine.text if word.machine else ""
    written = read_text if text is None else text
    return replace(word, human=Transcription(written, TextSource.HUMAN, when="2026-01-02T03:04:06+00:00"))


def words(number: int) -> list[Word]:
    """All words of LINES on photo ``number``, read and checked; the last one was misread."""
    found = [
        read(f"{number:06x}{row}{column}", text, place(row, column))
        for row, line in enumerate(LINES)
        for column, text in enumerate(line)
    ]
    wrong = found[-1]
    assert wrong.machine is not None
    misread = replace(wrong, machine=replace(wrong.machine, text="queves"))
    return [*(checked(word) for word in found[:-1]), checked(misread, "queues")]


def project(folder: Path, pages: Sequence[Sequence[Word]]) -> Project:
    """A project with a drawn photo for each page, "board 1.png" …, and these words on them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Project.open(folder)
    for number, found in enumerate(pages, start=1):
        photo = folder / f"board {number}.png"
        photo_file.save_png(photo, drawn(number))
        by_id = {word.id: word for word in found}
        made.save_page(Page(photo_file.compute_content_id(photo), photo.name, WIDTH, HEIGHT, by_id))
    made.unlock()
    return Project.open(folder)


def exported(made: Project, folder: Path, layout: str = "ocr-studio", unit: str = "words") -> Report:
    """The report of a dataset that is written."""
    sources = dataset_sources.from_project(made)
    *_, report = dataset.export(sources.pages, folder, ExportOptions(layout, unit), trouble=sources.trouble)
    assert isinstance(report, Report)
    return report


def three_boards(folder: Path, layout: str = "ocr-studio", unit: str = "words") -> Dataset:
    """A dataset of three photos of which every word is checked, beside them in ``folder``/data."""
    made = project(folder / "photos", [words(number) for number in (1, 2, 3)])
    exported(made, folder / "data", layout, unit)
    return dataset.read(folder / "data")
