"""Words are found in an archive as they are found in a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from ocr_studio.core.archive import rows
from ocr_studio.core.archive.folder import ArchiveError, ArchiveFolder
from ocr_studio.core.archive.search import ArchiveHits, ArchiveScan, PartSkipped, _fold, search_archive
from ocr_studio.core.page import Alternative, Page
from ocr_studio.core.search import folding
from ocr_studio.core.search.matching import Hit
from ocr_studio.core.search.page_search import PageSearch
from tests.core.made_pages import page_of, read_word

PAGES = {
    "/photos/a.jpg": page_of(read_word("load", 100, key="w1"), read_word("balancer", 190, key="w2")),
    "/photos/b.jpg": page_of(read_word("queve", 100, key="w1"), read_word("modern", 400, key="w2")),
    "/photos/c.jpg": page_of(read_word("eueuq", 100, key="w1"), read_word("load", 400, 700, key="w2")),
    "/photos/d.jpg": page_of(read_word("Queue", 100, key="w1"), read_word("hashing", 400, key="w2")),
}


def row_of(path: str, page: Page) -> rows.ArchiveRow:
    return rows.make_row(replace(page, id=path[-5] * 32), path, model="small", seconds=1.0)


@pytest.fixture
def archive(tmp_path: Path) -> ArchiveFolder:
    folder = ArchiveFolder(str(tmp_path))
    folder.prepare({})
    parts = [list(PAGES.items())[:2], list(PAGES.items())[2:]]
    for number, part in enumerate(parts):
        content = [[row_of(path, page)] for path, page in part]
        folder.write_part(f"part-a-{number}-x.parquet", rows.encode_part(content, ["x"] * len(content)))
    broken = [[rows.ArchiveRow("/photos/e.jpg", error="queue")]]
    folder.write_part("part-b-0-x.parquet", rows.encode_part(broken, ["x"]))
    return folder


def find(folder: ArchiveFolder, query: str, limit: int = 100) -> list[Hit]:
    *scans, hits = search_archive(folder, query, limit)
    assert all(isinstance(each, ArchiveScan) for each in scans)
    assert isinstance(hits, ArchiveHits)
    return list(hits.hits)


def test_the_best_fit_comes_first_and_alternatives_last(archive: ArchiveFolder) -> None:
    hits = find(archive, "queue")
    assert [(hit.image, hit.text, hit.side.value) for hit in hits] == [
        ("/photos/d.jpg", "Queue", "machine"),
        ("/photos/b.jpg", "queve", "machine"),
        ("/photos/c.jpg", "queue", "choice"),
    ]
    assert hits[0].page_id == "d" * 32
    assert hits[1].words[0].quad == PAGES["/photos/b.jpg"].words["w1"].quad
    assert [hit.image for hit in find(archive, "queue", 2)] == ["/photos/d.jpg", "/photos/b.jpg"]


@pytest.mark.parametrize("query", ["queue", "load balancer", '"load balancer"', "hash*", "modem", "load", "nothing"])
def test_each_photo_has_the_hits_that_it_has_alone(archive: ArchiveFolder, query: str) -> None:
    alone = {path: [(hit.words, hit.score) for hit in PageSearch(page).find(query)] for path, page in PAGES.items()}
    found: dict[str, list[object]] = {path: [] for path in PAGES}
    for hit in find(archive, query):
        found[hit.image].append((hit.words, hit.score))
    assert found == alone


def test_a_photo_that_is_in_two_parts_is_found_once(archive: ArchiveFolder) -> None:
    again = [[row_of("/photos/d.jpg", PAGES["/photos/d.jpg"])]]
    archive.write_part("part-c-0-x.parquet", rows.encode_part(again, ["x"]))
    assert [hit.image for hit in find(archive, "hashing")] == ["/photos/d.jpg"]


def test_many_texts_are_compared_in_several_steps(archive: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = find(archive, "queue")
    monkeypatch.setattr("ocr_studio.core.archive.search._AT_ONCE", 2)
    assert find(archive, "queue") == expected


def test_odd_texts_are_searched_too(archive: ArchiveFolder) -> None:
    word = rows.ArchiveWord(
        "w1", "two\nlines\0", 0.5, (0.0, 0.0, 9.0, 0.0, 9.0, 9.0, 0.0, 9.0), 1, (Alternative("", 0.1),)
    )
    row = rows.ArchiveRow("/photos/f.jpg", "f" * 32, 10, 10, (word,), "two", "small", 1.0)
    archive.write_part("part-d-0-x.parquet", rows.encode_part([[row]], ["x"]))
    assert [hit.image for hit in find(archive, "lines")] == ["/photos/f.jpg"]


@pytest.mark.parametrize(
    "text", ["queue", "Queue", "q", "Q", "QUEUE", "loadBalancer", "load-balancer", "don’t", "Größe", ""]
)
def test_texts_are_folded_as_in_the_index_of_a_project(text: str) -> None:
    assert _fold(text) == " ".join(folding.tokenize(text))


@pytest.mark.parametrize("column", ["words.list.element.text", "words.list.element.quad.list.element"])
@pytest.mark.parametrize("limit", [1, 100])
def test_a_damaged_part_is_named_once_and_the_others_are_searched(
    archive: ArchiveFolder, column: str, limit: int
) -> None:
    """Also where its texts can be read, and the rest of a photo that fits can't."""
    name = "part-a-0-x.parquet"
    data = archive.read_part(name)
    group = parquet.ParquetFile(pa.BufferReader(data)).metadata.row_group(0)
    columns = {found.path_in_schema: found for found in map(group.column, range(group.num_columns))}
    start = columns[column].dictionary_page_offset or columns[column].data_page_offset
    archive.write_part(name, data[:start] + b"\xff" * 20 + data[start + 20 :])
    *others, hits = search_archive(archive, "load", limit)
    damaged = [event.error for event in others if isinstance(event, PartSkipped)]
    assert [error.file for error in damaged] == [f"{archive.address}/{name}"]
    assert isinstance(hits, ArchiveHits)
    assert [hit.image for hit in hits.hits] == ["/photos/c.jpg"]


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive in this folder"):
        find(ArchiveFolder(str(tmp_path)), "queue")
