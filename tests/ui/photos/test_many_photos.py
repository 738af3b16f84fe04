"""What is done to many photos at once: in parts, each saved whole, and one step to a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ocr_studio.core import paths
from ocr_studio.core.editing import edits, replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.page import Page, apply
from ocr_studio.core.photo_list.rows import PhotoState
from ocr_studio.core.project import page_file, undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import Settings
from ocr_studio.jobs.review import apply_choices
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.search.rules_dialog import RulesDialog
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from tests.ui import made_board
from tests.ui.studio import Open, texts

NUMBERS = range(1, 7)


@pytest.fixture
def studio(open_studio: Open, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Six photos are read, the last is open; two photos can be changed at once."""
    monkeypatch.setattr(apply_choices, "PAGES", 2)
    photos = [made_board.write_photo(tmp_path / "many" / f"board {number}.png", number) for number in NUMBERS]
    made = open_studio(photos[0])
    for photo in photos[1:]:
        show(made, photo, qtbot)
    assert made.autosave.flush()
    replace_rules.save_rules(paths.config_dir(), [Rule("Anna", "Hanna", whole=True)])
    return made


def show(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    studio.opening.open_paths([photo])
    qtbot.waitUntil(lambda: studio.opening.path == photo and not studio.busy and bool(texts(studio)))


def looked(studio: Studio, qtbot: QtBot) -> ChangesDialog:
    studio.window.action_set["rules"].trigger()
    dialog = next(each for each in studio.window.findChildren(RulesDialog) if each.isVisible())
    QTest.mouseClick(dialog.everywhere, Qt.MouseButton.LeftButton)
    preview = next(each for each in studio.window.findChildren(ChangesDialog) if each.isVisible())
    qtbot.waitUntil(preview.take.isVisible)
    return preview


def replaced(studio: Studio, qtbot: QtBot) -> ChangesDialog:
    preview = looked(studio, qtbot)
    QTest.mouseClick(preview.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: preview.status.text().startswith("Changed"))
    preview.reject()
    return preview


def on_disk(folder: Path) -> dict[str, Page]:
    """As another program would find the pages."""
    project = Project.open(folder)
    return {page.image: page for page in map(project.load_page, project.page_ids()) if page}


def counted(studio: Studio, text: str) -> int:
    """On how many photos this is written, saved."""
    assert studio.autosave.flush()
    assert studio.opening.project is not None
    pages = on_disk(studio.opening.project.photos).values()
    return sum(text in {word.text for word in page.words.values()} for page in pages)


def test_it_is_done_in_parts_and_one_undo_takes_all_of_it_back(studio: Studio, qtbot: QtBot) -> None:
    stack, steps = studio.document.undo_stack, studio.document.undo_stack.count()
    assert replaced(studio, qtbot).status.text() == "Changed 6 words on 6 photos."
    assert counted(studio, "Hanna") == 6
    assert stack.count() == steps + 3
    told: list[tuple[str, bool, int]] = []
    said: list[str] = []
    studio.document.history.step_progressed.connect(lambda *each: told.append(each))
    studio.window.status.messageChanged.connect(said.append)
    studio.window.action_set["undo"].trigger()
    qtbot.waitUntil(lambda: stack.index() == steps)
    assert counted(studio, "Hanna") == 0
    assert told == [
        ("Replace using rules", True, 4),
        ("Replace using rules", True, 2),
        ("Replace using rules", True, 0),
    ]
    assert "Undoing “Replace using rules”: 2 photos left" in said
    QTest.qWait(50)
    assert stack.index() == steps, "what was done before stays"
    studio.window.action_set["redo"].trigger()
    qtbot.waitUntil(lambda: stack.index() == steps + 3)
    assert counted(studio, "Hanna") == 6


def test_the_parts_are_still_one_step_after_a_restart(studio: Studio, qtbot: QtBot, open_studio: Open) -> None:
    replaced(studio, qtbot)
    photo = studio.opening.path
    assert photo is not None
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    again = open_studio(photo)
    before = again.document.undo_stack.index()
    again.window.action_set["undo"].trigger()
    qtbot.waitUntil(lambda: again.document.undo_stack.index() == before - 3)
    assert counted(again, "Hanna") == 0


def test_cut_short_after_any_part_the_history_says_what_the_pages_say(studio: Studio, qtbot: QtBot) -> None:
    """As a killed program leaves it: the lines of the history, and the pages."""
    project = studio.opening.project
    assert project is not None
    seen: list[int] = []

    def look(_: object) -> None:
        assert studio.autosave.flush()
        steps = [step for step in undo_log.load(project.files).steps if step.series]
        pages = {page.id: page for page in on_disk(project.photos).values()}
        told = {key: edit for step in steps for key, edit in step.edits.items()}
        for key, page in pages.items():
            changed = "Hanna" in {word.text for word in page.words.values()}
            assert changed == (key in told)
        for key, edit in told.items():
            assert all(pages[key].words[word_id] == after for word_id, (_, after) in edit.changes.items())
        assert len({step.series for step in steps}) == 1
        seen.append(len(told))

    studio.document.changed.connect(look, Qt.ConnectionType.QueuedConnection)
    replaced(studio, qtbot)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] == 6)


def test_whoever_goes_on_working_meanwhile_stops_it_between_two_parts(studio: Studio, qtbot: QtBot) -> None:
    stack, steps = studio.document.undo_stack, studio.document.undo_stack.count()
    replaced(studio, qtbot)
    told: list[int] = []
    studio.document.history.step_progressed.connect(lambda _name, _back, photos: told.append(photos))
    studio.window.action_set["undo"].trigger()
    assert stack.index() == steps + 2
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, studio.document.order()[0], "mine"))
    qtbot.waitUntil(lambda: bool(told) and told[-1] == 0)
    assert stack.index() == steps + 3
    assert texts(studio)[0] == "mine"
    assert counted(studio, "Hanna") == 4
    for _ in range(2):
        studio.window.action_set["undo"].trigger()
    qtbot.waitUntil(lambda: stack.index() == steps)
    assert counted(studio, "Hanna") == 0


def test_redo_while_it_is_taken_back_does_it_again(studio: Studio, qtbot: QtBot) -> None:
    stack, steps = studio.document.undo_stack, studio.document.undo_stack.count()
    replaced(studio, qtbot)
    studio.window.action_set["undo"].trigger()
    studio.window.action_set["redo"].trigger()
    qtbot.waitUntil(lambda: not studio.busy and stack.index() == steps + 3)
    QTest.qWait(50)
    assert stack.index() == steps + 3
    assert counted(studio, "Hanna") == 6


def test_what_stayed_is_said_with_its_reason(studio: Studio, qtbot: QtBot) -> None:
    preview = looked(studio, qtbot)
    project = studio.opening.project
    assert project is not None
    by_image = {page.image: page for page in on_disk(project.photos).values()}
    (project.folder / "pages" / f"{by_image['board 2.png'].id}.json").write_text("{")
    other = by_image["board 3.png"]
    key = next(key for key, word in other.words.items() if word.text == "Anna")
    project.save_page(apply(other, edits.write(other, key, "Otto")))
    QTest.mouseClick(preview.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: preview.status.text().startswith("Changed"))
    said = preview.status.text().splitlines()
    assert said[0] == "Changed 4 words on 4 photos."
    assert "damaged" in said[1]
    assert said[2] == "board 3.png: 1 word was skipped because it has changed since."


def kept_names(project: Project) -> set[str]:
    """The photos that the pages on the disk name."""
    return {page_file.decode(path.read_bytes()).image for path in map(project.page_path, project.page_ids())}


def test_a_photo_that_was_renamed_while_the_program_was_closed_is_known_out_of_sight(
    studio: Studio, qtbot: QtBot, open_studio: Open
) -> None:
    photo = studio.opening.path
    assert photo is not None
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    for number in range(60):
        made_board.write_photo(photo.with_name(f"photo {number:02}.png"), 20 + number)
    (photo.parent / "board 2.png").rename(photo.parent / "zebra.png")
    again = open_studio(photo, settings=Settings(read_when_opened=False))
    photos = again.window.photos.photos
    qtbot.waitUntil(lambda: len(photos.rows) == 66)
    last = photos.number("zebra.png")
    assert last == 65
    qtbot.waitUntil(lambda: photos.rows[last].state is PhotoState.READ)
    assert again.window.photos.pictures.get("zebra.png") is None, "nobody has seen it yet"
    assert photos.count(PhotoState.UNREAD) == 60
    project = again.opening.project
    assert project is not None
    qtbot.waitUntil(lambda: "zebra.png" in kept_names(project))
    assert "board 2.png" not in kept_names(project)
    (photo.parent / "board 3.png").unlink()  # what is nowhere any more is not looked for again and again
    qtbot.waitUntil(lambda: len(photos.rows) == 65)
    qtbot.waitUntil(lambda: not again.busy)
