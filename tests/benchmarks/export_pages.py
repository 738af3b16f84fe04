"""Seconds and memory of an export of very many photos: do they grow with their number? Prints; asserts nothing.

    python -m tests.benchmarks.export_pages [--pages 1000 5000 10000] [--words 40] [--formats page alto pdf …]
        [--photo 640x480] [--keep DIR]

Photos (JPEG, of random colours) and their pages are made, the words of many_photos.py. Then ``ocr-studio export``
exports them, in a process of its own for each row of the table: seconds, processor time for a thousand pages, the most
memory of the process, and the bytes written. "pdf-one" writes one PDF of all photos, the others a file for each photo.
``--keep``: make the projects there, or take those that are there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from ocr_studio.core.images import photo_file
from tests.benchmarks import many_photos
from tests.benchmarks.machine import processor

FORMATS: Final = ("page", "alto", "pdf", "pdf-one")
_ONE: Final = "-one"


def main() -> None:
    """Make the projects, export each in each format, and print the table."""
    options = _options()
    print(f"{processor()}; photos of {options.photo[0]} × {options.photo[1]} pixels, {options.words} words each\n")
    print("| format | pages | seconds | processor seconds for 1,000 | most memory, MB | written, MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="export-pages-") as temporary:
        folder = options.keep or Path(temporary)
        for count in options.pages:
            _make(folder / f"{count}", count, options.words, options.photo)
        for kind in options.formats:
            for count in options.pages:
                out = folder / "out"
                spent, worked, memory = _export(folder / f"{count}", out, kind, folder / "home")
                size = sum(path.stat().st_size for path in out.iterdir())
                files = sum(1 for path in out.iterdir() if not path.name.startswith("."))
                shutil.rmtree(out)
                row = (kind, f"{count:,}", f"{spent:.1f}", f"{1000 * worked / count:.1f}", f"{memory / 2**20:.0f}")
                print(f"| {' | '.join(row)} | {size / 2**20:.0f} in {files:,} |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, nargs="+", default=(1_000, 5_000, 10_000))
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--photo", type=_size, default=(640, 480), metavar="WIDTHxHEIGHT")
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _make(photos: Path, count: int, words_each: int, size: tuple[int, int]) -> None:
    """Make a project of so many photos, each read."""
    pages = photos / "ocr-studio-project" / "pages"
    if pages.is_dir():
        return
    pages.mkdir(parents=True)
    (pages.parent / "project.json").write_text('{"format": 1, "photos": ".."}')
    words, rng = many_photos.vocabulary(), np.random.default_rng(5)
    for number in range(count):
        photo = photos / f"board {number + 1:05}.jpg"
        small = rng.integers(0, 255, (size[1] // 20, size[0] // 20, 3), np.uint8)
        Image.fromarray(small).resize(size).save(photo, "JPEG")
        page_id = photo_file.compute_content_id(photo)
        chosen = [words[index] for index in np.minimum(rng.zipf(1.15, words_each), len(words)) - 1]
        data = many_photos.make_page(page_id, photo.name, chosen, rng, checked=number % 10 == 0)
        (pages / f"{page_id}.json").write_bytes(data)


def _export(project: Path, out: Path, kind: str, home: Path) -> tuple[float, float, int]:
    """Export a project by the command. Returns seconds, processor time, and the most memory in bytes."""
    asked = [f"--format={kind.removesuffix(_ONE)}", *(["--one-file"] if kind.endswith(_ONE) else [])]
    command = [sys.executable, "-m", "ocr_studio", "export", *asked, f"--out={out}", str(project)]
    begun = time.perf_counter()
    with open(os.devnull, "wb") as silent:
        actions = [(os.POSIX_SPAWN_DUP2, silent.fileno(), 1)]
        environment = os.environ | {"OCR_STUDIO_HOME": str(home)}
        child = os.posix_spawn(sys.executable, command, environment, file_actions=actions)
        _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"the export as {kind} failed with status {os.waitstatus_to_exitcode(status)}")
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, memory


if __name__ == "__main__":
    main()
