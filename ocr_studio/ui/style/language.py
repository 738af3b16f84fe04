"""Which language the window speaks: its own texts, those of Qt's buttons and menus, numbers, and where lines begin."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from ocr_studio.core import resources, translation
from ocr_studio.core.errors import StudioError
from ocr_studio.core.settings import SYSTEM
from ocr_studio.core.translation import ENGLISH, later, tr

log = logging.getLogger(__name__)

# "rtl" shows the window in any language as where lines begin at the right: for looking at that.
_DIRECTION = "OCR_STUDIO_DIRECTION"
# Qt's own texts are found by this name when those of another language take their place.
_QT_TEXTS = "qt-texts"
# Keys that Qt calls otherwise than sentences do ("Bild abwärts"), as Qt calls them in English.
_KEYS = frozenset(
    (
        later("Return"), later("Enter"), later("Space"), later("PgUp"), later("PgDown"),
        # Translators: A key of the keyboard, an arrow.
        later("Up"), later("Down"), later("Left"), later("Right"),
    )
)  # fmt: skip


def available() -> list[str]:
    """The languages that can be chosen, English first."""
    try:
        return translation.available(resources.translations())
    except StudioError:
        return [ENGLISH]


def own_name(language: str) -> str:
    """What a language is called by those who speak it."""
    if language == ENGLISH:
        return "English"  # which Qt calls American
    name = QLocale(language).nativeLanguageName()
    return name[:1].upper() + name[1:] or language


def spoken(chosen: str, system: Sequence[str] | None = None) -> str:
    """Which language this setting means. system: what the system speaks ("de-AT"), best first; asked if not given."""
    known = available()
    if chosen != SYSTEM:
        return chosen if chosen in known else ENGLISH
    for wish in QLocale.system().uiLanguages() if system is None else system:
        whole = wish.replace("-", "_")
        for language in (whole, whole.split("_")[0]):
            if language in known:
                return language
    return ENGLISH


def use(app: QApplication, chosen: str) -> None:
    """Speak a language: whatever is made from now on is in it. chosen: as in the settings."""
    language = spoken(chosen)
    system, locale = QLocale.system(), QLocale(language)
    # Of its own language the system knows the country as well, and so how dates and numbers are written there.
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
    """Keys are called in menus what they are called in sentences."""

    def isEmpty(self) -> bool:  # noqa: N802  (Qt's name)
        """It has texts; otherwise it would not be asked."""
        return False

    def translate(self, context: str, text: str, /, disambiguation: str | None = None, n: int = -1) -> str | None:
        """What a key is called. None: what Qt's own texts say."""
        said = tr(text) if context == "QShortcut" and text in _KEYS else text
        return said if said != text else None
