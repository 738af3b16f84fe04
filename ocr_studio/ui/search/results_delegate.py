"""Paints a search result as a card: its image, its text and its photo."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ocr_studio.core.search.matching import MatchedSide
from ocr_studio.ui.search.results_model import HIT
from ocr_studio.ui.style import design, labels, theme
from ocr_studio.ui.widgets.tables import Index
from ocr_studio.ui.words.word_pictures import SIZE

_WIDE: Final = 300
_PICTURE: Final = QSize(128, SIZE.height())
_AIR: Final = 8


class FindDelegate(QStyledItemDelegate):
    """Paints search results as cards of equal size."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  (Qt's name)
        """The size of a card: as high as the image or two lines of text."""
        high = max(_PICTURE.height(), 2 * option.fontMetrics.height() + 4)
        return QSize(_WIDE, high + 2 * _AIR + design.density().row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one card."""
        self.initStyleOption(option, index)
        text, option.text, option.icon = option.text, "", type(option.icon)()
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        hit = index.data(HIT)
        painter.save()
        place = option.rect.adjusted(_AIR, _AIR, -_AIR, -_AIR)
        frame = QRect(place.left(), place.center().y() - _PICTURE.height() // 2, _PICTURE.width(), _PICTURE.height())
        place.setLeft(frame.right() + _AIR)
        _draw_picture(painter, _mirrored(frame, option), option, index.data(Qt.ItemDataRole.DecorationRole), hit.side)
        high = option.fontMetrics.height()
        top = place.center().y() - high - 1
        font = option.font
        font.setItalic(hit.side is MatchedSide.CHOICE)
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        _draw_text(painter, QRect(place.left(), top, place.width(), high), option, text, Qt.TextElideMode.ElideRight)
        font.setItalic(False)
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        below = QRect(place.left(), top + high + 3, place.width(), high)
        _draw_text(painter, below, option, labels.file_name(hit.image), Qt.TextElideMode.ElideMiddle)
        painter.restore()


def _mirrored(rect: QRect, option: QStyleOptionViewItem) -> QRect:
    """Mirror a rectangle in right-to-left layouts."""
    return QStyle.visualRect(option.direction, option.rect, rect)


def _draw_text(
    painter: QPainter, rect: QRect, option: QStyleOptionViewItem, text: str, elide: Qt.TextElideMode
) -> None:
    shown = labels.elided(painter.fontMetrics(), text, rect.width(), elide)
    align = QStyle.visualAlignment(option.direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(_mirrored(rect, option), align, shown)


def _draw_picture(
    painter: QPainter, frame: QRect, option: QStyleOptionViewItem, picture: object, side: MatchedSide
) -> None:
    now = theme.colours()
    if isinstance(picture, QPixmap):
        size = picture.deviceIndependentSize().toSize()
        size = size.scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio) if size.width() > frame.width() else size
        # Next to its text.
        place = QStyle.alignedRect(
            option.direction, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, size, frame
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, picture)
    else:
        painter.fillRect(frame.adjusted(12, 10, -12, -10), QColor(now.line))
    if side is MatchedSide.CHOICE:
        pen = painter.pen()
        pen.setColor(QColor(now.quiet))
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRect(frame.adjusted(0, 0, -1, -1))
