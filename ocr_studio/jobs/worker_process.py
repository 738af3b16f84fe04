"""What worker processes have in common: low priority, one thread, the program's language, and that they end with it.

They are started by ``spawn``, as forking a program with threads isn't safe.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from typing import Final, NamedTuple

import cv2

from ocr_studio.core import resources, translation

# Added to the niceness of workers, so that the computer stays responsive (19 is the lowest priority).
_NICENESS: Final = 10


class Language(NamedTuple):
    """Language of messages. point: decimal point, as in ``translation.use``."""

    name: str
    point: str


def count_cores() -> int:
    """Return the number of cores this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def get_language() -> Language:
    """Return what a worker is started with."""
    return Language(translation.language(), translation.figure("."))


def set_up(language: Language) -> None:
    """Prepare a process that has just been started as a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes; the parent ends the workers
    threading.Thread(target=_end_with_the_program, daemon=True).start()
    cv2.setNumThreads(1)
    with contextlib.suppress(OSError, AttributeError):  # not available on Windows
        os.nice(_NICENESS)
    if language.name != translation.ENGLISH:
        translation.use(resources.translations(), language.name, point=language.point)


def _end_with_the_program() -> None:
    """Exit when the parent process ends, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
