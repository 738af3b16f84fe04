"""Trainings that were cut short can be gone on with, whatever lies in their folder."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.models import registry
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.detector_events import DETECTOR_LENGTH
from ocr_studio.core.training.events import RECOGNIZER_LENGTH, Recipe, UsualLength
from ocr_studio.core.training.runs import Run, RunTrouble

RECIPE = Recipe(base="mine", what="head", epochs=3, patience=None, seed=7)


def run(name: str = "my hand", begun: str = "2026-01-02T03:04:05+00:00") -> Run:
    return Run(name, "recognizer", Path("/data/set"), "d" * 64, RECIPE, "/photos", begun)


def begin(some: Run) -> None:
    """It begins, and how far it has come is kept for the first time."""
    training_runs.begin_run(some)
    (some.work / "checkpoint.npz").write_bytes(b"far")


def test_what_was_begun_is_found_again_as_it_was() -> None:
    begin(run())
    assert training_runs.load_run("my hand") == run()
    assert training_runs.list_unfinished() == (run(),)


@pytest.mark.parametrize("left", [(), (".0123456789abcdef.tmp",)], ids=["nothing", "half a checkpoint"])
def test_what_ended_before_it_had_come_anywhere_is_not_offered_and_goes(left: tuple[str, ...]) -> None:
    training_runs.begin_run(run())
    for name in left:
        (run().work / name).write_bytes(b"")
    assert training_runs.list_unfinished() == ()
    training_runs.check_model_unused("mine")  # nor does it keep the model it began with
    held = training_runs.lock_run("my hand")
    with pytest.raises(registry.ModelInUse):
        training_runs.check_model_unused("mine")
    training_runs.delete_remains()
    assert training_runs.load_run("my hand") == run()
    held.release()
    training_runs.delete_remains()
    assert not run().folder.exists()


def test_what_has_come_of_it_stays() -> None:
    training_runs.begin_run(run())
    run().result.write_bytes(b"{}")
    training_runs.delete_remains()
    assert training_runs.list_unfinished() == (run(),)


def test_the_latest_comes_first_and_those_that_go_on_are_left_out() -> None:
    for name, begun in (("old", "2026-01-01T00:00:00+00:00"), ("new", "2026-01-03T00:00:00+00:00"), ("busy", "2027")):
        begin(run(name, begun))
    held = training_runs.lock_run("busy")
    try:
        assert [each.name for each in training_runs.list_unfinished()] == ["new", "old"]
        with pytest.raises(RunTrouble, match="another window"):
            training_runs.lock_run("busy")
    finally:
        held.release()
    assert len(training_runs.list_unfinished()) == 3


def test_the_lock_of_a_program_that_was_killed_holds_nobody_back() -> None:
    begin(run())
    (run().folder / "lock").write_bytes(b"")
    assert training_runs.list_unfinished() == (run(),)
    training_runs.lock_run("my hand").release()


def test_what_never_truly_began_is_swept_away_after_a_while() -> None:
    begin(run())
    for name, age in (("fresh", 60), ("stale", 200_000)):
        folder = training_runs.find_runs_folder() / name
        (folder / "data").mkdir(parents=True)
        os.utime(folder, (time.time() - age,) * 2)
    training_runs.delete_remains()
    assert sorted(path.name for path in training_runs.find_runs_folder().iterdir()) == ["fresh", "my hand"]


def test_beginning_anew_forgets_how_far_it_had_come() -> None:
    training_runs.begin_run(run())
    (run().work / "checkpoint.npz").write_bytes(b"far")
    training_runs.begin_run(run())
    assert list(run().work.iterdir()) == []


def test_forgotten_is_gone() -> None:
    training_runs.begin_run(run())
    training_runs.delete_run("my hand")
    training_runs.delete_run("never was")
    assert training_runs.load_run("my hand") is None
    assert not run().folder.exists()


@pytest.mark.parametrize(
    ("length", "epochs", "per_epoch", "steps"),
    [
        (RECOGNIZER_LENGTH, 3, 100, 300),
        (RECOGNIZER_LENGTH, 3, 10, 80),
        (RECOGNIZER_LENGTH, 40, 100, 4000),
        (DETECTOR_LENGTH, 1, 1, 40),
        (DETECTOR_LENGTH, 10, 100, 400),
    ],
)
def test_a_run_of_before_epochs_were_exact_trains_as_long_as_it_would_have(
    length: UsualLength, epochs: int, per_epoch: int, steps: int
) -> None:
    training_runs.begin_run(run())
    raw = json.loads((run().folder / "run.json").read_bytes())
    raw["version"], raw["recipe"]["epochs"] = 1, epochs
    del raw["bounded"]
    (run().folder / "run.json").write_text(json.dumps(raw))
    found = training_runs.load_run("my hand")
    assert found is not None
    assert found.recipe == replace(RECIPE, epochs=epochs)  # its checkpoint belongs to this recipe
    assert length.count_steps(found.recipe.epochs, per_epoch, bounded=found.bounded) == steps
    training_runs.begin_run(found)  # begun anew, it stays as long
    assert training_runs.load_run("my hand") == found


def change(key: str, value: object) -> bytes:
    training_runs.begin_run(run())
    raw = json.loads((run().folder / "run.json").read_bytes())
    if key.startswith("recipe."):
        raw["recipe"][key.partition(".")[2]] = value
    else:
        raw[key] = value
    return json.dumps(raw).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"\xff\xfe", b'{"format": "ocr-studio-training"}', b"[" * 100_000,
    ],
    ids=["empty", "list", "bytes", "hardly any", "deep"],
)  # fmt: skip
def test_a_damaged_note_is_none(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    training_runs.begin_run(run())
    (run().folder / "run.json").write_bytes(data)
    assert training_runs.load_run("my hand") is None
    assert "can’t be gone on with" in caplog.text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", 3), ("kind", "reader"), ("data", "a\0b"), ("digest", 7), ("name", "other"), ("recipe", []),
        ("recipe.epochs", 0), ("recipe.epochs", 2.5), ("recipe.epochs", True), ("recipe.what", "tail"),
        ("recipe.average", 1.5), ("recipe.average", float("nan")), ("recipe.base", 3), ("recipe.device", "moon"),
        ("recipe.unheard", 1), ("recipe.learning_rate", "fast"),
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_so_is_none(key: str, value: object, caplog: pytest.LogCaptureFixture) -> None:
    data = change(key, value)
    (run().folder / "run.json").write_bytes(data)
    assert training_runs.load_run("my hand") is None
    assert caplog.text


@pytest.mark.parametrize("name", ["../elsewhere", "a/b", "", ".hidden", "con", "a" * 61, "a\nb"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(registry.BadName):
        training_runs.find_folder(name)


def test_a_free_name_is_neither_a_models_nor_a_runs() -> None:
    training_runs.begin_run(run("boards"))
    assert training_runs.find_free_name("boards") == "boards 2"
    assert training_runs.find_free_name("../../etc") not in ("", "../../etc")
    assert training_runs.find_free_name(registry.BUILT_IN.name) != registry.BUILT_IN.name
    training_runs.check_name(training_runs.find_free_name("x" * 300))
