"""Checks of arguments from scripts. Errors say what was expected and what was given.

A wrong type raises TypeError, a wrong value ValueError; a StudioError is about files, models and images.
"""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_studio.core.language.languages import LANGUAGES

Box: TypeAlias = NDArray[np.float32]
Line: TypeAlias = list[tuple[Box, str]]

_MAX_SHOWN: Final = 60  # characters of a value that are shown in messages
_SAMPLE_LENGTHS: Final = {2, 3}
_FORMAT: Final = "four corners (x, y) each, in pixels: (N, 4, 2)"


def describe(value: object) -> str:
    """Describe a value in a few words, for an error message."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"an array of {value.dtype} and of shape {tuple(value.shape)}"
    if type(value).__repr__ is object.__repr__:
        return f"a {type(value).__name__}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"


# ------------------------------------------------------------------------------------------------- numbers and names


def check_number(name: str, value: Any, *, least: float = -math.inf, most: float = math.inf) -> float:
    """Check a number from ``least`` to ``most``. Raises TypeError and ValueError."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {describe(value)}")
    if not least <= float(value) <= most:
        bounds = f"at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
        raise ValueError(f"{name} must be {bounds}, not {value}")
    return float(value)


def check_integer(name: str, value: Any, *, least: int = 1) -> int:
    """Check an integer, at least ``least``. Raises TypeError and ValueError."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, not {describe(value)}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    return int(value)


def check_integers(name: str, value: Any) -> tuple[int, ...]:
    """Check a list of integers. Raises TypeError and ValueError."""
    return tuple(check_integer(f"each number of {name}", each, least=0) for each in check_iterable(name, value))


def check_choice(name: str, value: Any, known: Iterable[str]) -> str:
    """Check one of several allowed words. Raises ValueError."""
    words = [str(each) for each in known]
    if value not in words:
        choices = ", ".join(f"“{word}”" for word in words)
        raise ValueError(f"{name} must be one of {choices}, not {describe(value)}{_suggest(value, words)}")
    return str(value)


def check_strings(name: str, value: Any) -> tuple[str, ...]:
    """Check a list of strings; a single string is a list of one. Raises TypeError."""
    some = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (value,)
    if not all(isinstance(each, str) for each in some):
        raise TypeError(f"{name} must be a list of strings, not {describe(value)}")
    return some


def check_languages(value: Any) -> tuple[str, ...]:
    """Check a list of languages. Raises TypeError and ValueError."""
    return tuple(check_choice("languages", each, LANGUAGES) for each in check_strings("languages", value))


def check_options(name: str, value: Any) -> dict[str, Any]:
    """Check a dict of arguments; None is an empty one. Raises TypeError."""
    if not isinstance(value, Mapping | None):
        raise TypeError(f"{name} must be a dict of arguments by name, not {describe(value)}")
    return dict(value or {})


def check_names(taker: str, value: Collection[str], known: Iterable[str]) -> None:
    """Raise TypeError for an unknown name."""
    names = sorted(known)
    if strange := sorted(name for name in value if name not in names):
        guess = _suggest(strange[0], names)
        unknown = f"{taker} has no argument {', '.join(strange)}{guess}"
        raise TypeError(f"{unknown}; it takes {', '.join(names) or 'none'}")


def _suggest(value: object, known: list[str]) -> str:
    near = difflib.get_close_matches(str(value), known, 1)
    return f" (did you mean “{near[0]}”?)" if near else ""


# ------------------------------------------------------------------------------------------------------------- lists


def check_images(taker: str, value: Any, things: str = "photos") -> Iterable[Any]:
    """Check a list of images. Raises TypeError for a single one."""
    alone = isinstance(value, str | bytes | Path | Image.Image) or hasattr(value, "read")
    if alone or getattr(value, "ndim", None) in {2, 3}:
        raise TypeError(f"{taker} takes a list of {things}: [{things.removesuffix('s')}]")
    return check_iterable(f"the argument of {taker}", value)


def check_iterable(name: str, value: Any) -> Iterable[Any]:
    """Check something iterable, other than a string. Raises TypeError."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list or a generator, not {describe(value)}")
    return value


def iter_batches(generator: Any, size: Any, second: str) -> Iterator[list[tuple[Any, ...]]]:
    """Group the samples of a generator into batches; an incomplete last batch is dropped.

    Args:
        generator: Yields (image, second) or (image, second, weight).
        size: Samples in a batch.
        second: What the second value is, for error messages.

    Raises:
        TypeError: A sample has the wrong form.
        ValueError: There are too few samples for one batch, or only some of them have a weight.
    """
    size, samples = check_integer("batch_size", size), iter(check_iterable("image_generator", generator))
    return _batches(samples, size, second)


def _batches(samples: Iterator[Any], size: int, second: str) -> Iterator[list[tuple[Any, ...]]]:
    for count in itertools.count():
        batch = [_check_sample(sample, second) for sample in itertools.islice(samples, size)]
        if len(batch) < size:
            if not count:
                raise ValueError(f"the generator ended after {len(batch)} of the {size} samples of a batch")
            return
        if len({len(sample) for sample in batch}) > 1:
            raise ValueError("either all samples of a batch must have a weight, or none")
        yield batch


def batch_weights(batch: list[tuple[Any, ...]]) -> tuple[NDArray[np.float32]] | tuple[()]:
    """Return the weights of a batch, (B,), in a tuple; empty without weights. Raises TypeError and ValueError."""
    if len(batch[0]) < max(_SAMPLE_LENGTHS):
        return ()
    return (np.array([check_number("a weight", sample[-1], least=0) for sample in batch], np.float32),)


def _check_sample(sample: Any, second: str) -> tuple[Any, ...]:
    if not isinstance(sample, tuple | list) or len(sample) not in _SAMPLE_LENGTHS:
        raise TypeError(
            f"the generator must yield (image, {second}) or (image, {second}, weight), not {describe(sample)}"
        )
    return tuple(sample)


# ------------------------------------------------------------------------------------------------------------- boxes


def check_boxes(value: Any, name: str = "boxes") -> NDArray[np.float32]:
    """Check boxes and return them as (N, 4, 2). Raises ValueError."""
    try:
        array = np.asarray(value, np.float32)
    except (TypeError, ValueError):
        array = np.zeros(1, np.float32)
    if not array.size:
        return np.zeros((0, 4, 2), np.float32)
    if array.ndim not in {2, 3} or array.shape[-2:] != (4, 2):
        raise ValueError(f"{name} must have {_FORMAT}, not {describe(value)}{_format_hint(value)}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must have {_FORMAT}; some numbers are NaN or infinite")
    return array.reshape(-1, 4, 2)


def check_box(value: Any, name: str = "a box") -> Box:
    """Check a box and return it as (4, 2). Raises ValueError."""
    found = check_boxes(value, name)
    if len(found) != 1:
        raise ValueError(f"{name} must have four corners (x, y), in pixels: (4, 2), not {describe(value)}")
    return np.asarray(found[0], np.float32)


def check_predictions(value: Any) -> list[tuple[str, Box]]:
    """Check (text, box) pairs. Raises ValueError."""
    return [_check_prediction(each) for each in _check_list(value, "predictions", "(text, box) pairs")]


def check_lines(value: Any) -> list[Line]:
    """Check lines of (box, character) pairs. Raises ValueError."""
    return [check_line(each) for each in _check_list(value, "lines", "lists of (box, character) pairs")]


def check_line(value: Any) -> Line:
    """Check a line of (box, character) pairs. Raises ValueError."""
    return [_check_character(each) for each in _check_list(value, "a line", "(box, character) pairs")]


def _check_list(value: Any, name: str, of: str) -> list[Any]:
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"{name} must be a list of {of}, not {describe(value)}")
    return list(value)


def _check_prediction(pair: Any) -> tuple[str, Box]:
    if isinstance(pair, list) and all(isinstance(each, tuple) for each in pair):
        raise ValueError("these are predictions for several images; use those for one, predictions[0]")
    if not isinstance(pair, tuple | list) or len(pair) != 2 or not isinstance(pair[0], str):
        raise ValueError(f"predictions must be (text, box) pairs, not {describe(pair)}")
    return pair[0], check_box(pair[1], f"the box of {describe(pair[0])}")


def _check_character(pair: Any) -> tuple[Box, str]:
    if not isinstance(pair, tuple | list) or len(pair) != 2 or not isinstance(pair[1], str) or not pair[1]:
        raise ValueError(f"a line must be a list of (box, character) pairs, not {describe(pair)}")
    return check_box(pair[0], f"the box of {describe(pair[1])}"), pair[1]


def _format_hint(value: Any) -> str:
    """Return a hint if boxes are in another format."""
    first = next(iter(value), None) if isinstance(value, Iterable) else None
    pairs = isinstance(first, tuple) and len(first) == 2
    return ' (for (text, box) pairs, use boxes_format="predictions")' if pairs else ""
