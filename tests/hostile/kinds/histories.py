"""history.jsonl and second-readings.jsonl: what was done, and what another model read."""

from __future__ import annotations

import json
import random
from typing import Any, Final

from tests.hostile import samples
from tests.hostile.kinds.projects import PROJECT, project
from tests.hostile.mutations import NUMBERS, TEXTS, broken_bytes, broken_json, nested
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial

_COMMANDS: Final[tuple[Command, ...]] = (("@edit", "{in}"), ("@open", "{in}"), ("read", "{in}", "--keep", "--again"))
_HISTORY, _SECOND = f"{PROJECT}/history.jsonl", f"{PROJECT}/second-readings.jsonl"


def _trial(what: str, chance: random.Random) -> Trial:
    return Trial(what, chance.sample(_COMMANDS, 2))


def mutated(place: Sandbox, chance: random.Random) -> Trial:
    first, *_ = project(place)
    lines = [samples.history_line("HELLO", first), b'{"join": true}\n', b'{"go": -1}\n', b'{"drop": true}\n']
    number = chance.randrange(len(lines))
    lines[number] = broken_json(json.loads(lines[number]), chance).replace(b"\n", b" ") + b"\n"
    chance.shuffle(lines)
    place.put(_HISTORY, b"".join(lines * chance.choice((1, 1, 200))))
    return _trial("a mutated history", chance)


def broken(place: Sandbox, chance: random.Random) -> Trial:
    project(place)
    name = chance.choice((_HISTORY, _SECOND))
    path = place.stranger / name
    path.write_bytes(broken_bytes(path.read_bytes() * 20, chance))
    return _trial(f"{path.name} with broken bytes", chance)


def leading_out(place: Sandbox, chance: random.Random) -> Trial:
    """A line that says that pages are saved in files that lead out: putting them in their places would move those."""
    first, *_ = project(place)
    file = chance.choice(
        (
            "../../../home/.bashrc",
            "../../../home/private/page.json",
            str(place.home / "private" / "page.json"),
            "../project.json",
            f"{first}.json",
            "../words.json",
            ".0123456789abcdef.tmp",
            "\ud800",
            "a\0b",
            "",
            ".",
            "..",
            "x" * 5000,
            "../../board1.png",
        )
    )
    page_id = chance.choice((first, "../../../home/new", "..", "", "a/b", "\ud800", "x" * 500, samples.PAGE_ID))
    line = json.dumps({"saved": {page_id: file}, "did": [json.loads(samples.history_line("HELLO", first))]})
    place.put(_HISTORY, line + "\n")
    if file.endswith(".tmp"):
        path = f"{PROJECT}/pages/{file}"
        if chance.random() < 0.5:
            place.link(path, place.home / "private" / "page.json")
        else:
            place.put(path, b"{}")
    return _trial("a history of pages saved elsewhere", chance)


def numbers(place: Sandbox, chance: random.Random) -> Trial:
    first, *_ = project(place)
    steps = samples.history_line("HELLO", first) * 3
    place.put(_HISTORY, steps + f'{{"go": {chance.choice(NUMBERS)}}}\n'.encode() + b'{"join": 1}\n{"go": -1}\n')
    number = chance.choice(NUMBERS)
    place.put(_SECOND, f'{{"page": "{first}", "words": {{"a1": ["HELLO", {number}, "b", {number}]}}}}\n')
    return _trial("a history with extreme numbers", chance)


def nested_lines(place: Sandbox, chance: random.Random) -> Trial:
    project(place)
    text = chance.choice(
        (
            nested(100_000),
            "[" * 500_000,
            '{"did":' * 50_000 + "[]" + "}" * 50_000,
            '{"did": [' + "{}," * 100_000 + "{}]}",
        )
    )
    place.put(chance.choice((_HISTORY, _SECOND)), text + "\n")
    return _trial("a deeply nested history", chance)


def odd_texts(place: Sandbox, chance: random.Random) -> Trial:
    first, *_ = project(place)
    text = chance.choice(TEXTS)
    place.put(
        _HISTORY,
        json.dumps(
            {
                "do": {
                    "name": text,
                    "key": chance.choice((text, [text, "{count}"], "{a:>99999999999}", "{a.b[c]}", {})),
                    "args": chance.choice(({"a": text, "count": 1}, {"a": chance.choice(NUMBERS)}, text)),
                    "pages": {first: {"words": {text: [None, samples.word("a1", text)]}}},
                    "series": text,
                }
            }
        )
        + "\n",
    )
    place.put(_SECOND, json.dumps({"page": first, "words": {text: [text, 0.5, text, None]}}) + "\n")
    return _trial("a history with odd texts", chance)


def mutated_second(place: Sandbox, chance: random.Random) -> Trial:
    first, *_ = project(place)
    value: Any = json.loads(samples.second_reading_line("HALLO", first))
    place.put(_SECOND, broken_json(value, chance).replace(b"\n", b" ") + b"\n")
    return _trial("mutated second readings", chance)


def long(place: Sandbox, chance: random.Random) -> Trial:
    """So long that it is shortened, or not read at all."""
    first, *_ = project(place)
    line = samples.history_line("HELLO", first)
    way = chance.randrange(4)
    if way == 0:
        place.put(_HISTORY, line * (6 * 2**20 // len(line)))
    elif way == 1:
        place.sparse(_HISTORY, chance.choice((200 << 20, 300 << 20)), line)
    elif way == 2:
        place.put(_HISTORY, (line + b'{"join": true}\n') * 5000)
    else:
        place.put(_SECOND, samples.second_reading_line("HALLO", first) * 20_000)
    return _trial("a very long history", chance)


KIND: Final = Kind(
    "histories",
    [
        Attack(mutated),
        Attack(broken),
        Attack(leading_out),
        Attack(numbers),
        Attack(nested_lines),
        Attack(odd_texts),
        Attack(mutated_second),
        Attack(leading_out),
        Attack(long, heavy=True),
    ],
    share=0.8,
    quick=2,
)
