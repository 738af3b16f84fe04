"""Files as other programs write them."""

from __future__ import annotations

import ast
import json
import math
from dataclasses import replace

import pytest

from ocr_studio.core.editing.imported_words import Conflict, ImportCounts, ImportedWords
from ocr_studio.core.formats import FORMATS, labels
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.export_format import FileScope
from ocr_studio.core.formats.names import resolve_photo_name
from ocr_studio.core.page import Mark, Page, Word, apply
from tests.core.formats.labels.label_files import list_texts, read_file, read_files, write_and_read
from tests.core.made_pages import page_of, read_word

KINDS = [each.name for each in labels.FORMATS]
# How many photos a file holds.
WHOLE = {each.name: 2 if each.scope is FileScope.ALL else 1 for each in labels.FORMATS}
BOX = [[10, 20], [110, 20], [110, 60], [10, 60]]


def read_one(value: object, name: str, kind: str) -> ExchangePage:
    data = value if isinstance(value, str | bytes) else json.dumps(value)
    [page] = read_file(data, name, kind)
    return page


def corners(word: ExchangeWord) -> list[list[float]]:
    assert word.quad is not None
    return [list(corner) for corner in word.quad.corners]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.jpg", "a.jpg"),
        ("./sub//a.jpg", "sub/a.jpg"),
        ("/home/me/photos/a.jpg", "a.jpg"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("..\\images\\a.jpg", "images/a.jpg"),
        ("../../etc/passwd", "etc/passwd"),
        ("sub/../photos/a.png", "photos/a.png"),
        ("https://example.org/sub/a%20b.jpg?x=1", "a b.jpg"),
        ("https://example.org/a%00%0A.jpg", "a.jpg"),
        ("sub\\a.jpg", "sub/a.jpg"),
        ("C:a.jpg", "a.jpg"),
        ("..", ""),
        ("/", ""),
        ("", ""),
        ("a\0.jpg", "a.jpg"),
        ("x" * 2000, ""),
    ],
)
def test_paths_of_photos_stay_names(path: str, name: str) -> None:
    assert resolve_photo_name(path) == name


def shape(label: str, points: object = BOX, **more: object) -> dict[str, object]:
    return {"label": label, "points": points, "group_id": None, "shape_type": "polygon", "flags": {}, **more}


def test_labelme_with_texts_as_labels() -> None:
    shapes = [shape("Hello"), shape("world", [[10, 20], [110, 60]], shape_type="rectangle")]
    page = read_one(
        {"version": "5.0.1", "flags": {}, "shapes": shapes, "imagePath": "..\\images\\a.jpg", "imageData": None}
        | {"imageHeight": 800, "imageWidth": 1000},
        "a.json",
        "labelme",
    )
    assert (page.image, page.width, page.height) == ("images/a.jpg", 1000, 800)
    assert list_texts(page) == ["Hello", "world"]
    assert all(word.checked and corners(word) == BOX for word in page.words)


@pytest.mark.parametrize("order", [(3, 2, 1, 0), (0, 2, 1, 3), (0, 3, 2, 1)])
def test_corners_that_are_not_clockwise_do_not_mirror_the_writing(order: tuple[int, ...]) -> None:
    outline = [BOX[place] for place in order]
    page = read_one({"shapes": [shape("Hello", outline)], "imagePath": "a.jpg"}, "a.json", "labelme")
    assert corners(page.words[0]) == BOX


def test_x_anylabeling_keeps_texts_in_descriptions() -> None:
    shapes = [
        shape("text", description="Hello", difficult=False, score=0.9, shape_type="rotation", direction=0.1),
        shape("text", description="", difficult=True, score=None),
        shape("text", description="", difficult=False),
        shape("text", [[1, 1]], shape_type="point"),
    ]
    data = {"version": "2.4.4", "flags": {}, "shapes": shapes, "imagePath": "a.jpg", "imageData": "A" * 20_000}
    page = read_one(data, "a.json", "labelme")
    assert [(word.text, word.mark, word.confidence) for word in page.words] == [
        ("Hello", None, 0.9),
        ("", Mark.UNREADABLE, None),
        ("", None, None),
    ]
    assert [word.checked for word in page.words] == [True, True, False]
    assert page.notices == ("1 label left out: it has no valid box or text",)
    assert (page.width, page.height) == (0, 0)


def test_coco_text_with_its_own_keys() -> None:
    page = read_one(
        {
            "imgs": {"7": {"id": 7, "set": "train", "width": 640, "height": 480, "file_name": "COCO_7.jpg"}},
            "anns": {
                "1": {"id": 1, "image_id": 7, "bbox": [10, 20, 100, 40], "utf8_string": "Hi", "legibility": "legible"},
                "2": {"id": 2, "image_id": 7, "bbox": [10, 20, 100, 40], "legibility": "illegible"},
                "3": {"id": 3, "image_id": 8, "bbox": [10, 20, 100, 40]},
            },
            "imgToAnns": {"7": [1, 2]},
        },
        "cocotext.v2.json",
        "coco",
    )
    assert (page.image, page.width, page.height) == ("COCO_7.jpg", 640, 480)
    assert [(word.text, word.mark) for word in page.words] == [("Hi", None), ("", Mark.UNREADABLE)]
    assert corners(page.words[0]) == BOX


def test_coco_of_cvat_with_a_turned_box_and_ids_from_0() -> None:
    annotation = {"id": 0, "image_id": 0, "category_id": 1, "segmentation": [], "bbox": [10, 20, 100, 40]}
    attributes = {"text": "Hi", "occluded": False, "rotation": 90.0}
    crowd = {**annotation, "id": 1, "iscrowd": 1, "segmentation": {"counts": [1, 2], "size": [3, 4]}}
    page = read_one(
        {
            "licenses": [{"name": "", "id": 0, "url": ""}],
            "info": {"contributor": ""},
            "categories": [{"id": 1, "name": "text", "supercategory": ""}],
            "images": [{"id": 0, "width": 640, "height": 480, "file_name": "sub/a.jpg", "license": 0}],
            "annotations": [{**annotation, "attributes": attributes}, crowd, {"id": 2, "image_id": 0, "bbox": None}],
        },
        "instances_default.json",
        "coco",
    )
    assert page.image == "sub/a.jpg"
    assert [(word.text, word.mark) for word in page.words] == [("Hi", None), ("", Mark.IGNORED)]
    assert corners(page.words[0]) == [[80, -10], [80, 90], [40, 90], [40, -10]]
    assert page.notices == ("1 label left out: it has no valid box or text",)


def test_ppocrlabel() -> None:
    words = [
        {"transcription": "Milch, 1\u00a0L", "points": BOX, "difficult": False, "key_cls": "None"},
        {"transcription": "待识别", "points": BOX, "difficult": False},
        {"transcription": "###", "points": BOX, "difficult": False},
        {"transcription": "hard", "points": BOX, "difficult": True},
        {"transcription": "long", "points": [[10, 20], [60, 20], [110, 20], [110, 60], [60, 60], [10, 60]]},
    ]
    line = f"photos/a.jpg\t{json.dumps(words, ensure_ascii=False)}\r\n"
    pages = read_file(f"{line}photos/b.jpg\t[]\n\n", "Label.txt", "paddleocr")
    assert [page.image for page in pages] == ["photos/a.jpg", "photos/b.jpg"]
    assert list_texts(pages[0]) == ["Milch, 1 L", "", "", "", "long"]
    assert [word.mark for word in pages[0].words] == [None, None, Mark.UNREADABLE, Mark.IGNORED, None]
    assert [word.checked for word in pages[0].words] == [True, False, True, True, True]
    assert corners(pages[0].words[4]) == BOX


def test_ppocrlabel_reads_texts_that_are_literals_elsewhere() -> None:
    page = page_of(read_word("null, true!", 100), Word("w", read_word("x", 500).quad, mark=Mark.IGNORED))
    [line] = str(FORMATS["paddleocr"].render([page])).splitlines()
    words = line.split("\t")[1]
    replaced = words.replace("false", "False").replace("true", "True").replace("null", "None")  # as PPOCRLabel does
    assert [word["transcription"] for word in ast.literal_eval(replaced)] == ["null, true!", "*"]
    assert [word["transcription"] for word in json.loads(words)] == ["null, true!", "*"]


def test_ppocrlabel_of_windows() -> None:
    line = f"C:\\me\\photos\\a.jpg\t{json.dumps([{'transcription': 'a', 'points': BOX}])}\n"
    assert read_one(line, "Label.txt", "paddleocr").image == "a.jpg"


def test_icdar_with_commas_and_a_byte_order_mark() -> None:
    lines = ["10,20,110,20,110,60,10,60,one, two, 3", "10,20,110,20,110,60,10,60,###", "10,20,110,20,110,60,10,60,"]
    page = read_one("\ufeff" + "\r\n".join(lines) + "\r\n", "gt_img_1.txt", "icdar2015")
    assert (page.image, page.width) == ("img_1", 0)
    assert [(word.text, word.mark) for word in page.words] == [
        ("one, two, 3", None),
        ("", Mark.UNREADABLE),
        ("", None),
    ]
    assert corners(page.words[0]) == BOX


def test_icdar_2013_and_mlt() -> None:
    page = read_one('10, 20, 110, 60, "Tiredness, kills"\n', "gt_img_2.txt", "icdar2015")
    assert (list_texts(page), corners(page.words[0])) == (["Tiredness, kills"], BOX)
    lines = "10,20,110,20,110,60,10,60,Latin,a, b\ndamaged\n10,20,110,20,110,60,10,60,Korean,###\n"
    page = read_one(lines, "gt_img_3.txt", "icdar2015")
    assert [(word.text, word.mark) for word in page.words] == [("a, b", None), ("", Mark.UNREADABLE)]


def region(key: str, text: str | None = None, **value: object) -> list[dict[str, object]]:
    common = {"id": key, "original_width": 1000, "original_height": 500, "image_rotation": 0, "to_name": "image"}
    found: list[dict[str, object]] = [
        {**common, "type": "rectangle", "from_name": "bbox", "value": value},
        {**common, "type": "labels", "from_name": "label", "value": {**value, "labels": ["Text"]}},
    ]
    if text is not None:
        textarea = {**common, "type": "textarea", "from_name": "transcription", "value": {**value, "text": [text]}}
        found.append(textarea)
    return found


def test_label_studio_turns_about_the_top_left_corner() -> None:
    result = region("a", "Hi", x=50, y=40, width=10, height=8, rotation=90)
    page = read_one(
        [{"id": 3, "data": {"ocr": "/data/upload/2/0a1b2c3d-a%20b.jpg"}, "annotations": [{"result": result}]}],
        "project-1.json",
        "label-studio",
    )
    assert (page.image, page.width, page.height) == ("a b.jpg", 1000, 500)
    # 100 × 40 pixels from (500, 200), a quarter clockwise: the text runs down, its lower side is on the left.
    assert corners(page.words[0]) == [[500, 200], [500, 300], [460, 300], [460, 200]]
    assert (page.words[0].text, page.words[0].checked) == ("Hi", True)


def test_label_studio_predictions_are_not_checked_and_give_way_to_annotations() -> None:
    place = {"x": 10, "y": 10, "width": 10, "height": 8, "rotation": 0}
    other = {**place, "x": 60}
    prediction = [*region("p", "Ho", **place), *region("q", "you", **other)]
    for result in prediction:
        result["score"] = 0.7
    task = {
        "data": {"image": "/data/local-files/?d=photos%2Fa.jpg"},
        "annotations": [
            {"result": region("c", "no", **other), "was_cancelled": True},
            {"result": region("a", "Hi", **place)},
        ],
        "predictions": [{"result": prediction, "model_version": "x"}],
    }
    cancelled = task["annotations"].pop(0)  # type: ignore[attr-defined]
    task["annotations"].append(cancelled)  # type: ignore[attr-defined]
    page = read_one([task], "tasks.json", "label-studio")
    assert page.image == "photos/a.jpg"
    assert [(word.text, word.checked, word.confidence) for word in page.words] == [
        ("Hi", True, None),
        ("you", False, 0.7),
    ]


def test_label_studio_polygons_and_other_shapes() -> None:
    common = {"original_width": 1000, "original_height": 500}
    points = [[x / 10, y / 5] for x, y in BOX]
    result = [
        {**common, "id": "a", "type": "polygonlabels", "value": {"points": points, "polygonlabels": ["Text"]}},
        {**common, "id": "a", "type": "textarea", "value": {"points": points, "text": "Hi"}},
        {**common, "id": "b", "type": "ellipse", "value": {"x": 1, "y": 1, "radiusX": 5, "radiusY": 5}},
        {"id": "c", "type": "choices", "value": {"choices": ["x"]}},
    ]
    task = {"data": {"img": "https://example.org/x/a.jpg?size=2"}, "completions": [{"result": result}]}
    page = read_one(task, "3.json", "label-studio")
    assert (page.image, list_texts(page), corners(page.words[0])) == ("a.jpg", ["Hi"], BOX)
    assert len(page.notices) == 1


def test_label_studio_short() -> None:
    place = {"x": 1, "y": 4, "width": 10, "height": 8, "rotation": 0, "original_width": 1000, "original_height": 500}
    boxes = {"bbox": [place, place], "label": [{**place, "labels": ["Text"]}, {**place, "labels": ["Text"]}]}
    task = {"ocr": "/data/upload/1/0a1b2c3d-a.jpg", "id": 1, "annotator": 1, "annotation_id": 1, **boxes}
    page = read_one([{**task, "transcription": ["Hi", "you"]}], "min.json", "label-studio")
    assert (page.image, list_texts(page), corners(page.words[0])) == ("a.jpg", ["Hi", "you"], BOX)
    page = read_one([{**task, "transcription": "Hi"}], "min.json", "label-studio")  # of one of them
    assert (list_texts(page), page.words[0].checked) == (["", ""], False)
    assert page.notices[0].startswith("texts left out: a JSON-MIN file doesn’t tell")


def test_yolo_without_texts() -> None:
    page = read_one("0 0.1 0.2 0.5 0.2 0.5 0.3 0.1 0.3\n3 .1 .2 .5 .2 .5 .3 .1 .3\n", "a.txt", "yolo-obb")
    assert (page.image, page.width, page.height) == ("a", 1, 1)
    assert corners(page.words[0]) == corners(page.words[1]) == [[0.1, 0.2], [0.5, 0.2], [0.5, 0.3], [0.1, 0.3]]
    assert not any(word.checked or word.text for word in page.words)
    page = read_one("0 0.3 0.25 0.4 0.1\n0 nan 0.2 0.3 0.4\n0 7 0.2 0.3 0.4\n", "a.txt", "yolo-obb")
    assert [round(value, 5) for corner in corners(page.words[0]) for value in corner] == [
        *(0.1, 0.2, 0.5, 0.2),
        *(0.5, 0.3, 0.1, 0.3),
    ]
    assert len(page.words) == 1
    assert page.notices == ("2 labels left out: they have no valid box or text",)


def test_yolo_with_texts_of_other_lines() -> None:
    files = {"a.txt": "0 0.1 0.2 0.5 0.2 0.5 0.3 0.1 0.3\n", "a.texts.json": '[{"text": "a"}, {"text": "b"}]'}
    [page] = read_files(files, "a.txt", "yolo-obb")
    assert list_texts(page) == [""]


VIA = (
    "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\r\n"
    'a.jpg,123,"{}",2,0,"{""name"":""rect"",""x"":10,""y"":20,""width"":100,""height"":40}",'
    '"{""text"":""a \\""b\\""""}"\r\n'
    'a.jpg,123,"{}",2,1,"{""name"":""circle"",""cx"":1,""cy"":2,""r"":3}","{""text"":""x""}"\r\n'
    'b.jpg,7,"{}",0,0,"{}","{}"\r\n'
)


def test_via() -> None:
    pages = read_file(VIA, "via_region_data.csv", "via")
    assert [(page.image, list_texts(page)) for page in pages] == [("a.jpg", ['a "b"']), ("b.jpg", [])]
    assert corners(pages[0].words[0]) == BOX
    assert pages[0].notices == ("1 label left out: it has no valid box or text",)


def test_via_json_of_version_1() -> None:
    shape = {"name": "polygon", "all_points_x": [10, 110, 110, 10, 10], "all_points_y": [20, 20, 60, 60, 20]}
    regions = {"0": {"shape_attributes": shape, "region_attributes": {"transcription": "Hi"}}}
    page = read_one({"a.jpg123": {"filename": "a.jpg", "size": 123, "regions": regions}}, "via.json", "via")
    assert (page.image, list_texts(page), corners(page.words[0])) == ("a.jpg", ["Hi"], BOX)


def test_doctr_with_classes() -> None:
    page = read_one(
        {"a.jpg": {"img_dimensions": [900, 600], "img_hash": "x", "polygons": {"a": [BOX], "b": [BOX, [[1, 2]]]}}},
        "labels.json",
        "doctr",
    )
    assert (page.image, page.width, page.height) == ("a.jpg", 600, 900)
    assert [corners(word) for word in page.words] == [BOX, BOX]
    assert len(page.notices) == 1


def test_doctr_of_an_ocr_dataset() -> None:
    words = [{"value": "Hi", "geometry": [10, 20, 110, 60]}]
    page = read_one({"a.jpg": {"typed_words": words}}, "labels.json", "doctr")
    assert (list_texts(page), corners(page.words[0])) == (["Hi"], BOX)
    assert not math.isnan(page.width)


def voc(*objects: str) -> str:
    size = "<size><width>1000</width><height>800</height></size>"
    return f"<annotation><folder>x</folder><filename>a.jpg</filename>{size}{''.join(objects)}</annotation>"


def voc_object(name: str, more: str = "", box: tuple[int, ...] = (10, 20, 110, 60)) -> str:
    sides = "".join(f"<{tag}>{side}</{tag}>" for tag, side in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
    return f"<object><name>{name}</name><difficult>0</difficult>{more}<bndbox>{sides}</bndbox></object>"


def test_voc_with_classes_or_texts_as_names() -> None:
    page = read_one(voc(voc_object("text"), voc_object("ca\u00b4fe &amp; more")), "a.xml", "voc")
    assert (page.image, page.width, page.height) == ("a.jpg", 1000, 800)
    assert list_texts(page) == ["", "ca\u00b4fe & more"]
    assert [word.checked for word in page.words] == [False, True]
    assert all(corners(word) == BOX for word in page.words)


def test_voc_of_hdbpmn_is_drawn_around_slanted_words() -> None:
    slanted = voc_object("approved", "<degree>5.74</degree><direction>lr</direction>", (1388, 1336, 1580, 1414))
    rising = voc_object("claim", "<degree>90</degree><direction>bt</direction>", (401, 942, 468, 1132))
    page = read_one(voc(slanted, rising), "a.xml", "voc")
    # As the authors of the dataset have cut the words out.
    expected: list[list[float]] = [[1388, 1354.7], [1574, 1336], [1580, 1395.3], [1394, 1414]]
    assert all(math.dist(one, other) < 1.5 for one, other in zip(corners(page.words[0]), expected, strict=True)), (
        corners(page.words[0])
    )
    assert corners(page.words[1]) == [[401, 1132], [401, 942], [468, 942], [468, 1132]]


def test_voc_of_rolabelimg_and_roboflow() -> None:
    turned = "<robndbox><cx>60</cx><cy>40</cy><w>100</w><h>40</h><angle>1.5707963</angle></robndbox>"
    polygon = "".join(f"<x{number}>{x}</x{number}><y{number}>{y}</y{number}>" for number, (x, y) in enumerate(BOX, 1))
    page = read_one(
        voc(
            f"<object><type>robndbox</type><name>Hi</name>{turned}</object>",
            voc_object("Ho", f"<polygon>{polygon}</polygon>", (0, 0, 500, 500)),
            "<object><name>no box</name></object>",
        ),
        "a.xml",
        "voc",
    )
    assert list_texts(page) == ["Hi", "Ho"]
    assert corners(page.words[0]) == [[80, -10], [80, 90], [40, 90], [40, -10]]
    assert corners(page.words[1]) == BOX
    assert page.notices == ("1 label left out: it has no valid box or text",)


LONG = "x" * 50
MANY = 400


@pytest.mark.parametrize("kind", KINDS)
def test_long_files_are_recognized_by_how_they_begin(kind: str) -> None:
    words = [Word(f"{number:012x}", read_word("x", number).quad) for number in range(MANY)]
    found = write_and_read(kind, *(replace(page_of(*words), image=f"{LONG}-{name}.jpg") for name in range(WHOLE[kind])))
    assert sum(len(page.words) for page in found) == MANY * WHOLE[kind]


@pytest.mark.parametrize("first", ["images", "annotations", "categories"])
def test_coco_in_any_order(first: str) -> None:
    parts = {
        "images": [{"id": number, "file_name": f"{LONG}-{number}.jpg"} for number in range(MANY)],
        "annotations": [{"image_id": number, "bbox": [10, 20, 100, 40], "note": LONG} for number in range(MANY)],
        "categories": [{"id": 1, "name": "text"}],
    }
    ordered = {first: parts[first], **parts}
    assert len(read_file(json.dumps(ordered), "a.json", "coco")) == MANY


def test_label_studio_exports_annotations_before_data() -> None:
    place = {"x": 1, "y": 4, "width": 10, "height": 8, "rotation": 0}
    result = [each for number in range(MANY) for each in region(f"r{number}", "Hi", **place)]
    task = {"id": 1, "annotations": [{"id": 1, "completed_by": 1, "result": result}], "data": {"ocr": "a.jpg"}}
    assert len(read_one([task], "project.json", "label-studio").words) == MANY


PADDLE = [{"transcription": "Hi", "points": BOX, "difficult": False}]


def test_paddleocr_keeps_the_text_of_difficult_words() -> None:
    words = [{"transcription": text, "points": BOX, "difficult": True} for text in ("blurred", "*", "###")]
    page = read_one(f"photos/a.jpg\t{json.dumps(words)}\n", "Label.txt", "paddleocr")
    assert [(word.text, word.mark, word.ignored_text) for word in page.words] == [
        ("", Mark.IGNORED, "blurred"),
        ("", Mark.IGNORED, ""),
        ("", Mark.UNREADABLE, ""),
    ]
    ours = apply(Page("0123", "a.jpg", 1000, 800), ImportedWords.compare(
        Page("0123", "a.jpg", 1000, 800), page).make_edit(Conflict.KEEP, "Import"))  # fmt: skip
    assert not any(word.text for word in ours.words.values())
    [again] = write_and_read("paddleocr", ours)
    assert sorted(word.ignored_text for word in again.words) == ["", "", "blurred"]
    assert ImportedWords.compare(ours, page).counts == ImportCounts(equal=3)


def test_what_a_model_has_read_of_an_ignored_word_stays_here() -> None:
    ours = page_of(replace(read_word("junk", 100), mark=Mark.IGNORED))
    [found] = write_and_read("paddleocr", ours)
    assert [(word.mark, word.ignored_text) for word in found.words] == [(Mark.IGNORED, "")]


def test_the_cache_of_ppocrlabel_is_not_checked_and_gives_way_to_confirmed_labels() -> None:
    lines = [f"photos/{name}.jpg\t{json.dumps(PADDLE)}\n" for name in "ab"]
    files = {"Label.txt": lines[0], "Cache.cach": "".join(lines)}
    [page] = read_files(files, "Cache.cach", "paddleocr")
    assert (page.image, [word.checked for word in page.words]) == ("photos/b.jpg", [False])
    assert len(read_files({"Cache.cach": files["Cache.cach"]}, "Cache.cach", "paddleocr")) == 2


def test_label_studio_drafts_are_read_where_nothing_was_submitted() -> None:
    result = region("a", "Hi", x=50, y=40, width=10, height=8, rotation=0)
    task = {"data": {"ocr": "a.jpg"}, "annotations": [], "drafts": [{"id": 22, "result": result}]}
    assert list_texts(read_one([task], "project.json", "label-studio")) == ["Hi"]
