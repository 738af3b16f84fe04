"""Which words are doubted, and what is offered instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.language import lexicon
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.language.spelling import OwnWords, Speller
from ocr_studio.core.project import project_words

_WORDS = {
    "return": 1e-4, "the": 5e-2, "teh": 1e-6, "receive": 4e-5, "recieve": 5e-7, "queue": 1e-5, "board": 1e-4,
    "whiteboard": 1e-6, "meeting": 1e-4, "don't": 1e-3, "recognize": 1e-4, "recognizer": 1e-7, "word": 1e-4,
    "straße": 1e-5, "arbeit": 1e-4, "zimmer": 1e-5, "white": 1e-4, "refactor": 1e-7,
}  # fmt: skip


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(("en",), Lexicon.of(_WORDS), OwnWords.of({"Kubermatic": 2}))


@pytest.mark.parametrize("text", ["return", "The board.", "DON’T", "Meeting,", "recognizer", "refactor", "Kubermatic"])
def test_known_words_are_not_doubted(speller: Speller, text: str) -> None:
    assert speller.doubts(text) == ()


@pytest.mark.parametrize(
    "text",
    ["12", "3rd", "v1.2", "fooBar", "foo_bar", "a@bxx.cc", "src/mian.py", "xqz.py", "API", "HTTPS", "x", "–", "→",
     "привт", "a=bxc"],
)  # fmt: skip
def test_numbers_signs_and_codes_are_left_alone(speller: Speller, text: str) -> None:
    assert speller.doubts(text) == ()


def test_doubts_say_where_they_are(speller: Speller) -> None:
    found = speller.doubts("the retum, „Boord!“")
    assert [(each.start, each.end, each.word) for each in found] == [(4, 9, "retum"), (12, 17, "Boord")]


def test_a_usual_slip_is_doubted_though_many_write_so(speller: Speller) -> None:
    assert [each.word for text in ("teh", "recieve") for each in speller.doubts(text)] == ["teh", "recieve"]


def test_near_words_are_offered_the_likeliest_first_in_the_word_s_case(speller: Speller) -> None:
    assert speller.suggestions("retum")[0] == "return"
    assert speller.suggestions("Recieve")[0] == "Receive"
    assert speller.suggestions("BOORD")[0] == "BOARD"
    assert speller.suggestions("qeuue") == ("queue",)
    assert speller.suggestions("kubermatik") == ("kubermatic",)
    assert speller.suggestions("xyzzyx") == ()


def test_known_readings_of_the_recognizer_are_offered_first(speller: Speller) -> None:
    assert speller.suggestions("vord")[0] in {"word", "board"}
    assert speller.suggestions("boord", held=("xxxx", "white"))[:2] in {("board", "white"), ("white", "board")}


def test_two_words_run_together_are_offered_apart(speller: Speller) -> None:
    assert "the board" in speller.suggestions("theboard")
    assert "The word" in speller.suggestions("Theward", held=("Theward", "theword"))


def test_the_project_s_words_are_known_as_soon_as_they_are_there(speller: Speller) -> None:
    assert speller.doubts("frobnicate")
    more = Speller(speller.languages, speller.lexicon, speller.own, frozenset({"frobnicate"}))
    assert not more.doubts("Frobnicate kubermatic")
    assert more.suggestions("frobnicat") == ("frobnicate",)
    less = more.with_more(frozenset({"grok"}))
    assert [each.word for each in less.doubts("Frobnicate kubermatic grok boord")] == ["Frobnicate", "boord"]


def test_joined_words_are_known_in_languages_that_join_them() -> None:
    lexicon = Lexicon.of(_WORDS)
    assert not Speller(("de",), lexicon).doubts("Arbeitszimmer")
    assert Speller(("en",), lexicon).doubts("Arbeitszimmer")


def test_without_a_language_nothing_is_doubted() -> None:
    assert Speller((), Lexicon.of({})).doubts("qwrtz") == ()


def test_looking_many_up_together_says_the_same(speller: Speller) -> None:
    texts = ["retum", "the board", "recieve 12", "whiteboard"]
    fresh = Speller(("en",), speller.lexicon)
    fresh.look_at(texts)
    assert [fresh.doubts(text) for text in texts] == [Speller(("en",), speller.lexicon).doubts(text) for text in texts]


def test_english_as_it_is_written() -> None:
    real = Speller(("en",), lexicon.load_lexicon(("en",)))
    slips = "recieve definately adress retum exmaple goverment"
    assert [each.word for each in real.doubts(slips)] == slips.split()
    assert not real.doubts("Please receive our agenda for tomorrow's meeting about throughout stakeholders don't")


def test_added_words_are_kept_with_the_project(tmp_path: Path) -> None:
    project_words.save_added(SafeFolder(tmp_path), frozenset({"Kubermatic", "żaba"}))
    assert project_words.load_added(SafeFolder(tmp_path)) == {"Kubermatic", "żaba"}
    (tmp_path / project_words.FILE).write_text('{"words": [1, "a", ""]}')
    assert project_words.load_added(SafeFolder(tmp_path)) == {"a"}
    assert project_words.load_added(SafeFolder(tmp_path / "nowhere")) == frozenset()
