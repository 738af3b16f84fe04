"""Runs a function on a stranger's file in a child process with limits, so that a crash or a hang costs one line.

For libraries in C that read files from strangers: a picture decoder, HDF5. Children are kept and used again; one that
crashed, took too long or ran out of memory is replaced. They are started by ``subprocess`` rather than by
``multiprocessing``, which would run the user's own script a second time, and end when their standard input does: with
the program, however it ends. Nothing that a child sends is unpickled: an answer is JSON and the bytes of arrays.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import json
import logging
import math
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Any, Final, Literal, TypeAlias

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from ocr_studio.core import resources, translation, units
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import Count
from ocr_studio.core.translation import tr

if sys.platform != "win32":
    import fcntl
    import resource

_log = logging.getLogger(__name__)

# The first argument of the packaged program where it is such a child.
FLAG: Final = "--child-process"

Failure: TypeAlias = Literal["crashed", "slow", "memory", "start"]

# Children that run at the same time: beyond that, callers wait.
_MOST_CHILDREN: Final = min(4, os.cpu_count() or 1)
# A child that waits for a disk or is served late may take so many times the processor time that it is allowed. On
# Windows nothing else limits it.
_PATIENCE: Final = 3 if sys.platform == "win32" else 10
_MOST_JSON: Final = 1 << 22
_PIPE_BYTES: Final = 1 << 20
_LENGTH: Final = struct.Struct("<I")
# After so many seconds a child lets go of what it keeps open: nobody waits for it, but a memory card to be removed.
_IDLE_SECONDS: Final = 5.0
# What reading an answer raises where the child has ended, or sends what this program does not.
NO_ANSWER: Final = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RecursionError,
    struct.error,
)
# Type and shape of each array that a child announces.
_Forms: TypeAlias = list[tuple[Annotated[str, Meta(pattern=r"^[<>|=][biuf][0-9]{1,2}\Z")], tuple[Count, ...]]]
_BEGIN: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from ocr_studio.core.files import child_process; child_process.serve()"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a function may take. seconds: of processor time. memory: bytes, besides those of the child at rest, the data
    it is given included; counted on Linux only. answer: bytes of all arrays it may return."""

    seconds: float = 20.0
    memory: int = 2 << 30
    answer: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function returns: anything that JSON knows, and arrays of numbers."""

    values: Any = None
    arrays: Sequence[NDArray[Any]] = ()


Stream: TypeAlias = IO[bytes] | io.BufferedIOBase
Work: TypeAlias = Callable[[dict[str, Any], bytes], Answer]


class ChildFailed(Exception):
    """The function did not come to its end. reason: in words for the user, no capital letter, no full stop."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


def call(function: Work, arguments: Mapping[str, object], data: bytes = b"", *, limits: Limits) -> Answer:
    """Run a function in a child process. May be called from any thread.

    Args:
        function: on the top level of a module that imports neither Qt nor TensorFlow.
        arguments: what JSON knows; texts may hold lone surrogates, as names of files do. Paths are absolute.
        data: bytes of a file.
        limits: what it may take.

    Returns:
        What it returned. Check the values and the shapes: the file may have taken over the child.

    Raises:
        ChildFailed: it crashed, took too long or too much memory, or no child could be started.
        StudioError: it raised one, of whatever class.
    """
    with _pool.child() as child:
        return child.call(function, arguments, data, limits)


class OwnChild:
    """A child process of the caller's own, for functions that go on where an earlier call stopped, as a video is read.

    It is none of those that ``call`` shares, and one thread at a time may use it.
    """

    def __init__(self) -> None:
        """Start it. Raises ChildFailed."""
        self._child = _start_child()

    def call(self, function: Work, arguments: Mapping[str, object], *, limits: Limits) -> Answer:
        """Run a function in it; see the function ``call``. After ChildFailed, it has ended."""
        return self._child.call(function, arguments, b"", limits)

    def close(self) -> None:
        """End it at once."""
        self._child.close()


class _Child:
    """One process that waits for functions to run, seen from the program."""

    def __init__(self) -> None:
        few_threads = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | few_threads,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        assert isinstance(self._process.stdout, io.BufferedReader)
        self._input, self._output = self._process.stdin, self._process.stdout
        self._late = False
        self._usable = True
        _widen(self._input)
        _widen(self._output)

    def usable(self) -> bool:
        """Whether it can run another function."""
        return self._usable and self._process.poll() is None

    def call(self, function: Work, arguments: Mapping[str, object], data: bytes, limits: Limits) -> Answer:
        """See ``call``. Whatever goes wrong, the child ends."""
        head = {
            "module": function.__module__,
            "name": function.__name__,
            "arguments": arguments,
            "data": len(data),
            "seconds": limits.seconds,
            "memory": limits.memory,
            "language": translation.language(),
            "point": translation.figure("."),
        }
        timer = threading.Timer(_PATIENCE * limits.seconds, self._end_late)
        timer.daemon = True
        timer.start()
        try:
            _send(self._input, head)
            self._input.write(data)
            self._input.flush()
            answer, arrays = read_answer(self._output, most=limits.answer)
        except NO_ANSWER as error:
            raise self._failure(limits) from error
        except BaseException:  # Ctrl+C in between: what is in the pipe then belongs to nobody
            self.close()
            raise
        finally:
            timer.cancel()
            timer.join()
        self._usable = answer.get("usable") is True
        if "failed" in answer:
            raise _parse_failure(answer["failed"], limits)
        return Answer(answer.get("values"), arrays)

    def close(self) -> None:
        """End it at once."""
        self._usable = False
        self._process.kill()
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()

    def _failure(self, limits: Limits) -> ChildFailed:
        """Why there was no answer, or none of this program."""
        try:
            ended = self._process.wait(1)  # what has closed its output ends in a moment
        except subprocess.TimeoutExpired:
            ended = 0
        self.close()
        if self._late or ended in {-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGALRM")} - {0}:
            seconds = units.plain(limits.seconds)
            return ChildFailed("slow", tr("opening it takes longer than {seconds} s", seconds=seconds))
        if ended == -getattr(signal, "SIGKILL", 0) != 0:  # so the system ends what takes the last of its memory
            return _too_large(limits)
        return ChildFailed("crashed", tr("the library that opens it crashed"))

    def _end_late(self) -> None:
        self._late = True
        self._process.kill()


class _Pool:
    """Children that are kept, the one used last first."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []
        self._changing = threading.Lock()
        self._permits = threading.BoundedSemaphore(_MOST_CHILDREN)

    @contextlib.contextmanager
    def child(self) -> Iterator[_Child]:
        """One that nobody else uses meanwhile. Raises ChildFailed."""
        with self._permits:
            child = self._get_child()
            try:
                yield child
            finally:
                if child.usable():
                    with self._changing:
                        self._idle.append(child)
                else:
                    child.close()

    def _get_child(self) -> _Child:
        with self._changing:
            while self._idle:
                child = self._idle.pop()
                if child.usable():
                    return child
                child.close()
        return _start_child()

    def close(self) -> None:
        """End all that do nothing."""
        with self._changing:
            while self._idle:
                self._idle.pop().close()

    def forget(self) -> None:
        """In a copy of the program that was forked: the children belong to the original."""
        self.__init__()  # type: ignore[misc]


def _start_child() -> _Child:
    try:
        return _Child()
    except OSError as error:
        reason = tr("can’t start a helper process: {reason}", reason=error.strerror or error)
        raise ChildFailed("start", reason) from error


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, FLAG]
    # Isolated, and never the folder one happens to be in, which may hold a stranger's json.py.
    package = str(Path(__file__).resolve().parents[3])
    places = [place for place in sys.path if Path(place).is_absolute()]
    if package not in places:  # in front of what is installed: another version may be, too
        installed = (at for at, place in enumerate(places) if "site-packages" in place or "dist-packages" in place)
        places.insert(next(installed, len(places)), package)
    utf8 = f"utf8={sys.flags.utf8_mode}"  # names of files are the same bytes there
    return [sys.executable, "-I", "-X", utf8, "-c", _BEGIN, json.dumps(places)]


def _widen(pipe: IO[bytes] | io.BufferedReader) -> None:
    """Let more go through at a time, which is twice as fast for pictures; where the system does so."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _parse_failure(raw: object, limits: Limits) -> ChildFailed | StudioError:
    """What a child says of its failure."""
    if raw == "memory":
        return _too_large(limits)
    if isinstance(raw, dict):
        what, file, remedy, command = (raw.get(key) for key in ("what", "file", "remedy", "command"))
        if isinstance(what, str) and isinstance(remedy, str) and isinstance(command, str):
            said: dict[str, Any] = {"file": file, "remedy": remedy, "command": command}
            return StudioError(what, **said)
    _log.error("in a child process: %s", raw)
    return ChildFailed("crashed", tr("the library that opens it failed"))


def _too_large(limits: Limits) -> ChildFailed:
    return ChildFailed("memory", tr("opening it needs more than {size} of memory", size=units.size(limits.memory)))


def _send(stream: Stream, head: Mapping[str, object]) -> None:
    encoded = json.dumps(head).encode()
    stream.write(_LENGTH.pack(len(encoded)) + encoded)


def _received(stream: Stream) -> dict[str, Any]:
    """The head of what comes. Raises what is in NO_ANSWER."""
    (length,) = _LENGTH.unpack(stream.read(_LENGTH.size))
    if length > _MOST_JSON:
        raise ValueError("too long")
    head = json.loads(stream.read(length))
    if not isinstance(head, dict):
        raise TypeError("no object")
    return head


def read_answer(stream: io.BufferedIOBase, *, most: int) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What a child sends: its head, and arrays of ``most`` bytes together. Raises what is in NO_ANSWER."""
    head = _received(stream)
    forms = [(np.dtype(kind), shape) for kind, shape in json_schema.convert(head.get("arrays", []), _Forms)]
    if sum(kind.itemsize * math.prod(shape) for kind, shape in forms) > most:
        raise ValueError("more than was allowed")
    arrays = []
    for kind, shape in forms:
        array = np.empty(shape, kind)
        if array.nbytes and stream.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:
            raise EOFError
        arrays.append(array)
    return head, arrays


_pool: Final = _Pool()
atexit.register(_pool.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.forget)


# ----------------------------------------------------------------------------------------------------- in a child


_when_idle: Final[list[Callable[[], object]]] = []


def call_when_idle(function: Callable[[], object]) -> None:
    """Call a function once, in this child, as soon as nothing has been asked of it for some seconds."""
    if function not in _when_idle:
        _when_idle.append(function)


def _wait(source: IO[bytes]) -> None:
    """Wait until something is asked, and meanwhile let go of what is kept open."""
    if _when_idle and sys.platform != "win32" and not select.select([source], [], [], _IDLE_SECONDS)[0]:
        while _when_idle:
            _when_idle.pop()()


def serve() -> None:
    """What a child does: run functions until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; the program says when it is over
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    # Libraries that print must not print in between.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    at_rest = 0
    # The program has ended, or has had enough: struct.error is the end of what is read.
    with contextlib.suppress(struct.error, OSError):
        while True:
            _wait(source)
            head = _received(source)
            function = getattr(importlib.import_module(head["module"]), head["name"])
            _speak(head["language"], head["point"])
            at_rest = at_rest or _address_space()
            with _limited(head["seconds"], at_rest + head["memory"]):
                answer, arrays = _answer_to(function, head["arguments"], source, head["data"])
            # What a broken file left behind in a library is left behind for good by a new child.
            answer["usable"] = answer.get("failed") != "memory" and _address_space() < at_rest + head["memory"] // 4
            _send(target, answer)
            for array in arrays:
                target.write(array.reshape(-1).view(np.uint8).data if array.nbytes else b"")
            del arrays
            target.flush()


def _answer_to(
    function: Work, arguments: dict[str, Any], source: Stream, count: int
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    try:
        found = function(arguments, source.read(count))
        arrays = [np.ascontiguousarray(array) for array in found.arrays]
        forms = [(array.dtype.str, array.shape) for array in arrays]
        return {"values": found.values, "arrays": forms}, arrays
    except MemoryError:
        return {"failed": "memory"}, []
    except StudioError as error:
        told = {"what": error.what, "file": error.file, "remedy": error.remedy, "command": error.command}
        return {"failed": told}, []
    except Exception:  # noqa: BLE001  (a library that is made for its own files may raise anything for others)
        return {"failed": traceback.format_exc()}, []


@contextlib.contextmanager
def _limited(seconds: float, memory: int) -> Iterator[None]:
    """Limits of the system while something runs: none of them is for ever, and none is known to Windows."""
    if sys.platform == "win32":
        yield
        return
    _set_limit(resource.RLIMIT_CORE, 0)
    _set_limit(resource.RLIMIT_FSIZE, 0)
    _set_limit(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds))
    if sys.platform == "linux":
        _set_limit(resource.RLIMIT_AS, memory)
    signal.alarm(math.ceil(_PATIENCE * seconds) + 1)  # should the program be gone meanwhile
    try:
        yield
    finally:
        signal.alarm(0)
        if sys.platform == "linux":
            _set_limit(resource.RLIMIT_AS, resource.RLIM_INFINITY)


def _set_limit(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    within = most if value == resource.RLIM_INFINITY or most != resource.RLIM_INFINITY < value else value
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (within, most))


def _address_space() -> int:
    """Bytes of memory that this process has been promised; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _speak(language: str, point: str) -> None:
    if language == translation.ENGLISH:
        translation.use_english()
    elif language != translation.language():
        translation.use(resources.translations(), language, point=point)
