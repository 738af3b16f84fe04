"""Changes of boxes leave the reading order of all other words as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_studio.core.editing import changes, edits
from ocr_studio.core.editing.changes import Change
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.geometry import hit_tests
from ocr_studio.core.page import (
    Edit,
    EditMismatch,
    Mark,
    OrderChange,
    Page,
    Point,
    Quad,
    Transcription,
    WordOrder,
    apply,
)
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import kept_order, page_order
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.review import queue as review_queue
from tests.core import made_pages
from tests.core.made_pages import page_of, read_word, two_columns

_LEFT, _RIGHT = made_pages.LEFT_COLUMN, made_pages.RIGHT_COLUMN


def done(page: Page, edit: Edit) -> Page:
    """The page after an edit, as the window and the command line do it."""
    return apply(page, kept_order.keep_order(page, edit))


def lines(page: Page) -> list[str]:
    return [" ".join(word.text or "?" for word in line) for line in page_order.find_lines(page)]


def order(page: Page) -> list[str]:
    return list(page_order.order_words(page))


def draw(page: Page, x: float, y: float, width: float = 60.0, *, text: str = "new", height: float = 30.0) -> Page:
    return done(page, edits.add(page, Quad.from_box(x, y, x + width, y + height), text=text))


def test_a_box_in_the_margin_of_two_columns_leaves_them_apart() -> None:
    page = two_columns()
    assert lines(page) == [*_LEFT, *_RIGHT]
    # So wide that it bridges the gutter: a layout of all boxes reads on from one column into the other.
    box = Quad.from_box(350, 145, 545, 175)
    added = edits.add(page, box, text="margin")
    assert lines(apply(page, added)) != lines(done(page, added))
    after = done(page, added)
    [new] = added.changes
    assert [key for key in order(after) if key != new] == order(page)
    assert lines(after) in (
        [_LEFT[0], f"{_LEFT[1]} margin", *_LEFT[2:], *_RIGHT],
        [*_LEFT, _RIGHT[0], f"margin {_RIGHT[1]}", *_RIGHT[2:]],
    )


def test_what_is_written_of_the_page_follows_the_same_order() -> None:
    page = draw(two_columns(), 350, 145, 195, text="margin")
    wanted = [page.words[key].text for key in order(page)]
    assert FORMATS["text"].render([page]).split() == wanted
    found = json.loads(FORMATS["json"].render([page]))["words"]
    assert [word["text"] for word in found] == wanted
    assert [word["line"] for word in found] == [
        number for number, line in enumerate(lines(page), start=1) for _ in line.split()
    ]
    waiting = [row.word_id for row in review_queue.list_rows(page)]
    assert waiting == [key for key in order(page) if not page.words[key].checked]


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [
        (345, 190, [*_LEFT[:2], f"{_LEFT[2]} new", *_LEFT[3:], *_RIGHT]),  # after the end of a line
        (485, 190, [*_LEFT, *_RIGHT[:2], f"new {_RIGHT[2]}", *_RIGHT[3:]]),  # before the first word of a line
        (60, 280, [*_LEFT, "new", *_RIGHT]),  # a line below the first column
        (560, 280, [*_LEFT, *_RIGHT, "new"]),
        (60, 55, ["new", *_LEFT, *_RIGHT]),  # above the first column
        (560, 55, [*_LEFT, "new", *_RIGHT]),
        (60, 700, [*_LEFT, *_RIGHT, "new"]),  # far below everything
    ],
)
def test_a_new_word_goes_where_it_belongs(x: float, y: float, wanted: list[str]) -> None:
    assert lines(draw(two_columns(), x, y)) == wanted


def test_a_word_that_was_missed_within_a_line_goes_between_its_neighbours() -> None:
    page = two_columns()
    without = done(page, edits.delete(page, ["pasta"]))
    assert lines(without)[1] == "rice salt"
    x, y, right, bottom = page.words["pasta"].quad.bounds()
    assert lines(draw(without, x, y, right - x, height=bottom - y))[1] == "rice new salt"


def test_a_missed_line_comes_back_line_by_line_and_paragraphs_stay() -> None:
    page = two_columns()
    blocks = [len(block) for block in page_order.find_blocks(page)]
    gone = done(page, edits.delete(page, ["tea", "sugar", "honey", "meet", "Hugo", "there"]))
    pasted = edits.paste(
        gone, [page.words[key] for key in ("meet", "tea", "Hugo", "there", "sugar", "honey")], offset=(0, 0)
    )
    back = done(gone, pasted)
    assert lines(back) == lines(page)
    assert [len(block) for block in page_order.find_blocks(back)] == blocks


def test_many_new_words_at_once_go_where_they_belong() -> None:
    page = draw(two_columns(), 345, 190)
    before = order(page)
    many = [read_word("w", 60 + 40 * (index % 20), 500 + 45 * (index // 20), width=18) for index in range(100)]
    pasted = edits.paste(page, many, offset=(0, 0))
    after = done(page, pasted)
    assert order(after)[: len(before)] == before
    assert [after.words[key].quad for key in order(after)[len(before) :]] == [word.quad for word in many]


def test_a_word_moved_away_is_the_only_one_that_changes_its_place() -> None:
    page = two_columns()
    moved = done(page, edits.move(page, ["bread"], 560 - page.words["bread"].quad.bounds()[0], 190))
    assert lines(moved) == ["milk apples", *_LEFT[1:], *_RIGHT, "bread"]
    assert [key for key in order(moved) if key != "bread"] == [key for key in order(page) if key != "bread"]


def test_words_moved_together_stay_together() -> None:
    page = two_columns()
    moved = done(page, edits.move(page, ["tea", "sugar", "honey", "nuts", "plums", "dates"], 500, 200))
    assert lines(moved) == [*_LEFT[:2], *_RIGHT, *_LEFT[2:]]
    away = done(page, edits.move(page, [key for key in page.words if key not in {"milk", "call"}], 0, 300))
    assert [key for key in order(away) if key in {"milk", "call"}] == ["milk", "call"]


@pytest.mark.parametrize("by", [(1.0, 0.0), (0.0, 3.0), (-2.0, 2.0)])
def test_a_word_nudged_keeps_the_place_that_the_user_gave_it(by: tuple[float, float]) -> None:
    page = two_columns()
    page = done(page, page_order.move_words(page, ["Vera"], "bread"))
    nudged = done(page, edits.move(page, ["Vera"], *by))
    assert order(nudged) == order(page)
    assert lines(nudged) == lines(page)


def test_resized_and_rotated_boxes_keep_their_places() -> None:
    page = two_columns()
    for edit in (
        edits.reshape(page, "sugar", Quad.from_box(110, 185, 240, 225)),
        edits.rotate(page, ["sugar", "tea"], 7),
        edits.rotate(page, list(page.words), 5),
    ):
        assert lines(done(page, edit)) == lines(page)


def test_split_words_stay_together_and_merged_words_take_the_place_of_the_first() -> None:
    page = done(two_columns(), page_order.move_words(two_columns(), ["Vera"], "bread"))
    split = done(page, edits.split(page, "Vera", letter=2))
    assert lines(split)[0] == "milk Ve ra bread apples"
    merged = done(page, edits.merge(page, ["salt", "Vera"]))
    assert lines(merged)[:2] == ["milk Vera salt bread apples", "rice pasta"]
    assert [key for key in order(merged) if key != "salt"] == [key for key in order(page) if key != "salt"]


def test_deleting_leaves_no_gap_and_undoing_restores_the_order_exactly() -> None:
    page = draw(two_columns(), 345, 190)
    for edit in (
        edits.delete(page, ["milk", "bread", "apples", "salt"]),
        edits.move(page, ["bread"], 500, 300),
        edits.merge(page, ["bread", "call"]),
        edits.split(page, "bread", letter=3),
        edits.delete(page, page.words),
        page_order.move_words(page, ["tea"], None),
        page_order.reset_order(page),
    ):
        whole = kept_order.keep_order(page, edit)
        assert apply(apply(page, whole), whole.inverted()) == page
    assert lines(done(page, edits.delete(page, ["milk", "bread", "apples", "salt"])))[:2] == [
        "rice pasta",
        "tea sugar honey new",
    ]


def test_an_empty_page_keeps_nothing() -> None:
    empty = page_of()
    first = kept_order.keep_order(empty, edits.add(empty, Quad.from_box(10, 10, 60, 40)))
    page = apply(empty, first)
    assert page.order == WordOrder()
    page = draw(page, 70, 10)
    assert done(page, edits.delete(page, page.words)).order == WordOrder()


@pytest.mark.parametrize(
    "change",
    [
        lambda page: edits.write(page, "Ben", "Ben or somebody else of the whole group"),
        lambda page: edits.mark(page, ["milk", "bread", "apples", "call"], Mark.IGNORED),
        lambda page: edits.accept(page, page.words),
        lambda page: edits.lock(page, page.words, locked=True),
        lambda page: changes.make_edit(
            page, [Change(page.id, page.image, "Ben", page.words["Ben"].quad, "Ben", "a b c d e f")]
        )[0],
        lambda page: edits.refresh(page, [replace(page.words["Ben"], machine=read_word("a b c d e", 0).machine)]),
    ],
)
def test_texts_and_marks_leave_the_order_alone(change: Callable[[Page], Edit]) -> None:
    page = two_columns()
    after = done(page, change(page))
    assert order(after) == order(page)
    assert [[word.id for word in line] for line in page_order.find_lines(after)] == [
        [word.id for word in line] for line in page_order.find_lines(page)
    ]


def test_a_new_reading_arranges_the_page_anew_but_not_what_the_user_arranged() -> None:
    found = [replace(word, id=f"again-{word.id}") for word in two_columns().words.values()]
    page = draw(two_columns(), 345, 190)
    read = done(page, edits.reread(page, found, earlier=None))
    assert read.order == WordOrder()
    assert order(read) == list(reading_order.order_words(read.words.values()))
    arranged = done(two_columns(), page_order.move_words(two_columns(), ["Vera"], "bread"))
    extra = read_word("extra", 60, 280, key="extra")
    again = done(arranged, edits.reread(arranged, [*found, extra], earlier=None))
    assert lines(again) == ["milk Vera bread apples", *_LEFT[1:], "extra", *_RIGHT[:3], "pay first"]
    assert again.order.arranged


def test_the_user_arranges_and_resets() -> None:
    page = draw(two_columns(), 345, 190)
    assert not page.order.arranged
    arranged = done(page, page_order.move_words(page, ["Vera"], "bread"))
    assert arranged.order.arranged
    assert draw(arranged, 60, 280).order.arranged
    back = done(arranged, page_order.reset_order(arranged))
    assert back.order == WordOrder()
    assert order(back) == list(reading_order.order_words(back.words.values()))


def test_the_order_is_saved_with_the_page() -> None:
    page = draw(two_columns(), 345, 190)
    again = page_file.decode(page_file.encode(page))
    assert again.order == page.order
    assert lines(again) == lines(page)


def test_an_order_of_an_earlier_version_was_the_users() -> None:
    page = done(two_columns(), page_order.move_words(two_columns(), ["Vera"], "bread"))
    assert "order_arranged" not in json.loads(page_file.encode(page))
    assert page_file.decode(page_file.encode(page)).order == page.order
    assert json.loads(page_file.encode(draw(two_columns(), 345, 190)))["order_arranged"] is False


def test_a_change_of_the_order_is_small_and_fits_only_the_order_it_was_made_for() -> None:
    page = draw(two_columns(), 345, 190)
    edit = kept_order.keep_order(page, edits.add(page, Quad.from_box(60, 280, 120, 310)))
    [change] = edit.order or ()
    assert (len(change.lines[0]), len(change.lines[1])) == (0, 1)
    other = replace(page, order=WordOrder(page.order.lines[::-1]))
    delete = kept_order.keep_order(page, edits.delete(page, ["milk"]))
    with pytest.raises(EditMismatch):
        apply(other, delete)


_line_lists = st.lists(st.lists(st.sampled_from("abcdef"), max_size=3).map(tuple), max_size=6).map(tuple)
_orders = st.builds(WordOrder, _line_lists, st.booleans())


@given(_orders, _orders, _orders)
def test_changes_of_the_order_lead_there_and_back(one: WordOrder, two: WordOrder, three: WordOrder) -> None:
    page = replace(page_of(), order=one)
    first = Edit("first", order=OrderChange.between(one, two))
    second = Edit("second", order=OrderChange.between(two, three))
    both = first.then(second)
    assert apply(page, both).order == three
    assert apply(apply(page, both), both.inverted()) == page
    assert bool(first) == (one != two)
    assert not first.then(first.inverted())


def _changes(data: st.DataObject, page: Page) -> tuple[Edit, set[str]]:
    """A change of boxes, and the ids of the words that it touches."""
    # By their places: the ids of new words are random, and the same draws must give the same test again.
    keys = sorted(page.words, key=lambda key: (page.words[key].quad.corners, key))
    one = data.draw(st.sampled_from(keys)) if keys else "none"
    some = data.draw(st.lists(st.sampled_from(keys), unique=True, max_size=4)) if keys else []
    box = data.draw(made_pages.boxes)
    kinds: dict[str, Callable[[], Edit]] = {
        "add": lambda: edits.add(page, box),
        "paste": lambda: edits.paste(page, [replace(page.words[key]) for key in some], offset=(9, 30)),
        "move": lambda: edits.move(page, some, data.draw(st.integers(-500, 500)), data.draw(st.integers(-500, 500))),
        "nudge": lambda: edits.move(page, some, 1, 0),
        "reshape": lambda: edits.reshape(page, one, box),
        "rotate": lambda: edits.rotate(page, some, data.draw(st.integers(-180, 180))),
        "turn": lambda: edits.turn_writing(page, [one]),
        "split": lambda: edits.split(page, one, data.draw(st.floats(0, 1))),
        "merge": lambda: edits.merge(page, some),
        "delete": lambda: edits.delete(page, some),
        "write": lambda: edits.write(page, one, data.draw(st.sampled_from(["a", "a b c d", ""]))),
    }
    edit = kinds[data.draw(st.sampled_from(sorted(kinds)))]()
    return edit, set(edit.changes)


@settings(max_examples=150)
@given(made_pages.pages(places=made_pages.boxes), st.booleans(), st.data())
def test_any_sequence_of_changes_leaves_the_order_of_all_other_words(
    page: Page, full: bool, data: st.DataObject
) -> None:
    if full:
        page = two_columns()
    undo: list[tuple[Page, Edit]] = []
    redo: list[tuple[Page, Edit]] = []
    for _ in range(data.draw(st.integers(1, 8))):
        step = data.draw(st.sampled_from(["change", "change", "change", "undo", "redo"]))
        before = page
        if step == "undo" and undo:
            earlier, edit = undo.pop()
            page = apply(page, edit.inverted())
            redo.append((before, edit))
            assert page == earlier
            touched = set(edit.changes)
        elif step == "redo" and redo:
            later, edit = redo.pop()
            page = apply(page, edit)
            undo.append((before, edit))
            assert page == later
            touched = set(edit.changes)
        else:
            made, touched = _changes(data, page)
            whole = kept_order.keep_order(page, made)
            page = apply(page, whole)
            undo.append((before, whole))
            redo.clear()
        known = before.words.keys() & page.words.keys()
        assert [key for key in order(page) if key in known - touched] == [
            key for key in order(before) if key in known - touched
        ]
        assert sorted(order(page)) == sorted(page.words)
        assert page_file.decode(page_file.encode(page)).order == page.order


def test_arranging_the_words_in_the_board_view_leaves_the_others_behind_the_words_before_them() -> None:
    page = draw(two_columns(), 345, 190)
    hidden = ["milk", "salt", "nuts", "plums", "dates", "Ben"]
    shown = replace(page, words={key: word for key, word in page.words.items() if key not in hidden})
    edit = page_order.move_words(shown, ["bread", "apples"], None)
    arranged = apply(shown, edit).order
    whole = apply(page, Edit("Arrange", order=page_order.reorder_part(page, arranged)))
    assert [key for key in order(whole) if key not in hidden] == [key for line in arranged.lines for key in line]
    assert lines(whole) == [
        "milk", "rice pasta salt", "tea sugar honey new", "nuts plums dates", *_RIGHT, "bread apples",
    ]  # fmt: skip
    back = page_order.reset_order(shown)
    assert (
        apply(page, Edit("Reset", order=page_order.reorder_part(page, apply(shown, back).order))).order == WordOrder()
    )


def test_a_word_joined_to_a_line_in_the_board_view_joins_no_other_word_on_the_page() -> None:
    page = page_of(*(read_word(key, 40 * number, key=key) for number, key in enumerate("AxyBC")))
    page = replace(page, order=WordOrder((("A", "x"), ("y",), ("B",), ("C",))))
    for shown, wanted in (
        ((("A", "B"), ("C",)), ["A x B", "y", "C"]),
        ((("A",), ("B",), ("C",)), ["A x", "y", "B", "C"]),
        ((("C",), ("A",), ("B",)), ["C", "A x", "y", "B"]),
    ):
        order = page_order.reorder_part(page, WordOrder(shown, arranged=True))
        assert lines(apply(page, Edit("Arrange", order=order))) == wanted


def test_few_boxes_are_compared_when_a_large_page_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(*(read_word("w", 40 * (n % 20), 45 * (n // 20), width=30, key=f"k{n}") for n in range(200)))
    page = done(page, page_order.move_words(page, ["k5"], "k100"))
    compared: list[Quad] = []
    contains = hit_tests.contains_point

    def counted(quad: Quad, point: Point) -> bool:
        compared.append(quad)
        return contains(quad, point)

    monkeypatch.setattr(hit_tests, "contains_point", counted)
    left = {key: (word, edits.move(page, [key], 1, 0).changes[key][1]) for key, word in page.words.items()}
    right = {f"r{key}": (None, replace(word, id=f"r{key}")) for key, word in page.words.items()}
    after = done(page, Edit("Read photo", {**left, **right}))
    assert order(after) == [key for known in order(page) for key in (known, f"r{known}")]
    assert len(compared) <= 2 * len(page.words)


@given(made_pages.pages(places=made_pages.boxes))
def test_keeping_the_order_changes_no_text(page: Page) -> None:
    words = {key: replace(word, human=Transcription.by_human(key[:4]), mark=None) for key, word in page.words.items()}
    page = replace(page, words=words, order=WordOrder())
    kept = done(page, edits.rotate(page, page.words, 1e-3)) if page.words else page
    assert page_order.find_lines(replace(kept, words=page.words)) == page_order.find_lines(page)
    assert page_order.compose_text(replace(kept, words=page.words)) == page_order.compose_text(page)
