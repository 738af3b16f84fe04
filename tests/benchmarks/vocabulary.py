"""Words of diagrams cut by their true boxes: read rightly, by whether the word is in the training's vocabulary.

    python -m tests.benchmarks.vocabulary [--data ../shared/data] [--step 2] [--recognizers NAME|FOLDER …]

Every so many words of ``diagrams/val``, whose writers no model has learned from; the vocabulary is that of
``diagrams/train``, upper and lower case alike, which has the same exercises. Each recognizer reads without and with the
words of English. Intervals: 95 %, by bootstrap over writers.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from ocr_studio.core.language import lexicon
from tests.benchmarks import machine
from tests.benchmarks.adaptation import recognizer
from tests.benchmarks.corrections import words_of

RECOGNIZERS = ("pp-ocrv6-small", "whiteboard-recognizer", "handwriting-recognizer")


def main() -> int:
    """Print a line for each recognizer and part of the vocabulary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--step", type=int, default=2)
    parser.add_argument("--recognizers", nargs="+", default=RECOGNIZERS)
    given = parser.parse_args()
    folder = given.data / "diagrams"
    train, val = (json.loads((folder / part / "annotations.json").read_text("utf-8")) for part in ("train", "val"))
    known = {word["text"].lower() for page in train for word in page["words"]}
    words = [(page["writer"], *word) for page in val for word in words_of(folder / "val", [page])][:: given.step]
    writers = np.unique([writer for writer, _, _ in words], return_inverse=True)[1]
    inside = np.array([text.lower() in known for *_, text in words])
    drawn = np.random.default_rng(0).integers(writers.max() + 1, size=(2000, writers.max() + 1))
    print(f"{machine.processor()}, {len(words)} words, {inside.sum()} of them in the vocabulary of diagrams/train")
    for name in given.recognizers:
        model = recognizer(name)
        for languages in ((), ("en",)):
            model.set_lexicons([lexicon.load_lexicon(languages)] if languages else [])
            read = model.read([crop for _, crop, _ in words], spaces=False)
            right = np.array([each.text == text for each, (*_, text) in zip(read, words, strict=True)])
            for what, chosen in (("in the vocabulary", inside), ("outside", ~inside), ("all", np.ones_like(inside))):
                sums = np.array([np.bincount(writers, weights) for weights in (right & chosen, chosen)])
                shares = 100 * sums[0][drawn].sum(axis=1) / sums[1][drawn].sum(axis=1)
                low, high = np.percentile(shares, (2.5, 97.5))
                share = 100 * right[chosen].mean()
                said = f"{share:5.1f} % right [{low:.1f}, {high:.1f}]"
                print(f"{name:24} {'English' if languages else 'alone':8} {what:18} {said}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
