"""What reading costs as photos grow and as words grow in number: seconds and memory, and that both grow in line.

    python -m tests.benchmarks.scaling [--most 50] [--words 2000]

Photos are synthetic: one board's writing at more and more pixels, more and more writing at one size, and both at their
most. Each is read twice, the faster time counts. Memory is what the process holds at most, less what it held before the
first photo.
"""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Word
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader
from tests.engine import made_boards

_TILE = (1600, 1200)
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one photo cost. finding, reading, ordering: seconds; memory: MiB at most, so far."""

    megapixels: float
    written: int
    found: int
    finding: float
    reading: float
    ordering: float
    memory: float

    def row(self) -> str:
        """One line of the table."""
        seconds = self.finding + self.reading + self.ordering
        return (
            f"{self.megapixels:8.1f} {self.written:8d} {self.found:8d} {self.finding:9.2f} {self.reading:9.2f} "
            f"{1000 * self.ordering:9.1f} {seconds:9.2f} {self.memory:9.0f}"
        )


HEAD = (
    f"{'Mpixels':>8} {'written':>8} {'found':>8} {'find s':>9} {'read s':>9} {'order ms':>9} {'in all s':>9} {'MiB':>9}"
)


def photo_of(words: int, megapixels: float) -> tuple[NDArray[np.uint8], int]:
    """A photo with about so many words and pixels: boards beside each other, brought to the size."""
    made: list[NDArray[np.uint8]] = []
    maker = made_boards.maker(words=(80, 120))
    written, number = 0, 0
    while written < words:
        board = maker.at(number)
        made.append(np.asarray(cv2.resize(board.image, _TILE, interpolation=cv2.INTER_AREA), np.uint8))
        written, number = written + len(board.words), number + 1
    across = math.ceil(math.sqrt(len(made)))
    made += [np.full_like(made[0], 235)] * (-len(made) % across)
    rows = [np.hstack(made[start : start + across]) for start in range(0, len(made), across)]
    whole = np.vstack(rows)
    scale = math.sqrt(megapixels * 1e6 / (whole.shape[0] * whole.shape[1]))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(whole, None, fx=scale, fy=scale, interpolation=way), np.uint8), written


def measured(reader: Reader, photo: NDArray[np.uint8], written: int, *, before: float) -> Cost:
    """Read a photo twice; the faster of each step counts. before: MiB held before the first photo."""
    forget()
    times: list[tuple[float, float, float]] = []
    found: list[Word] = []
    for _ in range(2):
        start = time.perf_counter()
        lines = reader.find(photo)
        looked = time.perf_counter()
        found = [*{word.id: word for _, words in reader.read_lines(photo, lines) for word in words}.values()]
        read = time.perf_counter()
        reading_order.order_words(found)
        times.append((looked - start, read - looked, time.perf_counter() - read))
    best = [min(each) for each in zip(*times, strict=True)]
    size = photo.shape[0] * photo.shape[1] / 1e6
    return Cost(size, written, len(found), best[0], best[1], best[2], held() - before)


def held() -> float:
    """MiB this process has held at most, since it was last forgotten where the system can forget."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def forget() -> None:
    """Let the most that was held so far be what is held now; on Linux only."""
    if _STATUS.exists():
        _STATUS.with_name("clear_refs").write_text("5", encoding="ascii")


def main() -> int:
    """Print the tables, and how the cost grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=float, default=50.0, help="megapixels of the largest photo")
    parser.add_argument("--words", type=int, default=2000, help="words of the fullest photo")
    options = parser.parse_args()
    reader = Reader(ReaderOptions())
    measured(reader, *photo_of(60, 2.0), before=0.0)  # nothing is traced or loaded later on
    forget()
    before = held()
    print("The same words, more and more pixels\n" + HEAD)
    for size in (0.02, 0.1, 0.25, 0.5, 1.0):
        print(measured(reader, *photo_of(120, size * options.most), before=before).row(), flush=True)
    print("\nThe same size, more and more words\n" + HEAD)
    costs = []
    for share in (0.0625, 0.125, 0.25, 0.5, 1.0):
        costs.append(measured(reader, *photo_of(int(share * options.words), 0.5 * options.most), before=before))
        print(costs[-1].row(), flush=True)
    print("\nBoth at their most\n" + HEAD)
    print(measured(reader, *photo_of(options.words, options.most), before=before).row(), flush=True)
    slope = np.polyfit(np.log([cost.found + 1 for cost in costs]), np.log([cost.reading for cost in costs]), 1)[0]
    print(f"\nseconds of reading grow as words to the power {slope:.2f}; 1 is in line")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
