"""What a format of labels holds comes back when a file is read that was exported."""

from __future__ import annotations

import csv
import io
import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.documents.spreadsheet import escape_cell
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.xml.xml_output import clean_line
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Mark, Page, PageFacts, Quad, Word, apply
from tests.core.formats.labels.label_files import measure_offset, read_file, write_and_read
from tests.core.made_pages import boxes, page_of, pages, read_word, texts

KINDS = ("labelme", "coco", "paddleocr", "icdar2015", "label-studio", "yolo-obb", "via", "doctr", "voc", "imagefolder")
# Formats that can't tell unreadable words from ignored ones.
ONE_MARK = {"icdar2015"}

turned_boxes = st.builds(
    lambda box, degrees: geometry.rotate_quad(box, degrees, about=(500, 400)),
    st.builds(
        lambda x, y, w, h: Quad.from_box(x, y, x + w, y + h),
        st.integers(300, 600),
        st.integers(250, 500),
        st.integers(4, 90),
        st.integers(4, 40),
    ),
    st.floats(-180, 180),
)
skewed_boxes = st.builds(
    lambda box, dx, dy: geometry.replace_corner(box, 2, (box.corners[2][0] + dx, box.corners[2][1] + dy)),
    boxes,
    st.integers(0, 10),
    st.integers(0, 10),
)
few = settings(max_examples=25, deadline=None)
quads = boxes | turned_boxes | skewed_boxes
board_pages = pages(places=quads).map(lambda page: replace(page, image="board.jpg"))


def find_expected(kind: str, page: Page) -> list[ExchangeWord]:
    """The words as the format can hold them, in the order of the file."""
    holds = FORMATS[kind].holds
    assert holds is not None
    found = []
    for word, _ in ExchangePage.from_page(page).boxed_words():
        mark = word.mark if Content.MARKS in holds else None
        if mark and kind in ONE_MARK:
            mark = Mark.UNREADABLE
        known = mark is not None or bool(word.text)
        checked = known and (word.checked if Content.CHECKED in holds else True)
        confidence = word.confidence if Content.CONFIDENCE in holds else None
        text = clean_line(word.text) if kind == "voc" else word.text
        found.append(replace(word, text=text, mark=mark, checked=checked, confidence=confidence, alternatives=()))
    return found


@pytest.mark.parametrize("kind", KINDS)
@few
@given(page=board_pages)
def test_words_come_back(kind: str, page: Page) -> None:
    expected = find_expected(kind, page)
    if not expected and kind in {"icdar2015", "yolo-obb", "doctr"}:
        return
    [found] = write_and_read(kind, page)
    words = list(found.words)
    if kind == "label-studio":  # checked words come first, and others in their places are taken for the same
        expected.sort(key=lambda word: word.id)
        words.sort(key=lambda word: word.id)
        assert len(words) == len(expected) or has_doubles(expected)
        expected = [word for word in expected if word.id in {each.id for each in words}]
    if kind == "doctr" and has_doubles(expected):  # texts belong to boxes by their places
        return
    assert [word.text for word in words] == [word.text for word in expected]
    assert [word.mark for word in words] == [word.mark for word in expected]
    assert [word.checked for word in words] == [word.checked for word in expected]
    assert [word.confidence for word in words] == pytest.approx([word.confidence for word in expected])
    if found.width == 1:
        words = [replace(word, quad=scale(word.quad, *page.file_size)) for word in words]
    elif found.width:
        assert (found.width, found.height) == page.file_size
    assert all(measure_offset(*pair) <= 0.5 for pair in zip(words, expected, strict=True))
    assert found.notices == ()


def has_doubles(words: list[ExchangeWord]) -> bool:
    pairs = itertools.combinations((word.quad for word in words if word.quad), 2)
    return any(geometry.compute_iou(*pair) > 0.5 for pair in pairs)


def scale(quad: Quad | None, width: int, height: int) -> Quad:
    assert quad is not None
    return Quad.from_array([(x * width, y * height) for x, y in quad.corners])


@pytest.mark.parametrize("kind", ["labelme", "label-studio", "via"])
def test_what_is_said_of_the_photo_comes_back(kind: str) -> None:
    facts = PageFacts(writer="Ann", tags=("monday", "b c"), note="two\nlines")
    page = replace(page_of(read_word("the", 100)), facts=facts)
    [found] = write_and_read(kind, page)
    assert (found.writer, found.tags, found.note) == ("Ann", ("monday", "b c"), "two\nlines")


@pytest.mark.parametrize("kind", KINDS)
def test_places_are_those_on_the_photo_as_its_file_has_it(kind: str) -> None:
    page = page_of(read_word("the", 100, 100), read_word("map", 170, 100))
    turned = apply(page, photo_frames.turn_photo(page, 1))
    [one], [other] = write_and_read(kind, page), write_and_read(kind, turned)
    assert sorted(word.quad.corners for word in one.words if word.quad) == sorted(
        word.quad.corners for word in other.words if word.quad
    )
    assert (one.width, one.height) == (other.width, other.height)


@pytest.mark.parametrize("kind", KINDS)
def test_photos_are_told_by_their_names(kind: str) -> None:
    page = page_of(read_word("the", 100), image="board.jpg")
    [found] = write_and_read(kind, page)
    assert found.image in {"board.jpg", "board"}


@pytest.mark.parametrize("kind", ["coco", "paddleocr", "label-studio", "via", "doctr"])
def test_several_photos_in_a_file(kind: str) -> None:
    pair = page_of(read_word("the", 100), image="a.jpg"), page_of(read_word("map", 100), image="b c.jpg")
    assert [(page.image, [word.text for word in page.words]) for page in write_and_read(kind, *pair)] == [
        ("a.jpg", ["the"]),
        ("b c.jpg", ["map"]),
    ]


@few
@given(board_pages)
def test_our_json_comes_back(page: Page) -> None:
    [found] = read_file(FORMATS["json"].render([page]), "board.json", "json")
    expected = ExchangePage.from_page(page)
    assert (found.ordered, found.width, found.height) == (True, *page.file_size)
    kept = [word for word in expected.words if word.quad is not None or word.text]
    assert [(word.id, word.text, word.mark) for word in found.words] == [(w.id, w.text, w.mark) for w in kept]
    assert [word.alternatives for word in found.words] == [word.alternatives for word in kept]
    known = [(word.checked and (word.mark is not None or bool(word.text))) for word in kept]
    assert [word.checked for word in found.words] == known
    assert len(found.lines) == len([line for line in expected.lines if set(line.words) & set(kept)])
    blocks = [[word for line in block for word in line.words if word in kept] for block in expected.blocks]
    assert [sum(len(line.words) for line in block) for block in found.blocks] == [len(each) for each in blocks if each]


def test_json_of_versions_without_states() -> None:
    data = FORMATS["json"].render([page_of(read_word("the", 100))])
    assert isinstance(data, str)
    old = data.replace('"state": "read",\n', "").replace('"mark": null', '"id": "x"').replace('"block": 1', '"id": "x"')
    [found] = read_file(old, "board.json", "json")
    assert [(word.text, word.confidence, word.checked) for word in found.words] == [("the", 0.8, False)]


def test_several_pages_of_json_and_an_absolute_path() -> None:
    pair = [page_of(read_word("the", 100), image=name) for name in ("a.jpg", "/home/me/b.jpg")]
    assert [page.image for page in read_file(FORMATS["json"].render(pair), "all.json", "json")] == ["a.jpg", "b.jpg"]


@few
@given(board_pages)
def test_our_table_comes_back(page: Page) -> None:
    data = FORMATS["csv"].render([page])
    found = read_file(data, "words.csv", "csv")
    kept = [word for word in ExchangePage.from_page(page).words if word.quad is not None or word.text]
    words = [word for each in found for word in each.words]
    blocks = [[len(set(line.words) & set(kept)) for line in block] for block in ExchangePage.from_page(page).blocks]
    told = [[len(line.words) for line in block] for each in found for block in each.blocks]
    assert told == [lines for block in blocks if (lines := [count for count in block if count])]
    assert [escape_cell(word.text) for word in words] == [escape_cell(word.text) for word in kept]
    assert [word.mark is not None for word in words] == [word.mark is not None for word in kept]
    assert all(one.quad is None or measure_offset(one, other) <= 0.5 for one, other in zip(words, kept, strict=True))


def test_a_table_of_a_version_without_paragraphs() -> None:
    data = FORMATS["csv"].render([page_of(read_word("the", 100, 100), read_word("map", 100, 400))])
    assert isinstance(data, str)
    old = "\n".join(row.rpartition(",")[0] for row in data.splitlines())
    assert "paragraph" not in old
    for table, lines in ((data, [1, 1]), (old, [2])):
        [found] = read_file(table, "words.csv", "csv")
        assert [len(block) for block in found.blocks] == lines
        assert [line.text for line in found.lines] == ["the", "map"]


@few
@given(texts.filter(bool))
def test_cells_that_could_be_formulas_come_back(text: str) -> None:
    data = FORMATS["csv"].render([page_of(read_word("x", 100)), page_of(Word("w", read_word("x", 1).quad))])
    assert isinstance(data, str)
    rows = list(csv.reader(io.StringIO(data)))
    rows[1][2] = escape_cell(text)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    [found] = read_file(out.getvalue(), "words.csv", "csv")
    assert escape_cell(found.words[0].text) == escape_cell(text)


def test_a_table_saved_again_by_a_spreadsheet_program() -> None:
    data = FORMATS["csv"].render([page_of(read_word("the", 100), read_word("map", 170))])
    assert isinstance(data, str)
    again = "\ufeff" + data.replace(",", ";").replace("\n", "\r\n")
    [found] = read_file(again, "words.csv", "csv")
    assert [word.text for word in found.words] == ["the", "map"]
    assert [len(line.words) for line in found.lines] == [2]
    assert not any(math.isnan(value) for word in found.words if word.quad for value in word.quad.bounds())
