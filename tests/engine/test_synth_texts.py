"""What is said on made boards is said in the languages that were chosen, and German nouns begin with a capital."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.engine.synth import german_phrases, german_spelling, phrases, speech
from ocr_studio.engine.synth.casting import _contents
from ocr_studio.engine.synth.contents import Contents, Theme
from ocr_studio.engine.synth.made import MadeHand
from ocr_studio.engine.synth.sources import Sources, Stock
from ocr_studio.engine.synth.texts import texts
from ocr_studio.engine.synth.writing import Split

ENGLISH = {
    word
    for said in (*phrases.HEADINGS.values(), phrases.DAYS, phrases.MONTHS, phrases.SMALL)
    for heading in said
    for word in heading.split()
}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def contents(*languages: str) -> Contents:
    stock = Stock.open(Sources(prints=(), languages=languages), Split.TRAIN)
    return _contents(stock, MadeHand.any(np.random.default_rng(1), Split.TRAIN))


def headings(said: Contents, rng: np.random.Generator) -> list[str]:
    return [" ".join(said.heading(theme, rng)) for theme in Theme for _ in range(12)]


def test_german_nouns_begin_with_a_capital_and_other_words_do_not(rng: np.random.Generator) -> None:
    words = texts(("de",)).words
    for noun in ("Zeit", "Haus", "Menschen", "Rechnung", "Möglichkeiten", "Gesellschaft", "Straße", "Zeitpunkt"):
        assert noun in words, noun
        assert noun.lower() not in words
    for other in ("und", "machen", "gemacht", "große", "schöne", "wichtig", "automatisch", "teilweise"):
        assert other in words, other
    assert not {"Automatisch", "Teilweise", "Machen", "Und", "Schöne"} & set(words)
    drawn = [texts(("de",)).word(rng) for _ in range(400)]
    assert 0.2 < sum(word[0].isupper() for word in drawn) / 400 < 0.6
    assert not any(word[0].isupper() for word in texts(("fr",)).words)


def test_of_what_cannot_be_told_nothing_is_written() -> None:
    shares = {"rechnung": 1.0, "xylofant": 1.0, "und": 1.0, "projektplan": 0.0, "sitzungszimmer": 2.0}
    assert german_spelling.written(shares) == {"Rechnung": 1.0, "und": 1.0, "Sitzungszimmer": 2.0}


@pytest.mark.parametrize(
    "word",
    ["dreißigster", "preußischer", "äußerste", "aussendende", "ausschließlich", "mutmaßlicher", "massenhaft",
     "Maßnahmen", "Reißverschluss", "Kreisstadt", "Preissenkung", "Beweisstück", "Außenminister"],
)  # fmt: skip
def test_sharp_s_stands_where_it_is_written(word: str) -> None:
    assert german_spelling.sharpened(word.lower().replace("ß", "ss")) == word.lower()


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
    shared = {word.lower() for word in ENGLISH} & {word.lower() for word in texts((language,)).words}
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
    words = {word.lower() for word in texts(("fi",)).words}
    finnish = speech.of("fi")
    for said in (finnish.title(rng), finnish.heading("maths", rng), finnish.phrase(rng)):
        assert {word.lower() for word in said.split()} <= words
    assert finnish.title(rng)[0].isupper()
