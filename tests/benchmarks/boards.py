"""How well and how fast whole photos are read: ours, RapidOCR and Tesseract in one run, on the same photos.

    python -m tests.benchmarks.boards [--data ../shared/data] [--set boards|diagrams|scene] [--limit N] [--runs 3]

The folder holds ``boards/annotations.json`` ([{"image", "words": [{"quad", "text", "ignore"}]}]) and the photos it
names; ``diagrams/val`` and ``scene/icdar2015`` likewise. Programs take turns photo by photo, so that a busy moment
hits all alike.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.datasets import ground_truth
from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, Score, score_photo
from ocr_studio.core.evaluation.table import format_figure
from ocr_studio.core.images import board_corners, photo_file
from ocr_studio.core.page import BoardLook, Quad
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.photos import clean_board
from tests.benchmarks.machine import processor

Photo: TypeAlias = NDArray[np.uint8]
Program: TypeAlias = Callable[[Photo], list[Labelled]]

_PHOTO = BoardLook(straighten=False, even_light=False, less_glare=False, strong_ink=False)
# One way at a time, then together.
CLEANINGS = {
    "straightened": replace(_PHOTO, straighten=True),
    "even light": replace(_PHOTO, even_light=True),
    "less glare": replace(_PHOTO, less_glare=True),
    "stronger ink": replace(_PHOTO, strong_ink=True),
    "all but straightened": BoardLook(straighten=False),
    "all of it": BoardLook(),
}
SETS = {"boards": "boards", "diagrams": "diagrams/val", "scene": "scene/icdar2015"}
OURS, RAPIDOCR = "OCR Studio", "RapidOCR, default"
PROGRAMS = {"ours": OURS, "rapidocr": RAPIDOCR, "tuned": "RapidOCR, tuned", "tesseract": "Tesseract --psm 11"}
_DRAWN = 2000  # samples of the bootstrap


@dataclass
class Result:
    """What one program did: its score and seconds, photo by photo."""

    scores: dict[str, PhotoScore] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def ours(first: list[float], look: BoardLook | None = None) -> Program:
    """OCR Studio's own reader; the seconds until the first words are appended to ``first``. look: read the board as it
    is cleaned so, instead of the photo.
    """
    from ocr_studio.engine.reader import Reader

    reader = Reader(ReaderOptions())

    def read_cleaned(photo: Photo) -> list[Labelled]:
        assert look is not None
        made = clean_board.cleaned(photo, look)
        back = np.linalg.inv(made.matrix)
        return [
            Labelled(board_corners.transform_quad(back, each.quad) or each.quad, each.text)
            for each in read(made.picture)
        ]

    def read(photo: Photo) -> list[Labelled]:
        start = time.perf_counter()
        words: dict[str, Labelled] = {}
        for batch, (_, found) in enumerate(reader.read_lines(photo, reader.find(photo))):
            words |= {word.id: Labelled(word.quad, word.text) for word in found}
            if batch == 0:
                first.append(time.perf_counter() - start)
        return [*words.values()]

    return read_cleaned if look else read


# What did best on the boards among larger inputs, thresholds and unclip ratios: the shorter side to 1280 pixels.
TUNED: Mapping[str, object] = {"Det.limit_side_len": 1280, "Det.box_thresh": 0.4, "Det.unclip_ratio": 1.3}


def rapidocr(changes: Mapping[str, object] = MappingProxyType({})) -> Program:
    """RapidOCR, as it comes or with some of its settings changed, asked for words."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error", **changes})

    def read(photo: Photo) -> list[Labelled]:
        result: Any = engine(cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), return_word_box=True)
        if result.boxes is None:
            return []
        words = [word for line in result.word_results or () for word in line if word[0].strip()]
        return [Labelled(Quad.from_array(np.asarray(box, np.float64)), text) for text, _, box in words]

    return read


def tesseract() -> Program:
    """Tesseract's command for text scattered over a picture."""

    def read(photo: Photo) -> list[Labelled]:
        _, png = cv2.imencode(".png", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1])
        command = ["tesseract", "stdin", "stdout", "--psm", "11", "tsv"]
        table = subprocess.run(command, input=png.tobytes(), capture_output=True, check=True).stdout.decode()
        rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(_tesseract_words(rows))

    return read


def _tesseract_words(rows: csv.DictReader[str]) -> Iterator[Labelled]:
    for row in rows:
        if row["level"] == "5" and row["text"].strip():
            left, top, width, height = (int(row[key]) for key in ("left", "top", "width", "height"))
            yield Labelled(Quad.from_box(left, top, left + width, top + height), row["text"])


def truth(folder: Path, *, limit: int | None = None) -> dict[str, tuple[Labelled, ...]]:
    """Return image path → the words that stand on it, of all photos or of ``limit`` ones, evenly spread."""
    pages = ground_truth.from_annotations(folder).pages
    picked = np.linspace(0, len(pages) - 1, min(limit or len(pages), len(pages))).round().astype(int)
    return {page.image: page.words for page in (pages[index] for index in picked)}


def measure(programs: Mapping[str, Program], folder: Path, *, runs: int, limit: int | None = None) -> dict[str, Result]:
    """Let the programs read every photo in turn; the median of ``runs`` timings a photo."""
    results = {name: Result() for name in programs}
    labels = truth(folder, limit=limit)
    warm = photo_file.open_photo(folder / next(iter(labels)))
    for read in programs.values():
        read(warm)
    for image, words in labels.items():
        photo = photo_file.open_photo(folder / image)
        timings: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(runs):
            for name, read in programs.items():
                start = time.perf_counter()
                found = read(photo)
                timings[name].append(time.perf_counter() - start)
                results[name].scores[image] = score_photo(words, found)
        for name, result in results.items():
            result.seconds[image] = statistics.median(timings[name])
        print(f"\r{image:40}", end="", file=sys.stderr, flush=True)
    print(f"\r{'':40}\r", end="", file=sys.stderr)
    return results


def show(results: Mapping[str, Result], *, photos: bool) -> None:
    """Print one table: a row for each program, or for each program and photo too."""
    head = (
        f"{'':34}{'detection P / R / F':>22}{'end to end P / R / F':>23}{'bag of words P / R / F':>25}{'s / photo':>11}"
    )
    print(head)
    for name, result in results.items():
        total = sum(result.scores.values(), PhotoScore())
        _row(name, total, statistics.median(result.seconds.values()))
        for image, score in result.scores.items() if photos else ():
            _row("  " + Path(image).name, score, result.seconds[image])


def compare_speed(ours: Result, theirs: Result) -> str:
    """Return the ratio of all seconds, with the 95 % confidence interval by bootstrap over the photos."""
    seconds = np.array([(ours.seconds[image], theirs.seconds[image]) for image in ours.seconds])
    drawn = seconds[np.random.default_rng(0).integers(len(seconds), size=(_DRAWN, len(seconds)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], (2.5, 97.5))
    mine, other = seconds.mean(axis=0)
    return (
        f"{OURS} / {RAPIDOCR}: {mine:.2f} / {other:.2f} s a photo = {mine / other:.2f} ({low:.2f} to {high:.2f}, "
        f"{len(seconds)} photos); {processor()}"
    )


def _row(name: str, score: PhotoScore, seconds: float) -> None:
    parts = (score.detection, score.end_to_end, score.bag_of_words)
    print(f"{name:34}" + "".join(f"{_figures(part):>23}" for part in parts) + f"{seconds:9.2f}")


def _figures(score: Score) -> str:
    return " ".join(format_figure(share) for share in (score.precision, score.recall, score.f))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the photos and print the table."""
    parser = argparse.ArgumentParser(description="Whole photos: scores and seconds beside RapidOCR and Tesseract.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with the photos")
    parser.add_argument("--set", choices=SETS, default="boards", dest="kind", help="which photos (default: boards)")
    parser.add_argument("--limit", type=int, help="read so many of the photos, evenly spread (default: all)")
    parser.add_argument("--photos", action="store_true", help="a row for each photo too")
    parser.add_argument("--runs", type=int, default=3, help="timings a photo, of which the median counts (default: 3)")
    parser.add_argument("--only", nargs="+", default=list(PROGRAMS), choices=PROGRAMS, help="these programs alone")
    parser.add_argument("--cleaned", action="store_true", help="ours once more for each way of cleaning the board")
    chosen = parser.parse_args(arguments)
    first: list[float] = []
    known: dict[str, Callable[[], Program]] = {
        "ours": lambda: ours(first),
        "rapidocr": rapidocr,
        "tuned": lambda: rapidocr(TUNED),
        "tesseract": tesseract,
    }
    programs = {
        title: known[name]()
        for name, title in PROGRAMS.items()
        if name in chosen.only and (name != "tesseract" or shutil.which(name))
    }
    for name, look in CLEANINGS.items() if chosen.cleaned else ():
        programs[f"OCR Studio, {name}"] = ours([], look)
    results = measure(programs, chosen.data / SETS[chosen.kind], runs=chosen.runs, limit=chosen.limit)
    show(results, photos=chosen.photos)
    if first:
        print(f"OCR Studio's first words after {statistics.median(first):.2f} s (median; warm)")
    if {OURS, RAPIDOCR} <= results.keys():
        print(compare_speed(results[OURS], results[RAPIDOCR]))


if __name__ == "__main__":
    main()
