"""What the command line says about how photos are read, and about paths that are none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ocr_studio.cli import main as cli
from ocr_studio.core import resources, settings
from ocr_studio.core.images import photo_file
from ocr_studio.core.models.card import DETECTOR
from ocr_studio.core.page import Quad, Word
from ocr_studio.core.translation import message
from ocr_studio.jobs.reading.read import OcrService
from tests.core.made_models import installed


class Nothing:
    """Finds no writing."""

    name, notice = "nothing", None

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return []

    def read_lines(self, image: NDArray[np.uint8], lines: list[Quad]) -> Iterator[tuple[int, list[Word]]]:
        yield from ()


@pytest.mark.parametrize(("arguments", "unit"), [([], "lines"), (["--unit", "words"], "words")])
def test_a_box_holds_what_the_command_says_else_what_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], unit: str
) -> None:
    photo = tmp_path / "board.png"
    photo_file.save_png(photo, np.full((20, 20, 3), 200, np.uint8))
    settings.save(settings.Settings(unit="lines"))
    units: list[str] = []

    def reader(ocr_service: OcrService, writer: str | None = None) -> Nothing:
        units.append(ocr_service.options.unit)
        return Nothing()

    monkeypatch.setattr(OcrService, "reader", reader)
    assert cli.run(["read", str(photo), *arguments]) == 0
    assert set(units) == {unit}


def test_another_runtime_than_asked_for_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.png", "b.png"):
        photo_file.save_png(tmp_path / name, np.full((20, 20, 3), 200, np.uint8))
    monkeypatch.setattr(Nothing, "notice", message("TensorFlow reads."))
    monkeypatch.setattr(Nothing, "learn", lambda *_: None, raising=False)
    monkeypatch.setattr("ocr_studio.engine.reader.Reader", lambda _: Nothing())
    assert cli.run(["read", str(tmp_path)]) == 0
    assert capsys.readouterr().err == "ocr-studio: TensorFlow reads.\n"


@pytest.mark.parametrize(("asked", "status"), [("Anna", 0), ("Finder", 2), ("nobody", 2), ("Broken", 1)])
def test_the_model_that_is_asked_for_reads_if_there_is_one_that_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: str, status: int
) -> None:
    installed("Anna")
    installed("Finder", architecture=DETECTOR, alphabet=())
    broken = installed("Broken")
    assert broken.folder is not None
    (broken.folder / "weights.pkl").touch()
    photo = tmp_path / "board.png"
    photo_file.save_png(photo, np.full((20, 20, 3), 200, np.uint8))
    used: set[str | None] = set()

    def reader(ocr_service: OcrService, writer: str | None = None) -> Nothing:
        used.add(ocr_service.options.model)
        return Nothing()

    monkeypatch.setattr(OcrService, "reader", reader)
    assert cli.run(["read", str(photo), "--model", asked]) == status
    assert used == ({asked} if status == 0 else set())
    assert len(capsys.readouterr().err.splitlines()) == (status > 0)


def test_that_a_chosen_model_is_gone_is_said_where_it_would_have_read(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: Nothing())
    photo = tmp_path / "board.png"
    photo_file.save_png(photo, np.full((20, 20, 3), 200, np.uint8))
    chosen = [installed("Anna"), installed("Finder", architecture=DETECTOR, alphabet=()), installed("Berta")]
    settings.save(settings.Settings(model="Anna", detector="Finder"))

    def said(*more: str) -> list[str]:
        assert cli.run(["read", str(photo), *more]) == 0
        return capsys.readouterr().err.splitlines()

    assert said() == []
    assert chosen[0].folder is not None
    shutil.rmtree(chosen[0].folder)
    reads = settings.Settings().reads_with()
    [line] = said()
    assert f"the selected recognizer “Anna” is missing or damaged; using “{reads}” instead" in line
    assert line.endswith('Select another one with "ocr-studio models use NAME".')
    assert said("--model", "Berta") == []
    assert chosen[1].folder is not None
    shutil.rmtree(chosen[1].folder)
    assert len(said()) == 2
    [line] = said("--model", "Berta")
    assert "the selected detector “Finder” is missing" in line
    assert "setting 'model' can’t be 'Anna'" in caplog.text
    assert cli.run(["models", "default"]) == 0
    capsys.readouterr()
    assert said() == []


def test_a_damaged_model_of_the_program_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: Nothing())
    photo = tmp_path / "board.png"
    photo_file.save_png(photo, np.full((20, 20, 3), 200, np.uint8))
    folder = resources.models() / "boards"
    folder.mkdir(parents=True)
    (folder / "model.json").write_text("{")
    assert cli.run(["read", str(photo)]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"ocr-studio: {folder}")
    assert line.endswith("Reinstall the program, or use another model.")


def test_read_replaces_no_file_that_it_did_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: Nothing())
    for name in ("a.png", "b.png"):
        photo_file.save_png(tmp_path / name, np.full((20, 20, 3), 200, np.uint8))
    out = tmp_path / "out"
    asked = ["read", str(tmp_path), "--format", "json", "--out", str(out)]
    assert cli.run(asked) == 0
    assert cli.run(asked) == 0
    (out / "a.json").write_text("edited")
    (out / "b.json").unlink()
    capsys.readouterr()
    assert cli.run(asked) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "a.json: the file was not written by this program" in line
    assert (out / "a.json").read_text() == "edited"
    assert (out / "b.json").read_text().startswith("{")
    assert cli.run([*asked, "--overwrite"]) == 0
    assert (out / "a.json").read_text().startswith("{")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("moving.png", "Rename it to moving.apng to read all of them."),
        ("moving.avif", "Save the others as separate photos to read them."),
        ("plain.tif", ""),
        ("two.mpo", ""),
    ],
)
def test_pages_that_are_not_read_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, remedy: str
) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: Nothing())
    more = [Image.new("RGB", (20, 20), colour) for colour in ("black", "red")]
    white, several = Image.new("RGB", (20, 20), "white"), name != "plain.tif"
    white.save(tmp_path / name, save_all=several, append_images=more if several else [])
    assert cli.run(["read", str(tmp_path / name)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == bool(remedy)
    assert all(f"{name}: it has 3 pages or frames; only the first is read. {remedy}" in line for line in lines)


@pytest.mark.parametrize("name", ["scan.tif", "scan.pdf", "scan.gif"])
@pytest.mark.parametrize(
    ("chosen", "read"),
    [([], [1, 2, 3]), (["--pages", "2"], [2]), (["--pages", "1,3-"], [1, 3]), (["--pages=2-9"], [2, 3])],
)
def test_all_pages_are_read_or_those_chosen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    chosen: list[str],
    read: list[int],
) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: Nothing())
    first, *more = (Image.new("RGB", (40, 20), colour) for colour in ("white", "black", "red"))
    first.save(path := tmp_path / name, save_all=True, append_images=more)
    assert cli.run(["read", str(path), "--format", "json", *chosen]) == 0
    out, err = capsys.readouterr()
    assert [each["image"] for each in json.loads(out)] == [
        str(path.with_name(f"scan #{number}{path.suffix}")) for number in read
    ]
    assert not err


@pytest.mark.parametrize("pages", ["0", "2-a", "", "1-2-3", "-3", "3-1"])
def test_pages_that_are_no_numbers(pages: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["read", "scan.pdf", f"--pages={pages}"]) == 2
    assert "--pages" in capsys.readouterr().err


def test_pages_that_a_file_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "scan.pdf")
    assert cli.run(["read", str(tmp_path / "scan.pdf"), "--pages", "7"]) == 1
    assert "scan.pdf: it has 1 page. Choose other --pages." in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        [""],
        ["read", ""],
        ["read", "a.png", "--out", ""],
        ["export", "", "--format", "text", "--out", "there"],
        ["export", "here", "--format", "text", "--out="],
        ["--screenshot", "", "a.png"],
    ],
)
def test_an_empty_path_is_not_the_current_folder(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(given) == 2
    said = capsys.readouterr()
    assert ': empty path; see "ocr-studio' in said.err
    assert said.out == ""
