"""The whole story with the real engine, in a few steps: correct five words, press, watch, keep, re-read, roll back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ocr_studio.core import resources
from ocr_studio.core.editing import edits
from ocr_studio.core.models import registry
from ocr_studio.core.page import Page
from ocr_studio.core.settings import Settings
from ocr_studio.engine.training import finetune
from ocr_studio.engine.training import run as training_run
from ocr_studio.jobs.learning import train as training
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.training.controller import TrainingStage

WAIT_MS = 240_000  # a slow machine, TensorFlow's import included
NAME = "boards"


@pytest.fixture
def studio(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, plain_graphs: None) -> Iterator[Studio]:
    """The sample, read; what would be learned in a minute is in a few steps."""
    for name, few in (("REHEARSED", 12), ("MEASURED", 4)):
        monkeypatch.setattr(finetune, name, few)
    monkeypatch.setattr(training_run, "EVALUATIONS", 2)
    monkeypatch.setattr(training, "suggest_name", lambda *_: NAME)
    photo = tmp_path / NAME / "board.jpg"
    photo.parent.mkdir()
    shutil.copy(resources.sample_photo(), photo)
    studio = Studio(Settings(hints_seen=("tour",)))
    qtbot.addWidget(studio.window)
    studio.start([photo])
    qtbot.waitUntil(lambda: studio.document.page is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page(studio).read_at is not None and not studio.busy, timeout=WAIT_MS)
    yield studio
    studio.window.close()
    studio.stop()


def page(studio: Studio) -> Page:
    assert studio.document.page is not None
    return studio.document.page


def reader_of(studio: Studio, key: str) -> str | None:
    machine = page(studio).words[key].machine
    return machine.model if machine else None


def test_correct_press_watch_keep_reread_and_roll_back(studio: Studio, qtbot: QtBot) -> None:
    order = studio.document.order()
    for key in order[:5]:
        text = page(studio).words[key].text
        studio.document.push(edits.write(page(studio), key, f"{text}s" if key == order[1] else text))
    checked = {key: page(studio).words[key].human for key in order[:5]}

    studio.window.action_set["learn"].trigger()
    qtbot.waitUntil(lambda: studio.training.stage is TrainingStage.READY, timeout=WAIT_MS)
    trainer = studio.window.trainer
    trainer.preflight.recipe.epochs.setValue(2)
    qtbot.mouseClick(trainer.preflight.column.begin, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(studio.reading.stopped, timeout=WAIT_MS):
        studio.reading.read_words(order[-1:])  # goes on meanwhile, in the lane beside
    qtbot.waitUntil(lambda: studio.training.stage is not TrainingStage.LEARNING, timeout=WAIT_MS)
    assert studio.training.stage is TrainingStage.DECIDING
    steps = [step for step, _ in trainer.running.loss.curves[0].points]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) >= 2
    assert trainer.running.cer.curves[0].points
    assert trainer.running.cer.curves[1].points
    assert "held-out" in trainer.result.sentence.text()
    assert studio.settings.model is None

    qtbot.mouseClick(trainer.result.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.settings.model == NAME, timeout=WAIT_MS)
    assert registry.find(NAME).card is not None
    qtbot.waitUntil(lambda: not studio.busy, timeout=WAIT_MS)
    read(studio, order[-3:], qtbot)
    assert [reader_of(studio, key) for key in order[-3:]] == [NAME] * 3
    assert reader_of(studio, order[6]) == registry.BUILT_IN.name, "each word remembers who has read it"

    qtbot.mouseClick(trainer.result.go_back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.settings.model is None and not studio.busy, timeout=WAIT_MS)
    read(studio, order[-3:], qtbot)
    assert [reader_of(studio, key) for key in order[-3:]] == [registry.BUILT_IN.name] * 3
    assert NAME in [model.name for model in registry.available()]
    assert {key: page(studio).words[key].human for key in order[:5]} == checked


def read(studio: Studio, keys: list[str] | tuple[str, ...], qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.reading.stopped, timeout=WAIT_MS):
        studio.reading.read_words(keys)
