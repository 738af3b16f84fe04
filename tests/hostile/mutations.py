"""Ways to break what is valid: bytes, JSON values, texts and names."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any, Final

MARK: Final = "x-hostile"
TEXTS: Final = (
    f"<{MARK} onclick=alert(1)>",
    f"</td></table><{MARK}>",
    f'"><img src=x onerror={MARK}>',
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "@SUM(A1)",
    "\t=1+1",
    "'=1+1",
    "$(touch ~/PWNED)",
    "`touch ~/PWNED`",
    "; rm -rf ~ #",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egpj.exe\u202c",
    "\u2066abc\u2069\u200f",
    "a\u0000b",
    "\ud800",
    "x\udfff\udcff",
    "line\nbreak\rand\u2028more\u2029",
    "\u0301" * 400 + "z",
    "á" * 50_000,
    "[x](javascript:alert(1))",
    "![x](file:///etc/passwd)",
    "```\n# heading\n| a | b |",
    "{0.__class__.__mro__} %s %n %(x)s",
    "../../../../home/.bashrc",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f9d1\u200d\U0001f3eb" * 200,
    "\ufdfa" * 300,
    "\ufeff",
    "\u115f\u3164\uffa0",
    "İıſK" * 30,
    "０１２",
    "",
    " " * 1000,
)
# Names of files that a file system takes, as bytes that need be no text.
NAMES: Final = (
    "line\nbreak",
    "esc\x1b[2J\x1b]0;owned\x07",
    "\u202egpj.turned",
    "bytes \udcff\udcfe",
    "-out",
    "--format=csv",
    "$(touch PWNED)",
    "=1+1",
    f"<{MARK}>",
    "n" * 240,
    "CON",
    "aux.",
    "a b\tc",
    "back\\slash",
    "caf\u00e9",
    "cafe\u0301",
    "\u2028sep",
    "~",
    "%s%n{0}",
    "'quote\"",
)
NUMBERS: Final = (
    "1" * 4000,  # more than a float has room for, fewer than Python refuses
    "1" * 400,
    "1" * 5000,
    "-" + "9" * 5000,
    "1e999999",
    "-1e999999",
    "1." + "0" * 5000 + "1",
    "NaN",
    "Infinity",
    "-Infinity",
    "-1",
    "0",
    "1e308",
    "4294967296",
    "9223372036854775808",
    "18446744073709551616",
    "5e-324",
    "true",
)
_VALUES: Final = ("null", "true", "[]", "{}", '""', "[[]]", '{"a": 1}', "[null]", '[1, "2", {}]', '"\\ud800"', "0.5")


def broken_bytes(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some flipped, cut, doubled, moved or replaced."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not made:
            break
        at = chance.randrange(len(made))
        length = min(len(made) - at, chance.choice((1, 2, 4, 8, 64, 1024)))
        way = chance.randrange(8)
        if way == 0:
            made[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            made[at : at + length] = chance.randbytes(length)
        elif way == 2:
            made[at : at + length] = (b"\xff" if chance.random() < 0.5 else b"\0") * length
        elif way == 3:
            del made[at:]
        elif way == 4:
            del made[at : at + length]
        elif way == 5:
            made[at:at] = made[at : at + length] * chance.choice((1, 2, 50))
        elif way == 6:
            made[at : at + 4] = chance.choice((b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", b"\0\0\0\x80", b"\0\0\0\1"))
        else:
            other = chance.randrange(len(made))
            made[at : at + length] = made[other : other + length]
    return bytes(made)


def broken_json(value: Any, chance: random.Random) -> bytes:
    """A JSON value with one to three of its parts replaced, left out, doubled or nested, as bytes that may be no JSON.

    Numbers are written as they stand, so there may be such as Python's own encoder never writes.
    """
    made = copy.deepcopy(value)
    literals: list[str] = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        made = _broken_once(made, chance, literals)
    text = json.dumps(made)
    for number, literal in enumerate(literals):
        text = text.replace(f'"@@{number}@@"', literal, 1)
    return text.encode("utf-8", "surrogatepass")


def _broken_once(value: Any, chance: random.Random, literals: list[str]) -> Any:
    places = list(_places(value))
    if not places:
        return _other(value, chance, literals)
    holder, key = chance.choice(places)
    way = chance.randrange(8)
    if way == 0 and isinstance(holder, dict):
        del holder[key]
    elif way == 1 and isinstance(holder, list):
        holder.insert(0, copy.deepcopy(holder[key]))
    elif way == 2 and isinstance(holder, dict):
        holder[chance.choice(TEXTS)[:60]] = holder.pop(key)
    else:
        holder[key] = _other(holder[key], chance, literals)
    return value


def _other(value: Any, chance: random.Random, literals: list[str]) -> Any:
    """What stands in place of a value: most often something of its kind that is extreme."""
    if isinstance(value, str) and chance.random() < 0.7:
        return chance.choice(TEXTS)
    if isinstance(value, int | float) and chance.random() < 0.7:
        literal = chance.choice(NUMBERS)
    elif chance.random() < 0.1:
        literal = "[" * 100_000 + "]" * 100_000
    elif isinstance(value, list) and value and chance.random() < 0.3:
        return value * chance.choice((2, 100, 1000))
    else:
        literal = chance.choice(_VALUES + NUMBERS)
    literals.append(literal)
    return f"@@{len(literals) - 1}@@"


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value that can hold something else."""
    if isinstance(value, dict):
        for key in list(value):
            yield value, key
            yield from _places(value[key])
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value, index
            yield from _places(value[index])


def nested(depth: int, inside: str = "1") -> str:
    """JSON nested so deep."""
    return "[" * depth + inside + "]" * depth
