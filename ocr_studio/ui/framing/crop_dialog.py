"""The dialog that rotates the open photo by any angle and crops it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.images import warping
from ocr_studio.core.images.pixel_formats import shrink_image
from ocr_studio.core.page import Page, PhotoFrame
from ocr_studio.core.translation import message, number, tr, tr_n
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.photo_framing import PhotoFraming
from ocr_studio.ui.framing.crop_view import WHOLE, CropView
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.slider import Slider, SliderSpec

# Longer side of the preview, in pixels.
_PREVIEW: Final = 1200


class CropDialog(QDialog):
    """Shows the photo as it will be.

    Signals:
        chosen(PhotoFrame | None): the photo is to be turned and cropped like this.
    """

    chosen = Signal(object)

    def __init__(self, page: Page, photo: NDArray[np.uint8], window: QWidget) -> None:
        """Show how the photo of a page is now.

        Args:
            page: The page.
            photo: The upright photo as its file has it, (H, W, 3) uint8 RGB.
            window: The window behind the dialog.
        """
        super().__init__(window)
        self.setWindowTitle(tr("Rotate and crop photo"))
        self._page = page
        self._small = shrink_image(photo, side=_PREVIEW)
        self._quarters = 0
        self.view = CropView()
        self.slant = Slider(
            SliderSpec(
                "slant", tr("Rotation"), -45.0, 45.0, 0.1, lambda degrees: f"{number(degrees, 1)}°",
                tr("counter-clockwise"), tr("clockwise"),
            ), 0.0,
        )  # fmt: skip
        # Slanting needs a picture that OpenCV can warp.
        self.slant.setEnabled(max(photo.shape[:2]) * 1.5 < warping.WARP_LIMIT)
        self.left = self._button(tr("Rotate left"), "mdi6.rotate-left-variant", -1)
        self.right = self._button(tr("Rotate right"), "mdi6.rotate-right-variant", 1)
        self.note = PlainLabel()
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.Reset
        )
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(QDialogButtonBox.StandardButton.Reset).clicked.connect(lambda: self._show(None))
        self.slant.turned.connect(self._renew)
        self.view.changed.connect(self._count)
        self._lay_out()
        self._show(page.facts.frame)

    @property
    def frame(self) -> PhotoFrame | None:
        """How the photo is turned and cropped now."""
        turned = PhotoFrame(*self._page.file_size, self._quarters, round(self.slant.value, 1))
        if self.view.crop == WHOLE:
            return photo_frame.simplify(turned)
        sides = turned.turned_size * 2
        left, top, right, bottom = (round(share * side) for share, side in zip(self.view.crop, sides, strict=True))
        crop = left, top, max(right, left + 1), max(bottom, top + 1)
        return photo_frame.simplify(replace(turned, crop=crop))

    def turn(self, quarters: int) -> None:
        """Turn the photo by so many times 90° clockwise more, what is kept with it."""
        left, top, right, bottom = self.view.crop
        for _ in range(quarters % 4):
            left, top, right, bottom = 1.0 - bottom, left, 1.0 - top, right
        self._quarters = (self._quarters + quarters) % 4
        self.view.set_crop((left, top, right, bottom))
        self._renew()

    def _show(self, frame: PhotoFrame | None) -> None:
        self._quarters = frame.quarters if frame else 0
        self.slant.set_value(frame.slant if frame else 0.0)
        crop = WHOLE
        if frame and frame.crop:
            left, top, right, bottom = (
                edge / side for edge, side in zip(frame.crop, frame.turned_size * 2, strict=True)
            )
            crop = left, top, right, bottom
        self.view.set_crop(crop)
        self._renew()

    def _renew(self) -> None:
        height, width = self._small.shape[:2]
        frame = photo_frame.simplify(PhotoFrame(width, height, self._quarters, round(self.slant.value, 1)))
        self.view.show_picture(image_convert.pixmap(warping.frame_photo(self._small, frame)))
        self._count()

    def _count(self) -> None:
        """Say how many words would be cropped off."""
        gone = len(self._page.words) - len(photo_frames.follow_frame(self._page, self.frame).words)
        self.note.setText(
            tr_n(
                "{count} word is outside the part that is kept, and will be deleted. Undo brings it back.",
                "{count} words are outside the part that is kept, and will be deleted. Undo brings them back.",
                gone,
            )
            if gone
            else tr("The file doesn’t change. Drag the handles to crop the photo.")
        )

    def _accept(self) -> None:
        self.accept()
        self.chosen.emit(self.frame)

    def _button(self, text: str, icon: str, quarters: int) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon(icon))
        button.setToolTip(labels.tooltip(text))
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self.turn(quarters))
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.left)
        row.addWidget(self.right)
        row.addSpacing(8)
        row.addWidget(self.slant, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.view, 1)
        layout.addLayout(row)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)
        self.view.setFocus()


class PhotoCropping(QObject):
    """Asks how the open photo is to be turned and cropped, and does it in one undoable step."""

    def __init__(self, document: Document, framing: PhotoFraming, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._framing, self._window = document, framing, window

    def ask(self) -> None:
        """Open the dialog."""
        page, photo = self._document.page, self._document.photo
        if page is None or photo is None:
            return
        dialog = CropDialog(page, photo, self._window)
        dialog.chosen.connect(self._apply)
        for signal in (self._document.opened, self._document.photo_turned):
            signal.connect(dialog.reject)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _apply(self, frame: PhotoFrame | None) -> None:
        self._framing.change(lambda page: photo_frames.set_frame(page, frame, message("Rotate and crop photo")))
