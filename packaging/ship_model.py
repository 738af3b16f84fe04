#!/usr/bin/env python3
"""Adds a trained model to those that come with the program, as half-precision differences to its base model.

Run it in the checkout with the folder of a model that was trained from a third-party one, and again to change its card:

PYTHONPATH=. python packaging/ship_model.py FOLDER --name board-recognizer --facts facts.json --default
PYTHONPATH=. python packaging/ship_model.py --name board-recognizer --facts scores.json

FILE.json sets fields of its card; others are unchanged: {"title": "…", "data": [{"what": "…", "licence": "…"}],
"recipe": "the command that trains it", "weaknesses": ["A sentence.", …], "licence": "…", "scores":
{"board_words_before": {"right": 0.8}, "board_words_after": {"right": 0.9}, …}}.

Measure the written model, as rounding changes it: ``python -m tests.benchmarks.adaptation --recognizer
resources/models/NAME --scores scores.json``. Name the sources of its training data in resources/licences/NOTICE, too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import bundled, registry
from ocr_studio.core.models.card import CARD_FILE, DataSource, ModelCard
from ocr_studio.engine.weights import package_model

SHIPPED = Path(__file__).parent.parent / "resources" / "models"
# Fields that can be set; the others are computed from the files.
_SAID = frozenset(
    {"title", "licence", "data", "recipe", "weaknesses", "scores", "dataset", "settings", "made", "temperature"}
)


def facts_from(file: Path) -> dict[str, Any]:
    """Load fields of a card from a JSON file. Raises ValueError and OSError."""
    value = json.loads(file.read_text(encoding="utf-8"))
    known = {each.name for each in fields(ModelCard)} & _SAID
    if not isinstance(value, dict) or not value.keys() <= known:
        raise ValueError(f"{file}: must be an object with any of {', '.join(sorted(known))}")
    if "data" in value:
        value["data"] = tuple(DataSource(each["what"], each["licence"]) for each in value["data"])
    if "weaknesses" in value:
        value["weaknesses"] = tuple(value["weaknesses"])
    return value


def missing(card: ModelCard) -> list[str]:
    """Return the required fields that a card of a bundled model lacks."""
    said = {
        "title": card.title,
        "licence": card.licence,
        "data": card.data and all(each.licence for each in card.data),
        "recipe": card.recipe,
        "weaknesses": card.weaknesses,
        "scores": any(name.endswith("after") for name in card.scores),
    }
    return [name for name, known in said.items() if not known]


def main(arguments: Sequence[str] | None = None, *, into: Path = SHIPPED) -> int:
    """Add a model or change its card, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="folder of the model; omit it to change only the card")
    parser.add_argument("--name", required=True, help="permanent name of the model; settings and other models use it")
    parser.add_argument("--facts", type=Path, nargs="*", default=[], metavar="FILE.json", help="fields of its card")
    parser.add_argument("--title", help="title of the model, shown to users")
    parser.add_argument(
        "--default",
        action=argparse.BooleanOptionalAction,
        help="use it by default, for Latin alphabets",
    )
    chosen = parser.parse_args(arguments)
    try:
        facts: dict[str, Any] = {}
        for file in chosen.facts:
            facts |= facts_from(file)
        card = _written(chosen, facts | ({"title": chosen.title} if chosen.title else {}), into / chosen.name)
    except (StudioError, OSError, ValueError, KeyError, TypeError) as error:
        print(f"ship_model: {error}", file=sys.stderr)
        return 1
    if lacks := missing(card):
        print(f"The card lacks: {', '.join(lacks)}", file=sys.stderr)
    return 0


def _written(chosen: argparse.Namespace, facts: dict[str, Any], target: Path) -> ModelCard:
    if trouble := registry.name_trouble(chosen.name):
        raise ValueError(trouble)
    if chosen.name in [model.name for model in bundled.BORROWED]:
        raise ValueError(f"“{chosen.name}” is a third-party model")
    if chosen.folder is None:
        card = package_model.update_card(target, facts=facts)
    else:
        shipped = package_model.package_model(chosen.folder, target, facts=facts)
        card = shipped.card
        print(
            f"{target}: {shipped.size / 1e6:.2f} MB, {shipped.arrays[0]} of {shipped.arrays[1]} weight arrays changed"
        )
        print(
            f"by up to {shipped.max_change:.2g}; the rounding error is up to {shipped.error:.2g},"
            f" {100 * shipped.rounding:.3f} % of the change"
        )
    if chosen.default is not None:
        card = package_model.update_card(target, facts={"default_for": ("latin",) if chosen.default else ()})
    print(f"{target / CARD_FILE}: default for: {', '.join(card.default_for) or 'none'}")
    return card


if __name__ == "__main__":
    raise SystemExit(main())
