"""Rarer turns of learning in the window: a name that is taken meanwhile, lines instead of words, other photos."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.core.settings import Settings
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Interval, Recipe
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.reading.rereading_scope import RereadingScopeDialog
from ocr_studio.ui.training.controller import TrainingStage
from tests.core.made_models import installed
from tests.ui.learning import begin, correct, press_learn, said
from tests.ui.made_course import StandInLearner
from tests.ui.studio import Open


def test_where_its_name_is_taken_meanwhile_it_is_kept_under_another_and_said(ready: Studio, qtbot: QtBot) -> None:
    begin(ready, qtbot)
    installed("boards")
    qtbot.mouseClick(ready.window.trainer.result.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready.training.stage is TrainingStage.KEPT)
    assert ready.settings.model == "boards 2"
    assert "Now reading with “boards 2”" in said(ready)
    assert "The name “boards” is already in use, so this model was saved as “boards 2”." in said(ready)
    assert training_runs.list_unfinished() == ()


def test_of_lines_the_panel_speaks_of_lines(
    open_studio: Open, folder: Path, learner: StandInLearner, qtbot: QtBot
) -> None:
    learner.unit, learner.change, learner.gate = "lines", Interval(-0.1, 0.02), threading.Event()
    studio = open_studio(folder / "board 1.png", settings=Settings(unit="lines"), learners={"recognizer": learner})
    correct(studio, 8)
    press_learn(studio, qtbot)
    trainer = studio.window.trainer
    outset = trainer.preflight
    assert "2 lines checked" in said(studio)
    named = (outset.column.meter, outset.examples, outset.doubts, outset.groups, outset.recipe.epochs)
    names = [each.accessibleName().lower() for each in named]
    assert all("line" in name and "word" not in name for name in names)
    labels = [each.text() for each in outset.recipe.findChildren(QLabel)]
    assert {"Batch size (lines)", "General lines"} <= set(labels)
    studio.training.start("recognizer", Recipe())  # two lines are too few for the button
    qtbot.waitUntil(lambda: studio.training.started is not None)
    assert trainer.running.column.headline.text() in ("Training on 1 line", "Training on 2 lines")
    assert [curve.title for curve in trainer.running.cer.curves] == ["your held-out lines", "general lines"]
    learner.gate.set()
    qtbot.waitUntil(lambda: studio.training.stage is TrainingStage.DECIDING)
    assert "On 20 held-out lines, it makes 9 mistakes instead of 15." in said(studio)
    assert "more corrected lines (a fifth of them held out) could confirm" in said(studio)
    assert "word" not in said(studio).replace("\u00a0", " ").lower()


def test_kept_the_words_of_other_photos_can_be_read_again_too(ready: Studio, folder: Path, qtbot: QtBot) -> None:
    for name in ("board 2.png", "board 1.png"):
        ready.opening.open_paths([folder / name])
        qtbot.waitUntil(lambda name=name: ready.opening.path == folder / name and not ready.busy)  # type: ignore[misc]
    assert ready.autosave.flush()
    correct(ready, 8)
    begin(ready, qtbot)
    result = ready.window.trainer.result
    qtbot.mouseClick(result.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(result.reread.isVisible)
    qtbot.mouseClick(result.reread, Qt.MouseButton.LeftButton)
    (scope,) = ready.window.findChildren(RereadingScopeDialog)
    qtbot.waitUntil(scope.every.isEnabled)
    assert not scope.this.isEnabled()
    assert "One other photo: 8 unchecked words" in scope.every.text()
    scope.reject()
