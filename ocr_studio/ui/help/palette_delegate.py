"""Paints an entry of the command palette: its title with matching letters in bold, its menu and its shortcut."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ocr_studio.ui.help.palette_entries import PaletteMatch
from ocr_studio.ui.style import labels, theme

ROW_HEIGHT = 34
_EDGE, _GAP = 12, 14


class PaletteDelegate(QStyledItemDelegate):
    """Paints ``PaletteMatch`` entries. Unavailable ones are grey, with the reason in place of the menu."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one entry."""
        found = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(found, PaletteMatch):
            return
        now, entry = theme.colours(), found.entry
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.selection))
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 1, -2, -1), 6, 6)
        room = rect.adjusted(_EDGE, 0, -_EDGE, 0)
        painter.setFont(option.font)
        if entry.key:
            width = painter.fontMetrics().horizontalAdvance(entry.key) + 16
            _draw_key(painter, QStyle.visualRect(option.direction, rect, _end(room, width)), entry.key)
            room.setRight(room.right() - width - _GAP)
        title = _layout(found, painter.font(), room.width(), QColor(now.disabled if entry.why else now.text))
        width = ceil(title.lineAt(0).naturalTextWidth())
        place = QStyle.visualRect(option.direction, rect, QRect(room.left(), room.top(), width, room.height()))
        begin = title.lineAt(0).naturalTextRect().left()  # not 0 for text that runs from right to left
        title.draw(painter, QPointF(place.left() - begin, rect.center().y() - title.boundingRect().height() / 2))
        room.setLeft(room.left() + width + _GAP)
        if room.width() > 40:
            painter.setPen(QColor(now.quiet))
            short = labels.elided(painter.fontMetrics(), entry.why or entry.where, room.width())
            side = QStyle.visualAlignment(option.direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(
                QStyle.visualRect(option.direction, rect, room), side | Qt.AlignmentFlag.AlignAbsolute, short
            )
        painter.restore()


def _end(room: QRect, width: int) -> QRect:
    return QRect(room.right() - width, room.top(), width, room.height())


def _draw_key(painter: QPainter, place: QRect, key: str) -> None:
    """Draw a key's cap."""
    now = theme.colours()
    cap = QRectF(place.left(), place.center().y() - 12, place.width(), 24)
    painter.setPen(QColor(now.line))
    painter.setBrush(QColor(now.surface))
    painter.drawRoundedRect(cap, 5, 5)
    painter.setPen(QColor(now.quiet))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)


def _layout(found: PaletteMatch, font: QFont, width: float, colour: QColor) -> QTextLayout:
    """Return the layout of the title in one line, elided if necessary, with matching letters in bold."""
    short = _elided(found.entry.title, font, width)
    layout = QTextLayout(short, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    plain, bold = QTextCharFormat(), QTextCharFormat()
    plain.setForeground(colour)
    bold.setFontWeight(QFont.Weight.Bold)
    ranges = [_range(0, len(short), plain)]
    ranges += [_range(place, 1, bold) for place in found.places if place < len(short)]
    layout.setFormats(ranges)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(max(1.0, width))
    layout.endLayout()
    return layout


def _elided(text: str, font: QFont, width: float) -> str:
    return labels.elided(QFontMetricsF(font), text, max(1.0, width - 4), Qt.TextElideMode.ElideMiddle)


def _range(start: int, length: int, how: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, how
    return made
