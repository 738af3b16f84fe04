"""Tuning of Python's garbage collector, so that it doesn't block the window.

By default, a full collection runs about every 70,000 new objects and stops all threads. With the pages of a few hundred
photos in memory it takes a sixth of a second, and threads that decode pages trigger it every second. Nearly all objects
are freed by reference counting anyway; the collector is only needed for reference cycles.
See https://docs.python.org/3/library/gc.html.

It runs in the window's thread only. Elsewhere it could destroy objects of the window: a QObject that is being destroyed
holds a lock of Qt and waits for Python's, while the window's thread emits a signal and waits for them the other way
round, forever.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

# Thresholds of the three generations, as of ``gc.set_threshold``: a full collection runs after two million new objects.
_THRESHOLDS: Final = (5_000, 20, 20)
_INTERVAL: Final = 1000  # milliseconds


def collect_here(parent: QObject) -> None:
    """Collect in this thread only, and rarely. ``gc.enable`` ends that; the timer belongs to ``parent``."""
    gc.disable()
    timer = QTimer(parent, interval=_INTERVAL)
    timer.timeout.connect(collect_due)
    timer.start()


def collect_due() -> None:
    """Collect the oldest generation whose threshold is exceeded."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > _THRESHOLDS[generation]:
            gc.collect(generation)
            return


def free_unused() -> None:
    """Free frozen objects that are no longer used, such as a window that was replaced."""
    gc.unfreeze()
    gc.collect()


def freeze_loaded() -> None:
    """Exclude all current objects from collection, because they live until the program ends."""
    gc.freeze()
