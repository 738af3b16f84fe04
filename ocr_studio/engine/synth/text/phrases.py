"""English phrases of boards: short phrases, headings, names and numbers, combined at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

import numpy as np

_Thing = TypeVar("_Thing")


def choose(choices: Sequence[_Thing], rng: np.random.Generator) -> _Thing:
    """Choose one of them."""
    return choices[int(rng.integers(len(choices)))]


def split_at_bars(text: str) -> list[str]:
    """Split a text at bars and line ends."""
    return [part.strip() for line in text.splitlines() for part in line.split("|") if part.strip()]


def split_words(words: str) -> list[str]:
    """Split a text into words."""
    return words.split()


_VERBS = split_words(
    """
    ask call check clean close copy count cut draw email file find finish fix invite join keep learn list measure
    merge move name open order paint pay phone pick plan print read record repair review save sell send share show
    sketch sort start store test thank train update visit wait write
    """
)
_ADJECTIVES = split_words(
    """
    annual bright cheap clear cold daily early easy empty extra fast final first fresh full good green heavy large
    last late local long main missing new next old open plain quiet red second sharp short simple small spare strong
    third weekly wide
    """
)
_NOUNS = split_words(
    """
    answer author balance bottle branch bridge budget button camera chart client coffee colour copper corner
    customer delivery desk dinner drawing engine example factory figure folder garden guide hammer house income
    invoice journey kitchen ladder letter library machine market meeting mirror model morning number office orange
    paper partner pencil person photo picture plant price printer problem product question record report result
    river room sample school screen season signal station street student summer supplier system table ticket timber
    tool travel trial valley value vendor village warehouse water week window winter worker yellow
    """
)
_NAMES = split_words(
    """
    Anna Ben Carla David Elena Felix Grace Hugo Ines Jonas Karin Louis Marie Nora Oscar Paula Quentin Ruth Simon
    Tessa Ulrich Vera Walter Xenia Yara Zoe
    """
)
_LINKS = ["about", "after", "before", "for", "from", "in", "near", "of", "on", "to", "under", "with"]
_TITLES = [
    "Project review",
    "Plan for the year",
    "Ideas for summer",
    "Weekly meeting",
    "Lessons learned",
    "Our next steps",
]


# By theme, the values of ``contents.Theme``.
HEADINGS: Final[Mapping[str, list[str]]] = MappingProxyType(
    {
        "programs": split_at_bars(
            """
        Problem Domain|Algorithm|Pseudo Code|Visual|Big O|Code|Input|Output|Edge Cases|Testing|Example|Verification
        Step Through|Data Structures|Approach|API|Server|Client|Database|Routes|Classes|State|Questions|Problem
        Solution|Notes|Whiteboard Process|Complexity|Queue|Stack|Linked List|Binary Tree|Graph|Hash Table
        """
        ),
        "meeting": split_at_bars(
            """
        Agenda|Decisions|Open Questions|Next Steps|Attendees|Risks|Topics|Minutes|Retro|What went well|Ideas
        What to improve|Parking Lot|Feedback|Goals|Actions|Stakeholders|Status|Blockers
        """
        ),
        "tasks": split_at_bars(
            "To Do|Doing|Done|Today|Tomorrow|This Week|Later|Urgent|Shopping|Backlog|In Progress|Review|Waiting"
        ),
        "plan": split_at_bars(
            """
        Roadmap|Timeline|Milestones|Phase 1|Phase 2|Q1|Q2|Q3|Q4|Launch|Release|Sprint 14|Schedule|Deadlines|Week 1
        Week 2|MVP|Scope|Plan B|Dependencies|Resources|Team
        """
        ),
        "maths": split_at_bars(
            """
        Proof|Theorem|Definition|Example|Lemma|Exercise 3|Solution|Given|Find|Homework|Limits|Derivatives|Matrices
        Probability|Case 1|Case 2|Recall|Hint
        """
        ),
        "lesson": split_at_bars(
            """
        Vocabulary|Today's Lesson|Homework|Objectives|Warm-up|Key Terms|Chapter 4|Group A|Group B|Rules|Cell|Energy
        History|Causes|Effects|Pros|Cons|Who?|Why?|Questions
        """
        ),
        "money": split_at_bars(
            "Budget|Costs|Revenue|Invoice|Expenses|Forecast|Sales|Prices|Total|Orders|Stock|Offers|Profit"
        ),
    }
)
DAYS: Final = split_at_bars("Mon|Tue|Wed|Thu|Fri|Monday|Tuesday|Wednesday|Thursday|Friday|Sat|Sun")
MONTHS: Final = split_at_bars("Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec")
SMALL: Final = split_at_bars("yes|no|new|old|done|Why?")


def random_name(rng: np.random.Generator) -> str:
    """Return a first name."""
    return choose(_NAMES, rng)


def random_title(rng: np.random.Generator) -> str:
    """Return a title of a board."""
    return choose(_TITLES, rng)


def random_figure(rng: np.random.Generator) -> str:
    """Return a number as in a table."""
    kind = int(rng.integers(3))
    return (f"{rng.integers(2, 999)}", f"{rng.integers(2, 99)}.{rng.integers(10, 99)}", f"{rng.integers(5, 95)}%")[kind]


def random_phrase(rng: np.random.Generator) -> str:
    """Return three to seven words, such as "check the spare tool with Vera"."""
    middle = [choose(_VERBS, rng), "the", choose(_ADJECTIVES, rng), choose(_NOUNS, rng)]
    kind = int(rng.integers(5))
    if kind == 0:
        middle.pop(2)
    if kind == 1:
        middle += [choose(_LINKS, rng), choose(_NAMES, rng)]
    if kind == 2:
        middle = [choose(_NAMES, rng), "and", choose(_NAMES, rng), *middle]
    if kind == 3:
        middle += [choose(_LINKS, rng), "the", choose(_NOUNS, rng)]
    if kind == 4:
        middle[1] = str(rng.integers(2, 60))
    return " ".join(middle)
