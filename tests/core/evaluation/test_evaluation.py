"""Mistakes are told by their kind, and figures are shown as they are."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from ocr_studio.core.evaluation import error_images, html_report, metrics
from ocr_studio.core.evaluation import table as evaluation_table
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.evaluation.results import Evaluation, Mistake, MistakeKind, PhotoResult, mistakes
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import PhotoFrame, Quad
from tests.core.evaluation.test_metrics import boards

NASTY = "<script>alert('&')</script>\u202e"


def word(text: str, left: float, width: float = 40, top: float = 0, *, ignore: bool = False) -> Labelled:
    return Labelled(Quad.from_box(left, top, left + width, top + 20), text, ignore)


def told(truth: list[Labelled], found: list[Labelled], *, whole: bool = True) -> list[tuple[str, str, str]]:
    compared = metrics.compare(truth, found, whole=whole)
    return [(each.kind.value, each.wanted_text, each.read_text) for each in mistakes(compared)]


def test_each_kind_of_mistake() -> None:
    assert told([word("right", 0)], [word("right", 1)]) == []
    assert told([word("here", 0)], []) == [("missed", "here", "")]
    assert told([], [word("ghost", 0)]) == [("false", "", "ghost")]
    assert told([word("map", 0)], [word("Map", 2)]) == [("misread", "map", "Map")]
    halves = [word("data", 41, 39), word("big", 0, 39)]
    assert told([word("bigdata", 0, 80)], halves) == [("split", "bigdata", "big data")]
    assert told([word("data", 41, 39), word("big", 0, 39)], [word("bigdata", 0, 80)]) == [
        ("merged", "big data", "bigdata")
    ]
    assert told([word("long", 0, 100)], [word("lo", 0, 40)]) == [("misplaced", "long", "lo")]


def test_a_word_found_with_its_neighbour_is_merged_even_where_most_of_it_is_one_word() -> None:
    truth = [word("troubleshooting", 0, 150), word("&", 155, 20)]
    assert told(truth, [word("troubleshooting&", 0, 176)]) == [("merged", "troubleshooting &", "troubleshooting&")]


def test_upright_writing_is_put_together_as_it_is_read() -> None:
    def turned(text: str, top: float) -> Labelled:
        return Labelled(Quad.from_array([(20, top), (20, top + 40), (0, top + 40), (0, top)]), text)

    whole = Labelled(Quad.from_array([(20, 0), (20, 90), (0, 90), (0, 0)]), "up down")
    assert told([turned("down", 50), turned("up", 0)], [whole]) == [("merged", "up down", "up down")]


def test_what_counts_neither_way_is_no_mistake() -> None:
    assert told([word("", 0, ignore=True)], [word("guess", 2)]) == []
    assert told([word("one", 0)], [word("one", 0), word("unknown", 300)], whole=False) == []
    assert told([word("", 0)], [word("smudge", 0)], whole=False) == [("false", "", "smudge")]


@given(boards(), boards())
def test_no_mistake_without_an_error_and_no_error_without_a_mistake(
    truth: list[Labelled], found: list[Labelled]
) -> None:
    compared = metrics.compare(truth, found)
    wrong = mistakes(compared)
    assert bool(wrong) == bool(metrics.score(compared).text.wrong)
    for side in ("wanted", "read"):
        places = [each.quad for mistake in wrong for each in getattr(mistake, side)]
        assert len(places) == len(set(places))


@given(boards())
def test_whoever_reads_all_as_it_is_makes_no_mistake(truth: list[Labelled]) -> None:
    assert mistakes(metrics.compare(truth, [Labelled(each.quad, each.text) for each in truth])) == ()


def result(name: str = "board.png", *, whole: bool = True) -> PhotoResult:
    truth, found = [word("wanted", 5), word(NASTY, 100)], [word("wonted", 5), word("ghost", 200)]
    compared = metrics.compare(truth, found, whole=whole)
    wrong = mistakes(compared)
    image = np.full((60, 300, 3), 200, np.uint8)
    pictures = tuple(error_images.draw_mistake(image, each) for each in wrong)
    return PhotoResult(name, Path(name), 300, 60, whole, metrics.score(compared), 0.5, wrong, pictures)


def test_values_have_places_on_the_photo_as_its_file_has_it() -> None:
    straight, frame = result(), PhotoFrame(60, 300, 3)
    moved = tuple(
        replace(
            each,
            wanted=tuple(replace(word, quad=photo_frame.move_quad(word.quad, frame, None)) for word in each.wanted),
            read=tuple(replace(word, quad=photo_frame.move_quad(word.quad, frame, None)) for word in each.read),
        )
        for each in straight.mistakes
    )
    wanted, told = (
        evaluation_table.to_values(Evaluation("data", "tiny", (photo,)))["photos"]
        for photo in (replace(straight, mistakes=moved), replace(straight, frame=frame))
    )
    assert told == wanted
    assert told != evaluation_table.to_values(Evaluation("data", "tiny", (straight,)))["photos"]


def test_the_table_says_what_was_counted() -> None:
    lines = evaluation_table.render(Evaluation("data", "tiny", (result(), result("b.png", whole=False)))).splitlines()
    assert lines[0] == "data, read by tiny"
    row = next(line for line in lines if line.startswith("board.png"))
    assert row.split()[1:3] == ["2", "2"]
    assert any(line.startswith("b.png *") for line in lines)
    assert any(line.startswith(f"* {evaluation_table.PARTLY}") for line in lines)
    # On b.png the ghost counts neither way.
    assert "mistakes: 2 missed, 1 false, 2 misread" in lines
    assert max(map(len, lines)) <= 100


def test_nothing_evaluated_is_a_table_all_the_same() -> None:
    empty = Evaluation("data", "", (), ("gone.jpg: there is no such file.",))
    table = evaluation_table.render(empty)
    assert "not evaluated: 1" in table
    values = json.loads(json.dumps(evaluation_table.to_values(empty)))
    assert values["failed"] == ["gone.jpg: there is no such file."]
    page = html_report.render_index(empty)
    assert "gone.jpg" in page
    # Nothing is neither perfect nor bad.
    total = values["total"]
    shares = ("precision", "recall", "f")
    assert {total[task][share] for task, *_ in evaluation_table.TASKS for share in shares} == {None}
    assert {value for part in ("text", "text_found") for key, value in total[part].items() if key != "pairs"} == {None}
    assert total["seconds"]["median"] is None
    for told in (table, page):
        assert "1.000" not in told
        assert "0.0%" not in told
        assert evaluation_table.NOTHING in told


def test_the_values_for_machines_are_those_that_are_documented() -> None:
    values = json.loads(
        json.dumps(evaluation_table.to_values(Evaluation("data", "tiny", (result(),))), allow_nan=False)
    )
    scores = {"detection", "end_to_end", "strict", "keras_ocr", "bag_of_words", "text", "text_found"}
    assert values.keys() == {"data", "model", "unit", "photos", "total", "writers", "failed", "left_out"}
    photo = values["photos"][0]
    assert photo.keys() == scores | {"image", "truth", "words", "found", "seconds", "mistakes"}
    assert values["total"].keys() == scores | {"photos", "words", "found", "seconds", "mistakes"}
    assert photo["detection"] == {"precision": 0.5, "recall": 0.5, "f": 0.5, "right": 1, "found": 2, "wanted": 2}
    assert photo["text"].keys() == {"cer", "wer", "mean_edit_distance", "normalised_edit_distance", "pairs"}
    assert photo["mistakes"][0] == {
        "kind": "misread",
        "wanted": [{"text": "wanted", "quad": [[5, 0], [45, 0], [45, 20], [5, 20]]}],
        "read": [{"text": "wonted", "quad": [[5, 0], [45, 0], [45, 20], [5, 20]]}],
        "box": [5, 0, 45, 20],
    }
    assert values["total"]["mistakes"] == dict.fromkeys(MistakeKind, 0) | {"misread": 1, "missed": 1, "false": 1}


def test_pages_load_nothing_and_escape_everything() -> None:
    photo = result(f"dir/{NASTY}.png")
    evaluation = Evaluation(f"data {NASTY}", NASTY, (photo,), (NASTY,))
    pages = [
        html_report.render_index(evaluation),
        html_report.render_photo_page(photo, error_images.draw_overview(np.zeros((60, 300, 3), np.uint8)), model=NASTY),
    ]
    for page in pages:
        assert "<script" not in page
        assert "http://" not in page
        assert "https://" not in page
        assert "default-src 'none'" in page
        assert "src=" not in re.sub(r"src='data:image/jpeg;base64,[A-Za-z0-9+/=]*'", "", page)
    assert "wonted" in pages[1]
    assert ">1 photo, read by" in pages[0]
    assert pages[1].count("<polygon") == 4
    (name,) = html_report.name_pages(evaluation)
    assert name.count("/") == 1


def test_two_photos_of_one_name_have_two_pages_and_none_is_the_index() -> None:
    photos = (result("a/index.jpg"), result("b/index.jpg"))
    names = html_report.name_pages(Evaluation("", "", photos))
    assert len({*names, html_report.INDEX}) == 3


@pytest.mark.parametrize("quad", [Quad.from_box(-500, -500, -400, -450), Quad.from_box(0, 0, 9999, 9999)])
def test_there_is_a_picture_of_any_place(quad: Quad) -> None:
    mistake = Mistake(MistakeKind.FALSE, (), (Labelled(quad, "x"),))
    jpeg = error_images.draw_mistake(np.zeros((50, 70, 3), np.uint8), mistake)
    assert jpeg.startswith(b"\xff\xd8")
    assert len(jpeg) < 50_000


def test_an_evaluation_says_what_was_read_where_that_is_not_words() -> None:
    lines = Evaluation("data", "tiny", (result(),), unit="lines")
    assert evaluation_table.render(lines).startswith("data, read by tiny in lines\n")
    assert "read by tiny in lines" in html_report.render_index(lines)
    assert "in lines" not in evaluation_table.render(Evaluation("data", "tiny", (result(),)))
