"""Archives are read shard by shard: what was written is not read again, whatever happens in between."""

from __future__ import annotations

import errno
import io
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pytest

from ocr_studio.core.archive.folder import ArchiveFolder
from ocr_studio.core.archive.part_index import CountedPhotos
from ocr_studio.core.archive.rows import ArchiveRow, convert_rows
from ocr_studio.core.errors import StudioError, WriteFailed
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.jobs.archive import pool
from ocr_studio.jobs.archive.pool import Waiting, WorkerEnded
from ocr_studio.jobs.archive.processes import ProcessEngine
from ocr_studio.jobs.archive.read_archive import (
    ArchiveDone,
    ArchiveOrder,
    ListingTrouble,
    PartWritten,
    read_archive,
)
from ocr_studio.jobs.archive.worker import Loaded
from tests.jobs.archive import stub_readers
from tests.jobs.archive.stub_readers import HereEngine


class Archive:
    """Photos in a folder, and what was read on them."""

    def __init__(self, folder: Path, count: int = 20) -> None:
        self.photos, self.out, self.log = folder / "photos", folder / "out", folder / "log"
        self.photos.mkdir()
        for number in range(count):
            self.add(f"{number:03}.jpg")

    def add(self, name: str) -> None:
        (self.photos / name).write_text(f"photo {name}", "utf-8")

    def order(self, **more: Any) -> ArchiveOrder:
        settings: dict[str, Any] = {
            "source": str(self.photos),
            "out": ArchiveFolder(str(self.out)),
            "settings": {},
            "shard_size": 4,
        }
        return ArchiveOrder(**(settings | more))

    def engine(self, **more: Any) -> HereEngine:
        return HereEngine(stub_readers.maker(self.log), **more)

    def read(self, **more: Any) -> ArchiveDone:
        *_, done = read_archive(self.order(**more), self.engine())
        assert isinstance(done, ArchiveDone)
        return done

    def noted(self) -> list[str]:
        """Names of the photos that were read, in order; empties the log."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [Path(line).name for line in lines]

    def rows(self) -> list[ArchiveRow]:
        """All rows by path, without what differs in each run."""
        folder = ArchiveFolder(str(self.out))
        found = [row for name in folder.parts() for row in convert_rows(folder.read_columns(name, None).to_pylist())]
        return sorted((replace(row, seconds=None) for row in found), key=lambda row: row.path)

    def parts(self) -> set[str]:
        return set(ArchiveFolder(str(self.out)).parts())


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def test_all_photos_are_read_once_in_their_order(archive: Archive) -> None:
    done = archive.read()
    assert (done.photos, done.read, done.errors, done.left_over) == (20, 20, {}, 0)
    assert archive.noted() == [f"{number:03}.jpg" for number in range(20)]
    assert [row.text for row in archive.rows()] == [f"photo {number:03}.jpg" for number in range(20)]
    before = archive.rows()
    done = archive.read()
    assert (done.photos, done.read) == (20, 0)
    assert archive.noted() == []
    assert archive.rows() == before
    part = ArchiveFolder(str(archive.out)).read_columns(min(archive.parts()), ["path"]).column("path").to_pylist()
    assert part == sorted(part)


def test_where_all_is_known_no_worker_is_started(archive: Archive) -> None:
    archive.read()
    engine = archive.engine()
    list(read_archive(archive.order(), engine))
    assert (engine.started, engine.closed) == (0, True)


def test_a_run_that_is_stopped_keeps_what_it_has_written(archive: Archive) -> None:
    engine = archive.engine()
    events = read_archive(archive.order(), engine)
    next(event for event in events if isinstance(event, PartWritten))
    assert not engine.closed
    events.close()  # type: ignore[attr-defined]
    assert engine.closed
    kept = {row.path for row in archive.rows()}
    assert 2 <= len(kept) <= 6
    archive.noted()
    archive.read()
    assert not {Path(path).name for path in kept} & set(archive.noted())
    assert len(archive.rows()) == 20


def test_a_photo_that_has_changed_is_read_alone(archive: Archive) -> None:
    archive.read()
    archive.noted()
    (archive.photos / "015.jpg").write_text("another text", "utf-8")
    assert archive.read().read == 1
    assert archive.noted() == ["015.jpg"]
    rows = {Path(row.path).name: row.text for row in archive.rows()}
    assert rows["015.jpg"] == "another text"
    assert len(rows) == 20


def test_after_photos_were_added_hardly_any_others_are_read(archive: Archive) -> None:
    store = fsspec.filesystem("memory")  # addresses, and so the cuts between shards, are always the same there
    for number in range(200):
        store.pipe(f"/added/{number:03}.jpg", b"text")
    archive.read(source="memory://added", shard_size=16)
    archive.noted()
    for name in ("020b.jpg", "120b.jpg", "199b.jpg"):
        store.pipe(f"/added/{name}", b"text")
    done = archive.read(source="memory://added", shard_size=16)
    assert (done.photos, done.left_over) == (203, 0)
    read = archive.noted()
    assert {"020b.jpg", "120b.jpg", "199b.jpg"} <= set(read)
    assert len(read) < 40  # where a cut has moved, the photos behind it are read again
    assert len({row.path for row in archive.rows()}) == len(archive.rows()) == 203


def test_what_is_no_longer_in_the_source_stays_until_it_is_pruned(archive: Archive) -> None:
    archive.read()
    before = archive.parts()
    for number in range(20):
        (archive.photos / f"{number:03}.jpg").rename(archive.photos / f"{number:03}.png")
    assert archive.read().left_over == len(before)
    assert before < archive.parts()
    done = archive.read(prune=True)
    assert (done.pruned, archive.parts() & before) == (len(before), set())
    assert {Path(row.path).suffix for row in archive.rows()} == {".png"}


def test_what_a_run_left_that_was_killed_before_it_removed_an_old_part_goes(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.read()
    (archive.photos / "015.jpg").write_text("another text", "utf-8")
    with monkeypatch.context() as killed:
        killed.setattr(ArchiveFolder, "remove_part", lambda *_: None)
        archive.read()
    assert len(archive.rows()) > 20
    done = archive.read()
    assert (done.read, done.left_over, len(archive.rows())) == (0, 0, 20)
    assert {Path(row.path).name: row.text for row in archive.rows()}["015.jpg"] == "another text"


def test_a_source_without_photos_such_as_a_missing_disk_is_an_error_and_nothing_is_pruned(archive: Archive) -> None:
    archive.read()
    before = archive.parts()
    for photo in archive.photos.iterdir():
        photo.unlink()
    with pytest.raises(StudioError, match="no photos were found"):
        archive.read(prune=True)
    assert archive.parts() == before


def lock_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no folder named “below” be listed; the tests may run as root, who may list all."""
    real = os.scandir

    def scandir(folder: Any) -> Any:
        if str(folder).endswith("below"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)


@pytest.mark.parametrize("source", ["nosuch", "empty", "locked", "foo://x", "memory://none", "binary"])
def test_where_there_is_nothing_to_read_nothing_is_written(
    archive: Archive, tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "locked" / "below").mkdir(parents=True)
    (tmp_path / "binary").write_bytes(b"a.jpg\n\xff\xfe\x00\x01")
    lock_below(monkeypatch)
    engine = archive.engine()
    with pytest.raises(StudioError):
        list(read_archive(archive.order(source=source if ":" in source else str(tmp_path / source)), engine))
    assert engine.closed
    assert not archive.out.exists()


def test_a_photo_that_cannot_be_read_is_a_row_with_the_reason(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("004-broken.jpg", "005-odd.jpg"):
        archive.add(name)
    (archive.photos / "006-gone.jpg").symlink_to(archive.photos / "nowhere")
    done = archive.read()
    expected = {
        "the file is damaged or incomplete": CountedPhotos(1, [str(archive.photos / "004-broken.jpg")]),
        "unexpected error: ValueError: cannot reshape": CountedPhotos(1, [str(archive.photos / "005-odd.jpg")]),
        "the file does not exist": CountedPhotos(1, [str(archive.photos / "006-gone.jpg")]),
    }
    assert done.errors == expected
    assert "005-odd.jpg" in caplog.text
    rows = {Path(row.path).name: row.error for row in archive.rows() if row.error}
    assert rows["004-broken.jpg"] == "the file is damaged or incomplete"
    assert len(archive.rows()) == 23
    archive.noted()
    done = archive.read()
    assert (done.read, done.errors_before, archive.noted()) == (0, expected, [])
    done = archive.read(retry=True)
    assert (done.read, done.errors, done.errors_before) == (3, expected, {})
    assert archive.noted() == ["004-broken.jpg", "005-odd.jpg"]


def test_a_photo_on_which_a_worker_ends_is_read_again_and_one_that_ends_two_is_an_error(archive: Archive) -> None:
    engine = archive.engine(size=2, ends_on={"003.jpg": 1, "005.jpg": 2})
    events = list(read_archive(archive.order(), engine))
    ended = [event for event in events if isinstance(event, WorkerEnded)]
    assert len(ended) == 3
    assert {Path(row.path).name: row.error for row in archive.rows() if row.error} == {
        "005.jpg": "reading it ended the process twice"
    }
    assert len(archive.rows()) == 20


def test_a_photo_whose_workers_are_killed_from_outside_is_read_up_to_ten_times(archive: Archive) -> None:
    engine = archive.engine(size=2, ends_on={"003.jpg": 9, "005.jpg": 10}, killed=True)
    events = list(read_archive(archive.order(), engine))
    assert len([event for event in events if isinstance(event, WorkerEnded)]) == 19
    assert {Path(row.path).name: row.error for row in archive.rows() if row.error} == {
        "005.jpg": "the process that was reading it ended ten times"
    }
    assert archive.read(retry=True).read == 1
    assert not [row for row in archive.rows() if row.error]


def test_a_photo_whose_last_worker_crashes_after_nine_were_killed_has_not_crashed_two(archive: Archive) -> None:
    engine = archive.engine(ends_on={"005.jpg": 10}, killed=True)
    for event in read_archive(archive.order(), engine):
        engine.killed = engine.ends_on["005.jpg"] > 1 or not isinstance(event, WorkerEnded)
    assert [row.error for row in archive.rows() if row.error] == ["the process that was reading it ended ten times"]


def test_workers_that_cannot_load_the_model_say_why(archive: Archive) -> None:
    engine = HereEngine(stub_readers.failing_maker)
    with pytest.raises(StudioError, match=r"the model “x” was not found. Choose another one"):
        list(read_archive(archive.order(), engine))
    assert engine.closed


def test_workers_that_end_at_once_are_not_started_for_ever(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(engine: HereEngine, _: float) -> list[Any]:
        return [(number, pool.Ended("out of memory")) for number in range(1, engine.started + 1)]

    monkeypatch.setattr(HereEngine, "wait", wait)
    engine = archive.engine()
    with pytest.raises(StudioError, match=r"before they have read a photo \(out of memory\)"):
        list(read_archive(archive.order(), engine))
    assert engine.started == 10


def test_a_worker_of_another_version_is_refused(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocr_studio.jobs.archive.pool.ocr_studio.__version__", "99")
    monkeypatch.setattr(HereEngine, "wait", lambda *_: [(1, Loaded("1"))])
    with pytest.raises(StudioError, match="has version 1 of OCR Studio, not 99"):
        list(read_archive(archive.order(), archive.engine()))


def test_a_wait_of_a_minute_is_explained(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def wait(_: HereEngine, seconds: float) -> list[Any]:
        now[0] += seconds
        return []

    monkeypatch.setattr(HereEngine, "wait", wait)
    monkeypatch.setattr(HereEngine, "describe_delay", lambda *_: "no room")
    events = read_archive(archive.order(), archive.engine(size=2))
    first = next(event for event in events if isinstance(event, Waiting))
    assert (first.started, first.wanted, first.reason, round(first.seconds)) == (0, 2, "no room", 60)
    second = next(event for event in events if isinstance(event, Waiting))
    assert round(second.seconds) == 120
    events.close()  # type: ignore[attr-defined]


def test_a_full_disk_stops_the_run_and_nothing_half_is_left(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    real, written = SafeFolder.write_beside, [0]

    def write(folder: SafeFolder, name: str, data: bytes, **more: Any) -> str:
        written[0] += 1
        if written[0] > 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(folder, name, data, **more)

    monkeypatch.setattr(SafeFolder, "write_beside", write)
    engine = archive.engine()
    with pytest.raises(WriteFailed, match=r"No space left on device. Free up disk space"):
        list(read_archive(archive.order(), engine))
    assert engine.closed
    assert len(list(archive.out.iterdir())) == 3
    monkeypatch.undo()
    archive.read()
    assert len(archive.rows()) == 20


def test_a_folder_that_cannot_be_listed_keeps_pruning_from_removing_anything(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive.photos / "below").mkdir()
    archive.add("below/a.jpg")
    archive.read()
    before = archive.parts()
    lock_below(monkeypatch)
    events = list(read_archive(archive.order(prune=True), archive.engine()))
    assert [event for event in events if isinstance(event, ListingTrouble)]
    assert isinstance(events[-1], ArchiveDone)
    assert events[-1].pruned == 0
    assert len(before - archive.parts()) <= 1


def test_photos_and_results_in_an_object_store(archive: Archive) -> None:
    store = fsspec.filesystem("memory")
    for name in ("a.jpg", "sub/b.jpg"):
        store.pipe(f"/store/photos/{name}", name.encode())
    out = ArchiveFolder("memory://store/out")
    *_, done = read_archive(archive.order(source="memory://store/photos", out=out), archive.engine())
    assert isinstance(done, ArchiveDone)
    assert done.read == 2
    (part,) = out.parts()
    assert out.read_columns(part, ["path", "text"]).to_pylist() == [
        {"path": "memory:///store/photos/a.jpg", "text": "a.jpg"},
        {"path": "memory:///store/photos/sub/b.jpg", "text": "sub/b.jpg"},
    ]


def test_photos_of_a_list_on_standard_input(archive: Archive) -> None:
    names = [str(archive.photos / name) for name in ("019.jpg", "002.jpg")]
    done = archive.read(source="-", piped=io.BytesIO("\n".join(names).encode()))
    assert (done.photos, archive.noted()) == (2, ["019.jpg", "002.jpg"])


# ------------------------------------------------------------------------------------------------- real processes


@pytest.mark.parametrize(("number", "killed"), [(signal.SIGTERM, True), (signal.SIGSEGV, False)])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_process_that_is_killed_is_told_from_one_that_crashes(
    tmp_path: Path, number: signal.Signals, *, killed: bool
) -> None:
    engine = ProcessEngine(stub_readers.maker(tmp_path / "log"), size=1)
    try:
        worker = engine.start()
        assert [type(answer) for _, answer in engine.wait(120)] == [Loaded]
        (child,) = [each for each in multiprocessing.active_children() if each.name.startswith("archive-")]
        assert child.pid is not None
        os.kill(child.pid, number)
        assert engine.wait(120) == [(worker, pool.Ended(killed=killed))]
    finally:
        engine.close()


def test_processes_read_the_same_and_a_photo_that_ends_them_costs_one_row(archive: Archive) -> None:
    for name in ("005-poison.jpg", "012-endless.jpg"):
        archive.add(name)
    make = stub_readers.maker(archive.log, seconds=0.01)
    engine = ProcessEngine(make, size=2)
    events = list(read_archive(archive.order(most_seconds=2.0), engine))
    assert {Path(row.path).name: row.error for row in archive.rows() if row.error} == {
        "005-poison.jpg": "reading it ended the process twice",
        "012-endless.jpg": "reading it takes longer than 2 s",
    }
    assert len(archive.rows()) == 22
    assert len([event for event in events if isinstance(event, WorkerEnded)]) >= 2
    expected = archive.rows()
    archive.out.rename(archive.out.with_name("first"))
    (archive.photos / "005-poison.jpg").unlink()
    (archive.photos / "012-endless.jpg").unlink()
    archive.read()
    assert archive.rows() == [row for row in expected if not row.error]
