"""What workers answer: a row for each page, for those that are lost, and for what can't be read at all."""

from __future__ import annotations

import errno
import io
import logging
import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pikepdf
import pytest
from PIL import Image

from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.archive import worker
from ocr_studio.jobs.archive.worker import Loaded, ReadingPlan, ShippedModel, Station, Task

LOST = "the file is damaged: this page is lost"
LOST_REST = "the file is damaged: any pages from this one on are lost"


class NoWords:
    """Finds nothing on any page."""

    name = "none"

    def find(self, _: object) -> list[object]:
        return []

    def read_lines(self, *_: object) -> list[Any]:
        return []


def read(address: str, data: bytes) -> dict[str, str | None]:
    """The error of each row by its name."""
    rows = worker._NetworkReader(NoWords()).read(address, data)  # type: ignore[arg-type]
    assert all((row.width is None) == (row.error is not None) for row in rows)
    return {Path(row.path).name: row.error for row in rows}


def scan(pages: int, kind: str = "PDF") -> bytes:
    noise = np.random.default_rng(1)
    first, *rest = (Image.fromarray(noise.integers(0, 256, (60, 40, 3), np.uint8)) for _ in range(pages))
    first.save(made := io.BytesIO(), kind, save_all=True, append_images=rest)
    return made.getvalue()


def test_a_page_that_is_lost_is_a_row_with_the_reason() -> None:
    with pikepdf.open(io.BytesIO(scan(4))) as pdf:
        for number in (0, 2):
            pdf.pages[number].obj.Type = pikepdf.Name.NoPage
        pdf.save(made := io.BytesIO())
    assert [*read("/a/scan.pdf", made.getvalue()).items()] == [
        ("scan #1.pdf", LOST),
        ("scan #2.pdf", None),
        ("scan #3.pdf", LOST),
        ("scan #4.pdf", None),
    ]


@pytest.mark.parametrize(("kind", "suffix"), [("PDF", "pdf"), ("TIFF", "tif")])
def test_pages_behind_which_a_file_is_damaged_are_a_row_with_the_reason(kind: str, suffix: str) -> None:
    data = scan(6, kind)
    found = read(f"s3://bucket/scan.{suffix}", data[: len(data) * 6 // 10])
    *names, last = found
    assert len(names) >= 2
    assert names[0] == f"scan #1.{suffix}"
    assert found[names[0]] is None
    assert (last, found[last]) == (f"scan #{len(names) + 1}.{suffix}", LOST_REST)


def test_of_a_file_that_was_cut_off_in_its_second_page_the_first_has_its_usual_name() -> None:
    data = scan(2)
    ends = range(len(data) * 3 // 4, len(data) // 2, -97)
    cut = next(end for end in ends if photo_file.count_pages(data[:end], name="a.pdf") == FilePages(1, rest="damaged"))
    found = read("/a/scan.pdf", data[:cut])
    assert found == {"scan.pdf": None, "scan #2.pdf": LOST_REST}


def test_pages_behind_the_last_that_is_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_file, "count_pages", lambda *_, **__: FilePages(2, rest="limit"))
    error = "the file has too many pages: those from this one on are not read"
    assert read("a.pdf", scan(3)) == {"a #1.pdf": None, "a #2.pdf": None, "a #3.pdf": error}


def test_a_first_page_that_cannot_be_read_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    real = photo_file.decode_photo

    def decode(data: bytes, *, name: str, page: int) -> Any:
        if not page:
            raise photo_file.PhotoError("too large", file=name)
        return real(data, name=name, page=page)

    monkeypatch.setattr(photo_file, "decode_photo", decode)
    assert read("a.pdf", scan(2)) == {"a #1.pdf": "too large", "a #2.pdf": None}


def test_what_cannot_be_read_at_all_is_one_row() -> None:
    assert read("a.jpg", b"no photo") == {"a.jpg": "this is a text file, not a photo"}
    with pytest.raises(StudioError, match="damaged"):
        read("a.pdf", b"%PDF-1.4\n" + bytes(2000))


def test_an_error_with_half_of_a_character_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that can't be written would leave the pool waiting for minutes."""
    # Nor can pytest's own processes send such a log to each other.
    monkeypatch.setattr(logging.getLogger(worker.__name__), "disabled", True)

    class Odd:
        def read(self, address: str, data: bytes) -> list[ArchiveRow]:
            raise ValueError(f"{address}: \ud800")

    station = Station(Odd)
    station.load()
    try:
        answer = station.begin(Task(0, 0, "a\udcff.jpg", b"x")).result(30)
    finally:
        station.close()
    assert msgspec.json.decode(answer, type=list[ArchiveRow]) == [
        ArchiveRow("a?.jpg", error="unexpected error: ValueError: a?.jpg: ?")
    ]


def test_a_disk_without_room_for_a_model_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(ShippedModel, "unpack", full)
    plan = ReadingPlan(ReaderOptions(), 100, recognizer=ShippedModel("a", b"", b""))
    station = Station(lambda: worker.load_reader(plan))
    try:
        loaded = msgspec.json.decode(station.load(), type=Loaded)
    finally:
        station.close()
    assert loaded.trouble is not None
    assert "No space left on device" in loaded.trouble[0]
