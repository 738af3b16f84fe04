"""The photo view: selecting, placing and correcting words on the photo."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

from ocr_studio.core.page import Quad
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.canvas import gestures, tools
from ocr_studio.ui.canvas.box_view import BoxView
from ocr_studio.ui.canvas.corner_keys import CornerPicking
from ocr_studio.ui.canvas.inline_editing import PhotoEditing
from ocr_studio.ui.canvas.items.handles import Handle
from ocr_studio.ui.canvas.items.interaction import Gesture, Pointer
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import ShownDocument

_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FAST = 10.0
_SCROLL = 60.0
# Screen pixels: size of a box that is added with a key.
_NEW_BOX = (140.0, 44.0)
_SOME_LOCKED = later("Locked boxes are not changed.")
_NOWHERE = QPointF(-1.0, -1.0)


class PhotoView(BoxView):
    """Shows the open page and edits it with mouse and keyboard, one edit for each gesture.

    ``snapping``: edges snap to those of neighbouring boxes, and new boxes get the slope of the line they continue,
    unless Alt is held.

    Signals: ``tool_changed(Tool)``; ``message(str)`` a hint for the status bar; ``reading_requested(id)`` the
    user has drawn, turned or merged this box, so it has to be read; ``step_requested(int)`` to the next (1) or previous
    (-1) word; ``zoom_changed(float)``.
    """

    tool_changed = Signal(Tool)
    message = Signal(str)
    reading_requested = Signal(str)
    step_requested = Signal(int)

    def __init__(self, document: ShownDocument) -> None:
        super().__init__(document)
        self._tool = Tool.SELECT
        self._gesture: Gesture | None = None
        self._space = False
        self._before_click: str | None = None
        self._key_down = False
        self.snapping = True
        self.corners = CornerPicking(document, self.sketch, self.redraw, self)
        self.corners.dropped.connect(lambda: self.message.emit(tr(tools.HINTS[self._tool])))
        self.editing = PhotoEditing(document, self, self)
        self.editing.message.connect(self.message)
        self.editing.changed.connect(self._on_editing)
        self.setAccessibleName(tr("Photo with its words"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # The window handles dropped photos; QGraphicsView would consume the events.
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        document.opened.connect(self._drop_gesture)
        self.horizontalScrollBar().valueChanged.connect(self.editing.place)
        self.verticalScrollBar().valueChanged.connect(self.editing.place)
        self.zoom_changed.connect(self.editing.place)
        self.editing.panel.put_on_colours()

    @property
    def tool(self) -> Tool:
        """The active tool."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Activate a tool."""
        self._drop_gesture()
        self.corners.drop()
        self.sketch.hover, self.sketch.in_turn = None, ()
        if tool is not self._tool:
            self._tool = tool
            self.tool_changed.emit(tool)
        self._set_cursor(tools.CURSORS[tool])
        self.message.emit(tr(tools.HINTS[tool]))
        self.redraw()

    def edit_current(self) -> None:
        """Open the editor at the current word, or at the first one if none is selected."""
        if self.document.current is None and not commands.go(self.document, 1):
            return
        self.editing.start()

    def finish_editing(self) -> None:
        """Close the editor and save what was typed, before another photo is opened or the window is closed."""
        self.editing.finish()

    def cancel(self) -> bool:
        """Cancel the gesture, else the picked corner, else the tool, else the selection (Esc).

        Returns:
            False if there was nothing to cancel.
        """
        if self._gesture:
            self._drop_gesture()
        elif self.corners.picked:
            self.corners.drop()
        elif self._tool is not Tool.SELECT:
            self.set_tool(Tool.SELECT)
        elif self.document.selection:
            commands.deselect(self.document)
        else:
            return False
        return True

    def request_reading(self, word_id: str) -> None:
        """Report that the user has changed what is in the box of a word, so that it has to be read."""
        self.reading_requested.emit(word_id)

    def may_change(self, ids: Collection[str] = ()) -> bool:
        """Whether the page and the box of any of these words may be changed; otherwise shows why not."""
        if not self.document.writable:
            self.message.emit(tr(commands.READ_ONLY))
            return False
        locked = [word.locked for word in map(self.document.word, ids) if word]
        if any(locked):
            self.message.emit(tr(commands.LOCKED if all(locked) else _SOME_LOCKED))
        return not locked or not all(locked)

    def pick_corner(self) -> None:
        """Let the arrow keys move the next corner of the selected box; after the last one the whole box."""
        if self.may_change(self.document.selection):
            self.message.emit(self.corners.next())

    def show_others(self, others: Mapping[str, str]) -> None:
        """Show another model's texts on these words, by their ids."""
        if others != self.sketch.others:
            self.sketch.others = others
            self.redraw()

    def hide_boxes(self) -> None:
        """Hide the boxes: while the key is held, otherwise until this is called again."""
        self.looks.hide_boxes(held=self._key_down)

    def switch_lens(self) -> None:
        """Show the magnifier: while the key is held, otherwise until this is called again."""
        self.looks.switch_lens(held=self._key_down)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Start a gesture."""
        self.editing.finish()
        if self._gesture or self.document.page is None:
            return
        self._before_click = self.document.current
        pointer, self.button_down = self._pointer(event), True
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and (self._space or self._tool is Tool.PAN)
        ):
            self._gesture = tools.begin(Tool.PAN, self, pointer)
            self._set_cursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            # Hidden boxes can't be grabbed.
            if self.looks.hidden:
                self.looks.show_boxes()
            self._gesture = tools.begin(self._tool, self, pointer)
            self.sketch.cut = None
        elif event.button() == Qt.MouseButton.RightButton:
            # The context menu is for what is under the mouse.
            found = gestures.under(self, pointer)
            if found and not self.document.selection.intersection(found):
                self.document.select(found[:1])
        self.redraw()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Continue the gesture, or show what a click would do here."""
        pointer = self._pointer(event)
        self._carry_lens(event.position())
        if self._gesture and not event.buttons():
            # The release went elsewhere, because a dialog was opened.
            self._drop_gesture()
        if self._gesture:
            self._gesture.move(pointer)
        elif self._tool is Tool.SPLIT and self.document.writable:
            tools.show_cut(self, pointer)
        elif self._tool is Tool.SELECT and not self._space:
            self._hover(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """End the gesture."""
        if event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton):
            return
        if self._gesture:
            self._gesture.finish(self._pointer(event))
            self._drop_gesture()
        self.button_down = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Edit the word under the mouse."""
        found = gestures.under(self, self._pointer(event)) if self._tool is Tool.SELECT and not self._space else []
        if event.button() != Qt.MouseButton.LeftButton or not found:
            self.mousePressEvent(event)
            return
        # The first of the two clicks may have selected the word below.
        wanted = [word_id for word_id in (self._before_click, self.document.current) if word_id in found]
        self.document.select((wanted or found)[:1])
        self.editing.start()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Remove what is shown at the mouse."""
        super().leaveEvent(event)
        self._carry_lens(_NOWHERE)
        if self._gesture is None:
            self.sketch.hover = self.sketch.cut = None
            self.redraw()

    def event(self, event: QEvent) -> bool:
        """Claim the keys that have another meaning during a gesture or with a tool."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            self._key_down = True
            drawing = self._tool is Tool.DRAW and event.key() in _ENTER
            away = self._gesture or self.corners.picked or self._tool is not Tool.SELECT
            leaving = event.key() == Qt.Key.Key_Escape and away
            if drawing or leaving:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Handle keys that are not shortcuts of the window: Esc, F2, arrows and space."""
        key = event.key()
        if self.editing.word_id is not None:
            # Keys that the editor ignores are not meant for the boxes.
            event.ignore()
        elif key == Qt.Key.Key_Escape:
            event.setAccepted(self.cancel())
        elif key == Qt.Key.Key_F2:
            self.edit_current()
        elif key in _ARROWS:
            self._arrow(*_ARROWS[Qt.Key(key)], event.modifiers())
        elif key == Qt.Key.Key_Space:
            self._hold_space(True)
        elif key in _ENTER and self._tool is Tool.DRAW:
            self._draw_in_the_middle()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """End what was active while the key was held."""
        if not event.isAutoRepeat():
            self._let_go()
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """End what is active while a key is held, because its release will go elsewhere."""
        super().focusOutEvent(event)
        self._let_go()
        self._hold_space(False)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802  (Qt's name)
        """Move from word to word with Tab while a word is selected; otherwise from widget to widget."""
        if self.document.current is None:
            return super().focusNextPrevChild(forward)
        self.step_requested.emit(1 if forward else -1)
        return True

    def _pointer(self, event: QMouseEvent) -> Pointer:
        point = self.to_scene(event.position())
        return Pointer((point.x(), point.y()), event.position(), event.modifiers())

    def _hover(self, pointer: Pointer) -> None:
        shown = self.handles()
        handle = shown[1].at(pointer.screen) if shown else None
        found = gestures.under(self, pointer) if handle is None and self.document.page else []
        over = found[0] if found else None
        shape = Qt.CursorShape.ArrowCursor
        if handle is not None:
            shape = Qt.CursorShape.CrossCursor if handle is not Handle.TURN else Qt.CursorShape.PointingHandCursor
        elif self.document.writable and self.document.selection.intersection(found):
            shape = Qt.CursorShape.SizeAllCursor
        elif over:
            shape = Qt.CursorShape.PointingHandCursor
        self._set_cursor(shape)
        if over != self.sketch.hover:
            self.sketch.hover = over
            self.redraw()

    def _arrow(self, dx: float, dy: float, held: Qt.KeyboardModifier) -> None:
        step = _FAST if held & Qt.KeyboardModifier.ShiftModifier else commands.NUDGE
        if self.document.selection and self.may_change(self.document.selection):
            if self.corners.picked:
                self.corners.move(dx * step, dy * step)
            else:
                commands.nudge(self.document, dx * step, dy * step)
        elif not self.document.selection:
            self.pan_by(-dx * _SCROLL, -dy * _SCROLL)

    def _draw_in_the_middle(self) -> None:
        middle = self.to_scene(QRectF(self.viewport().rect()).center())
        across, down = (side / 2 / self.zoom for side in _NEW_BOX)
        page = self.document.page
        if page and self.may_change():
            left, top = gestures.on_photo(page, (middle.x() - across, middle.y() - down))
            right, bottom = gestures.on_photo(page, (middle.x() + across, middle.y() + down))
            gestures.draw(self, Quad.from_box(left, top, right, bottom))

    def _let_go(self) -> None:
        self._key_down = False
        self.looks.let_go()

    def _hold_space(self, held: bool) -> None:
        self._space = held
        if self._gesture is None:
            self._set_cursor(Qt.CursorShape.OpenHandCursor if held else tools.CURSORS[self._tool])

    def _drop_gesture(self) -> None:
        self._gesture = None
        self.sketch.clear()
        self._set_cursor(Qt.CursorShape.OpenHandCursor if self._space else tools.CURSORS[self._tool])
        self.redraw()

    def _set_cursor(self, shape: Qt.CursorShape) -> None:
        self.viewport().setCursor(shape)

    def _put_on_colours(self) -> None:
        super()._put_on_colours()
        if hasattr(self, "editing"):
            self.editing.panel.put_on_colours()

    def _on_editing(self) -> None:
        self.show_handles(self.editing.word_id is None)
