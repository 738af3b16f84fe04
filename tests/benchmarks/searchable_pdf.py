"""Whether other programs find each word of a searchable PDF, whole and in its place.

    python -m tests.benchmarks.searchable_pdf [--data ../shared/data] [--python VENV/bin/python]
        [--ocrmypdf VENV/bin/python]

Boards, hand-drawn diagrams and words at random angles are written with their true words and read back: by poppler
(pdftotext -bbox, which has to be installed), by PDFium, the one in Chrome, and with --python by pypdf and pdfminer.six
in that environment. qpdf checks the files, pdfimages takes the photo out again. With --ocrmypdf, OCRmyPDF's renderer
in that environment writes the same words, as our hOCR tells them, and is read in the same way (without the photos).
"""

from __future__ import annotations

import argparse
import html
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pypdfium2

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word
from tests.benchmarks import machine

DIAGRAMS, RANDOM_WORDS = 20, 200
LETTERS: Final = "abcdefghijklmnopqrstuvwxyzäößабвгд汉字→"
WORD: Final = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')
OTHERS: Final = """
import json, sys
from pdfminer.high_level import extract_text
from pdfminer.layout import LAParams
from pypdf import PdfReader
print(json.dumps([PdfReader(sys.argv[1]).pages[0].extract_text().split(),
                  extract_text(sys.argv[1], laparams=LAParams(detect_vertical=True)).split()]))
"""
RENDERER: Final = """
import sys
from pathlib import Path
from ocrmypdf.font import MultiFontManager
from ocrmypdf.fpdf_renderer import Fpdf2PdfRenderer
from ocrmypdf.hocrtransform import HocrParser
Fpdf2PdfRenderer(HocrParser(Path(sys.argv[1])).parse(), 150, MultiFontManager()).render(Path(sys.argv[2]))
"""


@dataclass
class Found:
    """What readers found: words that are missing or not whole.

    Of poppler, ``broken`` counts these, and ``poppler`` also those that are off their places; ``off``: pixels that the
    worst box is off.
    """

    files: int = 0
    words: int = 0
    broken: int = 0
    poppler: int = 0
    off: float = 0.0
    pdfium: int = 0
    flat: int = 0
    pypdf: int | None = None
    pdfminer: int | None = None
    same_photo: int = 0
    clean: int = 0


def page_of(path: Path, words: Sequence[tuple[Quad, str]]) -> Page:
    """A page of a photo with these words."""
    made = {
        f"w{number}": Word(f"w{number}", quad, machine=Transcription(text, TextSource.MODEL, 0.9))
        for number, (quad, text) in enumerate(words)
    }
    return Page(path.stem, path.name, *photo_file.read_photo_size(path), made)


def labelled(folder: Path, most: int | None = None) -> Iterator[tuple[Path, Page]]:
    """Photos with their true words."""
    for entry in json.loads((folder / "annotations.json").read_text("utf-8"))[:most]:
        path = folder / entry["image"]
        yield (
            path,
            page_of(path, [(Quad.from_array(each["quad"]), each["text"]) for each in entry["words"] if each["text"]]),
        )


def random_angles(folder: Path) -> Iterator[tuple[Path, Page]]:
    """A photo with words at random angles."""
    chance = np.random.default_rng(1)
    path = folder / "random.jpg"
    cv2.imwrite(str(path), np.full((3000, 4000, 3), 200, np.uint8))
    words = []
    for number in range(RANDOM_WORDS):
        x, y = number % 20 * 200 + 100, number // 20 * 300 + 150
        quad = geometry.rotate_quad(Quad.from_box(x - 80, y - 15, x + 80, y + 15), chance.uniform(-180, 180))
        words.append((quad, "".join(chance.choice(list(LETTERS), chance.integers(1, 10)))))
    yield path, page_of(path, words)


def run(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def write_ours(path: Path, page: Page, out: Path) -> None:
    """Write a photo as PDF."""
    data = FORMATS["pdf"].render([page], PhotoSource(lambda _: path))
    assert isinstance(data, bytes)
    out.write_bytes(data)


def write_theirs(python: str, path: Path, page: Page, out: Path) -> None:
    """Let OCRmyPDF's renderer write the words of a photo."""
    hocr = out.with_suffix(".hocr")
    text = FORMATS["hocr"].render([page], PhotoSource(lambda _: path))
    assert isinstance(text, str)
    hocr.write_text(text, encoding="utf-8")
    subprocess.run([python, "-c", RENDERER, hocr, out], capture_output=True, check=True)


def check(path: Path, page: Page, out: Path, python: str | None, into: Found) -> None:
    """Read the PDF of a photo."""
    data = out.read_bytes()
    wanted = [(word.text, word.quad.bounds()) for word in page.words.values()]
    into.files += 1
    into.words += len(wanted)
    into.clean += subprocess.run(["qpdf", "--check", out], capture_output=True, check=False).returncode == 0
    told = run("pdftotext", "-bbox", out, "-")
    scale = page.width / float(re.search(r'<page width="([\d.]+)"', told)[1])  # type: ignore[index]
    boxes = [(html.unescape(each[4]), [float(value) * scale for value in each[:4]]) for each in WORD.findall(told)]
    for text, bounds in wanted:
        same = [(place, box) for place, (word, box) in enumerate(boxes) if word == text]
        near = [(float(np.abs(np.subtract(bounds, box)).max()), place) for place, box in same]
        off, place = min(near, default=(np.inf, -1))
        into.poppler += off > 0.5
        into.broken += place < 0
        if place >= 0:
            into.off = max(into.off, off)
            del boxes[place]
    every = Counter(part for text, _ in wanted for part in text.split())
    with pypdfium2.PdfDocument(data) as opened:
        text = opened[0].get_textpage()
        into.pdfium += sum((every - Counter(text.get_text_range().split())).values())
        letters = [index for index in range(text.count_chars()) if text.get_text_range(index, 1).strip()]
        heights = list(map(text.get_charbox, letters))
        into.flat += sum(box[3] <= box[1] for box in heights)
    if python:
        pypdf, pdfminer = json.loads(run(python, "-c", OTHERS, out))
        into.pypdf = (into.pypdf or 0) + sum((every - Counter(pypdf)).values())
        into.pdfminer = (into.pdfminer or 0) + sum((every - Counter(pdfminer)).values())
    image = out.with_name("image-000.jpg")
    image.unlink(missing_ok=True)
    run("pdfimages", "-j", out, out.with_name("image"))
    into.same_photo += image.exists() and image.read_bytes() == path.read_bytes()


def print_row(name: str, found: Found) -> None:
    """Print a row of the table."""
    row = [
        *(found.files, found.words, found.broken, found.poppler, f"{found.off:.2f}", found.pdfium, found.flat),
        *("–" if each is None else each for each in (found.pypdf, found.pdfminer)),
        *(found.same_photo, found.clean),
    ]
    print(f"{name:16}" + "".join(f"{each:>10}" for each in row), flush=True)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--python", help="an environment with pypdf and pdfminer.six")
    parser.add_argument("--ocrmypdf", help="an environment with OCRmyPDF")
    options = parser.parse_args()
    print(machine.processor())
    print("words missing, broken or in a wrong place, of all words; boxes of poppler off by at most so many pixels")
    columns = ("files", "words", "broken", "poppler", "off", "PDFium", "flat", "pypdf", "pdfminer", "JPEG same", "qpdf")
    print(f"{'':16}" + "".join(f"{column:>10}" for column in columns))
    with tempfile.TemporaryDirectory() as folder:
        kinds = {
            "boards": labelled(options.data / "boards"),
            "diagrams": labelled(options.data / "diagrams" / "val", DIAGRAMS),
            "random angles": random_angles(Path(folder)),
        }
        for kind, photos in kinds.items():
            found, theirs = Found(), Found()
            for path, page in photos:
                out = Path(folder) / "out.pdf"
                write_ours(path, page, out)
                check(path, page, out, options.python, found)
                if options.ocrmypdf:
                    write_theirs(options.ocrmypdf, path, page, out)
                    check(path, page, out, options.python, theirs)
            print_row(kind, found)
            if options.ocrmypdf:
                print_row("  by OCRmyPDF", theirs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
