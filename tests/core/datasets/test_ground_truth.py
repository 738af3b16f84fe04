"""What stands on photos, as files and projects say it; what cannot be so is said, and the rest goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr_studio.core.datasets import ground_truth
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.ground_truth import TruePage
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project import Project
from tests.core import made_datasets
from tests.core.made_pages import page_of, read_word

BOX = [[0, 0], [40, 0], [40, 20], [0, 20]]
GOOD = {"image": "good.jpg", "words": [{"quad": BOX, "text": "good", "ignore": False}]}


def written(folder: Path, entries: Any) -> Path:
    text = entries if isinstance(entries, str) else json.dumps(entries)
    (folder / ground_truth.ANNOTATIONS).write_text(text, encoding="utf-8")
    return folder


def word(**changes: Any) -> dict[str, Any]:
    return {"image": "other.jpg", "words": [{"quad": BOX, "text": "x", **changes}]}


def test_what_is_said_is_what_is_true(tmp_path: Path) -> None:
    region = {"quad": BOX, "text": "", "ignore": True}
    entry = {"image": "sub/b.jpg", "source": "somewhere", "words": [*GOOD["words"], region]}
    truth = ground_truth.load(written(tmp_path, [entry]))
    (page,) = truth.pages
    assert (page.image, page.photo, page.whole) == ("sub/b.jpg", tmp_path / "sub" / "b.jpg", True)
    assert [(each.text, each.ignore) for each in page.words] == [("good", False), ("", True)]
    assert page.words[0].quad == Quad.from_box(0, 0, 40, 20)
    assert truth.troubles == ()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (7, "it must be an object"),
        ({"words": []}, "“image” is missing"),
        ({"image": "../out.jpg", "words": []}, "outside the folder"),
        ({"image": "/etc/passwd", "words": []}, "outside the folder"),
        ({"image": "a\\..\\..\\b.jpg", "words": []}, "outside the folder"),
        ({"image": "half \ud800.jpg", "words": []}, "outside the folder"),
        ({"image": "nul\0.jpg", "words": []}, "outside the folder"),
        ({"image": "x.jpg", "words": {}}, "“words” must be a list"),
        ({"image": "x.jpg", "words": [None]}, "word 1: it must be an object"),
        (GOOD, "listed twice"),
        (GOOD | {"image": "./sub/../good.jpg"}, "outside the folder"),
        (GOOD | {"image": ".//good.jpg"}, "listed twice"),
        (word(quad=[[0, 0], [1, float("nan")], [2, 2], [0, 2]]), "“quad[1][1]” must be a number"),
        (word(quad=[[0, 0], [1, float("inf")], [2, 2], [0, 2]]), "“quad[1][1]” must be a number"),
        (word(quad=[[0, 0], [10**400, 0], [2, 2], [0, 2]]), "“quad[1][0]” must be a number"),
        (word(quad=[[0, 0], [True, 0], [2, 2], [0, 2]]), "“quad[1][0]” must be a number"),
        (word(quad=BOX[:3]), "“quad” must be a list of 4 entries"),
        (word(quad=[[0, 0, 0]] * 4), "“quad[0]” must be a list of 2 entries"),
        (word(quad=[[5, 5]] * 4), "no area"),
        (word(text=3), "“text” must be text"),
        (word(text="x" * 5000), "“text” must be text of at most 1000 characters"),
        (word(text="  "), "no text"),
        (word(ignore="yes"), "“ignore” must be true or false"),
        ({"image": "x.jpg", "words": [{"id": 1, "quad": BOX, "text": "x"}] * 2}, "its id 1 is used twice"),
    ],
)
def test_what_cannot_be_so_is_said_and_the_rest_goes_on(tmp_path: Path, entry: Any, why: str) -> None:
    truth = ground_truth.load(written(tmp_path, [GOOD, entry]))
    assert [page.image for page in truth.pages] == ["good.jpg"]
    (trouble,) = truth.troubles
    assert why in str(trouble)
    assert "photo 2 of 2" in str(trouble)
    assert trouble.file == str(tmp_path / ground_truth.ANNOTATIONS)
    assert trouble.remedy
    assert "\n" not in str(trouble)


def test_a_number_of_thousands_of_digits_is_told_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / ground_truth.ANNOTATIONS).write_text("[1" + "0" * 9000 + "]", "utf-8")
    (trouble,) = ground_truth.load(tmp_path).troubles
    assert "photo 1 of 1: it must be an object" in str(trouble)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not valid JSON"),
        ("[{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("{}", "not a list"),
    ],
)
def test_a_file_that_makes_no_sense_is_said(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(StudioError, match=why) as caught:
        ground_truth.load(written(tmp_path, text))
    assert caught.value.file == str(tmp_path / ground_truth.ANNOTATIONS)
    assert caught.value.remedy


def test_a_file_beyond_measure_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / ground_truth.ANNOTATIONS, "wb") as stream:
        stream.truncate(ground_truth.MAX_BYTES + 1)
    with pytest.raises(StudioError, match="larger than 64 MB"):
        ground_truth.load(tmp_path)


@pytest.mark.parametrize("name", ["gone", "file.txt"])
def test_what_is_no_folder_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(StudioError, match=r"does not exist|is not a folder"):
        ground_truth.load(tmp_path / name)


def test_a_folder_without_truth_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="no checked words to compare with"):
        ground_truth.load(tmp_path)


def test_annotations_that_are_no_utf_8_are_to_be_saved_as_such(tmp_path: Path) -> None:
    (tmp_path / ground_truth.ANNOTATIONS).write_bytes('[{"image": "Grüße.png"}]'.encode("latin-1"))
    with pytest.raises(StudioError, match=r"it is not UTF-8 text. Save it as UTF-8.$"):
        ground_truth.load(tmp_path)


def test_of_a_dataset_without_its_labels_these_are_said_to_lack(tmp_path: Path) -> None:
    folder = made_datasets.three_boards(tmp_path).folder
    (folder / "labels.jsonl").unlink()
    for look in (ground_truth.load, dataset_sources.find_sources):
        with pytest.raises(StudioError) as raised:
            look(folder)
        said = "the labels of this dataset are missing: labels.jsonl. Restore the files, or create the dataset again."
        assert str(raised.value) == f"{folder}: {said}"
    (folder / "manifest.json").write_text('{"format": "of somebody else"}')
    with pytest.raises(StudioError, match="no checked words to compare with"):
        ground_truth.load(folder)


def test_places_beside_the_photo_are_said() -> None:
    page = TruePage("a.jpg", Path("a.jpg"), (Labelled(Quad.from_box(90, 0, 99, 9), "x"),))
    assert ground_truth.off_photo(page, 100, 50) is None
    assert "is outside the photo" in str(ground_truth.off_photo(page, 50, 100))


def checked(word: Word, text: str) -> Word:
    return replace(word, human=Transcription.by_human(text))


def saved(folder: Path, *words: Word) -> Project:
    project = Project.open(folder)
    project.save_page(page_of(*words))
    project.unlock()
    return project


def test_of_a_project_the_checked_words_count(tmp_path: Path) -> None:
    project = saved(tmp_path, checked(read_word("map", 100), "mop"), read_word("unchecked", 300))
    before = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    for place in (tmp_path, project.folder):
        (page,) = ground_truth.load(place).pages
        assert [each.text for each in page.words] == ["mop"]
        assert not page.whole
        assert page.photo == tmp_path / "board.jpg"
    assert before == {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}


def test_a_page_that_is_checked_in_full_is_the_whole_truth(tmp_path: Path) -> None:
    drawn = Word("drawn", Quad.from_box(0, 0, 40, 20), TextSource.HUMAN, human=Transcription.by_human("new"))
    saved(tmp_path, checked(read_word("map", 100), "map"), drawn)
    (page,) = ground_truth.load(tmp_path).pages
    assert page.whole
    assert {each.text for each in page.words} == {"map", "new"}


def test_pages_nobody_checked_are_left_out_and_damaged_ones_stay_where_they_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = saved(tmp_path, read_word("map", 100))
    bad = project.folder / "pages" / f"{'f' * 32}.json"
    bad.write_text("{")
    truth = ground_truth.load(tmp_path)
    assert (truth.pages, truth.left_out) == ((), 1)
    assert [trouble.file for trouble in truth.troubles] == [str(bad)]
    assert bad.read_text() == "{"
    assert caplog.records  # the project's own summary of its pages says so, too
