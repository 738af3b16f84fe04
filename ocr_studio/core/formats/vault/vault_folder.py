"""A folder of notes (a vault): finds the notes of photos again, wherever they were moved to, and updates them.

A note is known by the id in its properties. Pictures stay where they are if they are in the vault; others are copied to
the folder ``attachments`` beside the notes.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Final

from ocr_studio.core.errors import WriteFailed, write_failed
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.names import format_photo_name, make_titles
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.vault import note
from ocr_studio.core.formats.vault.front_matter import Plain, Value
from ocr_studio.core.formats.vault.note import NotePart
from ocr_studio.core.formats.vault.note_text import PageText, format_body
from ocr_studio.core.images import page_paths, photo_file
from ocr_studio.core.images.photo_stream import PHOTO_SUFFIXES
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.core.page import Page
from ocr_studio.core.translation import tr

_ATTACHMENTS: Final = "attachments"
# What programs for notes show; other pictures are written as JPEG.
_SHOWN: Final = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".avif", ".pdf"})
_QUALITY: Final = 92
# What breaks links in Obsidian.
_NO_LINKS: Final = re.compile(r"[#^\[\]|]")
# Copies of notes that Logseq keeps are not the notes.
_LOGSEQ: Final = "logseq"
_MOST_FOLDERS, _MOST_LEVELS = 20_000, 20
_FRONT_MATTER: Final = 16 << 10  # bytes
_MOST_BYTES: Final = 16 << 20  # of a note
_TAG_SPACES: Final = re.compile(r"[\s!-,.:-@\[-^`{-~]+")


class NoteEdited(WriteFailed):
    """The user has edited the part of a note that this program writes: ``overwrite`` would replace it."""


@dataclass(frozen=True, slots=True)
class PhotoNote:
    """A note that is to be written.

    Attributes:
        id: Its id, the same at each export.
        name: Name of its file, if it is new.
        pages: Its pages.
        source: The file of several pages that they are from; None for a photo.
        languages: Languages of the texts.
    """

    id: str
    name: str
    pages: Sequence[Page]
    source: Path | None = None
    languages: Sequence[str] = ()


class VaultFolder:
    """The notes in a vault."""

    def __init__(self, out: Path, photos: PhotoSource, *, overwrite: bool = False) -> None:
        """Look through the vault.

        Args:
            out: An existing folder in it, for new notes.
            photos: Opens the photos.
            overwrite: Replace what this program wrote even if it was edited since.
        """
        out = Path(os.path.realpath(out))
        root = find_vault(out)
        self._folder, self._photos, self._overwrite = SafeFolder(root, follow=True), photos, overwrite
        self._out, self._path = out, out.relative_to(root).as_posix()
        self._notes: defaultdict[str, list[str]] = defaultdict(list)
        self._pictures: defaultdict[int, list[str]] = defaultdict(list)
        self._list_files()

    def write(self, given: PhotoNote) -> str:
        """Write a note, or update the one that is there.

        Returns:
            The path of the note from the folder for new notes.

        Raises:
            NoteEdited: The user has edited the part that would be replaced; the note stays as it is.
            StudioError: The note can't be written, or the photo can't be read.
        """
        path = self._find_note(given)
        text = self._read_note(path) if path else None
        if path is None:
            name = _make_linkable(given.name)
            path = self._find_free(posixpath.normpath(posixpath.join(self._path, name)))
        part = self._make_part(given, path)
        new = note.make_note(given.id, part) if text is None else note.update_note(text, given.id, part)
        if new != text:
            with self._converting_errors(path):
                self._folder.replace(path, new.encode("utf-8"))
        if path not in self._notes[given.id]:
            self._notes[given.id].append(path)
        return Path(os.path.relpath(self._folder.full(path), self._out)).as_posix()

    # ------------------------------------------------------------------------------------------------- what is there

    def _list_files(self) -> None:
        """Find the notes by their ids, and the pictures by their sizes."""
        folders = [(".", 0)]
        for folder, level in folders:
            with suppress(OSError):
                for entry in sorted(self._folder.entries(folder)):
                    path = entry.name if folder == "." else f"{folder}/{entry.name}"
                    if entry.name.startswith("."):
                        continue
                    if entry.is_folder and level < _MOST_LEVELS and len(folders) < _MOST_FOLDERS and path != _LOGSEQ:
                        folders.append((path, level + 1))
                    elif entry.is_file:
                        self._list_file(path, entry.status.st_size)

    def _list_file(self, path: str, size: int) -> None:
        suffix = PurePosixPath(path).suffix.lower()
        if suffix == ".md":
            with suppress(OSError), self._folder.reading(path) as stream:
                if found := note.read_id(stream.read(_FRONT_MATTER).decode("utf-8", errors="replace")):
                    self._notes[found].append(path)
        elif suffix in PHOTO_SUFFIXES and not _NO_LINKS.search(path):
            self._pictures[size].append(path)

    def _find_note(self, given: PhotoNote) -> str | None:
        """Find the note of a photo; of copies, the one that was not moved."""
        found = [path for path in self._notes.get(given.id, ()) if self._folder.is_file(path)]
        usual = posixpath.normpath(posixpath.join(self._path, _make_linkable(given.name)))
        return usual if usual in found else next(iter(found), None)

    def _read_note(self, path: str) -> str:
        """Read a note that may be updated. Raises WriteFailed."""
        file = self._folder.full(path)
        try:
            text = self._folder.read(path, most=_MOST_BYTES).decode("utf-8")
        except OSError as error:
            raise write_failed(file, error) from error
        except (UnicodeDecodeError, TooLarge) as error:
            what = tr("the note is too large or not UTF-8")
            raise WriteFailed(what, file=file, remedy=tr("Rename the note.")) from error
        if note.read_id(text) and (self._overwrite or not note.is_edited(text)):
            return text
        raise NoteEdited(
            tr("the text between the two comments of OCR Studio was edited"),
            file=file,
            remedy=tr("Move your changes above or below these comments."),
            command="Move your changes above or below these comments, or add --overwrite.",
        )

    def _find_free(self, path: str) -> str:
        """Find a path that nothing has yet: ``a.md``, ``a (2).md`` …"""
        stem, suffix = posixpath.splitext(path)
        paths = (path if number == 1 else f"{stem} ({number}){suffix}" for number in count(1))
        return next(each for each in paths if not self._folder.has(each))

    @contextmanager
    def _converting_errors(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise write_failed(self._folder.full(path), error) from error

    # --------------------------------------------------------------------------------------------------- what is new

    def _make_part(self, given: PhotoNote, path: str) -> NotePart:
        """Make what is written to a note, and copy its pictures. Raises StudioError."""
        above, first = posixpath.dirname(path), given.pages[0]
        taken, source, name = "", "", ""
        pages: list[PageText] = []
        if given.source is None:
            picture, taken = self._place_picture(first)
            pages.append(PageText(first, "", posixpath.relpath(picture, above or ".")))
        else:
            name = format_photo_name(given.source.name)
            titles = make_titles([page.image for page in given.pages])
            if given.source.suffix.lower() == page_paths.PDF_SUFFIX:
                picture = self._place_file(self._photos.read(first), given.source.name)
                source = posixpath.relpath(picture, above or ".")
            for page, title in zip(given.pages, titles, strict=True):
                picture = "" if source else posixpath.relpath(self._place_picture(page)[0], above or ".")
                pages.append(PageText(page, title, picture))
        return NotePart(_describe(given, taken), format_body(pages, source=source, name=name))

    def _place_picture(self, page: Page) -> tuple[str, str]:
        """Return where the picture of a page is in the vault, and when it was taken, "" if unknown."""
        photo = self._photos.path(page)
        data = self._photos.read(page)
        header = photo_file.read_jpeg_header(data, name=str(photo))
        if page_paths.is_page(photo) or photo.suffix.lower() not in _SHOWN:
            data = encode_image(photo_file.open_photo(photo), ".jpg", quality=_QUALITY)
            return self._place_file(data, f"{photo.stem}.jpg"), ""
        return self._place_file(data, photo.name), header.taken if header else ""

    def _place_file(self, data: bytes, name: str) -> str:
        """Find a file in the vault that holds this, or write one. Raises WriteFailed."""
        for path in self._pictures.get(len(data), ()):
            with suppress(OSError, TooLarge):
                if self._folder.read(path, most=len(data)) == data:
                    return path
        suffix = PurePosixPath(name).suffix
        [fit] = output_names([name], suffix)
        folder = posixpath.normpath(posixpath.join(self._path, _ATTACHMENTS))
        with self._converting_errors(folder):
            self._folder.make_folder(folder)
            path = self._find_free(f"{folder}/{_make_linkable(fit)}")
            self._folder.replace(path, data)
        self._pictures[len(data)].append(path)
        return path


def find_vault(folder: Path) -> Path:
    """Return the vault that a folder is in: the nearest folder above with settings of Obsidian or Logseq, else it."""
    for each in (folder, *folder.parents):
        with suppress(OSError):
            if (each / ".obsidian").is_dir() or (each / _LOGSEQ / "config.edn").is_file():
                return each
    return folder


def make_id(content_id: str, part: str = "") -> str:
    """Return the id of a note: of the file, or of some of its pages.

    Args:
        content_id: That of the photo, or of the file of several pages.
        part: Which of these pages, see ``PlannedFile``.
    """
    if len(part) > 200:
        part = str(int(hashlib.blake2b(part.encode("ascii"), digest_size=8).hexdigest(), 16))
    return f"{content_id}#{part}" if part else content_id


def _make_linkable(name: str) -> str:
    """Return a file name without what breaks links."""
    path = PurePosixPath(name)
    stem = " ".join(_NO_LINKS.sub(" ", path.stem).split())
    return f"{stem or 'photo'}{path.suffix}"


def _describe(given: PhotoNote, taken: str) -> dict[str, Value]:
    """Return the properties of a note."""
    words = [word for page in given.pages for word in page.words.values()]
    image = given.source.name if given.source else given.pages[0].image
    writers = list(dict.fromkeys(filter(None, (page.facts.writer for page in given.pages))))
    tags = [_TAG_SPACES.sub("-", tag).strip("-") for page in given.pages for tag in page.facts.tags]
    values: dict[str, Value] = {
        "title": format_photo_name(PurePosixPath(image).stem),
        "source": format_photo_name(image),
    }
    if date := _find_date(given.pages, taken):
        values["date"] = Plain(date)
    if tags := list(dict.fromkeys(filter(None, tags))):
        values["tags"] = tags
    if writers:
        values["writer"] = ", ".join(writers)
    if given.languages:
        values["language"] = list(given.languages)
    values["words"] = Plain(len(words))
    values["checked"] = Plain(round(sum(word.checked for word in words) / len(words), 2) if words else 0)
    return values


def _find_date(pages: Sequence[Page], taken: str) -> str:
    """Return when the photo was taken or, if that is unknown, read, in local time as ISO 8601; "" for neither."""
    with suppress(ValueError):
        return datetime.strptime(taken.strip("\0 "), "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 (EXIF has no zone)
    with suppress(ValueError):
        read = min(page.read_at for page in pages if page.read_at)
        return datetime.fromisoformat(read).astimezone().replace(tzinfo=None, microsecond=0).isoformat()
    return ""
