"""The unchecked words of a project, read again photo after photo: nothing changes, and no photo stops the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.editing import edits
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Word, apply
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.reread_project import Rereader, pages_to_read
from ocr_studio.jobs.review import collect_changes
from ocr_studio.jobs.review.collect_changes import FoundChanges
from tests.ui import made_board
from tests.ui.made_board import StandInOcrService


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three photos that were read; of the first every word is checked, of the second one."""
    found = Project.open(tmp_path)
    for number in (1, 2, 3):
        photo = made_board.write_photo(tmp_path / f"board {number}.png", number)
        page = replace(made_board.page(), id=photo_file.compute_content_id(photo), image=photo.name)
        checked = {1: list(page.words), 2: ["w0"], 3: []}[number]
        found.save_page(apply(page, edits.accept(page, checked)))
    return found


def pages(project: Project) -> dict[str, Page]:
    return {page.image: page for page in map(project.load_page, project.page_ids()) if page}


def read(project: Project, image: str) -> FoundChanges:
    (wanted,) = pages_to_read(project)
    key = next(page.page_id for page in wanted if page.image == image)
    *_, last = collect_changes.collect(project, [key], Rereader(StandInOcrService(), project).in_page)
    assert isinstance(last, FoundChanges)
    return last


def test_only_pages_with_unchecked_words_are_read(project: Project) -> None:
    (wanted,) = pages_to_read(project)
    assert [(page.image, page.words) for page in wanted] == [("board 2.png", 7), ("board 3.png", 8)]
    page = pages(project)["board 3.png"]
    project.note(apply(page, edits.accept(page, ["w0", "w1"])))  # not on the disk yet
    (wanted,) = pages_to_read(project)
    assert [page.words for page in wanted] == [7, 6]


def test_what_another_model_reads_otherwise_is_kept_for_the_queue(project: Project) -> None:
    key = pages(project)["board 2.png"].id
    read(project, "board 2.png")
    assert second_readings.load(project.files) == {}, "the same model again is no second one"
    for image, page in pages(project).items():
        words = {each: _read_by(word, "earlier") for each, word in page.words.items()}
        project.save_page(replace(page, words=words, image=image))
    read(project, "board 2.png")
    kept = second_readings.load(project.files)
    assert list(kept) == [key]
    assert list(kept[key]) == [f"w{number}" for number in range(1, 8)]
    assert kept[key]["w1"].first == "the"
    assert kept[key]["w1"].other == "again125"


def _read_by(word: Word, model: str) -> Word:
    assert word.machine is not None
    return replace(word, machine=replace(word.machine, model=model))


def test_what_is_read_otherwise_is_told_and_nothing_changes(project: Project) -> None:
    before = pages(project)
    found = read(project, "board 2.png").changes
    assert [each.word_id for each in found] == [f"w{number}" for number in range(1, 8)]
    assert (found[0].before, found[0].after, found[0].reason) == ("the", "again125", "80%")
    assert pages(project) == before


def test_a_renamed_photo_is_found_and_one_that_is_gone_is_said(project: Project) -> None:
    (project.photos / "board 2.png").rename(project.photos / "renamed.png")
    assert read(project, "board 2.png").changes
    (project.photos / "renamed.png").unlink()
    (error,) = read(project, "board 2.png").wrong
    assert "board 2.png" in error


def test_of_a_page_that_was_checked_meanwhile_nothing_is_read(project: Project) -> None:
    (wanted,) = pages_to_read(project)
    page = pages(project)["board 2.png"]
    project.save_page(apply(page, edits.accept(page, list(page.words))))
    events = list(collect_changes.collect(project, [wanted[0].page_id], Rereader(StandInOcrService(), project).in_page))
    assert events == [FoundChanges(0, 1), FoundChanges(1, 1)]


def test_a_page_of_another_size_is_said(project: Project) -> None:
    page = pages(project)["board 3.png"]
    project.save_page(replace(page, width=page.width + 1))
    (error,) = read(project, "board 3.png").wrong
    assert "the size of the photo has changed" in error


def test_whether_there_are_other_pages_is_known_at_once(project: Project, tmp_path: Path) -> None:
    page = pages(project)["board 3.png"]
    assert project.has_others(page.id)
    alone = Project.open(tmp_path / "elsewhere")
    assert not alone.has_others(page.id)
    alone.save_page(page)
    assert not alone.has_others(page.id)
