"""The status bar: a hint on the current tool, the progress of reading, and whether everything is saved."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QProgressBar, QStatusBar, QStyle, QStyleOption, QToolButton

from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.plain_label import PlainLabel

# How long a message is shown.
_SAID_MS = 6000
# Screen pixels: the least width of the bar, of the hint in it, and the distance between two parts.
_LEAST, _HINT, _GAP = 240, 160, 6


class Status(QStatusBar):
    """The status bar: a hint on the left, progress and saving on the right.

    Signals: ``stop_requested()`` the user wants to stop reading; ``sharing_clicked()`` and to see what is shared.
    """

    stop_requested = Signal()
    sharing_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._hint = ElidedLabel()
        self._hint.setAccessibleName(tr("Hint"))
        self._doing = PlainLabel()
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(140)
        self._bar.setAccessibleName(tr("Reading progress"))
        self._stop = QToolButton()
        self._stop.setText(tr("Stop"))
        self._stop.setToolTip(tr("Stop reading; words read so far are kept"))
        self._stop.clicked.connect(self.stop_requested)
        self._sharing = QToolButton()
        self._sharing.setText(tr("Shared"))
        self._sharing.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._sharing.clicked.connect(self.sharing_clicked)
        self._words, self._photos = PlainLabel(), PlainLabel()
        self._photos.setAccessibleName(tr("Photos checked"))
        self._zoom = PlainLabel()
        self._kept_icon, self._kept = PlainLabel(), PlainLabel()
        self._kept.setAccessibleName(tr("Saving"))
        self._kept_state = ("", "")
        self.addWidget(self._hint, 1)
        self._at_end = (
            self._doing, self._bar, self._stop, self._sharing, self._photos, self._words, self._zoom,
            self._kept_icon, self._kept,
        )  # fmt: skip
        for widget in self._at_end:
            self.addPermanentWidget(widget)
        self.messageChanged.connect(lambda text: self.setToolTip(labels.tooltip(text)))
        for label in (self._hint, self._doing, self._photos, self._words, self._zoom, self._kept):
            label.setProperty("quiet", True)
            label.setContentsMargins(6, 3, 6, 3)
        for label in (self._photos, self._words, self._zoom, self._kept_icon):
            label.setProperty("part", True)  # separated from the one before
        self.setMinimumWidth(_LEAST)  # otherwise all parts together would be the least width of the window
        self.setContentsMargins(*((12, 0, 0, 0) if self.isRightToLeft() else (0, 0, 12, 0)))
        self.reading_stopped()
        self.show_sharing("")

    @property
    def shown_message(self) -> str:
        """The visible part of the message."""
        return labels.elided(self.fontMetrics(), self.currentMessage(), self._message_place().width())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Elide a message for which there is no room; Qt would cut it off."""
        shown = self.shown_message
        if shown == self.currentMessage():
            super().paintEvent(event)
            return
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option, painter, self)
        painter.setPen(self.palette().windowText().color())
        leading = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        painter.drawText(self._message_place(), leading | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    def _message_place(self) -> QRect:
        """Where a message is shown: beside what is at the end."""
        ends = [QStyle.visualRect(self.layoutDirection(), self.rect(), each.geometry()) for each in self._at_end
                if each.isVisible()]  # fmt: skip
        right = min((each.left() for each in ends), default=self.width())
        place = QRect(_GAP, 0, max(0, right - 2 * _GAP - _GAP), self.height())
        return QStyle.visualRect(self.layoutDirection(), self.rect(), place)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave out what is said elsewhere, too, rather than cutting texts in a narrow window."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Keep the hint hidden behind a message: Qt shows it again when the height changes, as with another density."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.currentMessage():
            QTimer.singleShot(0, self, self.hideOrShow)
        return handled

    def _fit(self) -> None:
        room = (
            self.width() - _HINT - (self._sharing.sizeHint().width() + _GAP if self._sharing.isVisibleTo(self) else 0)
        )
        for label in (self._kept_icon, self._kept, self._words, self._photos, self._zoom):
            room -= label.sizeHint().width() + _GAP if label is self._kept_icon or label.text() else 0
            label.setVisible(label is self._kept_icon or (bool(label.text()) and room >= 0))

    def show_hint(self, text: str) -> None:
        """Show what the mouse and the keys do now."""
        self._hint.setText(text)
        self._hint.setToolTip(labels.tooltip(text))

    def say(self, text: str) -> None:
        """Show a message for a few seconds."""
        self.showMessage(text, _SAID_MS)

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Show the progress of reading. A total of 0 means that it is unknown."""
        self._doing.setText(text)
        # Qt paints a progress bar at once, and with it all else that has changed in the window: twice for each change.
        self._bar.setUpdatesEnabled(False)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.setUpdatesEnabled(True)
        for widget in (self._doing, self._bar, self._stop):
            widget.show()

    def reading_stopped(self) -> None:
        """Hide the progress of reading."""
        for widget in (self._doing, self._bar, self._stop):
            widget.hide()

    def show_sharing(self, address: str) -> None:
        """Show that the service can be used from other devices. address: of its page; empty if it doesn't run."""
        self._sharing.setVisible(bool(address))
        self._sharing.setIcon(theme.icon("mdi6.lan-connect"))
        tip = tr("Other devices can send photos to {address}. Click to stop that.", address=address.partition("#")[0])
        self._sharing.setToolTip(labels.tooltip(tip))
        self._fit()

    def show_words(self, words: int, checked: int) -> None:
        """Show the number of words and how many of them are checked."""
        said = tr_n("{checked} of {count} word checked", "{checked} of {count} words checked", words, checked=checked)
        self._words.setText(said if words else "")
        self._fit()

    def show_photos(self, reviewed: int, total: int) -> None:
        """Show how many photos of the folder are checked."""
        said = tr("{reviewed} of {total} photos checked", reviewed=reviewed, total=total)
        self._photos.setText(said if total > 1 else "")
        self._fit()

    def show_zoom(self, percent: float) -> None:
        """Show the zoom in percent."""
        self._zoom.setText(tr("Zoom {percent}%", percent=f"{percent:.0f}") if percent else "")
        self._fit()

    def show_kept(self, text: str, icon: str = "mdi6.check", role: str = "quiet") -> None:
        """Show the state of saving."""
        self._kept_state = (icon, role)
        self._kept.setText(text)
        self._kept.setToolTip(labels.tooltip(text))
        self._kept_icon.setPixmap(theme.icon(icon, role=role).pixmap(16, 16))
        self._fit()

    def saved(self) -> None:
        """Show that everything is saved."""
        self.show_kept(tr("Saved"))

    def saving(self) -> None:
        """Show that something is being saved."""
        self.show_kept(tr("Saving…"), "mdi6.dots-horizontal")

    def not_saved(self, why: str) -> None:
        """Show that saving failed, and why as a tooltip."""
        self.show_kept(tr("Not saved"), "mdi6.alert-outline", "warning")
        self._kept.setToolTip(labels.tooltip(why))

    def read_only(self) -> None:
        """Show that the photo is read-only."""
        self.show_kept(tr("Read-only"), "mdi6.lock-outline")

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self._sharing.setIcon(theme.icon("mdi6.lan-connect"))
        if self._kept_state[0]:
            self.show_kept(self._kept.text(), *self._kept_state)
