"""How something is learned, for who wants to choose it: the fold that most people never open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSpinBox, QWidget

from ocr_studio.core.models import Model
from ocr_studio.core.training import Recipe
from ocr_studio.ui.choice import Choice

_WHAT = (
    ("head", "Only how letters are told apart"),
    ("neck+head", "… and how letters are seen together"),
    ("upper", "The upper half of the network"),
    ("all", "Everything"),
)
_RATES = (("5e-05", "Very gentle, 0.00005"), ("0.0001", "Gentle, 0.0001"), ("0.0002", "Usual, 0.0002"),
          ("0.0005", "Fast, 0.0005"), ("0.001", "Very fast, 0.001"))  # fmt: skip
_AUGMENTATION = (("0.0", "None"), ("0.5", "Half as much"), ("1.0", "Usual"))
_REPLAY = (("0.0", "None: it may forget"), ("0.25", "A quarter"), ("0.5", "Half"), ("0.75", "Three quarters"))
_AVERAGE = (("0.25", "A quarter of what was learned"), ("0.5", "Half old, half learned"),
            ("0.75", "Three quarters learned"), ("1.0", "All that was learned"))  # fmt: skip
_DEVICES = (("auto", "Whichever is faster"), ("cpu", "Processor"), ("gpu", "Graphics card"))


class RecipeForm(QScrollArea):
    """Fields for everything in a recipe, with the defaults chosen."""

    def __init__(self, default: Recipe) -> None:
        super().__init__(widgetResizable=True)
        self._default = default
        self.base = Choice((), "", "Model to start from")
        self.what = Choice(_WHAT, default.what, "What learns")
        self.epochs = _number(1, 200, default.epochs, "How often every word is seen")
        self.rate = _choice(_RATES, default.learning_rate, "Learning rate")
        self.batch = _number(1, 128, default.batch, "Words in a step")
        self.augmentation = _choice(_AUGMENTATION, default.augmentation, "How much pictures are varied")
        self.replay = _choice(_REPLAY, default.replay, "Share of general words")
        self.average = _choice(_AVERAGE, default.average, "Share of what was learned")
        self.patience = _number(0, 50, default.patience or 0, "Checks without gain before it stops")
        self.patience.setSpecialValueText("never")
        self.seed = _number(0, 999_999, default.seed, "Seed of chance")
        self.device = Choice(_DEVICES, default.device, "Where it computes")
        self.restore = QPushButton("Restore defaults")
        self.restore.clicked.connect(lambda: self.show_recipe(self._default))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._lay_out()

    @property
    def recipe(self) -> Recipe:
        """What is chosen."""
        return Recipe(
            base=self.base.currentData() or None,
            what=self.what.currentData(),
            epochs=self.epochs.value(),
            learning_rate=float(self.rate.currentData()),
            batch=self.batch.value(),
            augmentation=float(self.augmentation.currentData()),
            replay=float(self.replay.currentData()),
            average=float(self.average.currentData()),
            patience=self.patience.value() or None,
            seed=self.seed.value(),
            device=self.device.currentData(),
        )

    def show_recipe(self, recipe: Recipe) -> None:
        """Show these values; the model to start from stays as it is."""
        self.what.setCurrentIndex(self.what.findData(recipe.what))
        for field, value in (
            (self.rate, recipe.learning_rate),
            (self.augmentation, recipe.augmentation),
            (self.replay, recipe.replay),
            (self.average, recipe.average),
        ):
            _choose(field, value)
        for number, wanted in (
            (self.epochs, recipe.epochs),
            (self.batch, recipe.batch),
            (self.patience, recipe.patience or 0),
            (self.seed, recipe.seed),
        ):
            number.setValue(wanted)
        self.device.setCurrentIndex(self.device.findData(recipe.device))

    def show_models(self, models: Sequence[Model], in_use: str | None) -> None:
        """Offer these to start from, with the one in use chosen."""
        self.base.clear()
        for number, model in enumerate(models):
            self.base.addItem(model.title, model.name if number else "")
        self.base.setCurrentIndex(max(0, self.base.findData(in_use or "")))

    def _lay_out(self) -> None:
        inside = QWidget()
        across = QHBoxLayout(inside)
        across.setContentsMargins(14, 10, 14, 10)
        across.setSpacing(28)
        left = (
            ("Start from", self.base), ("What learns", self.what), ("Rounds", self.epochs),
            ("Learning rate", self.rate), ("Words in a step", self.batch), ("Computed by", self.device),
        )  # fmt: skip
        right = (
            ("Pictures varied", self.augmentation), ("General words", self.replay), ("Mixed at the end", self.average),
            ("Patience", self.patience), ("Seed", self.seed), ("", self.restore),
        )  # fmt: skip
        for fields in (left, right):
            form = QFormLayout()
            form.setHorizontalSpacing(12)
            form.setVerticalSpacing(7)
            form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
            for title, field in fields:
                if isinstance(field, Choice):
                    # A long name of a model must not push the other fields out of sight.
                    field.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                    field.setMinimumContentsLength(9)
                label = QLabel(title)
                label.setBuddy(field)
                form.addRow(label, field)
            across.addLayout(form, 1)
        self.setWidget(inside)


def _number(low: int, high: int, value: int, name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setMinimumHeight(28)
    return box


def _choice(items: Sequence[tuple[str, str]], value: float, name: str) -> Choice:
    made = Choice(items, "", name)
    _choose(made, value)
    return made


def _choose(field: Choice, value: float) -> None:
    """Show a number; one that is not among the choices becomes one."""
    found = next((at for at in range(field.count()) if float(field.itemData(at)) == value), None)
    if found is None:
        field.addItem(f"{value:g}", str(value))
        found = field.count() - 1
    field.setCurrentIndex(found)
