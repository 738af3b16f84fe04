"""The start page, shown while no photo is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import tr
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.photos.thumbnails import ThumbnailLoader
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.plain_label import PlainLabel

_RECENT_SHOWN = 4
# Pixels before scaling: a readable line width, the margins inside and outside of it, and the size of a picture.
_WIDE, _ROUND, _OUTSIDE = 720, 32, 24
_PICTURE = QSize(144, 96)


class EmptyState(QScrollArea):
    """Buttons to open, paste or drop a photo, to open the sample, and pictures of recent photos.

    Buttons and pictures stand in one row where there is room, else in two. It scrolls in a low window.

    Signals: ``recent_chosen(Path)``.
    """

    recent_chosen = Signal(object)

    def __init__(self, actions: Sequence[QAction], lane: JobThread) -> None:
        """Make the page.

        Args:
            actions: What the buttons do, the main one first.
            lane: Loads the pictures.
        """
        super().__init__()
        self._lane = lane
        self.setAccessibleName(tr("Start"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._zone = QFrame()
        self._zone.setObjectName("drop-zone")
        self._picture = PlainLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = PlainLabel(tr("Open a photo to get started"), alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
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
        self._label = PlainLabel(tr("Recent"))
        self._label.setProperty("quiet", True)
        self._cards: list[_RecentCard] = []
        self._buttons = [(_make_button(action, primary=not index), action) for index, action in enumerate(actions)]
        self._row, self._recent = QGridLayout(), QGridLayout()
        for grid in (self._row, self._recent):
            grid.setSpacing(10)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addLayout(self._row)
        across.addStretch(1)
        inside = QVBoxLayout(self._zone)
        inside.setContentsMargins(_ROUND, _ROUND, _ROUND, _ROUND)
        inside.setSpacing(14)
        for widget in (self._picture, title, hint):
            inside.addWidget(widget)
        inside.addLayout(across)
        inside.addWidget(self._label)
        inside.addLayout(self._recent)
        board = QWidget()
        outer = QGridLayout(board)
        outer.setContentsMargins(_OUTSIDE, _OUTSIDE, _OUTSIDE, _OUTSIDE)
        outer.addWidget(self._zone, 1, 1)
        # The page takes the room that it needs, in the middle.
        for before_and_after in (0, 2):
            outer.setRowStretch(before_and_after, 1)
            outer.setColumnStretch(before_and_after, 1)
        self.setWidget(board)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.show_recent(())
        self.retint()

    def show_recent(self, paths: Sequence[Path], opened: Mapping[Path, datetime] | None = None) -> None:
        """Show pictures of these recent photos: first the latest one of each folder.

        Args:
            paths: The photos, the latest first.
            opened: When they were opened, as far as that is known.
        """
        for card in self._cards:
            card.hide()
            card.deleteLater()
        folders: dict[Path, Path] = {}
        for path in paths:
            folders.setdefault(path.parent, path)
        first = [*folders.values(), *(path for path in paths if path not in folders.values())][:_RECENT_SHOWN]
        self._cards = [_RecentCard(path, (opened or {}).get(path)) for path in paths if path in first]
        for card in self._cards:
            card.clicked.connect(lambda _=False, path=card.path: self.recent_chosen.emit(path))
        self._label.setVisible(bool(self._cards))
        self._arrange()
        if self.isVisible():
            self._load_pictures()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self._picture.setPixmap(theme.icon("mdi6.text-recognition", role="accent").pixmap(QSize(56, 56)))
        for index, (button, action) in enumerate(self._buttons):
            if index > 0:
                button.setIcon(action.icon())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Load the pictures, which nobody sees while a photo is open."""
        super().showEvent(event)
        self._arrange()
        self._load_pictures()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Use one row where there is room for it."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.viewport().width() - 2 * _OUTSIDE
        buttons = [button for button, _ in self._buttons]
        wide = max(_WIDE, sum(button.sizeHint().width() + 10 for button in buttons) + 2 * _ROUND)
        self._zone.setFixedWidth(max(200, min(wide, room)))
        columns = 4 if room >= wide else 2
        for grid, widgets in ((self._row, buttons), (self._recent, self._cards)):
            for place, widget in enumerate(widgets):
                grid.addWidget(widget, *divmod(place, columns))
        for column in range(4):  # as wide as if there were four of them
            self._recent.setColumnStretch(column, 1 if column < columns else 0)

    def _load_pictures(self) -> None:
        for card in self._cards:
            card.load(self._lane, self.devicePixelRatioF())


class _RecentCard(QPushButton):
    """A picture of a photo, with its name, its folder and when it was opened."""

    def __init__(self, path: Path, opened: datetime | None) -> None:
        super().__init__()
        self.path = path
        self._pictures: ThumbnailLoader | None = None
        name, folder = labels.file_name(path.name), labels.file_name(path.parent.name)
        self.setProperty("flat", True)
        self.setToolTip(labels.tooltip(labels.file_name(str(path))))
        self.setAccessibleName(tr("Open {photo} again", photo=path.name))
        self._picture = PlainLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedHeight(_PICTURE.height())
        self._picture.setPixmap(theme.icon("mdi6.image-outline", role="quiet").pixmap(QSize(40, 40)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(3)
        layout.addWidget(self._picture)
        day = labels.day(opened)
        for text, quiet in ((name, False), (folder, True), (day, True)):
            label = ElidedLabel(text)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setProperty("quiet", quiet)
            layout.addWidget(label)
        for each in self.findChildren(PlainLabel):
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Return the room that picture and texts need."""
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint().expandedTo(QSize(_PICTURE.width() + 12, 0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Return the height that picture and texts need, and the width of a narrow picture."""
        return QSize(96, self.sizeHint().height())

    def load(self, lane: JobThread, ratio: float) -> None:
        """Load the picture, once."""
        if self._pictures is None:
            self._pictures = ThumbnailLoader(lane, self)
            self._pictures.kept = False
            self._pictures.loaded.connect(self._show_picture)
            self._pictures.want(self.path.parent, [self.path.name], side=_PICTURE.width(), ratio=ratio)

    def _show_picture(self) -> None:
        picture = self._pictures.get(self.path.name) if self._pictures else None
        if picture is not None:
            self._picture.setPixmap(_fitted(picture))


def _fitted(picture: QPixmap) -> QPixmap:
    """Return the picture, not higher than the others."""
    most = round(_PICTURE.height() * picture.devicePixelRatio())
    smooth = Qt.TransformationMode.SmoothTransformation
    return picture if picture.height() <= most else picture.scaledToHeight(most, smooth)


def _make_button(action: QAction, *, primary: bool) -> QPushButton:
    button = QPushButton(action.text().replace("&", ""))  # the letters belong to the menus
    button.setToolTip(labels.tooltip(action.toolTip()))
    button.setProperty("primary", primary)
    button.clicked.connect(action.trigger)
    return button
