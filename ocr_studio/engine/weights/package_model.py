"""Packages a trained model for the program's resources: the difference to the published weights, and its card."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, WEIGHTS_FILE, ModelCard
from ocr_studio.engine.weights import model_arrays, weight_delta


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """Statistics of a packaged model.

    Attributes:
        arrays: Number of changed weights, and of all.
        size: Size of the file in bytes.
        max_change: Maximum change of a weight.
        error: Maximum rounding error.
        rounding: Root mean square of the rounding errors relative to the changes.
    """

    card: ModelCard
    arrays: tuple[int, int]
    size: int
    max_change: float
    error: float
    rounding: float


def package_model(source: Path, target: Path, *, facts: Mapping[str, Any]) -> PackagedModel:
    """Write a model as a difference, and read it back.

    Evaluate the written model, as that is what the program uses.

    Args:
        source: A model folder, complete or itself a difference.
        target: Folder to write, created if needed.
        facts: Fields of its card (``ModelCard``) to replace.

    Raises:
        BadModel: The source is damaged.
        NoDifference: It cannot be stored as a difference.
        PretrainedError: The published weights are missing.
        OSError: A file cannot be written.
    """
    card = model_folder.inspect(source)
    published = weight_delta.PUBLISHED.get(card.architecture)
    if published is None:
        raise weight_delta.NoDifference(f"no network of the kind {card.architecture} comes with the program")
    base = registry.BUILT_IN if card.kind == "recognizer" else registry.BUILT_IN_DETECTOR
    whole = model_arrays.read_model(registry.in_folder(source)).arrays
    card = replace(card, parent=base.name, difference_to=published.sha256, **facts)
    before = weight_delta.load_base(card, file=source)
    delta = weight_delta.extract_delta(whole, before)
    data = model_arrays.serialize_weights(delta)
    card = replace(card, sha256=hashlib.sha256(data).hexdigest())
    ModelCard.from_json(card.to_json(), file=target / CARD_FILE)  # checks the facts before anything is written
    folder = SafeFolder(target, follow=True)
    folder.make_folder()
    folder.replace(WEIGHTS_FILE, data)
    folder.replace(CARD_FILE, card.to_json())
    file = target / WEIGHTS_FILE
    after = weight_delta.apply_delta(
        before, model_arrays.parse_weights(model_folder.read_weights(target, card), file=file), file=file
    )
    max_change = max((float(np.abs(whole[name] - before[name]).max()) for name in delta), default=0.0)
    error = max(float(np.abs(whole[name] - after[name]).max(initial=0.0)) for name in whole)
    return PackagedModel(
        card, (len(delta), len(whole)), len(data), max_change, error, _relative_rounding(whole, before, after)
    )


def update_card(target: Path, *, facts: Mapping[str, Any]) -> ModelCard:
    """Change the card of a packaged model; its weights stay. Raises BadModel and OSError."""
    card = replace(model_folder.inspect(target, thoroughly=True), **facts)
    ModelCard.from_json(card.to_json(), file=target / CARD_FILE)
    SafeFolder(target, follow=True).replace(CARD_FILE, card.to_json())
    return card


def _relative_rounding(whole: weight_delta.Arrays, before: weight_delta.Arrays, after: weight_delta.Arrays) -> float:
    def square(one: weight_delta.Arrays, other: weight_delta.Arrays) -> float:
        return sum(float(((one[name].astype(np.float64) - other[name]) ** 2).sum()) for name in one)

    return float(np.sqrt(square(whole, after) / (square(whole, before) or 1.0)))
