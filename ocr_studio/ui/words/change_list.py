"""The list from which the user selects changes to many words, and applies them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QMenu,
    QProgressBar,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.editing.changes import Change
from ocr_studio.core.page import StepName
from ocr_studio.core.translation import tr
from ocr_studio.ui.document.apply_choices import Applied, Applying
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.elided_label import KeyHints
from ocr_studio.ui.widgets.form_fields import ButtonRow
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import RowsInSight, ShortTextDelegate
from ocr_studio.ui.words.change_model import AFTER, BEFORE, REASON, WORD, ChangeModel, Right
from ocr_studio.ui.words.word_pictures import SIZE, WordPictures

# Photos are expanded up to this number of words; with more, the window would freeze briefly at each new photo.
_MOST_OPEN: Final = 300
_KEY, _MODIFIER = Qt.Key, Qt.KeyboardModifier


@dataclass(frozen=True, slots=True)
class ListTexts:
    """What a feature says in its list of changes.

    Attributes:
        name: Name of the list for screen readers.
        titles: Titles of the columns of the current text, the new text and the reason; "" for no reason.
        button: Returns the text of the button that applies this number of words.
        step: Returns the name of the undo step for numbers of words and photos.
    """

    name: str
    titles: tuple[str, str, str]
    button: Callable[[int], str]
    step: Callable[[int, int], StepName]


class ChangeTree(RowsInSight, QTreeView):
    """The changes by photo.

    Signals:
        entered(): Return was pressed.
        shown(Change): The user wants to see this word on its photo.
    """

    entered = Signal()
    shown = Signal(object)

    def __init__(self, texts: ListTexts, pictures: WordPictures, *, by_photo: bool, right: Right | None) -> None:
        super().__init__()
        self._by_photo, self._open = by_photo, 0
        self.changes = ChangeModel([title for title in texts.titles if title], pictures, self, right=right)
        self.setModel(self.changes)
        self.setItemDelegate(ShortTextDelegate(self))
        self.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.setAccessibleName(texts.name)
        self.setIconSize(SIZE)
        self.setUniformRowHeights(True)  # otherwise Qt loads every image
        self.setAllColumnsShowFocus(True)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setRootIsDecorated(by_photo)
        self.setIndentation(14)
        self._set_columns()
        self.changes.modelReset.connect(self._open_anew)
        self.changes.rowsInserted.connect(lambda _, first, last: self._open_photos(first, last))
        self.doubleClicked.connect(self.show_word)

    def _set_columns(self) -> None:
        header, mode = self.header(), QHeaderView.ResizeMode
        header.setStretchLastSection(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(56)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        marked = self.changes.columnCount() > REASON and self.changes.right is not None
        for column in (BEFORE, AFTER, *([REASON] if marked else [])):
            header.setSectionResizeMode(column, mode.Stretch)
        header.setSectionResizeMode(WORD, mode.Interactive)
        if self.changes.columnCount() > REASON and not marked:
            # ResizeToContents would measure all words again at each new photo.
            header.setSectionResizeMode(REASON, mode.Interactive)
            header.resizeSection(REASON, self.fontMetrics().horizontalAdvance(self.changes.titles[REASON]) + 24)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave room for the texts in a narrow list."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            whole = SIZE.width() + (64 if self._by_photo else 46)
            share = 0.42 if self.changes.columnCount() <= REASON else 0.34
            self.header().resizeSection(WORD, min(whole, round(share * event.size().width())))

    def select_first(self) -> None:
        """Make the first word the current one."""
        photo = self.changes.index(0, 0)
        self.setCurrentIndex(self.changes.index(0, 0, photo))

    def current(self) -> Change | None:
        """The change in the current row."""
        return self.changes.change(self.currentIndex())

    def turn_selected(self) -> None:
        """Tick the rows that are marked, or untick them."""
        marked = self.selectionModel().selectedRows() or [self.currentIndex()]
        changes = [each for index in marked for each in self.changes.meant(index)]
        if changes:
            current = self.changes.meant(self.currentIndex()) if self.currentIndex().isValid() else changes
            on = any(each.selected is not None and not self.changes.is_ticked(each) for each in current)
            self.changes.tick(changes, on=on)

    def turn_photo(self) -> None:
        """Tick all changes of the current photo, or untick them."""
        self.changes.turn(self.changes.of(self.currentIndex()))

    def turn_equal(self) -> None:
        """Tick all changes that are equal to the current one, or untick them."""
        self.changes.turn(self.changes.equal(self.current()))

    def turn_all(self) -> None:
        """Tick all changes, or untick them."""
        self.changes.turn(self.changes.changes)

    def show_word(self, index: QModelIndex) -> None:
        """Ask to see a word on its photo."""
        if change := self.changes.change(index):
            self.shown.emit(change)

    def event(self, event: QEvent) -> bool:
        """Claim the keys that are also shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._does(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Space ticks, Return applies; see ``_does``. Held down, a key does so once."""
        do = self._does(event)
        if do is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            do()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        """Offer to tick more than one row."""
        if self.currentIndex().isValid():
            menu = QMenu(self)
            menu.addAction(tr("Select or deselect all words of this photo"), self.turn_photo)
            if self.current():
                menu.addAction(tr("Select or deselect all words with the same change"), self.turn_equal)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            place = event.globalPos()
            menu.popup(QPoint(place.x(), place.y()))

    def _does(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does here; None if that is left to Qt."""
        key, held = event.key(), event.modifiers() & ~_MODIFIER.KeypadModifier
        if key in (_KEY.Key_Return, _KEY.Key_Enter):
            if held == _MODIFIER.ControlModifier:
                return lambda: self.show_word(self.currentIndex())
            return self.entered.emit if held == _MODIFIER.NoModifier else None
        return {
            (_KEY.Key_Space, _MODIFIER.NoModifier): self.turn_selected,
            (_KEY.Key_Space, _MODIFIER.ShiftModifier): self.turn_photo,
            (_KEY.Key_A, _MODIFIER.ControlModifier): self.turn_all,
            (_KEY.Key_A, _MODIFIER.ControlModifier | _MODIFIER.ShiftModifier): self.turn_equal,
        }.get((Qt.Key(key), held))

    def _open_anew(self) -> None:
        self._open = 0
        self._open_photos(0, len(self.changes.pages) - 1)

    def _open_photos(self, first: int, last: int) -> None:
        if not self._by_photo:
            self.setRootIndex(self.changes.index(0, 0))
            return
        for number in range(first, last + 1):
            self._open += len(self.changes.pages[number])
            self.setFirstColumnSpanned(number, QModelIndex(), True)
            self.setExpanded(self.changes.index(number, 0), self._open <= _MOST_OPEN)


class ChangeList(QWidget):
    """The changes with their ticks, buttons that tick many, and the way to apply them.

    Attributes:
        tree: The changes.
        apply: The button that applies the selected ones, for the host to lay out. While they are applied, it stops.
        hint: A line below the list, hidden at first.
        row: The buttons below the list.

    Signals:
        started(): Changes are about to be applied.
        progressed(done, total): Applying has finished so many photos.
        applied(Applied): It has ended.
    """

    started = Signal()
    progressed = Signal(int, int)
    applied = Signal(object)

    def __init__(
        self,
        document: Document,
        pictures: WordPictures,
        texts: ListTexts,
        *,
        by_photo: bool = True,
        right: Right | None = None,
        enter: Callable[[], object] | None = None,
    ) -> None:
        """Create an empty list.

        Args:
            document: The open photo, through which changes are applied.
            pictures: The images of the words.
            texts: What the feature says.
            by_photo: Whether there can be several photos, so that each has a row.
            right: Says whether the new text and the reason's text are right, to mark them.
            enter: What Return does in the list; by default, it applies the selected changes.
        """
        super().__init__()
        self._document, self._texts = document, texts
        self._applying: Applying | None = None
        self._applied: frozenset[Change] = frozenset()
        self._pressed = QElapsedTimer()
        self.tree = ChangeTree(texts, pictures, by_photo=by_photo, right=right)
        self.tree.entered.connect(enter or (lambda: None if self.busy else self._press()))
        self.changes = self.tree.changes
        self.apply = QPushButton()
        self.apply.setProperty("primary", True)
        self.apply.clicked.connect(self._press)
        self.count, self.hint = PlainLabel(), KeyHints()
        self.hint.hide()
        for label in (self.count, self.hint):
            label.setProperty("quiet", True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        self.every = _button(tr("Select all"), tr("Select or deselect all words"), "Ctrl+A")
        self.none = _button(tr("Select none"), tr("Select or deselect all words"), "Ctrl+A")
        self.photo = _button(tr("This photo"), tr("Select or deselect all words of this photo"), "Shift+Space")
        self.equal = _button(
            tr("Equal changes"), tr("Select or deselect all words with the same change"), "Ctrl+Shift+A"
        )
        self._rarely = (self.photo, self.equal) if by_photo else (self.equal,)
        self.photo.setVisible(by_photo)
        self._connect()
        row = self.row = ButtonRow()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.hint)
        layout.addLayout(row)
        for widget in (self.every, self.none, self.photo, self.equal, self.bar, self.count):
            row.add(widget, at_end=widget in (self.bar, self.count))
        self.setFocusProxy(self.tree)
        self._offer()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Hide the buttons for which there is no room; there are keys and a menu, too."""
        super().resizeEvent(event)
        roomy, layout = self.width() >= self._room(self._rarely), self.layout()
        if any(button.isHidden() is roomy for button in self._rarely):
            for button in self._rarely:
                button.setVisible(roomy)
            if layout is not None:
                layout.activate()  # Qt may leave the others where they were beside these

    def _room(self, rarely: Sequence[QWidget]) -> int:
        """The width that the row of buttons needs."""
        widgets = (self.every, self.none, *rarely, self.count)
        return sum(each.sizeHint().width() + self.row.spacing() for each in widgets)

    def show_changes(self, changes: Iterable[Change], *, forget: bool = False) -> None:
        """Show these changes instead of others, without those that were just applied. The user's ticks stay.

        Args:
            changes: The changes.
            forget: Whether to forget the ticks of words that are not among them.
        """
        self.changes.show((each for each in changes if each not in self._applied), forget=forget)

    @property
    def busy(self) -> bool:
        """Whether changes are being applied."""
        return self._applying is not None

    def ignore_second_press(self) -> None:
        """Ignore presses of the button for a moment: they are the second half of a double click."""
        self._pressed.start()

    def stop(self) -> None:
        """Stop applying the changes."""
        if self._applying is not None:
            self._applying.cancel()

    def _press(self) -> None:
        """Apply the selected changes; if that is under way, stop it."""
        if self._pressed.isValid() and self._pressed.elapsed() < QApplication.doubleClickInterval():
            return
        if self.busy:
            self.stop()
        elif self.apply.isEnabled():
            self.ignore_second_press()
            self.start(self.changes.chosen())

    def start(self, changes: list[Change]) -> None:
        """Apply these changes."""
        self.started.emit()
        self._applying = Applying(self._document, changes, self._texts.step, self)
        self._applying.progressed.connect(self._show_progress)
        self._applying.ended.connect(self._end)
        self._applying.start()
        self._offer()

    def _connect(self) -> None:
        self.every.clicked.connect(lambda: self.changes.tick(self.changes.changes, on=True))
        self.none.clicked.connect(lambda: self.changes.tick(self.changes.changes, on=False))
        self.photo.clicked.connect(self.tree.turn_photo)
        self.equal.clicked.connect(self.tree.turn_equal)
        self.changes.ticked.connect(self._offer)
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._offer())
        self._document.changed.connect(self._forget_applied)

    def _offer(self) -> None:
        number, able = sum(each.visible for each in self.changes.chosen()), self.changes.selectable
        self.count.setText(tr("{number} of {total} selected", number=number, total=able))
        self.apply.setText(tr("Stop") if self.busy else self._texts.button(number))
        self.apply.setEnabled(self.busy or (number > 0 and self._document.writable))
        self.every.setEnabled(able > number)
        self.none.setEnabled(number > 0)
        self.photo.setEnabled(self.tree.currentIndex().isValid())
        self.equal.setEnabled(self.tree.current() is not None)

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setVisible(done < total)
        self.progressed.emit(done, total)

    def _end(self, applied: Applied) -> None:
        if self._applying is not None:
            self._applying.deleteLater()
        self._applying = None
        self._applied = frozenset(applied.changes)
        self.show_changes(self.changes.changes)
        self.bar.hide()
        self._offer()
        self.applied.emit(applied)

    def _forget_applied(self) -> None:
        # After Undo they can be applied again.
        if not self.busy:
            self._applied = frozenset()


def _button(text: str, tip: str, key: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(labels.tooltip(f"{tip} ({labels.key(key)})"))
    button.setProperty("flat", True)
    button.setAutoDefault(False)
    return button
