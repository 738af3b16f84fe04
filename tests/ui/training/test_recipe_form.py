"""The fold of a training: what it can begin with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CRNN, LIGHT_CRNN
from ocr_studio.core.training.events import Recipe, suggested_recipe
from ocr_studio.core.training.runs import LIMITS
from ocr_studio.ui.training.recipe_form import READING, RecipeForm
from ocr_studio.ui.widgets import image_convert
from tests.core.made_models import installed


@pytest.fixture
def form(qtbot: QtBot) -> RecipeForm:
    made = RecipeForm(Recipe(), READING)
    qtbot.addWidget(made)
    return made


def test_who_cannot_be_trained_further_is_shown_but_not_begun_with(form: RecipeForm) -> None:
    installed("Theirs", architecture=CRNN, title="Theirs")
    installed("Light", architecture=LIGHT_CRNN, title="Light")
    form.show_models(registry.available("recognizer"), "Theirs")
    entries = form.base.model()
    able = {
        entries.index(row, 0).data(): bool(entries.flags(entries.index(row, 0)) & Qt.ItemFlag.ItemIsEnabled)
        for row in range(form.base.count())
    }
    assert able["Theirs – can’t be trained further"] is False
    assert able["Light"] is True
    assert form.base.currentData() == registry.available("recognizer")[0].name
    assert form.recipe.base == form.base.currentData()
    form.show_models(registry.available("recognizer"), "Light")
    assert form.recipe.base == "Light"


def test_numbers_have_the_limits_of_the_command_line(form: RecipeForm) -> None:
    for key in ("epochs", "batch", "seed", "patience"):
        field = getattr(form, key)
        assert (field.minimum(), field.maximum()) == (LIMITS[key][0] * (key in {"batch", "seed"}), LIMITS[key][1])
    most = Recipe(epochs=1000, batch=512, seed=2**31 - 1, patience=1000)
    form.show_recipe(most)
    assert form.recipe == most
    form.show_recipe(never := Recipe(patience=None))
    assert (form.recipe, form.patience.text()) == (never, "never")
    assert (form.recipe.epochs, form.epochs.text()) == (None, "Automatic")


def _first_ink(field: QWidget) -> int:
    """Pixels between the left border of a field and its text."""
    inside = image_convert.array(field.grab().toImage())[8:-8, 3:-3].astype(int)
    return int(np.flatnonzero((abs(inside - inside[0, 0]) > 60).any(axis=(0, 2)))[0])


@pytest.mark.usefixtures("styled")
def test_numbers_begin_where_the_texts_of_combo_boxes_do(form: RecipeForm) -> None:
    form.resize(700, 300)
    form.show()
    begin = _first_ink(form.rate)
    assert begin >= 4
    for field in (form.epochs, form.batch, form.patience, form.seed):
        assert abs(_first_ink(field) - begin) <= 2, field.accessibleName()


def test_defaults_follow_the_part_but_own_values_stay(qtbot: QtBot) -> None:
    form = RecipeForm(Recipe(), READING, suggest=suggested_recipe)
    qtbot.addWidget(form)
    form.what.setCurrentIndex(form.what.findData("head"))
    assert form.recipe == suggested_recipe("head") != Recipe(what="head")
    form.batch.setValue(32)
    form.what.setCurrentIndex(form.what.findData("upper"))
    assert form.recipe == replace(suggested_recipe("upper"), batch=32)
    form.what.setCurrentIndex(form.what.findData("head"))
    form.restore.click()
    assert form.recipe == Recipe()


@pytest.mark.usefixtures("styled")
@pytest.mark.parametrize("high", [160, 600])
@pytest.mark.parametrize("width", [340, 480, 560, 620, 700, 900])
def test_all_fields_are_in_sight_in_any_width(form: RecipeForm, qtbot: QtBot, width: int, high: int) -> None:
    form.restore.setText("Restore the defaults of all of these")  # longer than the fields in some languages
    form.resize(width, high)
    form.show()
    fields = [form.base, form.what, form.epochs, form.rate, form.augmentation, form.seed]
    qtbot.waitUntil(lambda: max(_end(form, field) for field in (*fields, form.restore)) < form.viewport().width())
    lefts = {field.mapTo(form, field.rect().topLeft()).x() for field in fields}
    assert len(lefts) <= (2 if width >= 560 else 1)


def _end(form: RecipeForm, field: QWidget) -> int:
    return field.mapTo(form.viewport(), field.rect().topRight()).x()
