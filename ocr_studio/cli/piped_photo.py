"""A photo from standard input, which a command line calls “-”."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_studio.cli.console import given_path
from ocr_studio.core import units
from ocr_studio.core.errors import StudioError, WrongUsage
from ocr_studio.core.images import photo_file, photo_stream
from ocr_studio.core.images.pixel_formats import RGB

# Compared by identity: a file may have this name, too.
PIPED: Final = Path("-")
# Name of its output file.
FILE_NAME: Final = "stdin"
_PLACE: Final = "standard input"
_EXAMPLE: Final = "ocr-studio read - < photo.jpg"


def photo_path(text: str) -> Path:
    """Convert an argument to the path of a photo, or to ``PIPED``; ./- is a file of that name.

    Raises:
        argparse.ArgumentTypeError: The argument is empty.
    """
    return PIPED if text == "-" else given_path(text)


@dataclass(frozen=True, slots=True)
class PipedPhoto:
    """The bytes from standard input."""

    data: bytes

    def open(self) -> tuple[RGB, str]:
        """Return the photo, (H, W, 3) uint8 sRGB, upright, and its content id. Raises PhotoError."""
        return photo_file.decode_photo(self.data, name=_PLACE), photo_stream.compute_id(self.data)

    def count_pages(self) -> int:
        """Count its pages or frames. Raises PhotoError."""
        return photo_file.count_pages(self.data, name=_PLACE)


def receive() -> PipedPhoto:
    """Read standard input to its end.

    Raises:
        WrongUsage: It is a terminal.
        StudioError: It is empty, too long, or can't be read.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise _nothing()
    if sys.stdin.isatty():
        raise WrongUsage("“-” reads a photo from standard input, which is a terminal", remedy=f"Use {_EXAMPLE}.")
    try:
        data = sys.stdin.buffer.read(photo_file.MOST_READ + 1)
    except OSError as error:
        raise StudioError(f"it can’t be read: {error.strerror or error}", file=_PLACE) from error
    if not data:
        raise _nothing()
    if len(data) > photo_file.MOST_READ:
        what = f"it is longer than {units.size(photo_file.MOST_READ)}"
        raise StudioError(what, file=_PLACE, remedy="Save the photo to a file, and read that.")
    return PipedPhoto(data)


def opener(piped: PipedPhoto | None) -> Callable[[Path], tuple[RGB, str]]:
    """Return a function that opens photos, the piped one included."""

    def open_photo(path: Path) -> tuple[RGB, str]:
        return piped.open() if piped and path is PIPED else photo_file.open_photo_with_id(path)

    return open_photo


def _nothing() -> StudioError:
    return StudioError("it is empty", file=_PLACE, remedy=f"Send a photo to it: {_EXAMPLE}.")
