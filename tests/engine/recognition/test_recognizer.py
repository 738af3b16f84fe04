"""Crops of known words, drawn here, through the real weights; and what the recognizer makes of odd ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.models import registry
from ocr_studio.core.page import TextSource
from ocr_studio.core.translation import Message
from ocr_studio.engine import model_loader
from ocr_studio.engine.nets.recognizer import build_recognizer
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.recognition.recognizer import MAX_WIDTH, WIDTH_FACTORS, FrameProbabilities, Recognizer
from ocr_studio.engine.weights import model_weights
from tests.core.made_models import CARD

Crop = NDArray[np.uint8]


def drawn(text: str, *, scale: float = 1.2) -> Crop:
    """Dark writing on a light board, cropped as a detector would."""
    face, weight = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(2 * scale))
    (width, height), below = cv2.getTextSize(text, face, scale, weight)
    board = np.full((height + below + 8, width + 12, 3), 235, np.uint8)
    cv2.putText(board, text, (6, height + 4), face, scale, (30, 30, 60), weight, cv2.LINE_AA)
    return board


def texts(recognizer: Recognizer, crops: Sequence[Crop]) -> list[str]:
    return [read.text for read in recognizer.read(crops)]


def test_words_are_read_in_the_order_they_come(recognizer: Recognizer) -> None:
    words = ["Kitchen", "of", "2026", "transcription", "a+b=c", "Hi", "boards", "reading order"]
    assert texts(recognizer, [drawn(word) for word in words]) == words


def test_a_model_that_was_kept_reads_the_same_under_its_own_name(recognizer: Recognizer) -> None:
    net, charset = model_weights.load_recognizer(registry.BUILT_IN)
    folder = registry.candidate_folder("Anna")
    model_weights.save_model(folder, net, charset=charset, card=CARD)
    kept = model_loader.load_recognizer(registry.install(folder))
    assert kept.charset == recognizer.charset
    crops = [drawn(word) for word in ("Kitchen", "2026", "reading order")]
    for read, again in zip(recognizer.read(crops), kept.read(crops), strict=True):
        assert again == replace(read, model="Anna", when=again.when)


def test_the_size_of_a_crop_does_not_matter(recognizer: Recognizer) -> None:
    assert texts(recognizer, [drawn("Meeting", scale=scale) for scale in (0.6, 1.0, 2.5, 6.0)]) == ["Meeting"] * 4


def test_a_word_reads_the_same_in_company_and_alone(recognizer: Recognizer) -> None:
    crops = [drawn(word) for word in ("one", "seventeen", "2", "an uncommonly long line of words")]
    alone = [recognizer.read([crop])[0] for crop in crops]
    for single, among in zip(alone, recognizer.read(crops), strict=True):
        assert single.text == among.text
        assert single.confidence == pytest.approx(among.confidence, abs=1e-3)


def test_a_reading_says_who_read_it_how_sure_and_what_else(recognizer: Recognizer) -> None:
    read = recognizer.read([drawn("clock")])[0]
    assert read.text == "clock"
    assert read.source is TextSource.MODEL
    assert read.model == recognizer.name
    assert read.when is not None
    assert read.confidence is not None
    assert read.confidence > 0.5
    assert 1 <= len(read.alternatives) <= 5
    assert read.alternatives[0].text == read.text
    assert read.alternatives[0].confidence == read.confidence
    assert len({alternative.text for alternative in read.alternatives}) == len(read.alternatives)
    chances = [alternative.confidence for alternative in read.alternatives]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1.001


def steps_of(recognizer: Recognizer, *letters: dict[str, float]) -> FrameProbabilities:
    """Steps in which the net sees these letters one after the other, each as likely as said; blanks between."""
    rows = np.zeros((2 * len(letters), len(recognizer.charset)), np.float32)
    for row, chances in zip(rows[::2], letters, strict=True):
        for letter, chance in chances.items():
            row[recognizer.charset.characters.index(letter) + 1] = chance
    rows[:, 0] += 1 - rows.sum(axis=1)
    return FrameProbabilities(rows, 8.0)


@pytest.fixture
def knowing(recognizer: Recognizer) -> Iterator[Recognizer]:
    """The recognizer with a language of five words."""
    recognizer.set_lexicons([Lexicon.of(dict.fromkeys(("map", "mip", "mup", "mep", "myp"), 0.01))])
    yield recognizer
    recognizer.set_lexicons([])


MOP = ({"m": 0.99}, {"o": 0.5, "a": 0.15, "i": 0.09, "u": 0.09, "e": 0.08, "y": 0.08}, {"p": 0.99})


def test_words_of_the_language_come_first_and_what_the_net_alone_read_stays(knowing: Recognizer) -> None:
    read = knowing.transcribe([steps_of(knowing, *MOP)])[0]
    assert read.text == "map"
    assert len(read.alternatives) == 5
    assert read.alternatives[-1].text == "mop"
    chances = [alternative.confidence for alternative in read.alternatives]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1.001


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_however_unclear_writing_is_the_nets_own_reading_stays(knowing: Recognizer, seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = knowing.charset.encode("maipuey")
    rows = np.full((12, len(knowing.charset)), 1e-7, np.float32)
    rows[:, [0, *labels]] = rng.dirichlet(np.full(len(labels) + 1, 0.3), size=12)
    rows /= rows.sum(axis=1, keepdims=True)
    steps = [FrameProbabilities(rows, 8.0)]
    readings = knowing._search(steps, knowing.prior)[0]
    plain = ctc.search_beams([rows])[0][0]
    assume(plain.confidence >= 0.001)  # less than that is noise, from which paths of it may leave the search
    assert plain.labels in [reading.labels for reading in readings]
    # Among noise the search that knows the language may find what is likelier to the net than what the plain one finds.
    own = max(readings, key=lambda reading: reading.confidence)
    read = knowing.transcribe(steps)[0]
    assert knowing.charset.decode(own.labels) in [other.text for other in read.alternatives]
    assert type(read.confidence) is float


def test_the_less_language_counts_the_more_the_net_does(knowing: Recognizer) -> None:
    steps, words = steps_of(knowing, *MOP), Lexicon.of({"map": 0.01})
    shares, first = [], ""
    for strength in (2.0, 1.0, 0.5, 0.0):
        knowing.set_lexicons([words], strength=strength)
        read = knowing.transcribe([steps])[0]
        shares.append(next(other.confidence for other in read.alternatives if other.text == "map"))
        first = read.text
    assert shares == sorted(shares, reverse=True)
    assert first == "mop"


def test_without_language_readings_are_those_of_the_net(recognizer: Recognizer) -> None:
    steps = [steps_of(recognizer, *MOP), steps_of(recognizer, {"5": 0.6, "S": 0.4}, {"0": 0.5, "O": 0.4, "o": 0.1})]
    for seen, read in zip(steps, recognizer.transcribe(steps), strict=True):
        plain = [recognizer.charset.decode(found.labels) for found in ctc.search_beams([seen.probabilities])[0]]
        assert [other.text for other in read.alternatives] == plain


def test_a_single_word_has_no_spaces(recognizer: Recognizer) -> None:
    crop = drawn("in to")
    assert recognizer.read([crop])[0].text == "in to"
    assert recognizer.read([crop], spaces=False)[0].text == "into"


def test_letters_stand_where_they_were_drawn(recognizer: Recognizer) -> None:
    crop = np.full((60, 400, 3), 235, np.uint8)
    centres = (60, 180, 330)
    for letter, centre in zip("HAT", centres, strict=True):
        cv2.putText(crop, letter, (centre - 18, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.7, (20, 20, 20), 4, cv2.LINE_AA)
    read = recognizer.read([crop])[0]
    assert read.text.replace(" ", "") == "HAT"
    places = [place for letter, place in zip(read.text, read.letters, strict=True) if letter != " "]
    np.testing.assert_allclose(places, np.array(centres) / 400, atol=0.04)


def test_long_lines_are_read_to_their_end(recognizer: Recognizer) -> None:
    line = " ".join(["the quick brown fox jumps over the lazy dog"] * 4)
    crop = drawn(line)
    assert 48 * crop.shape[1] / crop.shape[0] > 1000
    read = recognizer.read([crop])[0]
    assert read.text.count("fox") == 4
    assert read.text.endswith("dog")
    assert len(read.letters) == len(read.text)
    assert list(read.letters) == sorted(read.letters)


class _Recording:
    """A network that reads nothing and keeps the shapes of its inputs."""

    runtime, classes, parallel_calls, batch_pixels = "none", 3, 1, 512
    notice: Message | None = None

    def __init__(self) -> None:
        self.shapes: list[tuple[int, int]] = []

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        self.shapes.append((pixels.shape[0], pixels.shape[2]))
        return np.full((pixels.shape[0], pixels.shape[2] // 8, self.classes), 1 / 3, np.float32)


def test_a_crop_is_padded_by_its_own_width_whatever_is_read_beside_it() -> None:
    widths = [40, 300, 96, 97, 50, 700, 60, 70, 80, 90]
    network = _Recording()
    steps = Recognizer(network, Charset(("a", "b")), name="none").run(
        [np.zeros((48, each, 3), np.uint8) for each in widths]
    )
    assert network.shapes == [(5, 96), (2, 96), (1, 128), (1, 320), (1, 704)]
    assert [len(each.probabilities) for each in steps] == [6, 39, 12, 14, 8, 88, 9, 10, 11, 12]


def test_steps_span_the_crop(recognizer: Recognizer) -> None:
    crop = drawn("spanning", scale=2.0)
    steps = recognizer.run([crop])[0]
    count, classes = steps.probabilities.shape
    assert classes == len(recognizer.charset)
    assert steps.probabilities.dtype == np.float32
    np.testing.assert_allclose(steps.probabilities.sum(axis=1), 1.0, atol=1e-5)
    assert crop.shape[1] <= count * steps.span < crop.shape[1] + 2 * steps.span + 1
    half = steps.part(0, count // 2)
    assert recognizer.transcribe([half])[0].text.startswith("spa")


@pytest.mark.parametrize("shape", [(1, 1), (500, 2), (2, 3000), (3, 60_000), (48, 8)])
def test_crops_of_odd_shapes_are_read_as_something(recognizer: Recognizer, shape: tuple[int, int]) -> None:
    if 48 * shape[1] / shape[0] > MAX_WIDTH:
        assert len(recognizer.run([np.zeros((*shape, 3), np.uint8)])[0].probabilities) == MAX_WIDTH // 8
        return
    read = recognizer.read([np.full((*shape, 3), 200, np.uint8)])[0]
    assert read.confidence is not None
    assert 0.0 <= read.confidence <= 1.0


def test_an_empty_board_reads_as_nothing(recognizer: Recognizer) -> None:
    read = recognizer.read([np.full((48, 200, 3), 240, np.uint8)])[0]
    assert read.text == ""
    assert read.letters == ()


def test_nothing_to_read_is_no_trouble(recognizer: Recognizer) -> None:
    assert recognizer.read([]) == []


def test_an_empty_crop_is_an_error(recognizer: Recognizer) -> None:
    with pytest.raises(ValueError, match="0 x 5"):
        recognizer.run([np.zeros((5, 0, 3), np.uint8)])


def test_a_net_needs_a_charset_of_its_size() -> None:
    with pytest.raises(ValueError, match="7 classes"):
        Recognizer(TensorFlowNetwork(build_recognizer(7), softmax=True), Charset(("a",)), name="tiny")


def test_a_charset_without_a_space_is_fine() -> None:
    tiny = Recognizer(TensorFlowNetwork(build_recognizer(3), softmax=True), Charset(("a", "b")), name="tiny")
    assert set(tiny.read([drawn("ab")])[0].text) <= {"a", "b"}


def test_a_net_that_looks_surer_than_it_is_is_believed_less(recognizer: Recognizer) -> None:
    crop = drawn("ab")
    usual, less_sure = recognizer.read([crop])[0], copy.copy(recognizer)
    less_sure.temperature = 4.0
    doubted = less_sure.read([crop])[0]
    assert doubted.text == usual.text
    assert (doubted.confidence or 1.0) < (usual.confidence or 0.0)


class Looking(Recognizer):
    """Sees what it is told of each crop, known by its width, at each stretch; remembers what it was shown."""

    def __init__(self, other: Recognizer, sights: Mapping[tuple[int, float], tuple[dict[str, float], ...]]) -> None:
        vars(self).update(vars(other))
        self.sights, self.shown = sights, list[tuple[int, float]]()

    def run(self, crops: Sequence[Crop], *, width_factors: Sequence[float] | None = None) -> list[FrameProbabilities]:
        shown = [(crop.shape[1], wide) for crop, wide in zip(crops, width_factors or [1.0] * len(crops), strict=True)]
        self.shown += shown
        return [steps_of(self, *self.sights[each]) for each in shown]


def of_width(width: int) -> Crop:
    return np.full((48, width, 3), 200, np.uint8)


WIDER, NARROWER = WIDTH_FACTORS
MAP, MIP = ({"m": 0.99}, {"a": 0.95}, {"p": 0.99}), ({"m": 0.99}, {"i": 0.95}, {"p": 0.99})
TORN = ({"m": 0.99}, {"i": 0.55, "a": 0.4}, {"p": 0.99})  # sees mip, but is not sure


def test_what_is_in_doubt_is_looked_at_wider_and_narrower_and_nothing_else(recognizer: Recognizer) -> None:
    sights = {(50, 1.0): MIP, (60, 1.0): TORN, (60, WIDER): MAP, (60, NARROWER): MAP}
    looking = Looking(recognizer, sights)
    sure, torn = looking.read([of_width(50), of_width(60)])
    assert [sure.text, torn.text] == ["mip", "map"]
    assert looking.shown == [(50, 1.0), (60, 1.0), (60, WIDER), (60, NARROWER)]
    chances = {other.text: other.confidence for other in torn.alternatives}
    assert chances["map"] > chances["mip"] > 0.05  # the first look counts, too
    assert torn.confidence == chances["map"]


def test_looks_that_agree_make_sure_and_one_that_differs_does_not_turn_it(recognizer: Recognizer) -> None:
    agreeing = Looking(recognizer, {(60, 1.0): TORN, (60, WIDER): MIP, (60, NARROWER): MIP})
    differing = Looking(recognizer, {(60, 1.0): TORN, (60, WIDER): MIP, (60, NARROWER): MAP})
    first = recognizer.transcribe([steps_of(recognizer, *TORN)])[0]
    agreed, differed = agreeing.read([of_width(60)])[0], differing.read([of_width(60)])[0]
    assert agreed.text == differed.text == first.text == "mip"
    assert (agreed.confidence or 0) > (first.confidence or 0) > (differed.confidence or 0)


def test_spaces_that_cannot_be_are_none_at_any_look(recognizer: Recognizer) -> None:
    parted = ({"m": 0.99}, {"a": 0.95}, {" ": 0.9}, {"p": 0.99})
    sights = {(60, 1.0): TORN, (60, WIDER): parted, (60, NARROWER): parted}
    assert Looking(recognizer, sights).read([of_width(60)], spaces=False)[0].text == "map"
    assert Looking(recognizer, sights).read([of_width(60)])[0].text == "ma p"


def test_where_nothing_is_read_nothing_is_looked_for(recognizer: Recognizer) -> None:
    looking = Looking(recognizer, {(60, 1.0): ({"m": 0.3},)})
    assert looking.read([of_width(60)])[0].text == ""
    assert looking.shown == [(60, 1.0)]


@pytest.mark.parametrize("stretch", WIDTH_FACTORS)
def test_a_stretched_crop_is_seen_as_if_it_were_so_wide_and_places_stay_its_own(
    recognizer: Recognizer, stretch: float
) -> None:
    crop = drawn("Kitchen")
    wide = cv2.resize(crop, (round(stretch * crop.shape[1]), crop.shape[0])).astype(np.uint8)
    stretched, resized = recognizer.run([crop], width_factors=[stretch])[0], recognizer.run([wide])[0]
    assert ctc.decode_greedily(stretched.probabilities) == ctc.decode_greedily(resized.probabilities)
    assert len(stretched.probabilities) == len(resized.probabilities)
    assert stretched.span * stretch == pytest.approx(resized.span, rel=0.02)  # pixels of the crop as it was given
