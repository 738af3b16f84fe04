"""Where this program keeps its own files, and how a file is replaced so that no half of it is ever seen.

``OCR_STUDIO_HOME`` puts all of them under one folder: for portable use and for tests. What names a folder here raises
StudioError where that variable cannot be one.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs

from ocr_studio.core.errors import StudioError, WrongTarget
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.translation import tr

_NAME = "ocr-studio"
_HOME = "OCR_STUDIO_HOME"


class NotPlainFile(OSError):
    """What was to be opened is a folder, a pipe or a device. mode: ``st_mode``."""

    def __init__(self, path: Path, mode: int) -> None:
        folder = stat.S_ISDIR(mode)
        reason = tr("it is a folder, not a file") if folder else tr("it is not a regular file")
        super().__init__(errno.EISDIR if folder else errno.EINVAL, reason, str(path))
        self.mode = mode


def _home() -> Path | None:
    home = os.environ.get(_HOME)
    try:
        return Path(home).expanduser().absolute() if home else None
    except RuntimeError as error:  # "~" of an unknown user
        raise StudioError(
            tr("{variable} is “{value}”, but this user has no home folder", variable=_HOME, value=home),
            remedy=tr("Enter the full path, or use “~” for your home folder."),
        ) from error
    except OSError as error:
        raise StudioError(
            tr("{variable} is “{value}”, but the current folder no longer exists", variable=_HOME, value=home),
            remedy=tr("Enter the full path, or use “~” for your home folder."),
        ) from error


def _dir(ours: str, systems: Callable[..., str]) -> Path:
    """ours: its name under the folder that the variable names; systems: where the system wants it otherwise."""
    home = _home()
    return home / ours if home else Path(systems(_NAME, appauthor=False))


def config_dir() -> Path:
    """The folder of the settings. It need not exist yet; so for all of these."""
    return _dir("config", platformdirs.user_config_dir)


def state_dir() -> Path:
    """The folder of state that is saved between starts but is not a setting, such as recent files."""
    return _dir("state", platformdirs.user_state_dir)


def cache_dir() -> Path:
    """The folder of files that can be deleted at any time and are then created again."""
    return _dir("cache", platformdirs.user_cache_dir)


def log_dir() -> Path:
    """The folder of the logs."""
    return _dir("log", platformdirs.user_log_dir)


def data_dir() -> Path:
    """The folder of the user's own data, such as models."""
    return _dir("data", platformdirs.user_data_dir)


def library_dir() -> Path:
    """The default folder of projects that are not saved beside their photos."""
    home = _home()
    return home / "library" if home else Path(platformdirs.user_data_dir(_NAME, appauthor=False)) / "library"


def is_folder(path: Path) -> bool:
    """Whether there is a folder. Never raises: what cannot be looked at, or cannot be a name, is none."""
    # Path.is_dir() raises for names that are too long, circles of links and folders that may not be entered.
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def exists(path: Path) -> bool:
    """Whether there is a file or folder. Never raises; see ``is_folder``."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def describe_file_in_the_way(folder: Path) -> WrongTarget | None:
    """Return the error of an output folder that is a file, or inside one; None if it is neither."""
    file = next((each for each in (folder, *folder.parents) if exists(each) and not is_folder(each)), None)
    if file is None:
        return None
    return WrongTarget(tr("it is a file, not a folder"), file=file, remedy=tr("Choose another folder."))


@contextlib.contextmanager
def open_plain(path: Path) -> Iterator[io.BufferedReader]:
    """Open a plain file that the user named for reading, behind links or not.

    Raises:
        NotPlainFile: It is something else: a pipe would be waited for, and a device may have no end.
        OSError: It cannot be opened.
        ValueError: The path is none that a file can have.
    """
    # Opening for reading does something to some devices (a tape is rewound), so it is looked at first; O_NONBLOCK, as
    # it may have become a pipe since.
    _check_plain(path, path.stat())
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        _check_plain(path, os.fstat(stream.fileno()))
        yield stream


def _check_plain(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotPlainFile(path, found.st_mode)


def read_file(path: Path, *, most: int = 1 << 20) -> bytes:
    """The bytes of a plain file, as ``open_plain``. Raises TooLarge for more of them than ``most``, and OSError."""
    with open_plain(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > most:
            raise TooLarge(most)
        return stream.read(size)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, flushed to the disk, then put in its place.

    Where ``path`` is a symbolic link, the file it leads to is replaced. Permissions of an earlier file are kept.
    Raises OSError; the earlier file is then untouched and the temporary one gone.
    """
    real = Path(os.path.realpath(path))
    SafeFolder(real.parent, follow=True).replace(real.name, data)
