"""The rows of an archive: one for each photo, or page of a file with several, in Parquet files."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ocr_studio.core.files import json_schema
from ocr_studio.core.formats.documents import json_pages
from ocr_studio.core.page import Alternative, Page, Quad, TextSource, Transcription, Word

_MEMBERS: Final = b"ocr_studio.photos"


@dataclass(frozen=True, slots=True)
class ArchiveWord:
    """A word as it was read.

    Attributes:
        id: w1, w2, … in reading order.
        quad: x and y of four corners in pixels of the upright photo, clockwise from the text's top left.
        line: Number of its line in reading order, from 1.
    """

    id: str
    text: str
    confidence: float | None
    quad: tuple[float, ...]
    line: int
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """What was read on a photo.

    Attributes:
        path: Path or address of the photo.
        content_id: Hash of its bytes; None if it could not be read.
        width: Pixels of the upright photo.
        height: Likewise.
        words: In reading order.
        text: All of it, with line breaks.
        model: The recognizer.
        seconds: What decoding and reading took.
        error: Why it could not be read; None if it was.
    """

    path: str
    content_id: str | None = None
    width: int | None = None
    height: int | None = None
    words: tuple[ArchiveWord, ...] = ()
    text: str = ""
    model: str | None = None
    seconds: float | None = None
    error: str | None = None


def make_row(page: Page, path: str, *, model: str, seconds: float) -> ArchiveRow:
    """Make the row of a page that was read; its words have their ids in reading order."""
    made = json_pages.build_page_object(page)
    words = made["words"]
    assert isinstance(words, list)
    return ArchiveRow(
        path, page.id, page.width, page.height, tuple(map(_make_word, words)), str(made["text"]), model, seconds
    )


def _make_word(word: Mapping[str, Any]) -> ArchiveWord:
    others = tuple(Alternative(other["text"], other["confidence"]) for other in word["alternatives"])
    corners = tuple(float(value) for corner in word["quad"] or () for value in corner)
    return ArchiveWord(word["id"], word["text"], word["confidence"], corners, word["line"], others)


def make_page(row: ArchiveRow, *, image: str, when: str | None = None) -> Page:
    """Make a page as a project keeps it. image: name of the photo's file there; when: ISO 8601, UTC."""
    words = {}
    for word in row.words:
        if len(word.quad) == 8:  # another program may have written it
            corners = zip(word.quad[::2], word.quad[1::2], strict=True)
            a, b, c, d = ((float(x), float(y)) for x, y in corners)
            read = Transcription(
                word.text, TextSource.MODEL, word.confidence, row.model, when, alternatives=word.alternatives
            )
            words[word.id] = Word(word.id, Quad((a, b, c, d)), machine=read)
    return Page(row.content_id or "", image, row.width or 1, row.height or 1, words, when)


def encode_part(rows: Sequence[Sequence[ArchiveRow]], digests: Sequence[str]) -> bytes:
    """Encode a shard as a Parquet file.

    Args:
        rows: The rows of each photo: one, or one for each page.
        digests: Of each photo, ``shards.digest_photo``; stored with the file, so that rows can be taken over.
    """
    import pyarrow as pa
    from pyarrow import parquet

    members = [[digest, len(each)] for digest, each in zip(digests, rows, strict=True)]
    schema = make_schema().with_metadata({_MEMBERS: json.dumps(members).encode("ascii")})
    values = [msgspec.to_builtins(row) for each in rows for row in each]
    target = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(values, schema), target, compression="zstd", write_page_checksum=True)
    return target.getvalue()


def decode_part(data: bytes) -> dict[str, tuple[ArchiveRow, ...]]:
    """Return the rows of a part by the digest of their photo; empty if it was not written by ``encode_part``."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(pa.BufferReader(data), page_checksum_verification=True)
        members = _read_members(table)
        rows = json_schema.convert(table.to_pylist(), list[ArchiveRow])
    except (pa.ArrowException, OSError, KeyError, ValueError):
        return {}
    found, start = {}, 0
    for digest, count in members:
        found[digest] = tuple(rows[start : start + count])
        start += count
    return found if start == len(rows) else {}


def read_errors(table: Any) -> list[list[tuple[str, str | None]]]:
    """Return the paths and errors of the rows of a part, by photo. table: these columns. Raises BadValue."""
    columns = (table.column(name).to_pylist() for name in ("path", "error"))
    found: list[tuple[str, str | None]] = json_schema.convert(
        list(zip(*columns, strict=True)), list[tuple[str, str | None]]
    )
    try:
        counts = [count for _, count in _read_members(table)]
    except (KeyError, ValueError):  # another program has written it
        counts = []
    if sum(counts) != len(found):
        return [[each] for each in found]
    rest = iter(found)
    return [list(itertools.islice(rest, count)) for count in counts]


def _read_members(table: Any) -> list[tuple[str, int]]:
    """Return the digest of each photo of a part and the number of its rows. Raises KeyError and ValueError."""
    found: list[tuple[str, int]] = json_schema.convert(
        json.loads((table.schema.metadata or {})[_MEMBERS]), list[tuple[str, json_schema.Count]]
    )
    return found


def convert_rows(values: object) -> list[ArchiveRow]:
    """Check and convert rows that ``pyarrow`` has read. Raises BadValue."""
    found: list[ArchiveRow] = json_schema.convert(values, list[ArchiveRow])
    return found


def make_schema() -> Any:
    """Return the columns of a part, as ``pyarrow`` knows them."""
    import pyarrow as pa

    other = pa.struct([("text", pa.string()), ("confidence", pa.float64())])
    word = pa.struct(
        [
            ("id", pa.string()),
            ("text", pa.string()),
            ("confidence", pa.float64()),
            ("quad", pa.list_(pa.float64())),
            ("line", pa.int32()),
            ("alternatives", pa.list_(other)),
        ]
    )
    return pa.schema(
        [
            ("path", pa.string()),
            ("content_id", pa.string()),
            ("width", pa.int32()),
            ("height", pa.int32()),
            ("words", pa.list_(word)),
            ("text", pa.string()),
            ("model", pa.string()),
            ("seconds", pa.float64()),
            ("error", pa.string()),
        ]
    )
