"""The import of labels: which files and photos it finds, what it skips, and the steps that it makes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ocr_studio.core.editing.imported_words import Conflict, ImportCounts
from ocr_studio.core.formats.readers import READERS
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.formats import import_labels as job
from ocr_studio.jobs.formats.export_photos import ListedPhoto, list_all
from ocr_studio.jobs.formats.import_labels import (
    ImportProgress,
    LabelsFound,
    LabelsSkipped,
    PagesChanged,
    PhotoFinder,
)
from tests.core.made_datasets import HEIGHT, WIDTH, place, project, read


def write(file: Path, photo: str, texts: Sequence[str], *, width: int = WIDTH) -> Path:
    """Write a labelme file with these texts side by side."""
    file.parent.mkdir(parents=True, exist_ok=True)
    shapes = [
        {"label": "text", "shape_type": "polygon", "points": list(place(0, at).corners), "description": text}
        for at, text in enumerate(texts)
    ]
    values: dict[str, object] = {"version": "5.5.0", "flags": {}, "shapes": shapes, "imagePath": photo}
    file.write_text(json.dumps({**values, "imageData": None, "imageWidth": width, "imageHeight": HEIGHT}))
    return file


@pytest.fixture
def made(tmp_path: Path) -> Project:
    return project(tmp_path / "boards", [[read("w0", "Ship", place(0, 0))], []])


def preview(made: Project, *sources: Path) -> tuple[dict[str, ImportCounts], dict[str, str]]:
    """What is found, by photos, and what is skipped, by files."""
    events = [event for event in job.preview(made, list_all(made), sources) if not isinstance(event, ImportProgress)]
    found = {event.photo.image: event.counts for event in events if isinstance(event, LabelsFound)}
    return found, {event.file: event.error.what for event in events if isinstance(event, LabelsSkipped)}


def test_folders_are_searched_and_what_cannot_be_imported_is_named(made: Project, tmp_path: Path) -> None:
    labels = tmp_path / "labels"
    write(labels / "deep" / "er" / "one.json", "C:\\boards\\BOARD 1.PNG", ["Ship", "the"])
    write(labels / "ocr-studio-project" / "pages.json", "board 2.png", ["hidden"])
    write(labels / ".hidden.json", "board 2.png", ["hidden"])
    write(labels / "lost.json", "board 9.png", ["lost"])
    write(labels / "twice.json", "board 1.png", ["again"])
    write(labels / "turned.json", "board 2.png", ["turned"], width=HEIGHT)
    (labels / "readme.txt").write_text("about these labels\n")
    (labels / "board 1.png").write_bytes(b"a photo")
    found, skipped = preview(made, labels)
    assert found == {"board 1.png": ImportCounts(new=1, conflicts=1)}  # the file's word is checked
    assert set(skipped) == {"lost.json", "twice.json", "turned.json"}
    assert skipped["lost.json"] == "no photo named board 9.png in this folder"
    assert skipped["twice.json"] == (
        "the words of board 1.png come from deep/er/one.json; those of this file are left out"
    )
    assert skipped["turned.json"].startswith("its boxes are for a photo of 240 × 240 pixels")


def test_a_file_that_is_gone_stops_no_other(made: Project, tmp_path: Path) -> None:
    gone, other = tmp_path / "gone.json", write(tmp_path / "labels" / "one.json", "board 2.png", ["new"])
    found, skipped = preview(made, gone, other)
    assert list(found) == ["board 2.png"]
    assert list(skipped) == ["gone.json"]


def test_a_scan_that_is_not_there_is_named_once(made: Project, tmp_path: Path) -> None:
    pages = [
        {
            "image": image,
            "width": 40,
            "height": 30,
            "words": [{"text": "new", "quad": [[1, 1], [9, 1], [9, 9], [1, 9]]}],
        }
        for image in ("scan #1.pdf", "scan #2.pdf", "lost.png", "scan #3.pdf")
    ]
    (tmp_path / "words.json").write_text(json.dumps(pages))
    events = job.preview(made, list_all(made), [tmp_path / "words.json"])
    assert [event.error.what for event in events if isinstance(event, LabelsSkipped)] == [
        "no photo named scan.pdf in this folder",
        "no photo named lost.png in this folder",
    ]


def test_a_single_file_of_an_unknown_format_is_named(made: Project, tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("about these labels\n")
    assert preview(made, tmp_path / "readme.txt") == ({}, {"readme.txt": "its format is not known"})


def test_a_folder_without_any_known_format_says_so(made: Project, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    for name in ("readme.txt", "more.txt"):
        (tmp_path / "notes" / name).write_text("about these labels\n")
    assert preview(made, tmp_path / "notes") == ({}, {"": "no file in a known format"})


def test_a_file_that_is_of_another_format_than_was_told_says_so(made: Project, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    events = list(job.preview(made, list_all(made), [tmp_path / "rows.csv"], kind=READERS["icdar2015"]))
    assert [str(each.error.what) for each in events if isinstance(each, LabelsSkipped)]


def test_a_photo_is_found_by_the_name_of_our_own_files() -> None:
    finder = PhotoFinder([ListedPhoto('it"s <1>.jpg'), ListedPhoto("a.jpg"), ListedPhoto("a.png")])
    assert finder.find("it_s _1_") == ListedPhoto('it"s <1>.jpg')
    assert (finder.find("a"), finder.is_ambiguous("a"), finder.is_ambiguous("b")) == (None, True, False)


def test_a_photo_is_found_by_the_name_that_label_studio_gave_its_upload() -> None:
    finder = PhotoFinder([ListedPhoto("b.jpg"), ListedPhoto("cafe0123-c.jpg"), ListedPhoto("c.jpg")])
    assert finder.find("a79e939b-b.jpg") == ListedPhoto("b.jpg")
    assert finder.find("images/a79e939b-b.jpg") == ListedPhoto("b.jpg")
    assert finder.find("cafe0123-c.jpg") == ListedPhoto("cafe0123-c.jpg")
    assert finder.find("a79e939b-") is None


@pytest.mark.parametrize(
    ("names", "said"), [(["one.json"], "Import one.json"), (["one.json", "two.json"], "Import 2 files")]
)
def test_steps_of_one_series(
    made: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], said: str
) -> None:
    monkeypatch.setattr(job, "_PAGES", 1)
    files = [write(tmp_path / name, f"board {number}.png", ["Ship", "the"]) for number, name in enumerate(names, 1)]
    steps: list[PagesChanged] = []
    for event in job.import_labels(made, list_all(made), files, Conflict.REPLACE):
        if isinstance(event, PagesChanged):
            steps.append(event)
            job.apply_to_project(made, event)
    assert [str(each.step.name) for each in steps] == [said] * len(names)
    assert len({each.step.series for each in steps}) == 1
    pages = {page.image: page for key in made.page_ids() if (page := made.load_page(key))}
    assert _texts(pages["board 1.png"]) == ["Ship", "the"]


def test_a_path_that_fits_exactly_is_that_photo() -> None:
    photos = [ListedPhoto("x.jpg"), ListedPhoto("a/x.jpg"), ListedPhoto("b/Y.jpg")]
    finder = PhotoFinder(photos)
    assert [finder.find(photo.image) for photo in photos] == photos
    assert finder.find("elsewhere/x.jpg") is None
    assert finder.find("elsewhere/y") == photos[2]


def test_photos_and_files_of_one_name_are_told_apart(made: Project, tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "a.json", "board 2.png", ["one"])
    other = write(tmp_path / "other" / "a.json", "board 2.png", ["other"])
    assert preview(made, one, other)[1] == {
        "a.json": f"the words of board 2.png come from {one}; those of this file are left out"
    }
    images = [{"id": number, "file_name": f"{name}/board 2.png"} for number, name in enumerate(("train", "test"))]
    (tmp_path / "coco.json").write_text(json.dumps({"images": images, "annotations": []}))
    found, skipped = preview(made, tmp_path / "coco.json")
    assert list(found) == ["board 2.png"]
    assert skipped == {
        "coco.json": "it has words of board 2.png as train/board 2.png and as test/board 2.png; "
        "those of test/board 2.png are left out"
    }


def test_what_is_said_of_a_photo_without_words_is_imported(made: Project, tmp_path: Path) -> None:
    values: dict[str, object] = {"shapes": [], "flags": {"algebra": True}, "imagePath": "board 2.png"}
    (tmp_path / "a.json").write_text(json.dumps(values))
    for event in job.import_labels(made, list_all(made), [tmp_path / "a.json"], Conflict.KEEP):
        if isinstance(event, PagesChanged):
            job.apply_to_project(made, event)
    pages = {page.image: page for key in made.page_ids() if (page := made.load_page(key))}
    assert pages["board 2.png"].facts.tags == ("algebra",)


def _texts(page: Page) -> list[str]:
    return sorted(word.text for word in page.words.values())
