"""The pictures of a dataset are read some at a time, and its photos as what their boxes hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets.dataset import Split
from ocr_studio.core.evaluation import word_results
from ocr_studio.core.evaluation.word_results import WordsEvaluation
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.page import TextSource, Transcription
from ocr_studio.jobs.learning import evaluate_words
from ocr_studio.jobs.learning.evaluate_words import WordsDone, WordsEvaluationDone
from tests.core.made_datasets import checked, exported, place, project, read, three_boards
from tests.ui.made_board import StandInOcrService, StandInReader


class Says:
    """A recognizer that reads the same text on every picture, and counts them."""

    def __init__(self, text: str) -> None:
        self.text, self.batches = text, list[int]()

    def read(self, crops: Sequence[RGB], *, spaces: bool = True) -> list[Transcription]:
        self.batches.append(len(crops))
        return [Transcription(self.text, TextSource.MODEL, 0.5) for _ in crops]


def ocr_service(text: str) -> StandInOcrService:
    reader: Any = StandInReader()
    reader.recognizer = Says(text)
    return StandInOcrService(reader)


def evaluated(found: dataset.Dataset, text: str) -> WordsEvaluation:
    *_, last = evaluate_words.evaluate_words(ocr_service(text), found)
    assert isinstance(last, WordsEvaluationDone)
    return last.evaluation


def test_pictures_are_read_together_and_it_is_told_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = three_boards(tmp_path)
    monkeypatch.setattr(evaluate_words, "_TOGETHER", 10)
    used = ocr_service("the")
    events = list(evaluate_words.evaluate_words(used, found))
    told = [(each.done, each.total) for each in events if isinstance(each, WordsDone)]
    assert told == [(10, 24), (20, 24), (24, 24)]
    assert used.reader().recognizer.batches == [10, 10, 4]


def test_each_side_has_its_own_figures(tmp_path: Path) -> None:
    found = three_boards(tmp_path)
    first = found.examples[0].text
    evaluation = evaluated(found, first)
    assert evaluation.errors().wrong == 21
    for split in Split:
        some = [each for each in found.examples if each.split is split]
        errors = evaluation.errors(split)
        assert (errors.pairs, errors.wrong) == (len(some), sum(each.text != first for each in some))
    assert [each.example.split for each in evaluation.wrong] == sorted(
        (each.example.split for each in evaluation.wrong), key=lambda split: split is not Split.HELD_OUT
    )
    assert not any(each.example.text == first for each in evaluation.wrong)
    assert len(word_results.render(evaluation)) > 21


def test_a_picture_that_is_gone_by_now_is_said(tmp_path: Path) -> None:
    found = three_boards(tmp_path)
    (found.folder / found.examples[3].crop).unlink()
    evaluation = evaluated(found, "x")
    assert (len(evaluation.words), len(evaluation.left_out)) == (23, 1)


def test_a_dataset_of_nothing_but_boxes_has_no_figures_of_words(tmp_path: Path) -> None:
    found = replace(three_boards(tmp_path), examples=())
    evaluation = evaluated(found, "x")
    assert evaluation.errors().cer is None
    assert "misread:" not in word_results.render(evaluation)


def test_photos_are_read_as_what_their_boxes_hold(tmp_path: Path) -> None:
    lines_of_words = three_boards(tmp_path / "words", unit="lines")
    assert evaluate_words.photos(lines_of_words).words
    whole = [checked(read("01", "Ship the new build", place(0, 0))), checked(read("02", "ask", place(1, 0)))]
    made = project(tmp_path / "photos", [[whole[0]], [whole[0], whole[1]]])
    exported(made, tmp_path / "data")
    assert not evaluate_words.photos(dataset.read(tmp_path / "data")).words
