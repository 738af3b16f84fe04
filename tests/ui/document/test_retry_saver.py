"""Small things that a person has chosen are saved as soon as they can be, and what cannot be is said once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core import paths, settings, state_file
from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.project import project_words
from ocr_studio.ui.document.retry_saver import RetrySaver
from tests.ui.studio import Open


class Disk:
    """Keeps numbers, where there is room."""

    def __init__(self) -> None:
        self.room = True
        self.kept: list[int] = []

    def save(self, number: int) -> None:
        if not self.room:
            raise StudioError("no room", file="x.json", remedy="Make room.")
        self.kept.append(number)


def test_only_the_latest_waits_and_it_is_said_once(qtbot: QtBot) -> None:
    retry_saver, disk = RetrySaver(), Disk()
    said: list[str] = []
    retry_saver.failed.connect(said.append)
    retry_saver.saved.connect(lambda: said.append("saved"))
    retry_saver._clock.setInterval(20)
    retry_saver.save("a", lambda: disk.save(1))
    disk.room = False
    for number in (2, 3, 4):
        retry_saver.save("a", lambda number=number: disk.save(number))  # type: ignore[misc]
    retry_saver.save("b", lambda: disk.save(5))
    assert retry_saver.is_waiting("a")
    qtbot.wait(100)
    assert disk.kept == [1]
    assert [text[:22] for text in said] == ["x.json: no room. Make "] * 2
    disk.room = True
    qtbot.waitUntil(lambda: said[-1] == "saved")
    assert disk.kept == [1, 4, 5]
    assert not retry_saver.is_waiting("a")
    disk.room = False
    retry_saver.save("a", lambda: disk.save(6))
    assert len(said) == 4


def test_settings_rules_and_words_wait_for_room(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(folder / "board 1.png")
    spelling, rules = studio.window.texts.spelling.spelling, studio.window.rules
    assert studio.opening.project is not None
    own = studio.opening.project.folder

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(state_file, "write", full)
        patch.setattr(state_file, "write_in", full)
        studio.change_settings(replace(studio.settings, box_opacity=0.5))
        studio.change_settings(replace(studio.settings, snapping=False))
        spelling.add("zebra")
        spelling.add("yak")
        rules._keep((Rule("a", "b"),))
        shown = studio.window.messages.texts()
        assert [Path(text.split(": ")[0]).name for text in shown] == ["settings.json", "words.json", "rules.json"]
        assert all("saving will be retried" in text for text in shown)
        assert spelling.is_added("zebra")
        dialog = rules.show()
        assert dialog.rules() == (Rule("a", "b"),)
        dialog.reject()
        studio.opening.retry_saver.retry()
        assert studio.window.messages.texts() == shown
    settings.save(replace(settings.load(), theme="light"))  # by another process
    studio.opening.retry_saver.retry()
    assert studio.window.messages.texts() == []
    assert settings.load().box_opacity == 0.5
    assert not settings.load().snapping
    assert studio.settings.theme == settings.load().theme == "light"
    assert project_words.load_added(SafeFolder(own)) == {"zebra", "yak"}
    assert replace_rules.load_rules(paths.config_dir()) == (Rule("a", "b"),)
