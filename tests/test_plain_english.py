"""Texts that users read keep to plain English: odd words that were weeded out once do not come back.

The rules are those of the interface guidelines of GNOME and Apple: "you" or nobody at all, and the verbs people know.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import shown_texts

CHECKOUT: Final = Path(__file__).parent.parent
PROGRAM: Final = CHECKOUT / "ocr_studio"

# Never in a text for users, and what to write instead.
ODD: Final = {
    r"nobody|no one|somebody|someone(?! else)|anybody|whoever|(?:a|no|each|every|what a) person|who has|for who": "you",
    r"anew|once more|all the same": "again",
    r"tak(?:e|es|en|ing) (?:\S+ )?back|taken back": "undo",
    r"go(?:es|ing)? on with|gone on with|went on with": "resume, continue",
    r"called (?:so|like|that)|known as": "named; No results",
    r"slips?|mistyped": "typos",
    r"mend(?:s|ed|ing)?": "fix, repair",
    r"(?:it|they|that|what|which|there|file|folder|photos?) (?:lie|lies|lay)": "is, are",
    r"stands? (?:there|in|on its head)|head stands": "is, reads",
    r"cut short|come to nothing": "interrupted",
    r"thrown away|throw(?:s|ing)? away": "discard",
    r"by now|as yet|at the moment|just now|heed(?:s|ed)?|lest|hence|thereby|therein|whereby|be it": "now; yet",
    r"against the clock": "counter-clockwise",
    r"of who|of whom|to whom|to who": "of the user",
    r"is none|are none|is no (?:photo|file|folder|text|number|name|model|picture|list|word)": "is not a",
    r"so many|as many as|so much|how much": "a number",
    r"not (?:known|there) (?:by|any more)": "not found",
    r"looked? at again|gone wrong|went wrong|come out": "review; failed",
    r"beforehand|afterwards|thus|shall|ought": "before; after",
    r"sure(?:st|ly)? (?:of|that it)|least sure": "confidence",
    r"take(?:s|n)? over|taking over": "apply, use",
    r"give(?:s|n)? up|given up on": "mark as unreadable; stop",
    r"hand-?made|made-?up|make[s]? up": "synthetic",
    r"writes? into|made ready|in the midst|in between": "",
    r"leaves? it (?:be|alone|out)|let it be": "skip, keep",
    r"the like|and such|of that kind|in that way": "",
}  # fmt: skip
_ODD: Final = re.compile("|".join(rf"\b(?:{words})\b" for words in ODD), re.IGNORECASE)
# Other texts of the program are constants somewhere in these folders and files: the command line, and the Python API.
_UNTRANSLATED: Final = ("cli", "api", "core/command_line.py", "core/standard_streams.py", "__main__.py")


def shown() -> Iterator[tuple[str, str]]:
    """Where a text is, and the text."""
    for text in (*shown_texts.find(PROGRAM), *shown_texts.of_models(CHECKOUT / "resources" / "models")):
        place = f"{text.path.relative_to(CHECKOUT)}:{text.line}"
        yield place, text.text
        if text.many:
            yield place, text.many
    for name in _UNTRANSLATED:
        start = PROGRAM / name
        for path in [start] if start.is_file() else sorted(start.rglob("*.py")):
            yield from _constants(path)
    for path in (CHECKOUT / "README.md", *sorted((CHECKOUT / "resources" / "help").rglob("*.md"))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield f"{path.relative_to(CHECKOUT)}:{number}", line


def _constants(path: Path) -> Iterator[tuple[str, str]]:
    """Texts of several words in a source file, other than docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree)
                  if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            for offset, line in enumerate(node.value.splitlines()):
                if " " in line.strip():
                    yield f"{path.relative_to(CHECKOUT)}:{node.lineno + offset}", line


def test_no_odd_words_in_texts_for_users() -> None:
    odd = [f"{place}: {found[0]!r} in {text!r}" for place, text in shown() if (found := _ODD.search(text))]
    assert not odd, "\n" + "\n".join(odd)


@pytest.mark.parametrize("text", ["Nothing is called so.", "Take back the last change", "anew", "It is no photo."])
def test_what_was_odd_is_found(text: str) -> None:
    assert _ODD.search(text)
