"""Search on one page without an index: current, within milliseconds."""

from __future__ import annotations

from collections.abc import Iterable

from ocr_studio.core.page import Page
from ocr_studio.core.search import folding, index_packing
from ocr_studio.core.search.index_arrays import IndexArrays
from ocr_studio.core.search.index_file import PageChange
from ocr_studio.core.search.index_queries import IndexQuery, WordPlaces
from ocr_studio.core.search.matching import Hit

_ONE = 1


class PageSearch:
    """The words of a page, prepared for searching; valid while the page stays the same."""

    def __init__(self, page: Page) -> None:
        words = index_packing.pack_words(list(page.words.values()))
        self._texts, self._ids, self._quads = words.texts, words.ids, words.quads
        self._folded = [" ".join(folding.tokenize(text)) for text in words.texts]
        arrays = IndexArrays()
        arrays.vocabulary.add("\n".join(self._folded), len(self._texts) - 1)
        arrays.take(PageChange(_ONE, _ONE, index_packing.make_page_row(page, ""), words.entries, words.choices))
        self._reading = IndexQuery(self, arrays)

    def find(self, query: str, *, typing: bool = False) -> list[Hit]:
        """Find a query on the page, best first; see ``matching``. typing: the last word may be incomplete."""
        most = max(1, len(self._ids))
        return self._reading.find(query, most, typing=typing, page_id=None).hits

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the texts with these numbers."""
        return {number: self._texts[number] for number in numbers}

    def texts_with(self, part: str) -> list[int]:
        """Return the numbers of the texts that contain a folded part."""
        return [number for number, folded in enumerate(self._folded) if number and part in folded]

    def places(self, numbers: Iterable[int]) -> dict[int, WordPlaces]:
        """Return the ids of the page's words and their quads, (N, 4, 2)."""
        return {_ONE: (self._ids, self._quads)}
