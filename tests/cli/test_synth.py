"""``ocr-studio synth``: what it writes, what it says, and how it ends."""

from __future__ import annotations

import itertools
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import pytest

from ocr_studio.cli import main as cli
from ocr_studio.cli import synth
from ocr_studio.cli.terminal.console import Stopped
from ocr_studio.core.datasets import dataset
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.images import photo_file
from ocr_studio.core.synth import options as synth_options
from ocr_studio.jobs.synth import generate
from tests import made_synth

_LIKE: Final = ["synth", "--preview", "few.png", "--like"]


@pytest.fixture
def quick(tmp_path: Path) -> list[str]:
    """What is read in a moment."""
    options = made_synth.options(tmp_path)
    return ["--word-list", str(options.word_list), "--print-fonts", str(options.prints), "--side", "640"]


def test_a_dataset_is_written_and_made_again(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--words", "6", "--writing", "made=2,print", "--surfaces", "paper", "--degradation", "0.2", "--seed", "3"]
    assert cli.run(["synth", "--out", str(tmp_path / "one"), *quick, *given, "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["written"], said["split"]["rule"], said["lacking"]) == (6, "sources", {})
    again = ["synth", "--out", str(tmp_path / "two"), "--like", str(tmp_path / "one")]
    assert cli.run(again) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"6 of 6 words written to {tmp_path / 'two'}\n")
    assert dataset.read(tmp_path / "two").digest == said["digest"]
    options = json.loads((tmp_path / "two" / "manifest.json").read_text("utf-8"))["synthetic"]["options"]
    assert options["writing"] == {"made": 2.0, "print": 1.0}


def test_of_a_list_with_other_words_another_dataset_is_told_and_replaces_none_unasked(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    words, one, two = tmp_path / "words.txt", tmp_path / "one", tmp_path / "two"
    assert cli.run(["synth", "--out", str(one), *quick, "--words", "3", "--only-words"]) == 0
    again = ["synth", "--out", str(two), "--like", str(one)]
    before = words.read_text("utf-8")
    assert cli.run(again) == 0
    digest = dataset.read(two).digest
    words.write_text(before + " ", "utf-8")
    words.write_text(before, "utf-8")  # written anew, and the same
    assert cli.run(again) == 0
    assert "list of words" not in capsys.readouterr().err
    words.write_text("quite other words", "utf-8")
    assert cli.run(again) == 2
    told = capsys.readouterr().err
    assert f"{words}: the word list has changed since {one} was generated; the new dataset will differ" in told
    assert f"{two}: the folder contains a dataset that was generated before the word list changed. Name another" in told
    assert dataset.read(two).digest == digest
    assert cli.run(["synth", "--out", str(two), *quick, "--words", "3", "--only-words"]) == 2
    assert "generated before the word list changed" in capsys.readouterr().err
    assert cli.run([*again, "--replace"]) == 0
    assert {each.text for each in dataset.read(two).examples} <= {"quite", "other", "words"}
    capsys.readouterr()
    assert cli.run([*again, "--word-list", str(words)]) == 0  # given by name: nobody asked for the same
    assert "has changed" not in capsys.readouterr().err


def test_what_was_begun_with_other_words_is_not_gone_on_with(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = made_synth.options(tmp_path, words=3)
    with closing(cast(Any, generate.write(options, tmp_path / "out", children=0))) as drawn:
        assert sum(1 for _ in itertools.islice(drawn, 2)) == 2
    assert generate.can_go_on(options, tmp_path / "out")
    (tmp_path / "words.txt").write_text("quite other words", "utf-8")
    assert not generate.can_go_on(options, tmp_path / "out")
    with pytest.raises(WriteFailed, match="contains an unfinished dataset with other options") as caught:
        list(generate.write(options, tmp_path / "out", children=0))
    assert "Restore its options, words, fonts and photos" in caught.value.typed


def test_of_other_fonts_and_photos_another_dataset_is_told_and_replaces_none_unasked(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    hands, boards, one, two = (tmp_path / name for name in ("hands", "boards", "one", "two"))
    for folder in (hands, boards):
        folder.mkdir()
    (hands / "mine.ttf").write_bytes(made_synth.font())
    photo_file.save_png(boards / "wall.png", np.full((300, 400, 3), 200, np.uint8))
    given = [*quick, "--words", "3", "--held-out", "0", "--fonts", str(hands), "--backgrounds", str(boards)]
    assert cli.run(["synth", "--out", str(one), *given]) == 0
    digest = dataset.read(one).digest
    assert cli.run(["synth", "--out", str(one), *given]) == 0  # the same
    (hands / "other.ttf").write_bytes(made_synth.font() + b"another")
    photo_file.save_png(boards / "door.png", np.full((300, 400, 3), 90, np.uint8))
    assert cli.run(["synth", "--out", str(one), *given]) == 2
    told = capsys.readouterr().err
    assert f"{one}: the folder contains a dataset that was generated before the photos of empty boards changed." in told
    assert dataset.read(one).digest == digest
    again = ["synth", "--out", str(two), "--like", str(one)]
    assert cli.run(again) == 0
    told = capsys.readouterr().err
    for said in (f"{hands}: the handwriting fonts", f"{boards}: the photos of empty boards"):
        assert f"{said} have changed since {one} was generated; the new dataset will differ" in told
    assert cli.run([*again, "--fonts", str(hands), "--backgrounds", str(boards)]) == 0  # nobody asked for the same
    assert "have changed" not in capsys.readouterr().err
    manifest = one / "manifest.json"
    facts = json.loads(manifest.read_text("utf-8"))
    del facts["synthetic"]["made_of"]  # as it was drawn before these were kept
    manifest.write_text(json.dumps(facts), "utf-8")
    assert cli.run(["synth", "--out", str(one), *given]) == 0
    assert dataset.read(one).digest == dataset.read(two).digest != digest


def test_what_was_begun_with_other_fonts_is_not_gone_on_with(tmp_path: Path) -> None:
    options = made_synth.options(tmp_path, words=3)
    with closing(cast(Any, generate.write(options, tmp_path / "out", children=0))) as drawn:
        assert sum(1 for _ in itertools.islice(drawn, 2)) == 2
    assert generate.can_go_on(options, tmp_path / "out")
    assert options.prints
    (options.prints / "other.ttf").write_bytes(made_synth.font() + b"another")
    assert not generate.can_go_on(options, tmp_path / "out")
    with pytest.raises(WriteFailed, match="an unfinished dataset"):
        list(generate.write(options, tmp_path / "out", children=0))
    (options.prints / "other.ttf").unlink()
    assert generate.can_go_on(options, tmp_path / "out")


def test_languages_are_known_however_they_are_written(tmp_path: Path, quick: list[str]) -> None:
    assert cli.run(["synth", "--out", str(tmp_path / "out"), *quick, "--words", "1", "--languages", "DE, en"]) == 0
    assert synth_options.load_options(tmp_path / "out").languages == ("de", "en")


def test_it_is_made_again_from_another_folder_as_well(
    tmp_path: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["--words", "2", "--writing", "made", "--word-list", "words.txt"]
    assert cli.run(["synth", "--out", "one", *quick, *given]) == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert cli.run(["synth", "--out", "two", "--like", "../one"]) == 0


def test_only_words_of_the_list_come_where_that_is_asked_for(tmp_path: Path, quick: list[str]) -> None:
    asked = ["synth", *quick, "--words", "40", "--degradation", "0", "--surfaces", "paper", "--writing", "made,print"]
    assert cli.run([*asked, "--out", str(tmp_path / "free")]) == 0
    assert cli.run([*asked, "--only-words", "--out", str(tmp_path / "only")]) == 0
    free, only = ({each.text for each in dataset.read(tmp_path / name).examples} for name in ("free", "only"))
    assert free - set(made_synth.WORDS.split())
    assert only == set(made_synth.WORDS.split())
    boards = ["--words", "0", "--boards", "2", "--only-words", "--out", str(tmp_path / "boards")]
    assert cli.run([*asked, *boards]) == 0
    cut = {each.text for each in dataset.read(tmp_path / "boards").examples}
    assert any(sign.isdigit() for text in cut for sign in text)  # as the help says of words cut from boards


def test_what_the_one_before_was_made_with_can_be_turned_back(tmp_path: Path, quick: list[str]) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    given = ["--words", "1", "--boards", "1", "--only-words", "--no-cut", "--test"]
    assert cli.run(["synth", "--out", str(one), *quick, *given]) == 0
    assert len(dataset.read(one).examples) == 1
    assert cli.run(["synth", "--out", str(two), "--like", str(one)]) == 0
    as_before, turned_back = synth_options.load_options(two), ["--no-only-words", "--cut", "--no-test"]
    assert (as_before.only_words, as_before.cut, as_before.purpose) == (True, False, "test")
    assert cli.run(["synth", "--out", str(three), "--like", str(one), *turned_back]) == 0
    assert synth_options.load_options(three) == replace(as_before, only_words=False, cut=True, purpose="learn")
    assert len(dataset.read(three).examples) > 1


def test_a_preview_is_one_picture(tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "new folder" / "few.png"
    assert cli.run(["synth", "--preview", str(picture), *quick, "--words", "3"]) == 0
    assert capsys.readouterr().out == f"3 samples in {picture}\n"
    height, width = photo_file.open_photo(picture).shape[:2]
    assert width == 1600
    assert 60 < height < 400


def test_a_preview_writes_over_an_earlier_one_and_over_nothing_else(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    picture, photo = tmp_path / "few.png", tmp_path / "photo.png"
    photo_file.save_png(photo, np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "text.png").write_text("mine")
    asked = ["synth", *quick, "--words", "1", "--preview"]
    for given, status, said in (
        (photo, 1, "photo.png: it is an image that was not written by this program. Choose another name."),
        (
            tmp_path / "text.png",
            1,
            "not written by this program, or has changed since. Choose another name, or add --replace to overwrite it.",
        ),
        (tmp_path / "folder.png", 2, "folder.png: this is a folder"),
        (tmp_path / "text.png" / "few.png", 2, "text.png: it is a file, not a folder"),
    ):
        before = given.read_bytes() if given.is_file() else b""
        assert cli.run([*asked, str(given)]) == status
        assert said in capsys.readouterr().err
        assert not before or given.read_bytes() == before
    assert cli.run([*asked, str(picture)]) == 0
    first = picture.read_bytes()
    assert cli.run([*asked, str(picture), "--seed", "5"]) == 0
    assert picture.read_bytes() != first
    picture.chmod(0o444)
    assert cli.run([*asked, str(picture)]) == 1
    assert "the file is write-protected" in capsys.readouterr().err
    assert cli.run([*asked, str(photo), "--replace"]) == 1
    assert cli.run([*asked, str(tmp_path / "text.png"), "--replace"]) == 0


def test_a_dataset_that_is_there_is_written_over_where_that_is_asked_for(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["synth", "--out", str(tmp_path / "out"), *quick, "--words"]
    assert cli.run([*asked, "2"]) == 0
    assert cli.run([*asked, "3"]) == 2
    assert "add --replace to overwrite that dataset" in capsys.readouterr().err
    assert cli.run([*asked, "3", "--replace"]) == 0
    assert len(dataset.read(tmp_path / "out").examples) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "--out DIR to write a dataset, or --preview"),
        (
            ["--out", "x", "--preview", "y.png"],
            "--out and --preview can’t be combined; use --preview first",
        ),
        (["--out", "x", "--words", "5", "--languages", "de,,en"], "“de,,en” has an empty part between commas"),
        (["--out", "x", "--words", "5", "--languages", "de,"], "“de,” has an empty part between commas"),
        (["--out", "x", "--words", "5", "--languages", "de,DE"], "“de” is listed twice"),
        (["--out", "x", "--words", "5", "--languages", ""], "no language is selected"),
        (["--out", "x", "--words", "5", "--writing", "made=1,made=2"], "--writing: “made” is listed twice"),
        (["--out", "x", "--words", "5", "--writing", "made=1,,print"], "“made=1,,print” has an empty part"),
        (
            ["--out", "x", "--words", "5", "--seed", "3e9"],
            "can’t be 3,000,000,000. Enter a value from 0 to 2,147,483,647.",
        ),
        (
            ["--out", "x"],
            "ocr-studio: neither words nor boards are requested. Add --words N, --boards N, or both.",
        ),
        (
            ["--out", "x", "--words", "5", "--degradation", "2"],
            "--degradation: photo degradation can’t be 2. Enter a value from 0 to 1.",
        ),
        (
            ["--out", "x", "--boards", "1e11"],
            "--boards: the number of boards can’t be 100,000,000,000. Enter a value from 0 to 20,000.",
        ),
        (["--out", "x", "--words", "2.5"], "“2.5” is not a whole number"),
        (["--out", "x", "--words", "many"], "“many” is not a number"),
        (["--out", "x", "--words", "5", "--degradation", "0,1"], "“0,1” is not a number"),
        (["--out", "x", "--words", "300,001"], "--words: the number of single words can’t be 300,001"),
        (["--preview", "few"], "argument --preview: the file name must end in .png, not “few”"),
        (["--preview", "few.txt", "--words", "3"], "must end in .png, not “few.txt”"),
        (["--out", "x", "--words", "5", "--processes", "0"], "--processes must be 1 or more, not 0"),
        (["--out", "x", "--words", "5", "--languages", "xx"], "the language “xx” is not available"),
        (["--out", "x", "--words", "5", "--fonts", "nowhere"], "--fonts: "),
        (["--out", "x", "--words", "5", "--writing", "made=much"], "“made=much” is not in the form NAME=SHARE"),
        (["--out", "x", "--like", "nowhere.json"], "nowhere.json: it can’t be read"),
    ],
)
def test_called_wrongly_it_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["synth", *given]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "held_out", "said"),
    [
        (["--words", "4"], 0, ["4 words: too few to hold any out; --held-out needs at least 5 words"]),
        (["--words", "5"], 1, []),
        (
            ["--words", "1", "--held-out", "0.3"],
            0,
            ["1 word: too few to hold any out; --held-out needs at least 2 words"],
        ),
        (["--words", "2", "--held-out", "0.3"], 1, []),
        (["--words", "1", "--held-out", "0"], 0, []),
        (["--words", "1", "--test"], 1, []),
        (
            ["--words", "5", "--boards", "1"],
            1,
            ["1 board: too few to hold any out; --held-out needs at least 5 boards"],
        ),
    ],
)
def test_that_of_so_few_none_is_held_out_is_said(
    tmp_path: Path, quick: list[str], given: list[str], held_out: int, said: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "out"
    assert cli.run(["synth", "--out", str(out), *quick, "--writing", "made", "--no-cut", *given]) == 0
    assert [line for line in capsys.readouterr().err.splitlines() if "too few" in line] == said
    assert len(dataset.read(out).held_out) == held_out


def test_a_list_of_words_that_is_no_utf_8_is_to_be_saved_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (words := tmp_path / "words.txt").write_bytes("Grüße".encode("latin-1"))
    assert cli.run(["synth", "--out", str(tmp_path / "out"), "--words", "2", "--word-list", str(words)]) == 1
    said = f"ocr-studio: {words}: the word list can’t be used: it is not UTF-8 text. Save it as UTF-8.\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("below", ["", "deep/below"])
def test_a_file_where_the_folder_is_to_be_is_named(
    tmp_path: Path, quick: list[str], below: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "file").touch()
    assert cli.run(["synth", "--out", str(file / below), *quick, "--words", "2"]) == 2
    said = f"ocr-studio: {file}: it is a file, not a folder. Choose another folder.\n"
    assert capsys.readouterr().err == said


def test_what_cannot_be_used_is_said_and_counts(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hands").mkdir()
    (tmp_path / "hands" / "torn.ttf").write_bytes(b"no font")
    (tmp_path / "hands" / "whole.ttf").write_bytes(made_synth.font())
    assert (
        cli.run(["synth", "--out", str(tmp_path / "out"), *quick, "--words", "2", "--fonts", str(tmp_path / "hands")])
        == 1
    )
    told = capsys.readouterr()
    assert "2 of 2 words written" in told.out
    assert "hands: 1 file in this folder can’t be used: torn.ttf (the font can’t be used" in told.err
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    assert cli.run(["synth", "--out", str(mine), *quick, "--words", "2"]) == 2
    assert "the folder contains other files" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["train", "--name", "x", "--dataset"], ["dataset"], ["evaluate"], _LIKE])
def test_what_is_half_drawn_is_no_dataset_yet_and_how_to_go_on_is_said(
    tmp_path: Path, quick: list[str], capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    out, ended = tmp_path / "out", tmp_path / "ended"
    options = replace(made_synth.options(tmp_path, words=3), purpose="test")
    with closing(cast(Any, generate.write(options, out, children=0))) as drawn:
        assert sum(1 for _ in itertools.islice(drawn, 2)) == 2
        assert cli.run([*command, str(out)]) == 1
        assert "a dataset is being generated in this folder. Wait until it has finished." in capsys.readouterr().err
    for more in ([], ["--out", str(tmp_path / "copy")] if command == ["dataset"] else []):
        assert cli.run([*command, str(out), *more]) == 1
        said = capsys.readouterr().err
        assert f"{out}: the folder contains an unfinished dataset. Run the same" in said
        assert '"ocr-studio synth" command again to resume it.' in said
    assert not (tmp_path / "copy").exists()
    ended.mkdir()
    assert cli.run([*command, str(ended)]) == (2 if command is _LIKE else 1)
    said = capsys.readouterr().err
    assert "unfinished" not in said
    assert "being generated" not in said
    list(generate.write(options, out, children=0))
    assert len(dataset.read(out).examples) == 3


def test_interrupted_it_says_that_it_can_go_on(
    tmp_path: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ocr_studio.engine.synth.sample_maker import SampleMaker

    asked = ["synth", "--out", str(tmp_path / "out"), *quick, "--words", "5"]
    word = SampleMaker.word

    def interrupted(maker: SampleMaker, index: int) -> object:
        if index == 3:
            raise KeyboardInterrupt
        return word(maker, index)

    with monkeypatch.context() as here:
        here.setattr(SampleMaker, "word", interrupted)
        with pytest.raises(Stopped, match="Run the same command to resume"):
            cli.run(asked)
    assert cli.run(asked) == 0
    assert "resumed: 3 of 5 already generated" in capsys.readouterr().err
    assert len(dataset.read(tmp_path / "out").examples) == 5


def test_options_may_have_their_earlier_names() -> None:
    earlier = synth.parser().parse_args(["--grounds", "paper=2", "--spoiled", "0.2"])
    assert earlier == synth.parser().parse_args(["--surfaces", "paper=2", "--degradation", "0.2"])
    assert "--grounds" not in synth.parser().format_help()
