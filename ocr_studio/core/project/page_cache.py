"""The pages that were loaded or saved last, so that looking at one again does not decode its file again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from ocr_studio.core.page import Page
from ocr_studio.core.page_summaries import Stamp

# Words of all pages that are kept: some 20 MB, as each is two kilobytes. More than steps of many photos change at once.
MOST: Final = 10_000


class PageCache:
    """Pages with the stamps of the files that say the same. May be used from several threads."""

    def __init__(self, most: int = MOST) -> None:
        """most: so many words are kept, of the pages that were put here last."""
        self._most, self._words = most, 0
        self._pages: OrderedDict[str, tuple[Stamp, Page]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, page_id: str, now: Stamp | None) -> Page | None:
        """The page, if its file still has the stamp with which it was put here. now: the file's stamp."""
        with self._guard:
            kept = self._pages.get(page_id)
            if kept is None or kept[0] != now:
                return None
            self._pages.move_to_end(page_id)
            return kept[1]

    def put(self, page: Page, saved: Stamp | None) -> None:
        """The file of this page, which has this stamp, says so; None: there is no file."""
        with self._guard:
            old = self._pages.pop(page.id, None)
            self._words -= _weight(old[1]) if old else 0
            if saved is None or _weight(page) > self._most:
                return
            self._pages[page.id] = saved, page
            self._words += _weight(page)
            while self._words > self._most:
                _, (_, last) = self._pages.popitem(last=False)
                self._words -= _weight(last)


def _weight(page: Page) -> int:
    # A page without words is not nothing.
    return len(page.words) + 1
