"""What all pages of the settings have in common: rows that are found by words, and changes that hold at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLayout, QWidget

from ocr_studio.core import fuzzy_title
from ocr_studio.core.settings import Settings
from ocr_studio.ui.widgets.plain_label import PlainLabel

Change: TypeAlias = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class _Row:
    """marked: what is coloured when the row is found. words: by which it is found."""

    marked: QWidget
    field: QWidget
    words: str


class SettingsPage(QWidget):
    """One page. Signals: ``changed(Change)`` a person has chosen something: what becomes of the settings by that.

    title: on its tab. slow: what follows from a change takes work, so it waits until a person has chosen.
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
        """Show these; nothing is said."""
        self._showing = True
        try:
            self.fill(settings)
        finally:
            self._showing = False

    def fill(self, settings: Settings) -> None:
        """Put these into the fields."""
        raise NotImplementedError

    def defaults(self, settings: Settings) -> Settings:
        """These settings, with those of this page as the program comes."""
        raise NotImplementedError

    def flush(self) -> None:
        """The page is left: what is half typed counts, if it can."""

    def look_for(self, typed: str, *, slips: bool) -> int:
        """Colour the rows that fit. Returns how many do, none with nothing typed. slips: whether they are forgiven."""
        found = 0
        for row in self._rows:
            here = bool(typed.strip()) and fuzzy_title.fit(typed, row.words, scattered=False, slips=slips) is not None
            found += here
            mark(row.marked, here)
        return found

    def go_to_found(self) -> None:
        """Put the keys into the first field that was found."""
        for row in self._rows:
            if row.marked.property("found"):
                row.field.setFocus()
                return

    def say(self, **values: object) -> None:
        """A person has chosen these values of the settings' fields."""
        if not self._showing:
            self.changed.emit(lambda settings: replace(settings, **values))

    def add_row(self, title: str, field: QWidget, *, place: QLayout | None = None, words: str = "") -> None:
        """A row. place: what stands there, if it is not the field alone; words: by which else it is found."""
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
        """Something to know, below the rows."""
        note = PlainLabel(text)
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        self.form.addRow("", note)


def mark(widget: QWidget, found: bool) -> None:
    """Colour a widget as found, or no more."""
    if bool(widget.property("found")) != found:
        widget.setProperty("found", found)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
