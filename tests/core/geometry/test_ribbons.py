"""Ribbons around lines of writing."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons


def test_upright_boxes_along_a_slope_are_a_sloping_line() -> None:
    boxes = np.array([[(x, y), (x + 70, y), (x + 70, y + 30), (x, y + 30)] for x, y in zip(
        range(0, 500, 90), range(0, 120, 20), strict=True
    )])  # fmt: skip
    ribbon = ribbons.fit_ribbon(boxes)
    x, y = geometry.find_directions(ribbon[None, :4])[0]
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(np.degrees(np.arctan(20 / 90)), abs=1)
    assert geometry.measure_sizes(ribbon[None, :4])[0, 1] < 30  # not as high as their boxes, let alone all of them
