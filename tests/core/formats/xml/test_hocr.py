"""hOCR: what is written reads back, and files of other programs are read as far as they make sense."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ocr_studio.core.editing import edits
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.import_format import BadLabels
from ocr_studio.core.formats.xml.xml_output import clean_line, is_read_text
from ocr_studio.core.geometry.quads import rotate_quad
from ocr_studio.core.page import Page, Quad, apply
from tests.core.formats.xml.made_files import (
    inner_pages,
    is_same_place,
    make_file,
    read_all,
    read_one,
    texts,
)
from tests.core.made_pages import page_of, read_word, two_columns

NAMESPACE = "{http://www.w3.org/1999/xhtml}"


def render(*pages: Page) -> str:
    made = FORMATS["hocr"].render(pages)
    assert isinstance(made, str)
    return made


def read(folder: Path, content: str | bytes) -> ExchangePage:
    return read_one(make_file(folder, content, "board.hocr"), "hocr")


@given(page=inner_pages())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, page: Page) -> None:
    found = read(tmp_path_factory.getbasetemp(), render(page))
    known = ExchangePage.from_page(page)
    assert (found.width, found.height) == page.file_size
    # Text without a box has nothing else to be kept by, so that none is none.
    kept = [[[w.text for w in line.words if w.quad or clean_line(w.text)] for line in block] for block in known.blocks]
    kept = [block for block in ([line for line in block if line] for block in kept) if block]
    assert [[len(line.words) for line in block] for block in found.blocks] == [
        [len(line) for line in block] for block in kept
    ]
    pairs = [(word, word.quad) for word in known.words if word.quad or clean_line(word.text)]
    for (before, quad), after in zip(pairs, found.words, strict=True):
        assert after.text == clean_line(before.text)
        assert is_same_place(quad, after.quad)
        wanted = before.confidence if is_read_text(before) and quad else None
        assert after.confidence == pytest.approx(wanted, abs=0.0051)


@given(st.lists(inner_pages(), max_size=3))
def test_what_the_standard_asks_for(pages: list[Page]) -> None:
    made = render(*pages)
    assert etree.HTML(made.encode()) is not None
    root = etree.fromstring(made.encode())
    assert [meta.get("content") for meta in root.iter(f"{NAMESPACE}meta")][3] == str(len(pages))
    ids = root.xpath("//@id")
    assert len(set(ids)) == len(ids)
    for each in root.xpath("//*[@class]"):
        place = re.search(r"bbox (\d+) (\d+) (\d+) (\d+)", each.get("title"))
        assert place is not None
        left, top, right, bottom = map(int, place.groups())
        assert left < right <= 1000
        assert top < bottom <= 1000


def test_what_it_cannot_hold() -> None:
    held = FORMATS["hocr"].holds
    assert held is not None
    assert set(Content) - held == {
        Content.ALTERNATIVES,
        Content.CHECKED,
        Content.MARKS,
        Content.WRITER,
        Content.TAGS,
        Content.NOTE,
    }


def test_columns_are_areas_in_reading_order(tmp_path: Path) -> None:
    found = read(tmp_path, render(two_columns()))
    assert [len(block) for block in found.blocks] == [4, 4]
    assert texts(found)[:2] == [["milk", "bread", "apples"], ["rice", "pasta", "salt"]]
    assert found.blocks[0][0].baseline == ((60, 130), (360, 130))
    assert (found.image, found.notices) == ("board.jpg", ())


def test_a_file_of_one_word() -> None:
    page = replace(page_of(read_word("m<p", 5, key="a1")), image='a "b"; c.jpg')
    made = render(page)
    name = "image &quot;a \\&quot;b\\&quot;; c.jpg&quot;; bbox 0 0 1000 800; ppageno 0"
    assert f'<div class="ocr_page" id="page_1" title="{name}">' in made
    word = '<span class="ocrx_word" id="w_a1" title="bbox 5 100 65 130; x_wconf 80">m&lt;p</span>'
    assert f'title="bbox 5 100 65 130; baseline 0.0000 0">{word}</span>' in made
    assert "x_wconf" not in render(apply(page, edits.write(page, "a1", "map")))


def test_all_photos_in_one_file(tmp_path: Path) -> None:
    other = replace(page_of(read_word("mop", 5)), image="sub/other.png")
    file = make_file(tmp_path, render(two_columns(), other))
    first, second = read_all(file, "hocr")
    assert (first.image, second.image, second.words[0].text) == ("board.jpg", "sub/other.png", "mop")


@pytest.mark.parametrize("name", ['a "b".jpg', "a;b.jpg", "it's.jpg", "a&b.jpg", "\U0001f600.jpg"])
def test_names_of_photos(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, render(replace(page_of(), image=name))).image == name


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    assert read(tmp_path, render(replace(page_of(), image=os.fsdecode(b"caf\xe9.jpg")))).image == "caf\ufffd.jpg"


@pytest.mark.parametrize(("degrees", "said"), [(10, "baseline 0.17"), (-90, "textangle 90.00"), (90, "textangle 270")])
def test_slanted_and_turned_words(tmp_path: Path, degrees: int, said: str) -> None:
    word = read_word("slanted", 400, 400)
    quad = rotate_quad(word.quad, degrees)
    made = render(page_of(replace(word, quad=quad)))
    assert said in made
    [found] = read(tmp_path, made).words
    assert is_same_place(found.quad, quad)
    # Programs that know no outlines get an upright box.
    [found] = read(tmp_path, re.sub("; poly [0-9 ]+", "", made)).words
    assert found.quad is not None
    left, top, right, bottom = (round(side) for side in quad.bounds())
    assert found.quad.bounds() == (left, top, right, bottom)
    corner = {10: (left, top), -90: (left, bottom), 90: (right, top)}[degrees]
    assert found.quad.corners[0] == corner


TESSERACT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head><title></title><meta name='ocr-system' content='tesseract 5.3.0' />
  <meta name='ocr-capabilities' content='ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf'/></head>
 <body>
  <div class='ocr_page' id='page_1'
    title='image "C:\\scans\\my "best" page; 1.png"; bbox 0 0 640 480; ppageno 0; scan_res 70 70'>
   <div class='ocr_carea' id='block_1_1' title="bbox 36 90 618 361">
    <p class='ocr_par' id='par_1_1' lang='eng' title="bbox 36 90 618 361">
     <span class='ocr_header' id='line_1_1' title="bbox 36 90 580 122; baseline 0 -6; x_size 31; x_descenders 6">
      <span class='ocrx_word' id='word_1_1' title='bbox 36 90 96 116; x_wconf 96'><strong>This</strong></span>
      <span class='ocrx_word' id='word_1_2' title='bbox 109 92 129 116; x_wconf 9'>i<em>s</em>&nbsp;</span>
     </span>
     <span class='ocr_line' id='line_1_2' title="bbox 36 130 580 162; baseline 0.01 -6">
      <span class='ocrx_word' id='word_1_3' title='bbox 36 130 96 156; x_wconf 50'>
       <span class='ocrx_cinfo' title='x_bboxes 36 130 60 156; x_conf 98'>s</span>
       <span class='ocrx_cinfo' title='x_bboxes 60 130 96 156; x_conf 98'>o</span></span>
     </span>
    </p>
    <p class='ocr_par' id='par_1_2' title="bbox 36 200 618 361">
     <span class='ocr_caption' id='line_1_3' title="bbox 36 200 66 300; textangle 90">
      <span class='ocrx_word' id='word_1_4' title='bbox 36 200 66 300; x_wconf 80'>up</span></span>
    </p>
   </div>
  </div>
  <div class='ocr_page' id='page_2' title='image ""; bbox 0 0 0 0; ppageno 1'>
   <div class='ocr_carea'><span class='ocr_textfloat' title='bbox 10 10 90 30'>no words &amp; more</span></div>
  </div>
 </body>
</html>"""


def test_a_file_of_tesseract(tmp_path: Path) -> None:
    first, second = read_all(make_file(tmp_path, TESSERACT, "two.hocr"), "hocr")
    assert first.image == 'my "best" page; 1.png'
    assert (first.width, first.height) == (640, 480)
    assert [[line.text for line in block] for block in first.blocks] == [["This is", "so"], ["up"]]
    assert [word.confidence for word in first.words] == [0.96, 0.09, 0.5, 0.8]
    assert first.words[0].quad == Quad.from_box(36, 90, 96, 116)
    assert first.words[3].quad == Quad(((36, 300), (36, 200), (66, 200), (66, 300)))
    assert [line.baseline for line in first.lines] == [((36, 116), (580, 116)), ((36, 156), (580, 161.44)), ()]
    assert first.notices == ()
    assert (second.image, second.width, texts(second)) == ("two", 0, [["no words & more"]])
    assert second.notices == ("line 29: 1 text line has no words; it was read as one box",)


KRAKEN = """<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
  <meta name="ocr-system" content="kraken"/></head>
 <body><div class="ocr_page" title="bbox 0 0 640 480; image scans/a b.png" style="writing-mode: horizontal-tb;">
  <div class="ocrx_block" id="r1" title="bbox 10 10 300 100; poly 10 10 300 10 300 100 10 100">
   <span class="ocr_line" id="l1" title="bbox 10 10 300 60; poly 10 10 300 20 300 60 10 50">
    <span class="ocrx_word" id="s0" title="bbox 10 10 90 52; x_confs 0.5 1.0; poly 10 10 90 12 90 52 10 50">two</span>
    <span class="ocrx_word" id="s1" title="bbox 90 12 99 53; x_confs 0.9"> </span>
    <span class="ocrx_word" id="s2" title="bbox 99 13 300 60; x_confs 50 100">words</span>
   </span><br/>
  </div></div></body>
</html>"""


def test_a_file_of_kraken(tmp_path: Path) -> None:
    found = read(tmp_path, KRAKEN)
    assert (found.image, found.width, found.notices) == ("scans/a b.png", 640, ())
    assert texts(found) == [["two", "words"]]
    assert found.words[0].quad == Quad(((10, 10), (90, 12), (90, 52), (10, 50)))
    assert [word.confidence for word in found.words] == [0.75, 0.75]


def test_html_that_is_not_xml(tmp_path: Path) -> None:
    content = TESSERACT.replace("</p>", "<br>").replace("><strong>", ">&unknown;<strong>")
    first, _ = read_all(make_file(tmp_path, content), "hocr")
    assert [line.text for line in first.lines] == ["&unknown;This is", "so", "up"]
    assert first.notices[0].startswith("it was read as HTML, because it is not valid XML: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
def test_html_in_an_encoding(tmp_path: Path, encoding: str) -> None:
    head = f'<meta charset="{encoding.removesuffix("-sig")}"><meta name="ocr-system" content="x">'
    body = "<p><div class=ocr_page title='image \"ü.png\"'><span class=ocr_line title='bbox 1 2 3 4'>größer"
    [page] = read_all(make_file(tmp_path, f"<html><head>{head}</head>{body}".encode(encoding)), "hocr")
    assert (page.image, texts(page)) == ("ü.png", [["größer"]])


def hocr(inside: str, title: str = "bbox 0 0 1000 800") -> str:
    return f'<html><body><div class="ocr_page" title="{title}">{inside}</div></body></html>'


def test_words_outside_of_lines_and_texts_between_words(tmp_path: Path) -> None:
    word = '<span class="ocrx_word" title="bbox 1 2 30 40">{}</span>'
    line = f'<div class="ocr_carea"><span class="ocr_line">{word.format("a")}, {word.format("b")}</span></div>'
    found = read(tmp_path, hocr(word.format("lone") + line))
    assert texts(found) == [["lone"], ["a", ",", "b"]]
    assert [word.quad is None for word in found.words] == [False, False, True, False]


def test_a_page_that_does_not_begin_at_zero(tmp_path: Path) -> None:
    inside = '<span class="ocr_line" title="bbox 110 220 130 240; baseline 0 0">a</span>'
    found = read(tmp_path, hocr(inside, "bbox 100 200 400 500"))
    assert (found.width, found.height) == (300, 300)
    assert found.words[0].quad == Quad.from_box(10, 20, 30, 40)
    assert found.lines[0].baseline == ((10, 40), (30, 40))


def test_alternatives(tmp_path: Path) -> None:
    inside = '<ins class="alt" title="nlp 0.1">cat</ins><del class="alt" title="nlp 0.693147">cut</del>'
    word = (
        f'<span class="ocrx_word" title="bbox 1 2 30 40; x_wconf 90"><span class="alternatives">{inside}</span></span>'
    )
    [found] = read(tmp_path, hocr(word)).words
    assert found.text == "cat"
    assert [(other.text, round(other.confidence, 3)) for other in found.alternatives] == [("cat", 0.9), ("cut", 0.5)]


@pytest.mark.parametrize(
    "title", ["bbox 10 10 140", "bbox a b c d", "bbox 5 5 5 5", "", "x_wconf abc", "bbox nan 1 2 3"]
)
def test_titles_that_make_no_sense(tmp_path: Path, title: str) -> None:
    line = f'<span class="ocr_line" title="{title}; baseline 0 0"><b class="ocrx_word" title="{title}">a</b></span>'
    found = read(tmp_path, hocr(line))
    assert found.lines[0].baseline in ((), ((5, 5), (5, 5)))
    [word] = found.words
    assert (word.text, word.quad, word.confidence) == ("a", None, None)


@pytest.mark.parametrize("title", ['image "' + '\\"' * 40_000, 'image "' + '";' * 40_000, '"' * 90_000, ";" * 200_000])
def test_long_titles_take_no_time(tmp_path: Path, title: str) -> None:
    quoted = title.replace('"', "&quot;")
    assert read(tmp_path, hocr("", quoted + "; bbox 0 0 1000 800")).words == ()


def test_a_file_without_a_page(tmp_path: Path) -> None:
    with pytest.raises(BadLabels, match="it has no ocr_page element"):
        read(tmp_path, '<html><meta name="ocr-system" content="x"/></html>')


def test_a_page_in_a_page_is_no_other(tmp_path: Path) -> None:
    found = read(tmp_path, hocr(hocr('<span class="ocr_line" title="bbox 1 1 9 9">a</span>')))
    assert texts(found) == [["a"]]
