"""What is written on pictures can be read: each letter is itself, not a box."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.images import captions
from ocr_studio.core.synth import contact_sheet

RED = (255, 0, 0)


def _written(text: str) -> NDArray[np.uint8]:
    picture = np.full((40, 80, 3), 255, np.uint8)
    captions.write_below(picture, text, (10, 5), 24, RED)
    return picture


def test_letters_of_other_languages_and_signs_are_each_themselves() -> None:
    letters = "eéèêäößçñıİłž€–„•←→ґїєж"
    seen = {_written(letter).tobytes() for letter in letters}
    missing = {_written(letter).tobytes() for letter in "?\ufffd"}
    assert len(seen) == len(letters)
    assert not seen & missing
    assert _written(" ").tobytes() not in seen


def test_captions_of_samples_have_them_too() -> None:
    word = np.full((72, 90, 3), 200, np.uint8)
    sheets = {contact_sheet.draw_sheet([(word, text)], []).tobytes() for text in "éèê•←→"}
    assert len(sheets) == 6


@pytest.mark.parametrize("left", [True, False])
def test_a_text_stands_beside_its_place_at_half_of_its_height(left: bool) -> None:
    picture = np.full((60, 200, 3), 255, np.uint8)
    captions.write_beside(picture, "HxH", (100, 30), 20, RED, left=left)
    rows, columns = np.nonzero((picture != 255).any(axis=2))
    assert 19 <= rows.min() < 26
    assert 34 <= rows.max() < 41
    wide = captions.measure_width("HxH", 20)  # by a few pixels otherwise after others have used the font
    assert 35 <= wide <= 50
    low, high = (98 - wide, 100) if left else (99, 102 + wide)
    assert low <= columns.min() < columns.max() <= high
    assert tuple(picture[rows[0], columns[0]]) != (255, 255, 255)
    assert (picture[..., 0] == 255).all()


@pytest.mark.parametrize("text", ["", "a\nb", "\0a", "a\ud800b", "\u202eab", "x" * 500])
def test_odd_texts_are_written_on_one_line_and_what_has_no_room_is_cut_off(text: str) -> None:
    picture = np.full((100, 80, 3), 255, np.uint8)
    captions.write_below(picture, text, (5, 5), 20, RED)
    captions.write_beside(picture, text, (70, 15), 20, RED, left=True)
    assert (picture != 255).any() == bool(text)
    assert (picture[35:] == 255).all()
