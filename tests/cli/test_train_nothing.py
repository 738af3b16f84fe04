"""``ocr-studio train`` on datasets of which nothing can be learned: what is said to who typed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.cli.terminal.console import FAILED, MISUSED
from ocr_studio.core.training import runs as training_runs
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.jobs.synth import generate
from tests import made_synth
from tests.core import made_datasets

HELD_OUT = "Everything in it is held out for evaluation"


def told(data: Path, *more: str, capsys: pytest.CaptureFixture[str], status: int = FAILED) -> str:
    """The last line on standard error; what has changed in a dataset since it was written is said before."""
    capsys.readouterr()
    assert cli.run(["train", "--dataset", str(data), "--name", "mine", *more]) == status
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("asked", "more", "said"),
    [
        (
            {"words": 4, "purpose": "test"},
            (),
            f"it contains no words for training. {HELD_OUT}. Generate another one with",
        ),
        ({"words": 4}, ("--detector",), "it contains no photos for training. It contains single words only. "),
        (
            {"boards": 1, "purpose": "test"},
            ("--detector",),
            f"it contains no photos for training. {HELD_OUT}. Generate",
        ),
    ],
)
def test_of_what_the_program_has_drawn_it_is_said_what_to_draw(
    tmp_path: Path, asked: dict[str, Any], more: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = made_synth.options(tmp_path, **asked)
    split = SourceSplit.TEST if options.purpose == "test" else SourceSplit.TRAIN
    (tmp_path / "fonts" / "print.ttf").write_bytes(made_synth.font(split))
    list(generate.write(options, tmp_path / "drawn", children=0))
    line = told(tmp_path / "drawn", *more, capsys=capsys)
    assert said in line
    assert '"ocr-studio synth' in line


@pytest.mark.parametrize(
    ("more", "said"),
    [((), f"{HELD_OUT}. Choose another dataset."), (("--detector",), "Check every word of a photo first.")],
)
def test_of_words_that_a_person_has_checked_nothing_is_said_of_drawing(
    tmp_path: Path, more: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = made_datasets.three_boards(tmp_path).folder
    labels = (data / "labels.jsonl").read_text().replace('"train"', '"held-out"')
    (data / "labels.jsonl").write_text(labels)
    (data / "boxes.jsonl").write_text("")
    line = told(data, *more, capsys=capsys)
    assert said in line
    assert "synth" not in line
    assert not training_runs.find_folder("mine").exists()
    assert "there is no training run “mine” to resume" in told(data, "--resume", capsys=capsys, status=MISUSED)
