"""Checks of translations that don't require knowing the language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

from babel.messages.catalog import Catalog, Message

# Endings that a translation must share: those of a label, of an action that opens a dialog, of a sentence.
_ENDS = ("…", ":", ".", "?", "!")
# A text as short as "No." is an abbreviation, for which a language may have a symbol.
_ABBREVIATED = 4
_TAG = re.compile(r"</?[a-z][^>]*>")
_MNEMONIC = re.compile(r"&(?!&)(?=\S)")


def find(catalogue: Catalog) -> Iterator[str]:
    """Yield a message for each missing or wrong translation."""
    for message in catalogue:
        if not message.id:
            continue
        sources, forms = _all(message.id), _all(message.string)
        if message.pluralizable and len(forms) != catalogue.num_plurals:
            yield f"“{sources[0]}”: {len(forms)} of {catalogue.num_plurals} plural forms"
        elif not all(form.strip() for form in forms):
            yield f"“{sources[0]}”: no translation"
        elif message.fuzzy:
            yield f"“{sources[0]}”: marked as fuzzy; review it"
        else:
            yield from _in_forms(message, sources, forms, catalogue)


def _in_forms(message: Message, sources: tuple[str, ...], forms: tuple[str, ...], catalogue: Catalog) -> Iterator[str]:
    for number, form in enumerate(forms):
        # A first form that is only for 1 may omit the number, as in English.
        single = message.pluralizable and number == 0 and catalogue.num_plurals == 2
        models = sources if single else sources[-1:]
        troubles = [list(_slips(model, form)) for model in models]
        if all(troubles):
            yield from (f"“{sources[0]}” → “{form}”: {trouble}" for trouble in troubles[0])


def _slips(source: str, said: str) -> Iterator[str]:
    try:
        places = _places(said)
    except ValueError as error:
        yield f"unmatched braces: {error}"
        return
    if places != _places(source):
        yield f"different placeholders: {sorted(_places(source))} and {sorted(places)}"
    for what, pattern in (("mnemonics (&)", _MNEMONIC), ("tags such as <b>", _TAG), ("line breaks", re.compile("\n"))):
        if Counter(pattern.findall(source)) != Counter(pattern.findall(said)):
            yield f"different {what}"
    for end in _ENDS:
        if end == "." and len(source) <= _ABBREVIATED:
            continue
        if source.endswith(end) != said.endswith(end):
            yield f"only one of the texts ends with “{end}”"
    if source[: len(source) - len(source.lstrip())] != said[: len(said) - len(said.lstrip())]:
        yield "different spaces at the beginning"
    if source[len(source.rstrip()) :] != said[len(said.rstrip()) :]:
        yield "different spaces at the end"


def _places(text: str) -> set[tuple[str, str]]:
    """Return the names and formats of the placeholders."""
    try:
        return {(name, how or "") for _, name, how, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        if "{" in text and re.search(r"\{[a-z_]+\}", text):
            raise
        return set()  # braces in a text without placeholders


def _all(texts: object) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, tuple | list) else (str(texts or ""),)
