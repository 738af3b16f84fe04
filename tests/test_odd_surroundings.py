"""Odd surroundings are answered with one line: no screen, closed streams, no current folder, other locales, limits."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo

from ocr_studio.cli import main as cli
from ocr_studio.core import logs, paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, Quad, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.ui.app import screen

pytestmark = pytest.mark.skipif(os.name != "posix", reason="what a shell of this system can do to a program")

VARIABLES_OF_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XAUTHORITY")


def shell(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in a folder, in which $S starts the program, without a screen or other odd variables."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES_OF_SCREENS}
    given = ["bash", "-c", command.replace("$S", f'"{sys.executable}" -m ocr_studio')]
    environment = kept | {"PYTHONPATH": os.pathsep.join(sys.path)} | variables
    return subprocess.run(
        given, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False, timeout=120
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a photo whose name is not ASCII, read."""
    project = Project.open(tmp_path)
    word = Word("one", Quad.from_box(1, 2, 30, 12), human=Transcription.by_human("Ω=1"))
    project.save_page(Page("0" * 32, "доска.jpg", 96, 64, {"one": word}))
    project.unlock()
    return tmp_path


# ------------------------------------------------------------------------------------------------------------ screens

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have one kind of screen, and other limits")
CONNECT = "import sys; from ocr_studio.ui.app import screen; screen.choose(needed=True); screen.connect(sys.argv)"


@linux
def test_a_screen_that_cannot_be_opened_is_a_line_and_no_abort(tmp_path: Path) -> None:
    done = shell("$S", tmp_path, DISPLAY=":77")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("ocr-studio: can’t open a window (DISPLAY is “:77”). Log in to a desktop or with ssh -X, ")


@linux
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"QT_QPA_PLATFORM": "nonsense"}, "Qt has no plugin for the platform “nonsense”. Check QT_QPA_PLATFORM"),
        (
            {"QT_QPA_PLATFORM": "linuxfb:fb=/none"},
            "can’t open a window (QT_QPA_PLATFORM is “linuxfb:fb=/none”). Unset QT_Q",
        ),
        (
            {"WAYLAND_DISPLAY": "none", "DISPLAY": ":\x1b77"},
            "(WAYLAND_DISPLAY is “none”, DISPLAY is “:\\x1b77”). Log in",
        ),
    ],
)
def test_what_is_wrong_with_a_screen_is_named(variables: dict[str, str], said: str, tmp_path: Path) -> None:
    done = shell(f'"{sys.executable}" -c "{CONNECT}"', tmp_path, **variables)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]  # before that, what Qt says, which the program has sent to the log


def test_a_library_that_a_plugin_of_qt_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "platforms").mkdir()
    (tmp_path / "platforms" / "libqxcb.so").write_bytes(b"no library")
    monkeypatch.setattr(QLibraryInfo, "path", lambda _: str(tmp_path))
    told = str(screen.no_screen(['Could not load the Qt platform plugin "xcb" in "" even though it was found.']))
    assert told.startswith(f"can’t open a window: {tmp_path}/platforms/libqxcb.so: ")
    assert "apt install" in told


def test_a_picture_of_the_window_needs_no_screen_even_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    screen.choose(needed=False)
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


# ------------------------------------------------------------------------------------------------- folders and locales


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is removed."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()


@pytest.mark.usefixtures("gone")
def test_the_programs_folder_below_a_folder_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_STUDIO_HOME", "mine")
    with pytest.raises(
        StudioError, match=r"OCR_STUDIO_HOME is “mine”, but the current folder no longer exists\. Enter the"
    ):
        paths.config_dir()


@pytest.mark.usefixtures("gone")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ["export", ".", "--format", "cleaned", "--out", "out"],
            "the current folder no longer exists. Change to another",
        ),
        (["search", "Ω", "--project", "photos"], "the folder does not exist"),
        (["dataset", "photos", "--out", "set"], "the folder does not exist"),
        (["board.jpg"], "board.jpg: no such file or folder."),
    ],
)
def test_a_current_folder_that_is_gone_is_told(
    given: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ocr-studio", *given])
    assert cli.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ocr-studio: ")
    assert said in line


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (OSError(errno.EMFILE, "Too many open files", "a.json"), "a.json: Too many open files. See "),
        (MemoryError(), "not enough memory. "),
    ],
)
def test_what_the_system_refuses_is_a_line_and_its_traceback_is_in_the_log(
    refused: Exception,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(_: object) -> int:
        raise refused

    monkeypatch.setattr(cli, "run", refuse)
    assert cli.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"ocr-studio: {said}")
    assert "in refuse" in "\n".join(logs.last_lines(20))
    assert caplog.records


def test_names_of_photos_are_utf_8_whatever_the_locale(project: Path) -> None:
    done = shell("$S export . --format text --out out", project, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert (project / "out" / "доска.txt").read_text(encoding="utf-8").strip() == "Ω=1"


# -------------------------------------------------------------------------------------------------------------- limits


@linux
def test_too_little_memory_to_load_is_a_line(tmp_path: Path) -> None:
    # With less, OpenBLAS has not even room for NumPy, and writes lines of its own.
    done = shell("ulimit -v 180000; $S models list", tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("ocr-studio: can’t load the program: ")
