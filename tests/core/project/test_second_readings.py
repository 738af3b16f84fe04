"""What two models read differently is kept, and such words come first."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import Transcription, Word
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.second_readings import SecondReading
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import QueueOrder
from tests.core.made_pages import PAGE_ID, page_of, read_word

MAP, TIP, NEW = read_word("map", 10), read_word("tip", 200), read_word("new", 400)


def by(model: str, text: str, sure: float | None = 0.5) -> Transcription:
    assert MAP.machine is not None
    return replace(MAP.machine, text=text, confidence=sure, model=model)


def read_as(word: Word, text: str) -> Word:
    assert word.machine is not None
    return replace(word, machine=replace(word.machine, text=text))


def test_it_is_another_reading_only_if_another_model_read_something_else() -> None:
    readings = [(MAP, by("Anna", "mop")), (TIP, by("Anna", "tip")), (NEW, by("small", "now"))]
    assert second_readings.differing(readings) == {MAP.id: SecondReading("map", 0.8, "mop", 0.5)}
    assert second_readings.differing([(TIP, by("Anna", "tip"))]) == {}
    assert second_readings.differing([(NEW, by("small", "now"))]) is None


def test_the_surer_the_reading_that_does_not_stand_there_the_more_doubt() -> None:
    sure, unsure = SecondReading("map", 0.8, "mop", 0.8), SecondReading("map", 0.8, "mop", 0.2)
    assert sure.doubt(MAP) == 0.5 > unsure.doubt(MAP) > 0
    # Once the other reading was taken over, the first one is what stands against it.
    assert unsure.doubt(read_as(MAP, "mop")) == pytest.approx(0.8)
    assert sure.doubt(read_as(MAP, "nap")) == 0.0
    assert sure.doubt(replace(MAP, machine=None)) == 0.0
    assert SecondReading("map", None, "mop", None).doubt(MAP) == 0.5


def test_what_is_kept_comes_back_and_the_newest_of_a_page_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert second_readings.load(SafeFolder(tmp_path)) == {}
    one, two = {"a": SecondReading("x", None, "y", 0.25)}, {"b": SecondReading("ß", 1.0, "", 0.0)}
    second_readings.add(SafeFolder(tmp_path), "p", one)
    second_readings.add(SafeFolder(tmp_path), "q", two)
    second_readings.add(SafeFolder(tmp_path), "p", two)
    assert second_readings.load(SafeFolder(tmp_path)) == {"p": two, "q": two}
    with (tmp_path / second_readings.FILE).open("ab") as file:
        file.write(b'{"page": "q", "words": {"b": ["x", 2, "y", 0]}}\n[]\n{"page": 3, "words": {}}\n{"page": "r", "wor')
    caplog.set_level("INFO")
    assert second_readings.load(SafeFolder(tmp_path)) == {"p": two, "q": two}
    assert caplog.text.count("is left out") == 4
    second_readings.add(SafeFolder(tmp_path), "q", {})
    assert second_readings.load(SafeFolder(tmp_path)) == {"p": two, "q": {}}


def test_a_long_file_is_written_anew_with_what_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_readings, "LONG", 500)
    for number in range(60):
        second_readings.add(SafeFolder(tmp_path), f"p{number % 2}", {"w": SecondReading("x", 0.5, str(number), 0.5)})
        assert (tmp_path / second_readings.FILE).stat().st_size < 700
    kept = second_readings.load(SafeFolder(tmp_path))
    assert {key: words["w"].other for key, words in kept.items()} == {"p0": "58", "p1": "59"}


@given(st.binary(max_size=200))
def test_any_bytes_are_no_reason_to_stop(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / second_readings.FILE).write_bytes(data)
        second_readings.load(SafeFolder(Path(folder)))


def test_words_that_two_models_read_differently_come_first_in_their_order() -> None:
    page = page_of(MAP, TIP, NEW)
    second = {TIP.id: SecondReading("tip", 0.8, "top", 0.6), NEW.id: SecondReading("new", 0.8, "now", 0.9)}
    rows = list(review_queue.list_rows(page, second))
    found, total = review_queue.select_first(rows, QueueOrder.DIFFERING)
    assert [row.word_id for row in found] == [NEW.id, TIP.id, MAP.id]
    assert total == 3
    assert page.id == PAGE_ID
    assert [row.doubt > 0 for row in review_queue.list_rows(page)] == [False] * 3
