"""Imports files as other programs write them, and counts what comes in beside an independent reader of a few lines.

    tests/peers/setup.sh PEERS
    python -m tests.peers.check_foreign PEERS --diagrams DIR --scene DIR [--most 20]

kraken, OCR-D, PPOCRLabel, Label Studio's converter and supervision write files with their own code, in environments of
their own. What has no such code is written here in the form of true files: Transkribus' PAGE of 2013 with negative
points, eScriptorium's ALTO, the tasks of Label Studio with turned boxes, hdBPMN's Pascal VOC and ICDAR 2015 with commas
and a byte order mark, both from labelled photos: DIR holds an annotations.json ([{"image", "words": [{"quad", "text",
"ignore"}]}]) and its photos. Each is imported by ``ocr-studio import`` into a new project. A table is printed.
"""

from __future__ import annotations

import argparse
import html
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias
from xml.etree import ElementTree as ET

from PIL import Image

from ocr_studio.core.page import Mark, Page
from ocr_studio.core.project.project import Project

SIZE: Final = (1000, 800)
LINES: Final = [["Hello,", "wörld"], ["x<y", "&", '"z"'], ["1,000", "km²"]]
TURN: Final = 12.0  # degrees, clockwise

# For each photo: texts of its words, "" for a box without text.
Texts: TypeAlias = dict[str, list[str]]
Reader: TypeAlias = Callable[[Path], Texts]


def main() -> int:
    """Write, import and count. Returns 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("peers", type=Path)
    parser.add_argument("--diagrams", type=Path, required=True)
    parser.add_argument("--scene", type=Path, required=True)
    parser.add_argument("--most", type=int, default=20)
    options = parser.parse_args()
    wrong = 0
    print("| file | written by | photos | words | counted | texts |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="check-foreign-") as temporary:
        for name, writer, labels, photos, reader in _files(Path(temporary), options):
            expected = reader(labels)
            found = _import(labels, photos, expected)
            counts = [sum(map(len, each.values())) for each in (found, expected)]
            differ = {image: _differ(found.get(image, []), texts) for image, texts in expected.items()}
            differ = {image: each for image, each in differ.items() if each}
            wrong += bool(differ)
            said = f"differ: {differ}"[:200] if differ else "equal"
            print(f"| {name} | {writer} | {len(expected)} | {counts[0]} | {counts[1]} | {said} |", flush=True)
    return int(bool(wrong))


def _differ(found: Sequence[str], expected: Sequence[str]) -> dict[str, int]:
    difference = Counter(found)
    difference.subtract(Counter(expected))
    return {text: count for text, count in difference.items() if count}


def _import(labels: Path, photos: Path, expected: Texts) -> Texts:
    """Import a file or folder by the command; returns the texts of the words of each photo, by its name."""
    shutil.rmtree(photos / "ocr-studio-project", ignore_errors=True)
    command = [sys.executable, "-m", "ocr_studio", "import", str(labels), "--project", str(photos)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  {done.stdout.strip()[:300]} {done.stderr.strip()[:600]}", file=sys.stderr)
    project = Project.find(photos)
    pages = [page for key in project.page_ids() if (page := project.load_page(key))]
    return {Path(page.image).name: _list_texts(page) for page in pages if Path(page.image).name in expected}


def _list_texts(page: Page) -> list[str]:
    return ["###" if word.mark is Mark.UNREADABLE else word.text for word in page.words.values()]


# --------------------------------------------------------------------------------------------------------------- files


def _files(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, str, Path, Path, Reader]]:
    """Write the files: what they are, who wrote them, where they and the photos are, and who counts the words."""
    told = _make_words()
    (folder / "words.json").write_text(json.dumps(told), "utf-8")
    photos = folder / "photos"
    photos.mkdir()
    for name in ("board.jpg", "other.jpg"):
        Image.new("RGB", SIZE, "white" if name == "board.jpg" else "black").save(photos / name)
    shutil.copyfile(photos / "board.jpg", folder / "board.jpg")
    (folder / "tasks.json").write_text(json.dumps(_make_tasks(told)), "utf-8")
    environments = {"kraken": "xml", "ocrd": "ocrd", "ppocrlabel": "detection", "label-studio": "label-studio",
                    "supervision": "detection"}  # fmt: skip
    for writer, environment in environments.items():
        script = Path(__file__).with_name("foreign_writers.py")
        command = [str(options.peers / environment / "bin" / "python"), str(script), writer, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"  {writer} failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    readers: dict[str, tuple[str, Reader]] = {
        "kraken-alto": ("kraken", read_alto),
        "kraken-page": ("kraken", read_page),
        "kraken-hocr": ("kraken", read_hocr),
        "ocrd": ("OCR-D", read_page),
        "ppocrlabel": ("PPOCRLabel", read_paddle),
        "label-studio-json": ("Label Studio's converter", read_tasks),
        "label-studio-json_min": ("Label Studio's converter", read_short_tasks),
        "label-studio-coco": ("Label Studio's converter", read_coco),
        "label-studio-voc": ("Label Studio's converter", read_voc),
        "supervision-coco": ("supervision", read_coco),
        "supervision-voc": ("supervision", read_voc),
    }
    for labels in sorted(each for each in folder.iterdir() if each.is_dir() and each != photos):
        kinds = [prefix for prefix in readers if labels.name.startswith(prefix)]
        if kinds:
            writer, reader = readers[max(kinds, key=len)]
            yield labels.name, writer, labels, photos, reader
    yield "tasks with turned boxes", "form of Label Studio", folder / "tasks.json", photos, read_tasks
    for name, text, reader in (
        ("PAGE of 2013", _make_transkribus(told), read_page),
        ("ALTO of lines", _make_escriptorium(told), read_alto),
    ):
        target = folder / f"{name}.xml"
        target.write_text(text, "utf-8")
        yield name, "form of Transkribus" if "PAGE" in name else "form of eScriptorium", target, photos, reader
    yield "VOC", "form of hdBPMN", *_write_hdbpmn(folder / "hdbpmn", options.diagrams, options.most), read_voc
    yield "gt_*.txt", "form of ICDAR 2015", *_write_icdar(folder / "icdar", options.scene, options.most), read_icdar


def _make_words() -> dict[str, Any]:
    lines = []
    for row, texts in enumerate(LINES):
        line, x, y = [], 60, 80 + 150 * row
        for text in texts:
            width = 30 * len(text)
            line.append([text, [[x, y], [x + width, y], [x + width, y + 50], [x, y + 50]]])
            x += width + 40
        lines.append(line)
    return {"image": "board.jpg", "size": SIZE, "lines": lines}


def _make_tasks(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Tasks of Label Studio as its project has them: percent of the photo, turned about the top left corner."""
    width, height = SIZE
    result: list[dict[str, Any]] = []
    for number, (text, quad) in enumerate(word for line in told["lines"] for word in line):
        (x, y), (right, _), (_, low), _ = quad
        value = {"x": 100 * x / width, "y": 100 * y / height, "width": 100 * (right - x) / width,
                 "height": 100 * (low - y) / height, "rotation": TURN}  # fmt: skip
        common = {"original_width": width, "original_height": height, "image_rotation": 0, "id": f"n8NSdVe{number}",
                  "to_name": "image", "origin": "manual"}  # fmt: skip
        result += [
            {**common, "from_name": "bbox", "type": "rectangle", "value": value},
            {**common, "from_name": "label", "type": "labels", "value": {**value, "labels": ["Text"]}},
            {**common, "from_name": "transcription", "type": "textarea", "value": {**value, "text": [text]}},
        ]
    annotation = {"id": 22, "completed_by": 1, "result": result, "was_cancelled": False, "ground_truth": False,
                  "created_at": "2026-01-20T02:00:08.156706Z", "lead_time": 10.8}  # fmt: skip
    data = {"ocr": "/data/upload/7/a79e939b-board.jpg"}
    return [{"id": 311, "annotations": [annotation], "file_upload": "a79e939b-board.jpg", "drafts": [],
             "predictions": [], "data": data, "meta": {}, "project": 7}]  # fmt: skip


def _make_transkribus(told: dict[str, Any]) -> str:
    """A page as Transkribus exports it: outlines reach beyond the photo, texts are those of lines, in a table, too."""
    lines = []
    for number, line in enumerate(told["lines"]):
        text = html.escape(" ".join(word for word, _ in line))
        corners = [corner for _, quad in line for corner in quad]
        left, low = min(x for x, _ in corners) - 100, max(y for _, y in corners)
        points = f"{left},{low - 60} {left + 700},{low - 70} {left + 700},{low} {left},{low}"
        lines.append(
            f'<TextLine id="r1l{number}" custom="readingOrder {{index:{number};}}"><Coords points="{points}"/>'
            f'<Baseline points="{left},{low - 8} {left + 700},{low - 12}"/>'
            f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>"
        )
    space = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"
    outline = '<Coords points="-40,10 900,10 900,780 -40,780"/>'
    cell = (
        f'<TableCell row="0" col="0" rowSpan="1" colSpan="1" id="c">{outline}{lines[2]}<CornerPts>0 1 2 3</CornerPts>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<PcGts xmlns="{space}"><Metadata>'
        "<Creator>prov=READ-COOP:name=PyLaia@TranskribusPlatform:version=2.51.0:model_id=1:lm=none</Creator>"
        "<Created>2025-09-29T22:45:02.867+02:00</Created><LastChange>2025-09-29T22:45:02.867+02:00</LastChange>"
        '<TranskribusMetadata docId="1" pageId="2" pageNr="1" tsid="3" status="IN_PROGRESS" userId="4"'
        ' imgUrl="https://files.transkribus.eu/Get?id=A&amp;fileType=view" imageId="5"/></Metadata>'
        f'<Page imageFilename="board.jpg" imageWidth="{SIZE[0]}" imageHeight="{SIZE[1]}"><ReadingOrder>'
        '<OrderedGroup id="ro_1" caption="Regions reading order"><RegionRefIndexed index="0" regionRef="r1"/>'
        '<RegionRefIndexed index="1" regionRef="t"/></OrderedGroup></ReadingOrder>'
        f'<TextRegion type="paragraph" id="r1" custom="readingOrder {{index:0;}}">{outline}{lines[1]}{lines[0]}'
        f'<TextEquiv><Unicode>all</Unicode></TextEquiv></TextRegion><TableRegion id="t">{outline}{cell}</TableCell>'
        "</TableRegion></Page></PcGts>\n"
    )


def _make_escriptorium(told: dict[str, Any]) -> str:
    """A page as eScriptorium exports it: one String as large as the line for each line, an empty one without text."""
    lines = []
    for number, texts in enumerate([*LINES, []]):
        y = 80 + 150 * number
        box = f'HPOS="60" VPOS="{y}" WIDTH="700" HEIGHT="50"'
        shape = f"60 {y + 40} 60 {y} 120 {y + 4} 400 {y} 400 {y} 760 {y} 760 {y + 50} 60 {y + 50}"
        lines.append(
            f'<TextLine ID="line_{number}" TAGREFS="LT1381" BASELINE="60 {y + 40} 760 {y + 38}" {box}><Shape><Polygon'
            f' POINTS="{shape}"/></Shape>\n\t    <String CONTENT="{html.escape(" ".join(texts))}" {box}></String>'
            "</TextLine>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<alto xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>pixel</MeasurementUnit>'
        f"<sourceImageInformation><fileName>{told['image']}</fileName></sourceImageInformation></Description><Tags>"
        '<OtherTag ID="BT4215" LABEL="MainZone" DESCRIPTION="block type MainZone"/>'
        '<OtherTag ID="LT1381" LABEL="DefaultLine" DESCRIPTION="line type DefaultLine"/></Tags><Layout>'
        f'<Page WIDTH="{SIZE[0]}" HEIGHT="{SIZE[1]}" PHYSICAL_IMG_NR="73" ID="eSc_dummypage_">'
        f'<PrintSpace HPOS="0" VPOS="0" WIDTH="{SIZE[0]}" HEIGHT="{SIZE[1]}">'
        f'<TextBlock HPOS="60" VPOS="80" WIDTH="700" HEIGHT="600" ID="block_1" TAGREFS="BT4215">{lines[0]}{lines[1]}'
        f'</TextBlock><TextBlock ID="eSc_dummyblock_">{lines[2]}{lines[3]}</TextBlock></PrintSpace></Page>'
        "</Layout></alto>"
    )


def _load(folder: Path, most: int, photos: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Copy labelled photos."""
    photos.mkdir(parents=True)
    known: set[bytes] = set()
    for entry in json.loads((folder / "annotations.json").read_text("utf-8"))[:most]:
        photo = photos / Path(entry["image"]).name
        data = (folder / entry["image"]).read_bytes()
        if data not in known:  # some are there twice
            known.add(data)
            photo.write_bytes(data)
            yield photo, entry["words"]


def _write_hdbpmn(folder: Path, diagrams: Path, most: int) -> tuple[Path, Path]:
    """Files as hdBPMN has them: texts as names, upright boxes around slanted words with the degrees, and shapes."""
    labels = folder / "labels"
    labels.mkdir(parents=True)
    for photo, words in _load(diagrams, most, folder / "photos"):
        objects = []
        for word in words:
            xs, ys = zip(*word["quad"], strict=True)
            (x, y), (u, v) = word["quad"][:2]
            degree = -math.degrees(math.atan2(v - y, u - x))
            sides = {"xmin": min(xs), "ymin": min(ys), "xmax": max(xs), "ymax": max(ys)}
            box = "".join(f"<{side}>{round(at)}</{side}>" for side, at in sides.items())
            objects.append(
                f"<object><name>{html.escape(word['text'] or '###')}</name><pose>Unspecified</pose>"
                f"<truncated>0</truncated><difficult>0</difficult><degree>{degree:.2f}</degree><bndbox>{box}</bndbox></object>"
            )
        with Image.open(photo) as opened:
            size = "".join(
                f"<{side}>{value}</{side}>" for side, value in zip(("width", "height"), opened.size, strict=True)
            )
        text = (
            f"<annotation><folder>images</folder><filename>{photo.name}</filename><path>C:\\bpmn\\{photo.name}</path>"
        )
        (labels / f"{photo.stem}.xml").write_text(
            f"{text}<size>{size}<depth>3</depth></size><segmented>0</segmented>{''.join(objects)}</annotation>", "utf-8"
        )
    return labels, folder / "photos"


def _write_icdar(folder: Path, scene: Path, most: int) -> tuple[Path, Path]:
    """Files as ICDAR 2015 has them; to each a text with commas is added."""
    labels = folder / "labels"
    labels.mkdir(parents=True)
    for photo, words in _load(scene, most, folder / "photos"):
        lines = [
            [
                *(str(round(value)) for corner in word["quad"] for value in corner),
                "###" if word["ignore"] else word["text"],
            ]
            for word in words
        ]
        lines.append(["5", "5", "105", "5", "105", "25", "5", "25", 'a,"b",,c'])
        text = "\ufeff" + "\r\n".join(map(",".join, lines)) + "\r\n"
        (labels / f"gt_{photo.stem}.txt").write_bytes(text.encode())
    return labels, folder / "photos"


# -------------------------------------------------------------------------------------------------------------- readers


def _walk(element: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in element.iter() if each.tag.rpartition("}")[2] == name]


def _parse(path: Path) -> ET.Element:
    [file] = sorted(path.glob("*.*")) if path.is_dir() else [path]
    return ET.parse(file).getroot()


def read_page(path: Path) -> Texts:
    """Words with a text each; lines without words are one."""
    texts = []
    for line in _walk(_parse(path), "TextLine"):
        words = [each for each in line if each.tag.endswith("}Word")] or [line]
        for word in words:
            equivalents = [each for each in word if each.tag.endswith("}TextEquiv")]
            first = min(equivalents, key=lambda each: int(each.get("index", 0)))
            texts.append(_walk(first, "Unicode")[0].text or "")
    return {"board.jpg": [text for text in texts if text.strip()]}


def read_alto(path: Path) -> Texts:
    """One word for each String that is no space."""
    strings = _walk(_parse(path), "String")
    contents = [each.get("CONTENT", "") for each in strings]
    is_lines = all(each.get("ID") is None for each in strings)  # those of eScriptorium stay, to be read
    return {"board.jpg": [text for text in contents if text.strip() or (is_lines and not text)]}


def read_hocr(path: Path) -> Texts:
    """The words, or the lines that have none."""
    lines = [each for each in _parse(path).iter() if each.get("class") == "ocr_line"]
    found = [[word for word in line.iter() if word.get("class") == "ocrx_word"] or [line] for line in lines]
    texts = [" ".join("".join(word.itertext()).split()) for words in found for word in words]
    return {"board.jpg": [text for text in texts if text]}


def read_paddle(path: Path) -> Texts:
    """Label.txt, and the photos of Cache.cach that it does not have."""
    found: Texts = {}
    for name in ("Cache.cach", "Label.txt"):
        for line in (path / name).read_text("utf-8").splitlines():
            photo, words = line.split("\t")
            found[Path(photo).name] = [word["transcription"] for word in json.loads(words)]
    return found


def read_tasks(path: Path) -> Texts:
    """The texts of the annotations."""
    [file] = path.glob("*.json") if path.is_dir() else [path]
    [task] = json.loads(file.read_text("utf-8"))
    results = task["annotations"][0]["result"]
    return {"board.jpg": [each["value"]["text"][0] for each in results if each["type"] == "textarea"]}


def read_short_tasks(path: Path) -> Texts:
    """The texts of JSON-MIN, which has them in a list beside the boxes."""
    [task] = json.loads(next(path.glob("*.json")).read_text("utf-8"))
    return {"board.jpg": task["transcription"]}


def read_coco(path: Path) -> Texts:
    """Boxes without texts."""
    found = json.loads(next(path.rglob("*.json")).read_text("utf-8"))
    return {"board.jpg": [""] * len(found["annotations"])}


def read_voc(path: Path) -> Texts:
    """The names of the objects; classes are no texts."""
    found: Texts = {}
    for file in sorted(path.rglob("*.xml")):
        root = ET.parse(file).getroot()
        names = [each.findtext("name") or "" for each in root.iter("object")]
        photo = re.sub(r"^[0-9a-f]{8}-", "", Path(root.findtext("filename") or "").name)
        found[photo] = ["" if name.lower() == "text" else " ".join(name.split()) for name in names]
    return found


def read_icdar(path: Path) -> Texts:
    """What stands after the eighth comma."""
    found: Texts = {}
    for file in sorted(path.glob("gt_*.txt")):
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
        found[f"{file.stem.removeprefix('gt_')}.jpg"] = [line.split(",", 8)[8] for line in lines if line]
    return found


if __name__ == "__main__":
    sys.exit(main())
