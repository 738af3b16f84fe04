"""The settings of how photos are read: one page of the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TypeAlias

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSpinBox, QWidget

from ocr_studio.core.language.lexicon import LANGUAGES
from ocr_studio.core.models import bundled
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import Kind
from ocr_studio.core.settings import STRONGEST, Finding, ReaderOptions, Settings
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.settings.page import SettingsPage
from ocr_studio.ui.widgets.combo_box import Choice
from ocr_studio.ui.widgets.language_picker import LanguageChoice
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Shows a dialog over a widget in which this way of finding writing can be changed; calls what is told with the result.
TryFinding: TypeAlias = Callable[[Finding, QWidget, Callable[[Finding], None]], None]

_ALPHABETS = (
    ("latin", later("Latin letters, digits and common signs")),
    ("all", later("All characters, other scripts included")),
)
_UNITS = (("words", later("For each word")), ("lines", later("For each line of writing")))


class ReadingSettings(SettingsPage):
    """Shows them for changing.

    try_finding: shows how writing is found. finding: what has been chosen there.
    """

    slow = True

    def __init__(self, settings: Settings, try_finding: TryFinding) -> None:
        super().__init__()
        self.title = tr("&Reading")
        self._before = settings
        self.finding = settings.finding
        self._try_finding = try_finding
        self.model = _model_choice("recognizer", settings.model, tr("Which model reads"))
        self.detector = _model_choice("detector", settings.detector, tr("Which model finds writing"))
        self.alphabet = Choice([(key, tr(title)) for key, title in _ALPHABETS], settings.alphabet, tr("Alphabet"))
        self.alphabet.setToolTip(tr("Of the model that comes with the program; a model that was learned has its own."))
        self.model.currentIndexChanged.connect(self._offer_alphabet)
        self.alphabet.currentIndexChanged.connect(self._name_defaults)
        units = [(key, tr(title)) for key, title in _UNITS]
        self.unit = Choice(units, settings.unit, tr("One box for each word or for each line"))
        self.read_when_opened = QCheckBox(tr("Read a new photo as soon as it is opened"))
        self.tune = QPushButton(tr("Try on the photo…"))
        self.tune.setAutoDefault(False)
        self.tune.setAccessibleName(tr("Try on the photo how writing is found"))
        self.tune.clicked.connect(lambda: self._try_finding(self.finding, self, self._choose_finding))
        self._how = PlainLabel()
        self._how.setProperty("quiet", True)
        self.languages = LanguageChoice(settings.languages)
        self.languages.setToolTip(
            tr(
                "Usual words of these languages come before look-alikes that are none.\n"
                "Words that you have typed in a project count there in any case."
            )
        )
        self._make_numbers()
        self._place()
        self.show_settings(settings)
        for field in (self.model, self.detector, self.alphabet, self.unit):
            field.currentIndexChanged.connect(self._say_all)
        for number in (self.memory, self.strength):
            number.valueChanged.connect(self._say_all)
        self.read_when_opened.toggled.connect(self._say_all)
        self.languages.changed.connect(self._say_all)

    def _make_numbers(self) -> None:
        self.memory = QSpinBox(minimum=0, maximum=1_000_000, singleStep=512, suffix=f" {tr('MB')}")
        self.memory.setSpecialValueText(tr("As much as is needed"))
        self.memory.setAccessibleName(tr("Most memory of the graphics card"))
        self.strength = QSpinBox(minimum=0, maximum=round(100 * STRONGEST), singleStep=10, suffix=" %")
        self.strength.setSpecialValueText(tr("Off: what the network alone reads"))
        self.strength.setAccessibleName(tr("How much usual words count"))
        self.strength.setToolTip(
            tr(
                "100 % reads best. Less leaves unusual names and codes more as they look;\n"
                "more corrects bad writing further, and now and then a name into a word."
            )
        )
        for number in (self.memory, self.strength):
            number.setMinimumHeight(28)
            # In line with the other fields: the style sheet's padding does not reach it.
            number.lineEdit().setTextMargins(6, 0, 6, 0)

    def fill(self, settings: Settings) -> None:
        """Put these into the fields."""
        self._before = settings
        _choose(self.model, settings.model)
        _choose(self.detector, settings.detector)
        self.alphabet.setCurrentIndex(self.alphabet.findData(settings.alphabet))
        self.unit.setCurrentIndex(self.unit.findData(settings.unit))
        self.read_when_opened.setChecked(settings.read_when_opened)
        self.memory.setValue(settings.gpu_memory_mb or 0)
        for code in LANGUAGES:
            self.languages.choose(code, on=code in settings.languages)
        self.strength.setValue(round(100 * settings.language_strength))
        self._take(settings.finding)
        self._offer_alphabet()
        self._name_defaults()

    def defaults(self, settings: Settings) -> Settings:
        """These settings, with those of this page as the program comes."""
        new = Settings()
        values = {each.name: getattr(new, each.name) for each in fields(ReaderOptions)}
        return replace(settings, **values, read_when_opened=new.read_when_opened)

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

    def _say_all(self) -> None:
        """Say what differs from what was there; what somebody else changes meanwhile stays."""
        if self._showing:
            return
        before, after = self._before, self.chosen(self._before)
        self._before = after
        names = (each.name for each in fields(Settings))
        self.say(**{name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)})

    def _place(self) -> None:
        self.add_row(tr("&Model"), self.model, words=tr("recognizer network"))
        self.add_row(tr("&Alphabet"), self.alphabet, words=tr("letters characters signs"))
        self.add_row(tr("&Languages"), self.languages, words=tr("dictionary usual words"))
        self.add_row(tr("&Usual words count"), self.strength, words=tr("dictionary language strength"))
        self.add_row(tr("One &box"), self.unit, words=tr("words lines unit"))
        self.add_row("", self.read_when_opened, words=tr("automatic start"))
        found = QHBoxLayout()
        found.setSpacing(12)
        found.addWidget(self.tune)
        found.addWidget(self._how, 1)
        self.add_row(tr("&Finding writing"), self.tune, place=found, words=tr("threshold faint small gap detection"))
        self.add_row(tr("F&ound by"), self.detector, words=tr("detector network model"))
        self.add_row(tr("Most &graphics memory"), self.memory, words=tr("gpu card limit"))
        self.add_note(
            tr(
                "Photos that have been read stay as they are; Read photo reads them anew. Graphics memory is what the"
                " recognizer may take of the graphics card, in MB, from the next start on; 0 is as much as it needs."
                " Without a card it means nothing."
            )
        )

    def _choose_finding(self, finding: Finding) -> None:
        self._take(finding)
        self._say_all()

    def _offer_alphabet(self) -> None:
        self.alphabet.setEnabled(self.model.currentData() in ("", models.BUILT_IN.name))

    def _name_defaults(self) -> None:
        """Which models the program would choose depends on the alphabet."""
        alphabet = self.alphabet.currentData()
        self.model.setItemText(0, _default_title("recognizer", alphabet))
        self.detector.setItemText(0, _default_title("detector", alphabet))

    def _take(self, finding: Finding) -> None:
        self.finding = finding
        self._how.setText(tr("As the program comes") if finding == Finding() else tr("In your own way"))


def _model_choice(kind: Kind, value: str | None, name: str) -> Choice:
    known = models.available(kind)
    if not _has_adapted(kind):  # the program chooses the borrowed one, the first: it is not offered twice
        known = known[1:]
    items = [("", _default_title(kind, "latin"))]
    items += [(model.name, tr(model.title) if model.of_program else model.name) for model in known]
    value = "" if value is None or _is_only_default(value) else value
    if value not in dict(items):  # it has gone since; that is for a person to change
        items.append((value, tr("{model} (not there any more)", model=value)))
    return Choice(items, value, name)


def _default_title(kind: Kind, alphabet: str) -> str:
    model = models.default(kind, alphabet=alphabet)
    return tr("The program’s choice: {model}", model=model.name) if _has_adapted(kind) else tr(model.title)


def _has_adapted(kind: Kind) -> bool:
    return any(model.adapted for model in models.available(kind))


def _is_only_default(name: str) -> bool:
    """Whether this model is borrowed, and the program has none of its own for the same: that is chosen in any case."""
    return any(each.name == name and not _has_adapted(each.kind) for each in bundled.BORROWED)


def _choose(choice: Choice, value: str | None) -> None:
    choice.setCurrentIndex(max(0, choice.findData(value or "")))


def _chosen(choice: Choice, before: str | None) -> str | None:
    """What a choice says, as the settings have it; left alone, what they had."""
    name = choice.currentData() or None
    return before if name is None and before is not None and _is_only_default(before) else name
