"""Files that are written where the user says: never over a photo, nor over a file that this program did not write.

A folder that receives several files holds a hidden list of what was written under each name, as hashes: a file that
was edited since is no longer ours, and a list that came from a stranger can claim no file whose contents its author
does not have. Single pictures carry a mark instead (see ``output_marks``).
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TypeAlias

from ocr_studio.core import paths
from ocr_studio.core.errors import WriteFailed, WrongTarget, write_failed
from ocr_studio.core.files import strict_json
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.formats import output_marks
from ocr_studio.core.images.photo_stream import is_photo_format
from ocr_studio.core.translation import later, tr

LIST: Final = ".ocr-studio-files.jsonl"

Known: TypeAlias = Callable[[BinaryIO], bool]

_MOST_BYTES: Final = 16 << 20
_MOST_WRONG: Final = 1000  # lines; so many are of no list of ours
_MOST_VALUES: Final = 8  # of a line
# A program that is killed can leave a hash of what was not put in its place; the file is then as an earlier one says.
_LAST: Final = 4
# The list is written anew when so much of it is outdated.
_OUTDATED: Final = 256 << 10
_BEGINNING: Final = 32
_BLOCK: Final = 1 << 20
# Photos as cameras take them, which this program does not open, and so does not know by how they begin.
_RAW: Final = frozenset(
    f".{kind}" for kind in ["arw", "cr2", "cr3", "dng", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "srw", "x3f"]
)
_NO_FOLDER: Final = later("can’t create the folder: {reason}")


class FileTaken(WriteFailed):
    """There is a file of that name that this program did not write, and no photo: ``overwrite`` would replace it."""


class OutputFolder:
    """A folder for files that are written about photos.

    Attributes:
        path: The folder.
        overwrite: Replace files, too, that this program did not write; photos not even then.
    """

    def __init__(self, path: Path, *, overwrite: bool = False, known: Known | None = None) -> None:
        """Make the folder if need be.

        Args:
            path: The folder.
            overwrite: See the class.
            known: Whether an open file is one that this program writes, where the file says so itself.

        Raises:
            WriteFailed: It cannot be made, or its list of files cannot be used.
        """
        self.path, self.overwrite, self._known = path, overwrite, known
        self._folder = SafeFolder(path, follow=True)
        try:
            self._folder.make_folder()
        except OSError as error:
            failed = write_failed(path, error, _NO_FOLDER, help_with=later("Choose another folder."))
            raise paths.describe_file_in_the_way(path) or failed from error
        self._folder.sweep()
        with _converting_errors(path / LIST):
            self._written = self._load()

    def check(self, name: str) -> None:
        """Raise WriteFailed if a file may not be written, before much work is done for it."""
        self._check(name)

    def write(self, name: str, data: bytes | str) -> None:
        """Write a file whole or not at all.

        Args:
            name: Of the file, inside the folder; "/" between its parts. Their folders are made.
            data: All that it will hold; text becomes UTF-8.

        Raises:
            WriteFailed: It cannot be written or may not; what was there stays.
        """
        data = _encode_data(data)
        content = _Content.of(data)
        self._check(name, content)
        with _converting_errors(self.path / name):
            if "/" in name:
                self._folder.make_folder(name.rpartition("/")[0])
            self._note(name, content)  # first: killed in between, the file is still known by what it held
            self._folder.replace(name, data)

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Open a file that is too large for memory, to be written whole or not at all; not at all if it stays empty.

        Args:
            name: See ``write``.

        Raises:
            WriteFailed: It cannot be written or may not; what was there stays.
        """
        self._check(name)
        with _converting_errors(self.path / name):
            with self._folder.writing_beside(name) as (temporary, stream):
                yield stream
            try:
                with self._folder.reading(temporary) as written:
                    content = _Content.read(written)
                if content.size:
                    self._check(name, content)  # another program may have written one meanwhile
                    self._note(name, content)
                    self._folder.put(temporary, name)
            finally:
                with suppress(OSError):  # where it was not put in its place
                    self._folder.remove(temporary)

    def list_written(self) -> list[str]:
        """List the names of the files that this program has written here; some may be gone or changed since."""
        return list(self._written)

    def remove(self, name: str) -> None:
        """Remove a file that this program has written; one that was changed since stays. Raises WriteFailed."""
        with _converting_errors(self.path / name), suppress(FileNotFoundError):
            with self._folder.reading(name) as stream:
                is_ours = _has_content(stream, set(self._written.get(name, ())))
            if is_ours:
                self._folder.remove(name)

    def _check(self, name: str, *content: _Content) -> None:
        contents = {*content, *self._written.get(name, ())}
        _check_target(self._folder, name, contents, known=self._known, overwrite=self.overwrite)

    def _note(self, name: str, content: _Content) -> None:
        if content in self._written[name]:
            return
        # What stands there may end in the middle of a line.
        line = b"\n" + _format_note(name, content)
        with self._folder.appending(LIST, most=_MOST_BYTES) as stream:
            if stream.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._written[name].append(content)

    def _load(self) -> dict[str, list[_Content]]:
        """What was written before, by names. Raises OSError."""
        try:
            data = self._folder.read(LIST, most=_MOST_BYTES)
        except FileNotFoundError:
            data = b""
        except TooLarge:
            data = b" " * _OUTDATED * 2  # as if nothing stood there
        written: dict[str, list[_Content]] = defaultdict(list)
        wrong = 0
        for line in io.BytesIO(data):
            try:
                entry = strict_json.load(line, most_values=_MOST_VALUES)
            except strict_json.BadJson:
                entry = None
            match entry:
                case {"name": str(name), "size": int(size), "blake2b": str(digest)}:
                    written[name].append(_Content(size, digest))
                case _ if (wrong := wrong + 1) > _MOST_WRONG:
                    break
        lines = [_format_note(name, each) for name, contents in written.items() for each in contents[-_LAST:]]
        if len(data) > 2 * sum(map(len, lines)) + _OUTDATED:
            self._folder.replace(LIST, b"\n".join(lines))
        return written


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A single file that is to be written; nothing is written through a link.

    Attributes:
        path: Of the file, as the user has named it.
        overwrite: Replace a file, too, that this program did not write; a photo not even then.
        known: Whether an open file is one that this program writes; pictures with our mark are known anyway.
    """

    path: Path
    overwrite: bool = False
    known: Known | None = None

    def check(self) -> None:
        """Raise WriteFailed if it may not be written, before much work is done for it."""
        self._check(set(), marked=True)

    def write(self, data: bytes | str) -> None:
        """Write it whole or not at all; text as UTF-8. Raises WriteFailed; what was there stays then."""
        data = _encode_data(data)
        self._check({_Content.of(data)}, marked=output_marks.is_marked(io.BytesIO(data)))
        with _converting_errors(self.path):
            self._folder.replace(self.path.name, data)

    @property
    def _folder(self) -> SafeFolder:
        return SafeFolder(self.path.parent, follow=True)

    def _check(self, contents: set[_Content], *, marked: bool) -> None:
        """marked: a picture with our mark may take the place of one."""
        if (wrong := paths.describe_file_in_the_way(self.path.parent)) is not None:
            raise wrong
        if paths.is_folder(self.path):
            raise WrongTarget(tr("this is a folder"), file=self.path, remedy=tr("Choose a file name."))

        def ours(opened: BinaryIO) -> bool:
            if marked and output_marks.is_marked(opened):
                return True
            opened.seek(0)
            return self.known is not None and self.known(opened)

        _check_target(self._folder, self.path.name, contents, known=ours, overwrite=self.overwrite)


class _Content(NamedTuple):
    """What a file holds: its bytes are only counted where their number is right."""

    size: int
    blake2b: str

    @classmethod
    def of(cls, data: bytes) -> _Content:
        return cls(len(data), hashlib.blake2b(data, digest_size=32).hexdigest())

    @classmethod
    def read(cls, stream: BinaryIO) -> _Content:
        """Read a file from its beginning."""
        size, digest = 0, hashlib.blake2b(digest_size=32)
        while block := stream.read(_BLOCK):
            size += len(block)
            digest.update(block)
        return cls(size, digest.hexdigest())


def _format_note(name: str, content: _Content) -> bytes:
    return json.dumps({"name": name, **content._asdict()}).encode("ascii")


def _has_content(stream: BinaryIO, contents: set[_Content]) -> bool:
    """Whether an open file holds one of these."""
    sizes = {each.size for each in contents}
    return os.fstat(stream.fileno()).st_size in sizes and _Content.read(stream) in contents


def _check_target(
    folder: SafeFolder, name: str, contents: set[_Content], *, overwrite: bool, known: Known | None = None
) -> None:
    """Raises WriteFailed where there is a file that may not be replaced."""
    path = folder.full(name)
    with _converting_errors(path), suppress(FileNotFoundError), folder.reading(name) as stream:
        if _has_content(stream, contents) or os.fstat(stream.fileno()).st_size == 0:
            return
        stream.seek(0)
        if known is not None and known(stream):
            return
        stream.seek(0)
        if path.suffix.lower() in _RAW or _is_picture(stream.read(_BEGINNING)):
            what = tr("it is an image that was not written by this program")
            raise WriteFailed(what, file=path, remedy=tr("Choose another name."))
        if not overwrite:
            raise FileTaken(
                tr("the file was not written by this program, or has changed since"),
                file=path,
                remedy=tr("Move the file, or choose another folder."),
                command="Move the file, choose another folder, or add --overwrite.",
            )


def _is_picture(beginning: bytes) -> bool:
    """Whether a file that begins like this is a picture; a text may begin with the two letters of a BMP."""
    return is_photo_format(beginning) and not (beginning.startswith(b"BM") and 0 not in beginning)


@contextmanager
def _converting_errors(path: Path) -> Iterator[None]:
    """Convert what the system refuses to an error that names the file."""
    try:
        yield
    except OSError as error:
        raise write_failed(path, error) from error


def _encode_data(data: bytes | str) -> bytes:
    return data.encode("utf-8", errors="replace") if isinstance(data, str) else data
