"""On which pages a text is written, for the list of photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.core.made_pages import page_of, read_word
from tests.core.search.test_index import BOARD, OTHER, indexed, opened


def test_pages_with_a_text(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(BOARD)
    project.save_page(replace(page_of(read_word("Roadmap", 100), read_word("cue", 400)), id=OTHER))
    index = indexed(project)
    assert index.pages_with("MAP") == {BOARD.id, OTHER}
    assert index.pages_with("map que") == {BOARD.id}
    assert index.pages_with("pam") == frozenset()  # no second choices here
    assert index.pages_with("") == {BOARD.id, OTHER}


def test_pages_with_a_text_between_quotes_have_just_these_words_one_after_the_other(tmp_path: Path) -> None:
    project = opened(tmp_path)
    project.save_page(page_of(read_word("Left", 100), read_word("join,", 200)))
    project.save_page(replace(page_of(read_word("join", 100), read_word("left", 200)), id=OTHER))
    project.save_page(replace(page_of(read_word("a left join here", 100)), id="a" * 32))
    project.save_page(replace(page_of(read_word("leftmost", 100)), id="b" * 32))
    index = indexed(project)
    assert index.pages_with("left join") == {BOARD.id, OTHER, "a" * 32}
    assert index.pages_with('"left join"') == {BOARD.id, "a" * 32}
    assert index.pages_with('"left"') == {BOARD.id, OTHER, "a" * 32}
    assert index.pages_with("left") == {BOARD.id, OTHER, "a" * 32, "b" * 32}
    assert index.pages_with('"nowhere"') == frozenset()
