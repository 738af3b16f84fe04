"""A training that was cut short, or that nobody has decided on, is offered by the next window."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.training import runs as training_runs
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.training.controller import TrainingStage
from tests.ui.learning import begin, correct, press_learn, said
from tests.ui.made_course import StandInLearner
from tests.ui.studio import Open


def test_a_window_that_was_closed_meanwhile_offers_to_go_on(
    ready: Studio, learner: StandInLearner, open_studio: Open, qtbot: QtBot
) -> None:
    learner.pause = 0.02
    begin(ready, qtbot, TrainingStage.LEARNING)
    qtbot.waitUntil(lambda: len(ready.window.trainer.running.cer.curves[0].points) > 0)
    ready.window.close()
    ready.stop()
    again = StandInLearner()
    other = open_studio(learners={"recognizer": again})
    trainer = other.window.trainer
    qtbot.waitUntil(lambda: bool(other.training.offers))
    assert trainer.isVisible()
    assert "“boards” was interrupted" in trainer.offer.text.text()
    qtbot.mouseClick(trainer.offer.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: other.training.stage is TrainingStage.DECIDING)
    assert again.resumed == [True]
    assert not trainer.offer.isVisible()
    qtbot.mouseClick(trainer.result.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: other.settings.model == "boards")
    assert training_runs.list_unfinished() == ()


def test_what_nobody_had_decided_on_is_shown_again(
    ready: Studio, learner: StandInLearner, open_studio: Open, qtbot: QtBot
) -> None:
    begin(ready, qtbot)
    ready.window.close()
    ready.stop()
    again = StandInLearner()
    other = open_studio(learners={"recognizer": again})
    qtbot.waitUntil(lambda: bool(other.training.offers))
    trainer = other.window.trainer
    assert "Keep or discard it?" in trainer.offer.text.text()
    qtbot.mouseClick(trainer.offer.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: other.training.stage is TrainingStage.DECIDING)
    assert again.begun == 0
    assert "9 mistakes instead of 15" in said(other)
    qtbot.mouseClick(trainer.result.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: other.settings.model == "boards")


def test_going_on_leaves_nothing_of_what_was_looked_at(
    ready: Studio, folder: Path, open_studio: Open, qtbot: QtBot
) -> None:
    begin(ready, qtbot)
    ready.window.close()
    ready.stop()
    other = open_studio(folder / "board 1.png", learners={})
    press_learn(other, qtbot)
    assert other.training.stage is TrainingStage.READY
    looked_at = paths.cache_dir() / "looked-at"
    assert any(looked_at.iterdir())
    qtbot.mouseClick(other.window.trainer.offer.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: other.training.stage is TrainingStage.DECIDING)
    assert not any(looked_at.iterdir())


def test_what_failed_before_anything_was_kept_is_not_offered(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    def fail(_: object) -> object:
        raise StudioError("the disk is full")

    studio = open_studio(folder / "board 1.png", learners={"recognizer": fail})
    correct(studio, 6)
    press_learn(studio, qtbot)
    with qtbot.waitSignal(studio.training.failed):
        studio.window.trainer.preflight.column.begin.click()
    qtbot.waitUntil(lambda: studio.training.stage is TrainingStage.READY and not studio.busy)
    assert not studio.window.trainer.offer.isVisible()
    assert not list(training_runs.find_runs_folder().iterdir())


def test_a_window_closed_before_anything_was_kept_offers_nothing(
    ready: Studio, learner: StandInLearner, open_studio: Open, qtbot: QtBot
) -> None:
    learner.gate = threading.Event()
    begin(ready, qtbot, TrainingStage.LEARNING)
    qtbot.waitUntil(lambda: ready.training.started is not None)
    ready.window.close()
    learner.gate.set()
    ready.stop()
    assert training_runs.load_run("boards") is not None
    other = open_studio(learners={})
    qtbot.waitUntil(lambda: training_runs.load_run("boards") is None)
    qtbot.waitUntil(lambda: not other.busy)
    assert other.training.offers == ()


def test_an_offer_can_be_thrown_away(ready: Studio, open_studio: Open, learner: StandInLearner, qtbot: QtBot) -> None:
    learner.pause = 0.02
    begin(ready, qtbot, TrainingStage.LEARNING)
    qtbot.waitUntil(lambda: len(ready.window.trainer.running.cer.curves[0].points) > 0)
    ready.window.close()
    ready.stop()
    other = open_studio(learners={})
    qtbot.waitUntil(lambda: bool(other.training.offers))
    qtbot.mouseClick(other.window.trainer.offer.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not other.busy)
    assert not other.window.trainer.offer.isVisible()
    assert training_runs.list_unfinished() == ()
