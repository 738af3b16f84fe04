"""Where the window was and how its docks stood, kept between starts. A comfort: trouble with it is only logged."""

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

# Raised when docks or bars come, go or change their names, so that an old arrangement is not forced on them.
_VERSION = 2

_AREAS = Qt.DockWidgetArea
_MIRRORED = {
    _AREAS.LeftDockWidgetArea: _AREAS.RightDockWidgetArea, _AREAS.RightDockWidgetArea: _AREAS.LeftDockWidgetArea,
}  # fmt: skip


def side(area: Qt.DockWidgetArea) -> Qt.DockWidgetArea:
    """Where a dock stands that belongs there if lines begin at the left."""
    return _MIRRORED.get(area, area) if QApplication.isRightToLeft() else area


def _version() -> int:
    # An arrangement holds for one direction.
    return -_VERSION if QApplication.isRightToLeft() else _VERSION


def _file() -> Path:
    return paths.state_dir() / "window.json"


def restore(window: QMainWindow) -> bool:
    """Put the window where it was. False if that is not known."""
    try:
        kept = json.loads(paths.read_file(_file()))
        place, docks = (base64.b64decode(kept[key], validate=True) for key in ("place", "docks"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        log.warning("%s: the window's place is not known: %s", _file(), error)
        return False
    return window.restoreGeometry(QByteArray(place)) and window.restoreState(QByteArray(docks), _version())


def keep(window: QMainWindow) -> None:
    """Remember where the window is."""
    kept = {
        key: base64.b64encode(value.data()).decode("ascii")
        for key, value in (("place", window.saveGeometry()), ("docks", window.saveState(_version())))
    }
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        paths.replace_file(_file(), json.dumps(kept).encode("ascii"))
    except OSError as error:
        log.warning("%s: the window's place was not kept: %s", _file(), error)
