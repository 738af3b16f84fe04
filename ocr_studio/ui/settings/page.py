"""Base class of the pages of settings: rows that can be searched, and changes that take effect at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLayout, QWidget

from ocr_studio.core.help import fuzzy_title
from ocr_studio.core.settings import Settings
from ocr_studio.ui.style import theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

SettingsChange: TypeAlias = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class _Row:
    """One setting.

    Attributes:
        marked: The widget that is highlighted when the row is found.
        field: The widget that changes the setting.
        words: The words by which the row is found.
    """

    marked: QWidget
    field: QWidget
    words: str


class SettingsPage(QWidget):
    """One page of the settings.

    Signals:
        changed(SettingsChange): A setting was changed; the function returns the settings with that change.

    Attributes:
        title: The title of its tab.
        slow: Whether applying a change takes time, so that several are applied together after a pause.
    """

    changed = Signal(object)
    title = ""
    slow = False

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []
        self._showing = False
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 16, 0, 0)
        self.form.setHorizontalSpacing(18)
        self.form.setVerticalSpacing(12)

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
        for row in self._rows:
            fit = fuzzy_title.match_title(typed, row.words, scattered=False, slips=slips)
            here = fit is not None and bool(typed.strip())
            found += here
            theme.set_state(row.marked, "found", here)
        return found

    def go_to_found(self) -> None:
        """Move the focus to the first field found."""
        for row in self._rows:
            if row.marked.property("found"):
                row.field.setFocus()
                return

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
            words: More words by which the row is found.
        """
        marked: QWidget = field
        if title:
            marked = label = PlainLabel(title)
            label.setBuddy(field)
            self.form.addRow(label, place or field)
        else:
            self.form.addRow("", place or field)
        texts = [title.replace("&", ""), field.accessibleName(), field.toolTip(), words]
        if isinstance(field, QComboBox):
            texts += [field.itemText(index) for index in range(field.count())]
        else:
            texts.append(str(field.property("text") or "").replace("&", ""))
        self._rows.append(_Row(marked, field, " ".join(texts)))

    def add_note(self, text: str) -> None:
        """Add a note below the rows."""
        note = PlainLabel(text)
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        self.form.addRow("", note)
