"""A line below what was asked for: what has been done, or why it could not be."""

from __future__ import annotations

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
