"""What adapting the networks changed, everything in one table: the borrowed models first, then any others.

    python -m tests.benchmarks.adaptation [--recognizer NAME|FOLDER …] [--detector NAME|FOLDER …]
                                          [--data ../shared/data] [--only five words …] [--together] [--scores FILE]

A column for each recognizer with each detector; in each cell the figure without knowledge of languages and with it, in
percent; ``--scores FILE`` keeps the first and the last column as a model's card says them (``packaging/ship_model.py``
puts them there). Words are cropped by their true boxes (``words``) or drawn with the pens of writers nobody trained
with; photos are read as the program reads them (``boards``), the printed page is drawn here. ``!`` stands where a
figure is worse than that of the borrowed models by more than a point. On empty boards fewer words are better, and
``!`` means more.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pydoc_data import topics
from typing import TYPE_CHECKING, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, Score, score_photo
from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.language import lexicon
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE
from ocr_studio.core.models.registry import Model
from ocr_studio.core.page import Quad
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.core.settings import ReaderOptions
from tests.benchmarks.boards import SETS, truth
from tests.benchmarks.words import LANGUAGES, WordSet, board_words, labelled_words, letters_and_digits
from tests.benchmarks.written_words import Desk

if TYPE_CHECKING:
    from ocr_studio.engine.detection.detector import Detector
    from ocr_studio.engine.reader import Reader
    from ocr_studio.engine.recognition.recognizer import Recognizer

Photo: TypeAlias = NDArray[np.uint8]
Cell: TypeAlias = tuple[float, float]  # without knowledge of languages, and with it

UNIPEN_WORDS: Final = 600
WORSE: Final = 1.0  # points
# Measures of which less is better.
LESS: Final = ("letters wrong", "words found")


@dataclass(frozen=True, slots=True)
class Pair:
    """What finds and what reads, as they are named on the command line."""

    finds: str
    reads: str

    @property
    def name(self) -> str:
        """Of both, the borrowed ones as such."""
        borrowed = registry.BUILT_IN.name, registry.BUILT_IN_DETECTOR.name
        return " + ".join("borrowed" if each in borrowed else each for each in (self.reads, self.finds))


def model_of(named: str) -> Model:
    """The model of this name, or in this folder. Raises StudioError."""
    folder = Path(named)
    if not (folder / CARD_FILE).is_file():
        return registry.find(named)
    return registry.in_folder(folder)


@cache
def recognizer(named: str) -> Recognizer:
    """What reads with this model."""
    from ocr_studio.engine import model_loader
    from ocr_studio.engine.networks import tensorflow_setup

    tensorflow_setup.configure(ReaderOptions())
    return model_loader.load_recognizer(model_of(named))


@cache
def detector(named: str) -> Detector:
    """What finds with this model."""
    from ocr_studio.engine import model_loader
    from ocr_studio.engine.networks import tensorflow_setup

    tensorflow_setup.configure(ReaderOptions())
    return model_loader.load_detector(model_of(named))


def unipen_words(data: Path) -> WordSet:
    """Words as writers wrote them whom nobody trained with, drawn as a marker draws on boards."""
    written = list(Desk(data, train=False, rng=np.random.default_rng(5)).unipen(UNIPEN_WORDS))
    return WordSet("UNIPEN", [word.crop for word in written], [word.text for word in written], str.lower)


WORDS: Final[Mapping[str, Callable[[Path], WordSet]]] = {
    "board words": lambda data: board_words(data / "boards"),
    "handwritten words": lambda data: labelled_words(data / "handwriting_words", "handwritten", str.lower),
    "scene words": lambda data: labelled_words(data / "scene" / "iiit5k", "iiit5k", letters_and_digits),
    "UNIPEN words": unipen_words,
}


def _photos(folder: Path) -> Iterator[tuple[Photo, Sequence[Labelled]]]:
    for image, words in truth(folder).items():
        yield photo_file.open_photo(folder / image), words


def printed_page(_: Path) -> Iterator[tuple[Photo, Sequence[Labelled]]]:
    """A page of Python's manual as a scanner or a camera above it would give it: 150 dots an inch, 8 to 22 points."""
    rng = np.random.default_rng(11)
    text = topics.topics["dynamic-features"] + topics.topics["exceptions"] + topics.topics["attribute-access"]
    words = deque(word for word in text.split() if any(map(str.isalnum, word)))
    page = Image.new("L", (1240, 1754), 246)
    pen, known, y = ImageDraw.Draw(page), list[Labelled](), 90.0
    for points in itertools.cycle((22, 11, 11, 11, 11, 11, 14, 9, 9, 9, 8, 8, 8)):
        size = points * 150 / 72
        font = ImageFont.load_default(size)
        x, leading = 110.0, 1.35 * size
        if y + leading > 1680:
            break
        while x + font.getlength(words[0]) < 1130:
            word = words.popleft()
            left, top, right, bottom = font.getbbox(word)
            pen.text((x, y), word, fill=30, font=font)
            known.append(Labelled(Quad.from_box(x + left, y + top, x + right, y + bottom), word))
            x += right + font.getlength(" ")
        y += leading
    soft = cv2.GaussianBlur(np.asarray(page, np.float32), (0, 0), 0.8)
    noisy = soft[..., None] + rng.normal(0, 3, (*soft.shape, 3))
    yield np.asarray(noisy.clip(0, 255), np.uint8), known


PHOTOS: Final[Mapping[str, Callable[[Path], Iterator[tuple[Photo, Sequence[Labelled]]]]]] = {
    "five boards": lambda data: _photos(data / SETS["boards"]),
    "scene photos": lambda data: _photos(data / SETS["scene"]),
    "printed page": printed_page,
}
EMPTY: Final = "empty boards"
# What ``--only`` takes.
CHOICES: Final = {name.split()[0]: name for name in (*PHOTOS, EMPTY)} | {"words": "words"}


def of_words(words: WordSet, reads: Recognizer) -> dict[str, Cell]:
    """Share of words right, and of letters wrong."""
    space = reads.charset.characters.index(" ") + 1 if " " in reads.charset else 0
    steps = [seen.without(space) for seen in reads.run(words.crops)]
    widths = [crop.shape[1] for crop in words.crops]
    found = []
    for languages in ((), LANGUAGES):
        reads.set_lexicons([lexicon.load_lexicon(languages)] if languages else [])
        first = reads.transcribe(steps, widths=widths)
        pairs = words.pairs([read.text for read in reads.reread_doubtful(first, words.crops, steps, spaces=False)])
        found.append((sum(true == read for true, read in pairs) / len(pairs), metrics.cer(pairs)))
    (right, wrong), (right_knowing, wrong_knowing) = found
    return {"right": (right, right_knowing), "letters wrong": (wrong, wrong_knowing)}


def _readers(pair: Pair) -> tuple[Reader, ...]:
    """Without knowledge of languages, and with it; one at a time, as they share a recognizer."""
    from ocr_studio.engine.reader import Reader

    finds, reads = detector(pair.finds), recognizer(pair.reads)
    return tuple(
        Reader(ReaderOptions(languages=LANGUAGES, language_strength=strength), detector=finds, recognizer=reads)
        for strength in (0.0, 1.0)
    )


def _read(readers: Sequence[Reader], photo: Photo) -> Iterator[list[Labelled]]:
    """The words of a photo as each of them reads it."""
    lines = readers[0].find(photo)
    for reader in readers:
        reader.learn(ProjectWords())  # what the one before it knew, this one need not
        found = {word.id: word for _, words in reader.read_lines(photo, lines) for word in words}
        yield [Labelled(word.quad, word.text) for word in found.values()]


def of_photos(photos: Iterator[tuple[Photo, Sequence[Labelled]]], pair: Pair) -> dict[str, Cell]:
    """F of words found, of those found and read, and of words anywhere."""
    readers = _readers(pair)
    scores = [PhotoScore() for _ in readers]
    for photo, words in photos:
        scores = [score + score_photo(words, read) for score, read in zip(scores, _read(readers, photo), strict=True)]
    tasks: dict[str, Callable[[PhotoScore], Score]] = {
        "found": lambda score: score.detection,
        "end to end": lambda score: score.end_to_end,
        "bag of words": lambda score: score.bag_of_words,
    }
    return {name: (task(scores[0]).f or 0.0, task(scores[1]).f or 0.0) for name, task in tasks.items()}


def of_nothing(folder: Path, pair: Pair) -> dict[str, Cell]:
    """How many words are read on boards that are empty, a hundredth for each, so that the table shows them whole."""
    readers = _readers(pair)
    counts = np.zeros(2)
    for path in photo_listing.list_photos(folder):
        counts += [len(words) for words in _read(readers, photo_file.open_photo(path))]
    return {"words found": (float(counts[0]) / 100, float(counts[1]) / 100)}


def measured(pair: Pair, data: Path, *, only: Sequence[str], known: dict[tuple[str, str], dict[str, Cell]]) -> Column:
    """A column of the table: (set, measure) → figures. known: those of words, by set and recognizer, as they come."""
    column: Column = {}
    for name, words in WORDS.items() if "words" in only else ():
        key = name, pair.reads
        if key not in known:
            known[key] = of_words(words(data), recognizer(pair.reads))
        column |= {(name, measure): cell for measure, cell in known[key].items()}
    for name, photos in PHOTOS.items():
        if name in only:
            column |= {(name, measure): cell for measure, cell in of_photos(photos(data), pair).items()}
    if EMPTY in only:
        cells = of_nothing(data / "backgrounds", pair)
        column |= {(EMPTY, measure): cell for measure, cell in cells.items()}
    return column


Column: TypeAlias = dict[tuple[str, str], Cell]


def show(columns: Mapping[str, Column]) -> None:
    """Print the table, the first column being what the others are compared with."""
    first = next(iter(columns.values()))
    print("\npercent without / with knowledge of languages; the columns are recognizer + detector")
    names = [f"[{number}]" for number in range(1, len(columns) + 1)]
    for number, name in zip(names, columns, strict=True):
        print(f"  {number} {name}")
    print(f"{'':34}" + "".join(f"{number:>19}" for number in names))
    for key, before in first.items():
        less = key[1] in LESS
        cells = "".join(_shown(column[key], before, less=less) for column in columns.values())
        print(f"{key[0] + ', ' + key[1]:34}{cells}")


def scores(before: Column, after: Column) -> dict[str, dict[str, float]]:
    """Two columns as a card has them: "SET_before", "SET_after" → measures, those of the network alone beside them."""
    found: dict[str, dict[str, float]] = {}
    for when, column in (("before", before), ("after", after)):
        for (name, measure), (alone, knowing) in column.items():
            times = 100 if name == EMPTY else 1  # a number of words, which the table has in hundreds
            figures = found.setdefault(f"{name} {when}".lower().replace(" ", "_"), {})
            key = measure.replace(" ", "_")
            figures |= {key: round(times * knowing, 4), f"{key}_alone": round(times * alone, 4)}
    return found


def _shown(cell: Cell, before: Cell, *, less: bool) -> str:
    sign = 1 if less else -1
    worse = any(100 * sign * (now - then) > WORSE for now, then in zip(cell, before, strict=True))
    return f"{f'{100 * cell[0]:.1f} / {100 * cell[1]:.1f}':>18}{'!' if worse else ' '}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of labelled data")
    parser.add_argument("--recognizer", nargs="*", default=[], help="names or folders of models that read")
    parser.add_argument("--detector", nargs="*", default=[], help="names or folders of models that find")
    parser.add_argument("--only", nargs="+", choices=CHOICES, default=list(CHOICES), help="some of the sets")
    parser.add_argument("--together", action="store_true", help="only all borrowed, and each given with each given")
    parser.add_argument("--scores", type=Path, metavar="FILE", help="write the last column beside the first, as JSON")
    chosen = parser.parse_args(arguments)
    read, find = [registry.BUILT_IN.name, *chosen.recognizer], [registry.BUILT_IN_DETECTOR.name, *chosen.detector]
    pairs = [Pair(finds, reads) for reads, finds in itertools.product(read, find)]
    if chosen.together:
        given = itertools.product(read[1:] or read, find[1:] or find)
        pairs = [pairs[0], *(Pair(finds, reads) for reads, finds in given)]
    columns: dict[str, Column] = {}
    known: dict[tuple[str, str], dict[str, Cell]] = {}
    for pair in pairs:
        print(f"measuring {pair.name}", file=sys.stderr, flush=True)
        columns[pair.name] = measured(pair, chosen.data, only=[CHOICES[each] for each in chosen.only], known=known)
    show(columns)
    if chosen.scores:
        kept = list(columns.values())
        chosen.scores.write_text(json.dumps({"scores": scores(kept[0], kept[-1])}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
