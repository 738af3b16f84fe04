"""What holds for every test: no screen, no real home folder, and nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies
from pytestqt.qtbot import QtBot

GRACE_SECONDS = 3.0  # a thread that has been told to end may need a moment
PATIENCE = 120_000  # milliseconds until what a test waits for is taken not to come: a busy machine must fail no test


def pytest_configure(config: pytest.Config) -> None:
    """Before anything of the program is imported: no screen, and settings that belong to nobody."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["OCR_STUDIO_PRECISION"] = "float32"  # the same figures on every processor
    # The same examples on every machine; ``--hypothesis-profile=explore`` looks for new ones.
    slow_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("studio", slow_machine, max_examples=50, derandomize=True, database=None)
    settings.register_profile("explore", slow_machine, max_examples=1000, print_blob=True)
    settings.load_profile(config.getoption("--hypothesis-profile") or "studio")
    # TensorFlow may have told the processor to take numbers next to zero for zero.
    strategies.floats = partial(strategies.floats, allow_subnormal=False)
    home = tempfile.mkdtemp(prefix="ocr-studio-tests-")
    os.environ["OCR_STUDIO_HOME"] = home
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed, QtBot.waitActive):
        wait.__kwdefaults__ = {**(wait.__kwdefaults__ or {}), "timeout": PATIENCE}


@pytest.fixture(autouse=True)
def studio_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, logs and library of this test alone."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("OCR_STUDIO_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def only_borrowed_models(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No model of its own comes with the program: which do must change no test. Returns the folder they would be in."""
    from ocr_studio.core import resources

    folder = tmp_path_factory.mktemp("program") / "models"
    monkeypatch.setattr(resources, "models", lambda: folder)
    return folder


@pytest.fixture
def shipped_models(only_borrowed_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models of its own come with the program, as outside of tests. Returns their folder."""
    from ocr_studio.core import resources

    folder = resources.folder() / "models"
    monkeypatch.setattr(resources, "models", lambda: folder)
    return folder


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning in the log fails the test, unless the test looks at the log itself (``caplog``)."""
    if "caplog" in request.fixturenames:
        yield
        return
    handler = _Collector(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
    if handler.records:
        pytest.fail("logged: " + "; ".join(f"{each.name}: {each.getMessage()}" for each in handler.records))


@pytest.fixture(autouse=True)
def no_thread_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A thread that still runs after the test fails it, Python's or Qt's."""
    before = set(threading.enumerate())
    started = _watched_qthreads(monkeypatch)

    def left() -> list[str]:
        # Python makes a dummy for each of Qt's threads that logs, and never takes it away; Qt's are looked at apart.
        fresh = [each for each in threading.enumerate() if each not in before]
        python = [each.name for each in fresh if each.is_alive() and not isinstance(each, threading._DummyThread)]
        return python + [repr(each) for each in started if _valid(each) and each.isRunning()]

    yield
    _wait(lambda: not left())
    if names := left():
        pytest.fail(f"threads still running after the test: {', '.join(names)}")


@pytest.fixture(autouse=True)
def no_collection_in_other_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program, objects of a window are destroyed in its thread only; see ``ui.app.gc_tuning``."""
    if "qapp" in request.fixturenames:
        gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def no_window_left() -> Iterator[None]:
    """A top-level widget that is still there after the test fails it."""
    before = {id(widget) for widget in _windows()}
    yield
    left = [widget for widget in _windows() if id(widget) not in before]
    if left:
        del left  # it may be all that holds them
        gc.collect()
        left = [widget for widget in _windows() if id(widget) not in before]
    if left:
        pytest.fail(f"windows left behind: {', '.join(map(repr, left))}")


@pytest.fixture
def plain_graphs() -> Iterator[None]:
    """TensorFlow runs its graphs as they are: making a large one faster takes longer than the few runs of a test."""
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


class _Collector(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _watched_qthreads(monkeypatch: pytest.MonkeyPatch) -> weakref.WeakSet[Any]:
    started: weakref.WeakSet[Any] = weakref.WeakSet()
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QThread

        start = QThread.start

        def start_watched(thread: QThread, *args: Any, **named: Any) -> None:
            started.add(thread)
            start(thread, *args, **named)

        monkeypatch.setattr(QThread, "start", start_watched)
    return started


def _windows() -> list[Any]:
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    # Qt keeps one tool tip label for all windows.
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if _valid(widget) and widget.parent() is None and widget.metaObject().className() != "QTipLabel"
    ]


def _valid(thing: Any) -> bool:
    from shiboken6 import isValid

    return bool(isValid(thing))


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + GRACE_SECONDS
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
