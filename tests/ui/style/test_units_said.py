"""What is said of words and of lines, of one and of many: whole texts, each with all its places filled."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.core.training.events import Recipe, StepDone
from ocr_studio.ui.reading import reread_project
from ocr_studio.ui.training import preflight_page, progress_page, start_page
from ocr_studio.ui.training.recipe_form import FINDING, READING, RecipeForm


@pytest.mark.parametrize("unit", ["word", "line"])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 49, 50, 99, 100])
def test_how_far_corrections_reach_is_said_of_what_was_corrected(count: int, unit: str) -> None:
    outlook = start_page.of_words(count, unit)
    said = f"{outlook.headline} {outlook.text}"
    assert "{" not in said
    assert f"{count} {unit}{'' if count == 1 else 's'} checked" in said if count else "nothing checked" in said
    assert "word" not in said or unit == "word"


@pytest.mark.parametrize("photos", range(5))
def test_how_far_photos_reach(photos: int) -> None:
    outlook = start_page.of_photos(photos)
    assert "{" not in f"{outlook.headline} {outlook.text}"
    assert outlook.ready == (photos > 0)


def test_the_recipe_speaks_of_lines_where_lines_are_learned(qtbot: QtBot) -> None:
    form = RecipeForm(Recipe(), READING)
    qtbot.addWidget(form)
    for unit, other in (("lines", "words"), ("words", "lines")):
        form.show_unit(unit)
        texts = [label.text() for label in form.findChildren(QLabel)]
        names = [field.accessibleName() for field in (form.epochs, form.batch, form.replay)]
        assert f"Batch size ({unit})" in texts
        assert not [each for each in (*texts, *names) if other in each.casefold()]
        assert form.batch.toolTip() == form.batch.accessibleName()


def test_where_neither_is_learned_the_recipe_speaks_of_neither(qtbot: QtBot) -> None:
    form = RecipeForm(Recipe(), FINDING)
    qtbot.addWidget(form)
    for unit in ("lines", "words"):
        form.show_unit(unit)
        assert "General boards" in [label.text() for label in form.findChildren(QLabel)]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "Step 2 of 9"),
        (3.0, "Step 2 of 9, almost done"),
        (42.0, "Step 2 of 9, about 40 seconds left"),
        (170.0, "Step 2 of 9, about 3 minutes left"),
    ],
)
def test_how_long_learning_takes(seconds: float | None, said: str) -> None:
    assert progress_page.time_left(StepDone(2, 9, 0.1, seconds)) == said


@pytest.mark.parametrize(
    ("found", "words", "said"),
    [
        (1, 1, "The only unchecked word is read differently now."),
        (1, 3, "1 of 3 words is read differently now."),
        (2, 3, "2 of 3 words are read differently now."),
    ],
)
def test_how_many_words_are_read_otherwise(found: int, words: int, said: str) -> None:
    assert reread_project.read_otherwise(found, words).startswith(said)


@pytest.mark.parametrize("unit", ["word", "line"])
def test_what_was_corrected_since_the_last_look(unit: str) -> None:
    assert preflight_page.since_said(1, unit) == f"1 more {unit} since the last refresh."
    assert preflight_page.since_said(-2, unit) == f"2 fewer {unit}s since the last refresh."
    assert preflight_page.since_said(0, unit) == ""
