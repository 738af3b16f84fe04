"""Overlap of many quads is the overlap of each two."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.geometry import overlap
from ocr_studio.core.page import Quad
from tests.core.geometry.test_quads import any_quads, rectangles


@given(st.lists(rectangles(), max_size=8), st.lists(rectangles(), max_size=8))
def test_pairs_share_what_opencv_says_they_share(a: list[Quad], b: list[Quad]) -> None:
    found = overlap.compute_overlap([quad.corners for quad in a], [quad.corners for quad in b])
    shared = found.matrix(found.shared)
    for i, first in enumerate(a):
        for j, second in enumerate(b):
            area, _ = cv2.intersectConvexConvex(first.array(), second.array())
            assert shared[i, j] == pytest.approx(area, rel=1e-2, abs=2.0)


@given(st.lists(any_quads, max_size=6))
def test_any_quad_covers_itself_and_no_share_leaves_its_bounds(quads: list[Quad]) -> None:
    found = overlap.compute_overlap([quad.corners for quad in quads], [quad.corners for quad in quads])
    for share in (found.iou, found.cover_a, found.cover_b):
        assert ((share >= 0) & (share <= 1)).all()
    same = found.rows == found.columns
    large = found.areas_a[found.rows] > 1
    assert np.allclose(found.iou[same & large], 1.0)


def test_no_quads_have_no_overlap() -> None:
    box = [Quad.from_box(0, 0, 9, 9).corners]
    for a, b in (([], []), (box, []), ([], box), (box, [Quad.from_box(9, 0, 18, 9).corners])):
        assert len(overlap.compute_overlap(a, b).rows) == 0


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    quads = random.uniform(0, 200, (40, 1, 2)) + random.uniform(-60, 60, (40, 4, 2))
    whole = overlap.compute_overlap(quads, quads)
    monkeypatch.setattr(overlap, "_TOGETHER", 100)
    parts = overlap.compute_overlap(quads, quads)
    assert (parts.rows == whole.rows).all()
    assert np.allclose(parts.shared, whole.shared)


def test_of_boxes_heaped_up_only_so_many_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "MAX_PAIRS", 50)
    heap = [Quad.from_box(0, 0, 9, 9).corners] * 20
    found = overlap.compute_overlap(heap, heap)
    assert found.rows.tolist() == sorted([0, 1] * 20 + [2] * 10)
    assert np.allclose(found.iou, 1.0)
