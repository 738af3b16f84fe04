"""The program's own files, damaged or copied in from elsewhere: settings, session, rules, trainings, caches."""

from __future__ import annotations

import json
import os
import random
from typing import Any, Final

import numpy as np

from tests.hostile import samples
from tests.hostile.mutations import TEXTS, broken_bytes, broken_json, nested
from tests.hostile.sandbox import Sandbox, put
from tests.hostile.trial import Attack, Command, Kind, Trial

_SETTINGS: Final[dict[str, Any]] = {
    "theme": "dark",
    "alphabet": "latin",
    "gpu_memory_mb": 1000,
    "model": "theirs",
    "detector": None,
    "keep": "beside",
    "library_folder": "/tmp/library",
    "read_when_opened": True,
    "unit": "words",
    "languages": ["en", "de"],
    "language_strength": 0.5,
    "keys": {"open": ["Ctrl+O"]},
    "hints_seen": ["a"],
    "go_on": True,
    "language": "en",
    "box_opacity": 0.5,
    "snapping": True,
    "detection": {"limit_side": 960, "box_threshold": 0.5, "unclip_ratio": 1.5, "space_width": 0.5},
}
_FILES: Final[dict[str, Any]] = {
    "config/settings.json": _SETTINGS,
    "config/rules.json": {
        "format": 1,
        "rules": [{"find": "a", "put": "b", "regex": True}, {"find": "(a+)+$", "replace": "b", "pattern": True}],
    },
    "config/characters.json": {"last": ["→", "ß"]},
    "state/recent.json": {"files": ["/tmp/a.png", "/tmp/b.png"]},
    "state/session.json": {
        "closed": False,
        "photo": "/tmp/a.png",
        "selection": ["a1"],
        "zoom": 1.5,
        "middle": [10, 20],
    },
    "state/palette.json": {"used": ["a", "b"], "ages": {"a": 1}},
    "state/window.json": {"geometry": "00ff"},
    "state/synthetic.json": {"version": 1, "words": 10},
    "state/training/a run/run.json": {
        "format": "ocr-studio-training",
        "version": 1,
        "name": "a run",
        "kind": "recognizer",
        "data": "/tmp/data",
        "digest": "00" * 32,
        "recipe": {"what": "head", "epochs": 3},
        "about": "",
        "begun": "2026-01-02T03:04:05+00:00",
    },
}
_COMMANDS: Final[tuple[Command, ...]] = (
    ("@own-files",),
    ("models", "list"),
    ("read", "{in}"),
    ("read", "{in}", "--keep"),
    ("@open", "{in}"),
)


def _trial(what: str, chance: random.Random) -> Trial:
    return Trial(what, [("@own-files",), *chance.sample(_COMMANDS, 2)], lines=4)


def _put(place: Sandbox) -> None:
    place.put("photo.png", samples.photo("PNG"))
    for name, value in _FILES.items():
        put(place.studio / name, json.dumps(value))


def mutated(place: Sandbox, chance: random.Random) -> Trial:
    _put(place)
    name = chance.choice(tuple(_FILES))
    put(place.studio / name, broken_json(_FILES[name], chance))
    return _trial(f"a mutated {name}", chance)


def broken(place: Sandbox, chance: random.Random) -> Trial:
    _put(place)
    name = chance.choice(tuple(_FILES))
    data = json.dumps(_FILES[name]).encode()
    put(
        place.studio / name,
        chance.choice(
            (broken_bytes(data, chance), b"", nested(100_000).encode(), data.decode().encode("utf-16"), b"\0" * 4096)
        ),
    )
    return _trial(f"a broken {name}", chance)


def odd_texts(place: Sandbox, chance: random.Random) -> Trial:
    _put(place)
    text = chance.choice(TEXTS)
    put(
        place.studio / "config/settings.json",
        json.dumps(_SETTINGS | {"model": text, "library_folder": text, "language": text, "keys": {text: [text]}}),
    )
    put(place.studio / "state/recent.json", json.dumps({"files": [text] * 3}))
    put(
        place.studio / "state/session.json",
        json.dumps({"photo": text, "selection": [text], "zoom": 1, "middle": [1, 2]}),
    )
    return _trial("own files with odd texts", chance)


def no_files(place: Sandbox, chance: random.Random) -> Trial:
    """A folder, a pipe or a huge file has the place of one of the program's."""
    _put(place)
    name = chance.choice(tuple(_FILES))
    path = place.studio / name
    path.unlink()
    way = chance.choice(("folder", "pipe", "sparse"))
    if way == "folder":
        path.mkdir()
    elif way == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(b"{")
        os.truncate(path, 2**33)
    return _trial(f"a {way} called {name}", chance)


def checkpoint(place: Sandbox, chance: random.Random) -> Trial:
    """How far a training has come."""
    _put(place)
    facts = np.frombuffer(json.dumps({"step": 3, "seed": 1}).encode(), np.uint8)
    arrays = {"weights": np.ones((3, 4), np.float32), "facts.json": facts}
    data = (
        samples.npz(arrays)
        if chance.random() < 0.6
        else samples.archive(
            (
                "facts.json.npy",
                b"\x93NUMPY\1\0\x46\0{'descr': '|O', 'fortran_order': False, 'shape': (99999999999,), }   \n",
            )
        )
    )
    put(place.studio / "state/training/a run/work/checkpoint.npz", broken_bytes(data, chance))
    return _trial("a broken checkpoint of a training", chance)


def caches(place: Sandbox, chance: random.Random) -> Trial:
    """What can be made again at any time, and is damaged."""
    _put(place)
    (place.studio / "log").mkdir()
    way = chance.choice(("log", "words", "open", "thumbnails", "keras"))
    if way == "log":
        os.mkfifo(place.studio / "log" / "ocr-studio.log")
    else:
        folder = {
            "words": "cache/words",
            "open": "state/open",
            "thumbnails": "cache/thumbnails",
            "keras": "cache/keras",
        }[way]
        put(place.studio / folder, b"no folder") if chance.random() < 0.5 else put(
            place.studio / folder / "x.npz", chance.randbytes(100)
        )
    return _trial(f"an odd {way} among the program’s own files", chance)


KIND: Final = Kind(
    "own-files",
    [
        Attack(mutated),
        Attack(broken),
        Attack(odd_texts),
        Attack(no_files),
        Attack(checkpoint),
        Attack(caches),
        Attack(mutated),
    ],
    share=0.7,
)
