"""The parts of the window, made in ``workbench``: actions speak to them, the window places them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from ocr_studio.ui.panel_dock import PanelDock

if TYPE_CHECKING:
    from ocr_studio.ui.alternatives import Alternatives
    from ocr_studio.ui.board_panel import BoardPanel
    from ocr_studio.ui.board_saving import BoardSaving
    from ocr_studio.ui.choosing import Choosing
    from ocr_studio.ui.clipping import Clipping
    from ocr_studio.ui.comparison_panel import ComparisonPanel
    from ocr_studio.ui.document import Document
    from ocr_studio.ui.evaluating import Evaluating
    from ocr_studio.ui.evaluation_dock import EvaluationDock
    from ocr_studio.ui.exporting import Exporting
    from ocr_studio.ui.find_panel import FindPanel
    from ocr_studio.ui.fix_panel import FixPanel
    from ocr_studio.ui.guide import Guide
    from ocr_studio.ui.message_bar import MessageBar
    from ocr_studio.ui.opening import Opening
    from ocr_studio.ui.page_list import PageList
    from ocr_studio.ui.photo_asking import PhotoAsking
    from ocr_studio.ui.photo_view import PhotoView
    from ocr_studio.ui.photos_panel import PhotosPanel
    from ocr_studio.ui.reading import Reading
    from ocr_studio.ui.review_panel import ReviewPanel
    from ocr_studio.ui.session import Session
    from ocr_studio.ui.status import Status
    from ocr_studio.ui.synthesizing import Synthesizing
    from ocr_studio.ui.text_panel import TextPanel
    from ocr_studio.ui.text_side import TextSide
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Who does what. First what works unseen, then what is always in sight, then who asks and tells, then panels."""

    document: Document
    opening: Opening
    reading: Reading
    evaluating: Evaluating
    training: Training
    view: PhotoView
    table: WordTable
    alternatives: Alternatives
    photos: PageList
    photos_panel: PhotosPanel
    messages: MessageBar
    status: Status
    exporting: Exporting
    synthesizing: Synthesizing
    board_saving: BoardSaving
    clipping: Clipping
    choosing: Choosing
    asking: PhotoAsking
    dialogs: Dialogs
    texts: TextSide
    guide: Guide
    session: Session
    evaluation: EvaluationDock
    trainer: TrainerPanel
    review: ReviewPanel
    board: BoardPanel
    fixes: FixPanel
    comparison: ComparisonPanel
    find: FindPanel
    text: TextPanel

    @property
    def panels(self) -> tuple[PanelDock, ...]:
        """The parts that a person opens and closes, in the order above."""
        found = (getattr(self, each.name) for each in fields(self))
        return tuple(part for part in found if isinstance(part, PanelDock))

    def hint(self, text: str) -> None:
        """Say for a moment, at the bottom, what has become of something."""
        self.status.say(text)
