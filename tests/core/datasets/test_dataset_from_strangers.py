"""Datasets of strangers: refused or said, and nothing outside the folder read or written."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.dataset_files import validation
from ocr_studio.core.dataset_files import values as dataset_values
from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets.dataset import BadCrop, BadDataset, Dataset
from ocr_studio.core.files.safe_folder import UnsafeFile, normalize_name
from ocr_studio.core.images import photo_file
from tests import drawn
from tests.core.made_datasets import three_boards


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good dataset of 24 words."""
    return three_boards(tmp_path_factory.mktemp("good")).folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy of it beside a picture that is nobody's business."""
    photo_file.save_png(tmp_path / "secret.png", np.zeros((48, 96, 3), np.uint8))
    return Path(shutil.copytree(good, tmp_path / "data"))


def labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]


def written(folder: Path, entries: list[Any]) -> Path:
    lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
    (folder / "labels.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def with_first(folder: Path, **changes: Any) -> Dataset:
    entries = labels(folder)
    entries[0] |= changes
    return dataset.read(written(folder, entries))


# ------------------------------------------------------------------------------------------------- single examples


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"crop": "../secret.png"}, "is outside the folder"),
        ({"crop": "crops/../../secret.png"}, "is outside the folder"),
        ({"crop": "..\\secret.png"}, "is outside the folder"),
        ({"crop": "C:\\secret.png"}, "is outside the folder"),
        ({"crop": "c:secret.png"}, "is outside the folder"),
        ({"crop": "\\\\server\\share\\secret.png"}, "is outside the folder"),
        ({"crop": "/etc/passwd"}, "is outside the folder"),
        ({"crop": "nul\0.png"}, "is outside the folder"),
        ({"crop": "half \ud800.png"}, "not a valid file name"),
        ({"crop": "x" * 5000}, "the name must have 1 to 1000 characters"),
        ({"crop": ""}, "the name must have 1 to 1000 characters"),
        ({"crop": None}, "“crop” must be text"),
        ({"crop": ["a"]}, "“crop” must be text"),
        ({"crop": "crops/gone.png"}, "does not exist"),
        ({"crop": "crops"}, "can’t be used"),
        ({"crop": "labels.jsonl"}, "can’t be used"),
        ({"text": ""}, "text is empty"),
        ({"text": " \n\t "}, "text is empty"),
        ({"text": "x" * 1_000_000}, "longer than 1000 characters"),
        ({"text": 7}, "“text” must be text"),
        ({"text": None}, "“text” must be text"),
        ({"quad": [[0, 0], [1, float("nan")], [2, 2], [0, 2]]}, "“quad[1][1]” must be a number"),
        ({"quad": [[0, 0], [float("inf"), 0], [2, 2], [0, 2]]}, "“quad[1][0]” must be a number"),
        ({"quad": [[0, 0], [10**400, 0], [2, 2], [0, 2]]}, "“quad[1][0]” must be a number"),
        ({"quad": [[0, 0], [True, 0], [2, 2], [0, 2]]}, "“quad[1][0]” must be a number"),
        ({"quad": [[5, 5]] * 4}, "no area"),
        ({"quad": [[5, 5]] * 3}, "“quad” must be a list of 4 entries"),
        ({"quad": "somewhere"}, "“quad” must be a list"),
        ({"split": "test"}, "“split” must be one of train, held-out"),
        ({"split": None}, "“split” must be text"),
        ({"machine": "read"}, "“machine” must be an object"),
        ({"machine": {"text": "x" * 2000}}, "“machine.text” must be text of at most 1000 characters"),
        ({"machine": {"text": "a", "confidence": 7}}, "“machine.confidence” must be a number of at most 1"),
        ({"page": {"a": 1}}, "“page” must be text"),
        ({"word": "w" * 6000}, "“word” must be text of at most 5000 characters"),
        ({"writer": 3}, "“writer” must be text"),
    ],
)
def test_what_cannot_be_so_is_left_out_and_said(folder: Path, changes: dict[str, Any], why: str) -> None:
    found = with_first(folder, **changes)
    assert len(found.examples) == 23
    assert why in found.trouble[0]
    assert "1" in found.trouble[0]  # which one
    assert all("\n" not in line and len(line) <= 300 for line in found.trouble)
    assert "have changed or are missing" in found.trouble[-1]


@pytest.mark.parametrize("line", ["", "{", "7", "null", "[]", '"x"', "[" * 100_000, '{"a": 1' + "0" * 9000 + "}"])
def test_a_line_that_makes_no_sense_is_said(folder: Path, line: str) -> None:
    found = dataset.read(written(folder, [line, *labels(folder)]))
    assert len(found.examples) == 24
    assert bool(found.trouble) is bool(line)


def test_doubles_count_once(folder: Path) -> None:
    entries = labels(folder)
    again = entries[0] | {"text": "other"}
    same_word = entries[1] | {"crop": entries[2]["crop"]}
    found = dataset.read(written(folder, [*entries, again, same_word]))
    assert [each.text for each in found.examples] == [each["text"] for each in entries]
    assert sum("listed twice" in line for line in found.trouble) == 2


def test_names_written_in_two_ways_are_one(folder: Path) -> None:
    entries = labels(folder)
    found = dataset.read(written(folder, [*entries, entries[0] | {"crop": "./" + entries[0]["crop"], "word": "x"}]))
    assert len(found.examples) == 24
    assert "listed twice" in found.trouble[0]


def test_changed_pictures_and_labels_are_said(folder: Path) -> None:
    assert dataset.read(folder).trouble == ()
    changed = with_first(folder, text="changed")
    assert len(changed.examples) == 24
    assert "changed" in changed.trouble[0]
    assert changed.digest != changed.manifest["digest"]


def test_changed_boxes_are_said(folder: Path) -> None:
    boxes = (folder / "boxes.jsonl").read_text()
    (folder / "boxes.jsonl").write_text(boxes.replace("110.0", "111.0", 1))
    changed = dataset.read(folder)
    assert len(changed.pages) == 3
    assert changed.digest != changed.manifest["digest"]
    assert "changed" in changed.trouble[0]


def test_a_photo_on_both_sides_is_said(folder: Path) -> None:
    entries = labels(folder)
    other = "train" if entries[0]["split"] == "held-out" else "held-out"
    assert any("held-out words" in line for line in with_first(folder, split=other).trouble)


# ------------------------------------------------------------------------------------------------------- the folder


def test_a_link_is_not_followed(folder: Path) -> None:
    entries = labels(folder)
    (folder / "crops" / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "elsewhere").symlink_to(folder.parent)
    entries[0]["crop"], entries[1]["crop"] = "crops/link.png", "elsewhere/secret.png"
    found = dataset.read(written(folder, entries))
    assert len(found.examples) == 22
    assert all("symbolic link" in line for line in found.trouble[:2])


@pytest.mark.parametrize("name", ["labels.jsonl", "manifest.json", "boxes.jsonl"])
def test_a_file_of_labels_that_is_a_link_is_refused(folder: Path, name: str) -> None:
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(folder.parent / name)
    with pytest.raises(BadDataset):
        dataset.read(folder)


def test_a_folder_that_is_reached_by_a_link_is_read(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    assert len(dataset.read(folder.parent / "link").examples) == 24


def test_a_crop_that_becomes_a_link_later_is_refused(folder: Path) -> None:
    found = dataset.read(folder)
    path = folder / found.examples[0].crop
    path.unlink()
    path.symlink_to(folder.parent / "secret.png")
    with pytest.raises(BadCrop, match="link"):
        found.crop(found.examples[0])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes by name here")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "crops" / "pipe.png")
    found = with_first(folder, crop="crops/pipe.png")
    assert "not a regular file" in found.trouble[0]
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    with pytest.raises(BadDataset, match="not a regular file"):
        dataset.read(folder)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "can’t be used"),
        (b"\x89PNG\r\n\x1a\n", "can’t be used"),
        (drawn.png((20_000, 20_000, 8, 2), b""), "more than the limit of 8 million"),
        (drawn.file_of(drawn.board(), "PNG")[:200], "can’t be used"),
    ],
)
def test_a_picture_that_is_none_is_left_out(folder: Path, data: bytes, why: str) -> None:
    (folder / labels(folder)[0]["crop"]).write_bytes(data)
    found = dataset.read(folder)
    assert len(found.examples) == 23
    assert why in found.trouble[0]


def test_a_file_beyond_measure_is_not_read(folder: Path) -> None:
    with open(folder / labels(folder)[0]["crop"], "wb") as stream:
        stream.truncate(dataset_values.MAX_CROP_BYTES + 1)
    assert "larger than 16 MB" in dataset.read(folder).trouble[0]
    with open(folder / "labels.jsonl", "wb") as stream:
        stream.truncate(validation.MAX_BYTES + 1)
    with pytest.raises(BadDataset, match="larger than 256 MB"):
        dataset.read(folder)


def test_a_million_lines_are_refused_before_they_are_read(folder: Path) -> None:
    (folder / "labels.jsonl").write_bytes(b"{}\n" * 1_000_000)
    with pytest.raises(BadDataset, match="more than 200000 lines"):
        dataset.read(folder)


def test_so_many_troubles_as_a_person_can_read(folder: Path) -> None:
    found = dataset.read(written(folder, ["{"] * 5000 + labels(folder)))
    assert len(found.examples) == 24
    assert len(found.trouble) < 210
    assert found.trouble[-1].startswith("and ")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-8-sig"])
def test_wrong_encodings_are_said(folder: Path, encoding: str) -> None:
    entries = labels(folder)
    entries[0]["text"] = "Größe"
    text = "\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    (folder / "labels.jsonl").write_bytes(text.encode(encoding))
    if encoding == "utf-16":
        (folder / "boxes.jsonl").unlink()
        with pytest.raises(BadDataset, match=r"it contains no usable examples \(labels.jsonl, line 1: it is not UTF-8"):
            dataset.read(folder)
        return
    found = dataset.read(folder)
    assert len(found.examples) == (23 if encoding == "latin-1" else 24)
    assert ("not UTF-8" in found.trouble[0]) is (encoding == "latin-1")


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        ("{", "not valid JSON"),
        ("[]", "must be an object"),
        ("{}", "does not belong to a dataset"),
        ('{"format": "other", "version": 1}', "does not belong to a dataset"),
        ('{"format": "ocr-studio-dataset"}', "version"),
        ('{"format": "ocr-studio-dataset", "version": true}', "version"),
        ('{"format": "ocr-studio-dataset", "version": 2}', "newer version of OCR Studio"),
        ('{"format": "ocr-studio-dataset", "version": 1, "layout": "../x"}', "layout"),
        ('{"format": "ocr-studio-dataset", "version": NaN}', "is not a number"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_manifest_that_cannot_be_so_is_refused(folder: Path, manifest: str, why: str) -> None:
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(BadDataset, match=why) as caught:
        dataset.read(folder)
    assert caught.value.file == str(folder / "manifest.json")


def test_odd_things_in_a_manifest_change_nothing(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"unit": 7, "split": [], "pages": None}))
    found = dataset.read(folder)
    assert (found.unit, found.rule, len(found.examples)) == ("words", "given", 24)


def test_nothing_left_is_refused_and_says_why(folder: Path) -> None:
    (folder / "boxes.jsonl").unlink()
    with pytest.raises(
        BadDataset, match=r"it contains no usable examples \(labels.jsonl, line 1: it is not valid JSON"
    ):
        dataset.read(written(folder, ["{"]))


@pytest.mark.parametrize("name", ["gone", "file.txt", "."])
def test_what_is_no_dataset_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    assert not dataset.is_dataset(tmp_path / name)
    with pytest.raises(BadDataset) as caught:
        dataset.read(tmp_path / name)
    assert caught.value.remedy


# ------------------------------------------------------------------------------------------------------------ boxes


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"photo": "../photos/board 1.png"}, "is outside"),
        ({"photo": "photos/gone.jpg"}, "does not exist"),
        ({"width": 10}, "pixels, not"),
        ({"width": 0}, "“width” must be a number of at least 1"),
        ({"width": "480"}, "“width” must be a whole number"),
        ({"words": {}}, "“words” must be a list"),
        ({"words": [7]}, "“words[0]” must be an object"),
        ({"words": [{"quad": [[0, 0]] * 4, "text": "x"}]}, "no area"),
        ({"words": [{"quad": [[0, 0], [9, 0], [9, 9], [0, 9]], "text": ""}]}, "empty"),
        (
            {"words": [{"quad": [[0, 0], [9, 0], [9, 9], [0, 9]], "text": "a", "ignore": 1}]},
            "“words[0].ignore” must be true or false",
        ),
        ({"split": "x"}, "“split” must be one of train, held-out"),
    ],
)
def test_boxes_that_cannot_be_so_are_left_out_and_said(folder: Path, changes: dict[str, Any], why: str) -> None:
    path = folder / "boxes.jsonl"
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    entries[0] |= changes
    path.write_text("\n".join(json.dumps(entry) for entry in entries))
    found = dataset.read(folder)
    assert (len(found.pages), len(found.examples)) == (2, 24)
    assert why in found.trouble[0]


# --------------------------------------------------------------------------------------------------- other layouts


@pytest.mark.parametrize(
    ("layout", "file", "entry", "why"),
    [
        ("deep-text", "gt.txt", b"../secret.png\tx", "is outside"),
        ("deep-text", "gt.txt", b"/etc/passwd\tx", "is outside"),
        ("deep-text", "gt.txt", b"images/gone.png\tx", "does not exist"),
        ("deep-text", "gt.txt", b"no tab", "no tab"),
        ("deep-text", "gt.txt", b"images/a.png\t", "empty"),
        ("deep-text", "gt.txt", b"images/a.png\t" + b"x" * 1_000_000, "longer than"),
        ("deep-text", "gt.txt", b"images/a.png\t\xff\xfe", "not UTF-8"),
        ("deep-text", "gt.txt", b"x" * (5 << 20), "longer than 4 MB"),
        ("paddleocr", "rec_gt.txt", b"../secret.png\tx", "is outside"),
        ("paddleocr", "Label.txt", b"../secret.png\t[]", "is outside"),
        ("paddleocr", "Label.txt", b"photos/gone.jpg\t[]", "does not exist"),
        ("paddleocr", "Label.txt", b"photos/a.jpg\t[NaN]", "“[0]” must be an object"),
        ("paddleocr", "Label.txt", b"photos/a.jpg\t{}", "it must be a list"),
        ("paddleocr", "Label.txt", b"photos/a.jpg\t[{}]", "“[0].points” is missing"),
        ("keras-ocr", "train.json", b'["../secret.png", null, "x"]', "is outside"),
        ("keras-ocr", "train.json", b'["photos/gone.png", null, "x"]', "does not exist"),
        ("keras-ocr", "train.json", b'["photos/a.png", [[0, 0]], "x"]', "“[1]” must be a list of 4 entries"),
        ("keras-ocr", "train.json", b'["photos/a.png", null]', "it must be a list of 3 entries"),
        ("keras-ocr", "train.json", b'{"a": 1}', "it must be a list"),
        ("keras-ocr", "train.json", b'["photos/a.png", null, 7]', "“[2]” must be text"),
    ],
)
def test_other_layouts_are_believed_no_more(tmp_path: Path, layout: str, file: str, entry: bytes, why: str) -> None:
    photo_file.save_png(tmp_path / "secret.png", np.zeros((48, 96, 3), np.uint8))
    count = len(three_boards(tmp_path, layout).examples)
    path = tmp_path / "data" / file
    data = path.read_bytes()
    path.write_bytes(data[:-3] + b",\n" + entry + b"]\n" if file.endswith("json") else data + entry + b"\n")
    found = dataset.read(tmp_path / "data")
    assert len(found.examples) == count
    assert why in found.trouble[0]


def test_lists_of_the_other_layouts_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    for text in ("", "{", "{}", "[" * 100_000, "7"):
        (tmp_path / "train.json").write_text(text)
        with pytest.raises(BadDataset):
            dataset.read(tmp_path)


# ----------------------------------------------------------------------------------------------------------- names


@given(st.text(max_size=40))
def test_a_name_stays_inside_or_is_refused(name: str) -> None:
    try:
        plain = normalize_name(name)
    except UnsafeFile:
        return
    inside = Path("/folder") / plain
    assert Path(os.path.normpath(inside)).is_relative_to("/folder")
    assert Path(os.path.normpath(inside)) != Path("/folder")


def test_what_other_systems_call_a_way_out_is_one_here_too() -> None:
    for name in ("..\\x", "a\\..\\..\\x", "C:\\x", "C:x", "\\\\server\\x", "/x", "..", ".", ""):
        with pytest.raises(UnsafeFile):
            normalize_name(name)
