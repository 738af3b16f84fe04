"""Datasets: what is checked goes in, what is not is counted, and all of it is read back as it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.core import dataset, dataset_report, dataset_sources, images
from ocr_studio.core.dataset import LAYOUTS, Checked, Dataset, PhotoCut, Reason, Split, Wanted
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import WriteFailed
from ocr_studio.core.page import Quad, Source, Transcription, Word
from ocr_studio.core.pyramid import Pyramid
from ocr_studio.core.word_crops import level
from tests.core import made_datasets
from tests.core.made_datasets import checked, exported, place, project, read, three_boards, words


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


# ------------------------------------------------------------------------------------------------- written and read


def test_what_was_checked_is_read_back(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(number) for number in (1, 2, 3)])
    report = exported(made, tmp_path / "data")
    found = dataset.read(tmp_path / "data")
    assert (report.found, report.written, report.corrected, report.confirmed) == (24, 24, 3, 21)
    assert report.adds_up
    assert found.trouble == ()
    assert found.digest == report.digest
    assert found.alphabet == report.alphabet == "".join(sorted(set("ShiptheNnewbuildaskAnnaaboutqueues") - {"N"}))
    assert [each.text for each in found.examples] == [text for line in made_datasets.LINES for text in line] * 3
    last = found.examples[7]
    assert (last.checked, last.by, last.word, last.image) == (Checked.CORRECTED, "human", "00000113", "board 1.png")
    assert last.quad == place(1, 3)
    assert last.machine is not None
    assert (last.machine.text, last.machine.confidence, last.machine.model) == ("queves", 0.9, "small")
    assert found.examples[0].checked is Checked.CONFIRMED


def test_crops_are_as_the_words_stand_on_the_photo(tmp_path: Path) -> None:
    found = three_boards(tmp_path)
    for example in found.examples:
        photo = images.open_photo(tmp_path / "photos" / example.image)
        assert example.quad is not None
        assert (found.crop(example) == level(Pyramid(photo), example.quad.array())).all()


def test_photos_whose_every_word_is_checked_go_along(tmp_path: Path) -> None:
    pages = [words(1), [*words(2), read("00000299", "loose", place(2, 0))], words(3)]
    made = project(tmp_path / "photos", pages)
    report = exported(made, tmp_path / "data")
    found = dataset.read(tmp_path / "data")
    assert (report.boxes, [page.image for page in found.pages]) == (2, ["board 1.png", "board 3.png"])
    page = found.pages[0]
    assert (page.width, page.height, len(page.words)) == (480, 240, 8)
    assert {word.text for word in page.words} == {text for line in made_datasets.LINES for text in line}
    difference = found.photo(page).astype(int) - images.open_photo(tmp_path / "photos" / page.image)
    assert np.abs(difference).mean() < 3
    sides = {each.page: each.split for each in found.examples}
    assert all(sides[page.page] is page.split for page in found.pages)


def test_lines_are_examples_where_every_word_of_them_is_checked(tmp_path: Path) -> None:
    pages = [words(1), words(2)]
    unchecked = pages[1][1]
    pages[1][1] = replace(unchecked, human=None)
    made = project(tmp_path / "photos", pages)
    report = exported(made, tmp_path / "data", unit="lines")
    found = dataset.read(tmp_path / "data")
    assert [each.text for each in found.examples] == [
        "Ship the new build", "ask Anna about queues", "ask Anna about queues",
    ]  # fmt: skip
    assert (report.found, report.written, report.counts[Reason.UNCHECKED]) == (4, 3, 1)
    assert (found.unit, found.manifest["unit"]) == ("lines", "lines")
    assert found.examples[1].checked is Checked.CORRECTED
    assert found.examples[1].machine is not None
    assert found.examples[1].machine.text == "ask Anna about queves"
    crop = found.crop(found.examples[0])
    assert crop.shape[0] == 48
    assert crop.shape[1] > 400


# ------------------------------------------------------------------------------------------------------- left out


def test_every_word_is_written_or_counted(tmp_path: Path) -> None:
    good = checked(read("01", "good", place(0, 0)))
    pages = [
        [
            good,
            replace(good, id="02", quad=Quad.from_box(11, 36, 110, 70)),  # the same word, boxed twice
            checked(read("03", "dust", place(0, 1)), ""),
            read("04", "unchecked", place(0, 2)),
            checked(read("05", "edge", Quad.from_box(470, 100, 560, 130))),
            checked(read("06", "flat", Quad.from_box(100, 100, 180, 100))),
            checked(read("07", "Straße", place(1, 0))),
            checked(read("08", "upright", Quad.from_box(300, 100, 310, 200))),
            checked(read("09", "right", place(1, 1))),
        ]
    ]
    made = project(tmp_path / "photos", pages)
    letters = "".join(set("goodustuncheckedgeflatuprightStrae"))
    sources = dataset_sources.from_project(made)
    *_, report = dataset.export(sources.pages, tmp_path / "data", Wanted(letters=letters))
    assert isinstance(report, dataset.Report)
    assert {each.word: each.reason for each in report.left_out} == {
        "02": Reason.DUPLICATE,
        "03": Reason.EMPTY,
        "04": Reason.UNCHECKED,
        "05": Reason.OUTSIDE,
        "06": Reason.OUTSIDE,
        "07": Reason.LETTERS,
        "08": Reason.NARROW,
    }
    assert report.adds_up
    assert (report.found, report.written) == (9, 2)
    counts = json.loads((tmp_path / "data" / "manifest.json").read_text())["counts"]
    assert counts["found"] == counts["written"] + sum(counts["left_out"].values())
    said = "\n".join(dataset_report.render(report))
    assert "2 of 9 words" in said
    assert "1 left out: nothing is written there" in said


def test_a_photo_that_is_gone_or_changed_is_said_and_one_that_was_renamed_is_found(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(number) for number in (1, 2, 3)])
    (tmp_path / "photos" / "board 1.png").rename(tmp_path / "photos" / "renamed.png")
    (tmp_path / "photos" / "board 2.png").unlink()
    images.save_png(tmp_path / "photos" / "board 3.png", made_datasets.drawn(99))
    report = exported(made, tmp_path / "data")
    assert (report.written, report.counts[Reason.PHOTO], report.adds_up) == (8, 16, True)
    assert ["board 2.png" in report.trouble[0], "board 3.png" in report.trouble[1]] == [True, True]
    assert {each.image for each in dataset.read(tmp_path / "data").examples} == {"board 1.png"}


def test_the_same_picture_with_the_same_text_is_written_once(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    copy = tmp_path / "photos" / "copy.bmp"
    copy.write_bytes(b"")
    from PIL import Image

    Image.fromarray(made_datasets.drawn(1)).save(copy)  # the same pixels, other bytes: another photo to the project
    (page,) = (source.page for source in dataset_sources.from_project(made).pages)
    made.save_page(replace(page, id=images.content_id(copy), image="copy.bmp"))
    made.unlock()
    report = exported(made, tmp_path / "data")
    assert (report.found, report.written, report.counts[Reason.DUPLICATE]) == (16, 8, 8)


def test_a_damaged_page_is_said_and_stays_where_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    bad = made.folder / "pages" / f"{'f' * 32}.json"
    bad.write_text("{")
    report = exported(made, tmp_path / "data")
    assert report.written == 16
    assert str(bad) in report.trouble[0]
    assert bad.read_text() == "{"
    assert caplog.records


def test_marked_photos_of_others_become_examples_too(tmp_path: Path) -> None:
    images.save_png(tmp_path / "a.png", made_datasets.drawn(1))
    box = [[10, 36], [110, 36], [110, 70], [10, 70]]
    other, third = [[x + 115, y] for x, y in box], [[x + 230, y] for x, y in box]
    entries: list[dict[str, Any]] = [
        {"quad": box, "text": "Ship"},
        {"quad": other, "text": "", "ignore": True},
        {"quad": third, "text": "new", "ignore": True},
    ]
    (tmp_path / "annotations.json").write_text(json.dumps([{"image": "a.png", "words": entries}]))
    sources = dataset_sources.find(tmp_path)
    *_, report = dataset.export(sources.pages, tmp_path / "data", Wanted())
    assert isinstance(report, dataset.Report)
    assert (report.written, report.counts[Reason.UNREADABLE], report.counts[Reason.IGNORED]) == (1, 1, 1)
    found = dataset.read(tmp_path / "data")
    assert found.examples[0].by == "imported"
    assert [word.ignore for word in found.pages[0].words] == [False, True, True]


def test_what_has_no_project_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="nothing is known about photos here yet"):
        dataset_sources.find(tmp_path)
    with pytest.raises(StudioError, match="no such folder"):
        dataset_sources.find(tmp_path / "gone")


# ---------------------------------------------------------------------------------------------------- written again


def test_the_same_words_give_the_same_files(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(number) for number in (1, 2, 3)])
    exported(made, tmp_path / "data")
    before = files(tmp_path / "data")
    exported(made, tmp_path / "data")
    exported(made, tmp_path / "elsewhere" / "deep")
    assert files(tmp_path / "data") == before == files(tmp_path / "elsewhere" / "deep")


def test_what_is_gone_is_gone_from_the_dataset_too(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    exported(made, tmp_path / "data")
    page = next(
        source.page for source in dataset_sources.from_project(made).pages if source.page.image == "board 2.png"
    )
    made.save_page(replace(page, words={}))
    made.unlock()
    exported(made, tmp_path / "data")
    assert len(list((tmp_path / "data" / "crops").iterdir())) == 8
    assert {each.image for each in dataset.read(tmp_path / "data").examples} == {"board 1.png"}


def test_given_up_half_way_it_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    sources = dataset_sources.from_project(made)
    going = dataset.export(sources.pages, tmp_path / "new" / "data", Wanted())
    assert isinstance(next(going), PhotoCut)
    going.close()  # type: ignore[attr-defined]
    assert not (tmp_path / "new").exists()
    exported(made, tmp_path / "data")
    before = files(tmp_path / "data")
    going = dataset.export(sources.pages[:1], tmp_path / "data", Wanted())
    next(going)
    going.close()  # type: ignore[attr-defined]
    assert files(tmp_path / "data") == before


def test_an_export_that_was_killed_is_said_and_cleared_up_by_the_next(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    exported(made, tmp_path / "data")
    left = tmp_path / "data" / ".writing-0123456789ab"
    left.mkdir()
    (left / "half.png").write_bytes(b"x")
    (tmp_path / "data" / "manifest.json").rename(left / "manifest.json")  # killed while it was put into place
    with pytest.raises(dataset.BadDataset, match="not written to its end"):
        dataset.read(tmp_path / "data")
    exported(made, tmp_path / "data")
    assert dataset.read(tmp_path / "data").trouble == ()
    assert not left.exists()


@pytest.mark.parametrize("name", ["mine.txt", "crops/mine.txt", "crops/mine/x.png", "gt.txt"])
def test_files_of_somebody_else_are_not_touched(tmp_path: Path, name: str) -> None:
    made = project(tmp_path / "photos", [words(1)])
    exported(made, tmp_path / "data")
    (tmp_path / "data" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "data" / name).write_text("mine")
    before = files(tmp_path / "data")
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "data")
    assert files(tmp_path / "data") == before


def test_a_folder_that_only_looks_like_a_dataset_is_not_written_over(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "gt.txt").write_text("a.png\tsomebody's own")
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "data", "deep-text")
    exported(made, tmp_path / "ours")
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "ours", "paddleocr")


def test_a_link_in_the_way_leads_nowhere(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1)])
    exported(made, tmp_path / "data")
    outside = tmp_path / "outside"
    (tmp_path / "data" / "crops").rename(outside)
    (tmp_path / "data" / "crops").symlink_to(outside)
    before = files(outside)
    with pytest.raises(WriteFailed, match="other files"):
        exported(made, tmp_path / "data")
    assert files(outside) == before


# --------------------------------------------------------------------------------------------------- other layouts


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
    images.save_png(tmp_path / "board.png", made_datasets.drawn(1))
    box = [[10, 36], [110, 36], [110, 70], [10, 70]]
    marks = [
        {"transcription": "Ship", "points": box, "difficult": False},
        {"transcription": "###", "points": [[x + 115, y] for x, y in box], "difficult": False},
        {"transcription": "new", "points": [[x + 230, y] for x, y in box], "difficult": False},
    ]
    label = f"{tmp_path.name}/board.png\t{json.dumps(marks)}\n"
    (tmp_path / "Label.txt").write_text(label)
    found = dataset.read(tmp_path)
    assert [each.text for each in found.examples] == ["Ship", "new"]
    assert found.rule == "word"
    assert {each.split for each in found.examples} == {Split.TRAIN, Split.HELD_OUT}
    assert [word.ignore for word in found.pages[0].words] == [False, True, False]
    photo = Pyramid(made_datasets.drawn(1))
    assert (found.crop(found.examples[0]) == level(photo, made_datasets.place(0, 0).array())).all()


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
    word = Word("01", place(0, 0), human=Transcription("Ship", Source.IMPORTED))
    made = project(tmp_path / "photos", [[word]])
    exported(made, tmp_path / "data")
    (example,) = dataset.read(tmp_path / "data").examples
    assert (example.by, example.machine, example.checked) == ("imported", None, Checked.CORRECTED)
