"""Writes files with the code of other programs, each in an environment of its own; run by check_foreign.py.

foreign_writers.py WRITER FOLDER: reads FOLDER/words.json, {"image", "size": [width, height],
"lines": [[[text, corners], …], …]}, and writes the files of a program to FOLDER. Only what is installed in the
environment is imported.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

# What kraken imports and its writers don't need.
HEAVY = {
    "torch",
    "scipy",
    "skimage",
    "sklearn",
    "lightning",
    "torchvision",
    "torchmetrics",
    "coremltools",
    "safetensors",
}


class EmptyModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds an empty module for every heavy import."""

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in HEAVY else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Any:
        module = MagicMock()
        module.__spec__, module.__path__, module.__name__ = spec, [], spec.name
        return module

    def exec_module(self, module: object) -> None:
        pass


def write_kraken(folder: Path, told: Any) -> None:
    """The serializer of kraken, whose templates eScriptorium's exports follow: words, and lines without words."""
    sys.meta_path.append(EmptyModules())
    containers, serialization = (importlib.import_module(f"kraken.{name}") for name in ("containers", "serialization"))

    records, boundaries = [], []
    for number, line in enumerate(told["lines"]):
        text = " ".join(word for word, _ in line)
        corners = [corner for _, quad in line for corner in quad]
        xs, ys = [round(x) for x, _ in corners], [round(y) for _, y in corners]
        left, top, right, low = min(xs), min(ys), max(xs), max(ys)
        boundary = [(left, top), (right, top), (right, low), (left, low)]
        boundaries.append(boundary)
        step = (right - left) / len(text)
        cuts = [(round(place * step), round((place + 1) * step)) for place in range(len(text))]  # along the baseline
        place = containers.BaselineLine(
            id=f"line_{number}", baseline=[(left, low - 3), (right, low - 3)], boundary=boundary, text=text
        )
        records.append(containers.BaselineOCRRecord(text, cuts, [0.9] * len(text), place))
    for name, is_words, lines in (("words", True, records), ("lines", False, records)):
        found = containers.Segmentation(
            type="baselines", imagename=told["image"], text_direction="horizontal-lr", script_detection=False,
            lines=lines, regions={}, line_orders=[],
        )  # fmt: skip
        for kind in ("alto", "page", "hocr"):
            data = serialization.serialize(
                found,
                image_size=tuple(told["size"]),
                template={"page": "pagexml"}.get(kind, kind),
                sub_line_segmentation=is_words,
            )
            suffix = "hocr" if kind == "hocr" else "xml"
            target = folder / f"kraken-{kind}-{name}" / f"board.{suffix}"
            target.parent.mkdir()
            target.write_text(data, encoding="utf-8")


def write_ocrd(folder: Path, told: Any) -> None:
    """The PAGE classes of OCR-D."""
    page = importlib.import_module("ocrd_models.ocrd_page")

    def coords(points: Any) -> Any:
        return page.CoordsType(points=" ".join(f"{round(x)},{round(y)}" for x, y in points))

    def bounds(quads: Any) -> Any:
        xs, ys = zip(*(corner for quad in quads for corner in quad), strict=True)
        return [(min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))]

    document = page.PcGtsType(
        pcGtsId="page_1", Metadata=page.MetadataType(Creator="OCR-D/core", Created="2026-01-01T00:00:00",
                                                     LastChange="2026-01-01T00:00:00")
    )  # fmt: skip
    width, height = told["size"]
    sheet = page.PageType(imageFilename=f"OCR-D-IMG/{told['image']}", imageWidth=width, imageHeight=height)
    document.set_Page(sheet)
    region = page.TextRegionType(id="r1", Coords=coords([(0, 0), (width, 0), (width, height), (0, height)]))
    sheet.add_TextRegion(region)
    for number, line in enumerate(told["lines"]):
        element = page.TextLineType(id=f"l{number}", Coords=coords(bounds([quad for _, quad in line])))
        region.add_TextLine(element)
        element.add_TextEquiv(page.TextEquivType(Unicode=" ".join(text for text, _ in line), conf=0.7))
        for place, (text, quad) in enumerate(line):
            word = page.WordType(id=f"l{number}w{place}", Coords=coords(quad))
            for index, (choice, sure) in enumerate(((text, 0.8), (text[::-1], 0.1))):
                word.add_TextEquiv(page.TextEquivType(index=index, conf=sure, Unicode=choice))
            element.add_Word(word)
    (folder / "ocrd").mkdir()
    (folder / "ocrd" / "page_1.xml").write_text(page.to_xml(document), encoding="utf-8")


def write_ppocrlabel(folder: Path, told: Any) -> None:
    """The saving code of PPOCRLabel's window: a folder with all its files, one photo confirmed and one read only."""
    package = importlib.import_module("PPOCRLabel")
    source = (Path(str(package.__file__)).parent / "PPOCRLabel.py").read_text(encoding="utf-8")
    wanted = {"saveFilestate", "savePPlabel", "saveCacheLabel", "getImglabelidx"}
    [window] = [each for each in ast.parse(source).body if isinstance(each, ast.ClassDef) and each.name == "MainWindow"]
    methods: list[ast.stmt] = [
        each for each in window.body if isinstance(each, ast.FunctionDef) and each.name in wanted
    ]
    code: dict[str, Any] = {"json": json, "os": os, "platform": __import__("platform"), "QMessageBox": MagicMock()}
    exec(compile(ast.Module(methods, []), "PPOCRLabel.py", "exec"), code)
    words = [
        {"transcription": text, "points": [list(map(round, corner)) for corner in quad], "difficult": False}
        for line in told["lines"]
        for text, quad in line
    ]
    photos = folder / "ppocrlabel"
    photos.mkdir()
    state = SimpleNamespace(lang="en", PPlabelpath=photos / "Label.txt", Cachelabelpath=photos / "Cache.cach")
    state.PPlabelpath, state.Cachelabelpath = str(state.PPlabelpath), str(state.Cachelabelpath)
    state.fileStatepath = str(photos / "fileState.txt")
    state.getImglabelidx = lambda path: code["getImglabelidx"](state, path)
    confirmed, other = f"{photos}/{told['image']}", f"{photos}/other.jpg"
    state.fileStatedict = {confirmed: 1}
    state.PPlabel = {state.getImglabelidx(confirmed): words}
    state.Cachelabel = {state.getImglabelidx(path): words for path in (confirmed, other)}
    code["saveFilestate"](state)
    code["savePPlabel"](state, mode="Auto")
    code["saveCacheLabel"](state)
    gt = "".join(f"crop_img/board_crop_{number}.jpg\t{word['transcription']}\n" for number, word in enumerate(words))
    (photos / "rec_gt.txt").write_text(gt, encoding="utf-8")


OCR_TEMPLATE = """
<View>
  <Image name="image" value="$ocr"/>
  <Labels name="label" toName="image"><Label value="Text"/><Label value="Handwriting"/></Labels>
  <Rectangle name="bbox" toName="image" strokeWidth="3"/>
  <Polygon name="poly" toName="image" strokeWidth="3"/>
  <TextArea name="transcription" toName="image" editable="true" perRegion="true" required="true"/>
</View>
"""


def write_label_studio(folder: Path, told: Any) -> None:
    """The converter of Label Studio, from the tasks of a project, FOLDER/tasks.json."""
    converter = importlib.import_module("label_studio_sdk.converter").Converter(
        OCR_TEMPLATE, project_dir=str(folder), download_resources=False
    )
    task = str(folder / "tasks.json")
    for kind in ("JSON", "JSON_MIN", "COCO", "VOC", "YOLO_OBB", "CSV"):
        target = folder / f"label-studio-{kind.lower()}"
        target.mkdir()
        converter.convert(task, str(target), kind, is_dir=False)


def write_supervision(folder: Path, told: Any) -> None:
    """The datasets of supervision: COCO, Pascal VOC and YOLO with oriented boxes; classes without texts."""
    import numpy as np

    supervision = importlib.import_module("supervision")

    quads = np.array([quad for line in told["lines"] for _, quad in line], np.float32)
    boxes = np.hstack([quads.min(axis=1), quads.max(axis=1)])
    labels = supervision.Detections(xyxy=boxes, class_id=np.zeros(len(boxes), int), data={"xyxyxyxy": quads})
    photo = str(folder / told["image"])
    dataset = supervision.DetectionDataset(classes=["text"], images=[photo], annotations={photo: labels})
    (folder / "supervision-coco").mkdir()
    dataset.as_coco(annotations_path=str(folder / "supervision-coco" / "annotations.json"))
    dataset.as_pascal_voc(annotations_directory_path=str(folder / "supervision-voc"))


WRITERS: dict[str, Callable[[Path, Any], None]] = {
    "kraken": write_kraken,
    "ocrd": write_ocrd,
    "ppocrlabel": write_ppocrlabel,
    "label-studio": write_label_studio,
    "supervision": write_supervision,
}

if __name__ == "__main__":
    where = Path(sys.argv[2])
    WRITERS[sys.argv[1]](where, json.loads((where / "words.json").read_text(encoding="utf-8")))
