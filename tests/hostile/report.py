"""The table of what came of the inputs, and how each failure is made again."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tests.hostile.trial import OUTCOMES, Result

_MOST_DETAILS: Final = 8


def table(results: Sequence[Result], begun: float) -> Iterator[str]:
    """A row for each kind: how many inputs had which outcome, seconds of the processor, the most memory."""
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for each in results:
        by_kind[each.kind].append(each)
    heads = ("kind", "inputs", *OUTCOMES, "seconds", "longest", "peak MB")
    rows = [_row(name, some) for name, some in by_kind.items()]
    rows.append(_row("all", results))
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, *rows):
        cells = (
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells)
    yield f"{len(results)} inputs in {time.monotonic() - begun:.0f} s"


def _row(name: str, results: Sequence[Result]) -> tuple[str, ...]:
    counts = [sum(each.outcome == outcome for each in results) for outcome in OUTCOMES]
    seconds = [each.seconds for each in results] or [0.0]
    most = max((each.megabytes for each in results), default=0)
    return (name, str(len(results)), *map(str, counts), f"{sum(seconds):.0f}", f"{max(seconds):.1f}", str(most))


def failures(results: Sequence[Result], again: str) -> Iterator[str]:
    """Each failure with its reason. again: the arguments that make it again, "--only" left out."""
    for each in sorted(results, key=lambda result: (result.kind, result.number)):
        if not each.good:
            yield f"{each.outcome}: {each.what} ({each.seconds} s, {each.megabytes} MB)"
            yield f"    python -m tests.hostile {again} --only {each.kind}:{each.number}"
            for detail in each.details[:_MOST_DETAILS]:
                yield f"    {ascii(detail[:400])[1:-1]}"
            if len(each.details) > _MOST_DETAILS:
                yield f"    and {len(each.details) - _MOST_DETAILS} more"
