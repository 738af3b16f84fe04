"""Filters a word list by the characters of the available writers, and reports what is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr
from ocr_studio.engine.synth.handwriting.rendered_text import Writer
from ocr_studio.engine.synth.sources import Kind, Stock
from ocr_studio.engine.synth.text.texts import BadWordList, describe_rejected, restrict_vocabulary


def keep_writable(stock: Stock, kinds: Iterable[Kind]) -> Stock:
    """Return the stock without words that no writer of these kinds can write; unchanged without a list or writers.
    Raises BadWordList if no word is left.
    """
    words, writers = stock.texts.words, list(stock.writers(kinds))
    if words.file is None or not writers or not (missing := _unwritable(words.words, writers)):
        return stock
    kept = restrict_vocabulary(words, set(words.words) - missing)
    if not kept.words:
        raise BadWordList(
            tr("the word list can’t be used: {reason}", reason="; ".join(describe_rejected(kept))),
            file=words.file,
            remedy=tr("Add fonts that have their characters, or use other words."),
        )
    return replace(stock, texts=replace(stock.texts, words=kept))


def report_unwritable(stocks: Sequence[Stock]) -> Iterator[StudioError]:
    """Yield an error for each reason why words are in none of the splits. stocks: as from ``keep_writable``."""
    words = stocks[0].texts.words
    common = set(words.unwritable).intersection(*(each.texts.words.unwritable for each in stocks[1:]))
    told = replace(words, unwritable=tuple(word for word in words.unwritable if word in common))
    for reason in describe_rejected(told):
        yield StudioError(reason, file=words.file, remedy=tr("The others are used."))


def _unwritable(words: Collection[str], writers: Sequence[Writer]) -> set[str]:
    """Return the words that none of the writers can write."""
    letters = set().union(*words)
    known = {letter for letter in letters if any(writer.can_write(letter) for writer in writers)}
    recorded = {word for writer in writers for word in writer.recorded_words}
    hopeless = {word for word in words if not known.issuperset(word)} - recorded
    left = [word for word in words if word not in hopeless]
    for writer in writers:
        left = [word for word in left if not writer.can_write(word)]
    return hopeless.union(left)
