"""The bar that finds text on the open photo, marks the matches and steps through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QToolButton

from ocr_studio.core.search import matching
from ocr_studio.core.search.matching import Hit, MatchedSide
from ocr_studio.core.search.page_search import PageSearch
from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.search.highlights import FindMarks, Highlight
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Milliseconds after a change of the page until it is searched again.
_SOON: Final = 150
_WIDE: Final = 460
_AIR: Final = 12
# From this score on a word equals the query or begins with it.
_RIGHT: Final = 0.89


class FindBar(QFrame):
    """A search bar in the upper corner of the photo. Esc closes it.

    Signals:
        everywhere_wanted(str): Search all photos for this text.
        closed(): The bar was closed.
    """

    everywhere_wanted = Signal(str)
    closed = Signal()

    def __init__(self, document: Document, view: PhotoView, key_of: Callable[[str], str]) -> None:
        """Create the bar over the photo, hidden; ``key_of`` returns the key of an action, see ``ActionSet.key``."""
        super().__init__(view)
        self._document, self._view, self._key_of = document, view, key_of
        self._search: PageSearch | None = None
        self._marks: FindMarks | None = None
        self.hits: tuple[Hit, ...] = ()
        self.here = -1
        self._again = QTimer(self, singleShot=True, interval=_SOON)
        self._again.timeout.connect(self._update_hits)
        self.setObjectName("find-bar")
        self.setLayoutDirection(QApplication.layoutDirection())  # not the photo's
        self.setAccessibleName(tr("Find on this photo"))
        self.line = QLineEdit()
        self.line.setMaxLength(matching.LONGEST)
        self.line.setPlaceholderText(tr("Find on this photo"))
        self.line.setAccessibleName(tr("Text to find on this photo"))
        self.line.setClearButtonEnabled(True)
        self.count = PlainLabel()
        self.count.setProperty("quiet", True)
        self.back = _button(tr("Previous match"), "Shift+Enter", lambda: self.step(-1))
        self.next = _button(tr("Next match"), "Enter", lambda: self.step(1))
        self.everywhere = _button(tr("Find on all photos"), "", lambda: self.everywhere_wanted.emit(self.line.text()))
        self.closer = _button(tr("Close"), "Esc", self.leave)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 6, 5)
        layout.setSpacing(4)
        layout.addWidget(self.line, 1)
        for widget in (self.count, self.back, self.next, self.everywhere, self.closer):
            layout.addWidget(widget)
        self.line.textChanged.connect(lambda _: self._update_hits(first=True))
        self.line.installEventFilter(self)
        # Stored, as a view that is being destroyed no longer returns it.
        self._room = view.viewport()
        self._room.installEventFilter(self)
        document.opened.connect(self._open_other)
        view.document.opened.connect(self._show_marks)  # also when the board view is switched
        document.changed.connect(self._follow)
        self.retint()
        self.hide()

    def begin(self, text: str = "") -> None:
        """Show the bar with this text; by default with what was searched for last."""
        _name_key(self.everywhere, self._key_of("find_everywhere"))
        self._place()
        self.show()
        self.raise_()
        if text:
            self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus()
        self._update_hits(first=True)

    def leave(self) -> None:
        """Close the bar, select the current match and return the focus to the photo."""
        hit = self.hits[self.here] if 0 <= self.here < len(self.hits) else None
        self.hide()
        self._show_marks()
        if hit is not None:
            self._document.select([word.word_id for word in hit.words])
        self._view.setFocus()
        self.closed.emit()

    def step(self, by: int) -> None:
        """Move by this number of matches, wrapping around at the ends."""
        if self._again.isActive():
            self._update_hits()
        if self.hits:
            self.here = (self.here + by) % len(self.hits)
            self._show(go=True)

    def retint(self) -> None:
        """Use the colours of the current theme."""
        now = theme.colours()
        self.setStyleSheet(
            f"#find-bar {{ background: {now.surface}; border: 1px solid {now.line}; border-radius: 8px; }}"
        )
        icons = ("chevron-up", "chevron-down", "image-multiple-outline", "close")
        for button, icon in zip((self.back, self.next, self.everywhere, self.closer), icons, strict=True):
            button.setIcon(theme.icon(f"mdi6.{icon}"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Follow the size of the view, and handle the keys of the bar."""
        if watched is self._room and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(-1 if back else 1)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.step(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            return False
        return True

    def _place(self) -> None:
        room = self._room.geometry()
        width = min(_WIDE, room.width() - 2 * _AIR)
        self.setFixedWidth(max(120, width))
        self.adjustSize()
        right = self.layoutDirection() == Qt.LayoutDirection.LeftToRight
        self.move(room.right() - self.width() - _AIR if right else room.left() + _AIR, room.top() + _AIR)

    def _open_other(self) -> None:
        # The scene is cleared when another photo opens.
        self._search = None
        if self.isVisible():
            self._update_hits(first=True)

    def _follow(self, change: DocumentChange) -> None:
        if not change.here:
            return
        if self.isVisible():
            self._again.start()
        else:
            self._search = None

    def _update_hits(self, *, first: bool = False) -> None:
        """Search again. With ``first``, go to the first match; otherwise stay at the current one."""
        self._again.stop()
        was = self.hits[self.here] if 0 <= self.here < len(self.hits) else None
        page, query = self._document.page, self.line.text()
        if page is None or not self.isVisible() or not query.strip():
            self.hits, self.here = (), -1
        else:
            # Built for the current page; only the first query after a change pays for it.
            self._search = self._search if first and self._search else PageSearch(page)
            self.hits = self._in_order(self._search.find(query, typing=True))
            self.here = self._stay(was) if was and not first else 0 if self.hits else -1
        self._show(go=first)

    def _in_order(self, hits: list[Hit]) -> tuple[Hit, ...]:
        """Sort matches: exact ones, then those with typos, then alternatives; each in reading order."""
        places = {key: place for place, key in enumerate(self._document.order())}

        def key(hit: Hit) -> tuple[bool, bool, int]:
            return hit.side is MatchedSide.CHOICE, hit.score < _RIGHT, places.get(hit.words[0].word_id, 0)

        return tuple(sorted(hits, key=key))

    def _stay(self, was: Hit) -> int:
        here = [number for number, hit in enumerate(self.hits) if hit.words[0].word_id == was.words[0].word_id]
        return here[0] if here else min(self.here, len(self.hits) - 1)

    def _show(self, *, go: bool) -> None:
        found = len(self.hits)
        if not self.line.text().strip():
            said = ""
        elif not found:
            said = tr("No results")
        else:
            said = tr("{number} of {total}", number=self.here + 1, total=found)
            if self.hits[self.here].side is MatchedSide.CHOICE:
                said = tr("{number} of {total}, alternative", number=self.here + 1, total=found)
        self.count.setText(said)
        for button in (self.back, self.next):
            button.setEnabled(found > 0)
        self._show_marks()
        if go and found:
            self._bring_near(self.hits[self.here])

    def _show_marks(self) -> None:
        hits = self.hits if self.isVisible() else ()
        if self._marks is None and not hits:
            return
        if self._marks is None:
            self._marks = FindMarks()
            self._view.scene().addItem(self._marks)
        placed = self._view.document.placed
        marks = [
            Highlight(tuple(placed(word.quad) for word in hit.words), hit.side is MatchedSide.CHOICE) for hit in hits
        ]
        self._marks.show_marks(marks, self.here, self._view.sceneRect())

    def _bring_near(self, hit: Hit) -> None:
        for word in reversed(hit.words):
            self._view.show_word(word.word_id)
        self._view.make_readable(hit.words[0].word_id)


def _button(name: str, key: str, do: object) -> QToolButton:
    button = QToolButton()
    button.setAccessibleName(name)
    _name_key(button, labels.key(key))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(do)
    return button


def _name_key(button: QToolButton, key: str) -> None:
    """Name the key of a button, as this system writes it, in its tooltip."""
    name = button.accessibleName()
    button.setToolTip(labels.tooltip(f"{name} ({key})" if key else name))
