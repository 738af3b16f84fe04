"""Widths of photos list, photo and side: a layout for each task, so that the photo never has to be small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Final

from msgspec import Meta
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from ocr_studio.core.files import json_schema
from ocr_studio.core.translation import tr
from ocr_studio.ui.app.side import Side
from ocr_studio.ui.widgets.side_panel import SidePanel

# The share of the window's width that is left to the photo, unless the user drags it smaller.
PHOTO_SHARE: Final = 0.4
# Screen pixels: the least width of the list of photos and of a page at which they are useful, of the photo when the
# user drags it smaller, and of the handle between two parts.
_LIST, _PAGE, _PHOTO, _HANDLE = 190, 340, 160, 1
_Width = Annotated[int, Meta(ge=50, le=20_000)]


@dataclass(frozen=True, slots=True)
class TaskLayout:
    """The layout of a task.

    Attributes:
        photos: Width of the list of photos, in screen pixels.
        side: Width of the side, in screen pixels.
        photos_shown: Whether the user wants to see the list of photos.
        front: Object name of the page in front.
        share: The share of the window's width that is left to the photo.
    """

    photos: _Width = 250
    side: _Width = 510
    photos_shown: bool = True
    front: str = "words"
    share: Annotated[float, Meta(ge=0.05, le=PHOTO_SHARE)] = PHOTO_SHARE


TASKS: Final = {
    "correct": TaskLayout(),
    "review": TaskLayout(side=560, front="review"),
    "train": TaskLayout(side=600, front="learning"),
}


@dataclass(frozen=True, slots=True)
class SavedLayouts:
    """All that is saved of the layout.

    Attributes:
        task: The task in front.
        tasks: The layout of each task.
        out: Object names of the pages in windows of their own.
        places: Places of such windows on the screen: left, top, width, height.
    """

    task: str = "correct"
    tasks: dict[str, TaskLayout] = field(default_factory=dict)
    out: tuple[str, ...] = ()
    places: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)


def fit(total: int, wanted: TaskLayout, *, insists: bool = False) -> tuple[int, int]:
    """Return the widths of the list of photos and of the side in a window of this width.

    Args:
        total: The width of the window.
        wanted: What the user wants.
        insists: Whether the user wants the list of photos even where there is hardly room for it.

    Returns:
        Their widths in screen pixels, 0 for a list of photos that has no room.
    """
    room = total - round(total * wanted.share) - 2 * _HANDLE
    if not wanted.photos_shown or (room < _LIST + _PAGE and not insists):
        return 0, min(wanted.side, room + _HANDLE)
    side = max(min(wanted.side, room - _LIST), min(room // 2, _PAGE))
    return max(min(wanted.photos, room - side), 1), side


class Parts(QSplitter):
    """List of photos, photo and side, next to each other. Signals: ``resized()``."""

    resized = Signal()

    def __init__(self, *parts: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_HANDLE)
        for part in parts:
            self.addWidget(part)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Share the new width."""
        super().resizeEvent(event)
        self.resized.emit()


class WindowLayout(QObject):
    """Shares the width of the window between its parts, with a layout for each task.

    Signals: ``focus_changed(bool)`` the focus mode was turned on or off; ``changed()`` what is saved has changed.

    Attributes:
        task: The task of the page in front.
        focused: Whether the focus mode is on: the photo and one panel.
        photos_action: Shows and hides the list of photos.
    """

    focus_changed = Signal(bool)
    changed = Signal()

    def __init__(self, photos: QWidget, centre: QWidget, side: Side) -> None:
        super().__init__(side)
        self._photos, self._centre, self._side = photos, centre, side
        self.parts = Parts(photos, centre, side)
        centre.setMinimumWidth(_PHOTO)
        self.task, self.focused = "correct", False
        self._tasks = dict(TASKS)
        self._insists = False
        self._reopens: tuple[str, ...] = ()
        self._restored: SavedLayouts | None = None
        self._moved_out: frozenset[str] = frozenset()
        self.photos_action = QAction(tr("Photos"), self, checkable=True, checked=True)
        self.photos_action.triggered.connect(self._show_photos)
        self.parts.resized.connect(self.share)
        self.parts.splitterMoved.connect(lambda *_: self._note_widths())
        side.front_changed.connect(self._follow)
        side.pages_changed.connect(self.changed)
        side.places_changed.connect(self.changed)
        self.share()

    @property
    def wanted(self) -> TaskLayout:
        """The layout of the current task."""
        return self._tasks[self.task]

    def share(self) -> None:
        """Share the width of the window between the parts."""
        total, photo = self.parts.width(), self._side.has_photo
        lists, side = fit(total, self.wanted, insists=self._insists)
        shows_list = photo and not self.focused and lists > 0
        self._photos.setVisible(shows_list)
        self._side.setVisible(self._side.front is not None)
        self.photos_action.setChecked(shows_list)
        self.parts.setSizes([lists, total - side - (lists if shows_list else 0), side])

    def set_photo(self, has_photo: bool) -> None:
        """Show the parts that a photo needs, or only the start page."""
        if has_photo != self._side.has_photo:
            self._side.set_photo(has_photo)
            self.share()
        if has_photo and self._reopens:
            names, self._reopens = self._reopens, ()
            QTimer.singleShot(0, self, lambda: self._reopen(names))

    def set_focused(self, focused: bool) -> None:
        """Show only the photo and the page in front, or everything."""
        if focused != self.focused:
            self.focused = focused
            self._side.row.setVisible(not focused)
            self.share()
            self.focus_changed.emit(focused)

    @property
    def has_front(self) -> bool:
        """Whether there is a page in front, or in the window of its own that has the focus."""
        return self._side.current is not None

    @property
    def front_moved_out(self) -> bool:
        """Whether this page has a window of its own."""
        return self._side.moved_out(self._side.current)

    def move_front(self) -> None:
        """Move this page to a window of its own, or back."""
        page = self._side.current
        if page is not None:
            (self._side.move_in if self._side.moved_out(page) else self._side.move_out)(page)

    def show_words(self) -> None:
        """Show the list of words, and give it the focus."""
        self._side.go_to_page(self._side.pages[0])

    def reset(self) -> None:
        """Use the layout that the program comes with, and bring all pages back into the window."""
        self.set_focused(False)
        self._tasks, self._insists = dict(TASKS), False
        self._restored, self._reopens, self._moved_out = None, (), frozenset()
        self._side.move_all_in()
        self._side.set_places({})
        for page in self._side.open_pages:
            if isinstance(page, SidePanel):
                page.close()
        self.share()
        self.changed.emit()

    # ------------------------------------------------------------------------------------------- saved layouts

    def saved(self) -> dict[str, object]:
        """Return what to save, as JSON values."""
        if self._reopens and self._restored is not None:  # no photo was opened since the layouts were restored
            return asdict(replace(self._restored, tasks=self._tasks, places=self._side.places()))
        out = tuple(page.objectName() for page in self._side.pages if self._side.moved_out(page))
        return asdict(SavedLayouts(self.task, self._tasks, out, self._side.places()))

    def restore(self, saved: Mapping[str, object]) -> None:
        """Use saved layouts. The pages that were in sight are opened again once there is a photo."""
        kept: SavedLayouts | None = json_schema.convert_or(dict(saved), SavedLayouts, None)
        if kept is None or not saved:
            return
        self._tasks = {task: kept.tasks.get(task, layout) for task, layout in TASKS.items()}
        self._side.set_places(kept.places)
        front = self._tasks[kept.task].front if kept.task in self._tasks else "words"
        self._reopens, self._restored = (*kept.out, front), kept
        self._moved_out = frozenset(kept.out)
        self.share()

    def _reopen(self, names: tuple[str, ...]) -> None:
        """Open the pages that were in sight, the last one in front."""
        for page in filter(None, map(self._side.page, names)):
            if isinstance(page, SidePanel) and not page.reopens:
                continue
            if isinstance(page, SidePanel):
                page.reopening = True
            if page.objectName() in self._moved_out:
                self._side.move_out(page, activates=False)
            if isinstance(page, SidePanel):
                page.reopen()
                page.reopening = False
            else:
                self._side.show_page(page)

    # ------------------------------------------------------------------------------------------------- following

    def _follow(self) -> None:
        """Use the layout of the task of the page in front."""
        page = self._side.front
        if page is not None:
            self.task = page.task if page.task in self._tasks else "correct"
            self._tasks[self.task] = replace(self.wanted, front=page.objectName())
            self._insists = False
        self.share()

    def _note_widths(self) -> None:
        """Keep the widths to which the user has dragged the parts."""
        photos, centre, side = self.parts.sizes()
        wanted = self.wanted
        if self._photos.isVisible() and photos:
            wanted = replace(wanted, photos=max(50, photos))
        if self._side.isVisible() and side:
            wanted = replace(wanted, side=max(50, side))
        share = centre / max(1, self.parts.width())
        self._tasks[self.task] = replace(wanted, share=min(PHOTO_SHARE, max(0.05, share)))
        self.changed.emit()

    def _show_photos(self, shown: bool) -> None:
        self._insists = shown
        self._tasks[self.task] = replace(self.wanted, photos_shown=shown)
        self.set_focused(False)
        self.share()
        self.changed.emit()
