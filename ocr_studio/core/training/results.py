"""The result of a training, saved as ``result.json`` beside its run until the user keeps or discards it."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, replace
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.dataset_files.values import UNITS
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.models import registry
from ocr_studio.core.training.detector_events import DetectorTrained
from ocr_studio.core.training.events import ReadingScore, RecognizerComparison, Trained
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.training.runs import Run

VERSION: Final = 1

_MOST_BYTES: Final = 64 << 20

log = logging.getLogger(__name__)


def save_result(run: Run, trained: AnyTrained) -> None:
    """Save the result of a run. Errors are only logged, as the user can still decide now."""
    value = {"version": VERSION, "kind": run.kind, **asdict(trained), "folder": trained.folder.name}
    try:
        paths.replace_file(run.result, json.dumps(value).encode("ascii"))
    except OSError as error:
        log.warning("%s: what came of the training is not kept: %s", run.result, error)


def delete_result(run: Run) -> None:
    """Delete the result of a run, which is trained again."""
    run.result.unlink(missing_ok=True)


def load_result(run: Run) -> AnyTrained | None:
    """Return the result of a run whose candidate still exists; None without a readable one."""
    file = run.result
    try:
        raw = strict_json.load(paths.read_file(file, most=_MOST_BYTES))
        trained = _trained(raw, run)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("%s: what came of the training can’t be read: %s", file, error)
        return None
    return trained if trained.folder in registry.candidates(run.name) else None


def _trained(raw: object, run: Run) -> AnyTrained:
    """Parse a result. Raises ValueError for anything else."""
    head = raw if isinstance(raw, dict) else {}
    if (head.get("version"), head.get("kind"), head.get("name")) != (VERSION, run.kind, run.name):
        raise ValueError("it is of another run or version")
    kind: type[AnyTrained] = DetectorTrained if run.kind == "detector" else Trained
    trained = json_schema.convert(raw, kind)
    if trained.comparison.unit not in UNITS:  # results of older versions have none and count words
        raise ValueError(f"nothing is counted in {trained.comparison.unit!r}")
    return replace(trained, folder=registry.models_dir() / ".candidates" / trained.folder)


def make_scores(comparison: RecognizerComparison) -> dict[str, dict[str, float | None]]:
    """Return a comparison as the scores of a model card.

    "before" and "after" hold words, right and cer on held-out words; "general_before" and "general_after" the same on
    general words; "change" holds the interval of the CER's change, low and high.
    """
    readings = {
        "before": comparison.before,
        "after": comparison.after,
        "general_before": comparison.keep_before,
        "general_after": comparison.keep_after,
    }
    scores = {name: _figures(reading) for name, reading in readings.items() if reading.words}
    if comparison.before.words:
        scores["change"] = {"low": _finite(comparison.change.low), "high": _finite(comparison.change.high)}
    return scores


def _figures(reading: ReadingScore) -> dict[str, float | None]:
    return {"words": reading.words, "right": reading.right, "cer": _finite(reading.cer)}


def _finite(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
