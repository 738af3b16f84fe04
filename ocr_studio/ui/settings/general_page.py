"""The page of general settings: theme, language, startup, and where corrections are saved."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from ocr_studio.core import paths, resources, translation
from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.settings import MEGAPIXELS, SYSTEM, Settings, folder_trouble
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.settings.page import OTHER_NAMES, SettingsPage
from ocr_studio.ui.style import design
from ocr_studio.ui.style import language as window_language
from ocr_studio.ui.widgets import file_dialogs
from ocr_studio.ui.widgets.form_fields import ComboBox, SpinBox
from ocr_studio.ui.widgets.plain_label import PlainLabel


class _NewWindow(QWidget):
    """A note on when the language changes, and a button to reopen the window now.

    Signals: ``wanted()`` the button was clicked.
    """

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        note = PlainLabel(tr("The language changes when you reopen the window."))
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        self.button = QPushButton(tr("Reopen &window"))
        self.button.setToolTip(tr("Save everything and reopen this photo; reading and training stop"))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.wanted)
        layout.addWidget(note, 1)
        layout.addWidget(self.button)


class GeneralPage(SettingsPage):
    """The page of general settings.

    Attributes:
        anew: Emits ``wanted`` when the window should be reopened in another language.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.title = tr("&General")
        themes = (("system", tr("Follow system")), ("light", tr("Light")), ("dark", tr("Dark")))
        places = (("beside", tr("In a folder next to the photos")), ("library", tr("In the library folder")))
        self.theme = ComboBox(themes, settings.theme, tr("Theme"))
        self.theme.currentIndexChanged.connect(lambda: self.say(theme=self.theme.currentData()))
        densities = [(value, tr(density.name)) for value, density in design.DENSITIES.items()]
        self.density = ComboBox(densities, settings.density, tr("Density of the window"))
        self.density.currentIndexChanged.connect(lambda: self.say(density=self.density.currentData()))
        self.keep = ComboBox(places, settings.keep, tr("Where corrections are saved"))
        self.keep.currentIndexChanged.connect(lambda: self.say(keep=self.keep.currentData()))
        self.library = QLineEdit()
        self.library.setPlaceholderText(str(paths.library_dir()))
        self.library.setAccessibleName(tr("Library folder"))
        self.library_wrong = PlainLabel()
        self.library_wrong.setProperty("wrong", True)
        self.library_wrong.setWordWrap(True)
        self.library.textChanged.connect(self.library_wrong.hide)
        self.library.editingFinished.connect(self.flush)
        self.largest = SpinBox(*MEGAPIXELS, tr("Maximum photo size"), singleStep=50, suffix=f" {tr('megapixels')}")
        self.largest.setToolTip(tr("Larger photos aren’t opened, because they need too much memory"))
        self.largest.valueChanged.connect(lambda value: self.say(largest_photo=value))
        self.go_on = QCheckBox(tr("Reopen the last photo at startup"))
        self.go_on.toggled.connect(lambda on: self.say(go_on=on))
        self.language, self.anew = self._language_choice(settings), _NewWindow()
        self._place()
        self.show_settings(settings)

    def fill(self, settings: Settings) -> None:
        """Show these settings in the fields."""
        self.theme.setCurrentIndex(self.theme.findData(settings.theme))
        self.density.setCurrentIndex(self.density.findData(settings.density))
        self.keep.setCurrentIndex(self.keep.findData(settings.keep))
        self.library.setText(settings.library_folder or "")
        # A name that is not valid Unicode is shown in part; it is kept unless the field is edited.
        self._library_shown = self.library.text()
        self.library_wrong.hide()
        self.go_on.setChecked(settings.go_on)
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.largest.setValue(settings.largest_photo)
        self._offer_anew()

    def defaults(self, settings: Settings) -> Settings:
        """Return these settings with the defaults of this page."""
        new = Settings()
        return replace(
            settings, theme=new.theme, density=new.density, keep=new.keep, library_folder=new.library_folder,
            go_on=new.go_on, language=new.language, largest_photo=new.largest_photo,
        )  # fmt: skip

    def flush(self) -> None:
        """Apply the library folder that was typed, or say why it is not a valid name."""
        typed = self.library.text().strip()
        if self.library.text() == self._library_shown:
            return
        if typed and (trouble := folder_trouble(typed)):
            self.library_wrong.setText(trouble)
            self.library_wrong.show()
            self.library.setAccessibleDescription(trouble)
            return
        self._library_shown = self.library.text()
        self.say(library_folder=typed or None)

    def _place(self) -> None:
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self.library, 1)
        choose = QPushButton(tr("Choose…"))
        choose.setAccessibleName(tr("Choose the library folder"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose_folder)
        folder.addWidget(choose)
        self.add_row(tr("&Theme"), self.theme, words=later("colours colors appearance night look mode scheme design"))
        self.add_row(tr("&Density"), self.density, words=later("spacing row height size padding tight roomy"))
        self.add_row(tr("L&anguage"), self.language, words=later("language translation locale Sprache мова"))
        self.form.addRow("", self.anew)
        self.add_row("", self.go_on, words=later("start session restore continue last photo"))
        self.add_row(tr("Ma&ximum photo size"), self.largest, words=later("size limit pixels memory big"))
        self.add_row(tr("Sa&ve corrections"), self.keep, words=later("save project where place"))
        self.add_row(tr("&Library folder"), self.library, place=folder, words=later("save project where path"))
        self.form.addRow("", self.library_wrong)
        self.add_note(tr("Changing where corrections are saved affects only photos you open from now on."))

    def _language_choice(self, settings: Settings) -> ComboBox:
        names = [(language, window_language.own_name(language)) for language in resources.languages()]
        if settings.language not in (SYSTEM, *(language for language, _ in names)):
            names.append((settings.language, window_language.own_name(settings.language)))
        choice = ComboBox([(SYSTEM, tr("Follow system")), *names], settings.language, tr("Interface language"))
        for index in range(1, choice.count()):  # each also by its name in the language of the window
            name = LANGUAGES.get(choice.itemData(index))
            choice.setItemData(index, tr(name) if name else "", OTHER_NAMES)
        choice.currentIndexChanged.connect(lambda: self.say(language=choice.currentData()))
        choice.currentIndexChanged.connect(self._offer_anew)
        return choice

    def _offer_anew(self) -> None:
        """Offer to reopen the window if another language is chosen, as a window keeps its language."""
        self.anew.setVisible(window_language.spoken(self.language.currentData()) != translation.language())

    def _choose_folder(self) -> None:
        start = self.library.text() or str(paths.library_dir().parent)
        dialog = file_dialogs.make(self, tr("Library folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.library.setText)
        dialog.fileSelected.connect(self.flush)
        dialog.open()
