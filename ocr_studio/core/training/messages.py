"""The texts of a training report, in separate versions for words and for lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from ocr_studio.core.translation import later, later_n

# By unit ("words" or "lines"): a text, its singular and plural, or several titles.
Text: TypeAlias = Mapping[str, str]
Forms: TypeAlias = Mapping[str, tuple[str, str]]
Titles: TypeAlias = Mapping[str, tuple[str, ...]]

NO_DIFFERENCE: Final[Text] = {
    "words": later("No difference on the held-out words"),
    "lines": later("No difference on the held-out lines"),
}
NONE_HELD_OUT: Final[Text] = {
    "words": later("No words were held out, so the models can’t be compared."),
    "lines": later("No lines were held out, so the models can’t be compared."),
}
NONE_READ: Final[Text] = {
    "words": later("None of the held-out words is read differently."),
    "lines": later("None of the held-out lines is read differently."),
}
NONE_FOUND: Final[Text] = {
    "words": later("None of the held-out words is found differently."),
    "lines": later("None of the held-out lines is found differently."),
}
WHAT_TELLS: Final[Text] = {
    "words": later("Only misread words can show an improvement."),
    "lines": later("Only misread lines can show an improvement."),
}
LEARN_MORE: Final[Text] = {
    "words": later("You can discard it. To improve it, correct more words, especially misread ones."),
    "lines": later("You can discard it. To improve it, correct more lines, especially misread ones."),
}
CONTRADICTORY: Final[Text] = {
    "words": later("It misreads fewer characters, but more words. You can keep it and switch back at any time."),
    "lines": later("It misreads fewer characters, but more lines. You can keep it and switch back at any time."),
}
NOTHING_LEARNED: Final[Text] = {
    "words": later("Correct more words, especially misread ones, and train again."),
    "lines": later("Correct more lines, especially misread ones, and train again."),
}
ON_UNSEEN: Final[Forms] = {
    "words": later_n(
        "On {count} held-out word, it makes {mistakes}.",
        "On {count} held-out words, it makes {mistakes}.",
    ),
    "lines": later_n(
        "On {count} held-out line, it makes {mistakes}.",
        "On {count} held-out lines, it makes {mistakes}.",
    ),
}
ON_GENERAL: Final[Forms] = {
    "words": later_n(
        "But on {count} general word, it makes {mistakes}.",
        "But on {count} general words, it makes {mistakes}.",
    ),
    "lines": later_n(
        "But on {count} general line, it makes {mistakes}.",
        "But on {count} general lines, it makes {mistakes}.",
    ),
}
OF_UNSEEN: Final[Forms] = {
    "words": later_n(
        "Of {count} held-out word, it finds {found}; {boxes}.",
        "Of {count} held-out words, it finds {found}; {boxes}.",
    ),
    "lines": later_n(
        "Of {count} held-out line, it finds {found}; {boxes}.",
        "Of {count} held-out lines, it finds {found}; {boxes}.",
    ),
}
FIT_NONE: Final[Forms] = {
    "words": later_n(
        "{count} box matches no word (before: {before})", "{count} boxes match no word (before: {before})"
    ),
    "lines": later_n(
        "{count} box matches no line (before: {before})", "{count} boxes match no line (before: {before})"
    ),
}
FIT_NONE_AS_BEFORE: Final[Forms] = {
    "words": later_n("{count} box matches no word, as before", "{count} boxes match no word, as before"),
    "lines": later_n("{count} box matches no line, as before", "{count} boxes match no line, as before"),
}
TOO_FEW: Final[Forms] = {
    "words": later_n(
        "{count} word is not enough to confirm such a small difference.",
        "{count} words are not enough to confirm such a small difference.",
    ),
    "lines": later_n(
        "{count} line is not enough to confirm such a small difference.",
        "{count} lines are not enough to confirm such a small difference.",
    ),
}
WOULD_TELL: Final[Forms] = {
    "words": later_n(
        "About {count} more corrected word (a fifth of them held out) could confirm it.",
        "About {count} more corrected words (a fifth of them held out) could confirm it.",
    ),
    "lines": later_n(
        "About {count} more corrected line (a fifth of them held out) could confirm it.",
        "About {count} more corrected lines (a fifth of them held out) could confirm it.",
    ),
}
WOULD_TAKE: Final[Forms] = {
    "words": later_n(
        "Confirming it would take more than {count} additional corrected word.",
        "Confirming it would take more than {count} additional corrected words.",
    ),
    "lines": later_n(
        "Confirming it would take more than {count} additional corrected line.",
        "Confirming it would take more than {count} additional corrected lines.",
    ),
}
EVEN: Final[Forms] = {
    "words": later_n(
        "No net change; {count} word can only show differences above {points} points.",
        "No net change; {count} words can only show differences above {points} points.",
    ),
    "lines": later_n(
        "No net change; {count} line can only show differences above {points} points.",
        "No net change; {count} lines can only show differences above {points} points.",
    ),
}
READ_ROWS: Final[Titles] = {
    "words": (later("misread held-out words"), later("character error rate, held-out words")),
    "lines": (later("misread held-out lines"), later("character error rate, held-out lines")),
}
READ_GENERAL_ROWS: Final[Titles] = {
    "words": (later("misread general words"), later("character error rate, general words")),
    "lines": (later("misread general lines"), later("character error rate, general lines")),
}
FOUND_ROWS: Final[Titles] = {
    "words": (later("held-out words found"), later("boxes matching no word"), later("F1 score, held-out words")),
    "lines": (later("held-out lines found"), later("boxes matching no line"), later("F1 score, held-out lines")),
}
FOUND_GENERAL_ROWS: Final[Titles] = {
    "words": (
        later("words found on general boards"),
        later("boxes matching no word"),
        later("F1 score, general boards"),
    ),
    "lines": (
        later("lines found on general boards"),
        later("boxes matching no line"),
        later("F1 score, general boards"),
    ),
}
# By the reason why training ended.
TOOK: Final[Forms] = {
    "": later_n("{count} step in {seconds} s", "{count} steps in {seconds} s"),
    "early": later_n(
        "{count} step in {seconds} s, stopped early (no further improvement)",
        "{count} steps in {seconds} s, stopped early (no further improvement)",
    ),
    "asked": later_n("{count} step in {seconds} s, stopped manually", "{count} steps in {seconds} s, stopped manually"),
}
