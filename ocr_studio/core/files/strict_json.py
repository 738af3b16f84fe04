"""JSON that may come from a stranger: refused where it would fill the memory, or break who works on with it.

What is given back is nested no deeper than ``MAX_DEPTH``, and its numbers are finite, or NaN in place of what no number
can be (Infinity, 1e999, five thousand digits): being between no two others, it passes no check of a range, so that only
what it stands in is refused and not the whole file. Of two equal keys in an object the last one counts. Texts are as
the file has them, halves of surrogate pairs included: a file name may hold them.
"""

from __future__ import annotations

import json
import math
import re
from typing import Final

import numpy as np

from ocr_studio.core.translation import tr

# What this program writes is at most eight deep.
MAX_DEPTH: Final = 64
# Lists, objects and commas. A page of 50,000 words with alternatives and the places of its letters has 2,500,000; as
# empty objects so many fill about one GB.
MAX_VALUES: Final = 8_000_000
MAX_DIGITS: Final = 20

_DEEPER: Final = np.zeros(256, np.int8)
_DEEPER[list(b"[{")], _DEEPER[list(b"]}")] = 1, -1
_SHAPE: Final = bytes.maketrans(b"123456789E", b"000000000e")
_ODD: Final = (b"0" * (MAX_DIGITS + 1), b"0e000", b"0e+000")
_NOT_STRUCTURE: Final = bytes(set(range(256)) - set(b"[]{}"))
_ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)


class BadJson(ValueError):
    """The bytes are no JSON, or more than anybody should have to read; says why in a few words."""


class NotUtf8(BadJson):
    """The bytes are no UTF-8 text."""


def load(data: bytes, *, most_values: int = MAX_VALUES) -> object:
    """Decode JSON.

    Args:
        data: UTF-8, with or without a byte order mark.
        most_values: how many lists, objects and commas there may be, those within texts counted too.

    Returns:
        Dicts, lists, strings, ints of at most 20 digits, floats that are finite or NaN, bools and None.

    Raises:
        BadJson: for everything else, and for nothing else.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8("it is not UTF-8") from error
    opened = data.count(b"[") + data.count(b"{")
    if opened + data.count(b",") > most_values:
        raise BadJson(f"it has more than {most_values} values")
    if opened > MAX_DEPTH and _depth(data) > MAX_DEPTH:
        raise BadJson(f"its lists and objects are more than {MAX_DEPTH} deep")
    try:
        found: object = (_CAREFUL if _may_have_odd_numbers(data) else _QUICK).decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(tr("see line {line}, column {column}", line=error.lineno, column=error.colno)) from error
    except (ValueError, RecursionError) as error:
        raise BadJson(str(error)) from error
    return found


def _depth(data: bytes) -> int:
    """How deep lists and objects are nested, where it is JSON at all."""
    structure = _outside_texts(data).translate(None, _NOT_STRUCTURE)
    return int(np.cumsum(_DEEPER[np.frombuffer(structure, np.uint8)], dtype=np.int32).max(initial=0))


def _outside_texts(data: bytes) -> bytes:
    """JSON without its texts and keys."""
    if b"\\" in data:
        data = _ESCAPED.sub(b"", data)
    return b"".join(data.split(b'"')[::2])


def _may_have_odd_numbers(data: bytes) -> bool:
    """Whether any number may have more than 20 digits or be too large for a float."""
    shape = data.translate(_SHAPE)
    if not any(odd in shape for odd in _ODD):
        return False
    # It may have been in a text: many a photo's hash looks like a number.
    shape = _outside_texts(data).translate(_SHAPE)
    return any(odd in shape for odd in _ODD)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else math.nan


def _finite(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else math.nan


# Asking for each number takes as long as all the rest: only where one may be odd.
_QUICK: Final = json.JSONDecoder(parse_constant=lambda _: math.nan)
_CAREFUL: Final = json.JSONDecoder(parse_int=_whole, parse_float=_finite, parse_constant=lambda _: math.nan)
