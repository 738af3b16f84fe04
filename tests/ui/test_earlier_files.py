"""Files of earlier versions open with the same meaning.

``tests/earlier`` was written by the version of November 2026, before the folders by feature (commit 5736216): by its
window (a project of three words with eight steps and one undone, settings), ``dataset`` and ``train``. The model's
alphabet is shortened.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.datasets import reader
from ocr_studio.core.models.card import ModelCard
from ocr_studio.core.project.project import Project
from ocr_studio.core.training import runs
from tests.ui.studio import Open, texts

EARLIER = Path(__file__).parents[1] / "earlier"
PAGE = "c725791b033a6d97c1755ab16a1426cd"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    shutil.copytree(EARLIER / "project", tmp_path / "photos")
    (tmp_path / "photos" / "saved").rename(tmp_path / "photos" / "ocr-studio-project")
    return tmp_path / "photos"


def test_the_page_says_what_it_said(photos: Path) -> None:
    page = Project.open(photos).load_page(PAGE)
    assert page is not None
    words = {word.text: word for word in page.words.values()}
    assert set(words) == {"one", "two", ""}  # the last one is unreadable
    corrected = words["one"]
    assert corrected.machine is not None
    assert (corrected.machine.text, corrected.machine.confidence) == ("onc", 0.5)
    assert [(other.text, other.confidence) for other in corrected.machine.alternatives] == [("onc", 0.5), ("x", 0.25)]
    assert corrected.machine.letters == (0.3, 0.6, 0.9)
    assert corrected.quad.corners == ((8, 20), (68, 20), (68, 60), (8, 60))
    assert words["two"].locked
    assert words["two"].human is not None
    assert words[""].mark == "unreadable"
    assert words[""].human is None
    assert (page.facts.writer, page.facts.tags, page.facts.note) == ("Ann", ("monday", "b c"), "x\ny")


def test_what_was_done_can_be_undone_and_redone(open_studio: Open, photos: Path, qtbot: QtBot) -> None:
    studio = open_studio(photos / "board.png", settings=settings.Settings(read_when_opened=False))
    actions = studio.window.action_set
    assert sorted(texts(studio)) == ["", "one", "two"]
    actions["redo"].trigger()
    qtbot.waitUntil(lambda: sorted(texts(studio)) == ["", "Grüße", "two"])
    assert "Grüße" in actions["undo"].text()
    actions["undo"].trigger()
    for _ in range(5):  # note, mark, lock, check, write
        actions["undo"].trigger()
    qtbot.waitUntil(lambda: sorted(texts(studio)) == ["onc", "six", "two"])
    page = studio.document.page
    assert page is not None
    assert page.facts.writer is None
    assert not any(word.locked or word.mark or word.human for word in page.words.values())


def test_settings_are_kept() -> None:
    chosen = settings.load(EARLIER / "settings.json")
    assert (chosen.theme, chosen.language, chosen.unit, chosen.box_opacity) == ("dark", "de", "lines", 0.4)
    assert (chosen.languages, chosen.language_strength) == (("en", "de"), 0.5)
    assert chosen.keys == {"merge": ("Ctrl+J",)}
    assert not chosen.read_when_opened
    assert chosen.detection == settings.DetectionOptions(
        limit_side=960, threshold=0.35, box_threshold=0.5, unclip_ratio=1.7, space_width=0.5
    )


def test_a_model_is_described_as_it_was() -> None:
    card = ModelCard.from_json((EARLIER / "model.json").read_bytes(), file="model.json")
    assert (card.title, card.parent, card.alphabet) == ("old-hand", "whiteboard-recognizer", ("a", "b", "é"))
    assert card.temperature == 1.4
    assert card.settings["learning_rate"] == 0.0002
    assert card.scores["general_after"] == {"words": 120, "right": 103, "cer": 0.032496}


def test_a_dataset_has_the_same_examples() -> None:
    found = reader.read(EARLIER / "dataset")
    assert {(each.text, each.split, each.writer) for each in found.examples} == {
        ("one", "held-out", "Ann"),
        ("two", "train", "Ann"),
    }
    assert len(found.pages) == 1
    assert not found.trouble


def test_a_training_cut_short_is_offered(tmp_path: Path) -> None:
    folder = runs.find_folder("old-cut")
    folder.mkdir(parents=True)
    shutil.copy(EARLIER / "run.json", folder)
    run = runs.load_run("old-cut")
    assert run is not None
    assert (run.kind, run.recipe.what, run.recipe.learning_rate, run.recipe.patience) == ("recognizer", "head", 2e-4, 4)
