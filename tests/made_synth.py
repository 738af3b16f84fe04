"""What synthetic samples are made of in tests: few words, no fonts but one that is always there."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import ImageFont

from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.engine.synth.handwriting.rendered_text import TextSplit

WORDS = "ship the new build ask anna"


def options(folder: Path, **asked: Any) -> SynthOptions:
    """Options that take a moment to read. folder: for what they name."""
    (folder / "fonts").mkdir(parents=True, exist_ok=True)
    (folder / "fonts" / "print.ttf").write_bytes(font())
    words = folder / "words.txt"
    words.write_text(WORDS, encoding="utf-8")
    usual: dict[str, Any] = {"words": 0, "boards": 0, "side": 640, "held_out": 0.0}
    return SynthOptions(**usual | {"word_list": words, "prints": folder / "fonts"} | asked)


@lru_cache
def font(split: TextSplit = TextSplit.TRAIN) -> bytes:
    """The file of a font of this split: what stands behind a font's end changes its split only."""
    known = ImageFont.load_default(20)
    assert isinstance(known, ImageFont.FreeTypeFont)
    file = bytes(known.font_bytes) if hasattr(known, "font_bytes") else Path(str(known.path)).read_bytes()
    return next(made for end in range(1000) if TextSplit.of(made := file + bytes(end)) is split)
