"""The engines that can read an archive, by name."""

from __future__ import annotations

from functools import partial
from typing import Final

from ocr_studio.core import extras
from ocr_studio.jobs.archive.plan import ArchivePlan
from ocr_studio.jobs.archive.pool import Engine
from ocr_studio.jobs.archive.processes import ProcessEngine
from ocr_studio.jobs.archive.ray_actors import RayEngine
from ocr_studio.jobs.archive.worker import load_reader
from ocr_studio.jobs.worker_process import count_cores

HERE, RAY = "here", "ray"
ENGINES: Final = (HERE, RAY)


def make_engine(name: str, plan: ArchivePlan, *, size: int | None = None, address: str | None = None) -> Engine:
    """Make an engine; for “ray”, connect to a cluster or start one on this computer.

    Args:
        name: One of ``ENGINES``.
        plan: How photos are read.
        size: Number of workers; by default one for each core.
        address: Address of a Ray cluster.

    Raises:
        StudioError: The packages are missing, or there is no such cluster.
    """
    if name == RAY:
        extras.require("ray")
        return RayEngine(partial(load_reader, plan.for_other_computers()), size=size, address=address)
    return ProcessEngine(partial(load_reader, plan.reading), size=size or count_cores())
