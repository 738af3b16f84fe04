"""Which photos of an archive are chosen."""

from __future__ import annotations

from pathlib import Path

from ocr_studio.core.archive import rows, sample
from ocr_studio.core.archive.folder import ArchiveFolder
from tests.jobs.archive import stub_readers


def test_a_photo_that_is_in_two_parts_takes_the_place_of_no_other(tmp_path: Path) -> None:
    folder = ArchiveFolder(str(tmp_path))
    folder.prepare({})
    for part, names in (("a", "abc"), ("b", "abd")):
        found = [[stub_readers.make_row(f"/photos/{name}.jpg", b"load")] for name in names]
        folder.write_part(f"part-x-{part}-y.parquet", rows.encode_part(found, names))
    for order in sample.ORDERS:
        for count in (1, 3, 4, 9):
            chosen = [row.path for row in sample.choose_photos(folder, count, order=order)]
            assert len(chosen) == len(set(chosen)) == min(count, 4)
