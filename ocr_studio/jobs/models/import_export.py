"""Imports and exports models as single files."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import BadModel
from ocr_studio.core.models.downloads import WEIGHT_SUFFIXES
from ocr_studio.core.models.registry import Model
from ocr_studio.core.training import runs as training_runs

# An import takes seconds; older files are left over from one that was killed.
_LEFT_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """The file looks like a model and is now loaded to verify it, which takes seconds."""

    file: Path


@dataclass(frozen=True, slots=True)
class ModelImported:
    """The model was imported and can be used."""

    model: Model


@dataclass(frozen=True, slots=True)
class ModelExported:
    """The model was exported."""

    model: Model
    file: Path


def import_model(
    file: Path, *, name: str | None = None, alphabet: Sequence[str] | None = None
) -> Generator[LookedThrough | ModelImported, None, None]:
    """Import a model; nothing is left behind if it is refused or the import is cancelled.

    Args:
        file: A file made by ``export_model``, or weights of a keras-ocr network (.h5).
        name: Name of the model; by default that of the file.
        alphabet: Alphabet of a keras-ocr recognizer that was trained with another one than the published weights.

    Raises:
        StudioError: The file isn't a valid model, or the model can't be saved.
    """
    _sweep()
    if file.suffix.lower() in WEIGHT_SUFFIXES:
        yield from _import_weights(file, name, alphabet)
        return
    candidate = model_archive.unpack(file, name=name)
    kept = False
    try:
        yield LookedThrough(file)
        from ocr_studio.engine.weights import model_check

        try:
            model_check.check_model(candidate)
        except BadModel as error:
            raise model_archive.refused(error.what, file) from error
        model = registry.install(candidate)
        kept = True
        yield ModelImported(model)
    finally:
        if not kept:
            registry.discard(candidate)


def _import_weights(
    file: Path, name: str | None, alphabet: Sequence[str] | None
) -> Generator[LookedThrough | ModelImported, None, None]:
    yield LookedThrough(file)
    from ocr_studio.engine.weights import keras_ocr as keras_ocr_weights

    free = registry.free_name(file.stem) if name is None else name
    candidate = keras_ocr_weights.create_candidate(file, name=free, alphabet=alphabet)
    try:
        model = registry.install(candidate)
    except StudioError:
        registry.discard(candidate)
        raise
    yield ModelImported(model)


def _sweep() -> None:
    """Delete what killed imports and deletions have left behind, except candidates of training runs."""
    for name, folder in registry.abandoned(seconds=_LEFT_SECONDS):
        if registry.name_trouble(name) or training_runs.load_run(name) is None:
            with contextlib.suppress(registry.ModelsNotWritten):  # it is deleted another time
                registry.discard(folder)


def export_model(model: Model, file: Path, *, overwrite: bool = False) -> Iterator[ModelExported]:
    """Export a model as a single file. overwrite: see ``model_archive.export``. Raises StudioError."""
    model_archive.export(model, file, overwrite=overwrite)
    yield ModelExported(model, file)
