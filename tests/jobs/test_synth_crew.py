"""Processes that draw."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
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


CRASH = """
import os, signal, sys
from pathlib import Path
from ocr_studio.core.errors import StudioError
from ocr_studio.jobs.synth_crew import Crew
from tests import made_synth

if __name__ == "__main__":
    crew = Crew(made_synth.options(Path(sys.argv[1]), words=3), children=1)
    crew.source()
    (child,) = crew._pool._processes
    os.kill(child, signal.SIGSEGV)
    try:
        list(crew.draw([("word", [0])]))
    except StudioError as error:
        print(error)
    crew.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_script_is_told_what_a_child_was_at_as_it_died_of_a_fault(tmp_path: Path) -> None:
    (tmp_path / "crash.py").write_text(CRASH, encoding="utf-8")
    checkout = Path(__file__).parents[2]
    command = [sys.executable, str(tmp_path / "crash.py"), str(tmp_path)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(checkout)},
    )
    assert "ended by itself" in done.stdout
    assert "Fatal Python error: Segmentation fault" in done.stderr
