"""The application: makes its parts, shows the window and runs it."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from ocr_studio.core import logs, resources, settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.images import photo_limit
from ocr_studio.core.settings import RecentFiles, Settings
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.learning.train import Learn
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.jobs.reading.read import OcrService
from ocr_studio.ui.app import gc_tuning, screen, window_state
from ocr_studio.ui.app.assembly import Services
from ocr_studio.ui.app.close_guard import CloseGuard
from ocr_studio.ui.app.crash_handler import BugCatcher
from ocr_studio.ui.app.main_window import MainWindow
from ocr_studio.ui.app.screenshot import Screenshot
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.index_service import IndexService
from ocr_studio.ui.document.open_photos import SAVE_SECONDS, Opening
from ocr_studio.ui.evaluation.controller import EvaluationController
from ocr_studio.ui.help.style_guide import StyleGuide
from ocr_studio.ui.job_thread import Lanes, Trouble
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import design
from ocr_studio.ui.style import language as window_language
from ocr_studio.ui.style import theme as theming
from ocr_studio.ui.training.controller import TrainingController

# Milliseconds after which a window that was shown has its frame.
_FRAMED_MS = 400


class Studio(QObject):
    """All parts of the program. It lives as long as the window.

    Attributes:
        theme_asked_for: The theme given at the start, until the user chooses another one; None: that of the settings.
        saved_settings: The settings when they were last loaded or saved.
        restarts_for_language: Whether the window was closed to be replaced by one in another language.
        resumes: Whether this window replaces another one, and resumes its session.

    Args:
        chosen: The settings.
        ocr_service: Reads photos; made from the settings unless a test brings its own.
        theme: See ``theme_asked_for``.
        saves_state: Whether anything may be written to the disk.
        learners: Functions that train a model, instead of the engine's.
    """

    bug = Signal(object)

    def __init__(
        self,
        chosen: Settings,
        *,
        ocr_service: OcrService | None = None,
        theme: str | None = None,
        saves_state: bool = True,
        learners: Mapping[str, Learn] | None = None,
    ) -> None:
        super().__init__()
        self.settings = self.saved_settings = chosen
        self.theme_asked_for = theme
        self.restarts_for_language = self.resumes = False
        self.document = Document(self)
        self.autosave = Autosave(self.document, self)
        lanes = self.lanes = Lanes.make(self)
        self.opening = Opening(
            self.document, lanes.files, self.autosave, settings=chosen, recent=RecentFiles(), saves_state=saves_state
        )
        self.index_service = IndexService(self.opening, lanes.files)
        self.reading = ReadingController(
            self.document, lanes.reading, ocr_service or OcrService(chosen.reader_options())
        )
        self.evaluator = EvaluationController(lanes.reading, lambda: self.reading.ocr_service)
        self.training = TrainingController(lanes.training, lambda: self.settings, learners=learners)
        self.window = MainWindow(
            Services(
                document=self.document,
                autosave=self.autosave,
                opening=self.opening,
                index_service=self.index_service,
                reading=self.reading,
                evaluator=self.evaluator,
                training=self.training,
                lanes=lanes,
            )
        )
        if design.density() is not design.DENSITIES["standard"]:
            design.space_out(self.window)
        design.DialogSpacing(self.window)
        self.opening.opened.connect(self._read_if_new)
        self.window.settings_chosen.connect(self.change_settings)
        self.training.kept.connect(lambda model: self.change_settings(self.settings.using(model)))
        self.training.rolled_back.connect(
            lambda model, before: self.change_settings(self.settings.using_instead(model, before))
        )
        self.window.closing.connect(self._close)
        self.window.installEventFilter(self.opening)
        self._guard = CloseGuard(self.window, self._save_all)
        self._guard.close_prevented.connect(self._show_unsaved)
        self.autosave.saved.connect(self._guard.reset)
        self.document.history.other_page_changed.connect(self._show_page)
        self.document.history.step_progressed.connect(self._show_undo_progress)
        self.document.history.refused.connect(lambda why: self.window.show_trouble(Trouble(why)))
        self.window.preferences.restart_requested.connect(self._restart_in_language)
        self.reading.use_project_words(lambda: self.opening.project)
        self.reading.protect_words(self._words_being_written)
        self.bug.connect(self.window.show_trouble)

    def _words_being_written(self) -> set[str]:
        """Ids of the words of the open photo whose text may be being typed."""
        reviewed = self.window.review.reviewing.place if self.window.review.isVisible() else None
        typed = {self.window.view.editing.word_id, self.window.table.word_id, reviewed[1] if reviewed else None}
        return {key for key in typed if key} | self.window.texts.panel.text.typed.words

    def start(self, paths: Sequence[Path]) -> None:
        """Show the window, then load the recognizer in the background and open the given photos and folders."""
        self.window.show()
        # After the first paint, because loading the recognizer blocks the interpreter for moments.
        QTimer.singleShot(0, self.reading.prepare)
        if self.opening.saves_state:
            QTimer.singleShot(0, self.training.find_offers)
        if paths:
            self.opening.open_paths(paths)
        self.window.session.begin(busy=bool(paths), resumes=self.resumes)

    def change_settings(self, chosen: Settings) -> None:
        """Use these settings from now on, and save them."""
        self._use_settings(chosen)
        self.opening.retry_saver.save("settings", self._save_settings)

    def _save_settings(self) -> None:
        """Save what was changed, and use what the command line has saved meanwhile. Raises WriteFailed."""
        self.saved_settings = settings.save_changes(self.saved_settings, self.settings)
        if self.saved_settings != self.settings:
            self._use_settings(self.saved_settings)

    def _use_settings(self, chosen: Settings) -> None:
        before, self.settings = self.settings, chosen
        self.opening.settings = chosen
        if chosen.theme != before.theme:
            self.theme_asked_for = None
        if (chosen.theme, chosen.density) != (before.theme, before.density):
            use_theme(self.theme, chosen.density)
            self.window.retint()
            design.space_out(self.window)
        self.window.action_set.use_keys(chosen.keys)
        self.window.action_set.refresh()
        self.reading.use(chosen.reader_options())
        photo_limit.allow_megapixels(chosen.largest_photo)

    @property
    def theme(self) -> str:
        """The theme in use: the one given at the start, otherwise that of the settings."""
        return self.theme_asked_for or self.settings.theme

    def follow_system(self) -> None:
        """Update the theme after the system's colours have changed."""
        if theming.colours() is not theming.wanted(self.theme):
            use_theme(self.theme, self.settings.density)
            self.window.retint()

    @property
    def busy(self) -> bool:
        """Whether anything is being opened or read."""
        return any(lane.busy for lane in self.lanes)

    def stop(self) -> None:
        """End the threads. Waits until each has finished its current step."""
        self.window.session.leave()
        self.window.correction_learning.stop()
        for lane in self.lanes:
            lane.stop()
        self.index_service.stop()
        # Qt clears an undo stack that it destroys; the signals would reach a window that is partly destroyed.
        self.document.undo_stack.blockSignals(True)

    def _show_undo_progress(self, name: str, back: bool, photos: int) -> None:
        """Show the progress of undoing or redoing a step with very many photos."""
        status, at = self.window.status, tr_n("{count} photo left", "{count} photos left", photos)
        if not photos:
            status.say("")
        elif back:
            status.say(tr("Undoing “{step}”: {photos}", step=name, photos=at))
        else:
            status.say(tr("Redoing “{step}”: {photos}", step=name, photos=at))

    def _show_page(self, page_id: str) -> None:
        review = self.window.review
        if not (review.isVisible() and review.reviewing.holds(page_id)):
            self.opening.open_page(page_id)

    def _read_if_new(self, event: PhotoOpened) -> None:
        page = event.page
        if self.settings.read_when_opened and page.read_at is None and not (event.read_only or page.has_imported):
            self.reading.read_page()

    def _restart_in_language(self) -> None:
        # The window stays open if something could not be saved.
        self.restarts_for_language = self.window.close()

    def _save_all(self) -> bool:
        """Save everything, because the window is about to be closed. Returns whether everything is saved."""
        self.window.framing.finish()
        saved = self.opening.save()
        if not saved:  # the window stays open
            self.document.frame_again()
        return saved

    def _show_unsaved(self) -> None:
        self.window.show_trouble(
            Trouble(
                tr(
                    "The last changes are not saved: {why} They will be saved as soon as possible. To quit"
                    " without saving them, close the window again.",
                    why=self.autosave.trouble or tr("the disk is not responding."),
                )
            )
        )

    def _close(self) -> None:
        if self.opening.saves_state:
            self.window.state.save()
            self.opening.retry_saver.retry()
            self.window.session.end()
        self.window.phone.stop()
        self.window.sharing.close()
        self.reading.cancel()
        self.window.photos_panel.batch.cancel()
        self.evaluator.cancel()
        self.training.close()
        self.index_service.close()
        self.opening.close()


def run(
    paths: Sequence[Path] = (),
    *,
    theme: str | None = None,
    scale: int | None = None,
    language: str | None = None,
    screenshot: OutputFile | None = None,
    style_guide: bool = False,
) -> int:
    """Show the window and run until it is closed.

    Args:
        paths: Photos and folders to open; only one with a screenshot.
        theme: "light" or "dark", for this run only.
        scale: Size of the user interface in percent.
        language: Such as "en" or "de", for this run only.
        screenshot: Write an image of the window as PNG to this file as soon as the photo is open and read, then quit.
            Nothing else is written.
        style_guide: Show the page with the design system instead of the window.

    Returns:
        The exit status.

    Raises:
        screen.NoScreen: There is no display to show a window on.
        StudioError: The photo could not be opened, or the screenshot not be written.
    """
    if screenshot is not None:
        if screenshot.path.exists() and any(path.samefile(screenshot.path) for path in paths):
            raise StudioError("this file is the photo itself", file=screenshot.path, remedy="Choose another name.")
        screenshot.check()
    screen.choose(needed=screenshot is None)
    if scale is not None:
        os.environ["QT_SCALE_FACTOR"] = str(scale / 100)
    chosen = settings.load()
    photo_limit.allow_megapixels(chosen.largest_photo)
    with logs.libraries_silenced():
        app = _application(theme or chosen.theme, chosen.density, language or chosen.language)
        if style_guide:
            return _show_style_guide(app, screenshot)
        studio = Studio(chosen, theme=theme, saves_state=screenshot is None)
        status = _run_window(app, studio, paths, screenshot)
        while studio.restarts_for_language:
            studio = _replace_window(app, studio)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            gc_tuning.free_unused()
            status = _run_window(app, studio, (), None)
        return status


def _show_style_guide(app: QApplication, screenshot: OutputFile | None) -> int:
    guide = StyleGuide()
    guide.show()
    taker = Screenshot(guide, screenshot, ready=lambda: True) if screenshot is not None else None
    app.exec()
    if taker is not None and taker.trouble:
        raise taker.trouble
    return 0


def _run_window(app: QApplication, studio: Studio, paths: Sequence[Path], screenshot: OutputFile | None) -> int:
    """Run one window until it is closed."""
    catcher = BugCatcher(lambda: studio.autosave.flush(SAVE_SECONDS), studio.bug.emit)
    catcher.install()
    tidying = QTimer(studio, interval=60_000)
    tidying.timeout.connect(logs.limit_native)
    tidying.start()
    gc_tuning.collect_here(studio)
    gc_tuning.freeze_loaded()
    studio.reading.prepared.connect(gc_tuning.freeze_loaded)
    try:
        return _show_and_run(app, studio, paths, screenshot)
    finally:
        studio.stop()
        catcher.remove()
        gc.enable()  # no thread is running


def _replace_window(app: QApplication, before: Studio) -> Studio:
    """Make a window in the chosen language to replace one that was closed. The recognizer stays loaded."""
    window_language.use(app, before.settings.language)
    use_theme(before.theme, before.settings.density)
    studio = Studio(before.settings, ocr_service=before.reading.ocr_service, theme=before.theme_asked_for)
    studio.saved_settings = before.saved_settings  # what could not be saved yet is still to be saved
    studio.resumes = True
    before.window.deleteLater()
    before.deleteLater()
    return studio


def use_theme(chosen: str, density: str = "standard") -> None:
    """Apply a theme, "system", "light" or "dark", and a density, "compact", "standard" or "spacious"."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theming.use(app, chosen, density)


def _application(theme: str, density: str, language: str) -> QApplication:
    app = screen.connect(sys.argv[:1])
    app.setApplicationName("ocr-studio")
    app.setApplicationDisplayName("OCR Studio")
    app.setDesktopFileName("ocr-studio")
    window_language.use(app, language)
    use_theme(theme, density)
    with contextlib.suppress(StudioError):  # a missing icon is not worth a message
        app.setWindowIcon(QIcon(str(resources.icon())))
    return app


def _show_and_run(app: QApplication, studio: Studio, paths: Sequence[Path], screenshot: OutputFile | None) -> int:
    theming.connect_system(studio.follow_system)
    if screenshot is not None:
        _save_screenshot(app, studio, paths, screenshot)
        return 0
    studio.window.state.restore()
    studio.start(paths)
    # Again once the window manager has added its frame.
    QTimer.singleShot(_FRAMED_MS, studio.window, lambda: window_state.fit_screen(studio.window))
    return app.exec()


def _save_screenshot(app: QApplication, studio: Studio, paths: Sequence[Path], screenshot: OutputFile) -> None:
    """Write an image of the window once it is ready, and nothing else.

    Raises:
        StudioError: The photo could not be opened or read, or the image not be written.
    """
    troubles: list[Trouble] = []
    studio.opening.failed.connect(troubles.append)
    studio.opening.refused.connect(lambda _, trouble: troubles.append(trouble))
    studio.reading.failed.connect(troubles.append)
    studio.bug.connect(troubles.append)
    studio.bug.connect(app.quit)  # the screenshot itself may have failed
    taker = Screenshot(studio.window, screenshot, ready=lambda: not studio.busy)
    studio.start(paths)
    app.exec()
    if taker.trouble:
        raise taker.trouble
    if troubles:
        raise StudioError(troubles[0].message)
