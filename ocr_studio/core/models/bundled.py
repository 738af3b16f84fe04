"""The models that come with the program: published ones from a dependency, and adapted ones from the resources.

An adapted model is an ordinary model folder (``models.folder``) in the resources, ``models/NAME/``. Its weights are
stored as differences to a published model (``engine.weights.weight_delta``), and its card says which alphabets it is
the default for. There may be none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_studio.core import resources
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models.card import BadModel, Kind, ModelCard
from ocr_studio.core.models.folder import DROPPINGS, inspect
from ocr_studio.core.translation import later, tr


@dataclass(frozen=True, slots=True)
class Model:
    """A recognizer or a detector.

    Attributes:
        name: Name on the command line, and of its folder.
        title: Title for the user.
        folder: Its folder; None for a published model.
        card: Its description; None for a published model.
        adapted: Whether it is one of the adapted models in the resources.
    """

    name: str
    title: str
    kind: Kind = "recognizer"
    folder: Path | None = None
    card: ModelCard | None = None
    adapted: bool = False

    @property
    def of_program(self) -> bool:
        """Whether the model comes with the program, and so cannot be renamed or deleted."""
        return self.adapted or self.folder is None

    @property
    def writer(self) -> str:
        """Whose photos it reads, if it is a writer profile."""
        return self.card.writer if self.card and self.kind == "recognizer" else ""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A folder among the models that does not hold a valid model.

    Attributes:
        error: The reason.
        of_program: Whether it came with the program.
    """

    name: str
    folder: Path
    error: StudioError
    of_program: bool = False


BUILT_IN: Final = Model("pp-ocrv6-small", later("PP-OCRv6 small, comes with the program"))
BUILT_IN_DETECTOR: Final = Model(
    "pp-ocrv6-small-detector", later("PP-OCRv6 small detector, comes with the program"), "detector"
)
BORROWED: Final = (BUILT_IN, BUILT_IN_DETECTOR)


def adapted() -> tuple[Model | Damaged, ...]:
    """Return the adapted models, sorted by name."""
    try:
        folders = sorted(path for path in resources.models().iterdir() if not path.name.startswith("."))
    except (OSError, StudioError):  # without the folder there are no adapted models
        return ()
    return tuple(_opened(folder) for folder in folders if folder.name not in DROPPINGS)


def in_order(adapted_ones: Iterable[Model]) -> tuple[Model, ...]:
    """Sort models: defaults first, then the published ones, then the others."""
    known = tuple(adapted_ones)
    first = tuple(model for model in known if model.card and model.card.default_for)
    return (*first, *BORROWED, *(model for model in known if model not in first))


def default(kind: Kind, alphabet: str, among: Iterable[Model]) -> Model:
    """Return the default model of a kind.

    Args:
        kind: Recognizer or detector.
        alphabet: The alphabet to read, as in the settings.
        among: The models that come with the program.
    """
    for model in among:
        if model.adapted and model.kind == kind and model.card and alphabet in model.card.default_for:
            return model
    return next(model for model in BORROWED if model.kind == kind)


def install_again(error: BadModel) -> BadModel:
    """Create the error for a damaged model of the program, with a hint to reinstall."""
    return BadModel(error.what, file=error.file, remedy=tr("Reinstall the program, or use another model."))


def _opened(folder: Path) -> Model | Damaged:
    try:
        card = inspect(folder)
    except BadModel as error:
        return Damaged(folder.name, folder, install_again(error), of_program=True)
    return Model(folder.name, card.title or folder.name, card.kind, folder, card, adapted=True)
