"""The little language by which photos are picked from a list.

    board -draft                 name or text has “board”, and neither has “draft”
    name:"board 1"  text:queue   only the name, only what is written
    state:unread                 unread, read, partly, reviewed, failed
    confidence:<0.6              the least sure of its unreviewed words is less sure than that; also 60%
    unreviewed:>5  words:=0      how many words; < <= > >= = stand before a number, without one it is "this many"
    tag:exam  writer:"Anna"      tag:"" and writer:"" are those that have none

All terms must hold. Upper and lower case are the same. A term that makes no sense is passed over and said.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from ocr_studio.core.photo_list.rows import PhotoRow, PhotoState
from ocr_studio.core.translation import tr

KEYS: Final = ("name", "text", "state", "confidence", "unreviewed", "words", "tag", "writer")
_NUMBERS: Final = ("confidence", "unreviewed", "words")
_EXAMPLES: Final = {"confidence": "confidence:<0.6", "unreviewed": "unreviewed:>5", "words": "words:=0"}
_QUOTES: Final = '"“”„«»'
# A term: minus, key, then what is between quotes (the last may be missing still), or all up to white space.
_TERM: Final = re.compile(rf"(-?)(?:([^\W\d_]+):)?(?:[{_QUOTES}]([^{_QUOTES}]*)(?:[{_QUOTES}]|$)|(\S*))")
_NUMBER: Final = re.compile(r"(<=|>=|<|>|=|≤|≥)?(\d+(?:[.,]\d*)?|[.,]\d+)(%?)")
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, "≤": operator.le, ">=": operator.ge, "≥": operator.ge,
    "=": operator.eq, "": operator.eq,
}  # fmt: skip

PagesWith: TypeAlias = Callable[[str], Collection[str]]
_Test: TypeAlias = Callable[[PhotoRow], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """One term. key: "" for a plain one. value: in small letters. number, compare: of those that compare.

    exact: it stood between quotes.
    """

    key: str
    value: str
    no: bool = False
    compare: str = ""
    number: float = 0.0
    exact: bool = False

    @property
    def text(self) -> str:
        """What is to be asked of those who know the texts; they know quotes, too."""
        return f'"{self.value}"' if self.exact else self.value


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """What somebody has typed, understood. problems: what was not, a sentence each."""

    terms: tuple[Term, ...] = ()
    problems: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.terms)

    @property
    def texts(self) -> frozenset[str]:
        """For which it wants to know on which pages they are written."""
        return frozenset(term.text for term in self.terms if term.key in ("", "text"))

    def chosen(self, rows: Sequence[PhotoRow], pages_with: PagesWith = lambda text: ()) -> list[int]:
        """The numbers of the rows that it lets through.

        pages_with: the ids of the pages on which a text is written (exactly so between quotes); see ``texts``.
        """
        # Numbers, no pairs: thousands of new objects at each key would have the garbage collector look at all of them.
        found = list(range(len(rows)))
        for term in self.terms:
            test = _test(term, pages_with)
            found = [number for number in found if test(rows[number])]
        return found


def parse(typed: str) -> PhotoFilter:
    """Understand what was typed. Never raises."""
    terms: list[Term] = []
    problems: list[str] = []
    place = 0
    while place < len(typed):
        if typed[place].isspace():
            place += 1
            continue
        found = _TERM.match(typed, place)
        assert found is not None  # the last choice takes anything
        place = found.end()
        minus, key, quoted, bare = found.groups()
        if not found.group() or (not key and not quoted and not bare):
            continue  # a minus or quotes without anything
        term = _term(bool(minus), (key or "").casefold(), bare if quoted is None else quoted, quoted is not None)
        if isinstance(term, Term):
            terms.append(term)
        elif term:
            problems.append(term)
    return PhotoFilter(tuple(terms), tuple(problems))


def quoted(text: str) -> str:
    """A text as a value that means just this text. Quotes in it become spaces, as there is no way to write them."""
    text = re.sub(f"[{_QUOTES}]", " ", text)
    return f'"{text}"' if not text or re.search(r"\s", text) else text


def completions(
    typed: str, cursor: int, *, tags: Iterable[str] = (), writers: Iterable[str] = ()
) -> tuple[int, list[str]]:
    """Where the word at the cursor begins, and what it may become: a key, or a value of one."""
    before = typed[:cursor]
    if sum(before.count(quote) for quote in _QUOTES) % 2:
        opened = max(before.rfind(quote) for quote in _QUOTES)
        begin = max(before.rfind(" ", 0, opened), before.rfind("\t", 0, opened)) + 1
    else:
        begin = max(before.rfind(" "), before.rfind("\t")) + 1
    begin += before[begin : begin + 1] == "-"
    word = before[begin:].casefold()
    key, colon, value = word.partition(":")
    if not colon:
        return begin, [f"{each}:" for each in KEYS if word and each.startswith(word)]
    values = {"state": [str(state) for state in PhotoState], "tag": tags, "writer": writers}.get(key, ())
    value = value.strip(_QUOTES)
    fitting = [each for each in values if each.casefold().startswith(value) and each.casefold() != value]
    return begin, [f"{key}:{quoted(each)}" for each in fitting]


def _term(no: bool, key: str, value: str, is_quoted: bool) -> Term | str:
    """The term, or what is wrong with it; "" for one that says nothing yet."""
    folded = value.casefold()
    if key and key not in KEYS:
        if value.startswith("//"):
            return Term("", f"{key}:{folded}", no)  # an address
        keys = ", ".join(f"{each}:" for each in KEYS)
        return tr("There is no “{key}:”. What can stand before a colon: {keys}", key=key, keys=keys)
    if key in _NUMBERS:
        return _comparison(no, key, folded)
    if not folded and not (is_quoted and key in ("tag", "writer")):
        return "" if key != "state" else _states(key)
    if key == "state" and not any(state.startswith(folded) for state in PhotoState):
        return _states(value)
    return Term(key, folded, no, exact=is_quoted)


def _comparison(no: bool, key: str, value: str) -> Term | str:
    found = _NUMBER.fullmatch(value)
    if found is None:
        return tr("Behind {key}: stands a number, as in {example}", key=key, example=_EXAMPLES[key])
    number = float(found[2].replace(",", "."))
    if key == "confidence":
        number = number / 100 if found[3] else number
        if number > 1:
            return tr("Confidence goes from 0 to 1, as in confidence:<0.6, or is in percent, as in confidence:<60%")
    return Term(key, "", no, found[1] or "", number)


def _states(value: str) -> str:
    states = ", ".join(PhotoState)
    if value == "state":
        return tr("Behind state: stands one of these: {states}", states=states)
    return tr("There is no state “{state}”. There are: {states}", state=value, states=states)


def _test(term: Term, pages_with: PagesWith) -> _Test:
    test = _plain_test(term, pages_with)
    return (lambda row: not test(row)) if term.no else test


def _plain_test(term: Term, pages_with: PagesWith) -> _Test:
    if term.key in _NUMBERS:
        return partial(_compares, term.key, _COMPARE[term.compare], term.number)
    return _WORDS[term.key](term.value, lambda _: pages_with(term.text))


def _has_state(value: str, _: PagesWith) -> _Test:
    # A whole name means it alone; the beginning of one, while it is typed, all that begin so.
    states = {state for state in PhotoState if state == value} or {s for s in PhotoState if s.startswith(value)}
    return lambda row: row.state in states


def _has_tag(value: str, _: PagesWith) -> _Test:
    return (lambda row: any(value in tag.casefold() for tag in row.tags)) if value else (lambda row: not row.tags)


def _has_writer(value: str, _: PagesWith) -> _Test:
    return (lambda row: value in row.writer.casefold()) if value else (lambda row: not row.writer)


def _has_name(value: str, _: PagesWith) -> _Test:
    return lambda row: value in row.name.casefold()


def _has_text(value: str, pages_with: PagesWith) -> _Test:
    pages = frozenset(pages_with(value))
    return lambda row: row.page_id in pages


def _has_either(value: str, pages_with: PagesWith) -> _Test:
    pages = frozenset(pages_with(value))
    return lambda row: value in row.name.casefold() or row.page_id in pages


_WORDS: Final[dict[str, Callable[[str, PagesWith], _Test]]] = {
    "": _has_either, "name": _has_name, "text": _has_text, "state": _has_state, "tag": _has_tag, "writer": _has_writer,
}  # fmt: skip


def _compares(key: str, compare: Callable[[float, float], bool], number: float, row: PhotoRow) -> bool:
    if key == "confidence":
        return row.least is not None and compare(row.least, number)
    return compare(row.unreviewed if key == "unreviewed" else row.words, number)
