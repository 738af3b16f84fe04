"""The page of reading settings: models, languages, boxes and text detection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import TypeAlias

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.models import bundled, registry
from ocr_studio.core.models.card import Kind
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import STRONGEST, DetectionOptions, ReaderOptions, Settings
from ocr_studio.core.translation import later, tr
from ocr_studio.core.units import percent_suffix
from ocr_studio.ui.settings.page import SettingsPage
from ocr_studio.ui.widgets.form_fields import ComboBox, SpinBox
from ocr_studio.ui.widgets.language_picker import LanguagePicker
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Opens the dialog of text detection over a widget, with these options; calls the function with the changed ones.
TryDetection: TypeAlias = Callable[[DetectionOptions, QWidget, Callable[[DetectionOptions], None]], None]

_ALPHABETS = (
    ("latin", later("Latin letters, digits and common symbols")),
    ("all", later("All characters, including other scripts")),
)
_RUNTIMES = (
    ("auto", later("Automatic")),
    ("onnx", later("ONNX Runtime (processor)")),
    ("tensorflow", later("TensorFlow (processor or graphics card)")),
)
_UNITS = (("words", later("One per word")), ("lines", later("One per line")))


class ReadingPage(SettingsPage):
    """The page of reading settings.

    Attributes:
        detection: The options of text detection.
    """

    slow = True

    def __init__(self, settings: Settings, try_detection: TryDetection) -> None:
        super().__init__()
        self.title = tr("&Reading")
        self._before = settings
        self.detection = settings.detection
        self._try_detection = try_detection
        self._models = registry.everything()
        self.model = _model_choice(self._models, "recognizer", settings.model, tr("Recognizer"))
        self.detector = _model_choice(self._models, "detector", settings.detector, tr("Detector"))
        self.alphabet = ComboBox([(key, tr(title)) for key, title in _ALPHABETS], settings.alphabet, tr("Alphabet"))
        self.alphabet.setToolTip(
            tr("Applies to the included model only; a model you have trained has its own alphabet")
        )
        self.model.currentIndexChanged.connect(self._offer_alphabet)
        self.alphabet.currentIndexChanged.connect(self._name_defaults)
        units = [(key, tr(title)) for key, title in _UNITS]
        self.unit = ComboBox(units, settings.unit, tr("One box per word or per line"))
        self.runtime = ComboBox([(key, tr(title)) for key, title in _RUNTIMES], settings.runtime, tr("Runtime"))
        self.runtime.setToolTip(tr("The library that runs the networks; Automatic chooses the faster one"))
        self.read_when_opened = QCheckBox(tr("Read new photos when they are opened"))
        self.read_when_added = QCheckBox(tr("Read photos as they are added to the open folder"))
        self.read_when_added.setToolTip(
            tr("For folders that a camera, scanner or phone saves to; photos are read in the background")
        )
        self.learn = QCheckBox(tr("Learn from corrections while you work"))
        self.learn.setToolTip(
            tr(
                "After every five checked words, OCR Studio learns the handwriting and reads the unchecked words\n"
                "of the photo again. This lasts until you quit; to keep it, train a model."
            )
        )
        self.tune = QPushButton(tr("Adjust on the photo…"))
        self.tune.setAutoDefault(False)
        self.tune.setAccessibleName(tr("Adjust text detection on the photo"))
        self.tune.clicked.connect(lambda: self._try_detection(self.detection, self, self._choose_detection))
        self._how = PlainLabel()
        self._how.setProperty("quiet", True)
        self.languages = LanguagePicker(settings.languages)
        self.languages.setToolTip(
            tr(
                "The recognizer prefers words of these languages to look-alikes that aren’t words.\n"
                "Words you have typed in the project are always included."
            )
        )
        self._make_numbers()
        self._place()
        self.show_settings(settings)
        for field in (self.model, self.detector, self.alphabet, self.unit, self.runtime):
            field.currentIndexChanged.connect(self._emit_changes)
        for number in (self.memory, self.strength):
            number.valueChanged.connect(self._emit_changes)
        for box in (self.read_when_opened, self.read_when_added, self.learn):
            box.toggled.connect(self._emit_changes)
        self.languages.changed.connect(self._emit_changes)

    def _make_numbers(self) -> None:
        self.memory = SpinBox(0, 1_000_000, tr("Graphics memory limit"), singleStep=512, suffix=f" {tr('MB')}")
        self.memory.setSpecialValueText(tr("No limit"))
        strongest = round(100 * STRONGEST)
        self.strength = SpinBox(0, strongest, tr("Dictionary strength"), singleStep=10, suffix=percent_suffix())
        self.strength.setSpecialValueText(tr("Off (recognizer only)"))
        self.strength.setToolTip(
            tr(
                "100% works best for most photos. Lower values keep unusual names and codes as written;\n"
                "higher values correct poor handwriting more, but may turn a name into a common word."
            )
        )

    def fill(self, settings: Settings) -> None:
        """Show these settings in the fields."""
        self._before = settings
        _choose(self.model, settings.model)
        _choose(self.detector, settings.detector)
        self.alphabet.setCurrentIndex(self.alphabet.findData(settings.alphabet))
        self.unit.setCurrentIndex(self.unit.findData(settings.unit))
        self.runtime.setCurrentIndex(self.runtime.findData(settings.runtime))
        self.read_when_opened.setChecked(settings.read_when_opened)
        self.read_when_added.setChecked(settings.read_when_added)
        self.learn.setChecked(settings.learn_from_corrections)
        self.memory.setValue(settings.gpu_memory_mb or 0)
        for code in LANGUAGES:
            self.languages.choose(code, on=code in settings.languages)
        self.strength.setValue(round(100 * settings.language_strength))
        self._set_detection(settings.detection)
        self._offer_alphabet()
        self._name_defaults()

    def defaults(self, settings: Settings) -> Settings:
        """Return these settings with the defaults of this page."""
        new = Settings()
        values = {each.name: getattr(new, each.name) for each in fields(ReaderOptions)}
        boxes = ("read_when_opened", "read_when_added", "learn_from_corrections")
        values |= {name: getattr(new, name) for name in boxes}
        return replace(settings, **values)

    def chosen(self, settings: Settings) -> Settings:
        """Return these settings with the values of this page."""
        return replace(
            settings,
            model=_chosen(self._models, self.model, settings.model),
            detector=_chosen(self._models, self.detector, settings.detector),
            alphabet=self.alphabet.currentData(),
            unit=self.unit.currentData(),
            runtime=self.runtime.currentData(),
            detection=self.detection,
            read_when_opened=self.read_when_opened.isChecked(),
            read_when_added=self.read_when_added.isChecked(),
            learn_from_corrections=self.learn.isChecked(),
            gpu_memory_mb=self.memory.value() or None,
            languages=self.languages.chosen(),
            language_strength=self.strength.value() / 100,
        )

    def _emit_changes(self) -> None:
        """Emit only the values that changed, so that changes made elsewhere meanwhile stay."""
        if self._showing:
            return
        before, after = self._before, self.chosen(self._before)
        self._before = after
        names = (each.name for each in fields(Settings))
        self.say(**{name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)})

    def _place(self) -> None:
        self.add_row(tr("Recog&nizer (reads words)"), self.model, words=later("recognizer network model"))
        self.add_row(tr("&Alphabet"), self.alphabet, words=later("letters characters symbols"))
        self.add_row(tr("&Languages"), self.languages, words=later("dictionary usual words"))
        self.add_row(tr("Dictionary &strength"), self.strength, words=later("dictionary language strength usual words"))
        self.add_row(tr("&Boxes"), self.unit, words=later("words lines unit"))
        self.add_row("", self.read_when_opened, words=later("automatic start"))
        self.add_row("", self.read_when_added, words=later("watch folder hot folder automatic camera scanner phone"))
        self.add_row("", self.learn, words=later("training corrections handwriting automatic"))
        found = QHBoxLayout()
        found.setSpacing(12)
        found.addWidget(self.tune)
        found.addWidget(self._how, 1)
        self.add_row(tr("Text &detection"), self.tune, place=found, words=later("threshold faint small gap detection"))
        self.add_row(tr("D&etector (finds text)"), self.detector, words=later("detector network model"))
        self.add_row(tr("R&untime"), self.runtime, words=later("onnx tensorflow gpu speed library"))
        self.add_row(tr("Graphics &memory limit"), self.memory, words=later("gpu card limit"))
        self.add_note(
            tr(
                "Photos already read don’t change; choose Read photo to read one again. The graphics memory limit takes"
                " effect at the next start and only if there is a graphics card."
            )
        )

    def _choose_detection(self, detection: DetectionOptions) -> None:
        self._set_detection(detection)
        self._emit_changes()

    def _offer_alphabet(self) -> None:
        self.alphabet.setEnabled(self.model.currentData() in ("", registry.BUILT_IN.name))

    def _name_defaults(self) -> None:
        """Update the names of the default models, which depend on the alphabet."""
        alphabet = self.alphabet.currentData()
        self.model.setItemText(0, _default_title(self._models, "recognizer", alphabet))
        self.detector.setItemText(0, _default_title(self._models, "detector", alphabet))

    def _set_detection(self, detection: DetectionOptions) -> None:
        self.detection = detection
        self._how.setText(tr("Default") if detection == DetectionOptions() else tr("Customized"))


def _model_choice(models: Sequence[Model], kind: Kind, value: str | None, name: str) -> ComboBox:
    known = [model for model in models if model.kind == kind]
    if not _has_adapted(models, kind):  # the first model is the default, which is already in the list
        known = known[1:]
    items = [("", _default_title(models, kind, "latin"))]
    items += [(model.name, tr(model.title) if model.of_program else model.name) for model in known]
    value = "" if value is None or _is_only_default(models, value) else value
    if value not in dict(items):  # the model is no longer available; keep it until the user chooses another one
        items.append((value, tr("{model} (no longer available)", model=value)))
    return ComboBox(items, value, name)


def _default_title(models: Sequence[Model], kind: Kind, alphabet: str) -> str:
    model = bundled.default(kind, alphabet, models)
    return tr("Default: {model}", model=model.name) if _has_adapted(models, kind) else tr(model.title)


def _has_adapted(models: Sequence[Model], kind: Kind) -> bool:
    return any(model.adapted and model.kind == kind for model in models)


def _is_only_default(models: Sequence[Model], name: str) -> bool:
    """Whether this is a third-party model that is the default anyway, as the program has no adapted one."""
    return any(each.name == name and not _has_adapted(models, each.kind) for each in bundled.BORROWED)


def _choose(choice: ComboBox, value: str | None) -> None:
    choice.setCurrentIndex(max(0, choice.findData(value or "")))


def _chosen(models: Sequence[Model], choice: ComboBox, before: str | None) -> str | None:
    """Return the value of a choice for the settings; the value before if the choice was not changed."""
    name = choice.currentData() or None
    return before if name is None and before is not None and _is_only_default(models, before) else name
