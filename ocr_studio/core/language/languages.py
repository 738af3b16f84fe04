"""The languages whose words the program knows, by code, with their names to be translated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ocr_studio.core.language.technical_terms import TECHNICAL
from ocr_studio.core.translation import later

# Those that are written in Latin letters and whose words are counted by the package, and technical terms.
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ca": later("Catalan"),
        "cs": later("Czech"),
        "da": later("Danish"),
        "nl": later("Dutch"),
        "en": later("English"),
        "fil": later("Filipino"),
        "fi": later("Finnish"),
        "fr": later("French"),
        "de": later("German"),
        "hu": later("Hungarian"),
        "is": later("Icelandic"),
        "id": later("Indonesian"),
        "it": later("Italian"),
        "lv": later("Latvian"),
        "lt": later("Lithuanian"),
        "ms": later("Malay"),
        "nb": later("Norwegian"),
        "pl": later("Polish"),
        "pt": later("Portuguese"),
        "ro": later("Romanian"),
        "sh": later("Serbo-Croatian"),
        "sk": later("Slovak"),
        "sl": later("Slovene"),
        "es": later("Spanish"),
        "sv": later("Swedish"),
        TECHNICAL: later("Technical terms"),
        "tr": later("Turkish"),
        "vi": later("Vietnamese"),
    }
)
