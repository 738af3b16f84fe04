"""Learning from corrections in the window: pre-flight, running, result, and a person's word on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings as settings_file
from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import registry
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Interval
from ocr_studio.jobs.learning import preflight
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.training.controller import TrainingStage
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.line_chart import Chart, Curve
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from tests.ui import made_board
from tests.ui.learning import begin, candidates, correct, press_learn, said
from tests.ui.made_course import StandInLearner
from tests.ui.studio import Open


@pytest.fixture
def studio(learning: Studio) -> Studio:
    return learning


def test_too_few_says_how_many_are_missing_and_counts_on_while_one_corrects(studio: Studio, qtbot: QtBot) -> None:
    press_learn(studio, qtbot)
    column = studio.window.trainer.preflight.column
    assert studio.window.trainer.isVisible()
    assert not column.begin.isEnabled()
    assert "nothing checked" in column.headline.text()
    assert "5 more words" in said(studio)
    correct(studio, 3)
    assert "3 words checked" in column.headline.text()
    assert "2 more words" in said(studio)
    assert not column.begin.isEnabled()
    correct(studio, 5)
    assert column.headline.text() == "5 words checked"
    assert column.begin.isEnabled()


def test_five_words_learned_watched_kept_and_taken_back(studio: Studio, learner: StandInLearner, qtbot: QtBot) -> None:
    correct(studio, 5)
    press_learn(studio, qtbot)
    trainer = studio.window.trainer
    assert trainer.preflight.examples.words.rowCount() == 5
    assert "held out (◇)" in said(studio)
    begin(studio, qtbot)
    assert len(trainer.running.loss.curves[0].points) == learner.steps
    assert [step for step, _ in trainer.running.cer.curves[0].points] == [3, 6, 9, 12]
    assert trainer.pages.currentWidget() is trainer.result
    assert trainer.result.column.headline.text() == "It reads your handwriting better"
    assert "On 20 held-out words, it makes 9 mistakes instead of 15." in said(studio)
    assert "−5.7 points (−10.1 … −1.3)".replace(" ", "\u00a0") in trainer.result.figures.text()
    assert registry.available() == (registry.BUILT_IN,), "nothing is installed before a person has said so"
    assert studio.settings.model is None

    with qtbot.waitSignal(studio.training.kept):
        qtbot.mouseClick(trainer.result.keep, Qt.MouseButton.LeftButton)
    assert [model.name for model in registry.available()] == [registry.BUILT_IN.name, "boards"]
    assert studio.settings.model == settings_file.load().model == "boards"
    assert candidates() == []
    assert training_runs.list_unfinished() == ()
    assert "Now reading with “boards”" in said(studio)
    qtbot.mouseClick(trainer.result.reread, Qt.MouseButton.LeftButton)
    dialog = studio.window.findChild(ChangesDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.take.isVisible)
    dialog.take.click()
    page = studio.document.page
    assert page is not None
    texts = [word.text for word in page.words.values() if word.human is None]
    assert all(text.startswith("again") for text in texts)
    assert len(texts) == 3

    qtbot.mouseClick(trainer.result.go_back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.busy)
    assert studio.settings.model is settings_file.load().model is None
    assert "boards" in [model.name for model in registry.available()]
    assert trainer.pages.currentWidget() is trainer.preflight


def test_keep_is_heard_once(ready: Studio, qtbot: QtBot) -> None:
    begin(ready, qtbot)
    troubles: list[object] = []
    ready.training.failed.connect(troubles.append)
    result = ready.window.trainer.result
    for pressed in (result.keep, result.keep, result.discard):
        qtbot.mouseClick(pressed, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.KEPT and not ready.busy)
    assert (ready.settings.model, troubles) == ("boards", [])


def test_worse_is_said_plainly_and_discarding_leaves_nothing(
    ready: Studio, learner: StandInLearner, qtbot: QtBot
) -> None:
    learner.mistakes, learner.change = (9, 14), Interval(0.02, 0.09)
    begin(ready, qtbot)
    result = ready.window.trainer.result
    assert result.column.headline.text() == "It got worse"
    assert "14 mistakes instead of 9" in said(ready)
    assert "Discard it." in said(ready)
    assert result.discard.property("primary")
    assert not result.keep.property("primary")
    qtbot.mouseClick(result.discard, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not ready.busy)
    assert registry.available() == (registry.BUILT_IN,)
    assert candidates() == []
    assert list(training_runs.find_runs_folder().iterdir()) == []
    assert ready.window.trainer.preflight.column.begin.isEnabled()


def test_a_model_that_learned_nothing_can_only_be_discarded(
    ready: Studio, learner: StandInLearner, qtbot: QtBot
) -> None:
    learner.changed = False
    begin(ready, qtbot)
    result = ready.window.trainer.result
    assert result.column.headline.text() == "Nothing was learned"
    assert "Correct more words" in said(ready)
    assert (result.keep.isHidden(), result.discard.isHidden()) == (True, False)
    assert result.discard.property("primary")
    ready.training.keep()
    assert ready.training.stage is TrainingStage.DECIDING
    qtbot.mouseClick(result.discard, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not ready.busy)
    assert registry.available() == (registry.BUILT_IN,)
    learner.changed = True
    begin(ready, qtbot)
    assert not result.keep.isHidden()


def test_one_goes_on_correcting_while_it_learns_and_may_pause_it(
    ready: Studio, learner: StandInLearner, qtbot: QtBot
) -> None:
    learner.gate = threading.Event()
    begin(ready, qtbot, TrainingStage.LEARNING)
    running = ready.window.trainer.running
    qtbot.waitUntil(lambda: ready.training.started is not None)
    page = ready.document.page
    assert page is not None
    ready.document.push(edits.write(page, ready.document.order()[7], "queues"))
    ready.reading.read_words(ready.document.order()[:1])
    with qtbot.waitSignal(ready.reading.stopped):
        pass
    assert ready.training.stage is TrainingStage.LEARNING
    qtbot.mouseClick(running.pause, Qt.MouseButton.LeftButton)
    assert "Paused" in said(ready)
    learner.gate.set()
    qtbot.wait(60)
    assert len(running.loss.curves[0].points) <= 1, "the step that had begun, and no other"
    qtbot.mouseClick(running.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.DECIDING)


def test_stopped_early_the_best_so_far_can_be_kept(ready: Studio, learner: StandInLearner, qtbot: QtBot) -> None:
    learner.gate = threading.Event()
    begin(ready, qtbot, TrainingStage.LEARNING)
    running = ready.window.trainer.running
    qtbot.waitUntil(running.keep_best.isEnabled)
    qtbot.mouseClick(running.pause, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(running.keep_best, Qt.MouseButton.LeftButton)
    assert ready.training.stage is TrainingStage.ENDING
    assert not running.keep_best.isEnabled()
    learner.gate.set()
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.DECIDING)
    assert ready.training.trained is not None
    assert ready.training.trained.steps == 1
    assert "stopped manually" in ready.window.trainer.result.note.text()


@pytest.mark.parametrize("paused", [False, True])
def test_thrown_away_nothing_stays(ready: Studio, learner: StandInLearner, qtbot: QtBot, paused: bool) -> None:
    learner.gate = threading.Event()
    begin(ready, qtbot, TrainingStage.LEARNING)
    running = ready.window.trainer.running
    qtbot.waitUntil(lambda: ready.training.started is not None)
    if paused:
        qtbot.mouseClick(running.pause, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(running.throw_away, Qt.MouseButton.LeftButton)
    learner.gate.set()
    qtbot.waitUntil(lambda: not ready.busy)
    assert learner.closed
    assert candidates() == []
    assert list(training_runs.find_runs_folder().iterdir()) == []
    assert ready.training.stage is TrainingStage.READY
    begin(ready, qtbot)


def test_a_doubtful_label_is_a_click_from_its_place(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    correct(studio, 6)
    page = studio.document.page
    assert page is not None
    key = studio.document.order()[2]
    studio.document.push(edits.write(page, key, "Wednesday"))
    press_learn(studio, qtbot)
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    doubts = studio.window.trainer.preflight.doubts
    rows = [row.cells for row in doubts.words.rows]
    assert rows == [("Wednesday", "The program read “new” here with high confidence.")]
    place = doubts.visualRect(doubts.words.index(0, 1)).center()
    qtbot.mouseClick(doubts.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and bool(studio.document.selection))
    assert studio.document.current == key
    assert studio.window.view.screen_area().intersects(studio.window.view.screen_box(made_board.quad(0, 2)).toRect())


def test_what_is_corrected_after_the_look_is_learned_too(ready: Studio, learner: StandInLearner, qtbot: QtBot) -> None:
    column = ready.window.trainer.preflight.column
    assert not column.again.isVisible()
    correct(ready, 8)
    assert "2 more words since" in said(ready)
    assert column.again.isVisible()
    begin(ready, qtbot)
    assert ready.training.started is not None
    assert ready.training.started.train + ready.training.started.held_out == 8


def test_what_was_corrected_on_another_photo_counts_on(ready: Studio, folder: Path, qtbot: QtBot) -> None:
    column = ready.window.trainer.preflight.column
    correct(ready, 8)
    ready.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: ready.opening.path == folder / "board 2.png" and not ready.busy)
    correct(ready, 3)
    assert column.headline.text() == "11 words checked"
    begin(ready, qtbot)
    assert ready.training.started is not None
    assert ready.training.started.train + ready.training.started.held_out == 11


def test_looking_again_takes_up_what_was_corrected(ready: Studio, qtbot: QtBot) -> None:
    correct(ready, 8)
    qtbot.mouseClick(ready.window.trainer.preflight.column.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.READY)
    assert ready.window.trainer.preflight.examples.words.rowCount() == 8


def test_a_look_that_fails_says_so_and_can_be_tried_again(
    ready: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = ready.window.trainer.preflight.column

    def fail(*_: object, **__: object) -> Iterator[object]:
        raise StudioError("the disk is full", remedy="Make room.")

    correct(ready, 8)
    with monkeypatch.context() as patched, qtbot.waitSignal(ready.training.failed):
        patched.setattr(preflight, "look", fail)
        qtbot.mouseClick(column.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.IDLE)
    assert column.headline.text() == "Can’t collect your corrections"
    assert not column.begin.isEnabled()
    qtbot.mouseClick(column.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.READY)
    assert column.headline.text() == "8 words checked"


def test_words_that_cannot_be_learned_from_are_shown_with_the_reason(ready: Studio, folder: Path, qtbot: QtBot) -> None:
    (folder / "board 1.png").unlink()
    correct(ready, 7)
    preflight_page = ready.window.trainer.preflight
    qtbot.mouseClick(preflight_page.column.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.READY)
    assert preflight_page.column.headline.text() == "None of the checked words can be used"
    assert preflight_page.doubts.isVisible()
    assert not preflight_page.column.begin.isEnabled()


def test_a_failure_is_said_and_one_can_try_again(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    def fail(_: object) -> object:
        raise StudioError("the disk is full", remedy="Make room.")

    learners = {"recognizer": fail}
    studio = open_studio(folder / "board 1.png", learners=learners)
    correct(studio, 6)
    press_learn(studio, qtbot)
    with qtbot.waitSignal(studio.training.failed):
        studio.window.trainer.preflight.column.begin.click()
    qtbot.waitUntil(lambda: studio.training.stage is TrainingStage.READY)
    assert "the disk is full. Make room." in studio.window.messages.texts()
    assert studio.window.trainer.preflight.column.begin.isEnabled()
    assert candidates() == []


def test_the_detector_learns_from_photos_with_every_word_checked(studio: Studio, qtbot: QtBot) -> None:
    correct(studio, 6)
    press_learn(studio, qtbot)
    trainer = studio.window.trainer
    trainer.tabs.setCurrentIndex(1)
    assert trainer.pages.currentWidget() is trainer.boxes
    assert not trainer.boxes.column.begin.isEnabled()
    assert trainer.boxes.column.meter.accessibleName() == "Photos with every word checked"
    assert "word" not in trainer.boxes.recipe.batch.accessibleName().lower()
    assert "No photos with every word checked yet" in said(studio)
    correct(studio, 8)
    press_learn(studio, qtbot)
    assert "1 photo with every word checked" in said(studio)
    qtbot.mouseClick(trainer.boxes.column.begin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.training.stage is TrainingStage.DECIDING)
    assert trainer.result.column.headline.text() == "It finds your handwriting better"
    assert not trainer.tabs.isTabEnabled(0), "one after the other"
    assert "finds 180 instead of 165" in said(studio)
    assert len(trainer.running.lines.curves[0].points) == 4
    qtbot.mouseClick(trainer.result.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.settings.detector == "boards")
    assert studio.settings.model is None
    assert not trainer.result.reread.isVisible()
    qtbot.mouseClick(trainer.result.go_back, Qt.MouseButton.LeftButton)
    assert studio.settings.detector is None


def test_everything_in_a_recipe_can_be_chosen(ready: Studio, learner: StandInLearner, qtbot: QtBot) -> None:
    trainer = ready.window.trainer
    qtbot.mouseClick(trainer.preflight.column.advanced, Qt.MouseButton.LeftButton)
    form = trainer.preflight.recipe
    assert form.isVisible()
    form.what.setCurrentIndex(form.what.findData("head"))
    form.epochs.setValue(3)
    form.patience.setValue(0)
    form.average.setCurrentIndex(form.average.findData("1.0"))
    begin(ready, qtbot)
    run = ready.training.run
    assert run is not None
    assert (run.recipe.what, run.recipe.epochs, run.recipe.patience, run.recipe.average) == ("head", 3, None, 1.0)


def test_the_shortcut_and_return_are_enough(studio: Studio, qtbot: QtBot) -> None:
    correct(studio, 6)
    studio.window.activateWindow()
    studio.window.view.setFocus()
    qtbot.keyClick(studio.window.view, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    begin_button = studio.window.trainer.preflight.column.begin
    qtbot.waitUntil(begin_button.hasFocus)
    qtbot.keyClick(begin_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.training.stage is TrainingStage.DECIDING)


def test_while_one_is_writing_the_panel_takes_no_keys(ready: Studio, learner: StandInLearner, qtbot: QtBot) -> None:
    learner.pause = 0.01
    begin(ready, qtbot, TrainingStage.LEARNING)
    ready.window.activateWindow()
    ready.document.select(ready.document.order()[7:8])
    ready.window.view.setFocus()
    ready.window.action_set["edit_text"].trigger()
    writing = QApplication.focusWidget()
    assert isinstance(writing, QLineEdit)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.DECIDING)
    qtbot.wait(20)
    assert QApplication.focusWidget() is writing


def test_photos_of_another_folder_are_what_is_learned_from_then(
    ready: Studio, tmp_path: Path, learner: StandInLearner, qtbot: QtBot
) -> None:
    elsewhere = made_board.write_photo(tmp_path / "elsewhere" / "other.png", 9)
    ready.opening.open_paths([elsewhere])
    qtbot.waitUntil(lambda: ready.opening.path == elsewhere and not ready.busy)
    column = ready.window.trainer.preflight.column
    assert "nothing checked" in column.headline.text()
    correct(ready, 7)
    assert column.headline.text() == "7 words checked"


def test_shown_by_the_menu_it_says_what_there_is(studio: Studio, qtbot: QtBot) -> None:
    correct(studio, 6)
    studio.opening.save()
    studio.window.trainer.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: studio.training.stage is TrainingStage.READY)
    assert studio.window.trainer.preflight.column.headline.text() == "6 words checked"


def test_curves_grow_and_are_told_to_who_cannot_see_them(ready: Studio, learner: StandInLearner, qtbot: QtBot) -> None:
    begin(ready, qtbot)
    cer = ready.window.trainer.running.cer
    assert cer.accessibleName() == "Character error rate (CER)"
    assert "your held-out words 8.0%" in cer.accessibleDescription()
    blank = Chart("Loss", [Curve("a")], str)
    for chart in (cer, blank):
        chart.resize(300, 120)
        pixels = image_convert.array(chart.grab().toImage())
        colours = np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)
        assert len(colours) > 3, "lines, letters and ground"
    blank.add(0, 1, float("nan"))
    blank.add(0, 1, None)
    assert blank.curves[0].points == []
    blank.add(0, 5, 1.0)
    blank.add(0, 3, 2.0)
    assert blank.curves[0].points == [(3.0, 2.0)], "gone on with from an earlier step"
    blank.deleteLater()
