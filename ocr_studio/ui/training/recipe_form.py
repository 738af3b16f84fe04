"""The form for the hyperparameters of a training, hidden under “Advanced”."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ocr_studio.core import translation
from ocr_studio.core.models.card import can_learn
from ocr_studio.core.models.registry import Model
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.training.runs import LIMITS
from ocr_studio.core.translation import later, tr
from ocr_studio.core.units import percent
from ocr_studio.ui.style import labels
from ocr_studio.ui.style.labels import OfUnit
from ocr_studio.ui.widgets.form_fields import ComboBox, Form, SpinBox
from ocr_studio.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True, slots=True)
class RecipeTexts:
    """The names of the fields, for the recognizer or the detector.

    Attributes:
        what: The names of ``training.events.PARTS``.
        in_step: The batch size.
        seen: The number of epochs.
        general: The share of general data, as a short label.
        share: The share of general data, as a description.
    """

    what: tuple[tuple[str, str], ...]
    in_step: OfUnit
    seen: OfUnit
    general: OfUnit
    share: OfUnit


READING = RecipeTexts(
    (
        ("head", later("Output layer only")),
        ("neck+head", later("Output layer and neck")),
        ("upper", later("Upper half of the network")),
        ("all", later("All layers")),
    ),
    OfUnit(later("Batch size (words)"), later("Batch size (lines)")),
    OfUnit(
        later("Epochs: passes over all words; automatic is 12, and more for a few words"),
        later("Epochs: passes over all lines; automatic is 12, and more for a few lines"),
    ),
    OfUnit(later("General words"), later("General lines")),
    OfUnit(
        later("Share of general words in each step (prevents forgetting)"),
        later("Share of general lines in each step (prevents forgetting)"),
    ),
)
FINDING = RecipeTexts(
    (
        ("head", later("Output layer only")),
        ("neck+head", later("Output layer and neck")),
        ("upper", later("Output layer, neck, and end of the backbone")),
        ("all", later("All layers")),
    ),
    # Translators: A batch consists of crops, cut from photos.
    OfUnit(later("Batch size (crops)")),
    OfUnit(later("Epochs: passes over all photos; automatic is 10, and more for a single photo")),
    OfUnit(later("General boards")),
    OfUnit(later("Share of general boards in each step (prevents forgetting)")),
)

# Screen pixels: between columns, between rows, between a label and its field, and on both sides.
_APART, _ROW_GAP, _BESIDE, _EDGE = 28, 7, 12, 14
_RATES = (5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3)
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_DEVICES = (
    ("auto", later("Automatic (fastest)")),
    ("cpu", later("Processor (CPU)")),
    ("gpu", later("Graphics card (GPU)")),
)


class Suggest(Protocol):
    """Returns the defaults for training a part of the network, perhaps as a writer profile."""

    def __call__(self, what: str, *, profile: bool = False) -> Recipe: ...  # noqa: D102


class RecipeForm(QScrollArea):
    """Fields for all hyperparameters, with the defaults selected.

    Args:
        default: The values at the beginning.
        texts: The names of the fields.
        suggest: Returns the defaults for training a part of the network: fields that still have the defaults of the
            part before follow when another part is chosen, or a writer profile.
    """

    def __init__(self, default: Recipe, texts: RecipeTexts, *, suggest: Suggest | None = None) -> None:
        super().__init__(widgetResizable=True)
        self._default, self._texts = default, texts
        offered = [default]
        if suggest:
            offered += [suggest(part, profile=profile) for part, _ in texts.what for profile in (False, True)]
        self.base = ComboBox((), "", tr("Base model"))
        self.what = ComboBox(_said(texts.what), default.what, tr("Trained layers"))
        self.epochs = _number("epochs", default.epochs, texts.seen.text_for("words"))
        self.epochs.setSpecialValueText(tr("Automatic"))
        self.rate = _numbers(
            [*_RATES, *(recipe.learning_rate for recipe in offered)], default.learning_rate, _rate, tr("Learning rate")
        )
        self.batch = _number("batch", default.batch, texts.in_step.text_for("words"))
        self.augmentation = _numbers(
            _SHARES, default.augmentation, percent, tr("Augmentation: how strongly images are varied")
        )
        self.replay = _numbers(_SHARES[:-1], default.replay, percent, texts.share.text_for("words"))
        self.average = _numbers(
            [*_SHARES[1:], *(recipe.average for recipe in offered)],
            default.average,
            percent,
            tr("Share of the trained weights in the result; the rest comes from the base model"),
        )
        self.patience = _number(
            "patience", default.patience, tr("Early stopping: evaluations without improvement before training stops")
        )
        # Translators: In place of a number: training never stops early.
        self.patience.setSpecialValueText(tr("never"))
        self.seed = _number("seed", default.seed, tr("Random seed: the same number gives the same random choices"))
        self.device = ComboBox(_said(_DEVICES), default.device, tr("Device"))
        self._suggest, self._suggested, self._profile = suggest, default, False
        self.what.currentIndexChanged.connect(self._follow_part)
        self.restore = QPushButton(tr("Restore defaults"))
        self.restore.clicked.connect(self._restore)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._beside: bool | None = None
        self._labels: dict[QWidget, PlainLabel] = {}  # field → its label
        self._lay_out()

    @property
    def recipe(self) -> Recipe:
        """The chosen hyperparameters."""
        return replace(
            self._default,
            base=self.base.currentData() or None,
            what=self.what.currentData(),
            epochs=self.epochs.value() or None,
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
        """Show these values; the base model stays as it is."""
        for field, value in (
            (self.what, recipe.what),
            (self.rate, repr(recipe.learning_rate)),
            (self.augmentation, repr(recipe.augmentation)),
            (self.replay, repr(recipe.replay)),
            (self.average, repr(recipe.average)),
            (self.device, recipe.device),
        ):
            field.setCurrentIndex(field.findData(value))
        self.epochs.setValue(recipe.epochs or 0)
        self.batch.setValue(recipe.batch)
        self.patience.setValue(recipe.patience or 0)
        self.seed.setValue(recipe.seed)

    def show_profile(self, profile: bool) -> None:
        """Show the defaults of a writer profile, or of a model for all photos, in fields that have the other ones."""
        self._profile = profile
        self._follow_part()

    def _restore(self) -> None:
        self._suggested = self._suggest(self._default.what, profile=self._profile) if self._suggest else self._default
        self.show_recipe(self._suggested)

    def _follow_part(self) -> None:
        """Show the defaults of the chosen part in fields that have those of the part before."""
        if self._suggest is None or self.what.currentData() is None:
            return
        before, self._suggested = self._suggested, self._suggest(self.what.currentData(), profile=self._profile)
        shown = self.recipe
        keys = ("learning_rate", "batch", "average", "replay", "patience")
        kept = {key: getattr(shown, key) for key in keys if getattr(shown, key) != getattr(before, key)}
        self.show_recipe(replace(shown, **({key: getattr(self._suggested, key) for key in keys} | kept)))

    def show_models(self, models: Sequence[Model], in_use: str) -> None:
        """Offer these base models; the one in use is selected, or the first one if it can't be trained."""
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
        self.base.addItem(tr("{model} – can’t be trained further", model=title), model.name)
        # Listed but disabled, so that users see why it can't be chosen.
        entries = self.base.model()
        assert isinstance(entries, QStandardItemModel)
        entries.item(self.base.count() - 1).setEnabled(False)

    def show_unit(self, unit: str) -> None:
        """Name the fields for a dataset of words or of lines. unit: "words" or "lines"."""
        texts = self._texts
        self.epochs.setAccessibleName(texts.seen.text_for(unit))
        for named, title, name in (
            (self.batch, texts.in_step, texts.in_step),
            (self.replay, texts.general, texts.share),
        ):
            self._labels[named].setText(title.text_for(unit))
            named.setAccessibleName(name.text_for(unit))
        for field, label in self._labels.items():
            for each in (label, field):
                each.setToolTip(labels.tooltip(field.accessibleName()))

    def _lay_out(self) -> None:
        inside = QWidget()
        self.setWidget(inside)
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(_EDGE, 10, _EDGE, 10)
        whole.setSpacing(_ROW_GAP)
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        whole.addLayout(self._across)
        texts = self._texts
        left = (
            (tr("Base model"), self.base),
            (tr("Trained layers"), self.what),
            (tr("Epochs"), self.epochs),
            (tr("Learning rate"), self.rate),
            (texts.in_step.text_for("words"), self.batch),
            (tr("Device"), self.device),
        )
        right = (
            (tr("Augmentation"), self.augmentation),
            (texts.general.text_for("words"), self.replay),
            (tr("Weight averaging"), self.average),
            (tr("Early stopping"), self.patience),
            (tr("Random seed"), self.seed),
        )
        self._columns = [[field for _, field in fields] for fields in (left, right)]
        for fields in (left, right):
            form = Form()
            form.setHorizontalSpacing(_BESIDE)
            form.setVerticalSpacing(_ROW_GAP)
            for title, field in fields:
                if isinstance(field, ComboBox):
                    # A long model name must not push the other fields out of view.
                    field.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                    field.setMinimumContentsLength(9)
                self._labels[field] = form.add(title, field)
            self._across.addLayout(form, 1)
        whole.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignRight)
        whole.addStretch(1)
        self.show_unit("words")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Show one column of fields where two have no room."""
        widths = [
            max(self._labels[field].sizeHint().width() for field in column)
            + max(field.minimumSizeHint().width() for field in column)
            for column in self._columns
        ]
        beside = event.size().width() >= sum(widths) + 2 * (_BESIDE + _EDGE) + _APART
        if beside is not self._beside:
            self._beside = beside
            self._arrange(beside=beside)
        super().resizeEvent(event)  # last, as it gives the fields the width that they need now

    def _arrange(self, *, beside: bool) -> None:
        """Show the columns beside each other, or one below the other."""
        wide = max(label.sizeHint().width() for label in self._labels.values())
        ways = QBoxLayout.Direction
        self._across.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        self._across.setSpacing(_APART if beside else _ROW_GAP)
        for label in self._labels.values():  # fields below each other begin at the same place
            label.setMinimumWidth(0 if beside else wide)


def _said(items: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The choices in the current language."""
    return [(key, tr(title)) for key, title in items]


def _number(key: str, value: int | None, name: str) -> SpinBox:
    """A field for a number of a recipe; with epochs and early stopping, 0 stands for None."""
    low, high = map(int, LIMITS[key])
    return SpinBox(0 if key in {"epochs", "patience"} else low, high, name, value=value or 0)


def _numbers(values: Sequence[float], default: float, shown: Callable[[float], str], name: str) -> ComboBox:
    """A combo box with a few numbers and the default."""
    return ComboBox([(repr(value), shown(value)) for value in sorted({*values, default})], repr(default), name)


def _rate(value: float) -> str:
    return translation.number(value, 5).rstrip("0")
