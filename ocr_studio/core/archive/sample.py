"""Chooses photos of an archive: any, or those that were read with the least confidence."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_studio.core.archive import listing, rows, shards, storage
from ocr_studio.core.archive.folder import ArchiveError, ArchiveFolder
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import WrongTarget
from ocr_studio.core.files.json_schema import BadValue
from ocr_studio.core.files.safe_folder import is_valid_path
from ocr_studio.core.translation import tr

RANDOM, LEAST_CONFIDENT = "random", "least-confident"
ORDERS: Final = (RANDOM, LEAST_CONFIDENT)
_CONFIDENCE: Final = "words.list.element.confidence"


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """A photo that was chosen. rank: the lowest are chosen; part, row: where its row is."""

    rank: float
    path: str
    part: str
    row: int


def choose_photos(folder: ArchiveFolder, count: int, *, order: str = RANDOM, seed: int = 0) -> list[Choice]:
    """Choose photos that were read and have words.

    Args:
        folder: The archive.
        count: How many, at most.
        order: One of ``ORDERS``; the confidence of a photo is the mean of its words'.
        seed: Random seed; the same one chooses the same photos, whatever is added to the archive besides.

    Raises:
        StudioError: The archive can't be read.
    """
    folder.check()
    best: dict[str, Choice] = {}
    for name in folder.parts():
        choices = sorted([*best.values(), *_rank(folder, name, order, seed)])
        best = {}
        for choice in choices:  # a photo may be in several parts
            if len(best) < count:
                best.setdefault(choice.path, choice)
    return list(best.values())


def read_rows(folder: ArchiveFolder, chosen: Iterable[Choice]) -> Iterator[ArchiveRow]:
    """Read the rows of photos, part by part. Raises StudioError."""
    by_part: dict[str, list[Choice]] = {}
    for choice in chosen:
        by_part.setdefault(choice.part, []).append(choice)
    for name, some in sorted(by_part.items()):
        places = sorted(choice.row for choice in some)
        try:
            yield from rows.convert_rows(folder.read_columns(name, None).take(places).to_pylist())
        except BadValue as error:
            raise ArchiveError(tr("it can’t be read: {reason}", reason=error), file=name) from error


def check_target(folder: ArchiveFolder, chosen: Iterable[Choice], target: Path) -> None:
    """Check that photos may be copied to a folder. Raises WrongTarget if the archive or its photos are there."""
    target, real = Path(os.path.abspath(target)), Path(os.path.realpath(target))
    above = {*target.parents, *real.parents, target, real}
    if folder.path is not None and Path(os.path.realpath(folder.path)) in above:
        what = tr("this is the folder of the archive, or a folder inside it")
        raise WrongTarget(what, file=target, remedy=tr("Choose another folder."))
    chosen_in = {str(storage.local_path(choice.path).parent) for choice in chosen if not storage.is_remote(choice.path)}
    local = {Path(path) for path in chosen_in if is_valid_path(path)}
    # The source may have been given through a link, which no path of the target shows.
    linked = {path for below in local for path in (below, *below.parents)} - above
    above_by_link = {path for path in linked if Path(os.path.realpath(path)) in above}
    names = folder.parts()
    for path in sorted(above | above_by_link, key=str, reverse=True):
        prefix = shards.source_prefix(shards.digest_source(listing.name_source(str(path))))
        if any(name.startswith(prefix) for name in names):
            raise _make_inside_error(target, path)
    if any(Path(os.path.realpath(path)) == real for path in local):  # of a list
        raise _make_inside_error(target, target)


def _make_inside_error(target: Path, photos: Path) -> WrongTarget:
    what = tr("this folder is among the photos of the archive")
    return WrongTarget(what, file=target, remedy=tr("Choose a folder outside {folder}.", folder=photos))


def _rank(folder: ArchiveFolder, name: str, order: str, seed: int) -> Iterator[Choice]:
    table = folder.read_columns(name, ["path", "error", _CONFIDENCE])
    columns = (table.column(column).to_pylist() for column in ("path", "error", "words"))
    for row, (path, error, words) in enumerate(zip(*columns, strict=True)):
        if error is not None or not words or not isinstance(path, str):
            continue
        if order == RANDOM:
            digest = hashlib.blake2b(f"{seed}\0{path}".encode("utf-8", "surrogatepass"), digest_size=6).digest()
            rank = float(int.from_bytes(digest, "big"))
        else:
            known = [word["confidence"] for word in words if word["confidence"] is not None]
            rank = sum(known) / len(known) if known else 0.0
        yield Choice(rank, path, name, row)
