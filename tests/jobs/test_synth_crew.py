"""Processes that draw."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from ocr_studio.jobs.synth_crew import Crew
from tests import made_synth


def test_pressing_ctrl_c_again_does_not_keep_children_from_being_told_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def interrupted(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)
        told.append("to end")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.shutdown", interrupted)
    before = signal.getsignal(signal.SIGINT)
    Crew(made_synth.options(tmp_path), children=1).close()
    assert told == ["to end"]
    assert signal.getsignal(signal.SIGINT) is before
