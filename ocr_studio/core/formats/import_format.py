"""A format that words are imported from, and the file that is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import safe_folder
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.translation import tr

if TYPE_CHECKING:
    from ocr_studio.core.formats.exchange import ExchangePage

# Bytes of a file by which its format is recognized.
BEGINNING: Final = 16 << 10
# No file of labels is larger: COCO files of whole datasets have a hundred megabytes.
MAX_BYTES: Final = 256 << 20
# What Label Studio puts before the name of an uploaded photo, also in files that its converter makes.
UPLOADED: Final = re.compile(r"\A[0-9a-f]{8}-(?=.)")


class BadLabels(StudioError):
    """A file of labels can't be read, or not in full."""


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A file that may hold words of photos.

    Attributes:
        folder: A folder that it is in, or below.
        name: Its path from there, "/" between parts.
        beginning: Its first bytes.
    """

    folder: SafeFolder
    name: str
    beginning: bytes

    @classmethod
    def open(cls, folder: SafeFolder, name: str) -> LabelFile:
        """Read the beginning of a file. Raises BadLabels."""
        try:
            with folder.reading(name) as stream:
                return cls(folder, name, stream.read(BEGINNING))
        except OSError as error:
            raise _make_error(folder, name, error) from error

    @property
    def file_name(self) -> str:
        """Its name without folders."""
        return PurePosixPath(self.name).name

    @property
    def stem(self) -> str:
        """Its name without folders and suffix."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """Its suffix in lower case, with the dot."""
        return PurePosixPath(self.name).suffix.lower()

    def sibling(self, name: str) -> LabelFile | None:
        """Open another file of the same folder, for example one with the names of classes; None if there is none."""
        other = PurePosixPath(self.name).with_name(name).as_posix()
        return LabelFile.open(self.folder, other) if self.folder.is_file(other) else None

    def read(self, *, most: int = MAX_BYTES) -> bytes:
        """Read all of it.

        Raises:
            BadLabels: It can't be read, or has more than ``most`` bytes.
        """
        try:
            return self.folder.read(self.name, most=most)
        except (OSError, TooLarge) as error:
            raise _make_error(self.folder, self.name, error) from error

    def make_error(self, why: str, *, remedy: str = "") -> BadLabels:
        """Make the error that names this file.

        Args:
            why: What is wrong with it, a clause without a capital.
            remedy: What the user can do, a sentence.
        """
        return BadLabels(why, file=self.folder.full(self.name), remedy=remedy)


def _make_error(folder: SafeFolder, name: str, error: Exception) -> BadLabels:
    why = tr("it can’t be read: {reason}", reason=safe_folder.explain_error(error))
    return BadLabels(why, file=folder.full(name))


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """A format to import from.

    Attributes:
        name: Its name on the command line, that of the export format if there is one.
        title: Its name for users, a text for ``tr``.
        recognizes: Whether a file is of this format, by its beginning; never raises.
        read: Reads the pages of a file, one after the other. Raises BadLabels if the file as a whole can't be read; a
            page or word that is wrong is left out, which a notice of the page says.
    """

    name: str
    title: str
    recognizes: Callable[[LabelFile], bool]
    read: Callable[[LabelFile], Iterator[ExchangePage]]
