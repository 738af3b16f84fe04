"""Decoded JSON as values of our own classes: checked and converted by msgspec, with errors in plain words.

``strict_json`` decodes a file within limits; types say what it must hold, such as ``Annotated[int, Meta(ge=1)]``. Keys
that a class does not have are ignored. NaN, which stands for what no number can be, is in no range.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias, TypeVar, get_args, get_type_hints, overload

import msgspec
from msgspec import Meta

from ocr_studio.core.files.safe_folder import is_valid_path
from ocr_studio.core.translation import later, tr

_Value = TypeVar("_Value")
_Coordinate = TypeVar("_Coordinate")

_MOST: Final = sys.float_info.max

Count: TypeAlias = Annotated[int, Meta(ge=0)]
# Not NaN.
FiniteNumber: TypeAlias = Annotated[float, Meta(ge=-_MOST, le=_MOST)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
# Four corners [x, y] in pixels of the upright photo, clockwise from the text's own top left.
Corners: TypeAlias = tuple[
    tuple[_Coordinate, _Coordinate],
    tuple[_Coordinate, _Coordinate],
    tuple[_Coordinate, _Coordinate],
    tuple[_Coordinate, _Coordinate],
]

_EXPECTED: Final = re.compile(
    r"Expected `(?P<type>[^`]*)`"
    r"(?: of (?:at least )?length (?P<length>[<>]=)? ?(?P<count>\d+)| (?P<limit>[<>]=?) (?P<number>\S+))?(?:,|$)"
)
_ONE_OF: Final = re.compile(r"matching regex '\^\(\?:(.*)\)\\+Z'")
_MISSING: Final = re.compile(r"Object missing required field `(.*)`")
_TYPES: Final = {
    "int": later("a whole number"),
    "float": later("a number"),
    "str": later("text"),
    "bool": later("true or false"),
    "array": later("a list"),
    "object": later("an object"),
    "path": later("a path"),
}
_LENGTHS: Final = {
    ("str", "<="): later("text of at most {count} characters"),
    ("str", ">="): later("non-empty text"),
    ("array", "<="): later("a list of at most {count} entries"),
    ("object", "<="): later("an object of at most {count} entries"),
}


def one_of(names: Iterable[str]) -> Meta:
    """Say of a text that it is one of these."""
    return Meta(pattern=rf"^(?:{'|'.join(map(re.escape, names))})\Z")


def ranges(wanted: type) -> dict[str, tuple[float, float]]:
    """Return the least and the most of the numbers of a dataclass that have both, by the names of the fields.

    They are integers where the number is one.
    """
    return {
        name: (part.__origin__(limits.ge), part.__origin__(limits.le))
        for name, hint in get_type_hints(wanted, include_extras=True).items()
        for part in (get_args(hint) if type(None) in get_args(hint) else (hint,))
        for limits in getattr(part, "__metadata__", ())
        if limits.ge is not None and limits.le is not None
    }


class BadValue(ValueError):
    """A value is not what it must be; says in a few words which one, and what is expected."""


@overload
def convert(value: object, wanted: type[_Value]) -> _Value: ...
@overload
def convert(value: object, wanted: Any) -> Any: ...
def convert(value: object, wanted: Any) -> Any:
    """Check and convert a value.

    Args:
        value: What ``strict_json.load`` returned, or a part of it.
        wanted: A dataclass, or any other type that msgspec knows; a Path is a text that can be one.

    Raises:
        BadValue: It is not of this type.
    """
    try:
        return msgspec.convert(value, wanted, dec_hook=_other)
    except msgspec.ValidationError as error:
        raise BadValue(_reason(str(error))) from error
    except UnicodeEncodeError as error:  # a key, or a name out of a few, with half of a surrogate pair
        raise BadValue(tr("it contains an invalid character")) from error


def convert_or(value: object, wanted: Any, default: Any) -> Any:
    """Convert a value; a default takes the place of a bad one."""
    try:
        return convert(value, wanted)
    except BadValue:
        return default


def valid_entries(values: object, wanted: Any) -> list[Any]:
    """Convert the entries of a list and leave out the bad ones; what is no list has none."""
    bad = object()
    entries = values if isinstance(values, list) else []
    return [found for each in entries if (found := convert_or(each, wanted, bad)) is not bad]


def _other(wanted: type, value: object) -> object:
    if wanted is object:
        return value
    if wanted is Path and isinstance(value, str) and is_valid_path(value):
        return Path(value)
    raise ValueError("Expected `path`")


def _reason(message: str) -> str:
    """Put an error of msgspec, such as "Expected `int`, got `str` - at `$.words[3].width`", into plain words."""
    what, _, where = message.rpartition(" - at `$")
    what, key = (what, where.rstrip("`").lstrip(".")) if what else (message, "")
    if missing := _MISSING.fullmatch(what):
        return tr("“{key}” is missing", key=f"{key}.{missing[1]}".lstrip("."))
    if found := _EXPECTED.match(what):
        text = later("“{key}” must be {expected}") if key else later("it must be {expected}")
        return tr(text, key=key, expected=_expected(found))
    if known := _ONE_OF.search(what):
        names = re.sub(r"\\+(.)", r"\1", known[1]).replace("|", ", ")
        return tr("“{key}” must be {expected}", key=key, expected=tr("one of {names}", names=names))
    return tr("“{key}” has an invalid value", key=key) if key else tr("it has an invalid value")


def _expected(found: re.Match[str]) -> str:
    # That it may be null as well helps nobody; of a number of either kind it is enough that it is one.
    kinds = [kind for kind in found["type"].split(" | ") if kind != "null"]
    if kinds == ["int", "float"]:
        kinds = ["float"]
    if found["count"]:
        text = _LENGTHS.get((kinds[0], found["length"]), later("a list of {count} entries"))
        return tr(text, count=found["count"])
    if found["number"] and abs(float(found["number"])) < _MOST:
        text = (
            later("a number of at least {number}") if ">" in found["limit"] else later("a number of at most {number}")
        )
        return tr(text, number=found["number"].removesuffix(".0"))
    return " / ".join(tr(_TYPES.get(kind, kind)) for kind in kinds)
