"""The settings of how photos are read: one page of the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from ocr_studio.core import models
from ocr_studio.core.model_card import Kind
from ocr_studio.core.settings import STRONGEST, Finding, Settings
from ocr_studio.ui.choice import Choice
from ocr_studio.ui.language_choice import LanguageChoice

# Shows a dialog over a widget in which this way of finding writing can be changed; calls what is told with the result.
TryFinding: TypeAlias = Callable[[Finding, QWidget, Callable[[Finding], None]], None]

_ALPHABETS = (("latin", "Latin letters, digits and common signs"), ("all", "All characters, other scripts included"))
_UNITS = (("words", "For each word"), ("lines", "For each line of writing"))


class ReadingSettings(QWidget):
    """Shows them for changing.

    try_finding: shows how writing is found. finding: what has been chosen there.
    """

    def __init__(self, settings: Settings, try_finding: TryFinding) -> None:
        super().__init__()
        self.finding = settings.finding
        self._try_finding = try_finding
        self.model = _model_choice("recognizer", settings.model, "Which model reads")
        self.detector = _model_choice("detector", settings.detector, "Which model finds writing")
        self.alphabet = Choice(_ALPHABETS, settings.alphabet, "Alphabet")
        self.alphabet.setToolTip("Of the model that comes with the program; a model that was learned has its own.")
        self.model.currentIndexChanged.connect(self._offer_alphabet)
        self._offer_alphabet()
        self.unit = Choice(_UNITS, settings.unit, "One box for each word or for each line")
        self.read_when_opened = QCheckBox("Read a new photo as soon as it is opened")
        self.read_when_opened.setChecked(settings.read_when_opened)
        self.tune = QPushButton("Try on the photo…")
        self.tune.setAccessibleName("Try on the photo how writing is found")
        self.tune.clicked.connect(lambda: self._try_finding(self.finding, self, self._take))
        self._how = QLabel()
        self._how.setProperty("quiet", True)
        self.memory = QSpinBox(minimum=0, maximum=1_000_000, singleStep=512, suffix=" MB")
        self.memory.setSpecialValueText("As much as is needed")
        self.memory.setValue(settings.gpu_memory_mb or 0)
        self.memory.setAccessibleName("Most memory of the graphics card")
        self.memory.setMinimumHeight(28)
        # In line with the other fields: the style sheet's padding does not reach it.
        self.memory.lineEdit().setTextMargins(6, 0, 6, 0)
        self.languages = LanguageChoice(settings.languages)
        self.languages.setToolTip(
            "Usual words of these languages come before look-alikes that are none.\n"
            "Words that you have typed in a project count there in any case."
        )
        self.strength = QSpinBox(minimum=0, maximum=round(100 * STRONGEST), singleStep=10, suffix=" %")
        self.strength.setSpecialValueText("Off: what the network alone reads")
        self.strength.setValue(round(100 * settings.language_strength))
        self.strength.setAccessibleName("How much usual words count")
        self.strength.setToolTip(
            "100 % reads best. Less leaves unusual names and codes more as they look;\n"
            "more corrects bad writing further, and now and then a name into a word."
        )
        self.strength.setMinimumHeight(28)
        self.strength.lineEdit().setTextMargins(6, 0, 6, 0)
        self._take(settings.finding)
        self._place()

    def chosen(self, settings: Settings) -> Settings:
        """These settings, with what this page says."""
        return replace(
            settings,
            model=_chosen(self.model, settings.model),
            detector=_chosen(self.detector, settings.detector),
            alphabet=self.alphabet.currentData(),
            unit=self.unit.currentData(),
            finding=self.finding,
            read_when_opened=self.read_when_opened.isChecked(),
            gpu_memory_mb=self.memory.value() or None,
            languages=self.languages.chosen(),
            language_strength=self.strength.value() / 100,
        )

    def _place(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 16, 0, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.addRow("&Model", self.model)
        form.addRow("&Alphabet", self.alphabet)
        form.addRow("&Languages", self.languages)
        form.addRow("&Usual words count", self.strength)
        form.addRow("One &box", self.unit)
        form.addRow("", self.read_when_opened)
        found = QHBoxLayout()
        found.setSpacing(12)
        found.addWidget(self.tune)
        found.addWidget(self._how, 1)
        label = QLabel("&Finding writing")
        label.setBuddy(self.tune)
        form.addRow(label, found)
        form.addRow("F&ound by", self.detector)
        form.addRow("Most &graphics memory", self.memory)
        note = QLabel(
            "Photos that have been read stay as they are; Read photo reads them anew.\n"
            "Graphics memory is what the recognizer may take of the graphics card, in MB,\n"
            "from the next start on; 0 is as much as it needs. Without a card it means nothing."
        )
        note.setProperty("quiet", True)
        form.addRow("", note)

    def _offer_alphabet(self) -> None:
        self.alphabet.setEnabled(not self.model.currentData())

    def _take(self, finding: Finding) -> None:
        self.finding = finding
        self._how.setText("As the program comes" if finding == Finding() else "In your own way")


def _model_choice(kind: Kind, value: str | None, name: str) -> Choice:
    built_in, *others = models.available(kind)
    items = [("", built_in.title), *((model.name, model.name) for model in others)]
    value = "" if value in (None, built_in.name) else value
    if value not in dict(items):  # it has gone since; that is for a person to change
        items.append((value, f"{value} (not there any more)"))
    return Choice(items, value, name)


def _chosen(choice: Choice, before: str | None) -> str | None:
    """What a choice says, as the settings have it; left alone, what they had."""
    name = choice.currentData() or None
    built_in = (None, models.BUILT_IN.name, models.BUILT_IN_DETECTOR.name)
    return before if name is None and before in built_in else name
