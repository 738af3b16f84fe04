"""Finds and replaces by rules: opens the dialogs and applies the chosen replacements."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ocr_studio.core import paths
from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import Replacement, Replacer, Rule
from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr
from ocr_studio.jobs.review import preview_rules as job
from ocr_studio.jobs.review.preview_rules import Looked
from ocr_studio.ui.document.apply_choices import Taken, TakingOver
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.search.replace_preview import ReplacePreview
from ocr_studio.ui.search.rules_dialog import RulesDialog


class ReplacingByRules(QObject):
    """Shows the rules, then a preview of what they would change, then applies the ticked replacements."""

    def __init__(self, document: Document, opening: Opening, lane: JobThread, window: QWidget) -> None:
        """Create the controller.

        Args:
            document: The open photo.
            opening: The open project and its settings.
            lane: The thread that reads pages.
            window: The parent of the dialogs.
        """
        super().__init__(window)
        self._document, self._opening, self._lane, self._window = document, opening, lane, window
        self._rules: tuple[Rule, ...] = ()

    def show(self) -> RulesDialog:
        """Open the dialog of rules."""
        waiting = self._rules if self._opening.retry_saver.is_waiting("rules") else None
        rules = replace_rules.load_rules(paths.config_dir()) if waiting is None else waiting
        dialog = RulesDialog(rules, project=self._opening.project is not None, parent=self._window)
        dialog.left.connect(self._keep)
        dialog.wanted.connect(lambda everywhere: self._preview(dialog, everywhere=everywhere))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _keep(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._opening.retry_saver.save("rules", lambda: replace_rules.save_rules(paths.config_dir(), rules))

    def _preview(self, dialog: RulesDialog, *, everywhere: bool) -> None:
        rules = dialog.rules()
        dialog.accept()
        preview = ReplacePreview(
            tr("Replace on all photos") if everywhere else tr("Replace on this photo"), self._window
        )
        preview.taken.connect(lambda chosen: self._take(chosen, preview))
        preview.finished.connect(preview.deleteLater)
        preview.open()
        if everywhere:
            self._look_everywhere(rules, preview)
        else:
            self._look_here(rules, preview)

    def _look_here(self, rules: tuple[Rule, ...], preview: ReplacePreview) -> None:
        page = self._document.page
        try:
            looked = job.look_at(page, Replacer(rules)) if page else Looked(0, 0)
        except StudioError as error:
            preview.show_trouble(Trouble(str(error)))
            return
        preview.add(looked.found)
        preview.show_end(looked.wrong)

    def _look_everywhere(self, rules: tuple[Rule, ...], preview: ReplacePreview) -> None:
        project = self._opening.project
        if project is None:
            preview.show_end()
            return
        self._opening.save()  # so that the latest corrections are searched, too
        wrong: list[str] = []

        def hear(looked: Looked) -> None:
            preview.show_progress(looked.done, looked.total)
            preview.add(looked.found)
            wrong.extend(looked.wrong)

        work = self._lane.submit(lambda: job.look(project, rules), name=tr("Previewing rules"))
        work.came.connect(hear)
        work.failed.connect(lambda trouble: preview.show_end([trouble.message, *wrong]))
        work.done.connect(lambda: preview.show_end(wrong))
        preview.finished.connect(work.cancel)

    def _take(self, chosen: tuple[Replacement, ...], preview: ReplacePreview) -> None:
        taking = TakingOver(self._document, job.wishes(chosen), lambda *_: tr("Replace using rules"), preview)
        taking.progressed.connect(preview.show_taking)

        def end(taken: Taken) -> None:
            preview.show_taken(taken.words, taken.photos, taken.left)

        taking.ended.connect(end)
        taking.start()
