"""What is known of a model in plain words: the same for the window and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ocr_studio.core.model_card import Kind, ModelCard
from ocr_studio.core.models import Ancestor, Model

DOES: Final[Mapping[Kind, str]] = {"recognizer": "Reads writing", "detector": "Finds writing"}
_ARROW = "\u2192"
_GROUPS: Final = (("", "On {} held out"), ("general_", "On general {}"))


def title(model: Model) -> str:
    """What it is besides its name, in one line: its title, what it reads right where that is known, what it does."""
    own = model.title if model.title != model.name else ""
    return ", ".join(filter(None, (own, gain(model.card)))) or DOES[model.kind]


def gain(card: ModelCard | None) -> str:
    """Before and after in the fewest words: "30 → 36 of 40 words right"; nothing where nobody has measured."""
    if card is None:
        return ""
    before, after = (card.scores.get(name, {}) for name in ("before", "after"))
    if None in (before.get("right"), after.get("right"), after.get("words")):
        return ""
    what = "right" if card.kind == "recognizer" else "found"
    return f"{before['right']:g} {_ARROW} {after['right']:g} of {after['words']:g} {_unit(card)} {what}"


def facts(model: Model, history: Sequence[Ancestor]) -> list[tuple[str, str]]:
    """All that is known, as titles and values. history: see ``models.history``."""
    card = model.card
    found = [("Name", model.name), ("Does", DOES[model.kind])]
    if model.title != model.name:
        found.insert(1, ("Title", model.title))
    if card is None:
        return [*found, ("Comes from", "the program itself")]
    found.append(("Began with", began_with(history)))
    found.append(("Made", moment(card.made) if card.made else "nobody knows when"))
    if card.dataset:
        found.append(("Learned from", f"dataset {card.dataset[:12]}"))
    found += _measured(card)
    if card.alphabet:
        found.append(("Characters", str(len(card.alphabet))))
    recipe = {key: value for key, value in card.settings.items() if key != "base"}  # which is what it began with
    settings = ", ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in recipe.items())
    return [*found, *([("Trained with", settings)] if settings else []), ("Licence", card.licence or "not said")]


def began_with(history: Sequence[Ancestor]) -> str:
    """The line of models before this one, the nearest first."""
    before = [each.name if each.model else f"{each.name} (not here any more)" for each in history[1:]]
    return ", before that ".join(before) or "nobody knows"


def moment(when: str) -> str:
    """A moment, ISO 8601, as people here write it: in local time, to the minute."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return when


def _measured(card: ModelCard) -> list[tuple[str, str]]:
    lines = []
    known: set[str] = set()
    for prefix, of in _GROUPS:
        before, after = (card.scores.get(f"{prefix}{name}") for name in ("before", "after"))
        if before and after:
            lines.append(
                (of.format(_unit(card)), f"{_reading(before, card.kind)} {_ARROW} {_reading(after, card.kind)}")
            )
            known |= {f"{prefix}{name}" for name in ("before", "after", "change")}
    for name, figures in card.scores.items():
        if name not in known:
            said = ", ".join(f"{key} {'–' if value is None else f'{value:.4g}'}" for key, value in figures.items())
            lines.append((name.replace("_", " ").capitalize(), said))
    return lines


def _reading(figures: Mapping[str, float | None], kind: Kind) -> str:
    right, words, cer, f = (figures.get(key) for key in ("right", "words", "cer", "f"))
    what = "right" if kind == "recognizer" else "found"
    shown = "–" if right is None or words is None else f"{right:g} of {words:g} {what}"
    if cer is not None:
        return f"{shown}, {100 * cer:.1f} % of letters wrong"
    return shown if f is None else f"{shown}, F {f:.3f}"


def _unit(card: ModelCard) -> str:
    """What it was measured on, "words" or "lines"."""
    return "lines" if card.settings.get("unit") == "lines" else "words"


def _plain(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
