"""The text of a page as the text editor shows it, with the place of each word in it.

Words are joined by spaces, lines by line breaks, blocks by an empty line. Words without text are left out. Unlike the
exported text it has no indentation, so that every character is one that the user can edit.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.page import Page, Word
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.reading_order.places import BLOCK, LINE, SAME

_TOKEN: Final = re.compile(r"\S+")
_JOINTS: Final = {SAME: " ", LINE: "\n", BLOCK: "\n\n"}


@dataclass(frozen=True, slots=True)
class Token:
    """A run of characters without spaces.

    Attributes:
        text: The characters, as they are stored.
        follows: How it follows the token before it: SAME, LINE or BLOCK of ``places``; the first one BLOCK.
        start: Its place in the text.
        end: The end of it, exclusive.
    """

    text: str
    follows: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PageText:
    """A text, and the places of the page's words in it.

    Attributes:
        text: The text.
        ids: The words in the order of the text.
        starts: The start of each word.
        ends: The end of each word, exclusive.
    """

    text: str = ""
    ids: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @classmethod
    def of(cls, page: Page | None) -> PageText:
        """Return the text of a page."""
        parts: list[str] = []
        places: list[tuple[str, int, int]] = []
        length, follows = 0, SAME
        for block in page_order.find_blocks(page) if page else ():
            follows = BLOCK
            for line in block:
                follows = max(follows, LINE)
                for word in line:
                    if text := shown_text(word):
                        joint = _JOINTS[follows] if parts else ""
                        start = length + len(joint)
                        length = start + len(text)
                        parts += (joint, text)
                        places.append((word.id, start, length))
                        follows = SAME
        ids, starts, ends = zip(*places, strict=True) if places else ((), (), ())
        return cls("".join(parts), ids, starts, ends)

    def at(self, place: int) -> str | None:
        """Return the word at a position in the text, edges included."""
        index = bisect_right(self.starts, place) - 1
        return self.ids[index] if index >= 0 and place <= self.ends[index] else None

    def within(self, start: int, end: int) -> tuple[str, ...]:
        """Return the words that overlap a range of the text."""
        return self.ids[bisect_right(self.ends, start) : bisect_left(self.starts, end)]

    def located_in(self, text: str) -> PageText | None:
        """Return the places of the same words in a text that differs in white space only; None if it differs more."""
        old, new = find_tokens(self.text), find_tokens(text)
        if [(token.text, token.follows) for token in old] != [(token.text, token.follows) for token in new]:
            return None
        starts = {token.start: other.start for token, other in zip(old, new, strict=True)}
        ends = {token.end: other.end for token, other in zip(old, new, strict=True)}
        return PageText(
            text, self.ids, tuple(starts[each] for each in self.starts), tuple(ends[each] for each in self.ends)
        )


def shown_text(word: Word) -> str:
    """Return the text of a word as it is shown: of a longer one than can be typed only the beginning."""
    text = one_line(word.text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def find_tokens(text: str) -> list[Token]:
    """Split a text into tokens; what is no writing, such as control characters, belongs to none."""
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        if token := one_line(match[0]):
            breaks = text.count("\n", last, match.start())
            follows = BLOCK if not found else min(breaks, BLOCK)
            found.append(Token(token, follows, *match.span()))
            last = match.end()
    return found


def join_tokens(tokens: Iterable[Token]) -> str:
    """Join tokens, each as it follows the one before it."""
    return "".join(_JOINTS[token.follows] + token.text for token in tokens).lstrip()
