"""Datasets: what is checked goes in, what is not is counted, and all of it is read back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.core.datasets import dataset, eligibility
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import CheckKind, ExportOptions, Reason
from ocr_studio.core.datasets.eligibility import SourcePage
from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.page import Mark, Page, PageFacts, Quad, Word, apply
from ocr_studio.core.reading_order import layout as reading_order
from tests.core import made_datasets
from tests.core.made_datasets import checked, exported, place, project, read, three_boards, words

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
    assert (last.checked, last.by, last.word, last.image) == (CheckKind.CORRECTED, "human", "00000113", "board 1.png")
    assert last.quad == place(1, 3)
    assert last.machine is not None
    assert (last.machine.text, last.machine.confidence, last.machine.model) == ("queves", 0.9, "small")
    assert found.examples[0].checked is CheckKind.CONFIRMED


def test_crops_are_as_the_words_stand_on_the_photo(tmp_path: Path) -> None:
    found = three_boards(tmp_path)
    for example in found.examples:
        photo = photo_file.open_photo(tmp_path / "photos" / example.image)
        assert example.quad is not None
        assert (found.crop(example) == extract_crop(Pyramid(photo), example.quad.array())).all()


def test_photos_whose_every_word_is_checked_go_along(tmp_path: Path) -> None:
    pages = [words(1), [*words(2), read("00000299", "loose", place(2, 0))], words(3)]
    made = project(tmp_path / "photos", pages)
    report = exported(made, tmp_path / "data")
    found = dataset.read(tmp_path / "data")
    assert (report.boxes, [page.image for page in found.pages]) == (2, ["board 1.png", "board 3.png"])
    page = found.pages[0]
    assert (page.width, page.height, len(page.words)) == (480, 240, 8)
    assert {word.text for word in page.words} == {text for line in made_datasets.LINES for text in line}
    difference = found.photo(page).astype(int) - photo_file.open_photo(tmp_path / "photos" / page.image)
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
    assert found.examples[1].checked is CheckKind.CORRECTED
    assert found.examples[1].machine is not None
    assert found.examples[1].machine.text == "ask Anna about queves"
    crop = found.crop(found.examples[0])
    assert crop.shape[0] == 48
    assert crop.shape[1] > 400


def climbing(text: str, top: float, step: float) -> list[Word]:
    """Six words in upright boxes, each higher than the one before."""
    places = [Quad.from_box(20 + 70 * n, top - step * n, 80 + 70 * n, top + 25 - step * n) for n in range(6)]
    return [checked(read(f"{top:.0f}0{n}", text, place)) for n, place in enumerate(places)]


def test_the_box_of_a_line_climbs_with_it(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [[*climbing("up", 150, 8), *climbing("abc", 190, 8)], words(2)])
    report = exported(made, tmp_path / "data", unit="lines")
    assert (report.written, report.left_out) == (4, ())
    heights = {
        each.text: geometry.measure_size(each.quad)[1] for each in dataset.read(tmp_path / "data").examples if each.quad
    }
    assert heights["up up up up up up"] < 40
    assert heights["ask Anna about queues"] == 34


def test_a_line_whose_box_holds_words_of_another_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    high, low = (
        checked(read(f"0{n}", "a", Quad.from_box(20 + 200 * n, 40 * n, 80 + 200 * n, 40 * n + 60))) for n in (0, 2)
    )
    other, far = (checked(read(f"1{n}", "b", Quad.from_box(200, 50 + 120 * n, 240, 70 + 120 * n))) for n in (0, 1))
    level_one = checked(read("02", "c", Quad.from_box(500, 0, 560, 60)))
    monkeypatch.setattr(reading_order, "find_lines", lambda _: [[high, low, level_one], [other], [far]])
    page = Page("p", "p.png", 640, 300, {word.id: word for word in (high, low, level_one, other, far)})
    found = eligibility.find_candidates(SourcePage(page, Path("p.png"), whole=True), unit="lines", letters=None)
    assert [(each.text, each.reason) for each in found] == [("a a c", Reason.CROWDED), ("b", None), ("b", None)]


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
    *_, report = dataset.export(sources.pages, tmp_path / "data", ExportOptions(letters=letters))
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
    assert "1 skipped: no text" in said


def test_a_photo_that_is_gone_or_changed_is_said_and_one_that_was_renamed_is_found(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(number) for number in (1, 2, 3)])
    (tmp_path / "photos" / "board 1.png").rename(tmp_path / "photos" / "renamed.png")
    (tmp_path / "photos" / "board 2.png").unlink()
    photo_file.save_png(tmp_path / "photos" / "board 3.png", made_datasets.drawn(99))
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
    made.save_page(replace(page, id=photo_file.compute_content_id(copy), image="copy.bmp"))
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


def test_words_that_a_person_set_aside_are_counted_and_not_learned_from(tmp_path: Path) -> None:
    made = project(tmp_path / "photos", [words(1), words(2)])
    key = next(iter(made.page_ids()))
    page = made.load_page(key)
    assert page is not None
    first, second, *_ = page.words
    for word, kind in ((first, Mark.UNREADABLE), (second, Mark.IGNORED)):
        page = apply(page, edits.mark(page, [word], kind))
    page = apply(page, edits.set_facts(page, PageFacts(writer="Ann"), "Name the writer"))
    made.save_page(page)
    report = exported(made, tmp_path / "data")
    assert (report.written, report.counts[Reason.UNREADABLE], report.counts[Reason.IGNORED]) == (14, 1, 1)
    found = dataset.read(tmp_path / "data")
    assert sorted({example.writer or "" for example in found.examples}) == ["", "Ann"]
    assert sum(word.ignore for true in found.pages for word in true.words) == 2


def test_marked_photos_of_others_become_examples_too(tmp_path: Path) -> None:
    photo_file.save_png(tmp_path / "a.png", made_datasets.drawn(1))
    box = [[10, 36], [110, 36], [110, 70], [10, 70]]
    other, third = [[x + 115, y] for x, y in box], [[x + 230, y] for x, y in box]
    entries: list[dict[str, Any]] = [
        {"quad": box, "text": "Ship"},
        {"quad": other, "text": "", "ignore": True},
        {"quad": third, "text": "new", "ignore": True},
    ]
    (tmp_path / "annotations.json").write_text(json.dumps([{"image": "a.png", "writer": "Ann", "words": entries}]))
    sources = dataset_sources.find_sources(tmp_path)
    *_, report = dataset.export(sources.pages, tmp_path / "data", ExportOptions())
    assert isinstance(report, dataset.Report)
    assert (report.written, report.counts[Reason.UNREADABLE], report.counts[Reason.IGNORED]) == (1, 1, 1)
    found = dataset.read(tmp_path / "data")
    assert (found.examples[0].by, found.examples[0].writer) == ("imported", "Ann")
    assert [word.ignore for word in found.pages[0].words] == [False, True, True]


def test_what_has_no_project_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="the folder contains no photos"):
        dataset_sources.find_sources(tmp_path)
    (tmp_path / "board.png").touch()
    with pytest.raises(StudioError, match="no photos have been read here yet"):
        dataset_sources.find_sources(tmp_path)
    with pytest.raises(StudioError, match="the folder does not exist"):
        dataset_sources.find_sources(tmp_path / "gone")
