"""What the program says, in the language that a person has chosen. English is what stands in the code.

Whole sentences are translated, with named places for what changes in them: ``tr("Read {words} in {seconds} s", …)``.
A text that is made before the language is known (a table at the head of a module) is wrapped in ``later`` and given to
``tr`` where it is shown. Catalogues are GNU gettext's (https://www.gnu.org/software/gettext/manual/), in
``resources/translations/<language>/LC_MESSAGES/``.
"""

from __future__ import annotations

import gettext
import logging
import struct
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
    """The languages that can be spoken: English, and those of the catalogues in ``folder``."""
    found = folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return [ENGLISH, *sorted(path.parent.parent.name for path in found)]


def use(folder: Path, language: str, *, point: str = ".") -> bool:
    """Speak this language ("de", "uk") from now on. False where ``folder`` has no catalogue of it: English, then.

    point: what parts whole numbers from tenths in it.
    """
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
    """Speak English, as at the beginning."""
    _Chosen.catalogue, _Chosen.language, _Chosen.point = gettext.NullTranslations(), ENGLISH, "."


def language() -> str:
    """Which is spoken."""
    return _Chosen.language


def tr(text: str, /, **values: object) -> str:
    """A text in the language chosen, ``values`` put into its places: {name}."""
    # What a catalogue has under no text is facts about itself.
    return _filled(_Chosen.catalogue.gettext(text) if text else "", text, values)


def tr_n(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of a text that goes with so many things; {count} is one of its places."""
    english = one if count == 1 else many
    return _filled(_Chosen.catalogue.ngettext(one, many, count), english, {"count": count, **values})


def later(text: str, /) -> str:
    """A text that is to be translated where it is shown."""
    return text


def later_n(one: str, many: str, /) -> tuple[str, str]:
    """Both forms of a text that is to be given to ``tr_n`` where it is shown: ``tr_n(*forms, count)``."""
    return one, many


def number(value: float, digits: int) -> str:
    """A number as it is written in the language chosen, with so many digits behind the point."""
    return figure(f"{value:.{digits}f}")


def figure(english: str) -> str:
    """A figure that was written in English, "12.5 %", as it is written in the language chosen."""
    return english.replace(".", _Chosen.point)


def _filled(said: str, english: str, values: dict[str, object]) -> str:
    if not values:
        return said
    try:
        return said.format(**values)
    except (LookupError, ValueError, AttributeError):
        # A slip in a catalogue must not stop anybody; a test looks for such slips.
        return english.format(**values)
