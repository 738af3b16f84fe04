"""Read → Make synthetic boards: what lies in the folder is told of, and nothing goes that nobody was asked about."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ocr_studio import __version__
from ocr_studio.core.datasets import dataset
from ocr_studio.core.errors import StudioError
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.synth.target_folder import TargetFolder
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import FolderState, SampleMade
from ocr_studio.ui.synth.dialog import SynthDialog
from tests.ui.studio import Open, leave_dialogs
from tests.ui.synth_dialogs import LEFT, opened, written, wrong

NOT_AS_IT_WAS = "the contents of the folder have changed in the meantime. Check the folder"


@pytest.fixture
def dialog(open_studio: Open, tmp_path: Path, qtbot: QtBot) -> SynthDialog:
    return opened(open_studio, tmp_path / "out", qtbot)


def begin(options: SynthOptions, folder: Path, *, over: bool = False) -> None:
    """Draw a word, as another program may, and end."""
    with closing(cast(Any, generate.write(options, folder, children=0, replace=over))) as begun:
        assert len(list(itertools.islice(begun, 2))) == 2


def test_others_that_were_begun_there_go_only_where_a_person_says_so(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    others, out = replace(dialog.form.options, seed=8), tmp_path / "there"
    begin(others, out)
    dialog.folder.line.setText(str(out))
    QTest.mouseClick(dialog.write, LEFT)  # before it was looked there
    qtbot.waitUntil(lambda: "You are asked before" in dialog.state.text())
    assert not dialog.busy
    for answer in ("Cancel", "&Discard and generate"):
        assert generate.can_go_on(others, out)
        QTest.mouseClick(dialog.write, LEFT)
        asked = next(each for each in dialog.findChildren(QMessageBox) if each.isVisible())
        assert not dialog.busy
        button = next(each for each in asked.buttons() if each.text().replace("&", "") == answer.replace("&", ""))
        QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: written(dialog))
    assert not generate.can_go_on(others, out)
    assert len(dataset.read(out).examples) == dialog.form.words.value()
    leave_dialogs()


def test_of_two_that_were_begun_there_one_goes_on_or_is_thrown_away_and_the_other_is_told_of(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    options, out = dialog.form.options, tmp_path / "there"
    mine, other = (TargetFolder(out, each, __version__).name for each in (options, replace(options, seed=8)))
    for name in (mine, other):  # as where somebody has put two folders together
        (out / f".writing-{name}").mkdir(parents=True)
        (out / f".writing-{name}" / "made.jsonl").write_text("\n")
    dialog.folder.line.setText(str(out))
    qtbot.waitUntil(lambda: "You can resume it." in dialog.state.text())
    assert "You are asked before it is discarded." in dialog.state.text()
    QTest.mouseClick(dialog.write, LEFT)
    asked = next(each for each in dialog.findChildren(QMessageBox) if each.isVisible())
    assert asked.text() == "Discard the other unfinished dataset in this folder?"
    QTest.mouseClick(asked.button(QMessageBox.StandardButton.Cancel), LEFT)
    assert not dialog.busy
    QTest.mouseClick(dialog.throw_away, LEFT)
    qtbot.waitUntil(lambda: dialog.state.text().startswith("An unfinished dataset with other settings"))
    assert [each.name for each in out.iterdir()] == [f".writing-{other}"]
    assert dialog.throw_away.isHidden()
    assert dialog.write.text() == "&Generate"
    leave_dialogs()


@pytest.mark.parametrize("there", [False, True], ids=["nothing there", "a dataset there"])
def test_what_was_begun_there_since_it_was_looked_is_not_thrown_away(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, there: bool
) -> None:
    others, out = replace(dialog.form.options, seed=8), tmp_path / "out"
    if there:  # which may be replaced, as a person is told
        list(generate.write(replace(others, seed=9), out, children=0))
        dialog.folder.line.setText(str(tmp_path))
        dialog.folder.line.setText(str(out))
    qtbot.waitUntil(lambda: dialog.there.found is not None)
    assert ("will be replaced" in dialog.state.text()) is there
    begin(others, out, over=there)
    QTest.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: NOT_AS_IT_WAS in wrong(dialog) and not dialog.busy)
    assert generate.can_go_on(others, out)
    assert dataset.is_dataset(out) is there
    qtbot.waitUntil(lambda: "You are asked before" in dialog.state.text())  # it was looked anew
    leave_dialogs()


def test_what_went_on_there_since_it_was_asked_is_not_thrown_away(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "_TELL", 0.0)
    others, out = replace(dialog.form.options, seed=8), tmp_path / "there"
    begin(others, out)
    dialog.folder.line.setText(str(out))
    qtbot.waitUntil(lambda: "You are asked before" in dialog.state.text())
    QTest.mouseClick(dialog.write, LEFT)
    begin(others, out)  # one word more
    asked = next(each for each in dialog.findChildren(QMessageBox) if each.isVisible())
    QTest.mouseClick(next(each for each in asked.buttons() if "iscard" in each.text()), LEFT)
    qtbot.waitUntil(lambda: NOT_AS_IT_WAS in wrong(dialog) and not dialog.busy)
    assert generate.can_go_on(others, out)
    leave_dialogs()


def test_what_another_window_writes_is_not_thrown_away(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "_TELL", 0.0)
    with closing(cast(Any, generate.write(dialog.form.options, tmp_path / "out", children=0))) as other:
        next(other)
        there = sorted((tmp_path / "out").iterdir())
        dialog.folder.line.setText(str(tmp_path / "elsewhere"))
        dialog.folder.line.setText(str(tmp_path / "out"))
        qtbot.waitUntil(lambda: "Another window of OCR Studio" in dialog.state.text())
        assert dialog.throw_away.isHidden()
        assert not dialog.write.isEnabled()
        assert sorted((tmp_path / "out").iterdir()) == there
        assert sum(isinstance(event, SampleMade) for event in other) == dialog.form.words.value()
    assert dataset.is_dataset(tmp_path / "out")
    # which is seen without anybody doing anything
    qtbot.waitUntil(lambda: "The dataset in this folder" in dialog.state.text())
    assert dialog.write.isEnabled()
    leave_dialogs()


def test_typing_reads_nothing_of_the_disk(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, looked, window = [], [], threading.get_ident()
    look_there, check = generate.look_there, synth_options.check_options
    qtbot.waitUntil(lambda: dialog.there.found is not None)
    (tmp_path / "empty").mkdir()

    def looks(options: SynthOptions, folder: Path) -> Iterator[FolderState]:
        looked.append(folder)
        here.append(threading.get_ident() == window)
        return look_there(options, folder)

    def checks(options: SynthOptions) -> None:
        here.append(threading.get_ident() == window)
        check(options)

    monkeypatch.setattr(generate, "look_there", looks)
    monkeypatch.setattr(synth_options, "check_options", checks)
    with monkeypatch.context() as typing:
        for name in ("exists", "is_file", "is_dir", "stat", "open"):
            typing.setattr(Path, name, lambda self, *_: pytest.fail(f"{self} was read"))
        typing.setattr(os, "stat", lambda path, **_: pytest.fail(f"{path} was read"))
        dialog.folder.line.clear()
        QTest.keyClicks(dialog.folder.line, str(tmp_path / "elsewhere"))
        QTest.keyClicks(dialog.form.fonts.line, str(tmp_path / "empty"))
        dialog.form.words.setValue(7)
    qtbot.waitUntil(lambda: dialog.there.found is not None and not dialog.looking.trials.busy)
    qtbot.waitUntil(lambda: "there are no fonts in this folder" in wrong(dialog))
    assert looked == [tmp_path / "elsewhere"]
    assert len(here) >= 2
    assert not any(here)
    leave_dialogs()


def test_a_dataset_that_nobody_was_told_of_yet_is_not_replaced_at_once(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    list(generate.write(replace(dialog.form.options, seed=8), tmp_path / "there", children=0))
    digest = dataset.read(tmp_path / "there").digest
    dialog.folder.line.setText(str(tmp_path / "there"))
    QTest.mouseClick(dialog.write, LEFT)  # before it was looked there
    qtbot.waitUntil(lambda: dialog.there.found is not None)
    assert dialog.state.text() == "The dataset in this folder will be replaced."
    assert not dialog.busy
    assert dataset.read(tmp_path / "there").digest == digest
    QTest.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: written(dialog))
    assert dataset.read(tmp_path / "there").digest != digest
    leave_dialogs()


def test_what_cannot_be_looked_at_can_be_written_to(
    dialog: SynthDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Iterator[FolderState]:
        raise StudioError("it cannot be looked at")

    monkeypatch.setattr(generate, "look_there", refuse)
    dialog.folder.line.setText(str(tmp_path / "there"))
    QTest.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: written(dialog))
    assert dataset.is_dataset(tmp_path / "there")
    leave_dialogs()
