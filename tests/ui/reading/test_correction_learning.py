"""What is learned while the user corrects changes other words, and is undone with the correction that taught it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, Word
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import message
from ocr_studio.jobs.reading.learn_corrections import CorrectionsLearned
from ocr_studio.jobs.reading.read import OcrService
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.reading import correction_learning
from tests.ui import made_board
from tests.ui.learning import correct
from tests.ui.studio import Open


class Shouting:
    """Learns to read everything in capitals, whatever is corrected. changed: pages of the last job, and which those
    were that have changed since; missing: ids of those that are gone."""

    changed: ClassVar[list[tuple[str, Page]]] = []
    missing: ClassVar[Sequence[str]] = ()

    def learn(
        self,
        ocr_service: OcrService,
        image: Any,
        page: Page,
        *,
        project: Any = None,
        changed: Sequence[Page] = (),
        missing: Sequence[str] = (),
    ) -> Iterator[CorrectionsLearned]:
        Shouting.changed = [(page.id, each) for each in changed]
        Shouting.missing = missing
        others = [word for word in page.words.values() if not word.checked and word.machine]
        yield CorrectionsLearned(tuple(map(shouted, others)))


def shouted(word: Word) -> Word:
    assert word.machine is not None
    return replace(word, machine=replace(word.machine, text=word.machine.text.upper()))


@pytest.fixture(autouse=True)
def _shouting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correction_learning, "CorrectionLearner", Shouting)
    monkeypatch.setattr(correction_learning, "_QUIET", 0)


def texts(studio: Studio) -> dict[str, str]:
    """The words that nobody has checked."""
    page = studio.document.page
    assert page is not None
    return {key: word.text for key, word in page.words.items() if not word.checked}


@pytest.fixture
def studio(open_studio: Open, qtbot: QtBot, tmp_path: Path) -> Studio:
    made = open_studio(made_board.write_photo(tmp_path / "photos" / "board.png"))
    qtbot.waitUntil(lambda: not made.busy and bool(made.document.order()))
    return made


def wait(studio: Studio, qtbot: QtBot) -> None:
    learning = studio.window.correction_learning
    qtbot.waitUntil(lambda: not learning.busy and not studio.busy)


def test_other_words_are_read_with_what_five_corrections_taught(studio: Studio, qtbot: QtBot) -> None:
    before = texts(studio)
    correct(studio, 4)
    wait(studio, qtbot)
    assert texts(studio).items() <= before.items()
    first = studio.document.order()[0]
    studio.document.select([first])
    keys = studio.document.order()
    with qtbot.waitSignal(studio.window.correction_learning.learned):
        correct(studio, 5)
    wait(studio, qtbot)
    assert texts(studio) == {key: before[key].upper() for key in keys[5:]}
    first, second = (before[key].upper() for key in keys[5:7])
    count = len(keys) - 5
    assert studio.window.status.currentMessage().startswith(
        f"Learned from your corrections; {count} other words have new readings: “{first}”, “{second}”, "
    )
    studio.window.action_set["undo"].trigger()
    assert texts(studio) == {key: before[key] for key in keys[4:]}
    assert studio.window.status.currentMessage() == "Undone: Confirm word"
    studio.window.action_set["redo"].trigger()
    assert texts(studio) == {key: before[key].upper() for key in keys[5:]}


def test_a_word_that_is_selected_stays_as_it_is(studio: Studio, qtbot: QtBot) -> None:
    before, last = texts(studio), studio.document.order()[-1]
    studio.document.select([last])
    correct(studio, 5)
    wait(studio, qtbot)
    assert texts(studio)[last] == before[last]
    assert texts(studio)[studio.document.order()[-2]] == before[studio.document.order()[-2]].upper()


def test_nothing_is_lost_that_could_be_redone(studio: Studio, qtbot: QtBot) -> None:
    correct(studio, 6)
    studio.window.action_set["undo"].trigger()
    before = texts(studio)
    wait(studio, qtbot)
    assert texts(studio) == before
    assert studio.document.undo_stack.canRedo()


def test_it_can_be_turned_off(open_studio: Open, qtbot: QtBot, tmp_path: Path) -> None:
    photo = made_board.write_photo(tmp_path / "photos" / "board.png")
    studio = open_studio(photo, settings=Settings(learn_from_corrections=False))
    qtbot.waitUntil(lambda: not studio.busy and bool(studio.document.order()))
    correct(studio, 6)
    before = texts(studio)
    wait(studio, qtbot)
    assert texts(studio) == before


def test_a_failure_is_not_repeated(studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def fail(*_: Any, **__: Any) -> Iterator[CorrectionsLearned]:
        tried.append(1)
        raise StudioError("no memory")
        yield

    monkeypatch.setattr(Shouting, "learn", fail)
    before = texts(studio)
    correct(studio, 5)
    wait(studio, qtbot)
    assert len(tried) == 1
    assert texts(studio).items() <= before.items()


def test_the_word_in_the_review_panel_stays_as_it_is(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["review_page"].trigger()
    reviewing = studio.window.review.reviewing
    qtbot.waitUntil(lambda: reviewing.place is not None)
    last = studio.document.order()[-1]
    assert reviewing.session is not None
    while reviewing.place and reviewing.place[1] != last:
        reviewing.pass_by()
    before = texts(studio)[last]
    correct(studio, 5)
    wait(studio, qtbot)
    assert texts(studio)[last] == before
    assert reviewing.word is not None
    assert reviewing.word.text == before


def test_after_reading_again_it_learns_again(studio: Studio, qtbot: QtBot) -> None:
    correct(studio, 5)
    wait(studio, qtbot)
    shouted_words = texts(studio)
    studio.reading.read_words(texts(studio))
    wait(studio, qtbot)
    assert all(text == text.upper() for text in texts(studio).values())
    assert texts(studio).keys() == shouted_words.keys()


def test_a_photo_that_is_only_opened_does_not_change(studio: Studio, open_studio: Open, qtbot: QtBot) -> None:
    photo = studio.opening.path
    assert photo is not None
    studio.change_settings(replace(studio.settings, learn_from_corrections=False))
    correct(studio, 6)
    before = texts(studio)
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    again = open_studio(photo)
    wait(again, qtbot)
    assert texts(again) == before
    assert again.document.page is not None
    again.document.push(edits.accept(again.document.page, again.document.order()[6:11]))
    wait(again, qtbot)
    assert texts(again) == {key: text.upper() for key, text in before.items() if key in texts(again)}


def test_the_next_words_of_the_review_panel_are_shown_as_they_are_now(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["review_page"].trigger()
    reviewing = studio.window.review.reviewing
    qtbot.waitUntil(lambda: bool(reviewing.ahead(3)))
    correct(studio, 5)
    wait(studio, qtbot)
    qtbot.waitUntil(lambda: bool(reviewing.ahead(3)))
    page = studio.document.page
    assert page is not None
    shown = [card.word for card in reviewing.ahead(3)]
    assert [word.text for word in shown] == [page.words[word.id].text for word in shown]
    assert all(word.text == word.text.upper() for word in shown)


def test_what_was_checked_before_the_photo_was_opened_does_not_count(
    studio: Studio, open_studio: Open, qtbot: QtBot
) -> None:
    photo = studio.opening.path
    assert photo is not None
    studio.change_settings(replace(studio.settings, learn_from_corrections=False))
    correct(studio, 6)
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    again = open_studio(photo)
    wait(again, qtbot)
    before = texts(again)
    again.reading.stopped.emit()  # as after a box was drawn and read
    wait(again, qtbot)
    assert texts(again) == before


def test_what_is_undone_while_another_photo_is_open_stops_teaching(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(folder / "board 1.png")

    def page_of(photo: Path) -> Page:
        studio.opening.open_paths([photo])
        qtbot.waitUntil(lambda: studio.opening.path == photo and not studio.busy and bool(studio.document.order()))
        page = studio.document.page
        assert page is not None
        studio.document.push(edits.set_facts(page, replace(page.facts, writer="Anna"), message("Set writer")))
        correct(studio, 5)
        wait(studio, qtbot)
        assert studio.document.page is not None
        return studio.document.page

    first, second = page_of(folder / "board 1.png"), page_of(folder / "board 2.png")
    assert any(each.text.isupper() for each in second.words.values())
    Shouting.changed = []
    edit = edits.unaccept(first, [next(iter(first.words))])
    studio.document.history.push(Step(edit.name, {first.id: edit}))
    wait(studio, qtbot)
    studio.document.push(edits.accept(second, studio.document.order()[5:6]))
    wait(studio, qtbot)
    assert Shouting.changed == [(second.id, studio.document.history.page(first.id))]
    assert Shouting.missing == []
    first = studio.document.history.page(first.id) or first
    edit = edits.accept(first, [next(iter(first.words))])
    studio.document.history.push(Step(edit.name, {first.id: edit}))
    load = studio.document.history.page
    monkeypatch.setattr(studio.document.history, "page", lambda key: None if key == first.id else load(key))
    studio.document.push(edits.accept(second, studio.document.order()[6:7]))
    wait(studio, qtbot)
    assert (Shouting.changed, Shouting.missing) == ([], [first.id])
