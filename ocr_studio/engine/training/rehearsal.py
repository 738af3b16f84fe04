"""General words, drawn by ourselves: repeated while a hand is learned, so that the rest is not forgotten, and read now
and then, to see whether it is.

Nothing here comes from a file of pictures: words are those of the languages chosen, figures, code and signs, written by
made-up hands or set in the fonts of the system, as if on photos of boards (``engine.synth``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from ocr_studio.engine.synth.handwriting.rendered_text import Split
from ocr_studio.engine.synth.sources import Kind, Sources, Stock
from ocr_studio.engine.synth.word_crops import Options, WordMaker
from ocr_studio.engine.training.training_data import Lesson

_SHARES: Final = {Kind.MADE: 0.65, Kind.PRINT: 0.35}
# Pixels of a capital's height: what is smaller is hard to read even for a person, and reminds a net of little.
_SMALLEST: Final = 18.0


def general(many: int, languages: Sequence[str], *, seed: int, lines: bool = False) -> Iterator[Lesson]:
    """So many words, or lines of words, each another for another seed."""
    options = Options(shares=_SHARES, lines=1.0 if lines else 0.0, smallest=_SMALLEST)
    maker = WordMaker(stock(tuple(languages)), options=options, seed=seed)
    for index, word in enumerate(islice(maker.stream(), many)):
        yield Lesson(word.crop, word.text, f"general {index}")


@lru_cache(maxsize=1)
def stock(languages: tuple[str, ...]) -> Stock:
    """What comes with the program and the system to write with."""
    return Stock.open(Sources(languages=languages), Split.TRAIN)
