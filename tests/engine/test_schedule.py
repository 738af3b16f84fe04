"""The learning rate climbs, then falls; weights in between are in between."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.engine import schedule


@pytest.mark.parametrize("steps", [1, 2, 7, 80])
def test_the_rate_climbs_to_its_highest_and_falls(steps: int) -> None:
    rates = [schedule.rate(step, steps, highest=0.01) for step in range(steps)]
    top = rates.index(max(rates))
    assert max(rates) == pytest.approx(0.01)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert min(rates) > 0 or steps == 1


def test_weights_in_between() -> None:
    old, new = [np.zeros((2, 3), np.float32)], [np.full((2, 3), 4, np.float32)]
    assert [schedule.averaged(old, new, share)[0][0, 0] for share in (0, 0.25, 1)] == [0, 1, 4]
    assert schedule.averaged(old, new, 0.3)[0].dtype == np.float32
