"""What an action is, whatever it acts on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, Flag, StrEnum, auto
from typing import Generic, TypeVar

from ocr_studio.core.translation import tr

T = TypeVar("T")


class Tool(StrEnum):
    """What is in the person's hand."""

    SELECT = "select"
    LASSO = "lasso"
    DRAW = "draw"
    SPLIT = "split"
    ORDER = "order"
    PAN = "pan"


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
class ActionSpec(Generic[T]):
    """One thing a person can do; T: what it acts on.

    menu: its menu, "/" before a menu inside it; group: actions of one group stand together between two lines.
    keys: in Qt's portable notation, the first is shown; near: further ones, on the photo and the list of photos only,
    as elsewhere they mean something else. when: what must be so for it to be offered; edits: it changes
    the page, so it is not offered where nothing may be changed. tool: the tool of the canvas that it takes up.
    checked: whether it is on, for one that is switched on and off. looks: it only looks, so a word that is being
    written may stay open; everything else first keeps what has been typed. why: what to tell somebody who wants it when
    it is not offered, where the condition itself does not say it.
    """

    id: str
    title: str
    do: Callable[[T], object]
    menu: str
    group: int = 0
    icon: str = ""
    keys: tuple[str, ...] = ()
    where: Where = Where.NOWHERE
    scope: Scope = Scope.WINDOW
    tip: str = ""
    when: Callable[[T], bool] = lambda _: True
    edits: bool = False
    tool: Tool | None = None
    near: tuple[str, ...] = ()
    checked: Callable[[T], bool] | None = None
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
