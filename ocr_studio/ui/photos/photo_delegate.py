"""Draws a photo in the list: thumbnail, name, state, writer and tags."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ocr_studio.core.photo_list.rows import PhotoRow, PhotoState
from ocr_studio.ui.photos.photo_list_model import OPEN, ROW, STATES, facts_said, state_said, state_said_shortly
from ocr_studio.ui.style import design, labels, theme
from ocr_studio.ui.widgets.tables import Index

SIDE: Final = 72
# In a narrower list the thumbnail is smaller, to leave space for the name.
_ROOMY: Final = SIDE + 130
_SMALL_SIDE: Final = 44
_GAP: Final = 12
_ICON: Final = 14
_ICON_GAP: Final = 5
# A number of words that few photos exceed, for measuring texts.
_MANY: Final = 999
_ROLES: Final = {PhotoState.FAILED: "error", PhotoState.REVIEWED: "accent"}


def wide_enough(metrics: QFontMetrics) -> int:
    """The width in pixels of a row that shows any state in full, in the current language."""
    rows = (PhotoRow("", state, words=_MANY, unreviewed=_MANY) for state in PhotoState)
    said = max(metrics.horizontalAdvance(state_said(row)) for row in rows)
    return SIDE + 2 * _GAP + _ICON + _ICON_GAP + said + 2 * _GAP


class PhotoDelegate(QStyledItemDelegate):
    """Draws rows of equal height."""

    def __init__(self) -> None:
        super().__init__()
        self._icons: dict[tuple[PhotoState, float, str], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  (Qt's name)
        """The height of the thumbnail or of three lines of text, plus a margin."""
        density = design.density()
        return QSize(SIDE + 60, max(density.thumbnail, 3 * option.fontMetrics.height() + 6) + 14 + density.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        self.initStyleOption(option, index)
        option.text, option.icon = "", type(option.icon)()
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        row = index.data(ROW)
        side, gap = (design.density().thumbnail, _GAP) if option.rect.width() >= _ROOMY else (_SMALL_SIDE, 7)
        frame = QRect(option.rect.left() + gap, option.rect.center().y() - side // 2, side, side)
        place = option.rect.adjusted(side + 2 * gap, 0, 2 - gap, 0)
        painter.save()
        _draw_photo(painter, _mirrored(frame, option), index.data(Qt.ItemDataRole.DecorationRole))
        self._draw_lines(painter, place, option, row, is_open=bool(index.data(OPEN)))
        painter.restore()

    def _draw_lines(
        self, painter: QPainter, place: QRect, option: QStyleOptionViewItem, row: PhotoRow, *, is_open: bool
    ) -> None:
        facts, high = facts_said(row), option.fontMetrics.height()
        top = place.center().y() - (3 * high + 4 if facts else 2 * high + 2) // 2
        first = QRect(place.left(), top, place.width(), high)
        second = QRect(place.left() + _ICON + _ICON_GAP, top + high + 3, place.width() - _ICON - _ICON_GAP, high)
        icon = QRect(place.left(), second.top() + (high - _ICON) // 2, _ICON, _ICON)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        font = option.font
        font.setBold(is_open)
        painter.setFont(font)
        _draw_text(painter, first, option, labels.file_name(row.name), Qt.TextElideMode.ElideMiddle)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawPixmap(_mirrored(icon, option), self._icon(row.state, painter))
        said = state_said(row)
        if painter.fontMetrics().horizontalAdvance(said) > second.width():
            said = state_said_shortly(row)
        _draw_text(painter, second, option, said, Qt.TextElideMode.ElideRight)
        if facts:
            third = QRect(place.left(), second.top() + high + 2, place.width(), high)
            _draw_text(painter, third, option, facts, Qt.TextElideMode.ElideRight)

    def _icon(self, state: PhotoState, painter: QPainter) -> QPixmap:
        """The icon of a state; cached, as rendering it is the slowest part of a row."""
        device = painter.device()
        key = state, device.devicePixelRatio() if device else 1.0, theme.colours().window
        if key not in self._icons:
            icon = theme.icon(STATES[state][1], role=_ROLES.get(state, "quiet"))
            self._icons[key] = icon.pixmap(QSize(_ICON, _ICON), key[1])
        return self._icons[key]


def _mirrored(rect: QRect, option: QStyleOptionViewItem) -> QRect:
    """The rectangle, mirrored in right-to-left windows."""
    return QStyle.visualRect(option.direction, option.rect, rect)


def _draw_text(
    painter: QPainter, rect: QRect, option: QStyleOptionViewItem, text: str, elide: Qt.TextElideMode
) -> None:
    shown = labels.elided(painter.fontMetrics(), text, rect.width(), elide)
    side = QStyle.visualAlignment(option.direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(_mirrored(rect, option), side | Qt.TextFlag.TextSingleLine, shown)


def _draw_photo(painter: QPainter, frame: QRect, picture: object) -> None:
    if isinstance(picture, QPixmap):
        size = picture.deviceIndependentSize().toSize()
        if size.width() > frame.width() or size.height() > frame.height():
            size.scale(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(frame.topLeft(), size)
        place.moveCenter(frame.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, picture)
    else:
        painter.fillRect(frame.adjusted(4, frame.height() // 6, -4, -frame.height() // 6), QColor(theme.colours().line))
