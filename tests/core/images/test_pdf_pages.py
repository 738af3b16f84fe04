"""Pages of PDF files as pictures."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.images.page_paths import FilePages


def make_pdf(
    path: Path,
    *,
    media: tuple[float, ...] = (0, 0, 300, 200),
    content: bytes = b"1 0 0 rg 0 0 150 200 re f",
    **page: object,
) -> Path:
    """A PDF with a page whose left half is red."""
    with pikepdf.new() as pdf:
        sheet = Dictionary(Type=Name.Page, MediaBox=Array(list(media)), Contents=pdf.make_stream(content))
        for key, value in page.items():
            sheet[f"/{key}"] = value
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(sheet)))
        pdf.save(path)
    return path


def is_red(picture: np.ndarray, x: float, y: float) -> bool:
    height, width = picture.shape[:2]
    red, green, blue = picture[int(y * height), int(x * width)]
    return bool(red > 200 and green < 60 and blue < 60)


def test_a_typeset_page_is_drawn_so_that_it_can_be_read(tmp_path: Path) -> None:
    picture = photo_file.open_photo(make_pdf(tmp_path / "a.pdf"))
    assert picture.shape == (200 * 200 // 72, 300 * 200 // 72, 3)
    assert is_red(picture, 0.25, 0.5)
    assert not is_red(picture, 0.75, 0.5)


def test_a_scanned_page_has_the_pixels_of_its_scan(tmp_path: Path) -> None:
    scan = Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 300, 3), np.uint8))
    scan.save(tmp_path / "a.pdf", resolution=130.0)
    width, height = photo_file.read_photo_size(tmp_path / "a.pdf")
    assert abs(width - 300) <= 1
    assert abs(height - 400) <= 1


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_and_cropped_page_is_shown_as_viewers_do(turned: int, tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", Rotate=turned, CropBox=Array([75, 0, 300, 200]))
    picture = photo_file.open_photo(path)
    assert (picture.shape[1] > picture.shape[0]) == (turned in {0, 180})
    red = {0: (0.1, 0.5), 90: (0.5, 0.1), 180: (0.9, 0.5), 270: (0.5, 0.9)}[turned]
    assert is_red(picture, *red)
    assert not is_red(picture, 1 - red[0] if red[0] != 0.5 else 0.5, 1 - red[1] if red[1] != 0.5 else 0.5)


def test_a_huge_page_is_drawn_with_no_more_pixels_than_allowed(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", media=(0, 0, 14_400, 14_400))
    width, height = photo_file.read_photo_size(path)
    assert width * height <= 40_000_000


def test_a_protected_file_says_so(tmp_path: Path) -> None:
    with pikepdf.open(make_pdf(tmp_path / "a.pdf")) as pdf:
        pdf.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(photo_file.PhotoError, match=r"b\.pdf.*password"):
        photo_file.open_photo(tmp_path / "b.pdf")


@pytest.mark.parametrize(
    ("method", "password"), [(3, "u"), (4, " a b "), (6, "u"), (6, "pässwörd"), (6, "пароль"), (6, " a b ")]
)
def test_a_protected_file_opens_with_its_password(tmp_path: Path, method: Literal[3, 4, 6], password: str) -> None:
    newer = method >= 4
    protection = pikepdf.Encryption(owner="o", user=password, R=method, aes=newer, metadata=newer)
    with pikepdf.open(make_pdf(tmp_path / "a.pdf")) as pdf:
        pdf.save(path := tmp_path / "b.pdf", encryption=protection)
    assert photo_file.is_locked(path)
    for wrong in ("", "x", password + "x", "\udc80"):
        assert not photo_file.unlock(path, wrong)
    with pytest.raises(photo_file.PhotoError, match=r"b\.pdf.*protected with a password"):
        photo_file.read_photo_size(path)
    assert photo_file.unlock(path, password)
    assert not photo_file.is_locked(path)
    assert is_red(photo_file.open_photo(path), 0.25, 0.5)
    assert photo_file.read_photo_size(path) == photo_file.read_photo_size(tmp_path / "a.pdf")
    assert photo_file.count_pages(path).count == 1
    shutil.copy(path, tmp_path / "c.pdf")
    assert photo_file.is_locked(tmp_path / "c.pdf")


def test_only_a_pdf_with_a_password_is_locked(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 nothing")
    Image.new("L", (5, 5)).save(tmp_path / "c.png")
    for name in ("a.pdf", "b.pdf", "c.png", "none.pdf"):
        assert not photo_file.is_locked(tmp_path / name)


def test_the_file_that_is_kept_open_is_opened_again_when_it_changes(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf")
    assert is_red(photo_file.open_photo(path), 0.25, 0.5)
    make_pdf(path, content=b"0 0 1 rg 0 0 300 200 re f", media=(0, 0, 200, 100))
    assert photo_file.open_photo(path).shape == (100 * 200 // 72, 200 * 200 // 72, 3)
    assert not is_red(photo_file.open_photo(path), 0.25, 0.5)


def test_a_broken_table_of_objects_is_mended(tmp_path: Path) -> None:
    data = make_pdf(tmp_path / "a.pdf").read_bytes()
    (tmp_path / "b.pdf").write_bytes(data[: data.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n")
    assert is_red(photo_file.open_photo(tmp_path / "b.pdf"), 0.25, 0.5)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\n" + b"1 0 obj\n<<" * 50_000,
        b"%PDF-1.4\n" + bytes(range(256)) * 2_000,
        b"%PDF-1.4\n1 0 obj<</Pages 2 0 R>>endobj\n2 0 obj<</Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>",
    ],
)
def test_spoiled_files_are_refused_soon(data: bytes, tmp_path: Path) -> None:
    (path := tmp_path / "a.pdf").write_bytes(data)
    with pytest.raises(photo_file.PhotoError, match=r"a\.pdf"):
        photo_file.open_photo(path)


def test_bytes_of_a_pdf_are_its_first_page(tmp_path: Path) -> None:
    data = make_pdf(tmp_path / "a.pdf").read_bytes()
    assert is_red(photo_file.decode_photo(data, name="bytes"), 0.25, 0.5)
    assert photo_file.count_pages(data, name="bytes").count == 1


def _scan(pages: int) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (60, 40, 3), np.uint8)
    first, *others = [Image.fromarray(noise) for _ in range(pages)]
    first.save(made := io.BytesIO(), "PDF", save_all=True, append_images=others)
    return made.getvalue()


@pytest.mark.parametrize("is_rewritten", [False, True])
def test_of_a_file_that_was_cut_off_the_first_pages_are_read(is_rewritten: bool, tmp_path: Path) -> None:
    """As downloads are that were broken off: Pillow writes page by page, qpdf all pages before their pictures."""
    data = _scan(10)
    if is_rewritten:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pdf.save(made := io.BytesIO())
        data = made.getvalue()
    (path := tmp_path / "scan.pdf").write_bytes(data[: len(data) * 6 // 10])
    count = 5 if is_rewritten else 6
    assert photo_file.count_pages(path) == FilePages(count, rest="damaged")
    pages = photo_listing.expand_pages(path)
    assert len(pages) == count
    assert all(photo_file.open_photo(page).std() > 20 for page in pages)
    said = str(photo_listing.find_missing_pages(path))
    assert f"it is damaged after page {count}; later pages are lost" in said


@pytest.mark.parametrize("is_empty", [False, True])
def test_of_a_file_that_was_cut_off_blank_pages_in_between_are_kept(is_empty: bool, tmp_path: Path) -> None:
    """Without content or with an empty one, but not the last: that may be the one that was cut."""
    with pikepdf.open(io.BytesIO(_scan(9))) as pdf:
        for place in (2, 6):
            blank = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 300, 200]))
            if is_empty:
                blank.Contents = pdf.make_stream(b"")
            pdf.pages.insert(place, pikepdf.Page(pdf.make_indirect(blank)))
        pdf.save(made := io.BytesIO())
    data = made.getvalue()
    (path := tmp_path / "scan.pdf").write_bytes(data[: len(data) * 6 // 10])
    assert photo_file.count_pages(path) == FilePages(6, rest="damaged")
    pages = [photo_file.open_photo(page) for page in photo_listing.expand_pages(path)]
    assert [page.std() > 20 for page in pages] == [True, True, False, True, True, True]


def test_of_a_file_that_was_cut_off_nothing_is_made_up(tmp_path: Path) -> None:
    """Where the pages are packed, encrypted, or not there yet, nothing can be read without the end."""
    with pikepdf.open(io.BytesIO(_scan(10))) as pdf:
        pdf.save(packed := io.BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.generate)
        pdf.save(locked := io.BytesIO(), encryption=pikepdf.Encryption(owner="o", user=""))
    for data in (packed.getvalue(), locked.getvalue(), _scan(1)[:300]):
        (path := tmp_path / "scan.pdf").write_bytes(data[: len(data) * 6 // 10])
        with pytest.raises(photo_file.PhotoError, match="damaged or incomplete"):
            photo_file.count_pages(path)
