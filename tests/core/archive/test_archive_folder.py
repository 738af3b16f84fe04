"""The folder of an archive, and its parts."""

from __future__ import annotations

import errno
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest
from pyarrow import parquet

from ocr_studio.core.archive import rows, storage
from ocr_studio.core.archive.folder import SETTINGS, ArchiveError, ArchiveFolder, DamagedPart
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import StudioError, WriteFailed, WrongTarget
from tests.core.made_pages import page_of, read_word
from tests.jobs.archive import stub_readers

ROW = stub_readers.make_row("/photos/a.jpg", b"load balancer")
PART = rows.encode_part([[ROW], [ArchiveRow("/photos/b.pdf", error="damaged"), ROW]], ["d1", "d2"])


def test_a_part_reads_back_as_it_was_written_and_other_programs_know_its_columns() -> None:
    assert rows.decode_part(PART) == {"d1": (ROW,), "d2": (ArchiveRow("/photos/b.pdf", error="damaged"), ROW)}
    table = parquet.read_table(io.BytesIO(PART))
    expected = ["path", "content_id", "width", "height", "words", "text", "model", "seconds", "error"]
    assert table.column_names == expected
    assert table.column("error").to_pylist() == [None, "damaged", None]
    word = table.column("words").to_pylist()[0][1]
    assert word["text"] == "balancer"
    assert word["quad"] == [20.0, 0.0, 28.0, 0.0, 28.0, 9.0, 20.0, 9.0]
    assert word["alternatives"][1] == {"text": "recnalab", "confidence": 0.05}


def test_a_part_of_another_program_has_nothing_to_take_over() -> None:
    stream = io.BytesIO()
    parquet.write_table(pa.table({"path": ["a"]}), stream)
    assert rows.decode_part(stream.getvalue()) == {}
    assert rows.decode_part(b"no Parquet") == {}
    assert rows.decode_part(PART[: len(PART) // 2]) == {}
    assert rows.decode_part(PART[:100] + bytes(1000) + PART[1100:]) == {}  # of which pyarrow raises an OSError


def test_a_row_has_what_the_page_has_and_becomes_that_page_again() -> None:
    page = page_of(read_word("load", 100, key="w1"), read_word("balancer", 190, key="w2"), image="a.jpg")
    row = rows.make_row(page, "/photos/a.jpg", model="small", seconds=1.5)
    assert (row.content_id, row.width, row.height, row.text) == (page.id, 1000, 800, "load balancer")
    assert [word.line for word in row.words] == [1, 1]
    again = rows.make_page(row, image="a.jpg", when=page.read_at)
    for key, word in page.words.items():
        assert word.machine is not None
        assert again.words[key].quad == word.quad
        assert again.words[key].machine == replace(word.machine, letters=())


def test_an_archive_has_the_same_settings_in_all_runs(tmp_path: Path) -> None:
    folder = ArchiveFolder(str(tmp_path / "out"))
    folder.prepare({"unit": "words", "languages": ("en",)})
    ArchiveFolder(str(tmp_path / "out")).prepare({"unit": "words", "languages": ("en",)})
    with pytest.raises(ArchiveError, match=r"read with other settings \(--unit words\)"):
        folder.prepare({"unit": "lines", "languages": ("en",)})


def test_settings_that_differ_are_named_with_their_values_before(tmp_path: Path) -> None:
    def model(name: str, checksum: str) -> dict[str, str]:
        return {"name": name, "sha256": checksum}

    before = {"shard_size": 4, "recognizer": model("my model", "1"), "detector": model("small", "1")}
    ArchiveFolder(str(tmp_path)).prepare({**before, "languages": ["de", "en"], "alphabet": None})
    now = {"shard_size": 256, "recognizer": model("other", "2"), "detector": model("small", "2")}
    named = "--shard-size 4, --model 'my model', detector, languages de,en, alphabet"
    with pytest.raises(ArchiveError, match=rf"other settings \({named}\)"):
        ArchiveFolder(str(tmp_path)).prepare({**now, "languages": [], "alphabet": "x"})


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive in this folder"):
        ArchiveFolder(str(tmp_path)).check()
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(WrongTarget, match="it is a file, not a folder"):
        ArchiveFolder(str(tmp_path / "file")).prepare({})
    (tmp_path / SETTINGS).write_text('{"format": "ocr-studio-archive", "version": 99}', "utf-8")
    with pytest.raises(ArchiveError, match="newer version"):
        ArchiveFolder(str(tmp_path)).check()
    (tmp_path / SETTINGS).write_text('{"name": "package"}', "utf-8")
    with pytest.raises(ArchiveError, match="not the description of an archive"):
        ArchiveFolder(str(tmp_path)).prepare({})


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    (tmp_path / "part-a-b-c.parquet").write_bytes(PART[:100])
    with pytest.raises(ArchiveError, match=r"part-a-b-c.parquet: it can’t be read"):
        ArchiveFolder(str(tmp_path)).read_columns("part-a-b-c.parquet", ["path"])


def test_a_damaged_byte_of_any_column_is_noticed(tmp_path: Path) -> None:
    """Also where the compression would not: numbers and short texts are stored as they are."""
    words = b" ".join(b"%x" % (number * 7919) for number in range(200))
    whole = rows.encode_part([[stub_readers.make_row("/photos/a.jpg", words)]], ["d1"])
    group = parquet.ParquetFile(io.BytesIO(whole)).metadata.row_group(0)
    for column in (group.column(number) for number in range(group.num_columns)):
        start = column.dictionary_page_offset or column.data_page_offset
        place = start + column.total_compressed_size - 1
        data = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        (tmp_path / "part-a-b-c.parquet").write_bytes(data)
        with pytest.raises(DamagedPart):
            ArchiveFolder(str(tmp_path)).read_columns("part-a-b-c.parquet", None)
        assert rows.decode_part(data) == {}


def test_a_text_that_is_no_text_is_damaged(tmp_path: Path) -> None:
    """As another program, which writes no checksums, may have written it."""
    texts = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")])
    parquet.write_table(pa.table({"path": texts}), tmp_path / "part-a-b-c.parquet")
    with pytest.raises(DamagedPart, match="UTF8"):
        ArchiveFolder(str(tmp_path)).read_columns("part-a-b-c.parquet", ["path"])


def test_a_part_in_a_place_of_the_disk_that_is_broken_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    folder = ArchiveFolder(str(tmp_path))
    folder.write_part("part-a-b-c.parquet", PART)
    monkeypatch.setattr("ocr_studio.core.files.safe_folder.SafeFolder.read", fail)
    monkeypatch.setattr("ocr_studio.core.files.safe_folder.SafeFolder.reading", fail)
    for read in (folder.read_part, folder.read_rows, lambda name: folder.read_columns(name, ["path"])):
        with pytest.raises(DamagedPart, match=r"part-a-b-c.parquet: .*Input/output error"):
            read("part-a-b-c.parquet")


def test_a_part_without_a_column_is_named(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"path": ["a"]}), tmp_path / "part-a-b-c.parquet")
    for column in ("error", "words.list.element.text"):
        with pytest.raises(ArchiveError, match=f"part-a-b-c.parquet: .*no column “{column.split('.')[0]}”"):
            ArchiveFolder(str(tmp_path)).read_columns("part-a-b-c.parquet", ["path", column])


def test_nothing_half_is_left_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ArchiveFolder(str(tmp_path / "out"))
    folder.prepare({})

    def full(_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteFailed, match="No space left on device"):
        folder.write_part("part-a-b-c.parquet", PART)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [SETTINGS]


def test_nothing_half_is_left_on_a_server_that_cannot_rename(monkeypatch: pytest.MonkeyPatch) -> None:
    store = fsspec.filesystem("memory")
    folder = ArchiveFolder("memory://renamed")
    monkeypatch.setattr(storage, "_RENAMES", {"memory"})
    monkeypatch.setattr(storage, "_PAUSE", 0.0)
    folder.prepare({})
    with monkeypatch.context() as broken:

        def move(*_: Any) -> None:
            raise OSError(errno.EIO, "the connection was lost")

        broken.setattr(type(store), "mv", move)
        with pytest.raises(StudioError, match="the connection was lost"):
            folder.write_part("part-a-b-c.parquet", PART)
    assert store.ls("/renamed", detail=False) == [f"/renamed/{SETTINGS}"]
    folder.write_part("part-a-b-c.parquet", PART)
    assert folder.read_part("part-a-b-c.parquet") == PART


def test_an_archive_in_an_object_store(tmp_path: Path) -> None:
    folder = ArchiveFolder("memory://stored/archive")
    folder.prepare({"unit": "words"})
    folder.write_part("part-a-b-c.parquet", PART)
    assert folder.parts() == ["part-a-b-c.parquet"]
    assert folder.read_part("part-a-b-c.parquet") == PART
    columns = folder.read_columns("part-a-b-c.parquet", ["path", "words.list.element.text"])
    assert columns.column("path").to_pylist() == ["/photos/a.jpg", "/photos/b.pdf", "/photos/a.jpg"]
    folder.remove_part("part-a-b-c.parquet")
    assert folder.parts() == []
    with pytest.raises(StudioError):
        ArchiveFolder("memory://stored/none").check()
