"""Rows of the form for synthetic datasets: shares of kinds, and paths of files or folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QSlider, QWidget

from ocr_studio.core import units
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets import file_dialogs
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Separates several paths in one field; unlikely in a path.
_BETWEEN = ";"


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


class PathRow(QWidget):
    """A text field for one or several paths, with a button that opens a file dialog.

    Signals:
        changed(): the text has changed.
    """

    changed = Signal()

    def __init__(self, name: str, *, placeholder: str, files: str = "", several: bool = False) -> None:
        """Create an empty row.

        Args:
            name: accessible name, and title of the file dialog.
            placeholder: text shown while the field is empty.
            files: name filter of the file dialog (Qt); empty to choose a folder.
            several: whether several paths can be given.
        """
        super().__init__()
        self._name, self._files, self._several = name, files, several
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(placeholder)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self.changed)
        self.choose = QPushButton(tr("Choose…"))
        self.choose.setAutoDefault(False)
        self.choose.setAccessibleName(tr("Choose: {what}", what=name))
        self.choose.clicked.connect(self._choose_path)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        self.setFocusProxy(self.line)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths in the field, in order."""
        parts = self.line.text().split(_BETWEEN) if self._several else [self.line.text()]
        return tuple(Path(part.strip()) for part in parts if part.strip())

    @property
    def path(self) -> Path | None:
        """The first path, or None."""
        return next(iter(self.paths), None)

    def show_paths(self, paths: Sequence[Path]) -> None:
        """Show these paths, without emitting ``changed``."""
        self.line.blockSignals(True)
        self.line.setText(f"{_BETWEEN} ".join(map(str, paths)))
        self.line.blockSignals(False)

    def _choose_path(self) -> None:
        before = self.path
        start = str(before.parent if before else Path.home())
        asked = file_dialogs.make(self.window(), self._name, start)
        if not self._files:
            asked.setFileMode(QFileDialog.FileMode.Directory)
            asked.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            modes = QFileDialog.FileMode
            asked.setFileMode(modes.ExistingFiles if self._several else modes.ExistingFile)
            asked.setNameFilters([self._files, tr("All files (*)")])
        asked.filesSelected.connect(lambda chosen: self.line.setText(f"{_BETWEEN} ".join(chosen)))
        asked.open()
