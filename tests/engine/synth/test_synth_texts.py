"""What is said on made boards is said in the languages that were chosen, and German nouns begin with a capital."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ocr_studio.engine.synth.boards.board_options import _choose_contents
from ocr_studio.engine.synth.handwriting.procedural_writer import ProceduralWriter
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.sources import Sources, Stock
from ocr_studio.engine.synth.text import german_phrases, german_spelling, language_phrases, phrases
from ocr_studio.engine.synth.text.board_texts import BoardTexts
from ocr_studio.engine.synth.text.contents import BoardContents, Theme, random_amount
from ocr_studio.engine.synth.text.texts import SynthVocabulary, load_vocabulary

ENGLISH = {
    word
    for said in (*phrases.HEADINGS.values(), phrases.DAYS, phrases.MONTHS, phrases.SMALL)
    for heading in said
    for word in heading.split()
}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def contents(*languages: str) -> BoardContents:
    stock = Stock.open(Sources(prints=(), languages=languages), SourceSplit.TRAIN)
    return _choose_contents(stock, ProceduralWriter.sample(np.random.default_rng(1), SourceSplit.TRAIN))


def headings(said: BoardContents, rng: np.random.Generator) -> list[str]:
    return [" ".join(said.heading(theme, rng)) for theme in Theme for _ in range(12)]


def test_german_nouns_begin_with_a_capital_and_other_words_do_not(rng: np.random.Generator) -> None:
    words = load_vocabulary(("de",)).words
    for noun in ("Zeit", "Haus", "Menschen", "Rechnung", "Möglichkeiten", "Gesellschaft", "Straße", "Zeitpunkt"):
        assert noun in words, noun
        assert noun.lower() not in words
    for other in ("und", "machen", "gemacht", "große", "schöne", "wichtig", "automatisch", "teilweise"):
        assert other in words, other
    assert not {"Automatisch", "Teilweise", "Machen", "Und", "Schöne"} & set(words)
    drawn = [load_vocabulary(("de",)).word(rng) for _ in range(400)]
    assert 0.2 < sum(word[0].isupper() for word in drawn) / 400 < 0.6
    assert not any(word[0].isupper() for word in load_vocabulary(("fr",)).words)


def test_of_what_cannot_be_told_nothing_is_written() -> None:
    shares = {"rechnung": 1.0, "xylofant": 1.0, "und": 1.0, "projektplan": 0.0, "sitzungszimmer": 2.0}
    assert german_spelling.restore_spelling(shares) == {"Rechnung": 1.0, "und": 1.0, "Sitzungszimmer": 2.0}


@pytest.mark.parametrize(
    "word",
    ["dreißigster", "preußischer", "äußerste", "aussendende", "ausschließlich", "mutmaßlicher", "massenhaft",
     "Maßnahmen", "Reißverschluss", "Kreisstadt", "Preissenkung", "Beweisstück", "Außenminister"],
)  # fmt: skip
def test_sharp_s_stands_where_it_is_written(word: str) -> None:
    assert german_spelling.restore_sharp_s(word.lower().replace("ß", "ss")) == word.lower()


@pytest.mark.parametrize("language", ["de", "fr"])
def test_headings_days_and_titles_are_not_english_where_english_was_not_chosen(
    language: str, rng: np.random.Generator
) -> None:
    said = contents(language)
    alike = {
        "Phase",
        "Start",
        "Team",
        "Code",
        "Graph",
        "Energie",
        "Plan",
        "Server",
        "Tests",
        "Definition",
        "A",
        "B",
        "Sprint",
    }
    shared = {word.lower() for word in ENGLISH} & {word.lower() for word in load_vocabulary((language,)).words}
    for heading in headings(said, rng):
        english = {word for word in heading.split() if word in ENGLISH and word.isalpha()} - alike
        assert not {word for word in english if word.lower() not in shared}, heading
    dates = " ".join(" ".join(said.date(rng)) for _ in range(60))
    assert not {"Monday", "Tue", "March", "Sept"} & set(dates.split())
    assert [said.day(index) for index in range(2)] == (["Mo", "Di"] if language == "de" else ["1.", "2."])


def test_english_stays_as_it_is_and_two_languages_take_turns(rng: np.random.Generator) -> None:
    only = {heading.lower() for heading in headings(contents("en"), rng)}
    assert only <= {heading.lower() for some in phrases.HEADINGS.values() for heading in some}
    both = {heading.lower() for heading in headings(contents("en", "de"), rng)}
    assert both & {heading.lower() for heading in german_phrases.HEADINGS["meeting"]}
    assert both & {heading.lower() for heading in phrases.HEADINGS["meeting"]}
    assert set(german_phrases.HEADINGS) == set(phrases.HEADINGS) == {theme.value for theme in Theme}


def test_a_language_without_phrases_speaks_in_its_own_words(rng: np.random.Generator) -> None:
    words = {word.lower() for word in load_vocabulary(("fi",)).words}
    finnish = language_phrases.phrases_of("fi")
    for said in (finnish.title(rng), finnish.heading("maths", rng), finnish.phrase(rng)):
        assert {word.lower() for word in said.split()} <= words
    assert finnish.title(rng)[0].isupper()


@pytest.mark.parametrize("languages", [("en",), ("fr",), ("de",), ("es", "en")])
def test_what_is_put_together_could_have_been_written_by_somebody(
    languages: tuple[str, ...], rng: np.random.Generator
) -> None:
    words = load_vocabulary(languages)
    known = {word.lower() for word in words.words}
    drawn = [BoardTexts(words).one(rng) for _ in range(4000)]
    times = [found for text in drawn if (found := re.fullmatch(r"(\d+):\d\d([ap]m)", text))]
    assert bool(times) is (languages == ("en",))
    assert all(1 <= int(found[1]) <= 12 for found in times)
    plain = [BoardTexts(words, plain=1.0).one(rng) for _ in range(4000)]
    linked = [found for text in plain if (found := re.fullmatch(r"([^\W\d_]+)([-/&+])([^\W\d_]+)", text))]
    assert len(linked) > 20
    assert not [found[0] for found in linked if found[3].lower() not in known]
    others = [
        text for text in [*drawn, *plain] if re.search(r"\w’s\w", text, re.IGNORECASE) and text.lower() not in known
    ]
    assert not others
    ends = {found[0] for text in drawn if (found := re.search(r"(?<=\d)(st|nd|rd|th)$", text))}
    assert bool(ends) is (languages == ("en",))
    assert not [text for text in drawn if re.fullmatch(r"\d*(1[123](st|nd|rd)|(?<!1)[123]th)", text)]


def test_somebodys_things_end_as_english_has_it(rng: np.random.Generator) -> None:
    words = BoardTexts(load_vocabulary(("en",)))
    said = {words.add_punctuation(word, rng) for word in ("boss", "Anna", "TEAM") for _ in range(3000)}
    assert {"boss'", "Anna's", "TEAM'S"} <= said
    assert not {"boss's", "TEAM's"} & said


def test_a_word_is_linked_to_none_where_no_other_is_short(rng: np.random.Generator) -> None:
    long = "Hausaufgabenheft"
    words = BoardTexts(SynthVocabulary((long,), np.ones(1)))
    said = [words.add_punctuation(long, rng) for _ in range(2000)]
    assert not [text for text in said if re.fullmatch(rf"{long}[-/&+_]", text)]
    short = BoardTexts(SynthVocabulary(("Heft",), np.ones(1)))
    assert {f"{long}-Heft", f"{long}/Heft"} <= {short.add_punctuation(long, rng) for _ in range(2000)}


def test_no_letters_are_written_that_only_look_like_those_of_the_languages() -> None:
    for language in ("sk", "ro", "lv"):  # whose lists have “с” and “а” of the Russian alphabet
        assert not {"с", "а", "и", "не", "для"} & set(load_vocabulary((language,)).words)
    assert "nº" in load_vocabulary(("es",)).words


def test_days_are_written_and_told_as_the_language_has_it(rng: np.random.Generator) -> None:
    english, german = contents("en"), contents("de")
    ours, theirs = ({" ".join(said.date(rng)) for _ in range(600)} for said in (english, german))
    assert not [date for date in ours if re.fullmatch(r"\d+\. [A-Z]\w+\.?", date)]
    assert [date for date in theirs if re.fullmatch(r"\d+\. [A-Z]\w+\.?", date)]
    assert not [date for date in theirs if re.fullmatch(r"(Mai|Juni|Jan\.) \d+", date)]
    told = " ".join(german.clock(rng) for _ in range(200))
    assert not re.search("[ap]m", told)
    assert "pm" in " ".join(english.clock(rng) for _ in range(200))


def test_sums_and_sentences_are_as_people_write_them(rng: np.random.Generator) -> None:
    assert not [sum_ for sum_ in (random_amount(rng) for _ in range(3000)) if re.search(r"\b0\.0k", sum_)]
    finnish = contents("fi")
    said = " ".join(" ".join(finnish.paragraph(rng, 40)) for _ in range(60))
    assert re.search(r"[a-zä]: [a-z]", said)
    assert re.search(r"[a-zä]\. [A-ZÄ]", said)
    formulas = [" ".join(finnish.formula(rng)) for _ in range(400)]
    roots = [found for each in formulas if (found := re.fullmatch(r"√\((\d+)\) ≈ ([\d.]+)", each))]
    assert len(roots) == sum("√(" in each for each in formulas) >= 3
    assert [float(found[2]) for found in roots] == pytest.approx([int(found[1]) ** 0.5 for found in roots], abs=0.051)
