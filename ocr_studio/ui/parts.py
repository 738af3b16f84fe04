"""The parts of the window that actions speak to, put together once in ``app``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr_studio.ui.choosing import Choosing
    from ocr_studio.ui.clipping import Clipping
    from ocr_studio.ui.document import Document
    from ocr_studio.ui.evaluating import Evaluating
    from ocr_studio.ui.exporting import Exporting
    from ocr_studio.ui.opening import Opening
    from ocr_studio.ui.page_list import PageList
    from ocr_studio.ui.photo_view import PhotoView
    from ocr_studio.ui.reading import Reading
    from ocr_studio.ui.trainer_panel import TrainerPanel
    from ocr_studio.ui.training import Training
    from ocr_studio.ui.word_table import WordTable


@dataclass(frozen=True, slots=True)
class Dialogs:
    """How the window shows its dialogs, and leaves. None of them waits."""

    open_photo: Callable[[], None]
    open_folder: Callable[[], None]
    about: Callable[[], None]
    quit: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Parts:
    """Who does what."""

    document: Document
    view: PhotoView
    table: WordTable
    photos: PageList
    opening: Opening
    reading: Reading
    exporting: Exporting
    clipping: Clipping
    choosing: Choosing
    evaluating: Evaluating
    training: Training
    trainer: TrainerPanel
    dialogs: Dialogs
    hint: Callable[[str], None]
