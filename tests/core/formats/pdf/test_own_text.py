"""The text that a PDF has of its own."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.import_format import BadLabels, LabelFile
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
