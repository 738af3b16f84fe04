"""The command ``ocr-studio train`` interrupted, gone on with, begun anew: no work is lost unless that is asked for."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ocr_studio.cli import train
from ocr_studio.cli.terminal.console import FAILED, GOOD, MISUSED, Stopped, interrupted_between
from ocr_studio.core.models.registry import Model
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import StepDone, Trained, TrainingStarted
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.train import LearningEvent, TrainingTask
from tests.cli.test_train import data, learner, names, run
from tests.core import made_datasets
from tests.core.made_models import installed
from tests.ui.made_course import StandInLearner

__all__ = ["data", "learner"]


@dataclass
class Interrupted(StandInLearner):
    """Somebody presses Ctrl+C after a while. at: so many events."""

    at: int = 8

    def __call__(self, course: TrainingTask) -> Iterator[LearningEvent]:
        for number, event in enumerate(super().__call__(course)):
            yield event
            if number == self.at:
                raise KeyboardInterrupt


def cut_short(data: Path, monkeypatch: pytest.MonkeyPatch, then: StandInLearner) -> None:
    """A training that was interrupted in the middle. then: who learns from now on."""
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": then})


def test_interrupted_it_can_be_gone_on_with(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(Stopped, match="Run the same command to resume “mine”"):
        run(data, "--epochs", "3")
    assert names() == []
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(data, "--resume", "--epochs", "4") == MISUSED
    assert (
        "“mine” was started with --epochs 3. Remove --epochs 4, or use --replace instead of --resume."
        in capsys.readouterr().err
    )
    assert run(data, "--resume", "--what", "head", "--learning-rate", "0.0003") == MISUSED
    assert "was started with --learning-rate" in capsys.readouterr().err
    assert run(data, "--resume", "--what", "head") == MISUSED
    assert (
        "was started with --what neck+head. Remove --what head, or use --replace instead of --resume."
        in capsys.readouterr().err
    )
    assert run(data, "--resume") == GOOD
    assert learner.resumed == [True]
    assert names() == ["mine"]


class TakenMeanwhile(StandInLearner):
    """Somebody imports a model of the same name while it learns."""

    def __call__(self, course: TrainingTask) -> Iterator[LearningEvent]:
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
    assert "The name “mine” is already in use, so this model was saved as “mine 2”." in out
    assert out.endswith("Saved as “mine 2”. To use it: ocr-studio models use 'mine 2'\n")
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
    with pytest.raises(Stopped, match=r"Nothing was saved\. Run the same command to start over"):
        run(data)
    assert not training_runs.find_folder("mine").exists()
    assert run(data, "--resume") == MISUSED
    assert "there is no training run “mine” to resume" in capsys.readouterr().err
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(data) == GOOD
    assert "interrupted" not in capsys.readouterr().err


def test_the_same_command_goes_on_with_what_was_cut_short(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_short(data, monkeypatch, learner)
    assert run(data) == GOOD
    assert "; resumed at step 1\n" in capsys.readouterr().err
    assert learner.resumed == [True]
    assert names() == ["mine"]


def test_the_same_command_goes_on_with_what_an_earlier_version_began(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner
) -> None:
    cut_short(data, monkeypatch, learner)
    file = training_runs.find_folder("mine") / "run.json"
    raw = json.loads(file.read_bytes())
    del raw["bounded"]
    raw["version"], raw["recipe"]["epochs"] = 1, 12  # the default, which was written down
    file.write_text(json.dumps(raw))
    seen: list[TrainingTask] = []

    def learn(course: TrainingTask) -> Iterator[LearningEvent]:
        seen.append(course)
        yield from learner(course)

    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learn})
    assert run(data, "--epochs", "5") == MISUSED
    assert run(data) == GOOD
    assert learner.resumed == [True]
    assert (seen[0].run.recipe.epochs, seen[0].run.bounded) == (12, True)


def test_what_was_cut_short_begins_anew_where_that_is_asked_for(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    with pytest.raises(Stopped, match="Run the same command without --replace to resume “mine”"):
        run(data, "--replace")
    assert "already an interrupted" not in capsys.readouterr().err
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    assert run(data, "--replace") == GOOD
    assert learner.resumed == [False]
    assert names() == ["mine"]


@pytest.mark.parametrize(
    ("other", "was"), [("words", "on other words"), ("--epochs", "with --epochs 3"), ("--detector", "of a recognizer")]
)
def test_by_words_or_numbers_that_are_others_it_is_not_lost(
    data: Path, other: str, was: str, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data, "--epochs", "3")
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learner})
    capsys.readouterr()
    if other == "words":
        labels = data / "labels.jsonl"
        labels.write_text("".join(labels.read_text().splitlines(keepends=True)[:-1]))
    given = {"words": ("--epochs", "3"), "--epochs": ("--epochs", "5"), "--detector": ("--detector", "--epochs", "3")}
    assert run(data, *given[other]) == MISUSED
    ways = "Use --resume to resume it, --replace to start over, or another --name."
    said = f"ocr-studio: there is already an interrupted training run “mine” {was}. {ways}\n"
    assert capsys.readouterr().err.endswith(said)
    before = training_runs.load_run("mine")
    assert before is not None
    assert before.far
    assert learner.begun == 0


@pytest.mark.parametrize("resume", [(), ("--resume",)])
def test_what_turns_out_to_be_of_no_use_is_not_written_over(
    data: Path, resume: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def anew(course: TrainingTask) -> Iterator[LearningEvent]:
        yield TrainingStarted(5, 3, 64, 6)
        (course.run.work / "checkpoint.npz").write_bytes(b"another")

    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(data)
    before = training_runs.load_run("mine")
    assert before is not None
    kept = (before.work / "checkpoint.npz").read_bytes()
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": anew})
    capsys.readouterr()
    assert run(data, *resume) == FAILED
    said = capsys.readouterr().err
    assert said.startswith("ocr-studio: the training run “mine” can’t be resumed")
    assert "Use --replace to start over" in said
    assert (before.work / "checkpoint.npz").read_bytes() == kept


def test_ctrl_c_at_the_very_end_is_heard(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    def learn(course: TrainingTask) -> Iterator[LearningEvent]:
        for event in learner(course):
            if isinstance(event, Trained):
                signal.raise_signal(signal.SIGINT)
            yield event

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learn})
        with pytest.raises(Stopped, match="“mine” is trained; use --resume to save its model"):
            run(data)
    finally:
        signal.signal(signal.SIGINT, before)
    assert names() == []
    assert run(data, "--resume") == GOOD
    assert names() == ["mine"]


def test_ctrl_c_while_the_model_is_saved_comes_too_late(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    def keep(trained: AnyTrained) -> Model:
        model = keep_usually(trained)
        signal.raise_signal(signal.SIGINT)
        return model

    keep_usually = training.keep
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        monkeypatch.setattr(training, "keep", keep)
        assert run(data) == GOOD
    finally:
        signal.signal(signal.SIGINT, before)
    assert "Saved as “mine”." in capsys.readouterr().out
    assert names() == ["mine"]


def test_ctrl_c_lets_what_learns_keep_how_far_it_has_come(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    def learn(course: TrainingTask) -> Iterator[LearningEvent]:
        try:
            yield from pressing(learner(course))
        except GeneratorExit:  # as the engine does
            (course.run.work / "checkpoint.npz").write_bytes(b"far")
            raise

    def pressing(events: Iterator[LearningEvent]) -> Iterator[LearningEvent]:
        for event in events:
            if isinstance(event, StepDone):
                signal.raise_signal(signal.SIGINT)  # in the midst of a step
                going_on.append(event.step)
            yield event

    going_on: list[int] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    try:
        monkeypatch.setattr(training, "_LEARNERS", {"recognizer": learn})
        with pytest.raises(Stopped, match="Run the same command to resume “mine”"):
            run(data)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert going_on == [1]
    training_runs.lock_run("mine").release()  # nobody is at it any more


def test_ctrl_c_pressed_again_ends_at_once() -> None:
    script = (
        "import signal; from ocr_studio.cli.terminal.console import interrupted_between\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "with interrupted_between() as asked:\n"
        "    print(asked()); signal.raise_signal(signal.SIGINT); print(asked(), flush=True)\n"
        "    try:\n        signal.raise_signal(signal.SIGINT)\n    finally:\n        print('swallowed', flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.split() == ["False", "True"]
    assert done.returncode != 0
    assert done.stderr == ""


def test_where_ctrl_c_means_nothing_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupted_between() as asked:
            signal.raise_signal(signal.SIGINT)
            assert not asked()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_begun_anew_on_its_own_dataset_it_keeps_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner
) -> None:
    data = made_datasets.three_boards(tmp_path).folder
    own = training_runs.find_folder("mine") / "data"  # where the window puts what it has collected
    own.parent.mkdir(parents=True)
    data.rename(own)
    monkeypatch.setattr(training, "_LEARNERS", {"recognizer": Interrupted()})
    with pytest.raises(KeyboardInterrupt):
        run(own)
    with pytest.raises(KeyboardInterrupt):
        run(own, "--replace")
    assert (own / "labels.jsonl").exists()


def test_what_nobody_has_decided_on_is_not_thrown_away(
    data: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut_short(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(train, "_decide", cut_short)
        with pytest.raises(KeyboardInterrupt):
            run(data)
    assert run(data) == MISUSED
    assert "neither saved nor discarded" in capsys.readouterr().err
    assert learner.begun == 1
    assert run(data, "--resume") == GOOD
    assert learner.begun == 1
    assert names() == ["mine"]


def test_a_changed_dataset_is_not_gone_on_with(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    cut_short(data, monkeypatch, learner)
    (data / "labels.jsonl").write_text("".join((data / "labels.jsonl").read_text().splitlines(keepends=True)[:-1]))
    assert run(data, "--resume") == MISUSED
    assert "different data" in capsys.readouterr().err


def test_what_was_cut_short_stays_until_another_begins(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: StandInLearner,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    cut_short(data, monkeypatch, learner)
    assert run(tmp_path / "mistyped") == FAILED
    assert run(data, "--epochs", "0") == MISUSED
    lock = training_runs.lock_run("mine")
    capsys.readouterr()
    assert run(data) == FAILED
    assert "“mine” is being trained in another window or by another command" in capsys.readouterr().err
    lock.release()
    assert run(data, "--resume") == GOOD
    assert learner.resumed == [True]
