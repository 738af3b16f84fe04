"""Models by name or folder, and what was learned as one of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ocr_studio.core import models, published_files
from ocr_studio.core.charset import Charset
from ocr_studio.core.errors import StudioError
from ocr_studio.core.model_card import BadModel, Kind, ModelCard
from ocr_studio.core.models import Model
from ocr_studio.core.page import now
from ocr_studio.core.published_files import PublishedFile
from ocr_studio.engine import candidate

DEFAULT: Final = "default"


class PublishedFileMissing(StudioError):
    """Weights that others have published were not fetched yet."""


_LICENCE: Final = "unknown (learned by a script)"


def opened(weights: str | Path, kind: Kind) -> Model:
    """The model of a name, or in a folder: a Path, or a text with a slash, which no name has; "default": the one that
    the program uses where nobody chooses.

    Raises NoSuchModel, and BadModel for one that is damaged or of the other kind.
    """
    if weights == DEFAULT:
        return models.in_use(None, kind)
    folder = Path(weights)
    lies_there = isinstance(weights, Path) or len(folder.parts) > 1
    model = models.in_folder(folder) if lies_there else models.find(str(weights))
    if model.kind != kind:
        raise BadModel(f"“{model.name}” is a {model.kind}, not a {kind}", remedy="Choose another model.")
    return model


def at_hand(published: PublishedFile) -> Path:
    """A published file that somebody has fetched already. Raises PublishedFileMissing: nothing is fetched here."""
    file = published_files.at_hand(published)
    if file is None:
        remedy = f"Fetch it: “ocr-studio models fetch {published.name}”."
        raise PublishedFileMissing("these weights are not on this computer", file=published.name, remedy=remedy)
    return file


def keep(
    name: str, net: Any, *, architecture: str, charset: Charset | None, parent: str, facts: Mapping[str, Any]
) -> Path:
    """Write a model and keep it under this name. Returns its folder.

    Raises BadName, ModelsNotWritten, and BadModel for facts that no card can say; nothing is left of it then.
    """
    known = {"title": name, "licence": _LICENCE, **facts}
    card = ModelCard(architecture, parent=parent, made=now(), **known)
    folder = candidate.write(name, net, charset=charset, card=card)
    try:
        model = models.install(folder)
    except StudioError:
        models.discard(folder)
        raise
    assert model.folder is not None
    return model.folder
