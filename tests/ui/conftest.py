"""The whole program in a test, with a stand-in for the recognizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.settings import Settings
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.train import Learn
from ocr_studio.ui.app.app import Studio, use_theme
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.help.hints import TOUR
from ocr_studio.ui.sharing.addresses import LocalAddress
from ocr_studio.ui.style import style_sheet
from tests import made_synth
from tests.ui import made_board
from tests.ui.canvas_page import Hand, document_of, drawn_page
from tests.ui.learning import correct, press_learn
from tests.ui.made_board import StandInOcrService, StandInReader
from tests.ui.made_course import StandInDetectorLearner, StandInLearner
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def plain(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No style sheet: with it a window takes twice the time to make. Tests of sizes and looks ask for ``styled``."""
    if "styled" not in request.fixturenames:
        monkeypatch.setattr(style_sheet, "sheet", lambda *_: "")


@pytest.fixture(autouse=True)
def second_press(qapp: QApplication) -> None:
    """No press counts as the second half of a double click, as tests press faster than hands."""
    qapp.setDoubleClickInterval(0)


@pytest.fixture(autouse=True)
def only_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens in a real network."""
    here = LocalAddress("127.0.0.1", "127.0.0.1")
    monkeypatch.setattr("ocr_studio.ui.sharing.addresses.list_addresses", lambda: [here])


@pytest.fixture
def styled(qapp: QApplication) -> Iterator[None]:
    """The style sheet that users have."""
    use_theme("light")
    yield
    qapp.setStyleSheet("")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        made_board.write_photo(tmp_path / "boards" / f"board {number}.png", number)
    return tmp_path / "boards"


@pytest.fixture
def open_studio(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    monkeypatch.setattr("ocr_studio.jobs.review.load_lexicon.load_lexicon", lambda _: made_board.LEXICON)
    monkeypatch.setattr("ocr_studio.ui.synth.controller._FIRST", made_synth.options(tmp_path / "synth", words=2))
    opened: list[Studio] = []

    def make(
        *paths: Path,
        settings: Settings | None = None,
        reader: StandInReader | None = None,
        learners: Mapping[str, Learn] | None = None,
        profiles: Mapping[str, StandInReader] | None = None,
        new_user: bool = False,
    ) -> Studio:
        use_theme("light")
        service = StandInOcrService(reader, profiles=profiles)
        if settings is not None:
            service = service.successor(settings.reader_options())
        chosen = settings or Settings()
        if not new_user and not chosen.hints_seen:  # only new users see the tour
            chosen = replace(chosen, hints_seen=(TOUR,))
        studio = Studio(chosen, ocr_service=service, learners=learners)
        opened.append(studio)
        studio.start(paths)
        qtbot.waitExposed(studio.window)
        if paths:
            qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
        return studio

    yield make
    for studio in opened:
        studio.window.close()
        studio.stop()
        studio.autosave.flush()
        studio.window.deleteLater()
        studio.deleteLater()


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[PhotoView]:
    """The photo of ``canvas_page`` with its words, and with the keys."""
    view = PhotoView(Document())
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    document_of(view).open(*drawn_page())
    view.setFocus()
    yield view
    view.close()


@pytest.fixture
def hand(view: PhotoView) -> Hand:
    """A mouse over it."""
    return Hand(view)


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch) -> StandInLearner:
    """Who learns in place of the engine; the new model is called like the folder of the photos."""
    monkeypatch.setattr(training, "suggest_name", lambda *_: "boards")
    return StandInLearner()


@pytest.fixture
def learning(open_studio: Open, folder: Path, learner: StandInLearner) -> Studio:
    """A photo open and read, and the stand-ins learn."""
    return open_studio(folder / "board 1.png", learners={"recognizer": learner, "detector": StandInDetectorLearner()})


@pytest.fixture
def ready(learning: Studio, qtbot: QtBot) -> Studio:
    """Six words checked, and looked at."""
    correct(learning, 6)
    press_learn(learning, qtbot)
    return learning
