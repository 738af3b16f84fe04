"""Text recognition: crops → text, confidence, alternatives, letter positions."""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK, Charset
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.models.card import TEMPERATURE
from ocr_studio.core.page import Alternative, TextSource, Transcription, now
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.recognition.language_prior import LanguagePrior

Crop: TypeAlias = NDArray[np.uint8]

# Crops are padded to this width (pixels at a height of 48), wider ones to the next multiple of the step. The network
# sees the padding, but was trained with it. Character errors, greedy, on 508 words of boards, 150 handwritten ones and
# 400 of IIIT5K: without padding 6.8, 16.4 and 1.4 %, with such widths 5.9, 15.5 and 1.0 %, with 320 or more 5.8, 16.1
# and 1.0 % in twice to three times the time.
MIN_WIDTH: Final = 96
WIDTH_STEP: Final = 32
# Longer lines are squeezed: the memory of attention grows with the square of the number of steps.
MAX_WIDTH: Final = 8192

# Number of readings per word, including the best.
ALTERNATIVES: Final = 5

# Words with a lower confidence are read again, stretched by these factors, and the three outputs are combined
# (test-time augmentation: Simonyan & Zisserman 2015, https://arxiv.org/abs/1409.1556), as the letters fall differently
# onto the steps. With one pass and with three, with English, words correct in true boxes, percent
# (``tests/benchmarks/adaptation.py``): boards 92.7 and 93.1, handwritten 85.3 and 85.3, IIIT5K 97.0 and 97.5, UNIPEN
# 80.3 and 82.3; bag of words on five boards 88.5 and 89.4, on scene photos 53.4 and 54.2. More words, five passes,
# other widths, slant or grey images are no better: chosen on words of 17 photos of boards and of held-out UNIPEN
# writers. A photo full of text takes an eighth to a sixth longer.
REREAD_BELOW: Final = 0.6
WIDTH_FACTORS: Final = (1.06, 0.95)


@dataclass(frozen=True, slots=True)
class FrameProbabilities:
    """The network's output on one crop.

    Attributes:
        probabilities: (T, C) float32, a row for each step from left to right, with a column for each class of the
            charset (0 the blank), adding up to 1.
        span: Pixels of the crop per step; T · span may end slightly beyond the crop's right edge.
    """

    probabilities: NDArray[np.float32]
    span: float

    @property
    def width(self) -> float:
        """Width of all steps in pixels of the crop."""
        return len(self.probabilities) * self.span

    def part(self, first: int, last: int) -> FrameProbabilities:
        """Return the steps from first up to, not including, last."""
        return FrameProbabilities(self.probabilities[first:last], self.span)

    def without(self, label: int) -> FrameProbabilities:
        """Return the steps without a class, such as the space: its probability is added to the blank."""
        if label == BLANK:
            return self
        changed = self.probabilities.copy()
        changed[:, BLANK] += changed[:, label]
        changed[:, label] = 0.0
        return replace(self, probabilities=changed)


class Recognizer:
    """Reads crops of words or lines. It belongs to the thread that created it.

    Tall crops are not rotated, as they may be single letters.

    Args:
        network: The network.
        charset: Characters of its classes.
        name: Name of the model, for transcriptions.
        temperature: Calibration temperature, see ``models.card.TEMPERATURE``.

    Attributes:
        widest_word: For a recognizer of single words, the maximum width of a word in heights without squeezing; None
            for one that reads lines.
        width_factors: Width factors for reading doubtful crops again.
    """

    widest_word: float | None = None
    width_factors: Sequence[float] = WIDTH_FACTORS

    def __init__(self, network: Network, charset: Charset, *, name: str, temperature: float = TEMPERATURE) -> None:
        if network.classes != len(charset):
            raise ValueError(f"a network of {network.classes} classes and a charset of {len(charset)}")
        self.network = network
        self.charset = charset
        self.name = name
        self.temperature = temperature
        self._space = charset.characters.index(" ") + 1 if " " in charset else BLANK
        self.prior: LanguagePrior | None = None

    def set_lexicons(self, lexicons: Sequence[Lexicon], *, strength: float = 1.0) -> None:
        """Use dictionaries to choose among the readings; strength 0: don't."""
        self.prior = LanguagePrior(self.charset, lexicons, strength=strength) if lexicons and strength > 0 else None

    def warm_up(self) -> None:
        """Compile the network before the first photo."""
        self.run([np.full((HEIGHT, MIN_WIDTH, 3), 255, np.uint8)])

    def run(self, crops: Sequence[Crop], *, width_factors: Sequence[float] | None = None) -> list[FrameProbabilities]:
        """Run the network on crops.

        Args:
            crops: (h, w, 3) uint8 RGB, of any size; resized to a height of 48 pixels.
            width_factors: Width factor of each.

        Returns:
            The output for each crop, in order.

        Raises:
            ValueError: A crop is empty.
        """
        return [
            FrameProbabilities(seen[: count_steps(width)], STEP * crop.shape[1] / width)
            for crop, (seen, width) in zip(crops, run_network(self.network, crops, width_factors), strict=True)
        ]

    def read(self, crops: Sequence[Crop], *, spaces: bool = True) -> list[Transcription]:
        """Read crops, as for ``run``; letter positions are along the crop. Single words have no spaces."""
        steps = self.run(crops)
        if not spaces:
            steps = [output.without(self._space) for output in steps]
        widths = [crop.shape[1] for crop in crops]
        return self.reread_doubtful(self.transcribe(steps, widths=widths), crops, steps, widths=widths, spaces=spaces)

    def reread_doubtful(
        self,
        reads: Sequence[Transcription],
        crops: Sequence[Crop],
        steps: Sequence[FrameProbabilities],
        *,
        widths: Sequence[float] | None = None,
        spaces: bool = True,
    ) -> list[Transcription]:
        """Read doubtful crops again and combine the results with the first.

        ``reads`` are results of ``transcribe``, each along its crop; ``widths`` as there, ``spaces`` as for ``read``.
        """
        passes = self.run_again(reads, crops, spaces=spaces)
        results, doubtful = list(reads), list(passes)
        combined = self.transcribe_passes(
            [[steps[index], *passes[index]] for index in doubtful],
            widths=[steps[index].width if widths is None else widths[index] for index in doubtful],
        )
        for index, read in zip(doubtful, combined, strict=True):
            results[index] = read
        return results

    def run_again(
        self, reads: Sequence[Transcription], crops: Sequence[Crop], *, spaces: bool = True
    ) -> dict[int, list[FrameProbabilities]]:
        """Run the network on doubtful crops again, stretched by each of ``width_factors``.

        Args:
            reads: Results of ``transcribe``.
            crops: The crops.
            spaces: As for ``read``.

        Returns:
            The outputs by index of the crop.
        """
        doubtful = [index for index, read in enumerate(reads) if read.text and (read.confidence or 0.0) < REREAD_BELOW]
        if not doubtful or not self.width_factors:
            return {}
        # All together, as so few crops would not use every core otherwise.
        pairs = [(crops[index], factor) for factor in self.width_factors for index in doubtful]
        outputs = self.run([crop for crop, _ in pairs], width_factors=[factor for _, factor in pairs])
        if not spaces:
            outputs = [each.without(self._space) for each in outputs]
        return {index: outputs[place :: len(doubtful)] for place, index in enumerate(doubtful)}

    def transcribe_passes(
        self,
        passes: Sequence[Sequence[FrameProbabilities]],
        *,
        widths: Sequence[float] | None = None,
        known: LanguagePrior | None = None,
    ) -> list[Transcription]:
        """Decode the outputs of several passes over each crop, combined.

        Args:
            passes: For each crop, the output of its first pass and any others.
            widths: As for ``transcribe``.
            known: Words to use instead of the usual ones.
        """
        moment = now()
        readings = iter(self._search(list(itertools.chain.from_iterable(passes)), known or self.prior))
        if widths is None:
            widths = [outputs[0].width for outputs in passes]
        return [
            self._make_transcription(outputs[0], width, merge_hypotheses([next(readings) for _ in outputs]), moment)
            for outputs, width in zip(passes, widths, strict=True)
        ]

    def transcribe(
        self, steps: Sequence[FrameProbabilities], *, widths: Sequence[float] | None = None
    ) -> list[Transcription]:
        """Decode network outputs to text with up to five alternatives, including the network's own reading except in
        noise. ``widths``, by default those of all steps, are the pixels that letter positions are relative to.
        """
        return self.transcribe_passes([[output] for output in steps], widths=widths)

    def language_scores(self, texts: Collection[str]) -> dict[str, float]:
        """Return what the dictionaries add to the log probability of texts, leaving out those with unknown characters;
        nothing without dictionaries.
        """
        known = [text for text in texts if not self.charset.unknown(text)]
        if self.prior is None or not known:
            return {}
        return dict(zip(known, self.prior.weights([self.charset.encode(text) for text in known]).tolist(), strict=True))

    def _search(self, steps: Sequence[FrameProbabilities], prior: LanguagePrior | None) -> list[list[ctc.Hypothesis]]:
        """Return the best readings of each output, best first, including the network's own except in noise."""
        matrices = [output.probabilities for output in steps]
        return ctc.search_beams(matrices, best=ctc.BEAMS, prior=prior)

    def _make_transcription(
        self, steps: FrameProbabilities, width: float, found: list[ctc.Hypothesis], moment: str
    ) -> Transcription:
        chances: dict[tuple[int, ...], float] = {}
        own: dict[tuple[int, ...], float] = {}  # by the network alone
        for reading, chance in zip(found, calibrate(found, temperature=self.temperature).tolist(), strict=True):
            labels = self._strip_spaces(reading.labels)  # texts that differ only in outer spaces are equal
            chances[labels] = chances.get(labels, 0.0) + chance
            own[labels] = own.get(labels, 0.0) + reading.confidence
        ranked = sorted(chances, key=lambda labels: -chances[labels])
        shown = ranked[:ALTERNATIVES]
        first = max(own, key=lambda labels: own[labels])
        if first not in shown:
            shown[-1] = first
        alternatives = tuple(
            Alternative(self._decode(labels), round(float(min(1.0, chances[labels])), 4)) for labels in shown
        )
        return Transcription(
            text=alternatives[0].text,
            source=TextSource.MODEL,
            confidence=alternatives[0].confidence,
            model=self.name,
            when=moment,
            alternatives=alternatives,
            letters=self._letter_positions(steps, width, shown[0]),
        )

    def _strip_spaces(self, labels: tuple[int, ...]) -> tuple[int, ...]:
        """Remove spaces at either end and repeated ones."""
        if self._space not in labels:
            return labels
        kept: list[int] = []
        for label in labels:
            if label != self._space or (kept and kept[-1] != self._space):
                kept.append(label)
        return tuple(kept[:-1] if kept and kept[-1] == self._space else kept)

    def _decode(self, labels: Sequence[int]) -> str:
        return unicodedata.normalize("NFC", self.charset.decode(labels))

    def _letter_positions(self, steps: FrameProbabilities, width: float, labels: tuple[int, ...]) -> tuple[float, ...]:
        """Return the centre of each letter as a share of the width; nothing if characters are composed."""
        if len(self._decode(labels)) != len(labels):
            return ()
        places = ctc.align_letters(steps.probabilities, labels) * steps.span / max(width, 1e-6)
        return tuple(round(float(place), 4) for place in places.clip(0.0, 1.0))


def run_network(
    network: Network, crops: Sequence[Crop], width_factors: Sequence[float] | None = None
) -> list[tuple[NDArray[np.float32], int]]:
    """Run a network that reads lines on crops, in batches of the same padded width.

    Args:
        network: The network.
        crops: (h, w, 3) uint8 RGB, of any size; resized to a height of 48 pixels.
        width_factors: Width factor of each.

    Returns:
        The output for each padded crop, (T, C) float32, in order, and the crop's width in pixels as the network saw it.

    Raises:
        ValueError: A crop is empty.
    """
    widths = [_resized_width(*each) for each in zip(crops, width_factors or [1.0] * len(crops), strict=True)]
    batches = _batches(widths, network.batch_pixels)

    def run_padded(batch: tuple[list[int], int]) -> list[tuple[int, NDArray[np.float32]]]:
        indices, padded = batch
        pixels = np.zeros((len(indices), HEIGHT, padded, 3), np.float32)
        for row, index in enumerate(indices):
            resized = cv2.resize(crops[index], (widths[index], HEIGHT))
            pixels[row, :, : widths[index]] = resized * np.float32(1 / 127.5) - 1.0
        return list(zip(indices, network(pixels), strict=True))

    with ThreadPoolExecutor(network.parallel_calls, "recognizer") as threads:
        found = dict(itertools.chain.from_iterable(threads.map(run_padded, batches)))
    return [(found[index], width) for index, width in enumerate(widths)]


def count_steps(width: int) -> int:
    """Return the number of steps that belong to a crop of so many pixels, one of them in its padding, if it has any."""
    return math.ceil(width / STEP) + 1


def merge_hypotheses(passes: Sequence[Sequence[ctc.Hypothesis]]) -> list[ctc.Hypothesis]:
    """Combine readings of several passes over the same crop by their mean probability."""
    found: dict[tuple[int, ...], ctc.Hypothesis] = {}
    for reading in itertools.chain.from_iterable(passes):
        before = found[reading.labels].confidence if reading.labels in found else 0.0
        found[reading.labels] = replace(reading, confidence=before + reading.confidence / len(passes))
    return list(found.values())


def calibrate(readings: Sequence[ctc.Hypothesis], *, temperature: float = TEMPERATURE) -> NDArray[np.float64]:
    """Return calibrated probabilities of the readings, (R,), which leave room for the reading not being among them."""
    likely = np.array([reading.confidence for reading in readings] + [0.0])
    likely[-1] = max(1.0 - likely.sum(), 1e-4)
    log_odds = np.log(np.maximum(likely, 1e-30)) + np.array([reading.weight for reading in readings] + [0.0])
    powers = np.exp((log_odds - log_odds.max()) / temperature)
    return np.asarray(powers[:-1] / powers.sum())


def _resized_width(crop: Crop, factor: float) -> int:
    """Return the width of a crop at the network's height, stretched by a factor."""
    height, width = int(crop.shape[0]), int(crop.shape[1])
    if height == 0 or width == 0:
        raise ValueError(f"a crop of {width} x {height} pixels")
    target_width = math.ceil(HEIGHT * factor * width / height)
    return max(int(STEP), min(MAX_WIDTH, target_width))


def _padded_width(width: int) -> int:
    """Return the width to which a crop of this width is padded."""
    return max(MIN_WIDTH, math.ceil(width / WIDTH_STEP) * WIDTH_STEP)


def _batches(widths: Sequence[int], pixels: int) -> Iterator[tuple[list[int], int]]:
    """Group crops of the same padded width into batches of at most ``pixels`` in total width.

    What a crop is padded to depends on itself alone, so it is read the same whatever is read beside it.

    Yields:
        Indices of the crops of a batch, and their padded width; narrow ones first.
    """
    order = sorted(range(len(widths)), key=lambda index: widths[index])
    for padded, group in itertools.groupby(order, key=lambda index: _padded_width(widths[index])):
        indices, most = list(group), max(1, pixels // padded)
        for start in range(0, len(indices), most):
            yield indices[start : start + most], padded
