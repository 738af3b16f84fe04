"""A language in which every text that translators get is between marks: what is said without is English."""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Formatter

import pytest
import translations

from ocr_studio.core import translation

_MARKED = re.compile("⟦[^⟦⟧]*⟧")


@functools.cache
def _texts() -> frozenset[str]:
    """All texts that translators get, both forms of those that have two."""
    ids = [message.id for message in translations.template() if message.id]
    return frozenset(str(text) for each in ids for text in ([each] if isinstance(each, str) else each))


class _Marking(gettext.NullTranslations):
    """A language that is English with every text between marks; what fills a place of a text has its own, or none."""

    def gettext(self, message: str) -> str:
        if message not in _texts():
            return message  # no translator would see it
        try:
            pieces = list(Formatter().parse(message))
        except ValueError:  # it has braces of its own
            return f"⟦{message}⟧"
        said = ""
        for text, place, _, _ in pieces:
            said += (f"⟦{text}⟧" if text.strip() else text) + (f"{{{place}}}" if place is not None else "")
        return said

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def unmarked(text: str) -> str:
    """A text without what bears marks."""
    return _MARKED.sub(" ", text)


@contextmanager
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak it for a while."""
    with monkeypatch.context() as here:
        here.setattr(gettext, "translation", lambda *_: _Marking())
        assert translation.use(Path(), "xx")
        try:
            yield
        finally:
            translation.use_english()
