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

from ocr_studio.api import from_nothing
from ocr_studio.api.from_nothing import LearningSitting
from ocr_studio.core import models
from ocr_studio.engine import beginnings, fitting
from ocr_studio.engine.synth.sources import Sources
from tests.engine.test_synth_writers import font_bytes
from tests.engine.tiny_recognizer import build_tiny

OWN = Sources(prints=())


def test_what_was_drawn_is_used_again_only_if_it_was_drawn_from_the_same(tmp_path: Path) -> None:
    sizes = replace(from_nothing.RECOGNIZER, held_out=2)
    file = tmp_path / "out" / "test.npz"

    def drawn_anew(sources: Sources = OWN, seed: int = 0) -> bool:
        if file.exists():
            os.utime(file, (0, 0))
        assert len(from_nothing._words(sources, "test", sizes, LearningSitting(file.parent, seed=seed))) == 2
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
    boards = from_nothing._photos(mine, "test", replace(sizes, held_out=1), LearningSitting(file.parent, seed=1))
    from_nothing._photos(mine, "test", sizes, LearningSitting(file.parent, seed=1))
    assert len(boards.all[0].boxes)
    assert drawn_anew(mine, 1)
    with np.load(file) as kept:
        np.savez(file, allow_pickle=False, **{name: kept[name] for name in kept.files if name != "made_of"})
    assert drawn_anew(mine, 1)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nets, parts and epochs that take no time, and no fonts of this system."""
    monkeypatch.setattr(beginnings, "begun_recognizer", lambda architecture, classes: build_tiny(classes))
    monkeypatch.setattr(fitting, "compiled", partial(fitting.compiled, run_eagerly=True))  # compiling takes longest
    monkeypatch.setattr(from_nothing, "Sources", partial(Sources, prints=()))
    for name in ("RECOGNIZER", "DETECTOR"):
        sizes = replace(getattr(from_nothing, name), samples=4, held_out=2, batch=2, steps=3, epoch=1)
        monkeypatch.setattr(from_nothing, name, sizes)


def run(folder: Path, *more: str) -> None:
    from_nothing.main(["--what", "recognizer", "--out", str(folder), "--name", "Tiny", *more])


@pytest.mark.usefixtures("small")
def test_a_run_that_was_cut_off_goes_on_and_only_its_end_leaves_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "--minutes", "0.0001")
    assert "the same command with --resume goes on" in capsys.readouterr().out
    assert [model.name for model in models.available()] == [models.BUILT_IN.name]
    assert not (tmp_path / "scores.json").exists()
    run(tmp_path, "--resume")
    with open(tmp_path / "log.csv", newline="", encoding="utf-8") as log:
        rows = list(csv.DictReader(log))
    assert [(row["epoch"], row["steps"]) for row in rows] == [("0", "1"), ("1", "2"), ("2", "3")]
    assert all(float(row["val_cer"]) >= 0 for row in rows)
    (model,) = (model for model in models.available() if model != models.BUILT_IN)
    assert model.name == "Tiny"
    assert model.card is not None
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores.keys() == {"cer", "right"}
    assert model.card.scores == {"test": scores}
    assert "kept as “Tiny”" in capsys.readouterr().out
    # Nothing of it is lost where a detector should go on from it.
    drawn = (tmp_path / "train.npz").read_bytes()
    with pytest.raises(fitting.OtherNetwork, match=r"checkpoint\.npz: .*another network.*Name the folder"):
        run(tmp_path, "--what", "detector", "--resume")
    assert (tmp_path / "train.npz").read_bytes() == drawn


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--fonts", "nowhere"], "nowhere: the fonts in this folder cannot be read"),
        (["--fonts", "empty"], "empty: there is no font in this folder"),
        (["--backgrounds", "nowhere"], "nowhere: the file is not there"),
        (["--backgrounds", "empty"], "empty: there is no picture in this folder"),
        (["--strokes", "nowhere.npz"], "nowhere.npz: there is no such file of pen strokes"),
        (["--out", "file/out"], "file/out: no folder can be made there"),
        (["--name", "kurapan"], "weights=“kurapan” means something else already"),
    ],
)
def test_what_is_wrong_is_one_line_before_anything_is_drawn(
    asked: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    assert from_nothing.command(["--what", "recognizer", "--out", "out", *asked]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"from_nothing: {said}")
    assert told.count("\n") == 1
    assert not list(tmp_path.rglob("*.npz"))


@pytest.mark.parametrize(
    "asked", [["--steps", "0"], ["--samples", "3"], ["--minutes", "-1"], ["--seed", "x"], ["--what", "both"]]
)
def test_what_makes_no_sense_ends_with_status_2(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        from_nothing.command(["--what", "recognizer", "--out", "out", *asked])
    assert ended.value.code == 2
    assert f"error: argument {asked[0]}: " in capsys.readouterr().err
