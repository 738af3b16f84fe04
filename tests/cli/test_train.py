"""The command ``ocr-studio train``: the same course as in the window, said to a terminal or to another program."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.cli import train
from ocr_studio.cli.terminal import progress
from ocr_studio.cli.terminal.console import FAILED, GOOD, MISUSED
from ocr_studio.core import settings
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CRAFT, CRNN, LIGHT_CRAFT, LIGHT_CRNN
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Interval, Trained, TrainingStarted, suggested_recipe
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.train import LearningEvent, TrainingTask
from tests.core import made_datasets
from tests.core.made_models import installed
from tests.core.training.test_report import BETTER
from tests.ui.made_course import StandInDetectorLearner, StandInLearner


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return made_datasets.three_boards(tmp_path).folder


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch) -> StandInLearner:
    """Learns in place of the engine, which has tests of its own."""
    made = StandInLearner()
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": made, "detector": made})
    return made


def run(data: Path, *more: str) -> int:
    return cli.run(["train", "--dataset", str(data), "--name", "mine", *more])


def names() -> list[str]:
    return [model.name for model in registry.available()][1:]


def test_it_says_what_came_of_it_and_keeps_it(
    data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data) == GOOD
    out, err = capsys.readouterr()
    assert "It reads your handwriting better. On 20 held-out words, it makes 9 mistakes instead of 15." in out
    assert "character error rate, held-out words 15.2% 9.5% −5.7 points (−10.1 … −1.3)" in " ".join(out.split())
    assert out.endswith("Saved as “mine”. To use it: ocr-studio models use mine\n")
    assert "12 steps" in err
    assert names() == ["mine"]
    assert training_runs.list_unfinished() == ()
    assert run(data) == MISUSED
    assert "a model named “mine” already exists" in capsys.readouterr().err


NO_GAIN = " (early stopping)"


@pytest.mark.parametrize(
    ("stopped", "done", "kept", "said"),
    [
        ("early", 70, 30, f"70 of 80 steps done{NO_GAIN}; the result is the model after step 30"),
        ("asked", 20, 20, "20 of 80 steps done (stopped on request)"),
        ("", 80, 0, "80 of 80 steps done; the result is the model before the first step"),
        ("", 80, 80, ""),
    ],
)  # fmt: skip
def test_it_says_what_became_of_the_steps_that_were_announced(stopped: str, done: int, kept: int, said: str) -> None:
    trained = Trained("mine", Path("x"), BETTER, done, 1.0, stopped, {"steps": kept})
    assert train._ended(trained, 80) == said


def test_worse_is_not_kept_unless_asked(
    data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.mistakes, learner.change = (9, 14), Interval(0.02, 0.09)
    assert run(data) == FAILED
    assert "It got worse." in (out := capsys.readouterr().out)
    assert "Not saved: the new model is worse." in out
    assert names() == []
    assert run(data, "--keep", "always") == GOOD
    assert names() == ["mine"]


@pytest.mark.parametrize("more", [(), ("--keep", "always")])
def test_a_model_that_learned_nothing_is_not_kept(
    data: Path, learner: StandInLearner, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    learner.changed = False
    assert run(data, *more) == FAILED
    out = capsys.readouterr().out
    assert out.startswith("Nothing was learned. ")
    assert "The new model equals the previous one. Correct more words, especially misread ones, and train again." in out
    assert out.endswith("Not saved: nothing was learned.\n")
    assert names() == []
    assert training_runs.list_unfinished() == ()


@pytest.mark.parametrize(
    ("architecture", "more", "said"),
    [
        (CRNN, (), "the recognizer “Hand” can’t be trained here: its network is a CRNN. Start from another"),
        (CRAFT, ("--detector",), "the detector “Hand” can’t be trained here: its network is a CRAFT."),
        (
            LIGHT_CRAFT,
            ("--detector",),
            "its network is a light CRAFT. Start from another model, or train this one in a",
        ),
    ],
)
def test_a_network_that_cannot_be_trained_further_is_refused_before_anything_is_written(
    data: Path, capsys: pytest.CaptureFixture[str], architecture: str, more: tuple[str, ...], said: str
) -> None:
    known: dict[str, Any] = {} if architecture == CRNN else {"alphabet": (), "scores": {}}
    installed("Theirs", architecture=architecture, title="Hand", **known)
    assert run(data, "--base", "Theirs", *more) == MISUSED
    assert said in capsys.readouterr().err
    assert training_runs.load_run("mine") is None
    assert not registry.candidates("mine")


def test_a_light_network_can_be_begun_with(data: Path, learner: StandInLearner) -> None:
    installed("Light", architecture=LIGHT_CRNN)
    assert run(data, "--base", "Light") == GOOD


def test_other_programs_are_told_everything(
    data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, "--events", "jsonl", "--keep", "never") == GOOD
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "preparing"
    assert kinds[-2:] == ["trained", "discarded"]
    assert kinds.count("step") == 12
    checked = next(event for event in events if event["event"] == "checked")
    assert set(checked) == {"event", "step", "held_out_cer", "keep_cer", "best", "samples"}
    trained = events[-2]
    assert (trained["verdict"], trained["held_out"]["cer"]["before"]) == ("better", 0.152)
    assert names() == []


@pytest.mark.parametrize(("left", "by", "lacking"), [(4, "", "1 more word"), (1, " by “Ann”", "4 more words")])
def test_too_few_words_are_refused(
    data: Path, left: int, by: str, lacking: str, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = data / "labels.jsonl"
    lines = sorted(labels.read_text().splitlines(), key=lambda line: '"split": "train"' not in line)
    if by:
        lines[:left] = [line.replace('"writer": null', '"writer": "Ann"') for line in lines[:left]]
    labels.write_text("\n".join(lines if by else lines[:left]) + "\n")
    assert run(data, *(("--writer", "Ann") if by else ())) == FAILED
    words = "1 word" if left == 1 else f"{left} words"
    remedy = f"Check {lacking} and export the dataset again.\n"
    said = f"it contains only {words}{by}; at least 5 are needed to train a recognizer. {remedy}"
    assert capsys.readouterr().err.endswith(said)
    assert learner.begun == 0
    assert training_runs.load_run("mine") is None
    labels.write_text("\n".join(lines[:5]).replace('"writer": null', '"writer": "Ann"') + "\n")
    assert run(data, *(("--writer", "Ann") if by else ())) == GOOD


def test_the_help_says_no_early_stopping() -> None:
    assert train._default("patience") == "default: 4; --writer: no early stopping"


def test_what_was_asked_for_is_the_recipe(data: Path, learner: StandInLearner, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[TrainingTask] = []

    def learn(course: TrainingTask) -> Iterator[LearningEvent]:
        seen.append(course)
        yield from learner(course)

    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learn, "detector": learn})
    assert run(data, "--what", "neck+head", "--epochs", "3", "--learning-rate", "0.0005", "--seed", "7") == GOOD
    recipe = seen[0].run.recipe
    assert (recipe.what, recipe.epochs, recipe.learning_rate, recipe.seed) == ("neck+head", 3, 0.0005, 7)
    assert (recipe.batch, recipe.average) == (64, 0.5)
    assert cli.run(["train", "--dataset", str(data), "--name", "quick", "--what", "head", "--seed", "8"]) == GOOD
    assert seen[1].run.recipe == replace(suggested_recipe("head"), base=recipe.base, seed=8)
    assert cli.run(["train", "--dataset", str(data), "--name", "boxes", "--detector", "--batch", "2"]) == GOOD
    assert (seen[2].run.kind, seen[2].run.recipe.batch) == ("detector", 2)


@pytest.mark.parametrize(
    ("more", "status", "what"),
    [
        (("--what", "tail"), MISUSED, "invalid choice"),
        (("--epochs", "many"), MISUSED, "invalid int"),
        (("--base", "nobody"), MISUSED, "the model “nobody” was not found"),
        (("--base", "pp-ocrv6-small-detector"), MISUSED, "is a detector, not a recognizer"),
        (("--resume",), MISUSED, "there is no training run “mine” to resume"),
    ],
)
def test_what_cannot_be_is_said(
    data: Path, learner: StandInLearner, more: tuple[str, ...], status: int, what: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert run(data, *more) == status
    assert what in capsys.readouterr().err
    assert learner.begun == 0


@pytest.mark.parametrize(
    ("option", "value", "range_"),
    [
        ("epochs", "0", "1 to 1000"),
        ("epochs", "1001", "1 to 1000"),
        ("batch", "0", "1 to 512"),
        ("augmentation", "2", "0 to 1"),
        ("replay", "1", "0 to 0.9"),
        ("average", "-1", "0 to 1"),
        ("patience", "0", "1 to 1000"),
        ("seed", "-1", "0 to 2147483647"),
        ("learning-rate", "nan", "1e-07 to 0.1"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--resume",)])
def test_a_number_that_means_nothing_is_a_wrong_call(
    data: Path, learner: StandInLearner, option: str, value: str, range_: str, more: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert run(data, f"--{option}", value, *more) == MISUSED
    assert capsys.readouterr().err == f"ocr-studio: --{option} must be from {range_}, not {value}\n"
    assert learner.begun == 0


@pytest.mark.parametrize("name", ["../mine", "", ".mine", "con"])
def test_no_name_leads_out_of_the_models(
    data: Path, name: str, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["train", "--dataset", str(data), "--name", name]) == MISUSED
    assert "model" in capsys.readouterr().err
    assert learner.begun == 0


def test_a_folder_that_is_no_dataset_is_said(
    tmp_path: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path) == FAILED
    assert str(tmp_path) in capsys.readouterr().err


def test_lines_are_called_lines(data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]) -> None:
    learner.unit = "lines"
    assert run(data) == GOOD
    out, err = capsys.readouterr()
    assert "On 20 held-out lines" in out
    assert " lines to train on" in err
    assert "word" not in out


def test_that_nothing_is_held_out_is_said_before_it_learns(
    data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = data / "labels.jsonl"
    labels.write_text(labels.read_text().replace('"split": "held-out"', '"split": "train"'))
    assert run(data) == GOOD
    said = "\nno words are held out, so the models can’t be compared on your words\n"
    assert said in capsys.readouterr().err


def test_where_there_is_no_terminal_progress_is_a_line_now_and_then(
    data: Path, learner: StandInLearner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data) == GOOD
    assert "step 2 of 12" not in capsys.readouterr().err
    monkeypatch.setattr(progress, "_LOGGED_EVERY", 0.0)
    assert cli.run(["train", "--dataset", str(data), "--name", "other"]) == GOOD
    said = capsys.readouterr().err.splitlines()
    assert "training: step 2 of 12, loss 2.05, almost done" in said
    assert not any("\r" in line or "\x1b" in line for line in said)


@pytest.mark.parametrize("name", ["my hand", "Anna's", "$HOME"])
def test_what_it_says_to_type_can_be_typed(
    data: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"detector": StandInDetectorLearner()})
    assert cli.run(["train", "--dataset", str(data), "--name", name, "--detector"]) == GOOD
    said = capsys.readouterr().out.splitlines()[-1]
    assert "To use it: " in said
    assert cli.run(shlex.split(said.partition(": ocr-studio ")[2])) == GOOD
    assert settings.load().detector == name


def test_a_single_word_is_not_called_words() -> None:
    started = TrainingStarted(1, 0, 4, 1)
    assert list(train._begun(started)) == [
        "1 word to train on, 0 held out, 4 general; 1 step",
        "no words are held out, so the models can’t be compared on your words",
    ]
    unchecked = replace(started, train=16, held_out=4, keep=0, unchecked=40)
    assert list(train._begun(unchecked)) == ["16 words and 40 unchecked to train on, 4 held out, 0 general; 1 step"]
    assert next(train._begun(replace(started, train=2, unit="lines", steps=3))).startswith("2 lines to train on")
