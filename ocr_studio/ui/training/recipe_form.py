"""How something is learned, for who wants to choose it: the fold that most people never open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QPushButton, QScrollArea, QSpinBox, QWidget

from ocr_studio.core import translation
from ocr_studio.core.models.card import can_learn
from ocr_studio.core.models.registry import Model
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import labels
from ocr_studio.ui.style.labels import OfUnit
from ocr_studio.ui.widgets.combo_box import Choice
from ocr_studio.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True, slots=True)
class Words:
    """What the same fields are called for reading and for finding. what: each of ``training.events.PARTS``; in_step:
    what a step is made of; seen: what a round is; general, share: what is repeated, and how much of it."""

    what: tuple[tuple[str, str], ...]
    in_step: OfUnit
    seen: OfUnit
    general: OfUnit
    share: OfUnit


READING = Words(
    (
        ("head", later("Only how letters are told apart")),
        ("neck+head", later("… and how letters are seen together")),
        ("upper", later("The upper half of the network")),
        ("all", later("Everything")),
    ),
    OfUnit(later("Words in a step"), later("Lines in a step")),
    OfUnit(
        later("How often every word is seen; few words are seen more often"),
        later("How often every line is seen; few lines are seen more often"),
    ),
    OfUnit(later("General words"), later("General lines")),
    OfUnit(
        later("General words, their share in each step, against forgetting"),
        later("General lines, their share in each step, against forgetting"),
    ),
)
FINDING = Words(
    (
        ("head", later("Only how writing is told from the rest")),
        ("neck+head", later("… and how large and small are seen together")),
        ("upper", later("… and the last part of the trunk")),
        ("all", later("Everything")),
    ),
    # Translators: Pieces of photos; a step is a step of learning.
    OfUnit(later("Pieces in a step")),
    OfUnit(later("How often all of each photo is seen; a single photo is seen more often")),
    OfUnit(later("General boards")),
    OfUnit(later("General boards, their share in each step, against forgetting")),
)

_RATES = (5e-5, 1e-4, 2e-4, 5e-4, 1e-3)
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_DEVICES = (("auto", later("Whichever is faster")), ("cpu", later("Processor")), ("gpu", later("Graphics card")))


class RecipeForm(QScrollArea):
    """Fields for everything in a recipe, with the defaults chosen."""

    def __init__(self, default: Recipe, words: Words) -> None:
        super().__init__(widgetResizable=True)
        self._default, self._words = default, words
        self.base = Choice((), "", tr("Model to start from"))
        self.what = Choice(_said(words.what), default.what, tr("What learns"))
        self.epochs = _number(1, 200, default.epochs, words.seen.said("words"))
        self.rate = _numbers(_RATES, default.learning_rate, _rate, tr("Learning rate"))
        self.batch = _number(1, 128, default.batch, words.in_step.said("words"))
        self.augmentation = _numbers(
            _SHARES, default.augmentation, _percent, tr("How much pictures are varied, as photos vary")
        )
        self.replay = _numbers(_SHARES[:-1], default.replay, _percent, words.share.said("words"))
        self.average = _numbers(
            _SHARES[1:],
            default.average,
            _percent,
            tr("Share of what was learned; the rest is what the model knew before"),
        )
        self.patience = _number(0, 50, default.patience or 0, tr("Checks without gain before it stops"))
        # Translators: In place of a number: learning never stops early.
        self.patience.setSpecialValueText(tr("never"))
        self.seed = _number(
            0, 999_999, default.seed, tr("Where chance begins: with the same number the same is drawn again")
        )
        self.device = Choice(_said(_DEVICES), default.device, tr("Where it computes"))
        self.restore = QPushButton(tr("Restore defaults"))
        self.restore.clicked.connect(lambda: self.show_recipe(self._default))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._labels: dict[QWidget, PlainLabel] = {}  # field → its label
        self._lay_out()

    @property
    def recipe(self) -> Recipe:
        """What is chosen."""
        return replace(
            self._default,
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

    def show_models(self, models: Sequence[Model], in_use: str) -> None:
        """Offer these to start from, with the one in use chosen, or the first where that one cannot be. in_use: its
        name.
        """
        self.base.clear()
        for model in models:
            self._offer(model)
        able = [row for row, model in enumerate(models) if can_learn(model.card)]
        row = self.base.findData(in_use)
        self.base.setCurrentIndex(row if row in able else next(iter(able), 0))

    def _offer(self, model: Model) -> None:
        title = tr(model.title) if model.of_program else model.title
        if can_learn(model.card):
            self.base.addItem(title, model.name)
            return
        self.base.addItem(tr("{model} – cannot be trained further here", model=title), model.name)
        # Whoever looks for it finds it, and why it cannot be chosen.
        entries = self.base.model()
        assert isinstance(entries, QStandardItemModel)
        entries.item(self.base.count() - 1).setEnabled(False)

    def show_unit(self, unit: str) -> None:
        """Speak of words, or of lines where each picture holds one. unit: "words" or "lines"."""
        words = self._words
        self.epochs.setAccessibleName(words.seen.said(unit))
        for named, title, name in (
            (self.batch, words.in_step, words.in_step),
            (self.replay, words.general, words.share),
        ):
            self._labels[named].setText(title.said(unit))
            named.setAccessibleName(name.said(unit))
        for field, label in self._labels.items():
            for each in (label, field):
                each.setToolTip(labels.tooltip(field.accessibleName()))

    def _lay_out(self) -> None:
        inside = QWidget()
        self.setWidget(inside)
        across = QHBoxLayout(inside)
        across.setContentsMargins(14, 10, 14, 10)
        across.setSpacing(28)
        words = self._words
        left = (
            (tr("Start from"), self.base),
            (tr("What learns"), self.what),
            (tr("Rounds"), self.epochs),
            (tr("Learning rate"), self.rate),
            (words.in_step.said("words"), self.batch),
            (tr("Computed by"), self.device),
        )
        right = (
            (tr("Pictures varied"), self.augmentation),
            (words.general.said("words"), self.replay),
            (tr("Learned part"), self.average),
            (tr("Patience"), self.patience),
            (tr("Seed"), self.seed),
            ("", self.restore),
        )
        for fields in (left, right):
            form = QFormLayout()
            form.setHorizontalSpacing(12)
            form.setVerticalSpacing(7)
            form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            for title, field in fields:
                if isinstance(field, Choice):
                    # A long name of a model must not push the other fields out of sight.
                    field.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                    field.setMinimumContentsLength(9)
                label = PlainLabel(title)
                label.setBuddy(field)
                self._labels[field] = label
                form.addRow(label, field)
            across.addLayout(form, 1)
        self.show_unit("words")


def _said(items: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What can be chosen, in the language chosen."""
    return [(key, tr(title)) for key, title in items]


def _number(low: int, high: int, value: int, name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setMinimumHeight(28)
    return box


def _numbers(values: Sequence[float], default: float, shown: Callable[[float], str], name: str) -> Choice:
    """A choice of a few numbers, the default always among them and marked."""
    items = [
        (repr(value), tr("{value} (usual)", value=shown(value)) if value == default else shown(value))
        for value in sorted({*values, default})
    ]
    return Choice(items, repr(default), name)


def _choose(field: Choice, value: float) -> None:
    """Show one of the numbers."""
    field.setCurrentIndex(field.findData(repr(value)))


def _percent(value: float) -> str:
    return f"{value * 100:.0f} %"


def _rate(value: float) -> str:
    return translation.number(value, 5).rstrip("0")
