"""Dialogs that ask for a file or a folder."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFileDialog, QHeaderView, QTreeView, QWidget

# Where the system has no dialog of its own, Qt's is so small that dates and long names are cut.
_SIZE = QSize(960, 600)


def make(window: QWidget, title: str, start: str) -> QFileDialog:
    """A dialog over this window that begins at a file or folder, goes for good when it closes, and waits for nobody."""
    dialog = QFileDialog(window, title, start)
    screen = window.screen().availableSize()
    dialog.resize(_SIZE.boundedTo(screen * 0.9))
    if files := dialog.findChild(QTreeView, "treeView"):
        files.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
