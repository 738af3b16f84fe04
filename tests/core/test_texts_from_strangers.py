"""What a stranger wrote into a file comes out as text, wherever it goes to."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from ocr_studio.core import resources
from ocr_studio.core.command_line import json_text, printed, visible
from ocr_studio.core.evaluation import html_report
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.documents import json_pages, markdown, spreadsheet, table_text
from ocr_studio.core.formats.export_format import FileScope
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.language.spelling import Speller
from ocr_studio.core.page import Alternative, TextSource, Transcription
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.review import doubtful_letters
from tests.core.made_pages import page_of, read_word

# What changes the state of a terminal, or the order in which the letters behind it are shown.
STEERING = ("\x1b]0;pwn\x07", "\x9b2J", "\x08", "\r", "\x7f", "\u2028", "\u202e", "\u2066", "\ud800")
HOSTILE = (
    "<img src=file:///etc/passwd>",
    "<b>x</b>",
    "<script>alert(1)</script>",
    "'\" onload='x'",
    "&File &lt;",
    "\u202egpj.exe",
    '=HYPERLINK("http://x")',
    "[x](javascript:alert(1))",
    "![x](http://example.org/x.png)",
    "<http://example.org>",
    "# x",
    "| x |",
)
MARKS = "e" + "\u0315" * 200_000 + "\u0300" * 200_000


@pytest.mark.parametrize("steering", STEERING)
def test_nothing_steers_a_terminal(steering: str) -> None:
    text = f"a{steering}b"
    for shown in (visible(text), printed(text, terminal=True), json_text([text])):
        assert steering not in shown
        assert shown.encode("utf-8").isascii()  # its escape is seen
    assert json.loads(json_text([text], indent=None)) == [text]


def test_what_goes_into_a_pipe_stays_as_it_is_written() -> None:
    text = "\u202eשלום\u202c\nنص\u200f 👩‍🚀\n"
    assert printed(text, terminal=False) == text
    assert printed("a\x1b[2J\tb\x9b", terminal=False) == "a\\x1b[2J\\tb\\x9b"
    assert printed("שלום\nb", terminal=True) == "שלום\nb"
    assert visible("a\nb") == "a\\nb"


def test_marks_are_not_piled_on_a_letter() -> None:
    # Composing all of them takes minutes.
    text = one_line(f"{MARKS} e\u0301\u0323 ก็")
    assert text == f"è{one_line('e' + chr(0x315) * 30)[1:]} ẹ\u0301 ก็".replace("è", "e")
    assert len(text) < 50


@pytest.mark.parametrize("cell", ["x;=1+1", "x; ＝1", "\u200b=1", "\ufeff@SUM(A1)", "' +1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    for text in (table_text.format_tabs(((cell,),)).strip(), _cells(table_text.format_html(((cell,),)))[0]):
        for part in text.split(";"):
            assert next(each for each in part if each not in " \u200b\ufeff") not in "=+-@＝＋－＠"
    [row] = csv.DictReader(io.StringIO(spreadsheet.render([page_of(read_word(cell, 5))])))
    assert row["text"] == table_text.format_tabs(((cell,),)).rstrip("\n")


class _Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _cells(html: str) -> list[str]:
    return [text for text in _Tags(html).texts if text.strip()]


@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_just_the_text(text: str) -> None:
    page = _Tags(html_report.render_page(text, ()))
    assert page.texts.count(text) == 2  # title and heading
    assert {tag for tag, _ in page.tags} == {"html", "head", "meta", "title", "style", "body", "h1"}
    policy = [each["content"] for _, each in page.tags if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy[0] is not None
    assert policy[0].startswith("default-src 'none'; img-src data:;")
    table = _Tags(table_text.format_html(((text,),)))
    assert [tag for tag, _ in table.tags] == ["meta", "table", "tr", "td"]
    assert table.texts[0].endswith(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_just_the_text(text: str) -> None:
    pages = [replace(page_of(read_word(text, 5)), image=f"{text}.jpg"), page_of()]
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown.render(pages))
    found = _Tags(html)
    assert {tag for tag, _ in found.tags} <= {"h2", "p"}
    assert f"{text}.jpg" in "".join(found.texts)
    assert "".join(found.texts).count(text) == 2


@pytest.mark.parametrize("text", [*HOSTILE, *(f"a{each}b" for each in STEERING)])
def test_every_format_can_be_written(text: str) -> None:
    page = replace(page_of(read_word(one_line(text), 5)), image=f"{text}.jpg")
    photos = PhotoSource(lambda _: resources.sample_photo())
    for kind in FORMATS.values():
        if kind.name == "vtt":  # refuses photos that are not from a video
            continue
        written = kind.render([page] if kind.scope is FileScope.EACH else [page, page], photos)
        assert isinstance(written, bytes) or "\x1b" not in written
    assert json.loads(json_pages.render([page]))["words"][0]["text"] == one_line(text)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("\u202egpj.exe", "_gpj.txt"),
        ("a\x9b\u2028b.jpg", "a__b.txt"),
        ("a\ud800b.jpg", "a_b.txt"),
        ("com¹.jpg", "_com¹.txt"),
        ("CON .jpg", "_CON.txt"),
        ("conin$", "_conin$.txt"),
        ("a. . .jpg", "a.txt"),
        (f"{'x' * 300}.jpg", f"{'x' * 242}~"),
    ],
)
def test_file_names_are_harmless(image: str, name: str) -> None:
    (made,) = output_names([image], ".txt")
    assert made.startswith(name)
    assert len(os.fsencode(made)) <= 255


def test_accents_written_in_two_ways_are_one_name() -> None:
    assert len(set(map(one_line, output_names(["é.jpg", "e\u0301.jpg"], ".txt")))) == 2


def test_a_name_of_bytes_that_are_no_text_keeps_them() -> None:
    (name,) = output_names([os.fsdecode(b"\xff.jpg")], ".txt")
    assert os.fsencode(name) == b"\xff.txt"


def test_texts_of_any_length_are_judged_at_once() -> None:
    text = "ab" * 50_000
    others = (Alternative(text, 0.6), Alternative(text[1:], 0.4))
    assert not any(doubtful_letters.rate_doubts(Transcription(text, TextSource.MODEL, 0.6, alternatives=others)))
    speller = Speller(("de",), Lexicon.of({"und": 1e-3}))
    assert speller.doubts(text)
