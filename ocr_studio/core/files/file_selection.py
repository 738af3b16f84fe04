"""Shows files in the file managers of Windows and macOS."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def select_file(path: Path) -> bool:
    """Open the file manager with this file selected; returns False on systems where that needs another way."""
    commands = {"win32": ["explorer.exe", "/select,", str(path)], "darwin": ["open", "-R", str(path)]}
    command = commands.get(sys.platform)
    if command is None:
        return False
    subprocess.Popen(command)
    return True
