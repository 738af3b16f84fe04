"""Messages above the photo: never modal, with details where there are some, the same one never twice."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import theme
from ocr_studio.ui.widgets.plain_label import PlainLabel


class Severity(StrEnum):
    """How bad it is; each has its own icon, as colour alone says nothing to some."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_ICONS = {
    Severity.INFO: "mdi6.information-outline",
    Severity.WARNING: "mdi6.alert-outline",
    Severity.ERROR: "mdi6.alert-circle-outline",
}
_WORDS = {Severity.INFO: later("Note"), Severity.WARNING: later("Warning"), Severity.ERROR: later("Error")}
# More would push the photo off the screen; the oldest goes.
_MOST = 3


class MessageBar(QWidget):
    """A pile of at most three messages, newest last. Each stays until it is closed or withdrawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Messages"))
        self._messages: dict[str, _Message] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.hide()

    def show_message(
        self,
        text: str,
        severity: Severity = Severity.ERROR,
        *,
        details: str = "",
        key: str = "",
        offer: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Show one line. key: takes the place of an earlier message with this key; by default its own text. offer: what
        a button in it says and does; the message goes with it.
        """
        self.withdraw(key or text)
        while len(self._messages) >= _MOST:
            self.withdraw(next(iter(self._messages)))
        message = _Message(text, severity, details)
        message.closed.clicked.connect(lambda: self.withdraw(key or text))
        if offer is not None:
            button = message.add_offer(offer[0])
            button.clicked.connect(lambda: self.withdraw(key or text))
            button.clicked.connect(lambda _=False, do=offer[1]: do())
        self._messages[key or text] = message
        layout = self.layout()
        assert layout is not None
        layout.addWidget(message)
        self.show()

    def withdraw(self, key: str) -> None:
        """Take away the message with this key, as what it said is over."""
        message = self._messages.pop(key, None)
        if message is not None:
            message.hide()
            message.setParent(None)
            message.deleteLater()
            self.setVisible(bool(self._messages))

    def retint(self) -> None:
        """Take over the colours of another theme."""
        for message in self._messages.values():
            message.retint()

    def texts(self) -> list[str]:
        """What is shown now, oldest first."""
        return [message.text for message in self._messages.values()]


class _Message(QFrame):
    def __init__(self, text: str, severity: Severity, details: str) -> None:
        super().__init__()
        self.text = text
        self._severity = severity
        self.setObjectName(f"message-{severity}")
        self.setProperty("message", str(severity))
        icon = self._icon = PlainLabel()
        icon.setAccessibleName(tr(_WORDS[severity]))
        label = PlainLabel(text)
        label.setWordWrap(True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        label.setAccessibleName(f"{tr(_WORDS[severity])}: {text}")
        self.closed = QToolButton()
        self.closed.setAccessibleName(tr("Close this message"))
        self.closed.setToolTip(tr("Close this message"))
        row = self._row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(icon)
        row.addWidget(label, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addLayout(row)
        if details:
            self._add_details(row, layout, details)
        row.addWidget(self.closed)
        self.retint()

    def retint(self) -> None:
        """Take over the colours of another theme."""
        self._icon.setPixmap(theme.icon(_ICONS[self._severity], role=self._severity).pixmap(20, 20))
        self.closed.setIcon(theme.icon("mdi6.close"))

    def add_offer(self, text: str) -> QPushButton:
        """A button before the one that closes."""
        button = QPushButton(text)
        self._row.insertWidget(self._row.count() - 1, button)
        return button

    def _add_details(self, row: QHBoxLayout, layout: QVBoxLayout, details: str) -> None:
        text = QPlainTextEdit(details, readOnly=True)
        text.setAccessibleName(tr("Details"))
        text.setMaximumHeight(180)
        text.hide()
        button = QToolButton()
        button.setText(tr("Details"))
        button.setCheckable(True)
        button.toggled.connect(text.setVisible)
        row.addWidget(button)
        copy = QToolButton()
        copy.setText(tr("Copy"))
        copy.setAccessibleName(tr("Copy the details"))
        copy.setToolTip(tr("Copy the details, to send them to who can help"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        row.addWidget(copy)
        layout.addWidget(text)
