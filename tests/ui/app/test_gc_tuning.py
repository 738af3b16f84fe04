"""Python's search for what nobody needs does not hold the window up."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app import app as window_app
from ocr_studio.ui.app import gc_tuning
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_while_the_window_is_there_it_is_seldom_and_leaves_what_is_loaded_alone(
    open_studio: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, seen = open_studio(), []

    def stay(*_: object) -> int:
        seen.append((gc.isenabled(), gc.get_freeze_count()))
        studio.reading.prepared.emit()
        seen.append((gc.isenabled(), gc.get_freeze_count()))
        return 0

    monkeypatch.setattr(window_app, "_show_and_run", stay)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert window_app._run_window(application, studio, (), None) == 0
    (in_any_thread, before), (_, after) = seen
    assert not in_any_thread
    assert gc.isenabled()
    assert 10_000 < before < after


class Cycle:
    """Only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_cycles_are_freed_in_the_thread_of_the_window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc_tuning, "_THRESHOLDS", (500, 20, 20))
    monkeypatch.setattr(gc_tuning, "_INTERVAL", 10)
    parent = QObject()
    gc_tuning.collect_here(parent)
    freed: list[int] = []

    def make() -> None:
        for _ in range(2000):
            weakref.finalize(Cycle(), lambda: freed.append(threading.get_ident()))

    maker = threading.Thread(target=make)
    maker.start()
    maker.join()
    assert not freed
    qtbot.waitUntil(lambda: len(freed) == 2000)
    assert set(freed) == {threading.get_ident()}
