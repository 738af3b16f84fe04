"""The panel for training on the user's corrections."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.models import registry
from ocr_studio.core.project.project import Project
from ocr_studio.core.training.detector_events import DetectorTrained, PlacedWord
from ocr_studio.core.training.events import Trained
from ocr_studio.core.training.runs import KINDS
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.learning import preflight
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.jobs.learning.train import LearningEvent
from ocr_studio.ui.canvas.go_to_word import MistakePlaces
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.training.controller import TrainingController, TrainingStage
from ocr_studio.ui.training.crop_images import CropImages
from ocr_studio.ui.training.detector_page import DetectorPage
from ocr_studio.ui.training.preflight_page import PreflightPage
from ocr_studio.ui.training.progress_page import ProgressPage
from ocr_studio.ui.training.result_page import ResultPage
from ocr_studio.ui.training.run_control import Origin
from ocr_studio.ui.training.side_column import button, say
from ocr_studio.ui.training.word_lists import LearnedPlace
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import SidePanel

_TABS = {"recognizer": later("Recognizer (reads words)"), "detector": later("Detector (finds text)")}

# By kind, and whether the training finished.
_OFFERS = {
    ("recognizer", True): later("Recognizer training run “{run}” finished ({begun}). Keep or discard it?"),
    ("detector", True): later("Detector training run “{run}” finished ({begun}). Keep or discard it?"),
    ("recognizer", False): later("Recognizer training run “{run}” was interrupted ({begun})."),
    ("detector", False): later("Detector training run “{run}” was interrupted ({begun})."),
}


class TrainerPanel(SidePanel):
    """Shows the pages of a training: training data, progress, result. Words can be corrected all the while.

    Signals: ``reread()``: show what the new model reads differently.
    """

    reread = Signal()
    task = "train"
    lasting = reopens = True

    def __init__(self, training: TrainingController, document: Document, places: MistakePlaces) -> None:
        super().__init__(tr("Training"), "learning")
        self._training, self._document, self._places = training, document, places
        self.closer.setToolTip(tr("Close this panel; training continues. Reopen it with View → Training"))
        self._shown: Preflight | None = None
        self._since: dict[str, int] = {}  # page id -> words checked there since the data were collected
        self._project: Project | None = None
        self._asked_from: QWidget | None = None  # the widget with the focus when the user opened the panel
        training.offered.connect(self.reveal)
        document.changed.connect(training.note_correction)

    def fill(self) -> None:
        """Make the pages."""
        training = self._training
        self.tabs = QTabBar(elideMode=Qt.TextElideMode.ElideRight, usesScrollButtons=False)
        self.tabs.setAccessibleName(tr("Network to train"))
        for kind in KINDS:
            self.tabs.addTab(tr(_TABS[kind]))
        self.status = PlainLabel()
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.status.setProperty("quiet", True)
        self.offer = _Offer(training)
        self._pictures = CropImages(self)
        self.pages = pages = QStackedWidget()
        self._lay_out()
        self.preflight = PreflightPage(self._pictures)
        self.boxes = DetectorPage()
        self.running = ProgressPage(training, self._pictures)
        self.result = ResultPage(training, self._pictures, reread=self.reread.emit, may_reread=self._has_unchecked)
        for page in (self.preflight, self.boxes, self.running, self.result):
            page.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            pages.addWidget(page)
        self._lay_out_head()
        self._connect()
        self._follow()
        self.retint()

    def open(self) -> None:
        """Show the panel and focus its main button."""
        super().open()
        self._show_message("")
        self._asked_from = QApplication.focusWidget()
        self._focus()

    def learn_from(self, folder: Path) -> None:
        """Open the panel for training on a dataset."""
        self._training.look_at(Origin(folder=folder))
        self.open()

    def follow(self, project: Project | None) -> None:
        """Follow the open photo: if its project is another one, use the words of that project."""
        self._project = project
        self._collect_if_needed()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Collect training data, as the View menu may have shown the panel."""
        super().showEvent(event)
        self._collect_if_needed()

    def _collect_if_needed(self) -> None:
        # A dataset that the user has chosen stays until they ask for the corrections again.
        training, origin = self._training, self._training.origin
        waits = (
            training.stage in (TrainingStage.IDLE, TrainingStage.READY, TrainingStage.LOOKING) and origin.folder is None
        )
        new = origin.project is not self._project or training.stage is TrainingStage.IDLE
        if self._project is not None and self.isVisible() and waits and new:
            training.look_at(Origin(self._project))

    def retint(self) -> None:
        """Apply the colours of the current theme."""
        super().retint()
        if self.filled:
            self.result.retint()
            self.offer.retint()

    def _connect(self) -> None:
        training = self._training
        training.changed.connect(self._follow)
        training.event_received.connect(self._on_event)
        training.progressed.connect(self._show_progress)
        training.failed.connect(lambda trouble: self._show_message(trouble.message))
        self._document.changed.connect(self._count)
        for outset in (self.preflight, self.boxes):
            outset.start.connect(lambda recipe, writer: training.start(self.kind, recipe, writer))
            outset.look.connect(self._collect_again)
        self.boxes.opened.connect(self._open_photo)
        for view in (self.preflight, self.running.samples, self.result.gained, self.result.lost):
            view.chosen.connect(self._go)
        self.tabs.currentChanged.connect(self._follow)

    @property
    def kind(self) -> str:
        """The kind of the current tab."""
        return KINDS[max(0, self.tabs.currentIndex())]

    # ---------------------------------------------------------------------------------------------------- following

    def _follow(self) -> None:
        """Show the page of the current stage."""
        training, stage = self._training, self._training.stage
        self._pictures.use(training.dataset)
        self._show_kind()
        before = self.pages.currentWidget()
        if training.busy:
            self.pages.setCurrentWidget(self.running)
            if before is not self.running:
                self.running.begin()
        elif stage in (TrainingStage.DECIDING, TrainingStage.KEPT):
            self.pages.setCurrentWidget(self.result)
        else:
            self.pages.setCurrentWidget(self.preflight if self.kind == "recognizer" else self.boxes)
            self._show_look()
        self.offer.show_runs()
        page, focus = self.pages.currentWidget(), QApplication.focusWidget()
        if before and page and before is not page and focus and before.isAncestorOf(focus):
            # The focused widget is hidden now; focus the page, so that no button is pressed by mistake.
            page.setFocus()
        self._focus()

    def _show_kind(self) -> None:
        """Disable the tab of the other kind while a training runs or waits for a decision."""
        kind = self._training.run.kind if self._training.run else None
        for index, each in enumerate(KINDS):
            self.tabs.setTabEnabled(index, kind in (None, each))
            self.tabs.setTabToolTip(
                index, tr(_TABS[each]) if kind in (None, each) else tr("Only one model can be trained at a time")
            )
        if kind is not None:
            self.tabs.setCurrentIndex(KINDS.index(kind))

    def _show_look(self) -> None:
        training = self._training
        if training.stage is TrainingStage.LOOKING:
            for outset in (self.preflight, self.boxes):
                outset.column.say_waiting(training.origin.doing)
            return
        if training.look is None or training.look is not self._shown:
            self._shown, self._since = training.look, {}
            self.preflight.show_look(training.look)
            self.boxes.show_look(training.look)
            if training.look and training.look.reviewed and not training.look.words:
                self.tabs.setCurrentIndex(KINDS.index("detector"))
            self.preflight.recipe.show_models(registry.available("recognizer"), training.options.reads_with())
            self.boxes.recipe.show_models(registry.available("detector"), training.options.finds_with())
        if training.stage is TrainingStage.IDLE and training.look is None and training.origin:
            for outset in (self.preflight, self.boxes):
                outset.column.say_failed(training.origin.failed)
        self._count()

    def _count(self) -> None:
        """Show how many words are checked: those collected, and changes on the open page since then."""
        look, page = self._training.look, self._document.page
        if look is None or self._training.stage is not TrainingStage.READY or not self.isVisible():
            return
        if page is not None and self._training.origin.folder is None:
            before = look.pages[page.id].words if page.id in look.pages else 0
            self._since[page.id] = preflight.checked_words(page) - before
        self.preflight.show_checked(look.words + sum(self._since.values()))

    def _on_event(self, event: LearningEvent) -> None:
        if isinstance(event, Trained | DetectorTrained):
            self.result.show_result(event)
            self.reveal()

    def _show_progress(self, text: str, done: int, total: int) -> None:
        if self._training.stage is TrainingStage.LOOKING:
            # Translators: {doing} is the current activity, such as “Collecting your corrections…”.
            self._show_message(tr("{doing} {done} of {total}", doing=text, done=done, total=total) if total else text)
            if total == done:
                self._show_message("")

    def _show_message(self, text: str) -> None:
        self.status.setText(text)
        self.status.setToolTip(labels.tooltip(text))

    # ----------------------------------------------------------------------------------------------------- doing

    def _has_unchecked(self) -> bool:
        """Whether there may be unchecked words, on this or on other photos."""
        page, project = self._document.page, self._project
        here = page is not None and any(not word.checked for word in page.words.values())
        return here or (page is not None and project is not None and project.has_others(page.id))

    def _collect_again(self) -> None:
        if self._training.origin:
            self._training.look_at(self._training.origin)

    def _go(self, place: LearnedPlace) -> None:
        if isinstance(place, PlacedWord):
            if photo := self._training.photo_called(place.photo):
                self._places.go_to_box(photo, place.quad)
        elif photo := self._training.photo_of(place[0]):
            self._places.go_to_word(photo, place[1])

    def _open_photo(self, page_id: str) -> None:
        if photo := self._training.photo_of(page_id):
            self._places.go_to_word(photo, "")

    def _focus(self) -> None:
        """Once the start button is enabled, focus it if the user opened the panel.

        If the focus has moved elsewhere since, leave it there: the user may be typing.
        """
        page = self.pages.currentWidget()
        if self._asked_from is None or QApplication.focusWidget() is not self._asked_from:
            return
        if isinstance(page, PreflightPage | DetectorPage) and page.column.begin.isEnabled():
            self._asked_from = None
            page.column.begin.setFocus()

    def _lay_out(self) -> None:
        self._bar = QWidget()
        whole = QWidget()
        self.setWidget(whole)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self.offer)
        layout.addWidget(self.pages, 1)

    def _lay_out_head(self) -> None:
        """Lay out the row above the pages."""
        head = QHBoxLayout(self._bar)
        head.setContentsMargins(6, 2, 12, 0)
        head.setSpacing(12)
        head.addWidget(self.tabs)
        head.addWidget(self.status, 1)
        head.addWidget(self.closer)


class _Offer(QFrame):
    """A message about an interrupted training, with buttons to resume or discard it."""

    def __init__(self, training: TrainingController) -> None:
        super().__init__()
        self._training = training
        self.setProperty("message", "info")
        self._icon = PlainLabel()
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        self.go_on = button(tr("Resume"), tr("Resume this training run"), self._resume, primary=True)
        self.forget = button(tr("Discard"), tr("Delete this training run and its progress"), self._forget, flat=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 8, 5)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        row.addWidget(self.go_on)
        row.addWidget(self.forget)
        self.hide()

    def show_runs(self) -> None:
        """Offer the latest interrupted training, unless another one is running."""
        offers = self._training.offers
        if offers and self._training.is_free:
            run, learned = offers[0].run, offers[0].learned
            when = run.begun[:16].replace("T", " ")
            # Translators: In brackets within a sentence.
            begun = tr("started {when} UTC", when=when)
            if run.about:
                # Translators: In brackets within a sentence.
                begun = tr("from {folder}, started {when} UTC", folder=labels.file_name(run.about), when=when)
            say(self.text, tr(_OFFERS[run.kind, learned], run=run.name, begun=begun))
            self.go_on.setText(tr("Show result") if learned else tr("Resume"))
        self.setVisible(bool(offers) and self._training.is_free)

    def retint(self) -> None:
        """Apply the colours of the current theme."""
        self._icon.setPixmap(theme.icon("mdi6.restart", role="info").pixmap(18, 18))

    def _resume(self) -> None:
        self._training.resume(self._training.offers[0].run)

    def _forget(self) -> None:
        self._training.forget_offer(self._training.offers[0].run)
