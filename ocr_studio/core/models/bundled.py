"""The models that come with the program: borrowed ones, whose weights come with a dependency, and adapted ones.

An adapted one lies in the resources, ``models/NAME/``, as any model's folder (``models.folder``); its weights are the
difference to a borrowed one (``engine.differences``), and its card says what it is the default for. There may be none.
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
    """Something that reads, or finds writing.

    name: what it is called on the command line, and its folder; title: for a person. folder, card: None for what is
    borrowed. adapted: whether it is one of those that the program brings in its resources.
    """

    name: str
    title: str
    kind: Kind = "recognizer"
    folder: Path | None = None
    card: ModelCard | None = None
    adapted: bool = False

    @property
    def of_program(self) -> bool:
        """Whether it comes with the program: then it keeps its name and stays."""
        return self.adapted or self.folder is None


@dataclass(frozen=True, slots=True)
class Damaged:
    """A folder among the models that is none. error: why; of_program: whether it came with the program."""

    name: str
    folder: Path
    error: StudioError
    of_program: bool = False


BUILT_IN: Final = Model("pp-ocrv6-small", later("PP-OCRv6 small, comes with the program"))
BUILT_IN_DETECTOR: Final = Model(
    "pp-ocrv6-small-detector", later("PP-OCRv6 small for finding, comes with the program"), "detector"
)
BORROWED: Final = (BUILT_IN, BUILT_IN_DETECTOR)


def adapted() -> tuple[Model | Damaged, ...]:
    """The program's own models, by name."""
    try:
        folders = sorted(path for path in resources.models().iterdir() if not path.name.startswith("."))
    except (OSError, StudioError):  # no folder: none of our own
        return ()
    return tuple(_opened(folder) for folder in folders if folder.name not in DROPPINGS)


def in_order(adapted_ones: Iterable[Model]) -> tuple[Model, ...]:
    """These and the borrowed ones: what is a default first, then the borrowed, then the others."""
    known = tuple(adapted_ones)
    first = tuple(model for model in known if model.card and model.card.default_for)
    return (*first, *BORROWED, *(model for model in known if model not in first))


def default(kind: Kind, alphabet: str, among: Iterable[Model]) -> Model:
    """The model of this kind that is used where nobody has chosen one. among: the program's."""
    for model in among:
        if model.adapted and model.kind == kind and model.card and alphabet in model.card.default_for:
            return model
    return next(model for model in BORROWED if model.kind == kind)


def install_again(error: BadModel) -> BadModel:
    """What is wrong with a model of the program's own, and what helps then."""
    return BadModel(error.what, file=error.file, remedy=tr("Install the program again, or use another model."))


def _opened(folder: Path) -> Model | Damaged:
    try:
        card = inspect(folder)
    except BadModel as error:
        return Damaged(folder.name, folder, install_again(error), of_program=True)
    return Model(folder.name, card.title or folder.name, card.kind, folder, card, adapted=True)
