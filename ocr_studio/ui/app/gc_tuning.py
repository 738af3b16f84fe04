"""Python's search for objects that nobody needs any more, done so that the window does not stand still meanwhile.

As Python comes it looks through all there is after every 70,000 new objects or so, in whichever thread has made the
last of them, and no other thread goes on meanwhile: with the pages of some hundred photos in memory that takes a sixth
of a second, and lanes that decode pages make it happen every second. Nearly all of ours goes by itself when nobody has
it any more; the search is only for what holds itself. See https://docs.python.org/3/library/gc.html.
"""

from __future__ import annotations

import gc
from typing import Final

# New objects after which those are looked through; how many such looks make one at what has outlived some; how many of
# these one at everything: two million objects.
_LOOKS: Final = (5_000, 20, 20)


def look_seldom() -> None:
    """From now on."""
    gc.set_threshold(*_LOOKS)


def let_go() -> None:
    """What was left alone and is not needed any more goes now: a window that another one has taken the place of."""
    gc.unfreeze()
    gc.collect()


def leave_alone_what_there_is() -> None:
    """What has been loaded by now stays until the end; nobody needs to look through it again and again."""
    gc.freeze()
