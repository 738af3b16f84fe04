"""What networks that learned from nothing (``ocr_studio.api.train_from_scratch``) came to, on photos nobody has drawn.

    python -m tests.benchmarks.train_from_scratch [--data FOLDER] [--recognizer NAME] [--detector NAME] [--log FILE …]

--recognizer: reads the words of the boards, cut out by their true boxes, handwritten words and words of scenes, by the
network alone and with the words of English. --detector: finds the words of the boards; with both, photos are read from
one end to the other, otherwise with what comes with the program for the part that is missing. --log: the log of a run;
printed as a table of at most so many rows as --rows says. The real photos are only measured on.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ocr_studio.api import Detector, Pipeline, Recognizer
from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, score_photo
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Quad
from tests.benchmarks.boards import truth
from tests.benchmarks.words import WordSet, board_words, labelled_words, letters_and_digits


def sets(data: Path) -> Iterator[WordSet]:
    """Words cut out already."""
    yield board_words(data / "boards")
    yield labelled_words(data / "handwriting_words", "handwritten", str.lower)
    yield labelled_words(data / "scene" / "iiit5k", "iiit5k", letters_and_digits)


def read_words(recognizer: Recognizer, words: WordSet) -> tuple[float, float]:
    """The share of words read right, and errors a letter."""
    found = recognizer.reader.read(words.crops, spaces=False)
    pairs = words.pairs([each.text for each in found])
    return sum(true == text for true, text in pairs) / len(pairs), metrics.cer(pairs)


def read_photos(pipeline: Pipeline, folder: Path) -> PhotoScore:
    """All boards, from the photo to its words."""
    total = PhotoScore()
    for name, words in truth(folder).items():
        found = pipeline.recognize([photo_file.open_photo(folder / name)])[0]
        total += score_photo(words, [Labelled(Quad.from_array(box), text) for text, box in found if _convex(box)])
    return total


def curve(log: Path, rows: int) -> Iterator[str]:
    """A log as a table, rows evenly spread, the last one among them."""
    with open(log, newline="", encoding="utf-8") as stream:
        known = list(csv.DictReader(stream))
    columns = [name for name in (known[0] if known else {}) if name != "epoch"]
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for place in sorted({round(each) for each in np.linspace(0, len(known) - 1, min(rows, len(known)))}):
        yield "| " + " | ".join(f"{float(known[place][name] or 'nan'):.4g}" for name in columns) + " |"


def _convex(box: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bool:
    return bool(np.ptp(box, axis=0).min() >= 1)


def _figures(name: str, score: metrics.Score) -> str:
    return f"{name} P {score.precision or 0:.3f} R {score.recall or 0:.3f} F {score.f or 0:.3f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print curves and scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with the labelled data")
    parser.add_argument("--recognizer", help="name of a model")
    parser.add_argument("--detector", help="name of a model")
    parser.add_argument("--log", type=Path, nargs="*", default=[], help="logs of runs")
    parser.add_argument("--rows", type=int, default=12, help="of a log's table")
    chosen = parser.parse_args(arguments)
    for log in chosen.log:
        print(log, *curve(log, chosen.rows), "", sep="\n", flush=True)
    if chosen.recognizer:
        print(f"{'set':<12}{'words':>6}{'alone: right %':>16}{'CER %':>8}{'English: right %':>18}{'CER %':>8}")
        readers = [Recognizer(weights=chosen.recognizer, languages=known) for known in ((), ("en",))]
        for words in sets(chosen.data):
            (right, cer), (right_too, cer_too) = (read_words(reader, words) for reader in readers)
            row = f"{words.name:<12}{len(words.crops):>6}{100 * right:>16.1f}{100 * cer:>8.1f}"
            print(row + f"{100 * right_too:>18.1f}{100 * cer_too:>8.1f}", flush=True)
    if chosen.recognizer or chosen.detector:
        pipeline = Pipeline(Detector(chosen.detector or "default"), Recognizer(weights=chosen.recognizer or "default"))
        score = read_photos(pipeline, chosen.data / "boards")
        print(_figures("boards, found:", score.detection))
        print(_figures("boards, from end to end:", score.end_to_end))
        print(_figures("boards, bag of words:", score.bag_of_words))


if __name__ == "__main__":
    main()
