"""The whole story with the real recognizer: open, read, correct by keyboard, split, merge, undo, reopen, export."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core import resources
from ocr_studio.core.page import Page, PageState, WordState
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
READING_MS = 120_000  # the first reading on a slow machine, TensorFlow's import included


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A copy of the sample in a folder of its own."""
    return Path(shutil.copy(resources.sample_photo(), tmp_path / "board.jpg"))


@pytest.fixture(scope="module")
def load_once() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What loads the real networks, each of them once."""
    from ocr_studio.engine import model_loader

    return functools.cache(model_loader.load_recognizer), functools.cache(model_loader.load_detector)


@pytest.fixture
def studio(
    photo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, load_once: tuple[Callable[..., Any], Callable[..., Any]]
) -> Iterator[Studio]:
    from ocr_studio.engine import model_loader

    recognizer, detector = load_once
    monkeypatch.setattr(model_loader, "load_recognizer", recognizer)
    monkeypatch.setattr(model_loader, "load_detector", detector)
    studio = _opened(photo, qtbot)
    yield studio
    studio.window.close()
    studio.stop()


def _opened(photo: Path, qtbot: QtBot) -> Studio:
    """The program with the photo open and read."""
    studio = Studio(Settings(hints_seen=("tour",)))
    qtbot.addWidget(studio.window)
    studio.start([photo])
    qtbot.waitActive(studio.window)
    qtbot.waitUntil(lambda: studio.document.page is not None, timeout=READING_MS)
    qtbot.waitUntil(lambda: _page(studio).read_at is not None and not studio.busy, timeout=READING_MS)
    return studio


def _page(studio: Studio) -> Page:
    assert studio.document.page is not None
    return studio.document.page


def _text(studio: Studio, word_id: str) -> str:
    return _page(studio).words[word_id].text


def _press(qtbot: QtBot, key: Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key goes to whatever has the focus, as from a keyboard; nobody types faster than the window draws."""
    QApplication.processEvents()
    qtbot.keyClick(_focus(), key, held)


def _type(qtbot: QtBot, text: str) -> None:
    for letter in text:
        if letter.isascii():
            qtbot.keyClicks(_focus(), letter)
        else:  # QTest knows ASCII only; a keyboard's other letters come without a key code
            QApplication.sendEvent(_focus(), QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter))


def _focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_the_whole_story_by_keyboard(studio: Studio, photo: Path, qtbot: QtBot, tmp_path: Path) -> None:
    truth = json.loads(resources.resource("sample-board.json").read_text(encoding="utf-8"))
    wanted = {word["text"].lower() for word in truth["words"]}
    read = {word.text.lower() for word in _page(studio).words.values()}
    assert len(wanted & read) >= 0.8 * len(wanted)
    assert _page(studio).state is PageState.READ
    before = photo.read_bytes()

    studio.window.view.setFocus()
    _correct(studio, qtbot)
    _split_and_merge(studio, qtbot)
    done = _page(studio)
    _back_and_forth(studio, qtbot)
    assert _page(studio).words == done.words

    # Closing asks nothing; what comes back is what was there; the photo is as it was.
    studio.window.close()
    studio.stop()
    again = _opened(photo, qtbot)
    try:
        assert _page(again) == done
        _export(again, tmp_path)
    finally:
        again.window.close()
        again.stop()
    assert photo.read_bytes() == before


def _correct(studio: Studio, qtbot: QtBot) -> None:
    """A first word is written anew, a second accepted as it is, a third left and then typed over."""
    document = studio.document
    first, second, third, fourth = document.order()[:4]
    document.select([first])
    _press(qtbot, Key.Key_F2)
    _press(qtbot, Key.Key_A, CONTROL)
    _type(qtbot, "Zwölf m²")
    _press(qtbot, Key.Key_Return)
    assert _text(studio, first) == "Zwölf m²"
    assert document.current == second
    _press(qtbot, Key.Key_Return)
    assert _page(studio).words[second].state is WordState.ACCEPTED
    assert document.current == third
    _type(qtbot, "never kept")
    _press(qtbot, Key.Key_Escape)
    assert _page(studio).words[third].state is WordState.READ
    assert document.current == third

    # Letters typed into the editor never work the canvas, and Tab keeps what was typed.
    _press(qtbot, Key.Key_F2)
    _type(qtbot, "dvsmr12")
    _press(qtbot, Key.Key_Tab)
    assert _text(studio, third) == "dvsmr12"
    assert document.current == fourth
    _press(qtbot, Key.Key_Escape)


def _split_and_merge(studio: Studio, qtbot: QtBot) -> None:
    """The first word is cut before its space, and its halves are joined again."""
    document = studio.document
    count = len(_page(studio).words)
    document.select([document.order()[0]])
    _press(qtbot, Key.Key_F2)
    _press(qtbot, Key.Key_Home)
    for _ in "Zwölf":
        _press(qtbot, Key.Key_Right)
    _press(qtbot, Key.Key_Slash, CONTROL)
    assert [_text(studio, key) for key in document.order() if key in document.selection] == ["Zwölf", "m²"]
    assert len(_page(studio).words) == count + 1
    _press(qtbot, Key.Key_M)
    assert len(_page(studio).words) == count
    assert _text(studio, document.current or "") == "Zwölf m²"
    assert document.undo_stack.undoText() == "Merge 2 words"


def _back_and_forth(studio: Studio, qtbot: QtBot) -> None:
    """Undone to the start, when nothing was read, and done again."""
    steps = studio.document.undo_stack.count()
    assert steps >= 6
    for _ in range(steps):
        _press(qtbot, Key.Key_Z, CONTROL)
    assert not _page(studio).words
    for _ in range(steps):
        _press(qtbot, Key.Key_Z, CONTROL | SHIFT)


def _export(studio: Studio, folder: Path) -> None:
    texts = {}
    for suffix in ("txt", "md", "json", "csv"):
        path = folder / f"out.{suffix}"
        studio.window.exporter.save(path)
        texts[suffix] = path.read_text(encoding="utf-8-sig")
        assert "Zwölf m²" in texts[suffix]
    assert {word["id"] for word in json.loads(texts["json"])["words"]} == set(_page(studio).words)


def test_reading_again_never_overwrites_a_person(studio: Studio, qtbot: QtBot) -> None:
    document = studio.document
    studio.window.view.setFocus()
    word_id = document.order()[1]
    document.select([word_id])
    _press(qtbot, Key.Key_F2)
    _type(qtbot, "mine")
    _press(qtbot, Key.Key_Return, CONTROL)
    _press(qtbot, Key.Key_R)
    qtbot.waitUntil(lambda: not studio.busy, timeout=READING_MS)
    assert _text(studio, word_id) == "mine"
    _press(qtbot, Key.Key_R, CONTROL)
    qtbot.waitUntil(lambda: not studio.busy, timeout=READING_MS)
    assert _text(studio, word_id) == "mine"
    assert len(_page(studio).words) > 10
