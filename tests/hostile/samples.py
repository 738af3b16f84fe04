"""Valid files of every kind the program reads, small, made without the program: what hostile ones begin with.

Nothing here imports the program, so that the same inputs can be given to an older version of it.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 160, 96
QUAD: Final = [[10.0, 20.0], [120.0, 20.0], [120.0, 60.0], [10.0, 60.0]]
PAGE_ID: Final = "0123456789abcdef0123456789abcdef"
FORMATS: Final = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "TIFF": ".tif",
    "BMP": ".bmp",
    "GIF": ".gif",
    "HEIF": ".heic",
    "AVIF": ".avif",
}

pillow_heif.register_heif_opener()


@cache
def picture(shade: int = 240) -> Image.Image:
    """A drawn photo of a word; shade: of its ground, so that photos differ."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (shade, shade, 235))
    ImageDraw.Draw(image).text((16, 24), "HELLO", fill=(20, 30, 90), font_size=30)
    return image


@cache
def photo(kind: str, shade: int = 240) -> bytes:
    """The drawn photo as a file of this kind, a key of FORMATS."""
    return saved(picture(shade), kind)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file."""
    stream = io.BytesIO()
    image.save(stream, format=kind, **options)
    return stream.getvalue()


def with_comment(jpeg: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment segment."""
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def content_id(data: bytes) -> str:
    """How the program calls a photo with these bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def word(key: str, text: str, *, human: str | None = None, quad: Any = None) -> dict[str, Any]:
    """A word as a page's file has it."""
    made: dict[str, Any] = {
        "id": key,
        "quad": quad or QUAD,
        "quad_source": "model",
        "machine": {
            "text": text,
            "source": "model",
            "confidence": 0.9,
            "model": "small",
            "when": "2026-01-02T03:04:05+00:00",
            "alternatives": [[f"{text}s", 0.4]],
        },
    }
    if human is not None:
        made["human"] = {"text": human, "source": "human", "when": "2026-01-02T03:04:06+00:00"}
    return made


def page(image: str, words: list[Any], *, page_id: str) -> dict[str, Any]:
    """A page as its file has it."""
    return {
        "format": 2,
        "id": page_id,
        "image": image,
        "width": WIDTH,
        "height": HEIGHT,
        "read_at": "2026-01-02T03:04:05+00:00",
        "writer": "Anna",
        "tags": ["plan"],
        "note": "",
        "order": [[each["id"] for each in words if isinstance(each, dict)]],
        "board": {"corners": QUAD, "straighten": True, "even_light": True, "strength": 0.5, "read": False},
        "words": words,
    }


def history_line(text: str, page_id: str = PAGE_ID) -> bytes:
    """A step of a project's history."""
    change = [word("a1", "before"), word("a1", "before", human=text)]
    step = {"do": {"name": "Type", "pages": {page_id: {"words": {"a1": change}}}}}
    return (json.dumps(step) + "\n").encode()


def second_reading_line(text: str, page_id: str = PAGE_ID) -> bytes:
    """What a second model read on a page."""
    return (json.dumps({"page": page_id, "words": {"a1": ["HELLO", 0.9, text, 0.3]}}) + "\n").encode()


def label(text: str, crop: str) -> dict[str, Any]:
    """An example of a dataset of the program's own layout."""
    return {
        "crop": crop,
        "text": text,
        "page": PAGE_ID,
        "image": "board.png",
        "word": "a1",
        "quad": QUAD,
        "checked": "corrected",
        "by": "human",
        "machine": {"text": "HELL0", "confidence": 0.8, "model": "small"},
        "split": "train",
        "writer": "Anna",
    }


def label_line(text: str, crop: str) -> bytes:
    """``label`` as a line of labels.jsonl."""
    return (json.dumps(label(text, crop)) + "\n").encode()


def annotated(text: str, image: str = "photo.png") -> list[Any]:
    """annotations.json with a photo and a word on it."""
    return [{"image": image, "words": [{"quad": QUAD, "text": text, "ignore": False}]}]


def manifest() -> dict[str, Any]:
    """manifest.json of a dataset of the program's own layout; its digest is another."""
    return {"format": "ocr-studio-dataset", "version": 1, "layout": "ocr-studio", "unit": "words", "digest": "00" * 32}


@cache
def weights() -> bytes:
    """A safetensors file with two numbers."""
    head = json.dumps({"characters/bias": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    return struct.pack("<Q", len(head)) + head + bytes(8)


def card(data: bytes | None = None, **changes: Any) -> bytes:
    """model.json for these weights. changes: of its values."""
    data = weights() if data is None else data
    values: dict[str, Any] = {
        "format": "ocr-studio-model",
        "version": 1,
        "kind": "recognizer",
        "architecture": "pp-ocrv6-small-recognizer",
        "title": "Board 7",
        "parent": "PP-OCRv6 small",
        "alphabet": ["a", "b", "ß", " "],
        "dataset": "ab" * 32,
        "settings": {"what": "upper", "epochs": 8, "learning_rate": 2e-4},
        "scores": {"before": {"words": 40, "right": 30, "cer": 0.1}},
        "licence": "Apache-2.0",
        "made": "2026-11-21T08:00:00+00:00",
        "data": [{"what": "boards", "licence": "CC0"}],
        "recipe": "",
        "weaknesses": [],
        "default_for": [],
        "temperature": 1.25,
        "weights": {"file": "weights.safetensors", "sha256": hashlib.sha256(data).hexdigest()},
    }
    return json.dumps(values | changes).encode()


def archive(*files: tuple[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP archive with these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as made:
        for name, data in files:
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, how)
    return stream.getvalue()


def model_archive() -> bytes:
    """What exporting a model writes."""
    return archive(("model.json", card()), ("weights.safetensors", weights()))


@cache
def strokes() -> dict[str, Any]:
    """The arrays of a file of pen strokes: words of two writers, each word two zigzag strokes."""
    texts = ["board", "plan", "team", "list", "open", "hello", "queue", "paper", "a", "b", "c", "d", "e"] * 2
    zigzag = np.stack([np.arange(12) * 8, np.arange(12) % 2 * 40], axis=1).astype(np.int16)
    count = len(texts)
    return {
        "points": np.concatenate([zigzag] * (2 * count)),
        "stroke_offsets": np.arange(2 * count + 1, dtype=np.int32) * 12,
        "item_offsets": np.arange(count + 1, dtype=np.int32) * 2,
        "texts": np.array(texts),
        "writers": np.array([0, 1]).repeat(count // 2),
        "writer_names": np.array(["one", "two"]),
        "train": np.array([True, False]).repeat(count // 2),
    }


def npz(arrays: dict[str, Any]) -> bytes:
    """Arrays as ``numpy.savez_compressed`` writes them."""
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


@cache
def font() -> bytes:
    """The file of a font with outlines: Pillow's own."""
    known = ImageFont.load_default(20)
    assert isinstance(known, ImageFont.FreeTypeFont)
    if isinstance(known.path, bytes | str):
        return Path(str(known.path)).read_bytes()
    return bytes(known.font_bytes)


def warm() -> None:
    """Make what is used again and again, once."""
    for kind in FORMATS:
        photo(kind)
    font()
    strokes()
