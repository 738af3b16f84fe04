"""Pictures in a temporary file are those that were given."""

from __future__ import annotations

import gc

from ocr_studio.core.spilled_pictures import PictureFile


def test_pictures_come_back_as_they_were_and_the_file_lives_as_long_as_they_do() -> None:
    file = PictureFile()
    first = file.add([b"one", b"", b"three"])
    second = file.add([b"four"])
    del file
    gc.collect()
    assert list(first) == [b"one", b"", b"three"]
    assert (first[-1], second[0], len(first), list(first[:2])) == (b"three", b"four", 3, [b"one", b""])
