"""What is learned from says the truth: texts, letter boxes, words, boards; and comes again with variety."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.api import data_generation as data
from ocr_studio.api import tools
from ocr_studio.api.detection import letter_maps
from ocr_studio.api.samples import Samples, StoredSample
from ocr_studio.core.errors import WriteFailed
from ocr_studio.engine.synth import word_crops
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.sources import Sources
from tests.drawn import file_of
from tests.engine.synth.test_synth_writers import font_bytes

OWN = Sources(prints=())


def test_texts_keep_to_their_alphabet_and_length() -> None:
    texts = list(itertools.islice(data.get_text_generator("abcdefg ", lowercase=True, max_string_length=9), 50))
    assert all(set(text) <= set("abcdefg ") and 0 < len(text) <= 9 for text in texts)
    assert len(set(texts)) > 30
    assert texts == list(itertools.islice(data.get_text_generator("abcdefg ", lowercase=True, max_string_length=9), 50))
    assert texts != list(
        itertools.islice(data.get_text_generator("abcdefg ", lowercase=True, max_string_length=9, seed=1), 50)
    )


def test_an_alphabet_that_no_text_has_letters_of_is_said() -> None:
    assert set(next(data.get_text_generator("ö", languages=("de",)))) <= {"ö", " "}  # rare, but it comes
    with pytest.raises(ValueError, match="no character of this alphabet: “Жщ”"):
        next(data.get_text_generator("Жщ"))


@pytest.mark.parametrize("looks", [data.Looks(), data.Looks(rotation_x=20, rotation_y=(-25, -15), rotation_z=30)])
def test_letters_lie_in_their_boxes_however_they_are_turned(looks: data.Looks) -> None:
    writers = data.get_made_hands(2)
    texts = iter(["one two three", "four five six seven", "eight nine"])
    for picture, lines in data.get_image_generator(240, 320, writers, texts, looks=looks):
        assert picture.shape == (240, 320, 3)
        inside = np.zeros(picture.shape[:2], bool)
        for line in lines:
            for box, sign in line:
                assert box.min() >= 0
                assert (box.max(axis=0) <= (320, 240)).all()
                if not sign.isspace():
                    rows, columns = (
                        slice(int(low), int(high) + 2)
                        for low, high in zip(box.min(0)[::-1], box.max(0)[::-1], strict=True)
                    )
                    assert (picture[rows, columns] < 160).any(), sign
                    inside[rows, columns] = True
        assert (picture[~inside] > 160).mean() > 0.999


def test_lines_say_the_text_and_writing_is_light_on_dark_ground() -> None:
    dark = np.full((50, 60, 3), 20, np.uint8)
    generator = data.get_image_generator(
        200, 400, data.get_made_hands(1), iter(["left join right"]), backgrounds=[dark]
    )
    picture, lines = next(generator)
    assert " ".join("".join(sign for _, sign in line) for line in lines) == "left join right"
    assert picture.max() > 120
    with pytest.raises(StopIteration):
        next(generator)


def test_lines_become_crops_for_a_recognizer() -> None:
    images = data.get_image_generator(120, 400, data.get_made_hands(1), iter(["two words here"]))
    [(crop, text)] = data.convert_image_generator_to_recognizer_input(images, 9, 200, 31, margin=1)
    assert text == "two words"
    assert crop.shape == (31, 200, 3)
    assert (crop[1:30, 1:20] < 160).any()


def test_what_nobody_should_read_is_no_crop() -> None:
    [(picture, [line])] = data.get_image_generator(120, 400, data.get_made_hands(1), iter(["two"]))
    unclear = [(line[0][0], tools.UNCLEAR)]
    crops = data.convert_image_generator_to_recognizer_input([(picture, [unclear, line])])
    assert [text for _, text in crops] == ["two"]


@pytest.mark.parametrize("nobody", [{}, {"abc": []}, []])
def test_where_nobody_writes_that_is_said(nobody: Any) -> None:
    with pytest.raises(ValueError, match="font_groups is empty"):
        next(data.get_image_generator(120, 400, nobody, iter(["two"])))


def test_fonts_that_lack_a_letter_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    (tmp_path / "latin.ttf").write_bytes(font_bytes())
    assert data.get_fonts(tmp_path, "abc") == [tmp_path / "latin.ttf"]
    assert data.get_fonts(tmp_path, "abc日") == []


def test_backgrounds_belong_to_one_part_each(tmp_path: Path) -> None:
    for place in range(12):
        (tmp_path / f"{place}.png").write_bytes(file_of(np.full((8, 8, 3), 10 * place, np.uint8), "PNG"))
    parts = [data.get_backgrounds(tmp_path, split=split) for split in data.SPLITS]
    assert sorted(itertools.chain(*parts)) == sorted(data.get_backgrounds(tmp_path))
    assert len(parts[0]) > 4


def test_words_are_of_the_letters_wanted() -> None:
    options = word_crops.WordOptions(letters=frozenset("abcdefghijklmnopqrstuvwxyz"))
    for crop, text in itertools.islice(data.get_word_generator(OWN, options=options), 5):
        assert text.isalpha()
        assert crop.ndim == 3


def test_boards_have_maps_that_are_high_at_letters_and_unknown_where_unclear() -> None:
    options = BoardOptions(long_side=(480, 480), words=(5, 12), capitals=(0.03, 0.06))
    picture, lines = next(data.get_board_generator(OWN, options=options))
    letters = [box for line in lines for box, sign in line if not sign.isspace() and sign != tools.UNCLEAR]
    assert letters
    even = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
    maps = letter_maps([*lines, [(np.array([[2, 2], [30, 2], [30, 20], [2, 20]], np.float32), tools.UNCLEAR)]], even)
    assert maps.shape == (even.shape[0] // 2, even.shape[1] // 2, 3)
    high = [maps[tuple((box.mean(axis=0)[::-1] / 2).astype(int))][0] for box in letters]
    assert np.mean(high) > 0.7
    assert not maps[2:9, 2:14, 2].any()
    assert maps[..., 2].mean() > 0.5


def samples() -> list[tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], str]]:
    rng = np.random.default_rng(0)
    return [
        (rng.integers(0, 255, (30, 20 * len(text), 3)).astype(np.uint8), text)
        for text in ("a", "bcd", "efghijkl", "mn")
    ]


def test_samples_come_again_each_time_a_little_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "kept.npz"
    kept = Samples.load_or_generate(samples(), 4, file=file)
    again = Samples.load_or_generate(iter(()), 4, file=file)  # nothing is drawn
    assert [each.text for each in again.all] == [each.text for each in kept.all]
    np.testing.assert_array_equal(again.all[1].picture(), kept.all[1].picture())
    first, second = (list(itertools.islice(part, 4)) for part in itertools.repeat(kept.words(2, seed=3), 2))
    assert sorted(text for _, text in first) == sorted(text for _, text in second) == ["a", "bcd", "efghijkl", "mn"]
    by_text = {text: crop for crop, text in second}
    assert any(crop.shape != by_text[text].shape or (crop != by_text[text]).any() for crop, text in first)
    assert all(crop.shape[0] == 48 for crop, _ in first)
    still = kept.words(2, augmentation=0.0)
    np.testing.assert_array_equal(next(still)[0], [next(still) for _ in range(4)][3][0])
    short = [text for _, text in itertools.islice(kept.words(2, short_first=6), 6)]
    assert "efghijkl" not in short
    assert len(Samples.load_or_generate(samples(), 3, file=file)) == 3
    file.write_bytes(b"mine")
    with pytest.raises(WriteFailed, match="the file was not written by this program"):
        Samples.load_or_generate(samples(), 4, file=file)
    assert file.read_bytes() == b"mine"


def test_pieces_of_boards_take_their_letters_along() -> None:
    picture = np.full((200, 300, 3), 250, np.uint8)
    picture[80:100, 120:150] = 10
    box = np.array([[120, 80], [150, 80], [150, 100], [120, 100]], np.float32)
    kept = Samples([StoredSample.encode(picture, [[(box, "x")]])])
    for piece, lines in itertools.islice(kept.pieces(96), 12):
        assert piece.shape == (96, 96, 3)
        [[(moved, sign)]] = lines
        assert sign == "x"
        middle = moved.mean(axis=0)
        if ((middle > 6) & (middle < 90)).all():
            assert piece[int(middle[1]), int(middle[0])].mean() < piece.mean() - 20
