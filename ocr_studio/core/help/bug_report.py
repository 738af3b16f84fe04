"""Bug reports: a text to copy and send, without personal data."""

from __future__ import annotations

import getpass
import os
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import Final

import ocr_studio
from ocr_studio.core import logs

_PACKAGES: Final = (
    "PySide6-Essentials", "tensorflow", "keras", "numpy", "opencv-python-headless", "pillow", "pillow-heif",
)  # fmt: skip
_LOG_LINES: Final = 40


def make(trace: str) -> str:
    """trace: the traceback. Version, system, packages, traceback and the last lines of the log, as plain text.

    Whose computer it is does not matter: the home folder is "~", and the account's name is left out.
    """
    lines = [
        f"OCR Studio {ocr_studio.__version__}",
        f"{platform.platform()}, Python {platform.python_version()}",
        ", ".join(f"{name} {_version(name)}" for name in _PACKAGES),
        "",
        trace.rstrip(),
        "",
        "The last lines of the log:",
        *logs.last_lines(_LOG_LINES),
    ]
    return _without_person("\n".join(lines))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not known)"


def _without_person(text: str) -> str:
    home = str(Path.home())
    if len(home) > len(os.sep):
        text = text.replace(home, "~")
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return text
    # Only as part of a path: a user name may be a common word such as "page".
    return re.sub(rf"(?<=[/\\]){re.escape(user)}(?=[/\\]|$)", "…", text, flags=re.MULTILINE)
