"""Synthetic words: what they say is what stands there, they come out the same again, and other splits have other
hands."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.images import photo_file
from ocr_studio.engine.synth import sources as sources_
from ocr_studio.engine.synth.boards import board_options
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.photo import backgrounds, board_surface
from ocr_studio.engine.synth.photo.backgrounds import BadBackgrounds
from ocr_studio.engine.synth.sources import Kind, NoSources, Sources, Stock
from ocr_studio.engine.synth.text import texts
from ocr_studio.engine.synth.text.board_texts import BoardTexts
from ocr_studio.engine.synth.text.texts import BadWordList
from ocr_studio.engine.synth.word_crops import SynthCrop, WordMaker, WordOptions
from tests.engine import drawn_strokes

CLEAN = WordOptions(harm=0.0)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("sources")
    drawn_strokes.write(folder / "strokes.npz", writers=6)
    (folder / "words.txt").write_text("board meeting list paper answer window\nTeam plan\n", "utf-8")
    (folder / "backgrounds").mkdir()
    rng = np.random.default_rng(3)
    for number in range(24):
        photo = np.full((90, 160, 3), rng.integers(120, 250, 3), np.uint8)
        photo_file.save_png(folder / "backgrounds" / f"board {number}.png", photo)
    return Sources(
        strokes=(folder / "strokes.npz",),
        backgrounds=folder / "backgrounds",
        words=folder / "words.txt",
        prints=(),
    )


def some(maker: WordMaker, many: int) -> list[SynthCrop]:
    return list(islice(maker.stream(), many))


def test_words_come_out_the_same_in_any_order_and_other_seeds_bring_others(sources: Sources) -> None:
    first, again = WordMaker(sources, seed=1), WordMaker(sources, seed=1)
    for index in (7, 3, 0):
        one, two = first.at(index), again.at(index)
        assert (one.text, one.writer, one.kind) == (two.text, two.writer, two.kind)
        assert np.array_equal(one.crop, two.crop)
        assert np.array_equal(one.letters, two.letters)
    other = WordMaker(sources, seed=2)
    assert [other.at(index).text for index in range(8)] != [first.at(index).text for index in range(8)]


def test_processes_that_share_the_work_make_what_one_would(sources: Sources) -> None:
    maker = WordMaker(sources, seed=5)
    alone = [word.text for word in islice(maker.stream(), 6)]
    shared = [[word.text for word in map(maker.at, range(part, 6, 2))] for part in (0, 1)]
    assert alone == [text for pair in zip(*shared, strict=True) for text in pair]


def test_a_word_is_a_picture_with_a_box_for_each_letter(sources: Sources) -> None:
    for word in some(WordMaker(sources, seed=3), 40):
        height, width = word.crop.shape[:2]
        assert word.crop.dtype == np.uint8
        assert word.crop.shape == (height, width, 3)
        assert height >= 4
        assert width >= 4
        assert word.letters.shape == (len(word.text.replace(" ", "")), 4, 2)
        assert (word.letters >= 0).all()
        assert (word.letters <= (width, height)).all()
        assert word.split is SourceSplit.TRAIN


def test_what_can_be_seen_on_the_crop_lies_in_the_letters_boxes(sources: Sources) -> None:
    """On clean crops nearly all that differs from the ground is within the boxes of the letters."""
    held = 0
    for word in some(WordMaker(sources, options=CLEAN, seed=8), 60):
        grey = cv2.cvtColor(word.crop, cv2.COLOR_RGB2GRAY).astype(float)
        outside: NDArray[np.uint8] = np.ones(grey.shape, np.uint8)
        for corners in word.letters:
            cv2.fillConvexPoly(outside, np.round(corners).astype(np.int32), 0)
        outside = np.asarray(cv2.erode(outside, np.ones((5, 5), np.uint8)), np.uint8)
        if outside.sum() < 80 or outside.all():
            continue
        ground = np.median(grey[outside == 1])
        inside = float(np.abs(grey[outside == 0] - ground).mean())
        held += inside > 2.5 * float(np.abs(grey[outside == 1] - ground).mean())
    assert held > 45


def test_kinds_are_mixed_as_asked_and_those_without_sources_left_out(sources: Sources) -> None:
    shares = {Kind.STROKES: 1.0, Kind.COMPOSED: 1.0, Kind.HANDWRITING: 5.0, Kind.MADE: 2.0}
    counts = Counter(word.kind for word in some(WordMaker(sources, options=WordOptions(shares=shares)), 100))
    assert set(counts) == {Kind.STROKES, Kind.COMPOSED, Kind.MADE}
    assert 30 < counts[Kind.MADE] < 70
    with pytest.raises(NoSources, match="none of the selected kinds of handwriting"):
        WordMaker(sources, options=WordOptions(shares={Kind.HANDWRITING: 1.0}))


def test_without_any_files_there_is_still_something_to_read() -> None:
    kinds = Counter(word.kind for word in some(WordMaker(Sources(prints=())), 24))
    assert set(kinds) == {Kind.MADE, Kind.PRINT}


def test_only_letters_that_are_asked_for_are_written(sources: Sources) -> None:
    letters = frozenset("abdeghilmnoprstw")
    options = WordOptions(letters=letters | {" "}, lines=0.5)
    words = some(WordMaker(sources, options=options, seed=4), 40)
    assert all(letters.issuperset(word.text.replace(" ", "")) for word in words)
    assert 8 < sum(" " in word.text for word in words) < 32
    nobody = WordMaker(sources, options=WordOptions(letters=frozenset("Ж")))
    with pytest.raises(NoSources, match="no writer or font has the requested characters"):
        nobody.at(0)


def test_writers_and_backgrounds_of_one_split_are_in_no_other(sources: Sources) -> None:
    options = WordOptions(shares={Kind.STROKES: 1.0, Kind.MADE: 1.0})
    writers = {
        split: {word.writer for word in some(WordMaker(sources, split, options=options), 20)} for split in SourceSplit
    }
    assert all(not (writers[one] & writers[two]) for one, two in combinations(SourceSplit, 2))
    assert sources.backgrounds is not None
    tones = {
        split: {tuple(photo[0, 0].tolist()) for photo in backgrounds.load_backgrounds(sources.backgrounds, split)[0]}
        for split in SourceSplit
    }
    assert all(not (tones[one] & tones[two]) for one, two in combinations(SourceSplit, 2))
    assert sum(map(len, tones.values())) == 24


def test_splits_share_what_was_read_and_it_goes_with_the_last_of_them(sources: Sources) -> None:
    stocks = [Stock.open(sources, split) for split in SourceSplit]
    files = [writer.words["board"][0][0] for stock in stocks for writer in stock.people]
    assert len(files) == 6
    assert len(set(map(id, files))) == 1
    del stocks, files
    gc.collect()
    assert not sources_._OPEN_FILES


def test_a_crop_is_cut_from_backgrounds_of_any_size() -> None:
    small = backgrounds.Backgrounds((np.full((20, 12, 3), 90, np.uint8),), real=1.0)
    piece, _ = small.piece(300, 50, np.random.default_rng(0))
    assert piece.shape == (50, 300, 3)
    assert (piece == 90).all()


def test_texts_at_boards_hold_words_code_figures_and_signs() -> None:
    known = BoardTexts(texts.load_vocabulary(("en",)))
    rng = np.random.default_rng(0)
    drawn = [known.one(rng) for _ in range(1500)]
    assert all(text and text == text.strip() and " " not in text for text in drawn)
    for pattern in ("()", "[", "_", "->", "O(", "@", "%", ".com", "$", "€"):
        assert any(pattern in text for text in drawn), pattern
    assert sum(text.isalpha() for text in drawn) > 700
    assert 100 < sum(any(sign.isdigit() for sign in text) for text in drawn) < 500


def test_words_of_a_list_are_drawn_as_often_as_they_stand_there(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("\ufeffoften often often often often often often often often\nonce\n", "utf-8")
    known, rng = texts.load_word_list(path), np.random.default_rng(1)
    counts = Counter(known.word(rng) for _ in range(400))
    assert set(counts) == {"often", "once"}
    assert counts["often"] > 2 * counts["once"]


def test_where_only_words_are_asked_for_nothing_else_is_written(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("board zoo Team plan/B café\n", "utf-8")
    listed = {"board", "zoo", "Team", "plan/B", "café"}
    shares = {Kind.STROKES: 1.0, Kind.COMPOSED: 1.0, Kind.MADE: 1.0}
    asked = replace(sources, words=tmp_path / "list.txt", only_words=True)
    said: dict[Kind, set[str]] = {}
    for word in some(WordMaker(asked, options=WordOptions(shares=shares)), 90):
        said.setdefault(word.kind, set()).add(word.text)
    assert said[Kind.STROKES] <= {"board", "zoo", "Team"}  # which were recorded
    assert set().union(*said.values()) == listed
    free = {word.text for word in some(WordMaker(replace(asked, only_words=False)), 60)}
    assert free - listed
    (tmp_path / "other.txt").write_text("giraffe", "utf-8")
    nobody = WordOptions(shares={Kind.STROKES: 1.0})
    with pytest.raises(
        NoSources, match="none of the selected kinds of handwriting"
    ):  # nobody's recorded words are among them
        WordMaker(replace(asked, words=tmp_path / "other.txt"), options=nobody)


def test_who_wrote_few_words_of_the_list_does_not_write_these_over_and_over(sources: Sources, tmp_path: Path) -> None:
    made = [f"{first}{vowel}{last}" for first in "bdfglmnprst" for vowel in "aeiou" for last in "bdgmnt"]
    (tmp_path / "list.txt").write_text(" ".join([*made, "board"]), "utf-8")  # of which people wrote the last
    asked, rng = replace(sources, words=tmp_path / "list.txt"), np.random.default_rng(4)
    for only in (False, True):
        stock = Stock.open(replace(asked, only_words=only), SourceSplit.TRAIN)
        writer = stock.writer(Kind.COMPOSED, rng)
        words = [word for _ in range(40) for word in board_options._choose_contents(stock, writer).sentence(rng, 5)]
        assert bool(stock.has_enough_words(writer)) is not only
        assert (Counter(words)["board"] < 0.05 * len(words)) is only
        assert len({*words} & {*made}) > 50 if only else len({*words} & {*made}) < 20


def test_words_of_a_list_are_written_with_whole_letters(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("cafe\u0301", "utf-8")
    assert texts.load_word_list(path).words == ("café",)
    path.write_text("tea and cake", "utf-8")
    assert texts.load_word_list(path).words == ("tea", "and", "cake")  # changed while the program runs


@pytest.mark.parametrize("data", [b"", b"   \n", b"\xff\xfe\x00\xd8"])
def test_what_is_no_word_list_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad list.txt"
    path.write_bytes(data)
    with pytest.raises(BadWordList, match=r"bad list\.txt: the word list can’t be used.*UTF-8"):
        texts.load_word_list(path)
    with pytest.raises(BadWordList, match="the word list can’t be used"):
        texts.load_word_list(tmp_path / "no\0path")


def test_a_folder_without_backgrounds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBackgrounds, match=r"no photos of empty boards.*Choose a folder"):
        backgrounds.load_backgrounds(tmp_path, SourceSplit.TRAIN)
    with pytest.raises(BadBackgrounds):
        backgrounds.load_backgrounds(tmp_path / "nowhere", SourceSplit.TRAIN)


def test_of_very_many_backgrounds_some_from_all_over_the_folder_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backgrounds, "_MOST_PHOTOS", 10)
    for number in range(25):
        photo_file.save_png(tmp_path / f"{number:02d}.png", np.full((40, 60, 3), 100 + number, np.uint8))
    taken, told = set(), set()
    for split in SourceSplit:
        photos, refused = backgrounds.load_backgrounds(tmp_path, split)
        taken |= {int(photo[0, 0, 0]) - 100 for photo in photos}
        told |= {str(each) for each in refused}
    assert sorted(taken) == [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]
    assert told == {f"{tmp_path}: 15 photos in this folder were left out: at most 10 are used."}


def test_ink_can_be_told_from_its_ground_even_where_the_ground_is_nearly_as_dark(tmp_path: Path) -> None:
    for number in range(12):
        photo_file.save_png(tmp_path / f"night {number}.png", np.full((90, 160, 3), 3 + 2 * number, np.uint8))
    sources = Sources(backgrounds=tmp_path, prints=(), languages=("en",))
    clean = WordOptions(harm=0.0, grounds={board_surface.Surface.REAL: 1.0})
    for word in some(WordMaker(sources, options=clean, seed=2), 30):
        grey = cv2.cvtColor(word.crop, cv2.COLOR_RGB2GRAY)
        assert np.percentile(grey, 99) - np.percentile(grey, 10) > 20, word.text
