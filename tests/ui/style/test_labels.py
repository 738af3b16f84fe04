"""Texts that are too long for their place are cut so that what matters of them shows."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from ocr_studio.ui.style import labels


@pytest.mark.usefixtures("qtbot")
@pytest.mark.parametrize(
    "texts",
    [
        ("one two three four five six", "one two three four five sin"),
        ("one two three four fine six seven eight nine ten", "one two three four five six seven eight nine ten"),
        ("ore two three four five six", "one two three four five six"),
        ("one two three four five six", "one two three four five sit", "One two three four five six"),
        ("one two three four five six seven", "ona two three four five six seven", "one two three four fiva six seven"),
    ],
)
def test_long_texts_are_told_apart(texts: tuple[str, ...]) -> None:
    metrics = QFontMetricsF(QFont())
    width = metrics.horizontalAdvance("one two three")
    shown = labels.elided_apart(metrics, texts, width)
    assert len(set(shown)) == len(texts)
    assert all("…" in each and metrics.horizontalAdvance(each) <= width + 1 for each in shown)


@pytest.mark.usefixtures("qtbot")
def test_long_texts_use_the_room_there_is() -> None:
    texts = "Wahrscheinlichkeitsrechnung", "Wahrscheinlichkeitsrechnumg"
    metrics = QFontMetricsF(QFont())
    width = metrics.horizontalAdvance(texts[0][2:])
    shown = labels.elided_apart(metrics, texts, width)
    assert [(each[:3], each[-3:]) for each in shown] == [("Wah", "ung"), ("Wah", "umg")]
    assert all(metrics.horizontalAdvance(each) > 0.9 * width for each in shown)


def test_without_room_a_text_is_still_there(qtbot: QtBot) -> None:
    assert labels.elided(QFontMetricsF(QFont()), "word", 0) == "…"
    assert labels.elided(QFontMetricsF(QFont()), "", 0) == ""


def test_texts_that_fit_stay_whole(qtbot: QtBot) -> None:
    assert labels.elided_apart(QFontMetricsF(QFont()), ("map", "mop", ""), 500) == ["map", "mop", ""]
    assert labels.elided_apart(QFontMetricsF(QFont()), (), 500) == []
