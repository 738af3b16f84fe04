"""Translation: what a catalogue has is said in its language, all else in English."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ocr_studio.core import translation
from ocr_studio.core.translation import Message, message, message_n, tr, tr_n


def _catalogue(folder: Path, language: str, texts: Mapping[str, str]) -> None:
    """A compiled catalogue, as the gettext manual describes it: sorted ids and texts with their lengths and places."""
    head = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n!=1;\n"
    pairs = sorted({"": head, **texts}.items())
    ids, said = ([text.encode() for text in column] for column in zip(*pairs, strict=True))
    many = len(pairs)
    place, tables, blob = 28 + 16 * many, b"", b""
    for text in (*ids, *said):
        tables += struct.pack("<II", len(text), place + len(blob))
        blob += text + b"\0"
    path = folder / language / "LC_MESSAGES" / f"{translation.DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(struct.pack("<7I", 0x950412DE, 0, many, 28, 28 + 8 * many, 0, 28 + 16 * many) + tables + blob)


@pytest.fixture
def german(tmp_path: Path) -> Iterator[Path]:
    texts = {
        "Open": "Öffnen",
        "Read {words} in {seconds} s": "In {seconds} s gelesen: {words}",
        "{count} word\0{count} words": "{count} Wort\0{count} Wörter",
        "Slip {name}": "Fehler {nahme}",
        "{number}%": "{number} %",
    }
    _catalogue(tmp_path, "de", texts)
    assert translation.use(tmp_path, "de", point=",")
    yield tmp_path
    translation.use(tmp_path, "en")


def test_what_the_catalogue_has(german: Path) -> None:
    assert tr("Open") == "Öffnen"
    assert tr("Read {words} in {seconds} s", words="3", seconds=2) == "In 2 s gelesen: 3"
    assert [tr_n("{count} word", "{count} words", count) for count in (1, 5)] == ["1 Wort", "5 Wörter"]


def test_a_message_is_said_in_the_language_in_which_it_is_shown(german: Path) -> None:
    read, words = (
        message("Read {words} in {seconds} s", words="3", seconds=2),
        message_n("{count} word", "{count} words", 5),
    )
    assert (str(read), f"{words}") == ("In 2 s gelesen: 3", "5 Wörter")
    translation.use(german, "en")
    assert (str(read), f"{words}") == ("Read 3 in 2 s", "5 words")


@pytest.mark.parametrize(
    "odd",
    [
        Message("{name}"),
        Message("{", values={"name": "x"}),
        Message("{name.real}", values={"name": 1}),
        Message("{name:>999999999}", values={"name": "x"}),
        Message("{name!r}", values={"name": "x"}),
        Message("{}", values={"": "x"}),
        Message("one", "many"),
        Message("one", "{count}", {"count": "x"}),
    ],
)
def test_a_message_from_elsewhere_may_not_fit(odd: Message) -> None:
    assert not odd.fits
    assert message("Read {words} in {seconds} s", words="3", seconds=2).fits
    assert message_n("{count} word", "{count} words", 5).fits


def test_figures_are_written_as_in_the_language(german: Path) -> None:
    assert [translation.figure(each) for each in ("12.5%", "0.952", "–")] == ["12,5 %", "0,952", "–"]
    translation.use_english()
    assert [translation.figure(each) for each in ("12.5%", "0.952", "–")] == ["12.5%", "0.952", "–"]


def test_what_it_has_not_is_said_in_english(german: Path) -> None:
    assert tr("Close") == "Close"
    assert [tr_n("{count} box", "{count} boxes", count) for count in (1, 5)] == ["1 box", "5 boxes"]
    assert tr("Slip {name}", name="x") == "Slip x"


def test_a_text_with_braces_and_no_values_is_left_alone() -> None:
    assert tr("{") == "{"


def test_no_text_stays_none(german: Path) -> None:
    """A catalogue has facts about itself under no text."""
    assert tr("") == ""


def test_another_language_is_english(german: Path) -> None:
    assert not translation.use(german, "xx")
    assert tr("Open") == "Open"


@pytest.mark.parametrize("damaged", [b"", b"no", b"\xde\x12\x04\x95\0\0\0\0\1\0\0\0"])
def test_a_damaged_catalogue_is_english(german: Path, damaged: bytes) -> None:
    path = german / "xx" / "LC_MESSAGES" / f"{translation.DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(damaged)
    assert not translation.use(german, "xx")
    assert (tr("Open"), translation.language()) == ("Open", "en")
