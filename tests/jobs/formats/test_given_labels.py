"""What is to be opened, and turns out to be files with labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.jobs.formats import given_labels
from ocr_studio.jobs.formats.given_labels import LabelsGiven, open_or_import
from ocr_studio.jobs.photos.open_several import SeveralOpened

LABELME = '{"version": "5.5.0", "flags": {}, "shapes": [], "imagePath": "board.png", "imageData": null}'


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    (tmp_path / "labels" / "deeper").mkdir(parents=True)
    (tmp_path / "labels" / "deeper" / "board.json").write_text(LABELME)
    return tmp_path / "labels"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "shopping.txt").write_text("bread\n")
    return tmp_path / "shopping.txt"


def refuse() -> Iterator[str]:
    yield from ()
    raise StudioError("this is not a photo")


def test_a_file_or_a_folder_with_labels_is_imported(labels: Path) -> None:
    for given in (labels, labels / "deeper" / "board.json"):
        assert list(open_or_import([given], refuse())) == [LabelsGiven((given,))]


def test_anything_else_is_refused_as_before(text: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for given in (text, tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(StudioError, match="this is not a photo"):
            list(open_or_import([given], refuse()))


def test_photos_are_opened(labels: Path) -> None:
    assert list(open_or_import([labels], iter(["opened"]))) == ["opened"]


def test_what_is_neither_is_reported_beside_labels(labels: Path, text: Path) -> None:
    errors = StudioError("not a photo", file=text), StudioError("no photos", file=labels)
    events = list(open_or_import([text, labels], iter([SeveralOpened(None, (), errors)])))
    assert events == [LabelsGiven((labels,)), SeveralOpened(None, (), errors[:1])]
    (labels / "deeper" / "board.json").write_text("{}")
    untouched = SeveralOpened(None, (), errors)
    assert list(open_or_import([text, labels], iter([untouched]))) == [untouched]


def test_only_some_files_of_a_folder_are_looked_at(labels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (labels / "a.txt").write_text("bread\n")
    monkeypatch.setattr(given_labels, "_MOST_LOOKED_AT", 1)
    assert given_labels.choose_sources([labels]) == ()
