"""Finding and replacing by rules, before anything is changed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ocr_studio.core import edits, replacing
from ocr_studio.core.page import apply
from ocr_studio.core.replacing import BadRule, Replacer, Rule
from tests.core.made_pages import page_of, read_word


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (Rule("rn", "m"), "retum corner", "retum comer"),
        (Rule("cat", "dog", whole=True), "cat concat cat.", "dog concat dog."),
        (Rule("cat", "dog", case=False), "Cat CAT", "dog dog"),
        (Rule("cat", "dog"), "Cat", "Cat"),
        (Rule(r"(\d+)\s*eur", r"\1 €", pattern=True, case=False), "12 EUR", "12 €"),
        (Rule("a.c", r"\1"), "abc a.c", r"abc \1"),
        (Rule("+", "plus", whole=True), "a + b", "a plus b"),
        (Rule("x", "y", on=False), "x", "x"),
        (Rule("", "y"), "x", "x"),
        (Rule("x", "  "), "axb", "a b"),
    ],
)
def test_what_a_rule_makes_of_a_text(rule: Rule, before: str, after: str) -> None:
    assert Replacer([rule]).replaced(before) == after


def test_rules_follow_each_other() -> None:
    assert Replacer([Rule("a", "b"), Rule("b", "c")]).replaced("ab") == "cc"


@pytest.mark.parametrize("rule", [Rule("(a", "x", pattern=True), Rule("(a)", r"\2", pattern=True)])
def test_what_is_no_pattern_is_said(rule: Rule) -> None:
    assert rule.find in replacing.trouble(rule)
    assert not replacing.trouble(Rule("(a)", r"\1\1", pattern=True))
    with pytest.raises(BadRule):
        Replacer([rule]).replaced("a")


def test_a_pattern_that_tries_ever_more_ways_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(BadRule, match="too long"):
        Replacer([Rule(r"(a|aa|b|ab|ba)+$", "x", pattern=True)]).replaced("ab" * 200 + "!")
    assert time.monotonic() - began < 30


def test_a_page_says_what_its_words_would_become_and_takes_it_over_in_one_edit() -> None:
    page = page_of(read_word("retum", 100, key="a"), read_word("fine", 300, key="b"), read_word("tum", 500, key="c"))
    found = list(Replacer([Rule("tum", "turn")]).in_page(page))
    assert [(each.word_id, each.before, each.after) for each in found] == [
        ("a", "retum", "return"),
        ("c", "tum", "turn"),
    ]
    edit, left = replacing.taken_over(page, found)
    after = apply(page, edit)
    assert [after.words[key].text for key in "abc"] == ["return", "fine", "turn"]
    assert left == 0
    assert apply(after, edit.inverted()) == page


def test_words_that_changed_meanwhile_stay() -> None:
    page = page_of(read_word("retum", 100, key="a"))
    found = list(Replacer([Rule("tum", "turn")]).in_page(page))
    page = apply(page, edits.write(page, "a", "rerun"))
    edit, left = replacing.taken_over(page, found)
    assert not edit
    assert left == 1


def test_rules_are_kept_and_damaged_ones_left_out(tmp_path: Path) -> None:
    rules = (Rule("a", "b"), Rule("c+", "d", pattern=True, whole=True, case=False, on=False))
    replacing.save(tmp_path, rules)
    assert replacing.load(tmp_path) == rules
    (tmp_path / replacing.FILE).write_text('{"rules": [{"find": "a"}, 3, {"find": "x", "put": "y", "case": 7}]}')
    assert replacing.load(tmp_path) == (Rule("x", "y"),)
    assert replacing.load(tmp_path / "nowhere") == ()
