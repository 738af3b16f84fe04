"""Saves and restores the position of the window and its docks. Errors are only logged."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QApplication, QMainWindow

from ocr_studio.core import paths

log = logging.getLogger(__name__)

# Increased when docks or bars are added, removed or renamed, so that an old arrangement is not applied to them.
_VERSION = 2

_AREAS = Qt.DockWidgetArea
_MIRRORED = {
    _AREAS.LeftDockWidgetArea: _AREAS.RightDockWidgetArea, _AREAS.RightDockWidgetArea: _AREAS.LeftDockWidgetArea,
}  # fmt: skip


def side(area: Qt.DockWidgetArea) -> Qt.DockWidgetArea:
    """Return the area of a dock, mirrored for languages that are written from right to left.

    Args:
        area: The area for languages that are written from left to right.
    """
    return _MIRRORED.get(area, area) if QApplication.isRightToLeft() else area


def _version() -> int:
    # An arrangement is valid for one text direction only.
    return -_VERSION if QApplication.isRightToLeft() else _VERSION


def _file() -> Path:
    return paths.state_dir() / "window.json"


def restore(window: QMainWindow) -> bool:
    """Restore the window's position. Returns False if none is saved."""
    try:
        kept = json.loads(paths.read_file(_file()))
        place, docks = (base64.b64decode(kept[key], validate=True) for key in ("place", "docks"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        log.warning("%s: the window’s place is not known: %s", _file(), error)
        return False
    restored = window.restoreGeometry(QByteArray(place)) and window.restoreState(QByteArray(docks), _version())
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
    return restored


def save(window: QMainWindow) -> None:
    """Save the window's position."""
    kept = {
        key: base64.b64encode(value.data()).decode("ascii")
        for key, value in (("place", window.saveGeometry()), ("docks", window.saveState(_version())))
    }
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        paths.replace_file(_file(), json.dumps(kept).encode("ascii"))
    except OSError as error:
        log.warning("%s: the window’s place was not kept: %s", _file(), error)
