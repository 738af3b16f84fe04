"""The settings, as a dialog that waits for nobody: it is shown, and says what was chosen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core import paths
from ocr_studio.core.settings import Settings
from ocr_studio.ui import file_dialogs, theme

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
_ALPHABETS = (("latin", "Latin letters, digits and common signs"), ("all", "All characters, other scripts included"))
_KEEP = (("beside", "In a folder beside the photos"), ("library", "In my library folder"))


class SettingsDialog(QDialog):
    """Shows settings for changing.

    Signals: ``chosen(Settings)`` when the person presses OK.
    """

    chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self.theme = _choice(_THEMES, settings.theme, "Theme")
        self.alphabet = _choice(_ALPHABETS, settings.alphabet, "Alphabet")
        self.keep = _choice(_KEEP, settings.keep, "Where corrections are kept")
        self.read_when_opened = QCheckBox("Read a new photo as soon as it is opened")
        self.read_when_opened.setChecked(settings.read_when_opened)
        self.library = QLineEdit(settings.library_folder or "")
        self.library.setPlaceholderText(str(paths.library_dir()))
        self.library.setAccessibleName("Library folder")
        self.memory = QSpinBox(minimum=0, maximum=1_000_000, singleStep=512, suffix=" MB")
        self.memory.setSpecialValueText("As much as is needed")
        self.memory.setValue(settings.gpu_memory_mb or 0)
        self.memory.setAccessibleName("Most memory of the graphics card")
        # In line with the other fields: the style sheet's padding does not reach it.
        self.memory.lineEdit().setTextMargins(6, 0, 6, 0)
        for widget in (self.theme, self.alphabet, self.keep, self.memory):
            widget.setMinimumHeight(28)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(20)
        layout.addLayout(self._form())
        layout.addWidget(self.buttons)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.addRow("&Theme", self.theme)
        form.addRow("&Alphabet", self.alphabet)
        form.addRow("", self.read_when_opened)
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
        form.addRow("Most &graphics memory", self.memory)
        note = QLabel(
            "Where corrections are kept holds for photos opened from now on.\n"
            "Graphics memory is what the recognizer may take of the graphics card, in MB,\n"
            "from the next start on; 0 is as much as it needs. Without a card it means nothing."
        )
        note.setProperty("quiet", True)
        form.addRow("", note)
        return form

    def _choose_folder(self) -> None:
        dialog = file_dialogs.make(self, "Library folder", self.library.text() or str(paths.library_dir().parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.library.setText)
        dialog.open()

    def _accept(self) -> None:
        self.chosen.emit(
            replace(
                self._settings,
                theme=self.theme.currentData(),
                alphabet=self.alphabet.currentData(),
                keep=self.keep.currentData(),
                read_when_opened=self.read_when_opened.isChecked(),
                library_folder=self.library.text().strip() or None,
                gpu_memory_mb=self.memory.value() or None,
            )
        )
        self.accept()


class _Choice(QComboBox):
    """A choice as flat as the fields beside it. A style sheet takes the arrow away with the grey, so it is painted."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        super().paintEvent(event)
        side = 16
        painter = QPainter(self)
        place = QRect(self.width() - side - 8, (self.height() - side) // 2, side, side)
        theme.icon("mdi6.chevron-down", role="quiet").paint(painter, place)
        painter.end()


def _choice(items: tuple[tuple[str, str], ...], value: str, name: str) -> QComboBox:
    box = _Choice()
    for key, title in items:
        box.addItem(title, key)
    box.setCurrentIndex(max(0, box.findData(value)))
    box.setAccessibleName(name)
    return box
