"""Finding and replacing by rules, before anything is changed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ocr_studio.core.editing import changes, edits, replace_rules
from ocr_studio.core.editing.changes import Change, Skipped
from ocr_studio.core.editing.replace_rules import BadRule, Replacer, Rule, TooSlow
from ocr_studio.core.page import Page, apply
from ocr_studio.core.plain_text import LONGEST
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
    assert rule.find in replace_rules.describe_problem(rule)
    assert not replace_rules.describe_problem(Rule("(a)", r"\1\1", pattern=True))
    with pytest.raises(BadRule):
        Replacer([rule]).replaced("a")


def test_a_pattern_that_tries_ever_more_ways_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TooSlow, match="too long"):
        Replacer([Rule(r"(a|aa|b|ab|ba)+$", "x", pattern=True)]).replaced("ab" * 200 + "!")
    assert time.monotonic() - began < 30


def _replacements(page: Page, rule: Rule) -> list[Change]:
    return [each for each in Replacer([rule]).in_page(page) if isinstance(each, Change)]


def test_a_page_says_what_its_words_would_become_and_takes_it_over_in_one_edit() -> None:
    page = page_of(read_word("retum", 100, key="a"), read_word("fine", 300, key="b"), read_word("tum", 500, key="c"))
    found = _replacements(page, Rule("tum", "turn"))
    assert [(each.word_id, each.before, each.after) for each in found] == [
        ("a", "retum", "return"),
        ("c", "tum", "turn"),
    ]
    edit, left = changes.make_edit(page, found)
    after = apply(page, edit)
    assert [after.words[key].text for key in "abc"] == ["return", "fine", "turn"]
    assert left == 0
    assert apply(after, edit.inverted()) == page


_SLOW = Rule(r"(a|aa|b|ab|ba)+$", "x", pattern=True)


def test_a_word_in_which_a_pattern_takes_too_long_is_skipped_and_named() -> None:
    page = page_of(
        read_word("ab" * 200 + "!", 100, key="a"), read_word("ab", 300, key="b"), read_word("fine", 500, key="c")
    )
    skipped, found = Replacer([_SLOW]).in_page(page)
    assert isinstance(skipped, Skipped)
    assert skipped.why
    assert skipped.why.startswith(f"“{'ab' * 20}…” on {page.image} was skipped: the pattern")
    assert isinstance(found, Change)
    assert (found.word_id, found.after) == ("b", "x")


def test_after_many_words_that_take_too_long_no_others_are_looked_at() -> None:
    page = page_of(*(read_word("ab" * 200 + "!", 100 * place, key=str(place)) for place in range(1, 5)))
    replacer = Replacer([_SLOW], most_slow=2)
    *skipped, last = replacer.in_page(page)
    assert ["takes too long" in (each.why or "") for each in skipped if isinstance(each, Skipped)] == [True, True]
    assert isinstance(last, Skipped)
    assert last.why
    assert "too many words" in last.why
    assert replacer.given_up


def test_a_word_that_would_become_too_long_is_skipped() -> None:
    page = page_of(read_word("ab", 100, key="a"), read_word("a" * 2 * LONGEST + "b", 300, key="b"))
    skipped, found = Replacer([Rule("b", "c" * LONGEST), Rule("a" * 2 * LONGEST, "d")]).in_page(page)
    assert isinstance(skipped, Skipped)
    assert skipped.why
    assert "too long" in skipped.why
    assert isinstance(found, Change)
    assert len(found.after) == LONGEST + 1  # shorter than it was


def test_words_that_changed_meanwhile_stay() -> None:
    page = page_of(read_word("retum", 100, key="a"))
    found = _replacements(page, Rule("tum", "turn"))
    page = apply(page, edits.write(page, "a", "rerun"))
    edit, left = changes.make_edit(page, found)
    assert not edit
    assert left == 1


def test_rules_are_kept_and_damaged_ones_left_out(tmp_path: Path) -> None:
    rules = (Rule("a", "b"), Rule("c+", "d", pattern=True, whole=True, case=False, on=False))
    replace_rules.save_rules(tmp_path, rules)
    assert replace_rules.load_rules(tmp_path) == rules
    damaged = '{"find": "a"}, 3, {"find": "x", "put": "z", "case": 7}'
    (tmp_path / replace_rules.FILE).write_text(f'{{"rules": [{damaged}, {{"find": "x", "put": "y"}}]}}')
    assert replace_rules.load_rules(tmp_path) == (Rule("x", "y"),)
    assert replace_rules.load_rules(tmp_path / "nowhere") == ()
