"""A program that is killed while somebody edits has lost no saved edit and damaged no file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks import kill, kill_window


@pytest.mark.skipif(sys.platform == "win32", reason="the session speaks through a pipe and is killed by a signal")
def test_killed_while_editing(tmp_path: Path) -> None:
    findings = kill.kill_many(tmp_path, kills=4, longest=2.5, seed=7)
    assert sum(found.edits for found in findings) > 0
    for found in findings:
        assert (found.damaged, found.unknown, found.lost_though_saved) == (0, 0, 0)
        # Every edit older than kill.PROMISE is there.
        assert found.lost == 0, f"the oldest edit that was lost was {found.oldest:.2f} s old"


@pytest.mark.skipif(sys.platform == "win32", reason="the window speaks through a pipe and is killed by a signal")
def test_killed_at_work_in_the_window(tmp_path: Path) -> None:
    run = kill_window.kill_many(tmp_path, kills=3, longest=2.5, seed=5)
    assert run.deeds["steps"] > 0
    assert not +run.found
