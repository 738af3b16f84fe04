"""Models to try things with: their cards are whole, their weights two numbers, which no network has."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from ocr_studio.core import resources
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, RECOGNIZER, WEIGHTS_FILE, ModelCard
from ocr_studio.core.models.registry import Model

CARD = ModelCard(
    RECOGNIZER,
    "Board 7",
    registry.BUILT_IN.name,
    alphabet=("a", "b", "ß", "→", " "),
    dataset="ab" * 32,
    settings={"what": "upper", "epochs": 8, "base": None, "learning_rate": 2e-4},
    scores={"before": {"words": 40, "right": 30, "cer": 0.1}, "after": {"words": 40, "right": 36, "cer": 0.05}},
    made="2026-11-21T08:00:00+00:00",
)
WEIGHTS = safetensors.numpy.save({"characters/bias": np.zeros(2, np.float32)})


def fill(folder: Path, card: ModelCard = CARD, weights: bytes = WEIGHTS) -> Path:
    """Write a model's files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS_FILE).write_bytes(weights)
    (folder / CARD_FILE).write_bytes(replace(card, sha256=hashlib.sha256(weights).hexdigest()).to_json())
    return folder


def shipped(name: str, *, weights: bytes = WEIGHTS, **changes: Any) -> Path:
    """A model that comes with the program from now on, by default of none; changes: of its card. Returns its folder."""
    return fill(resources.models() / name, replace(CARD, **{"difference_to": "ab" * 32, **changes}), weights)


def installed(name: str, **changes: Any) -> Model:
    """A model that is kept under this name; changes: of its card."""
    return registry.install(fill(registry.candidate_folder(name), replace(CARD, **changes)))
