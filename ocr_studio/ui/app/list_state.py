"""What is kept of the lists of photos and words over a restart: their order, and what they are filtered by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.files import json_schema
from ocr_studio.core.photo_list.rows import PhotoSort
from ocr_studio.core.words.word_list import WordFilter, WordKind, WordSort
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.photos.filter_field import PhotoFilterBox
from ocr_studio.ui.words.word_filter import WordFilterBar
from ocr_studio.ui.words.word_table import WordTable


@dataclass(frozen=True, slots=True)
class SavedLists:
    """How the lists are sorted and filtered.

    Attributes:
        photo_sort: The order of the photos.
        word_sort: The order of the words.
        descending: Whether the words are sorted downwards.
        folder: The folder to which the filters belong; "" for none.
        photo_filter: The query by which the photos are filtered.
        word_kind: Which words are listed.
        word_text: The text that listed words contain.
    """

    photo_sort: PhotoSort = PhotoSort.NAME
    word_sort: WordSort = WordSort.READING
    descending: bool = False
    folder: str = ""
    photo_filter: str = ""
    word_kind: WordKind = WordKind.ALL
    word_text: str = ""


class ListState(QObject):
    """Saves and restores the order and the filters of the lists.

    Signals: ``changed()`` a list is sorted or filtered in another way.
    """

    changed = Signal()

    def __init__(self, photos: PhotoFilterBox, table: WordTable, words: WordFilterBar, opening: Opening) -> None:
        """Follow these lists and the folder that is open."""
        super().__init__(table)
        self._photos, self._table, self._words, self._opening = photos, table, words, opening
        self._waiting: SavedLists | None = None  # until the folder of its filters is open
        photos.chosen.connect(self.changed)
        photos.sort_chosen.connect(self.changed)
        table.arranged.connect(self.changed)
        opening.opened.connect(self._filter)

    def saved(self) -> dict[str, object]:
        """Return what to save, as JSON values."""
        path, table = self._opening.path, self._table
        filters = self._waiting or SavedLists(
            folder=str(path.parent) if path is not None else "",
            photo_filter=self._photos.edit.text(),
            word_kind=table.filter.kind,
            word_text=table.filter.text,
        )
        saved = replace(
            filters,
            photo_sort=PhotoSort(self._photos.sort.choice),
            word_sort=table.sort,
            descending=table.descending,
        )
        return asdict(saved)

    def restore(self, saved: Mapping[str, object]) -> None:
        """Sort as was saved, and filter once a photo of the same folder is open. In others, nothing is filtered."""
        kept: SavedLists | None = json_schema.convert_or(dict(saved), SavedLists, None)
        if kept is not None:
            self._photos.choose_sort(kept.photo_sort)
            self._table.sort_by(kept.word_sort, descending=kept.descending)
            self._waiting = kept if kept.folder else None

    def _filter(self, event: PhotoOpened) -> None:
        kept, self._waiting = self._waiting, None
        if kept is not None and Path(kept.folder) == event.path.parent:
            self._photos.edit.setText(kept.photo_filter)
            self._words.choose(WordFilter(kept.word_kind, kept.word_text))
        self.changed.emit()  # the filters belong to this folder now
