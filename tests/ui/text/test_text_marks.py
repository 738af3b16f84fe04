"""Which words of the text need a look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr_studio.core.page import Word
from ocr_studio.ui.text import text_marks
from tests.ui import made_board


@pytest.mark.parametrize(("confidence", "doubtful"), [(0.99, False), (0.88, False), (0.85, True), (0.2, True)])
def test_a_word_is_doubtful_where_a_look_costs_less_than_a_missed_error(confidence: float, doubtful: bool) -> None:
    word = Word("w", made_board.quad(0, 0), machine=made_board.reading("word", confidence))
    assert text_marks.is_doubtful(word) is doubtful
    assert word.machine is not None
    assert text_marks.is_doubtful(replace(word, machine=replace(word.machine, confidence=None)))
