"""Dialogs that ask for a file or a folder."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFileDialog, QHeaderView, QTreeView, QWidget

# Qt's own dialog, used where the system has none, is so small that dates and long names are cut off.
_SIZE = QSize(960, 600)


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
