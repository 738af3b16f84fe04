"""Made texts have the capitals of their language: the Turkish “i” keeps its dot."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.api import data_generation
from ocr_studio.engine.synth import sample_maker
from ocr_studio.engine.synth.boards.board_options import _contents
from ocr_studio.engine.synth.handwriting.procedural_writer import MadeHand
from ocr_studio.engine.synth.handwriting.rendered_text import TextSplit
from ocr_studio.engine.synth.sources import Sources, Stock
from ocr_studio.engine.synth.text import language_phrases
from ocr_studio.engine.synth.text.board_texts import BoardTexts
from ocr_studio.engine.synth.text.capitals import USUAL, Capitals
from ocr_studio.engine.synth.text.contents import Contents, Theme
from ocr_studio.engine.synth.text.texts import listed, texts

TURKISH = Capitals.of_languages({"tr": ["iki", "ısı", "kitap", "film", "türkiye'nin"], "en": ["film", "find"]})


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def contents(**asked: object) -> Contents:
    stock = Stock.open(Sources(prints=(), **asked), TextSplit.TRAIN)  # type: ignore[arg-type]
    return _contents(stock, MadeHand.any(np.random.default_rng(1), TextSplit.TRAIN))


@pytest.mark.parametrize(
    ("small", "large", "headed"),
    [
        ("iki", "İKİ", "İki"),
        ("ısı", "ISI", "Isı"),
        ("kitap", "KİTAP", "Kitap"),
        ("(kitap):", "(KİTAP):", "(kitap):"),
        ("kitap-iki", "KİTAP-İKİ", "Kitap-iki"),
        ("iki/find", "İKİ/FIND", "İki/find"),
        ("türkiye'nin", "TÜRKİYE'NİN", "Türkiye'nin"),
        ("find film", "FIND FILM", "Find film"),
        ("iki isEmpty()", "İKİ ISEMPTY()", "İki isEmpty()"),
        ("", "", ""),
    ],
)
def test_words_have_the_capitals_of_their_own_language(small: str, large: str, headed: str) -> None:
    assert TURKISH.upper(small) == large
    assert TURKISH.headed(small) == headed
    if "isEmpty" not in small:
        assert TURKISH.lower(large) == small
    assert USUAL.upper(small) == small.upper()
    assert USUAL.headed(small) == small[:1].upper() + small[1:]
    assert USUAL.lower(large) == "".join(sign for sign in large.lower() if not unicodedata.combining(sign))


def with_wrong_capitals(drawn: list[str], known: set[str]) -> list[str]:
    """Words that are known only if each “I” of them is taken for an “i”."""
    found = (run for text in drawn for run in re.findall(r"[^\W\d_]+", text) if len(run) > 2 and "I" in run)
    return [run for run in found if run.lower() in known and TURKISH.lower(run.replace("I", "ı")) not in known]


def test_turkish_words_and_headings_have_dotted_capitals(rng: np.random.Generator) -> None:
    words = texts(("tr",))
    known, said = set(words.words), contents(languages=("tr",))
    drawn = [BoardTexts(words, plain=1.0).one(rng) for _ in range(3000)]
    drawn += [" ".join(said.heading(theme, rng)) for theme in Theme for _ in range(100)]
    drawn += [" ".join(said.title(rng)) for _ in range(300)]
    drawn += [" ".join(said.paragraph(rng, 8)) for _ in range(300)]
    drawn += [language_phrases.of("tr").title(rng) for _ in range(300)]
    # Programs and English names stand among running text, so that some may look wrong.
    assert len(with_wrong_capitals(drawn, known)) < 0.002 * len(drawn)
    assert sum("İ" in text for text in drawn) > 0.05 * len(drawn)
    assert not any("\u0307" in text for text in drawn)
    assert {"İ", "ı", "I", "Ş"} <= set(sample_maker.usual_letters(words))


def test_beside_turkish_english_stays_english(rng: np.random.Generator) -> None:
    english = texts(("en",))
    assert not any("İ" in BoardTexts(english).one(rng) for _ in range(1500))
    assert "İ" not in sample_maker.usual_letters(english)
    both = texts(("en", "tr"))
    assert both.capitals.upper("this and bilgi") == "THIS AND BİLGİ"
    assert both.capitals.headed("için") == "İçin"
    assert both.capitals.headed("is") == "Is"


def test_of_a_list_its_letters_tell(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("iyi kapı bilgi kitap IŞIK İzmir", "utf-8")
    turkish = listed(path).capitals
    assert turkish.upper("bilgi") == "BİLGİ"
    assert turkish.headed("iyi") == "İyi"
    assert turkish.lower("IŞIK İzmir") == "ışık izmir"
    path.write_text(" ".join(["this", "is", "it", *(f"line{chr(97 + at)}" for at in range(26)), "İzmir"]), "utf-8")
    english = listed(path).capitals
    assert english.upper("this is it") == "THIS IS IT"
    assert english.lower("İzmir") == "izmir"


def test_scripts_get_small_letters_of_the_language() -> None:
    said = data_generation.get_text_generator(lowercase=True, languages=("tr",), seed=3)
    drawn = [next(said) for _ in range(800)]
    assert not any("\u0307" in text or "İ" in text for text in drawn)
    known = set(texts(("tr",)).words)
    runs = [run for text in drawn for run in re.findall(r"[^\W\d_]+", text) if len(run) > 3]
    # In capitals and back: none that was written with “ı” is now written with “i”.
    wrong = [run for run in runs if run not in known and run.replace("i", "ı") in known]
    assert not wrong
