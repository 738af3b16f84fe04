"""Files of labels for tests, and pages whose words are all on the photo."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from hypothesis import strategies as st

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.readers import find_reader
from ocr_studio.core.geometry.quads import rotate_quad
from ocr_studio.core.page import Page, Quad
from tests.core.made_pages import pages


def make_file(folder: Path, content: str | bytes, name: str = "board.xml") -> LabelFile:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return LabelFile.open(SafeFolder(folder), name)


def read_all(file: LabelFile, name: str) -> list[ExchangePage]:
    """Read the pages of a file, which must be recognized as one of this format."""
    reader = find_reader(file)
    assert reader is not None
    assert reader.name == name
    return list(reader.read(file))


def read_one(file: LabelFile, name: str) -> ExchangePage:
    [page] = read_all(file, name)
    return page


def texts(page: ExchangePage) -> list[list[str]]:
    """The texts of the words, line by line."""
    return [[word.text for word in line.words] for line in page.lines]


def _has_area(quad: Quad) -> bool:
    corners = np.round(np.asarray(quad.corners)).astype(np.int32)
    return bool(cv2.contourArea(corners)) and bool((corners[0] != corners[3]).any())


_inside = st.floats(0, 1000)
_quads = st.lists(st.tuples(_inside, _inside), min_size=4, max_size=4).map(Quad.from_array)
_turned = st.builds(
    lambda x, y, width, height, degrees: rotate_quad(Quad.from_box(x, y, x + width, y + height), degrees),
    st.integers(200, 600),
    st.integers(200, 600),
    st.integers(8, 150),
    st.integers(8, 60),
    st.integers(-180, 180) | st.sampled_from([0, 90, 180, 270]),
)
_unboxed = st.builds(lambda x, y: Quad(((x, y), (x, y), (x, y + 20), (x, y + 20))), _inside, st.floats(0, 900))
inner_quads = (_turned | _quads).filter(_has_area) | _unboxed


def inner_pages() -> st.SearchStrategy[Page]:
    """Pages as ``made_pages.pages`` makes them, with all boxes on the photo, and words without a box."""
    return pages(places=inner_quads)


def pair_words(page: Page, found: ExchangePage) -> Iterator[tuple[ExchangeWord, ExchangeWord]]:
    """The words of a page as it was exported and as it was read back, in reading order."""
    return zip(ExchangePage.from_page(page).words, found.words, strict=True)


def is_same_place(one: Quad | None, other: Quad | None, *, off: float = 0.51) -> bool:
    """Whether corners are at most half a pixel apart, in x and in y."""
    if one is None or other is None:
        return one is other
    return all(
        math.isclose(a, b, abs_tol=off)
        for points in zip(one.corners, other.corners, strict=True)
        for a, b in zip(*points, strict=True)
    )
