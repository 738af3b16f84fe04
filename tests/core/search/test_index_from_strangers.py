"""An index file that is damaged, or that somebody else has made, harms nobody: it is thrown away and made again."""

from __future__ import annotations

import json
import logging
import os
import random
import sqlite3
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.page import PageFacts, Transcription
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import index_database, index_location
from ocr_studio.core.search.index import Index
from tests.core.made_pages import page_of, read_word

OTHER = "f" * 32
FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
DEEP = "[" * 100_000


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of photos with a project of two pages."""
    folder = tmp_path_factory.mktemp("photos")
    project = Project.open(folder)
    typed = replace(read_word("map", 100), human=Transcription.by_human("map"))
    page = page_of(typed, read_word("modern", 300), read_word("load", 100, 200), read_word("balancer", 210, 200))
    project.save_page(replace(page, facts=PageFacts(tags=("maths",))))
    project.save_page(replace(page_of(read_word("map", 100), image="b.jpg"), id=OTHER))
    project.unlock()
    return folder


@pytest.fixture(scope="module")
def sound(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The index of that project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCR_STUDIO_HOME", str(tmp_path_factory.mktemp("home")))
        project = Project.open(photos)
        project.lock()
        index = Index(project)
        list(index.refresh())
        index.close()
        project.unlock()
        return index_location.find_index_path(project.folder).read_bytes()


@pytest.fixture(scope="module")
def wanted(photos: Path) -> list[object]:
    """What is answered without an index: not locked, it is made among the temporary files."""
    return answers(Project.open(photos))


@pytest.fixture
def project(photos: Path) -> Iterator[Project]:
    project = Project.open(photos)
    project.lock()
    yield project
    project.unlock()


def put(project: Project, data: bytes) -> Path:
    """Put an index file where that of this project is kept."""
    path = index_location.find_index_path(project.folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def answers(project: Project) -> list[object]:
    """What all questions are answered, and last how often the index was thrown away."""
    index = Index(project)
    try:
        list(index.refresh())
        hits = [(hit.page_id, hit.text, hit.words[0].quad) for hit in index.find("map")]
        return [
            hits,
            [hit.text for hit in index.find('"load balancer"')],
            sorted((row.page_id, row.image, row.words, row.tags, dict(row.typed)) for row in index.pages()),
            sorted((word.word_id, word.text, word.confidence) for word in index.words()),
            dict(index.written()),
            index.pages_with("alanc"),
            index.pages_with('"load balancer"'),
            index.read_alike("modem", "modern", 9),
            {key: dict(summary.typed) for key, summary in project.summaries().items()},
            index._thrown_away,
        ]
    finally:
        index.close()


def check(project: Project, data: bytes, wanted: list[object], *, thrown_away: int = 1) -> None:
    """With this index all is found just as without one, and nothing in the project is changed."""
    pages = {path.name: path.read_bytes() for path in (project.folder / "pages").iterdir()}
    path = put(project, data)
    assert answers(project) == [*wanted[:-1], thrown_away]
    assert {path.name: path.read_bytes() for path in (project.folder / "pages").iterdir()} == pages
    index_location.delete_index(path)


def changed(data: bytes, statements: str, *, unchecked: bool = False) -> bytes:
    """An index after these statements. unchecked: without the tables' conditions, which then look as before."""
    if not unchecked:
        return run(data, statements)
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(in_memory(data))
        tables = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    master = "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = "
    data = run(run(data, master + "replace(sql, ' NOT NULL', '')"), statements)
    return run(data, ";".join(f"{master} '{sql}' WHERE name = '{name}'" for name, sql in tables))


def run(data: bytes, statements: str) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.deserialize(in_memory(data))
        database.create_function("crc", 3, crc)
        database.executescript(f"BEGIN; {statements}; COMMIT")
        return database.serialize()


def in_memory(data: bytes) -> bytes:
    """Write-ahead mode needs files."""
    return data[:18] + bytes([1, 1]) + data[20:]


def crc(number: int, *parts: bytes | str) -> int:
    for part in parts:
        number = zlib.crc32(part.encode() if isinstance(part, str) else part, number)
    return number


def test_the_one_that_the_program_made_is_used(project: Project, wanted: list[object], sound: bytes) -> None:
    check(project, sound, wanted, thrown_away=0)


FOREIGN = {
    "a view that never ends": f"DROP TABLE texts; CREATE VIEW texts AS {FOREVER} SELECT i AS id, i AS text FROM n",
    "a view besides": f"CREATE VIEW more AS {FOREVER} SELECT i FROM n",
    "a trigger that never ends": "CREATE TRIGGER never AFTER INSERT ON texts BEGIN"
    f" INSERT INTO texts (id, text, folded) {FOREVER} SELECT i + 1000, i, i FROM n; END",
    "a trigger that empties": "CREATE TRIGGER empty AFTER UPDATE ON pages BEGIN DELETE FROM words; END",
    "another table": "CREATE TABLE more (id)",
    "another index": "CREATE INDEX more ON texts (folded)",
    "an index on an expression": "CREATE INDEX more ON texts (length(hex(zeroblob(10000000))))",
    "a generated column": "ALTER TABLE texts ADD COLUMN more AS (hex(zeroblob(100000000)))",
    "statistics": "ANALYZE",
    "no tables": "DROP TABLE words",
    "a thousand tables": ";".join(f"CREATE TABLE more{number} (id)" for number in range(1000)),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_other_tables_than_ours_are_not_used(project: Project, wanted: list[object], sound: bytes, what: str) -> None:
    check(project, changed(sound, FOREIGN[what]), wanted)


# Each in place of what is in a column of the first page; with checksums that are right.
IMPOSSIBLE = {
    "image": [
        "NULL", "x'00'", "1", "'\"/etc/passwd\"'", "'\"../a\"'", "'\"a\\u0000\"'", "'\"\\ud800\"'",
        "'[\"\\\\\"]'", "'\"\\'",
    ],
    "state": ["1", "'deleted'", "x''"],
    "words": ["NULL", "'x'", "-1", "1e300", "9223372036854775807", "5"],
    "unchecked": ["NULL", "x'00'", "-5", "4294967296"],
    "least": ["'x'", "x'00'", "9e999", "-9e999"],
    "mean": ["'x'", "9e999"],
    "writer": ["x'00'", "CAST(x'ff' AS TEXT)"],
    "tags": ["NULL", "'{}'", "'[1]'", "'[[]]'", "'['", f"'{DEEP}'", "1", "'[1e999]'"],
    "failed": ["NULL", "x'00'"],
    "seen": ["NULL", "'x'", "'1:2'", "7", "'1:2:" + 5000 * "3" + "'"],
    "typed": [
        "NULL", "'[]'",
        "'{\"a\": \"b\"}'", "'{\"a\": 1e99}'", "'{\"a\": " + 5000 * "9" + "}'", f"'{DEEP}'", "'{\"a\": -1}'",
    ],
    "id": ["NULL", "''", "x'00'", "CAST(x'ff' AS TEXT)", "CAST(x'eda080' AS TEXT)"],
    "seq": ["NULL", "'x'", "9223372036854775807", "1.5"],
    "number": ["0", "-1", "9223372036854775807", "4294967297"],
}  # fmt: skip


@pytest.mark.parametrize("column", IMPOSSIBLE)
def test_impossible_values_of_pages(project: Project, wanted: list[object], sound: bytes, column: str) -> None:
    first = "(SELECT min(number) FROM pages)"
    for value in IMPOSSIBLE[column]:
        statement = f"UPDATE pages SET {column} = {value} WHERE number = {first}"
        check(project, changed(sound, statement, unchecked=True), wanted)


OF_WORDS = {
    "odd lengths": ["entries = entries || x'00'", "choices = x'000102'", "quads = quads || x'00'"],
    "other types": [
        "entries = 'x'", "entries = 7", "choices = NULL", "quads = 1.5", "ids = NULL", "ids = x'00'", "ids = 1",
    ],
    "none": ["entries = x''", "quads = x''", "ids = '[]'"],
    "wrong numbers": [
        f"entries = x'{struct.pack('<iiifB', *entry).hex() * 4}', choices = x''"
        for entry in (
            (99, 0, 0, 0.5, 0), (-1, 0, 0, 0.5, 0), (0, 2**31 - 1, 0, 0.5, 0), (0, 0, -(2**31), 0.5, 0),
            (1, 1, 0, float("inf"), 0), (1, 1, 0, -5.0, 0), (1, 1, 0, 1e38, 0), (1, 1, 0, 0.5, 255),
        )
    ] + [
        f"choices = x'{struct.pack('<iIBB', *choice).hex()}'"
        for choice in ((99, 0, 9, 1), (-1, 0, 9, 1), (1, 2**32 - 1, 9, 1))
    ],
    "no places": [
        f"quads = x'{struct.pack('<8f', *(8 * [value])).hex() * 4}'" for value in (float("nan"), float("inf"), 3e38)
    ],
    "no ids": [
        f"ids = '{DEEP}'", "ids = '{\"a\": 1}'", "ids = '[1, 2, 3, 4]'", "ids = '[[], {}, null, true]'",
        "ids = '[" + ", ".join(["[]"] * 100_000) + "]'", "ids = '" + 5000 * "9" + "'",
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", OF_WORDS)
def test_impossible_values_of_words(project: Project, wanted: list[object], sound: bytes, what: str) -> None:
    sums = "UPDATE words SET crc = crc(page, entries, choices) WHERE typeof(entries) || typeof(choices) = 'blobblob';"
    sums += "UPDATE words SET places_crc = crc(page, quads, ids) WHERE typeof(quads) || typeof(ids) = 'blobtext'"
    page = "(SELECT number FROM pages ORDER BY words DESC LIMIT 1)"
    for value in OF_WORDS[what]:
        statements = f"UPDATE words SET {value} WHERE page = {page}; {sums}"
        check(project, changed(sound, statements, unchecked=True), wanted)


@pytest.mark.parametrize(
    "statements",
    [
        "DELETE FROM words",
        "DELETE FROM words WHERE page = 1",
        "DELETE FROM texts",
        "DELETE FROM texts WHERE id = 0",
        "DELETE FROM texts WHERE id = 2",
        "UPDATE texts SET id = 9223372036854775807 WHERE id = 3",
        "UPDATE texts SET id = -5 WHERE id = 0",
        "UPDATE texts SET folded = folded || char(10) || 'x' WHERE id = 1",
        "UPDATE texts SET folded = NULL WHERE id = 1",
        "UPDATE texts SET text = x'ff' || CAST(id AS BLOB) WHERE id > 0",
        "UPDATE texts SET text = CAST(x'ff' || id AS TEXT), folded = CAST(x'ff' AS TEXT) WHERE id > 0",
        "UPDATE words SET crc = crc + 1",
        "UPDATE words SET places_crc = places_crc + 1",
        "UPDATE words SET places_crc = 'x'",
        "UPDATE pages SET seq = 1",
        "UPDATE pages SET seq = NULL",
    ],
)
def test_missing_and_broken_lines(project: Project, wanted: list[object], sound: bytes, statements: str) -> None:
    check(project, changed(sound, statements, unchecked=True), wanted)


@pytest.mark.parametrize("table", ["sqlite_master", "pages", "texts", "pages_by_seq"])
def test_pages_of_the_file_that_lead_in_circles(
    project: Project, wanted: list[object], sound: bytes, table: str
) -> None:
    # All photos gone, so that a search for one that is not looks through all there are.
    data = bytearray(changed(sound, "UPDATE pages SET state = ''"))
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(bytes(data))
        roots = dict(database.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
    (size,), root = struct.unpack(">H", data[16:18]), roots.get(table, 1)
    first, count = (root - 1) * size, len(data) // size
    leaf, head = data[first : first + size], 100 if root == 1 else 0
    end = 8 + 2 * struct.unpack(">H", leaf[head + 3 : head + 5])[0]
    leaf[:end] = leaf[head : head + end]  # its entries stay where they are
    data[first + head : first + size] = ways(size, count + 1, head=head, index=table == "pages_by_seq")[head:]
    for level in range(1, 12):
        data += ways(size, count + level + 1, index=table == "pages_by_seq")
    data += leaf
    data[28:32] = struct.pack(">I", len(data) // size)
    check(project, bytes(data), wanted)


def ways(size: int, child: int, *, head: int = 0, index: bool) -> bytes:
    """A page of an SQLite file from which 101 ways lead to another one. head: bytes before what it says of itself."""
    page, count = bytearray(size), 100
    cell = struct.pack(">I", child) + (b"\x03\x02\x01\x01" if index else b"\x01")
    places = [size - (number + 1) * len(cell) for number in range(count)]
    says = struct.pack(">BHHHBI", 2 if index else 5, 0, count, places[-1], 0, child)
    page[head : head + 12 + 2 * count] = says + struct.pack(f">{count}H", *places)
    page[places[-1] :] = cell * count
    return bytes(page)


def test_a_message_that_is_no_text(project: Project, wanted: list[object], sound: bytes) -> None:
    # SQLite names what it could not make sense of.
    check(project, sound.replace(b"CREATE TABLE words", b"CREATE \xb3\xb3BLE words"), wanted)
    check(
        project,
        sound.replace(b"wordswords", b"w\xb3rdsw\xb3rds").replace(b"CREATE TABLE words", b"CREATE TABLA words"),
        wanted,
    )


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bits_and_cut_off_files(project: Project, sound: bytes, seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(sound)
    for _ in range(10 ** (seed % 4)):
        data[rng.randrange(100, len(data))] = rng.randrange(256)
    path = put(project, bytes(data[: rng.randrange(len(data))] if seed % 3 == 0 else data))
    answers(project)  # a letter may be another one, which nobody can tell; but there is an answer
    index_location.delete_index(path)


def test_the_right_mark_and_nothing_else(project: Project, wanted: list[object]) -> None:
    header = bytearray(b"SQLite format 3\0" + bytes(84) + random.Random(1).randbytes(8000))
    header[16:18], header[18:24] = struct.pack(">H", 4096), bytes([2, 2, 0, 64, 32, 32])
    header[68:72] = struct.pack(">I", index_database._OURS)
    check(project, bytes(header), wanted)


def test_one_in_the_projects_folder_is_not_even_opened(project: Project, sound: bytes) -> None:
    wanted = answers(project)
    for data in (changed(sound, FOREIGN["a view that never ends"]), sound, b"x"):
        path = project.folder / "index.sqlite"
        path.write_bytes(data)
        os.utime(path, (1, 1))
        path.chmod(0)
        before = path.stat()
        assert answers(project) == answers(Project.open(project.photos)) == wanted
        assert path.stat() == before
        assert sorted(each.name for each in project.folder.iterdir()) == [
            "index.sqlite",
            "lock",
            "pages",
            "project.json",
        ]
        path.unlink()


def test_nothing_is_written_through_links(project: Project, sound: bytes, tmp_path: Path) -> None:
    wanted = answers(project)
    path, mine = index_location.find_index_path(project.folder), tmp_path / "diary.txt"
    for ending in ("", "-wal", "-shm", "-journal"):
        for link in (Path.symlink_to, Path.hardlink_to):
            index_location.delete_index(path)
            if ending:
                put(project, sound)
            mine.write_bytes(b"dear diary")
            link(path.with_name(path.name + ending), mine)
            before = mine.stat()
            assert answers(project) == wanted
            assert mine.read_bytes() == b"dear diary"
            assert (mine.stat().st_ino, mine.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
            mine.unlink()


def test_a_journal_deletes_no_other_file(project: Project, sound: bytes, tmp_path: Path) -> None:
    # SQLite removes the journal that a journal names as the one above it, once it has played it back.
    mine = tmp_path / "thesis.odt"
    mine.write_bytes(b"\0")
    path = put(project, changed(sound, ""))
    name = os.fsencode(mine)
    above = (
        struct.pack(">I", 1 << 20) + name + struct.pack(">II", len(name), sum(name)) + bytes.fromhex("d9d505f920a163d7")
    )
    head = bytes.fromhex("d9d505f920a163d7") + struct.pack(">IIIII", 0, 1, len(sound) // 4096, 512, 4096)
    path.with_name(f"{path.name}-journal").write_bytes(head.ljust(512, b"\0") + above)
    answers(project)
    assert mine.exists()


def test_pipes_and_folders_in_its_place(project: Project) -> None:
    wanted = answers(project)
    path = index_location.find_index_path(project.folder)
    for ending in ("", "-wal", "-shm", "-journal"):
        index_location.delete_index(path)
        os.mkfifo(path.with_name(path.name + ending))
        assert answers(project) == wanted
    index_location.delete_index(path)
    path.mkdir()
    (path / "something").touch()
    assert answers(project) == wanted  # kept among the temporary files
    (path / "something").unlink()
    path.rmdir()


@pytest.mark.parametrize("what", ["link", "file", "closed"])
def test_where_the_cache_cannot_be_used_it_is_kept_for_this_time(
    project: Project, studio_home: Path, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = studio_home / "cache" / "index"
    place.parent.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if what == "link":
        place.symlink_to(elsewhere)
    elif what == "file":
        place.touch()
    else:
        monkeypatch.setattr(os, "access", lambda *_: False)
    assert len(answers(project)) == len(answers(project))
    assert list(elsewhere.iterdir()) == []
    assert not list(studio_home.rglob("*.sqlite*"))


def test_those_that_nobody_opens_for_long_are_removed(
    project: Project, sound: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = put(project, sound)
    old, fresh, strange = (path.with_name(f"{letter * 24}.sqlite") for letter in "abx")
    for each in (old, fresh, strange, path):
        each.write_bytes(sound)
        os.utime(each, (0, 0))
    old.with_name(f"{old.name}-wal").touch()
    os.utime(fresh)
    with caplog.at_level(logging.INFO):
        answers(project)
    assert {each.name for each in path.parent.iterdir()} == {path.name, fresh.name, strange.name}
    assert old.name in caplog.text
    assert time.time() - path.stat().st_mtime < 3600


def test_ids_of_other_programs(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    odd = ["a,b[c{d", '"', "\\", "é\n", "[[[["]
    project.save_page(page_of(*(read_word(f"map{number}", 100, key=key) for number, key in enumerate(odd))))
    index = Index(project)
    list(index.refresh())
    assert {word.word_id for word in index.words()} == set(odd)
    assert index.find('"map3"')[0].words[0].word_id == "é\n"
    index.close()
    project.unlock()


def test_a_page_that_cannot_be_read_in_a_folder_with_an_odd_name(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    project = Project.open(folder)
    project.save_page(page_of(read_word("map", 100)))
    (project.folder / "pages" / f"{OTHER}.json").symlink_to("circle.json")
    (project.folder / "pages" / "circle.json").symlink_to(f"{OTHER}.json")
    os.utime(project.page_path(OTHER).with_name("circle.json"), (-5, -5), follow_symlinks=False)
    index = Index(project)
    list(index.refresh())
    assert [hit.text for hit in index.find("map")] == ["map"]
    assert {row.page_id for row in index.pages() if row.failed} == {OTHER, "circle"}
    index.close()
    again = Index(project)
    assert len(again.pages()) == 3
    assert json.dumps([row.failed for row in again.pages()])
    again.close()
    project.unlock()
