"""Whether the recognizer's features tell whose handwriting a picture shows.

    python -m tests.benchmarks.writer_features [--data ../shared/data] [--part train] [--words 40]

Of each picture of the diagrams, the mean and the spread of the features below the neck over up to 40 words, each
number standardized over all pictures. A picture is given to the writer whose other pictures are nearest on average
(cosine). ``--part train``: the writers that no model has learned from. It shows what a proposal of writer profiles
could be based on; the confidence of readings tells nothing (``profile_proposals``).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.models import registry
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.networks import runtimes
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.training import stored_features
from ocr_studio.engine.training.training_data import TrainingExample
from ocr_studio.engine.weights import model_arrays
from tests.benchmarks import machine
from tests.benchmarks.adapt_recognizer import held_out_writers
from tests.benchmarks.corrections import words_of
from tests.benchmarks.writer_profiles import Words

NECK = "beside"  # the first layer of the neck


def describe(network: Network, words: Words) -> NDArray[np.float64]:
    """Return the mean and the spread of the features of some words, averaged over them, (2 C,)."""
    examples = [TrainingExample(crop, "") for crop, _ in words]
    found = stored_features.compute_features(network, examples, views=1, augmentation=0.0, seed=0)
    features = [view.features[: view.steps].astype(np.float64) for some in found for (view,) in some.values()]
    return np.asarray(np.mean([np.concatenate([each.mean(axis=0), each.std(axis=0)]) for each in features], axis=0))


def main() -> int:
    """Print how many pictures are given to their writer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("train", "val"), default="train")
    parser.add_argument("--words", type=int, default=40)
    given = parser.parse_args()
    folder, options = given.data / "diagrams" / given.part, ReaderOptions()
    network = runtimes.make_network(model_arrays.read_model(registry.in_use(None)), options, below=NECK)
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    chosen = held_out_writers(pages) if given.part == "train" else {page["writer"] for page in pages}
    pages = [page for page in pages if page["writer"] in chosen]
    rows = []
    for page in pages:
        words = [word for word in words_of(folder, [page]) if len(word[1]) > 1]
        rows.append(describe(network, words[: given.words]))
    described = np.array(rows)
    described = (described - described.mean(axis=0)) / (described.std(axis=0) + 1e-6)
    described /= np.linalg.norm(described, axis=1, keepdims=True)
    writers, right, guessed = np.array([page["writer"] for page in pages]), 0, 0.0
    for index, row in enumerate(described):
        others = np.arange(len(pages)) != index
        means = {writer: described[(writers == writer) & others].mean(axis=0) for writer in set(writers[others])}
        nearest = max(means, key=lambda writer: float(row @ means[writer]) / float(np.linalg.norm(means[writer])))
        right += nearest == writers[index]
        guessed += float((writers[others] == writers[index]).mean())
    print(f"{machine.processor()}, diagrams/{given.part}, {len(pages)} pictures of {len(chosen)} writers")
    print(f"given to their writer: {right} ({right / len(pages):.2f}); by chance {guessed / len(pages):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
