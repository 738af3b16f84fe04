"""Contents of boards: headings, list items, programs, formulas, tables, plans, sums of money, as lists of words.

Words are drawn from the available vocabulary, so that no two boards are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.engine.synth.text import phrases
from ocr_studio.engine.synth.text.capitals import DEFAULT, CaseRules
from ocr_studio.engine.synth.text.language_phrases import LanguagePhrases
from ocr_studio.engine.synth.text.phrases import choose

Random: TypeAlias = np.random.Generator
Tokens: TypeAlias = list[str]
Ways: TypeAlias = tuple[Callable[[], Tokens], ...]


class Theme(StrEnum):
    """Theme of a board, which determines headings and parts."""

    PROGRAMS = "programs"
    MEETING = "meeting"
    TASKS = "tasks"
    PLAN = "plan"
    MATHS = "maths"
    LESSON = "lesson"
    MONEY = "money"


_NAMES: Final = phrases.split_at_bars(
    """
    arr|node|root|head|tail|curr|current|next|prev|left|right|value|val|key|list|lst|queue|stack|tree|result|res|temp
    count|total|max|min|i|j|n|k|idx|size|front|top|visited|graph|edges|words|str|num|target|sum|data|item|user
    """
)
_CALLS: Final = phrases.split_at_bars(
    """
    append|push|pop|enqueue|dequeue|insert|add|remove|get|set|print|find|search|sort|merge|traverse|visit|swap|len
    range|isEmpty|includes|peek|reverse|depthFirst|bfs|findMax|mergeSort|insertBefore|fizzBuzz
    """
)
_SYMBOLS: Final = "xyzabcnkfgtuvpqrsmehABCXYMNαβλπθ"
_CELLS: Final = phrases.split_at_bars("✓|x|-|ok|?|T|F|True|False|null|n/a")
_ARROWS: Final = phrases.split_at_bars("->|→|=|-|=>|:")
_CRIES: Final = phrases.split_at_bars("!|!!|?|??|OK|NB|*|max|min|true|false|TODO")
_ORDERS: Final = phrases.split_at_bars("n|1|n^2|log n|n log n|h|w|n+m")
_BRACKETS: Final = (("[", "]"), ("[", "]"), ("[", "]"), ("{", "}"), ("(", ")"))
# Below, a, b and c stand for names or symbols, m and n for numbers, call for a call, w for a word.
_FORMULAS: Final = phrases.split_at_bars(
    """
    {a} = {m}{b} + {n}|{a}² + {b}² = {c}²|f({a}) = {a}^{m} - {n}{a}|{m} × {n} = {p}|{a} < {n}|∑ {a} = {n}|{a} → ∞
    √({n}) ≈ {r:.1f}|P({a}) = 0.{n}|{n} / {m} = {q:.1f}|d{a}/d{b} = {m}{b}|({a} + {b})({a} - {b})|T(n) = {m}T(n/2) + n
    {a} ≤ {b} ≤ {c}|log({n}) = {g:.2f}|{a} = {n}%|∴ {a} = {m}|∫ {a} d{a}|{a} ∈ {{1, {m}}}|sin {a} = {b}/{c}|F = m{a}
    E = mc²|{a}: {b}|{a} != {b}|{m}:{n}|{m} + {n} = {s}|{a} = {m} ± {n}|{a}({b}) = {c}
    """
)
_BLOCKS: Final = phrases.split_at_bars(
    """
    while {a} != null|for {a} in {b}|if {a} == {b}|if {a}.{b}|while {a}.next|for i in range({m})|if {a} < {n}|if not {a}
    while !{call}|for (i = 0; i < {m}; i++)|else if {a} > {b}
    """
)
_STATEMENTS: Final = phrases.split_at_bars(
    """
    {a} = {b}|{a} = {b}.{c}|{a}.{call}|return {a}|{a}[i] = {n}|{a} += {n}|let {a} = []|{a} <- {b}.{c}|return {call}
    {a}++|{a} = {b} + {c}|{a} = new {C}()|return True|// {w} {w}|console.log({a})|{call};|{a} = {n};|break|return -1
    self.{a} = {b}|int {a} = {n};|{a} = {b}[{c}]|# {w}|{a} ← {n}
    """
)


@dataclass(frozen=True, slots=True)
class BoardContents:
    """Source of contents.

    Attributes:
        word: Returns a word of the language, as in a sentence.
        token: Returns any word, with punctuation and numbers.
        phrases: Phrases of the languages.
        own: Whether phrases consist of the user's words only.
        capitals: Case conversion of the words.
    """

    word: Callable[[Random], str]
    token: Callable[[Random], str]
    phrases: Sequence[LanguagePhrases]
    own: bool = False
    capitals: CaseRules = DEFAULT

    def heading(self, theme: Theme, rng: Random) -> Tokens:
        """Return a heading of a list or a drawing."""
        return self._cased(choose(self.phrases, rng).heading(theme, rng), rng).split()

    def title(self, rng: Random) -> Tokens:
        """Return a title of a board."""
        ways: Ways = (
            lambda: choose(self.phrases, rng).title(rng).split(),
            lambda: [self.capitals.capitalize(self.word(rng)), *self.sentence(rng, int(rng.integers(1, 4)))],
            lambda: self._cased(" ".join(self.sentence(rng, 2)), rng).split(),
            lambda: ["CC", str(rng.integers(1, 48)), "-", *self._cased(" ".join(self.sentence(rng, 2)), rng).split()],
        )
        return choose(ways, rng)()

    def sentence(self, rng: Random, count: int) -> Tokens:
        """Return running text of ``count`` words."""
        if not self.own and rng.random() < 0.25:
            return self._running(rng, count)
        return [
            self.token(rng) if rng.random() < (0.04 if self.own else 0.12) else self.word(rng) for _ in range(count)
        ]

    def paragraph(self, rng: Random, count: int) -> Tokens:
        """Return sentences with capitals and full stops, of about ``count`` words."""
        words: Tokens = []
        while len(words) < count:
            some = self.sentence(rng, int(rng.integers(4, 12)))
            if not words or words[-1][-1:] not in ",:":
                some[0] = self.capitals.capitalize(some[0])
            if some[-1][-1:].isalnum():
                some[-1] += choose(".....?:!,", rng)
            words += some
        return words

    def point(self, rng: Random) -> Tokens:
        """Return a list item."""
        kind = rng.random()
        if kind < 0.45:
            return self.sentence(rng, int(rng.integers(1, 8)))
        if kind < 0.75 and not self.own:
            return choose(self.phrases, rng).phrase(rng).split()
        if kind < 0.9:
            return [*self.sentence(rng, int(rng.integers(1, 4))), choose(_ARROWS, rng), self.token(rng)]
        return [phrases.random_name(rng) + ":", *self.sentence(rng, int(rng.integers(1, 5)))]

    def entry(self, rng: Random) -> tuple[Tokens, Tokens]:
        """Return a name with an amount, date or person."""
        what = self.sentence(rng, int(rng.integers(1, 4)))
        ways: Ways = (lambda: [random_amount(rng)], lambda: self.date(rng), lambda: [self.clock(rng)],
                lambda: [phrases.random_name(rng)], lambda: [phrases.random_figure(rng)],
                lambda: [self.token(rng)])  # fmt: skip
        return what, choose(ways, rng)()

    def cell(self, rng: Random) -> Tokens:
        """Return the contents of a table cell."""
        ways: Ways = (lambda: [phrases.random_figure(rng)], lambda: [random_amount(rng)], lambda: [self.word(rng)],
                lambda: [self.token(rng)], lambda: [choose([*_CELLS, *self._small(rng)], rng)],
                lambda: self.date(rng))  # fmt: skip
        return choose(ways, rng)()

    def value(self, rng: Random) -> str:
        """Return the value of a node of a tree, list or graph."""
        kind = rng.random()
        if kind < 0.65:
            return str(rng.integers(0, 10) if rng.random() < 0.35 else rng.integers(1, 100))
        return choose(_SYMBOLS[:20], rng) if kind < 0.85 else choose(_NAMES, rng) if kind < 0.95 else self.word(rng)

    def remark(self, rng: Random) -> Tokens:
        """Return a remark of a few letters."""
        ways: Ways = (lambda: [choose(_NAMES, rng)], lambda: ["O(" + choose(_ORDERS, rng) + ")"],
                lambda: self.sentence(rng, int(rng.integers(1, 4))), lambda: [self.token(rng)],
                lambda: [choose([*_CRIES, *self._small(rng)], rng)])  # fmt: skip
        return [part for token in choose(ways, rng)() for part in token.split()]

    def array(self, rng: Random) -> Tokens:
        """Return the name of an array and its values."""
        inside = [self.value(rng) for _ in range(int(rng.integers(2, 7)))]
        inside = [each + "," for each in inside[:-1]] + inside[-1:]
        opened, closed = choose(_BRACKETS, rng)
        if rng.random() < 0.5:
            inside[0], inside[-1] = opened + inside[0], inside[-1] + closed
        else:
            inside = [opened, *inside, closed]
        name = choose(_NAMES + ["Input:", "Output:", "in", "out", "return"], rng)
        return [name, *([] if name.endswith(":") else ["="]), *inside]

    def chain(self, rng: Random) -> Tokens:
        """Return a linked list in one line, with or without spaces."""
        opened, closed = choose((("[", "]"), ("(", ")"), ("{", "}"), ("", "")), rng)
        arrow = choose(("->", "→", "-->", "=>"), rng)
        inside = [f"{opened}{self.value(rng)}{closed}" for _ in range(int(rng.integers(2, 6)))]
        parts = [*([choose(_NAMES, rng)] if rng.random() < 0.6 else []), *inside, choose(("X", "null", "None"), rng)]
        parts_said = [part for each in parts for part in (each, arrow)][:-1]
        if rng.random() < 0.5:
            parts_said = ["".join(parts_said)]
        return [choose(_NAMES, rng), "=", *parts_said] if rng.random() < 0.4 else parts_said

    def formula(self, rng: Random) -> Tokens:
        """Return a formula in one line."""
        a, b, c = (choose(_SYMBOLS, rng) for _ in range(3))
        m, n = int(rng.integers(2, 30)), int(rng.integers(1, 100))
        return choose(_FORMULAS, rng).format(a=a, b=b, c=c, m=m, n=n, **_results(m, n)).split()

    def date(self, rng: Random) -> Tokens:
        """Return a date."""
        speech = choose(self.phrases, rng)
        day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1990, 2032))
        ways = [f"{day}/{month}", f"{day}.{month}.", f"{month}/{day}/{year % 100:02d}", f"{year}-{month:02d}-{day:02d}",
                f"{day}.{month}.{year}"]  # fmt: skip
        if speech.months:
            ways += [each.format(day=day, month=choose(speech.months, rng)) for each in speech.dates]
        if speech.days:
            ways += [choose(speech.days, rng), f"{choose(speech.days, rng)} {day}/{month}"]
        return choose(ways, rng).split()

    def clock(self, rng: Random) -> str:
        """Return a time of day; with twelve hours only where the language tells the halves apart."""
        hour, minute = int(rng.integers(0, 24)), choose((0, 0, 15, 30, 45, int(rng.integers(60))), rng)
        ways = [f"{hour}:{minute:02d}", f"{hour}h", f"{hour}.{minute:02d}"]
        if choose(self.phrases, rng).twelve_hours:
            ways += [f"{1 + hour % 12}pm", f"{1 + hour % 12}:{minute:02d}am"]
        return choose(ways, rng)

    def day(self, index: int) -> str:
        """Return the name of a weekday, 0 for Monday; its number if no names are known."""
        days = self.phrases[0].days
        return days[index % 5] if days else f"{index % 5 + 1}."

    def _cased(self, text: str, rng: Random) -> str:
        kind = rng.random()
        return self.capitals.upper(text) if kind < 0.2 else self.capitals.lower(text) if kind < 0.3 else text

    def _small(self, rng: Random) -> Sequence[str]:
        return choose(self.phrases, rng).small

    def _running(self, rng: Random, count: int) -> Tokens:
        speech, words = choose(self.phrases, rng), Tokens()
        while len(words) < count:
            words.extend(speech.phrase(rng).split())
        return words[:count]

    def code(self, rng: Random, lines: int) -> list[tuple[int, Tokens]]:
        """Return a program: indentation and text of each line."""
        braces, level = bool(rng.random() < 0.5), 0
        found = [(0, _function_head(rng, braces=braces))]
        level = 1
        while len(found) < lines:
            if rng.random() < 0.3 and level < 4:
                found.append((level, _random_block(rng, braces=braces)))
                level += 1
                continue
            found.append((level, _random_statement(rng, self)))
            if level > 1 and rng.random() < 0.45:
                level -= 1
                if braces and rng.random() < 0.7:
                    found.append((level, ["}"]))
                elif rng.random() < 0.3:
                    found.append((level, ["}", "else", "{"] if braces else ["else:"]))
                    level += 1
        return found


def random_amount(rng: Random) -> str:
    """Return a sum of money."""
    sum_ = 10 ** rng.uniform(0, 5)
    sign = choose("$€£", rng)
    thousands = sum_ / 1000 if sum_ >= 100 else sum_
    text = f"{sum_:,.2f}" if rng.random() < 0.4 else f"{sum_:,.0f}" if rng.random() < 0.5 else f"{thousands:.1f}k"
    return f"{text}{sign}" if sign == "€" and rng.random() < 0.6 else f"{sign}{text}"


def _results(m: int, n: int) -> dict[str, float]:
    """Return the result of a formula with two numbers."""
    return {"p": m * n, "q": n / m, "s": m + n, "r": math.sqrt(n), "g": math.log10(n)}


def _random_call(rng: Random) -> str:
    inside = choose(_NAMES, rng) if rng.random() < 0.7 else ""
    return f"{choose(_CALLS, rng)}({inside})"


def _function_head(rng: Random, *, braces: bool) -> Tokens:
    inside = ", ".join(choose(_NAMES, rng) for _ in range(int(rng.integers(1, 3))))
    name = choose(_CALLS, rng)
    if braces:
        return f"{choose(['function', 'public int', 'void', 'const'], rng)} {name}({inside}) {{".split()
    return f"{choose(['def', 'ALGORITHM', 'def', 'class'], rng)} {name}({inside}):".split()


def _random_block(rng: Random, *, braces: bool) -> Tokens:
    return f"{_fill_pattern(_BLOCKS, rng)}{' {' if braces else ':'}".split()


def _random_statement(rng: Random, contents: BoardContents) -> Tokens:
    return _fill_pattern(_STATEMENTS, rng, word=contents.word(rng)).split()


def _fill_pattern(patterns: Sequence[str], rng: Random, *, word: str = "") -> str:
    a, b, c = (choose(_NAMES, rng) for _ in range(3))
    m, n = int(rng.integers(2, 12)), int(rng.integers(0, 50))
    return choose(patterns, rng).format(a=a, b=b, c=c, m=m, n=n, w=word, call=_random_call(rng), C=c.capitalize())
