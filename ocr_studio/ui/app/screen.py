"""Connects Qt to a display; prints an error message instead of aborting where that fails."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ocr_studio.core.command_line import visible
from ocr_studio.core.errors import StudioError

_PLATFORM: Final = "QT_QPA_PLATFORM"
_SCREENS: Final = ("WAYLAND_DISPLAY", "DISPLAY", "XAUTHORITY")
_INSTEAD: Final = (
    "Log in to a desktop or with ssh -X, run xvfb-run -a ocr-studio, save an image of the window with --screenshot"
    " OUT.png, or read without a window: ocr-studio read PHOTO."
)
_INSTALL: Final = (
    "On Debian or Ubuntu: apt install libegl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1"
    " libxcb-shape0 libxcb-xkb1."
)
_FOUND: Final = re.compile(r'Could not load the Qt platform plugin "([\w-]+)"')
_NOT_FOUND: Final = re.compile(r'Could not find the Qt platform plugin "([^"]+)"')


class NoScreen(StudioError):
    """There is no display to show a window on."""


def choose(*, needed: bool) -> None:
    """Choose Qt's platform plugin.

    Args:
        needed: Whether a display is needed; False for a screenshot, which is always drawn in memory.

    Raises:
        NoScreen: A display is needed and there is none.
    """
    if os.environ.get(_PLATFORM) or sys.platform in {"win32", "darwin"}:
        return
    if not needed:
        os.environ[_PLATFORM] = "offscreen"
    elif not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        raise NoScreen("there is no display to open a window on", remedy=_INSTEAD)


def connect(arguments: Sequence[str]) -> QApplication:
    """Make the application, connected to its display. If Qt fails, prints a line and ends the program with status 1.

    Raises:
        NoScreen: Qt is connected to a platform without a display.
    """
    with _end_instead_of_abort():
        app = QApplication(list(arguments))
    if app.primaryScreen() is None:  # for example "linuxfb" without a device; Qt would crash at the first window
        raise no_screen([])
    return app


def no_screen(messages: Sequence[str]) -> NoScreen:
    """Return the error to show.

    Args:
        messages: Qt's messages before it failed.
    """
    said = "\n".join(messages)
    if missing := _NOT_FOUND.search(said):
        what = f"can’t open a window: Qt has no plugin for the platform “{missing[1]}”"
        return NoScreen(what, remedy=f"Check {_PLATFORM}, or reinstall PySide6-Essentials.")
    if lacks := "; ".join(filter(None, map(_why_not_loaded, _FOUND.findall(said)))):
        return NoScreen(f"can’t open a window: {lacks}", remedy=_INSTALL)
    known = ", ".join(f"{name} is “{value}”" for name in (_PLATFORM, *_SCREENS) if (value := os.environ.get(name)))
    unset = f"Unset {_PLATFORM}. " if os.environ.get(_PLATFORM) else ""
    return NoScreen(f"can’t open a window ({known})", remedy=f"{unset}{_INSTEAD}")


@contextlib.contextmanager
def _end_instead_of_abort() -> Iterator[None]:
    """Within this context, a fatal error of Qt ends the program with a message; Qt itself would abort."""
    messages: list[str] = []

    def hear(kind: QtMsgType, _: QMessageLogContext, message: str) -> None:
        messages.append(message)
        with contextlib.suppress(OSError):  # where Qt writes it, too: the log
            os.write(2, f"{message}\n".encode(errors="replace"))
        if kind is QtMsgType.QtFatalMsg:
            if sys.stderr is not None:
                print(f"ocr-studio: {visible(no_screen(messages).typed)}", file=sys.stderr, flush=True)  # noqa: T201
            # Not with an exception, because Qt aborts as soon as this returns. Nothing is open that has to be closed.
            os._exit(1)

    before = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _why_not_loaded(platform: str) -> str:
    """Return which library a plugin of Qt lacks; empty if it can be loaded and fails for another reason."""
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    plugin = Path(folder) / "platforms" / f"libq{platform.partition('-')[0]}.so"
    try:
        if plugin.exists():
            ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return ""
