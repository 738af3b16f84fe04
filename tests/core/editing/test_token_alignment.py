"""What became of each token of an edited text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing.token_alignment import align, find_cut


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("teh", "the", "teh>the"),
        ("cat", "whiteboard", "cat>whiteboard"),  # typed over: the box stays
        ("cat", "black cat", ">black | cat>cat"),
        ("abcd", "I abcd", ">I | abcd>abcd"),
        ("fromBo", "from Bob", "fromBo>from Bob"),
        ("hel lo there", "hello there", "hel lo>hello | there>there"),
        ("un read able", "unreadable", "un read able>unreadable"),
        ("Ship the new", "Ship new", "Ship>Ship | the> | new>new"),
        ("a b c", "a x c d", "a>a | b>x | c>c | >d"),
        ("cat sat", "the dog sat", "cat>the | >dog | sat>sat"),
        ("Enqeue", "En queue ( x", "Enqeue>En queue | >( | >x"),
        ("", "new", ">new"),
        ("old", "", "old>"),
    ],
)
def test_tokens_are_aligned_as_a_reader_would(before: str, after: str, wanted: str) -> None:
    old, new = before.split(), after.split()
    groups = align(old, new)
    assert wanted == " | ".join(
        f"{' '.join(old[index] for index in group.old)}>{' '.join(new[index] for index in group.new)}"
        for group in groups
    )


tokens = st.lists(st.text("abcx", min_size=1, max_size=5), max_size=8)


@given(tokens, tokens)
def test_every_token_is_in_one_group_in_order(old: list[str], new: list[str]) -> None:
    groups = align(old, new)
    assert [index for group in groups for index in group.old] == list(range(len(old)))
    assert [index for group in groups for index in group.new] == list(range(len(new)))
    assert all(min(len(group.old), len(group.new)) <= 1 for group in groups)


def test_a_long_text_with_a_change_in_its_middle_stays_aligned_around_it() -> None:
    old = [f"w{number}" for number in range(3000)]
    new = [*old[:1000], "x", *old[1001:2000], *old[2002:]]
    pairs = [(group.old, group.new) for group in align(old, new)]
    assert (range(1000, 1001), range(1000, 1001)) in pairs
    assert (range(2999, 3000), range(2997, 2998)) in pairs


@pytest.mark.parametrize(
    ("text", "first", "rest", "letter"), [("fromBo", "from", "Bob", 4), ("cat", "ca", "tx", 2), ("teh", "t", "he", 1)]
)
def test_the_place_of_a_typed_space_is_found(text: str, first: str, rest: str, letter: int) -> None:
    assert find_cut(text, first, rest) == letter
