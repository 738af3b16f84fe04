"""Finds and replaces by rules: opens the dialogs and applies the chosen replacements."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ocr_studio.core import paths
from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import Replacer, Rule
from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import later, message, tr, tr_n
from ocr_studio.jobs.review import collect_changes
from ocr_studio.jobs.review.collect_changes import FoundChanges
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.search.rules_dialog import RulesDialog
from ocr_studio.ui.words.change_list import ChangeList, ListTexts
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from ocr_studio.ui.words.word_pictures import WordPictures


class ReplacingByRules(QObject):
    """Shows the rules, then a preview of what they would change, then applies the ticked replacements."""

    def __init__(
        self, document: Document, opening: Opening, pictures: WordPictures, lane: JobThread, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document, self._opening, self._pictures = document, opening, pictures
        self._lane, self._window = lane, window
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
        changes = ChangeList(
            self._document,
            self._pictures,
            ListTexts(
                tr("Words and their replacements"),
                (tr("Current text"), tr("New text"), ""),
                button=lambda number: tr("&Replace {count}", count=number) if number else tr("&Replace"),
                step=lambda *_: message("Replace using rules"),
            ),
            by_photo=everywhere,
        )
        preview = ChangesDialog(
            tr("Replace on all photos") if everywhere else tr("Replace on this photo"),
            tr("Searching…"),
            changes,
            note=tr("Replaced words count as corrected by you. One Undo reverts everything."),
            parent=self._window,
        )
        preview.finished.connect(preview.deleteLater)
        preview.open()
        wrong: list[str] = []

        def hear(found: FoundChanges) -> None:
            preview.show_progress(found.done, found.total)
            preview.add(found.changes)
            wrong.extend(found.wrong)

        def end(*trouble: str) -> None:
            preview.show_end(_said(preview), [*trouble, *wrong])

        project, page = self._opening.project, self._document.page
        if everywhere and project is not None:
            self._opening.save()  # so that the latest corrections are searched, too
            work = self._lane.submit(
                lambda: collect_changes.collect_by_rules(project, rules), name=later("Previewing rules")
            )
            work.yielded.connect(hear)
            work.failed.connect(lambda trouble: end(trouble.message))
            work.done.connect(end)
            preview.finished.connect(work.cancel)
        elif not everywhere and page is not None:
            try:
                for event in collect_changes.collect_page(page, Replacer(rules).in_page):
                    if isinstance(event, FoundChanges):
                        hear(event)
                end()
            except StudioError as error:
                preview.show_trouble(Trouble(str(error)))
        else:
            end()


def _said(preview: ChangesDialog) -> str:
    """How many words would change."""
    if not preview.found:
        return tr("Nothing to replace")
    photos = tr_n("{count} photo", "{count} photos", len(preview.list.changes.pages))
    return tr_n(
        "{count} word on {photos} would change. Select the words to replace.",
        "{count} words on {photos} would change. Select the words to replace.",
        preview.found,
        photos=photos,
    )
