"""Archives by the real command: read by processes, searched, and a sample corrected as a project."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_studio.cli import main as cli
from ocr_studio.core import extras
from ocr_studio.core.archive import listing, rows, shards
from ocr_studio.core.archive.folder import ArchiveFolder
from ocr_studio.core.datasets import dataset
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, TextSource
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.archive.pool import Answer
from ocr_studio.jobs.learning import train as training
from tests.core import made_datasets
from tests.drawn import board
from tests.jobs.archive import stub_readers
from tests.jobs.archive.stub_readers import HereEngine
from tests.ui.made_course import StandInLearner


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two photos with a printed word each, a text that is no photo, and a PDF with two pages."""
    folder = tmp_path / "photos"
    folder.mkdir()
    pages = []
    for name, word in (("a.png", "load"), ("b.png", "queue")):
        page = Image.new("RGB", (320, 160), "white")
        ImageDraw.Draw(page).text((60, 50), word, fill="black", font_size=60)
        page.save(folder / name)
        pages.append(page)
    pages[0].save(folder / "c.pdf", save_all=True, append_images=pages[1:])
    (folder / "d.jpg").write_text("no photo", "utf-8")
    return folder


def test_an_archive_from_photos_to_corrections(photos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out, sample = str(tmp_path / "out"), tmp_path / "sample"
    read = ["archive", "read", str(photos), "--out", out, "--processes", "1", "--model", "pp-ocrv6-small"]
    assert cli.run(read) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert "4 photos in 1 file: 3 read now" in said.err
    assert f"1 photo could not be read:\n  1 × this is a text file, not a photo\n      {photos / 'd.jpg'}\n" in said.err

    assert cli.run([*read, "--format", "json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["photos"], report["read"], report["errors"]) == (4, 0, {})
    (part,) = ArchiveFolder(out).parts()
    found = rows.convert_rows(ArchiveFolder(out).read_columns(part, None).to_pylist())
    names = ["a.png", "b.png", "c #1.pdf", "c #2.pdf", "d.jpg"]
    assert [Path(row.path).name for row in found] == names
    assert [row.text for row in found] == ["load", "queue", "load", "queue", ""]
    assert found[1].words[0].id == "w1"
    assert (found[1].width, found[1].height, found[1].model) == (320, 160, "pp-ocrv6-small")

    assert cli.run(["search", "queve", "--archive", out]) == 0
    lines = [line.split("\t") for line in capfd.readouterr().out.splitlines()]
    assert [(Path(path).name, text) for path, _, text in lines] == [("b.png", "queue"), ("c #2.pdf", "queue")]

    assert cli.run(["archive", "sample", out, "--count", "9", "--out", str(sample)]) == 0
    said = capfd.readouterr()
    assert said.out.startswith("4 photos in ")
    assert "has only 4 photos with words" in said.err
    assert sorted(path.name for path in sample.iterdir() if path.is_file()) == ["a.png", "b.png", "c.pdf"]
    project = Project.open(sample)
    texts = {}
    for page_id in project.page_stamps():
        page = project.load_page(page_id)
        assert page is not None
        assert project.photo(page).parent == sample
        (word,) = page.words.values()
        assert (word.quad_source, word.checked) == (TextSource.MODEL, False)
        texts[page.image] = word.text
    assert texts == {"a.png": "load", "b.png": "queue", "c #1.pdf": "load", "c #2.pdf": "queue"}

    capfd.readouterr()
    assert cli.run(["archive", "sample", out, "--count", "2", "--out", str(sample)]) == 0
    assert "2 of them unchanged" in capfd.readouterr().out
    (tmp_path / "file").write_text("x", "utf-8")
    assert cli.run(["archive", "sample", out, "--count", "2", "--out", str(tmp_path / "file")]) == 2
    assert "file: it is a file, not a folder. Choose another folder." in capfd.readouterr().err

    shutil.copyfile(photos / "a.png", photos / "e.png")
    assert cli.run(read) == 0
    assert "5 photos in 1 file: 1 read now" in capfd.readouterr().err
    assert cli.run(["archive", "sample", out, "--count", "5", "--out", str(tmp_path / "twice")]) == 0
    (line,) = capfd.readouterr().out.splitlines()
    assert line.startswith("4 photos in ")
    assert line.endswith("0 of them unchanged; 1 more is a copy of another")
    for name in ("a.png", "e.png"):
        (photos / name).unlink()
    assert cli.run(["archive", "sample", out, "--count", "5", "--out", str(tmp_path / "other")]) == 1
    assert "a.png: the file does not exist" in capfd.readouterr().err


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command reads without processes and networks."""
    log = tmp_path / "log"
    monkeypatch.setattr(
        "ocr_studio.jobs.archive.engines.make_engine", lambda *_, **__: HereEngine(stub_readers.maker(log))
    )


@pytest.mark.usefixtures("stubbed")
def test_what_is_left_over_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "photos" / name).write_text("text", "utf-8")
    command = ["archive", "read", str(tmp_path / "photos"), "--out", str(tmp_path / "out")]
    assert cli.run(command) == 0
    (tmp_path / "photos" / "a.jpg").unlink()
    assert cli.run(command) == 0
    assert "--prune removes them" in capsys.readouterr().err
    assert cli.run([*command, "--prune"]) == 0
    assert "1 file of photos that are no longer in the source removed" in capsys.readouterr().err


@pytest.mark.usefixtures("stubbed")
def test_a_damaged_file_of_an_earlier_run_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("text", "utf-8")
    command = ["archive", "read", str(tmp_path / "photos"), "--out", str(tmp_path / "out")]
    assert cli.run(command) == 0
    (part,) = (tmp_path / "out").glob("part-*")
    part.write_bytes(b"damaged")
    capsys.readouterr()
    assert cli.run(command) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "damaged" in line]
    assert said == [f"ocr-studio: {part}: it is damaged; reading its photos again"]


@pytest.mark.usefixtures("stubbed")
def test_a_damaged_file_is_said_in_one_line_of_a_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "photos" / name).write_text("queue", "utf-8")
    out = tmp_path / "out"
    read = ["archive", "read", str(tmp_path / "photos"), "--out", str(out), "--shard-size", "1"]
    search = ["search", "queue", "--archive", str(out)]
    assert cli.run(read) == 0
    part = out / ArchiveFolder(str(out)).parts()[0]
    part.write_bytes(b"damaged")
    capsys.readouterr()
    assert cli.run(search) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    remedy = 'Delete it and run "ocr-studio archive read" again.'
    assert said.err == f"ocr-studio: {part}: it is damaged; its photos were not searched. {remedy}\n"
    part.unlink()
    assert cli.run(read) == 0
    capsys.readouterr()
    assert cli.run(search) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.usefixtures("stubbed")
def test_photos_of_a_list_that_are_away_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photo := tmp_path / "a.jpg").write_text("text", "utf-8")
    (tmp_path / "list.txt").write_text(str(photo), "utf-8")
    command = ["archive", "read", str(tmp_path / "list.txt"), "--out", str(tmp_path / "out")]
    assert cli.run(command) == 0
    assert "found now" not in capsys.readouterr().err
    photo.unlink()
    for _ in range(2):
        assert cli.run(command) == 0
        said = f"1 photo can’t be found now; what was read before is kept:\n      {photo}\n"
        assert said in capsys.readouterr().err
    assert cli.run([*command, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["missing"] == 1


@pytest.mark.usefixtures("stubbed")
def test_where_a_folder_cannot_be_listed_pruning_is_not_suggested(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        path = tmp_path / "photos" / str(number // 100) / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", "utf-8")
    command = ["archive", "read", str(tmp_path / "photos"), "--out", str(tmp_path / "out"), "--shard-size", "9"]
    assert cli.run(command) == 0
    real = os.scandir

    def scandir(folder: Any) -> Any:
        if str(folder).endswith(f"{os.sep}1"):  # not the number of an open folder
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert cli.run([*command, "--prune"]) == 1
    said = capsys.readouterr().err
    assert "not removed, as folders could not be listed" in said
    assert "--prune" not in said


@pytest.mark.usefixtures("stubbed")
def test_settings_that_differ_and_impossible_options_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jpg").write_text("text", "utf-8")
    command = ["archive", "read", str(tmp_path), "--out", str(tmp_path / "out")]
    assert cli.run(command) == 0
    assert cli.run([*command, "--unit", "lines"]) == 2
    assert "read with other settings (--unit words)" in capsys.readouterr().err
    assert cli.run([*command, "--address", "10.0.0.1:6379"]) == 2
    assert cli.run([*command, "--processes", "0"]) == 2
    assert cli.run([*command, "--model", "no-such-model"]) == 2
    assert cli.run(["search", "x", "--archive", str(tmp_path)]) == 1
    assert "no archive in this folder" in capsys.readouterr().err


@pytest.mark.usefixtures("stubbed")
def test_photos_that_failed_in_earlier_runs_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a.jpg", "b-broken.jpg"):
        (tmp_path / "photos" / name).write_text("text", "utf-8")
    command = ["archive", "read", str(tmp_path / "photos"), "--out", str(tmp_path / "out")]
    assert cli.run(command) == 1
    assert "earlier runs" not in capsys.readouterr().err
    assert cli.run(command) == 0
    said = "1 photo could not be read in earlier runs; --retry reads it again:\n  1 × the file is damaged or incomplete"
    assert said in capsys.readouterr().err
    assert cli.run([*command, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["errors_before"] == {"the file is damaged or incomplete": 1}
    (tmp_path / "photos" / "c.jpg").write_text("text", "utf-8")
    assert cli.run(command) == 0
    assert said in capsys.readouterr().err
    assert cli.run([*command, "--retry"]) == 1
    assert "earlier runs" not in capsys.readouterr().err


@pytest.mark.usefixtures("stubbed")
def test_of_many_photos_that_failed_for_a_reason_three_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(5):
        (photos / f"{number}-broken.jpg").write_text("text", "utf-8")
    command = ["archive", "read", str(photos), "--out", str(tmp_path / "out")]
    assert cli.run(command) == 1
    named = [str(photos / f"{number}-broken.jpg") for number in range(3)]
    lines = ["  5 × the file is damaged or incomplete", *(f"      {path}" for path in named), "      and 2 others\n"]
    assert "\n".join(lines) in capsys.readouterr().err
    assert cli.run([*command, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["failed_photos"] == {}
    assert report["failed_photos_before"] == {"the file is damaged or incomplete": named}


@pytest.mark.usefixtures("stubbed")
def test_what_an_engine_prints_is_no_part_of_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = HereEngine.wait

    def wait(engine: HereEngine, seconds: float) -> list[tuple[int, Answer]]:
        print("(raylet) A worker died")  # noqa: T201  (as Ray does)
        return real(engine, seconds)

    monkeypatch.setattr(HereEngine, "wait", wait)
    (tmp_path / "a.jpg").write_text("text", "utf-8")
    assert cli.run(["archive", "read", str(tmp_path), "--out", str(tmp_path / "out"), "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["read"] == 1
    assert "A worker died" in said.err


def archive_of(folder: Path, photos: Path) -> ArchiveFolder:
    """An archive with three drawn boards that are in a folder; on each, one of eight words was misread."""
    photos.mkdir()
    archive = ArchiveFolder(str(folder))
    archive.prepare({})
    content = []
    for number in (1, 2, 3):
        photo = photos / f"board {number}.png"
        photo_file.save_png(photo, made_datasets.drawn(number))
        words = {word.id: replace(word, human=None) for word in made_datasets.words(number)}
        page = Page(photo_file.compute_content_id(photo), "", made_datasets.WIDTH, made_datasets.HEIGHT, words)
        content.append([rows.make_row(page, str(photo), model="pp-ocrv6-small", seconds=0.1)])
    source = shards.source_prefix(shards.digest_source(listing.name_source(str(photos))))
    archive.write_part(f"{source}a-x.parquet", rows.encode_part(content, ["x"] * 3))
    return archive


def test_corrections_of_a_sample_train(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, sample = archive_of(tmp_path / "out", tmp_path / "photos"), tmp_path / "sample"
    assert cli.run(["archive", "sample", archive.address, "--count", "3", "--out", str(sample)]) == 0
    project = Project.open(sample)
    for page_id in project.page_stamps():
        page = project.load_page(page_id)
        assert page is not None
        wrong = [word.id for word in page.words.values() if word.text == "queves"]
        assert len(wrong) == 1
        right = {key: made_datasets.checked(word) for key, word in page.words.items()}
        project.save_page(replace(page, words=right | {wrong[0]: made_datasets.checked(right[wrong[0]], "queues")}))
    project.unlock()
    assert cli.run(["dataset", str(sample), "--out", str(tmp_path / "data")]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("24 of 24 words written to ")
    examples = dataset.read(tmp_path / "data").examples
    assert [example.text for example in examples].count("queues") == 3
    learner = StandInLearner()
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert cli.run(["train", "--dataset", str(tmp_path / "data"), "--name", "mine"]) == 0
    assert learner.begun == 1
    assert "Saved as “mine”" in capsys.readouterr().out


def test_a_sample_is_kept_apart_from_the_archive_and_its_photos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    archive = archive_of(tmp_path / "out", photos)
    command = ["archive", "sample", archive.address, "--count", "3", "--out"]
    for place in (photos, photos / "below"):
        assert cli.run([*command, str(place)]) == 2
        said = f"{place}: this folder is among the photos of the archive. Choose a folder outside {photos}."
        assert said in capsys.readouterr().err
    for place in (tmp_path / "out", tmp_path / "out" / "sample"):
        assert cli.run([*command, str(place)]) == 2
        assert "this is the folder of the archive, or a folder inside it" in capsys.readouterr().err
    (part,) = archive.parts()
    archive.write_part("part-of-a-list.parquet", archive.read_part(part))
    archive.remove_part(part)
    assert cli.run([*command, str(photos)]) == 2
    assert "among the photos" in capsys.readouterr().err
    assert not (photos / "below").exists()
    assert sorted(path.suffix for path in photos.iterdir()) == [".png"] * 3
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(extras.MODULES, "archive", ("pyarrow", "no_such_module"))
    for command in (["archive", "read", "x", "--out", "y"], ["search", "x", "--archive", "y"]):
        assert cli.run(command) == 1
        assert '[archive]"' in capsys.readouterr().err
    monkeypatch.setitem(extras.MODULES, "ray", ("no_such_module",))
    monkeypatch.setitem(extras.MODULES, "archive", ())
    assert cli.run(["archive", "read", "x", "--out", "y", "--engine", "ray"]) == 1
    assert '[ray]"' in capsys.readouterr().err


def test_the_command_needs_neither_package_to_be_loaded() -> None:
    code = (
        "import sys; from ocr_studio.cli import archive, search; archive.parser();"
        "print([name for name in ('pyarrow', 'fsspec', 'ray', 'tensorflow', 'onnxruntime') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_sample_can_be_of_the_photos_read_with_the_least_confidence(tmp_path: Path) -> None:
    from ocr_studio.core.archive.sample import LEAST_CONFIDENT, choose_photos

    archive = ArchiveFolder(str(tmp_path))
    archive.prepare({})
    content = [
        [stub_readers.make_row(f"/{name}.jpg", text)] for name, text in (("a", b"x"), ("b", b"x y z"), ("c", b"x y"))
    ]
    content.append([rows.ArchiveRow("/d.jpg", error="damaged")])
    archive.write_part("part-a-b-c.parquet", rows.encode_part(content, ["x"] * 4))
    chosen = [row.path for row in choose_photos(archive, 2, order=LEAST_CONFIDENT)]
    assert chosen == ["/b.jpg", "/c.jpg"]
    some = {seed: [row.path for row in choose_photos(archive, 1, seed=seed)] for seed in range(20)}
    assert some == {seed: [row.path for row in choose_photos(archive, 1, seed=seed)] for seed in range(20)}
    assert {path for paths in some.values() for path in paths} == {"/a.jpg", "/b.jpg", "/c.jpg"}


def test_what_changed_since_it_was_read_is_not_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = tmp_path / "a.png"
    Image.fromarray(np.asarray(board())).save(photo)
    archive = ArchiveFolder(str(tmp_path / "out"))
    archive.prepare({})
    row = stub_readers.make_row(str(photo), b"load balancer")  # of other bytes
    archive.write_part("part-a-b-c.parquet", rows.encode_part([[row]], ["x"]))
    command = ["archive", "sample", archive.address, "--count", "1", "--out", str(tmp_path / "sample")]
    assert cli.run(command) == 1
    assert "the photo has changed since it was read" in capsys.readouterr().err
