"""The window speaks the language that is chosen, from its beginning to its end, and the next one speaks another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QRect, Qt, QTimer
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core import resources, translation
from ocr_studio.core import settings as kept
from ocr_studio.core.photo_list.rows import PhotoState
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app import app as program
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help.hint_card import HintCard
from ocr_studio.ui.help.palette import Palette
from ocr_studio.ui.photos import photo_delegate
from ocr_studio.ui.settings.dialog import SettingsDialog
from ocr_studio.ui.style import language as window_language
from tests.ui.made_board import StandInOcrService
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def english_again(qapp: QApplication) -> Iterator[None]:
    """Whatever was spoken in a test, the next one begins in English."""
    before = QLocale()
    yield
    window_language.use(qapp, "en")
    QLocale.setDefault(before)


def test_the_languages_are_english_and_those_there_is_a_catalogue_of() -> None:
    assert resources.languages()[0] == "en"
    assert {"de", "uk"} <= set(resources.languages())
    assert [window_language.own_name(each) for each in ("en", "de", "uk")] == ["English", "Deutsch", "Українська"]


@pytest.mark.parametrize(
    ("chosen", "system", "means"),
    [
        ("de", [], "de"),
        ("en", ["de-DE"], "en"),
        ("system", ["de-Latn-AT", "de-AT", "de"], "de"),
        ("system", ["uk-UA", "uk", "de"], "uk"),
        ("system", ["xx-YY", "uk"], "uk"),
        ("system", ["C"], "en"),
        ("system", [], "en"),
        ("xx", ["de"], "en"),
    ],
)
def test_what_is_spoken(chosen: str, system: list[str], means: str) -> None:
    assert window_language.spoken(chosen, system) == means


def test_qt_speaks_along(qapp: QApplication, qtbot: QtBot) -> None:
    def cancel() -> str:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        qtbot.addWidget(box)
        return box.button(QDialogButtonBox.StandardButton.Cancel).text().replace("&", "")

    assert cancel() == "Cancel"
    window_language.use(qapp, "de")
    assert cancel() == "Abbrechen"
    assert translation.number(0.5, 1) == "0,5"
    assert QLocale().toString(1.5) == "1,5"
    window_language.use(qapp, "uk")
    assert cancel() == "Скасувати"
    window_language.use(qapp, "en")
    assert cancel() == "Cancel"
    assert translation.number(0.5, 1) == "0.5"


def test_keys_are_called_in_menus_what_they_are_called_in_sentences(qapp: QApplication) -> None:
    def shown(*keys: str) -> list[str]:
        return [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys]

    keys = "Ctrl+Return", "PgDown", "Alt+Up", "Space", "Del"
    window_language.use(qapp, "de")
    assert shown(*keys) == ["Strg+Eingabe", "Bild ab", "Alt+Pfeil auf", "Leertaste", "Entf"]
    window_language.use(qapp, "en")
    assert shown(*keys) == list(keys)


def test_lines_begin_at_the_right_where_they_should(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "languages", lambda: ["en", "ar"])
    window_language.use(qapp, "ar")
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft
    window_language.use(qapp, "en")
    assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight
    monkeypatch.setenv("OCR_STUDIO_DIRECTION", "rtl")
    window_language.use(qapp, "en")
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft


@pytest.mark.parametrize("language", ["en", "de", "uk"])
@pytest.mark.parametrize("wide", [0, 1024])
def test_the_list_of_photos_has_room_for_what_it_says_of_them(
    qapp: QApplication,
    open_studio: Open,
    folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    wide: int,
) -> None:
    window_language.use(qapp, language)
    window = open_studio(settings=Settings(read_when_opened=False)).window
    if wide:
        window.resize(wide, 768)
    window.photos.photo_chosen.emit(folder / "board 1.png")
    qtbot.waitUntil(lambda: window.photos.shown == 3)
    drawn: dict[str, bool] = {}

    def note(painter: QPainter, rect: QRect, option: object, text: str, mode: object) -> None:
        drawn[text] = painter.fontMetrics().horizontalAdvance(text) <= rect.width()

    monkeypatch.setattr(photo_delegate, "_draw_text", note)
    rows = window.photos.photos.rows
    for state in PhotoState:
        rows[0] = replace(rows[0], state=state, words=250, unreviewed=248)
        window.photos.grab()
    del drawn["board 1.png"], drawn["board 2.png"], drawn["board 3.png"]
    assert len(drawn) >= (4 if wide else 5)
    assert all(drawn.values()), drawn


def test_a_photo_is_never_mirrored(
    qapp: QApplication, open_studio: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCR_STUDIO_DIRECTION", "rtl")
    window_language.use(qapp, "en")
    studio = open_studio(folder / "board 1.png")
    window, view = studio.window, studio.window.view
    assert window.isRightToLeft()
    assert not view.isRightToLeft()
    left, right = (view.mapFromScene(x, 0).x() for x in (0, 480))
    assert left < right
    assert window.photos.mapTo(window, window.photos.rect().topLeft()).x() > view.mapTo(window, view.pos()).x()
    assert all(card.isRightToLeft() for card in view.findChildren(HintCard))


def test_another_language_is_kept_and_offered_at_once(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio(settings=Settings(language="en"))
    dialog = _settings_of(studio)
    assert not dialog.general.anew.isVisible()
    dialog.general.language.setCurrentIndex(dialog.general.language.findData("uk"))
    assert dialog.general.anew.isVisible()
    assert kept.load().language == "uk"
    dialog.general.language.setCurrentIndex(dialog.general.language.findData("en"))
    assert not dialog.general.anew.isVisible()
    assert kept.load().language == "en"
    dialog.reject()


def test_a_window_in_another_language_takes_the_place_of_this_one(
    folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo comes back, in a window in German, though a start opens none by itself; the recognizer stays loaded."""
    photo = folder / "board 2.png"
    kept.save(Settings(language="en", go_on=False))
    studios: list[Studio] = []
    seen: list[tuple[str, Path | None, object]] = []

    class Watched(Studio):
        def __init__(self, chosen: Settings, **named: object) -> None:
            named["ocr_service"] = named.get("ocr_service") or StandInOcrService(None)
            super().__init__(chosen, **named)  # type: ignore[arg-type]
            studios.append(self)

    def look() -> None:
        studio = studios[-1]
        if studio.document.page is None or studio.busy:
            QTimer.singleShot(50, look)
            return
        seen.append((studio.window.action_set["quit"].text(), studio.opening.path, studio.reading.ocr_service))
        if len(studios) == 1:
            dialog = _settings_of(studio)
            dialog.general.language.setCurrentIndex(dialog.general.language.findData("de"))
            dialog.general.anew.button.click()
            QTimer.singleShot(50, wait_for_second)
        else:
            studio.window.close()

    def wait_for_second() -> None:
        QTimer.singleShot(50, look if len(studios) == 2 else wait_for_second)

    monkeypatch.setattr(program, "Studio", Watched)
    monkeypatch.setattr(program, "_application", lambda *_: QApplication.instance())
    QTimer.singleShot(0, look)
    assert program.run([photo]) == 0
    (first, path, ocr_service), (second, path_again, ocr_service_again) = seen
    assert path == path_again == photo
    assert ocr_service is ocr_service_again
    assert first == "&Quit"
    assert second.replace("&", "") == "Beenden"
    assert translation.language() == "de"
    studios[-1].window.deleteLater()
    studios[-1].deleteLater()


def test_the_window_is_in_german(qapp: QApplication, open_studio: Open, folder: Path) -> None:
    window_language.use(qapp, "de")
    studio = open_studio(folder / "board 1.png")
    window = studio.window
    assert [action.text().replace("&", "") for action in window.menuBar().actions()][:2] == ["Datei", "Bearbeiten"]
    assert "Foto öffnen" in [button.text() for button in window.findChildren(QToolButton)]
    assert "Strg+O" in window.action_set["open"].toolTip()
    window.action_set["palette"].trigger()
    palette = window.findChild(Palette)
    assert palette is not None
    # Also by the name that is in English texts about the program.
    for typed in ("foto öffnen", "open photo"):
        palette.line.setText(typed)
        assert palette.titles()[0] == "Foto öffnen…"
    palette.close()


def _settings_of(studio: Studio) -> SettingsDialog:
    studio.window.action_set["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    return dialog
