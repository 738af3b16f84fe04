"""Standard streams that are closed, read-only, full or set not to wait: one line at most, and never into a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="what a shell of this system can do to streams")

# A program in small: it opens a file of its own, answers, tells of an error, and ends as the command line does.
PROGRAM = """
import sys
from ocr_studio.core import standard_streams
standard_streams.prepare()
status = 0
try:
    with open(sys.argv[1], "w") as own:
        own.write(str(own.fileno()))
        print("the answer" * int(sys.argv[2]))
        print("the error", file=sys.stderr)
        sys.stdout.flush()
except standard_streams.OutputLost as error:
    status = 141 if error.no_reader else 1
    if status == 1:
        print(error.told, file=sys.stderr)
finally:
    standard_streams.finish()
sys.exit(status)
"""


def shell(redirections: str, own: Path, *, times: int = 1) -> tuple[int, str, str]:
    """The program, its streams redirected. Returns its status, answer and errors."""
    command = f'"$0" -c "$1" "$2" {times} {redirections}'
    given = ["bash", "-c", command, sys.executable, PROGRAM, str(own)]
    done = subprocess.run(given, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


@posix
@pytest.mark.parametrize(
    ("redirections", "status", "answer", "said"),
    [
        ("", 0, "the answer\n", "the error\n"),
        ("<&-", 0, "the answer\n", "the error\n"),
        ("2>&-", 0, "the answer\n", ""),
        ("2</dev/null", 0, "the answer\n", ""),
        ("2>/dev/full", 0, "the answer\n", ""),
        (">&-", 1, "", "standard output: can’t write the output: it is closed or read-only."),
        ("1</dev/null", 1, "", "standard output: can’t write the output: it is closed or read-only."),
        (">/dev/full", 1, "", "standard output: the disk is full. Free up disk space."),
        ("<&- >&- 2>&-", 1, "", ""),
        ("1</dev/null 2</dev/null", 1, "", ""),
        (">/dev/full 2>&1", 1, "", ""),
        ("| true; exit ${PIPESTATUS[0]}", 141, "", ""),
    ],
)
def test_a_stream_that_takes_nothing_is_told_and_ends_in_no_file(
    redirections: str, status: int, answer: str, said: str, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    times = 100_000 if "|" in redirections else 1  # more than a pipe holds that is not closed yet
    done, out, err = shell(redirections, own, times=times)
    assert (done, out) == (status, answer)
    assert said in err
    assert bool(said) == bool(err)
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert int(own.read_text()) > 2


@posix
def test_a_pipe_that_is_set_not_to_wait_is_waited_for(tmp_path: Path) -> None:
    ear, mouth = os.pipe()
    os.set_blocking(mouth, False)
    times = 100_000
    given = [sys.executable, "-c", PROGRAM, str(tmp_path / "own"), str(times)]
    with subprocess.Popen(given, stdout=mouth, stderr=subprocess.PIPE) as program:
        os.close(mouth)
        with open(ear, "rb") as stream:
            assert len(stream.read()) == len("the answer") * times + 1
        assert program.stderr is not None
        assert program.stderr.read() == b"the error\n"
    assert program.returncode == 0


@posix
def test_names_that_are_no_text_are_printed_nevertheless(tmp_path: Path) -> None:
    program = PROGRAM.replace('"the answer"', '"\\udcffß"')
    environment = os.environ | {"PYTHONIOENCODING": "ascii:strict"}
    given = [sys.executable, "-c", program, str(tmp_path / "own"), "1"]
    done = subprocess.run(given, capture_output=True, env=environment, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "\\udcffß\n".encode())
