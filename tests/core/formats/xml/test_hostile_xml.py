"""XML made to harm: it is refused or read in part, in little time, and nothing else is opened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocr_studio.core.formats.exchange import MAX_WORDS, ExchangePage
from ocr_studio.core.formats.import_format import BadLabels
from ocr_studio.core.formats.readers import READERS
from ocr_studio.core.formats.xml import xml_input
from tests.core.formats.xml.made_files import make_file, read_all

# Seconds that the processor may work.
PATIENCE = 20.0  # of a busy machine; on an idle one below 2

OUTSIDE = "the content of another file"
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
WRAPPED = {
    "page": (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page imageFilename="{image}"'
        ' imageWidth="1000" imageHeight="800"><TextRegion id="r"><TextLine id="l">{inside}</TextLine></TextRegion>'
        "</Page></PcGts>"
    ),
    "alto": (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><sourceImageInformation><fileName>{image}'
        '</fileName></sourceImageInformation></Description><Layout><Page WIDTH="1000" HEIGHT="800"><PrintSpace>'
        "<TextBlock><TextLine>{inside}</TextLine></TextBlock></PrintSpace></Page></Layout></alto>"
    ),
    "hocr": (
        "<html><body><div class='ocr_page' title='image \"{image}\"; bbox 0 0 1000 800'><span class='ocr_line'>"
        "{inside}</span></div></body></html>"
    ),
}
TEXT = {
    "page": '<Coords points="1,1 9,1 9,9 1,9"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv>',
    "alto": '<String CONTENT="a" HPOS="1" VPOS="1" WIDTH="9" HEIGHT="9"><ALTERNATIVE>{text}</ALTERNATIVE></String>',
    "hocr": "<span class='ocrx_word' title='bbox 1 1 9 9'>{text}</span>",
}
WORD = {
    "page": '<Word><Coords points="1,1 9,9"/></Word>',
    "alto": '<String CONTENT="" HPOS="1" VPOS="1" WIDTH="9" HEIGHT="9"/>',
    "hocr": "<b class='ocrx_word' title='bbox 1 1 9 9'/>",
}


@pytest.fixture(params=list(WRAPPED))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < PATIENCE


def wrap(name: str, text: str = "word", *, head: str = "", image: str = "a.jpg") -> str:
    return head + WRAPPED[name].format(image=image, inside=TEXT[name].format(text=text))


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    file = make_file(folder, content)
    with pytest.raises(BadLabels) as refused:
        list(READERS[name].read(file))
    said = str(refused.value)
    assert said.startswith(str(folder))
    assert "\n" not in said
    return said


def read_or_refuse(folder: Path, name: str, content: str) -> list[str]:
    """The texts in a file, if it isn't refused, which must take one line."""
    try:
        return said_texts(read_all(make_file(folder, content), name))
    except BadLabels as refused:
        said = str(refused).splitlines()
    assert len(said) == 1
    return []


def said_texts(pages: list[ExchangePage]) -> list[str]:
    return [word.text for page in pages for word in page.words]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_grow(tmp_path: Path, name: str, encoding: str) -> None:
    head = f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>'
    assert "declares entities" in refusal(tmp_path, name, wrap(name, "&a9;", head=head).encode(encoding))


def test_entities_in_an_encoding_that_hides_them(tmp_path: Path, name: str) -> None:
    head = '<?xml version="1.0" encoding="UTF-7"?><!DOCTYPE x [<+ACE-ENTITY a "ha">]>'
    assert refusal(tmp_path, name, wrap(name, "&a;", head=head))


@pytest.mark.parametrize("kind", ["SYSTEM", "PUBLIC 'x'"])
def test_files_outside(tmp_path: Path, name: str, kind: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(OUTSIDE)
    head = f"<!DOCTYPE x [<!ENTITY a {kind} '{secret.as_uri()}'>]>"
    assert OUTSIDE not in refusal(tmp_path, name, wrap(name, "&a;", head=head))


def test_a_definition_outside_is_not_read(tmp_path: Path, name: str) -> None:
    definition = tmp_path / "x.dtd"
    definition.write_text(f'<!ENTITY a "{OUTSIDE}">')
    file = make_file(tmp_path, wrap(name, "b &a;", head=f"<!DOCTYPE x SYSTEM '{definition.as_uri()}'>"))
    assert OUTSIDE not in " ".join(said_texts(read_all(file, name)))


@pytest.mark.parametrize("image", ["../../etc/passwd", "/etc/passwd", "..\\..\\etc\\passwd", "file:///etc/passwd"])
def test_photos_outside_are_not_named(tmp_path: Path, name: str, image: str) -> None:
    [page] = read_all(make_file(tmp_path, wrap(name, image=image)), name)
    assert page.image in {"etc/passwd", "passwd"}


def test_a_million_words(tmp_path: Path, name: str) -> None:
    content = WRAPPED[name].format(image="a.jpg", inside=WORD[name] * 1_000_000)
    if name == "hocr":  # a file of many pages may have as many words
        [page] = read_all(make_file(tmp_path, content), name)
        assert len(page.words) == MAX_WORDS
    else:
        assert "more than 1000000 XML elements" in refusal(tmp_path, name, content)


def test_a_book_of_too_many_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_input, "_MAX_TAGS_OF_BOOK", 50)
    content = WRAPPED["hocr"].format(image="a.jpg", inside=WORD["hocr"] * 50)
    assert "more than 50 XML elements" in refusal(tmp_path, "hocr", content)


def test_more_words_than_a_page_may_have(tmp_path: Path, name: str) -> None:
    content = WRAPPED[name].format(image="a.jpg", inside=WORD[name] * (MAX_WORDS + 1))
    [page] = read_all(make_file(tmp_path, content), name)
    assert len(page.words) == MAX_WORDS
    assert "more than 20000 words" in page.notices[0]


def test_deep_nesting(tmp_path: Path, name: str) -> None:
    deep = 100_000
    inside = TEXT[name].format(text=f"{'<g>' * deep}word{'</g>' * deep}")
    assert len(read_or_refuse(tmp_path, name, WRAPPED[name].format(image="a.jpg", inside=inside))) <= 1


def test_a_large_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_input, "MAX_BYTES", 1000)
    assert "it can’t be read" in refusal(tmp_path, name, wrap(name) + " " * 1000)


@pytest.mark.parametrize("rest", [0, 20, 60])
def test_half_a_file(tmp_path: Path, name: str, rest: int) -> None:
    assert len(read_or_refuse(tmp_path, name, wrap(name)[: -rest or None].replace("</", "<", 1))) <= 1
