"""How often a photo's writer is recognized by the look of its words, among writers with a profile.

    python -m tests.benchmarks.writer_features [--data ../shared/data] [--part train|val] [--words 40] [--seeds 3]
    python -m tests.benchmarks.writer_features --fit resources/writer-features.npz

All pictures of the diagrams are read as in the program. A profile knows so many words by chance of half of a writer's
pictures; the other pictures are compared with all profiles ("own profile there"), and with all but the writer's own
("stranger"), where none should be proposed. ``--part train``: the nine writers that no model and no projection has
learned from; the bar was chosen on these. The intervals are of a bootstrap over writers.

``--fit``: instead, fit the projection on the other writers of ``diagrams/train`` (linear discriminant analysis; the
scatter within writers is shrunk towards a multiple of the identity, as there are more features than pictures).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images import photo_file
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import HandwritingVector
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.recognition import writer_features
from ocr_studio.engine.recognition.writer_features import WriterFeatures, find_writer
from ocr_studio.jobs.reading.match_writer import LEAST_WORDS, LONGEST_WORD, MOST_WORDS, choose_words
from tests.benchmarks import machine
from tests.benchmarks.adapt_recognizer import held_out_writers
from tests.benchmarks.corrections import words_of

COMPONENTS: Final = 48
SHRINKAGE: Final = 0.6

Features = NDArray[np.float64]


def fit_projection(pictures: Features, writers: Sequence[str]) -> tuple[Features, Features]:
    """Return the projection (F, COMPONENTS) and the offset (COMPONENTS,) of a linear discriminant analysis.

    Args:
        pictures: The mean features of each picture, (N, F).
        writers: Its writer.
    """
    centre, scale = pictures.mean(axis=0), pictures.std(axis=0) + 1e-6
    scaled = (pictures - centre) / scale
    rows = defaultdict(list)
    for row, writer in zip(scaled, writers, strict=True):
        rows[writer].append(row)
    several = [np.array(each) for each in rows.values() if len(each) > 1]
    rest = np.concatenate([each - each.mean(axis=0) for each in several])
    scatter = rest.T @ rest / sum(len(each) - 1 for each in several)
    shrunk = (1 - SHRINKAGE) * scatter + SHRINKAGE * np.trace(scatter) / len(scatter) * np.eye(len(scatter))
    values, vectors = np.linalg.eigh(shrunk)
    whitened = vectors / np.sqrt(values)
    means = np.array([np.mean(each, axis=0) for each in rows.values()]) @ whitened
    _, _, axes = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
    projection = (whitened @ axes[:COMPONENTS].T) / scale[:, None]
    return projection, centre @ projection


def fit(folder: Path, pages: Sequence[dict[str, Any]], file: Path) -> None:
    """Fit the projection on pictures whose words are cut by their true boxes, and write the file."""
    network, pictures, writers = writer_features.make_feature_network(ReaderOptions()), [], []
    for page in pages:
        crops = [crop for crop, text in words_of(folder, [page]) if 1 < len(text) <= LONGEST_WORD]
        crops = crops[:: max(1, -(-len(crops) // MOST_WORDS))]
        if len(crops) >= LEAST_WORDS:
            pictures.append(writer_features.compute_features(network, crops).mean(axis=0))
            writers.append(page["writer"])
    projection, offset = fit_projection(np.array(pictures), writers)
    card = registry.find(writer_features.NETWORK).card
    assert card is not None
    np.savez_compressed(
        file,
        projection=projection.astype(np.float16),
        offset=offset.astype(np.float32),
        weights=np.array(card.sha256),
    )
    print(f"{len(pictures)} pictures of {len(set(writers))} writers, {file.stat().st_size / 1e3:.0f} kB")


def read(folder: Path, pages: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Features]]:
    """Yield the writer and the features of the chosen words of each picture, as the program finds them."""
    options = ReaderOptions()
    reader, features = Reader(options), WriterFeatures(options)
    for page in pages:
        image = photo_file.open_photo(folder / page["image"])
        words = {word.id: word for _, some in reader.read_lines(image, reader.find(image)) for word in some}
        photo, quads = Pyramid(image), choose_words(list(words.values()))
        if len(quads) >= LEAST_WORDS:
            yield page["writer"], features.look_at([extract_crop(photo, quad.array()) for quad in quads])


def measure(found: Sequence[tuple[str, Features]], words: int, seeds: int) -> Iterator[tuple[str, str, str]]:
    """Yield for each picture that no profile knows its writer, who is proposed, and who is without the own profile."""
    features = WriterFeatures(ReaderOptions())
    by_writer = defaultdict(list)
    for writer, seen in found:
        by_writer[writer].append(seen)
    for seed in range(seeds):
        rng, profiles, others = np.random.default_rng(seed), dict[str, HandwritingVector](), []
        for writer, pictures in sorted(by_writer.items()):
            if len(pictures) > 1:
                order = rng.permutation(len(pictures)).tolist()
                known = np.concatenate([pictures[index] for index in order[: len(order) // 2]])
                profiles[writer] = features.make_vector(known[rng.permutation(len(known))[:words]])
                others += [(writer, features.make_vector(pictures[index])) for index in order[len(order) // 2 :]]
        for writer, vector in others:
            strangers = {each: known for each, known in profiles.items() if each != writer}
            yield writer, find_writer(profiles, vector) or "", find_writer(strangers, vector) or ""


def share(rows: Sequence[tuple[str, bool]]) -> str:
    """Return the share of rows that are true, with its 95 % interval by bootstrap over writers."""
    by_writer = defaultdict(list)
    for writer, value in rows:
        by_writer[writer].append(value)
    sums = np.array([(sum(each), len(each)) for each in by_writer.values()], np.float64)
    drawn = sums[np.random.default_rng(0).integers(len(sums), size=(2000, len(sums)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], (2.5, 97.5))
    return f"{sums[:, 0].sum() / sums[:, 1].sum():.3f} [{low:.3f}, {high:.3f}]"


def main() -> int:
    """Print how often which writer is proposed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("train", "val"), default="train")
    parser.add_argument("--words", type=int, nargs="+", default=[20, 40, 80])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--fit", type=Path, metavar="FILE", help="fit the projection and write it to this file")
    given = parser.parse_args()
    folder = given.data / "diagrams" / ("train" if given.fit else given.part)
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    left_out = held_out_writers(pages) if given.fit or given.part == "train" else set()
    if given.fit:
        fit(folder, [page for page in pages if page["writer"] not in left_out], given.fit)
        return 0
    found = list(read(folder, [page for page in pages if page["writer"] in left_out or given.part == "val"]))
    writers = len({writer for writer, _ in found})
    print(f"{machine.processor()}, diagrams/{given.part}, {len(found)} pictures of {writers} writers")
    for words in given.words:
        rows = list(measure(found, words, given.seeds))
        print(f"profiles of {words} words, {len(rows)} comparisons")
        print(f"  own profile there: right {share([(writer, own == writer) for writer, own, _ in rows])}")
        print(f"                     wrong {share([(writer, own not in ('', writer)) for writer, own, _ in rows])}")
        print(f"  stranger:          wrong {share([(writer, bool(other)) for writer, _, other in rows])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
