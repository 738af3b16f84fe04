"""The result of a training, saved as ``result.json`` beside its run until the user keeps or discards it."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final, TypeVar

from ocr_studio.core import paths
from ocr_studio.core.dataset_files.values import UNITS
from ocr_studio.core.files.safe_folder import TooLarge
from ocr_studio.core.metrics import Score
from ocr_studio.core.models import registry
from ocr_studio.core.page import Quad
from ocr_studio.core.training.detector_events import DetectorTrained, FindingComparison, PlaceOfWord
from ocr_studio.core.training.events import Comparison, Interval, Reading, Sample, Trained
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.training.runs import Run

VERSION: Final = 1

_MOST_BYTES: Final = 64 << 20
_Value = TypeVar("_Value")

log = logging.getLogger(__name__)


def save(run: Run, trained: AnyTrained) -> None:
    """Save the result of a run. Errors are only logged, as the user can still decide now."""
    value = {"version": VERSION, "kind": run.kind, **asdict(trained), "folder": trained.folder.name}
    try:
        paths.replace_file(run.result, json.dumps(value).encode("ascii"))
    except OSError as error:
        log.warning("%s: what came of the training is not kept: %s", run.result, error)


def forget(run: Run) -> None:
    """Delete the result of a run, which is trained again."""
    (run.result).unlink(missing_ok=True)


def load(run: Run) -> AnyTrained | None:
    """Return the result of a run whose candidate still exists; None without a readable one."""
    file = run.result
    try:
        raw = json.loads(paths.read_file(file, most=_MOST_BYTES))
        trained = _trained(raw, run)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, TooLarge) as error:
        log.warning("%s: what came of the training cannot be read: %s", file, error)
        return None
    return trained if trained.folder in registry.candidates(run.name) else None


def _trained(raw: Any, run: Run) -> AnyTrained:
    """Parse a result. Raises ValueError, KeyError, TypeError or AttributeError for anything else."""
    if raw["version"] != VERSION or raw["kind"] != run.kind or raw["name"] != run.name:
        raise ValueError("it is of another run or version")
    folder = registry.models_dir() / ".candidates" / _text(raw["folder"])
    facts = _whole(raw["steps"]), _number(raw["seconds"]), _text(raw["stopped"]), dict(raw["settings"])
    compared = raw["comparison"]
    if run.kind == "detector":
        return DetectorTrained(run.name, folder, _finding(compared), *facts)
    return Trained(run.name, folder, _reading(compared), *facts)


def _reading(raw: Any) -> Comparison:
    def read(one: Any) -> Reading:
        return Reading(_whole(one["words"]), _whole(one["right"]), _number(one["cer"]))

    def sample(one: Any) -> Sample:
        place = None if one["place"] is None else (_text(one["place"][0]), _text(one["place"][1]))
        crop, truth, before, now = (_text(one[key]) for key in ("crop", "truth", "before", "now"))
        return Sample(crop, truth, before, now, place)

    return Comparison(
        **_sides(raw, read),
        gained=tuple(map(sample, raw["gained"])),
        lost=tuple(map(sample, raw["lost"])),
        unit=_unit(raw),
    )


def _finding(raw: Any) -> FindingComparison:
    def score(one: Any) -> Score:
        return Score(_whole(one["right"]), _whole(one["found"]), _whole(one["wanted"]))

    def place(one: Any) -> PlaceOfWord:
        return PlaceOfWord(_text(one["photo"]), Quad.from_array(one["quad"]["corners"]), _text(one["text"]))

    return FindingComparison(
        **_sides(raw, score),
        gained=tuple(map(place, raw["gained"])),
        lost=tuple(map(place, raw["lost"])),
        unit=_unit(raw),
    )


def _sides(raw: Any, of: Callable[[Any], _Value]) -> dict[str, Any]:
    found: dict[str, Any] = {key: of(raw[key]) for key in ("before", "after", "keep_before", "keep_after")}
    for key in ("change", "keep_change"):
        found[key] = Interval(_number(raw[key]["low"]), _number(raw[key]["high"]))
    return found


def _unit(raw: Any) -> str:
    """Return the unit; results of older versions have none and count words."""
    if (unit := raw.get("unit", "words")) not in UNITS:
        raise ValueError(f"nothing is counted in {unit!r}")
    return str(unit)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def scores_of(comparison: Comparison) -> dict[str, dict[str, float | None]]:
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


def _figures(reading: Reading) -> dict[str, float | None]:
    return {"words": reading.words, "right": reading.right, "cer": _finite(reading.cer)}


def _finite(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
