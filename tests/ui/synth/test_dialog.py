"""Read → Make synthetic boards: chosen, looked at, written, gone on with, and learned from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ocr_studio.core import resources, translation
from ocr_studio.core.datasets import dataset
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.synth.dataset import SynthSource
from ocr_studio.core.training.preflight import LEAST
from ocr_studio.core.training.runs import KINDS
from ocr_studio.engine.synth.text import texts
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import FolderState, SampleMade, SourcesRead, WritingEvent
from ocr_studio.ui.app.main_window import MainWindow
from ocr_studio.ui.synth.dialog import SynthDialog
from ocr_studio.ui.training.controller import TrainingStage
from tests.ui.studio import Open, leave_dialogs, record_opened
from tests.ui.synth_dialogs import LEFT, dialog_of, opened, words_shown, written, wrong

# Pixels that a window may have on a screen of 640.
NARROW = 640


@pytest.fixture
def dialog(open_studio: Open, tmp_path: Path, qtbot: QtBot) -> SynthDialog:
    return opened(open_studio, tmp_path / "out", qtbot)


def test_what_is_chosen_is_drawn_and_others_on_request(dialog: SynthDialog, qtbot: QtBot) -> None:
    first = words_shown(dialog)
    assert len(first) == 2
    assert all(first)
    assert "2 words and 0 boards" in dialog.estimate.text()
    dialog.form.words.setValue(30)
    qtbot.waitUntil(lambda: len(words_shown(dialog)) == 12 and not dialog.looking.trials.busy)
    twelve = words_shown(dialog)
    assert twelve[:2] == first
    QTest.mouseClick(dialog.looking.another, LEFT)
    qtbot.waitUntil(lambda: not dialog.looking.trials.busy)
    assert words_shown(dialog) != twelve
    assert "30 words" in dialog.estimate.text()
    leave_dialogs()


@pytest.mark.parametrize("language", ["en", "de", "uk"])
def test_it_fits_on_a_narrow_screen(language: str, open_studio: Open, tmp_path: Path, qtbot: QtBot) -> None:
    if language != "en":
        assert translation.use(resources.translations(), language)
    try:
        assert opened(open_studio, tmp_path / "out", qtbot).minimumSizeHint().width() <= NARROW
        leave_dialogs()
    finally:
        translation.use_english()


def test_kinds_without_a_source_wait_for_one(dialog: SynthDialog, tmp_path: Path) -> None:
    form = dialog.form
    assert not form.writing.sliders["handwriting"].isEnabled()
    assert "folder of handwriting fonts" in form.writing.sliders["handwriting"].toolTip()
    # Of print and synthetic handwriting, those that are there.
    assert form.writing.share_labels["print"].text() == "45%"
    form.fonts.choose.click()
    (photo_dialogs,) = dialog.findChildren(QFileDialog)
    photo_dialogs.filesSelected.emit([str(tmp_path)])
    photo_dialogs.reject()
    assert form.options.fonts == tmp_path
    assert form.writing.sliders["handwriting"].isEnabled()
    form.strokes.line.setText(f"{tmp_path / 'a.npz'}; {tmp_path / 'b.npz'}")
    assert form.options.strokes == (tmp_path / "a.npz", tmp_path / "b.npz")
    leave_dialogs()


def test_nothing_but_words_is_shown_where_that_is_chosen(dialog: SynthDialog, qtbot: QtBot) -> None:
    dialog.form.words.setValue(12)
    qtbot.waitUntil(lambda: len(words_shown(dialog)) == 12 and not dialog.looking.trials.busy)
    known = set(texts.load_vocabulary(dialog.form.options.languages).words)
    assert set(words_shown(dialog)) - known
    dialog.form.only_words.setChecked(True)
    assert dialog.form.options.only_words
    qtbot.waitUntil(lambda: not set(words_shown(dialog)) - known and not dialog.looking.trials.busy)
    leave_dialogs()


def test_what_cannot_be_made_is_said_and_nothing_can_be_written(dialog: SynthDialog, qtbot: QtBot) -> None:
    dialog.form.fonts.line.setText("/nowhere/at/all")
    qtbot.waitUntil(lambda: "the folder does not exist" in wrong(dialog))
    assert not dialog.write.isEnabled()
    dialog.form.fonts.line.clear()
    dialog.form.words.setValue(0)
    qtbot.waitUntil(lambda: "neither words nor boards" in wrong(dialog))
    dialog.form.words.setValue(1)
    qtbot.waitUntil(lambda: wrong(dialog) == "" and not dialog.looking.trials.busy)
    assert dialog.write.isEnabled()
    dialog.folder.line.clear()
    assert not dialog.write.isEnabled()
    leave_dialogs()


def test_it_is_written_shown_kept_and_learned_from(
    open_studio: Open, dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = record_opened(monkeypatch)
    dialog.form.words.setValue(LEAST + 1)
    dialog.form.seed.setValue(4)
    QTest.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: written(dialog))
    assert dialog.report.lines[0] == f"{LEAST + 1} of {LEAST + 1} words written"
    assert not any("corrected" in line for line in dialog.report.lines)
    QTest.mouseClick(dialog.show_folder, LEFT)
    assert shown == [str(tmp_path / "out")]
    window = dialog.parent()
    assert isinstance(window, MainWindow)
    trainer, training = window.trainer, window.trainer._training
    QTest.mouseClick(dialog.train, LEFT)
    qtbot.waitUntil(lambda: training.stage is TrainingStage.READY)
    assert trainer.isVisible()
    assert trainer.preflight.column.begin.isEnabled()
    assert training.look is not None
    assert training.look.dataset is not None
    assert training.look.dataset.folder == tmp_path / "out"
    assert dataset.read(tmp_path / "out").trouble == ()
    boxes = trainer.boxes
    trainer.tabs.setCurrentIndex(KINDS.index("detector"))
    assert boxes.isVisible()
    assert boxes.column.headline.text() == "This dataset contains single words only"
    assert "Read → Generate synthetic boards." in boxes.column.text.text()
    assert not boxes.column.begin.isEnabled()
    assert not boxes.how.isVisible()  # nobody is to check the words of photos here
    boxes.column.advanced.click()
    assert boxes.recipe.isVisible()
    again = dialog_of(open_studio())
    assert (again.form.options.words, again.form.options.seed) == (LEAST + 1, 4)
    assert again.folder.path == tmp_path / "out"
    qtbot.waitUntil(lambda: again.state.text() == "The dataset in this folder will be replaced.")
    leave_dialogs()


def test_what_failed_can_be_tried_again(dialog: SynthDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Iterator[WritingEvent]:
        yield SourcesRead(SynthSource(), 0, 2)
        raise WriteFailed("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(generate, "write", full)
        QTest.mouseClick(dialog.write, LEFT)
        qtbot.waitUntil(lambda: "the disk is full" in wrong(dialog) and not dialog.busy)
    QTest.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: written(dialog))
    assert wrong(dialog) == ""
    leave_dialogs()


def test_stopped_it_goes_on_or_is_thrown_away(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "_TELL", 0.0)
    dialog.form.words.setValue(90)  # so many that not all are made before the second is heard of
    hear, seen = dialog._on_event, []

    def stop_at_the_second(event: Any) -> None:
        hear(event)
        if isinstance(event, SampleMade):
            seen.append(event.done)
            if event.done == 2:
                dialog.write.click()

    monkeypatch.setattr(dialog, "_on_event", stop_at_the_second)
    QTest.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: dialog.write.text() == "&Stop")
    assert not dialog.form.isEnabled()
    qtbot.waitUntil(lambda: bool(seen) and not dialog.busy)
    assert seen == [1, 2]
    qtbot.waitUntil(lambda: dialog.write.text() == "&Resume")
    assert "You can resume it." in dialog.state.text()
    QTest.mouseClick(dialog.throw_away, LEFT)
    assert not dialog.throw_away.isEnabled()
    assert not dialog.write.isEnabled()
    qtbot.waitUntil(dialog.write.isEnabled)
    assert wrong(dialog) == ""
    assert dialog.write.text() == "&Generate"
    assert not (tmp_path / "out").exists()
    leave_dialogs()


def test_shares_add_up(dialog: SynthDialog) -> None:
    shares = dialog.form.grounds
    shares.show_shares({"whiteboard": 1 / 3, "paper": 1 / 3, "glass": 1 / 3})
    assert sum(shares.shares.values()) == pytest.approx(1.0)
    said = [label.text() for label in shares.share_labels.values()]
    assert sum(int(each.removesuffix("%")) for each in said if each != "–") == 100
    for slider in shares.sliders.values():
        slider.setValue(7)
        said = [label.text() for label in shares.share_labels.values()]
        assert sum(int(each.removesuffix("%")) for each in said if each != "–") == 100
    leave_dialogs()


def test_what_will_not_go_onto_the_disk_is_said(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "look_there", lambda *_: iter([FolderState(free=10_000)]))
    dialog.form.words.setValue(150_000)
    qtbot.waitUntil(lambda: "Only 10 kB of disk space is free" in dialog.estimate.text())
    assert "150,000 words and 0 boards" in dialog.estimate.text()
    leave_dialogs()
