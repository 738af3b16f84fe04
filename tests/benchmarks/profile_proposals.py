"""How often the right writer profile is proposed for a photo, and how often a wrong one.

    python -m tests.benchmarks.profile_proposals [--data ../shared/data] [--part val] [--words 40]

A profile is trained for each writer of the diagrams with 40 words by chance of the first half of the writer's pictures
(see ``writer_profiles``). Up to three pictures of the other half are then read with all profiles and without one, as
``jobs.reading.match_writer`` does, on words cut by their true boxes and chosen by their true texts. "stranger": with
all profiles but the writer's own, where nothing should be proposed. The confidence is that of the dictionary's
readings, as in the program. ``--part train``: the writers that no model has learned from.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language import lexicon
from ocr_studio.core.models import registry
from ocr_studio.core.training.events import Recipe, suggested_recipe
from ocr_studio.engine import model_loader
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.jobs.reading.match_writer import LEAST, LONGEST, MOST, fits
from tests.benchmarks import machine
from tests.benchmarks.adapt_recognizer import held_out_writers
from tests.benchmarks.corrections import find_certain, words_of
from tests.benchmarks.writer_profiles import Words, learn

PICTURES = 3  # of a writer

Confidences = NDArray[np.float64]


def compare(general: Confidences, profiles: dict[str, Confidences]) -> str:
    """Return the writer that is proposed; nothing if there is none."""
    gains = {writer: confidences - general for writer, confidences in profiles.items()}
    clear = {writer: float(gain.mean()) for writer, gain in gains.items() if fits(gain)}
    return max(clear, key=lambda writer: clear[writer]) if clear else ""


def confidences(recognizer: Recognizer, words: Words) -> Confidences:
    """Return how sure a recognizer is of each word."""
    return np.array([read.confidence or 0.0 for read in recognizer.read([crop for crop, _ in words], spaces=False)])


def main() -> int:
    """Train the profiles, and print how often which is proposed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("val", "train"), default="val")
    parser.add_argument("--words", type=int, default=40)
    given = parser.parse_args()
    folder = given.data / "diagrams" / given.part
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    by_writer = defaultdict(list)
    for page in pages:
        by_writer[page["writer"]].append(page)
    chosen = sorted(held_out_writers(pages) if given.part == "train" else by_writer)
    chosen = [writer for writer in chosen if len(by_writer[writer]) > 1]
    english = [lexicon.load_lexicon(("en",))]
    base = model_loader.load_recognizer(registry.in_use(None))
    base.set_lexicons(english)
    recipe = suggested_recipe(Recipe().what, profile=True)
    profiles: dict[str, Recognizer] = {}
    with tempfile.TemporaryDirectory() as home:
        os.environ["OCR_STUDIO_HOME"] = home
        for writer in chosen:
            half = len(by_writer[writer]) // 2
            words = list(words_of(folder, by_writer[writer][:half]))
            order = np.random.default_rng(0).permutation(len(words)).tolist()
            corrected, others = (
                [words[index] for index in part] for part in (order[: given.words], order[given.words :])
            )
            reads = find_certain(base.read([crop for crop, _ in others], spaces=False))
            certain = [(others[index][0], text) for index, text in reads.items()]
            profiles[writer], _ = learn(corrected, certain, recipe, writer)
            profiles[writer].set_lexicons(english)
            print(f"profile of {writer}", file=sys.stderr, flush=True)
    known, strangers = Counter[str](), Counter[str]()
    for writer in chosen:
        for page in by_writer[writer][len(by_writer[writer]) // 2 :][:PICTURES]:
            words = [word for word in words_of(folder, [page]) if 1 < len(word[1]) <= LONGEST]
            words = words[:: max(1, -(-len(words) // MOST))]
            if len(words) < LEAST:
                continue
            general = confidences(base, words)
            found = {name: confidences(profile, words) for name, profile in profiles.items()}
            proposed = compare(general, found)
            known["right" if proposed == writer else "wrong" if proposed else "none"] += 1
            del found[writer]
            strangers["wrong" if compare(general, found) else "none"] += 1
    print(f"{machine.processor()}, diagrams/{given.part}, {len(chosen)} profiles, {given.words} words")
    print(f"pictures of a writer with a profile: right {known['right']}, wrong {known['wrong']}, none {known['none']}")
    print(f"pictures of a stranger: wrong {strangers['wrong']}, none {strangers['none']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
