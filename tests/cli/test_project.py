"""``read`` counts with the words that a person has typed in the project of a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.cli.terminal.console import GOOD
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Transcription
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.jobs.reading.read import OcrService
from tests import drawn
from tests.cli.test_main import TwoWords
from tests.core.made_pages import page_of, read_word


class Learner(TwoWords):
    """Remembers what it was told to count with."""

    def __init__(self) -> None:
        self.learned: list[Mapping[str, int]] = []

    def learn(self, known: ProjectWords) -> None:
        self.learned.append(dict(known.typed))


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch) -> Learner:
    learner = Learner()
    monkeypatch.setattr(OcrService, "reader", lambda *_: learner)
    return learner


def typed(folder: Path, text: str) -> None:
    project = Project.open(folder)
    project.save_page(page_of(replace(read_word("mop", 100), human=Transcription.by_human(text))))
    project.unlock()


def test_each_photo_is_read_with_the_words_of_its_project(learner: Learner, tmp_path: Path) -> None:
    photos = [tmp_path / name / "board.png" for name in ("one", "two", "none")]
    for photo in photos:
        photo.parent.mkdir()
        photo_file.save_png(photo, drawn.board())
    typed(photos[0].parent, "Towers of Hanoi")
    typed(photos[1].parent, "kubectl")
    assert cli.run(["read", *map(str, photos)]) == GOOD
    assert learner.learned == [{"Towers": 1, "of": 1, "Hanoi": 1}, {"kubectl": 1}, {}]


def test_a_project_of_a_newer_program_is_no_reason_not_to_read(learner: Learner, tmp_path: Path) -> None:
    photo_file.save_png(tmp_path / "board.png", drawn.board())
    typed(tmp_path, "kubectl")
    (Project.open(tmp_path).folder / "project.json").write_text('{"format": 1000}')
    assert cli.run(["read", str(tmp_path / "board.png")]) == GOOD
    assert learner.learned == []
