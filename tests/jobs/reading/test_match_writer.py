"""Whose handwriting a photo shows is found by the look of its words, whatever they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.models.card import HandwritingVector
from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.recognition.writer_features import WriterFeatures, find_writer
from ocr_studio.jobs.reading.match_writer import WordsLookedAt, WriterMatched, choose_words, match_writer
from tests.core.made_models import installed

ONE = ("Ship", "the", "new", "build", "ask", "Anna", "about", "queues")
OTHER = ("paper", "moon", "with", "green", "window", "light", "table", "drum")
# Two hands: thick and upright, thin and flowing.
HANDS = ((cv2.FONT_HERSHEY_DUPLEX, 4), (cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1))


def photo(texts: Sequence[str], hand: tuple[int, int]) -> tuple[NDArray[np.uint8], list[Word]]:
    """A photo with a word on each line, and these words."""
    image, words = np.full((60 * len(texts), 300, 3), 240, np.uint8), []
    for row, text in enumerate(texts):
        cv2.putText(image, text, (20, 40 + 60 * row), hand[0], 1.2, (30, 30, 60), hand[1], cv2.LINE_AA)
        read = Transcription(text, TextSource.MODEL, 0.9, "stand-in", "2026-01-01T00:00:00+00:00")
        words.append(Word(f"w{row}", Quad.from_box(10, 60 * row + 4, 200, 60 * row + 56), machine=read))
    return image, words


def vector(texts: Sequence[str], hand: tuple[int, int]) -> HandwritingVector:
    image, words = photo(texts, hand)
    pyramid, features = Pyramid(image), WriterFeatures(ReaderOptions())
    return features.make_vector(features.look_at([extract_crop(pyramid, word.quad.array()) for word in words]))


def matched(image: NDArray[np.uint8], words: Sequence[Word], *writers: str) -> list[object]:
    options = ReaderOptions(writer_profiles=tuple((writer, writer) for writer in writers))
    return [event for event in match_writer(options, image, words) if not isinstance(event, WordsLookedAt)]


@pytest.mark.usefixtures("shipped_models")
def test_the_writer_of_other_words_is_found() -> None:
    for writer, hand in zip(("Anna", "Ben"), HANDS, strict=True):
        installed(writer, writer=writer, handwriting=vector(ONE, hand))
    installed("Carla", writer="Carla")  # of an earlier version
    hers = vector(ONE, HANDS[0])
    installed("Dora", writer="Dora", handwriting=replace(hers, values=tuple(-value for value in hers.values)))
    for writer, hand in zip(("Anna", "Ben"), HANDS, strict=True):
        image, words = photo(OTHER, hand)
        assert matched(image, words, "Anna", "Ben", "Carla", "gone") == [WriterMatched(writer)]
        assert matched(image, words, "Dora") == []  # a stranger’s
        assert matched(image, words, "Carla", "gone") == []
        assert matched(image, words[:7], "Anna", "Ben") == []  # too few to tell


@pytest.mark.usefixtures("shipped_models")
def test_words_are_looked_at_a_few_at_a_time() -> None:
    installed("Anna", writer="Anna", handwriting=vector(ONE, HANDS[0]))
    image, words = photo((*OTHER, *ONE), HANDS[0])
    events = list(match_writer(ReaderOptions(writer_profiles=(("Anna", "Anna"),)), image, words))
    assert events == [WordsLookedAt(0, 16), WordsLookedAt(8, 16), WordsLookedAt(16, 16), WriterMatched("Anna")]


def test_letters_and_lines_tell_nothing() -> None:
    _, words = photo(("a", "it", "x" * 31, ""), HANDS[0])
    assert choose_words(words) == [words[1].quad]
    _, (word,) = photo(["typed"], HANDS[0])
    assert choose_words([replace(word, quad=Quad.from_box(5, 5, 5, 50))]) == []  # it has no box
    _, words = photo(["word"] * 100, HANDS[0])
    assert choose_words(words) == [word.quad for word in words[::3]]


def test_vectors_of_another_projection_are_not_compared() -> None:
    seen = HandwritingVector("ab" * 32, (0.6, 0.8))
    near, far = HandwritingVector("ab" * 32, (0.8, 0.6)), HandwritingVector("ab" * 32, (0.6, -0.8))
    assert find_writer({"Anna": near, "Ben": far}, seen) == "Anna"
    assert find_writer({"Ben": far}, seen) is None
    assert find_writer({"Anna": HandwritingVector("cd" * 32, (0.6, 0.8))}, seen) is None
    assert find_writer({"Anna": HandwritingVector("ab" * 32, (1.0,))}, seen) is None
    assert find_writer({}, seen) is None
