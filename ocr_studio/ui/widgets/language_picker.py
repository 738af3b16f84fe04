"""A button that shows the chosen languages, with a menu to choose several."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QCollator, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QStyleOptionButton

from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.language.technical_terms import TECHNICAL
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.widgets.form_fields import paint_arrow

_SHOWN = 3  # names for which there is room


class LanguagePicker(QPushButton):
    """Chooses languages, by the keys of LANGUAGES. Signals: ``changed()``."""

    changed = Signal()

    def __init__(self, chosen: Collection[str], *, none: str = "") -> None:
        """Create the button.

        Args:
            chosen: The languages chosen at first.
            none: The text if no language is chosen; by default what this means for reading.
        """
        super().__init__()
        self._none = none
        self.setAccessibleName(tr("Languages"))
        self.setMinimumHeight(28)
        menu = _Menu(self)
        self._actions: dict[str, QAction] = {}
        for code, name in LANGUAGES.items():
            action = self._actions[code] = QAction(tr(name), menu, checkable=True, checked=code in chosen)
            action.toggled.connect(self._show)
            action.toggled.connect(self.changed)
        # In the alphabet of the window's language; technical terms are no language, and stand apart.
        collator, technical = QCollator(), self._actions[TECHNICAL]
        languages = [action for action in self._actions.values() if action is not technical]
        menu.addActions(sorted(languages, key=lambda action: collator.sortKey(action.text())))
        menu.addSeparator()
        menu.addAction(technical)
        self.setMenu(menu)
        self._show()

    def chosen(self) -> tuple[str, ...]:
        """Return the chosen languages in the order of LANGUAGES."""
        return tuple(code for code, action in self._actions.items() if action.isChecked())

    def choose(self, code: str, *, on: bool) -> None:
        """Choose a language, or remove it."""
        self._actions[code].setChecked(on)

    def initStyleOption(self, option: QStyleOptionButton, /) -> None:  # noqa: N802  (Qt's name)
        """Say how to paint the button: without Qt's arrow, which would also take away the padding."""
        super().initStyleOption(option)
        option.features &= ~QStyleOptionButton.ButtonFeature.HasMenu

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the button and its arrow."""
        super().paintEvent(event)
        paint_arrow(self)

    def _show(self) -> None:
        names = [tr(LANGUAGES[code]) for code in self.chosen()]
        shown, more = ", ".join(names[:_SHOWN]), len(names) - _SHOWN
        if not names:
            self.setText(self._none or tr("None (only words typed in the project)"))
        elif more > 0:
            self.setText(tr_n("{languages} and {count} more", "{languages} and {count} more", more, languages=shown))
        else:
            self.setText(shown)


class _Menu(QMenu):
    """A menu that stays open while several items are chosen."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Toggle the item under the mouse."""
        if not self._toggled(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Let Space toggle the item; Enter toggles it and closes the menu, as in every menu."""
        if event.key() != Qt.Key.Key_Space or not self._toggled(self.activeAction()):
            super().keyPressEvent(event)

    @staticmethod
    def _toggled(action: QAction | None) -> bool:
        if action is not None:
            action.toggle()
        return action is not None
