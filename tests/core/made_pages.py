"""Pages for tests: of any kind (hypothesis), and small ones with known words."""

from __future__ import annotations

from hypothesis import strategies as st

from ocr_studio.core.page import (
    Alternative,
    BoardLook,
    Mark,
    Page,
    PageFacts,
    PhotoFrame,
    Quad,
    TextSource,
    Transcription,
    Word,
    WordOrder,
)
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project.page_file import BOARD_SWITCHES

LEFT_COLUMN = ("milk bread apples", "rice pasta salt", "tea sugar honey", "nuts plums dates")
RIGHT_COLUMN = ("call Anna today", "ask Ben later", "meet Hugo there", "pay Vera first")
PAGE_ID = "0123456789abcdef0123456789abcdef"

shares = st.floats(0, 1)
coordinates = st.floats(-2000, 3000)  # of a photo 1000 pixels large
texts = st.text(st.characters(codec="utf-8"), max_size=12).map(one_line)
ids = st.text("0123456789abcdef", min_size=12, max_size=12)
quads = st.lists(st.tuples(coordinates, coordinates), min_size=4, max_size=4).map(
    lambda corners: Quad((corners[0], corners[1], corners[2], corners[3]))
)
boxes = st.builds(
    lambda x, y, w, h: Quad.from_box(x, y, x + w, y + h),
    st.integers(0, 900),
    st.integers(0, 900),
    st.integers(4, 90),
    st.integers(4, 40),
)
names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20)


@st.composite
def transcriptions(draw: st.DrawFn, source: TextSource) -> Transcription:
    text = draw(texts)
    if source is TextSource.HUMAN:
        return Transcription(text, source, when="2026-01-02T03:04:05+00:00")
    return Transcription(
        text,
        source,
        confidence=draw(st.none() | shares),
        model=draw(st.none() | st.just("small")),
        when=draw(st.none() | st.just("2026-01-02T03:04:05+00:00")),
        alternatives=tuple(draw(st.lists(st.builds(Alternative, texts, shares), max_size=5))),
        letters=tuple(sorted(draw(shares) for _ in text)) if draw(st.booleans()) else (),
    )


@st.composite
def words(draw: st.DrawFn, *, places: st.SearchStrategy[Quad] = quads) -> Word:
    return Word(
        draw(ids),
        draw(places),
        draw(st.sampled_from(TextSource)),
        machine=draw(st.none() | transcriptions(TextSource.MODEL)),
        human=draw(st.none() | transcriptions(TextSource.HUMAN)),
        mark=draw(st.none() | st.sampled_from(Mark)),
        locked=draw(st.booleans()),
    )


labels = texts.filter(bool)
facts = st.builds(
    PageFacts,
    writer=st.none() | labels,
    tags=st.lists(labels, max_size=3).map(tuple),
    note=st.text(st.characters(codec="utf-8"), max_size=30),
    board=st.none()
    | st.builds(
        BoardLook,
        corners=st.none() | quads,
        strength=st.floats(0, 1),
        **{name: st.booleans() for name in BOARD_SWITCHES},
    ),
    frame=st.none() | st.builds(PhotoFrame, st.just(1000), st.just(1000), st.integers(1, 3)),
)


orders = st.lists(st.lists(ids, max_size=3).map(tuple), max_size=3).flatmap(
    lambda lines: st.builds(WordOrder, st.just(tuple(lines)), st.booleans() if lines else st.just(False))
)


@st.composite
def pages(draw: st.DrawFn, *, places: st.SearchStrategy[Quad] = quads) -> Page:
    found = {word.id: word for word in draw(st.lists(words(places=places), max_size=6))}
    image = draw(names.filter(lambda name: name not in {".", ".."} and "\\" not in name and ":" not in name))
    when = draw(st.none() | st.just("2026-01-02T03:04:05+00:00"))
    return Page(PAGE_ID, image, 1000, 1000, found, when, draw(facts), draw(orders))


def read_word(text: str, x: float, y: float = 100.0, *, key: str | None = None, width: float | None = None) -> Word:
    """A word as a recognizer reads it, 20 pixels a letter and 30 high, with a runner-up and letter positions."""
    width = 20.0 * len(text) if width is None else width
    letters = tuple((index + 0.5) / len(text) for index in range(len(text)))
    readings = (Alternative(text, 0.8), Alternative(text[::-1], 0.1))
    machine = Transcription(text, TextSource.MODEL, 0.8, "small", "2026-01-02T03:04:05+00:00", readings, letters)
    return Word(key or f"{text}-{x:g}", Quad.from_box(x, y, x + width, y + 30), machine=machine)


def page_of(*found: Word, image: str = "board.jpg") -> Page:
    return Page(PAGE_ID, image, 1000, 800, {word.id: word for word in found}, "2026-01-02T03:04:05+00:00")


def two_columns() -> Page:
    """Two columns of four lines with a gutter from 350 to 560 between them, read one after the other; ids are texts."""
    found: list[Word] = []
    for left, lines in ((60.0, LEFT_COLUMN), (560.0, RIGHT_COLUMN)):
        for row, line in enumerate(lines):
            x = left
            for text in line.split():
                found.append(read_word(text, x, 100.0 + 45 * row, key=text, width=18.0 * len(text)))
                x += 18.0 * len(text) + 15
    return page_of(*found)
