"""The line that shows progress on a terminal: a bar with the time left, never wider than the terminal."""

from __future__ import annotations

import io
import os
import sys
from types import SimpleNamespace

import pytest

from ocr_studio.cli.terminal import progress
from ocr_studio.cli.terminal.progress import Progress


class Terminal(io.StringIO):
    """A terminal that keeps what is written to it. wide: its columns."""

    encoding = "utf-8"

    def __init__(self, wide: int = 80) -> None:
        super().__init__()
        self.wide = wide

    def isatty(self) -> bool:
        """It is one."""
        return True

    def fileno(self) -> int:
        """A number that belongs to it."""
        return 99

    @property
    def line(self) -> str:
        """What stands there now."""
        return self.getvalue().rpartition("\x1b[K")[2]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=made))  # the stream of pytest changes
    monkeypatch.setattr(progress, "_DRAWN_EVERY", 0.0)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((made.wide, 24)))
    return made


def test_the_bar_says_how_far_it_is(terminal: Terminal) -> None:
    shown = Progress()
    shown.show("loading the model")
    assert terminal.line == "loading the model…"
    shown.show("reading", 3, 12)
    assert terminal.line == f"{'█' * 5}{'░' * 15}  25%  reading: 3 of 12"
    shown.show("training", 1, 2, detail="step 1 of 2", seconds=40.0)
    assert terminal.line == f"{'█' * 10}{'░' * 10}  50%  about 40 seconds left  training: step 1 of 2"
    progress.clear_progress()
    assert terminal.line == ""


@pytest.mark.parametrize("wide", [3, 20, 63, 64, 80])
def test_the_line_is_never_as_wide_as_the_terminal(terminal: Terminal, wide: int) -> None:
    terminal.wide = wide
    Progress().show("reading", 3, 12, detail="photo 4 of 12, line 17 of 45, of the largest board there ever was")
    assert len(terminal.line) < wide
    assert ("█" in terminal.line) == (wide >= 64)


def test_a_terminal_without_blocks_has_a_bar_of_plain_characters(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Terminal, "encoding", "ascii")
    Progress().show("reading", 6, 12)
    assert terminal.line == f"{'#' * 10}{'.' * 10}  50%  reading: 6 of 12"


def test_what_a_name_holds_does_not_steer_the_terminal(terminal: Terminal) -> None:
    Progress().show("reading", 1, 2, detail="a\x1b[2Jb\rc")
    assert "\x1b[2J" not in terminal.line
    assert "\r" not in terminal.line


def test_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "_LOGGED_EVERY", 0.0)
    Progress().show("reading", 1, 2)
    progress.clear_progress()
    assert capsys.readouterr() == ("", "")
    Progress(logged=True).show("training", 1, 2)
    assert capsys.readouterr() == ("", "training: 1 of 2\n")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    Progress().show("reading", 1, 2)
    assert capsys.readouterr() == ("", "")
