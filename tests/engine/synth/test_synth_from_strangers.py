"""Fonts, pen strokes and word lists of strangers: a line for each that cannot be used, and nothing without end."""

from __future__ import annotations

import contextlib
import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.engine.synth.handwriting import font_tables, fonts, recorded_strokes
from ocr_studio.engine.synth.handwriting.fonts import BadFont
from ocr_studio.engine.synth.handwriting.recorded_strokes import BadStrokes
from ocr_studio.engine.synth.text import texts
from ocr_studio.engine.synth.text.texts import BadWordList
from tests.engine import drawn_strokes
from tests.engine.synth.test_synth_writers import as_woff, font_bytes

LETTERS = "aegbdrnhqHEATOnoxlcu1minte"


def tables_of(data: bytes) -> dict[bytes, tuple[int, int]]:
    (many,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4s3I", data, 12 + 16 * number) for number in range(many))
    return {name: (place, length) for name, _, place, length in entries}


def broken_fonts() -> list[bytes]:
    """The same font with some bytes of its outlines changed, in another way each time."""
    data, found = font_bytes(), []
    tables = tables_of(data)
    place, length = tables.get(b"glyf") or tables[b"CFF "]
    for seed in range(30):
        chance, changed = random.Random(seed), bytearray(data)
        for _ in range(length // 800):
            changed[place + chance.randrange(length)] = chance.randrange(256)
        found.append(bytes(changed))
    return found


def test_letters_whose_outlines_are_broken_are_not_written(tmp_path: Path) -> None:
    lost = written = 0
    rng = np.random.default_rng(0)
    for number, data in enumerate(broken_fonts()):
        path = tmp_path / f"{number}.ttf"
        path.write_bytes(data)
        font = next(fonts.iter_usable([path], hand=True))
        if isinstance(font, BadFont):
            assert "\n" not in str(font)
            continue
        for letter in LETTERS:
            if font.can_write(letter):
                assert max(font.write(letter, 30.0, rng).ink.shape) < 2000
                written += 1
            else:
                lost += 1
    assert lost > 2
    assert written > 200


def sfnt(**tables: bytes) -> bytes:
    data, place = struct.pack(">4s4H", b"\0\1\0\0", len(tables), 0, 0, 0), 12 + 16 * len(tables)
    body = b""
    for name, table in tables.items():
        data += struct.pack(">4s3I", name.encode(), 0, place + len(body), len(table))
        body += table
    return data + body


def composed_font(parts: list[list[int]]) -> bytes:
    """A font of glyphs that are composed of these others; one of no parts is a plain one."""
    glyf, loca = b"", b""
    for some in parts:
        loca += struct.pack(">I", len(glyf))
        glyf += struct.pack(">5h", -1 if some else 0, 0, 0, 0, 0)
        for left, part in zip(reversed(range(len(some))), some, strict=True):
            glyf += struct.pack(">HHbb", 0x20 if left else 0, part, 0, 0)
    return sfnt(head=bytes(50) + struct.pack(">hh", 1, 0), loca=loca + struct.pack(">I", len(glyf)), glyf=glyf)


@pytest.mark.parametrize("packed", [bytes, as_woff])
def test_letters_of_letters_without_end_are_refused_before_they_are_drawn(packed: type[bytes]) -> None:
    eight = composed_font([[], *([deeper] * 8 for deeper in range(14))])
    circle = composed_font([[1], [2], [0]])
    for font in (eight, circle):
        with pytest.raises(ValueError, match="too large"):
            font_tables.check_parts(packed(font))
    font_tables.check_parts(packed(composed_font([[], [0, 0], [1, 0], [2, 2, 2]])))
    font_tables.check_parts(packed(font_bytes()))
    for length in range(0, len(eight), 7):
        with contextlib.suppress(ValueError):  # and nothing else where it is cut off
            font_tables.check_parts(eight[:length])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes of that kind")
def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.ttf"
    os.mkfifo(pipe)
    with pytest.raises(BadFont, match="not a regular file"):
        fonts.load_font(pipe)
    with pytest.raises(BadStrokes, match="not a regular file"):
        recorded_strokes.load_strokes(pipe)
    with pytest.raises(BadWordList, match="not a regular file"):
        texts.load_word_list(pipe)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("points", 1e300, "are too far away"),
        ("points", 1e30, "are too far away"),
        ("writer_names", "\ud800", "contains invalid text"),
    ],
)
def test_strokes_that_nobody_can_draw_are_refused(tmp_path: Path, name: str, value: float | str, why: str) -> None:
    drawn_strokes.write(tmp_path / "good.npz", writers=1, words=("so",), letters="ab")
    with np.load(tmp_path / "good.npz") as kept:
        arrays = dict(kept)
    if isinstance(value, str):
        arrays[name] = np.array([value])
    else:
        arrays[name] = arrays[name].astype(np.float64)
        arrays[name][3, 0] = value
    np.savez(tmp_path / "bad.npz", allow_pickle=False, **arrays)
    with pytest.raises(BadStrokes, match=why):
        recorded_strokes.load_strokes(tmp_path / "bad.npz")


def test_a_word_of_more_points_than_anybody_writes_is_refused(tmp_path: Path) -> None:
    many = 30_000
    np.savez(
        tmp_path / "long.npz",
        allow_pickle=False,
        points=np.random.default_rng(0).random((many, 2)),
        stroke_offsets=np.array([0, many]),
        item_offsets=np.array([0, 1]),
        texts=np.array(["word"]),
        writers=np.array([0]),
        writer_names=np.array(["somebody"]),
    )
    with pytest.raises(BadStrokes, match="more than 20000 points"):
        recorded_strokes.load_strokes(tmp_path / "long.npz")


def test_a_list_of_more_words_than_any_language_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_MOST_WORDS", 100)
    path = tmp_path / "words.txt"
    path.write_text(" ".join(f"word{number % 100}" for number in range(1000)))
    assert len(texts.load_word_list(path).words) == 100
    path.write_text(" ".join(f"word{number}" for number in range(101)))
    with pytest.raises(BadWordList, match="more than 100 different words"):
        texts.load_word_list(path)


def test_many_letters_that_share_one_endless_list_of_parts_are_refused_at_once() -> None:
    glyph = struct.pack(">h4h", -1, 0, 0, 0, 0) + struct.pack(">HHH", 0x20, 1, 0) * 20_000
    head = bytearray(54)
    loca = b"\0\0\0\0" * 60_000
    struct.pack_into(">h", head, 50, 1)
    with pytest.raises(ValueError, match="too large"):
        font_tables.check_parts(sfnt(head=bytes(head), loca=loca, glyf=glyph))
