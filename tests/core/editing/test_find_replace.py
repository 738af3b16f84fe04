"""Finding on one page, and what words become that are replaced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr_studio.core.editing import edits, find_replace
from ocr_studio.core.page import Transcription
from ocr_studio.core.search.matching import MatchedSide
from ocr_studio.core.search.page_search import PageSearch
from tests.core.made_pages import page_of, read_word


@pytest.mark.parametrize(
    ("text", "query", "by", "after"),
    [
        ("queve", "queue", "queue", "queue"),
        ("(queve),", "queue", "queue", "(queue),"),
        ("the queve here", "queue", "queue", "the queue here"),
        ("load-balancer", "balancer", "tester", "load-tester"),
        ("load-balancer", "load-balancer", "LB", "LB"),
        ("map", "zebra", "x", "map"),
        ("Map", '"map"', "plan", "plan"),
        ("mop", '"map"', "plan", "mop"),
        ("→", "→", "->", "->"),
        ("a map", "map", "", "a"),
    ],
)
def test_only_the_word_that_was_wanted_is_replaced(text: str, query: str, by: str, after: str) -> None:
    term = find_replace.parse_single_term(query)
    assert term is not None
    assert find_replace.replace_word(text, term, by) == after


def test_several_words_cannot_be_replaced() -> None:
    assert find_replace.parse_single_term("load balancer") is None
    assert find_replace.parse_single_term("") is None


def test_what_becomes_what_on_a_page() -> None:
    by_hand = replace(read_word("x", 300), human=Transcription.by_human("queue"))
    page = page_of(read_word("queve", 100), by_hand, read_word("eueuq", 500))
    hits = PageSearch(page).find("queue")
    assert [hit.side for hit in hits] == [MatchedSide.HUMAN, MatchedSide.MACHINE, MatchedSide.CHOICE]
    term = find_replace.parse_single_term("queue")
    assert term is not None
    # A second choice does not stand there, and what would be the same is none.
    done = find_replace.list_replacements(hits, term, "queue")
    assert [(each.word_id, each.before, each.after) for each in done] == [("queve-100", "queve", "queue")]


def test_a_page_finds_what_the_index_finds() -> None:
    page = page_of(read_word("the load", 100), read_word("balancer", 280), read_word("laod", 100, 300))
    search = PageSearch(page)
    assert [hit.text for hit in search.find('"load balancer"')] == ["the load balancer"]
    assert [hit.text for hit in search.find("load")] == ["the load", "laod"]
    assert [hit.text for hit in search.find("bal", typing=True)] == ["balancer"]
    assert PageSearch(page_of()).find("load") == []


def test_words_that_would_be_too_long_together_stay_apart() -> None:
    page = page_of(read_word("m" * 600, 100, key="a"), read_word("m" * 600, 300, key="b"))
    assert not edits.merge(page, page.words)
