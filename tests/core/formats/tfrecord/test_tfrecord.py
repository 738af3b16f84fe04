"""TFRecord files, as TensorFlow reads them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.tfrecord.record_file import compute_crc32c, format_example, format_record
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Mark, Page
from ocr_studio.core.reading_order import page_order
from tests.core.made_pages import pages, read_word

_NUMBERS = tf.io.VarLenFeature(tf.float32)
_FEATURES = {
    **{f"image/{name}": tf.io.FixedLenFeature([], tf.string) for name in ("encoded", "format", "filename", "text")},
    **{f"image/{name}": tf.io.FixedLenFeature([], tf.int64) for name in ("width", "height")},
    **{f"image/object/bbox/{name}": _NUMBERS for name in ("xmin", "ymin", "xmax", "ymax")},
    "image/object/quad": _NUMBERS,
    **{f"image/object/{name}": tf.io.VarLenFeature(tf.string) for name in ("text", "mark", "class/text")},
    **{f"image/object/{name}": tf.io.VarLenFeature(tf.int64) for name in ("checked", "difficult", "class/label")},
}


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo as large as the pages of the tests."""
    path = tmp_path_factory.mktemp("photos") / "board.jpg"
    Image.linear_gradient("L").resize((1000, 800)).convert("RGB").save(path)
    return path


def read(data: object, folder: Path) -> list[dict[str, Any]]:
    """Read a file with TensorFlow, which checks the checksums."""
    assert isinstance(data, bytes)
    (file := folder / "read.tfrecord").write_bytes(data)
    found = []
    for record in tf.data.TFRecordDataset(str(file)):
        parsed = tf.io.parse_single_example(record, _FEATURES)
        dense = {key: tf.sparse.to_dense(value) if "object" in key else value for key, value in parsed.items()}
        found.append({key.removeprefix("image/"): value.numpy() for key, value in dense.items()})
    return found


@settings(max_examples=25, deadline=None)
@given(page=pages())
def test_words_come_back(page: Page, photo: Path) -> None:
    [found] = read(FORMATS["tfrecord"].render([page], PhotoSource(lambda _: photo)), photo.parent)
    words = list(ExchangePage.from_page(page).boxed_words())
    size = np.array(page.file_size)
    assert (found["width"], found["height"]) == page.file_size
    quads = found["object/quad"].reshape(-1, 4, 2) * size
    assert np.abs(quads - np.array([quad.corners for _, quad in words]).reshape(-1, 4, 2)).max(initial=0) <= 0.01
    bounds = [found[f"object/bbox/{side}"] for side in ("xmin", "ymin", "xmax", "ymax")]
    expected = np.array([quad.bounds() for _, quad in words]).reshape(-1, 4) / np.tile(size, 2)
    assert np.abs(np.stack(bounds, axis=1) - np.clip(expected, 0, 1)).max(initial=0) <= 1e-6
    texts = [text.decode("utf-8") for text in found["object/text"]]
    assert texts == [word.text.encode("utf-8", "replace").decode() for word, _ in words]
    assert found["object/checked"].tolist() == [int(word.checked) for word, _ in words]
    assert [mark.decode() for mark in found["object/mark"]] == [word.mark or "" for word, _ in words]
    assert found["object/difficult"].tolist() == [int(word.mark is not None) for word, _ in words]
    assert found["object/class/text"].tolist() == [b"text"] * len(words)
    assert found["object/class/label"].tolist() == [1] * len(words)
    assert found["text"] == page_order.compose_text(page).encode("utf-8", "replace")


def test_photos_are_what_tensorflow_decodes_upright(tmp_path: Path) -> None:
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:10, :20] = 255  # only the top left is bright
    upright = Image.fromarray(picture)
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned: rotate by 90° clockwise to show it
    stored = upright.transpose(Image.Transpose.ROTATE_90)
    paths = {name: tmp_path / name for name in ("plain.jpg", "turned.jpg", "a.png", "a.webp")}
    for name in ("plain.jpg", "a.png", "a.webp"):
        upright.save(paths[name])
    stored.save(paths["turned.jpg"], exif=exif)
    listed = [Page(str(number) * 32, name, 60, 40) for number, name in enumerate(paths)]
    source = PhotoSource(lambda page: paths[page.image])
    found = read(FORMATS["tfrecord"].render(listed, source), tmp_path)
    assert [record["filename"].decode() for record in found] == list(paths)
    assert [record["format"] for record in found] == [b"jpeg", b"jpeg", b"png", b"jpeg"]
    assert found[0]["encoded"] == paths["plain.jpg"].read_bytes()
    for record, path in zip(found, paths.values(), strict=True):
        decoded = tf.io.decode_image(record["encoded"], channels=3).numpy()
        assert decoded.shape == (40, 60, 3)
        assert np.abs(decoded.astype(int) - photo_file.open_photo(path)).mean() < 2
        assert decoded[:8, :16].mean() > 240
        assert decoded[15:, 25:].mean() < 15


def test_marks_are_told_apart(photo: Path) -> None:
    words = [replace(read_word("x", 100 * number), id=str(number), mark=mark) for number, mark in enumerate(Mark)]
    page = Page("0" * 32, "board.jpg", 1000, 800, {word.id: word for word in words})
    [found] = read(FORMATS["tfrecord"].render([page], PhotoSource(lambda _: photo)), photo.parent)
    assert found["object/mark"].tolist() == [b"unreadable", b"ignored"]
    assert found["object/text"].tolist() == [b"", b""]


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.text(max_size=9), st.lists(st.integers(0, 2**63 - 1)) | st.lists(st.binary(max_size=9))))
def test_examples_are_those_of_tensorflow(features: dict[str, list[int] | list[bytes]]) -> None:
    ours = {key: np.array(told, np.int64) if is_numbers(told) else told for key, told in features.items()}
    example = tf.train.Example.FromString(format_example(ours))  # type: ignore[arg-type]
    found = example.features.feature
    assert {key: list(found[key].int64_list.value or found[key].bytes_list.value) for key in found} == features
    assert all(found[key].WhichOneof("kind") for key in found)


def is_numbers(told: list[int] | list[bytes]) -> bool:
    return bool(told) and isinstance(told[0], int)


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 5000))
def test_checksums_are_those_of_tensorflow(piece: bytes, times: int) -> None:
    assert format_record(piece * times) == write_with_tensorflow(piece * times)


def write_with_tensorflow(data: bytes) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".tfrecord") as file:
        with tf.io.TFRecordWriter(file.name) as writer:
            writer.write(data)
        return Path(file.name).read_bytes()


def test_a_checksum_of_the_standard() -> None:
    assert compute_crc32c(b"123456789") == 0xE3069283  # RFC 3720
    assert compute_crc32c(b"") == 0
    assert format_record(b"") == write_with_tensorflow(b"")
