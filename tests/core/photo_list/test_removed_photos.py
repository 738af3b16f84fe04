"""Photos that were removed from the list stay so until they are listed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.photo_list.removed_photos import FILE, load_removed, save_removed
from ocr_studio.core.project.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.open(tmp_path, library=tmp_path / "library")


def test_names_are_kept(project: Project) -> None:
    assert load_removed(project) == set()
    save_removed(project, ["b.jpg", "Grüße.png"])
    again = Project.open(project.photos, library=project.photos / "library")
    assert load_removed(again) == {"b.jpg", "Grüße.png"}
    save_removed(project, [])
    assert load_removed(again) == set()


@pytest.mark.parametrize("kept", ["", "[]", '{"removed": 7}', '{"removed": [3, ""]}', '{"removed": ["a.jpg", null]}'])
def test_what_makes_no_sense_is_left_out(project: Project, kept: str, caplog: pytest.LogCaptureFixture) -> None:
    save_removed(project, [])
    project.files.full(FILE).write_text(kept)
    assert load_removed(project) <= {"a.jpg"}


def test_trouble_names_the_file(project: Project) -> None:
    save_removed(project, [])
    project.files.full(FILE).unlink()
    project.files.full(FILE).mkdir()
    with pytest.raises(WriteFailed, match=r"list\.json: can’t save which photos are listed"):
        save_removed(project, ["a.jpg"])
