"""Amounts as people write and say them: counts, room on a disk, time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from ocr_studio.core import translation
from ocr_studio.core.translation import later, tr, tr_n

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_YEAR: Final = 365 * _DAY
# Below so many seconds a number would only flicker.
_SOON: Final = 5
_UNITS: Final = (later("kB"), later("MB"), later("GB"), later("TB"))
# Between thousands: English has a comma, which is a point or a blank elsewhere. A narrow one is understood by all.
_BLANK: Final = "\u202f"
# Of numbers beyond this, nobody reads the figures.
_MOST: Final = 10**15
_MOST_RANGES: Final = 10


def plain(value: float) -> str:
    """A number: 100000000000.0 -> “100,000,000,000”, 0.25 -> “0.25”, three places behind the point at most."""
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= _MOST:
        return tr("{number} or more", number=plain(math.copysign(_MOST - 1, value)))
    whole, point, rest = f"{value:,.3f}".partition(".")
    rest = rest.rstrip("0")
    if translation.language() != translation.ENGLISH:
        whole = whole.replace(",", _BLANK)
    return f"{whole}{translation.figure(point)}{rest}" if rest else whole


def counted(count: int, noun: str) -> str:
    """A number of things in English, as the command line prints it: “1 word”, “2 words”; ``noun`` is the singular."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def number_ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers, those that follow each other as a range: “1–3, 7”. The end of a long list is left out."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    said = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:_MOST_RANGES]]
    return ", ".join((*said, "…") if len(ranges) > _MOST_RANGES else said)


def percent(share: float, digits: int = 0) -> str:
    """A share with so many decimals: 0.123 -> “12%”; other languages have a space before the sign."""
    return tr("{number}%", number=translation.number(100 * share, digits))


def percent_suffix() -> str:
    """The percent sign as it follows a number, for a field with a number."""
    return tr("{number}%", number="")


def size(count: float) -> str:
    """So many bytes: “850 kB”, “3.4 GB”."""
    left, unit = max(1.0, count / 1024), 0
    while left >= 1000 and unit + 1 < len(_UNITS):
        left, unit = left / 1024, unit + 1
    return f"{plain(round(left, 1 if unit and left < 10 else 0))} {tr(_UNITS[unit])}"


def duration(seconds: float) -> str:
    """How long something takes, as people say it."""
    if seconds < _MINUTE:
        return tr_n("{count} second", "{count} seconds", max(5, round(seconds / 5) * 5))
    if seconds < 1.5 * _HOUR:
        return tr_n("{count} minute", "{count} minutes", round(seconds / _MINUTE))
    if seconds < 2 * _DAY:
        return tr_n("{count} hour", "{count} hours", round(seconds / _HOUR))
    if seconds < 2 * _YEAR:
        return tr_n("{count} day", "{count} days", round(seconds / _DAY))
    return tr("{count} years", count=plain(round(seconds / _YEAR)))


def shared(weights: Sequence[float], total: int) -> list[int]:
    """Whole numbers in proportion to some weights that add up to ``total``, by the largest remainder (Hamilton's
    method, https://en.wikipedia.org/wiki/Quota_method). All are 0 where all weights are."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    exact = [weight * total / whole for weight in weights]
    found = [math.floor(each + 1e-9) for each in exact]
    # Of equal remainders the larger share first, then the earlier one: the same for whoever asks.
    order = sorted(range(len(exact)), key=lambda at: (found[at] - exact[at], -exact[at], at))
    for at in order[: total - sum(found)]:
        found[at] += 1
    return found


def time_left(seconds: float) -> str:
    """How long something will take, as people say it."""
    if seconds < _SOON:
        return tr("almost done")
    if seconds < _MINUTE:
        return tr_n("about {count} second left", "about {count} seconds left", round(seconds / 5) * 5)
    if seconds < 1.5 * _HOUR:
        return tr_n("about {count} minute left", "about {count} minutes left", round(seconds / _MINUTE))
    hours = round(seconds / _HOUR, 1)
    return tr("about {hours} hours left", hours=translation.number(hours, 0 if hours.is_integer() else 1))
