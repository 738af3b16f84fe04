"""The settings of the window and of where things are kept: one page of the settings."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton

from ocr_studio.core import paths
from ocr_studio.core.settings import Settings, folder_trouble
from ocr_studio.core.translation import tr
from ocr_studio.ui import file_dialogs
from ocr_studio.ui.choice import Choice
from ocr_studio.ui.settings_page import SettingsPage


class GeneralSettings(SettingsPage):
    """Shows them for changing."""

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
        self.library_wrong = QLabel()
        self.library_wrong.setProperty("wrong", True)
        self.library_wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.library_wrong.setWordWrap(True)
        self.library.textChanged.connect(self.library_wrong.hide)
        self.library.editingFinished.connect(self.flush)
        self.go_on = QCheckBox(tr("Open with the photo that was open last"))
        self.go_on.toggled.connect(lambda on: self.say(go_on=on))
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

    def defaults(self, settings: Settings) -> Settings:
        """These settings, with those of this page as the program comes."""
        new = Settings()
        return replace(settings, theme=new.theme, keep=new.keep, library_folder=new.library_folder, go_on=new.go_on)

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
        self.add_row("", self.go_on, words=tr("start session restore continue last photo"))
        self.add_row(tr("&Keep corrections"), self.keep, words=tr("save project where place"))
        self.add_row(tr("&Library folder"), self.library, place=folder, words=tr("save project where path"))
        self.form.addRow("", self.library_wrong)
        self.add_note(tr("Where corrections are kept holds for photos opened from now on."))

    def _choose_folder(self) -> None:
        start = self.library.text() or str(paths.library_dir().parent)
        dialog = file_dialogs.make(self, tr("Library folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.library.setText)
        dialog.fileSelected.connect(self.flush)
        dialog.open()
