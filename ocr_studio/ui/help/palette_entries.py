"""The entries of the command palette: every action, the settings, help pages, and recent photos and folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ocr_studio.core.errors import StudioError
from ocr_studio.core.help import fuzzy_title, help_pages
from ocr_studio.core.translation import tr
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.help.synonyms import synonyms_of
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.settings.controller import SettingOffer
from ocr_studio.ui.style import labels


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
        english: Its English title, which texts about the program use.
        synonyms: Other words for it.
        description: What it does.
        behind: Whether it comes after other entries that match as well.
    """

    id: str
    title: str
    do: Callable[[], object]
    where: str = ""
    key: str = ""
    why: str = ""
    english: str = ""
    synonyms: str = ""
    description: str = ""
    behind: bool = False


@dataclass(frozen=True, slots=True)
class PaletteMatch:
    """An entry that matches the query.

    Attributes:
        entry: The entry.
        places: The indices of matching characters in its title.
    """

    entry: PaletteEntry
    places: tuple[int, ...] = ()


def collect(
    actions: ActionSet, settings: Iterable[SettingOffer], opening: Opening, show_help: Callable[[str, str], object]
) -> list[PaletteEntry]:
    """Return all entries: actions in the order of the menus, then the others.

    Args:
        actions: The actions.
        settings: The settings and their values.
        opening: The recent photos and folders.
        show_help: Shows a help page, by its topic and the heading of a section, "" for its beginning.
    """
    return [*_actions(actions), *_settings(settings), *_help(show_help), *_photos(opening)]


def rank(entries: Iterable[PaletteEntry], typed: str, ages: Mapping[str, int]) -> list[PaletteMatch]:
    """Return the entries that match, best first.

    Of equally good ones, those that are available come first, then those used last, as in ``RecentChoices``. An entry
    with exactly the typed word among its synonyms keeps its place although unavailable, since it is what is meant.
    """
    query = typed.strip().casefold()
    ranked: list[tuple[int, bool, int, int, int, PaletteMatch]] = []
    for number, entry in enumerate(entries):
        synonyms = f"{entry.english} {entry.synonyms}"
        fit = fuzzy_title.match_entry(typed, entry.title, synonyms=synonyms, description=entry.description)
        if fit is not None:
            # Among matches of one kind, recent use says more than a match one letter earlier.
            cost = int(fit.cost) + (entry.behind and bool(query))
            late = bool(query and entry.why) and query not in entry.synonyms.casefold().split()
            # Of titles that begin with the query, the shortest is the plainest.
            length = len(entry.title) if query and fit.cost < 1 else 0
            ranked.append((cost, late, ages.get(entry.id, len(ages)), length, number, PaletteMatch(entry, fit.places)))
    return [found for *_, found in sorted(ranked, key=lambda each: each[:5])]


def _actions(actions: ActionSet) -> Iterable[PaletteEntry]:
    for spec in TABLE:
        if spec.id == "palette":
            continue
        action = actions[spec.id]
        english = f"{spec.name} {spec.title.replace('&', '')}"
        yield PaletteEntry(
            f"action:{spec.id}", _title(spec, action.text()), action.trigger, spec.menu_name, actions.key(spec.id),
            actions.reason(spec.id), english, synonyms_of(spec.id), f"{spec.menu_name} {action.statusTip()}",
        )  # fmt: skip


def _settings(offers: Iterable[SettingOffer]) -> Iterable[PaletteEntry]:
    where = tr("Settings")
    for offer in offers:
        title, synonyms = offer.row.title, f"{offer.row.synonyms} {offer.row.field.accessibleName()}"
        place = f"{where} › {offer.page}"
        yield PaletteEntry(
            f"setting:{title}", f"{title}…", offer.show, place, synonyms=synonyms,
            description=offer.row.field.toolTip(), behind=True,
        )  # fmt: skip
        for value in offer.row.values():
            yield PaletteEntry(
                f"setting:{title}:{value.title}", tr("{menu}: {action}", menu=title, action=value.title),
                value.choose, place, synonyms=f"{synonyms} {value.synonyms}", behind=True,
                why=tr("This is already chosen.") if value.chosen else "",
            )  # fmt: skip


def _help(show: Callable[[str, str], object]) -> Iterable[PaletteEntry]:
    try:
        pages = help_pages.load_pages()
    except StudioError:  # the installation is damaged; the help window says so
        return
    for page in pages:
        yield PaletteEntry(
            f"help:{page.topic}", page.title, partial(show, page.topic, ""), tr("Help page"),
            synonyms=f"{page.topic} {synonyms_of(f'help:{page.topic}')}", behind=True,
        )  # fmt: skip
        for heading in page.sections:
            yield PaletteEntry(
                f"help:{page.topic}:{heading}", heading, partial(show, page.topic, heading),
                f"{tr('Help page')} › {page.title}", behind=True,
            )  # fmt: skip


def _photos(opening: Opening) -> Iterable[PaletteEntry]:
    recent = opening.recent.paths()
    for path in recent:
        yield PaletteEntry(
            f"photo:{path}", labels.file_name(path.name), partial(opening.open_paths, [path]),
            labels.file_name(str(path.parent)), synonyms=tr("recent photo"), behind=True,
            why=tr("This photo is already open.") if path == opening.path else "",
        )  # fmt: skip
    latest = {path.parent: path for path in reversed(recent)}
    for folder, path in reversed(latest.items()):
        yield PaletteEntry(
            f"folder:{folder}", labels.file_name(folder.name), partial(opening.open_paths, [path]),
            labels.file_name(str(folder.parent)), synonyms=tr("recent folder project"), behind=True,
            why=tr("This folder is already open.") if opening.path and folder == opening.path.parent else "",
        )  # fmt: skip


def _title(spec: ActionSpec[Any], text: str) -> str:
    """Return the title of an action outside its menu, with the name of its submenu if there is one."""
    _, _, inner = spec.menu_name.partition(" › ")
    return tr("{menu}: {action}", menu=inner, action=_plain(text)) if inner else _plain(text)


def _plain(text: str) -> str:
    """Return the text of a menu item as displayed."""
    return "&".join(part.replace("&", "") for part in text.split("&&"))
