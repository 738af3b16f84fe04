"""A row of the form for synthetic datasets: shares of kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSlider, QWidget

from ocr_studio.core import units
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True, slots=True)
class ShareKind:
    """A kind of writing or background that has a share.

    Attributes:
        key: the kind, as in ``SynthOptions``.
        title: its label.
        tip: its tooltip.
        needs: what has to be chosen before this kind is available; empty if nothing.
    """

    key: str
    title: str
    tip: str
    needs: str = ""


class ShareSliders(QWidget):
    """A slider for each kind, with its share of all kinds in percent.

    Signals:
        changed(): the user has moved a slider.
    """

    changed = Signal()

    def __init__(self, kinds: Iterable[ShareKind], there: Callable[[str], bool]) -> None:
        """Show a slider for each kind; ``there`` tells whether the kind of a key is available."""
        super().__init__()
        self._kinds, self._there = tuple(kinds), there
        self.sliders: dict[str, QSlider] = {}
        self.share_labels: dict[str, PlainLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, kind in enumerate(self._kinds):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, 100)
            slider.setPageStep(10)
            slider.setAccessibleName(tr(kind.title))
            slider.valueChanged.connect(self._turned)
            title = PlainLabel(tr(kind.title))
            title.setBuddy(slider)
            said = PlainLabel()
            said.setMinimumWidth(said.fontMetrics().horizontalAdvance(units.percent(1)))
            said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, widget in enumerate((title, slider, said)):
                widget.setToolTip(tr(kind.tip))
                grid.addWidget(widget, row, column)
            self.sliders[kind.key], self.share_labels[kind.key] = slider, said
        self.note = PlainLabel(tr("Kinds in grey need a file or folder above."))
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        grid.addWidget(self.note, len(self._kinds), 0, 1, 3)

    @property
    def shares(self) -> dict[str, float]:
        """The share of each kind, 0 to 1."""
        return {key: slider.value() / 100 for key, slider in self.sliders.items()}

    def show_shares(self, shares: Mapping[str, float]) -> None:
        """Show these shares, without emitting ``changed``."""
        wanted = [shares.get(key, 0.0) for key in self.sliders]
        largest = max(wanted, default=0.0)
        scale = 100 if largest <= 1 else 100 / largest
        # Rounded together, so that three thirds add up to 100, not 99.
        whole = units.shared(wanted, round(scale * sum(wanted)))
        for slider, value in zip(self.sliders.values(), whole, strict=True):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
        self.look()

    def look(self) -> None:
        """Update the percentages, and disable kinds that are not available."""
        able = {kind.key: self._there(kind.key) for kind in self._kinds}
        self.note.setHidden(all(able.values()))
        values = [self.sliders[kind.key].value() if able[kind.key] else 0 for kind in self._kinds]
        hundredths = units.shared(values, 100)
        for kind, hundredth in zip(self._kinds, hundredths, strict=True):
            slider = self.sliders[kind.key]
            slider.setEnabled(able[kind.key])
            share = units.percent(hundredth / 100) if able[kind.key] and any(values) else "–"
            self.share_labels[kind.key].setText(share)
            why = tr(kind.tip) if able[kind.key] else tr(kind.needs)
            slider.setToolTip(labels.tooltip(why))
            slider.setAccessibleDescription(f"{share}. {why}")

    def _turned(self) -> None:
        self.look()
        self.changed.emit()
