"""Translation of the program's texts. The code contains the English texts.

Whole sentences are translated, with named places for what changes in them: ``tr("Read {words} in {seconds} s", …)``.
A text that is made before the language is known (a table at the head of a module) is wrapped in ``later`` and given to
``tr`` where it is shown. Catalogues are GNU gettext's (https://www.gnu.org/software/gettext/manual/), in
``resources/translations/<language>/LC_MESSAGES/``.
"""

from __future__ import annotations

import gettext
import logging
import string
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DOMAIN: Final = "ocr-studio"
ENGLISH: Final = "en"

_log = logging.getLogger(__name__)


class _Chosen:
    """The catalogue in use; one for the whole program, as a program speaks one language at a time."""

    catalogue: gettext.NullTranslations = gettext.NullTranslations()
    language: str = ENGLISH
    point: str = "."


def available(folder: Path) -> list[str]:
    """Return the available languages: English, and those with a catalogue in ``folder``."""
    found = folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return [ENGLISH, *sorted(path.parent.parent.name for path in found)]


def use(folder: Path, language: str, *, point: str = ".") -> bool:
    """Switch to a language, such as "de", with its decimal point; or to English, and False, if it has no catalogue."""
    try:
        catalogue = gettext.translation(DOMAIN, folder, [language])
    except (OSError, ValueError, LookupError, struct.error) as error:  # the last three: what it holds is damaged
        _log.info("no translation to %s: %s", language, error)
        use_english()
        return False
    # At once, as threads that are still at work may ask for texts.
    _Chosen.catalogue, _Chosen.language, _Chosen.point = catalogue, language, point
    return True


def use_english() -> None:
    """Switch to English, the default."""
    _Chosen.catalogue, _Chosen.language, _Chosen.point = gettext.NullTranslations(), ENGLISH, "."


def language() -> str:
    """Return the code of the current language."""
    return _Chosen.language


def tr(text: str, /, **values: object) -> str:
    """Translate a text and fill in its placeholders, such as {name}."""
    # The empty text is the header of a catalogue.
    return _filled(_Chosen.catalogue.gettext(text) if text else "", text, values)


def tr_n(one: str, many: str, count: int, /, **values: object) -> str:
    """Translate the singular or plural form for a count, and fill in {count} and other placeholders."""
    english = one if count == 1 else many
    return _filled(_Chosen.catalogue.ngettext(one, many, count), english, {"count": count, **values})


def later(text: str, /) -> str:
    """Mark a text for translation; ``tr`` translates it where it is shown."""
    return text


def later_n(one: str, many: str, /) -> tuple[str, str]:
    """Mark singular and plural for translation; use as ``tr_n(*forms, count)``."""
    return one, many


@dataclass(frozen=True, slots=True)
class Message:
    """A text with the values of its placeholders, translated whenever it is shown: ``str(message)``.

    Attributes:
        text: The English text, or its singular.
        many: The plural, or empty.
        values: Values of the placeholders by name; {count} chooses between singular and plural.
    """

    text: str
    many: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.many:
            return tr(self.text, **self.values)
        others = {name: value for name, value in self.values.items() if name != "count"}
        return tr_n(self.text, self.many, int(self.values["count"]), **others)

    @property
    def fits(self) -> bool:
        """Whether each placeholder is plain and has a value; one from a file could be anything."""
        try:
            parts = [part for text in (self.text, self.many) for part in string.Formatter().parse(text)]
        except ValueError:
            return False
        counted = not self.many or isinstance(self.values.get("count"), int)
        return counted and all(
            name is None or (name.isidentifier() and name in self.values and not spec and not conversion)
            for _, name, spec, conversion in parts
        )


def message(text: str, /, **values: str | int) -> Message:
    """Mark a text for translation, with the values of its placeholders; it is translated when it is shown."""
    return Message(text, "", values)


def message_n(one: str, many: str, count: int, /, **values: str | int) -> Message:
    """Mark singular and plural for translation, with a count and the values of other placeholders."""
    return Message(one, many, {"count": count, **values})


def number(value: float, digits: int) -> str:
    """Format a number in the current language with ``digits`` decimals."""
    return figure(f"{value:.{digits}f}")


def figure(english: str) -> str:
    """Convert an English figure, such as "12.5%", to the current language."""
    value = english.removesuffix("%").replace(".", _Chosen.point)
    return tr("{number}%", number=value) if english.endswith("%") else value


def _filled(said: str, english: str, values: dict[str, object]) -> str:
    if not values:
        return said
    try:
        return said.format(**values)
    except (LookupError, ValueError, AttributeError):
        # An error in a catalogue must not stop the program; a test checks the catalogues.
        return english.format(**values)
