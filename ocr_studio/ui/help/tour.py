"""The tour for new users: five steps, each in a bubble beside the part of the window that it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.style import design, labels
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Pixels: from the bubble to what it is about, from that to its frame, and widths of the bubble that are tried.
_GAP: Final = 10
_FRAME: Final = 3
_WIDTHS: Final = (360, 300, 240)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the tour.

    Attributes:
        title: Its title.
        text: Its text.
        about: Returns where in the window the part is that it is about; an empty rectangle if it is not in sight.
    """

    title: str
    text: str
    about: Callable[[], QRect]


class TourBubble(QFrame):
    """A bubble in a window, and a frame around what it is about.

    Signals: ``advanced()`` Next was pressed; ``skipped()`` Skip or Esc was pressed.
    """

    advanced = Signal()
    skipped = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("hint")
        self.frame = QFrame(window)
        self.frame.setObjectName("tour-frame")
        self.frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.title, self.text, self._number = PlainLabel(), PlainLabel(), PlainLabel()
        design.set_size(self.title, design.HEADLINE, bold=True)
        self._number.setProperty("quiet", True)
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.skip, self.next = QPushButton(tr("Skip tour")), QPushButton()
        self.skip.clicked.connect(self.skipped)
        self.next.clicked.connect(self.advanced)
        self.next.setProperty("primary", True)
        row = QHBoxLayout()
        row.setSpacing(design.NEAR)
        row.addWidget(self._number, 1)
        for button in (self.skip, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where it is
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.APART, design.EDGE, design.APART, design.EDGE)
        layout.setSpacing(design.NEAR)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addSpacing(design.TIGHT)
        layout.addLayout(row)
        self.frame.hide()
        self.hide()

    def show_step(self, step: Step, number: int, count: int, *, key: str) -> None:
        """Show a step.

        Args:
            step: The step.
            number: Its number, from 1.
            count: How many there are.
            key: The key that skips the tour from everywhere, or "".
        """
        last = number == count
        self.title.setText(step.title)
        self.text.setText(step.text)
        self._number.setText(tr("{number} of {total}", number=number, total=count))
        self.next.setText(tr("Done") if last else tr("Next"))
        if last and self.skip.hasFocus():
            self.next.setFocus()
        self.skip.setVisible(not last)
        self.skip.setToolTip(labels.tooltip(tr("Skip tour ({key})", key=key)) if key else "")
        said = tr("Tour, step {number} of {total}: {title}. {text}", number=number, total=count, title=step.title,
                  text=step.text)  # fmt: skip
        self.setAccessibleName(said)
        self.next.setAccessibleDescription(said)
        self.place_beside(step.about())
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def place_beside(self, target: QRect) -> None:
        """Move beside a part of the window, without covering it where there is room; without one, to the middle."""
        area = self._window.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        if (layout := self.layout()) is not None:
            layout.activate()
        sizes = [QSize(width, max(self.heightForWidth(width), self.minimumSizeHint().height())) for width in _WIDTHS]
        places = (_free_place(target, area, size) for size in sizes)
        # Where there is no room beside it, a lower corner covers the least of it.
        corner = QRect(QPoint(area.left(), area.bottom() + 1 - sizes[0].height()), sizes[0])
        self.setGeometry(next(filter(None, places), corner))
        self.frame.setGeometry(target.adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME) & self._window.rect())
        self.frame.setVisible(not target.isEmpty())
        self.frame.stackUnder(self)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  (Qt's name)
        """Hide the frame, too."""
        super().hideEvent(event)
        self.frame.hide()

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Esc from the shortcuts of the window while the focus is here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc skips the tour, Enter presses the focused button."""
        if event.key() == Qt.Key.Key_Escape:
            self.skipped.emit()
        elif _is_ours(event):
            (self.skip if self.skip.hasFocus() else self.next).click()
        else:
            super().keyPressEvent(event)


class Tour(QObject):
    """Leads through the steps of the tour.

    Attributes:
        view: The photo.
        bubble: Shows the steps, once the tour was begun.

    Signals: ``changed()`` it began or ended.
    """

    changed = Signal()

    def __init__(self, window: QWidget, view: QWidget, actions: ActionSet, *, tab: Callable[[str], QRect]) -> None:
        """Show nothing yet.

        Args:
            window: The window.
            view: The photo, in the window.
            actions: The actions that the steps name; some have buttons in the window.
            tab: Returns where in the window the tab of a panel is, by the panel's object name.
        """
        super().__init__(window)
        self.view = view
        self._window, self._actions, self._tab = window, actions, tab
        self._steps: tuple[Step, ...] = ()
        self._here = 0
        self._before: QWidget | None = None
        self.bubble: TourBubble | None = None
        # Later, as the toolbar and the panels move after the window has its new size.
        self._moves = QTimer(self, singleShot=True, interval=0)
        self._moves.timeout.connect(self._place)

    @property
    def step(self) -> Step | None:
        """The step that is shown."""
        return self._steps[self._here] if self._steps else None

    def start(self, *, focus: bool) -> None:
        """Begin with the first step; with ``focus``, the keys go to the bubble."""
        if self.bubble is None:
            self.bubble = TourBubble(self._window)
            self.bubble.advanced.connect(self.advance)
            self.bubble.skipped.connect(self.end)
            for each in (self._window, self.view):
                each.installEventFilter(self)
        self._steps, self._here = self._make_steps(), 0
        self._show(self.bubble)
        if focus:
            self._before = self._window.focusWidget()
            self.bubble.next.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def advance(self) -> None:
        """Show the next step; after the last one, end."""
        if self.bubble is not None and self._here + 1 < len(self._steps):
            self._here += 1
            self._show(self.bubble)
        else:
            self.end()

    def end(self) -> None:
        """End the tour, and return the focus to where it was."""
        if self.bubble is None or not self._steps:
            return
        focused = self._window.focusWidget()
        inside = self.bubble.isAncestorOf(focused)
        self._steps = ()
        self.bubble.hide()
        if inside:
            before = self._before
            back = before if before is not None and shiboken6.isValid(before) and before.isVisible() else self.view
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Stay beside what a step is about when the parts of the window change their sizes."""
        if self._steps and event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._moves.start()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        if self.bubble is not None and self.step is not None:
            self.bubble.place_beside(self.step.about())

    def _show(self, bubble: TourBubble) -> None:
        key = self._actions.key("close_hint")
        bubble.show_step(self._steps[self._here], self._here + 1, len(self._steps), key=key)

    def _make_steps(self) -> tuple[Step, ...]:
        name = self._actions.name_with_key
        return (
            Step(
                tr("Open photos"),
                tr("Choose “{open}”, or drop photos and folders anywhere on the window. Your changes are saved as you"
                   " go.", open=name("open")),
                lambda: self._button("open"),
            ),
            Step(
                tr("Correct a word"),
                tr("Each word has a box, whose colour and line show how certain the text is. Double-click a word to"
                   " correct it, or just start typing in the list of words. “{confirm}” marks a word as checked.",
                   confirm=name("accept_next")),
                lambda: self._rectangle(self.view),
            ),
            Step(
                tr("Review many words"),
                tr("“{review}” shows the words that need checking one by one, as large images.",
                   review=name("review")),
                lambda: self._tab("review"),
            ),
            Step(
                tr("Teach it your handwriting"),
                tr("After ten or more corrections, choose “{train}”. You compare the new model with the old one, then"
                   " keep or discard it.", train=name("learn")),
                lambda: self._tab("learning"),
            ),
            Step(
                tr("Search and export"),
                tr("“{find}” searches all photos of the folder. “{copy}” copies the text, and “{export}” saves it in"
                   " the format you need. To take this tour again, open the Help menu.",
                   find=name("find_everywhere"), copy=name("copy_all"), export=name("export")),
                lambda: self._tab("find"),
            ),
        )  # fmt: skip

    def _button(self, action_id: str) -> QRect:
        """Where the button of an action in the toolbar is."""
        action = self._actions[action_id]
        buttons = (each for each in self._window.findChildren(QToolButton) if each.defaultAction() is action)
        return self._rectangle(next(buttons, None))

    def _rectangle(self, part: QWidget | None) -> QRect:
        """Where a part of the window is."""
        if part is None or not part.isVisible() or part.window() is not self._window:
            return QRect()
        return QRect(part.mapTo(self._window, QPoint()), part.size())


def _free_place(target: QRect, area: QRect, size: QSize) -> QRect | None:
    """Find a place in an area, right, left, below or above of a target, that doesn't overlap it."""
    # The last ones at which it is still in the area.
    last = area.bottomRight() + QPoint(1 - size.width(), 1 - size.height())
    if target.isEmpty():
        return QRect(QPoint((area.left() + last.x()) // 2, last.y()), size)
    x = max(area.left(), min(target.left(), last.x()))
    y = max(area.top(), min(target.center().y() - size.height() // 2, last.y()))
    beside = [QPoint(target.right() + 1 + _GAP, y), QPoint(target.left() - _GAP - size.width(), y)]
    over = [QPoint(x, target.bottom() + 1 + _GAP), QPoint(x, target.top() - _GAP - size.height())]
    corners = [*over, *beside] if target.height() < size.height() else [*beside, *over]
    return next((place for corner in corners if area.contains(place := QRect(corner, size))), None)


def _is_ours(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
        event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    )
