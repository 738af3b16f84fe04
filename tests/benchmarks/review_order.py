"""Which words to correct first: letters wrong of a hand after the first words of several orders.

    python -m tests.benchmarks.review_order [--data ../shared/data] [--part val] [--words 20 40] [--most 250]

The words of each writer of the diagrams, cut by their true boxes, are read and put in order: by chance; the least
confident first, as in the review queue; long doubtful ones first; and by doubt, frequency and difference: words come
first that probably have many wrong letters, and whose letters occur in many other doubtful words, but not in the words
before them. The last is a greedy choice for facility location, at least 63 % as good as the best one (Nemhauser, Wolsey
and Fisher 1978; for choosing training data: Wei, Iyer and Bilmes 2015).

So many words are corrected, the output layer learns as in the window, and the other words are read again. "all":
letters wrong in all words of the writer, where a corrected word has none; "others": in words that no order has
corrected, so the same for each. The changes are from the least confident first, with 95 % intervals by bootstrap over
writers. ``--part train``: the writers that no model has learned from.

On both parts no order was better than the least confident first, so the review queue offers no other of these.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.language import lexicon, typed_words
from ocr_studio.core.models import registry
from ocr_studio.core.page import Transcription
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine import model_loader
from ocr_studio.engine.training.output_layer import OutputLayerLearner
from ocr_studio.engine.weights import model_arrays
from tests.benchmarks import machine
from tests.benchmarks.adapt_recognizer import held_out_writers
from tests.benchmarks.corrections import find_certain, read_again, words_of

CHANCE, LEAST, LONG, USEFUL = "by chance", "least confident first", "long and doubtful", "doubt, frequency, difference"
# How much of the wrong letters in a word go when a word with the same letters is corrected; 0.05 to 0.3 are alike.
_LEARNED: Final = 0.05
_BINS: Final = 512  # of hashed letter groups


@dataclass(frozen=True, slots=True)
class Row:
    """Letters wrong of a writer. before: with nothing corrected, in all words."""

    writer: str
    order: str
    words: int
    before: int
    all: int
    others: int


def make_orders(reads: Sequence[Transcription], seed: int) -> Mapping[str, list[int]]:
    """Return the numbers of the words in each order."""
    sure = np.array([(read.confidence or 0.0) if read.text else 0.0 for read in reads])
    lengths = np.array([max(len(read.text), 1) for read in reads])
    # A word's confidence is about the product of its letters'.
    errors = np.minimum(-np.log(np.maximum(sure, 1e-4)), lengths)
    return {
        CHANCE: np.random.default_rng(seed).permutation(len(reads)).tolist(),
        LEAST: np.argsort(sure, kind="stable").tolist(),
        LONG: np.argsort(-(1 - sure) * lengths, kind="stable").tolist(),
        USEFUL: choose_useful(errors, [read.text for read in reads]),
    }


def choose_useful(errors: NDArray[np.float64], texts: Sequence[str]) -> list[int]:
    """Choose words one after the other. errors: (N,) letters that are probably wrong; texts: what was read."""
    letters = _letter_groups(texts)
    alike = letters @ letters.T  # N x N, 0..1
    learned = np.zeros(len(texts))  # how much of each word the chosen ones have taught
    left = np.ones(len(texts), bool)
    chosen: list[int] = []
    while left.any():
        taught = np.maximum(alike - learned, 0) @ (errors * left)
        best = int(np.where(left, errors * (1 - _LEARNED * learned) + _LEARNED * taught, -1).argmax())
        chosen.append(best)
        left[best] = False
        learned = np.maximum(learned, alike[best])
    return chosen


def _letter_groups(texts: Sequence[str]) -> NDArray[np.float64]:
    """Count the letters, pairs and triples of each text: (N, _BINS), each row of length 1."""
    counts = np.zeros((len(texts), _BINS))
    for row, text in enumerate(texts):
        marked = f"\x02{text}\x03"
        for size in (1, 2, 3):
            for start in range(len(marked) - size + 1):
                counts[row, zlib.crc32(marked[start : start + size].encode()) % _BINS] += 1
    return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1))


def measure(given: argparse.Namespace) -> Iterator[Row]:
    """Measure all writers."""
    options, folder = ReaderOptions(), given.data / "diagrams" / given.part
    model = registry.in_use(None)
    recognizer = model_loader.load_recognizer(model, options)
    learner = OutputLayerLearner.of(model.name, options)
    assert learner is not None
    if given.part == "train":  # the words that come with the program are of the same writers
        learner = OutputLayerLearner(model_arrays.read_model(model), (), options)
    english = lexicon.load_lexicon(options.languages)
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    by_writer = defaultdict(list)
    for page in pages:
        by_writer[page["writer"]].append(page)
    for writer in sorted(held_out_writers(pages) if given.part == "train" else by_writer):
        words = list(words_of(folder, by_writer[writer]))
        words = [words[at] for at in np.random.default_rng(0).permutation(len(words))[: given.most]]
        recognizer.set_lexicons([english])
        reads = recognizer.read([crop for crop, _ in words], spaces=False)
        before = _errors(reads, words)
        orders = make_orders(reads, given.seed)
        certain = find_certain(reads)
        for count in given.words:
            apart = np.setdiff1d(np.arange(len(words)), np.unique([order[:count] for order in orders.values()]))
            for name, order in orders.items():
                checked = order[:count]
                typed = Counter(run for number in checked for run in typed_words.find_runs(words[number][1]))
                recognizer.set_lexicons([english, lexicon.build_lexicon(typed)])
                list(
                    learner.take_in(
                        {(writer, number, "checked"): words[number] for number in checked},
                        {
                            (writer, number, "certain"): (words[number][0], text)
                            for number, text in certain.items()
                            if number not in checked
                        },
                    )
                )
                layer = learner.learn(seed=given.seed)
                assert layer is not None
                usual = recognizer.read([crop for crop, _ in words], spaces=False)
                after = read_again(learner.recognizer(recognizer, layer), words, usual)
                wrong = _errors(after, words)
                wrong[checked] = 0
                yield Row(writer, name, count, int(before.sum()), int(wrong.sum()), int(wrong[apart].sum()))


def _errors(reads: Sequence[Transcription], words: Sequence[tuple[object, str]]) -> NDArray[np.int64]:
    return metrics.edit_distances([(read.text, text) for read, (_, text) in zip(reads, words, strict=True)])


def difference(rows: Sequence[Row], order: str, what: str) -> tuple[float, float, float]:
    """Return the change against the least confident first, percent, and its 95 % interval."""
    both = np.array(
        [
            [getattr(row, what) for row in sorted(rows, key=lambda row: row.writer) if row.order == name]
            for name in (LEAST, order)
        ]
    )
    drawn = np.random.default_rng(0).integers(both.shape[1], size=(2000, both.shape[1]))
    usual, other = both[0][drawn].sum(axis=1), both[1][drawn].sum(axis=1)
    low, high = np.percentile(100 * (other / np.maximum(usual, 1) - 1), (2.5, 97.5))
    return 100 * (both[1].sum() / max(both[0].sum(), 1) - 1), float(low), float(high)


def main() -> int:
    """Print a line for each number of words and order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("val", "train"), default="val")
    parser.add_argument("--words", type=int, nargs="+", default=[20, 40])
    parser.add_argument("--most", type=int, default=250, help="words of a writer")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rows = list(measure(given))
    print(f"{machine.processor()}, diagrams/{given.part}, {len({row.writer for row in rows})} writers")
    for count in given.words:
        before = sum(row.before for row in rows if (row.words, row.order) == (count, LEAST))
        print(f"\n{count} words corrected; letters wrong before: {before}")
        for name in (CHANCE, LEAST, LONG, USEFUL):
            some = [row for row in rows if row.words == count]
            cells = []
            for what in ("all", "others"):
                total = sum(getattr(row, what) for row in some if row.order == name)
                change, low, high = difference(some, name, what)
                cells.append(f"{what} {total:6} ({change:+5.1f} % [{low:+5.1f}, {high:+5.1f}])")
            print(f"{name:30}" + "   ".join(cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
