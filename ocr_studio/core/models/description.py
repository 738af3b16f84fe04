"""What is known of a model in plain words: the same for the window and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ocr_studio.core.models.card import Kind, ModelCard
from ocr_studio.core.models.registry import Ancestor, Model
from ocr_studio.core.translation import figure, later, later_n, number, tr, tr_n

DOES: Final[Mapping[Kind, str]] = {"recognizer": later("Reads writing"), "detector": later("Finds writing")}
_ARROW = "\u2192"
_GAIN: Final = {
    ("recognizer", "words"): later_n(
        "{before} → {after} of {count} word right", "{before} → {after} of {count} words right"
    ),
    ("recognizer", "lines"): later_n(
        "{before} → {after} of {count} line right", "{before} → {after} of {count} lines right"
    ),
    ("detector", "words"): later_n(
        "{before} → {after} of {count} word found", "{before} → {after} of {count} words found"
    ),
    ("detector", "lines"): later_n(
        "{before} → {after} of {count} line found", "{before} → {after} of {count} lines found"
    ),
}
# The values of a recipe and what came of it, by their names.
_RECIPE: Final = {
    # Translators: Which part of a network learns; "what upper".
    "what": later("what"),
    "epochs": later("epochs"),
    "learning_rate": later("learning rate"),
    "batch": later("batch"),
    "augmentation": later("augmentation"),
    "replay": later("replay"),
    # Translators: How much of what was learned is in the result; "average 0.3".
    "average": later("average"),
    "patience": later("patience"),
    "seed": later("seed"),
    "device": later("device"),
    "steps": later("steps"),
    "unit": later("unit"),
}
# What scores are of: how their names begin, and what is said of words and of lines.
_GROUPS: Final = (
    ("", later("On words held out"), later("On lines held out")),
    ("general_", later("On general words"), later("On general lines")),
)


# Sets that the models coming with the program are measured on, and what is measured there, by their names in a card.
_SETS: Final = {
    "board_words": later("Words on boards"),
    "handwritten_words": later("Handwritten words"),
    "scene_words": later("Words in street scenes"),
    "unipen_words": later("Words of other writers"),
    "five_boards": later("Photos of boards"),
    "scene_photos": later("Photos of street scenes"),
    "printed_page": later("A printed page"),
    "empty_boards": later("Boards without writing"),
}
_MEASURES: Final = {
    # Translators: What a model does on a set of photos or words; "right 82.1 → 85.3 %".
    "right": later("right {before} → {after} %"),
    "letters_wrong": later("letters wrong {before} → {after} %"),
    "found": later("words found (F) {before} → {after} %"),
    "end_to_end": later("found and right (F) {before} → {after} %"),
    "bag_of_words": later("right anywhere on the photo (F) {before} → {after} %"),
    "words_found": later("words found where there are none {before} → {after}"),
}
_COUNTED: Final = ("words_found",)  # not shares
_ALONE: Final = "_alone"  # after a measure's name: as the network alone does, without knowledge of languages


def title(model: Model) -> str:
    """What it is besides its name, in one line: its title, what it reads right where that is known, what it does."""
    own = _title(model) if model.title != model.name else ""
    return ", ".join(filter(None, (own, gain(model.card)))) or tr(DOES[model.kind])


def gain(card: ModelCard | None) -> str:
    """Before and after in the fewest words: "30 → 36 of 40 words right"; nothing where nobody has measured."""
    if card is None:
        return ""
    before, after = (card.scores.get(name, {}) for name in ("before", "after"))
    if None in (before.get("right"), after.get("right"), after.get("words")):
        return ""
    forms = _GAIN[card.kind, _unit(card)]
    was, now = (f"{each['right']:g}" for each in (before, after))
    return tr_n(*forms, int(after["words"] or 0), before=was, after=now)


def facts(model: Model, history: Sequence[Ancestor]) -> list[tuple[str, str]]:
    """All that is known, as titles and values. history: see ``registry.history``."""
    card = model.card
    found = [(tr("Name"), model.name), (tr("Does"), tr(DOES[model.kind]))]
    if model.title != model.name:
        found.insert(1, (tr("Title"), _title(model)))
    if card is None:
        return [*found, (tr("Comes from"), tr("the program itself"))]
    if model.adapted:
        found.append((tr("Comes from"), tr("the program itself; its weights are what differs from the borrowed ones")))
        found.append((tr("Program’s choice"), _default_for(card)))
    found.append((tr("Began with"), began_with(history)))
    found.append((tr("Made"), moment(card.made) if card.made else tr("nobody knows when")))
    if card.dataset and not card.data:
        found.append((tr("Learned from"), tr("dataset {name}", name=card.dataset[:12])))
    if card.data:
        said = [
            tr("{what} ({licence})", what=_own(model, each.what), licence=each.licence or tr("not said"))
            for each in card.data
        ]
        found.append((tr("Learned from"), "; ".join(said)))
    if card.weaknesses:
        found.append((tr("Bad at"), " ".join(_own(model, each) for each in card.weaknesses)))
    found += _measured(card)
    if card.alphabet:
        found.append((tr("Characters"), str(len(card.alphabet))))
    recipe = {key: value for key, value in card.settings.items() if key != "base"}  # which is what it began with
    settings = ", ".join(f"{_knob(key)} {_plain(value)}" for key, value in recipe.items())
    return [
        *found,
        *([(tr("Trained with"), settings)] if settings else []),
        *([(tr("Made again by"), card.recipe)] if card.recipe else []),
        (tr("Licence"), card.licence or tr("not said")),
    ]


def began_with(history: Sequence[Ancestor]) -> str:
    """The line of models before this one, the nearest first."""
    names = [each.name if each.model else tr("{name} (not here any more)", name=each.name) for each in history[1:]]
    if not names:
        return tr("nobody knows")
    said = names.pop()
    while names:
        said = tr("{model}, before that {earlier}", model=names.pop(), earlier=said)
    return said


def moment(when: str) -> str:
    """A moment, ISO 8601, as people here write it: in local time, to the minute."""
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
    """What was measured on one set, before and after."""
    parts = []
    for name in before:
        was, now, alone = before[name], after.get(name), f"{name}{_ALONE}"
        if name.endswith(_ALONE) and name.removesuffix(_ALONE) in before:
            continue
        said = _measure(name, was, now)
        if alone in before and (before[alone], after.get(alone)) != (was, now):  # who only finds knows no language
            of_network = _figures(name, before[alone], after.get(alone))
            said = tr("{figure} (the network alone {before} → {after})", figure=said, **of_network)
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
    """A name out of a file, for a person."""
    shown = name.replace("_", " ")
    return shown[:1].upper() + shown[1:]


def _default_for(card: ModelCard) -> str:
    names = {"latin": later("where Latin letters are read"), "all": later("where all letters are read")}
    said = [tr(names[each]) for each in card.default_for if each in names]
    return ", ".join(said) or tr("no")


def _reading(figures: Mapping[str, float | None], kind: Kind) -> str:
    right, words, cer, f = (figures.get(key) for key in ("right", "words", "cer", "f"))
    shown = "–"
    if right is not None and words is not None:
        what = later("{count} of {total} right") if kind == "recognizer" else later("{count} of {total} found")
        shown = tr(what, count=f"{right:g}", total=f"{words:g}")
    if cer is not None:
        return tr("{right}, {percent} % of letters wrong", right=shown, percent=number(100 * cer, 1))
    return shown if f is None else f"{shown}, F {number(f, 3)}"


def _unit(card: ModelCard) -> str:
    """What it was measured on, "words" or "lines"."""
    return "lines" if card.settings.get("unit") == "lines" else "words"


def _title(model: Model) -> str:
    return _own(model, model.title)


def _own(model: Model, text: str) -> str:
    """What is said of a model: of one that comes with the program it is translated, of others as somebody wrote it."""
    return tr(text) if model.of_program else text


def _knob(key: str) -> str:
    return tr(_RECIPE[key]) if key in _RECIPE else key.replace("_", " ")


def _plain(value: object) -> str:
    if value is None or isinstance(value, bool):
        # Translators: The value of a setting of training.
        return {None: tr("none"), True: tr("yes"), False: tr("no")}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
