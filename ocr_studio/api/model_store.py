"""Opening models by name or folder, and saving trained ones.

The card of a saved model has the setting "languages": the languages whose words supported reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ocr_studio.api import arguments
from ocr_studio.core.errors import StudioError
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.card import CARD_FILE, BadModel, Kind, ModelCard
from ocr_studio.core.models.downloads import PublishedFile
from ocr_studio.core.models.registry import Model
from ocr_studio.core.page import now

DEFAULT: Final = "default"
KURAPAN: Final = "kurapan"
KURAPAN_NOTOP: Final = "kurapan_notop"
CLOVAAI: Final = "clovaai_general"
# Names of weights that are not models of the program.
_RESERVED: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {"recognizer": (DEFAULT, KURAPAN, KURAPAN_NOTOP), "detector": (DEFAULT, CLOVAAI)}
)
# Fields of a model card that a script may set.
_FACTS: Final = ("title", "settings", "scores", "licence", "dataset", "data", "recipe", "weaknesses", "temperature")
_LANGUAGES: Final = "languages"
_NO_LANGUAGE: Final = "none"


class PublishedFileMissing(StudioError):
    """Published weights have not been downloaded yet."""


_LICENCE: Final = "unknown (trained by a script)"


def find_model(weights: str | Path, kind: Kind) -> Model:
    """Find a model.

    Args:
        weights: Its name; or its folder, a Path or a string with a slash; or "default" for the program's default.
        kind: "recognizer" or "detector".

    Raises:
        NoSuchModel: There is no such model.
        BadModel: The model is damaged or of the other kind.
        TypeError: The weights are neither a name nor a path.
    """
    if weights == DEFAULT:
        return registry.in_use(None, kind)
    folder = to_path(weights)
    is_folder = isinstance(weights, Path) or len(folder.parts) > 1
    model = _load_folder(folder) if is_folder else _find_by_name(str(weights), kind)
    if model.kind != kind:
        raise BadModel(f"“{model.name}” is a {model.kind}, not a {kind}", remedy="Choose another model.")
    return model


def to_path(weights: object) -> Path:
    """Convert weights to a path. Raises TypeError if they are neither a name nor a path."""
    if not isinstance(weights, str | Path):
        raise TypeError(f"weights must be the name of a model, a path, or None, not {arguments.describe(weights)}")
    return Path(weights)


def keras_path(weights: object) -> Path | None:
    """Return the path if the weights are a keras-ocr file, else None. Raises TypeError like ``to_path``."""
    path = to_path(weights)
    return path if path.suffix.lower() in downloads.WEIGHT_SUFFIXES else None


def _load_folder(folder: Path) -> Model:
    if not folder.is_dir():
        raise registry.NoSuchModel("the folder does not exist", file=folder, remedy="Check the path.")
    if not (folder / CARD_FILE).is_file():
        raise BadModel("no model in this folder", file=folder, remedy=f"Choose a folder with {CARD_FILE}.")
    return registry.in_folder(folder)


def _find_by_name(name: str, kind: Kind) -> Model:
    other = next((each for each, names in _RESERVED.items() if each != kind and name in names), None)
    if other is not None:
        raise BadModel(f"“{name}” is a {other}, not a {kind}", remedy="Choose another model.")
    try:
        return registry.find(name)
    except registry.NoSuchModel as error:
        names = ", ".join((*_RESERVED[kind], *(model.name for model in registry.available(kind))))
        raise registry.NoSuchModel(error.what, remedy=f"Available: {names}.") from None


def model_languages(model: Model, usual: Sequence[str]) -> tuple[str, ...]:
    """Return the languages on the card of a model, otherwise the usual ones."""
    codes = model.card.settings.get(_LANGUAGES) if model.card else None
    if not isinstance(codes, str):
        return tuple(usual)
    return tuple(code for code in codes.split(",") if code in LANGUAGES)


def add_languages(languages: Sequence[str], settings: object) -> dict[str, Any]:
    """Add languages to the settings of a card. Raises TypeError if these are not a dict."""
    return {_LANGUAGES: ",".join(languages) or _NO_LANGUAGE, **arguments.check_options("settings", settings)}


def find_download(published: PublishedFile) -> Path:
    """Find a downloaded file. Raises PublishedFileMissing; nothing is downloaded here."""
    file = downloads.at_hand(published)
    if file is None:
        remedy = f"Download them with “ocr-studio models fetch {published.name}”."
        raise PublishedFileMissing("these weights are not on this computer", file=published.name, remedy=remedy)
    return file


def save_model(
    name: str, net: Any, *, architecture: str, charset: Charset | None, parent: str, facts: Mapping[str, Any]
) -> Path:
    """Save a model of the program and return its folder. If that fails, nothing is left of it. Raises as
    ``Recognizer.save``.

    Args:
        name: Its name.
        net: The keras.Model.
        architecture: Its architecture.
        charset: The characters of a recognizer.
        parent: Name of the model that training started from.
        facts: Fields of its card, see ``_FACTS``.
    """
    check_name(name)
    arguments.check_names("save", facts, _FACTS)
    card = ModelCard(architecture, parent=parent, made=now(), **{"title": name, "licence": _LICENCE, **facts})
    _check_card(card, charset)
    from ocr_studio.engine.weights import candidate  # it writes a Keras model

    folder = candidate.write_candidate(name, net, charset=charset, card=card)
    try:
        model = registry.install(folder)
    except StudioError:
        registry.discard(folder)
        raise
    assert model.folder is not None
    return model.folder


def check_name(name: object) -> None:
    """Check the name of a new model. Raises TypeError and BadName."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a model must be a string, not {arguments.describe(name)}")
    if any(name in names for names in _RESERVED.values()) or keras_path(name):
        raise registry.BadName(f"weights=“{name}” already has a meaning", remedy="Choose another name.")
    registry.check_name(name)


def _check_card(card: ModelCard, charset: Charset | None) -> None:
    """Check a card before anything is written. Raises TypeError and BadModel."""
    whole = replace(card, sha256="0" * 64, alphabet=charset.characters if charset else ())
    try:
        data = whole.to_json()
    except (TypeError, ValueError) as error:
        raise TypeError(f"facts must consist of strings, numbers, lists and dicts: {error}") from error
    try:
        ModelCard.from_json(data, file="the facts")
    except BadModel as error:
        raise BadModel(error.what, file="the facts of the model", remedy="Correct the arguments of save().") from error
