"""Passwords of PDF files, from a file or asked for on the terminal. They are never stored, printed or logged."""

from __future__ import annotations

import argparse
import getpass
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ocr_studio.cli.terminal.console import complain, given_path
from ocr_studio.cli.terminal.progress import clear_progress
from ocr_studio.core import paths
from ocr_studio.core.command_line import visible
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import page_paths

_TRIES: Final = 3
_MOST_BYTES: Final = 64 << 10
_MOST_PASSWORDS: Final = 100
_LOCKED: Final = "the PDF is protected with a password"


def add_password_file(parser: argparse.ArgumentParser) -> None:
    """Add ``--password-file``.

    A file, as other programs have it, and not an option or a variable with the password itself: those can be seen by
    other users in the list of processes, stay in the history of the shell, and are passed on to every child process.
    """
    parser.add_argument(
        "--password-file",
        type=given_path,
        metavar="FILE",
        help="file with the passwords of protected PDF files, one on each line; default: ask on a terminal",
    )


def list_pdfs(path: Path) -> list[Path]:
    """List the PDF files of a folder; a file is listed itself, whatever it is."""
    if not paths.is_folder(path):
        return [path]
    try:
        return sorted(each for each in path.iterdir() if each.suffix.lower() == page_paths.PDF_SUFFIX)
    except OSError:  # listing its photos tells why
        return []


class PasswordPrompt:
    """Unlocks PDF files: with the passwords of a file, with those typed for other files, or by asking."""

    def __init__(self, file: Path | None) -> None:
        """Read the passwords of a file, if one is given. Raises StudioError."""
        self._file = file
        self._known = [] if file is None else _read_passwords(file)

    def unlock_all(self, photos: Iterable[Path]) -> frozenset[Path]:
        """Unlock PDF files, or those of these pages; those that stay locked are complained of and returned."""
        locked = set()
        for file in dict.fromkeys(page_paths.find_page(photo).file for photo in photos):
            try:
                self.unlock(file)
            except StudioError as error:
                complain(error)
                locked.add(file)
        return frozenset(locked)

    def unlock(self, source: Path | bytes, *, name: str = "") -> None:
        """Unlock a PDF, or its bytes. Any other file, and a PDF that needs no password, is left as it is.

        Raises:
            StudioError: It stays locked.
        """
        from ocr_studio.core.images import photo_file  # noqa: PLC0415  (opens photos, which texts don't need)

        if not photo_file.is_locked(source, name=name):
            return
        name = name or str(source)
        if any(photo_file.unlock(source, password, name=name) for password in self._known):
            return
        if self._file is not None:
            what = f"none of the passwords in {self._file} opens the PDF"
            raise StudioError(what, file=name, remedy="Add its password to that file.")
        if sys.stdin is None or sys.stderr is None or not sys.stdin.isatty():
            remedy = "Use --password-file FILE, or run the command in a terminal."
            raise StudioError(_LOCKED, file=name, remedy=remedy)
        self._ask(source, name)

    def _ask(self, source: Path | bytes, name: str) -> None:
        """Ask for the password until it is right, or nothing is typed. Raises StudioError."""
        from ocr_studio.core.images import photo_file  # noqa: PLC0415  (as above)

        for tries in range(_TRIES):
            if not (password := _type_password(f"Password of {visible(name)}: ")):
                raise StudioError(_LOCKED, file=name, remedy="No password was typed.")
            if photo_file.unlock(source, password, name=name):
                self._known.append(password)
                return
            if tries + 1 < _TRIES:
                complain("wrong password; try again, or press Enter to skip the file")
        raise StudioError(f"{_TRIES} wrong passwords", file=name, remedy="Run the command again to retry.")


def _type_password(prompt: str) -> str:
    """Read a line from the terminal that isn't shown; empty if it can't be hidden, or the input ends."""
    clear_progress()
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt, stream=sys.stderr)
        except (EOFError, getpass.GetPassWarning):
            return ""


def _read_passwords(file: Path) -> list[str]:
    """Read the passwords of a file, one on each line. Raises StudioError."""
    try:
        with open(file, "rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        lines = data.decode("utf-8-sig").splitlines() if len(data) <= _MOST_BYTES else []
    except OSError as error:
        what = f"it can’t be read: {error.strerror or error}"
        raise StudioError(what, file=file, remedy="Check the path of the file with the passwords.") from error
    except UnicodeDecodeError as error:
        raise StudioError("it is not text in UTF-8", file=file, remedy="Save it as UTF-8.") from error
    found = [line for line in lines if line]
    if not 0 < len(found) <= _MOST_PASSWORDS:
        what = f"it should have 1 to {_MOST_PASSWORDS} passwords, one on each line"
        raise StudioError(what, file=file, remedy="Check the file.")
    return found
