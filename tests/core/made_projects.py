"""Projects for tests: a folder with one photo, and what is kept about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from tests.core.made_pages import PAGE_ID, page_of, read_word

PAGE = page_of(read_word("the", 100), read_word("map", 200))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "board.jpg").write_bytes(b"the photo")
    return folder


def page_path(project: Project, page_id: str = PAGE_ID) -> Path:
    return project.folder / "pages" / f"{page_id}.json"


def saved(photos: Path, page: Page = PAGE) -> Project:
    project = Project.open(photos)
    project.save_page(page)
    project.unlock()
    return Project.open(photos)
