"""Which photos of an archive are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_studio.core.archive import listing, rows, sample, shards
from ocr_studio.core.archive.folder import ArchiveFolder
from ocr_studio.core.errors import StudioError
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


def test_a_source_that_was_given_through_a_link_gets_no_copies_of_its_photos(tmp_path: Path) -> None:
    photos, link, archive = tmp_path / "photos", tmp_path / "link", ArchiveFolder(str(tmp_path / "archive"))
    (photos / "2025").mkdir(parents=True)
    link.symlink_to(photos)
    archive.prepare({})
    prefix = shards.source_prefix(shards.digest_source(listing.name_source(str(link))))
    found = [stub_readers.make_row(f"{link}/2025/a.jpg", b"load")]
    archive.write_part(f"{prefix}a-b.parquet", rows.encode_part([found], ["a"]))
    chosen = sample.choose_photos(archive, 1)
    for target in (photos, photos / "sample", link / "sample", photos / "2025" / "sample"):
        with pytest.raises(StudioError, match="among the photos") as refused:
            sample.check_target(archive, chosen, target)
        assert refused.value.remedy == f"Choose a folder outside {link}."
    sample.check_target(archive, chosen, tmp_path / "sample")
