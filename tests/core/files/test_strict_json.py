"""JSON of strangers: what would fill the memory, or break who works on with it, is refused in a few words."""

from __future__ import annotations

import contextlib
import json
import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.files import strict_json

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_VALUES)
def test_what_json_holds_comes_back(value: object) -> None:
    assert strict_json.load(json.dumps(value).encode()) == value
    assert strict_json.load(b"\xef\xbb\xbf" + json.dumps(value).encode()) == value


@given(st.binary() | st.text(alphabet='[]{}":,\\ 019eE+-.aNI').map(str.encode))
def test_no_bytes_do_worse_than_be_refused(data: bytes) -> None:
    with contextlib.suppress(strict_json.BadJson):
        strict_json.load(data)


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e999", "-1E+999", "0.5e400", "9" * 400 + ".5", "9" * 5000, "1" + "0" * 20],
)
def test_what_no_number_can_be_is_between_no_two_others(number: str) -> None:
    found = strict_json.load(f'{{"a": [{number}], "b": 1}}'.encode())
    assert isinstance(found, dict)
    assert math.isnan(found["a"][0])
    assert found["b"] == 1


@pytest.mark.parametrize("number", ["12345678901234567890", "-1e-999", "1e300", "0.12345678901234567890123456789"])
def test_numbers_that_can_be_are_as_they_stand(number: str) -> None:
    assert strict_json.load(number.encode()) == json.loads(number)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 65 + b"]" * 65,
        b"[" * 1_000_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'["]]]]]]]]", ' * 200 + b"1" + b"]" * 200,
        b'["\\"]]]]", ' * 200 + b"1" + b"]" * 200,
    ],
)
def test_what_is_nested_deeply_is_refused(data: bytes) -> None:
    with pytest.raises(strict_json.BadJson, match="more than 64 deep"):
        strict_json.load(data)


def test_brackets_in_texts_nest_nothing() -> None:
    texts = ["[" * 1000, '"[' * 1000, "\\" * 999 + "{"]
    assert strict_json.load(json.dumps([texts] * 5).encode()) == [texts] * 5


def test_more_values_than_fit_are_refused_before_they_are_made() -> None:
    data = b"[" + b"{}," * 1_000_000 + b"{}]"
    tracemalloc.start()
    try:
        with pytest.raises(strict_json.BadJson, match="more than 1000000 values"):
            strict_json.load(data, most_values=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


def test_what_is_not_utf8_says_so() -> None:
    with pytest.raises(strict_json.NotUtf8):
        strict_json.load(b'"\xff"')
