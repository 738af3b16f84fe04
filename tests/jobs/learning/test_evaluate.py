"""An evaluation reads each photo once, tells how far it is, and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.datasets.ground_truth import BadTruth, TruePage, Truth
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.evaluation.results import Evaluation
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, PageFacts, PhotoFrame, Transcription
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.learning import evaluate
from ocr_studio.jobs.reading import read as reading
from tests.ui import made_board
from tests.ui.made_board import StandInOcrService, StandInReader


def pages(folder: Path, count: int) -> tuple[TruePage, ...]:
    truth = tuple(Labelled(word.quad, word.text) for word in made_board.words())
    photos = [made_board.write_photo(folder / f"{number}.png", number) for number in range(count)]
    return tuple(TruePage(photo.name, photo, truth) for photo in photos)


def evaluation_of(events: Sequence[object]) -> Evaluation:
    last = events[-1]
    assert isinstance(last, evaluate.Evaluated)
    return last.evaluation


def test_each_photo_is_read_once_and_told(tmp_path: Path) -> None:
    reader = StandInReader()
    gone = TruePage("gone.png", tmp_path / "gone.png", ())
    truth = Truth((*pages(tmp_path, 2), gone), (BadTruth("photo 4 is damaged", file="annotations.json"),), 3)
    events = list(evaluate.evaluate(StandInOcrService(reader), truth, data="boards"))
    evaluation = evaluation_of(events)
    assert reader.seen == 2
    assert (evaluation.data, evaluation.model, evaluation.left_out) == ("boards", "stand-in", 3)
    assert evaluation.score.strict.f == 1.0
    assert [photo.mistakes for photo in evaluation.photos] == [(), ()]
    assert len(evaluation.failed) == 2
    ends = [each for each in events if isinstance(each, evaluate.PhotoEvaluated | evaluate.PhotoUnfit)]
    assert [(each.done, each.total) for each in ends] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    lines = [(each.lines_done, each.lines) for each in events if isinstance(each, evaluate.ReadingPhoto)]
    assert lines == [(1, 2), (2, 2)] * 2


def test_what_a_project_has_learned_from_its_truth_has_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    read = reading.read_page

    def watched(
        ocr_service: reading.OcrService,
        image: NDArray[np.uint8],
        *,
        project: Project | None = None,
        writer: str | None = None,
    ) -> object:
        asked.append(project)
        return read(ocr_service, image, project=project, writer=writer)

    monkeypatch.setattr(reading, "read_page", watched)
    list(evaluate.evaluate(StandInOcrService(), Truth(pages(tmp_path, 1)), data=""))
    assert asked == [None]


def test_a_project_in_which_nobody_checked_a_word_is_said(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    words = {word.id: word for word in made_board.words()}
    project.save_page(Page("0" * 32, "a.png", 480, 240, words))
    project.unlock()
    with pytest.raises(StudioError, match="no words of these photos have been checked"):
        list(evaluate.evaluate_project(StandInOcrService(), project))


def test_changes_that_are_not_saved_yet_are_true_already(tmp_path: Path) -> None:
    photo = made_board.write_photo(tmp_path / "a.png")
    project = Project.open(tmp_path)
    words = {word.id: replace(word, human=Transcription.by_human("other")) for word in made_board.words()}
    project.note(Page(photo_file.compute_content_id(photo), "a.png", 480, 240, words))
    evaluation = evaluation_of(list(evaluate.evaluate_project(StandInOcrService(), project)))
    assert evaluation.photos[0].whole
    assert len(evaluation.photos[0].mistakes) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_turned_photo_is_read_and_shown_as_it_is_turned(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    photo_file.save_png(photo, np.rot90(made_board.photo()).copy())
    words = {word.id: replace(word, human=Transcription.by_human(word.text)) for word in made_board.words()}
    facts = PageFacts(frame=PhotoFrame(240, 480, 1))
    project = Project.open(tmp_path)
    project.note(Page(photo_file.compute_content_id(photo), "a.png", 480, 240, words, facts=facts))
    evaluation = evaluation_of(list(evaluate.evaluate_project(StandInOcrService(), project)))
    assert evaluation.photos[0].mistakes == ()
    assert evaluation.score.strict.f == 1.0
    assert (evaluation.photos[0].width, evaluation.photos[0].frame) == (480, facts.frame)


def test_renamed_photos_are_looked_for_one_file_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, hashed = Project.open(tmp_path), list[str]()
    words = {word.id: replace(word, human=word.machine) for word in made_board.words()}
    for number in range(5):
        photo = made_board.write_photo(tmp_path / f"{number}.png", number)
        if number in (1, 2):
            project.note(Page(photo_file.compute_content_id(photo), photo.name, 480, 240, words))
    (tmp_path / "1.png").rename(tmp_path / "0b.png")
    (tmp_path / "2.png").rename(tmp_path / "3b.png")
    content_id = photo_file.compute_content_id

    def hashing(path: Path) -> str:
        hashed.append(path.name)
        return content_id(path)

    monkeypatch.setattr(photo_file, "compute_content_id", hashing)
    events = list(evaluate.evaluate_project(StandInOcrService(), project))
    assert [photo.photo.name for photo in evaluation_of(events).photos] == ["0b.png", "3b.png"]
    searched = [each for each in events if isinstance(each, evaluate.SearchingPhoto)]
    assert [(each.image, each.looked, each.done) for each in searched] == [
        ("1.png", 1, 0),
        ("1.png", 2, 0),
        ("2.png", 3, 1),
        ("2.png", 4, 1),
    ]
    assert {(each.files, each.total) for each in searched} == {(5, 2)}
    assert hashed == ["1.png", "0.png", "0b.png", "2.png", "3.png", "3b.png"]  # each once, and none without need


def test_pages_are_written_one_by_one_and_a_full_folder_is_left_alone(tmp_path: Path) -> None:
    truth = Truth(pages(tmp_path, 2))
    evaluation = evaluation_of(list(evaluate.evaluate(StandInOcrService(), truth, data="boards")))
    (tmp_path / "1.png").unlink()  # its page has no picture of the whole photo, then
    out = evaluate.free_folder(tmp_path / "new")
    assert out == tmp_path / "new"
    events = list(evaluate.write_pages(evaluation, OutputFolder(out)))
    assert [(each.done, each.total, each.error) for each in events] == [(1, 3, None), (2, 3, None), (3, 3, None)]
    assert all(each.path.is_file() for each in events)
    assert evaluate.free_folder(out) == out / "Evaluation"
    (out / "Evaluation").mkdir()
    assert evaluate.free_folder(out) == out / "Evaluation 2"


def test_a_page_that_cannot_be_written_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    evaluation = evaluation_of(list(evaluate.evaluate(StandInOcrService(), Truth(pages(tmp_path, 2)), data="")))
    (tmp_path / "out" / "photos" / "0.html").mkdir(parents=True)
    errors = [each.error for each in evaluate.write_pages(evaluation, OutputFolder(tmp_path / "out"))]
    assert "0.html: it can’t be written: it is not a regular file" in str(errors[0])
    assert errors[1:] == [None, None]
    (foreign := tmp_path / "out" / "photos" / "1.html").write_text("mine")
    errors = [each.error for each in evaluate.write_pages(evaluation, OutputFolder(tmp_path / "out"))]
    assert "1.html: the file was not written by this program" in str(errors[1])
    assert foreign.read_text() == "mine"
