"""Paints a search result as a card: its image, its text, its photo, and a checkbox if it can be replaced."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionButton, QStyleOptionViewItem

from ocr_studio.core.search.matching import MatchedSide
from ocr_studio.ui.search.results_model import HEIGHT, HIT
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.tables import Index

_WIDE: Final = 300
_PICTURE: Final = 128
_AIR: Final = 8
_TICK: Final = 18


class FindDelegate(QStyledItemDelegate):
    """Paints search results as cards of equal size."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  (Qt's name)
        """The size of a card: as high as the image or two lines of text."""
        return QSize(_WIDE, max(HEIGHT, 2 * option.fontMetrics.height() + 4) + 2 * _AIR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one card."""
        self.initStyleOption(option, index)
        text, option.text, option.icon = option.text, "", type(option.icon)()
        option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        hit = index.data(HIT)
        painter.save()
        frame, place = self._places(option, index)
        _draw_picture(painter, _mirrored(frame, option), option, index.data(Qt.ItemDataRole.DecorationRole), hit.side)
        self._draw_tick(painter, option, index)
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

    def editorEvent(  # noqa: N802  (Qt's name)
        self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Let Space or a click on the checkbox toggle it."""
        tick = index.data(Qt.ItemDataRole.CheckStateRole)
        meant = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and event.type() == event.Type.KeyPress
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            meant = _mirrored(_tick_place(option), option).contains(event.position().toPoint())
        if tick is None or not meant:
            return False
        other = Qt.CheckState.Unchecked if tick == Qt.CheckState.Checked else Qt.CheckState.Checked
        return bool(index.model().setData(index, other, Qt.ItemDataRole.CheckStateRole))

    def _places(self, option: QStyleOptionViewItem, index: Index) -> tuple[QRect, QRect]:
        """Return the rectangles of image and text."""
        rect = option.rect.adjusted(_AIR, _AIR, -_AIR, -_AIR)
        if index.data(Qt.ItemDataRole.CheckStateRole) is not None:
            rect.setLeft(rect.left() + _TICK + _AIR)
        frame = QRect(rect.left(), rect.center().y() - HEIGHT // 2, _PICTURE, HEIGHT)
        return frame, rect.adjusted(_PICTURE + _AIR, 0, 0, 0)

    def _draw_tick(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tick = index.data(Qt.ItemDataRole.CheckStateRole)
        if tick is None:
            return
        box = QStyleOptionButton()
        box.palette = option.palette
        box.rect = _mirrored(_tick_place(option), option)
        state = QStyle.StateFlag.State_On if tick == Qt.CheckState.Checked else QStyle.StateFlag.State_Off
        box.state = state | QStyle.StateFlag.State_Enabled
        option.widget.style().drawPrimitive(
            QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck, box, painter, option.widget
        )
        # The style draws a frame that is invisible on a dark background.
        painter.setPen(QColor(theme.colours().quiet))
        painter.drawRect(box.rect.adjusted(0, 0, -1, -1))


def _tick_place(option: QStyleOptionViewItem) -> QRect:
    return QRect(option.rect.left() + _AIR, option.rect.center().y() - _TICK // 2, _TICK, _TICK)


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
