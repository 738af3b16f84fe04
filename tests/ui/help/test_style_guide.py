"""The page with the design system."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.ui.help.style_guide import StyleGuide
from ocr_studio.ui.style import design, theme
from ocr_studio.ui.style.style_sheet import Colours


@pytest.mark.usefixtures("styled")
def test_it_shows_every_space_size_and_colour(qtbot: QtBot) -> None:
    guide = StyleGuide()
    qtbot.addWidget(guide)
    guide.show()
    said = " ".join(label.text() for label in guide.findChildren(QLabel))
    assert set(design.COLOURS) == {field.name for field in fields(Colours)}
    for name in design.COLOURS:
        assert f"{name}   {getattr(theme.colours(), name)}" in said
    for space in design.SPACES:
        assert f"{space} px" in said
    for size in design.TYPE_SIZES:
        assert f"{size:g} ×" in said
