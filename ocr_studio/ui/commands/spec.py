"""The description of an action: title, menu, keys, conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, Flag, StrEnum, auto
from functools import partial
from typing import Any, Generic, TypeVar

from ocr_studio.core.translation import tr

T = TypeVar("T")


class Tool(StrEnum):
    """The tools of the photo view."""

    SELECT = "select"
    LASSO = "lasso"
    DRAW = "draw"
    SPLIT = "split"
    ORDER = "order"
    PAN = "pan"


class Where(Flag):
    """Where an action is shown besides its menu.

    CONTEXT: the context menu of the photo and the table of words. PHOTO_LIST: that of the list of photos.
    """

    NOWHERE = 0
    TOOLBAR = auto()
    CONTEXT = auto()
    BOTH = TOOLBAR | CONTEXT
    PHOTO_LIST = auto()


class Scope(Enum):
    """Where the keys of an action work.

    WINDOW: everywhere. WORDS: on the photo and in the table of words. CANVAS: on the photo only; actions with plain
    letters or digits as keys have this scope, so that they never interfere with typing. PHOTOS: in the list of photos
    only. Keys that edit act on what has the focus: what changes or selects words has the scope WORDS or CANVAS.
    """

    WINDOW = auto()
    WORDS = auto()
    CANVAS = auto()
    PHOTOS = auto()


@dataclass(frozen=True, slots=True)
class ActionSpec(Generic[T]):
    """An action of the menus; ``T`` is what it acts on.

    Attributes:
        menu: Its menu, with "/" before the name of a submenu.
        group: Actions of the same group stand together between two separators.
        keys: Shortcuts in Qt's portable notation; the first one is shown.
        near: More shortcuts, which work on the photo and in the list of photos only.
        when: Whether the action is available.
        edits: Whether it changes the page; such an action is not available on a read-only page.
        tool: The tool of the photo view that it activates.
        checked: Whether it is on, for an action that can be switched on and off.
        looks: Whether it changes nothing, so that an open word editor may stay open. All other actions first save
            what has been typed.
        title_now: Returns the title with what it acts on now, for an action whose title depends on that.
        why: Why it is not available, shown when its key is pressed, where the condition doesn't give a reason.
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
    title_now: Callable[[T], str] | None = None

    @property
    def name(self) -> str:
        """The title without mnemonic and ellipsis."""
        return tr(self.title).replace("&", "").rstrip("…")

    @property
    def menu_name(self) -> str:
        """The name of its menu; of a submenu, both names."""
        return " › ".join(tr(part).replace("&", "") for part in self.menu.split("/"))


@dataclass(frozen=True, slots=True)
class Command:
    """An action together with what it acts on.

    Attributes:
        spec: The action.
        do: Runs it.
        is_available: Whether its condition holds.
        is_checked: Whether it is on, for an action that can be switched on and off.
        title_now: Returns its title, if that depends on what it acts on.
    """

    spec: ActionSpec[Any]
    do: Callable[[], object]
    is_available: Callable[[], bool]
    is_checked: Callable[[], bool] | None
    title_now: Callable[[], str] | None = None


def bind(specs: Iterable[ActionSpec[T]], target: T) -> tuple[Command, ...]:
    """Make the actions act on this."""
    return tuple(
        Command(
            spec,
            partial(spec.do, target),
            partial(spec.when, target),
            partial(spec.checked, target) if spec.checked else None,
            partial(spec.title_now, target) if spec.title_now else None,
        )
        for spec in specs
    )
