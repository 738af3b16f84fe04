"""What else may stand where a word was read, and how a text goes on that was begun."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.page import Alternative, TextSource, Transcription
from ocr_studio.core.review import autocomplete, suggestions
from ocr_studio.core.review.autocomplete import TypedBeginning
from ocr_studio.core.review.suggestions import WrittenTexts

LEXICON = Lexicon.of({"map": 1e-4, "make": 9e-4, "maple": 1e-6, "loop": 1e-4, "long": 8e-4, "error": 1e-4, "the": 5e-2})
NO_WORDS = Lexicon.of({})
NOTHING = WrittenTexts()


def _reading(text: str, confidence: float, *others: tuple[str, float]) -> Transcription:
    choices = (Alternative(text, confidence), *(Alternative(*other) for other in others))
    return Transcription(text, TextSource.MODEL, confidence, alternatives=choices)


def _written(*texts: str) -> WrittenTexts:
    made = WrittenTexts()
    for text in texts:
        made.add({text: 1})
    return made


def _rest(
    typed: str, read: str, written: WrittenTexts = NOTHING, *, lexicon: Lexicon = NO_WORDS, held: str = ""
) -> str:
    return autocomplete.complete_text(TypedBeginning(typed, read, [read, *held.split()]), written, lexicon)


def test_the_reading_comes_first_and_likely_ones_before_what_is_made_of_it() -> None:
    reading = _reading("(queve", 0.5, ("(queue", 0.3), ("(qveve", 0.001))
    found = suggestions.suggest_texts(reading, NOTHING, most=7)
    assert found[:3] == ("(queve", "(queue", "queve")
    assert "queue" in found
    assert found[-1] != "(queve"
    assert "(qveve" not in found


def test_another_case_is_offered() -> None:
    assert {"USE", "use", "Use"} <= set(suggestions.suggest_texts(_reading("USE", 0.9), NOTHING, most=7))


def test_what_was_written_before_is_offered_where_it_looks_like_what_was_read() -> None:
    written = _written("newArr[i]", "hash map", "in")
    assert suggestions.suggest_texts(_reading("newArrc.]", 0.3), written, most=4)[1] == "newArr[i]"
    assert "hash map" in suggestions.suggest_texts(_reading("hoshmop", 0.3), written, most=7)
    assert "newArr[i]" not in suggestions.suggest_texts(_reading("TROUBLE", 0.3), written, most=9)


def test_texts_are_counted_and_no_text_is_none() -> None:
    written = _written("map", "map", "", "mop")
    assert written.counts == {"map": 2, "mop": 1}
    assert written.beginning("m") == ["map", "mop"]
    assert written.near("") == []


@given(
    st.lists(st.tuples(st.text(max_size=8), st.floats(0, 1)), min_size=1, max_size=5),
    st.lists(st.text(max_size=8), max_size=5),
    st.integers(1, 9),
)
def test_guesses_are_few_and_different(readings: list[tuple[str, float]], texts: list[str], most: int) -> None:
    found = suggestions.suggest_texts(_reading(*readings[0], *readings[1:]), _written(*texts), most=most)
    assert found[0] == readings[0][0]
    assert len(found) == len(set(found)) <= most


@given(st.text(max_size=6), st.text(max_size=8), st.lists(st.text(max_size=8), max_size=4))
def test_whatever_is_typed_something_or_nothing_goes_on(typed: str, read: str, texts: list[str]) -> None:
    assert isinstance(autocomplete.complete_text(TypedBeginning(typed, read, texts), _written(*texts), LEXICON), str)


def test_a_word_that_was_begun_goes_on_as_the_likeliest_one() -> None:
    assert _rest("m", "mop", lexicon=LEXICON) == "ap"  # far more usual is "make", but it was not read
    assert _rest("ma", "", lexicon=LEXICON) == "ke"
    assert _rest("e", "emor", lexicon=LEXICON) == "rror"
    assert _rest("ER", "EMOR", lexicon=LEXICON) == "ROR"
    assert _rest("has_l", "has_100p", lexicon=LEXICON) == "oop"
    assert _rest("zzz", "", lexicon=LEXICON) == ""


def test_what_was_written_before_goes_before_the_languages() -> None:
    written = _written("makro", "maple tree")
    assert _rest("ma", "makrq", written, lexicon=LEXICON) == "kro"
    assert _rest("map", "mopletree", written, lexicon=LEXICON) == "le tree"
    # After one letter it must look like what was read.
    assert _rest("m", "xyzuvw", _written("makro")) != "akro"


def test_other_readings_and_the_reading_itself_go_on() -> None:
    assert _rest("AW", "Aws", held="AWS") == "S"
    assert _rest("out: ", "ont:head") == "head"
    assert _rest("2 ", "Zhoshmaps") == "hoshmaps"
    assert _rest("quite else", "map") == ""
    assert _rest(" ", "map") == ""


def test_one_letter_that_stands_for_many_may_be_repeated() -> None:
    long = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * suggestions.LONGEST  # folded, a letter is eighteen
    assert _written(long).near(long) == [(long, 0.0)]


def test_what_is_far_too_long_for_a_word_is_not_compared() -> None:
    """A file may hold a million letters in place of a word."""
    long = "!" * 1_000_000 + "a"
    written = _written("map", long)
    assert written.counts == {"map": 1}
    assert written.near(long) == []
    assert _rest(long, "map", written, lexicon=LEXICON) == _rest("m", long, written, lexicon=LEXICON) == ""
    assert suggestions.suggest_texts(_reading(long, 0.5), written, most=4) == (long, "a", long.upper(), "A")
    assert suggestions.suggest_texts(_reading(f"a{long[:-1]}", 0.5), written, most=2)[1] == "a"
