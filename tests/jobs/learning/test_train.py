"""A project's corrections become a dataset, a training on it can be left at any step, and nothing is half there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from ocr_studio.core import paths
from ocr_studio.core.datasets.dataset import Reason
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import description as model_description
from ocr_studio.core.models import registry
from ocr_studio.core.page import Page, Transcription
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.training import results as training_results
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.events import Recipe, Trained, TrainingEvent
from ocr_studio.core.training.runs import RunTrouble
from ocr_studio.jobs.learning import preflight
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.jobs.learning.train import TrainingTask
from tests.core import made_datasets
from tests.core.made_models import installed
from tests.ui.made_course import StandInDetectorLearner, StandInLearner

OPTIONS = ReaderOptions()


def looked(project: Project) -> Preflight:
    *_, last = preflight.look(project, options=OPTIONS)
    assert isinstance(last, Preflight)
    return last


def task_of(project: Project, kind: str = "recognizer") -> TrainingTask:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(training, "suggest_name", lambda *_: "photos")
        return training.begin(looked(project), kind, Recipe(), options=OPTIONS)


def test_a_new_model_is_called_like_its_base_and_the_day() -> None:
    today = datetime.now(UTC).astimezone().date()
    installed("my board hand 2026-01-31 2")
    for base, named in ((None, registry.BUILT_IN.name), ("my board hand 2026-01-31 2", "my board hand")):
        assert training.suggest_name("recognizer", Recipe(base=base), OPTIONS) == f"{named} {today}"
    found = training.suggest_name("detector", Recipe(), OPTIONS)
    assert found == f"{registry.BUILT_IN_DETECTOR.name} {today}"
    training_runs.check_name(found)


def candidates() -> list[Path]:
    folder = registry.models_dir() / ".candidates"
    return list(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return made_datasets.project(tmp_path / "photos", [made_datasets.words(1), made_datasets.words(2)])


def test_a_look_says_what_there_is(project: Project) -> None:
    seen = looked(project)
    assert seen.dataset is not None
    assert seen.words == len(seen.dataset.examples) == 16
    assert seen.reviewed == 2
    assert [(page.boxes, page.checked, page.words) for page in seen.pages.values()] == [(8, 8, 8)] * 2
    assert sum(group.words for group in seen.groups) == 16
    preflight.forget(seen)
    assert not seen.dataset.folder.exists()


def test_where_nobody_has_checked_a_word_there_is_nothing_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert looked(Project.open(tmp_path / "empty")).words == 0
    assert not (paths.cache_dir() / "looked-at").exists()


def test_where_none_can_be_learned_from_each_is_said(project: Project) -> None:
    for photo in project.photos.glob("*.png"):
        photo.unlink()
    seen = looked(project)
    assert (seen.words, seen.dataset) == (0, None)
    assert {each.reason for each in seen.left_out} == {Reason.PHOTO}
    assert len(seen.left_out) == 16
    assert not list((paths.cache_dir() / "looked-at").iterdir())


def test_letters_the_model_does_not_know_are_new(project: Project) -> None:
    page = next(page for page in map(project.load_page, project.page_ids()) if page)
    assert isinstance(page, Page)
    key = next(iter(page.words))
    word = replace(page.words[key], human=Transcription.by_human("Жук"))
    project.save_page(replace(page, words={**page.words, key: word}))
    assert looked(project).new_letters == "Жку"


def test_a_look_left_early_leaves_nothing(project: Project) -> None:
    events = preflight.look(project, options=OPTIONS)
    next(events)
    events.close()  # type: ignore[attr-defined]
    above = paths.cache_dir() / "looked-at"
    assert not above.exists() or list(above.iterdir()) == []


def test_a_course_keeps_its_dataset_and_ends_with_a_candidate(project: Project) -> None:
    task = task_of(project)
    assert task.dataset.folder == task.run.data == task.run.folder / "data"
    assert task.dataset.crop(task.dataset.examples[0]).size
    *_, trained = training.train(task, learn=StandInLearner())
    assert isinstance(trained, Trained)
    assert registry.available() == (registry.BUILT_IN,)
    model = training.keep(trained)
    assert [each.name for each in registry.available()] == [registry.BUILT_IN.name, model.name]
    assert candidates() == []
    assert not task.run.folder.exists()


def test_discarded_nothing_stays(project: Project) -> None:
    *_, trained = training.train(task_of(project), learn=StandInLearner())
    assert isinstance(trained, Trained)
    training.discard(trained)
    assert (candidates(), registry.available()) == ([], (registry.BUILT_IN,))
    assert list(training_runs.find_runs_folder().iterdir()) == []


def test_cancelled_at_any_event_there_is_no_model_and_it_can_be_gone_on_with(project: Project) -> None:
    whole = task_of(project)
    total = len(list(training.train(whole, learn=StandInLearner())))
    training.throw_away(whole.run)
    for count in range(1, total):
        learner = StandInLearner()
        events = training.train(task_of(project), learn=learner)
        list(islice(events, count))
        events.close()
        assert learner.closed
        assert candidates() == []
        assert registry.available() == (registry.BUILT_IN,)
        run = training_runs.load_run("photos")
        assert run is not None
        assert training_runs.list_unfinished() == ((run,) if run.far else ())
        again = training.resume_run(run, options=OPTIONS)
        *_, trained = training.train(again, resume=True, learn=StandInLearner())
        assert isinstance(trained, Trained)
        training.discard(trained)


def test_a_run_can_be_at_once_in_one_place_only(project: Project) -> None:
    task = task_of(project)
    events = training.train(task, learn=StandInLearner())
    next(events)
    with pytest.raises(RunTrouble, match="another window"):
        next(training.train(task, learn=StandInLearner()))
    events.close()
    assert next(training.train(task, learn=StandInLearner()))


def test_it_is_not_gone_on_with_on_other_words(project: Project) -> None:
    task = task_of(project)
    list(islice(training.train(task, learn=StandInLearner()), 6))
    other = replace(task, dataset=replace(task.dataset, digest="0" * 64))
    with pytest.raises(RunTrouble, match="different data"):
        next(training.train(other, resume=True, learn=StandInLearner()))


@pytest.mark.parametrize("kind", ["recognizer", "detector"])
def test_what_nobody_has_decided_on_waits_as_it_was(project: Project, kind: str) -> None:
    task = task_of(project, kind)
    learner = StandInDetectorLearner() if kind == "detector" else StandInLearner()
    *_, trained = training.train(task, learn=learner)
    (run,) = training_runs.list_unfinished()
    assert training_results.load_result(run) == trained
    again = StandInLearner()
    events = list(training.train(training.resume_run(run, options=OPTIONS), resume=True, learn=again))
    assert events == [trained]
    assert again.begun == 0
    training.throw_away(run)
    assert candidates() == []


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"version": 1, "kind": "recognizer", "name": "photos", "folder": "../../x"}', b"\xff"]
)
def test_what_came_of_it_and_cannot_be_read_is_learned_again(
    project: Project, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    task = task_of(project)
    list(training.train(task, learn=StandInLearner()))
    (task.run.folder / "result.json").write_bytes(data)
    again = StandInLearner()
    *_, trained = training.train(training.resume_run(task.run, options=OPTIONS), resume=True, learn=again)
    assert isinstance(trained, Trained)
    assert again.begun == 1
    assert candidates() == [trained.folder]
    assert "can’t be read" in caplog.text


def test_without_its_candidate_it_is_learned_again(project: Project) -> None:
    task = task_of(project)
    *_, trained = training.train(task, learn=StandInLearner())
    assert isinstance(trained, Trained)
    registry.discard(trained.folder)
    assert training_results.load_result(task.run) is None


@pytest.mark.parametrize("far", [False, True])
def test_a_learner_that_fails_leaves_how_far_it_had_come_and_frees_its_lock(project: Project, far: bool) -> None:
    def fail(_: TrainingTask) -> Iterator[TrainingEvent]:
        if far:
            (task.run.work / "checkpoint.npz").write_bytes(b"far")
        raise StudioError("the disk is full")

    task = task_of(project)
    with pytest.raises(StudioError, match="disk is full"):
        list(training.train(task, learn=fail))
    assert training_runs.list_unfinished() == ((task.run,) if far else ())
    training_runs.delete_remains()
    assert task.run.data.exists() is far


@pytest.mark.parametrize("when", ["meanwhile", "before it is kept"])
def test_where_its_name_is_taken_meanwhile_it_gets_another(project: Project, when: str) -> None:
    task = task_of(project)
    events = training.train(task, learn=StandInLearner())
    next(events)
    others = [installed("Photos")] if when == "meanwhile" else []  # the same folder on many systems
    *_, trained = events
    assert isinstance(trained, Trained)
    others = others or [installed("Photos")]
    model = training.keep(trained)
    assert (trained.name, model.name, model.title) == ("photos", "photos 2", "photos 2")
    assert "The name “photos” is already in use" in training.renamed(model, trained.name)
    assert registry.available()[1:] == (*others, model)
    assert training_runs.load_run("photos") is None
    assert candidates() == []


def test_a_model_that_learned_from_lines_is_told_by_lines() -> None:
    scores = {"before": {"words": 20.0, "right": 5.0, "cer": 0.15}, "after": {"words": 20.0, "right": 11.0, "cer": 0.1}}
    model = installed("lines", scores=scores, settings={"unit": "lines"})
    assert model.card is not None
    assert model_description.gain(model.card) == "5 → 11 of 20 lines correct"
    assert "Held-out lines" in dict(model_description.facts(model, ()))
    assert model_description.gain(replace(model.card, settings={})) == "5 → 11 of 20 words correct"


def test_a_result_of_lines_is_kept_as_one(project: Project) -> None:
    task = task_of(project)
    *_, trained = training.train(task, learn=StandInLearner())
    assert isinstance(trained, Trained)
    lines = replace(trained, comparison=replace(trained.comparison, unit="lines"))
    training_results.save_result(task.run, lines)
    assert training_results.load_result(task.run) == lines
