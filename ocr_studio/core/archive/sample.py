"""Chooses photos of an archive: any, or those that were read with the least confidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.archive import rows
from ocr_studio.core.archive.folder import ArchiveError, ArchiveFolder
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.files.json_schema import BadValue
from ocr_studio.core.translation import tr

RANDOM, LEAST_CONFIDENT = "random", "least-confident"
ORDERS: Final = (RANDOM, LEAST_CONFIDENT)
_CONFIDENCE: Final = "words.list.element.confidence"


@dataclass(frozen=True, slots=True, order=True)
class _Choice:
    rank: float
    path: str
    part: str
    row: int


def choose_rows(folder: ArchiveFolder, count: int, *, order: str = RANDOM, seed: int = 0) -> Iterator[ArchiveRow]:
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
    best: dict[str, _Choice] = {}
    for name in folder.parts():
        choices = sorted([*best.values(), *_rank(folder, name, order, seed)])
        best = {}
        for choice in choices:  # a photo may be in several parts
            if len(best) < count:
                best.setdefault(choice.path, choice)
    by_part: dict[str, list[_Choice]] = {}
    for choice in best.values():
        by_part.setdefault(choice.part, []).append(choice)
    for name, chosen in sorted(by_part.items()):
        places = sorted(choice.row for choice in chosen)
        try:
            yield from rows.convert_rows(folder.read_columns(name, None).take(places).to_pylist())
        except BadValue as error:
            raise ArchiveError(tr("it can’t be read: {reason}", reason=error), file=name) from error


def _rank(folder: ArchiveFolder, name: str, order: str, seed: int) -> Iterator[_Choice]:
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
        yield _Choice(rank, path, name, row)
