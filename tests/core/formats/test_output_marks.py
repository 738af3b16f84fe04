"""The mark by which the program knows the pictures that it wrote."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ocr_studio.core.formats.marked_pictures import encode_marked
from ocr_studio.core.formats.output_marks import add_mark, is_marked
from ocr_studio.core.images import photo_file
from tests import drawn

_PNG, _JPEG = (drawn.file_of(Image.fromarray(drawn.board()), kind) for kind in ("PNG", "JPEG"))
_PICTURES = {
    ".png": _PNG,
    ".jpg": _JPEG,
    "JPEG without JFIF": b"\xff\xd8" + _JPEG[20:],
}


@pytest.mark.parametrize("plain", _PICTURES.values(), ids=_PICTURES.keys())
def test_a_marked_picture_is_known_and_looks_the_same(plain: bytes) -> None:
    data = add_mark(plain)
    assert is_marked(io.BytesIO(data))
    assert not is_marked(io.BytesIO(plain))
    assert (photo_file.decode_photo(data, name="") == photo_file.decode_photo(plain, name="")).all()
    with Image.open(io.BytesIO(data)) as picture:
        said = picture.info["Software"].encode() if data.startswith(b"\x89PNG") else picture.info["comment"]
    assert said.startswith(b"OCR Studio ")


@pytest.mark.parametrize("plain", _PICTURES.values(), ids=_PICTURES.keys())
def test_a_picture_that_was_changed_since_is_not_known(plain: bytes) -> None:
    data = add_mark(plain)
    for place in (len(data) // 2, len(data) - 1, 45):
        changed = bytearray(data)
        changed[place] ^= 1
        assert not is_marked(io.BytesIO(bytes(changed)))
    assert not is_marked(io.BytesIO(data + b"\0"))
    assert not is_marked(io.BytesIO(data[:60]))


def test_a_mark_does_not_make_other_pictures_ours() -> None:
    mark = add_mark(_PNG)[33 : 33 - len(_PNG)]
    other = drawn.file_of(Image.fromarray(drawn.board(30, 40)), "PNG")
    assert not is_marked(io.BytesIO(other[:33] + mark + other[33:]))
    for data in (b"", b"OCR Studio ", b"\xff\xd8\xff\xe0\xff\xffOCR Studio "):
        assert not is_marked(io.BytesIO(data))


def test_a_picture_is_encoded_as_the_suffix_of_its_file_says() -> None:
    for suffix, beginning in ((".jpg", b"\xff\xd8"), (".JPEG", b"\xff\xd8"), (".png", b"\x89PNG"), ("", b"\x89PNG")):
        data = encode_marked(drawn.board(), suffix)
        assert data.startswith(beginning)
        assert is_marked(io.BytesIO(data))
    assert (photo_file.decode_photo(encode_marked(drawn.board()), name="") == drawn.board()).all()
