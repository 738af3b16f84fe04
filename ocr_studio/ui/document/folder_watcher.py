"""Watches a folder for files that are added, removed or changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

# Milliseconds between the first change and the signal, as importing from a camera adds hundreds of files.
WAIT = 400


class FolderWatcher(QObject):
    """Watches one folder.

    Signals:
        changed(Path): the folder has changed; repeated while it keeps changing.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wait = QTimer(self, singleShot=True, interval=WAIT)
        self._wait.timeout.connect(self._report_change)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._notice)
        self._folder: Path | None = None

    def watch(self, folder: Path | None) -> None:
        """Watch only this folder from now on."""
        if folder == self._folder and self._watcher.directories():
            return
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self._wait.stop()
        self._folder = folder
        if folder is not None and folder.is_dir():
            self._watcher.addPath(str(folder))

    def _notice(self) -> None:
        if not self._wait.isActive():
            self._wait.start()

    def _report_change(self) -> None:
        if self._folder is not None:
            self.changed.emit(self._folder)
