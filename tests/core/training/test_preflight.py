"""What a look at a dataset says before anybody trains on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_studio.core.datasets.dataset import Dataset, Example, MachineReading, Split
from ocr_studio.core.page import Point, Quad
from ocr_studio.core.training import preflight
from ocr_studio.core.training.preflight import LabelProblem, WordGroup

UPRIGHT = Quad.from_box(10, 10, 90, 40)


def example(text: str, machine: str | None = None, *, confidence: float = 0.7, quad: Quad = UPRIGHT) -> Example:
    read = None if machine is None else MachineReading(machine, confidence)
    return Example(text, crop=f"crops/{text}.png", page="p", word=text, quad=quad, machine=read)


def dataset(*examples: Example) -> Dataset:
    return Dataset(Path("nowhere"), examples)


def worries(*examples: Example) -> list[tuple[str, LabelProblem]]:
    return [(each.example.text, each.worry) for each in preflight.find_doubtful_labels(dataset(*examples))]


@pytest.mark.parametrize(
    ("text", "machine", "confidence", "doubtful"),
    [
        ("queues", "queves", 0.99, False),  # a letter or two is what correcting is for
        ("queues", "QUEUES", 0.99, False),
        ("Monday", "Wednesday", 0.6, False),
        ("the", "budget", 0.5, True),
        ("plan", "pant", 0.95, True),  # it was sure of something rather different
        ("plan", "pant", 0.6, False),
        ("a", "o", 0.99, False),  # one letter is all wrong at once
        ("word", "", 0.0, True),
    ],
)
def test_what_is_far_from_the_machines_reading_is_doubtful(
    text: str, machine: str, confidence: float, doubtful: bool
) -> None:
    assert worries(example(text, machine, confidence=confidence)) == ([(text, LabelProblem.FAR)] if doubtful else [])


TURNED: dict[str, tuple[Point, Point, Point, Point]] = {
    "headfirst": ((90, 40), (10, 40), (10, 10), (90, 10)),
    "on its side": ((40, 10), (40, 90), (10, 90), (10, 10)),
    "mirrored": ((90, 10), (10, 10), (10, 40), (90, 40)),
    "crossed": ((10, 10), (90, 40), (90, 10), (10, 40)),
    "tall and narrow": ((10, 10), (30, 10), (30, 90), (10, 90)),
}


@pytest.mark.parametrize("corners", TURNED.values(), ids=TURNED.keys())
def test_corners_that_are_not_the_writings_are_doubtful(corners: tuple[Point, Point, Point, Point]) -> None:
    assert worries(example("word", quad=Quad(corners))) == [("word", LabelProblem.TWISTED)]


def test_sloping_writing_and_single_letters_are_not() -> None:
    sloping = Quad.from_array([(10, 40), (80, 10), (92, 36), (22, 66)])
    narrow, other = Quad.from_box(210, 10, 220, 60), Quad.from_box(310, 10, 320, 60)
    assert worries(example("word", quad=sloping), example("I", quad=narrow), example("up", quad=other)) == []


def test_two_texts_at_one_place_disagree() -> None:
    elsewhere = Quad.from_box(200, 10, 280, 40)
    nearly = Quad.from_box(14, 10, 94, 40)
    examples = example("one"), example("two", quad=nearly), example("3", quad=elsewhere)
    found = preflight.find_doubtful_labels(dataset(*examples))
    assert [(each.example.text, each.worry) for each in found] == [
        ("one", LabelProblem.DISAGREE),
        ("two", LabelProblem.DISAGREE),
    ]
    assert "“two”" in found[0].why
    assert worries(example("one"), example("one", quad=nearly)) == []


def test_a_word_is_doubted_once() -> None:
    assert len(preflight.find_doubtful_labels(dataset(example("the", "budget", quad=Quad(TURNED["headfirst"]))))) == 1


def test_groups_are_writers_where_all_are_known_else_photos() -> None:
    ann = Example("a", image="1.jpg", writer="Ann")
    bob = Example("b", image="1.jpg", writer="Bob", split=Split.HELD_OUT)
    nobody = Example("c", image="2.jpg")
    assert preflight.group_words(dataset(ann, bob)) == (WordGroup("Ann", 1, 0), WordGroup("Bob", 0, 1))
    assert preflight.group_words(dataset(ann, bob, nobody)) == (WordGroup("1.jpg", 1, 1), WordGroup("2.jpg", 1, 0))


def test_new_letters_are_those_nobody_knows() -> None:
    assert preflight.find_new_letters(dataset(example("a ß"), example("Ж→a")), "abc") == "ßЖ→"
