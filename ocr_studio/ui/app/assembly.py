"""Makes the parts of the window, each from what it needs, and the actions that work on them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow, QWidget

from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index
from ocr_studio.ui.app.list_state import ListState
from ocr_studio.ui.app.side import Side, WordsSide
from ocr_studio.ui.app.state_keeper import StateKeeper
from ocr_studio.ui.app.window_layout import WindowLayout
from ocr_studio.ui.board.board_panel import BoardPanel
from ocr_studio.ui.board.board_view import BoardLooking
from ocr_studio.ui.board.rectified_document import RectifiedDocument
from ocr_studio.ui.board.save_board import BoardSaving
from ocr_studio.ui.canvas.go_to_word import MistakePlaces
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.canvas.view_session import SessionKeeper
from ocr_studio.ui.canvas.word_drafts import WordDrafts
from ocr_studio.ui.capture.screen_reading import ScreenReading
from ocr_studio.ui.commands.spec import Scope
from ocr_studio.ui.datasets.export import DatasetExport
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.clipboard import WordClipboard
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.index_service import IndexService
from ocr_studio.ui.document.open_photos import Opening, PhotoDialogs
from ocr_studio.ui.document.photo_framing import PhotoFraming
from ocr_studio.ui.evaluation.controller import EvaluationController
from ocr_studio.ui.evaluation.panel import EvaluationPanel
from ocr_studio.ui.formats.controller import ExportController
from ocr_studio.ui.formats.import_controller import ImportController
from ocr_studio.ui.formats.own_text_proposal import OwnTextProposal
from ocr_studio.ui.formats.printing import Printing
from ocr_studio.ui.framing.crop_dialog import PhotoCropping
from ocr_studio.ui.help import palette_entries
from ocr_studio.ui.help.about_dialog import AboutDialog
from ocr_studio.ui.help.controller import HelpController
from ocr_studio.ui.help.hints import Hints
from ocr_studio.ui.help.palette_entries import PaletteEntry
from ocr_studio.ui.help.tour import Tour
from ocr_studio.ui.job_thread import Lanes
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.menus.boxes import BoxesMenu
from ocr_studio.ui.menus.edit import EditMenu
from ocr_studio.ui.menus.file import FileMenu
from ocr_studio.ui.menus.find import FindMenu
from ocr_studio.ui.menus.help import HelpMenu
from ocr_studio.ui.menus.photos import PhotosMenu
from ocr_studio.ui.menus.read import ReadMenu
from ocr_studio.ui.menus.review import CheckMenu
from ocr_studio.ui.menus.table import TABLE, Menus
from ocr_studio.ui.menus.text import TextMenu
from ocr_studio.ui.menus.view import ViewMenu
from ocr_studio.ui.menus.words import WordsMenu
from ocr_studio.ui.photos.batch_reading import BatchReading
from ocr_studio.ui.photos.photo_list_view import PhotoListView
from ocr_studio.ui.photos.photos_panel import PhotosPanel
from ocr_studio.ui.reading.compare_models import TwoReadings
from ocr_studio.ui.reading.compare_panel import ComparisonPanel
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.reading.correction_learning import CorrectionLearning
from ocr_studio.ui.reading.reread import Rereading
from ocr_studio.ui.reading.rotation_proposal import RotationProposal
from ocr_studio.ui.reading.writer_proposal import WriterProposal
from ocr_studio.ui.review.controller import Reviewing
from ocr_studio.ui.review.fix_everywhere import FixingEverywhere
from ocr_studio.ui.review.fix_panel import FixPanel
from ocr_studio.ui.review.panel import ReviewPanel
from ocr_studio.ui.search.find_panel import FindPanel
from ocr_studio.ui.search.replace_rules import ReplacingByRules
from ocr_studio.ui.search.search_service import Searching
from ocr_studio.ui.settings.controller import SettingsController
from ocr_studio.ui.sharing.phone_controller import PhoneController
from ocr_studio.ui.sharing.share_controller import ShareController
from ocr_studio.ui.synth.controller import SynthController
from ocr_studio.ui.text.text_tools import TextSide
from ocr_studio.ui.training.controller import TrainingController
from ocr_studio.ui.training.panel import TrainerPanel
from ocr_studio.ui.video.controller import VideoController
from ocr_studio.ui.video.strip import VideoStrip
from ocr_studio.ui.widgets.message_bar import MessageBar
from ocr_studio.ui.widgets.side_panel import SidePanel
from ocr_studio.ui.widgets.status_bar import Status
from ocr_studio.ui.words.alternatives import Alternatives
from ocr_studio.ui.words.word_filter import WordFilterBar
from ocr_studio.ui.words.word_pictures import WordPictures
from ocr_studio.ui.words.word_table import WordTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services behind the window, and the threads that they use."""

    document: Document
    autosave: Autosave
    opening: Opening
    index_service: IndexService
    reading: ReadingController
    evaluator: EvaluationController
    training: TrainingController
    lanes: Lanes


class AssembledWindow(QMainWindow):
    """A window with all its parts, which are not placed in it yet.

    Attributes:
        action_set: The actions of the menus.
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.help = HelpController(self)
        self.messages, self.status = MessageBar(), Status()
        self._make_editors(services)
        self._make_dialogs(services)
        self._make_panels(services)
        self.action_set = self._make_actions(services)

    @property
    def panels(self) -> tuple[SidePanel, ...]:
        """The panels that the user opens and closes, in the order of their tabs."""
        return (
            self.texts.panel, self.review, self.find_panel, self.trainer, self.board, self.fixes, self.comparison,
            self.evaluation,
        )  # fmt: skip

    def finish_editing(self) -> None:
        """Save the text that is being typed anywhere in the window."""
        self.view.finish_editing()
        self.table.finish_editing()
        for panel in self.panels:
            panel.finish_editing()

    def _make_editors(self, services: Services) -> None:
        """Make what shows the open photo, its words and the photos of its folder."""
        document, opening, files = services.document, services.opening, services.lanes.files
        shown = RectifiedDocument(document, document)
        self.view = PhotoView(shown)
        self.view.looks.set_opacity(opening.settings.box_opacity)
        self.view.snapping = opening.settings.snapping
        self.table, self.alternatives = WordTable(document), Alternatives(document)
        self.word_filter = WordFilterBar(self.table, document)
        canvas = (self.view, self.table)
        self.texts = TextSide(document, opening, services.index_service, canvas=canvas, lane=files, key_of=self._key_of)
        self.board = BoardPanel(BoardLooking(document, shown, services.lanes.slow), self.view)
        self.session = SessionKeeper(document, opening, self.view)
        self.word_drafts = WordDrafts(document, self.view, self.table)
        self.session.keep_drafts(self.word_drafts)
        self.pictures = WordPictures(document, files, lambda: opening.project, self)
        self.photos = PhotoListView(files)
        self.clipboard = WordClipboard(document, opening, files, self.photos.chosen_rows)
        self.photos.follow(services.index_service)
        self.framing = PhotoFraming(document, services.lanes.slow)
        batch = BatchReading(document, services.reading, services.autosave, self)
        self.photos_panel = PhotosPanel(self.photos, batch, document, opening, framing=self.framing, lane=files)

    def _make_dialogs(self, services: Services) -> None:
        """Make what opens dialogs over the window."""
        document, opening, lanes = services.document, services.opening, services.lanes
        self.photo_dialogs = PhotoDialogs(opening, self)
        self.cropping = PhotoCropping(document, self.framing, self)
        self.exporter = ExportController(document, opening, self.photos, lanes, self)
        self.importer = ImportController(document, self.photos, lanes, self)
        self.dataset_export = DatasetExport(opening, lanes.files, self)
        self.printing = Printing(document, self)
        self.screen_reading = ScreenReading(opening, self)
        batch = self.photos_panel.batch
        self.phone = PhoneController(document, opening, batch.read_added, self)
        batch.page_read.connect(self.phone.note_read)
        batch.photo_failed.connect(self.phone.note_failed)
        batch.ended.connect(self.phone.note_reading_ended)
        self.sharing = ShareController(lambda: opening.settings, self)
        self.sharing.changed.connect(lambda: self.status.show_sharing(self.sharing.address))
        self.status.sharing_clicked.connect(self.sharing.show)
        self.video = VideoController(document, opening, batch.read_added, lanes.slow, self)
        self.video_strip = VideoStrip(self.video, document, opening, lanes.files)
        self.board_saving = BoardSaving(document, opening, self.board.looking, lanes.slow, self)
        self.synth = SynthController(lanes.slow, lanes.files, self)
        self.preferences = SettingsController(
            document, services.reading, lambda: opening.settings, self, downloads=lanes.slow, actions=TABLE
        )
        self.preferences.chosen.connect(self.texts.spelling.spelling.look_again_soon)
        self.rereading = Rereading(document, services.reading, self.pictures, self)
        self.writer_proposal = WriterProposal(document, services.reading, self.messages)
        self.rotation_proposal = RotationProposal(document, self.framing, services.reading, self.messages)
        self.own_text_proposal = OwnTextProposal(
            document, opening, lanes.files, self.messages, stop_reading=services.reading.cancel
        )
        self.correction_learning = CorrectionLearning(document, services.reading, lambda: opening.settings)
        self.preferences.models_controller.finding_comparison_wanted.connect(self.rereading.compare_finding)
        self.rules = ReplacingByRules(document, opening, self.pictures, lanes.files, self)

    def _make_panels(self, services: Services) -> None:
        document, opening, files = services.document, services.opening, services.lanes.files

        def places() -> MistakePlaces:
            # One for each panel, as the focus returns to it.
            return MistakePlaces(document, self.view, opening)

        self.evaluation = EvaluationPanel(services.evaluator, places())
        self.trainer = TrainerPanel(services.training, document, places())
        self.synth.train_wanted.connect(self.trainer.learn_from)
        self._make_review(services, places())
        comparing = TwoReadings(document, services.reading, self)
        self.comparison = ComparisonPanel(comparing, document, self.view, self.pictures)
        self.preferences.models_controller.comparison_wanted.connect(self.comparison.start)
        searching = Searching(services.index_service, files)
        self.find_panel = FindPanel(searching, document, opening, self.view, self.pictures, key_of=self._key_of)
        self.side = Side((WordsSide(self.table, self.word_filter, self.alternatives), *self.panels))
        self.centre = QWidget()
        self.layouts = WindowLayout(self.photos_panel, self.centre, self.side)
        lists = ListState(self.photos_panel.filter, self.table, self.word_filter, opening)
        self.state = StateKeeper(self, self.layouts, lists)

    def _make_review(self, services: Services, places: MistakePlaces) -> None:
        """Make the panels of the review queue and of “Fix mistake everywhere”."""
        document, files = services.document, services.lanes.files

        def project() -> Project | None:
            return services.opening.project

        def index() -> Index | None:
            return services.index_service.index

        self.review = ReviewPanel(
            Reviewing(document, files, project, index),
            document,
            self.texts.prompter,
            places,
            name_with_key=self._name_with_key,
        )
        self.review.left.connect(self.view.setFocus)
        self.session.keep_drafts(self.review.drafts)
        services.opening.started.connect(lambda _: self.review.word_focus.stop())
        for panel in (self.review, self.texts.panel):
            panel.visibilityChanged.connect(self._show_alternatives)
        fixing = FixingEverywhere(document, files, project, index)
        self.fixes = FixPanel(fixing, document, self.pictures, name_with_key=self._name_with_key)
        self.fixes.message.connect(self.status.say)
        for counted in (fixing.offered, fixing.recounted):
            counted.connect(lambda: self.review.show_offer(self.fixes.offer))
        fixing.offered.connect(lambda: self.status.say(self.fixes.offer))

    def _show_alternatives(self) -> None:
        """Hide the alternatives below the list where a panel has its own, also while the list has its own window."""
        self.alternatives.setVisible(not (self.review.isVisible() or self.texts.panel.isVisible()))
        self.texts.panel.put_choices_aside(self.review.isVisible())

    # The actions are made after the panels.

    def _key_of(self, action_id: str) -> str:
        return self.action_set.key(action_id)

    def _name_with_key(self, action_id: str) -> str:
        return self.action_set.name_with_key(action_id)

    def _make_actions(self, services: Services) -> ActionSet:
        document, view, table = services.document, self.view, self.table
        actions = ActionSet(
            self._menus(services).commands(),
            self,
            document,
            widgets={
                Scope.WINDOW: (self,),
                Scope.WORDS: (view, table),
                Scope.CANVAS: (view,),
                Scope.PHOTOS: (self.photos,),
            },
            near=(view, self.photos),
            finish_editing=self.finish_editing,
        )
        actions.use_keys(services.opening.settings.keys)
        actions.refused.connect(self.status.say)
        hints = Hints(
            document,
            services.opening,
            services.reading,
            tour=Tour(self, view, actions, tab=self.side.tab_place),
            actions=actions,
            change_settings=self.preferences.chosen.emit,
        )

        def entries() -> list[PaletteEntry]:
            return palette_entries.collect(actions, self.preferences.offers(), services.opening, self.help.show_page)

        self.help.connect_actions(actions, hints, panels=self.panels, entries=entries)
        for signal in (
            document.opened, document.changed, document.selection_changed, document.undo_stack.indexChanged,
            services.reading.progressed, services.reading.stopped, services.evaluator.began,
            services.evaluator.ended, services.training.changed, view.editing.changed, view.looks.changed,
            table.editing_changed, self.session.changed, self.help.changed, self.photos.changed,
            self.photos_panel.batch.changed, self.photos_panel.photo_actions.changed, self.layouts.focus_changed,
            self.side.pages_changed, self.phone.changed, *(panel.changed for panel in self.panels),
        ):  # fmt: skip
            signal.connect(actions.refresh_soon)
        view.tool_changed.connect(actions.show_tool)
        actions.show_tool(view.tool)
        actions.refresh()
        return actions

    def _menus(self, services: Services) -> Menus:
        document, opening, view = services.document, services.opening, self.view
        preferences = self.preferences
        return Menus(
            file=FileMenu(
                document=document, opening=opening, photo_dialogs=self.photo_dialogs, session=self.session,
                exporter=self.exporter, importer=self.importer, dataset_export=self.dataset_export,
                board_saving=self.board_saving,
                preferences=preferences, printing=self.printing, screen_reading=self.screen_reading, phone=self.phone,
                sharing=self.sharing,
                quit=self.close,
            ),
            edit=EditMenu(
                document=document, view=view, table=self.table, clipboard=self.clipboard,
                photos_panel=self.photos_panel,
            ),
            find=FindMenu(document=document, find=self.find_panel),
            words=WordsMenu(document=document, view=view, hint=self.status.say),
            boxes=BoxesMenu(document=document, view=view, preferences=preferences, hint=self.status.say),
            check=CheckMenu(document=document, opening=opening, review=self.review, fixes=self.fixes),
            read=ReadMenu(
                document=document, opening=opening, reading=services.reading, evaluator=services.evaluator,
                training=services.training, trainer=self.trainer, preferences=preferences, comparison=self.comparison,
                rereading=self.rereading, synth=self.synth,
            ),
            text=TextMenu(
                document=document, view=view, texts=self.texts, rules=self.rules, clipboard=self.clipboard,
                hint=self.status.say,
            ),
            photos=PhotosMenu(
                document=document, opening=opening, photos=self.photos, photos_panel=self.photos_panel,
                exporter=self.exporter, cropping=self.cropping,
            ),
            view=ViewMenu(
                document=document, view=view, board=self.board, preferences=preferences, window=self,
                layouts=self.layouts,
            ),
            help=HelpMenu(
                help=self.help, preferences=preferences, about=lambda: self._show_about(opening.settings.runtime)
            ),
        )  # fmt: skip

    def _show_about(self, runtime: str) -> None:
        dialog = AboutDialog(runtime, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
