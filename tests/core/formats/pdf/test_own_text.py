"""The text that a PDF has of its own."""

from __future__ import annotations

import math
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.import_format import BadLabels, LabelFile
from ocr_studio.core.formats.pdf import own_text
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.readers import find_reader
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word

UPRIGHT = Quad.from_box(40, 30, 140, 60)
BELOW = Quad.from_box(40, 100, 120, 130)


def write(path: Path, *photos: dict[str, Quad]) -> Path:
    """A searchable PDF of white photos with these words."""
    pages = []
    for number, words in enumerate(photos):
        Image.new("RGB", (600, 400), "white").save(path.with_name(f"{number}.png"))
        made = {
            text: Word(text, quad, machine=Transcription(text, TextSource.MODEL, 0.5)) for text, quad in words.items()
        }
        pages.append(Page(str(number), f"{number}.png", 600, 400, made))
    data = FORMATS["pdf"].render(pages, PhotoSource(lambda page: path.parent / page.image))
    assert isinstance(data, bytes)
    path.write_bytes(data)
    return path


def read(path: Path) -> list[ExchangePage]:
    file = LabelFile.open(SafeFolder(path.parent), path.name)
    reader = find_reader(file)
    assert reader is not None
    assert reader.name == "pdf"
    return list(reader.read(file))


def test_words_of_each_page_in_their_places(tmp_path: Path) -> None:
    path = write(tmp_path / "scan.pdf", {"one": UPRIGHT, "two": BELOW}, {}, {"three": UPRIGHT})
    first, last = read(path)
    assert (first.image, last.image) == ("scan #1.pdf", "scan #3.pdf")
    assert [line.text for line in first.lines] == ["one", "two"]
    assert [word.text for word in last.words] == ["three"]
    width, height = photo_file.read_photo_size(tmp_path / "scan #1.pdf")
    assert (first.width, first.height) == (width, height)
    for word, expected in zip(first.words, (UPRIGHT, BELOW), strict=True):
        assert word.quad is not None
        scaled = [(x * 600 / width, y * 400 / height) for x, y in word.quad.corners]
        assert geometry.compute_iou(Quad.from_array(scaled), expected) > 0.9
        assert not word.checked


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_writing_that_is_turned_begins_where_it_is_read(degrees: int, tmp_path: Path) -> None:
    quad = geometry.rotate_quad(Quad.from_box(200, 180, 400, 220), degrees)
    [page] = read(write(tmp_path / "scan.pdf", {"turned": quad}))
    [word] = page.words
    assert word.quad is not None
    scaled = Quad.from_array([(x * 600 / page.width, y * 400 / page.height) for x, y in word.quad.corners])
    assert abs((geometry.measure_angle(scaled) - degrees + 180) % 360 - 180) < 1
    assert geometry.compute_iou(scaled, quad) > 0.9


def test_a_turned_page(tmp_path: Path) -> None:
    path = write(tmp_path / "scan.pdf", {"word": UPRIGHT})
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = 90
        pdf.save(path)
    [page] = read(path)
    [word] = page.words
    assert word.quad is not None
    assert abs(geometry.measure_angle(word.quad) - 90) < 1
    assert page.height > page.width


def test_a_pdf_without_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match="no text of its own"):
        read(write(tmp_path / "scan.pdf", {}))


def test_a_damaged_pdf_says_so(tmp_path: Path) -> None:
    (path := tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(BadLabels, match="damaged"):
        read(path)


def typeset(path: Path, content: bytes, *, scan: bool) -> Path:
    """A PDF with a page of this text, over a scan if there is one."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.add_blank_page(page_size=(300, 200))
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        if scan:
            picture = pdf.make_stream(
                bytes(100), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=10, Height=10,
                ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
            )  # fmt: skip
            resources.XObject = pikepdf.Dictionary(I=picture)
            content = b"q 300 0 0 200 0 0 cm /I Do Q " + content
        pdf.pages[0].Resources = resources
        pdf.pages[0].Contents = pdf.make_stream(content)
        pdf.save(path)
    return path


STAMP = b"BT /F 6 Tf 10 5 Td (Received by fax on 3 May, page 7 of 9, do not copy) Tj ET"
TITLE = b"BT /F 12 Tf 80 100 Td (Two words) Tj ET"
LAYER = b"BT 3 Tr /F 12 Tf 60 100 Td (one two three four five) Tj ET"
UNKNOWN = b"BT /F 12 Tf 60 100 Td <01020304 05> Tj ( a) Tj ET"


@pytest.mark.parametrize(
    ("content", "scan", "used"),
    [(STAMP, True, False), (STAMP, False, True), (TITLE, True, False), (TITLE, False, True), (LAYER, True, True)]
    + [(b"", False, False), (UNKNOWN, False, False)],
)
def test_text_that_can_take_the_place_of_reading(tmp_path: Path, content: bytes, scan: bool, used: bool) -> None:
    assert (own_text.read_photo(path := typeset(tmp_path / "a.pdf", content, scan=scan)) is not None) == used
    assert (own_text.read_data(path.read_bytes(), name="-") is not None) == used


def test_photos_have_no_text_of_their_own(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    assert own_text.read_photo(tmp_path / "a.png") is None
    assert own_text.read_data((tmp_path / "a.png").read_bytes(), name="-") is None


def turn(quad: Quad, degrees: int) -> Quad:
    """Turn a box clockwise about the middle of the photo."""
    sine, cosine = round(math.sin(math.radians(degrees))), round(math.cos(math.radians(degrees)))
    return Quad.from_array(
        [
            (300 + cosine * (x - 300) - sine * (y - 200), 200 + sine * (x - 300) + cosine * (y - 200))
            for x, y in quad.corners
        ]
    )


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_lines_as_boxes(degrees: int, tmp_path: Path) -> None:
    turned = [turn(Quad.from_box(left, 190, left + 60, 210), degrees) for left in (200, 280, 360)]
    [page] = read(write(tmp_path / "scan.pdf", dict(zip("abc", turned, strict=True))))
    line = own_text.join_lines(page).words[0]
    assert line.quad is not None
    assert abs((geometry.measure_angle(line.quad) - degrees + 180) % 360 - 180) < 1


def test_a_word_that_is_divided_at_the_end_of_a_line_stays_in_its_lines(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.add_blank_page(page_size=(300, 200))
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        pdf.pages[0].Contents = pdf.make_stream(b"BT /F 12 Tf 50 150 Td (a semi-) Tj 0 -20 Td (nar here) Tj ET")
        pdf.save(tmp_path / "a.pdf")
    [page] = read(tmp_path / "a.pdf")
    assert [line.text for line in page.lines] == ["a semi-", "nar here"]
    heights = [geometry.measure_size(quad)[1] for _, quad in page.boxed_words()]
    assert max(heights) < 1.5 * min(heights)
