"""The dialog with all models, their details and commands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.models import description as model_description
from ocr_studio.core.models.registry import Ancestor, Damaged, Model
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import tr
from ocr_studio.ui.models.model_details import ModelDetails
from ocr_studio.ui.models.model_list import ICONS, ModelList, tell
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.elided_label import StatusLabel


class ModelsDialog(QDialog):
    """A list of models beside the details of the selected one.

    Commands are emitted as signals; the receiver then updates the list by ``show_models``.

    Signals, each with the name of the selected model: ``use_wanted``, ``stop_wanted`` (in use for certain writers),
    ``compare_wanted``, ``rename_wanted``,
    ``export_wanted``, ``delete_wanted``; and ``import_wanted()``, ``fetch_wanted()``.
    """

    use_wanted = Signal(str)
    stop_wanted = Signal(str)
    compare_wanted = Signal(str)
    rename_wanted = Signal(str)
    export_wanted = Signal(str)
    delete_wanted = Signal(str)
    import_wanted = Signal()
    fetch_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Models"))
        self._entries: Sequence[Model | Damaged] = ()
        self._histories: dict[str, tuple[Ancestor, ...]] = {}
        self._options = ReaderOptions()
        self._comparable = False
        self.list = ModelList(tr("Models"), narrowest=240)
        self._items = self.list.items
        self.list.selectionModel().currentChanged.connect(self._show_chosen)
        self.facts = ModelDetails()
        self.use = self._button(tr("&Use"), tr("Use this model from now on"), self.use_wanted)
        self.use.setProperty("primary", True)
        self.stop = self._button(tr("&Stop using"), "", self.stop_wanted)
        self.list.activated.connect(lambda _: self.use.click())
        self.compare = self._button(
            tr("&Compare on this photo…"),
            tr("Compare this model with the one in use, on the open photo"),
            self.compare_wanted,
        )
        self.rename = self._button(tr("&Rename…"), tr("Give this model another name"), self.rename_wanted)
        self.export = self._button(tr("&Export…"), tr("Save this model as a single file to share"), self.export_wanted)
        self.delete = self._button(tr("&Delete…"), tr("Delete this model permanently"), self.delete_wanted)
        self.take_in = QPushButton(tr("&Import…"))
        self.take_in.setToolTip(tr("Import an exported model; it contains only numbers, and no code in it is run"))
        self.take_in.setAutoDefault(False)
        self.take_in.clicked.connect(self.import_wanted)
        self.published = QPushButton(tr("Down&load models…"))
        self.published.setToolTip(tr("Download models that others have published, such as those of keras-ocr"))
        self.published.setAutoDefault(False)
        self.published.clicked.connect(self.fetch_wanted)
        self.status = StatusLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # “Use” stands out alone
        self.buttons.rejected.connect(self.reject)
        for button in (self.take_in, self.published):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self._lay_out()

    @property
    def chosen(self) -> Model | Damaged | None:
        """The selected model."""
        row = self.list.currentIndex().row()
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def show_models(
        self,
        entries: Sequence[Model | Damaged],
        *,
        histories: dict[str, tuple[Ancestor, ...]],
        options: ReaderOptions,
        comparable: bool,
        choose: str = "",
    ) -> None:
        """Show these models, and select the one of the name ``choose``, by default the selected one.

        ``histories`` are those of ``registry.ancestry`` by name, ``options`` say which models are in use, and models
        are ``comparable`` while a photo is open.
        """
        before = self.chosen
        name = choose or (before.name if before else "")
        self._entries, self._histories, self._options, self._comparable = entries, histories, options, comparable
        self._items.clear()
        for entry in entries:
            self._items.appendRow(self._item(entry))
        names = [entry.name for entry in entries]
        row = names.index(name) if name in names else self._first_of_use()
        self.list.setCurrentIndex(self._items.index(row, 0))
        self._show_chosen()

    def _first_of_use(self) -> int:
        """The row of the recognizer in use, else of the detector in use, else the first."""
        general = self._options.in_general_use
        used = [(number, each) for number, each in enumerate(self._entries) if general(each.name)]
        reads = [number for number, each in used if isinstance(each, Model) and each.kind == "recognizer"]
        return (*reads, *(number for number, _ in used), 0)[0]

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show the outcome of a command. wrong: it failed."""
        self.status.say(text, wrong=wrong)

    def _item(self, entry: Model | Damaged) -> QStandardItem:
        if isinstance(entry, Damaged):
            below, icon = tr("Damaged, can’t be used"), theme.icon("mdi6.alert-outline", role="warning")
        else:
            uses = self._options.describe_use(entry.name)
            marks = (*uses, model_description.gain(entry.card))
            below = " · ".join(filter(None, marks)) or tr(model_description.DOES[entry.kind])
            icon = theme.icon(ICONS[entry.kind], role="accent" if uses else "quiet")
        item = QStandardItem()
        tell(item, icon, entry.name, below)
        return item

    def _show_chosen(self) -> None:
        entry = self.chosen
        model = entry if isinstance(entry, Model) else None
        own = model is not None and not model.of_program
        stays = entry is None or entry.of_program
        writers = self._options.writers_of(entry.name) if entry is not None else ()
        general = entry is not None and self._options.in_general_use(entry.name)
        used = general or bool(writers)
        # A model may be in use for other photos than those it was trained for.
        wanted = model is not None and (model.writer not in writers if model.writer else not general)
        self.use.setEnabled(wanted)
        tip = tr("Use this model from now on")
        if model is not None and model.writer:
            tip = tr("Read photos by {writer} with this profile from now on", writer=model.writer)
        self.use.setToolTip(labels.tooltip(tip))
        self.stop.setVisible(bool(writers))
        if writers:
            tip = tr("Read photos by {writer} like all others again", writer=", ".join(writers))
            self.stop.setToolTip(labels.tooltip(tip))
        self.use.setVisible(wanted or not writers)
        self.compare.setEnabled(model is not None and not used and self._comparable)
        self.rename.setEnabled(own)
        self.export.setEnabled(own)
        self.delete.setEnabled(not stays and not used)
        tip = tr("In use: use another model or stop using it first") if used and not stays else ""
        self.delete.setToolTip(labels.tooltip(tip or tr("Delete this model permanently")))
        if isinstance(entry, Damaged):
            self.facts.show_facts(entry.name, [(tr("Problem"), entry.error.what), (tr("Folder"), str(entry.folder))])
        elif model is not None:
            # The first one, the name, is the heading.
            facts = model_description.facts(model, self._histories.get(model.name, ()))[1:]
            self.facts.show_facts(model.name, facts)
        self.say("")

    def _button(self, title: str, tip: str, wanted: object) -> QPushButton:
        made = QPushButton(title)
        made.setToolTip(labels.tooltip(tip))
        made.setAutoDefault(False)
        made.clicked.connect(lambda: self._want(wanted))
        return made

    def _want(self, wanted: object) -> None:
        focused = self.focusWidget() in (self.use, self.stop)
        if self.chosen is not None:
            wanted.emit(self.chosen.name)  # type: ignore[attr-defined]  # a bound signal, for which there is no type
        if focused:  # one of the two takes the place of the other
            (self.stop if self.use.isHidden() else self.use).setFocus()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.facts, 1)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, some in (
            (first, (self.use, self.stop, self.compare)),
            (second, (self.rename, self.export, self.delete)),
        ):
            row.setSpacing(8)
            for button in some:
                row.addWidget(button)
            row.addStretch(1)
            right.addLayout(row)
        across = QHBoxLayout()
        across.setSpacing(18)
        across.addWidget(self.list, 2)
        across.addLayout(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(across, 1)
        layout.addWidget(self.status)
        layout.addWidget(self.buttons)
        self.resize(QSize(860, 560).boundedTo(self.screen().availableSize() * 0.94))
