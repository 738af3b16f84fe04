"""Messages above the photo: not modal, with optional details, and never the same one twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
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

# The text of a button, and what it does or the items of its menu: their texts, and what they do.
Offer: TypeAlias = tuple[str, Callable[[], object] | Sequence[tuple[str, Callable[[], object]]]]


class Severity(StrEnum):
    """The severity of a message. Each has its own icon, as not everyone can tell the colours apart."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_ICONS = {
    Severity.INFO: "mdi6.information-outline",
    Severity.WARNING: "mdi6.alert-outline",
    Severity.ERROR: "mdi6.alert-circle-outline",
}
_WORDS = {Severity.INFO: later("Note"), Severity.WARNING: later("Warning"), Severity.ERROR: later("Error")}
# More would push the photo off the screen; the oldest is removed.
_MOST = 3


class MessageBar(QWidget):
    """At most three messages, newest last. Each stays until it is closed or withdrawn."""

    def __init__(self) -> None:
        super().__init__()
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
        offer: Offer | None = None,
        dismiss: Callable[[], object] | None = None,
    ) -> None:
        """Show a message of one line.

        Args:
            text: The message.
            severity: Its severity.
            details: More text, such as a traceback, shown on request.
            key: The message replaces an earlier one with this key; by default the text.
            offer: Text and action of a button, or text and items of a button with a menu, which also close the message.
            dismiss: Called if the user closes the message.
        """
        self.withdraw(key or text)
        while len(self._messages) >= _MOST:
            self.withdraw(next(iter(self._messages)))
        message = _Message(text, severity, details)
        message.closed.clicked.connect(lambda: self.withdraw(key or text))
        if dismiss is not None:
            message.closed.clicked.connect(lambda _=False: dismiss())
        if offer is not None:
            title, action = offer
            button = message.add_offer(title)
            if isinstance(action, Sequence):
                menu = QMenu(button)
                for item, do in action:
                    menu.addAction(item).triggered.connect(partial(self._run, key or text, do))
                button.setMenu(menu)
            else:
                button.clicked.connect(partial(self._run, key or text, action))
        self._messages[key or text] = message
        layout = self.layout()
        assert layout is not None
        layout.addWidget(message)
        self.show()

    def _run(self, key: str, do: Callable[[], object], _checked: bool = False) -> None:
        self.withdraw(key)
        do()

    def withdraw(self, key: str) -> None:
        """Remove the message with this key, as it no longer applies."""
        message = self._messages.pop(key, None)
        if message is not None:
            message.hide()
            message.setParent(None)
            message.deleteLater()
            self.setVisible(bool(self._messages))

    def retint(self) -> None:
        """Use the colours of the current theme."""
        for message in self._messages.values():
            message.retint()

    def texts(self) -> list[str]:
        """Return the texts of the messages, oldest first."""
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
        """Use the colours of the current theme."""
        self._icon.setPixmap(theme.icon(_ICONS[self._severity], role=self._severity).pixmap(20, 20))
        self.closed.setIcon(theme.icon("mdi6.close"))

    def add_offer(self, text: str) -> QPushButton:
        """Add a button before the close button."""
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
        copy.setAccessibleName(tr("Copy details"))
        copy.setToolTip(tr("Copy the details for a bug report"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        row.addWidget(copy)
        layout.addWidget(text)
