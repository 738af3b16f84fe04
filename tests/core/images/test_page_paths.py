"""Files with several pages: how their pages are named, listed and identified."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_studio.core.images import page_paths, photo_file, photo_listing, photo_stream
from ocr_studio.core.images.page_paths import FilePage

COLOURS = ((200, 30, 30), (30, 160, 30), (30, 30, 200))


def save_pages(path: Path, *, count: int = 3, size: tuple[int, int] = (90, 60)) -> Path:
    first, *rest = (Image.new("RGB", size, colour) for colour in COLOURS[:count])
    first.save(path, save_all=True, append_images=rest, dpi=(150, 150), resolution=150.0)
    return path


@pytest.mark.parametrize("name", ["scan.pdf", "scan.tif", "two.dots.TIFF", "board.gif", "board.webp", "board.apng"])
def test_pages_are_photos_beside_their_file(name: str, tmp_path: Path) -> None:
    file = save_pages(tmp_path / name.lower()).rename(tmp_path / name)
    pages = photo_listing.list_photos(tmp_path)
    assert [page.name for page in pages] == [f"{file.stem} #{number}{file.suffix}" for number in (1, 2, 3)]
    assert [page_paths.find_page(page) for page in pages] == [FilePage(file, number) for number in range(3)]
    for page, colour in zip(pages, COLOURS, strict=True):
        picture = photo_file.open_photo(page)
        assert np.abs(picture.reshape(-1, 3).mean(axis=0) - colour).max() < 6
        assert photo_file.read_photo_size(page) == picture.shape[1::-1]
        assert max(photo_file.make_thumbnail(page, side=32).shape[:2]) == 32
        assert page_paths.exists(page)
    ids = [photo_file.compute_content_id(page) for page in pages]
    assert len(set(ids)) == 3
    assert ids[0] == photo_file.compute_content_id(file)
    assert [photo_file.open_photo_with_id(page)[1] for page in pages] == ids


@pytest.mark.parametrize("kind", ["gif", "webp", "apng"])
def test_frames_in_any_order_are_drawn_over_those_before(kind: str, tmp_path: Path) -> None:
    drawn = [Image.new("RGB", (60, 40), "white")]
    for number in range(4):
        drawn.append(drawn[-1].copy())
        drawn[-1].paste((0, 0, 0), (10 * number, 0, 10 * number + 10, 40))
    file = tmp_path / f"board.{kind}"
    drawn[0].save(file, save_all=True, append_images=drawn[1:], lossless=True)  # WebP alone knows this
    for number in (4, 1, 2, 3, 3, 0, 4):
        page = page_paths.make_page_path(file, number)
        assert np.abs(photo_file.open_photo(page).astype(int) - np.asarray(drawn[number])).max() < 8
        assert photo_file.make_thumbnail(page, side=30).shape == (20, 30, 3)
        assert photo_file.read_photo_size(page) == (60, 40)


def test_a_still_webp_is_opened_by_nobody_to_count_its_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGBA", (20, 10), (9, 9, 9, 99)).save(file := tmp_path / "still.webp")
    monkeypatch.setattr(photo_file, "_ask_child", None)
    assert photo_listing.expand_pages(file) == [file]


def test_a_file_with_one_page_is_the_photo_itself(tmp_path: Path) -> None:
    for name in ("one.gif", "one.pdf", "one.tif", "one.webp"):
        save_pages(tmp_path / name, count=1)
    names = ["one.gif", "one.pdf", "one.tif", "one.webp"]
    assert [path.name for path in photo_listing.list_photos(tmp_path)] == names
    assert photo_file.open_photo(tmp_path / "one.pdf").shape == (60, 90, 3)


def test_a_real_file_of_that_name_is_itself(tmp_path: Path) -> None:
    save_pages(tmp_path / "scan.tif")
    Image.new("RGB", (20, 10)).save(real := tmp_path / "scan #2.tif")
    assert page_paths.find_page(real) == FilePage(real, 0)
    assert photo_file.open_photo(real).shape == (10, 20, 3)


@pytest.mark.parametrize("suffix", [".pdf", ".tif"])
def test_a_page_whose_name_is_taken_has_another(suffix: str, tmp_path: Path) -> None:
    file = save_pages(tmp_path / f"scan{suffix}")
    Image.new("RGB", (20, 10)).save(taken := tmp_path / f"scan #2{suffix}")
    pages = photo_listing.list_photos(tmp_path)
    assert {page.name for page in pages} == {
        *(f"scan #1{suffix}", f"scan #2{suffix}", f"scan{suffix} #2{suffix}", f"scan #3{suffix}")
    }
    other = tmp_path / f"scan{suffix} #2{suffix}"
    assert page_paths.find_page(other) == FilePage(file, 1)
    assert page_paths.find_page(taken) == FilePage(taken, 0)
    assert np.abs(photo_file.open_photo(other).reshape(-1, 3).mean(axis=0) - COLOURS[1]).max() < 6


def test_names_that_are_no_pages(tmp_path: Path) -> None:
    save_pages(tmp_path / "scan.pdf")
    for name in ("scan #0.pdf", "scan #1.jpg", "other #1.pdf", "scan#1.pdf", "scan #123456.pdf"):
        assert page_paths.find_page(tmp_path / name) == FilePage(tmp_path / name, 0)
        assert not page_paths.exists(tmp_path / name)


@pytest.mark.parametrize("name", ["scan.pdf", "scan.tif"])
def test_a_page_beyond_the_last_is_an_error(name: str, tmp_path: Path) -> None:
    path = page_paths.make_page_path(save_pages(tmp_path / name), 7)
    with pytest.raises(photo_file.PhotoError, match=r"#8.*no page 8"):
        photo_file.open_photo(path)


def test_pages_are_counted_again_when_the_file_changes(tmp_path: Path) -> None:
    file = save_pages(tmp_path / "scan.pdf")
    assert len(photo_listing.expand_pages(file)) == 3
    save_pages(file, count=2, size=(300, 200))
    assert len(photo_listing.expand_pages(file)) == 2


def test_a_damaged_file_is_listed_and_tells_why(tmp_path: Path) -> None:
    file = tmp_path / "bad.pdf"
    file.write_bytes(b"%PDF-1.7\nnothing more")
    assert photo_listing.list_photos(tmp_path) == [file]
    with pytest.raises(photo_file.PhotoError, match="damaged"):
        photo_file.open_photo(file)


def test_a_later_page_has_an_id_of_its_own() -> None:
    whole = "0" * 32
    assert photo_stream.add_page(whole, 0) == whole
    assert len({photo_stream.add_page(whole, number) for number in range(100)}) == 100
