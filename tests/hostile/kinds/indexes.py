"""The index of a project, as the program made it and a stranger changed it, wherever the program keeps it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.hostile import samples
from tests.hostile.kinds.projects import EXPORTS, PROJECT, project
from tests.hostile.mutations import TEXTS, broken_bytes
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Kind, Trial

_ENDLESS: Final = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT"
_REST: Final = "x'' AS quads, '[]' AS ids, 0 AS crc"
_SQL: Final = (
    # Views in place of tables, with rows for ever.
    f"DROP TABLE texts; CREATE VIEW texts AS {_ENDLESS} n AS id, 'a' AS text, 'a' AS folded FROM r",
    f"DROP TABLE words; CREATE VIEW words AS {_ENDLESS} n AS page, x'' AS entries, x'' AS choices, {_REST} FROM r",
    f"ALTER TABLE pages RENAME TO p; CREATE VIEW pages AS SELECT p.* FROM p, ({_ENDLESS} n FROM r)",
    # Triggers that go on for ever.
    f"CREATE TRIGGER t AFTER INSERT ON texts BEGIN INSERT INTO texts SELECT NULL, n, n FROM ({_ENDLESS} n FROM r); END",
    f"CREATE TRIGGER t BEFORE UPDATE ON pages BEGIN SELECT count(*) FROM ({_ENDLESS} n FROM r); END",
    f"CREATE TRIGGER t BEFORE DELETE ON words BEGIN SELECT count(*) FROM ({_ENDLESS} n FROM r); END",
    # Values of other types, and missing ones.
    "UPDATE pages SET words = 'many', unchecked = x'00ff', least = 'low', mean = x''",
    "UPDATE pages SET tags = '[1, {}]', typed = '[1]', writer = 7, failed = 9, seen = 8",
    'UPDATE pages SET typed = \'{"a": "b", "c": null}\'',
    "UPDATE pages SET tags = '{', typed = 'nan'",
    "UPDATE pages SET tags = (SELECT replace(hex(zeroblob(50000)), '00', '[')), typed = '[[['",
    "UPDATE pages SET image = '', state = 'odd'",
    "UPDATE pages SET image = '\"\\ud800\"', state = 'read'",
    "UPDATE pages SET id = x'0102', seq = -9223372036854775808",
    "UPDATE pages SET seq = 9223372036854775807",
    "UPDATE pages SET number = number + 9223372036854775000",
    "UPDATE words SET entries = x'01', choices = x'0203', quads = x'040506', ids = '[]'",
    "UPDATE words SET ids = '7', quads = zeroblob(32)",
    "UPDATE words SET ids = x'ff', crc = 'x'",
    "UPDATE words SET ids = (SELECT replace(hex(zeroblob(100000)), '00', '['))",
    "UPDATE words SET entries = zeroblob(30000000)",
    "UPDATE words SET entries = 5, choices = 1.5, quads = NULL",
    "UPDATE texts SET text = x'ff00', folded = 7 WHERE id = 1",
    "UPDATE texts SET folded = 'a' || char(10) || 'b' || char(0)",
    "UPDATE texts SET text = text || zeroblob(1000000)",
    "UPDATE texts SET id = id + 1000000",
    "DELETE FROM texts WHERE id = 0",
    "DELETE FROM texts",
    "DELETE FROM words",
    "DELETE FROM pages",
    "DROP TABLE texts",
    "DROP TABLE words; CREATE TABLE words (page)",
    "ALTER TABLE pages DROP COLUMN typed",
    "ALTER TABLE texts ADD COLUMN g AS (hex(zeroblob(100000000)))",
    "CREATE INDEX odd ON texts (hex(zeroblob(500000)))",
    "CREATE VIRTUAL TABLE v USING fts5(a)",
    "CREATE TABLE sqlite_stat9 (a)",
    "PRAGMA application_id = 1; PRAGMA user_version = 2147483647",
    "PRAGMA user_version = 99",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE TABLE texts (a' WHERE name = 'texts'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 1",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 99999999",
    "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'pages_by_seq'",
    "PRAGMA journal_mode = DELETE; PRAGMA page_size = 65536; VACUUM",
    "CREATE TABLE big AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 20000) SELECT n FROM r",
)


def _commands(chance: random.Random) -> Trial:
    search = chance.choice(
        (
            ("search", "hello", "--project", "{in}"),
            ("search", '"hello"', "--project", "{in}", "--format", "json"),
            ("search", "h*", "--project", "{in}"),
        )
    )
    return Trial(
        "",
        [
            search,
            ("read", "{in}", "--keep", "--again"),
            ("search", "PWNED", "--project", "{in}"),
            chance.choice(EXPORTS),
        ],
    )


def _made(place: Sandbox) -> list[Path]:
    """A project with its index, as the program has made it; and a copy where older versions kept it."""
    from ocr_studio.core.project.project import Project
    from ocr_studio.core.search.index import Index

    project(place)
    made = Project.find(place.stranger)
    made.lock(create=True)
    index = Index(made)
    try:
        for _ in index.refresh():
            pass
        index.find("hello")
    finally:
        index.close()
        made.unlock()
    found = [Path(above, name) for above, _, names in os.walk(place.root) for name in names if name.endswith(".sqlite")]
    assert found, "the program has made no index"
    beside = place.stranger / PROJECT / "index.sqlite"
    if beside not in found:
        shutil.copyfile(found[0], beside)
        found.append(beside)
    return found


def _each(place: Sandbox, change: Callable[[Path], object], what: str, chance: random.Random) -> Trial:
    for path in _made(place):
        change(path)
    trial = _commands(chance)
    return Trial(what, trial.commands)


@contextlib.contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        # What never ends shall do so in the program, not here: as many steps as take a moment.
        steps = iter(range(500))
        database.set_progress_handler(lambda: int(next(steps, None) is None), 10_000)
        yield database


def statements(place: Sandbox, chance: random.Random) -> Trial:
    """Changed by SQL: the file itself is as it should be."""
    wanted = chance.sample(_SQL, chance.choice((1, 1, 1, 2)))

    def change(path: Path) -> None:
        with _database(path) as database:
            for sql in wanted:
                with contextlib.suppress(sqlite3.Error):  # two of them may not go together
                    database.executescript(sql)

    return _each(place, change, f"an index after: {'; '.join(wanted):.100}", chance)


def random_values(place: Sandbox, chance: random.Random) -> Trial:
    """A value of another kind somewhere."""
    columns = {
        "texts": ("id", "text", "folded"),
        "pages": (
            "number",
            "id",
            "seq",
            "image",
            "state",
            "words",
            "unchecked",
            "least",
            "mean",
            "writer",
            "tags",
            "failed",
            "seen",
            "typed",
        ),
        "words": ("page", "entries", "choices", "quads", "ids", "crc"),
    }
    table = chance.choice(tuple(columns))
    column = chance.choice(columns[table])
    value = chance.choice(
        (
            None,
            -1,
            2**62,
            1e308,
            float("inf"),
            "",
            "[]",
            "{}",
            "[[",
            b"",
            b"\0" * 7,
            "\x00",
            *(text.encode("utf-8", "replace") for text in TEXTS[:8]),
        )
    )

    def change(path: Path) -> None:
        with _database(path) as database, contextlib.suppress(sqlite3.Error):
            if isinstance(value, bytes):
                database.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT)", (value,))
            else:
                database.execute(f"UPDATE {table} SET {column} = ?", (value,))

    return _each(place, change, f"an index with {table}.{column} = {value!a:.40}", chance)


def mutated(place: Sandbox, chance: random.Random) -> Trial:
    state = chance.getstate()

    def change(path: Path) -> None:
        chance.setstate(state)
        path.write_bytes(broken_bytes(path.read_bytes(), chance))

    return _each(place, change, "an index with broken bytes", chance)


def mutated_page(place: Sandbox, chance: random.Random) -> Trial:
    """Broken where SQLite keeps its own numbers: the first bytes of each page."""
    state = chance.getstate()

    def change(path: Path) -> None:
        chance.setstate(state)
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 3, 8))):
            start = 4096 * chance.randrange(max(1, len(data) // 4096))
            at = start + chance.randrange(100)
            data[at : at + 2] = chance.randbytes(2)
        path.write_bytes(bytes(data))

    return _each(place, change, "an index whose pages have broken heads", chance)


def no_index(place: Sandbox, chance: random.Random) -> Trial:
    """Something else has the name of the index."""
    way = chance.choice(("pipe", "folder", "sparse", "text", "empty", "link to itself", "link"))
    target = chance.choice(
        (place.home / "private" / "letter.txt", place.home / "new.sqlite", place.home / "private" / "page.json")
    )

    def change(path: Path) -> None:
        path.unlink()
        if way == "pipe":
            os.mkfifo(path)
        elif way == "folder":
            path.mkdir()
            (path / "inside").write_bytes(b"x")
        elif way == "sparse":
            path.write_bytes(b"SQLite format 3\0")
            os.truncate(path, 2**33)
        elif way.startswith("link"):
            path.symlink_to(path.name if way == "link to itself" else target)
        else:
            path.write_bytes(b"" if way == "empty" else b"hello\n" * 100)

    return _each(place, change, f"a {way} called like the index", chance)


def beside_it(place: Sandbox, chance: random.Random) -> Trial:
    """Rubbish, or a link, where SQLite keeps what is not in the index yet."""
    ending = chance.choice(("-wal", "-shm", "-journal"))
    way = chance.choice(("rubbish", "folder", "pipe", "link", "copy"))
    rubbish = chance.randbytes(5000)

    def change(path: Path) -> None:
        near = path.with_name(path.name + ending)
        near.unlink(missing_ok=True)
        if way == "folder":
            near.mkdir()
        elif way == "pipe":
            os.mkfifo(near)
        elif way == "link":
            near.symlink_to(place.home / ".bashrc")
        else:
            near.write_bytes(rubbish if way == "rubbish" else path.read_bytes())

    return _each(place, change, f"a {way} called like the index’s {ending}", chance)


def another(place: Sandbox, chance: random.Random) -> Trial:
    """The index of another project, or another program's file."""

    def change(path: Path) -> None:
        path.unlink()
        with _database(path) as database:
            database.executescript("CREATE TABLE pages (a); CREATE TABLE texts (b); CREATE TABLE words (c);")
            database.execute(f"PRAGMA application_id = {0x4F435249}")
            database.execute(f"PRAGMA user_version = {chance.choice((1, 2, 3))}")

    trial = _each(place, change, "an index with other columns", chance)
    place.put("board9.png", samples.photo("PNG", 100))
    return trial


KIND: Final = Kind(
    "indexes",
    [
        Attack(statements),
        Attack(random_values),
        Attack(statements),
        Attack(mutated),
        Attack(mutated_page),
        Attack(statements),
        Attack(no_index),
        Attack(beside_it),
        Attack(statements),
        Attack(another),
        Attack(random_values),
    ],
    share=1.4,
    quick=2,
)
