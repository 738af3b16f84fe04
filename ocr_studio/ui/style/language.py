"""Sets the language of the window: its texts and Qt's own, number formats, and the layout direction."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from ocr_studio.core import resources, translation
from ocr_studio.core.settings import SYSTEM
from ocr_studio.core.translation import ENGLISH, later, tr

log = logging.getLogger(__name__)

# "rtl" gives the window a right-to-left layout in any language, for testing.
_DIRECTION = "OCR_STUDIO_DIRECTION"
# The object name of the translators of Qt's own texts, to find them when the language changes.
_QT_TEXTS = "qt-texts"
# Keys, by Qt's English names, that Qt translates differently from the texts of this program ("Bild abwärts").
_KEYS = frozenset(
    (
        later("Return"), later("Enter"), later("Space"), later("PgUp"), later("PgDown"),
        # Translators: A key of the keyboard, an arrow.
        later("Up"), later("Down"), later("Left"), later("Right"),
    )
)  # fmt: skip


def own_name(language: str) -> str:
    """Return the name of a language in that language."""
    if language == ENGLISH:
        return "English"  # Qt returns "American English"
    name = QLocale(language).nativeLanguageName()
    return name[:1].upper() + name[1:] or language


def spoken(chosen: str, system: Sequence[str] | None = None) -> str:
    """Return the language that a setting stands for; ``system`` lists those of the system, best first."""
    known = resources.languages()
    if chosen != SYSTEM:
        return chosen if chosen in known else ENGLISH
    for wish in QLocale.system().uiLanguages() if system is None else system:
        whole = wish.replace("-", "_")
        for language in (whole, whole.split("_")[0]):
            if language in known:
                return language
    return ENGLISH


def use(app: QApplication, chosen: str) -> None:
    """Set the language, as in the settings, of everything created from now on."""
    language = spoken(chosen)
    system, locale = QLocale.system(), QLocale(language)
    # For its own language the system also knows the country, and with it the formats of dates and numbers.
    QLocale.setDefault(system if system.language() == locale.language() else locale)
    if language == ENGLISH:
        translation.use_english()
    else:
        translation.use(resources.translations(), language, point=locale.decimalPoint())
    _speak_qt(app, locale)
    wanted = os.environ.get(_DIRECTION)
    rtl = wanted == "rtl" if wanted else locale.textDirection() == Qt.LayoutDirection.RightToLeft
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)


def _speak_qt(app: QApplication, locale: QLocale) -> None:
    for old in app.findChildren(QTranslator, _QT_TEXTS):
        app.removeTranslator(old)
        old.deleteLater()
    texts = QTranslator(app)
    texts.setObjectName(_QT_TEXTS)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if texts.load(locale, "qtbase", "_", folder):
        app.installTranslator(texts)
    else:
        log.info("Qt has no texts in %s", locale.name())
    keys = _Keys(app)
    keys.setObjectName(_QT_TEXTS)
    app.installTranslator(keys)


class _Keys(QTranslator):
    """Gives keys in menus the same names as in sentences."""

    def isEmpty(self) -> bool:  # noqa: N802  (Qt's name)
        """Return False, as Qt skips empty translators."""
        return False

    def translate(self, context: str, text: str, /, disambiguation: str | None = None, n: int = -1) -> str | None:
        """Return the name of a key, or None to use Qt's own translation."""
        said = tr(text) if context == "QShortcut" and text in _KEYS else text
        return said if said != text else None
