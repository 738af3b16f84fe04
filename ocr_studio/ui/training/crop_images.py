"""Thumbnails of the words of a dataset, loaded from its folder when they become visible."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from ocr_studio.core.datasets.dataset import BadDataset, Dataset, Example
from ocr_studio.ui.widgets import image_convert

SIZE = QSize(132, 36)
_KEPT = 600


class CropImages:
    """Thumbnails of one dataset at a time, at most SIZE, at the pixel ratio of the widget's screen."""

    def __init__(self, view: QWidget) -> None:
        self._view = view
        self._dataset: Dataset | None = None
        self._examples: dict[str, Example] = {}
        self._scaled = lru_cache(_KEPT)(self._load)

    def use(self, dataset: Dataset | None) -> None:
        """Use another dataset."""
        if dataset is not self._dataset:
            self._dataset = dataset
            self._examples = {each.crop: each for each in dataset.examples} if dataset else {}
            self._scaled.cache_clear()

    def of(self, crop: str) -> QPixmap:
        """The image of an example, by its path in the dataset; an empty one if it can't be loaded."""
        return self._scaled(crop, self._view.devicePixelRatioF())

    def _array(self, crop: str) -> NDArray[np.uint8] | None:
        example = self._examples.get(crop)
        if self._dataset is None or example is None:
            return None
        try:
            return self._dataset.crop(example)
        except BadDataset:  # deleted meanwhile; the training reports it if it needs the image
            return None

    def _load(self, crop: str, ratio: float) -> QPixmap:
        if (array := self._array(crop)) is None:
            pixmap = QPixmap(1, 1)
            pixmap.fill(Qt.GlobalColor.transparent)
            return pixmap
        pixmap = image_convert.pixmap(array)
        size = pixmap.size().scaled(SIZE * ratio, Qt.AspectRatioMode.KeepAspectRatio)
        pixmap = pixmap.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
