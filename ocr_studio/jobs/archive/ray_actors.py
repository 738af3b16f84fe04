"""The engine “ray”: actors of a Ray cluster, or of one that is started on this computer for this run.

Ray Core rather than Ray Data, whose pools of actors stand still without a word when they take every CPU. An actor that
dies isn't restarted by Ray, nor are its calls repeated: ``pool`` starts another one and reads its photos again, each
alone, which shows the photo that ends every actor that reads it. An actor takes a little less than a CPU, so that there
is always room for what else Ray runs.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import secrets
import socket
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr
from ocr_studio.jobs.archive.pool import Answer, Ended, PhotoAnswer
from ocr_studio.jobs.archive.worker import Loaded, MakeReader, Station, Task

_CPUS: Final = 0.9  # of an actor
# Calls that an actor takes at a time: loading, and the photos in hand, of which it reads one after the other.
_CALLS: Final = 4
_OBJECT_STORE: Final = 256 << 20  # bytes, of a cluster on this computer; photos don't go through it
_ADDRESS: Final = re.compile(r"(ray://)?(?P<host>[^:/]+|\[[^]]+\]):(?P<port>[0-9]{1,5})")
_PATIENCE: Final = 10.0  # seconds
_REASON: Final = 300  # characters of what Ray says


class RayEngine:
    """Reads photos in actors. See ``pool.Engine``."""

    def __init__(self, make: MakeReader, *, size: int | None = None, address: str | None = None) -> None:
        """Connect to a cluster.

        Args:
            make: Loads the networks, called in each actor.
            size: Number of actors; by default one for each CPU of the cluster.
            address: Address of the cluster; by default that in RAY_ADDRESS, else a new one on this computer.

        Raises:
            StudioError: There is no such cluster.
        """
        address = address or os.environ.get("RAY_ADDRESS")
        if not address:
            _close_to_others()
        import ray

        self._ray: Any = ray
        self._ours = not ray.is_initialized()
        if self._ours:
            _connect(address, size)
        self._size = size or max(1, int(ray.cluster_resources().get("CPU", 1)))
        actor = ray.remote(num_cpus=_CPUS, max_restarts=0, max_task_retries=0, max_concurrency=_CALLS)
        self._actor = actor(_Actor)
        self._make = ray.put(make)
        self._numbers = itertools.count()
        self._actors: dict[int, Any] = {}
        self._calls: dict[Any, tuple[int, Task | None]] = {}

    @property
    def size(self) -> int:
        """See ``pool.Engine``."""
        return self._size

    def start(self) -> int:
        """See ``pool.Engine``."""
        number = next(self._numbers)
        actor = self._actors[number] = self._actor.remote(self._make)
        self._calls[actor.load.remote()] = number, None
        return number

    def send(self, worker: int, task: Task) -> None:
        """See ``pool.Engine``."""
        self._calls[self._actors[worker].read.remote(task)] = worker, task

    def wait(self, seconds: float) -> Sequence[tuple[int, Answer]]:
        """See ``pool.Engine``."""
        if not self._calls:
            return ()
        ready, _ = self._ray.wait(list(self._calls), num_returns=1, timeout=seconds)
        if ready:  # others may be, too
            ready, _ = self._ray.wait(list(self._calls), num_returns=len(self._calls), timeout=0)
        return [answer for call in ready if (answer := self._take(call))]

    def end(self, worker: int) -> None:
        """See ``pool.Engine``."""
        self._ray.kill(self._actors.pop(worker))
        self._calls = {call: each for call, each in self._calls.items() if each[0] != worker}

    def close(self) -> None:
        """See ``pool.Engine``."""
        if not self._ray.is_initialized():
            return
        for number in list(self._actors):
            self.end(number)
        if self._ours:
            self._ray.shutdown()

    def describe_delay(self, started: int) -> str:
        """See ``pool.Engine``."""
        cpus = self._ray.cluster_resources().get("CPU", 0.0)
        free = self._ray.available_resources().get("CPU", 0.0)
        return tr("the cluster has {cpus} CPUs, of which {free} are free", cpus=round(cpus), free=f"{free:.1f}")

    def _take(self, call: Any) -> tuple[int, Answer] | None:
        """The answer of a call; None if its actor is known to have ended."""
        from ray import exceptions

        if (found := self._calls.pop(call, None)) is None:
            return None
        number, task = found
        try:
            data = self._ray.get(call)
        except exceptions.RayError as error:
            self.end(number)
            # Ray doesn't tell a crash from a kill.
            return number, Ended(" ".join(str(error).split())[:_REASON], killed=True)
        try:
            if task is None:
                return number, msgspec.json.decode(data, type=Loaded)
            return number, PhotoAnswer(task, msgspec.json.decode(data, type=list[ArchiveRow]))
        except msgspec.MsgspecError as error:  # what the photo holds may have led it astray
            self.end(number)
            return number, Ended(str(error)[:_REASON])


class _Actor:
    """What runs on the cluster."""

    def __init__(self, make: MakeReader) -> None:
        self._station = Station(make)

    def load(self) -> bytes:
        return self._station.load()

    def read(self, task: Task) -> bytes:
        return self._station.begin(task).result()


def _close_to_others() -> None:
    """Keep a cluster on this computer to this program: who reaches one can run any code.

    Ray reads this when it is imported: it listens on the loopback only, as it does on Windows and macOS, where it knows
    no clusters, and wants a token besides. And nothing is reported to its makers.
    """
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")


def _knock(address: str) -> None:
    """Raise OSError if nothing answers at an address; Ray would wait for minutes."""
    if found := _ADDRESS.fullmatch(address):
        socket.create_connection((found["host"].strip("[]"), int(found["port"])), timeout=_PATIENCE).close()


def _connect(address: str | None, size: int | None) -> None:
    import ray

    quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False}
    try:
        if address:
            _knock(address)
            ray.init(address=address, **quiet)
            return
        ray.init(
            address="local",
            num_cpus=max(os.cpu_count() or 1, size or 1),
            object_store_memory=_OBJECT_STORE,
            include_dashboard=False,
            **quiet,
        )
    except (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as error:
        raise StudioError(
            tr("can’t connect to the Ray cluster: {reason}", reason=" ".join(str(error).split())[:_REASON]),
            file=address,
            remedy=tr("Check the address, and that the cluster runs (ray status)."),
        ) from error
