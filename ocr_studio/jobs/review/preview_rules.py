"""Previews what replacement rules would change on all pages of a project. No page is changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import BadRule, Replacement, Replacer, Rule, SkippedWord
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.review.apply_choices import Change

# In the background, more words may be slow to match than while the user waits.
_MOST_SLOW: Final = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """Progress, and the replacements on the last page.

    Attributes:
        done: Number of pages finished.
        total: Number of all pages.
        found: The replacements on the last page.
        wrong: Pages that can't be read, and words that rules can't be applied to, one line each.
    """

    done: int
    total: int
    found: tuple[Replacement, ...] = ()
    wrong: tuple[str, ...] = ()


def look(project: Project, rules: Sequence[Rule]) -> Iterator[Looked]:
    """Preview the rules page by page. Raises BadRule for an invalid rule."""
    replacer = Replacer(rules, most_slow=_MOST_SLOW)
    ids = project.page_ids()
    yield Looked(0, len(ids))
    for number, key in enumerate(ids, start=1):
        try:
            page = project.load_page(key, aside=False)
            looked = look_at(page, replacer) if page else Looked(0, 0)
            yield replace(looked, done=number, total=len(ids))
            if replacer.given_up:
                return
        except BadRule:
            raise
        except StudioError as error:
            _log.info("%s", error)
            yield Looked(number, len(ids), wrong=(str(error),))


def look_at(page: Page, replacer: Replacer) -> Looked:
    """Preview the rules on one page. Raises BadRule for an invalid rule."""
    each = tuple(replacer.in_page(page))
    found = tuple(one for one in each if isinstance(one, Replacement))
    return Looked(1, 1, found, tuple(one.why for one in each if isinstance(one, SkippedWord)))


def wishes(chosen: Iterable[Replacement]) -> list[Change]:
    """Group replacements into changes by photo."""
    pages: dict[str, list[Replacement]] = {}
    for each in chosen:
        pages.setdefault(each.page_id, []).append(each)
    return [
        Change(key, some[0].image, len(some), partial(replace_rules.make_edit, wanted=some))
        for key, some in pages.items()
    ]
