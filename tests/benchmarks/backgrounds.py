"""How many words are read where nothing is written: ours, RapidOCR and Tesseract on the same pieces of empty board.

    python -m tests.benchmarks.backgrounds [--data ../shared/data] [--only ours]

The folder holds ``backgrounds/``: pictures of boards without ink.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ocr_studio.core.images import photo_file, photo_listing
from tests.benchmarks import boards


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the pictures and print a table."""
    parser = argparse.ArgumentParser(description="Words read where nothing is written.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with backgrounds/")
    parser.add_argument("--only", choices=("ours", "rapidocr", "tesseract"), help="one program alone")
    chosen = parser.parse_args(arguments)
    known: dict[str, Callable[[], boards.Program]] = {
        "ours": lambda: boards.ours([]),
        "rapidocr": boards.rapidocr,
    }
    if shutil.which("tesseract"):
        known["tesseract"] = boards.tesseract
    photos = {path.name: photo_file.open_photo(path) for path in photo_listing.list_photos(chosen.data / "backgrounds")}
    for name, make in known.items():
        if chosen.only not in (None, name):
            continue
        read = make()
        words = {photo: [word.text for word in read(image)] for photo, image in photos.items()}
        total = sum(map(len, words.values()))
        print(f"{name:12}{total:5} words on {sum(map(bool, words.values()))} of {len(photos)} empty boards")
        for photo, texts in words.items():
            if texts and name == "ours":
                print(f"    {photo}: {' '.join(texts)}")


if __name__ == "__main__":
    main()
