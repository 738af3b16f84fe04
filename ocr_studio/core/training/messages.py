"""The sentences that tell what came of a training: each whole, once of words and once of lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from ocr_studio.core.translation import later, later_n

# By the unit, "words" or "lines": a text, the two forms of one, several titles.
Text: TypeAlias = Mapping[str, str]
Forms: TypeAlias = Mapping[str, tuple[str, str]]
Titles: TypeAlias = Mapping[str, tuple[str, ...]]

NO_DIFFERENCE: Final[Text] = {
    "words": later("No difference on the held-out words"),
    "lines": later("No difference on the held-out lines"),
}
NONE_HELD_OUT: Final[Text] = {
    "words": later("No word was held out, so there is nothing to compare on."),
    "lines": later("No line was held out, so there is nothing to compare on."),
}
WHAT_TELLS: Final[Text] = {
    "words": later("What tells is misread words."),
    "lines": later("What tells is misread lines."),
}
LEARN_MORE: Final[Text] = {
    "words": later("You can discard it. To learn more, correct more words, above all misread ones."),
    "lines": later("You can discard it. To learn more, correct more lines, above all misread ones."),
}
ON_UNSEEN: Final[Forms] = {
    "words": later_n(
        "On {count} word it had not seen it makes {mistakes}.",
        "On {count} words it had not seen it makes {mistakes}.",
    ),
    "lines": later_n(
        "On {count} line it had not seen it makes {mistakes}.",
        "On {count} lines it had not seen it makes {mistakes}.",
    ),
}
ON_GENERAL: Final[Forms] = {
    "words": later_n(
        "But on {count} general word it makes {mistakes}.",
        "But on {count} general words it makes {mistakes}.",
    ),
    "lines": later_n(
        "But on {count} general line it makes {mistakes}.",
        "But on {count} general lines it makes {mistakes}.",
    ),
}
OF_UNSEEN: Final[Forms] = {
    "words": later_n(
        "Of {count} word it had not seen it finds {found}; {boxes}.",
        "Of {count} words it had not seen it finds {found}; {boxes}.",
    ),
    "lines": later_n(
        "Of {count} line it had not seen it finds {found}; {boxes}.",
        "Of {count} lines it had not seen it finds {found}; {boxes}.",
    ),
}
FIT_NONE: Final[Forms] = {
    "words": later_n("{count} box fits no word instead of {before}", "{count} boxes fit no word instead of {before}"),
    "lines": later_n("{count} box fits no line instead of {before}", "{count} boxes fit no line instead of {before}"),
}
FIT_NONE_AS_BEFORE: Final[Forms] = {
    "words": later_n("{count} box fits no word, as before", "{count} boxes fit no word, as before"),
    "lines": later_n("{count} box fits no line, as before", "{count} boxes fit no line, as before"),
}
TOO_FEW: Final[Forms] = {
    "words": later_n(
        "{count} word is too few to be sure of so small a difference.",
        "{count} words are too few to be sure of so small a difference.",
    ),
    "lines": later_n(
        "{count} line is too few to be sure of so small a difference.",
        "{count} lines are too few to be sure of so small a difference.",
    ),
}
WOULD_TELL: Final[Forms] = {
    "words": later_n(
        "About {count} more corrected word, of which a fifth is held out, would tell if it stays as large.",
        "About {count} more corrected words, of which a fifth is held out, would tell if it stays as large.",
    ),
    "lines": later_n(
        "About {count} more corrected line, of which a fifth is held out, would tell if it stays as large.",
        "About {count} more corrected lines, of which a fifth is held out, would tell if it stays as large.",
    ),
}
WOULD_TAKE: Final[Forms] = {
    "words": later_n(
        "It would take more than {count} more corrected word, as it is very small.",
        "It would take more than {count} more corrected words, as it is very small.",
    ),
    "lines": later_n(
        "It would take more than {count} more corrected line, as it is very small.",
        "It would take more than {count} more corrected lines, as it is very small.",
    ),
}
EVEN: Final[Forms] = {
    "words": later_n(
        "What was gained and lost is even; on {count} word"
        " only a change of more than {points} points would have shown.",
        "What was gained and lost is even; on {count} words"
        " only a change of more than {points} points would have shown.",
    ),
    "lines": later_n(
        "What was gained and lost is even; on {count} line"
        " only a change of more than {points} points would have shown.",
        "What was gained and lost is even; on {count} lines"
        " only a change of more than {points} points would have shown.",
    ),
}
READ_ROWS: Final[Titles] = {
    "words": (later("held-out words read wrongly"), later("letters wrong in held-out words")),
    "lines": (later("held-out lines read wrongly"), later("letters wrong in held-out lines")),
}
READ_GENERAL_ROWS: Final[Titles] = {
    "words": (later("general words read wrongly"), later("letters wrong in general words")),
    "lines": (later("general lines read wrongly"), later("letters wrong in general lines")),
}
FOUND_ROWS: Final[Titles] = {
    "words": (later("held-out words found"), later("boxes there that fit no word"), later("F of held-out words")),
    "lines": (later("held-out lines found"), later("boxes there that fit no line"), later("F of held-out lines")),
}
FOUND_GENERAL_ROWS: Final[Titles] = {
    "words": (
        later("words on general boards found"),
        later("boxes there that fit no word"),
        later("F of words on general boards"),
    ),
    "lines": (
        later("lines on general boards found"),
        later("boxes there that fit no line"),
        later("F of lines on general boards"),
    ),
}
# By why it ended before its last step.
TOOK: Final[Forms] = {
    "": later_n("{count} step in {seconds} s", "{count} steps in {seconds} s"),
    "early": later_n(
        "{count} step in {seconds} s, stopped as it gained no more",
        "{count} steps in {seconds} s, stopped as it gained no more",
    ),
    "asked": later_n(
        "{count} step in {seconds} s, stopped when asked to", "{count} steps in {seconds} s, stopped when asked to"
    ),
}
