"""What an input is, what is done with it, and what came of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from tests.hostile.sandbox import Sandbox

# Arguments of the command line, or a name of ``drivers.DRIVERS`` with its arguments. "{in}" and "{out}" stand for the
# folders; without them it would not be known where the files are before they are made.
Command: TypeAlias = tuple[str, ...]

ANSWERED: Final = "answered"
REFUSED: Final = "refused"
TRACEBACK: Final = "traceback"
HANG: Final = "hang"
KILLED: Final = "killed"
MEMORY: Final = "memory"
TOUCHED: Final = "touched"
TORN: Final = "torn"
UNSAFE: Final = "unsafe text"
GOOD: Final = (ANSWERED, REFUSED)
OUTCOMES: Final = (ANSWERED, REFUSED, TRACEBACK, HANG, KILLED, MEMORY, TOUCHED, TORN, UNSAFE)


@dataclass(frozen=True, slots=True)
class Trial:
    """An input, once its files are made.

    what: is hostile about it, for the report. commands: are run on it, one after the other, in one process. changing:
    folders and files of the stranger's that the program may change, besides the project beside the photos. lines: of
    errors that there may be for each command: as many as there are things wrong. quoted: a private file is one of the
    stranger's own, by a hard link, and errors may quote it.
    """

    what: str
    commands: Sequence[Command]
    changing: Sequence[str] = ()
    lines: int = 3
    quoted: bool = False


Maker: TypeAlias = Callable[[Sandbox, random.Random], Trial]


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to harm. heavy: it takes seconds to make or to refuse, and is left out of the tests' sample."""

    make: Maker
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of inputs. attacks: tried in turn; share: of all inputs; quick: commands of each input in the tests'
    sample. tensorflow: its inputs load that."""

    name: str
    attacks: Sequence[Attack]
    share: float = 1.0
    quick: int = 1
    tensorflow: bool = False

    def trial(self, place: Sandbox, seed: int, number: int, *, light: bool) -> Trial:
        """Make an input: the same every time for the same numbers.

        light: quick ones only, each with its first commands.
        """
        attacks = [each for each in self.attacks if not (light and each.heavy)]
        chance = random.Random(f"{self.name}:{seed}:{number}")
        made = attacks[number % len(attacks)].make(place, chance)
        return replace(made, commands=made.commands[: self.quick]) if light else made


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command did. status: of its exit; None where it ended by an exception, whose last lines are ``fault``.
    status -1: it was not reached."""

    command: Command
    status: int | None = -1
    out: str = ""
    err: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an input. details: of a failure, a line each."""

    kind: str
    number: int
    what: str
    outcome: str
    details: Sequence[str] = ()
    seconds: float = 0.0
    megabytes: int = 0
    commands: Sequence[Command] = field(default=())

    @property
    def good(self) -> bool:
        """Whether it was answered or refused as it should be."""
        return self.outcome in GOOD


def result_of(fields: Mapping[str, object]) -> Result:
    """A result that was sent as JSON."""
    return Result(**fields)  # type: ignore[arg-type]
