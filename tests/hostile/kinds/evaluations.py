"""Folders with annotations.json, as other programs write it."""

from __future__ import annotations

import json
import random
from typing import Final

from tests.hostile import samples
from tests.hostile.mutations import NAMES, NUMBERS, TEXTS, broken_bytes, broken_json, nested
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial

_FILE: Final = "annotations.json"


def _trial(what: str, chance: random.Random) -> Trial:
    commands: list[Command] = [
        ("evaluate", "{in}", "--out", "{out}"),
        ("evaluate", "{in}", "--format", "json"),
        ("evaluate", "{in}", "--unit", "lines"),
        ("dataset", "{in}", "--out", "{out}/data", "--layout", chance.choice(("ocr-studio", "keras-ocr", "paddleocr"))),
        ("dataset", "{in}", "--out", "{out}/other", "--format", "json"),
    ]
    return Trial(what, chance.sample(commands, 2), lines=6)


def _put(place: Sandbox, chance: random.Random) -> None:
    place.put("photo.png", samples.photo("PNG"))
    value = samples.annotated("HELLO") + samples.annotated("HELLO", "other.png")
    place.put("other.png", samples.photo("PNG", 200))
    place.put(_FILE, broken_json(value, chance))


def mutated(place: Sandbox, chance: random.Random) -> Trial:
    _put(place, chance)
    return _trial("mutated annotations", chance)


def broken(place: Sandbox, chance: random.Random) -> Trial:
    place.put("photo.png", samples.photo("PNG"))
    data = json.dumps(samples.annotated("HELLO")).encode()
    made = (
        broken_bytes(data, chance),
        data.decode().encode("utf-16"),
        b"\xef\xbb\xbf" + data,
        nested(200_000).encode(),
        b"[" * 10**6,
        b"",
        data * 2,
    )
    place.put(_FILE, chance.choice(made))
    return _trial("broken annotations", chance)


def odd_texts(place: Sandbox, chance: random.Random) -> Trial:
    place.put("photo.png", samples.photo("PNG"))
    place.put(_FILE, json.dumps(samples.annotated(chance.choice(TEXTS))))
    return Trial(
        "annotations with an odd text",
        [("evaluate", "{in}", "--out", "{out}"), ("evaluate", "{in}"), ("dataset", "{in}", "--out", "{out}/data")],
    )


def photo_names(place: Sandbox, chance: random.Random) -> Trial:
    name = chance.choice(
        (
            "../elsewhere/photo.jpg",
            str(place.home / "private" / "photo.png"),
            "\ud800.png",
            "a\0b",
            "x" * 5000,
            ".",
            "..",
            "sub/../photo.png",
            *NAMES,
        )
    )
    place.put(f"{chance.choice(NAMES)}.png", samples.photo("PNG"))
    if name in NAMES:
        place.put(name, samples.photo("PNG"))
    place.put(_FILE, json.dumps(samples.annotated("HELLO", name)))
    return _trial(f"annotations of a photo called {name!a:.50}", chance)


def linked_photo(place: Sandbox, chance: random.Random) -> Trial:
    """What is listed is a pipe, a folder, a device, or another picture than it was."""
    way = chance.choice(("pipe", "folder", "device", "broken", "link"))
    if way == "pipe":
        place.pipe("photo.png")
    elif way == "folder":
        (place.stranger / "photo.png").mkdir()
    elif way == "broken":
        place.put("photo.png", broken_bytes(samples.photo("PNG"), chance))
    else:
        place.link("photo.png", "/dev/zero" if way == "device" else place.home / ".bashrc")
    place.put(_FILE, json.dumps(samples.annotated("HELLO")))
    return _trial(f"annotations of a {way}", chance)


def numbers(place: Sandbox, chance: random.Random) -> Trial:
    place.put("photo.png", samples.photo("PNG"))
    text = json.dumps(samples.annotated("HELLO")).replace(
        chance.choice(("10.0", "60.0", "120.0")), chance.choice(NUMBERS)
    )
    place.put(_FILE, text)
    return _trial("annotations with extreme numbers", chance)


def special(place: Sandbox, chance: random.Random) -> Trial:
    place.put("photo.png", samples.photo("PNG"))
    way = chance.randrange(4)
    if way == 0:
        place.pipe(_FILE)
    elif way == 1:
        place.sparse(_FILE, 2**31 + 7)
    elif way == 2:
        (place.stranger / _FILE).mkdir()
    else:
        place.link(_FILE, chance.choice((place.home / "private" / _FILE, "/proc/self/environ", "/dev/zero", _FILE)))
    return _trial("annotations.json is no plain file", chance)


def many(place: Sandbox, chance: random.Random) -> Trial:
    place.put("photo.png", samples.photo("PNG"))
    word = samples.annotated("HELLO")[0]["words"][0]
    place.put(_FILE, json.dumps([{"image": "photo.png", "words": [word] * chance.choice((1000, 20_000, 20_001))}]))
    return _trial("annotations of very many words", chance)


KIND: Final = Kind(
    "evaluations",
    [
        Attack(mutated),
        Attack(broken),
        Attack(odd_texts),
        Attack(photo_names),
        Attack(linked_photo),
        Attack(numbers),
        Attack(special),
        Attack(mutated),
        Attack(many, heavy=True),
    ],
    share=0.8,
)
