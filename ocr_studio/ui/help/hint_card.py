"""A small card over the photo that shows a hint without taking the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent, QHideEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

_MARGIN, _WIDEST = 18, 460
# Milliseconds after which a hint goes by itself, unless the mouse is over it; one with an offer stays longer.
_GOES_MS, _OFFERED_MS = 15_000, 40_000


class HintCard(QFrame):
    """A card with a hint at the lower edge of a widget. Signals: ``closed()`` by a click, or by itself."""

    closed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("hint")
        self.setLayoutDirection(QApplication.layoutDirection())  # not the photo's
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        self._picture = PlainLabel()
        self.close_button = QToolButton()
        self.close_button.setAccessibleName(tr("Close hint"))
        self.close_button.clicked.connect(self.closed)
        self.button = QPushButton()
        self.button.setProperty("primary", True)
        # The focus stays where it is; the hint has a shortcut of its own.
        for each in (self.close_button, self.button):
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self._do)
        self._then: Callable[[], object] | None = None
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 10, 12)
        layout.addLayout(row)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        self._goes = QTimer(self, singleShot=True, interval=_GOES_MS)
        self._goes.timeout.connect(self.closed)
        over.installEventFilter(self)
        self.hide()

    def show_text(
        self,
        text: str,
        *,
        key: str,
        offer: tuple[str, Callable[[], object]] | None = None,
        stays: int | None = None,
    ) -> None:
        """Show a hint.

        Args:
            text: The hint.
            key: The key that closes it, or "".
            offer: Text and action of a button.
            stays: Milliseconds after which it goes by itself; by default as long as it takes to read.
        """
        self.text.setText(text)
        self.setAccessibleName(text)
        self.close_button.setToolTip(labels.tooltip(tr("Close ({key})", key=key)) if key else tr("Close"))
        self.button.setVisible(offer is not None)
        if offer is not None:
            self.button.setText(offer[0])
        self._then = offer[1] if offer else None
        self._goes.start(stays if stays is not None else _OFFERED_MS if offer else _GOES_MS)
        self.retint()
        self.show()
        self._place()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Stay while it is being read."""
        super().enterEvent(event)
        self._goes.stop()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Go by itself after a while."""
        super().leaveEvent(event)
        self._goes.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Forget the time."""
        super().hideEvent(event)
        self._goes.stop()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self._picture.setPixmap(theme.icon("mdi6.lightbulb-on-outline", role="accent").pixmap(22, 22))
        self.close_button.setIcon(theme.icon("mdi6.close"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Keep the card at the edge."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _do(self) -> None:
        then = self._then
        self.closed.emit()
        if then is not None:
            then()

    def _place(self) -> None:
        # Otherwise the card would keep the height of the text before.
        if (layout := self.layout()) is not None:
            layout.activate()
        width = min(_WIDEST, max(200, self._over.width() - 2 * _MARGIN))
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry(_MARGIN, self._over.height() - height - _MARGIN, width, height)
