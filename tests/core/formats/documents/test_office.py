"""Office documents and drawings, read back by libraries that did not write them where there are some."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import odfdo
import pytest
from PIL import Image

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.documents.outline import Heading, ListItems, Paragraph, TableBlock, make_outline
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, Quad, Word
from tests.core.made_pages import page_of, read_word

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SVG = "{http://www.w3.org/2000/svg}"


def large(text: str, x: float, y: float) -> Word:
    return replace(read_word(text, x, y), quad=Quad.from_box(x, y, x + 40 * len(text), y + 60))


def outlined() -> Page:
    """A page with a heading, a paragraph of two lines, a list and a table."""
    found = [large("Shopping", 100, 20), large("list", 460, 20)]
    found += [read_word("what", 100, 200), read_word("we", 170, 200), read_word("need", 100, 240)]
    for number, item in enumerate(("milk", "bread", "salt")):
        found.append(read_word("-", 100, 400 + 40 * number, key=f"bullet {number}", width=8))
        found.append(read_word(item, 120, 400 + 40 * number))
    for row, cells in enumerate((("day", "hours"), ("Monday", "three"), ("Friday", "two"))):
        found += [read_word(cell, 100 + 170 * column, 800 + 40 * row) for column, cell in enumerate(cells)]
    return page_of(*found)


BLOCKS = (
    Heading("Shopping list"),
    Paragraph(("what we", "need")),
    ListItems(("milk", "bread", "salt"), numbered=False),
    TableBlock((("day", "hours"), ("Monday", "three"), ("Friday", "two"))),
)


def write(name: str, *pages: Page) -> bytes:
    made = FORMATS[name].render(pages)
    assert isinstance(made, bytes)
    return made


def test_the_outline_of_a_page() -> None:
    assert make_outline(outlined()) == BLOCKS
    assert make_outline(page_of()) == ()


def test_numbered_items_and_lines_that_continue_one() -> None:
    rows = (("1.", "first"), ("2.", "second"), ("", "longer"))
    words = [
        read_word(text, 100 + 40 * column, 100 + 40 * row, width=20 if column == 0 else None)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
        if text
    ]
    assert make_outline(page_of(*words)) == (ListItems(("first", "second longer"), numbered=True),)


def test_word() -> None:
    opened = docx.Document(io.BytesIO(write("docx", outlined())))
    told = [(paragraph.style.name if paragraph.style else "", paragraph.text) for paragraph in opened.paragraphs]
    assert told[:5] == [
        ("Heading 2", "Shopping list"),
        ("Normal", "what we\nneed"),
        ("List Bullet", "milk"),
        ("List Bullet", "bread"),
        ("List Bullet", "salt"),
    ]
    [table] = opened.tables
    assert tuple(tuple(cell.text for cell in row.cells) for row in table.rows) == BLOCKS[3].rows


def test_opendocument() -> None:
    data = write("odt", outlined())
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        first = opened.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert opened.read("mimetype") == b"application/vnd.oasis.opendocument.text"
    body = odfdo.Document(io.BytesIO(data)).body
    assert [str(header.text_recursive) for header in body.headers] == ["Shopping list"]
    text = body.text_recursive
    assert all(word in text for word in ("what we", "need", "milk", "Monday", "three"))
    [table] = body.tables
    assert [tuple(row) for row in table.get_values()] == list(BLOCKS[3].rows)


def test_excel() -> None:
    data = write("xlsx", outlined(), page_of(read_word("=1+1", 100)), page_of(image="a" * 40 + ".jpg"))
    write("xlsx", page_of(image="a" * 30 + "'s board.jpg"))  # a name must not end with an apostrophe
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert b"<f>" not in b"".join(map(opened.read, opened.namelist()))
        workbook = ET.fromstring(opened.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in workbook.iter(f"{SHEET}sheet")]
        strings = ET.fromstring(opened.read("xl/sharedStrings.xml"))
    assert names == ["board.jpg", "board.jpg (2)", "a" * 31]
    texts = {"".join(each.itertext()) for each in strings.iter(f"{SHEET}si")}
    assert {"Monday", "three", "=1+1"} <= texts


@pytest.mark.parametrize("name", ["docx", "odt", "xlsx"])
def test_office_documents_take_several_photos_and_odd_characters(name: str) -> None:
    odd = page_of(read_word("a\ufffeb\x07c", 100), image="x\x01y.jpg")
    assert write(name, outlined(), odd, page_of()) == write(name, outlined(), odd, page_of())


def test_a_drawing_has_the_photo_and_the_words(tmp_path: Path) -> None:
    path = tmp_path / "board.jpg"
    Image.new("RGB", (1000, 1000), "white").save(path)
    slanted = replace(read_word("a<b", 300, 300), quad=geometry.rotate_quad(Quad.from_box(300, 300, 400, 340), 30))
    made = FORMATS["svg"].render([page_of(read_word("plain", 100), slanted)], PhotoSource(lambda _: path))
    assert isinstance(made, str)
    root = ET.fromstring(made)
    assert root.find(f"{SVG}image") is not None
    plain, turned = root.iter(f"{SVG}text")
    assert (plain.text, plain.get("transform")) == ("plain", None)
    assert turned.text == "a<b"
    assert (turned.get("transform") or "").startswith("rotate(30.00")
