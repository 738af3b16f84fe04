"""``read --keep``: what was read stays known, so that a script can go on with it without a screen."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.cli import main as cli
from ocr_studio.core import settings
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, PageFacts, Quad, TextSource, Transcription, Word, WordOrder, new_id
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.project import FOLDER, Project, SaveFailed
from ocr_studio.core.reading_order import page_order
from ocr_studio.jobs.reading.read import OcrService
from tests import drawn


class TwoWords:
    """Reads “pod” and “-Create” on every photo, and counts how often."""

    name = "two-words"

    def __init__(self) -> None:
        self.photos = 0
        self.text = "pod"

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return [Quad.from_box(0, 0, image.shape[1], 10)]

    def read_lines(self, image: NDArray[np.uint8], lines: list[Quad]) -> Iterator[tuple[int, list[Word]]]:
        self.photos += 1
        yield 1, [self._word(self.text, 5), self._word("-Create", 50)]

    def _word(self, text: str, left: float) -> Word:
        read = Transcription(text, TextSource.MODEL, 0.75, self.name)
        return Word(new_id(), Quad.from_box(left, 0, left + 25, 10), machine=read)

    def learn(self, known: object) -> None:
        """Knows enough."""


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> TwoWords:
    reader = TwoWords()
    monkeypatch.setattr(OcrService, "reader", lambda *_: reader)
    return reader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "boards"
    folder.mkdir()
    for name, width in (("a.png", 96), ("b.png", 97)):
        photo_file.save_png(folder / name, drawn.board(width, 64))
    return folder


def kept(folder: Path) -> dict[str, Page]:
    project = Project.open(folder)
    pages = [page for key in project.page_ids() if (page := project.load_page(key))]
    return {page.image: page for page in pages}


def corrected(folder: Path, image: str, text: str) -> None:
    """A person writes the first word of a photo, and gives an order of their own."""
    project = Project.open(folder)
    pages = [page for key in project.page_ids() if (page := project.load_page(key))]
    page = next(page for page in pages if page.image == image)
    first, second = (page.words[key] for key in page_order.order_words(page))
    words = {first.id: replace(first, human=Transcription.by_human(text)), second.id: second}
    facts = PageFacts(writer="Anna")
    order = WordOrder(((second.id, first.id),), arranged=True)
    project.save_page(replace(page, words=words, facts=facts, order=order))
    project.unlock()


# --------------------------------------------------------------------------------------------- what it is for: scripts


def test_search_export_and_dataset_go_on_where_read_left_off(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["search", "pod", "--project", str(folder)]) == 1
    said = capsys.readouterr().err
    assert said == (
        f"ocr-studio: {folder}: no photos have been read here yet."
        " Read them first with ocr-studio read FOLDER --keep, or in the window.\n"
    )
    assert cli.run(["read", str(folder), "--keep"]) == 0
    assert capsys.readouterr().out == f"{folder}/a.png:\npod -Create\n\n{folder}/b.png:\npod -Create\n"
    assert cli.run(["search", "pod", "--project", str(folder)]) == 0
    assert sorted(capsys.readouterr().out.splitlines()) == ["a.png\t5,0,25,10\tpod", "b.png\t5,0,25,10\tpod"]
    out = tmp_path / "out"
    assert cli.run(["export", str(folder), "--format", "text", "--out", str(out)]) == 0
    assert (out / "b.txt").read_text() == "pod -Create\n"
    corrected(folder, "a.png", "pods")
    assert cli.run(["dataset", str(folder), "--out", str(tmp_path / "data")]) == 0
    assert '"pods"' in (tmp_path / "data" / "labels.jsonl").read_text(encoding="utf-8")


def test_it_prints_as_before(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--format", "json"]):
        assert cli.run(["read", str(folder), *more]) == 0
        before = capsys.readouterr()
        for _ in range(2):
            assert cli.run(["read", str(folder), "--keep", *more]) == 0
            assert capsys.readouterr() == before


def test_without_it_nothing_is_left_beside_the_photos(folder: Path) -> None:
    assert cli.run(["read", str(folder)]) == 0
    assert not (folder / FOLDER).exists()


# ----------------------------------------------------------------------------------------- as the window would keep it


def test_known_photos_are_not_read_again_unless_asked_and_what_a_person_wrote_stays(
    folder: Path, reader: TwoWords, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["read", str(folder / "a.png"), "--keep"]) == 0
    corrected(folder, "a.png", "pods")
    capsys.readouterr()
    reader.photos, reader.text = 0, "pot"
    assert cli.run(["read", str(folder), "--keep"]) == 0
    assert reader.photos == 1
    assert capsys.readouterr().out == f"{folder}/a.png:\n-Create pods\n\n{folder}/b.png:\npot -Create\n"
    reader.text = "put"
    assert cli.run(["read", str(folder), "--keep", "--again"]) == 0
    assert reader.photos == 3
    assert capsys.readouterr().out == f"{folder}/a.png:\n-Create pods\n\n{folder}/b.png:\nput -Create\n"
    assert kept(folder)["a.png"].facts.writer == "Anna"


def test_reading_again_can_be_taken_back_in_the_window(folder: Path, reader: TwoWords) -> None:
    assert cli.run(["read", str(folder), "--keep"]) == 0
    before = kept(folder)["b.png"]
    reader.text = "put"
    assert cli.run(["read", str(folder / "b.png"), "--keep", "--again"]) == 0
    course = undo_log.load(SafeFolder(folder / FOLDER))
    assert [str(step.name) for step in course.steps] == ["Read b.png"]
    after = kept(folder)["b.png"]
    assert {word.text for word in after.words.values()} == {"put", "-Create"}
    changes = course.steps[0].edits[after.id].changes
    assert all(before.words.get(key) == was for key, (was, _) in changes.items())


def test_a_photo_that_was_renamed_is_known_by_its_new_name(
    folder: Path, reader: TwoWords, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["read", str(folder), "--keep"]) == 0
    (folder / "a.png").rename(folder / "z.png")
    (folder / "copy of b.png").write_bytes((folder / "b.png").read_bytes())
    assert cli.run(["read", str(folder), "--keep"]) == 0
    assert reader.photos == 2
    assert set(kept(folder)) == {"z.png", "b.png"}
    capsys.readouterr()
    assert cli.run(["search", "pod", "--project", str(folder)]) == 0
    assert {line.split("\t")[0] for line in capsys.readouterr().out.splitlines()} == {"z.png", "b.png"}


def test_two_photos_that_are_the_same_file_are_one_page_and_that_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "c.png").write_bytes((folder / "a.png").read_bytes())
    for _ in range(2):  # as read and as known
        assert cli.run(["read", str(folder), "--keep"]) == 0
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 1
        assert f"{folder / 'c.png'}: it is the same photo as a.png" in said[0]
    assert sorted(kept(folder)) == ["a.png", "b.png"]


def test_the_project_lies_where_the_settings_say(folder: Path, studio_home: Path) -> None:
    settings.save(settings.Settings(keep="library"))
    assert cli.run(["read", str(folder), "--keep"]) == 0
    assert not (folder / FOLDER).exists()
    assert len(list(settings.load().library().glob("*/pages/*.json"))) == 2


def test_photos_of_several_folders_and_under_two_names_each_go_to_their_project(
    folder: Path, tmp_path: Path, reader: TwoWords
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    photo_file.save_png(other / "c.png", drawn.board(98, 64))
    (tmp_path / "link").symlink_to(folder)
    given = [folder / "a.png", other / "c.png", tmp_path / "link" / "b.png", folder / "a.png"]
    assert cli.run(["read", *map(str, given), "--keep"]) == 0
    assert set(kept(folder)) == {"a.png", "b.png"}
    assert set(kept(other)) == {"c.png"}
    assert reader.photos == 3


# ------------------------------------------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize("known", [False, True])
def test_photos_that_a_window_has_open_are_not_read_and_that_is_said(
    folder: Path, reader: TwoWords, capsys: pytest.CaptureFixture[str], known: bool
) -> None:
    window = Project.open(folder)
    window.lock(create=known)
    assert cli.run(["read", str(folder), "--keep"]) == 1
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert line.startswith(f"ocr-studio: {folder}: these photos are open in another OCR Studio window")
    assert (said.out, reader.photos) == ("", 0)
    window.unlock()
    assert cli.run(["read", str(folder), "--keep"]) == 0
    window.lock()  # and it lets go of them
    window.unlock()


def test_what_cannot_be_kept_is_printed_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(project: Project, page: Page) -> None:
        raise SaveFailed(
            "can’t save the words: no", file=page.image, remedy="They stay in memory; saving will be retried."
        )

    monkeypatch.setattr(Project, "save_page", fail)
    assert cli.run(["read", str(folder), "--keep", "--format", "json"]) == 1
    said = capsys.readouterr()
    assert [page["text"] for page in json.loads(said.out)] == ["pod -Create"] * 2
    assert [line.split(".png: ")[1] for line in said.err.splitlines()] == [
        "can’t save the words: no. Fix this, then use --keep again; saved photos are not read again."
    ] * 2


def test_a_photo_that_is_none_leaves_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    assert cli.run(["read", str(tmp_path / "bad.jpg"), str(tmp_path / "gone" / "x.jpg"), "--keep"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["bad.jpg"]


def test_again_without_keep_is_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["read", str(folder), "--again"]) == 2
    assert "--again requires --keep" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["search", "pod", "--project"], ["export", "--format", "text", "--out", "out"]])
def test_a_folder_that_is_missing_is_called_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert cli.run([*command, str(tmp_path / "nope")]) == 1
    assert capsys.readouterr().err == f"ocr-studio: {tmp_path}/nope: the folder does not exist. Check the path.\n"


# ------------------------------------------------------------------------------------------------------------------ CSV


def test_what_the_help_says_of_csv_is_so(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["read", str(folder), "--keep"]) == 0
    assert cli.run(["export", str(folder), "--format", "csv", "--out", str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "a.csv").open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == ["pod", "'-Create"]
    capsys.readouterr()
    assert cli.run(["export", "--help"]) == 0
    assert '"-Create" becomes "\'-Create"' in capsys.readouterr().out


def test_an_option_that_saved_photos_leave_without_effect_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["read", "--keep", str(folder)]) == 0
    capsys.readouterr()
    assert cli.run(["read", "--keep", str(folder)]) == 0
    assert "as saved" not in capsys.readouterr().err
    assert cli.run(["read", "--keep", "--unit", "lines", str(folder)]) == 0
    said = "2 photos printed as saved, without --unit; --again reads them again"
    assert said in capsys.readouterr().err
    assert cli.run(["read", "--keep", "--again", "--unit", "lines", str(folder)]) == 0
    assert "as saved" not in capsys.readouterr().err
