"""The page file: what is written reads back equal, and what makes no sense is refused."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.page import BoardLook, Page, PageFacts, Quad, TextSource, Transcription
from ocr_studio.core.project import page_file
from tests.core.made_pages import PAGE_ID, page_of, pages, read_word

PAGE = page_of(read_word("the", 100), read_word("map", 200))


@given(pages())
def test_a_page_reads_back_equal_and_files_are_stable(page: Page) -> None:
    data = page_file.encode(page)
    assert page_file.decode(data) == page
    backwards = replace(page, words=dict(reversed(list(page.words.items()))))
    assert page_file.encode(backwards) == data
    assert data.decode("utf-8").count("\n") >= len(page.words)


@given(pages(), pages())
def test_remembered_lines_change_nothing(page: Page, other: Page) -> None:
    lines: page_file.Lines = {}
    for each in (page, other, replace(page, words={**page.words, **other.words}), page):
        assert page_file.encode(each, lines) == page_file.encode(each)


def test_the_file_is_fit_to_be_compared_line_by_line() -> None:
    lines = page_file.encode(PAGE).decode().splitlines()
    assert lines[:3] == ["{", '"format": 2,', f'"id": "{PAGE_ID}",']
    assert sum('"text": "the"' in line for line in lines) == 1


def test_a_file_of_the_first_format_is_read() -> None:
    data = page_file.encode(PAGE).replace(b'"format": 2', b'"format": 1')
    assert page_file.decode(data) == PAGE


@pytest.mark.parametrize(
    "field",
    [
        '"writer": ""',
        '"tags": "one"',
        '"tags": [1]',
        '"note": 1',
        '"order": [[1]]',
        '"order": ["a"]',
        '"order": [["a"]], "order_arranged": 3',
        '"tags": [""]',
        '"board": 1',
        '"board": {"corners": [[1, 2]]}',
        '"board": {"strength": 2}',
    ],
)
def test_facts_that_make_no_sense_are_damage(field: str) -> None:
    data = page_file.encode(PAGE).replace(b'"words": [', field.encode() + b',\n"words": [')
    with pytest.raises(page_file.NotAPage):
        page_file.decode(data)


def test_a_mark_that_nobody_knows_is_damage() -> None:
    data = page_file.encode(PAGE).replace(b'"quad_source"', b'"mark": "odd", "quad_source"')
    with pytest.raises(page_file.NotAPage, match=r"“words\[0\].mark” has an invalid value"):
        page_file.decode(data)


def test_a_photos_name_that_is_not_utf8_survives() -> None:
    page = replace(PAGE, image=os.fsdecode(b"caf\xe9.jpg"))
    assert page_file.decode(page_file.encode(page)) == page


def test_text_is_composed_when_read() -> None:
    data = page_file.encode(PAGE).replace(b'"the"', '"cafe\u0301"'.encode())
    assert "caf\u00e9" in {word.text for word in page_file.decode(data).words.values()}


def test_text_is_one_line_of_writing_when_read_and_when_written() -> None:
    odd = replace(
        PAGE.words["the-100"], machine=Transcription(" t\nh\x07e\ud800", TextSource.MODEL, letters=(0.5,) * 7)
    )
    page = replace(PAGE, words={odd.id: odd})
    for data in (page_file.encode(page), page_file.encode(PAGE).replace(b'"the"', b'" t\\nh\\u0007e\\ud800"')):
        machine = page_file.decode(data).words[odd.id].machine
        assert machine is not None
        assert (machine.text, machine.letters) == ("t he", ())


def test_what_is_written_can_be_read_however_far_from_the_photo_a_box_is() -> None:
    far = replace(PAGE.words["the-100"], quad=Quad.from_box(-1e7, 5, 1e7, 30))
    [word] = page_file.decode(page_file.encode(replace(PAGE, words={far.id: far}))).words.values()
    assert word.quad.bounds() == (-2000, 5, 3000, 30)


def test_numbers_of_numpy_are_written_as_any_others() -> None:
    facts = PageFacts(board=BoardLook(strength=np.float32(0.25)))  # type: ignore[arg-type]
    word = PAGE.words["the-100"]
    a, b, c, d = ((np.float64(x), np.float64(y)) for x, y in word.quad.corners)
    page = replace(PAGE, facts=facts, words={word.id: replace(word, quad=Quad((a, b, c, d)))})
    assert page_file.decode(page_file.encode(page)) == page


WORD = json.loads(page_file.encode(PAGE))["words"][0]
SIDE = WORD["machine"]
BAD_FIELDS = {
    "no object": [],
    "no format": {"format": None},
    "format as text": {"format": "1"},
    "format true": {"format": True},
    "format 0": {"format": 0},
    "no id": {"id": ""},
    "no size": {"width": None},
    "size of 0": {"height": 0},
    "size with a point": {"height": 1.5},
    "huge size": {"width": 10**9},
    "image up and out": {"image": "../secret.jpg"},
    "image out in the middle": {"image": "a/../../secret.jpg"},
    "image absolute": {"image": "/etc/passwd"},
    "image empty": {"image": ""},
    "image with a zero": {"image": "a\0b"},
    "image a number": {"image": 7},
    "words missing": {"words": None},
    "words an object": {"words": {}},
    "a word a text": {"words": ["the"]},
    "two words of one id": {"words": [WORD, WORD]},
    "word without id": {"words": [WORD | {"id": None}]},
    "three corners": {"words": [WORD | {"quad": WORD["quad"][:3]}]},
    "five corners": {"words": [WORD | {"quad": [*WORD["quad"], [0, 0]]}]},
    "corner of three": {"words": [WORD | {"quad": [[0, 0, 0]] * 4}]},
    "corner a text": {"words": [WORD | {"quad": [["0", 0]] * 4}]},
    "corner true": {"words": [WORD | {"quad": [[True, 0]] * 4}]},
    "corner far out": {"words": [WORD | {"quad": [[1e300, 0]] * 4}]},
    "corner three photos out": {"words": [WORD | {"quad": [[4000, 0]] * 4}]},
    "corner a huge whole number": {"words": [WORD | {"quad": [[10**400, 0]] * 4}]},
    "unknown source": {"words": [WORD | {"quad_source": "angel"}]},
    "source a list": {"words": [WORD | {"quad_source": []}]},
    "machine a text": {"words": [WORD | {"machine": "the"}]},
    "no text": {"words": [WORD | {"machine": SIDE | {"text": None}}]},
    "confidence of 2": {"words": [WORD | {"machine": SIDE | {"confidence": 2}}]},
    "alternatives odd": {"words": [WORD | {"machine": SIDE | {"alternatives": ["the"]}}]},
    "a thousand alternatives": {"words": [WORD | {"machine": SIDE | {"alternatives": [["the", 0.1]] * 1000}}]},
    "letters outside": {"words": [WORD | {"machine": SIDE | {"letters": [-1]}}]},
    "read_at a number": {"read_at": 3},
}
BAD_BYTES = {
    "empty": b"",
    "zeros": bytes(4096),
    "cut": page_file.encode(PAGE)[:-40],
    "not utf-8": page_file.encode(PAGE).replace(b"the", b"th\xe9"),
    "NaN": page_file.encode(PAGE).replace(b"[100.0, 100.0]", b"[NaN, 100.0]"),
    "infinity": page_file.encode(PAGE).replace(b"[100.0, 100.0]", b"[1e999, 100.0]"),
    "a deep well": b"[" * 200_000,
    "many digits": b'{"format": ' + b"1" * 10_000 + b"}",
}


def changed(change: object) -> bytes:
    fields = json.loads(page_file.encode(PAGE))
    return json.dumps(fields | change if isinstance(change, dict) else change).encode()


DAMAGED = BAD_BYTES | {name: changed(change) for name, change in BAD_FIELDS.items()}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_what_makes_no_sense_is_refused(data: bytes) -> None:
    with pytest.raises(page_file.NotAPage) as caught:
        page_file.decode(data)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(changed))
def test_no_bytes_do_worse_than_be_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        page_file.decode(data)
