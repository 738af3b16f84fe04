"""What is copied to who mends the program, and the logs it is taken from."""

from __future__ import annotations

import getpass
import logging
import subprocess
import sys
from pathlib import Path

import pytest

import ocr_studio
from ocr_studio.core import logs, paths
from ocr_studio.core.help import bug_report
from ocr_studio.core.state_file import RecentChoices


@pytest.mark.usefixtures("caplog")  # what is logged here is meant
def test_it_says_what_is_needed_and_not_whose_computer_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/anna"))
    monkeypatch.setattr(getpass, "getuser", lambda: "anna")
    with logs.in_log_file():
        for number in range(60):
            logging.getLogger("ocr_studio.test").error("line %d of /home/anna/boards/a.png", number)
    report = bug_report.make('File "/home/anna/x.py", line 3\nFile "/mnt/anna/y.py"\nKeyError: 7\n')
    assert f"OCR Studio {ocr_studio.__version__}" in report
    for part in (
        "Python 3",
        "PySide6-Essentials 6",
        "tensorflow 2",
        "KeyError: 7",
        "line 59 of ~/boards",
        "line 20 of",
    ):
        assert part in report, part
    assert "line 19 of" not in report
    assert "anna" not in report


def test_without_a_log_it_says_the_rest() -> None:
    assert bug_report.make("KeyError: 7").endswith("The last lines of the log:")


@pytest.mark.usefixtures("caplog")
def test_logs_are_kept_small_and_few() -> None:
    with logs.in_log_file():
        for _ in range(50):
            logging.getLogger("ocr_studio.test").error("x" * 100_000)
    files = sorted(paths.log_dir().iterdir())
    assert len(files) == 3
    assert all(file.stat().st_size <= 1_000_000 for file in files)


def _die(home: Path) -> None:
    code = (
        "import faulthandler, os, sys\nfrom ocr_studio.core import logs\n"
        "with logs.libraries_silenced():\n"
        "    os.write(2, b'said by a library\\n')\n"
        "    print('said to the person', file=sys.stderr)\n"
        "    if len(sys.argv) > 1: os.write(2, b'x' * 1_500_000); logs.limit_native(); os.write(2, b'after')\n"
        "    os.abort()"
    )
    for arguments in ([], ["much"], []):
        command = [sys.executable, "-c", code, *arguments]
        told = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2])
        assert told.stderr == "said to the person\n"


def test_what_libraries_and_faults_write_stays_for_a_while_and_is_limited(studio_home: Path) -> None:
    _die(studio_home)
    newest, middle, oldest = (paths.log_dir() / name for name in ("native.log", "native.log.1", "native.log.2"))
    for file in (newest, oldest):
        assert file.read_text().startswith("said by a library\n")
        assert "Fatal Python error: Aborted" in file.read_text()
    assert middle.read_text().startswith("after")
    _die(studio_home)
    assert sorted(file.name for file in paths.log_dir().glob("native*")) == [newest.name, middle.name, oldest.name]


def test_what_was_chosen_last_is_first(tmp_path: Path) -> None:
    kept = RecentChoices(tmp_path / "state" / "p.json")
    for name in ("a", "b", "a"):
        kept.add(name)
    assert RecentChoices(tmp_path / "state" / "p.json").ages() == {"a": 0, "b": 1}
    for number in range(80):
        kept.add(str(number))
    assert len(kept.ages()) == 50
