"""Reading many photos: none waits for what others turn out to be, and boards are read as a person wants them read."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import BoardLook, Page, PageFacts, PhotoFrame, Quad, apply
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.photos import store_readings
from ocr_studio.jobs.reading import read as reading
from ocr_studio.jobs.reading.read import PhotoRead, WordsRead, prepare
from ocr_studio.jobs.reading.read_batch import PhotoKnown, read_batch
from tests.jobs.reading.test_read import ReadyService

MANY = 30
BOARD = BoardLook(corners=Quad.from_array([(40, 20), (160, 40), (150, 130), (30, 140)]), read=True)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """So many, each another."""
    made = [tmp_path / f"{number:02}.png" for number in range(MANY)]
    for number, path in enumerate(made):
        photo_file.save_png(path, np.full((160, 200, 3), 100 + number, np.uint8))
    return made


@pytest.fixture
def project(photos: list[Path]) -> Project:
    """All but the first are read."""
    found = Project.open(photos[0].parent)
    for path in photos[1:]:
        found.save_page(
            Page(photo_file.compute_content_id(path), path.name, 200, 160, read_at="2026-01-02T03:04:05+00:00")
        )
    return found


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The photos whose bytes were looked at; beyond a few only once the first photo to be read is open."""
    seen: list[Path] = []
    opened = threading.Event()
    look, content_id = reading._open_photo, photo_file.compute_content_id

    def looked(*given: Any) -> Any:
        try:
            return look(*given)
        finally:
            opened.set()

    def slowly(path: Path) -> str:
        seen.append(path)
        if len(seen) > 5:
            assert opened.wait(20)
            time.sleep(0.005)  # until the thread says so
        return content_id(path)

    monkeypatch.setattr(reading, "_open_photo", looked)
    monkeypatch.setattr(photo_file, "compute_content_id", slowly)
    return seen


def test_each_photo_that_was_read_before_is_told_in_its_turn(
    photos: list[Path], project: Project, hashed: list[Path]
) -> None:
    batch = read_batch(ReadyService(ReaderOptions()), photos[1:], project, again=False)
    for number in range(1, 5):
        event = next(batch)
        assert isinstance(event, PhotoKnown)
        assert event.path == photos[number]
        assert len(hashed) == number, "and whoever stops it now is heard"


def test_the_first_that_was_not_read_waits_for_no_others(
    photos: list[Path], project: Project, hashed: list[Path]
) -> None:
    ocr_service = ReadyService(ReaderOptions())
    list(prepare(ocr_service))
    events = [event for event in read_batch(ocr_service, photos, project, again=False)
              if isinstance(event, PhotoKnown | PhotoRead)]  # fmt: skip
    assert len(events) == len(hashed) == MANY
    (place,) = [number for number, event in enumerate(events) if isinstance(event, PhotoRead)]
    assert place < MANY - 5


def test_of_a_photo_whose_board_is_to_be_read_the_cleaned_board_is(photos: list[Path], project: Project) -> None:
    pages = [project.load_page(photo_file.compute_content_id(path)) for path in photos[1:4]]
    looks = [BOARD, replace(BOARD, read=False), None]
    for page, look in zip(pages, looks, strict=True):
        assert page is not None
        project.save_page(replace(page, facts=PageFacts(board=look)))
    ocr_service = ReadyService(ReaderOptions())
    events = list(read_batch(ocr_service, photos[1:4], project, again=True))
    found = [[word.quad for word in event.words] for event in events if isinstance(event, WordsRead)]
    of_photo = [[quad for quads in found[2 * number : 2 * number + 2] for quad in quads] for number in range(3)]
    assert BOARD.corners is not None
    assert np.abs(of_photo[0][0].array()[:2] - BOARD.corners.array()[:2]).max() < 0.5
    assert of_photo[1] == of_photo[2]
    assert of_photo[1][0] == Quad.from_box(0, 0, 200, 10)
    read = [event.page for event in events if isinstance(event, PhotoRead)]
    assert [(page.width, page.height, len(page.words)) for page in read] == [(200, 160, 2)] * 3


def test_a_turned_photo_is_read_as_it_is_turned(photos: list[Path], project: Project) -> None:
    page = project.load_page(photo_file.compute_content_id(photos[1]))
    assert page is not None
    project.save_page(apply(page, photo_frames.turn_photo(page, 1)))
    ocr_service = ReadyService(ReaderOptions())
    events = list(read_batch(ocr_service, photos[1:2], project, again=True))
    (read,) = [event.page for event in events if isinstance(event, PhotoRead)]
    assert (read.width, read.height, read.facts.frame) == (160, 200, PhotoFrame(200, 160, 1))
    # It was turned once more in the meantime.
    now = project.load_page(page.id)
    assert now is not None
    project.save_page(apply(now, photo_frames.turn_photo(now, 1)))
    kept = store_readings.keep(project, read, again=True)
    assert (kept.width, kept.height, kept.facts.frame) == (200, 160, PhotoFrame(200, 160, 2))
    places = {key: photo_frame.quad_in_file(read, word.quad) for key, word in read.words.items()}
    assert {key: photo_frame.quad_in_file(kept, word.quad) for key, word in kept.words.items()} == places
