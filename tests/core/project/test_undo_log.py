"""The history: what it tells is what was done, and nothing in its file can do harm."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core import resources, translation
from ocr_studio.core.editing import edits
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import Edit, OrderChange, Page, PageFacts, WordOrder, apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.undo_log import Step, UndoLog
from ocr_studio.core.translation import message, message_n
from tests.core.made_pages import PAGE_ID, page_of, pages, read_word

PAGE = page_of(read_word("the", 100), read_word("map", 200))


def _write(text: str, page: Page = PAGE) -> Step:
    edit = edits.write(page, "the-100", text)
    return Step(edit.name, {page.id: edit})


def _kept(folder: Path, *lines: bytes) -> UndoLog:
    for line in lines:
        undo_log.add(SafeFolder(folder), line)
    return undo_log.load(SafeFolder(folder))


@given(pages(), pages())
def test_a_step_reads_back_equal(old: Page, new: Page) -> None:
    changes = {key: (old.words.get(key), new.words.get(key)) for key in old.words.keys() | new.words.keys()}
    order = OrderChange.between(old.order, new.order) or None
    step = Step("All anew", {PAGE_ID: Edit("All anew", changes, (old.facts, new.facts), order)})
    (again,) = undo_log._replayed(undo_log._lines(undo_log.done_line(step), Path("history.jsonl"))).steps or (
        Step("All anew"),
    )
    assert again == step


def test_an_order_of_the_user_among_the_facts_of_an_earlier_version_can_be_undone(tmp_path: Path) -> None:
    order = WordOrder((("map-200", "the-100"),), arranged=True)
    edits_told = {"words": {}, "facts": [{"note": "a"}, {"note": "a", "order": [["map-200", "the-100"]]}]}
    line = json.dumps({"do": {"name": "Change reading order", "pages": {PAGE_ID: edits_told}}}).encode() + b"\n"
    (step,) = _kept(tmp_path, line).steps
    before = replace(PAGE, facts=PageFacts(note="a"))
    assert apply(before, step.edits[PAGE_ID]) == replace(before, order=order)
    assert apply(replace(before, order=order), step.inverted().edits[PAGE_ID]) == before


def test_what_was_taken_back_and_done_again(tmp_path: Path) -> None:
    first, second, third = _write("a"), _write("b"), _write("c")
    course = _kept(
        tmp_path, undo_log.done_line(first), undo_log.done_line(second), undo_log.move_line(-2), undo_log.move_line(1)
    )
    assert course == UndoLog((first, second), 1)
    assert _kept(tmp_path, undo_log.done_line(third)) == UndoLog((first, third), 2)


def test_steps_that_are_joined_are_one_and_none_if_they_cancel_out(tmp_path: Path) -> None:
    first = _write("a")
    page = apply(PAGE, first.edits[PAGE_ID])
    second = Step("Write", {PAGE_ID: edits.write(page, "the-100", "b")})
    course = _kept(tmp_path, undo_log.done_line(first), undo_log.done_line(second), undo_log.join_line())
    assert course == UndoLog((first.then(second),), 1)
    back = Step("Back", {PAGE_ID: first.then(second).edits[PAGE_ID].inverted()})
    assert _kept(tmp_path, undo_log.done_line(back), undo_log.join_line()) == UndoLog()


def test_a_step_that_cannot_be_done_again_is_forgotten(tmp_path: Path) -> None:
    first, second, third = _write("a"), _write("b"), _write("c")
    lines = [undo_log.done_line(step) for step in (first, second, third)]
    course = _kept(tmp_path, *lines, undo_log.move_line(-2), undo_log.drop_line())
    assert course == UndoLog((first, third), 1)


def test_none_is_no_trouble(tmp_path: Path) -> None:
    assert undo_log.load(SafeFolder(tmp_path)) == UndoLog()


@pytest.mark.parametrize(
    "line",
    [b"{", b"[]", b"\xff", b'{"do": 1}', b'{"do": {"name": "x", "pages": {"p": {"words": {"w": [1]}}}}}', b"[" * 99999],
)
def test_a_line_that_cannot_be_read_is_left_out(line: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    course = _kept(tmp_path, undo_log.done_line(_write("a")), line + b"\n", undo_log.done_line(_write("b")))
    assert [str(step.name) for step in course.steps] == ["Change text to “a”", "Change text to “b”"]
    assert "line 2 is left out" in caplog.text


def test_a_name_is_shown_in_the_language_of_the_window(tmp_path: Path) -> None:
    names = [message_n("Delete word", "Delete {count} words", 3), message("Change text to “{text}”", text="{a}")]
    lines = [undo_log.done_line(replace(_write("a"), name=name)) for name in names]
    assert b'"name": "Delete 3 words"' in lines[0]  # for earlier versions
    assert translation.use(resources.translations(), "de")
    course = _kept(tmp_path, *lines)
    translation.use_english()
    assert [step.name for step in course.steps] == names
    assert [str(step.name) for step in course.steps] == ["Delete 3 words", "Change text to “{a}”"]


def test_a_name_that_an_earlier_version_finished_stays(tmp_path: Path) -> None:
    line = undo_log.done_line(replace(_write("a"), name="Text zu „{a}“ ändern"))
    assert b'"key"' not in line
    assert [step.name for step in _kept(tmp_path, line).steps] == ["Text zu „{a}“ ändern"]


@pytest.mark.parametrize(
    "odd",
    [
        '"key": 1, "args": {}',
        '"key": [], "args": {}',
        '"key": ["a", "b", "c"], "args": {}',
        '"key": "a", "args": []',
        '"key": "a"',
        '"key": "{x}", "args": {}',
        '"key": "{x.__class__}", "args": {"x": "a"}',
        '"key": "{x:>999999999}", "args": {"x": "a"}',
        '"key": "{x}", "args": {"x": 1e99}',
        '"key": "{x}", "args": {"x": 99999999999999999999999}',
        '"key": "{x}", "args": {"x": ["a"]}',
        '"key": ["a", "{count} b"], "args": {"count": "many"}',
        f'"key": "{"a" * 501}", "args": {{}}',
        f'"key": "{{x}}", "args": {{"x": "{"a" * 10_001}"}}',
    ],
)
def test_a_key_that_is_none_of_ours_counts_for_nothing(odd: str, tmp_path: Path) -> None:
    line = undo_log.done_line(replace(_write("a"), name="As shown")).replace(b'"pages"', odd.encode() + b', "pages"', 1)
    assert [step.name for step in _kept(tmp_path, line).steps] == ["As shown"]


def test_a_long_one_is_shortened_and_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_log, "LONG", 4000)
    lines = [undo_log.done_line(_write(str(number))) for number in range(40)]
    course = _kept(tmp_path, *lines, undo_log.move_line(-1))
    shorter = undo_log.load(SafeFolder(tmp_path), shorten=True)
    assert len((tmp_path / undo_log.FILE).read_bytes()) <= 4000 < sum(map(len, lines))
    assert 0 < len(shorter.steps) < 40
    assert shorter.steps == course.steps[-len(shorter.steps) :]
    assert undo_log.load(SafeFolder(tmp_path)) == shorter
    assert len(shorter.steps) - shorter.index == 1


def test_only_so_many_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_log, "MOST", 3)
    course = _kept(tmp_path, *(undo_log.done_line(_write(str(number))) for number in range(5)))
    assert [str(step.name) for step in course.steps] == [
        "Change text to “2”",
        "Change text to “3”",
        "Change text to “4”",
    ]


def test_of_a_file_that_is_long_by_far_the_newest_lines_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    steps = [_write(str(number)) for number in range(6)]
    lines = [undo_log.done_line(step) for step in steps]
    monkeypatch.setattr(undo_log, "MAX_TOLD", len(b"".join(lines[3:])) + 50)
    assert _kept(tmp_path, *lines) == UndoLog(tuple(steps[3:]), 3)
    # Before the first step that is known and forward again: the three that are known are not done, one is of those.
    monkeypatch.setattr(undo_log, "MAX_TOLD", undo_log.MAX_TOLD + 2 * len(undo_log.move_line(-1)))
    assert _kept(tmp_path, undo_log.move_line(-5), undo_log.move_line(3)) == UndoLog(tuple(steps[3:]), 1)
    assert caplog.text.count("is left out") == 2  # the line through which the file was cut, each time


def test_a_word_under_another_words_name_is_no_step(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Taken back, it would make a page that cannot be read again."""
    line = undo_log.done_line(_write("a")).replace(b'"id": "the-100"', b'"id": "map-200"')
    assert _kept(tmp_path, line) == UndoLog()
    assert "another id" in caplog.text


def test_a_history_of_rubbish_is_soon_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    course = _kept(
        tmp_path, b"x\n" * 1000, undo_log.move_line(10**30), b'{"go": 1e999}\n', undo_log.done_line(_write("a"))
    )
    assert len(course.steps) == 1
    assert caplog.text.count("is left out") == undo_log.MAX_LOGGED
    assert "1000 lines are left out" in caplog.text


@given(st.lists(st.sampled_from(["do", "join", "back", "again"]), max_size=30))
def test_whatever_was_done_the_course_can_be_walked(doings: list[str]) -> None:
    """A page that follows the lines and one that follows the course that they tell come out the same."""
    lines, page, number = b"", PAGE, 0
    for doing in doings:
        course = undo_log._replayed(undo_log._lines(lines, Path("history.jsonl")))
        if doing == "do":
            number += 1
            step = Step("State", {PAGE_ID: edits.set_facts(page, PageFacts(note=str(number)), "State")})
            lines, page = lines + undo_log.done_line(step), apply(page, step.edits[PAGE_ID])
        elif doing == "join":
            lines += undo_log.join_line()
        elif doing == "back" and course.index:
            page = apply(page, course.steps[course.index - 1].inverted().edits[PAGE_ID])
            lines += undo_log.move_line(-1)
        elif doing == "again" and course.index < len(course.steps):
            page = apply(page, course.steps[course.index].edits[PAGE_ID])
            lines += undo_log.move_line(1)
    course = undo_log._replayed(undo_log._lines(lines, Path("history.jsonl")))
    walked = PAGE
    for step in course.steps[: course.index]:
        walked = apply(walked, step.edits[PAGE_ID])
    assert walked == page
