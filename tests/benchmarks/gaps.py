"""How the weights of ``word_segmentation.py`` and ``character_classes.py`` in ``engine/recognition`` were found.

They tell gaps between words from gaps inside them; and how well they tell.

    python -m tests.benchmarks.gaps [--data ../shared/data] [--boards 60] [--prints FONTS] [--recognizer NAME|FOLDER]

A logistic regression is fitted to the letters that follow each other, as the recognizer reads them, in lines of photos
of real boards whose words were looked at by eye (``board_lines.tsv``: photo of ``boards_unlabelled``; six points as
``Detector.find`` gives them; where words part, as shares of the line's width), on every fourth hand-drawn diagram of
``diagrams/train``, on made boards by hand and on made pages and signs in print: what tells on boards must not cut
print. What was made counts as much as what is real. Counted is how often it, and what the program holds, are wrong on
what it was fitted to, on lines of people who were held out, and on labelled photos. Another recognizer has another
notion of spaces: fit anew for it.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import registry
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker
from ocr_studio.engine.synth.sources import Sources
from tests.benchmarks.adapt_recognizer import HELD_OUT, hands, held_out_writers
from tests.benchmarks.adaptation import recognizer
from tests.benchmarks.boards import SETS, truth

if TYPE_CHECKING:
    from ocr_studio.engine.reader import Reader
    from ocr_studio.engine.recognition.line_crops import Line
    from ocr_studio.engine.recognition.word_segmentation import PathLetters

Photo: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]

LOOKED_AT: Final = "looked at"
HELD: Final = "held out"
DIAGRAMS: Final = "diagrams"
HELD_DIAGRAMS: Final = "diagrams held out"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two letters that follow each other: whether in different words, and what ``word_segmentation`` weighs."""

    parted: bool
    evidence: Floats


def boards(data: Path, prints: Path | None, many: int) -> dict[str, Iterator[tuple[Photo, Sequence[Labelled]]]]:
    """So many made boards by hand, half as many pages and half as many boards in print, with their words."""
    fonts = Sources(backgrounds=data / "backgrounds", prints=(prints,) if prints else None)
    asked = {"by hand": (hands(data), 0.0, many), "pages": (fonts, 1.0, many // 2), "signs": (fonts, 0.0, many // 2)}
    return {kind: _drawn(BoardMaker(sources, BoardOptions(pages=pages), seed=5), count)
            for kind, (sources, pages, count) in asked.items()}  # fmt: skip


def _drawn(maker: BoardMaker, many: int) -> Iterator[tuple[Photo, Sequence[Labelled]]]:
    for board in map(maker.at, range(many)):
        yield board.image, board.labelled


def _read(reader: Reader, photo: Photo, quads: Floats) -> Iterator[tuple[Line, PathLetters, Floats]]:
    """Lines with the letters that are read in them, and what tells which are parted."""
    from ocr_studio.engine.recognition import word_segmentation

    for line in reader.seen(photo, quads):
        letters = word_segmentation.PathLetters.on(line.steps.probabilities.argmax(axis=1), reader.space_classes.space)
        told: Floats = np.zeros((0, len(word_segmentation.WEIGHTS)))  # a single letter has no neighbour
        if len(letters.classes) > 1:
            told = word_segmentation.boundary_features(
                line.crop, line.steps, letters, space_classes=reader.space_classes
            )
        yield line, letters, told


def pairs(photos: Iterable[tuple[Photo, Sequence[Labelled]]], reader: Reader) -> Iterator[Pair]:
    """The letters following each other on photos, where it is known which word each belongs to."""
    for photo, labels in photos:
        for line, letters, evidence in _read(reader, photo, reader.find_lines(photo)):
            if not len(evidence):
                continue
            places = line.on_photo([(x, line.crop.shape[0] / 2) for x in letters.centres(line.steps.span)])
            owners = itertools.pairwise(_owner(labels, place) for place in places)
            for told, (left, right) in zip(evidence, owners, strict=True):
                if left is not None and right is not None:
                    yield Pair(left != right, told)


def looked_at(data: Path, reader: Reader) -> dict[str, list[Pair]]:
    """The letters following each other in lines that somebody has looked at: to fit to, and of people held out."""
    folder, found = data / "boards_unlabelled", dict[str, list[Pair]]({LOOKED_AT: [], HELD: []})
    people = {each["image"]: each["source"] for each in json.loads((folder / "index.json").read_text("utf-8"))}
    rows = Path(__file__).with_name("board_lines.tsv").read_text("utf-8").splitlines()
    for photo, of_photo in itertools.groupby((row.split("\t") for row in rows), key=lambda row: row[0]):
        some = list(of_photo)
        quads = np.array([quad.split() for _, quad, _ in some], np.float32).reshape(len(some), -1, 2)
        read = _read(reader, photo_file.open_photo(folder / photo), quads)
        known = found[HELD if people[photo].startswith(HELD_OUT) else LOOKED_AT]
        for (*_, parted), (line, letters, evidence) in zip(some, read, strict=True):
            cuts = [float(cut) for cut in parted.split()]
            places = itertools.pairwise((letters.centres(line.steps.span) / line.crop.shape[1]).tolist())
            for told, (left, right) in zip(evidence, places, strict=True):
                known.append(Pair(any(left < cut <= right for cut in cuts), told))
    return found


def diagrams(folder: Path, reader: Reader) -> dict[str, list[Pair]]:
    """The letters following each other on diagrams: to fit to, and of writers held out."""
    pages = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    left_out, labels = held_out_writers(pages), truth(folder)
    known = [page["image"] for page in pages if page["writer"] not in left_out][::4]
    held = [page["image"] for page in pages if page["writer"] in left_out]
    return {
        kind: list(pairs(((photo_file.open_photo(folder / image), labels[image]) for image in images), reader))
        for kind, images in ((DIAGRAMS, known), (HELD_DIAGRAMS, held))
    }


def _owner(labels: Sequence[Labelled], place: Floats) -> int | None:
    """Which word a place lies in, if in exactly one that counts."""
    inside = [
        index
        for index, label in enumerate(labels)
        if cv2.pointPolygonTest(np.array(label.quad.corners, np.float32), (float(place[0]), float(place[1])), False)
        >= 0
    ]
    return inside[0] if len(inside) == 1 and not labels[inside[0]].ignore else None


def fitted(sets: Sequence[Sequence[Pair]]) -> Floats:
    """The weights of all that ``word_segmentation.boundary_features`` gives, by Newton's method, gently held (L2).

    sets: of pairs, each of real pairs, and others that together count as much."""
    known = [_inputs(some) for some in sets]
    inputs, parted = np.concatenate([rows for rows, _ in known]), np.concatenate([truth for _, truth in known])
    shares = [1.0] + [len(sets[0]) / len(some) / (len(sets) - 1) for some in sets[1:]]
    counts = np.repeat(shares, [len(some) for some in sets])
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        spread = counts * (likely * (1 - likely) + 1e-6)
        curve = inputs.T @ (inputs * spread[:, None]) + np.eye(len(weights))
        weights += np.linalg.solve(curve, inputs.T @ (counts * (parted - likely)) - weights)
    return weights


def _inputs(known: Sequence[Pair]) -> tuple[Floats, NDArray[np.bool_]]:
    return np.array([pair.evidence for pair in known]), np.array([pair.parted for pair in known])


def report(sets: Mapping[str, Sequence[Pair]], new: Floats, everything: Floats) -> None:
    """Print the weights, fitted (to those held out as well) and held, and how often they are wrong on each set."""
    from ocr_studio.engine.recognition import character_classes, word_segmentation

    print(f"{'':16}{'fitted':>8}{'to all':>8}{'in the program':>16}")
    names = ("distance", "gap", "space", "no space", *character_classes.NAMES)
    for name, *values in zip(names, new, everything, word_segmentation.WEIGHTS, strict=True):
        print(f"{name:16}{values[0]:8.2f}{values[1]:8.2f}{values[2]:16.2f}")
    print(f"{'':18}{'pairs':>8}{'parted':>8}{'wrong if fitted anew':>24}{'wrong as the program is':>26}")
    for kind, known in sets.items():
        inputs, parted = _inputs(known)
        wrong = [int((((inputs @ these) > 0) != parted).sum()) for these in (new, word_segmentation.WEIGHTS)]
        print(f"{kind:18}{len(known):8}{parted.sum():8}{wrong[0]:24}{wrong[1]:26}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, and print how often gaps are told wrongly."""
    from ocr_studio.engine.reader import Reader

    parser = argparse.ArgumentParser(description="Telling gaps between words from gaps inside them.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of labelled data")
    parser.add_argument("--boards", type=int, default=60, help="how many boards are drawn by hand (default: 60)")
    parser.add_argument("--prints", type=Path, help="a folder of fonts for print; those of the system if not given")
    parser.add_argument("--recognizer", default=registry.default().name, help="name or folder of the model that reads")
    chosen = parser.parse_args(arguments)
    reader = Reader(ReaderOptions(), recognizer=recognizer(chosen.recognizer))
    sets: dict[str, list[Pair]] = looked_at(chosen.data, reader)
    for kind, photos in boards(chosen.data, chosen.prints, chosen.boards).items():
        sets[kind] = list(pairs(photos, reader))
    made = [known for kind, known in sets.items() if kind not in (LOOKED_AT, HELD)]
    sets |= diagrams(chosen.data / "diagrams" / "train", reader)
    real = sets[LOOKED_AT] + sets[DIAGRAMS]
    new, everything = (fitted([known, *made]) for known in (real, real + sets[HELD] + sets[HELD_DIAGRAMS]))
    sets |= {kind: list(pairs(_labelled(chosen.data / folder), reader)) for kind, folder in SETS.items()}
    report(sets, new, everything)


def _labelled(folder: Path) -> Iterator[tuple[Photo, Sequence[Labelled]]]:
    for image, labels in truth(folder).items():
        yield photo_file.open_photo(folder / image), labels


if __name__ == "__main__":
    main()
