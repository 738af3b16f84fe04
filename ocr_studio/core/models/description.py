"""Model descriptions for users, shared by the window and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ocr_studio.core.models.card import Kind, ModelCard
from ocr_studio.core.models.registry import Ancestor, Model
from ocr_studio.core.translation import figure, later, later_n, number, tr, tr_n

DOES: Final[Mapping[Kind, str]] = {
    "recognizer": later("Recognizer (reads words)"),
    "detector": later("Detector (finds text)"),
}
_ARROW = "\u2192"
_GAIN: Final = {
    ("recognizer", "words"): later_n(
        "{before} → {after} of {count} word correct", "{before} → {after} of {count} words correct"
    ),
    ("recognizer", "lines"): later_n(
        "{before} → {after} of {count} line correct", "{before} → {after} of {count} lines correct"
    ),
    ("detector", "words"): later_n(
        "{before} → {after} of {count} word found", "{before} → {after} of {count} words found"
    ),
    ("detector", "lines"): later_n(
        "{before} → {after} of {count} line found", "{before} → {after} of {count} lines found"
    ),
}
# Names of the recipe's values and of the results.
_RECIPE: Final = {
    # Translators: Which part of a network is trained; "trained layers upper".
    "what": later("trained layers"),
    "epochs": later("epochs"),
    "learning_rate": later("learning rate"),
    "batch": later("batch size"),
    "augmentation": later("augmentation"),
    "replay": later("general share"),
    # Translators: Share of the new weights in the result; "weight averaging 0.3".
    "average": later("weight averaging"),
    "patience": later("early stopping"),
    "seed": later("random seed"),
    "device": later("device"),
    "steps": later("steps"),
    "unit": later("unit"),
    # Translators: How much of what was learned was taken; "share of the change 0.5".
    "step_share": later("share of the change"),
}
# Prefix of the score names, title for words, title for lines.
_GROUPS: Final = (
    ("", later("Held-out words"), later("Held-out lines")),
    ("general_", later("General words"), later("General lines")),
)


# Titles of the test sets and measures in the cards of models that come with the program.
_SETS: Final = {
    "board_words": later("Words on boards"),
    "handwritten_words": later("Handwritten words"),
    "scene_words": later("Words in street scenes"),
    "unipen_words": later("Words by other writers"),
    "five_boards": later("Photos of boards"),
    "scene_photos": later("Photos of street scenes"),
    "printed_page": later("A printed page"),
    "empty_boards": later("Boards without writing"),
}
_MEASURES: Final = {
    # Translators: A score of a model on a set of photos or words; "correct 82.1 → 85.3%".
    "right": later("correct {before} → {after}%"),
    "letters_wrong": later("character error rate {before} → {after}%"),
    "found": later("words found (F1) {before} → {after}%"),
    "end_to_end": later("found and correct (F1) {before} → {after}%"),
    "bag_of_words": later("correct anywhere on the photo (F1) {before} → {after}%"),
    "words_found": later("false detections {before} → {after}"),
}
_COUNTED: Final = ("words_found",)  # counts, not shares
_ALONE: Final = "_alone"  # suffix of a measure: by the network alone, without a dictionary


def title(model: Model) -> str:
    """Return a one-line summary: title and scores, or the kind if there are none."""
    own = _own(model, model.title) if model.title != model.name else ""
    return ", ".join(filter(None, (own, gain(model.card)))) or tr(DOES[model.kind])


def gain(card: ModelCard | None) -> str:
    """Return the scores before and after training, "30 → 36 of 40 words correct"; empty if they are unknown."""
    if card is None:
        return ""
    before, after = (card.scores.get(name, {}) for name in ("before", "after"))
    if None in (before.get("right"), after.get("right"), after.get("words")):
        return ""
    forms = _GAIN[card.kind, _unit(card)]
    was, now = (f"{each['right']:g}" for each in (before, after))
    return tr_n(*forms, int(after["words"] or 0), before=was, after=now)


def facts(model: Model, history: Sequence[Ancestor]) -> list[tuple[str, str]]:
    """Return everything known about a model as pairs of title and value.

    ``history`` is that of ``registry.history``.
    """
    card = model.card
    found = [(tr("Name"), model.name), (tr("Type"), tr(DOES[model.kind]))]
    if model.title != model.name:
        found.insert(1, (tr("Title"), _own(model, model.title)))
    if model.writer:
        found.append((tr("Writer profile"), tr("for photos by {writer}", writer=model.writer)))
    if card is None:
        return [*found, (tr("Source"), tr("included with the program"))]
    if model.adapted:
        found.append(
            (
                tr("Source"),
                tr("included with the program; its weights are stored as differences from the published ones"),
            )
        )
        found.append((tr("Default"), _default_for(card)))
    found.append((tr("Based on"), began_with(history)))
    found.append((tr("Created"), moment(card.made) if card.made else tr("unknown")))
    if card.dataset and not card.data:
        found.append((tr("Trained on"), tr("dataset {name}", name=card.dataset[:12])))
    if card.data:
        said = [
            tr(
                "{what} ({licence})",
                what=_own(model, each.what),
                licence=_own(model, each.licence) or tr("not specified"),
            )
            for each in card.data
        ]
        found.append((tr("Trained on"), "; ".join(said)))
    if card.weaknesses:
        found.append((tr("Weaknesses"), " ".join(_own(model, each) for each in card.weaknesses)))
    found += _measured(card)
    if card.alphabet:
        found.append((tr("Characters"), str(len(card.alphabet))))
    # The base is listed as the ancestor, and without a number of epochs there is one of steps.
    recipe = {key: value for key, value in card.settings.items() if (key, value) != ("epochs", None) and key != "base"}
    settings = ", ".join(f"{_knob(key)} {_plain(value)}" for key, value in recipe.items())
    return [
        *found,
        *([(tr("Training settings"), settings)] if settings else []),
        *([(tr("Reproduce with"), card.recipe)] if card.recipe else []),
        (tr("Licence"), _own(model, card.licence) or tr("not specified")),
    ]


def began_with(history: Sequence[Ancestor]) -> str:
    """Return the chain of ancestors, the nearest first."""
    names = [each.name if each.model else tr("{name} (no longer available)", name=each.name) for each in history[1:]]
    if not names:
        return tr("unknown")
    said = names.pop()
    while names:
        said = tr("{model}, which is based on {earlier}", model=names.pop(), earlier=said)
    return said


def moment(when: str) -> str:
    """Format an ISO 8601 time as local time, to the minute."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return when


def _measured(card: ModelCard) -> list[tuple[str, str]]:
    lines = []
    known: set[str] = set()
    for prefix, of_words, of_lines in _GROUPS:
        before, after = (card.scores.get(f"{prefix}{name}") for name in ("before", "after"))
        if before and after:
            of = tr(of_lines if _unit(card) == "lines" else of_words)
            lines.append((of, f"{_reading(before, card.kind)} {_ARROW} {_reading(after, card.kind)}"))
            known |= {f"{prefix}{name}" for name in ("before", "after", "change")}
    for name in [name.removesuffix("_before") for name in card.scores]:
        before, after = (card.scores.get(f"{name}_{when}") for when in ("before", "after"))
        if before and after and f"{name}_before" not in known:
            lines.append((tr(_SETS[name]) if name in _SETS else _prettily(name), _set(before, after)))
            known |= {f"{name}_{when}" for when in ("before", "after")}
    for name, figures in card.scores.items():
        if name not in known:
            said = ", ".join(f"{key} {'–' if value is None else f'{value:.4g}'}" for key, value in figures.items())
            lines.append((_prettily(name), said))
    return lines


def _set(before: Mapping[str, float | None], after: Mapping[str, float | None]) -> str:
    """Format the scores on one test set, before and after training."""
    parts = []
    for name in before:
        was, now, alone = before[name], after.get(name), f"{name}{_ALONE}"
        if name.endswith(_ALONE) and name.removesuffix(_ALONE) in before:
            continue
        said = _measure(name, was, now)
        if alone in before and (before[alone], after.get(alone)) != (was, now):  # a detector uses no dictionary
            of_network = _figures(name, before[alone], after.get(alone))
            said = tr("{figure} (network alone: {before} → {after})", figure=said, **of_network)
        parts.append(said)
    return "; ".join(parts)


def _measure(name: str, was: float | None, now: float | None) -> str:
    if name in _MEASURES:
        return tr(_MEASURES[name], **_figures(name, was, now))
    return f"{name.replace('_', ' ')} {_number(was)} {_ARROW} {_number(now)}"


def _figures(name: str, was: float | None, now: float | None) -> dict[str, object]:
    share = name in _MEASURES and name not in _COUNTED
    return {
        key: number(100 * value, 1) if share and value is not None else _number(value)
        for key, value in (("before", was), ("after", now))
    }


def _number(value: float | None) -> str:
    return "–" if value is None else figure(f"{value:.4g}")


def _prettily(name: str) -> str:
    """Turn a name from a file into a title."""
    shown = name.replace("_", " ")
    return shown[:1].upper() + shown[1:]


def _default_for(card: ModelCard) -> str:
    names = {"latin": later("for Latin characters"), "all": later("for all characters")}
    said = [tr(names[each]) for each in card.default_for if each in names]
    return ", ".join(said) or tr("no")


def _reading(figures: Mapping[str, float | None], kind: Kind) -> str:
    right, words, cer, f = (figures.get(key) for key in ("right", "words", "cer", "f"))
    shown = "–"
    if right is not None and words is not None:
        what = later("{count} of {total} correct") if kind == "recognizer" else later("{count} of {total} found")
        shown = tr(what, count=f"{right:g}", total=f"{words:g}")
    if cer is not None:
        return tr("{right}, character error rate {percent}%", right=shown, percent=number(100 * cer, 1))
    return shown if f is None else f"{shown}, F1 score {number(f, 3)}"


def _unit(card: ModelCard) -> str:
    """Return the unit the model was evaluated on, "words" or "lines"."""
    return "lines" if card.settings.get("unit") == "lines" else "words"


def _own(model: Model, text: str) -> str:
    """Translate a text if the model comes with the program; texts of other models are returned as they are."""
    return tr(text) if model.of_program else text


def _knob(key: str) -> str:
    return tr(_RECIPE[key]) if key in _RECIPE else key.replace("_", " ")


def _plain(value: object) -> str:
    if value is None or isinstance(value, bool):
        # Translators: The value of a setting of training.
        return {None: tr("none"), True: tr("yes"), False: tr("no")}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
