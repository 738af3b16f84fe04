"""Words and how often they are written: looked up by their beginnings, for languages and for what a person typed."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core import resources
from ocr_studio.core.language import lexicon as language
from ocr_studio.core.language import typed_words, word_frequencies
from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.language.word_frequencies import NoWordCounts, load_frequencies
from ocr_studio.core.page import Transcription
from tests.core.made_pages import read_word

words = st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=12)


def looked_up(lexicon: Lexicon, *texts: str) -> list[tuple[float, float]]:
    """(share of words that begin so, share of words that are just this), for each."""
    begin, whole = lexicon.look_up(np.array([language.hash_letters(text) for text in texts], np.uint64))
    return [(float(one), float(other)) for one, other in zip(begin, whole, strict=True)]


@given(st.dictionaries(words, st.floats(1e-6, 1.0), max_size=20), words)
def test_a_beginning_has_the_share_of_all_words_that_begin_so(frequencies: dict[str, float], asked: str) -> None:
    folded: dict[str, float] = {}
    for word, frequency in frequencies.items():
        key = "".join(map(language.fold_character, word))
        folded[key] = folded.get(key, 0.0) + frequency
    asked = "".join(map(language.fold_character, asked))
    begin, whole = looked_up(Lexicon.of(frequencies), asked)[0]
    assert begin == pytest.approx(sum(share for word, share in folded.items() if word.startswith(asked)), rel=1e-5)
    assert whole == pytest.approx(folded.get(asked, 0.0), rel=1e-5)


def test_case_and_the_kind_of_apostrophe_do_not_count() -> None:
    lexicon = Lexicon.of({"don't": 0.25, "Été": 0.5})
    assert looked_up(lexicon, "DON’T", "été", "ete") == [(0.25, 0.25), (0.5, 0.5), (0.0, 0.0)]


def test_a_lexicon_without_words_knows_none() -> None:
    assert looked_up(Lexicon.of({}), "a", "word") == [(0.0, 0.0)] * 2
    assert looked_up(Lexicon.of({"": 1.0}), "a") == [(0.0, 0.0)]


def test_english_knows_its_words() -> None:
    english = language.load_lexicon(("en",))
    the, qzx, whiteboard, plural = looked_up(english, "the", "qzxv", "whiteboard", "don't")
    assert the[1] > 0.01
    assert qzx == (0.0, 0.0)
    assert 0 < whiteboard[1] < the[1]
    assert plural[1] > 0
    assert looked_up(english, "00") == [(0.0, 0.0)]  # where numbers are counted together, they are no words
    assert english.letters["e"] > english.letters["z"] > english.letters["ü"] > 0


def test_several_languages_know_the_words_of_each() -> None:
    english, both = language.load_lexicon(("en",)), language.load_lexicon(("en", "sv"))
    assert looked_up(english, "flygplats") == [(0.0, 0.0)]
    assert looked_up(both, "flygplats")[0][1] > 0
    assert looked_up(both, "the")[0][1] == pytest.approx(looked_up(english, "the")[0][1] / 2, rel=0.05)


def test_words_are_known_without_their_marks_too_but_less() -> None:
    (marked, bare) = looked_up(language.load_lexicon(("sv",)), "människor", "manniskor")
    assert 0 < bare[1] < marked[1]


def test_german_words_may_have_a_sharp_s_or_two_of_the_other() -> None:
    sharp, plain = looked_up(language.load_lexicon(("de",)), "Straße", "STRASSE")
    assert 0 < sharp[1] < plain[1]
    assert looked_up(language.load_lexicon(("en",)), "paß") == [(0.0, 0.0)]


def test_every_language_that_may_be_chosen_is_there() -> None:
    for code in LANGUAGES:
        share, _ = next(load_frequencies(code, rarest=0.0))
        assert 0 < share <= 1
    assert list(LANGUAGES.values()) == sorted(LANGUAGES.values())


def test_technical_terms_may_be_chosen_as_a_language() -> None:
    english, both = language.load_lexicon(("en",)), language.load_lexicon(("en", "technical"))
    for term in ("enqueue", "kubectl", "mhz"):
        assert looked_up(both, term)[0][1] > 10 * looked_up(english, term)[0][1]
    shares = [share for share, _ in load_frequencies("technical", rarest=1e-4)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] >= 1e-4


@pytest.mark.parametrize("data", [b"\xff", b"word\n", b"word\tmany\n"], ids=["no text", "no count", "no number"])
def test_damaged_technical_terms_are_told(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "technical-terms.tsv").write_bytes(data)
    monkeypatch.setattr(resources, "folder", lambda: tmp_path)
    with pytest.raises(resources.ResourceMissing, match="technical-terms"):
        list(load_frequencies("technical", rarest=0.0))


def test_words_come_the_most_frequent_first_down_to_the_rarest_asked_for() -> None:
    shares, bands = zip(*load_frequencies("en", rarest=0.01), strict=True)
    assert (shares[0], shares[-1]) == (1.0, 0.01)
    assert list(shares) == sorted(shares, reverse=True)
    assert [band.index("the") for band in bands if "the" in band] == [0]
    assert list(load_frequencies("en", rarest=1.5)) == []


def test_another_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        language.load_lexicon(("klingon",))


@pytest.mark.parametrize(
    "data",
    [None, b"", b"no gzip", gzip.compress(b"\x93\x01\x90"), gzip.compress(b"\xc1")],
    ids=["not there", "empty", "no gzip", "not as known", "no msgpack"],  # what gzip makes differs by the second
)
def test_damaged_files_of_words_are_told(data: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if data is not None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "large_en.msgpack.gz").write_bytes(data)
    monkeypatch.setattr(metadata, "distribution", lambda _: _Package(tmp_path))
    with pytest.raises(NoWordCounts, match="Install wordfreq"):
        list(load_frequencies("en", rarest=0.0))


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "distribution", missing)
    with pytest.raises(NoWordCounts, match="is missing"):
        list(load_frequencies("en", rarest=0.0))


def test_words_are_kept_between_starts_and_made_anew_where_that_is_damaged(studio_home: Path) -> None:
    language._load_lexicon.cache_clear()
    made = language.load_lexicon(("fil",))
    (kept,) = studio_home.rglob("*.npz")
    whole = kept.read_bytes()
    for damaged in (whole, whole[:-100], b"", b"no archive", whole[:5000] + bytes(500) + whole[5500:]):
        kept.write_bytes(damaged)
        language._load_lexicon.cache_clear()
        again = language.load_lexicon(("fil",))
        for one, other in ((made.keys, again.keys), (made.begin, again.begin), (made.whole, again.whole)):
            np.testing.assert_array_equal(one, other)
        assert again.letters == made.letters


def test_kept_words_are_read_and_not_counted_again(studio_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    language._load_lexicon.cache_clear()
    made = language.load_lexicon(("fil",))

    def refuse(code: str, *, rarest: float) -> None:
        raise AssertionError(f"words of {code} down to {rarest} are counted again")

    monkeypatch.setattr(word_frequencies, "load_frequencies", refuse)
    language._load_lexicon.cache_clear()
    np.testing.assert_array_equal(language.load_lexicon(("fil",)).keys, made.keys)
    (kept,) = studio_home.rglob("*.npz")
    with np.load(kept) as archive:
        assert set(archive.files) == {"keys", "begin", "whole", "codes", "shares"}


def test_threads_that_ask_together_share_one_table(studio_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    language._load_lexicon.cache_clear()
    counted: list[str] = []

    def count(code: str, *, rarest: float) -> Iterator[tuple[float, list[str]]]:
        counted.append(code)
        time.sleep(0.05)  # so that the others come meanwhile
        return load_frequencies(code, rarest=rarest)

    monkeypatch.setattr(word_frequencies, "load_frequencies", count)
    with ThreadPoolExecutor(3) as threads:
        first, *others = threads.map(language.load_lexicon, [("fil",)] * 3)
    assert counted == ["fil"]
    assert all(other is first for other in others)


def test_an_archive_with_any_bit_flipped_is_read_or_made_anew(tmp_path: Path) -> None:
    word_frequencies.store_cached(tmp_path / "a.npz", {"keys": np.arange(3)})
    whole = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "b").mkdir()
    for place in range(len(whole)):
        for bit in (0x01, 0x80):
            damaged = bytearray(whole)
            damaged[place] ^= bit
            (tmp_path / "b" / "a.npz").write_bytes(damaged)
            word_frequencies.load_cached(tmp_path / "b" / "a.npz")


def test_arrays_that_are_no_words_are_made_anew(studio_home: Path) -> None:
    language._load_lexicon.cache_clear()
    made = language.load_lexicon(("fil",))
    (kept,) = studio_home.rglob("*.npz")
    with np.load(kept) as archive:
        arrays = dict(archive)
    for change in (
        {"keys": arrays["keys"][::-1]},
        {"begin": arrays["begin"][:-1]},
        {"codes": arrays["codes"] + (1 << 30)},
    ):
        np.savez(kept, **(arrays | change))
        language._load_lexicon.cache_clear()
        np.testing.assert_array_equal(language.load_lexicon(("fil",)).keys, made.keys)


def test_only_the_last_few_tables_are_kept(studio_home: Path) -> None:
    for number in range(7):
        word_frequencies.store_cached(word_frequencies.cache_path(number), {"keys": np.zeros(3)})
    assert len(list(studio_home.rglob("*.npz"))) == 4
    assert word_frequencies.load_cached(word_frequencies.cache_path(0)) is None
    assert word_frequencies.load_cached(word_frequencies.cache_path(6)) is not None


def test_where_no_table_can_be_kept_words_are_known_all_the_same(studio_home: Path) -> None:
    folder = word_frequencies.cache_path("x").parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    language._load_lexicon.cache_clear()
    assert looked_up(language.load_lexicon(("fil",)), "bahay")[0][1] > 0
    assert folder.read_text() == "a file where the folder should be"


@dataclass(frozen=True)
class _Package:
    folder: Path

    def locate_file(self, _: str) -> Path:
        return self.folder


def test_no_language_is_no_words_and_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "distribution", missing)
    language._load_lexicon.cache_clear()
    assert looked_up(language.load_lexicon(()), "the") == [(0.0, 0.0)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the users' map", ["the", "users", "map"]),
        ("kubectl-get_pods/all", ["kubectl", "get", "pods", "all"]),
        ("it's “here”, at 10:30!", ["it's", "here", "at", "10", "30"]),
        ("Zoë’s A7-12", ["Zoë’s", "A7", "12"]),
        ("… — '", []),
        ("", []),
    ],
)
def test_a_text_is_taken_apart_into_words(text: str, found: list[str]) -> None:
    assert list(typed_words.find_runs(text)) == found


def test_only_what_a_person_wrote_is_typed() -> None:
    machine = read_word("mop", 100)
    typed = [replace(read_word("mop", x), human=Transcription.by_human("the map")) for x in (200, 300)]
    assert typed_words.find_typed_words([machine, *typed]) == {"the": 2, "map": 2}


def test_a_word_typed_once_is_like_a_usual_one_and_many_words_share_the_weight() -> None:
    few = language.build_lexicon({"kubectl": 1})
    many = language.build_lexicon({"kubectl": 1, **{f"word{number}": 1 for number in range(20_000)}})
    assert 1e-4 < looked_up(few, "kubectl")[0][1] < 1e-3
    assert 1e-5 < looked_up(many, "kubectl")[0][1] < 1e-4
