"""The command ``ocr-studio mcp``: lets an assistant search and read photos."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import Final

from ocr_studio.cli.settings import complain_of_runtime, settings_for
from ocr_studio.cli.terminal.console import (
    GOOD,
    INTERRUPTED,
    command_parser,
    complain,
    ending_when_told,
    given_path,
    loading,
)
from ocr_studio.core import extras

_EPILOG: Final = """\
Add this command to the settings of an assistant that supports MCP, such as Claude Desktop; the assistant starts and
stops it. It can then list and search the photos of these folders, get the text and words of a photo that was read
before, and read others. Folders inside these folders are included. Nothing else can be opened, and nothing is written.

The protocol is on standard input and output; messages are on standard error. For the settings of assistants, and for
what they can see, see "ocr-studio help assistants".

Exit status 0: the assistant ended the connection; 1: a folder can’t be opened; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser("mcp", "Let an assistant search and read the photos in folders.", _EPILOG)
    made.add_argument(
        "folders", nargs="+", type=given_path, metavar="FOLDER", help="folder of photos, or project folder"
    )
    return made


def work(options: argparse.Namespace) -> int:
    """Serve until standard input ends. Returns the exit status; raises StudioError."""
    extras.require("mcp")
    with loading():
        from ocr_studio.server.assistants.photo_library import PhotoLibrary  # noqa: PLC0415
        from ocr_studio.server.assistants.shared_folders import SharedFolders  # noqa: PLC0415
        from ocr_studio.server.assistants.tools import create_server  # noqa: PLC0415  (needs the extra)
    folders = SharedFolders(options.folders)
    library = PhotoLibrary(folders, settings_for(["detector", "recognizer"]))
    if sys.stdin is not None and sys.stdin.isatty():
        complain("this command is started by an assistant; waiting for one on standard input. Press Ctrl+D to stop.")
    try:
        with contextlib.closing(library), ending_when_told():
            create_server(library).run("stdio")
    except KeyboardInterrupt:
        complain("Stopped.")
        # A thread still waits for standard input, and Python would wait for that thread.
        os._exit(INTERRUPTED)
    complain_of_runtime(library.ocr_service)
    return GOOD
