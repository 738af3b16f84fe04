"""Projects from elsewhere: pages, project.json, words.json, the lock; broken, huge, or of odd names."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any, Final

from tests.hostile import samples
from tests.hostile.mutations import NAMES, NUMBERS, TEXTS, broken_bytes, broken_json, nested
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial

PROJECT: Final = "ocr-studio-project"
EXPORTS: Final[Sequence[Command]] = tuple(
    ("export", "{in}", "--format", name, "--out", "{out}") for name in ("text", "md", "json", "csv", "cleaned")
)
COMMANDS: Final[Sequence[Command]] = (
    *EXPORTS,
    ("search", "hello", "--project", "{in}"),
    ("search", "hel*", "--project", "{in}", "--format", "json"),
    ("dataset", "{in}", "--out", "{out}/data"),
    ("dataset", "{in}", "--out", "{out}/paddle", "--layout", "paddleocr", "--format", "json"),
    ("evaluate", "{in}", "--out", "{out}/pages"),
    ("read", "{in}", "--keep", "--again"),
    ("read", "{in}", "--keep", "--format", "json"),
    ("read", "{in}"),
    ("@open", "{in}"),
    ("@edit", "{in}"),
)


def some(chance: random.Random, count: int = 3) -> list[Command]:
    """What a user does with a project, so many different things."""
    return chance.sample(COMMANDS, count)


def project(place: Sandbox, photos: int = 2, *, words: Sequence[Any] | None = None) -> list[str]:
    """A project that is as it should be. words: of each page. Returns the ids of its pages."""
    ids = []
    for number in range(1, photos + 1):
        data = samples.photo("PNG", 240 - number)
        name = f"board{number}.png"
        place.put(name, data)
        ids.append(put_page(place, name, samples.content_id(data), words))
    place.put(f"{PROJECT}/project.json", json.dumps({"format": 1, "photos": ".."}))
    place.put(f"{PROJECT}/words.json", json.dumps({"format": 1, "words": ["alpha", "beta"]}))
    place.put(f"{PROJECT}/history.jsonl", samples.history_line("HELLO", ids[0]))
    place.put(f"{PROJECT}/second-readings.jsonl", samples.second_reading_line("HALLO", ids[0]))
    return ids


def put_page(place: Sandbox, image: str, page_id: str, words: Sequence[Any] | None = None) -> str:
    """The file of a page. Returns its id."""
    if words is None:
        words = [samples.word("a1", "HELLO", human="HELLO"), samples.word("a2", "hello", quad=_BESIDE)]
    place.put(f"{PROJECT}/pages/{page_id}.json", json.dumps(samples.page(image, list(words), page_id=page_id)))
    return page_id


_BESIDE: Final = [[125, 20], [155, 20], [155, 60], [125, 60]]


def _page_of(place: Sandbox, page_id: str) -> Any:
    return json.loads((place.stranger / PROJECT / "pages" / f"{page_id}.json").read_bytes())


def untouched(place: Sandbox, chance: random.Random) -> Trial:
    """Nothing is wrong with it: what is refused here is refused wrongly."""
    project(place)
    return Trial("a project as it should be", some(chance), lines=0)


def mutated_page(place: Sandbox, chance: random.Random) -> Trial:
    first, *_ = project(place)
    place.put(f"{PROJECT}/pages/{first}.json", broken_json(_page_of(place, first), chance))
    return Trial("a page with odd values", some(chance))


def mutated_page_bytes(place: Sandbox, chance: random.Random) -> Trial:
    first, *_ = project(place)
    path = place.stranger / PROJECT / "pages" / f"{first}.json"
    path.write_bytes(broken_bytes(path.read_bytes(), chance))
    return Trial("a page with broken bytes", some(chance))


def numbers(place: Sandbox, chance: random.Random) -> Trial:
    """Numbers that are too long to be one, wherever a page has a number."""
    first, *_ = project(place)
    text = json.dumps(_page_of(place, first))
    old = chance.choice(('"width": 160', '"height": 96', '"format": 2', '"confidence": 0.9', "10.0", "60.0", "0.4]"))
    key, _, _ = old.rpartition(" ")
    end = "]" if old.endswith("]") else ""
    place.put(f"{PROJECT}/pages/{first}.json", text.replace(old, f"{key} {chance.choice(NUMBERS)}{end}", 1))
    return Trial("a page with extreme numbers", [("@page", f"{{in}}/{PROJECT}/pages/{first}.json"), *some(chance, 2)])


def mutated_about(place: Sandbox, chance: random.Random) -> Trial:
    project(place)
    name, value = chance.choice(
        (
            ("project.json", {"format": 1, "photos": ".."}),
            ("words.json", {"format": 1, "words": ["alpha", "beta", "gamma"]}),
        )
    )
    place.put(f"{PROJECT}/{name}", broken_json(value, chance))
    folder = f"{{in}}/{PROJECT}" if chance.random() < 0.5 else "{in}"
    commands = [tuple(part.replace("{in}", folder) for part in command) for command in some(chance, 2)]
    return Trial(f"a mutated {name}", [*commands, ("@edit", "{in}")])


def photos_elsewhere(place: Sandbox, chance: random.Random) -> Trial:
    """project.json says that the photos are somewhere else."""
    project(place)
    where = chance.choice(
        (
            str(place.home / "private"),
            str(place.elsewhere),
            "/",
            "/proc/self",
            "/dev",
            "../..",
            "~",
            "\0",
            "x" * 5000,
            str(place.home) + "/../home",
            "\ud800",
        )
    )
    place.put(f"{PROJECT}/project.json", json.dumps({"format": 1, "photos": where}))
    commands = [("read", f"{{in}}/{PROJECT}", "--keep", "--again"), ("@edit", f"{{in}}/{PROJECT}"), *some(chance, 2)]
    return Trial(
        "a project whose photos are elsewhere",
        [tuple(p.replace("{in}", f"{{in}}/{PROJECT}") if p == "{in}" else p for p in command) for command in commands],
    )


def photo_names(place: Sandbox, chance: random.Random) -> Trial:
    """Pages whose photos are called such as no file should be, or lead out."""
    project(place, 1)
    image = chance.choice(
        (
            "../elsewhere/photo.jpg",
            "/etc/passwd",
            "\ud800.png",
            "a\0b.png",
            "..",
            ".",
            "",
            "x/" * 5000 + "y",
            "n" * 300 + ".png",
            "\\\\server\\share\\x",
            "C:\\x.png",
            "sub/../../elsewhere/photo.jpg",
            "~/private/photo.png",
            *TEXTS[:24],
        )
    )
    page_id = f"{chance.getrandbits(128):032x}"
    put_page(place, image, page_id)
    return Trial("a page of a photo with an odd name", [chance.choice(EXPORTS), *some(chance, 2)])


def named_photos(place: Sandbox, chance: random.Random) -> Trial:
    """Photos with odd names that are there, and known."""
    for number, name in enumerate(chance.sample(NAMES, 3)):
        data = samples.photo("PNG", 200 - number)
        place.put(f"{name}.png", data)
        put_page(place, f"{name}.png", samples.content_id(data))
    return Trial("photos with odd names", [chance.choice(EXPORTS), *some(chance, 3)])


def page_ids(place: Sandbox, chance: random.Random) -> Trial:
    """Files of pages with odd names, and pages that say they are others."""
    first, *_ = project(place)
    page = _page_of(place, first)
    for name in chance.sample(
        (*NAMES, "0", "-", "_" * 100, "a" * 101, first.upper(), f"{first}.json", ".hidden", "x.tmp"), 4
    ):
        place.put(f"{PROJECT}/pages/{name}.json", json.dumps(page | {"id": name if chance.random() < 0.5 else first}))
    return Trial("files of pages with odd names", some(chance), lines=9)


def special_files(place: Sandbox, chance: random.Random) -> Trial:
    """A pipe, a folder or a huge sparse file in place of one of the program's."""
    first, *_ = project(place)
    name = chance.choice(
        (
            "project.json",
            "words.json",
            "lock",
            "history.jsonl",
            "second-readings.jsonl",
            "index.sqlite",
            "pages",
            f"pages/{first}.json",
        )
    )
    way = chance.choice(("pipe", "folder", "sparse"))
    if way == "pipe":
        place.pipe(f"{PROJECT}/{name}")
    elif way == "folder":
        place._free(f"{PROJECT}/{name}").mkdir()
        place.put(f"{PROJECT}/{name}/inside.json", b"{}")
    elif name != "pages":
        place.sparse(f"{PROJECT}/{name}", chance.choice((300_000_000, 2**33)), b'{"format": 1,\n')
    return Trial(f"a {way} called {name.replace(first, 'ID')}", [*some(chance, 3), ("@edit", "{in}")])


def many_words(place: Sandbox, chance: random.Random) -> Trial:
    """Words by the ten thousand, in rows, or all of them over each other."""
    count, spread = chance.choice(((50_000, 0.0), (50_000, 1.0), (200_000, 1.0), (200_001, 1.0), (20_000, 0.02)))
    return _crowd(place, chance, count, spread)


def crowd(place: Sandbox, chance: random.Random) -> Trial:
    """Some hundred words over each other."""
    return _crowd(place, chance, chance.choice((300, 1000)), chance.choice((0.0, 0.05, 1.0)))


def _crowd(place: Sandbox, chance: random.Random, count: int, spread: float) -> Trial:
    words = []
    for number in range(count):
        x, y = chance.random() * 150 * spread, chance.random() * 90 * spread
        quad = [[x, y], [x + 40, y + chance.random()], [x + 40, y + 20], [x, y + 20]]
        words.append(
            {"id": f"w{number}", "quad": quad, "quad_source": "model", "machine": {"text": "HELLO", "source": "model"}}
        )
    data = samples.photo("PNG")
    place.put("board1.png", data)
    put_page(place, "board1.png", samples.content_id(data), words)
    commands = [chance.choice(EXPORTS[:4]), chance.choice((*COMMANDS[5:7], COMMANDS[13], COMMANDS[14]))]
    return Trial(f"{count} words over {spread:.0%} of a photo", commands)


def deep(place: Sandbox, chance: random.Random) -> Trial:
    """Nested so deep that reading it takes all of the stack."""
    first, *_ = project(place)
    name = chance.choice((f"pages/{first}.json", "project.json", "words.json"))
    text = chance.choice((nested(200_000), '{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 1_000_000, nested(900)))
    if name == "words.json":
        text = f'{{"words": {text}}}'
    place.put(f"{PROJECT}/{name}", text)
    return Trial(f"a deeply nested {name.replace(first, 'ID')}", [*some(chance, 2), ("@edit", "{in}")])


def long_lists(place: Sandbox, chance: random.Random) -> Trial:
    """Orders, tags, alternatives and texts as long as they may be, and longer."""
    first, *_ = project(place)
    page = _page_of(place, first)
    way = chance.randrange(5)
    if way == 0:
        page["order"] = [["a1", "a2"] * 1000] * 50
    elif way == 1:
        page["tags"] = ["t" * 500] * chance.choice((1000, 1001))
    elif way == 2:
        page["words"][0]["machine"]["alternatives"] = [["x" * 1000, 0.5]] * chance.choice((100, 101))
    elif way == 3:
        page["words"][0]["machine"]["text"] = "word " * 100_000
    else:
        page["note"] = "n" * 1_000_001
    place.put(f"{PROJECT}/pages/{first}.json", json.dumps(page))
    return Trial("a page with long lists", some(chance))


def odd_boxes(place: Sandbox, chance: random.Random) -> Trial:
    """Boxes without width, turned inside out, far away, or crossing themselves."""
    quads = (
        [[10, 10]] * 4,
        [[10, 20], [10, 20], [10, 60], [10, 60]],
        [[60, 60], [10, 60], [10, 20], [60, 20]],
        [[-300, -300], [480, -300], [480, 480], [-300, 480]],
        [[0, 0], [160, 96], [160, 0], [0, 96]],
        [[1e-300, 0], [1, 0], [1, 1e-300], [0, 1]],
        [[0, 0], [160, 0], [160, 1e-9], [0, 1e-9]],
    )
    words = [samples.word(f"a{number}", "HELLO", human="HELLO", quad=quad) for number, quad in enumerate(quads)]
    project(place, 1, words=words)
    first = samples.content_id(samples.photo("PNG", 239))
    page = _page_of(place, first)
    page["board"]["corners"] = chance.choice(quads)
    page["width"], page["height"] = chance.choice(((160, 96), (1, 1), (1_000_000, 1_000_000), (96, 160)))
    place.put(f"{PROJECT}/pages/{first}.json", json.dumps(page))
    return Trial("a page with odd boxes", [EXPORTS[4], *some(chance, 2)], lines=9)


def newer(place: Sandbox, chance: random.Random) -> Trial:
    """What a newer version of the program would have written."""
    first, *_ = project(place)
    if chance.random() < 0.5:
        place.put(
            f"{PROJECT}/pages/{first}.json",
            json.dumps(_page_of(place, first) | {"format": chance.choice((3, 99, 2**31))}),
        )
    else:
        place.put(f"{PROJECT}/project.json", json.dumps({"format": chance.choice((2, 99, 2**70)), "photos": ".."}))
    return Trial("a project of a newer version", some(chance))


KIND: Final = Kind(
    "projects",
    [
        Attack(mutated_page),
        Attack(mutated_page_bytes),
        Attack(numbers),
        Attack(mutated_about),
        Attack(photos_elsewhere),
        Attack(photo_names),
        Attack(named_photos),
        Attack(page_ids),
        Attack(special_files),
        Attack(crowd),
        Attack(deep),
        Attack(long_lists),
        Attack(odd_boxes),
        Attack(newer),
        Attack(mutated_page),
        Attack(special_files),
        Attack(photo_names),
        Attack(many_words, heavy=True),
        Attack(untouched),
    ],
    share=2.0,
)
