"""The example that teaches both networks from nothing: what it keeps, what it goes on from, and when it is over."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.api import train_from_scratch
from ocr_studio.api.train_from_scratch import TrainingSession
from ocr_studio.core.models import registry
from ocr_studio.engine import keras_fit
from ocr_studio.engine.synth.sources import Sources
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.weights import random_init
from tests.engine.synth.test_synth_writers import font_bytes
from tests.engine.tiny_recognizer import build_tiny

OWN = Sources(prints=())


def test_what_was_drawn_is_used_again_only_if_it_was_drawn_from_the_same(tmp_path: Path) -> None:
    sizes = replace(train_from_scratch.RECOGNIZER, held_out=2)
    file = tmp_path / "out" / "test.npz"

    def drawn_anew(sources: Sources = OWN, seed: int = 0) -> bool:
        if file.exists():
            os.utime(file, (0, 0))
        assert (
            len(train_from_scratch._generate_words(sources, "test", sizes, TrainingSession(file.parent, seed=seed)))
            == 2
        )
        return file.stat().st_mtime > 0

    assert [drawn_anew(), drawn_anew(), drawn_anew(seed=1), drawn_anew(seed=1)] == [True, False, True, False]
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "old.ttf").write_bytes(font_bytes())
    mine = replace(OWN, handwriting=(fonts,))
    assert [drawn_anew(mine, 1), drawn_anew(mine, 1)] == [True, False]
    (fonts / "new.ttf").write_bytes(font_bytes())
    assert [drawn_anew(mine, 1), drawn_anew(mine, 1)] == [True, False]
    (fonts / "new.ttf").write_bytes(font_bytes()[:-1] + b"!")  # of the same name and size
    assert [drawn_anew(mine, 1), drawn_anew(mine, 1)] == [True, False]
    # Of the other kind, and as earlier versions wrote them.
    boards = train_from_scratch._generate_boards(
        mine, "test", replace(sizes, held_out=1), TrainingSession(file.parent, seed=1)
    )
    train_from_scratch._generate_boards(mine, "test", sizes, TrainingSession(file.parent, seed=1))
    assert len(boards.all[0].boxes)
    assert drawn_anew(mine, 1)
    with np.load(file) as kept:
        np.savez(file, allow_pickle=False, **{name: kept[name] for name in kept.files if name != "made_of"})
    assert drawn_anew(mine, 1)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nets, parts and epochs that take no time, and no fonts of this system."""
    monkeypatch.setattr(random_init, "new_recognizer", lambda architecture, classes: build_tiny(classes))
    monkeypatch.setattr(
        keras_fit, "compile_model", partial(keras_fit.compile_model, run_eagerly=True)
    )  # compiling takes longest
    monkeypatch.setattr(train_from_scratch, "Sources", partial(Sources, prints=()))
    for name in ("RECOGNIZER", "DETECTOR"):
        sizes = replace(getattr(train_from_scratch, name), samples=4, held_out=2, batch=2, steps=3, epoch=1)
        monkeypatch.setattr(train_from_scratch, name, sizes)


def run(folder: Path, *more: str) -> None:
    train_from_scratch.main(["--what", "recognizer", "--out", str(folder), "--name", "Tiny", *more])


@pytest.mark.usefixtures("small")
def test_a_run_that_was_cut_off_goes_on_and_only_its_end_leaves_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "--minutes", "0.0001")
    began = capsys.readouterr().out
    assert "continue with the same command and --resume" in began
    assert [model.name for model in registry.available()] == [registry.BUILT_IN.name]
    assert not (tmp_path / "scores.json").exists()
    assert "Epoch 1/3\n" in began
    run(tmp_path, "--resume")
    ended = capsys.readouterr().out
    assert "Epoch 3/3\n" in ended
    assert "saved as “Tiny”" in ended
    with open(tmp_path / "log.csv", newline="", encoding="utf-8") as log:
        rows = list(csv.DictReader(log))
    assert [(row["epoch"], row["steps"]) for row in rows] == [("0", "1"), ("1", "2"), ("2", "3")]
    assert all(float(row["val_cer"]) >= 0 for row in rows)
    (model,) = (model for model in registry.available() if model != registry.BUILT_IN)
    assert model.name == "Tiny"
    assert model.card is not None
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores.keys() == {"cer", "right"}
    assert model.card.scores == {"test": scores}
    # Nothing of it is lost where a detector should go on from it.
    drawn = (tmp_path / "train.npz").read_bytes()
    with pytest.raises(keras_fit.OtherNetwork, match=r"checkpoint\.npz: .*another network.*Use the folder"):
        run(tmp_path, "--what", "detector", "--name", "Other", "--resume")
    assert (tmp_path / "train.npz").read_bytes() == drawn
    # All is done: nothing more is learned, kept or written.
    before = contents(tmp_path)
    run(tmp_path, "--resume")
    assert capsys.readouterr().out == "nothing to do: this run is complete and its model is saved\n"
    assert contents(tmp_path) == before
    assert len(registry.available()) == 2
    # Nor is it lost by the way; who says so begins anew.
    with pytest.raises(train_from_scratch.RunExists, match="Use --resume to continue it, --replace to start over"):
        run(tmp_path, "--name", "Other")
    assert contents(tmp_path) == before
    run(tmp_path, "--name", "Other", "--replace", "--minutes", "0.0001")
    assert not (tmp_path / "scores.json").exists()
    assert (tmp_path / "log.csv").read_text().count("\n") == 2


def contents(folder: Path) -> dict[Path, tuple[bytes, int]]:
    """What is in the files of a folder, and when they were written."""
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.rglob("*") if file.is_file()}


def kept_run(out: Path, steps: int, **facts: float) -> None:
    """A run that has come so far."""
    checkpoints.save_checkpoint(out, checkpoints.Checkpoint({"memory/0": np.array(steps)}, {"epochs": steps, **facts}))
    (out / keras_fit.LOG).write_text("epoch,steps\n")


def command(out: Path, *more: str) -> int:
    return train_from_scratch.command(["--what", "recognizer", "--out", str(out), *more])


def test_an_earlier_run_is_not_lost_and_none_is_not_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert command(out, "--resume") == 1
    told = f"train_from_scratch: {out}: there is no run to resume in this folder. Remove --resume.\n"
    assert capsys.readouterr().err == told
    assert not out.exists()
    kept_run(out, 3)
    before = contents(out)
    assert command(out) == 1
    told = capsys.readouterr().err
    assert told.startswith(
        f"train_from_scratch: {out}: there is already a run in this folder. Use --resume to continue it, "
    )
    assert told.count("\n") == 1
    assert contents(out) == before
    (out / checkpoints.FILE).unlink()  # what is left is a log
    assert command(out) == 1
    told = capsys.readouterr().err
    assert "already a run in this folder. Use --replace to start over, or another --out" in told


@pytest.mark.parametrize("more", [(), ("--replace",)])
@pytest.mark.parametrize("name", ["labels.jsonl", "train.npz", "log.csv", "crops/0.png"])
def test_a_folder_of_other_things_is_refused_and_stays_as_it_was(
    name: str, more: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "other"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_bytes(b"mine")
    (out / "scores.json").write_text("{}")
    before = contents(out)
    assert command(out, *more) == 2
    first = name.partition("/")[0]
    what = (
        f"train_from_scratch: {out}: the folder contains other files, such as “{first}”. Choose a new or empty folder, "
    )
    told = capsys.readouterr().err
    assert told.startswith(what)
    assert told.count("\n") == 1
    assert contents(out) == before


@pytest.mark.usefixtures("small")
def test_where_a_run_is_other_files_beside_it_do_no_harm(tmp_path: Path) -> None:
    anew = TrainingSession(tmp_path)
    run(tmp_path, "--minutes", "0.0001")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(train_from_scratch.RunExists):
        anew.check_folder(replace_run=False)
    for lost in ("log.csv", "checkpoint.npz"):
        kept = (tmp_path / lost).read_bytes()
        (tmp_path / lost).unlink()
        anew.check_folder(replace_run=True)
        (tmp_path / lost).write_bytes(kept)
    run(tmp_path, "--replace", "--minutes", "0.0001")
    assert (tmp_path / "notes.txt").read_text() == "mine"
    # Ended before its first epoch, it has left no more than what was drawn.
    for name in ("checkpoint.npz", "log.csv", "notes.txt"):
        (tmp_path / name).unlink()
    (tmp_path / "log.csv").touch()
    anew.check_folder(replace_run=False)


@pytest.mark.parametrize(
    ("asked", "steps", "wait", "over"),
    [
        ([], 6000, 0, True),
        ([], 5999, 0, False),
        (["--steps", "6001"], 6000, 0, False),
        ([], 300, 15, True),  # it has stopped early
        (["--what", "detector"], 6000, 0, False),
    ],
)
def test_a_run_is_over_when_its_steps_are_done_or_it_has_stopped_early(
    asked: list[str], steps: int, wait: int, over: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept_run(tmp_path, steps, wait=wait)
    (tmp_path / "scores.json").write_text('{"cer": 0.5, "right": 0.5}')
    before = contents(tmp_path)
    # What goes on stops at a name that no model can have.
    assert command(tmp_path, *asked, "--name", "a/b", "--resume") == (0 if over else 1)
    said = capsys.readouterr()
    assert ("nothing to do" in said.out, "“a/b” can’t be a model name" in said.err) == (over, not over)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--fonts", "nowhere"], "nowhere: the fonts in this folder can’t be read"),
        (["--fonts", "empty"], "empty: no usable fonts in this folder"),
        (["--backgrounds", "nowhere"], "nowhere: the file does not exist"),
        (["--backgrounds", "empty"], "empty: no images in this folder"),
        (["--strokes", "nowhere.npz"], "nowhere.npz: the file does not exist"),
        (["--out", "file/out"], "file/out: can’t create the folder"),
        (["--name", "kurapan"], "weights=“kurapan” already has a meaning"),
        (["--name", "a/b"], "“a/b” can’t be a model name"),
        (["--name", registry.BUILT_IN.name.upper()], "a model named “"),
    ],
)
def test_what_is_wrong_is_one_line_before_anything_is_drawn(
    asked: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    assert train_from_scratch.command(["--what", "recognizer", "--out", "out", *asked]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"train_from_scratch: {said}")
    assert told.count("\n") == 1
    assert not list(tmp_path.rglob("*.npz"))


@pytest.mark.parametrize(
    "asked",
    [
        ["--steps", "0"],
        ["--samples", "3"],
        ["--minutes", "-1"],
        ["--seed", "x"],
        ["--what", "both"],
        ["--resume", "--replace"],
    ],
)
def test_what_makes_no_sense_ends_with_status_2(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train_from_scratch.command(["--what", "recognizer", "--out", "out", *asked])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"train_from_scratch: argument {asked[-1] if asked[0] == '--resume' else asked[0]}: ")
    assert line.endswith('; see "python -m ocr_studio.api.train_from_scratch --help"')


@pytest.mark.parametrize(("steps", "said"), [(0, "starts over"), (3, "with --resume continues after the last epoch")])
def test_who_stops_it_is_told_what_the_same_command_does_next(
    steps: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        if steps:
            kept_run(tmp_path, steps)
        raise KeyboardInterrupt

    monkeypatch.setattr(train_from_scratch, "train_recognizer", stopped)
    assert command(tmp_path) == 130
    assert capsys.readouterr().err == f"train_from_scratch: stopped; the same command {said}\n"
