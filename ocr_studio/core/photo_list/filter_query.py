"""The query language of the photo list's filter.

    board -draft                 name or text has “board”, and neither has “draft”
    name:"board 1"  text:queue   only the name, only what is written
    state:unread                 unread, read, partly, checked, failed
    confidence:<0.6              lowest confidence of an unchecked word; also 60%
    unchecked:>5  words:=0       number of words; < <= > >= = can precede a number, and without one it means "equal"
    tag:exam  writer:"Anna"      tag:"" and writer:"" match photos without any

All terms must match. Case is ignored. Invalid terms are skipped and reported. ``state:reviewed`` and ``unreviewed:``
are accepted as older names of ``state:checked`` and ``unchecked:``.
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

KEYS: Final = ("name", "text", "state", "confidence", "unchecked", "words", "tag", "writer")
# Older names that saved filters contain.
_OLD_KEYS: Final = {"unreviewed": "unchecked"}
_STATES: Final = {"checked" if state is PhotoState.REVIEWED else str(state): state for state in PhotoState}
_ALL_STATES: Final = _STATES | {str(state): state for state in PhotoState}
_NUMBERS: Final = ("confidence", "unchecked", "words")
_EXAMPLES: Final = {"confidence": "confidence:<0.6", "unchecked": "unchecked:>5", "words": "words:=0"}
_QUOTES: Final = '"“”„«»'
# A term: minus, key, then a quoted text (whose last quote may be missing), or everything up to white space.
_TERM: Final = re.compile(rf"(-?)(?:([^\W\d_]+):)?(?:[{_QUOTES}]([^{_QUOTES}]*)(?:[{_QUOTES}]|$)|(\S*))")
_NUMBER: Final = re.compile(r"(<=|>=|<|>|=|≤|≥)?(\d+(?:[.,]\d*)?|[.,]\d+)(%?)")
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, "≤": operator.le, ">=": operator.ge, "≥": operator.ge,
    "=": operator.eq, "": operator.eq,
}  # fmt: skip

PagesWith: TypeAlias = Callable[[str], Collection[str]]
_Test: TypeAlias = Callable[[PhotoRow], bool]


@dataclass(frozen=True, slots=True)
class FilterTerm:
    """One term of a filter.

    Attributes:
        key: One of KEYS, or "" for a term without a key.
        value: Case-folded text.
        no: Whether the term excludes photos.
        compare: Comparison operator of a numeric term.
        number: Right side of the comparison.
        exact: Whether the value was quoted.
    """

    key: str
    value: str
    no: bool = False
    compare: str = ""
    number: float = 0.0
    exact: bool = False

    @property
    def text(self) -> str:
        """The query for the text search, quoted if the term was."""
        return f'"{self.value}"' if self.exact else self.value


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """A parsed filter. problems: an error message for each invalid term."""

    terms: tuple[FilterTerm, ...] = ()
    problems: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it has any terms."""
        return bool(self.terms)

    @property
    def texts(self) -> frozenset[str]:
        """The texts to be searched for in the pages."""
        return frozenset(term.text for term in self.terms if term.key in ("", "text"))

    def chosen(self, rows: Sequence[PhotoRow], pages_with: PagesWith = lambda text: ()) -> list[int]:
        """Return the indexes of the rows that match.

        Args:
            rows: All rows.
            pages_with: Returns the ids of the pages that contain a text (exactly, if quoted); see ``texts``.
        """
        # Indexes, not pairs: thousands of new objects at each key press would trigger the garbage collector.
        found = list(range(len(rows)))
        for term in self.terms:
            test = _make_test(term, pages_with)
            found = [number for number in found if test(rows[number])]
        return found


def parse_filter(typed: str) -> PhotoFilter:
    """Parse a filter. Never raises."""
    terms: list[FilterTerm] = []
    problems: list[str] = []
    for minus, key, quoted, bare in (found.groups() for found in _TERM.finditer(typed)):
        if not (key or quoted or bare):
            continue  # white space, or only a minus or quotes
        term = _parse_term(bool(minus), (key or "").casefold(), bare if quoted is None else quoted, quoted is not None)
        if isinstance(term, FilterTerm):
            terms.append(term)
        elif term:
            problems.append(term)
    return PhotoFilter(tuple(terms), tuple(problems))


def quote_value(text: str) -> str:
    """Quote a value if necessary. Quotes inside it become spaces, as they can't be escaped."""
    text = re.sub(f"[{_QUOTES}]", " ", text)
    return f'"{text}"' if not text or re.search(r"\s", text) else text


def list_completions(
    typed: str, cursor: int, *, tags: Iterable[str] = (), writers: Iterable[str] = ()
) -> tuple[int, list[str]]:
    """Return where the word at the cursor begins, and its completions: keys, or values of a key."""
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
    values = {"state": list(_STATES), "tag": tags, "writer": writers}.get(key, ())
    value = value.strip(_QUOTES)
    fitting = [each for each in values if each.casefold().startswith(value) and each.casefold() != value]
    return begin, [f"{key}:{quote_value(each)}" for each in fitting]


def _parse_term(no: bool, key: str, value: str, is_quoted: bool) -> FilterTerm | str:
    """Return the term, or an error message; "" for a term without a value."""
    key, folded = _OLD_KEYS.get(key, key), value.casefold()
    if key and key not in KEYS:
        if value.startswith("//"):
            return FilterTerm("", f"{key}:{folded}", no)  # an address
        keys = ", ".join(f"{each}:" for each in KEYS)
        return tr("Unknown filter “{key}:”. Available filters: {keys}", key=key, keys=keys)
    if key in _NUMBERS:
        return _parse_comparison(no, key, folded)
    if not folded and not (is_quoted and key in ("tag", "writer")):
        return "" if key != "state" else _explain_states(key)
    if key == "state" and not any(state.startswith(folded) for state in _ALL_STATES):
        return _explain_states(value)
    return FilterTerm(key, folded, no, exact=is_quoted)


def _parse_comparison(no: bool, key: str, value: str) -> FilterTerm | str:
    found = _NUMBER.fullmatch(value)
    if found is None:
        return tr("“{key}:” needs a number, as in {example}", key=key, example=_EXAMPLES[key])
    number = float(found[2].replace(",", "."))
    if key == "confidence":
        number = number / 100 if found[3] else number
        if number > 1:
            return tr("Use a confidence from 0 to 1, as in confidence:<0.6, or in percent, as in confidence:<60%")
    return FilterTerm(key, "", no, found[1] or "", number)


def _explain_states(value: str) -> str:
    states = ", ".join(_STATES)
    if value == "state":
        return tr("“state:” needs one of these states: {states}", states=states)
    return tr("Unknown state “{state}”. Available states: {states}", state=value, states=states)


def _make_test(term: FilterTerm, pages_with: PagesWith) -> _Test:
    if term.key in _NUMBERS:
        test: _Test = partial(_compares, term.key, _COMPARE[term.compare], term.number)
    else:
        test = _WORDS[term.key](term.value, lambda _: pages_with(term.text))
    return (lambda row: not test(row)) if term.no else test


def _has_state(value: str, _: PagesWith) -> _Test:
    # A full name means this state only; a prefix, while typing, means all states that start with it.
    full = _ALL_STATES.get(value)
    states = {full} if full else {state for name, state in _ALL_STATES.items() if name.startswith(value)}
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
    return compare(row.unreviewed if key == "unchecked" else row.words, number)
