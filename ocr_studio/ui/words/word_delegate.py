"""Painting and editing of the rows of the word table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from ocr_studio.core.language.spelling import UnknownWord
from ocr_studio.core.page import Word, WordState
from ocr_studio.core.translation import tr
from ocr_studio.core.words.word_list import confidence_of
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import box_colours, labels, squiggle, theme
from ocr_studio.ui.words.spell_checker import Spelling
from ocr_studio.ui.words.word_editor import WordEditor

Index = QModelIndex | QPersistentModelIndex

NUMBER, CROP, TEXT, CONFIDENCE, STATE = range(5)
_ICONS = {
    WordState.UNREAD: "mdi6.circle-outline",
    WordState.READ: "mdi6.eye-outline",  # shown only with what needs to be checked
    WordState.ACCEPTED: "mdi6.check-circle-outline",
    WordState.CORRECTED: "mdi6.pencil-outline",
    WordState.MARKED: "mdi6.minus-circle-outline",
}
_UNBOXED_ICON: Final = "mdi6.format-text"
# Pixels before scaling: a handwritten word is legible at this height, and 20 rows are visible.
CROP_HEIGHT, CROP_WIDTH = 26, 104
_BAR = 26
_ICON = 16
_GAP = 6
_BACKGROUND: Final = QStyle.PrimitiveElement.PE_PanelItemViewItem
_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class WordRows(Protocol):
    """Words, texts and images of the rows. Without Qt's model between, painting takes two thirds of the time."""

    def word(self, row: int) -> Word | None:
        """Return the word in a row, or None."""

    def text(self, word: Word, column: int) -> str:
        """Return the text of a cell."""

    def crop(self, word: Word) -> QPixmap | None:
        """Return the image of a word; None if it is still to be cut."""


class WordDelegate(QStyledItemDelegate):
    """Paints crops, confidence bars and state icons; edits with the same editor as on the photo.

    If ``spelling`` is set, possible typos are underlined.

    Signals: ``moved()`` the editor was left with a key that goes to another word; ``message(str)`` why something was
    not done; ``editing_changed()`` an editor was opened or closed.
    """

    moved = Signal()
    message = Signal(str)
    editing_changed = Signal()

    def __init__(self, document: Document, rows: WordRows, view: QTableView) -> None:
        super().__init__(view)
        self._document, self._rows, self._view = document, rows, view
        self._finish: Callable[[], None] | None = None
        self._word_id: str | None = None
        self._icons: dict[tuple[str, float, str], QPixmap] = {}
        self.spelling: Spelling | None = None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        widget = option.widget
        # Not initStyleOption, which queries seven roles of the model although none is needed.
        widget.style().drawPrimitive(_BACKGROUND, option, painter, widget)
        word, column = self._rows.word(index.row()), index.column()
        if word is None:
            return
        rect = option.rect.adjusted(_GAP, 0, -_GAP, 0)
        if column == CROP:
            _draw_crop(painter, rect, self._rows.crop(word))
            return
        text = self._rows.text(word, column)
        painter.save()
        if column == STATE:
            if text:
                icon = _ICONS[word.state] if word.has_box else _UNBOXED_ICON
                role = "warning" if word.state is WordState.READ else "quiet"
                pixmap = self._icon(icon, role, widget.devicePixelRatioF())
                painter.drawPixmap(rect.left(), rect.center().y() - _ICON // 2, pixmap)
            _draw_text(painter, rect.adjusted(_ICON + _GAP, 0, 0, 0), text, quiet=True, palette=option.palette)
        elif column == CONFIDENCE:
            _draw_bar(painter, rect, word, text, option.palette)
        else:
            _draw_text(painter, rect, text, quiet=column == NUMBER, palette=option.palette)
            if column == TEXT and self.spelling:
                _underline(painter, rect, text, self.spelling.doubts(word))
        painter.restore()

    def _icon(self, name: str, role: str, ratio: float) -> QPixmap:
        key = name, ratio, theme.colours().window
        if key not in self._icons:
            self._icons[key] = theme.icon(name, role=role).pixmap(QSize(_ICON, _ICON), ratio)
        return self._icons[key]

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        """Make the editor of a word (called by Qt)."""
        word = index.data(Qt.ItemDataRole.UserRole)
        editor = WordEditor(parent)
        editor.spelling = self.spelling
        editor.setAccessibleName(tr("Text of the word"))
        word_id = word.id
        editor.accepted.connect(lambda text: self._accept(editor, word_id, text))
        editor.accepted_here.connect(lambda text: self._accept_here(editor, word_id, text))
        editor.stepped.connect(lambda step, text: self._step(editor, word_id, step, text))
        editor.cancelled.connect(lambda: self._close(editor))
        editor.refused.connect(self.message)
        editor.alternative_chosen.connect(lambda place: self._offer(editor, word, place))
        editor.split_requested.connect(lambda letter, text: self._split(editor, word_id, letter, text))
        self._finish = lambda: self._keep(editor, word_id)
        self._word_id = word_id
        self.editing_changed.emit()
        return editor

    def destroyEditor(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """Release the editor (called by Qt)."""
        self._finish = self._word_id = None
        super().destroyEditor(editor, index)
        self.editing_changed.emit()

    @property
    def word_id(self) -> str | None:
        """The word that is being edited, or None."""
        return self._word_id

    def finish(self) -> None:
        """Close the editor, if one is open, and save what was typed."""
        if self._finish:
            self._finish()

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """Show the word's text, unless something has been typed: results may arrive while the user types."""
        if isinstance(editor, WordEditor) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        """Save what was typed when the editor is left with the mouse."""
        word = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(editor, WordEditor) and isinstance(word, Word):
            commands.write_if_changed(self._document, word.id, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802
        """Leave keys to the editor, instead of Qt's handling of Tab, Enter and Esc."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        return super().eventFilter(editor, event)

    def _accept(self, editor: WordEditor, word_id: str, text: str) -> None:
        self._close(editor)
        if commands.write_and_go(self._document, word_id, text):
            self.moved.emit()

    def _accept_here(self, editor: WordEditor, word_id: str, text: str) -> None:
        self._close(editor)
        commands.write_here(self._document, word_id, text)

    def _keep(self, editor: WordEditor, word_id: str) -> None:
        self._close(editor)
        commands.write_if_changed(self._document, word_id, editor.text())

    def _step(self, editor: WordEditor, word_id: str, step: int, text: str) -> None:
        self._close(editor)
        if commands.keep_and_go(self._document, word_id, text, step):
            self.moved.emit()

    def _split(self, editor: WordEditor, word_id: str, letter: int, text: str) -> None:
        self._close(editor)
        if why := commands.write_and_split(self._document, word_id, text, letter):
            self.message.emit(why)

    @staticmethod
    def _offer(editor: WordEditor, word: Word, place: int) -> None:
        readings = word.machine.alternatives if word.machine else ()
        if place < len(readings):
            editor.replace_text(readings[place].text)

    def _close(self, editor: WordEditor) -> None:
        # Without commit by Qt, because the caller handles the text.
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self._view.setFocus()


def _draw_crop(painter: QPainter, rect: QRect, crop: QPixmap | None) -> None:
    if crop is not None and not crop.isNull():
        height = crop.deviceIndependentSize().toSize().height()
        painter.drawPixmap(rect.left(), rect.center().y() - height // 2 + 1, crop)


def _draw_text(painter: QPainter, rect: QRect, text: str, *, quiet: bool, palette: QPalette) -> None:
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText if quiet else QPalette.ColorRole.Text))
    shown = labels.elided(painter.fontMetrics(), text, rect.width())
    painter.drawText(rect, _LEFT, shown)


def _underline(painter: QPainter, rect: QRect, text: str, doubts: Sequence[UnknownWord]) -> None:
    metrics = painter.fontMetrics()
    below = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2 + 2
    begin = rect.left()
    if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        begin = max(begin, rect.right() - metrics.horizontalAdvance(labels.shortened(text)))
    for doubt in doubts:
        left, right = (begin + metrics.horizontalAdvance(text[:end]) for end in (doubt.start, doubt.end))
        if left < rect.right():
            squiggle.draw(painter, left, min(right, rect.right()), below)


def _draw_bar(painter: QPainter, rect: QRect, word: Word, text: str, palette: QPalette) -> None:
    confidence = confidence_of(word)
    if confidence is None:
        return
    track = QRect(rect.left(), rect.center().y() - 2, _BAR, 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(theme.colours().line))
    painter.drawRoundedRect(track, 2.5, 2.5)
    painter.setBrush(box_colours.of(confidence))
    painter.drawRoundedRect(QRect(track.left(), track.top(), max(3, round(_BAR * confidence)), 5), 2.5, 2.5)
    _draw_text(painter, rect.adjusted(_BAR + _GAP, 0, 0, 0), text, quiet=False, palette=palette)
