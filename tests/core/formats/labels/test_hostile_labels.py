"""Files of labels from a stranger: refused with one line, soon, and without reading anything else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ocr_studio.core.files import strict_json
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.import_format import BadLabels, LabelFile
from ocr_studio.core.formats.labels import label_words
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.readers import READERS
from tests.core.formats.labels.label_files import read_file, refuse

BOX = [[10, 20], [110, 20], [110, 60], [10, 60]]
SHAPE = {"label": "a", "points": BOX, "shape_type": "polygon"}
LINE = "10,20,110,20,110,60,10,60,a\n"
OBB = "0 0.1 0.2 0.5 0.2 0.5 0.3 0.1 0.3\n"
VIA = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
OWN = "page,number,text,confidence,state,line,x1,y1,x2,y2,x3,y3,x4,y4\n"


def make_labelme(shapes: object) -> str:
    return json.dumps({"version": "5", "shapes": shapes, "imagePath": "a.jpg"})


def make_coco(annotations: object) -> str:
    return json.dumps({"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": annotations, "categories": []})


def make_doctr(polygons: object) -> str:
    return json.dumps({"a.jpg": {"img_dimensions": [1, 1], "polygons": polygons}})


MANY_LABELS: dict[str, tuple[str, str, Callable[[int], str]]] = {
    "labelme": ("a.json", "labelme", lambda count: make_labelme([SHAPE] * count)),
    "coco": ("a.json", "coco", lambda count: make_coco([{"image_id": 1, "bbox": [1, 2, 3, 4]}] * count)),
    "paddleocr": ("Label.txt", "paddleocr", lambda count: f"a.jpg\t{json.dumps([{'points': BOX}] * count)}\n"),
    "icdar2015": ("gt_a.txt", "icdar2015", lambda count: LINE * count),
    "yolo-obb": ("a.txt", "yolo-obb", lambda count: OBB * count),
    "via": ("a.csv", "via", lambda count: VIA + 'a.jpg,1,"{}",9,0,"{""x"":1}","{}"\n' * count),
    "csv": ("a.csv", "csv", lambda count: OWN + "a.jpg,1,x,,read,1,,,,,,,,\n" * count),
    "json": (
        "a.json",
        "json",
        lambda count: json.dumps({"image": "a.jpg", "width": 1, "height": 1, "words": [{"quad": BOX}] * count}),
    ),
    "doctr": (
        "a.json",
        "doctr",
        lambda count: make_doctr([BOX] * count),
    ),
    "label-studio": (
        "a.json",
        "label-studio",
        lambda count: json.dumps([{"data": {"image": "a.jpg"}, "annotations": [{"result": [{"type": "x"}] * count}]}]),
    ),
}


@pytest.mark.parametrize("kind", MANY_LABELS)
def test_a_million_words_are_refused_soon(kind: str) -> None:
    name, kind, make = MANY_LABELS[kind]
    data = make(1_000_000 if kind in {"icdar2015", "yolo-obb", "csv"} else 100_000)
    began = time.process_time()
    assert "more than" in refuse(data, name, kind)
    assert time.process_time() - began < 20  # two seconds on an idle computer


@pytest.mark.parametrize("kind", MANY_LABELS)
def test_as_many_words_as_a_photo_can_have_are_read(kind: str) -> None:
    name, kind, make = MANY_LABELS[kind]
    read_file(make(300), name, kind)


RESULT = '[{"data": {"image": "a.jpg"}, "annotations": [{"result": [{"type": "rectangle", "value": BOX}]}]}]'
BAD_PLACES = {
    "labelme": ("a.json", '{"imagePath": "a.jpg", "shapes": [{"label": "a", "points": CORNERS}]}'),
    "coco": ("a.json", make_coco(["X"]).replace('"X"', '{"image_id": 1, "bbox": [NUMBER, 2, 3, 4]}')),
    "paddleocr": ("Label.txt", 'a.jpg\t[{"transcription": "a", "points": CORNERS}]'),
    "json": ("a.json", '{"image": "a.jpg", "width": 9, "height": 9, "words": [{"quad": CORNERS}]}'),
    "doctr": ("a.json", '{"a.jpg": {"img_dimensions": [9, 9], "polygons": [CORNERS]}}'),
    "label-studio": ("a.json", RESULT),
    "via": ("a.json", '{"a.jpg1": {"filename": "a.jpg", "regions": [{"shape_attributes": BOX}]}}'),
}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e7", '"1"', "null", "[1]"])
@pytest.mark.parametrize("kind", BAD_PLACES)
def test_places_that_are_none_are_left_out(kind: str, number: str) -> None:
    name, data = BAD_PLACES[kind]
    data = data.replace("CORNERS", "[[NUMBER, 20], [110, 20], [110, 60], [10, 60]]")
    data = data.replace("BOX", '{"x": NUMBER, "y": 1, "width": 5, "height": 5, "rotation": 0, "text": ["a"]}')
    [page] = read_file(data.replace("NUMBER", number), name, kind)
    assert page.words == ()
    assert page.notices == ("1 label left out: it has no valid box or text",)


@pytest.mark.parametrize(
    ("data", "name", "kind", "why"),
    [
        ('{"shapes": [}', "a.json", "labelme", "it is not valid JSON: see line 1, column 13"),
        ('{"shapes": {}}', "a.json", "labelme", "“shapes” must be a list"),
        (b'{"shapes": "\xff"}', "a.json", "labelme", "it is not valid JSON: it is not UTF-8"),
        ('{"shapes": ' + "[" * 100_000, "a.json", "labelme", "more than 64 deep"),
        ('{"images": 1, "annotations": 1}', "a.json", "coco", "it has no list of images"),
        ('[{"data": 1, "annotations": []}]', "a.json", "label-studio", "it has no tasks with photos"),
        ("a.jpg\t[{]\n", "Label.txt", "paddleocr", "line 1: see line 1, column 3"),
        ("a.jpg\t[]\nb.jpg\n", "Label.txt", "paddleocr", "line 2: "),
        (b"1,2,3,4,5,6,7,8,\xff\n", "gt_a.txt", "icdar2015", "it is not UTF-8"),
        ('[{"image": "a", "width": 1, "height": 1, "words": []}, 5]', "a.json", "json", "it must be an object"),
        (OWN + 'a.jpg,"' + "x" * 200_000 + '"\n', "a.csv", "csv", "it is not a valid table"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(data: str | bytes, name: str, kind: str, why: str) -> None:
    assert why in refuse(data, name, kind)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE annotation [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE annotation [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_voc_with_entities_is_refused(declared: str) -> None:
    data = f"{declared}<annotation><filename>&a;</filename><object><name>&a;</name></object></annotation>"
    assert refuse(data, "a.xml", "voc") == "it declares entities, which are not read for safety"


@pytest.mark.parametrize("number", ["1e308", "-1e308", "1e7"])
def test_voc_with_places_beyond_any_photo(number: str) -> None:
    sides = f"<xmin>0</xmin><ymin>0</ymin><xmax>{number}</xmax><ymax>1e308</ymax>"
    turned = f"<cx>{number}</cx><cy>1</cy><w>1e308</w><h>5</h><angle>{number}</angle>"
    boxes = f"<bndbox>{sides}</bndbox>", f"<robndbox>{turned}</robndbox>"
    objects = "".join(f"<object><name>a</name>{box}</object>" for box in boxes)
    [page] = read_file(f"<annotation><filename>a.jpg</filename>{objects}</annotation>", "a.xml", "voc")
    assert page.words == ()


def test_voc_with_too_many_or_wrong_boxes() -> None:
    found = "<object><name>a</name><bndbox><xmin>nan</xmin><ymin>0</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object>"
    data = "<annotation><filename>../../etc/passwd</filename>{}</annotation>"
    assert "more than" in refuse(data.format(found * 30_000), "a.xml", "voc")
    assert "more than" in refuse(data.format(found * 200_000), "a.xml", "voc")
    [page] = read_file(data.format(found * 2), "a.xml", "voc")
    assert (page.image, page.words) == ("etc/passwd", ())
    assert page.notices == ("2 labels left out: they have no valid box or text",)
    assert "it is not valid XML" in refuse("<annotation><object></annotation>", "a.xml", "voc")


def test_lines_and_texts_that_are_wrong_are_left_out() -> None:
    [page] = read_file(f"{LINE}no numbers,a\n1,2,3\n{LINE[:-2]}{'x' * 5000}\n", "gt_a.txt", "icdar2015")
    assert [word.text for word in page.words] == ["a"]
    assert page.notices == ("3 labels left out: they have no valid box or text",)


def test_keys_of_json_are_found_whatever_stands_before() -> None:
    outer, inner = find_keys(b'\xef\xbb\xbf [{"a": {"b": "{\\"c\\": 1"}, "d": [{"e": {"f": 1}}]')
    assert outer == {"a", "d"}
    assert inner == {"b", "e"}
    for beginning in (b"[" * 16_000 + b'{"a": 1', b'a: {"b": 1}', b""):
        assert not any(find_keys(beginning))


JUNK = ("", "a", "page", 'page"number', "1", "[]", "{}", "[null]", '"a"', "<a/>", "a\tb\n", "%PDF-1.4", "\0" * 99)


@pytest.mark.parametrize("kind", READERS)
def test_a_file_of_another_format_is_refused_or_has_no_words(kind: str, tmp_path: Path) -> None:
    for data in JUNK:
        (tmp_path / "a.txt").write_text(data)
        file = LabelFile.open(SafeFolder(tmp_path, follow=True), "a.txt")
        with suppress(BadLabels):
            assert all(not page.words for page in READERS[kind].read(file))


def test_quotes_that_do_not_end_are_looked_through_once() -> None:
    began = time.process_time()
    assert find_keys(b'{"a": 1, "b": "' + b'\\"' * 1_000_000)[0] == {"a", "b"}
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("a.json", "coco", make_coco([{"image_id": 1, "text": "LONG"}])),
        ("a.json", "json", '{"image": "a.jpg", "width": 1, "height": 1, "words": [{"text": "LONG"}]}'),
        ("metadata.jsonl", "imagefolder", '{"file_name": "a.jpg", "objects": {"bbox": []}, "text": "LONG"}'),
    ],
)
def test_an_endless_text_is_refused_before_it_is_decoded(
    name: str, kind: str, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_words, "_MOST_BETWEEN_QUOTES", 1000)
    for length, before in ((900, 0), (900, 499), (900, 501)):
        assert read_file(" " * before + data.replace("LONG", "x" * length), name, kind)
    decoded: list[object] = []
    monkeypatch.setattr(strict_json, "load", lambda data, **_: decoded.append(data))
    for length in (1001, 1499, 5000):
        for before in (0, 1, 499, 500, 501):
            said = refuse(" " * before + data.replace("LONG", "x" * length), name, kind)
            assert "one of its values is larger than" in said
    assert "larger than" in refuse(data.partition("LONG")[0] + "x" * 5000, name, kind)  # without an end
    assert decoded == []
