"""Processes that draw."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_studio.core import resources, translation
from ocr_studio.jobs.synth.workers import Crew
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


def test_children_write_figures_as_the_program_does(tmp_path: Path) -> None:
    translation.use(resources.translations(), "de", point=",")
    try:
        crew = Crew(made_synth.options(tmp_path), children=1)
        try:
            assert crew._pool is not None
            assert crew._pool.submit(translation.number, 1.5, 1).result() == "1,5"
        finally:
            crew.close()
    finally:
        translation.use_english()


CRASH = """
import os, signal, sys
from pathlib import Path
from ocr_studio.core.errors import StudioError
from ocr_studio.jobs.synth.workers import Crew
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


OWN_STDERR = """
import sys
from pathlib import Path
from ocr_studio.jobs.synth.workers import Crew
from tests import made_synth

class OnlyWrites:
    def write(self, text):
        return len(text)

    def flush(self):
        pass

sys.stderr = OnlyWrites()

if __name__ == "__main__":
    crew = Crew(made_synth.options(Path(sys.argv[1]), words=3), children=1)
    crew.source()
    print("drawn:", len(list(crew.draw([("word", [0])]))))
    crew.close()
"""


def run_as_script(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(script, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(folder / "script.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )


def test_a_script_may_have_something_of_its_own_for_standard_error(tmp_path: Path) -> None:
    assert run_as_script(OWN_STDERR, tmp_path).stdout == "drawn: 1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_script_is_told_what_a_child_was_at_as_it_died_of_a_fault(tmp_path: Path) -> None:
    done = run_as_script(CRASH, tmp_path)
    assert "ended unexpectedly" in done.stdout
    assert "Fatal Python error: Segmentation fault" in done.stderr
