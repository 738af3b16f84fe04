"""Words that were read a second time: what is read otherwise, and taking it over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Page, Transcription, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr_n


@dataclass(frozen=True, slots=True)
class Difference:
    """A word that nobody has checked and that is read otherwise now. word: as it is on the page; read: the new side."""

    word: Word
    read: Transcription


@dataclass(frozen=True, slots=True)
class PageDifferences:
    """What is read otherwise on one page. image: its photo, as the page has it; words: how many were read again."""

    page_id: str
    image: str
    words: int
    found: tuple[Difference, ...]


def unreviewed(page: Page) -> tuple[Word, ...]:
    """The words that no person has checked, in reading order."""
    return tuple(word for key in page_order.order(page) if not (word := page.words[key]).checked)


def differences(page: Page, fresh: Iterable[Word]) -> tuple[Difference, ...]:
    """The words that are read otherwise, in the order of ``fresh``; those that somebody has checked or moved since are
    none.
    """
    return tuple(
        Difference(page.words[word.id], word.machine)
        for word in _standing(page, fresh)
        if word.machine is not None and word.machine.text != page.words[word.id].text
    )


def taken_over(page: Page, fresh: Iterable[Word], chosen: Collection[str]) -> Edit:
    """The chosen words get their new reading, and those that are read the same its confidence; the others stay as they
    are, and so does everything that a person wrote. Empty where none is chosen.

    fresh: words as they were read again. chosen: their ids.
    """
    words = _standing(page, fresh)
    some = [word for word in words if word.id in chosen]
    same = [word for word in words if word.machine and word.machine.text == page.words[word.id].text]
    name = tr_n("Take over {count} reading", "Take over {count} readings", len(some))
    return replace(edits.refresh(page, [*some, *same]), name=name) if some else Edit(name)


def taken_over_later(page: Page, found: Iterable[Difference], chosen: Collection[str]) -> tuple[Edit, int]:
    """``taken_over`` some while after the reading: only words that are just as they were then, and how many are not.

    found: what was read otherwise on this page.
    """
    some = [each for each in found if each.word.id in chosen]
    still = [replace(each.word, machine=each.read) for each in some if page.words.get(each.word.id) == each.word]
    return taken_over(page, still, {word.id for word in still}), len(some) - len(still)


def _standing(page: Page, fresh: Iterable[Word]) -> list[Word]:
    known = ((page.words.get(word.id), word) for word in fresh)
    return [word for old, word in known if old is not None and not old.checked and old.quad == word.quad]
