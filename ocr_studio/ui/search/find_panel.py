"""The panel that finds text on all photos and replaces it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QStackedWidget, QVBoxLayout, QWidget

from ocr_studio.core import plain_text
from ocr_studio.core.editing import find_replace
from ocr_studio.core.page import StepName
from ocr_studio.core.review.queue import Place
from ocr_studio.core.search import matching
from ocr_studio.core.search.index import SearchResult
from ocr_studio.core.translation import later, message, tr, tr_n
from ocr_studio.ui.canvas.go_to_word import MistakePlaces
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.apply_choices import Applied
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.search.find_bar import FindBar
from ocr_studio.ui.search.results_delegate import FindDelegate
from ocr_studio.ui.search.results_model import FindModel
from ocr_studio.ui.search.search_service import MOST, Searching
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.form_fields import ComboBox
from ocr_studio.ui.widgets.panel_keys import FIND_KEYS
from ocr_studio.ui.widgets.side_panel import SidePanel
from ocr_studio.ui.widgets.tables import RowList
from ocr_studio.ui.words.change_list import ChangeList, ListTexts
from ocr_studio.ui.words.change_model import WORD
from ocr_studio.ui.words.word_pictures import WordPictures

# How many words that were not replaced are named; the others are counted.
_SAID: Final = 2
_HELP: Final = later("Typos are tolerated; use quotes for an exact match. Several words must all be on the same photo.")


class FindPanel(SidePanel):
    """Shows results as cards while the user types; Enter or a click on one shows it on its photo.

    Attributes:
        bar: The search bar for the open photo alone.
    """

    own_keys = FIND_KEYS
    lasting = reopens = True

    def __init__(
        self,
        searching: Searching,
        document: Document,
        opening: Opening,
        view: PhotoView,
        pictures: WordPictures,
        *,
        key_of: Callable[[str], str],
    ) -> None:
        """Create the panel, hidden. key_of: see ``ActionSet.key``."""
        super().__init__(tr("Find"), "find")
        self.searching, self._document, self._opening = searching, document, opening
        self.bar, self._places = FindBar(document, view, key_of), MistakePlaces(document, view, opening)
        self._found, self._findings = "", SearchResult([], 0, 0)
        self._replacing = False
        self._step: StepName = ""
        self.line = _line(tr("Find on all photos"), tr("Text to find on all photos"))
        self.line.setMaxLength(matching.LONGEST)
        self.status = ElidedLabel()
        self.status.setProperty("quiet", True)
        self.by = _line(tr("Replace with"), tr("Replacement text"))
        self.by.setMaxLength(plain_text.LONGEST)
        scopes = [("all", tr("On all photos")), ("page", tr("On this photo"))]
        self.scope = ComboBox(scopes, "all", tr("Where to replace"))
        self.cards = RowList()
        self.model = FindModel(pictures, self.cards)
        self.list = ChangeList(
            document,
            pictures,
            ListTexts(
                tr("Words and their replacements"),
                (tr("Current text"), tr("New text"), ""),
                button=_name_button,
                step=lambda *_: self._step,
            ),
        )
        # The results, or what they become.
        self.below = QStackedWidget()
        self._lay_out()
        self._connect()
        self.retint()
        self.set_replacing(False)
        self._show()

    def begin(self, text: str = "", *, replacing: bool | None = None) -> None:
        """Open the panel with this text, by default the last one, and show or hide the fields for replacing."""
        self.open()
        if replacing is not None:
            self.set_replacing(replacing)
        if text:
            self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus()
        self.searching.wanted = True
        self.searching.ask(self.line.text())

    def set_replacing(self, replacing: bool) -> None:
        """Show or hide the fields for replacing."""
        self._replacing = replacing
        self._below.setVisible(replacing)
        self._preview()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        super().retint()
        self.bar.retint()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Search again, as the pages may have changed."""
        super().showEvent(event)
        self.searching.wanted = True
        self.searching.again()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Handle the keys that move between the search field and the cards."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
            keys = Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter
            if watched in (self.line, self.by) and event.key() in keys:
                self._to_cards(go=event.key() != Qt.Key.Key_Down)
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        self.cards.setModel(self.model)
        self.cards.setItemDelegate(FindDelegate(self.cards))
        self.cards.setAccessibleName(tr("Search results"))
        self.cards.setUniformItemSizes(True)
        self.cards.setFlow(QListView.Flow.LeftToRight)
        self.cards.setWrapping(True)
        self.cards.setResizeMode(QListView.ResizeMode.Adjust)
        self.cards.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.cards.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        head, below = QHBoxLayout(), QHBoxLayout()
        for row in (head, below):
            row.setContentsMargins(12, 4, 12, 4)
            row.setSpacing(8)
        head.addWidget(self.line, 1)
        head.addWidget(self.closer)
        self._below = QWidget()
        replacing = QVBoxLayout(self._below)
        replacing.setContentsMargins(0, 0, 0, 0)
        replacing.setSpacing(0)
        below.addWidget(self.by, 1)
        below.addWidget(self.scope)
        self.why = ElidedLabel()
        self.why.setProperty("quiet", True)
        doing = QHBoxLayout()
        doing.setContentsMargins(12, 4, 12, 4)
        doing.setSpacing(8)
        doing.addWidget(self.why, 1)
        doing.addWidget(self.list.apply)
        replacing.addLayout(below)
        replacing.addLayout(doing)
        self.list.setContentsMargins(12, 0, 12, 8)
        self.below.addWidget(self.cards)
        self.below.addWidget(self.list)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        self.status.setContentsMargins(12, 0, 12, 4)
        layout.addWidget(self.status)
        layout.addWidget(self._below)
        layout.addWidget(self.below, 1)
        self.setWidget(whole)

    def _connect(self) -> None:
        self.line.textChanged.connect(self._search)
        self.by.textChanged.connect(self._start_over)
        self.scope.activated.connect(self._start_over)
        self.list.started.connect(self._begin_step)
        self.list.progressed.connect(self._show_replacing)
        self.list.applied.connect(self._show_replaced)
        self.list.tree.clicked.connect(self._go_if_text)
        self.list.tree.shown.connect(lambda change: self._go_to(change.key, change.image))
        self.searching.found.connect(self._on_found)
        self.searching.failed.connect(lambda trouble: self.status.setText(trouble.message))
        self.cards.clicked.connect(self._go)
        self.cards.activated.connect(self._go)
        self._places.shown.connect(self._come_back)
        self.bar.everywhere_wanted.connect(self.begin)
        for widget in (self.line, self.by, self.cards, self.list.tree):
            widget.installEventFilter(self)
        self.visibilityChanged.connect(lambda _: setattr(self.searching, "wanted", self.isVisible()))
        # Changed words reach the index through the project and may change the results.
        self._document.changed.connect(self._follow)
        self._document.opened.connect(self._preview)

    # ----------------------------------------------------------------------------------------------------- finding

    def _search(self, text: str) -> None:
        self._drop_result()
        self.searching.wanted = True
        self.searching.ask(text)

    def _on_found(self, query: str, findings: SearchResult) -> None:
        if query != self.line.text():
            return
        self._findings = findings
        before = self.cards.currentIndex().row()
        same = [hit.words[0].word_id for hit in self.model.hits] == [hit.words[0].word_id for hit in findings.hits]
        self.model.show(findings.hits)
        if same and before >= 0:
            self.cards.setCurrentIndex(self.model.index(before))
        else:
            self.cards.scrollToTop()
        # Another search starts with fresh ticks, but a search that is refined keeps those of its words.
        self._preview(forget=query != self._found)
        self._found = query
        self._show()

    def _show(self) -> None:
        found = self._findings
        if not self.line.text().strip():
            self.status.setText(tr(_HELP))
        elif not found.total:
            self.status.setText(tr("No results"))
        else:
            photos = tr_n("on {count} photo", "on {count} photos", found.photos)
            places = tr_n("{count} match", "{count} matches", found.total)
            if found.total > MOST:
                self.status.setText(tr("{places} {photos}; showing the best {shown}", places=places, photos=photos,
                                     shown=MOST))  # fmt: skip
            else:
                self.status.setText(tr("{places} {photos}", places=places, photos=photos))

    def _to_cards(self, *, go: bool) -> None:
        if self.below.currentWidget() is self.list:
            if not self.list.tree.currentIndex().isValid():
                self.list.tree.select_first()
            self.list.tree.setFocus()
            if go:
                self.list.ignore_second_press()
        elif self.model.hits:
            first = self.cards.currentIndex() if self.cards.currentIndex().isValid() else self.model.index(0)
            self.cards.setCurrentIndex(first)
            self.cards.setFocus()
            if go:
                self._go(first)

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            hit = self.model.hits[index.row()]
            self._go_to((hit.page_id, hit.words[0].word_id), hit.image)

    def _go_if_text(self, index: QModelIndex) -> None:
        """Show the clicked word on its photo, unless its checkbox may have been meant."""
        change = self.list.changes.change(index)
        if change is not None and index.column() != WORD:
            self._go_to(change.key, change.image)

    def _go_to(self, place: Place, image: str) -> None:
        project, page = self._opening.project, self._document.page
        if project is None:
            return
        here = self._opening.path if page is not None and page.id == place[0] else None
        self._places.go_to_word(here or project.photos / image, place[1])

    def _come_back(self) -> None:
        """Return the focus to the results once the word is shown on its photo."""
        if self.isVisible() and self.below.currentWidget() is self.list:
            self.list.tree.setFocus()
        elif self.isVisible() and self.cards.currentIndex().isValid():
            self.cards.setFocus()

    # ---------------------------------------------------------------------------------------------------- replacing

    def _preview(self, *, forget: bool = False) -> None:
        term = find_replace.parse_single_term(self.line.text()) if self._replacing else None
        self.list.apply.setVisible(term is not None)
        self.below.setCurrentWidget(self.cards if term is None else self.list)
        if term is not None:
            here = self._document.page.id if self._document.page else ""
            hits = [hit for hit in self.model.hits if self.scope.currentData() == "all" or hit.page_id == here]
            self.list.show_changes(find_replace.list_replacements(hits, term, self.by.text()), forget=forget)

    def _start_over(self) -> None:
        """Preview another replacement."""
        self._drop_result()
        self._preview()

    def _follow(self) -> None:
        """Search again, as words have changed, possibly by Undo."""
        self._drop_result()
        self.searching.again()

    def _drop_result(self) -> None:
        """Remove what is said of the last replacement; while words are being replaced, the progress stays."""
        if not self.list.busy:
            query = self.line.text()
            several = bool(query.strip()) and find_replace.parse_single_term(query) is None
            self.why.setText(tr("Only single words can be replaced") if several else "")
            self.why.setToolTip("")

    def _begin_step(self) -> None:
        # Now: while it runs, the user can type another text, and its parts are made in another thread.
        self._step = message("Replace with {text}", text=self.by.text())

    def _show_replacing(self, done: int, total: int) -> None:
        if done < total:
            self.why.setText(
                tr_n(
                    "Replacing: {done} of {count} photo done",
                    "Replacing: {done} of {count} photos done",
                    total,
                    done=done,
                )
            )

    def _show_replaced(self, applied: Applied) -> None:
        said = f"{applied.summary} {tr('You can undo this.')}" if applied.words else applied.summary
        self.why.setText(labels.with_few(said, applied.skipped, most=_SAID))
        self.why.setToolTip(labels.tooltip("\n".join(applied.skipped)))
        self.searching.again()


def _name_button(words: int) -> str:
    return tr_n("Replace {count} word", "Replace {count} words", words) if words else tr("Replace")


def _line(shown: str, name: str) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(shown)
    line.setAccessibleName(name)
    line.setClearButtonEnabled(True)
    line.setMinimumWidth(160)
    return line
