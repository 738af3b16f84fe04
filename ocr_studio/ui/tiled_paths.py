"""Outlines of thousands of boxes as few paths: drawn in few calls, and of them only those in sight."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

Key = TypeVar("Key", bound=Hashable)

# Parts of the photo across and down: a quarter of it in sight costs a third of the whole, and the calls hardly count.
_PARTS = 8


class TiledPaths(Generic[Key]):
    """All boxes of one key, which may be anything, in one part of the photo make one path."""

    def __init__(self, boxes: Iterable[tuple[Key, QPainterPath]], area: QRectF) -> None:
        """boxes: key and outline of each, in pixels of the photo. area: where they are; those outside count, too."""
        self._paths: dict[tuple[Key, int, int], QPainterPath] = {}
        across, down = area.width() / _PARTS or 1.0, area.height() / _PARTS or 1.0
        for key, path in boxes:
            start = path.elementAt(0)
            place = (key, int((start.x - area.x()) // across), int((start.y - area.y()) // down))
            if place not in self._paths:
                self._paths[place] = QPainterPath()
            self._paths[place].addPath(path)
        self._bounds = {place: path.controlPointRect() for place, path in self._paths.items()}

    def touching(self, seen: QRectF) -> dict[Key, list[QPainterPath]]:
        """The paths, by key, that may reach into a rectangle of the photo."""
        found: dict[Key, list[QPainterPath]] = {}
        for place, path in self._paths.items():
            if self._bounds[place].intersects(seen):
                found.setdefault(place[0], []).append(path)
        return found
