"""General words, generated for rehearsal against forgetting and to measure it.

No image files are used: words of the selected languages, numbers, code and symbols in synthetic handwriting or in the
system's fonts, as on photos of boards (``engine.synth``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from ocr_studio.engine.synth.handwriting.rendered_text import TextSplit
from ocr_studio.engine.synth.sources import Kind, Sources, Stock
from ocr_studio.engine.synth.word_crops import Options, WordMaker
from ocr_studio.engine.training.training_data import TrainingExample

_SHARES: Final = {Kind.MADE: 0.65, Kind.PRINT: 0.35}
# Pixels of a capital's height: smaller letters are hardly legible and of little use.
_SMALLEST: Final = 18.0


def general(many: int, languages: Sequence[str], *, seed: int, lines: bool = False) -> Iterator[TrainingExample]:
    """Generate words, or lines of words, reproducible for a seed."""
    options = Options(shares=_SHARES, lines=1.0 if lines else 0.0, smallest=_SMALLEST)
    maker = WordMaker(load_rehearsal(tuple(languages)), options=options, seed=seed)
    for index, word in enumerate(islice(maker.stream(), many)):
        yield TrainingExample(word.crop, word.text, f"general {index}")


@lru_cache(maxsize=1)
def load_rehearsal(languages: tuple[str, ...]) -> Stock:
    """Return the sources of writing that come with the program and the system."""
    return Stock.open(Sources(languages=languages), TextSplit.TRAIN)
