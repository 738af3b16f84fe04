"""Shows files and folders in the system's file manager."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QProcess, Qt, QUrl
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from ocr_studio.core.images import page_paths
from ocr_studio.core.translation import tr

# How long a file manager may take to start before the folder is opened in another way.
_ANSWER_MS: Final = 3000
_NAME: Final = "org.freedesktop.FileManager1"


def open_folder(folder: Path, window: QWidget) -> None:
    """Open a folder in the file manager, or say over this window that none has opened it."""
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return
    box = QMessageBox(window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Show in folder"))
    box.setText(tr("Can’t open the folder: no file manager is available."))
    box.setInformativeText(str(folder))
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    box.finished.connect(box.deleteLater)
    box.open()


def show_in_folder(path: Path, window: QWidget) -> None:
    """Show a photo's file in the file manager: selected there, or at least its folder.

    The window is not blocked meanwhile.
    """
    path = page_paths.find_page(path).file
    if sys.platform == "win32":
        shown = bool(QProcess.startDetached("explorer.exe", ["/select,", str(path)])[0])
    elif sys.platform == "darwin":
        shown = bool(QProcess.startDetached("open", ["-R", str(path)])[0])
    else:
        shown = _ask_file_manager(path, window)
    if not shown:
        open_folder(path.parent, window)


def _ask_file_manager(path: Path, window: QWidget) -> bool:
    """Ask the file manager of a Linux desktop to select a file, and open the folder if it can't.

    See https://www.freedesktop.org/wiki/Specifications/file-manager-interface/.

    Returns:
        Whether it could be call.
    """
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    call = QDBusMessage.createMethodCall(_NAME, "/org/freedesktop/FileManager1", _NAME, "ShowItems")
    call.setArguments([[QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)], ""])
    answer = QDBusPendingCallWatcher(bus.asyncCall(call, _ANSWER_MS), window)

    def follow() -> None:
        if answer.isError():
            open_folder(path.parent, window)
        answer.deleteLater()

    answer.finished.connect(follow)
    return True
