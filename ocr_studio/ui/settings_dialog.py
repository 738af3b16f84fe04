"""The settings, as a dialog that waits for nobody: it is shown, and says what was chosen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core import paths
from ocr_studio.core.settings import Settings, folder_trouble
from ocr_studio.ui import file_dialogs
from ocr_studio.ui.choice import Choice
from ocr_studio.ui.reading_settings import ReadingSettings, TryFinding

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
_KEEP = (("beside", "In a folder beside the photos"), ("library", "In my library folder"))


class SettingsDialog(QDialog):
    """Shows settings for changing, on one page the window's and on one how photos are read.

    try_finding: shows how writing is found. Signals: ``chosen(Settings)`` when the person presses OK.
    """

    chosen = Signal(object)

    def __init__(self, settings: Settings, try_finding: TryFinding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self.theme = Choice(_THEMES, settings.theme, "Theme")
        self.keep = Choice(_KEEP, settings.keep, "Where corrections are kept")
        self.library = QLineEdit(settings.library_folder or "")
        self.library.setPlaceholderText(str(paths.library_dir()))
        self.library.setAccessibleName("Library folder")
        self._library_shown = self.library.text()
        self.library_wrong = QLabel()
        self.library_wrong.setProperty("wrong", True)
        self.library_wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.library_wrong.setWordWrap(True)
        self.library_wrong.hide()
        self.library.textChanged.connect(self.library_wrong.hide)
        self.reading = ReadingSettings(settings, try_finding)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self._general(), "&General")
        self.pages.addTab(self.reading, "&Reading")
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 18)
        layout.setSpacing(20)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.buttons)

    def _general(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 16, 0, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.addRow("&Theme", self.theme)
        form.addRow("&Keep corrections", self.keep)
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self.library, 1)
        choose = QPushButton("Choose…")
        choose.clicked.connect(self._choose_folder)
        folder.addWidget(choose)
        label = QLabel("&Library folder")
        label.setBuddy(self.library)
        form.addRow(label, folder)
        form.addRow("", self.library_wrong)
        note = QLabel("Where corrections are kept holds for photos opened from now on.")
        note.setProperty("quiet", True)
        form.addRow("", note)
        return page

    def _choose_folder(self) -> None:
        dialog = file_dialogs.make(self, "Library folder", self.library.text() or str(paths.library_dir().parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.library.setText)
        dialog.open()

    def _accept(self) -> None:
        library = self.library.text().strip() or None
        if self.library.text() == self._library_shown:
            library = self._settings.library_folder  # of a name that is no valid Unicode the field shows only a part
        elif library and (trouble := folder_trouble(library)):
            self._refuse_library(trouble)
            return
        self.chosen.emit(
            replace(
                self.reading.chosen(self._settings),
                theme=self.theme.currentData(),
                keep=self.keep.currentData(),
                library_folder=library,
            )
        )
        self.accept()

    def _refuse_library(self, trouble: str) -> None:
        self.library_wrong.setText(trouble)
        self.library_wrong.show()
        self.library.setAccessibleDescription(trouble)
        self.pages.setCurrentIndex(0)
        self.library.setFocus()
        self.library.selectAll()
