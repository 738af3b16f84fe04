"""Functions in a child process: what they give, and how they fail."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.core import resources, translation
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import child_process
from ocr_studio.core.files.child_process import Answer, ChildFailed, Limits

_FEW = Limits(seconds=1, memory=256 << 20, answer=1 << 20)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither signals nor limits")


def echo(arguments: dict[str, Any], data: bytes) -> Answer:
    """What it was given, and which process it was."""
    return Answer([arguments, os.getpid()], [np.frombuffer(data, np.uint8), np.zeros((0, 3)), np.eye(2)])


def spin(arguments: dict[str, Any], data: bytes) -> Answer:
    """Never ends."""
    while True:
        pass


def grow(arguments: dict[str, Any], data: bytes) -> Answer:
    """Wants more than there is."""
    return Answer(int(np.ones(1 << 29, np.uint8)[0]))


def end(arguments: dict[str, Any], data: bytes) -> Answer:
    """Ends the process by a signal, as a library does that reads where nothing is."""
    os.kill(os.getpid(), arguments["signal"])
    return Answer()


def refuse(arguments: dict[str, Any], data: bytes) -> Answer:
    """Says what is wrong, in the language of the program."""
    raise StudioError(f"bad {translation.figure('1.5')}", file="a\udc80b", remedy=translation.tr("Check the path."))


def fail(arguments: dict[str, Any], data: bytes) -> Answer:
    """Fails as a library does that was never given such a file."""
    raise ZeroDivisionError


def write(arguments: dict[str, Any], data: bytes) -> Answer:
    """Writes a file, which nothing that only reads has to."""
    try:
        Path(arguments["path"]).write_bytes(b"1")
    except OSError as error:
        return Answer(error.errno)
    return Answer()


def called(function: child_process.Work, arguments: Mapping[str, object] | None = None, data: bytes = b"") -> Answer:
    return child_process.call(function, arguments or {}, data, limits=_FEW)


def test_a_function_gets_arguments_and_bytes_and_returns_values_and_arrays() -> None:
    answer = called(echo, {"name": "a\udc80b", "numbers": [1, 2.5, None]}, b"\0\xff")
    assert answer.values[0] == {"name": "a\udc80b", "numbers": [1, 2.5, None]}
    assert answer.values[1] != os.getpid()
    assert [(array.tolist(), array.shape) for array in answer.arrays] == [
        ([0, 255], (2,)),
        ([], (0, 3)),
        ([[1, 0], [0, 1]], (2, 2)),
    ]


def test_the_child_is_used_again_also_after_an_error_of_the_function() -> None:
    first = called(echo).values[1]
    with pytest.raises(StudioError):
        called(refuse)
    assert called(echo).values[1] == first


def test_an_error_for_the_user_is_raised_as_it_is_in_the_language_of_the_program() -> None:
    translation.use(resources.translations(), "de", point=",")
    try:
        with pytest.raises(StudioError) as caught:
            called(refuse)
        assert caught.value.what == "bad 1,5"
        assert caught.value.remedy == translation.tr("Check the path.") != "Check the path."
        assert caught.value.file == "a\udc80b"
    finally:
        translation.use_english()


@posix
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT], ids=lambda each: each.name)
def test_a_crash_is_a_reason_and_the_next_call_succeeds(number: signal.Signals) -> None:
    with pytest.raises(ChildFailed, match="crashed") as caught:
        called(end, {"signal": int(number)})
    assert caught.value.failure == "crashed"
    assert called(echo, data=b"\1").arrays[0].tolist() == [1]


@posix
def test_what_never_ends_is_ended() -> None:
    with pytest.raises(ChildFailed, match="1 s") as caught:
        called(spin)
    assert caught.value.failure == "slow"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted on Linux")
def test_too_much_memory_is_refused_and_none_killed_for_it() -> None:
    with pytest.raises(ChildFailed, match="256 MB") as caught:
        called(grow)
    assert caught.value.failure == "memory"


@posix
def test_the_system_that_ends_a_child_does_so_for_memory() -> None:
    with pytest.raises(ChildFailed) as caught:
        called(end, {"signal": int(signal.SIGKILL)})
    assert caught.value.failure == "memory"


def test_a_bug_is_a_line_for_the_user_and_a_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ChildFailed, match="failed"):
        called(fail)
    assert "ZeroDivisionError" in caplog.text


@posix
def test_a_child_writes_no_file(tmp_path: Path) -> None:
    assert called(write, {"path": str(tmp_path / "a")}).values == errno.EFBIG
    assert (tmp_path / "a").stat().st_size == 0


@pytest.mark.parametrize(
    "json",
    [
        "garbage that is no JSON",
        "[" * 100_000,
        "[]",
        '{"arrays": 1}',
        '{"arrays": [["u1", [9999999999]]]}',
        '{"arrays": [["u1", [-1]]]}',
        '{"arrays": [["u1", [3]]]}',
        '{"arrays": [["f8", [0, 1e5]]]}',
        f'{{"arrays": [["f8", [0, {10**30}]]]}}',
        '{"arrays": [["O", [1]]]}',
        '{"arrays": [["nothing", [1]]]}',
        f'{{"values": {"1" * 5000}}}',
    ],
)
def test_an_answer_that_is_none_of_this_program_s_is_refused(json: str) -> None:
    encoded = json.encode()
    with pytest.raises(child_process.NO_ANSWER):
        child_process.read_answer(BytesIO(len(encoded).to_bytes(4, "little") + encoded), most=1 << 20)


def test_a_length_beyond_all_measure_is_refused() -> None:
    with pytest.raises(child_process.NO_ANSWER):
        child_process.read_answer(BytesIO(b"\xff\xff\xff\xff" * 9), most=1 << 20)


@posix
def test_the_child_ends_with_a_program_that_is_killed() -> None:
    code = (
        "from tests.core.files import test_child_process as t; import os, signal\n"
        "print(t.called(t.echo).values[1], flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False
    )
    child = int(done.stdout)
    until = time.monotonic() + 10
    while time.monotonic() < until and _runs(child):
        time.sleep(0.01)
    assert not _runs(child)


def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys; sys.path.insert(0, sys.argv[1]); print('begun')\n"
        "from tests.core.files import test_child_process as t; print(t.called(t.echo, data=b'1').arrays[0].tolist())\n"
    )
    (tmp_path / "json.py").write_text("raise SystemExit('a stranger has put this into the folder')")
    done = subprocess.run(
        [sys.executable, "-P", script, Path(__file__).parents[3]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.split("\n"), done.stderr) == (["begun", "[49]", ""], "")


def _runs(process: int) -> bool:
    """Whether it is there, and no zombie that nobody has waited for."""
    try:
        os.kill(process, 0)
        status = Path(f"/proc/{process}/status")
        return "State:\tZ" not in status.read_text() if status.exists() else True
    except OSError:
        return False
