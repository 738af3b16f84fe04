"""Models by name or folder, and what was learned as one of them.

What is learned keeps on its card, as the setting "languages", whose usual words it counted with: opened again, it reads
as it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ocr_studio.api import given
from ocr_studio.core.errors import StudioError
from ocr_studio.core.language import lexicon
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import downloads
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import CARD_FILE, BadModel, Kind, ModelCard
from ocr_studio.core.models.downloads import PublishedFile
from ocr_studio.core.models.registry import Model
from ocr_studio.core.page import now
from ocr_studio.engine.weights import candidate

DEFAULT: Final = "default"
KURAPAN: Final = "kurapan"
KURAPAN_NOTOP: Final = "kurapan_notop"
CLOVAAI: Final = "clovaai_general"
# What weights are called that are no models of the program.
_SPECIAL: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {"recognizer": (DEFAULT, KURAPAN, KURAPAN_NOTOP), "detector": (DEFAULT, CLOVAAI)}
)
# What a script may say on the card of its model.
_FACTS: Final = ("title", "settings", "scores", "licence", "dataset", "data", "recipe", "weaknesses", "oversure")
_LANGUAGES: Final = "languages"
_NO_LANGUAGE: Final = "none"


class PublishedFileMissing(StudioError):
    """Weights that others have published were not fetched yet."""


_LICENCE: Final = "unknown (learned by a script)"


def opened(weights: str | Path, kind: Kind) -> Model:
    """The model of a name, or in a folder: a Path, or a text with a slash, which no name has; "default": the one that
    the program uses where nobody chooses.

    Raises NoSuchModel, BadModel for one that is damaged or of the other kind, TypeError for what is no name or path.
    """
    if weights == DEFAULT:
        return models.in_use(None, kind)
    folder = path_of(weights)
    lies_there = isinstance(weights, Path) or len(folder.parts) > 1
    model = _in_folder(folder) if lies_there else _named(str(weights), kind)
    if model.kind != kind:
        raise BadModel(f"“{model.name}” is a {model.kind}, not a {kind}", remedy="Choose another model.")
    return model


def path_of(weights: object) -> Path:
    """What weights are called, as a path. Raises TypeError for what is no name or path."""
    if not isinstance(weights, str | Path):
        raise TypeError(f"weights must be the name of a model, a path, or None, not {given.shown(weights)}")
    return Path(weights)


def keras_file(weights: object) -> Path | None:
    """The file of keras-ocr's users that is meant, None for what is no such file. Raises TypeError as ``path_of``."""
    path = path_of(weights)
    return path if path.suffix.lower() in downloads.WEIGHT_SUFFIXES else None


def _in_folder(folder: Path) -> Model:
    if not folder.is_dir():
        raise models.NoSuchModel("there is no such folder", file=folder, remedy="Check the path.")
    if not (folder / CARD_FILE).is_file():
        raise BadModel("there is no model in this folder", file=folder, remedy=f"Give one that holds {CARD_FILE}.")
    return models.in_folder(folder)


def _named(name: str, kind: Kind) -> Model:
    other = next((each for each, names in _SPECIAL.items() if each != kind and name in names), None)
    if other is not None:
        raise BadModel(f"“{name}” is a {other}, not a {kind}", remedy="Choose another model.")
    try:
        return models.find(name)
    except models.NoSuchModel as error:
        names = ", ".join((*_SPECIAL[kind], *(model.name for model in models.available(kind))))
        raise models.NoSuchModel(error.what, remedy=f"There is: {names}.") from None


def languages_of(model: Model, usual: Sequence[str]) -> tuple[str, ...]:
    """Whose words this model counts with where nobody says: what its card says, otherwise the usual ones."""
    said = model.card.settings.get(_LANGUAGES) if model.card else None
    if not isinstance(said, str):
        return tuple(usual)
    return tuple(code for code in said.split(",") if code in lexicon.LANGUAGES)


def settings_with(languages: Sequence[str], settings: object) -> dict[str, Any]:
    """Settings for a card, with these languages. Raises TypeError for what are no settings."""
    return {_LANGUAGES: ",".join(languages) or _NO_LANGUAGE, **given.options("settings", settings)}


def at_hand(published: PublishedFile) -> Path:
    """A published file that somebody has fetched already. Raises PublishedFileMissing: nothing is fetched here."""
    file = downloads.at_hand(published)
    if file is None:
        remedy = f"Fetch it: “ocr-studio models fetch {published.name}”."
        raise PublishedFileMissing("these weights are not on this computer", file=published.name, remedy=remedy)
    return file


def keep(
    name: str, net: Any, *, architecture: str, charset: Charset | None, parent: str, facts: Mapping[str, Any]
) -> Path:
    """Write a model and keep it under this name. Returns its folder.

    facts: see ``_FACTS``. Raises BadName, ModelsNotWritten, and BadModel for facts that no card can say, TypeError for
    those it has no place for; nothing is left of it then.
    """
    check_name(name)
    given.only("save", facts, _FACTS)
    card = ModelCard(architecture, parent=parent, made=now(), **{"title": name, "licence": _LICENCE, **facts})
    _check_card(card, charset)
    folder = candidate.write(name, net, charset=charset, card=card)
    try:
        model = models.install(folder)
    except StudioError:
        models.discard(folder)
        raise
    assert model.folder is not None
    return model.folder


def check_name(name: object) -> None:
    """Raises TypeError and BadName where no model can be called that, or it could not be opened by its name."""
    if not isinstance(name, str):
        raise TypeError(f"a model’s name must be a text, not {given.shown(name)}")
    if any(name in names for names in _SPECIAL.values()) or keras_file(name):
        raise models.BadName(f"weights=“{name}” means something else already", remedy="Give another name.")
    models.check_name(name)


def _check_card(card: ModelCard, charset: Charset | None) -> None:
    """Before anything is written. Raises TypeError and BadModel."""
    whole = replace(card, sha256="0" * 64, alphabet=charset.characters if charset else ())
    try:
        data = whole.to_json()
    except (TypeError, ValueError) as error:
        raise TypeError(f"facts must be of texts, plain numbers, lists and dicts: {error}") from error
    try:
        ModelCard.from_json(data, file="its facts")
    except BadModel as error:
        raise BadModel(error.what, file="the facts of the model", remedy="Give save() others.") from error
