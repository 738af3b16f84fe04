"""Small pictures on the disk: there again, never wrong, never in the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.photo_list import thumbnail_cache
from ocr_studio.core.photo_list.thumbnail_cache import CachedPicture, ThumbnailCache

STAMP = (10, 20, 30)
MADE = CachedPicture(np.full((20, 32, 3), (200, 100, 50), np.uint8), "a" * 32)


@pytest.fixture
def cache(tmp_path: Path) -> ThumbnailCache:
    return ThumbnailCache(tmp_path / "photos", side=32, root=tmp_path)


def _files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "thumbnails").rglob("*") if path.is_file()]


def test_a_picture_is_there_again(cache: ThumbnailCache, tmp_path: Path) -> None:
    assert cache.get("a.jpg", STAMP) is None
    cache.put("a.jpg", STAMP, MADE)
    found = ThumbnailCache(tmp_path / "photos", side=32, root=tmp_path).get("a.jpg", STAMP)
    assert found is not None
    assert found.page_id == MADE.page_id
    assert np.abs(found.picture.astype(int) - MADE.picture).max() < 12
    (path,) = _files(tmp_path)
    assert not path.name.endswith(".tmp")


def test_of_another_photo_state_size_or_folder_there_is_none(cache: ThumbnailCache, tmp_path: Path) -> None:
    cache.put("a.jpg", STAMP, MADE)
    assert cache.get("b.jpg", STAMP) is None
    assert cache.get("a.jpg", (11, 20, 30)) is None
    assert ThumbnailCache(tmp_path / "photos", side=64, root=tmp_path).get("a.jpg", STAMP) is None
    assert ThumbnailCache(tmp_path / "others", side=32, root=tmp_path).get("a.jpg", STAMP) is None


@pytest.mark.parametrize("cut", [0, 10, 80, -1])
def test_what_is_damaged_is_none(cache: ThumbnailCache, tmp_path: Path, cut: int) -> None:
    cache.put("a.jpg", STAMP, MADE)
    (path,) = _files(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    assert cache.get("a.jpg", STAMP) is None


def test_a_disk_that_takes_nothing_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "thumbnails").write_text("a file where the folder should be")
    cache = ThumbnailCache(tmp_path / "photos", side=32, root=tmp_path)
    cache.put("a.jpg", STAMP, MADE)
    assert cache.get("a.jpg", STAMP) is None


def test_folders_not_looked_at_for_long_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnail_cache, "MOST_FOLDERS", 3)
    for number in range(6):
        ThumbnailCache(tmp_path / f"photos {number}", side=32, root=tmp_path).put("a.jpg", STAMP, MADE)
    assert len(list((tmp_path / "thumbnails").iterdir())) == 3
    assert ThumbnailCache(tmp_path / "photos 5", side=32, root=tmp_path).get("a.jpg", STAMP) is not None
