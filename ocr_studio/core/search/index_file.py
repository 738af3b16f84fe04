"""The file of the index: an SQLite database that may be deleted at any time and is created again from the pages.

It holds each page twice: as a row of what a list of photos shows, and as packed arrays of its words, which are read
into memory for searching (``index_arrays``). All distinct texts are numbered in a table of their own. FTS5 is not used:
it knows whole words and their beginnings, but neither slips of typing nor look-alikes, and among the distinct texts
those are found faster than its lists of places could be read. So any SQLite does, also the one that TensorFlow brings.

In write-ahead mode reading never waits for writing, and a program that is killed leaves the last finished state. A file
that is damaged, foreign or of another format is thrown away: whatever comes out of it is looked at before it is used,
and what cannot be so raises IndexDamaged.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import sqlite3
import sys
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.files import strict_json
from ocr_studio.core.files.safe_folder import stays_inside
from ocr_studio.core.page import PageState
from ocr_studio.core.search import folding, index_database
from ocr_studio.core.search.index_database import Database, IndexDamaged

Array = NDArray[Any]

# One word. text: what counts; read: what the machine read, 0 for nothing; both numbers of texts, as is the model.
ENTRY: Final = np.dtype([("text", "<i4"), ("read", "<i4"), ("model", "<i4"), ("confidence", "<f4"), ("flags", "u1")])
# Another reading of an unchecked word. word: its place among the page's; rank: 1 for the second choice; confidence in
# 255ths.
CHOICE: Final = np.dtype([("text", "<i4"), ("word", "<u4"), ("confidence", "u1"), ("rank", "u1")])
CHECKED, HUMAN, UNREADABLE, IGNORED = 1, 2, 4, 8

# One word's corners.
_QUAD: Final = np.dtype(("<f4", (4, 2)))
_FLAGS: Final = CHECKED | HUMAN | UNREADABLE | IGNORED
_ROW: Final = "id, image, state, words, unchecked, least, mean, writer, tags, failed, seen, typed, certain"
_STATE: Final = _ROW.split(", ").index("state")
_GONE: Final = ""  # the state of a page that is no more
_EXCLUDED: Final = ", ".join(f"excluded.{name}" for name in ("seq", *_ROW.split(", ")))


# Numbers of pages are places in arrays, as are those of texts.
_MOST_PAGES: Final = 1 << 24
_MOST_TEXTS: Final = (1 << 31) - 1
_MOST_CHANGES: Final = 1 << 53
_LONGEST_ID: Final = 500
# Texts that are fetched at once.
_PORTION: Final = 10_000
# Confidences are sums of probabilities, which may pass 1 by a rounding error.
_ABOUT: Final = 0.01
_FARTHEST: Final = 1e9  # pixels
_MOST_VALUES: Final = 2_000_000
_STRUCTURE: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in ",[{"}
_SEEN: Final = re.compile(r"|-?[0-9]{1,20}:[0-9]{1,20}:[0-9]{1,39}")


@dataclass(frozen=True, slots=True)
class PageRow:
    """The summary of a page.

    Attributes:
        least: Lowest confidence of the unchecked words; None without any.
        mean: Mean confidence of all words; None without any.
        failed: Why the page's file can't be read; empty if it can.
        seen: State of the page's file that this describes; empty if the page isn't saved yet.
        typed: The words that the user wrote, with their counts.
        certain: The unchecked words that were read with certainty.
    """

    page_id: str
    image: str
    state: PageState
    words: int
    unchecked: int
    least: float | None
    mean: float | None
    writer: str | None
    tags: tuple[str, ...]
    failed: str
    seen: str
    typed: Mapping[str, int]
    certain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackedWords:
    """The words of a page.

    Attributes:
        texts: The distinct texts.
        entries: (N,) Words; text numbers are places in ``texts`` until they are stored, then numbers of the table.
        choices: (M,) Alternatives, numbered in the same way.
        quads: (N, 4, 2) float32, pixels of the upright photo.
        ids: The ids of the N words.
    """

    texts: tuple[str, ...]
    entries: Array
    choices: Array
    quads: NDArray[np.float32]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that is new, changed or deleted. number: the page's number in the index."""

    seq: int
    number: int
    page: PageRow | None
    entries: Array
    choices: Array


class IndexFile:
    """An open index file. May be used from several threads: each reads with its own connection, one writes at a
    time.
    """

    def __init__(self, path: Path) -> None:
        """Raises IndexDamaged for a file that is no index of this format, and sqlite3.Error or OSError.

        path: of a file that no link leads to; see ``index_location``.
        """
        self.path = path
        self._guard = threading.Lock()
        self._idle: list[Database] = []
        self._closed = False
        self._writing = threading.RLock()
        self._numbers: dict[str, int] = {}
        try:
            with self.reading() as database:
                index_database.create_tables(database)
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def reading(self, *, writing: bool = False) -> Iterator[Database]:
        """Lend a connection to this thread."""
        with self._guard:
            if self._closed:
                raise sqlite3.ProgrammingError("the index is closed")
            database = self._idle.pop() if self._idle else None
        if database is None:
            database = index_database.connect(self.path)
        try:
            database.expect(index_database.measure_size(self.path), writing=writing)
            yield database
        finally:
            with self._guard:
                if self._closed:
                    database.close()
                else:
                    self._idle.append(database)

    def close(self) -> None:
        """Close the file. Running reads still finish."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for database in idle:
            database.close()

    def put(self, pages: Iterable[tuple[PageRow, PackedWords]], gone: Iterable[str] = ()) -> None:
        """Store pages and delete others in one transaction."""
        with self._writing, self.reading(writing=True) as database:
            before = len(self._numbers)
            try:
                database.execute("BEGIN IMMEDIATE")
                newest = database.execute("SELECT coalesce(max(seq), 0) FROM pages").fetchone()[0]
                seq = _parse_integer(newest, 0, _MOST_CHANGES)
                for page, words in pages:
                    seq += 1
                    self._put(database, seq, page, words)
                for page_id in gone:
                    seq += 1
                    _delete_page(database, seq, page_id)
                database.execute("COMMIT")
            except BaseException:
                if len(self._numbers) != before:
                    self._numbers.clear()  # some of them were taken back
                with contextlib.suppress(sqlite3.Error):
                    database.execute("ROLLBACK")
                raise

    def changes(self, database: Database, since: int) -> Iterator[PageChange]:
        """Return the changes after a sequence number, in order. Raises IndexDamaged."""
        found = database.rows(
            f"SELECT seq, number, {_ROW}, entries, choices, crc"
            " FROM pages LEFT JOIN words ON page = number WHERE seq > ? ORDER BY seq",
            (since,),
        )
        for seq, number, *row, entries, choices, crc in found:
            since = _parse_integer(seq, since + 1, _MOST_CHANGES)
            page, kept = _parse_integer(number, 1, _MOST_PAGES), (entries, choices)
            if row[_STATE] == _GONE:
                yield PageChange(since, page, None, np.empty(0, ENTRY), np.empty(0, CHOICE))
            else:
                yield _parse_change(since, page, _page_from_row(row), kept, crc)

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[tuple[str, ...], NDArray[np.float32]]]:
        """Return the word ids and quads, (N, 4, 2), of existing pages. Raises IndexDamaged."""
        found: dict[int, tuple[tuple[str, ...], NDArray[np.float32]]] = {}
        with self.reading() as database:
            for marks, some in _split_into_batches(numbers):
                rows = database.rows(f"SELECT page, quads, ids, places_crc FROM words WHERE page IN ({marks})", some)
                for number, quads, ids, crc in rows:
                    found[number] = _parse_places(number, quads, ids, crc)
        return found

    def folded(self, database: Database, since: int) -> tuple[int, str]:
        """Return the tokens (``folding.tokenize``) of all texts after a number, a line each, and the last number.

        Raises IndexDamaged.
        """
        portions: list[str] = []
        count = _PORTION
        while count == _PORTION:
            # As one string, as half a million of them take half a minute to look at one by one.
            last, count, lines = database.execute(
                "SELECT max(id), count(*), group_concat(folded, char(10))"
                " FROM (SELECT id, folded FROM texts WHERE id > ? ORDER BY id LIMIT ?)",
                (since, _PORTION),
            ).fetchone()
            if count:
                if not isinstance(lines, str) or last - since != count or lines.count("\n") != count - 1:
                    raise IndexDamaged("texts are missing")
                since = _parse_integer(last, 0, _MOST_TEXTS)
                portions.append(lines)
        return since, "\n".join(portions)

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the texts with these numbers. Raises IndexDamaged."""
        wanted = set(numbers)
        found: dict[int, str] = {}
        with self.reading() as database:
            for marks, some in _split_into_batches(wanted):
                rows = database.rows(f"SELECT id, text FROM texts WHERE id IN ({marks})", some)
                found.update((number, _parse_text(text)) for number, text in rows)
        if len(found) != len(wanted):
            raise IndexDamaged("texts are missing")
        return found

    def texts_with(self, part: str) -> list[int]:
        """Return the numbers of the texts that contain a folded part. Raises IndexDamaged."""
        found: list[int] = []
        last = 0
        with self.reading() as database:
            rows = database.rows("SELECT id FROM texts WHERE id > 0 AND instr(folded, ?) ORDER BY id", (part,))
            for (number,) in rows:
                found.append(last := _parse_integer(number, last + 1, _MOST_TEXTS))
        return found

    def pages(self) -> list[PageRow]:
        """Return all existing pages. Raises IndexDamaged."""
        found: dict[str, PageRow] = {}
        last = 0
        with self.reading() as database:
            rows = database.rows(f"SELECT number, {_ROW} FROM pages WHERE state != '{_GONE}' ORDER BY number")
            for number, *row in rows:
                last = _parse_integer(number, last + 1, _MOST_PAGES)
                page = _page_from_row(row)
                if found.setdefault(page.page_id, page) is not page:
                    raise IndexDamaged("a page is there twice")
        return list(found.values())

    def _put(self, database: Database, seq: int, page: PageRow, words: PackedWords) -> None:
        numbers = np.array([self._number(database, text) for text in words.texts] or [0], "<i4")
        entries, choices = words.entries.copy(), words.choices.copy()
        for name in ("text", "read", "model"):
            entries[name] = numbers[entries[name]]
        choices["text"] = numbers[choices["text"]]
        row = _row_from_page(page)
        marks = ",".join("?" * (len(row) + 1))
        stored = database.execute(
            f"INSERT INTO pages (seq, {_ROW}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET"
            f" (seq, {_ROW}) = ({_EXCLUDED}) RETURNING number",
            (seq, *row),
        ).fetchone()[0]
        number = _parse_integer(stored, 1, _MOST_PAGES)
        said = entries.tobytes(), choices.tobytes()
        where = words.quads.astype("<f4").tobytes(), _json_of_ids(words.ids)
        values = number, *said, _crc(number, *said), *where, _crc(number, *where)
        database.execute("INSERT OR REPLACE INTO words VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def _number(self, database: Database, text: str) -> int:
        number = self._numbers.get(text)
        if number is None:
            found = database.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
            if found is None:
                found = database.execute(
                    "INSERT INTO texts (text, folded) VALUES (?, ?) RETURNING id",
                    (text, " ".join(folding.tokenize(text))),
                ).fetchone()
            number = self._numbers[text] = _parse_integer(found[0], 0, _MOST_TEXTS)
        return number


def _split_into_batches(numbers: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """Split numbers into batches that fit into one statement, each with its placeholders."""
    wanted = sorted(numbers)
    for first in range(0, len(wanted), 500):
        some = wanted[first : first + 500]
        yield ",".join("?" * len(some)), some


def _delete_page(database: Database, seq: int, page_id: str) -> None:
    found = database.execute(
        f"UPDATE pages SET seq = ?, state = '{_GONE}' WHERE id = ? RETURNING number", (seq, page_id)
    )
    for (number,) in found.fetchall():
        database.execute("DELETE FROM words WHERE page = ?", (number,))


def _row_from_page(page: PageRow) -> Sequence[object]:
    # In ASCII: file names that are not UTF-8 come with lone surrogates, which SQLite cannot keep.
    values = page.image, page.tags, dict(page.typed), page.certain
    image, tags, typed, certain = (json.dumps(value) for value in values)
    state = (page.words, page.unchecked, page.least, page.mean, page.writer)
    return (page.page_id, image, page.state.value, *state, tags, page.failed, page.seen, typed, certain)


def _page_from_row(row: Sequence[Any]) -> PageRow:
    """Parse the row of a page. Raises IndexDamaged."""
    page_id, image, state, words, unchecked, least, mean, writer, tags, failed, seen, typed, certain = row
    try:
        return PageRow(
            _parse_text(page_id, least=1, most=_LONGEST_ID),
            _parse_image(image),
            PageState(state),
            _parse_integer(words, 0, _MOST_TEXTS),
            _parse_integer(unchecked, 0, _MOST_TEXTS),
            _parse_share(least),
            _parse_share(mean),
            None if writer is None else _parse_text(writer),
            _parse_texts(tags),
            _parse_text(failed),
            _parse_seen(seen),
            _parse_typed(typed),
            tuple(map(sys.intern, _parse_texts(certain))),  # the same words are on many pages
        )
    except ValueError as error:
        raise IndexDamaged(str(error)) from error


def _parse_change(seq: int, number: int, page: PageRow, kept: tuple[Any, Any], crc: object) -> PageChange:
    """Parse a page with its stored words. Raises IndexDamaged."""
    _check_sum(number, kept, crc)
    entries, choices = _parse_array(kept[0], ENTRY), _parse_array(kept[1], CHOICE)
    sure = entries["confidence"]
    with np.errstate(invalid="ignore"):
        sound = np.isnan(sure) | ((sure >= -_ABOUT) & (sure <= 1 + _ABOUT))  # what nobody has read has none
    if not sound.all() or (entries["flags"] > _FLAGS).any():
        raise IndexDamaged("a word says something impossible")
    if len(entries) != page.words:
        raise IndexDamaged("words of a page are missing")
    return PageChange(seq, number, page, entries, choices)


def _parse_places(number: int, quads: Any, kept: Any, crc: object) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    _check_sum(number, (quads, kept), crc)
    corners, ids = _parse_array(quads, _QUAD), _parse_json(_parse_text(kept))
    if not isinstance(ids, list) or not set(map(type, ids)) <= {str} or len(ids) != len(corners):
        raise IndexDamaged("words have no ids, or no places")
    with np.errstate(invalid="ignore"):
        near = np.abs(corners) <= _FARTHEST
    if not near.all():
        raise IndexDamaged("a word is in no place")
    return tuple(ids), corners


def _crc(number: int, *parts: bytes | str) -> int:
    """Compute a checksum: SQLite notices damage to its structure, but not a flipped bit in the numbers."""
    crc = number
    for part in parts:
        crc = zlib.crc32(part.encode() if isinstance(part, str) else part, crc)
    return crc


def _check_sum(number: int, parts: tuple[Any, Any], crc: object) -> None:
    if not all(isinstance(part, bytes | str) for part in parts) or _crc(number, *parts) != crc:
        raise IndexDamaged("the words of a page are damaged")


def _parse_array(data: object, dtype: np.dtype[Any]) -> Array:
    if not isinstance(data, bytes) or len(data) % dtype.itemsize:
        raise IndexDamaged("the words of a page are cut off")
    return np.frombuffer(data, dtype)


def _parse_integer(value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise IndexDamaged("a number is out of its range")
    return value


def _parse_share(value: object) -> float | None:
    if value is not None and not (isinstance(value, float) and math.isfinite(value)):
        raise IndexDamaged("a confidence is no number")
    return value


def _parse_text(value: object, *, least: int = 0, most: int | None = None) -> str:
    if not isinstance(value, str) or len(value) < least or (most is not None and len(value) > most):
        raise IndexDamaged("a text is none")
    return value


def _parse_seen(value: object) -> str:
    if not _SEEN.fullmatch(_parse_text(value)):
        raise IndexDamaged("the state of a page’s file is none")
    return str(value)


def _json_of_ids(ids: Sequence[str]) -> str:
    text = json.dumps(ids)
    if sum(map(text.count, ",[{")) > len(ids) + 1:
        # Those in texts count for ``strict_json`` as well; only ids that another program has made have any.
        escaped = (json.dumps(each).translate(_STRUCTURE) for each in ids)
        text = f"[{', '.join(escaped)}]"
    return text


def _parse_json(text: str) -> object:
    try:
        return strict_json.load(text.encode(), most_values=_MOST_VALUES)
    except strict_json.BadJson as error:
        raise IndexDamaged(str(error)) from error


def _parse_image(value: object) -> str:
    """Parse a photo's path; empty for a page that can't be read."""
    kept = _parse_text(value, least=2)
    if kept[0] != '"' or kept[-1] != '"':
        raise IndexDamaged("a photo has no name")
    image = kept[1:-1] if "\\" not in kept else _parse_text(_parse_json(kept))
    if image and not stays_inside(image):
        raise IndexDamaged("a photo is outside its folder")
    return image


def _parse_texts(value: object) -> tuple[str, ...]:
    texts = [] if value == "[]" else _parse_json(_parse_text(value))
    if not isinstance(texts, list):
        raise IndexDamaged("texts are no list")
    return tuple(_parse_text(text) for text in texts)


def _parse_typed(value: object) -> Mapping[str, int]:
    typed = {} if value == "{}" else _parse_json(_parse_text(value))
    if not isinstance(typed, dict):
        raise IndexDamaged("words that were typed are no counts")
    return {word: _parse_integer(count, 1, _MOST_TEXTS) for word, count in typed.items()}
