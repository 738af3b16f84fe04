"""Collects changes to the words of many pages, for the user to select from. No page is changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ocr_studio.core.editing.changes import Change, Skipped
from ocr_studio.core.editing.replace_rules import BadRule, Replacer, Rule
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project

# In the background, more words may be slow to match than while the user waits.
_MOST_SLOW: Final = 100

_log = logging.getLogger(__name__)

# Yields the Change of each word, Skipped for words that can't be changed, and its own progress events.
FindChanges: TypeAlias = Callable[[Page], Iterable[object]]


@dataclass(frozen=True, slots=True)
class FoundChanges:
    """Progress, and the changes on the last page.

    Attributes:
        done: Number of pages finished.
        total: Number of all pages.
        changes: The changes on the last page.
        wrong: Pages that can't be read, and words that can't be changed, one line each.
    """

    done: int
    total: int
    changes: tuple[Change, ...] = ()
    wrong: tuple[str, ...] = ()


def collect(
    project: Project, page_ids: Sequence[str], find: FindChanges, *, ended: Callable[[], bool] = lambda: False
) -> Iterator[object]:
    """Find changes page by page; what fails on one page doesn't stop the others.

    Args:
        project: The project.
        page_ids: The pages to search.
        find: Finds the changes on a page.
        ended: Whether to stop before the next page.

    Yields:
        FoundChanges for each page, and the progress events of ``find``.

    Raises:
        BadRule: A rule is invalid, on any page.
    """
    total = len(page_ids)
    yield FoundChanges(0, total)
    for done, key in enumerate(page_ids, start=1):
        try:
            page = project.load_page(key, aside=False)
            if page is None:
                yield FoundChanges(done, total)
            else:
                yield from collect_page(page, find, done=done, total=total)
        except BadRule:
            raise
        except StudioError as error:
            _log.info("%s", error)
            yield FoundChanges(done, total, wrong=(str(error),))
        if ended():
            return


def collect_page(page: Page, find: FindChanges, *, done: int = 1, total: int = 1) -> Iterator[object]:
    """Find changes on one page; see ``collect``. Raises StudioError."""
    found: list[Change] = []
    wrong: list[str] = []
    for each in find(page):
        if isinstance(each, Change):
            found.append(each)
        elif isinstance(each, Skipped):
            wrong.append(each.why or "")
        else:
            yield each
    yield FoundChanges(done, total, tuple(found), tuple(wrong))


def collect_by_rules(project: Project, rules: Sequence[Rule]) -> Iterator[object]:
    """Find what rules change on all pages; see ``collect``. Raises BadRule for an invalid rule."""
    replacer = Replacer(rules, most_slow=_MOST_SLOW)
    return collect(project, project.page_ids(), replacer.in_page, ended=lambda: replacer.given_up)
