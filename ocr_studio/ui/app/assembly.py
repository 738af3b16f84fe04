"""Makes the parts of the window and connects them. The window only places them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QWidget

from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index
from ocr_studio.ui.board.board_panel import BoardPanel
from ocr_studio.ui.board.board_view import BoardLooking
from ocr_studio.ui.board.rectified_document import RectifiedDocument
from ocr_studio.ui.board.save_board import BoardSaving
from ocr_studio.ui.canvas.go_to_word import MistakePlaces
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.canvas.view_session import SessionKeeper
from ocr_studio.ui.datasets.export import Exporting
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.clipboard import Clipping
from ocr_studio.ui.document.document import Document, ShownDocument
from ocr_studio.ui.document.index_service import Indexing
from ocr_studio.ui.document.open_photos import Opening, PhotoAsking
from ocr_studio.ui.evaluation.controller import Evaluating
from ocr_studio.ui.evaluation.panel import EvaluationDock
from ocr_studio.ui.help.about_dialog import AboutDialog
from ocr_studio.ui.help.controller import HelpController
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.menus.context import Dialogs, WindowParts
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.photos.batch_reading import BatchReading
from ocr_studio.ui.photos.photo_list_view import PageList
from ocr_studio.ui.photos.photos_panel import PhotosPanel
from ocr_studio.ui.reading.compare_models import TwoReadings
from ocr_studio.ui.reading.compare_panel import ComparisonPanel
from ocr_studio.ui.reading.controller import Reading
from ocr_studio.ui.reading.reread import Rereading
from ocr_studio.ui.review.controller import Reviewing
from ocr_studio.ui.review.fix_everywhere import FixingEverywhere
from ocr_studio.ui.review.fix_panel import FixPanel
from ocr_studio.ui.review.panel import ReviewPanel
from ocr_studio.ui.review.suggestions import Prompter
from ocr_studio.ui.search.find_panel import FindPanel
from ocr_studio.ui.search.replace_rules import ReplacingByRules
from ocr_studio.ui.search.search_service import Searching
from ocr_studio.ui.settings.controller import Choosing
from ocr_studio.ui.synth.controller import Synthesizing
from ocr_studio.ui.text.text_tools import TextSide
from ocr_studio.ui.training.controller import Training
from ocr_studio.ui.training.panel import TrainerPanel
from ocr_studio.ui.widgets.message_bar import MessageBar
from ocr_studio.ui.widgets.status_bar import Status
from ocr_studio.ui.words.alternatives import Alternatives
from ocr_studio.ui.words.spell_checker import Spelling
from ocr_studio.ui.words.word_pictures import WordPictures
from ocr_studio.ui.words.word_table import WordTable


@dataclass(frozen=True, slots=True)
class Services:
    """The services behind the window, and the threads that they use."""

    document: Document
    opening: Opening
    reading: Reading
    evaluating: Evaluating
    training: Training
    autosave: Autosave
    pictures: JobThread
    cards: JobThread
    indexing: Indexing
    searches: JobThread
    board: JobThread
    thumbnails: JobThread
    rows: JobThread
    words: JobThread
    fetching: JobThread
    samples: JobThread
    places: JobThread


def assemble(stage: Services, window: QWidget, help_controller: HelpController) -> WindowParts:
    """Make all parts of the window.

    Args:
        stage: The services behind the window.
        window: Parent of dialogs; closing it quits the program.
        help_controller: Shows the help.
    """
    document, opening = stage.document, stage.opening
    shown = RectifiedDocument(document, document)
    view, asking = _view(shown, opening), PhotoAsking(opening, window)
    looking = BoardLooking(document, shown, stage.board)
    saving = BoardSaving(document, opening, looking, stage.board, window)

    table = WordTable(document)
    pictures = WordPictures(document, stage.pictures, lambda: opening.project, window)
    texts = TextSide(document, opening, stage.indexing, canvas=(view, table), lane=stage.words, window=window)
    places = partial(MistakePlaces, document, view, opening)  # one for each panel, as the focus returns to it
    status = Status()
    review, fixes = _checking(stage, places(), view, status, texts.spelling.spelling, pictures)
    choosing, rereading = _preferences(stage, pictures, window)
    choosing.chosen.connect(texts.spelling.spelling.look_again_soon)
    synthesizing = Synthesizing(stage.samples, stage.places, window)
    trainer = TrainerPanel(stage.training, document, places())
    synthesizing.train_wanted.connect(trainer.learn_from)
    photos, photos_panel = _photos(stage, window)
    return WindowParts(
        document=document,
        opening=opening,
        reading=stage.reading,
        evaluating=stage.evaluating,
        training=stage.training,
        view=view,
        table=table,
        alternatives=Alternatives(document),
        photos=photos,
        photos_panel=photos_panel,
        messages=MessageBar(),
        status=status,
        exporting=Exporting(document, opening, stage.pictures, window),
        synthesizing=synthesizing,
        board_saving=saving,
        clipping=Clipping(document, opening),
        choosing=choosing,
        asking=asking,
        dialogs=Dialogs(asking.ask_photo, asking.ask_folder, partial(_show_about, window), window.close),
        texts=texts,
        rules=ReplacingByRules(document, opening, pictures, stage.words, window),
        rereading=rereading,
        text=texts.panel,
        help=help_controller,
        session=SessionKeeper(document, opening, view),
        evaluation=EvaluationDock(stage.evaluating, places()),
        trainer=trainer,
        review=review,
        board=BoardPanel(looking, view),
        fixes=fixes,
        comparison=_comparison(stage, choosing, view, pictures),
        find=FindPanel(Searching(stage.indexing, stage.searches), document, opening, view, pictures),
    )


def _photos(stage: Services, window: QWidget) -> tuple[PageList, PhotosPanel]:
    photos = PageList(stage.thumbnails, stage.rows)
    photos.follow(stage.indexing)
    batch = BatchReading(stage.document, stage.reading, stage.autosave, window)
    return photos, PhotosPanel(photos, batch, stage.document, stage.opening, stage.rows)


def _preferences(stage: Services, pictures: WordPictures, window: QWidget) -> tuple[Choosing, Rereading]:
    document, reading, opening = stage.document, stage.reading, stage.opening
    choosing = Choosing(document, reading, lambda: opening.settings, window, fetching=stage.fetching, actions=TABLE)
    rereading = Rereading(document, reading, pictures, window)
    choosing.modelling.finding_comparison_wanted.connect(rereading.compare_finding)
    return choosing, rereading


def _checking(
    stage: Services,
    places: MistakePlaces,
    view: PhotoView,
    status: Status,
    spelling: Spelling,
    pictures: WordPictures,
) -> tuple[ReviewPanel, FixPanel]:
    """Make the panels of the review queue and of “Fix everywhere”."""

    def project() -> Project | None:
        return stage.opening.project

    def index() -> Index | None:
        return stage.indexing.index

    prompter = Prompter(stage.document, stage.words, index, lambda: spelling.lexicon)
    review = ReviewPanel(Reviewing(stage.document, stage.cards, project, index), prompter, places)
    review.left.connect(view.setFocus)
    fixing = FixingEverywhere(stage.document, stage.cards, project, index)
    fixes = FixPanel(fixing, stage.document, pictures)
    fixes.said.connect(status.say)
    fixing.offered.connect(lambda: review.show_offer(fixes.offer))
    fixing.offered.connect(lambda: status.say(fixes.offer))
    return review, fixes


def _view(shown: ShownDocument, opening: Opening) -> PhotoView:
    """Make the photo view, with boxes as set in the settings."""
    view = PhotoView(shown)
    view.looks.set_opacity(opening.settings.box_opacity)
    view.snapping = opening.settings.snapping
    return view


def _comparison(stage: Services, choosing: Choosing, view: PhotoView, pictures: WordPictures) -> ComparisonPanel:
    panel = ComparisonPanel(TwoReadings(stage.document, stage.reading, pictures), stage.document, view, pictures)
    choosing.modelling.comparison_wanted.connect(panel.start)
    return panel


def _show_about(window: QWidget) -> None:
    dialog = AboutDialog(window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
