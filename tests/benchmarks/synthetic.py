"""How fast synthetic words are made, and how readable they are: a table, and contact sheets to be looked at.

    python -m tests.benchmarks.synthetic [--data ../shared/data] [--seconds 10] [--sheet words.png] [--read 300]

One core: OpenCV is kept to one thread. Each kind is timed by itself, in seconds of this process. With --read, words of
each kind are read with the model in use: what no net reads at all is not worth learning from.
"""

from __future__ import annotations

import argparse
import time
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from ocr_studio.core import images, metrics
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.synth.sources import SHARES, Kind, Sources
from ocr_studio.engine.synth.words import Options, SynthWord, WordMaker

_COLUMNS, _ROWS, _WIDE, _TALL = 6, 16, 260, 76


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of labelled data")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each kind is timed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", type=Path, help="a picture of words is written there")
    parser.add_argument("--read", type=int, default=0, help="how many words of each kind are read")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    sources = sources_in(given.data)
    started = time.perf_counter()
    maker = WordMaker(sources, seed=given.seed)
    print(f"sources read in {time.perf_counter() - started:.1f} s; {len(maker.stock.people)} people,")
    print(f"{len(maker.stock.handwriting)} handwriting fonts, {len(maker.stock.prints)} for print")
    print(f"{'kind':20}{'words/s':>9}{'ms':>7}{'median height':>15}{'right':>8}{'CER':>7}")
    for name, shares in [("as mixed", SHARES), *((kind.value, {kind: 1.0}) for kind in Kind)]:
        of_kind = WordMaker(sources, options=Options(shares=shares), seed=given.seed)
        rate, heights = _rate(of_kind, given.seconds)
        right, cer = _read(of_kind, given.read) if given.read else ("", "")
        print(f"{name:20}{rate:9.0f}{1000 / rate:7.2f}{heights:13.0f} px{right:>8}{cer:>7}", flush=True)
    if given.sheet:
        images.save_png(given.sheet, contact_sheet(list(islice(maker.stream(), _COLUMNS * _ROWS))))
        print(f"{given.sheet} written")


def sources_in(data: Path) -> Sources:
    """All there is to write with in the folder of labelled data."""
    return Sources(
        strokes=(data / "strokes" / "unipen_words.npz", data / "strokes" / "unipen_chars.npz"),
        handwriting=(data / "fonts" / "handwriting",),
        backgrounds=data / "backgrounds",
    )


def contact_sheet(words: list[SynthWord]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Crops side by side, each as large as its cell lets it be, (h, w, 3) uint8 RGB."""
    sheet = np.full((_ROWS * _TALL, _COLUMNS * _WIDE, 3), 255, np.uint8)
    for place, word in enumerate(words[: _COLUMNS * _ROWS]):
        grow = min((_WIDE - 6) / word.crop.shape[1], (_TALL - 6) / word.crop.shape[0])
        how = cv2.INTER_AREA if grow < 1 else cv2.INTER_CUBIC
        shown = cv2.resize(word.crop, None, fx=grow, fy=grow, interpolation=how)
        top, left = place // _COLUMNS * _TALL, place % _COLUMNS * _WIDE
        sheet[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return sheet


def _rate(maker: WordMaker, seconds: float) -> tuple[float, float]:
    """Words a second, and their median height in pixels."""
    for index in range(80):  # grounds and the like are made once
        maker.at(10**6 + index)
    heights = []
    started = time.perf_counter()
    for word in maker.stream():
        heights.append(word.crop.shape[0])
        if time.perf_counter() - started > seconds:
            break
    return len(heights) / (time.perf_counter() - started), float(np.median(heights))


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
