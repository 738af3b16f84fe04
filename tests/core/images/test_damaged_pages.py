"""Files of which only some pages can be read: those are listed, and what is missing is said."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.images.decoding import frames
from ocr_studio.core.images.page_paths import FilePages


def make_pages(count: int) -> list[Image.Image]:
    noise = np.random.default_rng(1)
    return [Image.fromarray(noise.integers(0, 256, (60, 90, 3), np.uint8)) for _ in range(count)]


def save(path: Path, count: int = 4) -> Path:
    first, *rest = make_pages(count)
    first.save(path, save_all=True, append_images=rest)
    return path


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "jpeg"])
def test_a_truncated_tiff_keeps_the_pages_before(tmp_path: Path, compression: str) -> None:
    first, *rest = make_pages(4)
    whole = io.BytesIO()
    first.save(whole, "TIFF", save_all=True, append_images=rest, compression=compression)
    data, file, told = whole.getvalue(), tmp_path / "cut.tif", set()
    for cut in range(len(data) // 3, len(data) + 1, 499):
        file.write_bytes(data[:cut])
        pages = photo_listing.expand_pages(file)
        missing = photo_listing.find_missing_pages(file)
        if missing is not None:
            assert missing.what == f"it is damaged after page {len(pages)}; later pages are lost"
            told.add(len(pages))
        # Where nothing is told of the file, it ends in the last page that its tags name.
        for page in pages if missing is not None else pages[:-1]:
            assert photo_file.open_photo(page).shape == (60, 90, 3), cut
    assert told >= {1, 2}


@pytest.mark.parametrize("name", ["one.tif", "one.gif"])
def test_a_file_that_ends_within_its_first_page_has_no_page_before(tmp_path: Path, name: str) -> None:
    file = save(tmp_path / name)
    file.write_bytes(file.read_bytes()[:3000])
    assert photo_file.count_pages(file) == FilePages(1)
    with pytest.raises(photo_file.PhotoError, match="incomplete"):
        photo_file.open_photo(file)


def test_a_truncated_gif_says_so(tmp_path: Path) -> None:
    file = save(tmp_path / "cut.gif")
    file.write_bytes(file.read_bytes()[:-3000])
    assert photo_file.count_pages(file) == FilePages(3, rest="damaged")
    assert photo_file.open_photo(photo_listing.expand_pages(file)[2]).shape == (60, 90, 3)


def test_a_pdf_whose_tree_of_pages_is_broken_keeps_the_others(tmp_path: Path) -> None:
    with pikepdf.open(save(tmp_path / "whole.pdf", 6)) as pdf:
        for number in (1, 2, 4):
            pdf.pages[number].obj.Type = pikepdf.Name.NoPage
        pdf.save(file := tmp_path / "scan.pdf")
    pages = photo_listing.expand_pages(file)
    assert [page.name for page in pages] == ["scan #1.pdf", "scan #4.pdf", "scan #6.pdf"]
    missing = photo_listing.find_missing_pages(file)
    assert missing is not None
    assert str(missing).startswith(f"{file}: it is damaged: pages 2–3, 5 of 6 are lost.")
    assert all(photo_file.open_photo(page).ndim == 3 for page in pages)


@pytest.mark.parametrize("name", ["scan.tif", "scan.pdf", "scan.gif", "plain.png"])
def test_of_a_whole_file_nothing_is_missing(tmp_path: Path, name: str) -> None:
    assert photo_listing.find_missing_pages(save(tmp_path / name)) is None


def test_a_file_with_too_many_frames_says_how_many_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOST_FRAMES", 2)
    stream = io.BytesIO(save(tmp_path / "many.gif").read_bytes())
    with Image.open(stream) as image:
        assert frames.count_pages(image, stream) == FilePages(2, rest="limit")
    monkeypatch.setattr(photo_listing, "_count_pages", lambda *_: FilePages(2, rest="limit"))
    missing = photo_listing.find_missing_pages(tmp_path / "many.gif")
    assert missing is not None
    assert "too many pages; only the first 2 are read" in str(missing)


def test_large_frames_are_read_as_far_as_their_pixels_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "_MOST_FRAME_PIXELS", 3 * 60 * 90)
    stream = io.BytesIO(save(tmp_path / "large.gif", 5).read_bytes())
    with Image.open(stream) as image:
        assert frames.count_pages(image, stream) == FilePages(3, rest="limit")
        frames.seek_page(image, "large.gif", 2)
        with pytest.raises(photo_file.PhotoError, match="no page 4"):
            frames.seek_page(image, "large.gif", 3)
