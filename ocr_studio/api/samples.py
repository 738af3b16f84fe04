"""Samples that are generated once and used many times with augmentation, because generating them is slow.

They are JPEG-compressed in memory and optionally saved to a file, so that a resumed run need not generate them again.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_studio.api.tools import Line, Picture
from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import array_files
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.engine.synth.sources import Sources
from ocr_studio.engine.training.augmentation import augment

Random: TypeAlias = np.random.Generator
Boxes: TypeAlias = NDArray[np.float32]

_QUALITY: Final = 93  # of JPEG; visually lossless
MOST_BYTES: Final = 1 << 30  # of a file of samples; ten thousand words need 30 MB
_MOST_PIXELS: Final = 32 << 20  # of one sample
_ARRAYS: Final = frozenset({"sizes", "texts", "counts"})  # arrays that every file of samples has
_SHORT: Final = 5  # letters
# How much widths vary within a batch: sigma of the natural logarithm.
_WIDTH_SIGMA: Final = 0.15
# Augmentation at full strength: as much as photos of boards vary.
_SIZE: Final = 0.45  # natural logarithm
_ROTATION: Final = 7.0  # degrees
_CONTRAST: Final = 0.35  # share
_BRIGHTNESS: Final = 35.0  # levels
_TINT: Final = 10.0  # levels
_NOISE: Final = 7.0  # levels
_ON_TEXT: Final = 0.85  # share of crops that are centered on text
_REMEDY: Final = "Check the path."


class SourceMissing(StudioError):
    """A source of samples can't be read."""


@dataclass(frozen=True, slots=True)
class StoredSample:
    """An image as JPEG and its text.

    Attributes:
        jpeg: The encoded image.
        text: Lines separated by line breaks.
        boxes: Boxes of the characters, (n, 4, 2), or none.
    """

    jpeg: NDArray[np.uint8]
    text: str
    boxes: Boxes

    @classmethod
    def encode(cls, picture: Picture, truth: str | Sequence[Line]) -> StoredSample:
        """Encode a sample.

        Args:
            picture: The image.
            truth: Its text, or its lines as generators yield them.
        """
        jpeg = np.frombuffer(encode_image(picture, ".jpg", quality=_QUALITY), np.uint8)
        if isinstance(truth, str):
            return cls(jpeg, truth, np.zeros((0, 4, 2), np.float32))
        boxes = np.array([box for line in truth for box, _ in line], np.float32).reshape(-1, 4, 2)
        return cls(jpeg, "\n".join("".join(sign for _, sign in line) for line in truth), boxes)

    def picture(self) -> Picture:
        """Decode the image: (H, W, 3) uint8 RGB."""
        return np.asarray(cv2.imdecode(self.jpeg, cv2.IMREAD_COLOR_RGB), np.uint8)

    def lines(self, boxes: Boxes | None = None) -> list[Line]:
        """Return the lines.

        Args:
            boxes: Boxes of the characters, if they have been transformed.
        """
        places = iter(self.boxes if boxes is None else boxes)
        return [[(next(places), sign) for sign in line] for line in self.text.split("\n")] if len(self.boxes) else []


class Samples:
    """A sequence of samples."""

    def __init__(self, samples: Iterable[StoredSample]) -> None:
        self.all = tuple(samples)

    def __len__(self) -> int:
        return len(self.all)

    @classmethod
    def load_or_generate(
        cls, generator: Iterable[tuple[Picture, Any]], count: int, *, file: Path | None = None, source_hash: str = ""
    ) -> Samples:
        """Take samples from a generator, or load them from a file that has the same ones.

        Args:
            generator: Yields the samples.
            count: Number of samples.
            file: Loaded from if it has this many of the same samples, written otherwise.
            source_hash: Identifies the samples, see ``fingerprint``.

        Raises:
            WriteFailed: The file exists and doesn't contain samples.
        """
        kept = _read(file, source_hash) if file else None
        if kept is not None and len(kept) == count:
            return cls(kept)
        out = OutputFile(file, known=contains_samples) if file else None
        if out is not None:
            out.check()
        drawn = cls(StoredSample.encode(picture, truth) for picture, truth in itertools.islice(generator, count))
        if out is not None:
            out.path.parent.mkdir(parents=True, exist_ok=True)
            out.write(_serialize(drawn.all, source_hash))
        return drawn

    def words(
        self, batch_size: int, *, augmentation: float = 1.0, short_first: int = 0, seed: int = 0
    ) -> Iterator[tuple[Picture, str]]:
        """Yield (crop, text) endlessly, 48 pixels high. The words of a batch have similar widths.

        Args:
            batch_size: Samples in a batch.
            augmentation: See ``augmentation.augment``; 0 yields the same samples in the same order in each epoch.
            short_first: Number of samples to take from short words first; training from scratch learns these faster.
            seed: Random seed.
        """
        rng = np.random.default_rng((seed, 21))
        widths = np.array([_aspect_ratio(sample) for sample in self.all])
        short = np.flatnonzero([len(sample.text) <= _SHORT for sample in self.all])
        given = 0
        while True:
            some = short if given < short_first and len(short) else np.arange(len(self.all))
            order = some[
                np.argsort(widths[some] * np.exp(rng.normal(0, _WIDTH_SIGMA * augmentation, len(some))), kind="stable")
            ]
            parts = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
            for place in rng.permutation(len(parts)) if augmentation else range(len(parts)):
                for index in parts[int(place)]:
                    sample = self.all[int(index)]
                    crop = augment(sample.picture(), augmentation, rng)
                    yield np.round(crop).astype(np.uint8), sample.text
            given += len(order)

    def pieces(self, side: int, *, augmentation: float = 1.0, seed: int = 0) -> Iterator[tuple[Picture, list[Line]]]:
        """Yield (image, lines) endlessly: crops of the images, with random rotation, scale and lighting.

        Args:
            side: Width and height of the crops in pixels.
            augmentation: Strength; 0 yields the same unchanged crops in the same order in each epoch.
            seed: Random seed.
        """
        rng = np.random.default_rng((seed, 22))
        while True:
            if not augmentation:
                rng = np.random.default_rng((seed, 22))
            for index in rng.permutation(len(self.all)):
                yield random_crop(self.all[int(index)], side, augmentation, rng)


def fingerprint(sources: Sources, *facts: str | int) -> str:
    """Hash everything that determines samples: names and contents of files, languages and other facts.

    Args:
        sources: The files and languages.
        *facts: Other facts: kind of samples, split, seed.

    Raises:
        SourceMissing: A file can't be read.
    """
    sources_by_name = {
        "strokes": sources.strokes,
        "handwriting": sources.handwriting,
        "prints": sources.prints,
        "backgrounds": sources.backgrounds and (sources.backgrounds,),
        "words": sources.words and (sources.words,),
    }
    files = {name: some and [_list_hashes(path) for path in some] for name, some in sources_by_name.items()}
    return hashlib.sha256(json.dumps([files, sources.languages, facts]).encode()).hexdigest()


def _list_hashes(path: Path) -> list[tuple[str, str]]:
    """Return the name and digest of a file, or of all files in a folder."""
    try:
        found = [each for each in sorted(path.rglob("*")) if each.is_file()] if path.is_dir() else [path]
        return [(str(each.relative_to(path.parent)), _hash_current(each)) for each in found]
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceMissing(f"it can’t be read: {reason}", file=error.filename or path, remedy=_REMEDY) from error


def _hash_current(path: Path) -> str:
    now = path.stat()
    return _hash_file(path, now.st_size, now.st_mtime_ns)


@lru_cache(maxsize=4096)
def _hash_file(path: Path, _size: int, _changed: int) -> str:
    """Hash a file. The result is cached, as three splits of a run use the same files."""
    with paths.open_plain(path) as stream:
        return hashlib.file_digest(stream, hashlib.sha256).hexdigest()


def random_crop(sample: StoredSample, side: int, strength: float, rng: Random) -> tuple[Picture, list[Line]]:
    """Take a random crop of an image, with its lines."""
    picture = sample.picture()
    scale = math.exp(strength * _SIZE * float(rng.uniform(-1, 1)))
    angle = math.radians(strength * _ROTATION * float(rng.uniform(-1, 1)))
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    if len(sample.boxes) and rng.random() < _ON_TEXT:
        middle = sample.boxes[int(rng.integers(len(sample.boxes)))].mean(axis=0) + rng.uniform(-0.3, 0.3, 2) * side
    else:
        middle = rng.uniform(0, 1, 2) * picture.shape[1::-1]
    # Stay inside the image if possible.
    half, size = side / 2 / scale, np.array(picture.shape[1::-1])
    middle = np.where(size > 2 * half, np.clip(middle, half, size - half), size / 2)
    matrix = np.concatenate([turn, (side / 2 - turn @ middle)[:, None]], axis=1)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    crop = cv2.warpAffine(picture, matrix, (side, side), flags=way, borderMode=cv2.BORDER_REPLICATE)
    boxes = sample.boxes @ turn.T.astype(np.float32) + matrix[:, 2].astype(np.float32)
    return _vary_lighting(np.asarray(crop, np.uint8), strength, rng), sample.lines(np.asarray(boxes, np.float32))


def _vary_lighting(piece: Picture, strength: float, rng: Random) -> Picture:
    if strength <= 0:
        return piece
    contrast = 1 + strength * _CONTRAST * rng.uniform(-1, 1)
    shade = piece.mean() + strength * (_BRIGHTNESS * rng.uniform(-1, 1) + _TINT * rng.uniform(-1, 1, 3))
    varied = (piece - np.float32(piece.mean())) * np.float32(contrast) + shade.astype(np.float32)
    if rng.random() < 0.3:
        varied = cv2.GaussianBlur(varied, (0, 0), 0.3 + strength * float(rng.random()))
    if rng.random() < 0.5:
        varied = varied + rng.standard_normal(varied.shape, np.float32) * np.float32(strength * _NOISE * rng.random())
    return np.asarray(np.clip(varied, 0, 255), np.uint8)


def _aspect_ratio(sample: StoredSample) -> float:
    height, width = sample.picture().shape[:2]
    return float(width / height)


def _serialize(samples: Sequence[StoredSample], source_hash: str) -> bytes:
    stream = io.BytesIO()
    empty = np.zeros(0, np.uint8)
    np.savez(
        stream,
        allow_pickle=False,
        jpeg=np.concatenate([sample.jpeg.ravel() for sample in samples] or [empty]),
        sizes=np.array([sample.jpeg.size for sample in samples], np.int64),
        texts=np.array([sample.text for sample in samples]),
        boxes=np.concatenate([sample.boxes for sample in samples] or [np.zeros((0, 4, 2), np.float32)]),
        counts=np.array([len(sample.boxes) for sample in samples], np.int64),
        made_of=np.array(source_hash),
    )
    return stream.getvalue()


def contains_samples(stream: BinaryIO) -> bool:
    """Whether an open file contains samples."""
    try:
        return set(array_files.read_stream(stream, most=MOST_BYTES, names=_ARRAYS)) == _ARRAYS
    except (OSError, ValueError):
        return False


def _read(file: Path, source_hash: str) -> list[StoredSample] | None:
    """Load the samples of a file; None if it is missing, unusable, or has other samples."""
    try:
        kept = array_files.read_arrays(file, most=MOST_BYTES)
        if source_hash != str(kept.get("made_of", "")):
            return None
        jpegs = [_check_jpeg(each) for each in _split_rows(kept["jpeg"], kept["sizes"], np.uint8, (-1,))]
        boxes = _split_rows(kept["boxes"], kept["counts"], np.float32, (-1, 4, 2))
        texts = [str(text) for text in kept["texts"].ravel()]
        return [_check_boxes(StoredSample(*parts)) for parts in zip(jpegs, texts, boxes, strict=True)]
    except (OSError, ValueError, KeyError):
        return None


def _split_rows(
    joined: NDArray[Any], counts: NDArray[Any], kind: type[np.generic], shape: tuple[int, ...]
) -> list[Any]:
    """Split an array into parts with these numbers of rows. Raises ValueError if they don't add up."""
    fits = joined.dtype == kind and joined.shape == joined.reshape(shape).shape and counts.dtype == np.int64
    if not fits or counts.ndim != 1 or (counts < 0).any() or (counts > len(joined)).any():
        raise ValueError("the arrays don’t fit together")
    ends = np.cumsum(counts)
    if (len(ends) and ends[-1] != len(joined)) or not np.isfinite(joined).all():
        raise ValueError("the arrays don’t fit together")
    return np.split(joined, ends[:-1])


def _check_jpeg(jpeg: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Check that this is a JPEG of reasonable size. Raises OSError and ValueError."""
    with Image.open(io.BytesIO(jpeg.tobytes()), formats=["JPEG"]) as picture:
        if not 0 < picture.width * picture.height <= _MOST_PIXELS:
            raise ValueError("the sample is too large")
    return jpeg


def _check_boxes(sample: StoredSample) -> StoredSample:
    """Check that a sample has one box for each character, or none. Raises ValueError."""
    if len(sample.boxes) not in (0, sum(letter != "\n" for letter in sample.text)):
        raise ValueError("the sample needs one box for each character")
    return sample
