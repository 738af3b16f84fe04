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


@pytest.mark.parametrize("sag", [0.0, 12.0, -20.0])
@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0])
def test_places_on_a_bent_line_are_found_again(sag: float, degrees: float) -> None:
    ribbon = np.array([(10, 20), (310, 20), (310, 60), (10, 60), (160, 20 + sag), (160, 60 + sag)], np.float64)
    angle = np.radians(degrees)
    ribbon = ribbon @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    shares = np.random.default_rng(0).uniform(0, 1, (20, 2))
    found = ribbons.find_on_ribbon(ribbon, ribbons.map_to_ribbon(ribbon, shares))
    np.testing.assert_allclose(found, shares, atol=0.01)
