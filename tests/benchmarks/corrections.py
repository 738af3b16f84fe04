"""What is learned while the user corrects: letters wrong on the other words of a hand, before and after.

    python -m tests.benchmarks.corrections [--data ../shared/data] [--part val] [--words 5 10 20 40 80] [--seeds 3] …

Of each writer of the diagrams, so many words drawn by chance are corrected, and up to 200 others are read: with the
corrected words known as words ("known"), and after the output layer has learned them and the words that were read with
certainty ("learned"), as the window does. Words are cut by their true boxes. The intervals are of a bootstrap over
writers. ``--part train``: the writers that no model has learned from.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.language import lexicon, typed_words
from ocr_studio.core.models import registry
from ocr_studio.core.page import CERTAIN, Transcription
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine import model_loader
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.training.output_layer import OutputLayerLearner
from ocr_studio.engine.training.training_data import Crop
from ocr_studio.engine.weights import model_arrays
from tests.benchmarks import machine
from tests.benchmarks.adapt_recognizer import held_out_writers

_MOST, _LEAST = 200, 30  # other words of a writer


@dataclass(frozen=True, slots=True)
class Row:
    """Letters wrong of a writer. seconds: of learning; reading again comes on top."""

    writer: str
    words: int
    known: int
    learned: int
    seconds: float


def words_of(folder: Path, pages: Sequence[Any]) -> Iterator[tuple[Crop, str]]:
    """The words of some pictures."""
    for page in pages:
        photo = Pyramid(photo_file.open_photo(folder / page["image"]))
        for word in page["words"]:
            if word["text"].strip() and not word["ignore"]:
                yield extract_crop(photo, np.asarray(word["quad"], np.float32).reshape(4, 2)), word["text"]


def count_wrong(reads: Sequence[Transcription], words: Sequence[tuple[Crop, str]]) -> int:
    """Return the letters wrong."""
    return int(metrics.edit_distances([(read.text, text) for read, (_, text) in zip(reads, words, strict=True)]).sum())


def find_certain(reads: Sequence[Transcription]) -> dict[int, str]:
    """Return what was read with certainty by number."""
    return {
        number: read.text
        for number, read in enumerate(reads)
        if len(read.text) > 1 and (read.confidence or 0.0) >= CERTAIN
    }


def read_again(
    recognizer: Recognizer, words: Sequence[tuple[Crop, Any]], before: Sequence[Transcription]
) -> list[Transcription]:
    """Return how words are read after learning, where that is more certain, as in the window."""
    after = recognizer.read([crop for crop, _ in words], spaces=False)
    return [max(pair, key=lambda read: read.confidence or 0.0) for pair in zip(before, after, strict=True)]


def measure(given: argparse.Namespace) -> Iterator[Row]:
    """Measure all writers."""
    options, folder = ReaderOptions(), given.data / "diagrams" / given.part
    model = registry.find(given.model) if given.model else registry.in_use(None)
    recognizer, read = model_loader.load_recognizer(model, options), model_arrays.read_model(model)
    learner = OutputLayerLearner.of(model.name, options)
    assert learner is not None
    if given.part == "train":  # the words that come with the program are of the same writers
        learner = OutputLayerLearner(read, (), options)
    english = lexicon.load_lexicon(options.languages)
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    by_writer = defaultdict(list)
    for page in pages:
        by_writer[page["writer"]].append(page)
    chosen = held_out_writers(pages) if given.part == "train" else by_writer.keys()
    for writer in sorted(chosen):
        every = list(words_of(folder, by_writer[writer]))
        for seed in range(given.seeds):
            order = np.random.default_rng(seed).permutation(len(every)).tolist()
            others = [every[index] for index in order[max(given.words) :]][:_MOST]
            if len(others) < _LEAST:
                continue
            for count in given.words:
                corrected = [every[index] for index in order[:count]]
                typed = Counter(run for _, text in corrected for run in typed_words.find_runs(text))
                recognizer.set_lexicons([english, lexicon.build_lexicon(typed)])
                reads = recognizer.read([crop for crop, _ in others], spaces=False)
                known, certain = count_wrong(reads, others), find_certain(reads)
                began = time.perf_counter()
                # What is learned of a word is kept under its key, so each writer's, and each text, has its own.
                unchecked = {
                    (writer, seed, number, text): (others[number][0], text) for number, text in certain.items()
                }
                list(learner.take_in({(writer, index): every[index] for index in order[:count]}, unchecked))
                layer = learner.learn(seed=seed)
                seconds = time.perf_counter() - began
                assert layer is not None
                learned = count_wrong(read_again(learner.recognizer(recognizer, layer), others, reads), others)
                yield Row(writer, count, known, learned, seconds)


def relative_change(before: Sequence[float], after: Sequence[float]) -> tuple[float, float, float]:
    """Return the change of a sum in percent and its 95 % interval, by bootstrap over its parts, such as writers."""
    parts = np.array([before, after], np.float64)
    drawn = np.random.default_rng(0).integers(parts.shape[1], size=(2000, parts.shape[1]))
    old, new = parts[:, drawn].sum(axis=2)
    low, high = np.percentile(100 * (new / np.maximum(old, 1) - 1), (2.5, 97.5))
    return 100 * (parts[1].sum() / max(parts[0].sum(), 1) - 1), float(low), float(high)


def interval(rows: Sequence[Row]) -> tuple[float, float, float]:
    """Return the change of letters wrong in percent and its 95 % interval."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        known, learned = sums.get(row.writer, (0, 0))
        sums[row.writer] = [known + row.known, learned + row.learned]
    return relative_change(*zip(*sums.values(), strict=True))


def main() -> int:
    """Print a line for each number of words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("val", "train"), default="val")
    parser.add_argument("--model", help="the recognizer; default: that of the program")
    parser.add_argument("--words", type=int, nargs="+", default=[5, 10, 20, 40, 80])
    parser.add_argument("--seeds", type=int, default=1)
    given = parser.parse_args()
    rows = list(measure(given))
    print(f"{machine.processor()}, diagrams/{given.part}, {given.seeds} seed(s)")
    print(f"{'words':>6} {'writers':>8} {'known':>7} {'learned':>8} {'change':>8} {'95 %':>14} {'worse':>6} {'s':>5}")
    for count in given.words:
        some = [row for row in rows if row.words == count]
        change, low, high = interval(some)
        worse = len({row.writer for row in some if row.learned > row.known})
        known, learned = (sum(getattr(row, name) for row in some) for name in ("known", "learned"))
        seconds = float(np.median([row.seconds for row in some]))
        writers = len({row.writer for row in some})
        shown = f"{change:+7.1f}% [{low:+5.1f}, {high:+5.1f}] {worse:6} {seconds:5.1f}"
        print(f"{count:6} {writers:8} {known:7} {learned:8} {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
