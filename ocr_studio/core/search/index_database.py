"""A connection to the index's database that distrusts its contents.

The file lies where only this user writes (``index_location``), but it may be damaged, or come from a backup that
somebody else has made. So SQLite runs nothing that such a file brings along: the tables must be those of ``_SCHEMA`` to
the letter, without views or triggers. No statement works longer, and gives back more, than the file's size explains:
the pages of a damaged file may lead in circles.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

# "OCRI", and what is thrown away when it is another.
_OURS: Final = 0x4F435249
FORMAT: Final = 3
_WAIT: Final = 10.0  # seconds for another program that writes the same file

_SCHEMA: Final = """
CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, folded TEXT NOT NULL);
CREATE TABLE pages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,
    image TEXT NOT NULL, state TEXT NOT NULL, words INTEGER NOT NULL, unchecked INTEGER NOT NULL, least REAL, mean REAL,
    writer TEXT, tags TEXT NOT NULL, failed TEXT NOT NULL, seen TEXT NOT NULL,
    typed TEXT NOT NULL, certain TEXT NOT NULL
);
CREATE INDEX pages_by_seq ON pages (seq);
CREATE TABLE words (
    page INTEGER PRIMARY KEY, entries BLOB NOT NULL, choices BLOB NOT NULL, crc INTEGER NOT NULL,
    quads BLOB NOT NULL, ids TEXT NOT NULL, places_crc INTEGER NOT NULL
);
"""
# Once more than there are.
_TABLES: Final = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name LIMIT 9"

# Steps of SQLite's machine that one statement may take: so many, and so many for each byte of the file. Looking through
# all texts takes the most, 15 steps each: 0.05 a byte of 300 photos, and 0.5 were all of two letters.
_STEPS, _STEPS_A_BYTE = 5_000_000, 2
_LOOKED_AFTER: Final = 100_000  # steps
# Bytes of one value, where nothing is in the file yet: the packed words of the largest page that there may be.
_LARGEST: Final = 1 << 28
# Bytes by which the file may have grown since its size was asked.
_ROOM: Final = 1 << 20

# What says nothing of the file: in use, no memory, a failing or full disk, too many open files.
_NO_DAMAGE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    }
)  # fmt: skip


class IndexDamaged(Exception):
    """The file is damaged and must be deleted."""


class Database(sqlite3.Connection):
    """A connection with limits on its statements; see ``connect``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._steps = _StepBudget()
        self._most = self._size = 0
        self.set_progress_handler(self._steps, _LOOKED_AFTER)

    def expect(self, size: int, *, writing: bool = False) -> None:
        """Set the limits for a file of ``size`` bytes. writing: values may be longer than the file so far."""
        self._size = 2 * size + _ROOM
        self._most = (_STEPS + _STEPS_A_BYTE * size) // _LOOKED_AFTER
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST if writing else min(self._size, _LARGEST))

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute a statement; one that takes too long raises sqlite3.OperationalError."""
        self._steps.left = self._most
        try:
            return super().execute(sql, parameters)
        except UnicodeDecodeError as error:
            # The name of a table that cannot be is a part of SQLite's own message.
            raise IndexDamaged("a table has no name") from error

    def rows(self, sql: str, parameters: Any = ()) -> Iterator[Any]:
        """Fetch all rows. Raises IndexDamaged if there are more than a file of this size can hold."""
        left = self._size
        for row in self.execute(sql, parameters):
            left -= sum(len(value) for value in row if isinstance(value, str | bytes))
            if left < 0:
                raise IndexDamaged("it says more than it can hold")
            yield row


class _StepBudget:
    """The number of steps left for a statement; separate from the connection, to avoid a reference cycle."""

    def __init__(self) -> None:
        self.left = 0

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def connect(path: Path) -> Database:
    """Open or create the database. The caller makes sure that the file is ours. Raises sqlite3.Error."""
    database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False, factory=Database)
    try:
        if sys.version_info >= (3, 12):
            database.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE)
            database.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
            database.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False)
        for setting in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "synchronous=NORMAL"):
            database.execute(f"PRAGMA {setting}")
    except BaseException:
        database.close()
        raise
    return database


def measure_size(path: Path) -> int:
    """Return the size of a database in bytes, including its write-ahead log."""
    size = 0
    for each in (path, path.with_name(f"{path.name}-wal")):
        with contextlib.suppress(FileNotFoundError):
            size += each.stat().st_size
    return size


def create_tables(database: Database) -> None:
    """Create the tables in a new file. Raises IndexDamaged for another format, and sqlite3.Error."""
    ours = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    found = database.execute(_TABLES).fetchall()
    new = not (ours or version or found)
    if not new and (ours, version, found) != (_OURS, FORMAT, _list_tables()):
        raise IndexDamaged("it is no index, or one of another version")
    database.execute("PRAGMA journal_mode=WAL")
    if new:
        # Number 0 is no text: what was not read, and a model that has no name.
        begin = f"BEGIN IMMEDIATE; {_SCHEMA} INSERT INTO texts VALUES (0, '', '');"
        database.executescript(f"{begin} PRAGMA application_id={_OURS}; PRAGMA user_version={FORMAT}; COMMIT;")


def is_damage(error: Exception) -> bool:
    """Whether the error means that the file must be deleted, rather than tried again later."""
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return False
    if isinstance(error, sqlite3.Error):
        # Without a code: text that is no UTF-8.
        code = getattr(error, "sqlite_errorcode", None)
        return code is None or code & 0xFF not in _NO_DAMAGE
    return isinstance(error, IndexDamaged)


@cache
def _list_tables() -> list[Any]:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(_SCHEMA)
        return database.execute(_TABLES).fetchall()
