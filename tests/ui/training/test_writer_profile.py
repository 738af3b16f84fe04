"""The story of a writer profile in the window: made, used on this writer's photos, proposed for others, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings as settings_file
from ocr_studio.core.editing import edits
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.page import PageFacts, Quad, Transcription
from ocr_studio.core.settings import ReaderOptions, Settings
from ocr_studio.core.translation import message
from ocr_studio.engine.recognition.writer_features import WriterFeatures
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.models.models_dialog import ModelsDialog
from tests.core.made_models import installed
from tests.ui import made_board
from tests.ui.learning import begin, correct, press_learn, said
from tests.ui.made_board import StandInReader
from tests.ui.made_course import StandInLearner
from tests.ui.studio import Open

LEFT = Qt.MouseButton.LeftButton


def set_writer(studio: Studio, writer: str) -> None:
    page = studio.document.page
    assert page is not None
    facts = replace(page.facts, writer=writer)
    studio.document.push(edits.set_facts(page, facts, message("Set writer to {writer}", writer=writer)))


def test_a_profile_is_made_used_and_stopped(learning: Studio, learner: StandInLearner, qtbot: QtBot) -> None:
    studio = learning
    set_writer(studio, "Anna")
    correct(studio, 6)
    press_learn(studio, qtbot)
    trainer = studio.window.trainer
    writers = trainer.preflight.writers
    assert [writers.itemText(row) for row in range(writers.count())] == ["For photos by Anna", "For all photos"]
    assert (writers.isVisible(), trainer.preflight.writer) == (True, "Anna")
    assert trainer.preflight.recipe.recipe.average == 1.0
    assert "Photos by others are read as before." in said(studio)
    writers.setCurrentIndex(1)
    assert "Photos by others" not in said(studio)
    assert trainer.preflight.recipe.recipe.average == 0.5
    writers.setCurrentIndex(0)
    begin(studio, qtbot)
    assert "general" not in trainer.running.about.text()
    assert [curve.title for curve in trainer.running.cer.curves] == ["your held-out words", ""]
    assert trainer.result.keep.toolTip().startswith("Read photos by Anna with this model from now on")
    assert "Keep it to read photos by Anna with it. Other photos are read as before." in said(studio)
    with qtbot.waitSignal(studio.training.kept):
        qtbot.mouseClick(trainer.result.keep, LEFT)
    assert settings_file.load().writer_profiles == (("Anna", "Anna"),)
    assert studio.settings.model is None
    assert studio.reading.ocr_service.options.find_profile("Anna") == "Anna"
    assert "Now reading photos by Anna with the profile “Anna”" in said(studio)
    qtbot.mouseClick(trainer.result.go_back, LEFT)
    qtbot.waitUntil(lambda: not studio.busy)
    assert settings_file.load().writer_profiles == ()


def test_in_a_narrow_table_the_images_leave_room_for_the_texts(
    learning: Studio, learner: StandInLearner, qtbot: QtBot
) -> None:
    correct(learning, 6)
    press_learn(learning, qtbot)
    begin(learning, qtbot)
    table = learning.window.trainer.result.gained
    for wide in (300, 900):
        table.setFixedWidth(wide)
        assert table.columnWidth(0) <= max(60, 0.4 * wide)
        image = table.words.index(0, 0).data(Qt.ItemDataRole.DecorationRole)
        assert image.deviceIndependentSize().width() <= table.columnWidth(0)


def test_without_writers_nothing_is_asked(learning: Studio, qtbot: QtBot) -> None:
    correct(learning, 6)
    press_learn(learning, qtbot)
    page = learning.window.trainer.preflight
    assert (page.writers.isVisible(), page.writer) == (False, "")
    assert "set the writer of its photos" in said(learning)


def test_in_the_list_of_models_a_profile_is_used_for_its_writer_and_stopped(open_studio: Open) -> None:
    installed("hers", writer="Anna")
    studio = open_studio()
    studio.window.action_set["models"].trigger()
    (dialog,) = studio.window.findChildren(ModelsDialog)
    names = [entry.name for entry in dialog._entries]
    dialog.list.setCurrentIndex(dialog.list.model().index(names.index("hers"), 0))
    assert dialog.stop.isHidden()
    dialog.use.setFocus()
    QTest.mouseClick(dialog.use, LEFT)
    assert dialog.focusWidget() is dialog.stop
    assert dialog.status.text() == "Photos by Anna are now read with “hers”."
    assert studio.settings.writer_profiles == (("Anna", "hers"),)
    assert studio.settings.model is None
    assert "In use for photos by Anna" in dialog.list.currentIndex().data()
    assert not dialog.delete.isEnabled()
    assert dialog.use.isHidden()
    QTest.mouseClick(dialog.stop, LEFT)
    assert not studio.settings.writer_profiles
    assert dialog.status.text() == "Photos by Anna are read like all others again."
    assert dialog.delete.isEnabled()


class MarkedReader(StandInReader):
    """Reads boxes as texts that begin with a mark."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark

    def read_quads(self, image: NDArray[np.uint8], quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        for place in quads:
            yield [made_board.reading(f"{self.mark}{place.bounds()[0]:.0f}")]


@pytest.fixture
def profiles(shipped_models: Path) -> None:
    """Profiles of Anna, whose handwriting is on the board, and of Ben, whose is as different as can be."""
    features, photo = WriterFeatures(ReaderOptions()), Pyramid(made_board.photo())
    seen = features.look_at([extract_crop(photo, word.quad.array()) for word in made_board.words()])
    hers = features.make_vector(seen)
    installed("hers", writer="Anna", handwriting=hers)
    installed("his", writer="Ben", handwriting=replace(hers, values=tuple(-value for value in hers.values)))


@pytest.mark.usefixtures("profiles")
def test_a_photo_in_the_handwriting_of_a_profile_is_offered_it(qtbot: QtBot, open_studio: Open, tmp_path: Path) -> None:
    studio = open_studio(
        made_board.write_photo(tmp_path / "photos" / "board.png"),
        settings=Settings().with_profile("Anna", "hers").with_profile("Ben", "his"),
        reader=MarkedReader("all"),
        profiles={"Anna": MarkedReader("anna"), "Ben": MarkedReader("ben")},
    )
    bar = studio.window.messages
    asked = "This looks like the handwriting of Anna. Read it with this profile?"
    qtbot.waitUntil(lambda: asked in bar.texts())
    (button,) = [each for each in bar.findChildren(QPushButton) if each.text() == "Read with profile"]
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not studio.busy)
    page = studio.document.page
    assert page is not None
    assert page.facts == PageFacts(writer="Anna")
    assert {word.text[:4] for word in page.words.values()} == {"anna"}
    assert bar.texts() == []
    studio.document.undo_stack.undo()
    studio.document.undo_stack.undo()
    qtbot.waitUntil(lambda: not studio.busy)
    page = studio.document.page
    assert page is not None
    assert page.facts == PageFacts()


@pytest.mark.usefixtures("profiles")
def test_a_profile_is_proposed_again_until_the_user_answers(qtbot: QtBot, open_studio: Open, tmp_path: Path) -> None:
    first, second = (made_board.write_photo(tmp_path / "photos" / f"board {n}.png", n) for n in (1, 2))
    studio = open_studio(
        first,
        settings=Settings().with_profile("Anna", "hers"),
        reader=MarkedReader("all"),
        profiles={"Anna": MarkedReader("anna")},
    )
    bar = studio.window.messages

    def show(path: Path) -> None:
        studio.opening.open_paths([path])
        qtbot.waitUntil(lambda: studio.opening.path == path and not studio.busy)

    asked = ["This looks like the handwriting of Anna. Read it with this profile?"]
    qtbot.waitUntil(lambda: bar.texts() == asked)
    show(second)
    qtbot.waitUntil(lambda: bar.texts() == asked)
    show(first)
    assert bar.texts() == asked
    (close,) = [each for each in bar.findChildren(QToolButton) if each.toolTip() == "Close this message"]
    QTest.mouseClick(close, LEFT)
    show(second)
    assert bar.texts() == asked
    show(first)
    assert bar.texts() == []
