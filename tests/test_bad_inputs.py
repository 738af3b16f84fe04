"""Whatever is given for a photo: it opens right, or one clear line says why not, and the rest is done."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ocr_studio.cli import main as cli
from ocr_studio.core.images import photo_file
from tests import drawn

BOARD = drawn.board()
GREY = drawn.grey_board()
JPEG, PNG, TIFF, BMP, GIF = (drawn.file_of(BOARD, kind) for kind in ("JPEG", "PNG", "TIFF", "BMP", "GIF"))
NOISE = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)


@dataclass(frozen=True)
class Case:
    """A name and what is put there. expected: the picture that must be seen, or a part of the reason why none is."""

    name: str
    put: bytes | Callable[[Path], object]
    expected: NDArray[np.uint8] | str

    def path(self, folder: Path) -> Path:
        path = folder / self.name
        if isinstance(self.put, bytes):
            path.write_bytes(self.put)
        else:
            self.put(path)
        return path


def cut(kind: str, **options: Any) -> bytes:
    whole = drawn.file_of(NOISE, kind, **options)
    return whole[: len(whole) // 2]


def with_size(data: bytes, at: int, form: str, *size: int) -> bytes:
    """The file with other numbers in its header."""
    return data[:at] + struct.pack(form, *size) + data[at + struct.calcsize(form) :]


def jpeg_size_at(data: bytes) -> int:
    return data.index(b"\xff\xc0") + 5


def with_exif(content: bytes) -> bytes:
    """The JPEG with this for its EXIF."""
    block = b"Exif\0\0" + content
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + JPEG[2:]


def a_link(path: Path) -> None:
    (path.parent / "linked").write_bytes(JPEG)
    path.symlink_to("linked")


def a_socket(path: Path) -> None:
    # A socket's path may be no longer than some hundred bytes; the test's folder can be.
    with socket.socket(socket.AF_UNIX) as end, tempfile.TemporaryDirectory(dir="/tmp") as near:
        end.bind(f"{near}/s")
        Path(f"{near}/s").rename(path)


def grey16() -> bytes:
    deep = cv2.cvtColor(BOARD, cv2.COLOR_RGB2GRAY).astype(np.uint16) * 257
    return cv2.imencode(".png", deep)[1].tobytes()


def see_through() -> tuple[bytes, NDArray[np.uint8]]:
    alpha = np.full(BOARD.shape[:2], 255, np.uint8)
    alpha[:32, :48] = 0
    seen = BOARD.copy()
    seen[:32, :48] = 255
    return drawn.file_of(np.dstack([BOARD, alpha]), "PNG"), seen


def several(kind: str) -> bytes:
    others = [Image.new("RGB", (drawn.WIDTH, drawn.HEIGHT))] * 2
    return drawn.file_of(BOARD, kind, save_all=True, append_images=others)


def of_mode(mode: str, kind: str) -> bytes:
    return drawn.file_of(Image.fromarray(BOARD).convert(mode), kind)


FLOATS = drawn.file_of(cv2.cvtColor(BOARD, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255, "TIFF")
ROW = bytes(1 + 96 * 3)

OPEN_RIGHT = [
    *(Case(f"held {way}.jpg", drawn.held(way, "JPEG"), BOARD) for way in range(1, 9)),
    Case("one pixel.png", drawn.file_of(BOARD[:1, :1], "PNG"), BOARD[:1, :1]),
    Case("one pixel.jpg", drawn.file_of(BOARD[:1, :1], "JPEG"), BOARD[:1, :1]),
    Case(
        "one row.png", drawn.file_of(np.full((1, 65000, 3), 90, np.uint8), "PNG"), np.full((1, 65000, 3), 90, np.uint8)
    ),
    Case("png called.jpg", PNG, BOARD),
    Case("jpeg called.png", JPEG, BOARD),
    Case("heic called.jpg", drawn.file_of(BOARD, "HEIF"), BOARD),
    Case("avif called.webp", drawn.file_of(BOARD, "AVIF"), BOARD),
    Case("tiff called.bmp", TIFF, BOARD),
    Case("jpeg called.txt", JPEG, BOARD),
    Case("jpeg without an ending", JPEG, BOARD),
    Case("16 bits grey.png", grey16(), GREY),
    Case("cmyk.jpg", of_mode("CMYK", "JPEG"), BOARD),
    Case("cmyk.tif", of_mode("CMYK", "TIFF"), BOARD),
    Case("palette.png", drawn.file_of(Image.fromarray(BOARD).quantize(8), "PNG"), BOARD),
    Case("grey and alpha.png", of_mode("LA", "PNG"), GREY),
    Case("see-through.png", *see_through()),
    Case("floats.tif", FLOATS, GREY),
    Case("animated.gif", several("GIF"), BOARD),
    Case("animated.webp", several("WEBP"), BOARD),
    Case("animated.png", several("PNG"), BOARD),
    Case("pages.tif", several("TIFF"), BOARD),
    Case("stereo.mpo", several("MPO"), BOARD),
    Case("progressive.jpg", drawn.file_of(BOARD, "JPEG", progressive=True), BOARD),
    Case("something after the end.jpg", JPEG + os.urandom(5000), BOARD),
    Case("huge exif.jpg", drawn.file_of(BOARD, "JPEG", exif=drawn.exif(1) + bytes(65000)), BOARD),
    Case("exif of rubbish.jpg", with_exif(b"\x9c" * 500), BOARD),
    Case("exif that ends at once.jpg", with_exif(b"II*\0\x08\0\0\0\xff\xff"), BOARD),
    Case(
        "exif in a circle.jpg", with_exif(b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"), BOARD
    ),
    Case("profile of rubbish.jpg", drawn.file_of(BOARD, "JPEG", icc_profile=os.urandom(3000)), BOARD),
    Case("caf\u00e9 composed.jpg", JPEG, BOARD),
    Case("cafe\u0301 decomposed.jpg", JPEG, BOARD),
    Case("\U0001f9d1\u200d\U0001f3eb \U0001f4f7.jpg", JPEG, BOARD),
    Case("\u05dc\u05d5\u05d7 \u0644\u0648\u062d.jpg", JPEG, BOARD),
    Case("白板 доска.jpg", JPEG, BOARD),
    Case("n" * 251 + ".jpg", JPEG, BOARD),
    Case("--out.jpg", JPEG, BOARD),
    Case("100 %s {x} 'and' \"more\".jpg", JPEG, BOARD),
    Case("back\\slash.jpg", JPEG, BOARD),
    Case("link.jpg", a_link, BOARD),
]
REFUSED = [
    Case("empty.jpg", b"", "is empty"),
    Case("one byte.jpg", b"\xff", "not a photo"),
    Case("beginning only.jpg", JPEG[:4], "damaged"),
    Case("beginning only.png", PNG[:12], "damaged"),
    Case("beginning only.heic", drawn.file_of(BOARD, "HEIF")[:24], "damaged"),
    Case("beginning only.webp", b"RIFF\x10\0\0\0WEBP", "damaged"),
    *(
        Case(f"cut.{kind.lower()}", cut(kind), "incomplete|damaged")
        for kind in ("PNG", "WEBP", "BMP", "GIF", "HEIF", "AVIF")
    ),
    Case("cut.jpg", cut("JPEG"), "incomplete"),
    Case("cut progressive.jpg", cut("JPEG", progressive=True), "incomplete"),
    Case("cut just before the end.jpg", JPEG[:-2], "incomplete"),
    Case("cut.tif", drawn.file_of(NOISE, "TIFF")[:90_000], "incomplete|damaged"),
    Case("cut squeezed.tif", drawn.file_of(NOISE, "TIFF", compression="tiff_lzw")[:90_000], "incomplete|damaged"),
    Case("bomb.png", drawn.png((30_000, 30_000, 8, 2), ROW), "30000 × 30000 pixels"),
    Case("bomb of one bit.png", drawn.png((30_000, 30_000, 1, 0), bytes(3751 * 100)), "30000 × 30000 pixels"),
    Case("bomb.jpg", with_size(JPEG, jpeg_size_at(JPEG), ">HH", 30_000, 30_000), "30000 × 30000 pixels"),
    Case("bomb.bmp", with_size(BMP, 18, "<ii", 30_000, 30_000), "30000 × 30000 pixels"),
    Case("bomb.gif", with_size(GIF, 6, "<HH", 30_000, 30_000), "30000 × 30000 pixels"),
    Case("wider than it is.png", drawn.png((500, 64, 8, 2), ROW * 64), "incomplete|damaged"),
    Case("taller than it is.bmp", with_size(BMP, 22, "<i", 500), "incomplete|damaged"),
    Case("no pixels.png", drawn.png((0, 64, 8, 2), b""), "damaged|zero pixels"),
    Case("no pixels.bmp", with_size(BMP, 18, "<ii", 0, 0), "damaged|zero pixels"),
    Case("depth of nothing.png", drawn.png((96, 64, 7, 2), ROW * 64), "damaged"),
    Case("wrong sum.png", PNG[:29] + b"oops" + PNG[33:], "damaged"),
    Case("rubbish for pixels.png", PNG[:60] + os.urandom(len(PNG) - 80) + PNG[-20:], "damaged|incomplete"),
    Case("directory beyond the end.tif", with_size(TIFF, 4, "<I", 2**31), "damaged|incomplete"),
    Case("rubbish after the box.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + os.urandom(3000), "damaged"),
    Case("rubbish.jpg", b"\x9c\x01" + os.urandom(2000), "supported format"),
    Case("noughts.jpg", bytes(4000), "supported format"),
    Case("zip called.jpg", b"PK\x03\x04" + os.urandom(500), "a ZIP archive"),
    Case("text called.png", b"Dear all,\nplease find enclosed\n", "a text file"),
    Case("drawing.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
    Case("page called.jpg", b"\n<!doctype html><title>404</title>", "a web page"),
    Case("document called.jpg", b"%PDF-1.7\n", "the PDF is damaged"),
    Case("program called.jpg", b"\x7fELF" + bytes(200), "a program"),
    Case("film called.jpg", b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(500), "supported format"),
    Case("folder.jpg", lambda path: path.mkdir(), "a folder"),
    Case("pipe.jpg", os.mkfifo, "a pipe"),
    Case("socket.jpg", a_socket, "a socket"),
    Case("device.jpg", lambda path: path.symlink_to("/dev/zero"), "a device"),
    Case("circle.jpg", lambda path: path.symlink_to(path.name), "points to itself"),
    Case("link to nothing.jpg", lambda path: path.symlink_to("nothing"), "does not exist"),
    Case("missing.jpg", lambda path: None, "does not exist"),
    Case("n" * 300 + ".jpg", lambda path: None, "too long for this system"),
    Case("under a file/photo.jpg", lambda path: path.parent.write_bytes(JPEG), "not a folder"),
    Case("line\nbreak.jpg", b"", "is empty"),
    Case("escape\x1b[2Jcode.jpg", b"", "is empty"),
    Case("not text \udcff\udcfe.jpg", b"", "is empty"),
    Case("\u202egpj.turned.jpg", b"", "is empty"),
]
CASES = OPEN_RIGHT + REFUSED


def in_one_line(name: object) -> str:
    return " ".join(str(name).split())


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", OPEN_RIGHT, ids=lambda case: ascii(case.name[:30]))
def test_it_opens_right(case: Case, tmp_path: Path) -> None:
    path = case.path(tmp_path)
    before = path.read_bytes()
    assert isinstance(case.expected, np.ndarray)
    pixels = photo_file.open_photo(path)
    if min(pixels.shape[:2]) > 1:
        assert drawn.shows(pixels, case.expected, within=25)
    else:
        assert pixels.shape == case.expected.shape
        assert np.abs(pixels.astype(int) - case.expected).max() <= 3
    assert photo_file.read_photo_size(path) == pixels.shape[1::-1]
    assert max(photo_file.make_thumbnail(path, side=32).shape[:2]) <= 32
    assert path.read_bytes() == before


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: ascii(case.name[:30]))
def test_it_says_why_not(case: Case, tmp_path: Path) -> None:
    path = case.path(tmp_path)
    assert isinstance(case.expected, str)
    with pytest.raises(photo_file.PhotoError, match=case.expected) as caught:
        photo_file.open_photo(path)
    line = str(caught.value)
    assert line.startswith(in_one_line(path))
    assert "\n" not in line
    assert caught.value.remedy
    with pytest.raises(photo_file.PhotoError, match=case.expected):
        photo_file.make_thumbnail(path, side=32)


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.name[:30]))
def test_nothing_but_a_photo_error_comes_of_looking_at_it(case: Case, tmp_path: Path) -> None:
    path = case.path(tmp_path)
    photo_file.is_photo(path)
    for look in (photo_file.read_photo_size, photo_file.compute_content_id, photo_file.open_photo_with_id):
        with contextlib.suppress(photo_file.PhotoError):
            look(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF", "AVIF"])
def test_no_damage_anywhere_brings_another_error(kind: str) -> None:
    whole = drawn.file_of(BOARD, kind)
    chance = np.random.default_rng(7)
    for _ in range(60):
        data = bytearray(whole[: int(chance.integers(1, len(whole) + 1))])
        for place in chance.integers(0, len(data), 3):
            data[place] = int(chance.integers(0, 256))
        with contextlib.suppress(photo_file.PhotoError):
            pixels = photo_file.decode_photo(bytes(data), name="damaged")
            assert pixels.ndim == 3
            assert pixels.dtype == np.uint8


def test_a_photo_that_vanishes_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gone.jpg"
    path.write_bytes(JPEG)
    really_open = os.open

    def late_open(name: Path, flags: int) -> int:
        path.unlink()
        return really_open(name, flags)

    monkeypatch.setattr(os, "open", late_open)
    with pytest.raises(photo_file.PhotoError, match=r"gone\.jpg: the file does not exist"):
        photo_file.open_photo(path)


def test_a_photo_that_shrinks_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shrinking.jpg"
    path.write_bytes(drawn.file_of(NOISE, "JPEG"))
    really_open = os.open

    def opened_then_cut(name: Path, flags: int) -> int:
        handle = really_open(name, flags)
        os.truncate(path, 20_000)
        return handle

    monkeypatch.setattr(os, "open", opened_then_cut)
    with pytest.raises(photo_file.PhotoError, match=r"shrinking\.jpg: the file is incomplete"):
        photo_file.open_photo(path)


def test_a_photo_nobody_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(JPEG)

    # The system's answer is played, since it lets root read everything.
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(photo_file.PhotoError, match=r"secret\.jpg: you don’t have permission to read it\. Change"):
        photo_file.open_photo(path)


def test_a_name_with_a_nought_in_it(tmp_path: Path) -> None:
    with pytest.raises(photo_file.PhotoError, match="not a valid file name"):
        photo_file.open_photo(tmp_path / "a\0b.jpg")


def test_a_disk_that_fails_while_it_is_read() -> None:
    path = Path("/proc/self/mem")  # a plain file to the system, whose first byte nobody can read
    if not path.exists():
        pytest.skip("a Linux way to have a failing read")
    for look in (photo_file.open_photo, photo_file.read_photo_size, photo_file.compute_content_id):
        with pytest.raises(photo_file.PhotoError, match="/proc/self/mem: the file is empty"):
            look(path)


def test_a_bomb_is_refused_without_the_memory_it_would_take(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    rows = zlib.compress(bytes((1 + 30_000 // 8) * 30_000), level=1)  # all the pixels are there
    bomb.write_bytes(drawn.png((30_000, 30_000, 1, 0), b"").replace(zlib.compress(b""), rows))
    limited = (
        "import resource, sys; from pathlib import Path; from ocr_studio.core.images import photo_file as images\n"
        "used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 2**27, used + 2**27))\n"
        "for look in (images.open_photo, images.read_photo_size, lambda path: images.make_thumbnail(path, side=9)):\n"
        "    try: look(Path(sys.argv[1]))\n"
        "    except images.PhotoError as error: print(error)\n"
    )
    if sys.platform != "linux":
        pytest.skip("memory is limited in a Linux way")
    done = subprocess.run([sys.executable, "-c", limited, bomb], capture_output=True, text=True, check=True)
    assert done.stdout.count("bomb.png: 30000 × 30000 pixels are more than the limit of 200 million") == 3


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_header_that_promises_too_much_shows_what_there_is(kind: str) -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in BOARD)
    tall = {
        "PNG": drawn.png((drawn.WIDTH, 500, 8, 2), rows),
        "JPEG": with_size(JPEG, jpeg_size_at(JPEG), ">H", 500),
    }
    pixels = photo_file.decode_photo(tall[kind], name="tall")
    assert pixels.shape == (500, drawn.WIDTH, 3)
    assert drawn.shows(pixels[: drawn.HEIGHT], BOARD)


def test_the_command_reads_the_good_one_among_all_the_bad_and_says_that_some_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    good = np.full((200, 700, 3), 245, np.uint8)
    cv2.putText(good, "HELLO BOARD", (30, 130), cv2.FONT_HERSHEY_SIMPLEX, 2.5, (20, 20, 60), 6, cv2.LINE_AA)
    (folder / "good.png").write_bytes(drawn.file_of(good, "PNG"))
    # Of a cut GIF, the frames that are there are tried besides.
    bad = [case.path(folder) for case in REFUSED if case.name not in ("folder.jpg", "cut.gif")]
    status = cli.run(["read", *map(str, bad), str(folder / "good.png")])
    said = capsys.readouterr()
    assert status == 1
    assert "HELLO" in said.out
    complaints = said.err.splitlines()
    assert len(complaints) == len(bad)
    for path, line in zip(bad, complaints, strict=True):
        assert line.startswith("ocr-studio: ")
        assert in_one_line(path.parent) in line
        assert line.isprintable() or not path.name.isprintable()
        assert not set(line) & {"\x1b", "\u202e", "\udcff"}
