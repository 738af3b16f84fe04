"""Recorded handwriting: pen strokes of words and single letters, read from files.

A file of strokes is written by ``numpy.savez``: ``points`` (N, 2), y down; ``stroke_offsets`` (S+1,) index into points;
``item_offsets`` (I+1,) index into strokes; ``texts`` (I,); ``writers`` (I,) index into ``writer_names``; and optionally
``train`` (I,), to use an existing split of the writers. Items may have any scale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import array_files
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.engine.synth.handwriting import marker, stroke_font
from ocr_studio.engine.synth.handwriting.marker import Pen
from ocr_studio.engine.synth.handwriting.rendered_text import (
    CannotWrite,
    Random,
    RenderedText,
    SourceSplit,
    measure_extents,
    place_letters,
)
from ocr_studio.engine.synth.handwriting.stroke_layout import HandVariation, Strokes, estimate_boxes

_REMEDY: Final = later("Choose a .npz file with {arrays}, or don’t use pen strokes.")
_NEEDED: Final = ("points", "stroke_offsets", "item_offsets", "texts", "writers", "writer_names")
# The largest collection has ten million points: 160 MB as float64.
_MAX_BYTES: Final = 512 << 20
_MAX_LETTERS: Final = 64
_MAX_POINTS: Final = 20_000  # of an item; a long word has some hundred
_MAX_COORDINATE: Final = 1e9  # of points, from 0, so that computed values stay finite
# Characters that are left out at the ends of words, and borrowed from other writers.
_PUNCTUATION: Final = frozenset(".,:;!?'\"-()[]{}<>/\\|+=*#%&$@_~^`")
_ENDS: Final = "".join(sorted(_PUNCTUATION))


class BadStrokes(StudioError):
    """The file is not a file of pen strokes, or it is damaged."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class StrokesFile:
    """Pen strokes of many words or letters.

    Attributes:
        path: Path of the file.
        flat: (I,), items without width, whose letters cannot be distinguished; they are not used. The other fields are
            as in the file, checked.
    """

    path: Path
    points: NDArray[np.float32]
    strokes: NDArray[np.int64]
    items: NDArray[np.int64]
    texts: NDArray[np.str_]
    writers: NDArray[np.int64]
    names: NDArray[np.str_]
    train: NDArray[np.bool_] | None
    flat: NDArray[np.bool_]

    def of(self, item: int) -> Strokes:
        """Return the strokes of one item, each (n, 2) float32."""
        first, last = self.items[item], self.items[item + 1]
        return [self.points[self.strokes[stroke] : self.strokes[stroke + 1]] for stroke in range(first, last)]

    @property
    def refused(self) -> BadStrokes | None:
        """The warning about items that are not used; None without any."""
        count = int(self.flat.sum())
        if not count:
            return None
        return BadStrokes(
            tr_n(
                "{count} word was left out because it has no width",
                "{count} words were left out because they have no width",
                count,
            ),
            file=self.path,
        )


def load_strokes(path: Path) -> StrokesFile:
    """Load a file. Raises BadStrokes."""
    try:
        arrays = array_files.read_arrays(path, most=_MAX_BYTES, names=(*_NEEDED, "train"))
        if missing := [name for name in _NEEDED if name not in arrays]:
            raise ValueError(tr("“{name}” is missing", name=missing[0]))
        return _validate(path, arrays, arrays.get("train"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadStrokes(
            tr("the pen strokes can’t be read: {reason}", reason=reason),
            file=path,
            remedy=tr(_REMEDY, arrays=", ".join(_NEEDED)),
        ) from error


def _validate(path: Path, arrays: dict[str, NDArray[Any]], train: NDArray[Any] | None) -> StrokesFile:
    points = arrays["points"]
    if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind not in "iuf":
        raise ValueError(tr("its points are not pairs of numbers"))
    with np.errstate(over="ignore"):  # values beyond float32 become infinite and are rejected
        points = points.astype(np.float32)
    if not (np.abs(points) <= _MAX_COORDINATE).all():
        raise ValueError(tr("some of its points are not numbers or are too far away"))
    strokes = _check_offsets(arrays["stroke_offsets"], len(points))
    items = _check_offsets(arrays["item_offsets"], len(strokes) - 1)
    if len(items) > 1 and int(np.diff(strokes[items]).max()) > _MAX_POINTS:
        raise ValueError(tr("one of its words has more than {most} points", most=_MAX_POINTS))
    texts, writers, names = arrays["texts"], arrays["writers"], arrays["writer_names"]
    count = len(items) - 1
    if texts.dtype.kind != "U" or names.dtype.kind != "U" or writers.dtype.kind not in "iu":
        raise ValueError(tr("its texts or writers have the wrong data type"))
    if texts.shape != (count,) or writers.shape != (count,) or names.ndim != 1:
        raise ValueError(tr("it must have one text and one writer for each item"))
    if count and not 0 <= int(writers.min()) <= int(writers.max()) < len(names):
        raise ValueError(tr("some of its writers have no name"))
    if train is not None and (train.shape != (count,) or train.dtype.kind != "b"):
        raise ValueError(tr("“train” must be true or false for each item"))
    flat = _find_flat(points[:, 0], strokes[items], texts)
    return StrokesFile(path, points, strokes, items, texts, writers.astype(np.int64), names, train, flat)


def _find_flat(x: NDArray[np.float32], starts: NDArray[np.int64], texts: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Return which items of two or more letters have no width. starts: (I+1,), of items among points."""
    if not len(texts):
        return np.zeros(0, np.bool_)
    low, high = (reduce.reduceat(x, starts[:-1]) for reduce in (np.minimum, np.maximum))
    return np.asarray((low == high) & (np.char.str_len(texts) > 1), np.bool_)


def _check_offsets(given: NDArray[Any], end: int) -> NDArray[np.int64]:
    """Check offsets: each item has at least one part, and all parts belong to an item."""
    if given.ndim != 1 or given.dtype.kind not in "iu" or len(given) < 1:
        raise ValueError(tr("its offsets are not a list of numbers"))
    offsets = given.astype(np.int64)
    if offsets[0] != 0 or offsets[-1] != end or bool((np.diff(offsets) < 1).any()):
        raise ValueError(tr("its offsets are inconsistent"))
    return offsets


Items: TypeAlias = list[tuple[StrokesFile, int]]


@dataclass(eq=False)
class StrokeWriter:
    """A recorded writer: whole words as written, others composed of single letters.

    Attributes:
        words: Recorded items, including single letters.
        borrowed: Strokes of other writers, (file, item) by character, for characters this one never wrote.
    """

    name: str
    split: SourceSplit
    words: dict[str, Items] = field(default_factory=dict)
    borrowed: dict[str, Items] = field(default_factory=dict)

    @cached_property
    def recorded_words(self) -> Sequence[str]:
        """Recorded words of two or more letters."""
        return tuple(word for word in self.words if len(word) > 1)

    def only(self, words: Collection[str]) -> StrokeWriter:
        """Return the same writer with only these whole words."""
        kept = {text: items for text, items in self.words.items() if len(text) == 1 or text in words}
        return replace(self, words=kept)

    @property
    def letters(self) -> int:
        """Number of different single letters."""
        return len(self.words) - len(self.recorded_words)

    def can_write(self, text: str) -> bool:
        """Whether each word, without punctuation at its ends, or all of its letters were recorded."""
        return bool(text.strip()) and all(self._pieces(word) for word in text.split())

    def _pieces(self, word: str) -> list[str]:
        """Return the parts of a word: itself, itself without punctuation, or its letters. Empty if something is
        missing.
        """
        if word in self.words:
            return [word]
        start = len(word) - len(word.lstrip(_ENDS))
        end = max(start, len(word.rstrip(_ENDS)))
        core = word[start:end]
        parts = [*word[:start], core, *word[end:]] if len(core) > 1 and core in self.words else list(word)
        return parts if all(part in self.words or part in self.borrowed for part in parts) else []

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> RenderedText:
        """Write a text, see ``Writer``. Letters of whole words have estimated boxes."""
        if not self.can_write(text):
            raise CannotWrite(text)
        pen = pen or Pen.sample(rng)
        pose = HandVariation.sample(rng, size / stroke_font.CAPITAL, pen.width * size)
        strokes: Strokes = []
        boxes: list[NDArray[np.float32]] = []
        along, exact = 0.0, True
        for word in text.split():
            pieces = self._pieces(word)
            items = [self._strokes(piece, rng) for piece in pieces]
            placed, widths = pose.compose(pieces, items, rng)
            moved = iter(pose.transform(placed, along))
            parts = [list(islice(moved, len(item))) for item in items]
            for piece, part, box in zip(pieces, parts, measure_extents(parts), strict=True):
                boxes.append(estimate_boxes(piece, part, pose.slant) if len(piece) > 1 else box[None])
                strokes += part
                exact = exact and len(piece) == 1
            along += widths + pose.space
        drawn = marker.draw_strokes(strokes, pen, size=size, rng=rng)
        return place_letters(text, drawn, np.concatenate(boxes), reach=marker.ink_radius(pen, size), exact=exact)

    def _strokes(self, piece: str, rng: Random) -> Strokes:
        items = self.words.get(piece) or self.borrowed[piece]
        file, item = items[int(rng.integers(len(items)))]
        return file.of(item)


def group_by_writer(files: Sequence[StrokesFile], split: SourceSplit) -> tuple[StrokeWriter, ...]:
    """Return the writers in some files; the same one in several files is returned once.

    If a file has a split, its training writers are for training, also by name in other files, and the others are
    divided between validation and test. Missing punctuation is borrowed from other writers of the same split.
    """
    writers: dict[str, StrokeWriter] = {}
    borrowed: dict[str, Items] = {}
    is_train: dict[str, bool] = {}
    for file in files:
        for name, items in _iter_writers(file):
            if file.train is not None:
                is_train[name] = is_train.get(name, True) and bool(file.train[items].all())
    for file in files:
        for name, items in _iter_writers(file):
            if _split_of(name, is_train.get(name)) is not split:
                continue
            person = writers.setdefault(name, StrokeWriter(name, split, borrowed=borrowed))
            wide = items[~file.flat[items]]
            for item, text in zip(wide.tolist(), file.texts[wide].tolist(), strict=True):
                if 0 < len(text) <= _MAX_LETTERS and not any(sign.isspace() for sign in text):
                    person.words.setdefault(text, []).append((file, item))
                    if text in _PUNCTUATION:
                        borrowed.setdefault(text, []).append((file, item))
    return tuple(writers[name] for name in sorted(writers))


def _iter_writers(file: StrokesFile) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Return names and items of the writers."""
    order = np.argsort(file.writers, kind="stable")
    starts = np.flatnonzero(np.diff(file.writers[order], prepend=-1))
    for items in np.split(order, starts[1:]) if len(order) else []:
        yield str(file.names[file.writers[items[0]]]), items


def _split_of(name: str, train: bool | None) -> SourceSplit:
    """Return the split of a writer. train: what files say; None if they do not."""
    if train is None:
        return SourceSplit.of(name.encode())
    if train:
        return SourceSplit.TRAIN
    return SourceSplit.TEST if hashlib.sha256(name.encode()).digest()[0] % 2 else SourceSplit.VALIDATION
