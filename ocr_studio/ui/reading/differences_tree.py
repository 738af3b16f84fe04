"""Tree of words that are read differently now, by photo, each word and photo with a checkbox."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from ocr_studio.core.editing.rereading import Difference, PageDifferences
from ocr_studio.core.images.image_spool import SpooledImages
from ocr_studio.core.translation import tr
from ocr_studio.ui.reading.rereading_dialog import standing, sureness
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.tables import ShortTextDelegate

_PICTURE = QSize(150, 32)
_ROW = QSize(60, 42)
# Photos are expanded up to this number of words; with more, the window would freeze briefly at each new photo.
_MOST_OPEN = 300
_PAGE = Qt.ItemDataRole.UserRole


class DifferencesTree(QTreeWidget):
    """A branch for each photo. All words are ticked at first.

    Signals:
        ticked(): the set of ticked words has changed.
    """

    ticked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(ShortTextDelegate(self))
        self.setColumnCount(4)
        sure = tr("Confidence")
        self.setHeaderLabels([tr("Word"), tr("Current text"), tr("New text"), sure])
        self.setAccessibleName(tr("Words that are read differently, by photo"))
        self.setIconSize(_PICTURE)
        self.setUniformRowHeights(True)  # otherwise Qt loads every image
        self.setAllColumnsShowFocus(True)
        self._open = 0
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(72)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        # ResizeToContents would measure all words again at each new photo.
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(3, self.fontMetrics().horizontalAdvance(sure) + 40)
        header.resizeSection(0, _PICTURE.width() + 80)
        # Ticking a photo changes hundreds of words, one by one; emit one signal for all of them.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.ticked)
        self.itemChanged.connect(lambda _: self._soon.start())

    def add(self, page: PageDifferences, pictures: SpooledImages) -> None:
        """Append a photo; ``pictures`` holds a PNG image of each of its words."""
        photo = labels.file_name(page.image)
        branch = QTreeWidgetItem(
            [tr("{photo}: {number} of {total}", photo=photo, number=len(page.found), total=page.words)]
        )
        branch.setFlags(branch.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate)
        branch.setData(0, _PAGE, page.page_id)
        branch.setSizeHint(0, _ROW)
        branch.addChildren([_WordItem(each, pictures, number) for number, each in enumerate(page.found)])
        self.addTopLevelItem(branch)
        branch.setFirstColumnSpanned(True)
        self._open += len(page.found)
        branch.setExpanded(self._open <= _MOST_OPEN)

    def tick_all(self, *, on: bool) -> None:
        """Tick or untick all words."""
        for branch in self._branches():
            branch.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def chosen(self) -> dict[str, frozenset[str]]:
        """Ids of the ticked words by page id; pages without any are left out."""
        found = {}
        for branch in self._branches():
            words = (branch.child(index) for index in range(branch.childCount()))
            ids = frozenset(
                word.key
                for word in words
                if isinstance(word, _WordItem) and word.checkState(0) is Qt.CheckState.Checked
            )
            if ids:
                found[str(branch.data(0, _PAGE))] = ids
        return found

    def _branches(self) -> list[QTreeWidgetItem]:
        branches = (self.topLevelItem(index) for index in range(self.topLevelItemCount()))
        return [branch for branch in branches if branch is not None]


class _WordItem(QTreeWidgetItem):
    """A word; its image is loaded when it is shown, to limit memory use with many photos."""

    def __init__(self, each: Difference, pictures: SpooledImages, number: int) -> None:
        now, again = labels.shortened(standing(each)), labels.shortened(labels.shown(each.read.text))
        super().__init__(["", now, again, sureness(each.read)])
        self.key = each.word.id
        self._pictures, self._number = pictures, number
        said = tr("Apply {again} instead of {now}", now=now, again=again)
        self.setData(0, Qt.ItemDataRole.AccessibleTextRole, said)
        self.setCheckState(0, Qt.CheckState.Checked)
        for column, text in ((1, now), (2, again)):
            self.setToolTip(column, labels.tooltip(text))

    def data(self, column: int, role: int) -> Any:
        """The data of a cell (Qt)."""
        if column == 0 and role == Qt.ItemDataRole.DecorationRole:
            pixmap = QPixmap()
            pixmap.loadFromData(self._pictures[self._number])
            return pixmap.scaled(_PICTURE, Qt.AspectRatioMode.KeepAspectRatio) if pixmap.width() > 600 else pixmap
        return super().data(column, role)
