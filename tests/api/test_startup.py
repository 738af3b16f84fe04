"""What is written to standard error while TensorFlow is loaded."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_studio.api import startup

# By itself: the package that it is part of would load TensorFlow.
SILENCED = (
    f"import sys\nsys.path.append({str(Path(startup.__file__).parent)!r})\nfrom startup import silence_tensorflow\n"
)


def said_by(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, env=known | environment, timeout=300, check=False)


def test_nothing_is_written_to_standard_error_but_by_the_script() -> None:
    script = (
        "import sys; from ocr_studio import api; print('heard', file=sys.stderr); "
        "api.Recognizer('abc', weights=None); import logging, os; os.write(2, b'natively\\n'); "
        "logging.getLogger('tensorflow').warning('logged')"
    )
    done = said_by(script)
    assert done.returncode == 0
    assert done.stderr.splitlines() == ["heard", "natively", "WARNING:tensorflow:logged"]


NOTE = "I0000 00:00:1795293396.9 7547 port.cc:153] a note"


def test_who_asks_tensorflow_to_speak_hears_it_and_what_fails_is_shown() -> None:
    script = (
        f"import os\n{SILENCED}with silence_tensorflow():\n    os.write(2, b'{NOTE}\\na native word')\n    {{then}}"
    )
    both = f"{NOTE}\na native word"
    assert said_by(script.format(then="pass"), TF_CPP_MIN_LOG_LEVEL="0").stderr.endswith(both)
    assert said_by(script.format(then="pass")).stderr == "a native word"
    failed = said_by(script.format(then="raise SystemExit(3)"))
    assert (failed.returncode, failed.stderr) == (3, both)


@pytest.fixture
def spoken(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> pytest.CaptureFixture[str]:
    """With ``sys.stderr`` on the system's standard error, and not asked to speak."""
    monkeypatch.setattr(startup, "_VERBOSE", False)
    monkeypatch.setattr(sys, "stderr", os.fdopen(2, "w", closefd=False))
    return capfd


def test_of_two_at_once_neither_takes_the_others_standard_error(spoken: pytest.CaptureFixture[str]) -> None:
    first, second = startup.silence_tensorflow(), startup.silence_tensorflow()
    with first:
        second.__enter__()
        os.write(2, f"{NOTE}\n".encode())
    second.__exit__(None, None, None)
    os.write(2, b"afterwards")
    assert spoken.readouterr().err == "afterwards"


def test_loggers_that_are_set_up_meanwhile_write_later_too(spoken: pytest.CaptureFixture[str]) -> None:
    with startup.silence_tensorflow():
        handler = logging.StreamHandler()
        handler.stream.write("at once, ")
    handler.stream.write("later")
    handler.flush()
    assert spoken.readouterr().err == "at once, later"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no processes")
@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("os.write(2, b'a last word')", "a last word"),
        ("sys.stderr.write('a last word')", "a last word"),
        ("raise ValueError('a bad end')", "ValueError: a bad end"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "Fatal Python error: Segmentation fault"),
    ],
)
def test_what_a_process_that_is_forked_meanwhile_says_at_its_end_is_seen(last: str, said: str) -> None:
    script = (
        "import multiprocessing, os, signal, sys\n" + SILENCED + "def work():\n    over.wait()\n    " + last + "\n"
        "made = multiprocessing.get_context('fork')\nover = made.Event()\n"
        "with silence_tensorflow():\n    child = made.Process(target=work)\n    child.start()\n"
        "over.set()\nchild.join()"
    )
    done = said_by(script)
    assert done.returncode == 0
    assert said in done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no processes")
def test_what_such_a_process_does_with_its_standard_error_holds_for_those_that_it_forks(tmp_path: Path) -> None:
    script = (
        "import os\n"
        + SILENCED
        + "def forked(work):\n    child = os.fork()\n    if not child:\n        work()\n        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "def work():\n    os.dup2(os.open(os.environ['OUT'], os.O_WRONLY | os.O_CREAT), 2)\n"
        "    forked(lambda: os.write(2, b'a last word'))\n"
        "with silence_tensorflow():\n    forked(work)"
    )
    done = said_by(script, OUT=str(tmp_path / "file"))
    assert done.returncode == 0
    assert (tmp_path / "file").read_text("utf-8") == "a last word"
    assert "a last word" not in done.stderr


class OnlyWrites:
    """As some put in the place of ``sys.stderr``."""

    def write(self, text: str) -> int:
        return len(text)


def test_a_standard_error_of_ones_own_is_left_alone(
    spoken: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OnlyWrites()
    monkeypatch.setattr(sys, "stderr", own)
    with startup.silence_tensorflow():
        assert sys.stderr is own
        os.write(2, f"{NOTE}\n".encode())
    assert spoken.readouterr().err == ""
