"""What one process holds while it reads very many photos, and then large ones. Prints; asserts nothing.

    python -m tests.benchmarks.memory PHOTOS [--photos 300] [--large 5] [--megapixels 50]

PHOTOS is a folder; its photos are read again from the first if there are too few. Resident memory in MiB, after the
photo of each number, and the growth since the tenth. Linux only.
"""

from __future__ import annotations

import argparse
import itertools
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.reading.read import OcrService, PhotoFailed, PhotoRead, read_photos
from tests.benchmarks.machine import processor, resident

_SHOWN = (1, 2, 5, 10, 20, 50)
_FROM = 10


def read_all(service: OcrService, paths: list[Path], label: str) -> None:
    """Read photos and print the memory on the way."""
    words, done, before = 0, 0, float("nan")
    for event in read_photos(service, paths):
        if isinstance(event, PhotoFailed):
            print(event.error)
        elif not isinstance(event, PhotoRead):
            continue
        else:
            words += len(event.page.words)
        done += 1
        before = resident() if done == _FROM else before
        if done in _SHOWN or done % 50 == 0 or done == len(paths):
            growth = f"{resident() - before:+6.0f}" if done > _FROM else ""
            print(f"{label} {done:4d}   {words:7d} words   {resident():6.0f} MiB {growth}", flush=True)


def enlarge(photos: Iterator[Path], count: int, megapixels: float, folder: Path) -> list[Path]:
    """Write enlarged copies of photos as JPEG."""
    made: list[Path] = []
    for number, path in enumerate(itertools.islice(photos, count)):
        image = photo_file.open_photo(path)
        scale = math.sqrt(megapixels * 1e6 / (image.shape[0] * image.shape[1]))
        large = cv2.resize(np.asarray(image), None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        made.append(folder / f"{number}.jpg")
        cv2.imwrite(str(made[-1]), cv2.cvtColor(large, cv2.COLOR_RGB2BGR))
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--large", type=int, default=5)
    parser.add_argument("--megapixels", type=float, default=50)
    chosen = parser.parse_args()
    print(processor())
    photos = photo_listing.list_photos(chosen.folder)
    service = OcrService(ReaderOptions())
    read_all(service, list(itertools.islice(itertools.cycle(photos), chosen.photos)), "photo")
    with tempfile.TemporaryDirectory(prefix="ocr-studio-memory-") as folder:
        read_all(service, enlarge(iter(photos), chosen.large, chosen.megapixels, Path(folder)), "large photo")


if __name__ == "__main__":
    main()
