"""Characters and classes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.language.charset import BLANK, Charset, is_in_alphabet, normalize_text

LATIN_WORDS = [
    "naïve",
    "Łódź",
    "straße",
    "Œuvre",
    "Ağrı",
    "12 €",
    "½ × 3 ÷ 2",
    "a→b",
    "≤ 30 °C",
    "• done ✓",
    "1 – 2 — 3 …",
]


@given(st.text(alphabet="abc xyzé½€", max_size=30))
def test_text_survives_encoding_and_decoding(text: str) -> None:
    charset = Charset(tuple("abcxyzé½€ "))
    assert charset.decode(charset.encode(text)) == normalize_text(text)


@given(st.text())
def test_normalised_text_is_composed_and_has_single_spaces(text: str) -> None:
    once = normalize_text(text)
    assert normalize_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "  " not in once
    assert once == once.strip()


def test_the_blank_is_class_zero_and_spells_nothing() -> None:
    charset = Charset(("a", "b"))
    assert len(charset) == 3
    assert charset.encode("ab") == [1, 2]
    assert charset.decode([BLANK, 1, BLANK, 2, BLANK]) == "ab"


def test_decomposed_text_is_encoded_as_its_composed_letters() -> None:
    assert Charset(("é",)).encode("e\u0301") == [1]


def test_unknown_characters_are_named() -> None:
    charset = Charset(("a",))
    assert charset.unknown("abça") == {"b", "ç"}
    assert "a" in charset
    assert "b" not in charset
    with pytest.raises(KeyError):
        charset.encode("b")


@pytest.mark.parametrize("label", [-1, 3])
def test_a_class_that_there_is_not_is_an_error(label: int) -> None:
    with pytest.raises(IndexError):
        Charset(("a", "b")).decode([label])


@pytest.mark.parametrize(
    ("characters", "said"), [("abcbéé", "more than once in the alphabet: “b” “é”$"), (("a", ""), "needs a character")]
)
def test_every_class_has_a_character_of_its_own(characters: Sequence[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Charset(tuple(characters))


@pytest.mark.parametrize("text", [*LATIN_WORDS, *(chr(code) for code in range(0x20, 0x7F))])
def test_latin_holds_what_people_write_in_latin_letters(text: str) -> None:
    assert all(is_in_alphabet(character, "latin") for character in text)


@pytest.mark.parametrize("character", ["一", "あ", "한", "А", "Α", "ǃ", "，", "𝐀", "\u00ad", "\u0301", "−", "\n"])
def test_latin_leaves_out_other_scripts_look_alikes_and_what_cannot_be_seen(character: str) -> None:
    assert not is_in_alphabet(character, "latin")


def test_no_alphabet_holds_a_character_that_normalised_text_cannot() -> None:
    assert not is_in_alphabet("\u212b", "all")  # the Ångström sign is the letter Å
    assert is_in_alphabet("\u00c5", "all")


def test_a_cut_charset_says_where_its_classes_were() -> None:
    whole = Charset(("一", "a", "二", "b", " "))
    cut, classes = whole.cut("latin")
    assert cut.characters == ("a", "b", " ")
    assert list(classes) == [BLANK, 2, 4, 5]
    assert whole.cut("all")[0] == whole
