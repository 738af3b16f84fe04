"""Labels of one line that may be longer than its place."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel


class SaidLine(PlainLabel):
    """Says one thing at a time, in another colour where something is wrong; plain text, whatever a file says."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say this in place of what was said before."""
        self.setText(text)
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)


class OneLine(PlainLabel):
    """Shows as much of its text as there is room for, and by "…" that there is more."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def shown(self) -> str:
        """What of the text can be seen."""
        return labels.elided(self.fontMetrics(), self.text(), self.contentsRect().width())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw what there is room for."""
        where, how = self.contentsRect(), self.alignment()
        self.style().drawItemText(
            QPainter(self), where, how, self.palette(), self.isEnabled(), self.shown, self.foregroundRole()
        )
