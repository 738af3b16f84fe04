"""How well and how fast cropped words are read: ours beside RapidOCR's recognizer and Tesseract, in one run.

    python -m tests.benchmarks.words [--data FOLDER] [--rounds 3] [--sample 60]

Boards are cropped by their true boxes; random strings are drawn (``written_words``), with other hands than those that
constants were chosen by. "net alone" is ours without any knowledge of languages. "best 5": the right reading is among
the first five, which only ours gives. All readers get the same crops; ours and RapidOCR take turns, each set read
``rounds`` times, the fastest round counts (other programs on the machine only ever make one slower). Ours runs in the
library that the program chooses; RapidOCR batches as it does by default, on ONNX Runtime. Tesseract reads a sample
only: a process a word, ``--psm 8``.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.images import photo_file, warping
from ocr_studio.core.runtime import choose_runtime
from ocr_studio.core.settings import ReaderOptions
from tests.benchmarks.boards import truth
from tests.benchmarks.machine import processor
from tests.benchmarks.written_words import KINDS, Desk

if TYPE_CHECKING:
    from ocr_studio.engine.recognition.recognizer import Recognizer

LANGUAGES: Final = ("en",)  # what is written on the sets, and the program's default

Crop: TypeAlias = NDArray[np.uint8]
T = TypeVar("T")
# Readings of each crop, best first.
Reader: TypeAlias = Callable[[Sequence[Crop]], list[list[str]]]


@dataclass(frozen=True, slots=True)
class WordSet:
    """Crops of words, what stands on each, and how a reading is compared with it."""

    name: str
    crops: list[Crop]
    texts: list[str]
    counted: Callable[[str], str]

    def pairs(self, read: Sequence[str]) -> list[tuple[str, str]]:
        """(true, read) as they are compared."""
        return [(self.counted(true), self.counted(text)) for true, text in zip(self.texts, read, strict=False)]

    def sample(self, many: int) -> WordSet:
        """So many of its words, evenly spread."""
        picked = np.linspace(0, len(self.crops) - 1, min(many, len(self.crops))).astype(int)
        return WordSet(self.name, [self.crops[i] for i in picked], [self.texts[i] for i in picked], self.counted)


def board_words(folder: Path) -> WordSet:
    """The words of the boards that are to be read, cropped by their true boxes; case does not count."""
    crops, texts = [], []
    for name, words in truth(folder).items():
        image = photo_file.open_photo(folder / name)
        for word in words:
            if not word.ignore:
                crops.append(warping.crop_quad(image, word.quad))
                texts.append(word.text)
    return WordSet("boards", crops, texts, str.lower)


def labelled_words(folder: Path, name: str, counted: Callable[[str], str]) -> WordSet:
    """A folder of crops with ``labels.tsv``: path, tab, text."""
    lines = (folder / "labels.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t")[:2] for line in lines if line]
    return WordSet(
        name, [photo_file.open_photo(folder / path) for path, _ in rows], [text for _, text in rows], counted
    )


def letters_and_digits(text: str) -> str:
    """In lower case, all else left out."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def random_strings(data: Path, many: int) -> WordSet:
    """Letters and digits without sense, in handwriting fonts and composed of single written letters."""
    desk = Desk(data, train=False, rng=np.random.default_rng(7))
    written = [word for kind in ("random, fonts", "random, letters") for word in KINDS[kind](desk, many // 2)]
    return WordSet("random", [word.crop for word in written], [word.text for word in written], str.lower)


def our_recognizer(languages: tuple[str, ...], model: str | None = None) -> Recognizer:
    """The recognizer as the program uses it, knowing the words of these languages. model: its name; None is the
    program's choice.
    """
    from ocr_studio.core.language import lexicon
    from ocr_studio.core.models import registry
    from ocr_studio.engine import model_loader

    recognizer = model_loader.load_recognizer(registry.in_use(model), ReaderOptions())
    if languages:
        recognizer.set_lexicons([lexicon.load_lexicon(languages)])
    return recognizer


def our_reader(languages: tuple[str, ...]) -> Reader:
    """The recognizer with its beam search, all that the program does with a word of a line."""
    recognizer = our_recognizer(languages)
    return lambda crops: [[other.text for other in read.alternatives] for read in recognizer.read(crops, spaces=False)]


def rapid_reader() -> Reader:
    """RapidOCR's recognizer as it comes: batches of six, padded to 320 pixels at least."""
    from rapidocr import RapidOCR
    from rapidocr.ch_ppocr_rec.typings import TextRecInput

    engine: Any = RapidOCR(params={"Global.log_level": "error"})
    engine(np.full((48, 320, 3), 255, np.uint8), use_det=False, use_cls=False)  # loads its recognizer
    recognizer = engine.text_rec

    def read(crops: Sequence[Crop]) -> list[list[str]]:
        pictures = [np.ascontiguousarray(crop[:, :, ::-1]) for crop in crops]  # it expects BGR
        return [[str(text)] for text in recognizer(TextRecInput(img=pictures)).txts]

    return read


def tesseract_reader() -> Reader:
    """Tesseract, a process a word."""

    def read(crops: Sequence[Crop]) -> list[list[str]]:
        texts = []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "word.png"
            for crop in crops:
                cv2.imwrite(str(path), crop[:, :, ::-1])
                command = ["tesseract", str(path), "-", "--psm", "8"]
                answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
                texts.append([" ".join(answer.split())])
        return texts

    return read


def beam_milliseconds(words: WordSet, rounds: int, languages: tuple[str, ...]) -> float:
    """Milliseconds a word that the search over the net's output takes, alternatives and letter positions included."""
    recognizer = our_recognizer(languages)
    steps = recognizer.run(words.crops)
    fastest = min(timed(lambda: recognizer.transcribe(steps))[0] for _ in range(rounds))
    return 1000 * fastest / len(steps)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds it took, and what it gave."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def report(words: WordSet, reader: str, seconds: float, read: Sequence[Sequence[str]]) -> str:
    """A row of the table."""
    pairs = words.pairs([texts[0] for texts in read])
    right = sum(true == text for true, text in pairs) / len(pairs)
    among = sum(
        words.counted(true) in map(words.counted, texts[:5]) for true, texts in zip(words.texts, read, strict=True)
    )
    best = f"{100 * among / len(pairs):8.1f}" if max(map(len, read)) > 1 else f"{'–':>8}"
    return (
        f"{words.name:<12}{reader:<12}{len(pairs):>6}{len(pairs) / seconds:>10.1f}{100 * right:>9.1f}{best}"
        f"{100 * metrics.cer(pairs):>8.1f}"
    )


def compare(words: WordSet, readers: Mapping[str, Reader], rounds: int) -> dict[str, float]:
    """Read a set by all readers in turn, print a row for each, and give the seconds of each one's fastest round."""
    fastest = dict.fromkeys(readers, math.inf)
    texts: dict[str, list[list[str]]] = {}
    for _ in range(rounds):
        for name, read in readers.items():
            seconds, texts[name] = timed(partial(read, words.crops))
            fastest[name] = min(fastest[name], seconds)
    for name in readers:
        print(report(words, name, fastest[name], texts[name]), flush=True)
    return fastest


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with the labelled data")
    parser.add_argument("--rounds", type=int, default=3, help="times each set is read")
    parser.add_argument("--random", type=int, default=1000, help="random strings that are drawn")
    parser.add_argument("--sample", type=int, default=60, help="words of each set that Tesseract reads; 0: none")
    options = parser.parse_args()

    sets = [
        board_words(options.data / "boards"),
        labelled_words(options.data / "handwriting_words", "handwritten", str.lower),
        labelled_words(options.data / "scene" / "iiit5k", "iiit5k", letters_and_digits),
    ]
    readers = {"ours": our_reader(LANGUAGES), "net alone": our_reader(()), "rapidocr": rapid_reader()}
    print(f"{choose_runtime(ReaderOptions().runtime).describe()}; {processor()}\n")
    print(f"{'set':<12}{'reader':<12}{'words':>6}{'words/s':>10}{'right %':>9}{'best 5':>8}{'CER %':>8}")
    seconds = dict.fromkeys(readers, 0.0)
    for words in sets:
        for name, fastest in compare(words, readers, options.rounds).items():
            seconds[name] += fastest
        if options.sample and shutil.which("tesseract"):
            compare(words.sample(options.sample), {"tesseract*": tesseract_reader()}, 1)
    compare(random_strings(options.data, options.random), {name: readers[name] for name in ("ours", "net alone")}, 1)

    many = sum(len(words.crops) for words in sets)
    speeds = {name: many / taken for name, taken in seconds.items()}
    print(f"all {many} words: " + ", ".join(f"{name} {speed:.1f} words/s" for name, speed in speeds.items()), end="")
    print(f", ours {speeds['ours'] / speeds['rapidocr']:.2f} times as fast as rapidocr (wanted: 3 or more)")
    plain, knowing = (beam_milliseconds(sets[0], options.rounds, known) for known in ((), LANGUAGES))
    print(f"beam search, alternatives and letter positions: {knowing:.2f} ms a word, {plain:.2f} without language")
    if options.sample:
        print(f"* Tesseract: {options.sample} words of each set, a process a word")


if __name__ == "__main__":
    main()
