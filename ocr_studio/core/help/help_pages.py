"""The help pages: Markdown files that come with the program, one for each feature, in the language of the program."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ocr_studio.core import resources
from ocr_studio.core.errors import UnknownName, suggest_name
from ocr_studio.core.search import folding
from ocr_studio.core.translation import ENGLISH, language, tr

# In the order of the table of contents.
TOPICS: Final = (
    "start", "photos", "phone", "reading", "editing", "review", "text", "search", "board", "video", "projects",
    "export", "datasets", "training", "evaluation", "models", "synth", "archive", "settings", "command-line",
    "service", "assistants", "python", "files", "security", "development",
)  # fmt: skip

_HEADING: Final = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
# How much a word counts that is found in the title, in a heading, in the text.
_IN_TITLE, _IN_HEADING, _IN_TEXT = 100, 10, 1
_MOST_COUNTED: Final = 9  # times that a word counts in the text of one page


class NoSuchTopic(UnknownName):
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

    @property
    def headings(self) -> list[str]:
        """Its title and the headings of its sections."""
        return _HEADING.findall(self.text)

    @property
    def sections(self) -> list[str]:
        """The headings of its sections."""
        return self.headings[1:]


@dataclass(frozen=True, slots=True)
class HelpMatch:
    """A page that holds all words of a query. heading: the section with the first of them; "" for the page itself."""

    page: HelpPage
    heading: str


def load_pages() -> tuple[HelpPage, ...]:
    """Load all help pages in the current language, in the order of the table of contents. Raises ResourceMissing."""
    return _load_pages(language())


@cache
def _load_pages(code: str) -> tuple[HelpPage, ...]:
    return tuple(_read(topic, code) for topic in TOPICS)


def find_page(topic: str) -> HelpPage:
    """Look up a page.

    Args:
        topic: The page's name, in any case.

    Raises:
        NoSuchTopic: There is no such page; the remedy names the one that may be meant, or all.
        ResourceMissing: The program's own files are missing.
    """
    wanted = topic.strip().casefold()
    if wanted in TOPICS:
        return next(each for each in load_pages() if each.topic == wanted)
    remedy = suggest_name(wanted, TOPICS) or tr("Choose one of these: {topics}.", topics=", ".join(TOPICS))
    raise NoSuchTopic(tr("there is no help topic “{topic}”", topic=topic), remedy=remedy)


def search_pages(query: str) -> list[HelpMatch]:
    """Search the pages for words, or beginnings of words, in any order; case and accents do not matter.

    Returns:
        The pages that hold all of them, best match first; all pages if the query is empty.
    """
    words = _searchable(query).split()
    if not words:
        return [HelpMatch(each, "") for each in load_pages()]
    rated = sorted(((_rate(each, words), each) for each in load_pages()), key=lambda pair: -pair[0])
    return [HelpMatch(each, _section_with(each, words)) for rate, each in rated if rate]


def _read(topic: str, code: str) -> HelpPage:
    try:
        text = _find_file(topic, code).read_text(encoding="utf-8")
    except OSError as error:
        what = tr("a file of the program is missing")
        raise resources.ResourceMissing(what, file=error.filename, remedy=tr("Reinstall the program.")) from error
    title = _HEADING.search(text)
    paragraphs = [part for part in text.split("\n\n") if part.strip() and not part.startswith("#")]
    summary = " ".join(paragraphs[0].split()) if paragraphs else ""
    return HelpPage(topic, title[1] if title else topic, summary, text)


def _find_file(topic: str, code: str) -> Path:
    """Return the file of a page: in English if there is no translation."""
    if code != ENGLISH:
        with suppress(resources.ResourceMissing):
            return resources.resource(f"help/{code}/{topic}.md")
    return resources.resource(f"help/{topic}.md")


def _rate(page: HelpPage, words: list[str]) -> int:
    """Rate how well a page answers; 0 if it lacks a word."""
    rates = [
        sum(weight * min(_MOST_COUNTED, text.count(f" {word}")) for weight, text in _fold_parts(page)) for word in words
    ]
    return sum(rates) if all(rates) else 0


@cache
def _fold_parts(page: HelpPage) -> tuple[tuple[int, str], ...]:
    """Fold the title, headings and text of a page for searching; with how much a word counts in each."""
    parts = (
        (_IN_TITLE, f"{page.title} {page.topic}"),
        (_IN_HEADING, " ".join(page.headings)),
        (_IN_TEXT, page.text),
    )
    return tuple((weight, _searchable(text)) for weight, text in parts)


def _searchable(text: str) -> str:
    """The words of a text, folded, each with a space before it."""
    return "".join(f" {folded}" for word in text.replace("-", " ").split() if (folded := folding.fold_word(word)))


def _section_with(each: HelpPage, words: list[str]) -> str:
    """The heading of the section that fits best: its heading has all words, or its text has, or it has the first."""
    headings = list(_HEADING.finditer(each.text))
    ends = [heading.start() for heading in headings[1:]] + [len(each.text)]
    sections = [(found[1], each.text[found.start() : end]) for found, end in zip(headings, ends, strict=True)]
    for wanted in (words, words[:1]):
        for at in (0, 1):
            for section in sections:
                if all(f" {word}" in _searchable(section[at]) for word in wanted):
                    return section[0]
    return ""
