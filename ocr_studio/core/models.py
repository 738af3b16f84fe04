"""Which models can read. Nothing here loads one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ocr_studio.core.errors import StudioError


class NoSuchModel(StudioError):
    """A model was asked for that is not there."""


@dataclass(frozen=True, slots=True)
class Model:
    """Something that reads. name: what it is called on the command line; title: for a person."""

    name: str
    title: str


BUILT_IN: Final = Model("pp-ocrv6-small", "PP-OCRv6 small, comes with the program")


def available() -> tuple[Model, ...]:
    """The models that can be used now, the one that is used when nobody chooses first."""
    return (BUILT_IN,)


def chosen(name: str | None) -> str | None:
    """A model's name as ``ReaderOptions.model`` wants it: None for the one that comes with the program.

    Raises NoSuchModel.
    """
    names = [model.name for model in available()]
    if name is not None and name not in names:
        raise NoSuchModel(f"there is no model “{name}”", remedy=f"There is: {', '.join(names)}.")
    return None if name == BUILT_IN.name else name
