"""Which words are found that are likely the same as a corrected one, on photos with the same word drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Transcription, Word
from ocr_studio.core.project.project import PageDamaged, Project
from ocr_studio.core.review.fix_everywhere import Correction, LookAlike
from ocr_studio.jobs.review import find_similar
from ocr_studio.jobs.review.find_similar import CorrectedLooks
from tests.core.made_pages import page_of, read_word
from tests.core.made_projects import page_path


def misread(key: str, x: float) -> Word:
    return read_word("queves", x, key=key, width=110)


def write_page(folder: Path, name: str, *words: Word) -> Page:
    """Write a photo on which each word is drawn as it was read, and return its page."""
    image = np.full((240, 480, 3), 245, np.uint8)
    for word in words:
        left, _, _, bottom = word.quad.bounds()
        assert word.machine is not None
        place = (round(left) + 2, round(bottom) - 8)
        cv2.putText(image, word.machine.text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 30, 90), 2)
    photo_file.save_png(folder / name, image)
    _, page_id = photo_file.open_photo_with_id(folder / name)
    return replace(page_of(*words, image=name), id=page_id, width=480, height=240)


@pytest.fixture
def boards(tmp_path: Path) -> tuple[Page, Page]:
    """The page with the corrected word, and another one; both are saved in a project in ``tmp_path``."""
    corrected = replace(misread("one", 20), human=Transcription.by_human("queues"))
    first = write_page(tmp_path, "1.png", corrected, misread("two", 250))
    second = write_page(tmp_path, "2.png", misread("three", 60), read_word("board", 300, key="four", width=110))
    project = Project.open(tmp_path)
    for page in (first, second):
        project.save_page(page)
    project.unlock()
    return first, second


def find(folder: Path, page: Page) -> list[CorrectedLooks | LookAlike]:
    correction = Correction((page.id, "one"), "queves", "queues")
    return [event for event in find_similar.find(Project.open(folder), correction) if event is not None]


def test_words_that_look_the_same_and_were_read_the_same(tmp_path: Path, boards: tuple[Page, Page]) -> None:
    looks, *found = find(tmp_path, boards[0])
    assert isinstance(looks, CorrectedLooks)
    assert (looks.image, looks.quad) == ("1.png", boards[0].words["one"].quad)
    alike = {each.place: each.text for each in found if isinstance(each, LookAlike)}
    assert alike == {(boards[0].id, "two"): "queves", (boards[1].id, "three"): "queves"}


def test_a_page_that_was_damaged_meanwhile_is_left_in_place(tmp_path: Path, boards: tuple[Page, Page]) -> None:
    project = Project.open(tmp_path)
    damaged = page_path(project, boards[0].id)
    damaged.write_bytes(b"{")
    with pytest.raises(PageDamaged):
        find(tmp_path, boards[0])
    assert damaged.read_bytes() == b"{"


def test_without_its_photo_nothing_is_found(tmp_path: Path, boards: tuple[Page, Page]) -> None:
    (tmp_path / "1.png").unlink()
    assert find(tmp_path, boards[0]) == []
