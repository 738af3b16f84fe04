"""Whether the reading order is shown on the photo, and going back to the computed one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSizeF, Signal

from ocr_studio.core.reading_order import page_order
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.canvas.tools import Tool
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.order_item import OrderItem
from ocr_studio.ui.style import box_colours


class OrderShown(QObject):
    """The order is shown when a person wants it, and as long as they change it. Signals: ``changed()``."""

    changed = Signal()

    def __init__(self, document: Document, view: PhotoView) -> None:
        super().__init__(view)
        self._document, self._view = document, view
        self._wanted = False
        self._item = OrderItem()
        view.scene().addItem(self._item)
        view.tool_changed.connect(lambda _: self._show())
        view.document.opened.connect(self._renew)
        view.document.words_changed.connect(lambda _: self._renew())

    @property
    def shown(self) -> bool:
        """Whether it is on the photo now."""
        return self._wanted or self._view.tool is Tool.ORDER

    def switch(self) -> None:
        """Show it, or do not."""
        self._wanted = not self._wanted
        self._show()

    @property
    def given(self) -> bool:
        """Whether a person has given the open page another order than the computed one."""
        page = self._document.page
        return page is not None and page_order.given(page)

    def compute(self) -> None:
        """Back to the order in which the words stand."""
        if page := self._document.page:
            self._document.push(page_order.computed(page))

    def _show(self) -> None:
        self._renew()
        self._item.setVisible(self.shown)
        self.changed.emit()

    def _renew(self) -> None:
        page, seen = self._document.page, self._view.document
        if self.shown and page and seen.page:
            # The order is the page's; where its words are is up to how the photo is looked at.
            lines = [
                [word.quad for each in line if (word := seen.word(each.id)) is not None]
                for line in page_order.lines(page)
            ]
            self._item.colours = box_colours.over(seen.image)
            self._item.show_lines(lines, QSizeF(seen.page.width, seen.page.height))
