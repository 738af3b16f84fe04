"""What a newcomer may give by mistake: each ends in an error that says what it was and what to give."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr_studio.api import Detector, Pipeline, Recognizer, arguments, draw_annotations, draw_boxes, tools
from ocr_studio.api import data_generation as data
from ocr_studio.api.tools import NotAPicture
from ocr_studio.core.images.photo_file import PhotoError
from ocr_studio.core.models.card import BadModel
from ocr_studio.core.models.registry import BadName, NoSuchModel
from tests.drawn import board, file_of

BOX = np.array([[20, 10], [80, 10], [80, 40], [20, 40]], np.float32)
PHOTO = np.full((64, 96, 3), 255, np.uint8)


@pytest.fixture(scope="module")
def finds() -> Detector:
    return Detector(weights=None)


@pytest.fixture(scope="module")
def reads() -> Recognizer:
    return Recognizer("abc ", weights=None)


def test_levels_of_any_type_are_a_picture_and_numbers_up_to_one_are_not() -> None:
    picture = board()
    for same in (picture.astype(np.float32), picture.astype(np.int64), Image.fromarray(picture)):
        np.testing.assert_array_equal(tools.read(same), picture)
    np.testing.assert_array_equal(tools.read(file_of(picture, "PNG")), picture)
    with pytest.raises(NotAPicture, match=r"as if 1 were white.*255 \* array"):
        tools.read(picture / 255)
    with pytest.raises(NotAPicture, match="values from 0 to 640"):
        tools.read(4 * picture.astype(np.uint16) - 4 * picture.min())
    with pytest.raises(NotAPicture, match='mode "rb"'):
        tools.read(io.StringIO("text"))  # type: ignore[arg-type]


def test_files_that_are_no_photos_are_named(reads: Recognizer, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    for name, said in (
        ("gone.jpg", "does not exist"),
        ("text.jpg", "a text file, not a photo"),
        ("", "this is a folder"),
    ):
        with pytest.raises(PhotoError, match=said):
            reads.recognize(tmp_path / name)
    with pytest.raises(NotAPicture, match="the path is empty"):
        reads.recognize("")


@pytest.mark.parametrize("one", ["photo.jpg", PHOTO, PHOTO[..., 0], io.BytesIO(b"x"), Image.fromarray(PHOTO)])
def test_a_photo_alone_is_no_list_of_photos(one: Any, finds: Detector, reads: Recognizer) -> None:
    with pytest.raises(TypeError, match=r"detect takes a list of photos: \[photo\]"):
        finds.detect(one)
    with pytest.raises(TypeError, match=r"takes a list of images: \[image\]"):
        reads.recognize_from_boxes(one, [[BOX]])
    with pytest.raises(TypeError, match=r"recognize takes a list of photos: \[photo\]"):
        Pipeline(finds, reads).recognize(one)


def test_no_photos_are_no_words(finds: Detector, reads: Recognizer) -> None:
    assert Pipeline(finds, reads).recognize([]) == []
    assert reads.recognize_from_boxes([PHOTO], [[]]) == [[]]
    with pytest.raises(TypeError, match="must be a list or a generator, not None"):
        finds.detect(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        (
            {"detection_treshold": 0.5},
            TypeError,
            "has no argument detection_treshold .did you mean “detection_threshold”",
        ),
        ({"detection_threshold": "high"}, TypeError, "detection_threshold must be a number, not 'high'"),
        ({"text_threshold": 40}, ValueError, "text_threshold must be from 0 to 1, not 40"),
        ({"link_threshold": float("nan")}, ValueError, "link_threshold must be from 0 to 1"),
        ({"size_threshold": -1}, ValueError, "size_threshold must be at least 0"),
    ],
)
def test_what_is_asked_of_detection_is_looked_at(
    asked: Any, kind: type[Exception], said: str, finds: Detector, reads: Recognizer
) -> None:
    with pytest.raises(kind, match=said):
        finds.detect([PHOTO], **asked)
    with pytest.raises(kind, match=said):
        Pipeline(finds, reads).recognize([PHOTO], detection_kwargs=asked)
    assert len(finds.detect([PHOTO], text_threshold=None)) == 1  # nothing of it stayed


def test_parts_and_sizes_of_a_pipeline_are_looked_at(finds: Detector, reads: Recognizer) -> None:
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"detector": "craft"}, TypeError, "detector must be an api.Detector.*not 'craft'"),
        ({"detector": Detector}, TypeError, "not the class Detector"),
        ({"recognizer": finds}, TypeError, "recognizer must be an api.Recognizer.*not a Detector"),
        ({"scale": 0}, ValueError, "scale must be at least 0.001"),
        ({"max_size": None}, TypeError, "max_size must be a number, not None"),
    ]
    for asked, kind, said in wrong:
        with pytest.raises(kind, match=said):
            Pipeline(**{"detector": finds, "recognizer": reads, **asked})
    pipeline = Pipeline(finds, reads)
    with pytest.raises(TypeError, match="in a pipeline, detect has no argument scale"):
        pipeline.recognize([PHOTO], detection_kwargs={"scale": 3})
    with pytest.raises(TypeError, match="detection_kwargs must be a dict"):
        pipeline.recognize([PHOTO], detection_kwargs=[1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alphabet", "kind", "said"),
    [
        ("", ValueError, "the alphabet is empty"),
        ("aab", ValueError, "more than once in the alphabet: “a”"),
        ("kurapan", ValueError, "a model is named by weights="),
        (["ab", "c"], ValueError, "single characters.*'ab'"),
        ("a\n", ValueError, "single characters"),
        (5, TypeError, "alphabet must be a list of strings, not 5"),
    ],
)
@pytest.mark.parametrize("weights", [None, "default"])
def test_an_alphabet_is_of_different_characters(
    alphabet: Any, kind: type[Exception], said: str, weights: str | None
) -> None:
    with pytest.raises(kind, match=said):
        Recognizer(alphabet, weights)


def test_an_alphabet_is_known_as_texts_are_written() -> None:
    assert Recognizer("e\u0301", weights=None).alphabet == "é"
    assert Recognizer({"b", "a", "c"}, weights=None).alphabet == "abc"


def test_weights_that_there_are_not_are_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(NoSuchModel, match=r"“kurapann”.*default, kurapan, kurapan_notop"):
        Recognizer(weights="kurapann")
    with pytest.raises(NoSuchModel, match="default, clovaai_general"):
        Detector("craft")
    with pytest.raises(BadModel, match="“clovaai_general” is a detector, not a recognizer"):
        Recognizer(weights="clovaai_general")
    with pytest.raises(TypeError, match="weights must be the name of a model, a path, or None, not 5"):
        Recognizer(weights=5)  # type: ignore[arg-type]
    with pytest.raises(NoSuchModel, match="the folder does not exist"):
        Recognizer(weights=tmp_path / "gone")
    (tmp_path / "photo.txt").touch()
    with pytest.raises(BadModel, match="no model in this folder"):  # and nobody is told to delete it
        Recognizer(weights=tmp_path)
    with pytest.raises(ValueError, match="architecture= is for weights=None"):
        Detector(architecture="craft")


def test_nothing_learned_reads_by_no_language_and_languages_are_those_that_are_counted(reads: Recognizer) -> None:
    assert reads.languages == ()
    assert Recognizer().languages == ("en",)
    assert Recognizer("ab", weights=None, languages="de").languages == ("de",)
    with pytest.raises(ValueError, match=r"languages must be one of .*“en”.*not 'english'"):
        Recognizer("ab", weights=None, languages=["english"])


@pytest.mark.parametrize(
    "boxes", [None, "abc", [1, 2, 3], [[1, 2, 3, 4]], [BOX[:3]], [BOX * np.nan], [("a", BOX)], [{"box": BOX}]]
)
def test_what_are_no_boxes_is_said(boxes: Any, reads: Recognizer) -> None:
    for way in (
        lambda: reads.recognize_from_boxes([PHOTO], [boxes]),
        lambda: draw_boxes(PHOTO, boxes),
        lambda: tools.adjust_boxes(boxes, 2),
    ):
        with pytest.raises(ValueError, match=r"boxes must have four corners \(x, y\) each"):
            way()


def test_as_many_lists_of_boxes_as_pictures(reads: Recognizer) -> None:
    with pytest.raises(ValueError, match="more images than lists of boxes"):
        reads.recognize_from_boxes([PHOTO, PHOTO], [[BOX]])
    with pytest.raises(ValueError, match="more lists of boxes than images"):
        reads.recognize_from_boxes([PHOTO], [[BOX], [BOX]])


@pytest.mark.parametrize(
    ("predictions", "said"),
    [
        (None, "must be a list of .text, box."),
        ([[("a", BOX)]], r"use those for one, predictions\[0\]"),
        ([BOX], "must be .text, box. pairs"),
        ([(BOX, "a")], "must be .text, box. pairs"),
        ([("a", BOX[:3])], "the box of 'a' must have four corners"),
        ([("a", BOX, 0.5)], "must be .text, box. pairs"),
    ],
)
def test_annotations_need_predictions_of_one_picture(predictions: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_annotations(PHOTO, predictions)


def test_annotations_take_any_picture_and_axes(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(file_of(PHOTO, "PNG"))
    drawn = [draw_annotations(each, [("a", BOX)]) for each in (tmp_path / "a.png", PHOTO[..., 0], PHOTO)]
    assert all((each == drawn[0]).all() for each in drawn)
    with pytest.raises(TypeError, match="ax must be matplotlib axes, not 3"):
        draw_annotations(PHOTO, [], ax=3)


@pytest.mark.parametrize(
    ("sample", "kind", "said"),
    [
        (PHOTO, TypeError, r"must yield \(image, text\)"),
        (("abc", PHOTO), TypeError, "with a string, not"),
        ((PHOTO, [[(BOX, "a")]]), TypeError, "convert_image_generator_to_recognizer_input"),
        ((PHOTO, "abc", "much"), TypeError, "a weight must be a number"),
        ((PHOTO / 255, "abc"), NotAPicture, "as if 1 were white"),
    ],
)
def test_samples_to_read_are_looked_at(sample: Any, kind: type[Exception], said: str, reads: Recognizer) -> None:
    with pytest.raises(kind, match=said):
        next(reads.get_batch_generator([sample, sample], batch_size=2))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (None, "lines must be a list"),
        ("abc", "lines must be a list"),
        ([("a", BOX)], "a line must be a list of .box, character. pairs"),
        ([[([1, 2, 3, 4], "a")]], "the box of 'a' must have four corners"),
    ],
)
def test_lines_to_find_are_looked_at(lines: Any, said: str, finds: Detector) -> None:
    with pytest.raises(ValueError, match=said):
        next(finds.get_batch_generator([(PHOTO, lines)], batch_size=1))
    with pytest.raises(ValueError, match=said):
        next(data.convert_image_generator_to_recognizer_input([(PHOTO, lines)]))


def test_batches_that_cannot_be_are_said(finds: Detector, reads: Recognizer) -> None:
    one = (PHOTO, "abc")
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        reads.get_batch_generator([one], batch_size=0)
    with pytest.raises(ValueError, match="ended after 1 of the 8 samples of a batch"):
        next(reads.get_batch_generator([one]))
    with pytest.raises(ValueError, match="either all samples of a batch must have a weight"):
        next(reads.get_batch_generator([one, (*one, 1.0)], batch_size=2))
    line = [[(BOX, "a")]]
    with pytest.raises(ValueError, match=r"the same size.*32 x 96, 64 x 96"):
        next(finds.get_batch_generator([(PHOTO, line), (PHOTO[:32], line)], batch_size=2))


GENERATORS: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: data.get_image_generator(0, 9, data.get_made_hands(1), ["a"]), ValueError, "height must be at least 1"),
    (lambda: data.get_image_generator(99, 99, data.get_made_hands(1), "a"), TypeError, "text_generator must be a list"),
    (lambda: data.get_image_generator(99, 99, [3], ["a"]), TypeError, "font files or writers, not 3"),  # type: ignore[list-item]
    (
        lambda: data.get_image_generator(99, 99, data.get_made_hands(1), ["a"], backgrounds=[]),
        ValueError,
        "omit it for white backgrounds",
    ),
    (
        lambda: data.get_image_generator(99, 99, data.get_made_hands(1), ["a"], backgrounds="folder"),
        TypeError,
        "get_backgrounds",
    ),
    (lambda: data.Looks(font_size=(40, 18)), ValueError, "the maximum of font_size must be at least 40"),
    (lambda: data.Looks(rotation_x=90), ValueError, "rotation_x must be from -80 to 80"),
    (lambda: data.get_text_generator(max_string_length=0), ValueError, "max_string_length must be at least 1"),
    (lambda: data.get_text_generator(languages=["xx"]), ValueError, "languages must be one of"),
    (lambda: data.get_word_generator(split="dev"), ValueError, "split must be one of “train”"),
    (lambda: data.get_word_generator("fonts"), TypeError, "sources must be data_generation.Sources"),  # type: ignore[arg-type]
    (lambda: data.get_board_generator(options={}), TypeError, "options must be BoardOptions"),  # type: ignore[arg-type]
    (lambda: data.get_fonts(None), TypeError, "must be a path, not None"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("make", "kind", "said"), GENERATORS)
def test_generators_say_at_once_what_cannot_be(make: Callable[[], Any], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        make()


def test_pictures_on_which_nothing_ever_finds_room_end_in_an_error() -> None:
    generator = data.get_image_generator(9, 9, data.get_made_hands(1), itertools.repeat("word"))
    with pytest.raises(ValueError, match="none of 1000 texts in a row fits on 9 x 9 pixels"):
        next(generator)


@pytest.mark.parametrize("name", ["default", "kurapan", "mine.h5"])
def test_a_model_is_not_called_what_would_open_another(name: str, reads: Recognizer) -> None:
    with pytest.raises(BadName, match="already has a meaning"):
        reads.save(name)


def test_facts_that_no_card_has_a_place_for_are_said(reads: Recognizer) -> None:
    with pytest.raises(TypeError, match="save has no argument colour; it takes data"):
        reads.save("mine", colour="red")
    with pytest.raises(BadModel, match="“scores” must be an object"):
        reads.save("mine", scores=3)
    with pytest.raises(TypeError, match="facts must consist of strings, numbers"):
        reads.save("mine", settings={"rate": np.float32(1)})


def test_values_are_shown_in_a_few_words() -> None:
    assert arguments.describe(PHOTO) == "an array of uint8 and of shape (64, 96, 3)"
    assert arguments.describe(object()) == "a object"
    assert len(arguments.describe("long" * 99)) == 60
