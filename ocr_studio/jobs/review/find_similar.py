"""Finds words on all photos that are likely the same as a corrected one."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.images import word_appearance
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_appearance import WordAppearance
from ocr_studio.core.page import Page, Quad
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project.project import Project
from ocr_studio.core.review import fix_everywhere
from ocr_studio.core.review.fix_everywhere import Correction, LookAlike
from ocr_studio.core.search.index import Index

# Limits: words that are compared (those with the most similar texts), photos that are opened, and, without an index,
# pages around the corrected one that are searched. Users would not check more suggestions than this.
_WORDS, _PHOTOS, _PAGES = 80, 40, 200


@dataclass(frozen=True, slots=True)
class CorrectedLooks:
    """The corrected word itself. image: its photo, as named in the page; quad: its box."""

    correction: Correction
    image: str
    quad: Quad


Event: TypeAlias = CorrectedLooks | LookAlike


def find(
    project: Project, corrected: Correction, index: Callable[[], Index | None] = lambda: None
) -> Iterator[Event | None]:
    """Find words that are likely the same as a corrected one.

    Args:
        project: The project.
        corrected: The correction.
        index: Returns the search index of the project, if there is one that is up to date.

    Yields:
        CorrectedLooks, then a LookAlike for each word, in no order; nothing if the corrected word can't be shown. None
        in between, so that other jobs don't have to wait.
    """
    photos = MovedPhotos()
    page = project.load_page(corrected.place[0], aside=False)
    word = page.words.get(corrected.place[1]) if page else None
    if page is None or word is None or word.machine is None:
        return
    own = _photo(photos, project, page)
    look = word_appearance.describe_word(own, word.quad) if own else None
    if own is None or look is None:
        return
    yield CorrectedLooks(corrected, page.image, word.quad)
    for candidate in _candidates(project, page, corrected, index()):
        yield None
        if candidate is None:
            continue
        other, odds = candidate
        photo = own if other.id == page.id else _photo(photos, project, other)
        if photo is not None:
            yield from _alike(photo, other, odds, look)


def _candidates(
    project: Project, page: Page, corrected: Correction, index: Index | None
) -> Iterator[tuple[Page, dict[str, float]] | None]:
    """Pages with words of similar text, and the odds of each by word id; None for each page that was looked at."""
    read = page.words[corrected.place[1]].machine
    found: list[tuple[Page, dict[str, float]]] = []
    for key in _pages(project, page, corrected, index):
        yield None
        other: Page | None = None
        with contextlib.suppress(StudioError):
            other = page if key == page.id else project.load_page(key, aside=False)
        if other is None or read is None:
            continue
        words = [word for word in other.words.values() if (key, word.id) != corrected.place]
        if odds := fix_everywhere.select_candidates(words, corrected, read):
            found.append((other, odds))
        if len(found) >= _PHOTOS:
            break
    every = sorted((each for _, odds in found for each in odds.values()), reverse=True)
    least = every[_WORDS - 1] if len(every) > _WORDS else -math.inf
    for other, odds in found:
        if likely := {key: each for key, each in odds.items() if each >= least}:
            yield other, likely


def _pages(project: Project, page: Page, corrected: Correction, index: Index | None) -> list[str]:
    if index is not None and index.complete:
        return list(dict.fromkeys([page.id, *index.read_alike(corrected.misread, corrected.right, 2 * _PHOTOS)]))
    known = project.summaries()
    keys = sorted(known, key=lambda key: make_natural_key(known[key].image))
    here = keys.index(page.id) if page.id in known else 0
    near = sorted(range(len(keys)), key=lambda number: abs(number - here))
    return [page.id, *(keys[number] for number in near[:_PAGES] if known[keys[number]].unchecked and number != here)]


def _alike(photo: Pyramid, page: Page, odds: dict[str, float], look: WordAppearance) -> Iterator[LookAlike]:
    for word_id, by_reading in odds.items():
        word = page.words[word_id]
        if (other := word_appearance.describe_word(photo, word.quad)) is None:
            continue
        likely = fix_everywhere.estimate_likelihood(by_reading, word_appearance.compute_likeness(look, other))
        if likely >= fix_everywhere.OFFERED:
            yield LookAlike((page.id, word.id), page.image, word.quad, word.text, likely)


def _photo(photos: MovedPhotos, project: Project, page: Page) -> Pyramid | None:
    with contextlib.suppress(StudioError):
        return Pyramid(photos.of_page(page, project)[1])
    return None
