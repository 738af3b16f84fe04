"""Photos of boards for tests and benchmarks, by hands that are made up: nothing but the program is needed."""

from __future__ import annotations

from functools import cache
from typing import Any

from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker
from ocr_studio.engine.synth.handwriting.rendered_text import TextSplit
from ocr_studio.engine.synth.photo.board_surface import Ground
from ocr_studio.engine.synth.sources import Kind, Sources, Stock


def maker(*, seed: int = 0, **options: Any) -> BoardMaker:
    """Whiteboards, photographed with some care. options: others than these, of ``BoardOptions``."""
    wanted: dict[str, Any] = {
        "long_side": (1600, 1600),
        "words": (40, 90),
        "turned": 0.0,
        "pages": 0.0,
        "ghosts": 0.0,
        "tilt": 0.3,
        "harm": 0.3,
        "grounds": {Ground.WHITEBOARD: 1.0},
        "writers": {Kind.MADE: 1.0},
    }
    return BoardMaker(_stock(), BoardOptions(**(wanted | options)), seed=seed)


@cache
def _stock() -> Stock:
    return Stock.open(Sources(prints=()), TextSplit.TRAIN)
