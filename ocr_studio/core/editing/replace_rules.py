"""Find and replace with rules, with a preview of the changes.

Patterns are those of the package regex, which can stop a search after a time: a pattern that tries ever more ways, like
``(a+)+b``, must not make the window stand still.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Annotated, Final

import regex
from msgspec import Meta

from ocr_studio.core import plain_text, state_file
from ocr_studio.core.editing.changes import Change, Skipped
from ocr_studio.core.errors import MAKE_WRITABLE, StudioError, write_failed
from ocr_studio.core.files import json_schema
from ocr_studio.core.page import Page
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import later, tr

FILE: Final = "rules.json"
_MOST_RULES: Final = 1000
_SHOWN: Final = 40  # letters of a text, where it is named
# Seconds for one pattern in one text: a word takes microseconds.
PATIENCE: Final = 0.2
# After this many slow texts, the others are likely to be slow, too.
MOST_SLOW: Final = 10


class BadRule(StudioError):
    """A rule is invalid; the message says why."""


class TooSlow(BadRule):
    """A pattern takes too long in one text; it may still be used in others."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What to find in the text of a word, and its replacement.

    find: a text, or with ``pattern`` a regular expression, whose groups ``put`` may name: \\1, \\g<name>. whole: only
    where it is no part of a longer word. case: capitals and small letters differ. on: whether the rule is used.
    """

    find: Annotated[str, Meta(max_length=2000)]
    put: Annotated[str, Meta(max_length=2000)]
    pattern: bool = False
    whole: bool = False
    case: bool = True
    on: bool = True


class Replacer:
    """Compiled rules; those that are off are ignored. Raises BadRule for an invalid pattern.

    most_slow: number of words in which patterns take too long, after which ``in_page`` stops.
    """

    def __init__(self, rules: Iterable[Rule], *, most_slow: int = MOST_SLOW) -> None:
        self._rules = [(rule, _compile(rule)) for rule in rules if rule.on and rule.find]
        self._slow, self._most_slow = 0, most_slow

    @property
    def given_up(self) -> bool:
        """Whether it has stopped after too many slow words."""
        return self._slow >= self._most_slow

    def __bool__(self) -> bool:
        return bool(self._rules)

    def replaced(self, text: str) -> str:
        """Apply all rules to a text, one after the other. Raises TooSlow, and BadRule for an unknown group."""
        for rule, compiled in self._rules:
            try:
                if rule.pattern:
                    text = compiled.sub(rule.put, text, timeout=PATIENCE)
                else:
                    text = compiled.sub(lambda _, rule=rule: rule.put, text, timeout=PATIENCE)
            except TimeoutError as error:
                raise TooSlow(
                    tr("the pattern “{find}” takes too long.", find=_shorten(rule.find)),
                    remedy=tr("Simplify the pattern."),
                ) from error
            except (regex.error, IndexError) as error:
                raise _make_error(rule, error) from error
        return one_line(text)

    def in_page(self, page: Page) -> Iterator[Change | Skipped]:
        """Find the new texts of a page's words; words without text are ignored.

        A word in which a pattern takes too long, or which would become too long, is skipped; once too many were, so are
        all others, which the last one says. Raises BadRule.
        """
        for key in page_order.order_words(page):
            word = page.words[key]
            before = word.text
            try:
                after = self.replaced(before) if before else before
            except TooSlow as error:
                self._slow += 1
                why = tr("“{text}” on {photo} was skipped: {why}", why=error, **_name_word(page, before))
                yield Skipped(page.image, why)
                if self.given_up:
                    yield Skipped(page.image, tr("Stopped: the patterns took too long in too many words."))
                    return
                continue
            if plain_text.outgrows(after, before):
                why = tr("“{text}” on {photo} was skipped: it would become too long.", **_name_word(page, before))
                yield Skipped(page.image, why)
            elif after != before:
                yield Change(page.id, page.image, key, word.quad, before, after, checked=word.checked)


def load_rules(folder: Path) -> tuple[Rule, ...]:
    """Load the saved rules. folder: that of the settings."""
    return tuple(json_schema.valid_entries(state_file.read(folder / FILE).get("rules"), Rule)[:_MOST_RULES])


def save_rules(folder: Path, rules: Sequence[Rule]) -> None:
    """Save the rules. Raises WriteFailed."""
    try:
        state_file.write(folder / FILE, {"format": 1, "rules": [asdict(rule) for rule in rules]})
    except OSError as error:
        what = later("can’t save the rules: {reason}")
        raise write_failed(folder / FILE, error, what, help_with=MAKE_WRITABLE) from error


def describe_problem(rule: Rule) -> str:
    """Say why a rule is invalid, including unknown groups in its replacement, and what to do; empty if it is valid."""
    try:
        compiled = _compile(rule)
        if rule.pattern:
            # Nothing is replaced in nothing, but the new text is read.
            regex.compile(rf"(?:{compiled.pattern})|\A", compiled.flags).sub(rule.put, "", timeout=PATIENCE)
    except BadRule as error:
        return str(error)
    except (regex.error, IndexError, TimeoutError) as error:
        return str(_make_error(rule, error))
    return ""


def _compile(rule: Rule) -> regex.Pattern[str]:
    found = rule.find if rule.pattern else regex.escape(rule.find)
    if rule.whole:
        # Not \b: that wants a letter at the edge, and a rule may begin or end with a sign.
        found = rf"(?<!\w)(?:{found})(?!\w)"
    try:
        return regex.compile(found, 0 if rule.case else regex.IGNORECASE)
    except (regex.error, OverflowError, RecursionError) as error:
        raise _make_error(rule, error) from error


def _name_word(page: Page, text: str) -> dict[str, str]:
    return {"text": _shorten(text), "photo": PurePath(page.image).name}


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _make_error(rule: Rule, error: Exception) -> BadRule:
    # Without the position, which is that in the pattern as it is compiled.
    reason = getattr(error, "msg", error)
    return BadRule(
        tr("the rule “{find}” → “{put}” is invalid: {reason}", find=rule.find, put=rule.put, reason=reason),
        remedy=tr("Correct the pattern or the replacement, or turn off Pattern to find the text itself."),
    )
