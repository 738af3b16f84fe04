"""What technical terms as a language are worth: words read with English alone, and with English and technical terms.

    python -m tests.benchmarks.technical_terms [--data ../shared/data] [--recognizer NAME|FOLDER]

Words of photos of boards by people that no model learned from, mostly about programming, as far as they were looked at
by eye (``board_words.tsv``: those that an earlier model was not sure of), and words on hand-drawn diagrams by writers
that no model learned from, which are about business; words drawn with the pens of writers nobody trained with, and
random strings, which should not be bent to words. 95 % intervals by bootstrap over photos, or words that are drawn.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.images import photo_file, word_crops
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.language import lexicon
from ocr_studio.core.language.technical_terms import TECHNICAL
from ocr_studio.core.models import registry
from ocr_studio.core.page import Quad
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from ocr_studio.engine.training.training_data import Crop
from tests.benchmarks import machine
from tests.benchmarks.adapt_recognizer import HELD_OUT, held_out_writers, labelled
from tests.benchmarks.adaptation import recognizer
from tests.benchmarks.corrections import relative_change, words_of
from tests.benchmarks.written_words import KINDS, Desk

DRAWN = 1000
RANDOM = ("random, fonts", "random, letters")
LANGUAGES = (("en",), ("en", TECHNICAL))


def board_words(folder: Path) -> Iterator[tuple[str, Crop, str]]:
    """Photo, crop and text of the words on boards of people held out."""
    people = {each["image"]: each["source"] for each in json.loads((folder / "index.json").read_text("utf-8"))}
    for photo, boxes in labelled().items():
        if people[photo].startswith(HELD_OUT):
            picture = Pyramid(photo_file.open_photo(folder / photo))
            yield from ((photo, _crop(picture, box.quad), box.text) for box in boxes if box.text)


def diagram_words(folder: Path) -> Iterator[tuple[str, Crop, str]]:
    """Photo, crop and text of the words on diagrams of writers held out."""
    pages = json.loads((folder / "annotations.json").read_text("utf-8"))
    left_out = held_out_writers(pages)
    for page in (page for page in pages if page["writer"] in left_out):
        yield from ((page["image"], crop, text) for crop, text in words_of(folder, [page]))


def drawn_words(data: Path, kind: str, many: int) -> Iterator[tuple[str, Crop, str]]:
    """Drawn words of a kind, each as a photo of its own."""
    desk = Desk(data, train=False, rng=np.random.default_rng(7))
    for number, written in enumerate(islice(KINDS[kind](desk, many), many)):
        yield str(number), written.crop, written.text


def _crop(picture: Pyramid, quad: Quad) -> Crop:
    return word_crops.extract_crop(picture, np.asarray(quad.corners, np.float32), height=HEIGHT, step=STEP)


def main() -> int:
    """Print a line for each set and language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--recognizer", default=registry.default().name)
    given = parser.parse_args()
    model = recognizer(given.recognizer)
    print(f"{machine.processor()}, {given.recognizer}")
    sets = {
        "boards": list(board_words(given.data / "boards_unlabelled")),
        "diagrams": list(diagram_words(given.data / "diagrams" / "train")),
        **{kind: list(drawn_words(given.data, kind, DRAWN)) for kind in ("unipen words", *RANDOM)},
    }
    for kind, words in sets.items():
        photos = np.unique([photo for photo, _, _ in words], return_inverse=True)[1]
        sums: list[list[float]] = []
        for languages in LANGUAGES:
            model.set_lexicons([lexicon.load_lexicon(languages)])
            read = [each.text for each in model.read([crop for _, crop, _ in words], spaces=False)]
            edits = metrics.edit_distances([(text, found) for (_, _, text), found in zip(words, read, strict=True)])
            sums.append(np.bincount(photos, edits).tolist())
            print(f"{kind:15} {'+'.join(languages):14} {len(words)} words, right {(edits == 0).sum()}, ", end="")
            print(f"letters wrong {edits.sum()}")
        change, low, high = relative_change(*sums)
        print(f"{kind:15} letters wrong, change in %: {change:.1f} ({low:.1f} to {high:.1f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
