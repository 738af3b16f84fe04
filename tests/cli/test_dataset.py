"""``ocr-studio dataset``, and ``ocr-studio evaluate`` of a dataset."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.cli import main as cli
from ocr_studio.core.datasets import dataset
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.page import TextSource, Transcription
from ocr_studio.jobs.reading.read import OcrService
from tests.core.made_datasets import LINES, checked, exported, place, project, read, three_boards, words
from tests.ui.made_board import StandInReader


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    unchecked = read("0000ff00", "new", words(3)[2].quad)
    return project(tmp_path / "photos", [words(1), words(2), [*words(3)[:2], unchecked]]).photos


def test_a_dataset_is_written_and_reported(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["dataset", str(photos), "--out", str(tmp_path / "data")]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"18 of 19 words written to {tmp_path / 'data'}\n")
    assert "1 skipped: not checked" in said.out
    assert "whole photos are held out" in said.out
    assert said.err == ""
    assert len(dataset.read(tmp_path / "data").examples) == 18


def test_json_for_machines(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["dataset", str(photos), "--out", str(tmp_path / "data"), "--layout", "deep-text", "--unit", "lines"]
    assert cli.run([*command, "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert (values["layout"], values["unit"], values["found"], values["written"]) == ("deep-text", "lines", 5, 4)
    assert values["left_out"]["unchecked"] == 1
    assert values["found"] == values["written"] + sum(values["left_out"].values())
    assert values["digest"] == dataset.read(tmp_path / "data").digest


def test_unchecked_words_that_go_along_are_counted(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["dataset", str(photos), "--out", str(tmp_path / "data"), "--unchecked"]
    assert cli.run(command) == 0
    count = len(dataset.read(tmp_path / "data").unchecked)
    said = f"  {count} unchecked word{'' if count == 1 else 's'} that"
    assert said in capsys.readouterr().out
    assert cli.run([*command, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["unchecked"] == count


def test_a_single_word_is_not_called_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = project(tmp_path / "photos", [words(1)[:1]]).photos
    assert cli.run(["dataset", str(photos), "--out", str(tmp_path / "data")]) == 0
    assert cli.run(["dataset", str(tmp_path / "data")]) == 0
    assert f"\n1 word in {tmp_path / 'data'}, layout ocr-studio\n" in capsys.readouterr().out


def test_words_of_other_letters_are_left_out(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letters = "".join(set("theaskqueues"))
    assert cli.run(["dataset", str(photos), "--out", str(tmp_path / "data"), "--letters", letters]) == 0
    assert "11 skipped: characters outside the chosen alphabet" in capsys.readouterr().out
    assert {each.text for each in dataset.read(tmp_path / "data").examples} == {"the", "ask", "queues"}


def test_what_is_in_a_dataset_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three_boards(tmp_path, "paddleocr")
    assert cli.run(["dataset", str(tmp_path / "data")]) == 0
    assert f"24 words in {tmp_path / 'data'}, layout paddleocr" in capsys.readouterr().out
    (tmp_path / "data" / "rec_gt.txt").write_bytes(
        b"../../x.png\tx\n" + (tmp_path / "data" / "rec_gt.txt").read_bytes()
    )
    assert cli.run(["dataset", str(tmp_path / "data"), "--format", "json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["examples"] == 24
    assert "rec_gt.txt, line 1: its picture: it is outside the folder" in said.err


@pytest.mark.parametrize("target", dataset.LAYOUTS)
@pytest.mark.parametrize("source", dataset.LAYOUTS)
def test_a_dataset_is_written_in_another_layout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, target: str
) -> None:
    before = three_boards(tmp_path, source)
    assert cli.run(["dataset", str(tmp_path / "data"), "--out", str(tmp_path / "copy"), "--layout", target]) == 0
    assert "24 of 24 words written" in capsys.readouterr().out
    after = dataset.read(tmp_path / "copy")
    assert (after.layout, after.trouble, after.rule) == (target, (), "page")
    assert sorted((each.text, each.split) for each in after.examples) == sorted(
        (each.text, each.split) for each in before.examples
    )
    pixels = {hashlib.sha256(before.crop(each).tobytes()).digest() for each in before.examples}
    assert {hashlib.sha256(after.crop(each).tobytes()).digest() for each in after.examples} == pixels
    if source == target == "ocr-studio":
        assert after.examples == before.examples
        assert after.pages == before.pages
    assert cli.run(["dataset", str(tmp_path / "copy"), "--out", str(tmp_path / "copy"), "--layout", target]) == 2
    assert "can’t replace itself" in capsys.readouterr().err
    assert dataset.read(tmp_path / "copy").trouble == ()


def test_a_dataset_is_copied_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three_boards(tmp_path)
    command = ["dataset", str(tmp_path / "data"), "--out", str(tmp_path / "copy")]
    assert cli.run([*command, "--unit", "lines"]) == 2
    assert "copied as it is" in capsys.readouterr().err
    assert cli.run([*command, "--unit", "words"]) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (["{photos}", "--out", "{photos}"], 2, "the folder contains other files"),
        (["{tmp}/gone", "--out", "{tmp}/data"], 1, "the folder does not exist"),
        (["{tmp}", "--out", "{tmp}/data"], 1, "the folder contains no photos"),
        (["{tmp}/unread", "--out", "{tmp}/data"], 1, "no photos have been read here yet"),
        (["{tmp}"], 1, "it is not a dataset"),
        (["{photos}"], 2, "not been exported as a dataset yet. Add --out FOLDER"),
        (["{photos}", "--out", "{photos}/board 1.png"], 2, "it is a file, not a folder"),
        (["{photos}", "--out", ""], 2, "empty path"),
        (["{photos}", "--out", "{tmp}/data", "--layout", "other"], 2, "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_said(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, why: str
) -> None:
    (tmp_path / "unread").mkdir()
    (tmp_path / "unread" / "board.png").touch()
    given = [each.format(photos=photos, tmp=tmp_path) for each in arguments]
    assert cli.run(["dataset", *given]) == status
    said = capsys.readouterr()
    assert why in said.err
    assert said.out == ""
    assert not (tmp_path / "data").exists()


def test_nothing_checked_is_said_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = project(tmp_path / "photos", [[read("01", "new", words(1)[0].quad)]])
    assert cli.run(["dataset", str(made.photos), "--out", str(tmp_path / "data")]) == 1
    said = "there are no words for training yet (1 skipped: not checked)."
    assert capsys.readouterr().err.startswith(f"ocr-studio: {made.photos}: {said}")
    assert not (tmp_path / "data").exists()


# --------------------------------------------------------------------------------------------------------- evaluate


class StandInRecognizer:
    """Reads “the” on every picture."""

    def __init__(self) -> None:
        self.spaces: set[bool] = set()

    def read(self, crops: Sequence[RGB], *, spaces: bool = True) -> list[Transcription]:
        self.spaces.add(spaces)
        assert all(crop.shape[0] == 48 and crop.dtype == np.uint8 for crop in crops)
        return [Transcription("the", TextSource.MODEL, 0.5) for _ in crops]


@pytest.fixture
def recognizer(monkeypatch: pytest.MonkeyPatch) -> StandInRecognizer:
    reader: Any = StandInReader()
    reader.recognizer = StandInRecognizer()
    monkeypatch.setattr(OcrService, "reader", lambda *_: reader)
    recognizer: StandInRecognizer = reader.recognizer
    return recognizer


def test_a_dataset_is_evaluated(
    tmp_path: Path, recognizer: StandInRecognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = three_boards(tmp_path)
    assert cli.run(["evaluate", str(tmp_path / "data"), "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    held, train = len(found.held_out), len(found.train)
    assert (values["held-out"]["words"], values["train"]["words"], values["all"]["words"]) == (held, train, 24)
    assert values["all"]["right"] == 3
    assert len(values["mistakes"]) == 21
    letters = sum(len(text) for line in LINES for text in line)
    wrong = sum(len(each["wanted"]) for each in values["mistakes"])
    assert 0 < values["all"]["cer"] <= (wrong + 21 * 3) / (3 * letters)
    assert values["photos"]["total"]["photos"] == 3
    assert recognizer.spaces == {False}
    assert cli.run(["evaluate", str(tmp_path / "data")]) == 0
    said = capsys.readouterr().out
    assert "held out" in said
    assert "Ship → the" in said
    assert "found and read" in said


@pytest.mark.parametrize("layout", dataset.LAYOUTS)
def test_every_layout_is_evaluated(
    tmp_path: Path, recognizer: StandInRecognizer, capsys: pytest.CaptureFixture[str], layout: str
) -> None:
    three_boards(tmp_path, layout, "lines")
    assert cli.run(["evaluate", str(tmp_path / "data"), "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert (values["layout"], values["unit"], values["all"]["words"]) == (layout, "lines", 6)
    assert recognizer.spaces == {True}


def test_what_cannot_be_read_of_it_is_said(
    tmp_path: Path, recognizer: StandInRecognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = three_boards(tmp_path)
    (tmp_path / "data" / found.examples[0].crop).unlink()
    assert cli.run(["evaluate", str(tmp_path / "data"), "--format", "json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["all"]["words"] == 23
    assert "the image can’t be used: it does not exist" in said.err
    del recognizer


def test_photos_that_have_labels_beside_them_are_still_a_project(
    photos: Path, recognizer: StandInRecognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "Label.txt").write_text("board 1.png\t[]\n")
    assert cli.run(["evaluate", str(photos), "--format", "json"]) == 0
    assert "total" in json.loads(capsys.readouterr().out)
    del recognizer


def test_web_pages_show_the_pictures_that_were_read_wrongly(
    tmp_path: Path, recognizer: StandInRecognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [*words(1)[:-1], checked(read("ff", "x", place(1, 3)), "<b>&amp;</b>")]
    made = project(tmp_path / "photos", [found])
    exported(made, tmp_path / "data", "deep-text")
    web = tmp_path / "web"
    assert cli.run(["evaluate", str(tmp_path / "data"), "--out", str(web)]) == 0
    page = (web / "words.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == 7
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in page
    assert "<b>&amp;</b>" not in page
    assert not (web / "index.html").exists()
    exported(made, tmp_path / "own")
    assert cli.run(["evaluate", str(tmp_path / "own"), "--out", str(web)]) == 0
    assert (web / "index.html").is_file()
    (web / "words.html").write_text("somebody's own")
    capsys.readouterr()
    assert cli.run(["evaluate", str(tmp_path / "own"), "--out", str(web)]) == 1
    assert "not written by this program" in capsys.readouterr().err
    assert (web / "words.html").read_text() == "somebody's own"
    del recognizer
