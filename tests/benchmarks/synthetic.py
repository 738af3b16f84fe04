"""How fast synthetic words and boards are made, and how readable: tables, and contact sheets to be looked at.

    python -m tests.benchmarks.synthetic [--data ../shared/data] [--seconds 10] [--sheet words.png] [--read 300]
                                       [--boards 10] [--board-sheet boards.png]

One core: OpenCV is kept to one thread. Each kind is timed by itself, in seconds that this process computed, the same
words again and again: over all of it, and the fastest time through. A core is rarely its process's own: a neighbour on
its other half, which no clock of ours sees, makes everything take half as long again. With --read, words of each kind
are read with the model in use: what no net reads at all is not worth learning from.
--boards: how many seconds boards of each size are timed; 0 for none.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.images import photo_file
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker
from ocr_studio.engine.synth.sources import SHARES, Kind, Sources, Stock
from ocr_studio.engine.synth.word_crops import SynthCrop, WordMaker, WordOptions

Picture: TypeAlias = NDArray[np.uint8]

_COLUMNS, _ROWS, _WIDE, _TALL = 6, 16, 260, 76
# Words that are timed at once.
_ROUND = 250


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of labelled data")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each kind is timed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", type=Path, help="a picture of words is written there")
    parser.add_argument("--read", type=int, default=0, help="how many words of each kind are read")
    parser.add_argument("--boards", type=float, default=10.0, help="how long boards of each size are timed")
    parser.add_argument("--board-sheet", type=Path, help="a picture of boards is written there")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    sources = sources_in(given.data)
    started = time.process_time()
    maker = WordMaker(sources, seed=given.seed)
    print(f"sources read in {time.process_time() - started:.1f} s; {len(maker.stock.people)} people,")
    print(f"{len(maker.stock.handwriting)} handwriting fonts, {len(maker.stock.prints)} for print")
    print(f"{'kind':20}{'words/s':>9}{'ms':>7}{'at best/s':>11}{'median height':>15}{'right':>8}{'CER':>7}")
    for name, shares in [("as mixed", SHARES), *((kind.value, {kind: 1.0}) for kind in Kind)]:
        of_kind = WordMaker(maker.stock, options=WordOptions(shares=shares), seed=given.seed)
        rate, best, heights = _rate(of_kind, given.seconds)
        right, cer = _read(of_kind, given.read) if given.read else ("", "")
        print(f"{name:20}{rate:9.0f}{1000 / rate:7.2f}{best:11.0f}{heights:12.0f} px{right:>8}{cer:>7}", flush=True)
    if given.sheet:
        photo_file.save_png(given.sheet, contact_sheet(list(islice(maker.stream(), _COLUMNS * _ROWS))))
        print(f"{given.sheet} written")

    if given.boards:
        _boards(maker.stock, seconds=given.boards, seed=given.seed)
    if given.board_sheet:
        boards = BoardMaker(maker.stock, seed=given.seed)
        photo_file.save_png(given.board_sheet, board_sheet([boards.at(index).image for index in range(12)]))
        print(f"{given.board_sheet} written")


def sources_in(data: Path) -> Sources:
    """All there is to write with in the folder of labelled data."""
    return Sources(
        strokes=(data / "strokes" / "unipen_words.npz", data / "strokes" / "unipen_chars.npz"),
        handwriting=(data / "fonts" / "handwriting",),
        backgrounds=data / "backgrounds",
    )


def contact_sheet(words: list[SynthCrop]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Crops side by side, each as large as its cell lets it be, (h, w, 3) uint8 RGB."""
    sheet = np.full((_ROWS * _TALL, _COLUMNS * _WIDE, 3), 255, np.uint8)
    for place, word in enumerate(words[: _COLUMNS * _ROWS]):
        grow = min((_WIDE - 6) / word.crop.shape[1], (_TALL - 6) / word.crop.shape[0])
        how = cv2.INTER_AREA if grow < 1 else cv2.INTER_CUBIC
        shown = cv2.resize(word.crop, None, fx=grow, fy=grow, interpolation=how)
        top, left = place // _COLUMNS * _TALL, place % _COLUMNS * _WIDE
        sheet[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return sheet


def board_sheet(photos: Sequence[Picture]) -> Picture:
    """Photos four to a row, each as large as its cell lets it be, (h, w, 3) uint8 RGB."""
    wide, tall, across = 640, 480, 4
    sheet = np.full((-(-len(photos) // across) * tall, across * wide, 3), 40, np.uint8)
    for place, photo in enumerate(photos):
        shown = _fitted(photo, wide, tall)
        top, left = place // across * tall, place % across * wide
        sheet[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return sheet


def _fitted(photo: Picture, wide: int, tall: int) -> Picture:
    grow = min(wide / photo.shape[1], tall / photo.shape[0])
    size = (max(1, round(photo.shape[1] * grow)), max(1, round(photo.shape[0] * grow)))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)


def _boards(stock: Stock, *, seconds: float, seed: int) -> None:
    """Boards a second of this process's own time, by the longer side of the photo."""
    print(f"{'boards of':20}{'boards/s':>9}{'ms':>7}{'words':>7}{'letters':>9}{'laid out':>10}")
    for side in (820, 1280, 2048, 4000):
        maker = BoardMaker(stock, BoardOptions(long_side=(side, side)), seed=seed)
        maker.at(10**6)
        words, letters, count, started = 0, 0, 0, time.process_time()
        while time.process_time() - started < seconds:
            made = maker.at(count)
            count += 1
            words += len(made.words)
            letters += sum(len(word.letters) for word in made.words)
        taken = (time.process_time() - started) / count
        started = time.process_time()
        for index in range(min(count, 5)):
            maker.plan(index)
        laid = (time.process_time() - started) / min(count, 5)
        print(
            f"{side:6} px{'':11}{1 / taken:9.1f}{1000 * taken:7.0f}{words / count:7.0f}{letters / count:9.0f}"
            f"{1000 * laid:7.0f} ms",
            flush=True,
        )


def _rate(maker: WordMaker, seconds: float) -> tuple[float, float, float]:
    """Words a second, over all and the fastest time through, and their median height in pixels."""
    for index in range(80):  # grounds and the like are made once
        maker.at(10**6 + index)
    heights: list[int] = []
    ends = [time.process_time()]
    while ends[-1] - ends[0] < seconds:
        heights = [maker.at(index).crop.shape[0] for index in range(_ROUND)]
        ends.append(time.process_time())
    best = min(end - begun for begun, end in pairwise(ends))
    return _ROUND * (len(ends) - 1) / (ends[-1] - ends[0]), _ROUND / best, float(np.median(heights))


def _read(maker: WordMaker, many: int) -> tuple[str, str]:
    """Share of words that the model in use reads right, and its character errors, language knowledge off."""
    from ocr_studio.engine.reader import Reader

    reader = Reader(ReaderOptions(languages=()))
    words = list(islice(maker.stream(), many))
    found = [said.text for said in reader.recognizer.read([word.crop for word in words])]
    right = sum(said == word.text for said, word in zip(found, words, strict=True))
    pairs = [(word.text, said) for word, said in zip(words, found, strict=True)]
    return f"{right / many:.2f}", f"{metrics.cer(pairs):.2f}"


if __name__ == "__main__":
    main()
