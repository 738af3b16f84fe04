"""What synthetic samples are made of in tests: few words, no fonts but one that is always there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocr_studio.core.synth_options import SynthOptions

WORDS = "ship the new build ask anna"


def options(folder: Path, **asked: Any) -> SynthOptions:
    """Options that take a moment to read. folder: for what they name."""
    (folder / "fonts").mkdir(parents=True, exist_ok=True)
    words = folder / "words.txt"
    words.write_text(WORDS, encoding="utf-8")
    usual: dict[str, Any] = {"words": 0, "boards": 0, "side": 640, "held_out": 0.0}
    return SynthOptions(**usual | {"word_list": words, "prints": folder / "fonts"} | asked)
