"""The start page, shown while no photo is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

_RECENT_SHOWN = 4
# Pixels before scaling: a readable line width, and the margin around the buttons.
_WIDE, _ROUND = 680, 44


class EmptyState(QScrollArea):
    """Buttons to open, paste or drop a photo, to open the sample, or a recent photo. Scrolls in a small window.

    Signals: ``recent_chosen(Path)``.
    """

    recent_chosen = Signal(object)

    def __init__(self, actions: Sequence[QAction]) -> None:
        """Make the page.

        Args:
            actions: What the buttons do, the main one first.
        """
        super().__init__()
        self.setAccessibleName(tr("Start"))
        self._zone = QFrame()
        self._zone.setObjectName("drop-zone")
        self._zone.setMaximumWidth(_WIDE)
        self._picture = PlainLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = PlainLabel(tr("Open a photo to get started"), alignment=Qt.AlignmentFlag.AlignCenter)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        hint = PlainLabel(
            tr(
                "A whiteboard, a sign, a note or a receipt. Drop it here, or paste an image.\n"
                "OCR Studio reads the words, you correct them, and everything is saved as you go."
            ),
            alignment=Qt.AlignmentFlag.AlignCenter,
            wordWrap=True,
        )
        hint.setProperty("quiet", True)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._buttons: list[tuple[QPushButton, QAction]] = []
        inside = QVBoxLayout(self._zone)
        inside.setContentsMargins(_ROUND, 36, _ROUND, 32)
        inside.setSpacing(14)
        inside.addWidget(self._picture)
        inside.addWidget(title)
        inside.addWidget(hint)
        inside.addSpacing(8)
        self._row = self._make_buttons(actions)
        inside.addLayout(self._row)
        inside.addLayout(self._recent)
        board = QWidget()
        outer = QGridLayout(board)
        outer.setContentsMargins(32, 24, 32, 24)
        outer.addWidget(self._zone, 0, 0, Qt.AlignmentFlag.AlignCenter)
        self.setWidget(board)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.retint()

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show buttons for these recent photos."""
        while (item := self._recent.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        if not paths:
            return
        label = PlainLabel(tr("Recent"))
        label.setProperty("quiet", True)
        label.setContentsMargins(4, 14, 0, 4)
        self._recent.addWidget(label)
        for path in paths[:_RECENT_SHOWN]:
            title = labels.label(labels.file_name(f"{path.name}   —   {path.parent.name}"))
            button = QPushButton(theme.icon("mdi6.image-outline", role="quiet"), title)
            button.setProperty("flat", True)
            button.setStyleSheet("text-align: left; padding: 6px 8px;")
            button.setToolTip(labels.tooltip(labels.file_name(str(path))))
            button.setAccessibleName(tr("Open {photo} again", photo=path.name))
            button.clicked.connect(lambda _=False, path=path: self.recent_chosen.emit(path))
            self._recent.addWidget(button)

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self._picture.setPixmap(theme.icon("mdi6.text-recognition", role="accent").pixmap(QSize(56, 56)))
        for index, (button, action) in enumerate(self._buttons):
            if index > 0:
                button.setIcon(action.icon())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Make the page wide enough for the buttons, whose names are longer in some languages."""
        super().showEvent(event)
        self._zone.setMaximumWidth(max(_WIDE, self._row.sizeHint().width() + 2 * _ROUND))

    def _make_buttons(self, actions: Sequence[QAction]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch()
        for index, action in enumerate(actions):
            button = QPushButton(action.text())
            button.setToolTip(labels.tooltip(action.toolTip()))
            button.setProperty("primary", index == 0)
            button.clicked.connect(action.trigger)
            row.addWidget(button)
            self._buttons.append((button, action))
        row.addStretch()
        return row
