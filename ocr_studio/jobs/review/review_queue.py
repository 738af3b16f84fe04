"""What the review queue needs beforehand: which words wait, and a picture of each with what stands around it."""

from __future__ import annotations

import contextlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import cv2

from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Page, Quad, Word
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project
from ocr_studio.core.review import card as review_card
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import Order, Place, QueueRow
from ocr_studio.core.search.index import Index, IndexTrouble
from ocr_studio.core.search.index import Order as IndexOrder
from ocr_studio.core.translation import tr

# Bytes of decoded photos that are kept for the next words; one is kept in any case.
_PHOTOS: Final = 160 * 2**20
# As small as a photo on a web page, and hardly to be told from the photo itself.
_QUALITY: Final = 88
_TOLD_EVERY: Final = 25
_INDEXED: Final[dict[Order, IndexOrder]] = {Order.LEAST_SURE: "confidence", Order.PAGE: "page"}


@dataclass(frozen=True, slots=True)
class PagesLooked:
    """How many pages of all have been looked through for words that wait."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WordsWait:
    """The words that come first, how many wait in all, and the photos whose words cannot be known."""

    rows: tuple[QueueRow, ...]
    total: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageChecked:
    """Which words of a page nobody has checked."""

    page_id: str
    unchecked: frozenset[str]

    @classmethod
    def of(cls, page: Page) -> PageChecked:
        """As the page is now."""
        return cls(page.id, frozenset(key for key, word in page.words.items() if not word.checked))


@dataclass(frozen=True, slots=True)
class CardMade:
    """The card of a word. quad: the box it was made for; picture: JPEG; corners: of the word, (4, 2) pixels of it.

    word: as it was then; small: JPEG of the word alone.
    """

    place: Place
    quad: Quad
    picture: bytes
    corners: Floats
    word: Word
    small: bytes


@dataclass(frozen=True, slots=True)
class CardFailed:
    """There is no picture of a word. error: one line for a person."""

    place: Place
    error: str


Waiting: TypeAlias = PagesLooked | WordsWait
CardEvent: TypeAlias = CardMade | CardFailed


def waiting(project: Project, order: Order, index: Index | None = None) -> Iterator[Waiting]:
    """The words of a project that nobody has checked: PagesLooked …, then WordsWait. Raises StudioError.

    index: of the project; where it is up to date and knows the order, no page is looked at.
    """
    if index is not None and index.complete and order in _INDEXED:
        with contextlib.suppress(IndexTrouble):
            yield _indexed(index, order)
            return
    yield from _looked_through(project, order)


def _indexed(index: Index, order: Order) -> WordsWait:
    words = index.words(unchecked_only=True, order=_INDEXED[order], limit=review_queue.MOST)
    rows = (QueueRow(row.page_id, row.word_id, row.image, at, row.confidence) for at, row in enumerate(words))
    pages = index.pages()
    failed = tuple(f"{page.image or page.page_id}: {page.failed}" for page in pages if page.failed)
    return WordsWait(tuple(rows), max(len(words), sum(page.unchecked for page in pages)), failed)


def _looked_through(project: Project, order: Order) -> Iterator[Waiting]:
    pages = [key for key, summary in project.summaries().items() if summary.unchecked]
    second = second_readings.load(project.files) if order is Order.DIFFERING else {}
    rows: list[QueueRow] = []
    failed: list[str] = []
    cut = 0
    for done, key in enumerate(pages):
        if done % _TOLD_EVERY == 0:
            yield PagesLooked(done, len(pages))
        try:
            page = project.load_page(key, aside=False)
        except StudioError as error:
            failed.append(str(error))
            continue
        rows += review_queue.rows(page, second.get(key, {})) if page else ()
        if len(rows) > 4 * review_queue.MOST:
            cut += len(rows) - review_queue.MOST
            rows = list(review_queue.first(rows, order)[0])
    found, total = review_queue.first(rows, order)
    yield WordsWait(found, total + cut, tuple(failed))


def written(index: Index) -> Iterator[Counter[str]]:
    """What people have written or confirmed in a project, once, with how often; nothing where that cannot be known."""
    with contextlib.suppress(IndexTrouble):
        yield index.written()


def checked(project: Project, page_ids: Iterable[str]) -> Iterator[PageChecked]:
    """How far the words of these pages have come by now; what cannot be read is passed over."""
    for key in page_ids:
        with contextlib.suppress(StudioError):
            if page := project.load_page(key, aside=False):
                yield PageChecked.of(page)


@dataclass(slots=True)
class CardMaker:
    """Makes cards of the words of a project. Belongs to the thread that makes them; keeps a few photos decoded."""

    project: Project
    _moved: MovedPhotos = field(default_factory=MovedPhotos)
    _photos: OrderedDict[str, Pyramid] = field(default_factory=OrderedDict)

    def make(self, wanted: Sequence[Place], size: tuple[int, int], *, enough: int) -> Iterator[CardEvent]:
        """Cards of these words, and of further ones on the same photos, until the first ``enough`` have theirs.

        size: (width, height) of their pictures. Page for page, as decoding a photo takes longer than all its cards.
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
                gone = CardFailed(place, tr("the word is not on the photo any more"))
                yield _card(photo, place, word, size) if photo and word else gone

    def _photo(self, page: Page) -> Pyramid:
        if page.id not in self._photos:
            self._photos[page.id] = Pyramid(self._moved.of_page(page, self.project)[1])
            while len(self._photos) > 1 and sum(each.level(0).nbytes for each in self._photos.values()) > _PHOTOS:
                self._photos.popitem(last=False)
        self._photos.move_to_end(page.id)
        return self._photos[page.id]


def _card(photo: Pyramid, place: Place, word: Word, size: tuple[int, int]) -> CardEvent:
    card = review_card.cut(photo, word.quad, size)
    pictures = [
        cv2.imencode(".jpg", each[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        for each in (card.picture, review_card.word_alone(card))
    ]
    if not all(done for done, _ in pictures):
        return CardFailed(place, tr("no picture can be made"))
    whole, small = (data.tobytes() for _, data in pictures)
    return CardMade(place, word.quad, whole, card.corners, word, small)
