"""Rows of the packed words are found by their texts, also those that came or went since they were put in order."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.search.index_arrays import GrowingTable
from ocr_studio.core.search.index_file import CHOICE

_TEXTS = 500


def _rows(rng: np.random.Generator, count: int) -> NDArray[np.void]:
    rows = np.zeros(count, CHOICE)
    rows["text"] = rng.integers(1, _TEXTS, count)
    return rows


@pytest.mark.parametrize("wanted", [1, 400], ids=["of few texts", "of most texts"])
def test_rows_are_found_by_their_texts(wanted: int) -> None:
    rng = np.random.default_rng(0)
    table = GrowingTable(np.empty(4, CHOICE))
    fits = np.zeros(_TEXTS, np.bool_)
    fits[rng.choice(np.arange(1, _TEXTS), wanted, replace=False)] = True

    def check() -> None:
        np.testing.assert_array_equal(table.of(fits), np.flatnonzero(fits[table.all["text"]]))

    check()
    # Few rows, so many that they are put in order, a few more behind those, and too many for that order.
    for count in (300, 20_000, 300, 20_000):
        table.add(_rows(rng, count))
        check()
        table.all["text"][rng.integers(0, table.length, count // 10)] = 0
        check()
    table.clear()
    check()
    table.add(_rows(rng, 20))
    check()
