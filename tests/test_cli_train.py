"""The command ``ocr-studio train``: the same course as in the window, said to a terminal or to another program."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ocr_studio import cli, cli_train
from ocr_studio.cli_speaking import FAILED, GOOD, MISUSED
from ocr_studio.core import models, settings, training_runs
from ocr_studio.core.model_card import CRAFT, CRNN, LIGHT_CRAFT, LIGHT_CRNN
from ocr_studio.core.training import Interval, Trained
from ocr_studio.jobs import training
from ocr_studio.jobs.training import Course, LearningEvent
from tests.core import made_datasets
from tests.core.made_models import installed
from tests.core.test_training_report import BETTER
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
    return [model.name for model in models.available()][1:]


def test_it_says_what_came_of_it_and_keeps_it(
    data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data) == GOOD
    out, err = capsys.readouterr()
    assert "It reads your writing better. On 20 words it had not seen it makes 9 mistakes instead of 15." in out
    assert "letters wrong in held-out words 15.2 % 9.5 % −5.7 points (−10.1 … −1.3)" in " ".join(out.split())
    assert out.endswith("Kept as “mine”. To read with it: ocr-studio models use mine\n")
    assert "12 steps" in err
    assert names() == ["mine"]
    assert training_runs.unfinished() == ()
    assert run(data) == FAILED
    assert "there is a model “mine” already" in capsys.readouterr().err


NO_GAIN = ", as the last ones helped no more"


@pytest.mark.parametrize(
    ("stopped", "done", "kept", "said"),
    [
        ("early", 70, 30, f"70 of 80 steps done{NO_GAIN}; what counts is how it was after step 30"),
        ("asked", 20, 20, "20 of 80 steps done, as asked"),
        ("", 80, 0, "80 of 80 steps done; what counts is how it was before the first one"),
        ("", 80, 80, ""),
    ],
)  # fmt: skip
def test_it_says_what_became_of_the_steps_that_were_announced(stopped: str, done: int, kept: int, said: str) -> None:
    trained = Trained("mine", Path("x"), BETTER, done, 1.0, stopped, {"steps": kept})
    assert cli_train._ended(trained, 80) == said


def test_worse_is_not_kept_unless_asked(
    data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.mistakes, learner.change = (9, 14), Interval(0.02, 0.09)
    assert run(data) == FAILED
    assert "It got worse." in (out := capsys.readouterr().out)
    assert "It is worse: not kept." in out
    assert names() == []
    assert run(data, "--keep", "always") == GOOD
    assert names() == ["mine"]


@pytest.mark.parametrize(
    ("architecture", "more", "said"),
    [
        (CRNN, (), "“Hand” can read, but not be trained further here: its network is a CRNN. Begin with another"),
        (CRAFT, ("--detector",), "“Hand” can find writing, but not be trained further here: its network is a CRAFT."),
        (
            LIGHT_CRAFT,
            ("--detector",),
            "its network is a light CRAFT. Begin with another model; or train this one by a",
        ),
    ],
)
def test_a_network_that_cannot_be_trained_further_is_refused_before_anything_is_written(
    data: Path, capsys: pytest.CaptureFixture[str], architecture: str, more: tuple[str, ...], said: str
) -> None:
    known: dict[str, Any] = {} if architecture == CRNN else {"alphabet": (), "scores": {}}
    installed("Theirs", architecture=architecture, title="Hand", **known)
    assert run(data, "--base", "Theirs", *more) == FAILED
    assert said in capsys.readouterr().err
    assert training_runs.load("mine") is None
    assert not models.candidates("mine")


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


def test_what_was_asked_for_is_the_recipe(data: Path, learner: StandInLearner, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Course] = []

    def learn(course: Course) -> Iterator[LearningEvent]:
        seen.append(course)
        yield from learner(course)

    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learn, "detector": learn})
    assert run(data, "--what", "neck+head", "--epochs", "3", "--learning-rate", "0.0005", "--seed", "7") == GOOD
    recipe = seen[0].run.recipe
    assert (recipe.what, recipe.epochs, recipe.learning_rate, recipe.seed) == ("neck+head", 3, 0.0005, 7)
    assert cli.run(["train", "--dataset", str(data), "--name", "boxes", "--detector", "--batch", "2"]) == GOOD
    assert (seen[1].run.kind, seen[1].run.recipe.batch) == ("detector", 2)


@pytest.mark.parametrize(
    ("more", "status", "what"),
    [
        (("--what", "tail"), MISUSED, "invalid choice"),
        (("--epochs", "many"), MISUSED, "invalid int"),
        (("--base", "nobody"), MISUSED, "there is no model “nobody”"),
        (("--base", "pp-ocrv6-small-detector"), MISUSED, "does not read it"),
        (("--resume",), FAILED, "there is no training “mine” to go on with"),
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
    assert capsys.readouterr().err == f"ocr-studio: --{option} cannot be {value}. Give {range_}.\n"
    assert learner.begun == 0


@pytest.mark.parametrize("name", ["../mine", "", ".mine", "con"])
def test_no_name_leads_out_of_the_models(
    data: Path, name: str, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["train", "--dataset", str(data), "--name", name]) == FAILED
    assert "model" in capsys.readouterr().err
    assert learner.begun == 0


def test_a_folder_that_is_no_dataset_is_said(
    tmp_path: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path) == FAILED
    assert str(tmp_path) in capsys.readouterr().err


@dataclass
class Interrupted(StandInLearner):
    """Somebody presses Ctrl+C after a while. at: so many events."""

    at: int = 8

    def __call__(self, course: Course) -> Iterator[LearningEvent]:
        for number, event in enumerate(super().__call__(course)):
            yield event
            if number == self.at:
                raise KeyboardInterrupt


def test_interrupted_it_can_be_gone_on_with(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data, "--epochs", "3")
    assert "--resume goes on with “mine”" in capsys.readouterr().err
    assert names() == []
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(data, "--resume", "--epochs", "4") == FAILED
    assert "“mine” was begun with --epochs 3. Leave --epochs 4 out, or --resume." in capsys.readouterr().err
    assert run(data, "--resume", "--what", "head", "--learning-rate", "0.0003") == FAILED
    assert "was begun with --learning-rate" in capsys.readouterr().err
    assert run(data, "--resume", "--what", "head") == FAILED
    assert "was begun with --what upper. Leave --what head out, or --resume." in capsys.readouterr().err
    assert run(data, "--resume") == GOOD
    assert learner.resumed == [True]
    assert names() == ["mine"]


class TakenMeanwhile(StandInLearner):
    """Somebody imports a model of the same name while it learns."""

    def __call__(self, course: Course) -> Iterator[LearningEvent]:
        installed(course.run.name)
        yield from super().__call__(course)


@pytest.mark.parametrize("cut_short", [False, True])
def test_where_its_name_is_taken_meanwhile_it_is_kept_under_another(
    data: Path, cut_short: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if cut_short:
        monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
        with pytest.raises(KeyboardInterrupt):
            run(data)
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": TakenMeanwhile()})
    assert run(data, *(("--resume",) if cut_short else ())) == GOOD
    out = capsys.readouterr().out
    assert "Another model got the name “mine” meanwhile, so this one is called “mine 2”." in out
    assert out.endswith("Kept as “mine 2”. To read with it: ocr-studio models use 'mine 2'\n")
    assert names() == ["mine", "mine 2"]


def test_taken_while_it_was_cut_short_it_can_still_be_gone_on_with(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    installed("mine")
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(data, "--resume") == GOOD
    assert names() == ["mine", "mine 2"]


def test_interrupted_before_anything_was_kept_it_promises_no_going_on(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted(at=1)})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    assert "interrupted; the same command begins anew" in capsys.readouterr().err
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(data) == GOOD
    assert "cut short" not in capsys.readouterr().err


def test_lines_are_called_lines(data: Path, learner: StandInLearner, capsys: pytest.CaptureFixture[str]) -> None:
    learner.unit = "lines"
    assert run(data) == GOOD
    out, err = capsys.readouterr()
    assert "On 20 lines it had not seen" in out
    assert " lines to learn from" in err
    assert "word" not in out


def test_without_resume_it_begins_anew_and_says_so(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    capsys.readouterr()
    assert run(data) == GOOD
    assert "it begins anew now" in capsys.readouterr().err
    assert learner.resumed == [False]


def test_begun_anew_on_its_own_dataset_it_keeps_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner
) -> None:
    data = made_datasets.three_boards(tmp_path).folder
    own = training_runs.folder_of("mine") / "data"  # where the window puts what it has collected
    own.parent.mkdir(parents=True)
    data.rename(own)
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(own)
    with pytest.raises(KeyboardInterrupt):
        run(own)
    assert (own / "labels.jsonl").exists()


def test_what_nobody_has_decided_on_is_not_thrown_away(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut_short(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(cli_train, "_decide", cut_short)
        with pytest.raises(KeyboardInterrupt):
            run(data)
    assert run(data) == FAILED
    assert "nobody has decided yet" in capsys.readouterr().err
    assert learner.begun == 1
    assert run(data, "--resume") == GOOD
    assert learner.begun == 1
    assert names() == ["mine"]


def test_a_changed_dataset_is_not_gone_on_with(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    (data / "labels.jsonl").write_text("".join((data / "labels.jsonl").read_text().splitlines(keepends=True)[:-1]))
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(data, "--resume") == FAILED
    assert "other words" in capsys.readouterr().err


def test_what_was_cut_short_stays_until_another_begins(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(tmp_path / "mistyped") == FAILED
    assert run(data, "--epochs", "0") == MISUSED
    lock = training_runs.lock("mine")
    capsys.readouterr()
    assert run(data) == FAILED
    assert "“mine” is being trained in another window or by another command" in capsys.readouterr().err
    lock.release()
    assert run(data, "--resume") == GOOD
    assert learner.resumed == [True]


@pytest.mark.parametrize("name", ["my hand", "Anna's", "$HOME"])
def test_what_it_says_to_type_can_be_typed(
    data: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"detector": StandInDetectorLearner()})
    assert cli.run(["train", "--dataset", str(data), "--name", name, "--detector"]) == GOOD
    said = capsys.readouterr().out.splitlines()[-1]
    assert "To find writing with it: " in said
    assert cli.run(shlex.split(said.partition(": ocr-studio ")[2])) == GOOD
    assert settings.load().detector == name
