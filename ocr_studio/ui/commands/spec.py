"""What an action is, and what several menus ask before they offer one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.canvas.tools import Tool
from ocr_studio.ui.menus.context import Parts


class Where(Flag):
    """Where an action is offered besides its menu."""

    NOWHERE = 0
    TOOLBAR = auto()
    CONTEXT = auto()
    BOTH = TOOLBAR | CONTEXT


class Scope(Enum):
    """Where its keys work. WORDS: on the photo and in the table; CANVAS: on the photo only, so that letters and digits
    are never taken from somebody who types.
    """

    WINDOW = auto()
    WORDS = auto()
    CANVAS = auto()


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a person can do.

    menu: its menu, "/" before a menu inside it; group: actions of one group stand together between two lines.
    keys: in Qt's portable notation, the first is shown; near: further ones, on the photo and the list of photos only,
    as elsewhere they mean something else. when: what must be so for it to be offered; edits: it changes
    the page, so it is not offered where nothing may be changed. tool: the tool of the canvas that it takes up.
    checked: whether it is on, for one that is switched on and off. looks: it only looks, so a word that is being
    written may stay open; everything else first keeps what has been typed. why: what to tell somebody who wants it when
    it is not offered, where the reasons below do not say it.
    """

    id: str
    title: str
    do: Callable[[Parts], object]
    menu: str
    group: int = 0
    icon: str = ""
    keys: tuple[str, ...] = ()
    where: Where = Where.NOWHERE
    scope: Scope = Scope.WINDOW
    tip: str = ""
    when: Callable[[Parts], bool] = lambda _: True
    edits: bool = False
    tool: Tool | None = None
    near: tuple[str, ...] = ()
    checked: Callable[[Parts], bool] | None = None
    looks: bool = False
    why: str = ""

    @property
    def name(self) -> str:
        """Its title as it is said: without the mark of the underlined letter, and without dots."""
        return tr(self.title).replace("&", "").rstrip("…")

    @property
    def menu_name(self) -> str:
        """Its menu, as it is said; of a menu inside another, both."""
        return " › ".join(tr(part).replace("&", "") for part in self.menu.split("/"))

    def reason(self, parts: Parts) -> str:
        """Why it cannot be done just now, as a sentence; nothing if it can."""
        if self.edits and not parts.document.writable:
            return tr("This photo is only for looking: another window has it.")
        if self.when(parts):
            return ""
        if parts.document.page is None and not self.why:
            return tr("Open a photo first.")
        return tr(self.why or _WHY.get(self.when) or "Not possible just now.")


def has_photo(parts: Parts) -> bool:
    """A photo is open."""
    return parts.document.page is not None


def has_words(parts: Parts) -> bool:
    """There are words on the open photo."""
    return parts.document.page is not None and bool(parts.document.page.words)


def has_selected(parts: Parts) -> bool:
    """Some word is selected."""
    return bool(parts.document.selection)


_WHY: Mapping[Callable[[Parts], bool], str] = {
    has_photo: later("Open a photo first."),
    has_words: later("There are no words on this photo."),
    has_selected: later("Select a word first."),
}
