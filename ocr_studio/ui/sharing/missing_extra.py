"""Says how to install the packages that sharing needs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from ocr_studio.core import extras
from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr


def is_ready(extra: str, *, title: str, window: QWidget) -> bool:
    """Check that an extra is installed; if not, show how to install it.

    Args:
        extra: Its name.
        title: The title of the dialog.
        window: The window over which the dialog is shown.
    """
    try:
        extras.require(extra)
    except StudioError as error:
        _show(error, extras.install_command(extra), title=title, window=window)
        return False
    return True


def _show(error: StudioError, command: str, *, title: str, window: QWidget) -> None:
    dialog = QMessageBox(window)
    dialog.setTextFormat(Qt.TextFormat.PlainText)
    dialog.setIcon(QMessageBox.Icon.Information)
    dialog.setWindowTitle(title)
    dialog.setText(tr("This needs packages that are not installed yet."))
    dialog.setInformativeText(
        tr("Run this command in a terminal, then start OCR Studio again: {command}", command=command)
    )
    dialog.setDetailedText(str(error))
    dialog.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    copy = dialog.addButton(tr("&Copy command"), QMessageBox.ButtonRole.ActionRole)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(command))
    dialog.addButton(QMessageBox.StandardButton.Close)
    dialog.setDefaultButton(QMessageBox.StandardButton.Close)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
