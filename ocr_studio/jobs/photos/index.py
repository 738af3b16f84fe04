"""Background jobs on the search index: update and search."""

from __future__ import annotations

from collections.abc import Iterator

from ocr_studio.core.search.index import Index, IndexProgress, SearchResult


def bring_up_to_date(index: Index) -> Iterator[IndexProgress]:
    """Update the index with the changed pages; a damaged index file is rebuilt at once."""
    for _ in range(2):
        yield from index.refresh()
        if index.complete:
            return


def find(index: Index, query: str, *, limit: int, typing: bool, page_id: str | None = None) -> Iterator[SearchResult]:
    """Search the index; see ``Index.search``. Raises IndexTrouble."""
    yield index.search(query, limit, typing=typing, page_id=page_id)
