"""One input in processes of its own: made, watched, tried within limits, judged."""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import resource
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.hostile import drivers, judge, own_files, sandbox
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Command, Kind, Ran, Result, Trial

CPU_SECONDS: Final = 20
MEMORY_MB: Final = 2048
# A process that computes nothing for so long waits for what never comes.
_IDLE_SECONDS: Final = 8.0
# Much more than the processor time: the machine may have other work.
_WALL_SECONDS: Final = 180.0
_FILE_BYTES: Final = 512 << 20
_OPEN_FILES: Final = 256
# Beyond what counts as too much, so that it is seen how much it was; the machine is not to run out of it.
_ADDRESS_SPACE: Final = 4 << 30
_USUAL_WARNINGS: Final = list(warnings.filters)
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Ended:
    """How the process ended. signal: 0 where it ended by itself; hung: why it had to be stopped, or nothing."""

    status: int
    signal: int
    hung: str
    seconds: float
    megabytes: int


def tried(kind: Kind, seed: int, number: int, root: Path, *, light: bool) -> Result:
    """Make an input below a folder, try it, and say what came of it. In a process of its own."""
    place = Sandbox(root)
    place.build()
    os.environ.update(place.environment())
    os.chdir(place.root)
    trial = kind.trial(place, seed, number, light=light)
    changing = [
        place.out,
        place.studio,
        place.temporary,
        root / "told",
        place.stranger / "ocr-studio-project",
        *(place.stranger / name for name in trial.changing),
    ]
    (root / "told").mkdir()
    before = sandbox.snapshot(root, changing)
    known = sandbox.files_with_canary([place.studio, place.stranger])
    names = {str(root), *(name for _, folders, files in os.walk(root) for name in (*folders, *files))}
    valid = own_files.opened(place)
    ended = _ended(trial, place)
    ran = _told(trial, root / "told")
    found = judge.judged(
        trial, ran, place, judge.Process(ended.signal, ended.hung, ended.megabytes >= MEMORY_MB), names
    )
    details = [*found.details]
    outside = sandbox.differences(before, sandbox.snapshot(root, changing), root)
    shown = [place.out, place.studio, place.stranger, *([] if trial.quoted else [root / "told"])]
    outside += [f"{os.path.relpath(path, root)!a} shows a private file" for path in sandbox.canaries(shown, known)]
    outcome = judge.worst(found.outcome, outside, torn := own_files.torn(place, valid))
    return Result(
        kind=kind.name,
        number=number,
        what=trial.what,
        outcome=outcome,
        details=[*outside, *torn, *details],
        seconds=round(ended.seconds, 2),
        megabytes=ended.megabytes,
        commands=[tuple(_filled(command, place)) for command in trial.commands],
    )


def forked(kind: Kind, seed: int, number: int, root: Path, *, light: bool) -> tuple[int, int]:
    """Begin an input in a new process. Returns its number, and a pipe from which its result can be read as JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)
        os.setsid()
        warnings.simplefilter("ignore")  # of what the generators do on purpose
        result = tried(kind, seed, number, root, light=light)
        with os.fdopen(writing, "w", encoding="ascii") as pipe:
            json.dump(asdict(result), pipe)
        status = 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()  # a fault of the generator, not of the program
        sys.stderr.flush()
    finally:
        os._exit(status)


def _ended(trial: Trial, place: Sandbox) -> Ended:
    child = os.fork()
    if not child:
        _run_all(trial, place)
    with contextlib.suppress(OSError):  # the child does so, too: whoever comes first
        os.setpgid(child, child)
    return _waited(child, len(trial.commands))


def _waited(child: int, commands: int) -> Ended:
    """Wait for the process, but not for ever. commands: each has its time."""
    begun = moved = time.monotonic()
    used, hung, pause = -1, "", 0.002
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            _kill_group(child)
            # Children that were not waited for are in one of the two only.
            seconds = max(usage.ru_utime + usage.ru_stime, used / _TICKS)
            ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            return Ended(os.waitstatus_to_exitcode(status), ended_by, hung, seconds, usage.ru_maxrss >> 10)
        time.sleep(pause)
        pause = min(0.1, pause * 1.5)
        now = time.monotonic()
        if now - moved > 1 and (ticks := _ticks(child)) != used:
            used, moved = ticks, now
        if not hung and (hung := _reason(used, now - moved, now - begun, commands)):
            _kill_group(child)


def _reason(used: int, idle: float, wall: float, commands: int) -> str:
    """Why a process has to be stopped, if it has. used: ticks of processor time; idle, wall: seconds."""
    if used > CPU_SECONDS * _TICKS * commands:
        return f"{used / _TICKS:.0f} s of processor time"
    if idle > _IDLE_SECONDS:
        return f"nothing for {idle:.0f} s"
    return f"{wall:.0f} s" if wall > _WALL_SECONDS * commands else ""


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _ticks(first: int) -> int:
    """Processor time of a process and of all that it has started, in ticks of the clock."""
    parents: dict[int, tuple[int, int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                told = Path(entry.path, "stat").read_text(encoding="utf-8", errors="replace")
                fields = told.rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    total, family = 0, {first}
    for number in sorted(parents):  # who was started has a larger number than who has started it, but for a new round
        parent, ticks = parents[number]
        if number in family or parent in family:
            family.add(number)
            total += ticks
    return total


# ------------------------------------------------------------------------------------------------- in the process


def _run_all(trial: Trial, place: Sandbox) -> None:
    """Run the commands, and end the process."""
    status = 0
    try:
        os.setpgid(0, 0)
        warnings.filters[:] = _USUAL_WARNINGS  # type: ignore[index]
        _limit()
        for number, command in enumerate(trial.commands):
            _run(_filled(command, place), place.root / "told", number)
    except BaseException:  # noqa: BLE001
        status = 70
    finally:
        os._exit(status)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) if Path("/proc").is_dir() else 0
    space = pages * resource.getpagesize() + _ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


def _run(command: Sequence[str], told: Path, number: int) -> None:
    """Run one command, with what it says and how it ends in files."""
    most = math.ceil(time.process_time()) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
    with _said_into(told / f"{number}.out", told / f"{number}.err"):
        fault, status = "", None
        try:
            status = drivers.run(command)
        except BaseException:  # noqa: BLE001
            fault = traceback.format_exc()
        gc.collect()  # what fails while it is thrown away says so now
    (told / f"{number}.json").write_text(json.dumps({"status": status, "fault": fault}), encoding="utf-8")


@contextlib.contextmanager
def _said_into(out: Path, err: Path) -> Iterator[None]:
    """Standard output and error are these files, for Python and for libraries."""
    for number, path, stream in ((1, out, sys.stdout), (2, err, sys.stderr)):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        os.dup2(handle, number)
        os.close(handle)
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    # Answers are made for a terminal, which must not be steered by them; into a file they go as they are.
    sys.stdout.isatty = lambda: True  # type: ignore[method-assign]
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _filled(command: Command, place: Sandbox) -> list[str]:
    return [part.replace("{in}", str(place.stranger)).replace("{out}", str(place.out)) for part in command]


def _told(trial: Trial, told: Path) -> list[Ran]:
    """What each command did."""
    found: list[Ran] = []
    for number, command in enumerate(trial.commands):
        out, err = (_text(told / f"{number}.{end}") for end in ("out", "err"))
        try:
            end = json.loads((told / f"{number}.json").read_bytes())
            found.append(Ran(command, end["status"], out, err, end["fault"]))
        except (OSError, ValueError):
            found.append(Ran(command, -1, out, err))
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", errors="backslashreplace")
    except OSError:
        return ""


def clean_up(root: Path) -> None:
    """Throw away what an input has left, folders that may not be entered included."""
    for above, folders, _ in os.walk(root):
        for name in folders:
            with contextlib.suppress(OSError):
                path = Path(above, name)
                if not path.is_symlink():
                    path.chmod(0o700)
    shutil.rmtree(root, ignore_errors=True)
