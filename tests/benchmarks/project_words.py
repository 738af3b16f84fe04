"""What the words of a project's other photos are worth: photos read alone, and one after the other in a project.

    python -m tests.benchmarks.project_words [--data ../shared/data] [--set diagrams] [--step 2] [--seed 0]

Every so many photos of a set are read twice in an order by chance: each alone, and each with the words that were read
with certainty on the photos before it, as in a project. F scores with 95 % intervals by bootstrap over photos, and the
interval of the difference.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, score_photo
from ocr_studio.core.images import photo_file
from ocr_studio.core.language import typed_words
from ocr_studio.core.page import Word
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader
from tests.benchmarks import machine
from tests.benchmarks.boards import SETS, truth
from tests.benchmarks.craft import difference, f_score, with_interval


def read_photos(reader: Reader, folder: Path, order: list[str], *, in_project: bool) -> list[PhotoScore]:
    """Read photos in this order. in_project: each with the words of those before it."""
    labels, known, scores = truth(folder), Counter[str](), list[PhotoScore]()
    for image in order:
        photo, words = photo_file.open_photo(folder / image), dict[str, Word]()
        reader.learn(ProjectWords(certain=dict(known) if in_project else {}))
        for _, found in reader.read_lines(photo, reader.find(photo)):
            words |= {word.id: word for word in found}
        known.update(typed_words.find_certain_words(words.values()))
        scores.append(score_photo(labels[image], [Labelled(word.quad, word.text) for word in words.values()]))
    return scores


def main() -> int:
    """Print a line for each score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--set", choices=SETS, default="diagrams", dest="kind")
    parser.add_argument("--step", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    folder, reader = given.data / SETS[given.kind], Reader(ReaderOptions())
    order = list(truth(folder))[:: given.step]
    random.Random(given.seed).shuffle(order)
    alone, project = (read_photos(reader, folder, order, in_project=each) for each in (False, True))
    print(f"{machine.processor()}, {given.kind}, {len(order)} photos")
    for name in ("end_to_end", "strict", "bag_of_words"):
        before, after = (f_score([getattr(score, name) for score in scores]) for scores in (alone, project))
        cells = [with_interval(figure, len(order)) for figure in (before, after)]
        change = with_interval(difference(after, before), len(order), decimals=4)
        print(f"{name:14} alone {cells[0]}   project {cells[1]}   change {change}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
