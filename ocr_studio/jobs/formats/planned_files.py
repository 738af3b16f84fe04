"""Plans which files an export writes, and which photos go to each: the pages of a PDF or TIFF file stay together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ocr_studio.core.formats import CLEANED, FORMATS
from ocr_studio.core.formats.export_format import FileScope
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.images import page_paths
from ocr_studio.core.project.project import Project

CLEANED_SUFFIX: Final = " cleaned.png"
# In the name of a file that has a part of the photos.
_PART: Final = re.compile(r"-\d{5}-of-\d{5}(?=\.[a-z]+\Z)")
_PAGE_BYTES: Final = 2 << 20  # about what a page of a file with several has as a photo of its own


class _Listed(Protocol):
    @property
    def image(self) -> str: ...

    @property
    def page_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that an export is to write.

    Attributes:
        name: Its name.
        photos: Indices of the photos that go to it.
        source: The file of several pages whose pages go to it; None for a photo of its own, or for all photos.
        part: Which pages of it these are, such as "2-4,7"; "" for all.
    """

    name: str
    photos: tuple[int, ...]
    source: Path | None = None
    part: str = ""


def get_suffix(kind: str) -> str:
    """Return the suffix of the files of a format, a key of ``FORMATS``, or of ``CLEANED``."""
    return CLEANED_SUFFIX if kind == CLEANED else FORMATS[kind].suffix


def get_scope(kind: str) -> FileScope:
    """Return how many photos a file of this format, or of cleaned boards, holds."""
    return FileScope.EACH if kind == CLEANED else FORMATS[kind].scope


def goes_together(kind: str, *, one_file: bool) -> bool:
    """Whether all photos go to one file."""
    scope = get_scope(kind)
    return scope is FileScope.ALL or (one_file and scope is FileScope.ANY)


def plan_files(
    project: Project,
    photos: Sequence[_Listed],
    kind: str,
    *,
    chosen: Collection[str] | None = None,
    one_file: bool = False,
) -> list[PlannedFile]:
    """Plan the files of an export; the arguments are as for ``export_photos``.

    The pages of a file go to one file of its name where the format can hold them. If only some of them are chosen, the
    numbers of these are added to the name, so that they never replace all of them.
    """
    wanted = {place for place, photo in enumerate(photos) if chosen is None or photo.image in chosen}
    groups = _group_pages(project, photos, together=get_scope(kind) is not FileScope.EACH)
    if goes_together(kind, one_file=one_file):
        places = [place for _, group in groups for place in group if place in wanted]
        return list(_plan_whole(project, photos, kind, places))
    prefix, suffix = "" if kind == CLEANED else FORMATS[kind].prefix, get_suffix(kind)
    labels = [_name_group(photos, source, places) for source, places in groups]
    planned = []
    for (source, places), name in zip(groups, output_names(labels, suffix), strict=True):
        kept = tuple(place for place in places if place in wanted)
        if not kept:
            continue
        if source is None or len(kept) == len(places):
            planned.append(PlannedFile(prefix + name, kept, source))
            continue
        part = _format_numbers(page_paths.find_page(project.photos / photos[place].image).page + 1 for place in kept)
        *_, part_name = output_names((*labels, f"{source.stem} #{part}{source.suffix}"), suffix)
        planned.append(PlannedFile(prefix + part_name, kept, source, part))
    return planned


def _plan_whole(project: Project, photos: Sequence[_Listed], kind: str, wanted: Sequence[int]) -> Iterator[PlannedFile]:
    """Plan the file of all photos, or several if it would be too large."""
    if not wanted:
        return
    suffix = FORMATS[kind].suffix
    name = FORMATS[kind].whole_name or _name_whole(project, photos, suffix)
    parts = _split_by_size(project, photos, wanted, FORMATS[kind].most_bytes)
    for number, places in enumerate(parts):
        part = f"{name.removesuffix(suffix)}-{number:05d}-of-{len(parts):05d}{suffix}" if len(parts) > 1 else name
        yield PlannedFile(part, tuple(places))


def find_replaced(plan: Sequence[PlannedFile], written: Iterable[str]) -> list[str]:
    """Return the files of an earlier export of all photos, which were divided among more files, or fewer.

    Args:
        plan: The files of this export.
        written: Names of the files that were written before.
    """
    names = {file.name for file in plan}
    wholes = {_PART.sub("", name) for name in names}
    return [name for name in written if name not in names and _PART.sub("", name) in wholes]


def _split_by_size(
    project: Project, photos: Sequence[_Listed], wanted: Sequence[int], most: int | None
) -> list[list[int]]:
    """Divide photos so that each part has no more bytes than this; photos that are not read count nothing."""
    parts: list[list[int]] = [[]]
    size = 0
    for place in wanted:
        more = _measure(project.photos / photos[place].image) if most is not None and photos[place].page_id else 0
        if most is not None and size and size + more > most:
            parts.append([])
            size = 0
        parts[-1].append(place)
        size += more
    return parts


def _measure(path: Path) -> int:
    """Return about how many bytes a photo has."""
    if page_paths.is_page(path):
        return _PAGE_BYTES
    with suppress(OSError, ValueError):
        return path.stat().st_size
    return 0


def _group_pages(project: Project, photos: Sequence[_Listed], *, together: bool) -> list[tuple[Path | None, list[int]]]:
    """Return the photos in groups: those that are pages of the same file, with this file, every other one alone."""
    found: list[tuple[Path | None, list[int]]] = []
    groups: defaultdict[Path, list[int]] = defaultdict(list)
    for place, photo in enumerate(photos):
        path = project.photos / photo.image
        source = page_paths.find_page(path).file if together else path
        if source == path:
            found.append((None, [place]))
        else:
            if source not in groups:
                found.append((source, groups[source]))
            groups[source].append(place)
    return found


def _name_group(photos: Sequence[_Listed], source: Path | None, places: Sequence[int]) -> str:
    return photos[places[0]].image if source is None else source.name


def _format_numbers(numbers: Iterable[int]) -> str:
    """Write numbers of pages short: 2-4,7."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    return ",".join("-".join(map(str, each)) for each in ranges)


def _name_whole(project: Project, photos: Sequence[_Listed], suffix: str) -> str:
    """The name of the file with all texts: that of the folder, unless a photo has it."""
    names = (*(photo.image for photo in photos), f"{project.photos.name or 'photos'}.all")
    *_, name = output_names(names, suffix)
    return name
