"""Parts that earlier runs have written: known without opening them, and read again where they are damaged."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest
from pyarrow import parquet

from ocr_studio.core.archive import listing, part_index, rows, shards
from ocr_studio.core.archive.folder import INDEX, ArchiveError, ArchiveFolder
from ocr_studio.core.archive.page_addresses import make_page_address
from ocr_studio.core.archive.part_index import CountedPhotos, PartIndex
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import StudioError, WriteFailed
from ocr_studio.jobs.archive.read_archive import ArchiveDone, PartDamaged, PartWritten, read_archive
from tests.jobs.archive import stub_readers
from tests.jobs.archive.stub_readers import StubReader
from tests.jobs.archive.test_read_archive import Archive

DAMAGED = "the file is damaged or incomplete"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a photo that could not be read."""
    made = Archive(tmp_path, count=16)
    made.add("005-broken.jpg")
    made.read()
    made.noted()
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the parts that are opened."""
    found: list[str] = []
    for method in ("read_columns", "read_part"):
        real = getattr(ArchiveFolder, method)

        def note(folder: ArchiveFolder, name: str, *more: Any, real: Any = real) -> Any:
            found.append(name)
            return real(folder, name, *more)

        monkeypatch.setattr(ArchiveFolder, method, note)
    return found


def part_of(archive: Archive, name: str) -> Path:
    """The part that has a photo."""
    folder = ArchiveFolder(str(archive.out))
    (found,) = [
        part
        for part in folder.parts()
        if str(archive.photos / name) in folder.read_columns(part, ["path"]).column("path").to_pylist()
    ]
    return archive.out / found


def read(archive: Archive, **more: Any) -> tuple[list[PartDamaged], ArchiveDone]:
    *events, done = read_archive(archive.order(**more), archive.engine())
    assert isinstance(done, ArchiveDone)
    return [event for event in events if isinstance(event, PartDamaged)], done


def test_what_is_known_of_parts_is_not_read_from_them(archive: Archive, opened: list[str]) -> None:
    failed = {DAMAGED: CountedPhotos(1, [str(archive.photos / "005-broken.jpg")])}
    assert archive.read().errors_before == failed
    assert opened == []
    done = archive.read(retry=True)
    assert (done.read, done.errors) == (1, failed)
    assert len(opened) == 1
    (archive.photos / "005-broken.jpg").write_text("mended", "utf-8")
    (archive.photos / "005-broken.jpg").rename(archive.photos / "005.jpg")
    assert archive.read().errors_before == {}


def test_parts_in_an_object_store_are_not_read_either(archive: Archive, opened: list[str]) -> None:
    out = ArchiveFolder("memory://kept/out")
    archive.read(out=out)
    assert [photos.count for photos in archive.read(out=out).errors_before.values()] == [1]
    assert opened == []


@pytest.mark.parametrize("content", [None, b"no JSON", b"[]", b'{"format": "ocr-studio-archive-index", "version": 2}'])
def test_an_index_that_is_missing_or_cannot_be_used_is_made_again(
    archive: Archive, opened: list[str], content: bytes | None
) -> None:
    """As in archives of earlier versions, which have none."""
    (archive.out / INDEX).unlink()
    if content is not None:
        (archive.out / INDEX).write_bytes(content)
    for expected in (len(archive.parts()), 0):
        assert [photos.count for photos in archive.read().errors_before.values()] == [1]
        assert len(opened) == expected
        opened.clear()


def test_what_the_index_says_of_a_part_that_has_changed_does_not_count(archive: Archive) -> None:
    """As another computer, an earlier version or a run that was killed has written the part."""
    part = part_of(archive, "005-broken.jpg")
    part.write_bytes(part.read_bytes())
    entry = (archive.out / INDEX).read_text("utf-8")
    (archive.out / INDEX).write_text(entry.replace(DAMAGED, "an old reason"), "utf-8")
    assert list(archive.read().errors_before) == [DAMAGED]


def test_the_index_is_written_while_parts_come_in_and_when_a_run_is_stopped(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    out = ArchiveFolder(str(archive.out.with_name("other")))
    monkeypatch.setattr(part_index, "_LEAST_CHANGED", 2)
    events = read_archive(archive.order(out=out), archive.engine())
    written = (event for event in events if isinstance(event, PartWritten))
    next(written)
    assert not (archive.out.with_name("other") / INDEX).exists()
    names = {next(written).name, next(written).name}
    known = PartIndex(out, out.list_parts())
    assert sum(known.get(name) is not None for name in out.parts()) >= 2
    events.close()  # type: ignore[attr-defined]
    known = PartIndex(out, out.list_parts())
    assert all(known.get(name) for name in {*names, *out.parts()})
    archive.read(out=out)
    assert opened == []


def test_an_index_that_cannot_be_written_stops_no_run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise WriteFailed("the disk is full")

    before = archive.rows()
    monkeypatch.setattr(ArchiveFolder, "write_index", full)
    (archive.out / INDEX).unlink()
    assert archive.read().photos == 17
    assert archive.rows() == before


def test_of_a_file_with_several_pages_one_failure_counts_in_all_runs(archive: Archive) -> None:
    found = [[ArchiveRow("a #1.pdf", error="x"), ArchiveRow("a #2.pdf", error="y")], [ArchiveRow("b.jpg")]]
    folder = ArchiveFolder(str(archive.out))
    folder.write_part("part-a-b-c.parquet", rows.encode_part(found, ["1", "2"]))
    read_again = rows.read_errors(folder.read_columns("part-a-b-c.parquet", ["path", "error"]))
    assert part_index.count_failed(read_again) == {"x": CountedPhotos(1, ["a #1.pdf"])}


# --------------------------------------------------------------------------------------------------- damaged parts


def cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def spoil_column(data: bytes) -> bytes:
    """Change the first bytes of the column with the paths."""
    start = parquet.ParquetFile(pa.BufferReader(data)).metadata.row_group(0).column(0).dictionary_page_offset
    return data[:start] + b"\xff" * 20 + data[start + 20 :]


def without_column(_: bytes) -> bytes:
    parquet.write_table(pa.table({"path": ["a"]}), stream := pa.BufferOutputStream())
    return bytes(stream.getvalue())


def other_column(_: bytes) -> bytes:
    parquet.write_table(pa.table({"path": [1], "error": [2]}), stream := pa.BufferOutputStream())
    return bytes(stream.getvalue())


@pytest.mark.parametrize("damage", [cut_short, lambda _: b"", spoil_column, without_column, other_column])
def test_the_photos_of_a_damaged_part_are_read_again(archive: Archive, damage: Callable[[bytes], bytes]) -> None:
    before = archive.rows()
    part = part_of(archive, "010.jpg")
    count = len(rows.decode_part(part.read_bytes()))
    part.write_bytes(damage(part.read_bytes()))
    damaged, done = read(archive)
    assert [event.error.file for event in damaged] == [str(part)]
    assert (done.read, done.left_over) == (count, 0)
    assert archive.rows() == before
    assert read(archive)[0] == []


def test_a_part_that_has_changed_is_read_wholly(archive: Archive) -> None:
    """What was read on its photos is damaged, which neither their paths nor their errors show."""
    before = archive.rows()
    part = part_of(archive, "010.jpg")
    data = part.read_bytes()
    group = parquet.ParquetFile(pa.BufferReader(data)).metadata.row_group(0)
    (words,) = (each for each in map(group.column, range(group.num_columns)) if "quad" in each.path_in_schema)
    start = words.dictionary_page_offset or words.data_page_offset
    part.write_bytes(data[:start] + b"\xff" * 20 + data[start + 20 :])
    damaged, done = read(archive)
    assert [event.error.file for event in damaged] == [str(part)]
    assert (done.read, archive.rows()) == (len(rows.decode_part(data)), before)


@pytest.mark.parametrize("changed", [False, True])
def test_a_damaged_part_is_found_when_it_is_needed(archive: Archive, changed: bool) -> None:
    """The disk has damaged it, so it has its size and time still, and some of its photos are to be read again."""
    part = part_of(archive, "005-broken.jpg")
    status, data = part.stat(), part.read_bytes()
    part.write_bytes(data[:100] + bytes(len(data) - 200) + data[-100:])
    os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert read(archive)[0] == []
    if changed:
        (archive.photos / "005-broken.jpg").write_text("other", "utf-8")
    damaged, done = read(archive, retry=not changed)
    assert [event.error.file for event in damaged] == [str(part)]
    assert done.read == len(rows.decode_part(data))
    assert len(archive.rows()) == 17


def test_a_part_that_may_not_be_read_stops_the_run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """It isn't damaged, and all others may be like it: reading millions of photos again would help nobody."""
    (archive.out / INDEX).unlink()

    def refuse(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("ocr_studio.core.files.safe_folder.SafeFolder.reading", refuse)
    monkeypatch.setattr(ArchiveFolder, "settings", lambda _: None)
    with pytest.raises(ArchiveError, match=r"part-.*: Permission denied"):
        read(archive)


def test_an_object_store_that_fails_while_a_part_is_read_damages_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = ArchiveFolder("memory://failing/out")
    archive.read(out=out)
    store = fsspec.filesystem("memory")
    store.rm(f"/failing/out/{INDEX}")
    real, failures = type(store).open, [0]

    class BadDriver(Exception):
        pass

    def fail(self: Any, path: str, *more: Any, **options: Any) -> Any:
        if "part-" in path and failures[0]:
            failures[0] -= 1
            raise BadDriver("connection lost")
        return real(self, path, *more, **options)

    monkeypatch.setattr(type(store), "open", fail)
    monkeypatch.setattr("ocr_studio.core.archive.storage._PAUSE", 0.0)
    failures[0] = 99
    with pytest.raises(StudioError, match="connection lost"):
        read(archive, out=out)
    failures[0] = 0
    assert read(archive, out=out)[1].read == 0


# -------------------------------------------------------------------------------------------------- missing photos


@pytest.mark.parametrize("retry", [False, True])
def test_what_was_read_on_photos_that_are_away_is_kept(archive: Archive, tmp_path: Path, *, retry: bool) -> None:
    """The photos of a list are on a disk or in a store that isn't connected: their rows must not become errors."""
    names = [str(archive.photos / f"{number:03}.jpg") for number in range(16)]
    (tmp_path / "list.txt").write_text("\n".join([*names, str(archive.photos / "005-broken.jpg")]), "utf-8")
    order: dict[str, Any] = {"source": str(tmp_path / "list.txt"), "out": ArchiveFolder(str(tmp_path / "listed"))}
    archive.out = tmp_path / "listed"
    archive.read(**order)
    before = archive.rows()
    archive.photos.rename(tmp_path / "away")
    done = archive.read(**order, retry=retry)
    assert (done.missing.count, done.missing.named) == (16, names[:3])
    assert [row for row in archive.rows() if not row.error] == [row for row in before if not row.error]
    assert [row.error for row in archive.rows() if row.error] == ["the file does not exist"]
    (tmp_path / "away").rename(archive.photos)
    archive.noted()
    done = archive.read(**order)
    assert (archive.noted(), done.missing.count) == (["005-broken.jpg"], 0)
    assert archive.rows() == before


@pytest.mark.parametrize("retry", [False, True])
def test_a_photo_that_was_never_read_is_not_kept(archive: Archive, *, retry: bool) -> None:
    never, away = archive.photos / "never.jpg", archive.photos / "000.jpg"
    listed = f"{never}\n{away}".encode()
    for kept in ([], [], [str(away)], [str(away)]):
        if kept:
            away.unlink(missing_ok=True)
        done = archive.read(source="-", piped=io.BytesIO(listed), retry=retry)
        assert done.missing.named == kept
        assert {**done.errors, **done.errors_before} == {"the file does not exist": CountedPhotos(1, [str(never)])}


def test_the_pages_of_a_file_that_is_away_are_kept(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_pages(_: StubReader, address: str, data: bytes) -> list[ArchiveRow]:
        made = stub_readers.make_row(address, data)
        return [replace(made, path=make_page_address(address, index)) for index in (0, 1)]

    archive.add("scan.pdf")
    monkeypatch.setattr(StubReader, "read", read_pages)
    listed = (str(archive.photos / "scan.pdf")).encode()
    archive.read(source="-", piped=io.BytesIO(listed))
    before = archive.rows()
    (archive.photos / "scan.pdf").unlink()
    assert archive.read(source="-", piped=io.BytesIO(listed)).missing.count == 1
    assert archive.rows() == before


# ------------------------------------------------------------------------------------------------- parts left over


def test_parts_that_are_left_over_are_compared_once(archive: Archive, opened: list[str]) -> None:
    for number in range(16):
        (archive.photos / f"{number:03}.jpg").unlink()
    archive.add("100.jpg")
    assert archive.read().left_over > 0
    opened.clear()
    left_over = archive.read().left_over
    assert left_over > 0
    assert opened == []
    archive.add("101.jpg")
    archive.read()
    assert len(opened) <= left_over + 2  # those, and what the new photo has changed


def test_only_parts_with_photos_that_no_other_has_are_left_over(tmp_path: Path) -> None:
    """Through any changes of the source, and runs that are killed."""
    # Addresses, and so the cuts between shards, are always the same there.
    store, url, numbers = fsspec.filesystem("memory"), "memory://left/over", random.Random(12)
    archive, source = Archive(tmp_path, count=0), shards.digest_source(listing.name_source(url))
    folder, before = ArchiveFolder(str(archive.out)), set[str]()
    went = 0
    for turn in range(40):
        for name in numbers.sample([f"/left/over/{number:02}.jpg" for number in range(24)], numbers.choice((0, 1, 5))):
            if store.exists(name):
                store.rm(name)
            else:
                store.pipe(name, b"text")
        store.pipe("/left/over/99.jpg", b"text")
        if turn % 4 == 3:
            events = read_archive(archive.order(source=url), archive.engine())
            next((event for event in events if isinstance(event, PartWritten)), None)
            events.close()  # type: ignore[attr-defined]
            continue
        done = archive.read(source=url)
        photos = list(listing.list_photos(url, list[StudioError]().append))
        used = {shard.name for shard in shards.cut_shards(photos, source, size=4)}
        paths = {name: set(folder.read_columns(name, ["path"]).column("path").to_pylist()) for name in folder.parts()}
        known = set[str]().union(*(paths[name] for name in used))
        left_over = paths.keys() - used
        assert done.left_over == len(left_over)
        assert all(paths[name] - known for name in left_over)
        assert known == {photo.address for photo in photos}
        went += len(before - paths.keys())
        before = left_over
    assert went > 1  # covered by others later
