"""What rules would change on all pages of a project, and what a person wants of that. Nothing of any page changes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import BadRule, Replacement, Replacer, Rule, Skipped
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.review.apply_choices import Wish

# In the background a pattern may take long in more words than while a person waits.
_MOST_SLOW: Final = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """So many pages of so many are looked at; what the last one's words would become. wrong: pages that cannot be read,
    and words that rules cannot be used on, a line for each.
    """

    done: int
    total: int
    found: tuple[Replacement, ...] = ()
    wrong: tuple[str, ...] = ()


def look(project: Project, rules: Sequence[Rule]) -> Iterator[Looked]:
    """Page by page; raises BadRule for a rule that cannot be used."""
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
    """The same for one page alone; raises BadRule for a rule that cannot be used."""
    each = tuple(replacer.in_page(page))
    found = tuple(one for one in each if isinstance(one, Replacement))
    return Looked(1, 1, found, tuple(one.why for one in each if isinstance(one, Skipped)))


def wishes(chosen: Iterable[Replacement]) -> list[Wish]:
    """What these replacements are, photo by photo."""
    pages: dict[str, list[Replacement]] = {}
    for each in chosen:
        pages.setdefault(each.page_id, []).append(each)
    return [
        Wish(key, some[0].image, len(some), partial(replace_rules.taken_over, wanted=some))
        for key, some in pages.items()
    ]
