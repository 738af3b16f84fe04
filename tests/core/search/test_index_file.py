"""What may be asked of the index's file: no more than a file of its size explains."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocr_studio.core.search.index_database import IndexDamaged
from ocr_studio.core.search.index_file import IndexFile

_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
_LONG = 10_000_000  # bytes; the file has a few thousand


@pytest.fixture
def file(tmp_path: Path) -> Iterator[IndexFile]:
    file = IndexFile(tmp_path / "index.db")
    yield file
    file.close()


def test_a_value_longer_than_the_file_may_be_stored_but_is_never_read(file: IndexFile) -> None:
    for _ in range(2):  # whichever came first on this connection
        with file.reading(writing=True) as database:
            assert len(database.execute("SELECT zeroblob(?)", (_LONG,)).fetchone()[0]) == _LONG
        with file.reading() as database, pytest.raises(sqlite3.DataError):
            database.execute("SELECT zeroblob(?)", (_LONG,))


def test_rows_that_hold_more_than_the_file_are_damage(file: IndexFile) -> None:
    with file.reading() as database, pytest.raises(IndexDamaged, match="more than it can hold"):
        list(database.rows(f"{_ENDLESS} zeroblob(100000) FROM n"))


def test_a_statement_without_end_is_stopped_and_the_next_one_runs(file: IndexFile) -> None:
    for _ in range(2):
        with file.reading() as database:
            with pytest.raises(sqlite3.OperationalError, match="interrupted"):
                database.execute(f"{_ENDLESS} max(i) FROM n")
            assert database.execute("SELECT count(*) FROM texts").fetchone() == (1,)


def test_a_closed_file_lends_no_connection_but_those_it_has_lent_go_on(file: IndexFile) -> None:
    with file.reading() as database:
        file.close()
        assert database.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(sqlite3.ProgrammingError, match="closed"), file.reading():
            pass
    with pytest.raises(sqlite3.ProgrammingError):
        database.execute("SELECT 1")
