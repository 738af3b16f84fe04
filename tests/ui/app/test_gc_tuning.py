"""Python's search for what nobody needs does not hold the window up."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app import app as window_app
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_while_the_window_is_there_it_is_seldom_and_leaves_what_is_loaded_alone(
    open_studio: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, seen = open_studio(), []

    def stay(*_: object) -> int:
        seen.append((gc.get_threshold(), gc.get_freeze_count()))
        studio.reading.prepared.emit()
        seen.append((gc.get_threshold(), gc.get_freeze_count()))
        return 0

    monkeypatch.setattr(window_app, "_show_and_run", stay)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert window_app._run_window(application, studio, None, None) == 0
    (often, before), (_, after) = seen
    assert often[0] * often[1] * often[2] >= 1_000_000
    assert 10_000 < before < after
