"""ALTO XML: what is written reads back, and files of other programs are read as far as they make sense."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from ocr_studio.core.editing import edits
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.content import EVERYTHING
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.xml.xml_output import clean_line, drop_invalid, is_read_text
from ocr_studio.core.page import Mark, Page, PageFacts, Quad, TextSource, Word, apply
from tests.core.formats.xml.made_files import inner_pages, is_same_place, make_file, pair_words, read_one, texts
from tests.core.made_pages import page_of, read_word, two_columns

NAMESPACE = "{http://www.loc.gov/standards/alto/ns-v4#}"


def render(page: Page) -> str:
    made = FORMATS["alto"].render([page])
    assert isinstance(made, str)
    return made


def read(folder: Path, content: str | bytes) -> ExchangePage:
    return read_one(make_file(folder, content), "alto")


@given(page=inner_pages())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, page: Page) -> None:
    found = read(tmp_path_factory.getbasetemp(), render(page))
    known = ExchangePage.from_page(page)
    assert (found.width, found.height) == page.file_size
    assert [[len(line.words) for line in block] for block in found.blocks] == [
        [len(line.words) for line in block] for block in known.blocks
    ]
    for before, after in pair_words(page, found):
        assert after.text == clean_line(before.text)
        assert is_same_place(before.quad, after.quad)
        assert after.confidence == pytest.approx(before.confidence if is_read_text(before) else None, abs=1e-4)
        assert (after.checked, after.mark) == (before.checked, before.mark)
        wanted, got = ([clean_line(other.text) for other in each.alternatives] for each in (before, after))
        assert [text for text in got if text != after.text] == [text for text in wanted if text != after.text]
    assert found.writer == ((known.writer and drop_invalid(known.writer)) or None)
    assert found.tags == tuple(drop_invalid(tag) for tag in known.tags)
    assert found.note == drop_invalid(known.note)


@given(page=inner_pages())
def test_what_the_schema_asks_for(page: Page) -> None:
    root = etree.fromstring(render(page).encode())
    outlines = [*root.xpath("//@POINTS"), *root.xpath("//@BASELINE")]
    for points in outlines:
        assert re.fullmatch("([0-9]+,[0-9]+ )+([0-9]+,[0-9]+)", points)
        assert all(int(number) <= 1000 for number in re.split("[ ,]", points))
    ids = root.xpath("//@ID")
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", key) for key in ids)
    assert {*root.xpath("//@REF"), *root.xpath("//@TAGREFS")} <= set(ids)
    for line in root.iter(f"{NAMESPACE}TextLine"):
        assert (line.get("BASELINE") is None) == (line.get("HPOS") is None)
        assert line[-1].tag == f"{NAMESPACE}String"


def test_it_holds_everything() -> None:
    assert FORMATS["alto"].holds == EVERYTHING


def test_columns_are_blocks_in_reading_order(tmp_path: Path) -> None:
    found = read(tmp_path, render(two_columns()))
    assert [len(block) for block in found.blocks] == [4, 4]
    assert texts(found)[:2] == [["milk", "bread", "apples"], ["rice", "pasta", "salt"]]
    assert found.blocks[0][0].baseline == ((60, 130), (360, 130))
    assert found.notices == ()


def test_a_file_of_one_word() -> None:
    page = replace(page_of(read_word("mop", 5, key="a1")), facts=PageFacts("Ann", ("todo",), "first\nsecond"))
    made = render(page)
    string = '<String ID="w_a1" CONTENT="mop" WC="0.8000" HPOS="5" VPOS="100" WIDTH="60" HEIGHT="30">'
    assert f"{string}\n              <ALTERNATIVE>pom</ALTERNATIVE>" in made
    assert "<fileName>board.jpg</fileName>" in made
    assert '<OtherTag ID="tag1" TYPE="writer" LABEL="Ann"/>' in made
    corrected = render(apply(page, edits.write(page, "a1", "map")))
    assert '<String ID="w_a1" CONTENT="map" CS="true" HPOS' in corrected
    assert "<ALTERNATIVE>mop</ALTERNATIVE>" in corrected


def test_marks_and_unread_boxes(tmp_path: Path) -> None:
    marked = replace(read_word("blot", 40), mark=Mark.UNREADABLE)
    drawn = Word("drawn", Quad.from_box(130, 100, 190, 130), TextSource.HUMAN)
    made = render(page_of(read_word("a", 10), marked, drawn, read_word("b", 200)))
    found = read(tmp_path, made)
    assert texts(found) == [["a", "", "", "b"]]
    assert [word.mark for word in found.words] == [None, Mark.UNREADABLE, None, None]
    assert made.count("<SP/>") == 1  # kraken takes each empty string for a space


ESCRIPTORIUM = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://www.loc.gov/standards/alto/ns-v4#">
  <Description><MeasurementUnit>pixel</MeasurementUnit>
    <sourceImageInformation><fileName>page 7.jpg</fileName></sourceImageInformation></Description>
  <Tags><OtherTag ID="BT1" LABEL="MainZone" DESCRIPTION="block type MainZone"/></Tags>
  <Layout><Page WIDTH="1000" HEIGHT="800" PHYSICAL_IMG_NR="6" ID="eSc_dummypage_"><PrintSpace HPOS="0" VPOS="0">
    <TextBlock HPOS="90" VPOS="90" WIDTH="500" HEIGHT="300" ID="eSc_textblock_1" TAGREFS="BT1">
      <Shape><Polygon POINTS="90 90 590 90 590 390 90 390"/></Shape>
      <TextLine ID="eSc_line_1" BASELINE="100 140 300 142 500 140" HPOS="100" VPOS="100" WIDTH="400" HEIGHT="50">
        <Shape><Polygon POINTS="100 100 300 104 500 100 500 150 300 146 100 150"/></Shape>
        <String CONTENT="a whole line" HPOS="100" VPOS="100" WIDTH="400" HEIGHT="50"></String>
      </TextLine>
      <TextLine ID="eSc_line_2" BASELINE="240" HPOS="100" VPOS="200" WIDTH="400" HEIGHT="50">
        <String CONTENT="no"/><SP/><String CONTENT="places" WC="0.5"/><HYP CONTENT="&#173;"/>
      </TextLine>
    </TextBlock></PrintSpace></Page></Layout>
</alto>"""


def test_a_file_of_escriptorium(tmp_path: Path) -> None:
    found = read(tmp_path, ESCRIPTORIUM)
    assert found.image == "page 7.jpg"
    assert texts(found) == [["a whole line"], ["no places-"]]
    assert [word.quad for word in found.words] == [Quad.from_box(100, 100, 500, 150), Quad.from_box(100, 200, 500, 250)]
    assert [line.baseline for line in found.lines] == [((100, 140), (300, 142), (500, 140)), ((100, 240), (500, 240))]
    assert (found.tags, found.words[1].confidence) == ((), 0.5)
    assert found.notices == ("line 9 and below: 2 text lines have no words; each was read as one box",)


def alto_xml(lines: str, *, unit: str = "pixel", size: str = 'WIDTH="1000" HEIGHT="800"', version: str = "v3#") -> str:
    return (
        f'<alto xmlns="http://www.loc.gov/standards/alto/ns-{version}"><Description><MeasurementUnit>{unit}'
        f"</MeasurementUnit></Description><Layout><Page {size}><PrintSpace><ComposedBlock><TextBlock ID='b'>{lines}"
        "</TextBlock></ComposedBlock></PrintSpace></Page></Layout></alto>"
    )


PLACE = 'HPOS="10.5" VPOS="20" WIDTH="30" HEIGHT="15"'
LINE = f'<TextLine><String CONTENT="old" WC="0.25" {PLACE}/></TextLine>'


@pytest.mark.parametrize("version", ["v2#", "v3#", "v4#"])
@pytest.mark.parametrize("unit", ["pixel", "mm10", "inch1200"])
def test_units_and_versions(tmp_path: Path, unit: str, version: str) -> None:
    found = read(tmp_path, alto_xml(LINE, unit=unit, version=version))
    assert (found.image, found.width, found.height) == ("board", 1000, 800)
    [word] = found.words
    assert (word.text, word.confidence, word.quad) == ("old", 0.25, Quad.from_box(10.5, 20, 40.5, 35))


def test_a_unit_without_the_size_of_the_page(tmp_path: Path) -> None:
    found = read(tmp_path, alto_xml(LINE, unit="mm10", size=""))
    assert [(word.text, word.quad) for word in found.words] == [("old", None)]
    assert found.notices == (
        "MeasurementUnit is mm10, but the Page element has no WIDTH and HEIGHT; the texts were read without boxes",
    )


def test_pixels_need_no_size(tmp_path: Path) -> None:
    found = read(tmp_path, alto_xml(LINE, size=""))
    assert (found.width, found.words[0].quad) == (0, Quad.from_box(10.5, 20, 40.5, 35))


@pytest.mark.parametrize(
    "size", ['WIDTH="1e-300" HEIGHT="1"', 'WIDTH="1e300" HEIGHT="1e300"', 'WIDTH="nan" HEIGHT="9"']
)
def test_sizes_that_make_no_sense(tmp_path: Path, size: str) -> None:
    assert read(tmp_path, alto_xml(LINE, size=size)).width == 0


def test_spaces_are_no_words(tmp_path: Path) -> None:
    line = f'<TextLine><String CONTENT=" " {PLACE}/><String CONTENT="a" {PLACE}/></TextLine>'
    assert texts(read(tmp_path, alto_xml(line))) == [["a"]]


def test_a_line_that_nobody_has_read_is_a_box(tmp_path: Path) -> None:
    found = read(tmp_path, alto_xml(f"<TextLine {PLACE}/>"))
    assert [(word.text, word.quad) for word in found.words] == [("", Quad.from_box(10.5, 20, 40.5, 35))]


def test_corrected_lines_are_checked(tmp_path: Path) -> None:
    found = read(tmp_path, alto_xml(LINE.replace("<TextLine", '<TextLine CS="true"')))
    assert [word.checked for word in found.words] == [True]


def test_alternatives(tmp_path: Path) -> None:
    string = f'<String CONTENT="a" WC="0.5" {PLACE}><ALTERNATIVE>b</ALTERNATIVE></String>'
    [word] = read(tmp_path, alto_xml(f"<TextLine>{string}</TextLine>")).words
    assert [(other.text, other.confidence) for other in word.alternatives] == [("a", 0.5), ("b", 0.0)]


@pytest.mark.parametrize(
    "place", ["", 'HPOS="1"', 'HPOS="NaN" VPOS="1" WIDTH="3" HEIGHT="4"', PLACE.replace("30", "0")]
)
def test_a_string_without_a_place(tmp_path: Path, place: str) -> None:
    line = f'<TextLine><String CONTENT="a" {place}/><SP/><String CONTENT="b" {PLACE}/></TextLine>'
    found = read(tmp_path, alto_xml(line))
    assert [(word.text, word.quad is None) for word in found.words] == [("a", True), ("b", False)]
    assert len(found.notices) == 1


def test_a_baseline_of_a_line_without_a_place(tmp_path: Path) -> None:
    place = 'HPOS="NaN" VPOS="1" WIDTH="3" HEIGHT="4"'
    line = f'<TextLine BASELINE="30" {place}><String CONTENT="a" {PLACE}/></TextLine>'
    assert read(tmp_path, alto_xml(line)).lines[0].baseline == ()


def test_an_order_of_lines_and_blocks(tmp_path: Path) -> None:
    def line(key: str) -> str:
        return f'<TextLine ID="{key}"><String CONTENT="{key}" {PLACE}/></TextLine>'

    blocks = f'{line("a")}{line("b")}</TextBlock><TextBlock ID="c">{line("d")}</TextBlock><TextBlock ID="e">{line("f")}'
    refs = "".join(f'<ElementRef ID="r{key}" REF="{key}"/>' for key in "cba")
    order = f'<ReadingOrder><OrderedGroup ID="o">{refs}</OrderedGroup></ReadingOrder><Layout>'
    found = read(tmp_path, alto_xml(blocks).replace("<Layout>", order))
    assert texts(found) == [["d"], ["b"], ["a"], ["f"]]


def test_more_pages_are_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, alto_xml(LINE).replace("</Layout>", "<Page/></Layout>"))
    assert texts(found) == [["old"]]
    assert found.notices == ("1 more Page element was left out",)
