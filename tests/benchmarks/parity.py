"""Do ONNX Runtime and TensorFlow read the same? Both read the same photos with the program's own networks.

    python -m tests.benchmarks.parity [--data ../shared/data] [--set boards|diagrams|scene] [--limit N] [--names 40]

Shown of each set: the largest difference of probabilities on the same pixels (the detector's map and the recognizer's
output), the scores of both, and the words that differ in text or by more than a pixel of their box.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import runtime
from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, score_photo
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Word
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.reader import Reader
from tests.benchmarks.boards import SETS, Photo, truth
from tests.benchmarks.machine import processor

ONNX, TENSORFLOW = "ONNX Runtime", "TensorFlow"
_SAME_BOX = 1.0  # pixels


class Compared:
    """A network whose output is compared with that of another on the same pixels. See ``Network``.

    Attributes:
        differences: The largest difference of each call.
    """

    def __init__(self, network: Network, other: Network) -> None:
        self._network, self._other = network, other
        self.runtime, self.notice, self.classes = network.runtime, network.notice, network.classes
        self.parallel_calls, self.batch_pixels = network.parallel_calls, network.batch_pixels
        self.differences: list[float] = []

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run both networks and return the output of the first."""
        output = self._network(pixels)
        self.differences.append(float(np.abs(output - self._other(pixels)).max()))
        return output


def read(reader: Reader, photo: Photo) -> list[Word]:
    """Read all words of a photo."""
    return [word for _, words in reader.read_lines(photo, reader.find(photo)) for word in words]


def differences(image: str, onnx: Sequence[Word], tensorflow: Sequence[Word]) -> Iterator[str]:
    """Yield a line for each word that the two read differently, or that one of them does not find."""
    same_place = metrics.matches([word.quad for word in onnx], [word.quad for word in tensorflow])
    for mine, other in same_place:
        a, b = onnx[mine], tensorflow[other]
        moved = float(np.abs(a.quad.array() - b.quad.array()).max())
        if a.text != b.text or moved > _SAME_BOX:
            yield f"{image}: {_describe(a)}, {_describe(b)}, {moved:.2f} pixels apart"
    for found, matched in ((onnx, {mine for mine, _ in same_place}), (tensorflow, {other for _, other in same_place})):
        title = ONNX if found is onnx else TENSORFLOW
        yield from (
            f"{image}: {_describe(word)}, {title} only" for index, word in enumerate(found) if index not in matched
        )


def _describe(word: Word) -> str:
    return f"“{word.text}” {word.confidence or 0.0:.3f}"


def compare(folder: Path, *, limit: int | None, names: int) -> None:
    """Read a set with both runtimes and print what differs, naming at most ``names`` words."""
    onnx, tensorflow = (Reader(ReaderOptions(runtime=name)) for name in ("onnx", "tensorflow"))
    detector = tensorflow.detector.network = Compared(tensorflow.detector.network, onnx.detector.network)
    recognizer = tensorflow.recognizer.network = Compared(tensorflow.recognizer.network, onnx.recognizer.network)
    readers = {ONNX: onnx, TENSORFLOW: tensorflow}
    scores = dict.fromkeys(readers, PhotoScore())
    differing: list[str] = []
    count = 0
    for image, labels in truth(folder, limit=limit).items():
        photo = photo_file.open_photo(folder / image)
        found = {name: read(reader, photo) for name, reader in readers.items()}
        for name, words in found.items():
            scores[name] += score_photo(labels, [Labelled(word.quad, word.text) for word in words])
        differing += differences(image, found[ONNX], found[TENSORFLOW])
        count += len(found[ONNX])
        print(f"\r{image:40}", end="", file=sys.stderr, flush=True)
    print(f"\r{'':40}\r", end="", file=sys.stderr)
    for name, score in scores.items():
        tasks = {"detection": score.detection, "end to end": score.end_to_end, "bag of words": score.bag_of_words}
        print(f"{name:14}" + ", ".join(f"{task} F {100 * (each.f or 0):.2f} %" for task, each in tasks.items()))
    largest = [max(network.differences) for network in (detector, recognizer)]
    print("largest difference of probabilities: detector {:.1e}, recognizer {:.1e}".format(*largest))
    print(f"{len(differing)} of {count} words differ", *differing[:names], sep="\n  ", flush=True)


def main() -> None:
    """Read the sets and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with the photos")
    parser.add_argument("--set", nargs="+", choices=SETS, default=["boards", "diagrams"], dest="sets", help="photos")
    parser.add_argument("--limit", type=int, help="read so many photos of each set, evenly spread (default: all)")
    parser.add_argument("--names", type=int, default=40, help="name so many words that differ (default: 40)")
    chosen = parser.parse_args()
    os.environ.pop(runtime.VARIABLE, None)
    print(processor())
    for kind in chosen.sets:
        print(f"\n{kind}")
        compare(chosen.data / SETS[kind], limit=chosen.limit, names=chosen.names)


if __name__ == "__main__":
    main()
