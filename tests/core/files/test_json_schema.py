"""Decoded JSON becomes values, or the error says which value is wrong and what is expected."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import BadValue, Corners, Count, FiniteNumber, Share


@dataclass(frozen=True, slots=True)
class Inner:
    place: Corners[Annotated[float, Meta(ge=-1000, le=1000)]]
    sure: Share | None = None


@dataclass(frozen=True, slots=True)
class Outer:
    name: Annotated[str, Meta(min_length=1, max_length=5)]
    parts: Annotated[tuple[Inner, ...], Meta(max_length=2)] = ()
    count: Count = 0
    kind: Literal["a", "b"] = "a"
    folder: Path | None = None
    on: bool = True
    size: FiniteNumber = 1.0
    figure: int | float | None = None
    counts: dict[str, int] | None = None
    rest: Mapping[str, object] = field(default_factory=dict)


SQUARE = [[0, 0], [1, 0], [1, 1.5], [0, 1]]


def test_what_fits_becomes_a_value_and_unknown_keys_are_ignored() -> None:
    value = {
        "name": "x",
        "parts": [{"place": SQUARE, "sure": 1}],
        "folder": "/a",
        "figure": 3,
        "other": [None],
        "rest": {"a": [1]},
    }
    part = Inner(((0.0, 0.0), (1.0, 0.0), (1.0, 1.5), (0.0, 1.0)), 1.0)
    found = json_schema.convert(value, Outer)
    assert found == Outer("x", (part,), folder=Path("/a"), figure=3, rest={"a": [1]})
    assert isinstance(found.figure, int)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": 3}, "“name” must be text"),
        ({"name": ""}, "“name” must be non-empty text"),
        ({"name": "abcdef"}, "“name” must be text of at most 5 characters"),
        ({"parts": {}}, "“parts” must be a list"),
        ({"parts": [3]}, "“parts[0]” must be an object"),
        ({"parts": [{}]}, "“parts[0].place” is missing"),
        ({"parts": [{"place": SQUARE}] * 3}, "“parts” must be a list of at most 2 entries"),
        ({"parts": [{"place": SQUARE[:3]}]}, "“parts[0].place” must be a list of 4 entries"),
        ({"parts": [{"place": [*SQUARE[:3], [1]]}]}, "“parts[0].place[3]” must be a list of 2 entries"),
        ({"parts": [{"place": [*SQUARE[:3], [1, 1001]]}]}, "“parts[0].place[3][1]” must be a number of at most 1000"),
        ({"parts": [{"place": [*SQUARE[:3], [1, "1"]]}]}, "“parts[0].place[3][1]” must be a number"),
        ({"parts": [{"place": SQUARE, "sure": math.nan}]}, "“parts[0].sure” must be a number of at least 0"),
        ({"parts": [{"place": SQUARE, "sure": "x"}]}, "“parts[0].sure” must be a number"),
        ({"count": 1.5}, "“count” must be a whole number"),
        ({"count": True}, "“count” must be a whole number"),
        ({"count": -(10**19)}, "“count” must be a number of at least 0"),
        ({"kind": "c"}, "“kind” has an invalid value"),
        ({"kind": "\ud800"}, "it contains an invalid character"),
        ({"\ud800": 1}, "it contains an invalid character"),
        ({"folder": ""}, "“folder” must be a path"),
        ({"folder": "a\0b"}, "“folder” must be a path"),
        ({"folder": 3}, "“folder” must be a path"),
        ({"on": 1}, "“on” must be true or false"),
        ({"size": math.nan}, "“size” must be a number"),
        ({"figure": "3"}, "“figure” must be a number"),
        ({"counts": {"x": "y"}}, "“counts[...]” must be a whole number"),
    ],
)  # fmt: skip
def test_an_error_names_the_key_and_what_is_expected(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(BadValue) as error:
        json_schema.convert({"name": "x"} | changes, Outer)
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("value", "why"), [([], "it must be an object"), (None, "it must be an object"), ({}, "“name” is missing")]
)
def test_the_whole_value_may_be_wrong(value: object, why: str) -> None:
    with pytest.raises(BadValue) as error:
        json_schema.convert(value, Outer)
    assert str(error.value) == why


def test_bad_entries_are_left_out() -> None:
    assert json_schema.valid_entries(["a", 3, None, "b", ["c"]], str) == ["a", "b"]
    assert json_schema.valid_entries({"a": "b"}, str) == []
    assert json_schema.convert_or(-1, Count, None) is None


@dataclass(frozen=True, slots=True)
class Numbers:
    a: Annotated[int, Meta(ge=1, le=3)]
    b: Annotated[float, Meta(ge=0.5, le=2)] | None = None
    c: Count = 0
    f: Share = 1.0
    e: tuple[Share, ...] = ()
    d: Annotated[str, json_schema.one_of(("x+", "y"))] = "y"


def test_the_ranges_of_numbers_are_known() -> None:
    found = json_schema.ranges(Numbers)
    assert found == {"a": (1, 3), "b": (0.5, 2), "f": (0, 1)}
    assert [type(low) for low, _ in found.values()] == [int, float, float]


def test_a_text_may_be_one_of_a_few() -> None:
    assert json_schema.convert({"a": 1, "d": "x+"}, Numbers).d == "x+"
    for text in ("xx", "x+\n", "z", ""):
        with pytest.raises(BadValue, match=r"“d” must be one of x[+], y$"):
            json_schema.convert({"a": 1, "d": text}, Numbers)
