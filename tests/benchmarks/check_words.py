"""Cuts the handwritten words that every training is checked by, as one command.

    python -m tests.benchmarks.check_words [--data ../shared/data] [--out resources/check-words.npz]

They are words of the writers of ``diagrams/train`` that no recipe learns from (``held_out_writers``), so many of each,
in grey, with the margins of the program's own boxes. ``engine.training.check_words`` reads the file.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file, word_crops
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from tests.benchmarks.adapt_recognizer import held_out_writers

EACH: Final = 90  # words of a writer
_LEAST_LETTERS: Final = 2


def choose(pages: list[dict[str, Any]]) -> list[tuple[str, NDArray[np.float64], str]]:
    """Return picture, corners and text of the words, spread over the pictures of each writer."""
    rng, found = np.random.default_rng(0), []
    for writer in sorted(held_out_writers(pages)):
        words = [
            (page["image"], np.asarray(word["quad"], np.float64), word["text"].strip())
            for page in pages
            if page["writer"] == writer
            for word in page["words"]
            if not word["ignore"] and len(word["text"].strip()) >= _LEAST_LETTERS
        ]
        found += [words[index] for index in sorted(rng.permutation(len(words))[:EACH])]
    return found


def main() -> None:
    """Cut the words and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("resources/check-words.npz"))
    given = parser.parse_args()
    folder = given.data / "diagrams" / "train"
    rng, name, photo = np.random.default_rng(1), "", None
    crops, texts = list[NDArray[np.uint8]](), list[str]()
    for image, corners, text in choose(json.loads((folder / "annotations.json").read_text(encoding="utf-8"))):
        if photo is None or image != name:
            name, photo = image, Pyramid(photo_file.open_photo(folder / image))
        quad = geometry.widen_quad(Quad.from_array(corners), rng.uniform(0.04, 0.16))
        crop = word_crops.extract_crop(photo, np.asarray(quad, np.float32).reshape(4, 2), height=HEIGHT, step=STEP)
        crops.append(np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8))
        texts.append(text)
    widths = np.array([crop.shape[1] for crop in crops], np.int32)
    np.savez_compressed(given.out, pixels=np.concatenate(crops, axis=1), widths=widths, texts=np.array(texts))
    print(f"{len(crops)} words, {given.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
