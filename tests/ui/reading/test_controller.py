"""Reading as the window sees it: results as they come, cancel, and what a person wrote stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Page, Quad, Transcription, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.reading.controller import ReadingController
from tests.ui import made_board
from tests.ui.made_board import StandInOcrService, StandInReader
from tests.ui.studio import Open


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[JobThread]:
    lane = JobThread("reading")
    yield lane
    lane.stop()


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    document = Document()
    document.open(Page("0" * 32, "board.png", 480, 240), made_board.photo())
    return document


def _page(document: Document) -> Page:
    assert document.page is not None
    return document.page


class _Blank(StandInReader):
    """Finds no text in a box."""

    def read_quads(self, image: NDArray[np.uint8], quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        for _ in quads:
            yield [made_board.reading("")]


class _Waiting(StandInReader):
    """Says that a line was given, and reads the next one when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.given, self.go_on, self.finished = Event(), Event(), Event()

    def read_lines(self, image: NDArray[np.uint8], lines: list[int]) -> Iterator[tuple[int, list[Word]]]:
        for line in super().read_lines(image, lines):
            yield line
            self.given.set()
            assert self.go_on.wait(30)
        self.finished.set()


def test_words_come_line_by_line_and_are_one_step_of_the_history(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reader = _Waiting()
    reading = ReadingController(document, lane, StandInOcrService(reader))
    seen: list[int] = []
    said: list[str] = []
    document.changed.connect(lambda _: seen.append(len(_page(document).words)))
    document.changed.connect(reader.go_on.set)
    reading.finished.connect(said.append)
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
        assert reading.busy
    assert not reading.busy
    assert seen[:2] == [4, 8]
    assert _page(document).read_at
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Read photo"
    assert said[0].startswith("Read 8 words in ")


class _DecodingAgain(StandInReader):
    """Reads the first word of each line otherwise once the other words are known."""

    def read_lines(self, image: NDArray[np.uint8], lines: list[int]) -> Iterator[tuple[int, list[Word]]]:
        batches = list(super().read_lines(image, lines))
        yield from batches
        firsts = [words[0] for _, words in batches]
        yield 0, [replace(word, machine=made_board.reading(f"{word.text}2", 0.9)) for word in firsts]


def test_words_decoded_again_change_the_machines_side_only(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    reading = ReadingController(document, lane, StandInOcrService(_DecodingAgain()))

    def correct() -> None:
        page = _page(document)
        if page.words and not any(word.human for word in page.words.values()):
            document.push(edits.write(page, next(iter(page.words)), "mine"))

    document.changed.connect(correct)
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    texts = [(word.text, word.machine.text) for word in _page(document).words.values() if word.machine]
    assert [pair for pair in texts if pair[1].endswith("2")] == [("mine", "Ship2"), ("ask2", "ask2")]


def test_a_page_read_again_gets_the_texts_decoded_again(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    document.open(made_board.page(), made_board.photo())
    reading = ReadingController(document, lane, StandInOcrService(_DecodingAgain()))
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    assert sorted(word.text for word in _page(document).words.values() if word.text.endswith("2")) == ["Ship2", "ask2"]


def test_the_window_does_not_compute_the_order_of_words_that_come(
    lane: JobThread, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = ReadingController(document, lane, StandInOcrService())
    orders: list[int] = []
    document.changed.connect(lambda _: orders.append(len(document.order())))
    monkeypatch.setattr(page_order, "order_words", lambda *_: pytest.fail("it takes longer than a frame"))
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    assert orders[-1] == 8


def test_words_that_came_while_the_window_was_busy_are_shown_together(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reader = _Waiting()
    reader.go_on.set()
    reading = ReadingController(document, lane, StandInOcrService(reader))
    seen: list[int] = []
    document.changed.connect(lambda _: seen.append(len(_page(document).words)))
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
        assert reader.finished.wait(30)  # the window does nothing else
    assert seen[0] == 8


def test_words_that_wait_to_be_shown_do_not_come_on_the_next_photo(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reader = _Waiting()
    reading = ReadingController(document, lane, StandInOcrService(reader))
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
        assert reader.given.wait(30)
        QCoreApplication.sendPostedEvents()  # the words are received
        document.open(Page("1" * 32, "next.png", 480, 240), made_board.photo())
        reader.go_on.set()
    assert _page(document).words == {}


@pytest.mark.parametrize("again", [False, True])
def test_words_that_wait_to_be_shown_stay_if_reading_is_cancelled(
    lane: JobThread, document: Document, qtbot: QtBot, again: bool
) -> None:
    reader = _Waiting()
    reading = ReadingController(document, lane, StandInOcrService(reader))
    reading.read_page()
    assert reader.given.wait(30)
    QCoreApplication.sendPostedEvents()  # the words are received
    if again:
        reading.read_page()
    with qtbot.waitSignal(reading.stopped):
        reading.cancel()
        reader.go_on.set()
    assert {word.text for word in _page(document).words.values()} == set(made_board.LINES[0])


def test_words_that_wait_are_shown_before_the_photo_is_left(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    reader = _Waiting()
    studio = open_studio(reader=reader)
    studio.opening.open_paths([folder / "board 1.png"])
    qtbot.waitUntil(lambda: studio.document.page is not None)
    assert reader.given.wait(30)
    QCoreApplication.sendPostedEvents()
    studio.opening.leaving.emit()
    assert len(_page(studio.document).words) == 4
    reader.go_on.set()


def test_cancel_keeps_what_has_come_and_nothing_comes_after(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05)))
    reading.read_page()
    qtbot.waitUntil(lambda: len(_page(document).words) >= 4)  # a machine that halts for a moment misses the fourth
    with qtbot.waitSignal(reading.stopped):
        reading.cancel()
    qtbot.wait(200)
    assert len(_page(document).words) == 4
    assert _page(document).read_at is None


def test_reading_again_keeps_what_a_person_wrote(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(seen=1)))
    document.open(made_board.page(), made_board.photo())
    document.push(edits.write(_page(document), "w0", "Shipped"))
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    word = document.word("w0")
    assert word is not None
    assert word.text == "Shipped"
    assert len(_page(document).words) == 8


def test_a_reading_that_is_cancelled_takes_no_word_from_a_page_that_was_read(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05, seen=1)))
    document.open(made_board.page(), made_board.photo())
    before = _page(document)
    reading.read_page()
    qtbot.wait(120)
    reading.cancel()
    qtbot.wait(100)
    assert _page(document) == before


def test_selected_words_are_read_again_where_they_stand(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    reading = ReadingController(document, lane, StandInOcrService())
    document.open(made_board.page(), made_board.photo())
    document.push(edits.write(_page(document), "w1", "mine"))
    with qtbot.waitSignal(reading.stopped):
        reading.read_words(["w0", "w1"])
    first, second = _page(document).words["w0"], _page(document).words["w1"]
    assert first.text == "again10"
    assert second.text == "mine"
    assert second.machine is not None
    assert second.machine.text == "again125"
    assert first.quad == made_board.quad(0, 0)
    assert document.undo_stack.count() == 2


def test_words_read_again_one_after_the_other_are_one_step_that_names_no_number(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.1)))
    document.open(made_board.page(), made_board.photo())
    with qtbot.waitSignal(reading.stopped):
        reading.read_words(["w0", "w1", "w2"])
        qtbot.waitUntil(lambda: _page(document).words["w0"].text == "again10")
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Read words again"


def test_a_box_drawn_while_the_page_is_read_is_read_afterwards(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.02)))
    reading.read_page()
    edit = edits.add(_page(document), Quad.from_box(5, 180, 90, 230))
    document.push(edit)
    (drawn,) = edit.changes
    reading.read_changed(drawn)
    qtbot.waitUntil(lambda: _page(document).words[drawn].machine is not None)
    assert len(_page(document).words) == 9
    assert _page(document).read_at


def test_what_is_read_after_a_change_of_a_box_is_undone_with_it(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService())
    document.open(made_board.page(), made_board.photo())
    document.push(edits.merge(_page(document), ["w0", "w1"]))
    with qtbot.waitSignal(reading.stopped):
        reading.read_changed("w0")
    assert _page(document).words["w0"].text == "again10"
    assert document.undo_stack.undoText() == "Merge 2 words"
    document.undo_stack.undo()
    assert document.page == made_board.page()
    document.undo_stack.redo()
    assert _page(document).words["w0"].text == "again10"


def _read_after_merging(lane: JobThread, document: Document, qtbot: QtBot, meanwhile: Callable[[], None]) -> None:
    """Merge "Ship" and "the", and let the user do something else before the box is read."""
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05)))
    document.open(made_board.page(), made_board.photo())
    document.push(edits.merge(_page(document), ["w0", "w1"]))
    with qtbot.waitSignal(reading.stopped):
        reading.read_changed("w0")
        meanwhile()


def test_a_correction_made_before_a_changed_box_is_read_is_undone_alone(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    _read_after_merging(lane, document, qtbot, lambda: document.push(edits.write(_page(document), "w5", "mine")))
    assert _page(document).words["w0"].text == "again10"
    assert document.undo_stack.undoText() == "Read word again"
    document.undo_stack.undo()
    assert (_page(document).words["w0"].text, _page(document).words["w5"].text) == ("Ship the", "mine")
    document.undo_stack.undo()
    assert _page(document).words["w5"].text == "Anna"
    assert document.undo_stack.undoText() == "Merge 2 words"


def test_a_correction_of_the_changed_box_itself_is_undone_with_what_is_read(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    _read_after_merging(lane, document, qtbot, lambda: document.push(edits.write(_page(document), "w0", "mine")))
    machine = _page(document).words["w0"].machine
    assert machine is not None
    assert machine.text == "again10"
    document.undo_stack.undo()  # no step of which nothing is seen
    assert _page(document).words["w0"].text == "Ship the"
    assert document.undo_stack.undoText() == "Merge 2 words"


def test_each_of_two_boxes_that_wait_is_undone_with_its_own_change_if_possible(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05, seen=1)))
    document.open(made_board.page(), made_board.photo())
    reading.read_page()
    for ids in (["w0", "w1"], ["w4", "w5"]):
        document.push(edits.merge(_page(document), ids))
        reading.read_changed(ids[0])
    reading.cancel()
    qtbot.waitUntil(lambda: not reading.busy)

    def shown() -> list[str]:
        return [_page(document).words[word_id].text for word_id in ("w0", "w4")]

    assert all(text.startswith("again") for text in shown())
    document.undo_stack.undo()
    assert shown()[0] == "Ship the"
    assert shown()[1].startswith("again")
    document.undo_stack.undo()
    assert shown() == ["Ship the", "ask"]


def test_a_waiting_box_that_gets_its_old_shape_back_is_not_read(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05)))
    document.open(made_board.page(), made_board.photo())
    reading.read_words(["w7"])
    document.push(edits.merge(_page(document), ["w0", "w1"]))
    reading.read_changed("w0")
    document.undo_stack.undo()
    assert document.undo_stack.canRedo()
    said: list[str] = []
    reading.finished.connect(said.append)
    qtbot.waitUntil(lambda: not reading.busy)
    assert len(said) == 1  # of the word that was chosen
    assert _page(document).words["w0"] == made_board.page().words["w0"]


def test_a_changed_box_in_which_nothing_is_read_keeps_its_text(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService(_Blank()))
    document.open(made_board.page(), made_board.photo())
    document.push(edits.merge(_page(document), ["w0", "w1"]))
    with qtbot.waitSignal(reading.stopped):
        reading.read_changed("w0")
    assert _page(document).words["w0"].text == "Ship the"


def test_a_merging_undone_before_it_is_read_stays_undone(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05)))
    document.open(made_board.page(), made_board.photo())
    document.push(edits.merge(_page(document), ["w0", "w1"]))
    with qtbot.waitSignal(reading.stopped):
        reading.read_changed("w0")
        document.undo_stack.undo()
    assert document.page == made_board.page()
    assert document.undo_stack.canRedo()


def test_a_page_is_read_once_more_while_a_drawn_box_waits(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    document.open(made_board.page(), made_board.photo())
    reader = StandInReader(pause=0.05, seen=1)
    reading = ReadingController(document, lane, StandInOcrService(reader))
    reading.read_page()
    qtbot.waitUntil(lambda: reader.seen == 2)
    edit = edits.add(_page(document), Quad.from_box(5, 180, 90, 230))
    document.push(edit)
    (drawn,) = edit.changes
    reading.read_changed(drawn)
    reading.read_page()
    qtbot.waitUntil(lambda: not reading.busy)
    assert len(_page(document).words) == 9
    assert _page(document).words[drawn].machine is not None
    assert _page(document).words.keys() == {f"w{number}" for number in range(8)} | {drawn}


def test_a_box_that_waits_on_another_photo_is_forgotten(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05)))
    document.open(made_board.page(), made_board.photo())
    reading.read_page()
    reading.read_changed("w0")
    document.open(made_board.page(), made_board.photo())
    assert not reading.busy


def test_a_word_in_which_somebody_writes_stays(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    document.open(made_board.page(), made_board.photo())
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(seen=1)))
    reading.protect_words(lambda: ["w2"])
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    assert set(_page(document).words) == {f"w{number}" for number in range(8)}


def test_reading_again_leaves_the_selection_and_the_place(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    document.open(made_board.page(), made_board.photo())
    document.select(["w2", "w3"], current="w3")
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(seen=1)))
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    assert document.selection == frozenset({"w2", "w3"})
    assert document.current == "w3"


def test_words_deleted_or_moved_while_the_page_is_read_do_not_come_back(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    document.open(made_board.page(), made_board.photo())
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05, seen=1)))
    reading.read_page()
    document.push(edits.delete(_page(document), ["w1", "w5"]))
    document.push(edits.move(_page(document), ["w6"], 0, 60))
    qtbot.waitUntil(lambda: not reading.busy)
    assert set(_page(document).words) == {"w0", "w2", "w3", "w4", "w6", "w7"}
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    assert len(_page(document).words) == 9


def test_a_reading_taken_back_while_the_page_is_read_leaves_nothing_out(
    lane: JobThread, document: Document, qtbot: QtBot
) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.03)))
    with qtbot.waitSignal(reading.stopped):
        reading.read_page()
    reading.read_page()
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: not reading.busy)
    assert len(_page(document).words) == 8


def test_only_another_way_of_reading_loads_the_recognizer_anew(lane: JobThread, qtbot: QtBot) -> None:
    reading = ReadingController(Document(), lane, StandInOcrService())
    reading.use(ReaderOptions(gpu_memory_mb=2048))
    assert not lane.busy


def test_another_photo_ends_the_reading_of_this_one(lane: JobThread, document: Document, qtbot: QtBot) -> None:
    reading = ReadingController(document, lane, StandInOcrService(StandInReader(pause=0.05)))
    reading.read_page()
    qtbot.waitUntil(lambda: len(_page(document).words) >= 4)  # a machine that halts for a moment misses the fourth
    other = replace(_page(document), id="1" * 32, words={})
    document.open(other, made_board.photo(3))
    qtbot.wait(200)
    assert _page(document) == other
    assert not reading.busy


def test_without_a_photo_there_is_nothing_to_read(lane: JobThread, qtbot: QtBot) -> None:
    reading = ReadingController(Document(), lane, StandInOcrService())
    reading.read_page()
    reading.read_words(["w0"])
    assert not reading.busy


def test_words_that_were_typed_count_when_it_reads_again(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    stand_in = StandInReader()
    studio = open_studio(folder, reader=stand_in)
    page = _page(studio.document)
    assert stand_in.typed == {}
    word = next(iter(page.words.values()))
    typed = replace(word, human=Transcription.by_human("kubectl"))
    studio.document.push(Edit("Write", {word.id: (word, typed)}))
    with qtbot.waitSignal(studio.reading.stopped):
        studio.reading.read_page()
    assert stand_in.typed == {"kubectl": 1}
