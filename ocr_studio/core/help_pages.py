"""The help pages: Markdown files that come with the program, one for each feature."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ocr_studio.core import resources
from ocr_studio.core.errors import StudioError
from ocr_studio.core.search import folding
from ocr_studio.core.translation import tr

# In the order of the table of contents.
TOPICS: Final = (
    "start", "photos", "reading", "editing", "review", "text", "search", "board", "projects", "export", "datasets",
    "training", "evaluation", "models", "synth", "settings", "command-line", "python", "files", "security",
    "development",
)  # fmt: skip

_HEADING: Final = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
_ALIKE: Final = 0.6
# How much a word counts that is found in the title, in a heading, in the text.
_IN_TITLE, _IN_HEADING, _IN_TEXT = 100, 10, 1
_MOST_COUNTED: Final = 9  # times that a word counts in the text of one page


class NoSuchTopic(StudioError):
    """There is no help page of that name."""


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A help page.

    Attributes:
        topic: Its name: of the file, on the command line and in links.
        title: Its first heading.
        summary: What it is about, one sentence.
        text: All of it, as Markdown.
    """

    topic: str
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A page that holds all words of a query. heading: the section with the first of them; "" for the page itself."""

    page: HelpPage
    heading: str


@cache
def pages() -> tuple[HelpPage, ...]:
    """All help pages, in the order of the table of contents. Raises ResourceMissing."""
    return tuple(_read(topic) for topic in TOPICS)


def page(topic: str) -> HelpPage:
    """Look up a page.

    Args:
        topic: The page's name, in any case.

    Raises:
        NoSuchTopic: There is no such page; the remedy names those that may be meant.
        ResourceMissing: The program's own files are missing.
    """
    wanted = topic.strip().casefold()
    if wanted in TOPICS:
        return next(each for each in pages() if each.topic == wanted)
    near = difflib.get_close_matches(wanted, TOPICS, n=3, cutoff=_ALIKE)
    remedy = tr("Choose one of these: {topics}.", topics=", ".join(near or TOPICS))
    raise NoSuchTopic(tr("there is no help page “{topic}”", topic=topic), remedy=remedy)


def find(query: str) -> list[Match]:
    """Search the pages for words, or beginnings of words, in any order; case and accents do not matter.

    Returns:
        The pages that hold all of them, best match first; all pages if the query is empty.
    """
    words = [folded for word in query.split() if (folded := folding.word(word))]
    rated = [(_rate(each, words), number, each) for number, each in enumerate(pages())]
    found = sorted((-rate, number, each) for rate, number, each in rated if rate or not words)
    return [Match(each, _section_with(each, words[0]) if words else "") for _, _, each in found]


def _read(topic: str) -> HelpPage:
    text = _file(topic).read_text(encoding="utf-8")
    title = _HEADING.search(text)
    paragraphs = [part for part in text.split("\n\n") if part.strip() and not part.startswith("#")]
    summary = " ".join(paragraphs[0].split()) if paragraphs else ""
    return HelpPage(topic, title[1] if title else topic, summary, text)


def _file(topic: str) -> Path:
    return resources.resource(f"help/{topic}.md")


def _rate(each: HelpPage, words: list[str]) -> int:
    """How well a page answers; 0 where it lacks a word."""
    parts = (
        (_IN_TITLE, f"{each.title} {each.topic}"),
        (_IN_HEADING, " ".join(_HEADING.findall(each.text))),
        (_IN_TEXT, each.text),
    )
    folded = [(weight, f" {' '.join(folding.tokens(text))}") for weight, text in parts]
    rates = [sum(weight * min(_MOST_COUNTED, text.count(f" {word}")) for weight, text in folded) for word in words]
    return sum(rates) if all(rates) else 0


def _section_with(each: HelpPage, word: str) -> str:
    """The heading of the first section that has a word in its heading, else of the first that has it at all."""
    headings = list(_HEADING.finditer(each.text))
    ends = [heading.start() for heading in headings[1:]] + [len(each.text)]
    sections = [(found[1], each.text[found.start() : end]) for found, end in zip(headings, ends, strict=True)]
    for at in (0, 1):
        for section in sections:
            if f" {word}" in f" {' '.join(folding.tokens(section[at]))}":
                return section[0]
    return ""
