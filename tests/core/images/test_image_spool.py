"""Pictures in a temporary file are those that were given."""

from __future__ import annotations

import errno
import gc
import io
import tempfile
from typing import Any

import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.image_spool import ImageSpool


def test_pictures_come_back_as_they_were_and_the_file_lives_as_long_as_they_do() -> None:
    file = ImageSpool()
    first = file.add([b"one", b"", b"three"])
    second = file.add([b"four"])
    del file
    gc.collect()
    assert list(first) == [b"one", b"", b"three"]
    assert (first[-1], second[0], len(first), list(first[:2])) == (b"three", b"four", 3, [b"one", b""])


def test_where_no_file_can_be_made_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(StudioError, match="can’t create a temporary file: Permission denied"):
        ImageSpool()


class _Full(io.BytesIO):
    """A disk with room for three bytes, which cannot be read either."""

    def write(self, data: Any) -> int:
        return super().write(data[:3])

    def read(self, _: int | None = -1) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def test_a_full_disk_is_said_and_a_failing_one_shows_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: _Full())
    file = ImageSpool()
    with pytest.raises(StudioError, match="can’t save an image: the disk is full"):
        file.add([b"four"])
    assert list(file.add([b"two"])) == [b""]
