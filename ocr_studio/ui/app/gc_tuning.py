"""Tuning of Python's garbage collector, so that it doesn't block the window.

By default, a full collection runs about every 70,000 new objects and stops all threads. With the pages of a few hundred
photos in memory it takes a sixth of a second, and threads that decode pages trigger it every second. Nearly all objects
are freed by reference counting anyway; the collector is only needed for reference cycles.
See https://docs.python.org/3/library/gc.html.
"""

from __future__ import annotations

import gc
from typing import Final

# Thresholds of the three generations: a full collection runs after two million new objects.
_THRESHOLDS: Final = (5_000, 20, 20)


def collect_rarely() -> None:
    """Let the collector run less often from now on."""
    gc.set_threshold(*_THRESHOLDS)


def free_unused() -> None:
    """Free frozen objects that are no longer used, such as a window that was replaced."""
    gc.unfreeze()
    gc.collect()


def freeze_loaded() -> None:
    """Exclude all current objects from collection, because they live until the program ends."""
    gc.freeze()
