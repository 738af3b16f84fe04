"""How the photos of an archive are read: the models, by name or from a path or object store, and the settings."""

from __future__ import annotations

import dataclasses
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ocr_studio.core.archive import storage
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import (
    CARD_FILE,
    MOST_CARD_BYTES,
    MOST_WEIGHT_BYTES,
    WEIGHTS_FILE,
    BadModel,
    Kind,
    ModelCard,
)
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import tr
from ocr_studio.jobs.archive.worker import ReadingPlan, ShippedModel

_MOST_ZIP: Final = MOST_CARD_BYTES + MOST_WEIGHT_BYTES + (64 << 10)
_UNFIT: Final = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """How an archive is read.

    Attributes:
        reading: What workers of this computer get.
        settings: What must be the same in all runs.
        recognizer: Name of the recognizer.
    """

    reading: ReadingPlan
    settings: dict[str, object]
    recognizer: str

    def for_other_computers(self) -> ReadingPlan:
        """Return the plan with the files of models that other computers don't have. Raises BadModel."""
        recognizer, detector = _ship(self.reading.recognizer), _ship(self.reading.detector)
        return replace(self.reading, recognizer=recognizer, detector=detector)


def make_plan(options: ReaderOptions, model: str | None, *, megapixels: int, folder: Path) -> ArchivePlan:
    """Find the models and say how photos are read.

    Args:
        options: The options.
        model: Recognizer to use instead: its name, or path or address of its folder or exported file.
        megapixels: Largest photo.
        folder: Empty folder for models that are copied; it must stay until the archive is read.

    Raises:
        StudioError: A model can't be used.
    """
    if model is not None and _is_place(model):
        recognizer = _copy_model(model, folder)
        if recognizer.kind != "recognizer":
            raise StudioError(tr("this model is a detector, not a recognizer"), file=model)
    else:
        recognizer = _find(model or options.model, "recognizer", options)
    detector = _find(options.detector, "detector", options)
    options = replace(
        options,
        model=recognizer.name if recognizer.of_program else None,
        detector=detector.name if detector.of_program else None,
        writer_profiles=(),
    )
    settings = {
        "recognizer": _describe(recognizer),
        "detector": _describe(detector),
        "unit": options.unit,
        "alphabet": options.alphabet,
        "languages": list(options.languages),
        "language_strength": options.language_strength,
        "detection": dataclasses.asdict(options.detection),
        "megapixels": megapixels,
    }
    reading = ReadingPlan(
        options,
        megapixels,
        recognizer=None if recognizer.of_program else recognizer.folder,
        detector=None if detector.of_program else detector.folder,
    )
    return ArchivePlan(reading, settings, recognizer.name)


def _is_place(model: str) -> bool:
    return storage.is_remote(model) or "/" in model or os.sep in model or model.endswith(model_archive.SUFFIX)


def _find(name: str | None, kind: Kind, options: ReaderOptions) -> Model:
    return registry.in_use(name, kind, alphabet=options.alphabet)


def _describe(model: Model) -> dict[str, str]:
    return {"name": model.name, "sha256": model.card.sha256 if model.card else ""}


def _copy_model(address: str, folder: Path) -> Model:
    """Copy the two files of a model to a folder, check them, and return it. Raises StudioError."""
    name = address.rstrip("/").replace(os.sep, "/").rpartition("/")[2].removesuffix(model_archive.SUFFIX)
    target = folder / (_UNFIT.sub("_", name).strip(".")[:60] or "model")
    try:
        files = _read_model(address, folder)
        target.mkdir()
        for entry, data in files.items():
            (target / entry).write_bytes(data)
        model_folder.inspect(target, thoroughly=True)
        return registry.in_folder(target)
    except OSError as error:
        what = tr("the model can’t be saved: {reason}", reason=error.strerror or error)
        raise StudioError(what, file=target, remedy=tr("Free up disk space.")) from error
    except BadModel as error:  # it names the copy
        raise BadModel(error.what, file=address, remedy=error.remedy) from error


def _read_model(address: str, folder: Path) -> dict[str, bytes]:
    if not storage.is_remote(address):
        path = storage.local_path(address)
        if path.suffix == model_archive.SUFFIX:
            return model_archive.read_files(path)
        card = model_folder.inspect(path, thoroughly=True)
        return {CARD_FILE: card.to_json(), WEIGHTS_FILE: model_folder.read_weights(path, card)}
    if address.endswith(model_archive.SUFFIX):
        copy = folder / f"copy{model_archive.SUFFIX}"
        copy.write_bytes(storage.read_remote(address, most=_MOST_ZIP))
        return model_archive.read_files(copy)
    card_data = storage.read_remote(storage.join(address, CARD_FILE), most=MOST_CARD_BYTES)
    ModelCard.from_json(card_data, file=address)  # before the weights, which may be large
    weights = storage.read_remote(storage.join(address, WEIGHTS_FILE), most=MOST_WEIGHT_BYTES)
    return {CARD_FILE: card_data, WEIGHTS_FILE: weights}


def _ship(model: Path | ShippedModel | None) -> Path | ShippedModel | None:
    if not isinstance(model, Path):
        return model
    card = model_folder.inspect(model)
    return ShippedModel(model.name, card.to_json(), model_folder.read_weights(model, card))
