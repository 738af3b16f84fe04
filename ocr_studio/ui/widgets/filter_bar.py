"""The row above a list that filters and sorts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.widgets.form_fields import ChoiceButton, FilterField
from ocr_studio.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True, slots=True)
class FilterTexts:
    """The texts of a filter bar, translated.

    Attributes:
        filter: Placeholder and accessible name of the field.
        sort: The accessible name of the button for the order.
        sort_tip: Returns the tooltip of that button for the name of the order in use.
    """

    filter: str
    sort: str
    sort_tip: Callable[[str], str]


class FilterBar(QWidget):
    """A field for text and a button for the order; below them a line for what is listed.

    Signals:
        sort_chosen(str): the user has chosen this order.

    Attributes:
        edit: The field.
        sort: The button for the order.
        status: The line below.
    """

    sort_chosen = Signal(str)

    def __init__(
        self, texts: FilterTexts, sorts: Iterable[tuple[str, str]], *, offering: Callable[[], bool] = lambda: False
    ) -> None:
        """Create the bar.

        Args:
            texts: Its texts.
            sorts: The orders, and their names as texts for ``tr``; the first one is in use.
            offering: Whether completions are shown below the field.
        """
        super().__init__()
        self.edit = FilterField(texts.filter, offering)
        self.sort = ChoiceButton(
            "mdi6.sort", texts.sort, [(str(sort), tr(name)) for sort, name in sorts], tip=texts.sort_tip
        )
        self.sort.chosen.connect(self.sort_chosen)
        self.status = PlainLabel()
        self.status.setProperty("quiet", True)
        self.status.setWordWrap(True)
        self._row, self._below = QHBoxLayout(), QHBoxLayout()
        self._row.setSpacing(4)
        self._row.addWidget(self.edit, 1)
        self._row.addWidget(self.sort)
        self._below.addWidget(self.status, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(self._row)
        layout.addLayout(self._below)

    def add_button(self, button: QWidget) -> None:
        """Add a button between the field and that for the order."""
        self._row.insertWidget(self._row.count() - 1, button)
        self.setTabOrder(button, self.sort)

    def add_below(self, button: QWidget) -> None:
        """Add a button at the end of the line below."""
        self._below.addWidget(button)

    def begin(self) -> None:
        """Focus the field and select its text."""
        self.edit.begin()

    def choose_sort(self, sort: str) -> None:
        """Use this order, as if the user had chosen it."""
        self.sort.show_choice(sort)
        self.sort_chosen.emit(sort)
