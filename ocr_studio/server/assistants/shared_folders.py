"""The folders that an assistant may look into, and nothing outside them.

An assistant names a folder by its address: the name of a shared folder, or "boards/2026" for a folder inside it. Each
step is opened by ``SafeFolder``, so that neither "..", nor an absolute path, nor a link leads out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError, suggest_name
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.files.safe_folder import FolderEntry, SafeFolder, TooLarge, UnsafeFile, explain_error
from ocr_studio.core.images import page_paths, photo_file, photo_listing, photo_stream
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.project.project import FOLDER, Project
from ocr_studio.core.units import counted

# Folders inside a shared folder that are listed, and levels that are searched for them.
_MOST_FOLDERS: Final = 500
_MOST_LEVELS: Final = 6


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A photo, or a page of a file with several. photo: its name; page: its number from 1, of so many ``pages``."""

    photo: str
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class SharedPlace:
    """A folder of photos that may be looked into: a shared folder, or a folder inside one.

    Attributes:
        address: What an assistant calls it.
        root: The shared folder.
        inside: Where in it the folder is; "." for itself.
    """

    address: str
    root: SafeFolder
    inside: str = "."

    @property
    def path(self) -> Path:
        """Its path, for finding its project."""
        return self.root.path / self.inside

    def list_files(self) -> list[str]:
        """List the names of the files with photos, in natural order; links and hidden files are left out.

        Raises:
            StudioError: The folder can't be listed.
        """
        names = (entry.name for entry in _entries(self) if entry.is_file and not entry.name.startswith("."))
        return sorted((name for name in names if photo_file.is_photo(self.path / name)), key=make_natural_key)

    def list_photos(self) -> list[str]:
        """As ``list_files``, with the pages of files that have several."""
        return [page.name for name in self.list_files() for page in photo_listing.expand_pages(self.path / name)]

    def has_photo(self, photo: str) -> bool:
        """Whether there is a photo of this name, or a file of which it is a page. Never raises."""
        try:
            return self.root.is_file(self._name(self._find(photo).file))
        except StudioError:
            return False

    def find_page(self, photo: str, page: int) -> NamedPage:
        """Find a page by the name of its file and its number. A photo, or the name of a page itself, has only page 1.

        Raises:
            StudioError: There is no page of this number, or it is lost as the file is damaged.
        """
        path = self.path / photo
        found = photo_listing.find_pages(path) if self.has_photo(photo) else page_paths.FilePages(1)
        if not 1 <= page <= found.count:
            what = f"there is no page {page} in “{photo}”, which has {counted(found.count, 'page')}"
            raise StudioError(what, remedy="Choose another page.")
        if page - 1 in found.lost:
            raise StudioError(f"page {page} of “{photo}” is lost: the file is damaged", remedy="Choose another page.")
        name = photo if found.count == 1 else page_paths.make_page_path(path, page - 1).name
        return NamedPage(name, page, found.count)

    def open_photo(self, photo: str) -> tuple[RGB, str]:
        """Open a photo: (H, W, 3) uint8 sRGB, upright, and its content id.

        Raises:
            StudioError: There is none of this name in the folder, it is a link, too large, or damaged.
        """
        data, page = self._read(photo)
        return photo_file.decode_photo(data, name=photo, page=page), _page_id(data, page)

    def find_page_id(self, photo: str) -> str:
        """Return the content id of a photo. Raises StudioError as ``open_photo`` does."""
        return _page_id(*self._read(photo))

    def _read(self, photo: str) -> tuple[bytes, int]:
        """Read the file of a photo. Returns its bytes and the number of the page in it, from 0."""
        found = self._find(photo)
        try:
            data = self.root.read(self._name(found.file), most=photo_file.MOST_READ)
        except FileNotFoundError as error:
            what = f"there is no photo “{photo}” in “{self.address}”"
            raise StudioError(what, remedy="List the photos of the folder first.") from error
        except (OSError, TooLarge) as error:
            raise StudioError(_explain(error), file=photo) from error
        return data, found.page

    def _find(self, photo: str) -> page_paths.FilePage:
        """Find the file of a photo, by its name in this folder alone."""
        if not photo or photo != Path(photo).name or photo.startswith(".") or "\\" in photo or "\0" in photo:
            what = "the name of a photo is that of a file in the folder, without a path"
            raise StudioError(what, remedy="List the photos of the folder first.")
        return page_paths.find_page(self.path / photo)

    def _name(self, file: Path) -> str:
        return file.name if self.inside == "." else f"{self.inside}/{file.name}"


class SharedFolders:
    """All folders that an assistant may look into."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Share folders of photos; a project's own folder stands for that of its photos.

        Raises:
            StudioError: One is missing, or no folder.
        """
        self._roots: dict[str, SafeFolder] = {}
        for folder in folders:
            path = _photos_of(folder)
            if all(root.path != path for root in self._roots.values()):
                # The user may name a folder by a link to it; inside, links are not followed.
                self._roots[self._free_name(path)] = SafeFolder(path, follow=True)

    @property
    def paths(self) -> list[Path]:
        """The shared folders."""
        return [root.path for root in self._roots.values()]

    def find(self, address: str) -> SharedPlace:
        """Find a folder by its address.

        Raises:
            StudioError: No such folder is shared.
        """
        name, _, inside = address.strip("/").partition("/")
        root = self._roots.get(name)
        hidden = any(part == FOLDER or part.startswith(".") for part in inside.split("/"))
        if root is None or hidden or not root.is_folder(inside or "."):
            known = [place.address for place in self.list_places()]
            remedy = suggest_name(address, known) or f"These are: {', '.join(known[:20])}."
            raise StudioError(f"no folder “{address}” is shared", remedy=remedy)
        return SharedPlace(address.strip("/"), root, inside or ".")

    def list_places(self) -> list[SharedPlace]:
        """List the shared folders and the folders inside them, at most 500 of each."""
        found: list[SharedPlace] = []
        for name, root in self._roots.items():
            walk = _walk(SharedPlace(name, root), _MOST_LEVELS)
            found += [place for place, _ in zip(walk, range(_MOST_FOLDERS), strict=False)]
        return found

    def hide_paths(self, text: str) -> str:
        """Replace the paths of shared folders in a message by their names."""
        for name, root in self._roots.items():
            text = text.replace(str(root.path), name)
        return text

    def _free_name(self, path: Path) -> str:
        name = path.name or "photos"
        numbered = (name, *(f"{name} ({number})" for number in range(2, 1000)))
        return next(each for each in numbered if each not in self._roots)


def _photos_of(folder: Path) -> Path:
    """Return the folder of photos that the user means. Raises StudioError."""
    if not paths.exists(folder):
        raise StudioError("the folder does not exist", file=folder, remedy="Check the path.")
    if not paths.is_folder(folder):
        raise StudioError("this is a file, not a folder", file=folder, remedy="Specify the folder it is in.")
    return Project.find(folder).photos


def _walk(place: SharedPlace, levels: int) -> Iterator[SharedPlace]:
    """Yield a folder and those inside it; hidden ones, links and projects' own folders are left out."""
    yield place
    if levels == 0:
        return
    try:
        entries = _entries(place)
    except StudioError:  # one that may not be read is empty to the assistant
        return
    names = [entry.name for entry in entries if entry.is_folder and not entry.name.startswith(".")]
    for name in sorted(names, key=make_natural_key):
        if name != FOLDER:
            inside = name if place.inside == "." else f"{place.inside}/{name}"
            yield from _walk(SharedPlace(f"{place.address}/{name}", place.root, inside), levels - 1)


def _entries(place: SharedPlace) -> list[FolderEntry]:
    try:
        return place.root.entries(place.inside)
    except OSError as error:
        raise StudioError(_explain(error), file=place.address) from error


def _explain(error: Exception) -> str:
    """Why a file can't be read, without its path."""
    return (error.strerror or "it can’t be read") if isinstance(error, UnsafeFile) else explain_error(error)


def _page_id(data: bytes, page: int) -> str:
    return photo_stream.add_page(photo_stream.compute_id(data), page)
