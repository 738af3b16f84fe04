"""Labels of one line: a status message, a text that is elided where it is too long, and keys with what they do."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip

from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Between the parts of a long text, such as keys and what they do.
_BETWEEN = "   "


class StatusLabel(PlainLabel):
    """A status message in plain text, in another colour for errors."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a message in place of the one before.

        Args:
            text: The message.
            wrong: Whether it is an error.
        """
        self.setText(text)
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)


class ElidedLabel(PlainLabel):
    """A label that elides its text with "…" where there is no room, and shows all of it in a tooltip."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_least(self, text: str) -> None:
        """Always leave room for this text, with "…"."""
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(f"{text}   …"))

    @property
    def shown(self) -> str:
        """The visible text."""
        return labels.elided(self.fontMetrics(), self.text(), self.contentsRect().width())

    def event(self, event: QEvent) -> bool:
        """Show the whole text in a tooltip where it is elided, unless the label has another tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self.toolTip():
            if self.shown != self.text():
                # Its parts in lines: Qt doesn't wrap tooltips.
                QToolTip.showText(event.globalPos(), labels.tooltip(self.text().replace(_BETWEEN, "\n")), self)
                return True
            QToolTip.hideText()
        return super().event(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the elided text."""
        where, how = self.contentsRect(), self.alignment()
        self.style().drawItemText(
            QPainter(self), where, how, self.palette(), self.isEnabled(), self.shown, self.foregroundRole()
        )


class KeyHints(ElidedLabel):
    """Keys and what they do, the most important first. Those for which there is no room are in the tooltip only."""

    @property
    def shown(self) -> str:
        """The visible text."""
        parts = self.text().split(_BETWEEN)
        while len(parts) > 1 and self._is_too_wide(_BETWEEN.join(parts)):
            parts.pop()
        return labels.elided(self.fontMetrics(), _BETWEEN.join(parts), self.contentsRect().width())

    def _is_too_wide(self, text: str) -> bool:
        return self.fontMetrics().horizontalAdvance(text) > self.contentsRect().width()
