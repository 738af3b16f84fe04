"""What synthetic words are drawn with: fonts, pen strokes, lists of words, photos of boards."""

from __future__ import annotations

import json
import random
import struct
from typing import Any, Final

from tests.hostile import samples
from tests.hostile.mutations import NAMES, NUMBERS, TEXTS, broken_bytes, broken_json
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial

# Few words, drawn in this process; no font of this computer.
_WORDS: Final = "ship the new build ask anna board plan team list open hello queue paper"


def synth(what: str, *options: str, lines: int = 6) -> Trial:
    """A few words drawn with these options."""
    command: Command = ("synth", "--words", "4", "--held-out", "0", "--seed", "1", "--processes", "1", *options)
    return Trial(what, [(*command, "--preview", "{out}/seen.png")], lines=lines)


def put_words(place: Sandbox) -> tuple[str, ...]:
    """A list of words and a font that are as they should be. Returns the options for them."""
    place.put("words.txt", _WORDS)
    place.put("prints/print.ttf", samples.font())
    return ("--word-list", "{in}/words.txt", "--print-fonts", "{in}/prints")


# ----------------------------------------------------------------------------------------------------------- fonts


def _table(font: bytes, name: bytes) -> tuple[int, int]:
    """Where a table of a font lies, and how long it is."""
    for number in range(struct.unpack(">H", font[4:6])[0]):
        tag, _, at, length = struct.unpack(">4s3I", font[12 + 16 * number : 28 + 16 * number])
        if tag == name:
            return at, length
    return 12, 64


def mutated_font(place: Sandbox, chance: random.Random) -> Trial:
    """Broken within one of its tables."""
    font = bytearray(samples.font())
    name = chance.choice(
        (
            b"glyf",
            b"glyf",
            b"loca",
            b"cmap",
            b"head",
            b"hhea",
            b"hmtx",
            b"maxp",
            b"GPOS",
            b"GSUB",
            b"CFF ",
            b"kern",
            b"fpgm",
            b"prep",
            b"name",
        )
    )
    at, length = _table(bytes(font), name)
    for _ in range(chance.choice((1, 8, 100, 1000))):
        place_ = at + chance.randrange(max(1, length))
        font[place_ : place_ + 2] = chance.choice((b"\xff\xff", b"\x80\0", b"\x7f\xff", b"\0\0", chance.randbytes(2)))
    return _fonts(place, chance, f"a font with a broken table {name.decode()}", bytes(font))


def _fonts(place: Sandbox, chance: random.Random, what: str, data: bytes) -> Trial:
    options = put_words(place)
    ending = chance.choice((".ttf", ".otf", ".ttc", ".TTF"))
    if chance.random() < 0.5:
        place.put(f"prints/theirs{ending}", data)
        return synth(what, *options, "--writing", "print=1")
    place.put(f"hands/theirs{ending}", data)
    place.put("hands/good.ttf", samples.font())
    return synth(what, *options, "--fonts", "{in}/hands", "--writing", "handwriting=1,print=0.2")


def broken_font(place: Sandbox, chance: random.Random) -> Trial:
    return _fonts(place, chance, "a font with broken bytes", broken_bytes(samples.font(), chance))


def odd_font(place: Sandbox, chance: random.Random) -> Trial:
    """Outlines that cannot be, sizes of nothing, thousands of letters, no font at all."""
    font = bytearray(samples.font())
    way = chance.choice(("unitsPerEm", "numGlyphs", "points", "tables", "collection", "photo", "woff", "text"))
    if way == "unitsPerEm":
        at = _table(bytes(font), b"head")[0] + 18
        font[at : at + 2] = struct.pack(">H", chance.choice((0, 1, 15, 65_535)))
    elif way == "numGlyphs":
        at = _table(bytes(font), b"maxp")[0] + 4
        font[at : at + 2] = struct.pack(">H", chance.choice((0, 1, 65_535)))
    elif way == "points":
        at, length = _table(bytes(font), b"glyf")
        for place_ in range(at, at + length - 10, chance.choice((64, 300))):
            font[place_ : place_ + 10] = struct.pack(
                ">h4h", chance.choice((1, 300, 32_767, -1)), -32_768, -32_768, 32_767, 32_767
            )
    elif way == "tables":
        font[4:6] = struct.pack(">H", 65_535)
    elif way == "collection":
        font = bytearray(
            b"ttcf\0\1\0\0" + struct.pack(">I", chance.choice((0, 1, 2**32 - 1))) + struct.pack(">I", 16) + font
        )
    elif way == "photo":
        font = bytearray(samples.photo("PNG"))
    elif way == "woff":
        font = bytearray(b"wOFF" + bytes(font[4:]))
    else:
        font = bytearray(b"STARTFONT 2.1\nCHARS 99999999\n")
    return _fonts(place, chance, f"a font with odd {way}", bytes(font))


def no_fonts(place: Sandbox, chance: random.Random) -> Trial:
    """What is called like a font and is none."""
    options = put_words(place)
    way = chance.choice(("pipe", "folder", "sparse", "link", "circle", "name"))
    if way == "pipe":
        place.pipe("prints/a.ttf")
    elif way == "folder":
        (place.stranger / "prints" / "a.ttf").mkdir()
    elif way == "sparse":
        place.sparse("prints/a.ttf", chance.choice((2**31, 60 << 20)), samples.font())
    elif way == "link":
        place.link("prints/a.ttf", chance.choice(("/dev/zero", "/proc/self/mem", place.home / ".bashrc")))
    elif way == "circle":
        place.link("prints/deep", "..")
        place.link("prints/a.ttf", "a.ttf")
    else:
        place.put(f"prints/{chance.choice(NAMES)}.ttf", broken_bytes(samples.font(), chance))
    return synth(f"a {way} among the fonts", *options, "--writing", "print=1")


# ------------------------------------------------------------------------------------------------------- word lists


def words(place: Sandbox, chance: random.Random) -> Trial:
    place.put("prints/print.ttf", samples.font())
    lists = (
        broken_bytes(_WORDS.encode() * 5, chance),
        _WORDS.encode("utf-16"),
        _WORDS.encode("utf-32"),
        b"\0" * 100_000,
        b"\xff" * 5000,
        b"",
        b"\n" * 100_000,
        *("\n".join((text, "ship", "anna")).encode("utf-8", "surrogatepass") for text in TEXTS),
        ("a" * 2_000_000).encode(),
        " ".join(f"w{n}" for n in range(200_000)).encode(),
        json.dumps({"words": ["a"]}).encode(),
        samples.photo("PNG"),
    )
    place.put("words.txt", chance.choice(lists))
    only = ("--only-words",) if chance.random() < 0.5 else ()
    return synth(
        "an odd list of words",
        "--word-list",
        "{in}/words.txt",
        "--print-fonts",
        "{in}/prints",
        "--writing",
        "print=1",
        *only,
    )


def no_words(place: Sandbox, chance: random.Random) -> Trial:
    place.put("prints/print.ttf", samples.font())
    way = chance.choice(("pipe", "folder", "sparse", "link"))
    if way == "pipe":
        place.pipe("words.txt")
    elif way == "folder":
        (place.stranger / "words.txt").mkdir()
    elif way == "sparse":
        place.sparse("words.txt", chance.choice((2**31, 65 << 20, 60 << 20)), b"hello ")
    else:
        place.link("words.txt", chance.choice(("/dev/zero", "/proc/self/mem", "words.txt", "/proc/self/environ")))
    return synth(
        f"a list of words that is a {way}",
        "--word-list",
        "{in}/words.txt",
        "--print-fonts",
        "{in}/prints",
        "--writing",
        "print=1",
    )


def options_file(place: Sandbox, chance: random.Random) -> Trial:
    """Options that say how another dataset was drawn."""
    values = {
        "version": 1,
        "words": 4,
        "boards": 0,
        "seed": 3,
        "held_out": 0.0,
        "languages": ["en"],
        "side": 640,
        "spoiled": 0.5,
        "cut": True,
        "writing": {"print": 1.0},
        "grounds": {"paper": 1.0},
        "prints": str(place.stranger / "prints"),
        "strokes": [],
        "word_list": str(place.stranger / "words.txt"),
    }
    put_words(place)
    about = {"format": "ocr-studio-dataset", "version": 1, "synth": {"options": values, "made_of": {"fonts": "00"}}}
    whole: Any = chance.choice((values, about))
    text = broken_json(whole, chance)
    if chance.random() < 0.3:
        text = (
            json.dumps(values)
            .replace(chance.choice((" 4", " 640", "0.5", " 3")), f" {chance.choice(NUMBERS)}")
            .encode()
        )
    place.put("like.json", text)
    return synth("odd options of another dataset", "--like", "{in}/like.json")


def backgrounds(place: Sandbox, chance: random.Random) -> Trial:
    options = put_words(place)
    place.put("walls/good.jpg", samples.photo("JPEG"))
    way = chance.choice(("mutated", "pipe", "link", "name"))
    if way == "mutated":
        place.put("walls/a.png", broken_bytes(samples.photo("PNG"), chance))
    elif way == "pipe":
        place.pipe("walls/a.png")
    elif way == "link":
        place.link("walls/a.png", chance.choice(("/dev/zero", "a.png", "..")))
    else:
        place.put(f"walls/{chance.choice(NAMES)}.png", b"x")
    return synth(
        f"a {way} among the photos of boards",
        *options,
        "--backgrounds",
        "{in}/walls",
        "--surfaces",
        "real=1",
        "--writing",
        "print=1",
    )


FONTS: Final = Kind(
    "fonts",
    [Attack(mutated_font), Attack(broken_font), Attack(odd_font), Attack(no_fonts), Attack(mutated_font)],
    share=0.5,
)
WORD_LISTS: Final = Kind(
    "word-lists", [Attack(words), Attack(no_words), Attack(options_file), Attack(backgrounds)], share=0.4
)
