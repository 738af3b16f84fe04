"""What other programs take is written as they have it, and read back equal."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets.dataset import LAYOUTS, CheckKind, Dataset, Split
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.page import TextSource, Transcription, Word
from tests.core import made_datasets
from tests.core.made_datasets import exported, place, project, three_boards


def carried(found: Dataset) -> set[tuple[str, str, str]]:
    """What every layout carries: text, side and the very pixels."""
    return {
        (each.text, each.split.value, hashlib.sha256(found.crop(each).tobytes()).hexdigest()) for each in found.examples
    }


@pytest.mark.parametrize("unit", dataset.UNITS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read_back_equal(tmp_path: Path, layout: str, unit: str) -> None:
    own = three_boards(tmp_path / "own", unit=unit)
    other = three_boards(tmp_path / "other", layout, unit)
    assert other.trouble == ()
    assert (other.layout, other.unit, other.rule) == (layout, unit, "page")
    assert len(other.examples) == len(own.examples)
    if layout != "keras-ocr":
        assert carried(other) == carried(own)
        return
    # Its photos are JPEG: texts, sides and places are equal, pixels nearly so.
    key = {(each.text, each.split, each.quad) for each in own.examples}
    assert key == {(each.text, each.split, each.quad) for each in other.examples}
    pairs = {(each.text, each.split, each.quad): each for each in own.examples}
    for each in other.examples:
        same = own.crop(pairs[each.text, each.split, each.quad])
        assert np.abs(other.crop(each).astype(int) - same).mean() < 6


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_our_manifest_a_layout_is_known_by_its_files(tmp_path: Path, layout: str) -> None:
    before = three_boards(tmp_path, layout)
    (tmp_path / "data" / "manifest.json").unlink()
    if layout == "ocr-studio":
        with pytest.raises(dataset.BadDataset):
            dataset.read(tmp_path / "data")
        return
    found = dataset.read(tmp_path / "data")
    assert (found.layout, found.rule) == (layout, "given")
    assert carried(found) == carried(before)


def test_boxes_are_read_back_from_paddleocr(tmp_path: Path) -> None:
    own, other = three_boards(tmp_path / "own"), three_boards(tmp_path / "other", "paddleocr")
    assert [(page.width, page.height, page.words) for page in other.pages] == [
        (page.width, page.height, page.words) for page in own.pages
    ]


def test_a_project_of_ppocrlabel_is_read(tmp_path: Path) -> None:
    photo_file.save_png(tmp_path / "board.png", made_datasets.drawn(1))
    box = [[10, 36], [110, 36], [110, 70], [10, 70]]
    marks = [
        {"transcription": "Ship", "points": box, "difficult": False},
        {"transcription": "###", "points": [[x + 115, y] for x, y in box], "difficult": False},
        {"transcription": "new", "points": [[x + 230, y] for x, y in box], "difficult": False},
        {"transcription": None, "points": [[x + 345, y] for x, y in box], "difficult": True},
    ]
    label = f"{tmp_path.name}/board.png\t{json.dumps(marks)}\n"
    (tmp_path / "Label.txt").write_text(label)
    found = dataset.read(tmp_path)
    assert [each.text for each in found.examples] == ["Ship", "new"]
    assert found.rule == "word"
    assert {each.split for each in found.examples} == {Split.TRAIN, Split.HELD_OUT}
    assert [word.ignore for word in found.pages[0].words] == [False, True, False, True]
    photo = Pyramid(made_datasets.drawn(1))
    assert (found.crop(found.examples[0]) == extract_crop(photo, made_datasets.place(0, 0).array())).all()


def test_the_files_are_as_the_other_programs_have_them(tmp_path: Path) -> None:
    three_boards(tmp_path / "d", "deep-text")
    lines = (tmp_path / "d" / "data" / "gt.txt").read_text(encoding="utf-8").split("\n")
    picture, text = lines[0].split("\t")
    assert (text, (tmp_path / "d" / "data" / picture).is_file()) == ("Ship", True)
    three_boards(tmp_path / "k", "keras-ocr")
    path, box, text = json.loads((tmp_path / "k" / "data" / "train.json").read_text())[0]
    assert ((tmp_path / "k" / "data" / path).is_file(), np.array(box).shape, text) == (True, (4, 2), "Ship")
    three_boards(tmp_path / "p", "paddleocr")
    photo, marks = (tmp_path / "p" / "data" / "Label.txt").read_text().split("\n")[0].split("\t")
    assert (tmp_path / "p" / "data" / photo).is_file()
    assert set(json.loads(marks)[0]) == {"transcription", "points", "difficult"}
    assert (tmp_path / "p" / "data" / "rec_gt.txt").read_text().startswith("crop_img/")


def test_an_imported_text_is_marked_as_that(tmp_path: Path) -> None:
    word = Word("01", place(0, 0), human=Transcription("Ship", TextSource.IMPORTED))
    made = project(tmp_path / "photos", [[word]])
    exported(made, tmp_path / "data")
    (example,) = dataset.read(tmp_path / "data").examples
    assert (example.by, example.machine, example.checked) == ("imported", None, CheckKind.CORRECTED)


_PIECES = (
    b"NaN",
    b"null",
    b"[]",
    b"{}",
    b"-1",
    b"1e999",
    b"\0",
    b"\xff",
    b"../",
    b'"',
    b"\\ud800",
    b"[[",
    b"\n",
    b"\t",
)


def spoiled(data: bytes, random: Random) -> bytes:
    """The bytes with up to six changes of the kinds that happen, and of those that somebody makes."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 6)):
        place, kind = random.randrange(len(changed) + 1), random.randrange(4)
        if kind == 0:
            changed[place : place + 1] = bytes([random.randrange(256)])
        elif kind == 1:
            changed[place : place + random.randint(0, 4)] = random.choice(_PIECES)
        elif kind == 2:
            changed[place : place + random.randint(1, 200)] = b""
        else:
            changed[place:place] = changed[max(0, place - 50) : place]
    return bytes(changed)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_whatever_is_changed_in_it_it_is_read_or_refused(tmp_path: Path, layout: str) -> None:
    folder, random = three_boards(tmp_path, layout).folder, Random(layout)
    texts = sorted(path for path in folder.iterdir() if path.is_file())
    refused = 0
    for _ in range(40):
        path = random.choice(texts)
        before = path.read_bytes()
        path.write_bytes(spoiled(before, random))
        try:
            assert len(dataset.read(folder).examples) <= 48
        except dataset.BadDataset:
            refused += 1
        path.write_bytes(before)
    assert 0 < refused < 40
    assert dataset.read(folder).trouble == ()


def test_a_copy_claims_nothing_that_its_source_does_not_say(tmp_path: Path) -> None:
    for layout, says in (("ocr-studio", True), ("deep-text", False)):
        found = three_boards(tmp_path / layout, layout)
        *_, report = dataset.copy_dataset(found, tmp_path / f"copy of {layout}", "deep-text")
        assert isinstance(report, dataset.Report)
        assert ("corrected" in "".join(dataset_report.list_facts(report))) is says
