"""Saves and restores the place of the window and its layout. Errors are only logged."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QWidget

from ocr_studio.core import paths, state_file

log = logging.getLogger(__name__)


def _file() -> Path:
    return paths.state_dir() / "window.json"


def restore(window: QWidget) -> Mapping[str, object]:
    """Put the window where it was, as far as that is on the screen.

    Returns:
        The saved layout; empty if there is none. Files of versions with docks have none.
    """
    kept = state_file.read(_file())
    place, layout = kept.get("place"), kept.get("layout")
    try:
        if isinstance(place, str):
            window.restoreGeometry(QByteArray(base64.b64decode(place, validate=True)))
    except (ValueError, binascii.Error) as error:
        log.warning("%s: the window’s place is not known: %s", _file(), error)
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
    fit_screen(window)
    return layout if isinstance(layout, dict) else {}


def save(window: QWidget, layout: Mapping[str, object]) -> None:
    """Save the place of the window and its layout."""
    place = base64.b64encode(window.saveGeometry().data()).decode("ascii")
    try:
        state_file.write(_file(), {"place": place, "layout": dict(layout)})
    except OSError as error:
        log.warning("%s: the window’s place was not kept: %s", _file(), error)


def fit_screen(window: QWidget) -> None:
    """Make a window no larger than its screen, on which it was possibly shown at another scale."""
    room = window.screen().availableGeometry()
    if window.isMaximized() or window.isFullScreen():
        return
    frame, inside = window.frameGeometry(), window.geometry()
    edges = frame.size() - inside.size()
    wanted = inside.size().boundedTo(room.size() - edges)
    if wanted != inside.size():
        window.resize(wanted)
    frame = window.frameGeometry()
    left = max(room.left(), min(frame.left(), room.right() + 1 - frame.width()))
    top = max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height()))
    if (left, top) != (frame.left(), frame.top()):
        window.move(left, top)
