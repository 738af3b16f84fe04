"""The photo list: the photos in the open folder as thumbnails with their states."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QListView

from ocr_studio.core.page import Page
from ocr_studio.core.photo_list import rows as photo_rows
from ocr_studio.core.photo_list.filter_query import PhotoFilter
from ocr_studio.core.photo_list.rows import PhotoRow, PhotoSort
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import tr
from ocr_studio.jobs.photos.open_photo import FolderListed
from ocr_studio.jobs.photos.thumbnails import Thumbnail
from ocr_studio.ui.document.index_service import IndexService
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.photos.folder_model import FolderPhotos
from ocr_studio.ui.photos.photo_delegate import SIDE, PhotoDelegate, wide_enough
from ocr_studio.ui.photos.photo_list_model import PhotoListModel
from ocr_studio.ui.photos.text_lookup import TextLookup
from ocr_studio.ui.photos.thumbnails import ThumbnailLoader
from ocr_studio.ui.widgets.tables import RowList

# Milliseconds after scrolling before thumbnails of the visible photos are requested.
_STILL = 40


class PhotoListView(RowList):
    """Shows the photos that match the filter. A click or Enter opens a photo; several can be selected.

    The focus stays here after a click, so that keys act on the photos; Enter or a double click goes to the photo.

    A photo being edited keeps its place in the list; filter and order are applied again when they change or another
    photo is opened.

    Signals:
        photo_chosen(Path): open this photo.
        entered(): the user goes on to the photo that is open.
        changed(): the listed photos, their data or the selection have changed.
        failed(Trouble): a job failed.
    """

    photo_chosen = Signal(object)
    entered = Signal()
    changed = Signal()
    failed = Signal(object)

    def __init__(self, lane: JobThread) -> None:
        """Start empty; ``lane`` makes thumbnails and looks up data of photos."""
        super().__init__()
        self.photos = FolderPhotos(lane, self)
        self.pictures = ThumbnailLoader(lane, self)
        self.texts = TextLookup(lane, self)
        self.filter, self.sort = PhotoFilter(), PhotoSort.NAME
        self._current: Path | None = None
        self._before: tuple[set[str], tuple[str, int] | None] = set(), None
        # Selected but hidden by the filter; selected again when they are listed again.
        self._hidden: set[str] = set()
        self._restoring = False
        self._asked_for: Path | None = None  # chosen here, not yet open
        self._entered: Path | None = None  # to be opened, and the user goes on there
        self._model = PhotoListModel(self.photos, self.pictures, self)
        self._look = QTimer(self, singleShot=True, interval=_STILL)
        self._look.timeout.connect(self._want_pictures)
        self._delegate = PhotoDelegate()
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self._dress()
        for part in (self.photos, self.pictures, self.texts):
            part.failed.connect(self.failed)
        self.photos.listing.connect(self._remember)
        self.photos.listed.connect(self._on_list)
        self.photos.learned.connect(self.reshow)
        self.photos.changed.connect(self._model.tell)
        self.photos.changed.connect(lambda _: self.changed.emit())
        self.pictures.loaded.connect(self._on_thumbnail)
        self.texts.loaded.connect(self.reshow)
        self.clicked.connect(self._choose_clicked)
        self.doubleClicked.connect(self._enter)
        self.selectionModel().selectionChanged.connect(self._note_selection)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._look.start())

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Wide enough for a typical file name of a camera and for the state."""
        said = wide_enough(self.fontMetrics()) + self.verticalScrollBar().sizeHint().width()
        return QSize(max(SIDE + 165, said), 400)

    def follow(self, indexing: IndexService) -> None:
        """Use the index of this service for states and texts."""
        indexing.changed.connect(self.photos.use)
        indexing.changed.connect(self.texts.use)
        # If no file has changed, the index is complete at once.
        indexing.progressed.connect(lambda _, total: self.photos.look_soon() if total else None)
        indexing.finished.connect(self.photos.look_now)
        indexing.finished.connect(self.texts.forget)

    def show_photos(
        self,
        photos: Sequence[Path],
        current: Path | None,
        project: Project | None,
        listing: FolderListed | None = None,
    ) -> None:
        """Show these photos, with ``current`` marked as open; ``listing`` is of their folder, if there is one."""
        before, self._current = self._current, current
        self._model.set_open(current.name if current else "")
        self.pictures.project = project
        self.photos.show(photos, project, listing)
        if current != before:
            if self.filter or self.sort is not PhotoSort.NAME:
                self.reshow()
            self._select_current(before)

    def set_page(self, path: Path, page: Page) -> None:
        """Update the row of this photo from its page."""
        if path.parent == self.photos.folder:
            self.photos.set_page(path.name, page)

    def renew_pictures(self, names: Iterable[str]) -> None:
        """Make the thumbnails of these photos again, as they were turned."""
        self.pictures.renew(names)
        self._look.start()

    def set_refused(self, path: Path, why: str) -> None:
        """Mark a photo that could not be opened or read."""
        if path.parent == self.photos.folder:
            self.photos.set_failed(path.name, why)

    def set_filter(self, chosen: PhotoFilter) -> None:
        """Show only photos that match this filter."""
        if chosen != self.filter:
            self.filter = chosen
            self.texts.want(chosen.texts)
            self.reshow()

    def set_sort(self, sort: PhotoSort) -> None:
        """Show the photos in this order."""
        if sort is not self.sort:
            self.sort = sort
            self.reshow()

    @property
    def shown(self) -> int:
        """The number of photos shown."""
        return len(self._model.shown)

    def all_rows(self) -> list[PhotoRow]:
        """The rows of all photos in the folder, in natural order."""
        return list(self.photos.rows)

    def shown_rows(self) -> list[PhotoRow]:
        """The rows of the photos shown, in order."""
        return [self.photos.rows[number] for number in self._model.shown]

    def chosen_rows(self) -> list[PhotoRow]:
        """The rows of the selected photos, in order."""
        return [self._model.row(place) for place in self._selected_places()]

    def choose(self, names: Collection[str]) -> None:
        """Select the photos with these names, and those that are not listed yet as soon as they are."""
        self._select(names)
        self.changed.emit()

    def chosen_paths(self) -> list[Path]:
        """The selected photos, in order."""
        return [self.photos.folder / row.name for row in self.chosen_rows()]

    def open_current(self) -> None:
        """Open the photo in the current row, and go there."""
        if self.currentIndex().isValid():
            self._enter(self.currentIndex())

    def go_to(self, name: str) -> None:
        """Select this photo only."""
        if (place := self._place_of(name)) is not None:
            # Not by the view itself, which depends on the keys held down.
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(self._model.index(place), flags.ClearAndSelect)

    def keeps_focus(self, opened: Path) -> bool:
        """Whether the focus stays in the list after this photo of its folder was opened."""
        entered, self._entered = self._entered, None
        return self.hasFocus() and opened != entered and opened.parent == self.photos.folder

    def next_to_review(self, step: int) -> Path | None:
        """The next (step 1) or previous (-1) listed photo with unchecked words, wrapping around, or None."""
        number = self.photos.number(self._current.name) if self._current else None
        here = None if number is None else self._model.place(number)
        count = len(self._model.shown)
        begin = (-1 if step > 0 else count) if here is None else here
        places = ((begin + step * far) % count for far in range(1, count + 1)) if count else ()
        found = (place for place in places if place != here and self._model.row(place).to_review)
        place = next(found, None)
        return None if place is None else self.photos.path(self._model.shown[place])

    def reshow(self) -> None:
        """Apply filter and order again; selection and scroll position stay."""
        chosen = {row.name for row in self.chosen_rows()} | self._hidden
        self._show_numbers(chosen, self._anchor())
        self.changed.emit()

    # --------------------------------------------------------------------------------------------- filter and selection

    def _remember(self) -> None:
        """Remember selection and scroll position before the list changes."""
        self._before = {row.name for row in self.chosen_rows()} | self._hidden, self._anchor()

    def _on_list(self) -> None:
        renamed = self.photos.renamed
        self.pictures.rename(renamed)
        for name in self.photos.replaced:
            self.pictures.forget(name)
        chosen, anchor = self._before
        if self._current is not None and not chosen:
            chosen = {self._current.name}
        self._show_numbers(
            {renamed.get(name, name) for name in chosen},
            (renamed.get(anchor[0], anchor[0]), anchor[1]) if anchor else None,
        )
        self.changed.emit()

    def _show_numbers(self, chosen: Collection[str], anchor: tuple[str, int] | None) -> None:
        found = self.filter.chosen(self.photos.rows, self.texts.pages_with)
        numbers = photo_rows.sort_rows(found, self.photos.rows, self.sort)
        if numbers == self._model.shown and not self.photos.others:
            self._model.show(numbers)
            return
        self._model.show(numbers)
        self._select(chosen)
        place = self._place_of(anchor[0]) if anchor else None
        if anchor and place is not None:
            self.scrollTo(self._model.index(place), QListView.ScrollHint.PositionAtTop)
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - anchor[1])
        elif self._current is not None and (place := self._place_of(self._current.name)) is not None:
            self.scrollTo(self._model.index(place), QListView.ScrollHint.PositionAtCenter)
        self._look.start()

    def _anchor(self) -> tuple[str, int] | None:
        """The name of the topmost visible photo, and its vertical position."""
        index = self.indexAt(QPoint(self.viewport().width() // 2, 2))
        if not index.isValid() or not self.verticalScrollBar().value():
            return None
        return self._model.row(index.row()).name, self.visualRect(index).top()

    def _place_of(self, name: str) -> int | None:
        number = self.photos.number(name)
        return None if number is None else self._model.place(number)

    def _note_selection(self) -> None:
        if not self._restoring:
            self._hidden.clear()
            self.changed.emit()

    def _select(self, names: Collection[str]) -> None:
        places = sorted(place for name in names if (place := self._place_of(name)) is not None)
        selection = QItemSelection()
        for _, group in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
            run = [place for _, place in group]
            selection.select(self._model.index(run[0]), self._model.index(run[-1]))
        self._hidden = {name for name in names if self._place_of(name) is None}
        self._restoring = True
        model, flags = self.selectionModel(), QItemSelectionModel.SelectionFlag
        if self._current is not None and (place := self._place_of(self._current.name)) is not None:
            model.setCurrentIndex(self._model.index(place), flags.NoUpdate)
        model.select(selection, flags.ClearAndSelect)
        self._restoring = False

    def _select_current(self, before: Path | None) -> None:
        """Select the open photo; ``before`` was open until now."""
        chosen = {self._current.name} if self._current else set[str]()
        renamed = before and self._current and self.photos.renamed.get(before.name) == self._current.name
        if renamed or (self._current is not None and self._current == self._asked_for):
            # A renamed photo, or one of several selected photos: keep the selection.
            selected = {row.name for row in self.chosen_rows()} | self._hidden
            chosen |= selected if chosen <= selected else set()
        self._asked_for = None
        # Not by the view itself, which depends on the keys held down.
        self._select(chosen)
        self.changed.emit()

    def _selected_places(self) -> list[int]:
        ranges = self.selectionModel().selection().toList()
        return sorted(place for each in ranges for place in range(each.top(), each.bottom() + 1))

    # ------------------------------------------------------------------------------------------------------- thumbnails

    def _want_pictures(self) -> None:
        """Request thumbnails of the visible photos, from the centre outwards, then of as many above and below."""
        if not self.isVisible() or not self._model.shown:
            self.pictures.want(self.photos.folder, (), side=SIDE, ratio=self.devicePixelRatioF())
            return
        height, last = self.viewport().height(), len(self._model.shown) - 1
        row = max(1, self.sizeHintForRow(0))
        first = self.verticalScrollBar().value() // row
        many = height // row + 2
        middle = first + (many - 1) / 2
        places = range(max(0, first - many // 2), min(last, first + many + many // 2) + 1)
        near = sorted(places, key=lambda place: abs(place - middle))
        names = [self._model.row(place).name for place in near]
        self.pictures.want(self.photos.folder, names, side=SIDE, ratio=self.devicePixelRatioF())

    def _on_thumbnail(self, thumbnail: Thumbnail) -> None:
        if thumbnail.picture is None:
            self.photos.set_failed(thumbnail.name, thumbnail.why)
            return
        self.photos.set_seen(thumbnail.name, thumbnail.page_id, thumbnail.stamp)
        number = self.photos.number(thumbnail.name)
        if number is not None:
            self._model.tell((number,))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Request thumbnails of photos that have become visible."""
        super().resizeEvent(event)
        self._look.start()

    # ------------------------------------------------------------------------------------------------------- user input

    def _dress(self) -> None:
        self.setAccessibleName(tr("Photos in this folder"))
        self.setUniformItemSizes(True)
        self.setMinimumWidth(SIDE + 88)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)

    def _choose_clicked(self, index: QModelIndex) -> None:
        # With Ctrl or Shift a click only selects.
        if QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self._choose(index)

    def _enter(self, index: QModelIndex) -> None:
        path = self.photos.path(self._model.shown[index.row()])
        if path == self._current:
            self.entered.emit()
        else:
            self._entered = path
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        self._asked_for = self.photos.path(self._model.shown[index.row()])
        self.photo_chosen.emit(self._asked_for)
