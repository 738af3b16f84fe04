"""Projects in which hands write words again and again, with known truth: several photos each, read by our recognizer.

What a writer wrote on one photo has one pen, one ink, one board and one light, as on photos; each word is written by
the hand anew. Words are cut out as they are: finding them is measured elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from pydoc_data import topics
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Quad, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.core.review.queue import Place
from tests.benchmarks.written_words import Crop, Desk, Pens, Written
from tests.engine import made_boards

Photos = list[list[Written]]
# Words on a photo; pixels between two; pixels a photo is wide.
ON_A_PHOTO: Final = 60
_ROOM, _WIDE = 24, 1600


@dataclass(frozen=True)
class ReadProject:
    """A project that is read. truths: place of a word -> its text, "" where nothing is written, None where nobody can
    say.
    """

    project: Project
    truths: dict[Place, str | None]


def of_pens(data: Path, *, train: bool, seed: int, writers: int, most: int = 240) -> Photos:
    """Photos by so many UNIPEN writers who repeat words; at most so many words of each.

    train: the writers set apart for fitting, or the others. seed: the ``seed``-th so many of them.
    """
    pens = Pens.load(data / "strokes" / "unipen_words.npz", train=train)
    hands: dict[int, list[int]] = {}
    for item in pens.chosen.tolist():
        if str(pens.texts[item]).isascii():
            hands.setdefault(int(pens.writers[item]), []).append(item)
    names = [name for name, items in hands.items() if _repeated([str(pens.texts[item]) for item in items]) >= 8]
    names = np.random.default_rng(0).permutation(names).tolist()[seed * writers : (seed + 1) * writers]
    photos: Photos = []
    for name in names:
        rng = np.random.default_rng((seed, name))
        items = _spread(rng, [str(pens.texts[item]) for item in hands[name]], most)
        for part in _parts([hands[name][item] for item in items], ON_A_PHOTO):
            style = int(rng.integers(2**31))
            photos.append([Written(_desk(data, style).marker(pens.of(item)), str(pens.texts[item])) for item in part])
    return photos


def of_letters(data: Path, *, train: bool, seed: int, writers: int = 2, photos: int = 3) -> Photos:
    """Photos of running text out of Python's manual, by so many writers who set letter by letter; signs, capitals and
    figures as they are there. train: as for ``of_pens``.
    """
    text = re.findall(r"[!-~]{1,20}", " ".join(topics.topics.values()))
    rng = np.random.default_rng((7, seed, train))
    made: Photos = []
    at = int(rng.integers(len(text) - writers * photos * ON_A_PHOTO))
    for _ in range(writers):
        writer = int(rng.integers(2**31))
        for _ in range(photos):
            words = [word for word in text[at : at + ON_A_PHOTO] if any(sign.isalnum() for sign in word)]
            style, at = int(rng.integers(2**31)), at + ON_A_PHOTO
            drawn = [_desk(data, style, train=train).letters_of(word, writer, rng) for word in words]
            made.append([each for each in drawn if each is not None])
    return [photo for photo in made if photo]


def of_folder(folder: Path) -> Photos:
    """Crops with ``labels.tsv``: path, tab, text; as photos of some words each."""
    lines = (folder / "labels.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t")[:2] for line in lines if line]
    return list(_parts([Written(photo_file.open_photo(folder / path), text) for path, text in rows], ON_A_PHOTO))


def drawn(folder: Path, *, seed: int, many: int = 3) -> Path:
    """A folder with boards/ as the labelled ones are kept: so many synthetic boards by a seed."""
    (folder / "boards").mkdir(parents=True)
    said = []
    maker = made_boards.maker(seed=seed)
    for number in range(many):
        board = maker.at(number)
        Image.fromarray(board.image).save(folder / "boards" / f"{number}.png", compress_level=1)
        words = [{"quad": word.quad.corners, "text": word.text, "ignore": word.ignore} for word in board.words]
        said.append({"image": f"{number}.png", "words": words})
    (folder / "boards" / "annotations.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def project(
    photos: Iterable[Sequence[Written]], folder: Path, read: Callable[[list[Crop]], list[Transcription]]
) -> ReadProject:
    """Lay the words of each photo out on a sheet, read them, and save all as a project in a new folder."""
    folder.mkdir(parents=True)
    made = Project.open(folder)
    truths: dict[Place, str | None] = {}
    for number, words in enumerate(photos):
        sheet, quads = _sheet([word.crop for word in words])
        path = folder / f"{number:03}.png"
        Image.fromarray(sheet).save(path, compress_level=1)
        key = photo_file.compute_content_id(path)
        read_as = read([word.crop for word in words])
        saved = {
            f"w{at}": Word(f"w{at}", quad, machine=reading)
            for at, (quad, reading) in enumerate(zip(quads, read_as, strict=True))
        }
        made.save_page(Page(key, path.name, sheet.shape[1], sheet.shape[0], saved, read_at="2026-01-01T00:00:00Z"))
        truths.update({(key, f"w{at}"): word.text for at, word in enumerate(words)})
    made.unlock()
    return ReadProject(made, truths)


def _desk(data: Path, style: int, *, train: bool = True) -> Desk:
    """Whatever is drawn first at such a desk is drawn in the same manner."""
    return Desk(data, train, np.random.default_rng(style))


def _sheet(crops: Sequence[Crop]) -> tuple[Crop, list[Quad]]:
    """Crops side by side, line by line, each with some of its own board around it, and where they are."""
    placed: list[tuple[int, int, NDArray[np.uint8]]] = []
    x = y = high = 0
    for crop in crops:
        cell = cv2.copyMakeBorder(crop, _ROOM, _ROOM, _ROOM, _ROOM, cv2.BORDER_REPLICATE)
        if x and x + cell.shape[1] > _WIDE:
            x, y, high = 0, y + high, 0
        placed.append((x, y, np.asarray(cell, np.uint8)))
        x, high = x + cell.shape[1], max(high, cell.shape[0])
    wide = max(x + cell.shape[1] for x, _, cell in placed)
    sheet = np.full((y + high, wide, 3), 235, np.uint8)
    quads = []
    for x, y, cell in placed:
        sheet[y : y + cell.shape[0], x : x + cell.shape[1]] = cell
        quads.append(Quad.from_box(x + _ROOM, y + _ROOM, x + cell.shape[1] - _ROOM, y + cell.shape[0] - _ROOM))
    return sheet, quads


def _repeated(texts: list[str]) -> int:
    """How many of them stand there more than once."""
    return len(texts) - len(set(texts))


def _spread(rng: np.random.Generator, texts: list[str], most: int) -> list[int]:
    """So many at most, in any order, of the texts that stand there more than once all."""
    order = rng.permutation(len(texts)).tolist()
    counts = {text: texts.count(text) for text in set(texts)}
    kept = sorted(order, key=lambda at: counts[texts[at]] < 2)[:most]
    return [at for at in order if at in set(kept)]


def _parts(items: list, size: int) -> Iterator[list]:  # type: ignore[type-arg]
    for first in range(0, len(items), size):
        yield items[first : first + size]
