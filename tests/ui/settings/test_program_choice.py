"""The window where models of the program's own come with it: what is offered, and what can be done with them."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.models import bundled, registry
from ocr_studio.core.models.card import CARD_FILE, DETECTOR
from ocr_studio.core.settings import Settings
from ocr_studio.core.training.events import Recipe
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.models.models_dialog import ModelsDialog
from ocr_studio.ui.settings.dialog import SettingsDialog
from ocr_studio.ui.settings.reading_page import ReadingPage
from ocr_studio.ui.training.recipe_form import READING, RecipeForm
from tests.core.made_models import installed, shipped

BASE, FINDER = registry.BUILT_IN.name, registry.BUILT_IN_DETECTOR.name


def _page(qtbot: QtBot, settings: Settings) -> ReadingPage:
    dialog = SettingsDialog(lambda: settings, lambda *_: None, TABLE)
    qtbot.addWidget(dialog)
    return dialog.reading


def test_the_programs_choice_and_all_models_by_name_are_offered(qtbot: QtBot) -> None:
    shipped("boards", title="Adapted", default_for=("latin",))
    installed("Anna")
    page = _page(qtbot, Settings())
    offered = {page.model.itemData(row): page.model.itemText(row) for row in range(page.model.count())}
    assert list(offered) == ["", "boards", BASE, "Anna"]
    assert offered[""] == "Default: boards"
    assert offered["boards"] == "Adapted"
    # Of what finds writing the program has none of its own, so there is nothing to choose between.
    assert [page.detector.itemData(row) for row in range(page.detector.count())] == [""]
    assert page.chosen(Settings()) == Settings()
    page.alphabet.setCurrentIndex(page.alphabet.findData("all"))
    assert page.model.itemText(0) == f"Default: {BASE}"
    page.model.setCurrentIndex(page.model.findData(BASE))
    assert page.alphabet.isEnabled()
    assert page.chosen(Settings()) == Settings(model=BASE, alphabet="all")
    page.model.setCurrentIndex(page.model.findData("boards"))
    assert not page.alphabet.isEnabled()
    page.model.setCurrentIndex(0)
    assert page.chosen(Settings(model="boards")).model is None


def test_the_models_are_looked_up_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped("boards", default_for=("latin",))
    installed("Anna")
    find_models = mock.Mock(wraps=bundled.adapted)
    monkeypatch.setattr(bundled, "adapted", find_models)
    page = _page(qtbot, Settings(model="Anna", alphabet="all"))
    page.alphabet.setCurrentIndex(page.alphabet.findData("latin"))
    assert page.model.itemText(0) == "Default: boards"
    find_models.assert_called_once()


@pytest.mark.parametrize("model", [None, BASE, "boards", "Anna"])
def test_what_was_chosen_is_shown_and_stays(qtbot: QtBot, model: str | None) -> None:
    shipped("boards", default_for=("latin",))
    shipped("finder", architecture=DETECTOR, alphabet=(), scores={})
    installed("Anna")
    before = Settings(model=model, detector=FINDER, alphabet="all")
    page = _page(qtbot, before)
    assert page.model.currentData() == (model or "")
    assert page.detector.currentData() == FINDER
    assert page.chosen(before) == before
    assert page.model.itemText(0) == f"Default: {BASE}", "all letters are to be read"


def test_what_comes_with_the_program_can_be_used_and_stays(qtbot: QtBot) -> None:
    shipped("boards", default_for=("latin",), weaknesses=("Faint ink.",))
    folder: Path = shipped("broken")
    (folder / CARD_FILE).write_text("{")
    known, damaged = registry.overview()
    dialog = ModelsDialog()
    qtbot.addWidget(dialog)
    histories = {model.name: registry.ancestry(model, known) for model in known}
    for name, usable in (("boards", True), (BASE, False), ("broken", False)):
        dialog.show_models(
            [*known, *damaged], histories=histories, options=Settings(model=BASE), comparable=True, choose=name
        )
        assert dialog.use.isEnabled() == dialog.compare.isEnabled() == usable
        assert not any(button.isEnabled() for button in (dialog.rename, dialog.export, dialog.delete))
        if name == "boards":
            texts = dialog.facts.texts()
            assert texts[texts.index("Weaknesses") + 1] == "Faint ink."
            assert texts[texts.index("Default") + 1] == "for Latin characters"


def test_a_training_begins_with_the_one_in_use_by_its_name(qtbot: QtBot) -> None:
    shipped("boards", default_for=("latin",))
    form = RecipeForm(Recipe(), READING)
    qtbot.addWidget(form)
    form.show_models(registry.available(), Settings().reads_with())
    assert form.recipe.base == "boards"
    form.show_models(registry.available(), Settings(model=BASE).reads_with())
    assert form.recipe.base == BASE
