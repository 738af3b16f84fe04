"""The parts of the window that actions work on. They are made in ``app/assembly``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import SignalInstance

from ocr_studio.ui.widgets.dock_panel import PanelDock

if TYPE_CHECKING:
    from ocr_studio.ui.board.board_panel import BoardPanel
    from ocr_studio.ui.board.save_board import BoardSaving
    from ocr_studio.ui.canvas.photo_view import PhotoView
    from ocr_studio.ui.canvas.view_session import SessionKeeper
    from ocr_studio.ui.datasets.export import Exporting
    from ocr_studio.ui.document.clipboard import Clipping
    from ocr_studio.ui.document.document import Document
    from ocr_studio.ui.document.open_photos import Opening, PhotoAsking
    from ocr_studio.ui.evaluation.controller import Evaluating
    from ocr_studio.ui.evaluation.panel import EvaluationDock
    from ocr_studio.ui.photos.photo_list_view import PageList
    from ocr_studio.ui.photos.photos_panel import PhotosPanel
    from ocr_studio.ui.reading.compare_panel import ComparisonPanel
    from ocr_studio.ui.reading.controller import Reading
    from ocr_studio.ui.reading.reread import Rereading
    from ocr_studio.ui.review.fix_panel import FixPanel
    from ocr_studio.ui.review.panel import ReviewPanel
    from ocr_studio.ui.search.find_panel import FindPanel
    from ocr_studio.ui.search.replace_rules import ReplacingByRules
    from ocr_studio.ui.settings.controller import Choosing
    from ocr_studio.ui.synth.controller import Synthesizing
    from ocr_studio.ui.text.text_panel import TextPanel
    from ocr_studio.ui.text.text_tools import TextSide
    from ocr_studio.ui.training.controller import Training
    from ocr_studio.ui.training.panel import TrainerPanel
    from ocr_studio.ui.widgets.message_bar import MessageBar
    from ocr_studio.ui.widgets.status_bar import Status
    from ocr_studio.ui.words.alternatives import Alternatives
    from ocr_studio.ui.words.word_table import WordTable


class Help(Protocol):
    """What the Help menu shows."""

    changed: SignalInstance

    @property
    def hint_shown(self) -> bool:
        """Whether there is a hint to close."""

    def close_hint(self) -> None:
        """Close the hint."""

    def show_palette(self) -> None:
        """Show or hide the command palette."""

    def show_shortcuts(self) -> None:
        """Show or hide the list of shortcuts."""

    def show_page(self) -> None:
        """Show the help page of what has the focus."""


@dataclass(frozen=True, slots=True)
class Dialogs:
    """Opens the window's dialogs, or closes the window. None of the calls blocks."""

    open_photo: Callable[[], None]
    open_folder: Callable[[], None]
    about: Callable[[], None]
    quit: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowParts:
    """All parts of the window: services, then permanent widgets, then dialogs and messages, then panels."""

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
    rules: ReplacingByRules
    rereading: Rereading
    help: Help
    session: SessionKeeper
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
        """The panels that the user opens and closes, in the order above."""
        found = (getattr(self, each.name) for each in fields(self))
        return tuple(part for part in found if isinstance(part, PanelDock))

    def hint(self, text: str) -> None:
        """Show a message in the status bar for a moment."""
        self.status.say(text)
