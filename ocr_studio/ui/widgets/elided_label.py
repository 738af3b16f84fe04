"""Labels of one line: a status message, and a text that is elided where it is too long."""

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
