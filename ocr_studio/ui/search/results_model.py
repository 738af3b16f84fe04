"""The model of search results: texts, images of the visible ones, and what each would become if replaced."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap

from ocr_studio.core.editing.replace_rules import Replacement
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.matching import Hit, MatchedSide
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.photos import index as indexing
from ocr_studio.jobs.photos.index import PicturePlace, PlacePicture
from ocr_studio.ui.job_thread import Job, JobThread, Priority
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.tables import NOWHERE, Index

# The hit as a whole; its Replacement or None.
HIT: Final = Qt.ItemDataRole.UserRole
AFTER: Final = Qt.ItemDataRole.UserRole + 1
HEIGHT: Final = 40
_KEPT: Final = 1500  # pictures
_AT_ONCE: Final = 60  # with more, the first would be out of sight before the last is loaded


class FindModel(QAbstractListModel):
    """The search results.

    Signals:
        ticked(): Other results are ticked for replacing.
        failed(Trouble): Loading images failed.
    """

    ticked = Signal()
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self.hits: Sequence[Hit] = ()
        self.project: Project | None = None
        self.ratio = 1.0
        self._after: Mapping[Hit, Replacement] | None = None
        self._ticks: dict[Hit, bool] = {}
        self._pictures: OrderedDict[PicturePlace, QPixmap | None] = OrderedDict()
        self._wanted: list[PicturePlace] = []
        self._job: Job | None = None
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._fetch)

    def show(self, hits: Sequence[Hit], project: Project | None) -> None:
        """Show these results."""
        if project is not self.project:
            self._pictures.clear()
            self.project = project
        self.beginResetModel()
        self.hits = hits
        self._wanted.clear()
        self.endResetModel()

    def preview(self, after: Sequence[tuple[Hit, Replacement]] | None) -> None:
        """Show what results would become, with checkboxes. Words that the user typed are not ticked at first.

        Args:
            after: The replacements, or None to hide the checkboxes.
        """
        if after is None and self._after is None:
            return
        becomes = dict(after or ())
        self._after = None if after is None else becomes
        self._ticks = {hit: tick for hit, tick in self._ticks.items() if hit in becomes}
        if self.hits:
            self.dataChanged.emit(self.index(0), self.index(len(self.hits) - 1))
        self.ticked.emit()

    def chosen(self) -> list[Replacement]:
        """Return the ticked replacements."""
        return [each for hit, each in (self._after or {}).items() if self._is_ticked(hit)]

    def tick_all(self, ticked: bool) -> None:
        """Tick or untick everything that can be replaced."""
        self._ticks = dict.fromkeys(self._after or (), ticked)
        if self.hits:
            self.dataChanged.emit(self.index(0), self.index(len(self.hits) - 1))
        self.ticked.emit()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802  (Qt's name)
        """Return the number of results."""
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a card shows."""
        hit = self.hits[index.row()]
        after = self._after.get(hit) if self._after else None
        shown: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: labels.shortened(said(hit, after)),
            Qt.ItemDataRole.AccessibleTextRole: lambda: f"{said(hit, after)}, {_where(hit)}",
            Qt.ItemDataRole.ToolTipRole: lambda: labels.tooltip(f"{said(hit, after)}\n{_where(hit)}"),
            Qt.ItemDataRole.DecorationRole: lambda: self._picture(hit),
            Qt.ItemDataRole.CheckStateRole: lambda: self._tick(hit, after),
            HIT: lambda: hit,
            AFTER: lambda: after,
        }
        return shown[role]() if role in shown else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Tick or untick a result."""
        hit = self.hits[index.row()]
        if role != Qt.ItemDataRole.CheckStateRole or not self._after or hit not in self._after:
            return False
        self._ticks[hit] = Qt.CheckState(value) == Qt.CheckState.Checked
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make results that can be replaced tickable."""
        flags = super().flags(index)
        able = bool(self._after) and index.isValid() and self.hits[index.row()] in (self._after or {})
        return flags | Qt.ItemFlag.ItemIsUserCheckable if able else flags

    def _is_ticked(self, hit: Hit) -> bool:
        return self._ticks.get(hit, hit.side is not MatchedSide.HUMAN)

    def _tick(self, hit: Hit, after: Replacement | None) -> Qt.CheckState | None:
        if after is None:
            return None
        return Qt.CheckState.Checked if self._is_ticked(hit) else Qt.CheckState.Unchecked

    # --------------------------------------------------------------------------------------------------- pictures

    def _picture(self, hit: Hit) -> QPixmap | None:
        word = hit.words[0]
        place = PicturePlace(hit.page_id, hit.image, word.quad)
        if place not in self._pictures:
            self._pictures[place] = None
            self._wanted.append(place)
            self._ask.start()
        return self._pictures[place]

    def _fetch(self) -> None:
        project = self.project
        if self._job is not None or project is None or not self._wanted:
            return
        # The latest requests are visible now; the others are requested again when they become visible.
        some, given_up = self._wanted[-_AT_ONCE:], self._wanted[:-_AT_ONCE]
        self._wanted = []
        for place in given_up:
            self._pictures.pop(place, None)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        height = round(HEIGHT * self.ratio)
        job = self._job = self._lane.submit(
            lambda: indexing.pictures(project, some, height=height),
            name=later("Loading images of the results"),
            priority=Priority.LOW,
        )
        job.came.connect(self._take)
        job.failed.connect(self.failed)
        job.ended.connect(self._rest)

    def _rest(self) -> None:
        self._job = None
        self._ask.start()

    def _take(self, made: PlacePicture) -> None:
        if made.picture is None or made.place not in self._pictures:
            return
        pixmap = image_convert.pixmap(made.picture)
        pixmap.setDevicePixelRatio(self.ratio)
        self._pictures[made.place] = pixmap
        for row, hit in enumerate(self.hits):
            if hit.page_id == made.place.page_id and hit.words[0].quad == made.place.quad:
                self.dataChanged.emit(self.index(row), self.index(row))


def said(hit: Hit, after: Replacement | None) -> str:
    """The text of a result: what was found, or what it becomes."""
    if after is not None:
        return tr("{before} → {after}", before=after.before, after=after.after)
    if hit.side is MatchedSide.CHOICE:
        read = " ".join(word.text for word in hit.words)
        return tr("{text} (alternative, read as {read})", text=hit.text, read=read)
    return hit.text


def _where(hit: Hit) -> str:
    return labels.file_name(hit.image)
