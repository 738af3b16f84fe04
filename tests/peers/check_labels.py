"""What other programs make of the labels that are exported: their own code reads them, in environments of their own.

    tests/peers/setup.sh PEERS
    python -m tests.peers.check_labels PEERS --photos DIR [--most N]

DIR holds the labelled photos and an annotations.json ([{"image", "words": [{"quad", "text", "ignore"}]}]). Of each
photo every word that another program finds must be one of ours, with its corners and, if that program has texts, its
text. A table is printed, and what went wrong.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.formats.readers import READERS as IMPORTS
from ocr_studio.core.formats.readers import find_reader
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.formats.export_photos import PhotoExportOptions, export_photos, list_pages
from tests.peers.check_xml import make_project

KINDS = ("labelme", "coco", "paddleocr", "icdar2015", "label-studio", "yolo-obb", "via", "doctr", "voc", "tfrecord")

# [[photo, [[text, corners], …]], …]; None for what a program doesn't tell.
Found: TypeAlias = list[Any]


@dataclass
class Exported:
    """A project, and the folder of each format."""

    project: Project
    pages: dict[str, ExchangePage]
    folder: Path
    peers: Path

    def files(self, kind: str, pattern: str) -> list[str]:
        """The exported files of a format."""
        return sorted(str(path) for path in (self.folder / kind).glob(pattern))

    def ask(self, environment: str, reader: str, *arguments: str) -> tuple[Found, str]:
        """Run a reader of label_readers.py; returns what it found, and its standard error."""
        script = Path(__file__).with_name("label_readers.py")
        command = [str(self.peers / environment / "bin" / "python"), str(script), reader, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={"QT_QPA_PLATFORM": "offscreen"}
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return json.loads(done.stdout.splitlines()[-1]), done.stderr


def read_labelme(exported: Exported) -> tuple[Found, str]:
    """LabelFile of labelme."""
    return exported.ask("labelme", "labelme", *exported.files("labelme", "*.json"))


def read_coco(exported: Exported) -> tuple[Found, str]:
    """pycocotools, with the average precision of the truth against itself."""
    found, said = exported.ask("detection", "coco", *exported.files("coco", "*.json"))
    lines = [line for line in said.splitlines() if " AP " in line]
    if lines != ["bbox AP 1.000", "segm AP 1.000"]:
        raise RuntimeError(f"average precision of the truth itself: {lines}")
    return found, ", ".join(lines)


def read_ppocrlabel(exported: Exported) -> tuple[Found, str]:
    """PPOCRLabel, loaded and saved."""
    found, said = exported.ask("detection", "ppocrlabel", *exported.files("paddleocr", "Label.txt"))
    marks = {"###": "", "*": ""}
    return [[name, [[marks.get(text, text), quad] for text, quad in words]] for name, words in found], said


def read_icdar(exported: Exported) -> tuple[Found, str]:
    """A few lines that split as the scripts of the contest do."""
    found = []
    for name in exported.pages:
        text = (exported.folder / "icdar2015" / f"gt_{Path(name).stem}.txt").read_text("utf-8-sig")
        rows = [line.split(",", 8) for line in text.splitlines()]
        words = [[row[8].replace("###", ""), np.reshape(row[:8], (4, 2)).astype(float).tolist()] for row in rows]
        found.append([name, words])
    return found, ""


def read_label_studio(exported: Exported) -> tuple[Found, str]:
    """label-studio-sdk: validation by the OCR template, conversion."""
    return exported.ask("label-studio", "label-studio", *exported.files("label-studio", "*.json"))


def read_yolo(exported: Exported) -> tuple[Found, str]:
    """supervision, from_yolo(is_obb=True)."""
    return exported.ask("detection", "yolo", str(exported.project.photos), str(exported.folder / "yolo-obb"))


def read_via(exported: Exported) -> tuple[Found, str]:
    """A few lines with csv and json."""
    found: dict[str, list[Any]] = {}
    [file] = exported.files("via", "*.csv")
    for row in csv.DictReader(Path(file).read_text("utf-8").splitlines(keepends=True)):
        assert int(row["file_size"]) == (exported.project.photos / row["filename"]).stat().st_size
        shape = json.loads(row["region_shape_attributes"])
        words = found.setdefault(row["filename"], [])
        if not shape:
            continue
        if shape["name"] == "rect":
            left, top, right, bottom = (shape[key] for key in ("x", "y", "width", "height"))
            corners = [[left, top], [left + right, top], [left + right, top + bottom], [left, top + bottom]]
        else:
            corners = [list(point) for point in zip(shape["all_points_x"], shape["all_points_y"], strict=True)]
        words.append([json.loads(row["region_attributes"])["text"], corners])
    return list(found.items()), ""


def read_doctr(exported: Exported) -> tuple[Found, str]:
    """DetectionDataset and OCRDataset of docTR."""
    return exported.ask("detection", "doctr", str(exported.project.photos), *exported.files("doctr", "labels.json"))


def read_voc(exported: Exported) -> tuple[Found, str]:
    """supervision, from_pascal_voc."""
    return exported.ask("detection", "voc", str(exported.project.photos), str(exported.folder / "voc"))


def read_tfrecord(exported: Exported) -> tuple[Found, str]:
    """The package tfrecord."""
    return exported.ask("tfrecord", "tfrecord", *exported.files("tfrecord", "*.tfrecord"))


def read_own(exported: Exported, kind: str) -> tuple[Found, str]:
    """OCR Studio."""
    found: Found = []
    for file in exported.files(kind, "*"):
        label_file = LabelFile.open(SafeFolder(Path(file).parent, follow=True), Path(file).name)
        reader = find_reader(label_file)
        if reader is None or reader.name != kind:
            continue
        for page in reader.read(label_file):
            assert not page.notices, page.notices
            name = next(name for name in exported.pages if page.image.rpartition("/")[2] in {name, Path(name).stem})
            width, height = (exported.pages[name].width, exported.pages[name].height) if page.width == 1 else (1, 1)
            words = [
                [word.text, (np.array(quad.corners) * (width, height)).tolist()] for word, quad in page.boxed_words()
            ]
            found.append([name, words])
    return found, ""


def compare(exported: Exported, found: Found, kind: str) -> tuple[int, float, list[str]]:
    """Compare what a program found with what was exported: how many words, how far corners are off, what is wrong."""
    wrong, count, furthest = [], 0, 0.0
    pages = {name: words for name, words in found if words}
    for name, page in exported.pages.items():
        known = [(one_line(word.text), np.array(quad.corners)) for word, quad in page.boxed_words()]
        words = pages.get(name, [])
        boxes = [np.array(corners) for _, corners in words if corners is not None]
        count += len(boxes)
        if len(boxes) != len(known):
            wrong.append(f"{name}: {len(boxes)} words, not {len(known)}")
            continue
        if kind == "voc":  # the boxes around
            known = [(text, find_box(corners)) for text, corners in known]
            boxes = [find_box(corners) for corners in boxes]
        if kind == "label-studio":  # checked words come first
            known.sort(key=lambda word: round_corners(word[1]))
            boxes.sort(key=round_corners)
        furthest = max([furthest, *(np.abs(one[1] - box).max() for one, box in zip(known, boxes, strict=True))])
        texts = [one_line(text) for text, _ in words if text is not None]
        ours = [text for text, _ in known]
        if texts and [text for text in sorted(texts) if text] != [text for text in sorted(ours) if text]:
            wrong.append(f"{name}: other texts: {sorted(set(texts) ^ set(ours))[:5]}")
        if kind != "label-studio" and len(texts) == len(ours) and texts != ours:
            wrong.append(f"{name}: texts at other boxes")
    return count, furthest, wrong


def round_corners(corners: Any) -> tuple[float, ...]:
    """The numbers of corners, to sort them by."""
    return tuple(np.round(corners, 1).ravel().tolist())


def find_box(corners: Any) -> Any:
    """The upright box around corners."""
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


Reader: TypeAlias = Callable[[Exported], tuple[Found, str]]
READERS: Sequence[tuple[str, Reader]] = (
    ("labelme", read_labelme),
    ("coco", read_coco),
    ("paddleocr", read_ppocrlabel),
    ("icdar2015", read_icdar),
    ("label-studio", read_label_studio),
    ("yolo-obb", read_yolo),
    ("via", read_via),
    ("doctr", read_doctr),
    ("voc", read_voc),
    ("tfrecord", read_tfrecord),
)


def check(exported: Exported, kind: str, reader: str, read: Callable[[], tuple[Found, str]]) -> bool:
    """Run a reader and print a row of the table; returns whether all is well."""
    try:
        found, said = read()
        count, furthest, wrong = compare(exported, found, kind)
    except (RuntimeError, AssertionError, KeyError, ValueError) as error:
        count, furthest, wrong, said = 0, 0.0, [repr(error).replace("\\n", "\n")], ""
    if furthest > 0.51:
        wrong.append(f"corners are {furthest:.2f} pixels off")
    notes = ", ".join([f"{count} words", f"corners at most {furthest:.2f} px off", *([said] if " AP " in said else [])])
    print(f"| {kind} | {len(exported.pages)} | {reader} | {'; '.join(wrong[:3]) if wrong else f'good: {notes}'} |")
    return not wrong


def main() -> int:
    """Run all checks; returns 1 if one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", type=Path, help="folder that setup.sh has filled")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--most", type=int, help="photos")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OCR_STUDIO_HOME"] = str(Path(folder, "home"))
        project = make_project(given.photos, Path(folder, "photos"), given.most)
        for kind in KINDS:
            list(
                export_photos(project, list_pages(project), OutputFolder(Path(folder, kind)), PhotoExportOptions(kind))
            )
        listed = list_pages(project)
        pages = {photo.image: project.load_page(photo.page_id) for photo in listed}
        known = {image: ExchangePage.from_page(page) for image, page in pages.items() if page}
        exported = Exported(project, known, Path(folder), given.peers.resolve())
        project.unlock()
        print("| format | photos | read by | result |\n| --- | --- | --- | --- |")
        good = [
            check(exported, kind, (read.__doc__ or "").rstrip("."), lambda read=read: read(exported))  # type: ignore[misc]
            for kind, read in READERS
        ]
        own = [kind for kind in KINDS if kind in IMPORTS]
        good += [check(exported, kind, "OCR Studio", lambda kind=kind: read_own(exported, kind)) for kind in own]  # type: ignore[misc]
    return int(not all(good))


if __name__ == "__main__":
    assert set(KINDS) <= set(FORMATS)
    sys.exit(main())
