"""How long work will take is estimated from what is measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.time_left import TimeLeft


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_is_estimated_from_measured_parts_without_the_first() -> None:
    left = TimeLeft(clock := Clock())
    assert left.update(0, 10) is None
    clock.now = 30.0  # networks were loaded
    assert left.update(1, 10) is None
    clock.now = 32.0
    assert left.update(2, 10) == pytest.approx(16.0)
    assert left.update(2.5, 10) == pytest.approx(15.0)


def test_the_time_left_follows_the_latest_speed() -> None:
    left = TimeLeft(clock := Clock())
    found = []
    for part in range(41):
        clock.now += 1.0 if part < 20 else 5.0  # the machine is busy from now on
        found.append(left.update(part, 100))
    assert found[19] == pytest.approx(81.0)
    assert found[40] == pytest.approx(300.0)
    clock.now += 600.0  # a part that takes long counts before it is finished
    assert (left.update(40, 100) or 0.0) > 3000
    assert left.update(0, 5) is None  # other work


@given(st.lists(st.floats(0.0, 100.0), min_size=2, max_size=60), st.integers(1, 5))
def test_the_time_left_of_even_parts_is_exact(pauses: list[float], seconds: int) -> None:
    """Whatever came before, ten even parts and a quarter of a minute later it is known."""
    left = TimeLeft(clock := Clock())
    for part, pause in enumerate(pauses):
        clock.now += pause
        left.update(part, 1000)
    for part in range(len(pauses), len(pauses) + 30):
        clock.now += seconds
        left.update(part, 1000)
    assert left.update(part, 1000) == pytest.approx(seconds * (1000 - part))
