"""Reads labels with the code of other programs, each in an environment of its own; run by check_labels.py.

label_readers.py READER FILE…: prints, as JSON, a list for each photo: its name, and [text, corners] of each word; what
a program doesn't tell is null. Only what is installed in the environment of the reader is imported.
"""

from __future__ import annotations

import ast
import importlib
import json
import sys
import types
from pathlib import Path
from typing import Any


def read_labelme(*files: str) -> list[Any]:
    """LabelFile of labelme, which checks the size of the photo."""
    from labelme._label_file import read_label_file

    found = []
    for file in files:
        data = read_label_file(file)
        words = [[shape["description"], shape["points"]] for shape in data.shapes]
        found.append([Path(data.image_path).name, words])
    return found


def read_coco(file: str) -> list[Any]:
    """Pycocotools; the average precision of the truth against itself is printed on standard error."""
    import contextlib
    import io

    import numpy as np
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    pages = []
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(file)
        for image in truth.loadImgs(truth.getImgIds()):
            words = []
            for each in truth.loadAnns(truth.getAnnIds(imgIds=[image["id"]])):
                [polygon] = each["segmentation"]
                words.append([each["utf8_string"], [polygon[place : place + 2] for place in range(0, 8, 2)]])
            pages.append([Path(image["file_name"]).name, words])
        found = truth.loadRes([{**each, "score": 1.0} for each in truth.dataset["annotations"]])
        for kind in ("bbox", "segm"):
            evaluation = COCOeval(truth, found, kind)
            evaluation.params.maxDets = [1, 10, 100_000]
            evaluation.evaluate()
            evaluation.accumulate()
            precision = evaluation.eval["precision"][..., 0, -1]  # of all sizes, with all results
            print(f"{kind} AP {np.mean(precision[precision > -1]):.3f}", file=sys.stderr)
    return pages


def read_yolo(photos: str, labels: str) -> list[Any]:
    """Supervision, YOLO with oriented boxes."""
    import supervision

    dataset = supervision.DetectionDataset.from_yolo(photos, labels, f"{labels}/data.yaml", is_obb=True)
    assert dataset.classes == ["text"], dataset.classes
    found = []
    for path, detections in dataset.annotations.items():
        corners = detections.data.get("xyxyxyxy")
        quads = [] if corners is None else corners.tolist()
        found.append([Path(path).name, [[None, quad] for quad in quads]])
    return found


def read_voc(photos: str, labels: str) -> list[Any]:
    """Supervision, Pascal VOC; upright boxes only, from pixel 1 on."""
    import supervision

    dataset = supervision.DetectionDataset.from_pascal_voc(photos, labels)
    assert dataset.classes == ["text"], dataset.classes
    return [
        [Path(path).name, [[None, box_corners(box)] for box in (detections.xyxy + [1, 1, 0, 0]).tolist()]]
        for path, detections in dataset.annotations.items()
    ]


def box_corners(box: list[float]) -> list[list[float]]:
    left, top, right, bottom = box
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def load_doctr(name: str) -> Any:
    """A module of docTR's datasets, without the packages that train."""
    import importlib.util

    class AbstractDataset:
        def __init__(self, folder: str, **_: object) -> None:
            self.root = folder

    found = importlib.util.find_spec("doctr")
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = Path(found.submodule_search_locations[0])
    contents: dict[str, dict[str, Any]] = {
        "doctr": {},
        "doctr.datasets": {},
        "doctr.datasets.datasets": {"AbstractDataset": AbstractDataset},
        "doctr.datasets.utils": {"pre_transform_multiclass": None},
    }
    for module_name, members in contents.items():
        module = types.ModuleType(module_name)
        module.__path__ = [str(folder.joinpath(*module_name.split(".")[1:]))]
        vars(module).update(members)
        sys.modules[module_name] = module
    return importlib.import_module(f"doctr.datasets.{name}")


def read_doctr(photos: str, file: str) -> list[Any]:
    """DetectionDataset and OCRDataset of docTR: outlines of the one, texts of the other."""
    module = load_doctr("detection")
    detection = module.DetectionDataset(photos, file, use_polygons=True)
    module.DetectionDataset(photos, file)
    ocr = importlib.import_module("doctr.datasets.ocr").OCRDataset(photos, file)
    texts = {
        str(name): dict(zip(map(tuple, target["boxes"].tolist()), target["labels"], strict=True))
        for name, target in ocr.data
    }
    found = []
    for name, (polygons, _) in detection.data:
        words = []
        for polygon in polygons.tolist():
            xs, ys = zip(*polygon, strict=True)
            words.append([texts[name].get((min(xs), min(ys), max(xs), max(ys)), ""), polygon])
        found.append([name, words])
    return found


OCR_TEMPLATE = """
<View>
  <Image name="image" value="$ocr"/>
  <Labels name="label" toName="image"><Label value="Text"/><Label value="Handwriting"/></Labels>
  <Rectangle name="bbox" toName="image" strokeWidth="3"/>
  <Polygon name="poly" toName="image" strokeWidth="3"/>
  <TextArea name="transcription" toName="image" editable="true" perRegion="true" required="true"/>
</View>
"""


def read_label_studio(file: str) -> list[Any]:
    """The converter of Label Studio, for annotations and then for predictions."""
    import tempfile

    from label_studio_sdk.converter import Converter
    from label_studio_sdk.converter.utils import convert_annotation_to_yolo_obb
    from label_studio_sdk.label_interface import LabelInterface

    tasks = json.loads(Path(file).read_text("utf-8"))
    interface = LabelInterface(OCR_TEMPLATE)
    found: dict[str, list[Any]] = {}
    for kind in ("annotations", "predictions"):
        for task in tasks:
            for answer in task[kind]:
                validate = interface.validate_annotation if kind == "annotations" else interface.validate_prediction
                assert validate(answer), (task["data"], kind)
        given = [{**task, "annotations": task[kind], "predictions": []} for task in tasks]
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "in.json")
            source.write_text(json.dumps(given), "utf-8")
            converter = Converter(OCR_TEMPLATE, folder, download_resources=False)
            converter.convert_to_json_min(str(source), folder, is_dir=False)
            converted = json.loads(Path(folder, "result.json").read_text("utf-8"))
        for task in converted:
            name = task["ocr"].rpartition("/")[2]
            words = found.setdefault(name, [])
            texts = task.get("transcription", [])
            labelled = {json.dumps([each["x"], each["y"]]) for each in task.get("label", []) if "x" in each}
            boxes = [convert_annotation_to_yolo_obb(each, normalize=False) for each in task.get("bbox", [])]
            assert all(json.dumps([each["x"], each["y"]]) in labelled for each in task.get("bbox", []))
            for each in task.get("poly", []):
                scale = each["original_width"] / 100, each["original_height"] / 100
                boxes.append([[x * scale[0], y * scale[1]] for x, y in each["points"]])
            words += [[None, box] for box in boxes]
            words += [[text, None] for text in ([texts] if isinstance(texts, str) else texts)]
    return list(found.items())


def read_ppocrlabel(file: str) -> list[Any]:
    """PPOCRLabel's own functions; its labels must still be there when it has saved them again."""
    import importlib.util
    import os
    import platform
    import shutil
    import tempfile

    found = importlib.util.find_spec("PPOCRLabel")
    assert found is not None
    assert found.origin is not None
    tree = ast.parse(Path(found.origin).with_name("PPOCRLabel.py").read_text("utf-8"))
    [window] = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "MainWindow"]
    wanted = {"loadLabelFile", "loadFilestate", "savePPlabel", "getImglabelidx"}
    methods: list[ast.stmt] = [
        node for node in window.body if isinstance(node, ast.FunctionDef) and node.name in wanted
    ]
    names: dict[str, Any] = {"os": os, "json": json, "platform": platform}
    exec(compile(ast.Module(methods, []), "PPOCRLabel.py", "exec"), names)
    action = types.SimpleNamespace(setEnabled=lambda _: None)
    actions = types.SimpleNamespace(saveLabel=action, saveRec=action, exportJSON=action)
    program = types.SimpleNamespace(actions=actions, getImglabelidx=lambda path: names["getImglabelidx"](None, path))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("Label.txt", "fileState.txt"):
            shutil.copyfile(Path(file).with_name(name), Path(folder, name))
        program.PPlabelpath = str(Path(folder, "Label.txt"))
        names["loadFilestate"](program, folder)
        before = program.PPlabel = names["loadLabelFile"](program, program.PPlabelpath)
        names["savePPlabel"](program, mode="Auto")
        after = names["loadLabelFile"](program, program.PPlabelpath)
    # Texts may differ: PPOCRLabel writes "null" and reads "None".
    kept = {key: [word["points"] for word in words] for key, words in after.items()}
    assert kept == {key: [word["points"] for word in words] for key, words in before.items() if words}, "labels dropped"
    return [
        [key.rpartition("/")[2], [[word["transcription"], word["points"]] for word in words]]
        for key, words in before.items()
    ]


def read_tfrecord(*files: str) -> list[Any]:
    """The package tfrecord."""
    import numpy as np
    from tfrecord.reader import tfrecord_loader

    found = []
    for file in files:
        for record in tfrecord_loader(file, None, None):
            size = int(record["image/width"][0]), int(record["image/height"][0])
            assert bytes(record["image/encoded"]).startswith((b"\xff\xd8", b"\x89PNG"))
            quads = record["image/object/quad"].reshape(-1, 4, 2)
            texts = np.atleast_1d(record["image/object/text"]).tolist()
            words = [[text.decode("utf-8"), quad] for text, quad in zip(texts, (quads * size).tolist(), strict=True)]
            found.append([bytes(record["image/filename"]).decode("utf-8"), words])
    return found


READERS = {
    "labelme": read_labelme,
    "coco": read_coco,
    "yolo": read_yolo,
    "voc": read_voc,
    "doctr": read_doctr,
    "label-studio": read_label_studio,
    "ppocrlabel": read_ppocrlabel,
    "tfrecord": read_tfrecord,
}

if __name__ == "__main__":
    said = READERS[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
    print("\n" + json.dumps(said))
