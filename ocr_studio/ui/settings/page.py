"""Base class of the pages of settings: rows that can be searched, and changes that take effect at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLayout, QScrollArea, QWidget

from ocr_studio.core.help import fuzzy_title
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import theme
from ocr_studio.ui.widgets.form_fields import Form
from ocr_studio.ui.widgets.plain_label import PlainLabel

SettingsChange: TypeAlias = Callable[[Settings], Settings]
# The role of other words for an item of a combo box, by which it is found.
OTHER_NAMES: Final = Qt.ItemDataRole.UserRole + 1
# Screen pixels: the width at which fields are long enough for most texts.
_WIDTH: Final = 652


@dataclass(frozen=True, slots=True)
class SettingValue:
    """A value that a setting can have.

    Attributes:
        title: Its title.
        chosen: Whether the setting has it now.
        choose: Gives it to the setting.
        synonyms: Other words for it.
    """

    title: str
    chosen: bool
    choose: Callable[[], object]
    synonyms: str = ""


@dataclass(frozen=True, slots=True)
class SettingsRow:
    """One setting.

    Attributes:
        title: Its title, without mnemonic.
        marked: The widget that is highlighted when the row is found.
        field: The widget that changes the setting.
        synonyms: More words by which the row is found.
    """

    title: str
    marked: QWidget
    field: QWidget
    synonyms: str

    @property
    def words(self) -> str:
        """All words by which the row is found in the dialog."""
        values = " ".join(value.title for value in self.values()) if isinstance(self.field, QComboBox) else ""
        texts = (
            self.title,
            self.field.accessibleName(),
            self.field.toolTip(),
            self.synonyms,
            values,
            _text(self.field),
        )
        return " ".join(texts)

    def values(self) -> list[SettingValue]:
        """Return the values to choose from; none for a setting that is typed or has a dialog of its own."""
        field = self.field
        if isinstance(field, QComboBox) and field.isEnabled():
            return [
                SettingValue(
                    field.itemText(index),
                    index == field.currentIndex(),
                    partial(field.setCurrentIndex, index),
                    f"{field.itemData(index)} {field.itemData(index, OTHER_NAMES) or ''}",
                )
                for index in range(field.count())
            ]
        if isinstance(field, QCheckBox):
            return [
                SettingValue(title, on == field.isChecked(), partial(field.setChecked, on))
                for title, on in ((tr("On"), True), (tr("Off"), False))
            ]
        return []


def _text(field: QWidget) -> str:
    return str(field.property("text") or "").replace("&", "")


class SettingsPage(QScrollArea):
    """One page of the settings, scrolled where the screen is low.

    Signals:
        changed(SettingsChange): A setting was changed; the function returns the settings with that change.

    Attributes:
        title: The title of its tab.
        slow: Whether applying a change takes time, so that several are applied together after a pause.
        rows: The settings.
    """

    changed = Signal(object)
    title = ""
    slow = False

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[SettingsRow] = []
        self._showing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        inside = QWidget()
        self.setWidget(inside)
        self.form = Form(inside)
        self.form.setContentsMargins(0, 16, 0, 0)

    def show_settings(self, settings: Settings) -> None:
        """Show these settings without emitting signals."""
        self._showing = True
        try:
            self.fill(settings)
        finally:
            self._showing = False

    def fill(self, settings: Settings) -> None:
        """Show these settings in the fields."""
        raise NotImplementedError

    def defaults(self, settings: Settings) -> Settings:
        """Return these settings with the defaults of this page."""
        raise NotImplementedError

    def flush(self) -> None:
        """Apply what is being typed, if it is valid; the page is being left."""

    def look_for(self, typed: str, *, slips: bool) -> int:
        """Highlight the rows that match.

        Returns:
            The number of matches, 0 for an empty text.
        """
        found = 0
        for row in self.rows:
            fit = fuzzy_title.match_title(typed, row.words, scattered=False, slips=slips)
            here = fit is not None and bool(typed.strip())
            found += here
            theme.set_state(row.marked, "found", here)
        if first := self._first_found():
            self.ensureWidgetVisible(first.field)
        return found

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The size at which nothing has to be scrolled. Qt would limit it to some lines of text."""
        width = max(_WIDTH, self.form.minimumSize().width())
        return QSize(width, max(self.form.minimumSize().height(), self.form.totalHeightForWidth(width)))

    def go_to_found(self) -> None:
        """Move the focus to the first field found."""
        if row := self._first_found():
            row.field.setFocus()
            self.ensureWidgetVisible(row.field)

    def _first_found(self) -> SettingsRow | None:
        return next((row for row in self.rows if row.marked.property("found")), None)

    def show_row(self, title: str) -> None:
        """Highlight the setting with this title, and move the focus to it."""
        for row in self.rows:
            theme.set_state(row.marked, "found", row.title == title)
        self.go_to_found()

    def say(self, **values: object) -> None:
        """Emit that these fields of the settings were changed by the user."""
        if not self._showing:
            self.changed.emit(lambda settings: replace(settings, **values))

    def add_row(self, title: str, field: QWidget, *, place: QLayout | None = None, words: str = "") -> None:
        """Add a row.

        Args:
            title: The label, or "" for a field with a text of its own.
            field: The widget that changes the setting.
            place: The layout that contains the field and more, if the row holds more than the field.
            words: More words by which the row is found, in English; found in English and in the current language.
        """
        marked: QWidget = field
        if title:
            marked = self.form.add(title, field, place=place)
        else:
            self.form.addRow("", place or field)
        self.rows.append(SettingsRow(title.replace("&", "") or _text(field), marked, field, f"{words} {tr(words)}"))

    def add_note(self, text: str) -> None:
        """Add a note below the rows."""
        note = PlainLabel(text)
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        self.form.addRow("", note)
