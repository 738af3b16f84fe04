"""Words as on boards: half of them are names, code, numbers and symbols that are in no dictionary."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.engine.synth.text.phrases import choose, split_words
from ocr_studio.engine.synth.text.texts import SynthVocabulary, random_number, random_string

Random: TypeAlias = np.random.Generator


_NAMES: Final = split_words(
    """
    i j k n m x y z a b c arr str num obj node list tree head tail left right root key value val max min sum len map set
    get add push pop peek insert find sort merge swap index count temp result data item user name type id self this
    stack queue hash graph edge path array string input output test main file line next prev current start end size
    """
)
_KEYWORDS: Final = split_words(
    """
    if else for while return function def class let var const null None true false True False int void new import from
    in of and or not async await try catch public static print console.log lambda => -> == != <= >= && || += ++
    """
)
_OPERATORS: Final = ("+", "-", "*", "/", "=", "==", "!=", "<", ">", "<=", ">=", "+=", "->", "=>", "&&", "||", "%")
_BULLETS: Final = split_words("- * • → -> => <- ← ↑ ↓ + o # ✓ & = > < / @")
_ENDS: Final = (".", ",", ":", ";", "!", "?", "...", ")", "?!", ".)")
_PAIRS: Final = ("()", "[]", "{}", '""', "''", "<>")
_UNITS: Final = split_words("kg m cm km h min s ms GB MB px x k M ° °C + %")
# Suffixes of ordinal numbers outside English.
_ORDINAL_DOT: Final = "."
# Suffixes of times of day, in English only.
_HALVES: Final = ("am", "pm")
# Maximum length of linked words; a word list may have none that is so short.
_MAX_LINKED: Final = 8
_TRIES: Final = 12
_MONEY: Final = ("$", "€", "£")
_ENDINGS: Final = (".com", ".org", ".net", ".io", ".de", ".js", ".py", ".txt", ".html", ".json")


@dataclass(frozen=True, slots=True)
class BoardTexts:
    """Texts of boards.

    Attributes:
        words: Plain words.
        plain: Their share, including capitals and punctuation.
        only: Whether only words are written, as they are.
    """

    words: SynthVocabulary
    plain: float = 0.66
    only: bool = False

    def one(self, rng: Random) -> str:
        """Return one word without spaces. Raises IndexError if there are only words and none is known."""
        if self.only:
            return self.words.word(rng)
        if self.words.words and rng.random() < self.plain:
            return self._vary_case(self.words.word(rng), rng)
        ways: tuple[Callable[[Random], str], ...] = (
            self._random_number,
            self._random_number,
            self._random_code,
            self._random_code,
            self._random_code,
            self._random_bullet,
            random_string if rng.random() < 0.6 else self._random_address,
        )
        return choose(ways, rng)(rng)

    def _vary_case(self, word: str, rng: Random) -> str:
        """Add capitals and punctuation."""
        case = rng.random()
        if case < 0.18:
            word = self.words.capitals.upper(word)
        elif case < 0.42:
            word = self.words.capitals.capitalize(word)
        return self.add_punctuation(word, rng)

    def add_punctuation(self, word: str, rng: Random) -> str:
        """Add punctuation one time in four, unless only words are wanted."""
        if self.only:
            return word
        signs = rng.random()
        if signs < 0.15:
            return word + choose(_ENDS[:3] if rng.random() < 0.6 else _ENDS, rng)
        if signs < 0.2:
            pair = choose(_PAIRS, rng)
            return (pair[0] if rng.random() < 0.7 else "") + word + (pair[1] if rng.random() < 0.7 else "")
        if signs < 0.225:
            return choose(("-", "#", "@", "/", "*", "+"), rng) + word
        if signs < 0.25:
            return self._link_words(word, rng)
        return word

    @property
    def _english(self) -> bool:
        """Whether all words are English; unknown for a word list."""
        return self.words.languages == ("en",)

    def _link_words(self, word: str, rng: Random) -> str:
        """Link two words with a symbol, or make an English possessive. Without another short word it is unchanged."""
        link = choose(("-", "/", "&", "+", "_", "'s"), rng)
        if link == "'s":
            if self._english and word.isalpha():
                return word + ("'" if word[-1] in "sS" else "'S" if len(word) > 1 and word.isupper() else "'s")
            link = "-"
        others = (self.words.word(rng) for _ in range(_TRIES))
        short = next((other for other in others if len(other) <= _MAX_LINKED), "")
        return word + link + short if short else word

    def _random_number(self, rng: Random) -> str:
        number = int(10 ** rng.uniform(0, 4.3))
        small, month, day = (int(rng.integers(1, most)) for most in (60, 13, 32))
        year = int(rng.integers(1960, 2050))
        date = min(day, calendar.monthrange(year, month)[1])
        ways: tuple[Callable[[], str], ...] = (
            lambda: str(small),
            lambda: str(number),
            lambda: f"{small}.",
            lambda: f"{small}{choose((')', ':', ',', ']'), rng)}",
            lambda: f"{choose(_MONEY, rng)}{number}",
            lambda: f"{number:,}{choose(_MONEY, rng)}" if rng.random() < 0.5 else f"{number}.{small:02d}€",
            lambda: f"{date}.{month}.{year}" if rng.random() < 0.5 else f"{month}/{date}/{year % 100:02d}",
            lambda: f"{year}-{month:02d}-{date:02d}" if rng.random() < 0.4 else str(year),
            lambda: self._time(day % 24, small, rng),
            lambda: f"{small}{choose(('%', '%', '.5%'), rng)}",
            lambda: self._random_count(number if rng.random() < 0.4 else small, rng),
            lambda: f"{small}{choose(('+', '-', '*', '/', '=', 'x', '^', '<', '>', ':'), rng)}{day}",
            lambda: f"{choose(('-', '+', '#', '~', '≈', '±', '<', '>'), rng)}{small}",
            lambda: f"{small}-{small + day}",
            lambda: f"[{', '.join(str(n) for n in rng.integers(0, 30, int(rng.integers(1, 5))))}]".replace(", ", ","),
            lambda: f"{day % 10},{small}" if rng.random() < 0.5 else f"{day % 10}.{small}",
            lambda: random_number(rng),
        )
        return choose(ways, rng)()

    def _time(self, hour: int, minute: int, rng: Random) -> str:
        """Return a time of day, with twelve hours if the language tells the halves apart."""
        said = choose(("", "", "h", *_HALVES), rng)
        if said in _HALVES and not self._english:
            said = "h"
        return f"{hour % 12 + 1 if said in _HALVES else hour}:{minute:02d}{said}"

    def _random_count(self, number: int, rng: Random) -> str:
        """Return a count or an ordinal."""
        if (unit := choose((*_UNITS, _ORDINAL_DOT), rng)) != _ORDINAL_DOT or not self._english:
            return f"{number}{unit}"
        last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{last}"

    def _random_name(self, rng: Random) -> str:
        """Return a variable or function name, with English capitals as in programs."""
        parts = [self._name_part(rng) for _ in range((1, 1, 2, 2, 3)[int(rng.integers(5))])]
        kind = rng.random()
        if kind < 0.45:
            return parts[0] + "".join(part.capitalize() for part in parts[1:])
        if kind < 0.6:
            return "".join(part.capitalize() for part in parts)
        return "_".join(parts) if kind < 0.85 else "_".join(parts).upper()

    def _name_part(self, rng: Random) -> str:
        if rng.random() < 0.7 or not self.words.words:
            return choose(_NAMES, rng)
        return "".join(sign for sign in self.words.capitals.lower(self.words.word(rng))[:9] if sign.isalnum()) or "x"

    def _random_code(self, rng: Random) -> str:
        name, other, digit = self._random_name(rng), choose(_NAMES, rng), int(rng.integers(10))
        index = choose(("i", "j", "0", "n", "-1", "i+1", "i-1", str(digit), other), rng)
        ways: tuple[Callable[[], str], ...] = (
            lambda: name,
            lambda: name + choose((";", ",", ":", "=", ".", "{"), rng),
            lambda: f"{name}()",
            lambda: f"{name}({other})" + choose(("", ";", "{", ":"), rng),
            lambda: f"{name}(" if rng.random() < 0.5 else f"({name},",
            lambda: f"{other}[{index}]",
            lambda: f"{other}.{name}" + choose(("", "()", ";"), rng),
            lambda: f"{other}{choose(_OPERATORS, rng)}{index}",
            lambda: choose(_KEYWORDS, rng) + choose(("", "", "", "(", ":"), rng),
            lambda: (
                f"O({choose(('n', '1', 'n^2', 'n²', 'log n', 'nlogn', 'N', 'n*m', 'n+m', 'h'), rng).replace(' ', '')})"
            ),
            lambda: choose(("{", "}", "(", ")", "[", "]", "});", ");", "};", "{}", "[]", "()", "})", ");}"), rng),
            lambda: choose(_OPERATORS, rng),
            lambda: f"{choose(('//', '#', '/*', '<', '</', '--'), rng)}{name}",
            lambda: f"{other}{digit}" if rng.random() < 0.5 else f"{other}'",
            lambda: f'"{name}"' if rng.random() < 0.5 else f"'{other}'",
            lambda: f"{other}={digit}" if rng.random() < 0.5 else f"{other}:{digit},",
        )
        return choose(ways, rng)()

    def _random_bullet(self, rng: Random) -> str:
        if rng.random() < 0.6:
            return choose(_BULLETS, rng)
        return choose("abcdABCDivx123456789", rng) + choose((")", ".", ":", "", "/", "-"), rng)

    def _random_address(self, rng: Random) -> str:
        parts = [self._name_part(rng).lower() for _ in range(3)]
        kind = rng.random()
        if kind < 0.4:
            return f"{parts[0]}{choose(('.', '_', '', '-'), rng)}{parts[1]}@{parts[2]}{choose(_ENDINGS[:5], rng)}"
        if kind < 0.6:
            return f"{choose(('www.', 'http://', '/', './'), rng)}{parts[0]}{choose(_ENDINGS, rng)}"
        return f"{parts[0]}{choose(_ENDINGS, rng)}" if kind < 0.85 else f"@{parts[0]}"
