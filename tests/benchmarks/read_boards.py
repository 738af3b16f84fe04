"""The five boards as a project that the program has read, beside what truly stands in each of the boxes it found."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.datasets import ground_truth
from ocr_studio.core.datasets.ground_truth import TruePage
from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.core.project.project import Project
from ocr_studio.core.review.queue import Place
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.reading.read import OcrService, PhotoRead, read_photos

# Share of a word inside a box from which on the box holds it, and of a box inside a word, or inside a region that
# nobody can read, from which on it is a piece of that.
_HELD, _PIECE = 0.6, 0.3


@dataclass(frozen=True)
class ReadBoards:
    """project: the boards, read and saved. truths: place of a word that was found -> its text, "" where nothing is
    written, None where nobody can say or it does not count. missed: how many true words have no box of their own.
    """

    project: Project
    truths: dict[Place, str | None]
    missed: int


def read(data: Path, folder: Path) -> ReadBoards:
    """Copy the photos of ``data``/boards to a folder that is made here, read them once and save their pages."""
    truth = ground_truth.from_annotations(data / "boards")
    folder.mkdir(parents=True)
    photos: dict[Path, TruePage] = {}
    for page in truth.pages:
        photo = Path(shutil.copy(page.photo, folder))
        photo.chmod(photo.stat().st_mode | stat.S_IWUSR)
        photos[photo] = page
    project = Project.open(folder)
    truths: dict[Place, str | None] = {}
    missed = 0
    for event in read_photos(OcrService(ReaderOptions()), photos):
        if not isinstance(event, PhotoRead):
            continue
        project.save_page(event.page)
        words = list(event.page.words.values())
        texts, found_of = _texts([each.quad for each in words], photos[event.path].words)
        truths.update(((event.page.id, word.id), text) for word, text in zip(words, texts, strict=True))
        missed += sum(not each.ignore for each in photos[event.path].words) - found_of
    project.unlock()
    return ReadBoards(project, truths, missed)


def _texts(found: list[Quad], labelled: tuple[Labelled, ...]) -> tuple[list[str | None], int]:
    """What truly stands in each box, and how many true words have a box of their own or share one.

    A box of several words has all of them; a piece of a word has no text that anybody could write into it: None.
    """
    words = sorted((each for each in labelled if not each.ignore), key=lambda each: each.quad.bounds()[0])
    boxes = _stack(found)
    own = {box: word for word, box in metrics.matches([each.quad for each in words], found)}
    inside = geometry.compute_cover_matrix(_stack([each.quad for each in words]), boxes)  # of each word, in each box
    covered = geometry.compute_cover_matrix(boxes, _stack([each.quad for each in words]))  # of each box, by each word
    ignored = geometry.compute_cover_matrix(boxes, _stack([each.quad for each in labelled if each.ignore]))
    texts: list[str | None] = []
    seen: set[int] = set(own.values())
    for box in range(len(found)):
        held = [word for word in range(len(words)) if inside[word, box] >= _HELD and word not in own.values()]
        if box in own:
            texts.append(words[own[box]].text)
        elif held:
            seen.update(held)
            texts.append(" ".join(words[word].text for word in held))
        else:
            piece = max(_most(covered[box]), _most(ignored[box])) >= _PIECE
            texts.append(None if piece else "")
    return texts, len(seen)


def _stack(quads: list[Quad]) -> NDArray[np.float32]:
    return np.array([quad.array() for quad in quads], np.float32).reshape(-1, 4, 2)


def _most(row: NDArray[np.float64]) -> float:
    return float(row.max()) if len(row) else 0.0
