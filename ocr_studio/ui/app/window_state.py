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


def restore(window: QWidget) -> dict[str, Mapping[str, object]]:
    """Put the window where it was, as far as that is on the screen.

    Returns:
        The saved parts by name, such as its layout; files of versions with docks have none.
    """
    kept = state_file.read(_file())
    place = kept.get("place")
    try:
        if isinstance(place, str):
            window.restoreGeometry(QByteArray(base64.b64decode(place, validate=True)))
    except (ValueError, binascii.Error) as error:
        log.warning("%s: the window’s place is not known: %s", _file(), error)
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
    fit_screen(window)
    return {name: part for name, part in kept.items() if isinstance(part, dict)}


def describe(window: QWidget, parts: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Return what is saved: the place of the window and these parts, by name."""
    place = base64.b64encode(window.saveGeometry().data()).decode("ascii")
    return {"place": place, **{name: dict(part) for name, part in parts.items()}}


def save(state: Mapping[str, object], *, flush: bool = True) -> bool:
    """Save what ``describe`` returned; whether that was possible. flush: whether to wait until it is on the disk."""
    try:
        state_file.write(_file(), state, flush=flush)
    except OSError as error:
        log.warning("%s: the window’s place was not kept: %s", _file(), error)
        return False
    return True


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
