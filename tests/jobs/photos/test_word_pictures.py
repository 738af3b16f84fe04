"""Pictures of what was found are cut from photos of the project, and from nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Quad
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.photos.word_pictures import PicturePlace, pictures

QUAD = Quad(((10, 10), (60, 10), (60, 30), (10, 30)))


@pytest.mark.parametrize(("image", "seen"), [("board.png", True), ("../outside.png", False), ("/etc/board.png", False)])
def test_a_path_in_the_index_leads_nowhere_else(tmp_path: Path, image: str, seen: bool) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (200, 100), "white").save(folder / "board.png")
    shutil.copy(folder / "board.png", tmp_path / "outside.png")
    place = PicturePlace(photo_file.compute_content_id(folder / "board.png"), image, QUAD)
    (found,) = pictures(Project.open(folder), [place], height=20)
    assert (found.picture is not None) == seen
