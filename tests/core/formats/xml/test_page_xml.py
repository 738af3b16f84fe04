"""PAGE XML: what is written reads back, and files of other programs are read as far as they make sense."""

from __future__ import annotations

import os
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
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.xml.xml_output import clean_line, drop_invalid
from ocr_studio.core.page import Mark, Page, PageFacts, Quad, TextSource, Transcription, Word, apply
from tests.core.formats.xml.made_files import inner_pages, is_same_place, make_file, pair_words, read_one, texts
from tests.core.made_pages import page_of, read_word, two_columns

NAMESPACE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"


def render(page: Page, photos: PhotoSource | None = None) -> str:
    made = FORMATS["page"].render([page], photos)
    assert isinstance(made, str)
    return made


def read(folder: Path, content: str | bytes) -> ExchangePage:
    return read_one(make_file(folder, content), "page")


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
        assert after.confidence == pytest.approx(before.confidence, abs=1e-4)
        assert (after.checked, after.mark) == (before.checked, before.mark)
        others = [
            [(clean_line(other.text), other.confidence) for other in each.alternatives] for each in (before, after)
        ]
        wanted, got = ([(text, share) for text, share in each if text != after.text] for each in others)
        assert [text for text, _ in got] == [text for text, _ in wanted]
        assert [share for _, share in got] == pytest.approx([share for _, share in wanted], abs=1e-4)
    assert found.writer == (clean_line(known.writer or "") or None)
    assert found.tags == tuple(dict.fromkeys(filter(None, map(clean_line, known.tags))))
    assert found.note == (drop_invalid(known.note) if drop_invalid(known.note).strip() else "")


@given(page=inner_pages())
def test_what_the_schema_asks_for(page: Page) -> None:
    root = etree.fromstring(render(page).encode())
    for outline in root.iter(f"{NAMESPACE}Coords", f"{NAMESPACE}Baseline"):
        points = outline.get("points")
        assert re.fullmatch("([0-9]+,[0-9]+ )+([0-9]+,[0-9]+)", points)
        assert all(int(number) <= 1000 for number in re.split("[ ,]", points))
    ids = root.xpath("//@id")
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", key) for key in ids)
    assert set(root.xpath("//@regionRef")) <= set(ids)
    for line in root.iter(f"{NAMESPACE}TextLine"):
        assert line.find(f"{NAMESPACE}Baseline") is not None
        said = line.findtext(f"{NAMESPACE}TextEquiv/{NAMESPACE}Unicode")
        words = [
            word.findtext(f"{NAMESPACE}TextEquiv/{NAMESPACE}Unicode") or "" for word in line.iter(f"{NAMESPACE}Word")
        ]
        assert (said or "") == " ".join(words).strip()


def test_it_holds_everything() -> None:
    assert FORMATS["page"].holds == EVERYTHING


def test_columns_are_regions_in_reading_order(tmp_path: Path) -> None:
    found = read(tmp_path, render(two_columns()))
    assert [len(block) for block in found.blocks] == [4, 4]
    assert texts(found)[:2] == [["milk", "bread", "apples"], ["rice", "pasta", "salt"]]
    assert found.blocks[0][0].baseline == ((60, 130), (360, 130))
    assert found.notices == ()


def test_a_file_of_one_word() -> None:
    page = replace(page_of(read_word("mop", 5, key="a1")), facts=PageFacts("Ann", ("todo",), "first\nsecond"))
    made = render(apply(page, edits.write(page, "a1", "map")))
    head, _, body = made.partition("<Page ")
    assert 'imageFilename="board.jpg" imageWidth="1000" imageHeight="800"' in body
    assert "<Comments>first\nsecond</Comments>" in head
    assert '<MetadataItem type="author" name="writer" value="Ann"/>' in head
    assert '<MetadataItem type="other" name="tag" value="todo"/>' in head
    assert '<Word id="w_a1" custom="ocrStudio {checked:true; confidence:0.8000;}">' in body
    readings = re.findall(r"<TextEquiv(.*?)>\s*<Unicode>(.*?)</Unicode>", body)
    assert readings[:3] == [
        (' index="0"', "map"),
        (' index="1" conf="0.8000"', "mop"),
        (' index="2" conf="0.1000"', "pom"),
    ]
    assert readings[3:] == [("", "map"), ("", "map")]


def test_a_text_with_spaces_is_one_word(tmp_path: Path) -> None:
    found = read(tmp_path, render(page_of(read_word("call Anna today", 100))))
    assert texts(found) == [["call Anna today"]]


def test_characters_that_xml_cannot_hold_are_dropped(tmp_path: Path) -> None:
    page = replace(page_of(read_word("a\ufffeb<&\"'", 5)), image=os.fsdecode(b"caf\xe9\n\x01.jpg"))
    found = read(tmp_path, render(page))
    assert texts(found) == [["ab<&\"'"]]
    assert found.image == "caf\ufffd  .jpg"


def test_the_photo_is_named_from_where_the_file_is(tmp_path: Path) -> None:
    page = replace(page_of(read_word("mop", 5)), image="sub/e\u0301  1.jpg")
    photos = PhotoSource(lambda each: tmp_path / "photos" / each.image, tmp_path / "out")
    made = render(page, photos)
    assert 'imageFilename="../photos/sub/e\u0301  1.jpg"' in made
    found = read(tmp_path, made)
    assert found.image == "photos/sub/e\u0301  1.jpg"
    assert found.notices == ()


def test_marks_and_unread_boxes(tmp_path: Path) -> None:
    marked = replace(read_word("blot", 40), mark=Mark.UNREADABLE)
    drawn = Word("drawn", Quad.from_box(130, 100, 190, 130), TextSource.HUMAN)
    found = read(tmp_path, render(page_of(read_word("a", 10), marked, drawn, read_word("b", 200))))
    assert texts(found) == [["a", "", "", "b"]]
    assert [word.mark for word in found.words] == [None, Mark.UNREADABLE, None, None]
    assert [word.checked for word in found.words] == [False, True, False, False]
    assert [other.text for other in found.words[1].alternatives] == ["blot", "tolb"]


def test_words_beyond_the_photo_are_cut_off(tmp_path: Path) -> None:
    found = read(tmp_path, render(page_of(read_word("beyond", 950, 790), read_word("far", -200, -200))))
    quads = {word.text: word.quad for word in found.words}
    assert quads["beyond"] == Quad.from_box(950, 790, 1000, 800)
    assert quads["far"] == Quad.from_box(0, 0, 1, 1)


TRANSKRIBUS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">
  <Metadata><Creator>TRP</Creator><Created>2024-01-01T00:00:00.000+01:00</Created>
    <LastChange>2024-01-01T00:00:00.000+01:00</LastChange>
    <TranskribusMetadata docId="1" pageId="2" pageNr="1" tsid="3" status="{status}" imgUrl="https://files.example/1"/>
  </Metadata>
  <Page imageFilename="C:\\scans\\0001_p001.jpg" imageWidth="1000" imageHeight="800">
    <ReadingOrder><OrderedGroup id="ro_1" caption="Regions reading order">
      <RegionRefIndexed index="1" regionRef="r1"/><RegionRefIndexed index="0" regionRef="r2"/></OrderedGroup>
    </ReadingOrder>
    <TextRegion type="paragraph" id="r1" custom="readingOrder {{index:1;}}">
      <Coords points="-20,10 -20,200 500,200 500,10"/>
      <TextLine id="l2" custom="readingOrder {{index:1;}}">
        <Coords points="10,100 300,100 300,140 10,140"/><Baseline points="10,135 300,135"/>
        <TextEquiv><Unicode>second line</Unicode></TextEquiv></TextLine>
      <TextLine id="l1" custom="readingOrder {{index:0;}}">
        <Coords points="-3000000,20 150,15 300,20 300,60 150,65 -3000000,60"/><Baseline points="-5,55 300,55"/>
        <TextEquiv><Unicode>first &amp; line</Unicode></TextEquiv></TextLine>
      <TextEquiv><Unicode>first &amp; line
second line</Unicode></TextEquiv>
    </TextRegion>
    <TextRegion id="r2"><Coords points="600,10 900,10 900,100 600,100"/>
      <TextLine id="l3"><Coords points="600,10 900,10 900,60 600,60"/><Baseline points="600,55 900,55"/>
        <Word id="w1"><Coords points="600,10 700,10 700,60 600,60"/></Word>
        <Word id="w2"><Coords points="720,10 900,10 900,60 720,60"/></Word>
        <TextEquiv><PlainText>two words</PlainText><Unicode>two words</Unicode></TextEquiv></TextLine></TextRegion>
    <TableRegion id="t"><Coords points="0,300 500,300 500,500 0,500"/>
      <TextRegion id="c1"><Coords points="0,300 500,300 500,400 0,400"/><TextEquiv><Unicode>cell</Unicode></TextEquiv>
      </TextRegion></TableRegion>
  </Page>
</PcGts>"""


def test_a_file_of_transkribus(tmp_path: Path) -> None:
    found = read(tmp_path, TRANSKRIBUS.format(status="IN_PROGRESS"))
    assert texts(found) == [["two", "words"], ["first & line"], ["second line"], ["cell"]]
    assert found.image == "0001_p001.jpg"
    first = found.words[2].quad
    assert first is not None
    left, top, right, bottom = first.bounds()
    assert (left, right, top, bottom) == pytest.approx((0, 300, 15, 65), abs=6)
    assert first.corners[0][0] < first.corners[1][0]
    assert found.lines[2].baseline == ((10, 135), (300, 135))
    assert found.words[0].quad == Quad.from_box(600, 10, 700, 60)
    assert not any(word.checked for word in found.words)
    assert found.notices == (
        "line 16: 1 box extends beyond the photo and was cut off at its edge",
        "line 16 and below: 2 text lines have no words; each was read as one box",
        "line 23: the words of 1 text line have no texts; they got those of the line",
        "line 28: 1 text region has no lines; its text was read",
    )


def test_tables_of_transkribus_have_lines_in_their_cells(tmp_path: Path) -> None:
    line = (
        '<TextLine id="l{0}"><Coords points="10,{0} 90,{0} 90,{1} 10,{1}"/>'
        "<TextEquiv><Unicode>{2}</Unicode></TextEquiv></TextLine>"
    )
    cells = "".join(
        f'<TableCell row="{row}" col="0" rowSpan="1" colSpan="1" id="c{row}"><Coords points="0,0 99,0 99,99 0,99"/>'
        f"{line.format(20 + 40 * row, 50 + 40 * row, text)}<CornerPts>0 1 2 3</CornerPts></TableCell>"
        for row, text in enumerate(["1,000", "km²"])
    )
    content = (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"><Page imageFilename="a.jpg"'
        f' imageWidth="1000" imageHeight="800"><TableRegion id="t"><Coords points="0,0 9,9"/>{cells}</TableRegion>'
        "</Page></PcGts>"
    )
    assert texts(read_one(make_file(tmp_path, content), "page")) == [["1,000"], ["km²"]]


def test_ground_truth_of_transkribus_is_checked(tmp_path: Path) -> None:
    found = read(tmp_path, TRANSKRIBUS.format(status="GT"))
    assert all(word.checked for word in found.words)


def page_xml(body: str, *, year: str = "2019-07-15", attributes: str = 'imageWidth="1000" imageHeight="800"') -> str:
    return (
        f'<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/{year}"><Metadata/>'
        f'<Page imageFilename="a.jpg" {attributes}>{body}</Page></PcGts>'
    )


def line_xml(inside: str, coords: str = '<Coords points="0,0 100,0 100,30 0,30"/>') -> str:
    return page_xml(f'<TextRegion id="r"><TextLine id="l">{coords}{inside}</TextLine></TextRegion>')


def test_points_as_they_were_before_2013(tmp_path: Path) -> None:
    points = "".join(f'<Point x="{x}" y="{y}"/>' for x, y in ((10, 10), (60, 10), (60, 40), (10, 40)))
    word = f'<Word id="w"><Coords>{points}</Coords><TextEquiv><Unicode>old</Unicode></TextEquiv></Word>'
    line = f'<TextLine id="l"><Coords>{points}</Coords>{word}</TextLine>'
    found = read(
        tmp_path, page_xml(f'<TextRegion id="r"><Coords>{points}</Coords>{line}</TextRegion>', year="2010-03-19")
    )
    assert texts(found) == [["old"]]
    assert found.words[0].quad == Quad.from_box(10, 10, 60, 40)


def test_the_lowest_index_is_the_text(tmp_path: Path) -> None:
    readings = "".join(
        f'<TextEquiv index="{index}" conf="{conf}"><Unicode>{text}</Unicode></TextEquiv>'
        for index, conf, text in ((2, 0.1, "c"), (0, 0.9, "a"), (1, 0.5, "b"))
    )
    found = read(tmp_path, line_xml(f'<Word id="w"><Coords points="0,0 9,0 9,9 0,9"/>{readings}</Word>'))
    [word] = found.words
    assert (word.text, word.confidence, word.id) == ("a", 0.9, "w")
    assert [(other.text, other.confidence) for other in word.alternatives] == [("a", 0.9), ("b", 0.5), ("c", 0.1)]


@pytest.mark.parametrize(
    "points", ["0,30 0,0 100,0 100,30", "0,0 0,30 100,30 100,0", "100,30 100,0 0,0 0,30", "0,0 50,0 100,0 100,30 0,30"]
)
def test_outlines_of_others_begin_anywhere(tmp_path: Path, points: str) -> None:
    found = read(tmp_path, line_xml("<TextEquiv><Unicode>a b</Unicode></TextEquiv>", f'<Coords points="{points}"/>'))
    assert found.words[0].quad == Quad.from_box(0, 0, 100, 30)


def test_a_baseline_shows_where_the_text_begins(tmp_path: Path) -> None:
    upward = '<Baseline points="28,100 28,0"/><TextEquiv><Unicode>up</Unicode></TextEquiv>'
    found = read(tmp_path, line_xml(upward, '<Coords points="0,0 30,0 30,100 0,100"/>'))
    assert found.words[0].quad == Quad(((0, 100), (0, 0), (30, 0), (30, 100)))


@pytest.mark.parametrize("points", ["NaN,0 100,0 100,30 0,30", "1e300,0 100,0 100,30 0,30", "", "1,2,3", "5,5 5,5 5,5"])
def test_invalid_coordinates_leave_the_text(tmp_path: Path, points: str) -> None:
    content = line_xml("<TextEquiv><Unicode>a</Unicode></TextEquiv>", f'<Coords points="{points}"/>')
    found = read(tmp_path, content.replace('imageWidth="1000"', 'imageWidth="x"'))
    assert [(word.text, word.quad) for word in found.words] == [("a", None)]
    assert found.notices[0] == "line 1: the coordinates of 1 box are invalid; only its text was read"


def test_a_line_without_coordinates(tmp_path: Path) -> None:
    found = read(tmp_path, line_xml("<TextEquiv><Unicode>a</Unicode></TextEquiv>", ""))
    assert [(word.text, word.quad) for word in found.words] == [("a", None)]
    assert "has no coordinates" in found.notices[0]


def test_spaces_are_no_words(tmp_path: Path) -> None:
    box = '<Coords points="0,0 0,9 9,9 9,0"/>'  # counter-clockwise: so kraken writes them
    words = "".join(f"<Word>{box}<TextEquiv><Unicode>{text}</Unicode></TextEquiv></Word>" for text in ("a", " ", "b"))
    found = read(tmp_path, line_xml(words))
    assert [(word.text, word.quad) for word in found.words] == [(text, Quad.from_box(0, 0, 9, 9)) for text in "ab"]


def test_a_line_that_nobody_has_read_is_a_box(tmp_path: Path) -> None:
    found = read(tmp_path, line_xml('<Baseline points="0,25 100,25"/>'))
    assert [(word.text, word.quad) for word in found.words] == [("", Quad.from_box(0, 0, 100, 30))]


def test_a_box_around_an_outline_runs_along_the_baseline(tmp_path: Path) -> None:
    outline = '<Coords points="20,0 40,20 40,22 22,40 20,40 0,22 0,20"/>'  # the smallest rectangle stands on its corner
    inside = '<Baseline points="0,40 40,40"/><TextEquiv><Unicode>o</Unicode></TextEquiv>'
    assert read(tmp_path, line_xml(inside, outline)).words[0].quad == Quad.from_box(0, 0, 40, 40)


def test_words_that_have_only_letters(tmp_path: Path) -> None:
    letters = "".join(f"<Glyph><TextEquiv><Unicode>{letter}</Unicode></TextEquiv></Glyph>" for letter in "abc")
    found = read(tmp_path, line_xml(f'<Word id="w"><Coords points="0,0 9,0 9,9 0,9"/>{letters}</Word>'))
    assert texts(found) == [["abc"]]


@pytest.mark.parametrize("size", ['imageWidth="0" imageHeight="800"', 'imageWidth="999999999" imageHeight="5"', ""])
def test_sizes_that_make_no_sense(tmp_path: Path, size: str) -> None:
    line = '<TextLine><Coords points="5,5 9,5 9,9 5,9"/></TextLine>'
    found = read(tmp_path, page_xml(f"<TextRegion>{line}</TextRegion>", attributes=size))
    assert (found.width, found.height, found.words[0].quad) == (0, 0, Quad.from_box(5, 5, 9, 9))


def test_several_lines_of_a_region(tmp_path: Path) -> None:
    region = '<Coords points="0,0 9,0 9,9 0,9"/><TextEquiv><Unicode>a b\n\n c</Unicode></TextEquiv>'
    found = read(tmp_path, page_xml(f'<TextRegion id="r">{region}</TextRegion>'))
    assert [(line.text, line.words[0].quad) for line in found.lines] == [("a b", None), ("c", None)]


def test_a_file_without_a_page(tmp_path: Path) -> None:
    from ocr_studio.core.formats.import_format import BadLabels

    with pytest.raises(BadLabels, match="it has no Page element"):
        read(tmp_path, '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"/>')


def test_times_that_are_none() -> None:
    word = replace(read_word("a", 5), machine=Transcription("a", TextSource.MODEL, when="yesterday"))
    page = replace(page_of(word), read_at=None)
    assert "<Created>1970-01-01T00:00:00</Created>" in render(page)
    assert "<LastChange>2026-01-02T03:04:05</LastChange>" in render(page_of(word))
