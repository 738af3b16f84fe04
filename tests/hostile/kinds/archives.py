"""Models to import: archives, and models' folders that somebody has copied in."""

from __future__ import annotations

import json
import random
import struct
import zipfile
from typing import Any, Final

from tests.hostile import samples
from tests.hostile.mutations import NAMES, TEXTS, broken_bytes, broken_json
from tests.hostile.sandbox import Sandbox, put
from tests.hostile.trial import Attack, Command, Kind, Trial

_CARD, _WEIGHTS = "model.json", "weights.safetensors"


def _import(place: Sandbox, what: str, data: bytes, name: str = "their model.zip") -> Trial:
    place.put(name, data)
    return Trial(what, [("models", "import", f"{{in}}/{name}"), ("models", "list")])


def mutated(place: Sandbox, chance: random.Random) -> Trial:
    return _import(place, "a mutated archive", broken_bytes(samples.model_archive(), chance))


def mutated_card(place: Sandbox, chance: random.Random) -> Trial:
    card = broken_json(json.loads(samples.card()), chance)
    return _import(
        place, "an archive with a mutated card", samples.archive((_CARD, card), (_WEIGHTS, samples.weights()))
    )


def other_members(place: Sandbox, chance: random.Random) -> Trial:
    """Members that lead out, come twice, or are none of a model's."""
    name = chance.choice(
        (
            "../../home/.bashrc",
            "/etc/cron.d/x",
            "a/../../x",
            "..\\..\\x",
            "C:\\x",
            _CARD,
            _WEIGHTS,
            f"./{_CARD}",
            _CARD.upper(),
            "model.json/",
            "x" * 60_000,
            "",
            *(each for each in NAMES if "\udcff" not in each),
        )
    )
    files = [(_CARD, samples.card()), (_WEIGHTS, samples.weights()), (name, b"x")]
    if chance.random() < 0.4:
        files.pop(chance.randrange(2))
    chance.shuffle(files)
    return _import(place, f"an archive with a member {name!a:.40}", samples.archive(*files))


def lying_directory(place: Sandbox, chance: random.Random) -> Trial:
    """The directory says other flags, kinds of packing, sizes and places than there are."""
    data = bytearray(samples.archive((_CARD, samples.card()), (_WEIGHTS, samples.weights())))
    central = data.index(b"PK\1\2")
    field, size = chance.choice(
        ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (38, 4), (42, 4), (6, 2))
    )
    value = chance.choice((0, 1, 9, 0x41, 0xFFFF, 0xA1FF0000, 0xFFFFFFFF, 0x7FFFFFFF, 12, 93, 99)) & (256**size - 1)
    data[central + field : central + field + size] = value.to_bytes(size, "little")
    if chance.random() < 0.3:
        end = data.rindex(b"PK\5\6")
        data[end + 8 : end + 16] = struct.pack(
            "<HHL", chance.choice((0, 2, 65_535)), chance.choice((0, 2, 65_535)), chance.choice((0, 2**31))
        )
    return _import(place, f"an archive whose directory lies at {field}", bytes(data))


def bomb(place: Sandbox, chance: random.Random) -> Trial:
    size = chance.choice((100 << 20, 3 << 20))
    way = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    name = chance.choice((_CARD, _WEIGHTS))
    files = [(_CARD, samples.card()), (_WEIGHTS, samples.weights())]
    files = [each for each in files if each[0] != name] + [(name, bytes(size))]
    return _import(place, f"an archive with {size >> 20} MB of noughts", samples.archive(*files, how=way))


def linked_members(place: Sandbox, chance: random.Random) -> Trial:
    """Members that are links."""
    name = chance.choice((_CARD, _WEIGHTS))
    data = bytearray(
        samples.archive((_CARD, samples.card()), (_WEIGHTS, b"/etc/passwd" if name == _WEIGHTS else samples.weights()))
    )
    at = data.index(b"PK\1\2", data.index(b"PK\1\2") + (name == _WEIGHTS))
    data[at + 5] = 3  # made by a Unix
    data[at + 38 : at + 42] = struct.pack("<L", chance.choice((0o120777, 0o010644, 0o040755, 0o020666)) << 16)
    return _import(place, f"an archive in which {name} is no plain file", bytes(data))


def odd_files(place: Sandbox, chance: random.Random) -> Trial:
    way = chance.choice(("pipe", "folder", "sparse", "link", "empty", "comment", "twice", "name"))
    name = "their model.zip"
    if way == "pipe":
        place.pipe(name)
    elif way == "folder":
        (place.stranger / name).mkdir()
    elif way == "sparse":
        place.sparse(name, chance.choice((2**30, 2**34)), samples.model_archive())
    elif way == "link":
        place.link(name, chance.choice(("/dev/zero", "/proc/self/mem", place.home / ".bashrc", name)))
    elif way == "empty":
        place.put(name, b"")
    elif way == "comment":
        place.put(name, samples.model_archive()[:-2] + struct.pack("<H", 65_535) + b"PK\5\6" * 16_383)
    elif way == "twice":
        place.put(name, samples.model_archive() + samples.model_archive())
    else:
        name = chance.choice(NAMES) + ".zip"
        place.put(name, samples.model_archive())
    return Trial(f"an archive that is a {way}", [("models", "import", f"{{in}}/{name}"), ("models", "list")])


def weights(place: Sandbox, chance: random.Random) -> Trial:
    """Numbers that are none, though the card has their sum right."""
    data = _broken_weights(chance)
    files = (_CARD, samples.card(data)), (_WEIGHTS, data)
    return _import(place, "an archive with odd weights", samples.archive(*files))


def _broken_weights(chance: random.Random) -> bytes:
    head: dict[str, Any] = {"characters/bias": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    way = chance.randrange(6)
    if way == 0:
        return broken_bytes(samples.weights(), chance)
    if way == 1:
        made = broken_json(head, chance)
    elif way == 2:
        made = json.dumps(
            {f"a{number}": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]} for number in range(5000)}
        ).encode()
    elif way == 3:
        made = json.dumps(
            {
                "a": {
                    "dtype": chance.choice(("BF16", "F8_E4M3", "I64", "BOOL", "X")),
                    "shape": [2],
                    "data_offsets": [0, 8],
                }
            }
        ).encode()
    elif way == 4:
        made = json.dumps(
            {
                "a": {
                    "dtype": "F32",
                    "shape": chance.choice(([2**40, 2**40], [0], [-1], [2**63])),
                    "data_offsets": [0, 8],
                }
            }
        ).encode()
    else:
        made = json.dumps({"__metadata__": {"format": "x" * 100_000}} | head).encode()
    length = chance.choice((len(made), len(made), 2**63, 0, len(made) + 1))
    return struct.pack("<Q", length) + made + bytes(8)


def model_folders(place: Sandbox, chance: random.Random) -> Trial:
    """Models' folders beside each other, each odd in its way."""
    models = place.studio / "data" / "models"
    for _ in range(3):
        name = chance.choice((*NAMES[:16], "theirs", "weights", "x" * 100))
        folder = models / name
        card = chance.choice(
            (
                samples.card(),
                broken_json(json.loads(samples.card()), chance),
                b"",
                samples.card(title=chance.choice(TEXTS)[:300]),
            )
        )
        put(folder / _CARD, card)
        put(folder / _WEIGHTS, samples.weights())
        if chance.random() < 0.3:
            put(folder / chance.choice(("code.py", ".hidden", "x.pkl", *NAMES[:6])), b"import os")
    commands: list[Command] = [("models", "list"), ("models", "show", "theirs"), ("models", "use", "theirs")]
    return Trial("odd folders among the models", commands, lines=6)


KIND: Final = Kind(
    "models",
    [
        Attack(mutated),
        Attack(mutated_card),
        Attack(other_members),
        Attack(lying_directory),
        Attack(linked_members),
        Attack(odd_files),
        Attack(weights),
        Attack(model_folders),
        Attack(mutated_card),
        Attack(lying_directory),
        Attack(bomb, heavy=True),
        Attack(weights),
    ],
)
