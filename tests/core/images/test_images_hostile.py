"""Photos that somebody has made to harm: each is one line that names the file, the reason and a remedy."""

from __future__ import annotations

import io
import os
import socket
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from ocr_studio.core.files import child_process
from ocr_studio.core.files.child_process import Answer, ChildFailed, Limits
from ocr_studio.core.images import photo_file, photo_limit, photo_listing, pixel_formats
from ocr_studio.core.images.decoding import decoder as photo_decoder
from ocr_studio.core.images.decoding import frames
from ocr_studio.core.images.decoding import headers as photo_headers
from tests import drawn

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")

_DOORS: dict[str, Callable[[Path], object]] = {
    "open_photo": photo_file.open_photo,
    "open_with_id": photo_file.open_photo_with_id,
    "photo_size": photo_file.read_photo_size,
    "thumbnail": lambda path: photo_file.make_thumbnail(path, side=64),
}


@pytest.fixture
def megapixels() -> Iterator[Callable[[int], None]]:
    """Chooses how large photos may be, for one test."""
    yield photo_limit.allow_megapixels
    photo_limit.allow_megapixels(photo_limit.MAX_PIXELS // 1_000_000)


def png_of(width: int, height: int, *, chunks: int = 1) -> bytes:
    """A PNG, 8 bits grey, that says it is of this size; its pixels are few."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 4096)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IDAT", b"") * (chunks - 1)
        + chunk(b"IEND", b"")
    )  # fmt: skip


def encoded(image: Image.Image, kind: str, **how: Any) -> bytes:
    """A file of this kind."""
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def refusal(door: Callable[[Path], object], path: Path) -> str:
    """What is said of a photo, in one line."""
    with pytest.raises(photo_file.PhotoError) as caught:
        door(path)
    assert caught.value.file == str(path)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    return caught.value.what


@pytest.mark.parametrize("door", _DOORS)
@pytest.mark.parametrize("size", [(1, 199_999_999), (199_999_999, 1), (65_536, 2)])
def test_sides_are_limited_before_anything_is_decoded(tmp_path: Path, door: str, size: tuple[int, int]) -> None:
    path = tmp_path / "long.png"
    path.write_bytes(png_of(*size))
    assert refusal(_DOORS[door], path).startswith(f"a side of {max(size)} pixels is longer than the limit of 65535")


def test_the_longest_side_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "long.tif"
    Image.new("L", (2, 65_535), 200).save(path)
    assert photo_file.open_photo(path).shape == (65_535, 2, 3)
    assert photo_file.make_thumbnail(path, side=64).shape == (64, 1, 3)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_how_many_pixels_are_opened_is_chosen(tmp_path: Path, kind: str, megapixels: Callable[[int], None]) -> None:
    path = tmp_path / "photo"
    Image.new("L", (1_200, 1_000)).save(path, kind)
    megapixels(1)
    assert "more than the limit of 1 million" in refusal(photo_file.open_photo, path)
    megapixels(2)
    assert photo_file.open_photo(path).shape == (1_000, 1_200, 3)


@pytest.mark.parametrize("door", _DOORS)
def test_a_file_far_larger_than_its_photo_is_refused_unread(
    tmp_path: Path, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sparse.png"
    path.write_bytes(png_of(100, 100))
    os.truncate(path, 1_900_000_000)
    monkeypatch.setattr(photo_file, "compute_content_id", lambda _: pytest.fail("it was read to its end"))
    assert refusal(_DOORS[door], path) == "the file has 1.8 GB, far too much for 100 × 100 pixels"


@pytest.mark.parametrize("door", _DOORS)
@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_a_file_that_would_be_read_whole_has_a_limit(tmp_path: Path, door: str, kind: str) -> None:
    path = tmp_path / f"sparse.{kind.lower()}"
    Image.new("RGB", (100, 100)).save(path, kind)
    os.truncate(path, 1_900_000_000)
    assert refusal(_DOORS[door], path) == "the file has 1.8 GB; the limit for this format is 512 MB"


def test_a_file_beyond_all_measure_is_not_read_for_its_id(tmp_path: Path) -> None:
    path = tmp_path / "sparse.tif"
    path.touch()
    os.truncate(path, 1 << 40)
    assert refusal(photo_file.compute_content_id, path) == "the file is larger than 2 GiB"


def test_a_large_file_that_changes_meanwhile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "growing.tif"
    Image.new("L", (9, 9)).save(path)
    monkeypatch.setattr(photo_file, "MOST_READ", 10)
    photo, page_id = photo_file.open_photo_with_id(path)
    assert (photo.shape, page_id) == ((9, 9, 3), photo_file.compute_content_id(path))

    def grows(path: Path) -> str:
        with path.open("ab") as stream:
            stream.write(b"more")
        return "an id"

    monkeypatch.setattr(photo_file, "compute_content_id", grows)
    assert refusal(photo_file.open_photo_with_id, path) == "the file changed while it was being read"


@posix
def test_what_is_no_file_of_the_disk_is_no_photo(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.png"))
        os.mkfifo(tmp_path / "pipe.png")
        (tmp_path / "folder.png").mkdir()
        (tmp_path / "circle.png").symlink_to("circle.png")
        (tmp_path / "device.png").symlink_to("/dev/zero")
        (tmp_path / "empty.png").touch()
        for door in (*_DOORS.values(), photo_file.count_pages, photo_file.compute_content_id):
            said = {name: refusal(door, tmp_path / f"{name}.png") for name in ("socket", "pipe", "folder", "circle")}
            assert said["socket"] == "this is a socket, not a photo"
            assert said["pipe"] == "this is a pipe, not a photo"
            assert "device" in refusal(door, tmp_path / "device.png")
            assert refusal(door, tmp_path / "empty.png") == "the file is empty"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
@pytest.mark.parametrize("folder", ["/proc/self", "/proc/self/task", "/proc", "/dev", "/sys/kernel"])
def test_folders_that_the_system_makes_up_are_listed(folder: str) -> None:
    for path in photo_listing.list_photos(Path(folder)):
        refusal(photo_file.open_photo, path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
@pytest.mark.parametrize("name", ["status", "mem", "pagemap", "cmdline"])
def test_files_that_the_system_makes_up_are_refused(name: str) -> None:
    path = Path("/proc/self") / name
    assert not photo_file.is_photo(path)
    for door in (*_DOORS.values(), photo_file.compute_content_id):
        assert refusal(door, path) == "the file is empty"


def test_pages_are_counted_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOST_PAGES", 20)
    monkeypatch.setattr(frames, "MOST_FRAMES", 20)
    for kind in ("TIFF", "GIF"):
        many = [Image.new("L", (1, 1), level) for level in range(30)]
        stream = io.BytesIO(encoded(many[0], kind, save_all=True, append_images=many[1:]))
        assert photo_decoder.count_pages(stream, "many", photo_limit.MAX_PIXELS).count == 20


def test_a_gif_of_a_million_frames_is_counted_at_once(tmp_path: Path) -> None:
    data = encoded(Image.new("L", (1, 1)), "GIF")
    path = tmp_path / "many.gif"
    begin = data.index(b",")
    path.write_bytes(data[:begin] + data[begin:-1] * 1_000_000 + b";")
    assert photo_file.count_pages(path).count == frames.MOST_FRAMES


def test_tiff_pages_in_a_circle_are_counted_once(tmp_path: Path) -> None:
    data = bytearray(encoded(Image.new("L", (1, 1)), "TIFF", save_all=True, append_images=[Image.new("L", (1, 1))]))
    first = int.from_bytes(data[4:8], "little")
    second_at = first + 2 + 12 * int.from_bytes(data[first : first + 2], "little")
    second = int.from_bytes(data[second_at : second_at + 4], "little")
    end = second + 2 + 12 * int.from_bytes(data[second : second + 2], "little")
    data[end : end + 4] = data[4:8]
    path = tmp_path / "circle.tif"
    path.write_bytes(data)
    assert photo_file.count_pages(path).count == 2


@pytest.mark.parametrize("length", [*range(0, 128, 9), *range(128, 600, 31)])
def test_a_cut_colour_profile_is_passed_by(length: int) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = Image.fromarray(drawn.board(60, 40))
    for mode in ("RGB", "L", "RGBA", "CMYK"):
        plain, cut = photo.convert(mode), photo.convert(mode)
        cut.info["icc_profile"] = profile[:length]
        assert np.array_equal(pixel_formats.to_rgb(cut), pixel_formats.to_rgb(plain))


def test_large_photos_are_converted_in_pieces_to_the_same_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    grey = Image.fromarray(rng.normal(0, 9, (50, 30)).astype(np.float32))
    clear = Image.fromarray(rng.integers(0, 256, (50, 30, 4), np.uint8))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "tRGB".encode("utf-16-be"))
    coloured = clear.copy()
    coloured.info["icc_profile"] = profile
    photos = [grey, clear, coloured, clear.convert("P"), clear.convert("LA")]
    whole = [pixel_formats.to_rgb(each) for each in photos]
    monkeypatch.setattr(pixel_formats, "_BAND_PIXELS", 100)
    for expected, photo in zip(whole, photos, strict=True):
        assert np.array_equal(pixel_formats.to_rgb(photo), expected)


_ORDINARY = {
    "jpeg": ("JPEG", {}),
    "progressive": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
}


@pytest.mark.parametrize("name", _ORDINARY)
def test_ordinary_photos_are_decoded_here(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, how = _ORDINARY[name]
    data = encoded(Image.fromarray(drawn.board()), kind, **how)
    monkeypatch.setattr(child_process, "call", lambda *_, **__: pytest.fail("a child process was asked"))
    assert photo_file.decode_photo(data, name=name).shape == drawn.board().shape


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png_of(9_000, 9_000), id="large"),
        pytest.param(png_of(9, 9, chunks=20_000), id="of many pieces"),
        pytest.param(encoded(Image.new("I;16", (9, 9)), "PNG"), id="16 bits"),
        pytest.param(b"\xff\xd8" + b"\xff\xe1\0\2" * 2_000, id="of many segments"),
        pytest.param(b"\xff\xd8\xff\xc9\0\x0b\x08\0\x09\0\x09\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0", id="arithmetic"),
        pytest.param(
            b"\xff\xd8\xff\xc2\0\x0b\x08\x1f\x00\x1f\x00\1\1\x11\0" + b"\xff\xda\0\x08\1\1\0\0\x3f\0" * 20, id="scans"
        ),
        pytest.param(b"\xff\xd8\xff", id="cut short"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="no header"),
    ],
)
def test_what_decoders_take_long_for_is_not_ordinary(data: bytes) -> None:
    stream = io.BytesIO(data)
    assert not photo_headers.is_plain_photo(stream)
    assert stream.tell() == 0


_KINDS = {
    "JPEG": ["RGB", "L", "CMYK"],
    "PNG": ["RGB", "RGBA", "LA", "P", "1", "I;16"],
    "WEBP": ["RGB", "RGBA"],
    "TIFF": ["RGB", "RGBA", "L", "CMYK", "P", "1", "F", "I;16"],
    "BMP": ["RGB", "L", "1"],
    "GIF": ["P"],
    "HEIF": ["RGB", "RGBA"],
    "AVIF": ["RGB"],
}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_child_process_gives_the_same_pixels(kind: str) -> None:
    photo = Image.fromarray(drawn.board(60, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    for mode in _KINDS[kind]:
        image = photo.convert("L").convert(mode) if mode in {"F", "I;16"} else photo.convert(mode)
        data = encoded(image, kind, **({} if kind in {"BMP", "GIF"} else {"exif": exif}))
        here = photo_decoder.decode(io.BytesIO(data), "photo", photo_limit.MAX_PIXELS)
        limits = Limits(answer=here.nbytes)
        arguments = {"work": "decode", "name": "photo", "most": photo_limit.MAX_PIXELS}
        there = child_process.call(photo_decoder.run_in_child, arguments, data, limits=limits)
        assert np.array_equal(there.arrays[0], here)


@pytest.mark.parametrize("failure", ["crashed", "slow", "memory", "start"])
def test_a_decoder_that_fails_is_a_line(
    tmp_path: Path, failure: child_process.Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> Answer:
        raise ChildFailed(failure, "it crashed")

    path = tmp_path / "bad.tif"
    Image.new("L", (9, 9)).save(path)
    monkeypatch.setattr(child_process, "call", fails)
    for door in (*_DOORS.values(), photo_file.count_pages):
        assert refusal(door, path) == "it crashed"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(),
        Answer([1]),
        Answer([0, 5]),
        Answer(["a", 5]),
        Answer([70_000, 5], [np.zeros((3, 3), np.uint8)]),
        Answer([9, 9, 9], [np.zeros((3, 3, 3), np.float32)]),
        Answer(None, [np.zeros((0, 3, 3), np.uint8)]),
        Answer(None, [np.zeros((70_000, 1, 3), np.uint8)]),
        Answer(None, [np.zeros((3, 3, 3), np.uint8)] * 2),
    ],
)
def test_an_answer_that_no_decoder_gives_is_a_line(
    tmp_path: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bad.tif"
    Image.new("L", (9, 9)).save(path)
    monkeypatch.setattr(child_process, "call", lambda *_, **__: answer)
    for door in (*_DOORS.values(), photo_file.count_pages):
        assert refusal(door, path) == "the file is damaged or incomplete"
