"""Prepares the review queue: which words are unchecked, and an image of each with its surroundings."""

from __future__ import annotations

import contextlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Page, PhotoFrame, Quad, Word
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project
from ocr_studio.core.review import card as review_card
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import Place, QueueOrder, QueueRow
from ocr_studio.core.search.index import Index, IndexTrouble
from ocr_studio.core.translation import tr

# Bytes of decoded photos that are cached; at least one is.
_PHOTOS: Final = 160 * 2**20
# JPEG quality: small, with hardly visible artefacts.
_QUALITY: Final = 88
_TOLD_EVERY: Final = 25


@dataclass(frozen=True, slots=True)
class PagesLooked:
    """Progress: how many pages have been searched for unchecked words."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WordsWait:
    """The first words of the queue, the number of all unchecked words, and the pages that can't be read."""

    rows: tuple[QueueRow, ...]
    total: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageChecked:
    """The unchecked words of a page."""

    page_id: str
    unchecked: frozenset[str]

    @classmethod
    def of(cls, page: Page) -> PageChecked:
        """Make it from the current page."""
        return cls(page.id, frozenset(key for key, word in page.words.items() if not word.checked))


@dataclass(frozen=True, slots=True)
class CardMade:
    """The card of a word.

    Attributes:
        place: Ids of page and word.
        quad: The box of the word at that time.
        picture: JPEG of the word and its surroundings.
        corners: Corners of the word in that image, (4, 2) pixels.
        word: The word at that time.
        small: JPEG of the word alone.
    """

    place: Place
    quad: Quad
    picture: bytes
    corners: Floats
    word: Word
    small: bytes


@dataclass(frozen=True, slots=True)
class CardFailed:
    """The card of a word could not be made. error: one line for the user."""

    place: Place
    error: str


Waiting: TypeAlias = PagesLooked | WordsWait
CardEvent: TypeAlias = CardMade | CardFailed


def waiting(project: Project, order: QueueOrder, index: Index | None = None) -> Iterator[Waiting]:
    """Collect the unchecked words of a project; yields PagesLooked …, then WordsWait.

    If the search index is complete and the least sure words come first, no page is loaded; page by page, only those
    that are needed. Raises StudioError.
    """
    if index is not None and index.complete and order is QueueOrder.LEAST_SURE:
        with contextlib.suppress(IndexTrouble):
            yield _indexed(index)
            return
    yield from _scan_pages(project, order)


def _indexed(index: Index) -> WordsWait:
    words = index.words(unchecked_only=True, limit=review_queue.MOST)
    rows = (QueueRow(row.page_id, row.word_id, row.image, at, row.confidence) for at, row in enumerate(words))
    pages = index.pages()
    failed = tuple(f"{page.image or page.page_id}: {page.failed}" for page in pages if page.failed)
    return WordsWait(tuple(rows), max(len(words), sum(page.unchecked for page in pages)), failed)


def _scan_pages(project: Project, order: QueueOrder) -> Iterator[Waiting]:
    summaries = {key: summary for key, summary in project.summaries().items() if summary.unchecked}
    pages = list(summaries)
    if order is QueueOrder.PAGE:
        pages.sort(key=lambda key: (make_natural_key(summaries[key].image), key))
    second = second_readings.load(project.files) if order is QueueOrder.DIFFERING else {}
    rows: list[QueueRow] = []
    failed: list[str] = []
    cut = 0
    for done, key in enumerate(pages):
        if order is QueueOrder.PAGE and len(rows) >= review_queue.MOST:
            cut += sum(summaries[later].unchecked for later in pages[done:])
            break
        if done % _TOLD_EVERY == 0:
            yield PagesLooked(done, len(pages))
        try:
            page = project.load_page(key, aside=False)
        except StudioError as error:
            failed.append(str(error))
            continue
        rows += review_queue.list_rows(page, second.get(key, {})) if page else ()
        if len(rows) > 4 * review_queue.MOST:
            cut += len(rows) - review_queue.MOST
            rows = list(review_queue.select_first(rows, order)[0])
    found, total = review_queue.select_first(rows, order)
    yield WordsWait(found, total + cut, tuple(failed))


def written(index: Index) -> Iterator[Counter[str]]:
    """The checked texts of a project and their counts; yields nothing if the index fails."""
    with contextlib.suppress(IndexTrouble):
        yield index.written()


def checked(project: Project, page_ids: Iterable[str]) -> Iterator[PageChecked]:
    """The unchecked words of these pages; pages that can't be read are skipped."""
    for key in page_ids:
        with contextlib.suppress(StudioError):
            if page := project.load_page(key, aside=False):
                yield PageChecked.of(page)


@dataclass(slots=True)
class CardMaker:
    """Makes cards of words, and caches a few decoded photos. Belongs to the thread that makes the cards."""

    project: Project
    _moved: MovedPhotos = field(default_factory=MovedPhotos)
    _photos: OrderedDict[tuple[str, PhotoFrame | None], Pyramid] = field(default_factory=OrderedDict)

    def make(self, wanted: Sequence[Place], size: tuple[int, int], *, enough: int) -> Iterator[CardEvent]:
        """Make the cards of the first ``enough`` words, and of the other words on the same photos.

        They are made page by page, as decoding a photo takes longer than making all its cards.

        Args:
            wanted: The words, in the order of the queue.
            size: Width and height of the images, in pixels.
            enough: Number of words whose cards are needed now.
        """
        of_page: OrderedDict[str, list[Place]] = OrderedDict()
        for number, place in enumerate(wanted):
            if number < enough or place[0] in of_page:
                of_page.setdefault(place[0], []).append(place)
        for page_id, places in of_page.items():
            try:
                page = self.project.load_page(page_id, aside=False)
                photo = self._photo(page) if page else None
            except StudioError as error:
                yield from (CardFailed(place, str(error)) for place in places)
                continue
            for place in places:
                word = page.words.get(place[1]) if page else None
                gone = CardFailed(place, tr("the word is no longer on the photo"))
                yield _card(photo, place, word, size) if photo and word else gone

    def _photo(self, page: Page) -> Pyramid:
        key = page.id, page.facts.frame
        if key not in self._photos:
            self._photos[key] = Pyramid(self._moved.of_page(page, self.project)[1])
            while len(self._photos) > 1 and sum(each.level(0).nbytes for each in self._photos.values()) > _PHOTOS:
                self._photos.popitem(last=False)
        self._photos.move_to_end(key)
        return self._photos[key]


def _card(photo: Pyramid, place: Place, word: Word, size: tuple[int, int]) -> CardEvent:
    card = review_card.cut_card(photo, word.quad, size)
    pictures = card.picture, review_card.crop_word(card)
    whole, small = (encode_image(each, ".jpg", quality=_QUALITY) for each in pictures)
    return CardMade(place, word.quad, whole, card.corners, word, small)
