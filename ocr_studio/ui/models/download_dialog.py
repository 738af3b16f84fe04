"""Networks that others have published: what each is, and fetching it when somebody asks for that."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.models import description as model_description
from ocr_studio.core.models.downloads import PublishedFile
from ocr_studio.core.translation import tr
from ocr_studio.jobs.models.download import Here
from ocr_studio.ui.models.model_details import ModelFacts
from ocr_studio.ui.models.model_list import ICONS, ModelList, tell
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.elided_label import SaidLine
from ocr_studio.ui.widgets.plain_label import PlainLabel

_MEGABYTE: Final = 1_000_000


class FetchDialog(QDialog):
    """A list of published networks beside what there is to know of the chosen one before it is fetched.

    files: those that are offered. Signals: ``fetch_wanted(str)`` this file is to come, or what is missing of it, by its
    name; ``cancel_wanted()`` no more of it; ``file_wanted()`` a person has such a file already.
    """

    fetch_wanted = Signal(str)
    cancel_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, files: Sequence[PublishedFile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Published networks"))
        self._files = tuple(files)
        self._here: dict[str, Here] = {}
        self._coming = ""
        self.list = ModelList(tr("Published networks"), narrowest=220)
        self._items = self.list.items
        self.facts = ModelFacts()
        self.facts.setAccessibleName(tr("What is known of the network"))
        self.fetch = QPushButton(tr("&Fetch"))
        self.fetch.setProperty("primary", True)
        self.fetch.clicked.connect(lambda: self.fetch_wanted.emit(self.chosen.name))
        self.cancel = QPushButton(tr("&Stop"))
        self.cancel.setToolTip(tr("Fetch no more of it now; what has come is kept, and it goes on there the next time"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.have = QPushButton(tr("&I have the file…"))
        self.have.setToolTip(tr("Take in a file of weights that keras-ocr has published or written (.h5)"))
        self.have.clicked.connect(self.file_wanted)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("How much has come"))
        self.said = SaidLine()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        for button in (self.cancel, self.have, *self.buttons.buttons()):
            if isinstance(button, QPushButton):
                button.setAutoDefault(False)
        for file in self._files:
            self._items.appendRow(QStandardItem())
            self._tell(file)
        self.list.selectionModel().currentChanged.connect(self._show_chosen)
        self._lay_out()
        self.list.setCurrentIndex(self._items.index(0, 0))
        self.list.setFocus()

    @property
    def chosen(self) -> PublishedFile:
        """The one whose facts are shown."""
        return self._files[max(0, self.list.currentIndex().row())]

    def show_here(self, here: Here) -> None:
        """What is here of one of the files."""
        self._here[here.file.name] = here
        self._tell(here.file)
        if here.file is self.chosen:
            self._show_facts()

    def show_coming(self, file: PublishedFile, done: int, total: int | None) -> None:
        """It is coming; done, total: bytes, total None while unknown."""
        if not self._coming:
            self._coming = file.name
            self._show_buttons()
        share = done / total if total else 0.0
        # (in thousandths, as bytes do not fit into Qt's numbers; without a total it is only seen to be at it)
        self.bar.setRange(0, 1000 if total else 0)
        self.bar.setValue(round(1000 * share))
        parts = {"file": file.name, "done": _megabytes(done)}
        if total:
            self.say(tr("Fetching {file}: {done} of {total} MB", total=_megabytes(total), **parts))
        else:
            self.say(tr("Fetching {file}: {done} MB", **parts))

    def show_looking(self, name: str) -> None:
        """It has come, or was here, and is being looked at."""
        self._coming = name
        self.bar.setRange(0, 0)
        self.say(tr("Looking at {file}…", file=name))
        self._show_buttons()

    def show_ended(self) -> None:
        """Nothing comes any more."""
        self._coming = ""
        self._show_buttons()

    def say(self, text: str, *, wrong: bool = False) -> None:
        """What has been done, or why it could not be."""
        self.said.say(text, wrong=wrong)

    def _tell(self, file: PublishedFile) -> None:
        """Say in the list what a file is."""
        here = self._here.get(file.name)
        if here is not None and here.path is not None:
            below = tr("Here already")
        elif here is not None and here.begun:
            below = tr("{done} of about {total} MB are here", done=_megabytes(here.begun), total=file.megabytes)
        else:
            below = tr("{does}, about {total} MB", does=tr(model_description.DOES[file.kind]), total=file.megabytes)
        item = self._items.item([each.name for each in self._files].index(file.name))
        tell(item, theme.icon(ICONS[file.kind], role="quiet"), file.name, below)

    def _show_chosen(self) -> None:
        if not self._coming:
            self.say("")
        self._show_facts()

    def _show_facts(self) -> None:
        file, here = self.chosen, self._here.get(self.chosen.name)
        facts: Mapping[str, str] = {
            tr("What it is"): tr(file.about),
            tr("Does"): tr(model_description.DOES[file.kind]),
            tr("Good for"): tr(file.good_for),
            tr("Size"): tr("about {total} MB", total=file.megabytes),
            tr("Licence"): file.licence,
            tr("Comes from"): file.address,
            # (in groups, where it may go on in another line)
            tr("Checked by"): tr("SHA-256 {sum}", sum=" ".join(textwrap.wrap(file.sha256, 8))),
        }
        where = [(tr("Lies in"), str(here.path))] if here is not None and here.path is not None else []
        self.facts.show_facts(file.name, [*facts.items(), *where])
        self._show_buttons()

    def _show_buttons(self) -> None:
        here = self._here.get(self.chosen.name)
        if here is not None and here.path is not None:
            title, tip = tr("&Take it in"), tr("Make a model of the file that is here already")
        elif here is not None and here.begun:
            title, tip = tr("&Go on fetching"), tr("Fetch what is still missing of it")
        else:
            title, tip = tr("&Fetch"), tr("Fetch it from the network, and make a model of it")
        self.fetch.setText(title)
        self.fetch.setToolTip(labels.tooltip(tip))
        at_it = bool(self._coming)
        self.fetch.setVisible(not at_it)
        self.cancel.setVisible(at_it)
        self.have.setEnabled(not at_it)
        self.bar.setVisible(at_it)

    def _lay_out(self) -> None:
        across = QHBoxLayout()
        across.setSpacing(18)
        across.addWidget(self.list, 2)
        across.addWidget(self.facts, 3)
        note = PlainLabel(
            tr("Nothing is fetched unless you ask for it. The file is checked before it is used; nothing in it is run.")
        )
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        for button in (self.fetch, self.cancel, self.have):
            bottom.addWidget(button)
        bottom.addStretch(1)
        bottom.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(across, 1)
        layout.addWidget(note)
        layout.addWidget(self.bar)
        layout.addWidget(self.said)
        layout.addLayout(bottom)
        self.resize(QSize(780, 480).boundedTo(self.screen().availableSize() * 0.92))


def _megabytes(count: int) -> int:
    return round(count / _MEGABYTE)
