"""The entries of the command palette: every action, recent photos, and models to read with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ocr_studio.core.help import fuzzy_title
from ocr_studio.core.models import registry
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.style import labels

# The cost of a match outside the title, so that it comes after matches of titles.
_BY_OTHER_WORDS = 20.0


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """An entry.

    Attributes:
        id: Identifies it among the recent choices.
        title: Its title.
        do: Runs it.
        where: Its menu or folder.
        key: Its first shortcut, or "".
        why: Why it is unavailable, or "".
        words: More words by which it is found.
    """

    id: str
    title: str
    do: Callable[[], object]
    where: str = ""
    key: str = ""
    why: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class PaletteMatch:
    """An entry that matches the query.

    Attributes:
        entry: The entry.
        places: The indices of matching characters in its title.
    """

    entry: PaletteEntry
    places: tuple[int, ...] = ()


def collect(actions: ActionSet, opening: Opening, use_model: Callable[[str], object]) -> list[PaletteEntry]:
    """Return all entries in the order of the menus; ``use_model`` reads with the model of a name from now on."""
    return [*_actions(actions), *_photos(opening), *_models(opening.settings, use_model)]


def rank(entries: Iterable[PaletteEntry], typed: str, ages: Mapping[str, int]) -> list[PaletteMatch]:
    """Return the entries that match, best first; equally good ones by their last use, as in ``RecentChoices``."""
    ranked: list[tuple[float, int, int, PaletteMatch]] = []
    for number, entry in enumerate(entries):
        fit = fuzzy_title.match_title(typed, entry.title)
        by_words = _fit_words(typed, entry) if fit is None else None
        age = ages.get(entry.id, len(ages))
        if fit is not None:
            # Among matches of one kind, recent use says more than a match one letter earlier.
            ranked.append((float(int(fit.cost)), age, number, PaletteMatch(entry, fit.places)))
        elif by_words is not None:
            ranked.append((_BY_OTHER_WORDS + int(by_words.cost), age, number, PaletteMatch(entry)))
    return [found for *_, found in sorted(ranked, key=lambda each: each[:3])]


def _fit_words(typed: str, entry: PaletteEntry) -> fuzzy_title.TitleMatch | None:
    # Among this many words, typos or scattered letters would match by chance.
    return fuzzy_title.match_title(typed, f"{entry.title} {entry.where} {entry.words}", scattered=False, slips=False)


def _actions(actions: ActionSet) -> Iterable[PaletteEntry]:
    for spec in TABLE:
        if spec.id == "palette":
            continue
        action = actions[spec.id]
        yield PaletteEntry(
            f"action:{spec.id}", _title(spec, action.text()), action.trigger, spec.menu_name, actions.key(spec.id),
            actions.reason(spec.id), f"{spec.name} {spec.title.replace('&', '')} {action.statusTip()}",
        )  # fmt: skip


def _photos(opening: Opening) -> Iterable[PaletteEntry]:
    for path in opening.recent.paths():
        why = tr("This photo is already open.") if path == opening.path else ""
        yield PaletteEntry(
            f"photo:{path}", labels.file_name(path.name), partial(opening.open_paths, [path]),
            labels.file_name(str(path.parent)), why=why, words=tr("recent photo"),
        )  # fmt: skip


def _models(settings: Settings, use_model: Callable[[str], object]) -> Iterable[PaletteEntry]:
    used = settings.reads_with()
    for model in registry.available("recognizer"):
        why = tr("This model is already in use.") if model.name == used else ""
        title = tr("Read with “{model}”", model=tr(model.title) if model.of_program else model.name)
        yield PaletteEntry(f"model:{model.name}", title, partial(use_model, model.name), tr("Models"), why=why)


def _title(spec: ActionSpec[Any], text: str) -> str:
    """Return the title of an action outside its menu, with the name of its submenu if there is one."""
    _, _, inner = spec.menu_name.partition(" › ")
    return tr("{menu}: {action}", menu=inner, action=_plain(text)) if inner else _plain(text)


def _plain(text: str) -> str:
    """Return the text of a menu item as displayed."""
    return "&".join(part.replace("&", "") for part in text.split("&&"))
