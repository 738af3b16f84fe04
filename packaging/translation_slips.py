"""What can be seen to be wrong with a translation without knowing its language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

from babel.messages.catalog import Catalog, Message

# What a text ends with tells what it is: the name of a field, something that asks further, a sentence.
_ENDS = ("…", ":", ".", "?", "!")
# A text as short as "No." is an abbreviation, and a language may have a sign for it.
_ABBREVIATED = 4
_TAG = re.compile(r"</?[a-z][^>]*>")
_MNEMONIC = re.compile(r"&(?!&)(?=\S)")


def find(catalogue: Catalog) -> Iterator[str]:
    """One sentence for everything that is missing or wrong."""
    for message in catalogue:
        if not message.id:
            continue
        sources, forms = _all(message.id), _all(message.string)
        if message.pluralizable and len(forms) != catalogue.num_plurals:
            yield f"“{sources[0]}”: {len(forms)} forms of {catalogue.num_plurals}"
        elif not all(form.strip() for form in forms):
            yield f"“{sources[0]}”: no translation"
        elif message.fuzzy:
            yield f"“{sources[0]}”: fuzzy, look at it again"
        else:
            yield from _in_forms(message, sources, forms, catalogue)


def _in_forms(message: Message, sources: tuple[str, ...], forms: tuple[str, ...], catalogue: Catalog) -> Iterator[str]:
    for number, form in enumerate(forms):
        # A first form that is for 1 only may do without the number, as the English one does.
        single = message.pluralizable and number == 0 and catalogue.num_plurals == 2
        models = sources if single else sources[-1:]
        troubles = [list(_slips(model, form)) for model in models]
        if all(troubles):
            yield from (f"“{sources[0]}” → “{form}”: {trouble}" for trouble in troubles[0])


def _slips(source: str, said: str) -> Iterator[str]:
    try:
        places = _places(said)
    except ValueError as error:
        yield f"braces do not fit: {error}"
        return
    if places != _places(source):
        yield f"other places: {sorted(_places(source))} and {sorted(places)}"
    for what, pattern in (("underlined letters", _MNEMONIC), ("marks like <b>", _TAG), ("line ends", re.compile("\n"))):
        if Counter(pattern.findall(source)) != Counter(pattern.findall(said)):
            yield f"other {what}"
    for end in _ENDS:
        if end == "." and len(source) <= _ABBREVIATED:
            continue
        if source.endswith(end) != said.endswith(end):
            yield f"only one of both ends with “{end}”"
    if source[: len(source) - len(source.lstrip())] != said[: len(said) - len(said.lstrip())]:
        yield "other blanks at the beginning"
    if source[len(source.rstrip()) :] != said[len(said.rstrip()) :]:
        yield "other blanks at the end"


def _places(text: str) -> set[tuple[str, str]]:
    """The named places, and how each is to be written."""
    try:
        return {(name, how or "") for _, name, how, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        if "{" in text and re.search(r"\{[a-z_]+\}", text):
            raise
        return set()  # braces that are no places, in a text that has none


def _all(texts: object) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, tuple | list) else (str(texts or ""),)
