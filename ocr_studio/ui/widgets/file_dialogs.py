"""Dialogs that ask for a file or a folder, and a field for paths that opens one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QHeaderView, QLineEdit, QPushButton, QTreeView, QWidget

from ocr_studio.core.translation import tr

# Qt's own dialog, used where the system has none, is so small that dates and long names are cut off.
_SIZE = QSize(960, 600)
# Separates several paths in one field; unlikely in a path.
_BETWEEN = ";"


def make(window: QWidget, title: str, start: str) -> QFileDialog:
    """Create a file dialog that is not modal and deletes itself when it closes.

    Args:
        window: The parent.
        title: The title of the dialog.
        start: The file or folder that it shows first.

    Returns:
        The dialog, not yet open.
    """
    dialog = QFileDialog(window, title, start)
    screen = window.screen().availableSize()
    dialog.resize(_SIZE.boundedTo(screen * 0.9))
    if files := dialog.findChild(QTreeView, "treeView"):
        files.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


class PathRow(QWidget):
    """A text field for one or several paths, with buttons that open a file dialog.

    Attributes:
        start: The folder that the file dialog shows while the field is empty.

    Signals:
        changed(): the text has changed.
    """

    changed = Signal()

    def __init__(
        self, name: str, *, placeholder: str, files: str = "", several: bool = False, or_folder: bool = False
    ) -> None:
        """Create an empty row.

        Args:
            name: accessible name, and title of the file dialog.
            placeholder: text shown while the field is empty.
            files: name filter of the file dialog (Qt); empty to choose a folder.
            several: whether several paths can be given.
            or_folder: whether a folder can be chosen in place of files, by a button of its own.
        """
        super().__init__()
        self._name, self._files, self._several = name, files, several
        self.start = Path.home()
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(placeholder)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self.changed)
        self.choose = QPushButton(tr("File…") if or_folder else tr("Choose…"))
        self.choose.setAccessibleName(tr("Choose: {what}", what=name))
        self.choose.clicked.connect(lambda: self._choose_path(folder=not self._files))
        self.choose_folder = QPushButton(tr("Folder…"))
        self.choose_folder.setAccessibleName(tr("Choose folder: {what}", what=name))
        self.choose_folder.clicked.connect(lambda: self._choose_path(folder=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        for button in (self.choose, self.choose_folder):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.choose_folder.setVisible(or_folder)
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

    def _choose_path(self, *, folder: bool) -> None:
        before = self.path
        asked = make(self.window(), self._name, str(before.parent if before else self.start))
        modes = QFileDialog.FileMode
        if folder:
            asked.setFileMode(modes.Directory)
            asked.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            asked.setFileMode(modes.ExistingFiles if self._several else modes.ExistingFile)
            asked.setNameFilters([self._files, tr("All files (*)")])
        asked.filesSelected.connect(lambda chosen: self.line.setText(f"{_BETWEEN} ".join(chosen)))
        asked.open()
