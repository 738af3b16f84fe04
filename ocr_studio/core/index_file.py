"""The file of the index: an SQLite database that may be deleted at any time and is made again from the pages.

It holds each page twice: as a row of what a list of photos shows, and as packed arrays of its words, which are read
into memory for searching (``index_arrays``). All distinct texts are numbered in a table of their own. FTS5 is not used:
it knows whole words and their beginnings, but neither slips of typing nor look-alikes, and among the distinct texts
those are found faster than its lists of places could be read. So any SQLite does, also the one that TensorFlow brings.

In write-ahead mode reading never waits for writing, and a program that is killed leaves the last finished state. A file
that is damaged, foreign or of another format is thrown away.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import folding
from ocr_studio.core.page import PageState

Array = NDArray[Any]

# "OCRI", and what is thrown away when it is another.
_OURS: Final = 0x4F435249
FORMAT: Final = 1
_WAIT: Final = 10.0  # seconds for another program that writes the same file

# One word. text: what counts; read: what the machine read, 0 for nothing; both numbers of texts, as is the model.
ENTRY: Final = np.dtype([("text", "<i4"), ("read", "<i4"), ("model", "<i4"), ("confidence", "<f4"), ("flags", "u1")])
# Another reading of an unchecked word. word: its place among the page's; rank: 1 for the second choice; confidence in
# 255ths.
CHOICE: Final = np.dtype([("text", "<i4"), ("word", "<u4"), ("confidence", "u1"), ("rank", "u1")])
CHECKED, HUMAN, UNREADABLE, IGNORED = 1, 2, 4, 8

_SCHEMA: Final = """
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, folded TEXT NOT NULL);
CREATE TABLE pages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,
    image TEXT NOT NULL, state TEXT NOT NULL, words INTEGER NOT NULL, unchecked INTEGER NOT NULL, least REAL, mean REAL,
    writer TEXT, tags TEXT NOT NULL, failed TEXT NOT NULL, seen TEXT NOT NULL,
    typed TEXT NOT NULL
);
CREATE INDEX pages_by_seq ON pages (seq);
CREATE TABLE words (
    page INTEGER PRIMARY KEY, entries BLOB NOT NULL, choices BLOB NOT NULL, quads BLOB NOT NULL, ids TEXT NOT NULL,
    crc INTEGER NOT NULL
);
"""
_ROW: Final = "id, image, state, words, unchecked, least, mean, writer, tags, failed, seen, typed"
_EXCLUDED: Final = ", ".join(f"excluded.{name}" for name in ("seq", *_ROW.split(", ")))


class IndexDamaged(Exception):
    """The file says something impossible; it is to be thrown away."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """What is known of a page besides its words. least: lowest confidence of the unchecked words; mean: of all words'
    confidence; None where there is none. failed: why the page's file cannot be read, or nothing. seen: which state of
    the page's file this is, "" for one that is not on the disk yet. typed: the words a person wrote, each how often.
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


@dataclass(frozen=True, slots=True)
class PackedWords:
    """The words of a page. texts: distinct ones; the numbers in entries (N,) and choices (M,) are places in it until
    they are stored, then numbers of the table. quads: (N, 4, 2) float32, pixels of the upright photo. ids: N.
    """

    texts: tuple[str, ...]
    entries: Array
    choices: Array
    quads: NDArray[np.float32]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that is new, changed or gone since. number: by which the index knows it; entries, choices: as stored."""

    seq: int
    number: int
    page: PageRow | None
    entries: Array
    choices: Array


class IndexFile:
    """An open index. May be used from several threads: each reads by a connection of its own, one writes at a time."""

    def __init__(self, path: Path) -> None:
        """Raises IndexDamaged for a file that is no index of this format, and sqlite3.Error or OSError."""
        self.path = path
        self._guard = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._writing = threading.RLock()
        self._numbers: dict[str, int] = {}
        try:
            with self.reading() as database:
                _prepare(database)
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection, for this thread alone until it is given back."""
        with self._guard:
            if self._closed:
                raise sqlite3.ProgrammingError("the index is closed")
            database = self._idle.pop() if self._idle else None
        if database is None:
            database = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        try:
            yield database
        finally:
            with self._guard:
                if self._closed:
                    database.close()
                else:
                    self._idle.append(database)

    def close(self) -> None:
        """Let go of the file. Whoever reads at this moment still gets to its end."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for database in idle:
            database.close()

    def put(self, pages: Iterable[tuple[PageRow, PackedWords]], gone: Iterable[str] = ()) -> None:
        """Store pages, whole or not at all, and forget those that are gone."""
        with self._writing, self.reading() as database:
            before = len(self._numbers)
            try:
                database.execute("BEGIN IMMEDIATE")
                seq = database.execute("SELECT coalesce(max(seq), 0) FROM pages").fetchone()[0]
                for page, words in pages:
                    seq += 1
                    self._put(database, seq, page, words)
                for page_id in gone:
                    seq += 1
                    _forget(database, seq, page_id)
                database.execute("COMMIT")
            except BaseException:
                if len(self._numbers) != before:
                    self._numbers.clear()  # some of them were taken back
                with contextlib.suppress(sqlite3.Error):
                    database.execute("ROLLBACK")
                raise

    def changes(self, database: sqlite3.Connection, since: int) -> Iterator[PageChange]:
        """What has changed after this number, in its order. Raises IndexDamaged."""
        found = database.execute(
            f"SELECT seq, number, {_ROW}, entries, choices, quads, ids, crc"
            " FROM pages LEFT JOIN words ON page = number WHERE seq > ? ORDER BY seq",
            (since,),
        )
        for seq, number, *row, entries, choices, quads, ids, crc in found:
            if entries is None:
                yield PageChange(seq, number, None, np.empty(0, ENTRY), np.empty(0, CHOICE))
            else:
                _check(entries, choices, quads, ids, crc)
                yield PageChange(
                    seq, number, _stored(row), np.frombuffer(entries, ENTRY), np.frombuffer(choices, CHOICE)
                )

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[tuple[str, ...], NDArray[np.float32]]]:
        """Ids of these pages' words and their quads, (N, 4, 2); of those that are not gone. Raises IndexDamaged."""
        found: dict[int, tuple[tuple[str, ...], NDArray[np.float32]]] = {}
        with self.reading() as database:
            for marks, some in _some_at_once(numbers):
                rows = database.execute(f"SELECT page, quads, ids FROM words WHERE page IN ({marks})", some)
                for number, quads, kept in rows:
                    ids = tuple(json.loads(kept))
                    found[number] = ids, np.frombuffer(quads, "<f4").reshape(len(ids), 4, 2)
        return found

    def folded(self, database: sqlite3.Connection, since: int) -> tuple[int, str]:
        """All texts after this number as ``folding.tokens`` has them, a line each; and the last one's number."""
        # One string, as half a million of them take half a minute to look at one by one.
        last, count, lines = database.execute(
            "SELECT coalesce(max(id), ?), count(*), coalesce(group_concat(folded, char(10)), '')"
            " FROM (SELECT id, folded FROM texts WHERE id > ? ORDER BY id)",
            (since, since),
        ).fetchone()
        if last - since != count:
            raise IndexDamaged("texts are missing")
        return last, lines

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """The texts of these numbers."""
        wanted = set(numbers)
        found: dict[int, str] = {}
        with self.reading() as database:
            for marks, some in _some_at_once(wanted):
                found.update(database.execute(f"SELECT id, text FROM texts WHERE id IN ({marks})", some))
        if len(found) != len(wanted):
            raise IndexDamaged("texts are missing")
        return found

    def texts_with(self, part: str) -> list[int]:
        """Numbers of the texts in which this stands, folded, be it inside a word."""
        with self.reading() as database:
            rows = database.execute("SELECT id FROM texts WHERE id > 0 AND instr(folded, ?)", (part,)).fetchall()
        return [number for (number,) in rows]

    def pages(self) -> list[PageRow]:
        """All pages that are not gone. Raises IndexDamaged."""
        with self.reading() as database:
            rows = database.execute(f"SELECT {_ROW} FROM pages WHERE state != ''").fetchall()
        return [_stored(row) for row in rows]

    def _put(self, database: sqlite3.Connection, seq: int, page: PageRow, words: PackedWords) -> None:
        numbers = np.array([self._number(database, text) for text in words.texts] or [0], "<i4")
        entries, choices = words.entries.copy(), words.choices.copy()
        for name in ("text", "read", "model"):
            entries[name] = numbers[entries[name]]
        choices["text"] = numbers[choices["text"]]
        row = _row(page)
        marks = ",".join("?" * (len(row) + 1))
        number = database.execute(
            f"INSERT INTO pages (seq, {_ROW}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET"
            f" (seq, {_ROW}) = ({_EXCLUDED}) RETURNING number",
            (seq, *row),
        ).fetchone()[0]
        data = entries.tobytes(), choices.tobytes(), words.quads.astype("<f4").tobytes(), json.dumps(words.ids)
        database.execute("INSERT OR REPLACE INTO words VALUES (?, ?, ?, ?, ?, ?)", (number, *data, _crc(*data)))

    def _number(self, database: sqlite3.Connection, text: str) -> int:
        number = self._numbers.get(text)
        if number is None:
            found = database.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
            if found is None:
                found = database.execute(
                    "INSERT INTO texts (text, folded) VALUES (?, ?) RETURNING id",
                    (text, " ".join(folding.tokens(text))),
                ).fetchone()
            number = self._numbers[text] = int(found[0])
        return number


def _some_at_once(numbers: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """Numbers in portions that a question takes, each with as many question marks."""
    wanted = sorted(numbers)
    for first in range(0, len(wanted), 500):
        some = wanted[first : first + 500]
        yield ",".join("?" * len(some)), some


def _prepare(database: sqlite3.Connection) -> None:
    """Make the tables in a new file; raises IndexDamaged for one that is no index of this format."""
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        ours = database.execute("PRAGMA application_id").fetchone()[0]
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if ours == _OURS and version == FORMAT:
            database.execute("SELECT count(*) FROM pages, texts, words LIMIT 0")
            return
        if ours or version or database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise IndexDamaged("it is no index, or one of another version")
        # Number 0 is no text: what was not read, and a model that has no name.
        begin = f"BEGIN IMMEDIATE; {_SCHEMA} INSERT INTO texts VALUES (0, '', '');"
        database.executescript(f"{begin} PRAGMA application_id={_OURS}; PRAGMA user_version={FORMAT}; COMMIT;")
    except sqlite3.OperationalError:
        raise  # no room, no permission, or in use
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(str(error)) from error


def _forget(database: sqlite3.Connection, seq: int, page_id: str) -> None:
    found = database.execute("UPDATE pages SET seq = ?, state = '' WHERE id = ? RETURNING number", (seq, page_id))
    for (number,) in found.fetchall():
        database.execute("DELETE FROM words WHERE page = ?", (number,))


def _row(page: PageRow) -> Sequence[object]:
    tags, typed = (json.dumps(value, ensure_ascii=True) for value in (page.tags, dict(page.typed)))
    # File names that are not UTF-8 come with lone surrogates, which SQLite cannot keep.
    image = json.dumps(page.image)
    state = (page.words, page.unchecked, page.least, page.mean, page.writer)
    return (page.page_id, image, page.state.value, *state, tags, page.failed, page.seen, typed)


def _stored(row: Sequence[Any]) -> PageRow:
    page_id, image, state, words, unchecked, least, mean, writer, tags, failed, seen, typed = row
    try:
        return PageRow(
            page_id, image[1:-1] if "\\" not in image else json.loads(image), PageState(state), words, unchecked,
            least, mean, writer, tuple(json.loads(tags)) if tags != "[]" else (), failed, seen,
            json.loads(typed) if typed != "{}" else {},
        )  # fmt: skip
    except (ValueError, TypeError) as error:
        raise IndexDamaged(str(error)) from error


def _crc(entries: bytes, choices: bytes, quads: bytes, ids: str) -> int:
    return zlib.crc32(entries, zlib.crc32(choices, zlib.crc32(quads, zlib.crc32(ids.encode()))))


def _check(entries: bytes, choices: bytes, quads: bytes, ids: str, crc: int) -> None:
    # SQLite itself notices only damage to its own structure, not a bit that was flipped among the numbers.
    if _crc(entries, choices, quads, ids) != crc:
        raise IndexDamaged("the words of a page are damaged")
