"""The line edit for the text of a word, on the photo and in the table, and its panel on the photo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QInputMethodEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ocr_studio.core.language.spelling import UnknownWord
from ocr_studio.core.page import Alternative
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.translation import tr
from ocr_studio.core.units import percent
from ocr_studio.ui.document.commands import CHOICES
from ocr_studio.ui.style import box_colours, labels, squiggle, theme
from ocr_studio.ui.words import spell_checker
from ocr_studio.ui.words.spell_checker import Spelling

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_DIGITS = tuple(Qt.Key(Qt.Key.Key_1 + index) for index in range(9))
# Screen pixels: distance of the panel from the word, for its handles, and maximum width of an alternative.
_GAP = 10
_LONGEST_CHOICE = 220
# Screen pixels: maximum width of a button besides its text, and distance between buttons.
_CHOICE_EDGES, _CHOICE_GAP = 36, 4


class WordEditor(QLineEdit):
    """Edits the text of a word. It only emits signals; its owner applies the edit and closes it.

    If ``spelling`` is set, possible typos are underlined. While an input method is composing, it gets all keys.

    Signals: ``accepted(text)`` Enter, accept and go to next; ``accepted_here(text)`` Ctrl+Enter, accept and stay;
    ``stepped(step, text)`` Tab (1) or Shift+Tab (-1); ``cancelled()`` Esc; ``split_requested(letter, text)`` Ctrl+/,
    split the word before this character of the text; ``alternative_chosen(index)`` Alt+1 … Alt+5; ``refused(why)``
    typed or pasted characters were left out.
    """

    accepted = Signal(str)
    accepted_here = Signal(str)
    stepped = Signal(int, str)
    cancelled = Signal()
    split_requested = Signal(int, str)
    alternative_chosen = Signal(int)
    refused = Signal(str)
    most_choices = CHOICES

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self.spelling: Spelling | None = None
        self.setAccessibleName(tr("Text of the word"))
        self.setMaxLength(LONGEST)
        self.inputRejected.connect(
            lambda: self.refused.emit(tr("Text is limited to {most} characters. The rest was cut off.", most=LONGEST))
        )

    def setText(self, text: str | None) -> None:  # noqa: N802  (Qt's name)
        """Show a text. One that is too long already is not cut, but can't get longer."""
        self._have_room_for(text or "")
        super().setText(text)

    def replace_text(self, text: str) -> None:
        """Replace the text as if it had been typed, so that Ctrl+Z restores the old one."""
        self._have_room_for(text)
        self.selectAll()
        self.insert(text)

    def event(self, event: QEvent) -> bool:
        """Handle keys that the window would use otherwise: Tab, and shortcuts that are keys of the editor."""
        if isinstance(event, QKeyEvent) and event.type() != QEvent.Type.KeyRelease:
            if self._composing:
                event.accept()
                return True
            if event.type() == QEvent.Type.ShortcutOverride and self._is_ours(event):
                event.accept()
                return True
            if event.type() == QEvent.Type.ShortcutOverride and self._leaves_to_window(event):
                event.ignore()
                return True
            if event.type() == QEvent.Type.KeyPress and self._do(event):
                event.accept()
                return True
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802  (Qt's name)
        """Track whether an input method is composing."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        """Show Qt's context menu with suggestions and the action that splits the word."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        cut = QAction(f"{tr('Split word here')}\t{labels.key('Ctrl+/')}", menu)
        cut.triggered.connect(self._split)
        menu.insertAction(menu.actions()[0] if menu.actions() else cut, cut)
        self.setCursorPosition(self.cursorPositionAt(event.pos()))
        if self.spelling and (doubt := self.doubt_here()):
            spell_checker.fill_menu(menu, self.spelling, doubt, lambda text: self.put(doubt, text))
        menu.popup(event.globalPos())

    def doubt_here(self) -> UnknownWord | None:
        """Return the possible typo at the cursor, otherwise the first one of the text, or None."""
        doubts = self.spelling.doubts_in(self.text()) if self.spelling else ()
        here = self.cursorPosition()
        return next((each for each in doubts if each.start <= here <= each.end), doubts[0] if doubts else None)

    def put(self, doubt: UnknownWord, text: str) -> None:
        """Replace a possible typo as if the text had been typed."""
        self.setSelection(doubt.start, doubt.end - doubt.start)
        self.insert(text)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the text, and underline possible typos except the word that is being typed."""
        super().paintEvent(event)
        if not self.spelling or self._composing:
            return
        here, typing = self.cursorPosition(), self.isModified() and self.hasFocus()
        doubts = [each for each in self.spelling.doubts_in(self.text()) if not (typing and each.end == here)]
        if not doubts:
            return
        metrics, text = self.fontMetrics(), self.text()
        cursor = self.cursorRect()
        start = cursor.center().x() - metrics.horizontalAdvance(text[:here])
        below = cursor.center().y() + (metrics.ascent() - metrics.descent()) / 2 + 2
        painter = QPainter(self)
        painter.setClipRect(self.rect().adjusted(3, 0, -3, 0))
        for doubt in doubts:
            left, right = (start + metrics.horizontalAdvance(text[:end]) for end in (doubt.start, doubt.end))
            squiggle.draw(painter, left, right, below)
        painter.end()

    def _have_room_for(self, text: str) -> None:
        # Qt counts UTF-16 code units, and setting the maximum again would clear the undo history of the line.
        letters = max(LONGEST, len(text.encode("utf-16-le", "surrogatepass")) // 2)
        if letters != self.maxLength():
            self.setMaxLength(letters)

    def _is_ours(self, event: QKeyEvent) -> bool:
        key, control, alt = _key(event)
        return (
            key in _ENTER
            or key in _TABS
            or key == Qt.Key.Key_Escape
            or (alt and key in _DIGITS[: self.most_choices])
            or (control and key == Qt.Key.Key_Slash)
        )

    def _leaves_to_window(self, event: QKeyEvent) -> bool:
        """Whether this is Undo or Redo with nothing to undo or redo in the field, and so means the last change."""
        undo, redo = (event.matches(key) for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo))
        return (undo and not self.isUndoAvailable()) or (redo and not self.isRedoAvailable())

    def _do(self, event: QKeyEvent) -> bool:
        """Handle a key of the editor. Returns whether it was one."""
        if not self._is_ours(event):
            return False
        key, control, _ = _key(event)
        if key in _ENTER:
            (self.accepted_here if control else self.accepted).emit(self.text())
        elif key in _TABS and not control:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.stepped.emit(-1 if back else _TABS[key], self.text())
        elif key == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif key in _DIGITS:
            self.alternative_chosen.emit(_DIGITS.index(key))
        elif key == Qt.Key.Key_Slash:
            self._split()
        return True

    def _split(self) -> None:
        # Saved texts are composed and have no double spaces, so characters are counted in such a text.
        self.split_requested.emit(len(one_line(self.text()[: self.cursorPosition()])), self.text())


class EditorPanel(QFrame):
    """The editor on the photo, with the recognizer's alternatives as numbered buttons below.

    It is a child of the view, not an item of the scene, so that it is readable at every zoom.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.editor = WordEditor(self)
        font = self.editor.font()
        font.setPixelSize(18)
        self.editor.setFont(font)
        self.editor.textChanged.connect(self._fit)
        self.editor.alternative_chosen.connect(self._choose)
        self._choices: list[QToolButton] = []
        self._texts: list[str] = []
        self._box, self._area = QRectF(), QRect()
        self._row = QWidget(self)
        line = self._line = QHBoxLayout(self._row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(_CHOICE_GAP)
        for index in range(CHOICES):
            button = QToolButton(self._row)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, index=index: self._choose(index))
            self._choices.append(button)
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        line.addStretch(1)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(5)
        layout.addWidget(self.editor)
        layout.addWidget(self._row)
        self.setObjectName("editor-panel")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def put_on_colours(self) -> None:
        """Use the colours of the theme: a background that contrasts with the photo, buttons that look like keys."""
        now = box_colours.current()
        line = theme.colours().line
        self.setStyleSheet(
            f"#editor-panel {{ background: {now.plate.name()}; border: 1px solid {now.selection.name()};"
            " border-radius: 8px; }"
            f"#editor-panel QToolButton {{ border: 1px solid {line}; border-radius: 5px; padding: 3px 8px; }}"
            f"#editor-panel QToolButton:hover {{ border-color: {now.selection.name()}; }}"
        )

    def show_alternatives(self, alternatives: Sequence[Alternative]) -> None:
        """Show these alternatives, best first; a single one is not shown."""
        offered = alternatives[:CHOICES] if len(alternatives) > 1 else ()
        self._texts = [each.text for each in offered]
        for number, button in enumerate(self._choices, start=1):
            button.setVisible(number <= len(offered))
            if number <= len(offered):
                choice = offered[number - 1]
                key = labels.choice_key(number - 1, writing=True)
                sure = percent(choice.confidence)
                text = labels.shortened(choice.text)
                said = tr("{key}: {sure} confidence", key=key, sure=sure)
                button.setToolTip(labels.tooltip(f"{text}\n{said}"))
                button.setAccessibleName(tr("Alternative {number}: {text}", number=number, text=text))
        self._row.setVisible(bool(offered))

    def place(self, box: QRectF, area: QRect) -> None:
        """Place the panel near the word without covering it: below, else above, else beside it.

        Args:
            box: The word, in pixels of the parent.
            area: Where the panel may be, in pixels of the parent.
        """
        self._box, self._area = box, area
        self._fit()

    def _fit(self) -> None:
        if self._area.isEmpty():
            return
        text = self.editor.fontMetrics().horizontalAdvance(labels.shortened(self.editor.text())) + 44
        widest = max(60, self._area.width() - 2 * _GAP)
        choices = self._arrange(widest - 14)
        width = min(widest, max(180, text, choices + 14, min(420, round(self._box.width()))))
        # Without this, the layouts would be updated one event later.
        self._line.invalidate()
        self._row.updateGeometry()
        self._column.invalidate()
        self._column.activate()
        self.resize(width, self._column.sizeHint().height())
        self.move(*_beside(self._box, self._area.adjusted(4, 4, -4, -4), self.width(), self.height()))

    def _arrange(self, room: int) -> int:
        """Arrange the alternatives so that all are readable: in a row with keys, in a row with digits, or one per line.

        Args:
            room: The available width in pixels.

        Returns:
            The width that is needed, in pixels.
        """
        longest = {True: _LONGEST_CHOICE, False: max(60, room - _CHOICE_EDGES)}
        for row, writing in ((True, True), (True, False), (False, True)):
            named = [labels.choice(index, text, writing=writing) for index, text in enumerate(self._texts)]
            metrics = self._choices[0].fontMetrics()
            keys = labels.choice_key_width(metrics, writing=writing)
            texts = labels.elided_apart(metrics, self._texts, longest[row] - keys)
            shown = [labels.choice(index, text, writing=writing) for index, text in enumerate(texts)]
            for button, each in zip(self._choices, shown, strict=False):
                button.setText(labels.label(each))
            widths = [button.sizeHint().width() + _CHOICE_GAP for button in self._choices[: len(shown)]]
            width = sum(widths) if row else max(widths, default=0)
            if row and (width > room or shown != named):
                continue
            directions = QBoxLayout.Direction
            self._line.setDirection(directions.LeftToRight if row else directions.TopToBottom)
            return width
        return room

    def _choose(self, index: int) -> None:
        if index < len(self._texts):
            self.editor.replace_text(self._texts[index])
            self.editor.setFocus()


def _key(event: QKeyEvent) -> tuple[Qt.Key, bool, bool]:
    held = event.modifiers()
    return (
        Qt.Key(event.key()),
        bool(held & Qt.KeyboardModifier.ControlModifier),
        bool(held & Qt.KeyboardModifier.AltModifier),
    )


def _beside(box: QRectF, area: QRect, width: int, height: int) -> tuple[int, int]:
    left = round(min(max(box.left(), area.left()), area.right() - width))
    top = round(min(max(box.top(), area.top()), area.bottom() - height))
    below, above = round(box.bottom()) + _GAP, round(box.top()) - _GAP - height
    right, before = round(box.right()) + _GAP, round(box.left()) - _GAP - width
    if area.top() <= below and below + height <= area.bottom():
        return left, below
    if above >= area.top() and above + height <= area.bottom():
        return left, above
    if right + width <= area.right():
        return max(right, area.left()), top
    if before >= area.left():
        return before, top
    # The word fills the view: cover its lower edge.
    return left, area.bottom() - height
