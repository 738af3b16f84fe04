"""The dialog for downloading published models."""

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
from ocr_studio.ui.models.model_details import ModelDetails
from ocr_studio.ui.models.model_list import ICONS, ModelList, tell
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.elided_label import StatusLabel
from ocr_studio.ui.widgets.plain_label import PlainLabel

_MEGABYTE: Final = 1_000_000


class DownloadDialog(QDialog):
    """A list of published models beside the details of the selected one.

    Signals: ``fetch_wanted(str)``: download or import the file of this name; ``cancel_wanted()``: stop the download;
    ``file_wanted()``: import a file that the user has already.
    """

    fetch_wanted = Signal(str)
    cancel_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, files: Sequence[PublishedFile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Download models"))
        self._files = tuple(files)
        self._here: dict[str, Here] = {}
        self._coming = ""
        self.list = ModelList(tr("Published models"), narrowest=220)
        self._items = self.list.items
        self.facts = ModelDetails()
        self.facts.setAccessibleName(tr("Model details"))
        self.fetch = QPushButton(tr("&Download"))
        self.fetch.setProperty("primary", True)
        self.fetch.clicked.connect(lambda: self.fetch_wanted.emit(self.chosen.name))
        self.cancel = QPushButton(tr("&Stop"))
        self.cancel.setToolTip(tr("Stop the download; you can resume it later"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.have = QPushButton(tr("Import &file…"))
        self.have.setToolTip(tr("Import a keras-ocr weights file (.h5) that you already have"))
        self.have.clicked.connect(self.file_wanted)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Download progress"))
        self.status = StatusLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        for button in (self.fetch, self.cancel, self.have):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(button is self.fetch)
        for file in self._files:
            self._items.appendRow(QStandardItem())
            self._update_row(file)
        self.list.selectionModel().currentChanged.connect(self._show_chosen)
        self._lay_out()
        self.list.setCurrentIndex(self._items.index(0, 0))
        self.list.setFocus()

    @property
    def chosen(self) -> PublishedFile:
        """The selected file."""
        return self._files[max(0, self.list.currentIndex().row())]

    def show_here(self, here: Here) -> None:
        """Show how much of a file has been downloaded."""
        self._here[here.file.name] = here
        self._update_row(here.file)
        if here.file is self.chosen:
            self._show_facts()

    def show_coming(self, file: PublishedFile, done: int, total: int | None) -> None:
        """Show the progress of a download. done, total: bytes; total is None if unknown."""
        if not self._coming:
            self._coming = file.name
            self._show_buttons()
        share = done / total if total else 0.0
        # In thousandths, as bytes may overflow Qt's 32-bit values; a busy indicator if the total is unknown.
        self.bar.setRange(0, 1000 if total else 0)
        self.bar.setValue(round(1000 * share))
        parts = {"file": file.name, "done": _megabytes(done)}
        if total:
            self.say(tr("Downloading {file}: {done} of {total} MB", total=_megabytes(total), **parts))
        else:
            self.say(tr("Downloading {file}: {done} MB", **parts))

    def show_looking(self, name: str) -> None:
        """Show that a file is being imported."""
        self._coming = name
        self.bar.setRange(0, 0)
        self.say(tr("Importing {file}…", file=name))
        self._show_buttons()

    def show_ended(self) -> None:
        """Show that nothing is being downloaded or imported any longer."""
        self._coming = ""
        self._show_buttons()

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show the outcome of a command. wrong: it failed."""
        self.status.say(text, wrong=wrong)

    def _update_row(self, file: PublishedFile) -> None:
        """Update the row of a file."""
        here = self._here.get(file.name)
        if here is not None and here.path is not None:
            below = tr("Already downloaded")
        elif here is not None and here.begun:
            below = tr("{done} of about {total} MB downloaded", done=_megabytes(here.begun), total=file.megabytes)
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
            tr("Description"): tr(file.about),
            tr("Type"): tr(model_description.DOES[file.kind]),
            tr("Good for"): tr(file.good_for),
            tr("Size"): tr("about {total} MB", total=file.megabytes),
            tr("Licence"): file.licence,
            tr("Download address"): file.address,
            # In groups, so that it can wrap.
            tr("Checksum"): tr("SHA-256 {sum}", sum=" ".join(textwrap.wrap(file.sha256, 8))),
        }
        where = [(tr("Saved in"), str(here.path))] if here is not None and here.path is not None else []
        self.facts.show_facts(file.name, [*facts.items(), *where])
        self._show_buttons()

    def _show_buttons(self) -> None:
        here = self._here.get(self.chosen.name)
        if here is not None and here.path is not None:
            title, tip = tr("&Import"), tr("Import the downloaded file as a model")
        elif here is not None and here.begun:
            title, tip = tr("&Resume download"), tr("Download the rest of the file")
        else:
            title, tip = tr("&Download"), tr("Download the file and import it as a model")
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
            tr("Nothing is downloaded until you ask for it. Files are verified before use, and no code in them is run.")
        )
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(across, 1)
        layout.addWidget(note)
        layout.addWidget(self.bar)
        layout.addWidget(self.status)
        layout.addWidget(self.buttons)
        self.resize(QSize(780, 480).boundedTo(self.screen().availableSize() * 0.92))


def _megabytes(count: int) -> int:
    return round(count / _MEGABYTE)
