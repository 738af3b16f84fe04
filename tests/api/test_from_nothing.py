"""The example that teaches both networks from nothing: what it keeps, what it goes on from, and when it is over."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from ocr_studio.api import from_nothing
from ocr_studio.api.from_nothing import Sitting
from ocr_studio.engine.synth.sources import Sources
from tests.engine.test_synth_writers import font_bytes

OWN = Sources(prints=())


def test_what_was_drawn_is_used_again_only_if_it_was_drawn_from_the_same(tmp_path: Path) -> None:
    sizes = replace(from_nothing.RECOGNIZER, held_out=2)
    file = tmp_path / "out" / "test.npz"

    def drawn_anew(sources: Sources = OWN, seed: int = 0) -> bool:
        if file.exists():
            os.utime(file, (0, 0))
        assert len(from_nothing._words(sources, "test", sizes, Sitting(file.parent, seed=seed))) == 2
        return file.stat().st_mtime > 0

    assert [drawn_anew(), drawn_anew(), drawn_anew(seed=1), drawn_anew(seed=1)] == [True, False, True, False]
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    mine = replace(OWN, handwriting=(fonts,))
    assert [drawn_anew(mine, 1), drawn_anew(mine, 1)] == [True, False]
    (fonts / "new.ttf").write_bytes(font_bytes())
    assert [drawn_anew(mine, 1), drawn_anew(mine, 1)] == [True, False]
    # Of the other kind, and as earlier versions wrote them.
    boards = from_nothing._photos(mine, "test", replace(sizes, held_out=1), Sitting(file.parent, seed=1))
    from_nothing._photos(mine, "test", sizes, Sitting(file.parent, seed=1))
    assert len(boards.all[0].boxes)
    assert drawn_anew(mine, 1)
    with np.load(file) as kept:
        np.savez(file, allow_pickle=False, **{name: kept[name] for name in kept.files if name != "made_of"})
    assert drawn_anew(mine, 1)
