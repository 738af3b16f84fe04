"""The settings of the window and of where things are kept: one page of the settings."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QSpinBox, QWidget

from ocr_studio.core import paths, translation
from ocr_studio.core.settings import MEGAPIXELS, SYSTEM, Settings, folder_trouble
from ocr_studio.core.translation import tr
from ocr_studio.ui.settings.page import SettingsPage
from ocr_studio.ui.style import language as window_language
from ocr_studio.ui.widgets import file_dialogs
from ocr_studio.ui.widgets.combo_box import Choice
from ocr_studio.ui.widgets.plain_label import PlainLabel


class _NewWindow(QWidget):
    """Says when another language is spoken, with a button for at once. Signals: ``wanted()`` it was pressed."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        note = PlainLabel(tr("The language changes when the window is opened again."))
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        self.button = QPushButton(tr("Open the &window again"))
        self.button.setToolTip(tr("Everything is saved, and this photo comes back; what is being read or learned ends"))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.wanted)
        layout.addWidget(note, 1)
        layout.addWidget(self.button)


class GeneralSettings(SettingsPage):
    """Shows them for changing. anew: says ``wanted`` when somebody wants another language at once."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.title = tr("&General")
        themes = (("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark")))
        places = (("beside", tr("In a folder beside the photos")), ("library", tr("In my library folder")))
        self.theme = Choice(themes, settings.theme, tr("Theme"))
        self.theme.currentIndexChanged.connect(lambda: self.say(theme=self.theme.currentData()))
        self.keep = Choice(places, settings.keep, tr("Where corrections are kept"))
        self.keep.currentIndexChanged.connect(lambda: self.say(keep=self.keep.currentData()))
        self.library = QLineEdit()
        self.library.setPlaceholderText(str(paths.library_dir()))
        self.library.setAccessibleName(tr("Library folder"))
        self.library_wrong = PlainLabel()
        self.library_wrong.setProperty("wrong", True)
        self.library_wrong.setWordWrap(True)
        self.library.textChanged.connect(self.library_wrong.hide)
        self.library.editingFinished.connect(self.flush)
        self.largest = QSpinBox(
            minimum=MEGAPIXELS[0], maximum=MEGAPIXELS[1], singleStep=50, suffix=f" {tr('megapixels')}"
        )
        self.largest.setAccessibleName(tr("Largest photo"))
        self.largest.setToolTip(tr("Larger photos are not opened: they need much memory"))
        self.largest.setMinimumHeight(28)
        # In line with the other fields: the style sheet's padding does not reach it.
        self.largest.lineEdit().setTextMargins(6, 0, 6, 0)
        self.largest.valueChanged.connect(lambda value: self.say(largest_photo=value))
        self.go_on = QCheckBox(tr("Open with the photo that was open last"))
        self.go_on.toggled.connect(lambda on: self.say(go_on=on))
        self.language, self.anew = self._language_choice(settings), _NewWindow()
        self._place()
        self.show_settings(settings)

    def fill(self, settings: Settings) -> None:
        """Put these into the fields."""
        self.theme.setCurrentIndex(self.theme.findData(settings.theme))
        self.keep.setCurrentIndex(self.keep.findData(settings.keep))
        self.library.setText(settings.library_folder or "")
        # Of a name that is no valid Unicode the field shows only a part: left alone, it stays.
        self._library_shown = self.library.text()
        self.library_wrong.hide()
        self.go_on.setChecked(settings.go_on)
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.largest.setValue(settings.largest_photo)
        self._offer_anew()

    def defaults(self, settings: Settings) -> Settings:
        """These settings, with those of this page as the program comes."""
        new = Settings()
        return replace(
            settings, theme=new.theme, keep=new.keep, library_folder=new.library_folder, go_on=new.go_on,
            language=new.language, largest_photo=new.largest_photo,
        )  # fmt: skip

    def flush(self) -> None:
        """Take the library folder that is typed, unless no folder can be called so; then that is said."""
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
        self.add_row(tr("&Theme"), self.theme, words=tr("colours appearance night look"))
        self.add_row(tr("L&anguage"), self.language, words=f"{tr('language translation locale')} language Sprache мова")
        self.form.addRow("", self.anew)
        self.add_row("", self.go_on, words=tr("start session restore continue last photo"))
        self.add_row(tr("La&rgest photo"), self.largest, words=tr("size limit pixels memory big"))
        self.add_row(tr("&Keep corrections"), self.keep, words=tr("save project where place"))
        self.add_row(tr("&Library folder"), self.library, place=folder, words=tr("save project where path"))
        self.form.addRow("", self.library_wrong)
        self.add_note(tr("Where corrections are kept holds for photos opened from now on."))

    def _language_choice(self, settings: Settings) -> Choice:
        names = [(language, window_language.own_name(language)) for language in window_language.available()]
        if settings.language not in (SYSTEM, *(language for language, _ in names)):
            names.append((settings.language, window_language.own_name(settings.language)))
        choice = Choice([(SYSTEM, tr("As the system")), *names], settings.language, tr("Language of this window"))
        choice.currentIndexChanged.connect(lambda: self.say(language=choice.currentData()))
        choice.currentIndexChanged.connect(self._offer_anew)
        return choice

    def _offer_anew(self) -> None:
        """The window is made in one language: another is spoken by the next window."""
        self.anew.setVisible(window_language.spoken(self.language.currentData()) != translation.language())

    def _choose_folder(self) -> None:
        start = self.library.text() or str(paths.library_dir().parent)
        dialog = file_dialogs.make(self, tr("Library folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.library.setText)
        dialog.fileSelected.connect(self.flush)
        dialog.open()
