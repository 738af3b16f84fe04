"""Panel of words that look like the one just corrected: a grid of images with checkboxes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.review.fix_everywhere import TICKED, LookAlike
from ocr_studio.core.review.queue import Place
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.review.fix_everywhere import FixingEverywhere
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.dock_panel import PanelDock
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.panel_keys import FIX_KEYS
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import ShortTextDelegate

_PICTURE = QSize(150, 40)
_CELL = QSize(186, 92)
_PLACE = Qt.ItemDataRole.UserRole
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class LookAlikeGrid(QListWidget):
    """Images of words, likely ones first. Space ticks, arrow keys move; Enter and Esc are for the panel.

    Signals:
        applied(): Enter was pressed.
        left(): Esc was pressed.
        ticked(): the set of ticked words has changed.
    """

    applied = Signal()
    left = Signal()
    ticked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(ShortTextDelegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setWordWrap(False)
        self.setIconSize(_PICTURE)
        self.setGridSize(_CELL)
        self.setAccessibleName(tr("Words that look like the corrected word"))
        self.itemChanged.connect(lambda _: self.ticked.emit())

    def show_offers(self, offers: tuple[LookAlike, ...]) -> None:
        """Show these words; the likely ones are ticked."""
        self.blockSignals(True)
        self.clear()
        for offer in offers:
            item = QListWidgetItem(_icon(offer.picture, self.devicePixelRatioF()), labels.shown(offer.text))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_CHECKED if offer.likelihood >= TICKED else _UNCHECKED)
            item.setData(_PLACE, offer.place)
            item.setSizeHint(_CELL)
            photo, text = labels.file_name(offer.image), labels.shown(offer.text)
            item.setToolTip(labels.tooltip(tr("{photo}: read as {text}", photo=photo, text=text)))
            self.addItem(item)
        self.blockSignals(False)
        self.setCurrentRow(0)
        self.ticked.emit()

    def places(self) -> list[Place]:
        """The places of the ticked words."""
        items = (self.item(row) for row in range(self.count()))
        return [tuple(item.data(_PLACE)) for item in items if item.checkState() == _CHECKED]

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the grid that are also shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_all(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Enter applies, Esc cancels, Space ticks; Ctrl+A ticks all, or none if all are ticked."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.applied.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            _turn(self.currentItem())
        elif _is_all(event):
            all_ticked = len(self.places()) == self.count()
            for row in range(self.count()):
                self.item(row).setCheckState(_UNCHECKED if all_ticked else _CHECKED)
        else:
            super().keyPressEvent(event)


class FixPanel(PanelDock):
    """Asks which of the words need the same correction.

    Signals:
        said(str): a message about the result.
    """

    own_keys = FIX_KEYS
    said = Signal(str)

    def __init__(self, fixing: FixingEverywhere, parent: QWidget | None = None) -> None:
        super().__init__(tr("Fix everywhere"), "fix_everywhere", parent)
        self._fixing = fixing
        self.asked = ElidedLabel()
        self.own = PlainLabel()
        self.own.setAccessibleName(tr("Corrected word"))
        self.grid = LookAlikeGrid()
        self.apply = QPushButton(tr("Fix words"))
        self.apply.setProperty("primary", True)
        self.apply.clicked.connect(self._apply)
        self.grid.applied.connect(self._apply)
        self.grid.left.connect(self.close)
        self.grid.ticked.connect(self._show_count)
        keys = PlainLabel(tr("Space: select or deselect   Ctrl+A: select all   Enter: fix   Esc: cancel"))
        keys.setProperty("quiet", True)
        self._lay_out(keys)
        self.retint()
        fixing.offered.connect(self._hear)
        fixing.offered.connect(self.changed)

    @property
    def has_offer(self) -> bool:
        """Whether there are words to show."""
        return self._fixing.count > 0

    @property
    def offer(self) -> str:
        """A message about the words to fix; empty if there are none."""
        count = self._fixing.count
        return (
            tr_n("{count} similar word: press F4 to fix it", "{count} similar words: press F4 to fix them", count)
            if count
            else ""
        )

    def begin(self) -> None:
        """Show the offered words."""
        offers, corrected = self._fixing.still(), self._fixing.corrected
        if corrected is None or not offers:
            self._fixing.forget()
            return
        word = corrected.correction
        self.asked.setText(
            tr("Are these also “{text}”? The corrected word was read as “{read}”.", text=word.right, read=word.misread)
        )
        self.own.setPixmap(_icon(corrected.picture, self.devicePixelRatioF()).pixmap(_PICTURE))
        self.open()
        self.grid.show_offers(offers)
        self.grid.setFocus()

    def _lay_out(self, keys: PlainLabel) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 12, 4)
        head.setSpacing(10)
        head.addWidget(self.own)
        head.addWidget(self.asked, 1)
        head.addWidget(self.apply)
        head.addWidget(self.closer)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 12, 0)
        foot.addWidget(keys)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
        layout.addLayout(foot)
        self.setWidget(whole)

    def _apply(self) -> None:
        places = self.grid.places()
        self.close()
        count = self._fixing.fix(places)
        if count:
            self.said.emit(tr_n("Fixed {count} more word.", "Fixed {count} more words.", count))

    def _show_count(self) -> None:
        count = len(self.grid.places())
        self.apply.setText(tr_n("Fix {count} word", "Fix {count} words", count))
        self.apply.setEnabled(count > 0)

    def _hear(self) -> None:
        if not self._fixing.count and self.isVisible():
            self.close()


def _icon(png: bytes, ratio: float) -> QIcon:
    pixmap = QPixmap()
    pixmap.loadFromData(png, "PNG")
    size = pixmap.size().scaled(_PICTURE * ratio, Qt.AspectRatioMode.KeepAspectRatio)
    pixmap = pixmap.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    pixmap.setDevicePixelRatio(ratio)
    return QIcon(pixmap)


def _is_all(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.SelectAll)


def _turn(item: QListWidgetItem) -> None:
    item.setCheckState(_UNCHECKED if item.checkState() == _CHECKED else _CHECKED)
