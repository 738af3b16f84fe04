"""Datasets of all layouts: label files, manifests and pictures that are broken, huge, or lead out."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.hostile import samples
from tests.hostile.mutations import NAMES, NUMBERS, TEXTS, broken_bytes, broken_json, nested
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial

_BOX: Final = {"transcription": "HELLO", "points": samples.QUAD, "difficult": False}


def _boxes(photo: str) -> dict[str, Any]:
    words = [{"quad": samples.QUAD, "text": "HELLO", "ignore": False}]
    sides = {"width": samples.WIDTH, "height": samples.HEIGHT}
    return {"photo": photo, "page": samples.PAGE_ID, "image": "board.png", **sides, "words": words, "split": "train"}


# Layout → name of a label file → what is in it for some pictures: JSON values, one a line, or one in all.
LAYOUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ocr-studio": ("labels.jsonl", "boxes.jsonl"),
    "keras-ocr": ("train.json", "validation.json"),
    "paddleocr": ("rec_gt.txt", "Label.txt"),
    "deep-text": ("gt.txt", "gt_train.txt"),
}
CROPS: Final = {
    "ocr-studio": "crops/a.png",
    "keras-ocr": "photos/a.png",
    "paddleocr": "crop_img/a.png",
    "deep-text": "images/a.png",
}


def put(place: Sandbox, layout: str, *, folder: str = "", text: str = "HELLO", crop: str | None = None) -> None:
    """A dataset that is as it should be, but for what is asked. folder: where, with a slash."""
    first = CROPS[layout]
    above = first.partition("/")[0]
    for name, shade in (("a", 240), ("b", 230), ("c", 220)):
        place.put(f"{folder}{above}/{name}.png", samples.photo("PNG", shade))
    crops = [crop or first, f"{above}/b.png", f"{above}/c.png"]
    texts = [text, "world", "board"]
    if layout == "ocr-studio":
        lines = [json.dumps(samples.label(said, name)) for said, name in zip(texts, crops, strict=True)]
        place.put(f"{folder}labels.jsonl", "\n".join(lines) + "\n")
        place.put(f"{folder}photos/p.png", samples.photo("PNG", 210))
        place.put(f"{folder}boxes.jsonl", json.dumps(_boxes("photos/p.png")) + "\n")
        place.put(f"{folder}manifest.json", json.dumps(samples.manifest()))
    elif layout == "keras-ocr":
        rows = [
            [name, samples.QUAD if name == crops[0] else None, said] for said, name in zip(texts, crops, strict=True)
        ]
        place.put(f"{folder}train.json", json.dumps(rows[:2]))
        place.put(f"{folder}validation.json", json.dumps(rows[2:]))
    else:
        labels = "".join(f"{name}\t{said}\n" for said, name in zip(texts, crops, strict=True))
        place.put(f"{folder}{LAYOUTS[layout][0]}", labels)
        if layout == "paddleocr":
            place.put(f"{folder}photos/p.png", samples.photo("PNG", 210))
            place.put(f"{folder}Label.txt", f"photos/p.png\t{json.dumps([_BOX])}\n")
        else:
            place.put(f"{folder}gt_train.txt", labels)


def _commands(chance: random.Random) -> list[Command]:
    layout = chance.choice(tuple(LAYOUTS))
    return chance.sample(
        [
            ("dataset", "{in}"),
            ("dataset", "{in}", "--format", "json"),
            ("dataset", "{in}", "--out", "{out}/data", "--layout", layout),
            ("evaluate", "{in}", "--out", "{out}"),
            ("evaluate", "{in}", "--format", "json"),
        ],
        2,
    )


def _trial(what: str, chance: random.Random) -> Trial:
    return Trial(what, _commands(chance), lines=9)


def untouched(place: Sandbox, chance: random.Random) -> Trial:
    layout = chance.choice(tuple(LAYOUTS))
    put(place, layout)
    return _trial(f"a dataset as it should be ({layout})", chance)


def mutated_labels(place: Sandbox, chance: random.Random) -> Trial:
    layout = chance.choice(tuple(LAYOUTS))
    put(place, layout)
    name = chance.choice(LAYOUTS[layout])
    path = place.stranger / name
    data = path.read_bytes()
    if name.endswith((".json", ".jsonl")) and chance.random() < 0.7:
        lines = data.splitlines() if name.endswith("l") else [data]
        lines[0] = broken_json(json.loads(lines[0]), chance)
        path.write_bytes(b"\n".join(lines))
    else:
        path.write_bytes(broken_bytes(data, chance))
    return _trial(f"mutated labels in {name} ({layout})", chance)


def mutated_boxes(place: Sandbox, chance: random.Random) -> Trial:
    put(place, "paddleocr")
    place.put("Label.txt", b"photos/p.png\t" + broken_json([_BOX], chance).replace(b"\n", b"") + b"\n")
    return _trial("mutated boxes in Label.txt", chance)


def mutated_manifest(place: Sandbox, chance: random.Random) -> Trial:
    put(place, layout := chance.choice(tuple(LAYOUTS)))
    value = samples.manifest() | {"layout": layout, "synth": {"options": {"version": 1, "words": 3}}}
    place.put("manifest.json", broken_json(value, chance))
    return _trial(f"a mutated manifest.json ({layout})", chance)


def leading_out(place: Sandbox, chance: random.Random) -> Trial:
    """Pictures whose names lead out of the folder."""
    name = chance.choice(
        (
            "../elsewhere/photo.jpg",
            str(place.home / "private" / "photo.jpg"),
            "..",
            ".",
            "crops/../../elsewhere/photo.jpg",
            "/dev/zero",
            "/proc/self/environ",
            "\\..\\x",
            "C:/x.png",
            "a\0b",
            "x/" * 2000 + "y",
            "~/private/photo.jpg",
            "crops/a.png/",
            "//etc/passwd",
            "\ud800",
            "file:///etc/passwd",
        )
    )
    layout = chance.choice(tuple(LAYOUTS))
    put(place, layout, crop=name)
    return _trial(f"a picture called {name!a:.50} ({layout})", chance)


def odd_texts(place: Sandbox, chance: random.Random) -> Trial:
    layout = chance.choice(tuple(LAYOUTS))
    put(place, layout, text=chance.choice(TEXTS).replace("\n", " ").replace("\0", ""))
    return _trial(f"an odd text in labels ({layout})", chance)


def odd_pictures(place: Sandbox, chance: random.Random) -> Trial:
    """Pictures of words that are broken, or pipes, or of a million pixels."""
    layout = chance.choice(tuple(LAYOUTS))
    put(place, layout)
    name = CROPS[layout]
    way = chance.randrange(5)
    if way == 0:
        place.pipe(name)
    elif way == 1:
        place.sparse(name, chance.choice((2**31 + 5, 100_000_000)), samples.photo("PNG")[:60])
    elif way == 2:
        place._free(name).mkdir()
    else:
        kind = chance.choice(tuple(samples.FORMATS))
        place.put(name, broken_bytes(samples.photo(kind), chance))
    return _trial(f"an odd picture in a dataset ({layout})", chance)


def odd_files(place: Sandbox, chance: random.Random) -> Trial:
    """Label files that are no plain text."""
    layout = chance.choice(tuple(LAYOUTS))
    put(place, layout)
    name = chance.choice((*LAYOUTS[layout], "manifest.json"))
    way = chance.randrange(6)
    if way == 0:
        place.pipe(name)
    elif way == 1:
        place.sparse(name, 2**31 + 5)
    elif way == 2:
        place.put(name, nested(200_000))
    elif way == 3:
        place.put(name, "\ufeff".encode("utf-16") + "a\tb\n".encode("utf-16"))
    elif way == 4:
        place.put(name, b"\n" * 2_000_000)
    else:
        place._free(name).mkdir()
    return _trial(f"{name} of a dataset is no label file", chance)


def several_layouts(place: Sandbox, chance: random.Random) -> Trial:
    """Several layouts in one folder, each with something else."""
    for layout in chance.sample(tuple(LAYOUTS), 3):
        put(place, layout)
    place.put(chance.choice(("labels.jsonl", "train.json", "gt.txt")), broken_bytes(b'{"crop": 1}\n' * 20, chance))
    return Trial("a folder with several layouts", _commands(chance), lines=250)


def many_lines(place: Sandbox, chance: random.Random) -> Trial:
    layout = chance.choice(("ocr-studio", "paddleocr", "deep-text"))
    put(place, layout)
    name = LAYOUTS[layout][0]
    line = (place.stranger / name).read_bytes().splitlines()[0] + b"\n"
    place.put(name, line.replace(b"a.png", chance.choice((b"a.png", b"gone.png"))) * 200_000)
    return Trial(f"200,000 lines of labels ({layout})", _commands(chance), lines=250)


def odd_names(place: Sandbox, chance: random.Random) -> Trial:
    layout = chance.choice(tuple(LAYOUTS))
    above = CROPS[layout].partition("/")[0]
    name = f"{above}/{chance.choice(NAMES)}.png"
    put(place, layout, crop=name.replace("\n", " "))
    place.put(name, samples.photo("PNG"))
    return _trial(f"a picture with an odd name ({layout})", chance)


def numbers(place: Sandbox, chance: random.Random) -> Trial:
    put(place, "ocr-studio")
    name = chance.choice(("labels.jsonl", "boxes.jsonl"))
    text = (place.stranger / name).read_text(encoding="utf-8")
    old: Callable[[], str] = lambda: chance.choice(("10.0", "60.0", "0.8", "160", "96"))  # noqa: E731
    place.put(name, text.replace(old(), chance.choice(NUMBERS), 1))
    return _trial(f"extreme numbers in {name}", chance)


KIND: Final = Kind(
    "datasets",
    [
        Attack(mutated_labels),
        Attack(mutated_boxes),
        Attack(mutated_manifest),
        Attack(leading_out),
        Attack(odd_texts),
        Attack(odd_pictures),
        Attack(odd_files),
        Attack(several_layouts),
        Attack(odd_names),
        Attack(numbers),
        Attack(mutated_labels),
        Attack(untouched),
        Attack(many_lines, heavy=True),
        Attack(leading_out),
    ],
    share=1.2,
)
