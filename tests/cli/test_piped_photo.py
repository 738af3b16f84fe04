"""``ocr-studio read -``: a photo from standard input."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr_studio.cli import main as cli
from ocr_studio.core.images import photo_file
from ocr_studio.jobs.reading.read import OcrService
from tests import drawn
from tests.cli.test_main import TwoWords, started


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: TwoWords())


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes, **more: Any) -> None:
    """Let standard input hold these bytes."""
    stream = io.TextIOWrapper(io.BytesIO(data))
    for name, value in more.items():
        setattr(stream, name, value)
    monkeypatch.setattr(sys, "stdin", stream)


PHOTO = drawn.file_of(drawn.board(), "PNG")


def test_a_piped_photo_is_read_like_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (file := tmp_path / "board.png").write_bytes(PHOTO)
    pipe(monkeypatch, PHOTO)
    assert cli.run(["read", "-"]) == 0
    assert capsys.readouterr() == ("“96 —64\n", "")
    pipe(monkeypatch, PHOTO)
    assert cli.run(["read", str(file), "-", "--format", "json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["image"], second["image"]) == (str(file), "-")
    assert first | {"image": ""} == second | {"image": ""}


def test_its_output_file_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, PHOTO)
    assert cli.run(["read", "-", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "stdin.txt").read_text(encoding="utf-8") == "“96 —64\n"


def test_a_file_may_be_called_like_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_bytes(PHOTO)
    pipe(monkeypatch, b"")
    assert cli.run(["read", "./-"]) == 0
    assert capsys.readouterr() == ("“96 —64\n", "")
    pipe(monkeypatch, PHOTO)
    assert cli.run(["read", "--out", "out", "-", "./-"]) == 2  # one result would replace the other
    assert capsys.readouterr().err.startswith("ocr-studio: “-” and “./-” can’t be combined")


def several() -> bytes:
    """A TIFF with two pages."""
    stream = io.BytesIO()
    pages = [Image.new("RGB", (96, 64), colour) for colour in ("white", "black")]
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 1, "standard input: it is empty. Send a photo to it: ocr-studio read - < photo.jpg."),
        (b"no photo", 1, "standard input: this is a text file, not a photo. Open a JPEG"),
        (PHOTO[:90], 1, "standard input: the file is "),
        (b"\x89PNG" + bytes(2000), 1, "standard input: it is longer than 1 kB. Save the photo to a file"),
        (several(), 0, "-: it has 2 pages or frames; only the first is read."),
    ],
    ids=["nothing", "text", "cut", "long", "pages"],
)
def test_what_is_wrong_with_it_is_one_line(
    data: bytes, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if "longer" in said:
        monkeypatch.setattr(photo_file, "MOST_READ", 1000)
    pipe(monkeypatch, data)
    assert cli.run(["read", "-"]) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"ocr-studio: {said}")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["-", "-"], "“-” can be used only once"),
        (["-", "--keep"], "“-” and --keep can’t be combined"),
        (["-"], "“-” reads a photo from standard input, which is a terminal. Use ocr-studio read - < photo.jpg."),
    ],
)
def test_what_cannot_be_meant_is_a_wrong_call(
    asked: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(monkeypatch, PHOTO, isatty=lambda: True)
    assert cli.run(["read", *asked]) == 2
    assert capsys.readouterr().err.startswith(f"ocr-studio: {said}")


def test_the_command_reads_what_a_shell_sends(tmp_path: Path) -> None:
    done = started("read", "-", input=b"no photo")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"standard input: this is a text file, not a photo" in done.stderr
    with (tmp_path / "empty").open("wb+") as empty:
        assert b"standard input: it is empty" in started("read", "-", stdin=empty).stderr
