"""What other programs get to read."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ocr_studio.core import resources
from ocr_studio.core.editing import edits, photo_frames
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.documents import spreadsheet
from ocr_studio.core.formats.documents.markdown import escape_line
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page, Quad, TextSource, Word, apply
from ocr_studio.core.reading_order import layout as reading_order
from tests.core.made_pages import boxes, page_of, pages, read_word

LINES = (
    read_word("the", 100, 100),
    read_word("map", 170, 100),
    read_word("is", 100, 140),
    read_word("not", 100, 400),
    read_word("here", 170, 400),
)
PAGE = page_of(*LINES)
SAMPLE = PhotoSource(lambda _: resources.sample_photo())
OTHER = replace(page_of(read_word("mop", 5)), image="sub/other.png")


def render(name: str, *found: Page) -> str:
    told = FORMATS[name].render(found)
    assert isinstance(told, str)
    return told


def test_the_table_of_formats() -> None:
    assert {name: FORMATS[name].suffix for name in ("text", "md", "json", "csv")} == {
        "text": ".txt",
        "md": ".md",
        "json": ".json",
        "csv": ".csv",
    }
    assert all(each.name == name for name, each in FORMATS.items())


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_places_are_those_on_the_photo_as_its_file_has_it(quarters: int) -> None:
    turned = apply(PAGE, photo_frames.turn_photo(PAGE, quarters))
    assert turned.words["the-100"].quad != PAGE.words["the-100"].quad
    (known, told) = (json.loads(render("json", each)) for each in (PAGE, turned))
    assert (told["width"], told["height"]) == (known["width"], known["height"])
    places = [{word["id"]: word["quad"] for word in page["words"]} for page in (known, told)]
    assert places[0] == places[1]
    rows = [sorted(row[6:14] for row in csv.reader(io.StringIO(render("csv", each)))) for each in (PAGE, turned)]
    assert rows[0] == rows[1]


def test_plain_text() -> None:
    assert render("text", PAGE) == "the map\nis\n\nnot here\n"
    assert render("text", PAGE, OTHER) == (
        "board.jpg\n=========\n\nthe map\nis\n\nnot here\n\nsub/other.png\n=============\n\nmop\n"
    )
    assert render("text", page_of()) == ""


def test_markdown() -> None:
    assert render("md", PAGE) == "the map\\\nis\n\nnot here\n"
    assert render("md", PAGE, OTHER).startswith(
        "## board.jpg\n\nthe map\\\nis\n\nnot here\n\n## sub/other.png\n\nmop\n"
    )


def test_pages_of_one_file_have_their_numbers_as_titles() -> None:
    pair = [replace(PAGE, image=f"scan #{number}.pdf") for number in (2, 3)]
    assert render("text", *pair).startswith("Page 2\n======\n\nthe map\n")
    assert render("md", *pair).startswith("## Page 2\n\nthe map")
    assert render("md", pair[0], replace(pair[1], image="scan #3.tif")).startswith("## scan #2.pdf\n")
    assert [page["image"] for page in json.loads(render("json", *pair))] == ["scan #2.pdf", "scan #3.pdf"]


def as_read(text: str) -> str:
    """What CommonMark makes of it, tags left out; fails if it is more than one paragraph of plain text."""
    [start, inline, end] = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(text)
    assert (start.type, inline.type, end.type) == ("paragraph_open", "inline", "paragraph_close")
    assert inline.children is not None
    assert {child.type for child in inline.children} <= {"text", "text_special", "softbreak", "hardbreak"}
    return "".join(child.content or "\n" for child in inline.children)


@pytest.mark.parametrize(
    "line",
    [
        *("# no heading", "#", "1. no list", "12) no list", "- no list", "+ no list", "* no list", "> no quote"),
        *(
            "a_b_c *d* `e`",
            "[a](b)",
            "![a](b)",
            "<b>",
            "&amp; &lt;",
            "a | b",
            "~~gone~~",
            "---",
            "===",
            "***",
            "\\",
            "a\\",
        ),
        *(
            "http://a.b/c_d",
            "<http://a.b>",
            "[a]: b",
            "x^2 $y$",
            "    indented",
            "10.5",
            "1.",
            "C:\\x",
            "`",
            "~~~",
            "- [ ] a",
        ),
    ],
)
def test_markdown_shows_what_was_written(line: str) -> None:
    assert as_read(escape_line(line)) == line.strip()
    assert as_read("before\\\n" + escape_line(line) + "\\\nafter") == f"before\n{line.strip()}\nafter"


@given(st.text(st.sampled_from("ab1 .)#-+*_=>~`|[]<>&;!\\:(x$^\"'/?"), min_size=1, max_size=12))
def test_markdown_shows_whatever_was_written(line: str) -> None:
    line = " ".join(line.split()) or "a"
    assert as_read("x\\\n" + escape_line(line) + "\\\ny") == f"x\n{line}\ny"


def test_json_is_the_object_of_the_command_line_and_what_an_import_needs() -> None:
    page = apply(PAGE, edits.write(PAGE, LINES[4].id, "there"))
    found = json.loads(render("json", page))
    assert list(found) == ["image", "width", "height", "words", "text"]
    assert (found["image"], found["width"], found["height"]) == ("board.jpg", 1000, 800)
    assert found["text"] == "the map\nis\n\nnot there"
    first, *_, last = found["words"]
    assert first == {
        "id": "the-100",
        "quad": [[100.0, 100.0], [160.0, 100.0], [160.0, 130.0], [100.0, 130.0]],
        "text": "the",
        "confidence": 0.8,
        "alternatives": [{"text": "the", "confidence": 0.8}, {"text": "eht", "confidence": 0.1}],
        "line": 1,
        "state": "read",
        "mark": None,
        "block": 1,
    }
    assert [word["block"] for word in found["words"]] == [1, 1, 1, 2, 2]
    assert [word["line"] for word in found["words"]] == [1, 1, 2, 3, 3]
    assert (last["text"], last["confidence"]) == ("there", 1.0)
    assert [page["image"] for page in json.loads(render("json", PAGE, OTHER))] == ["board.jpg", "sub/other.png"]
    assert json.loads(render("json")) == []


def test_an_unread_word_is_not_left_out() -> None:
    drawn = Word("drawn", Quad.from_box(300, 100, 360, 130), TextSource.HUMAN)
    page = page_of(*LINES, drawn)
    word = next(word for word in json.loads(render("json", page))["words"] if word["id"] == "drawn")
    assert (word["text"], word["confidence"], word["alternatives"]) == ("", None, [])
    assert len(render("csv", page).splitlines()) == 7


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(render("csv", PAGE, OTHER))))
    assert tuple(rows[0]) == spreadsheet.COLUMNS
    assert [row["text"] for row in rows] == ["the", "map", "is", "not", "here", "mop"]
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5", "1"]
    corners = ("170.0", "100.0", "230.0", "100.0", "230.0", "130.0", "170.0", "130.0")
    values = ("board.jpg", "2", "map", "0.8", "read", "1", *corners, "1")
    assert rows[1] == dict(zip(spreadsheet.COLUMNS, values, strict=True))
    assert [row["paragraph"] for row in rows] == ["1", "1", "1", "2", "2", "1"]


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "＝1", "  =1", "'=1", "\t=1"])
def test_csv_cells_are_no_formulas(text: str) -> None:
    page = replace(page_of(read_word(text, 5)), image=f"{text.strip()}.jpg")
    [row] = csv.DictReader(io.StringIO(render("csv", page)))
    assert row["text"] == f"'{text.strip()}"
    assert row["page"].startswith("'")


def test_csv_quotes() -> None:
    [row] = csv.DictReader(io.StringIO(render("csv", page_of(read_word('a,"b";', 5)))))
    assert row["text"] == 'a,"b";'


@given(pages(places=boxes))
def test_every_format_takes_every_page(page: Page) -> None:
    for each in FORMATS.values():
        if each.name == "vtt":  # refuses photos that are not from a video
            continue
        text = each.render([page], SAMPLE)
        assert each.render([page], SAMPLE) == text
        assert isinstance(text, bytes) or text == "" or text.endswith("\n")
    found = json.loads(render("json", page))
    assert [word["id"] for word in found["words"]] == list(reading_order.order_words(page.words.values()))
    rows = list(csv.reader(io.StringIO(render("csv", page), newline="")))
    assert len(rows) == len(page.words) + 1
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_a_photos_name_that_is_no_text(tmp_path: Path) -> None:
    page = replace(PAGE, image=os.fsdecode(b"caf\xe9\n.jpg"))
    for name in ("text", "md", "json", "csv"):
        assert "caf� .jpg" in render(name, page, OTHER)
