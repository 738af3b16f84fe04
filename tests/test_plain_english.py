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

# Never in a text for users. Instead: "you", "undo", "resume", "discard", "is not a …", "confidence", "checked".
ODD: Final = (
    r"nobody|no one|somebody|someone(?! else)|anybody|whoever|(?:a|no|each|every|what a) person|who has|for who",
    r"anew|once more|all the same",
    r"tak(?:e|es|en|ing) (?:\S+ )?back|taken back",
    r"go(?:es|ing)? on with|gone on with|went on with",
    r"called (?:so|like|that)|known as",
    r"slips?|mistyped",
    r"mend(?:s|ed|ing)?",
    r"(?:it|they|that|what|which|there|file|folder|photos?) (?:lie|lies|lay)",
    r"stands? (?:there|in|on its head)|head stands",
    r"cut short|come to nothing",
    r"thrown away|throw(?:s|ing)? away",
    r"by now|as yet|at the moment|just now|heed(?:s|ed)?|lest|hence|thereby|therein|whereby|be it",
    r"against the clock",
    r"of who|of whom|to whom|to who",
    r"is none|are none|is no (?:photo|file|folder|text|number|name|model|picture|list|word)",
    r"so many|as many as|so much|how much",
    r"not (?:known|there) (?:by|any more)",
    r"looked? at again|gone wrong|went wrong|come out",
    r"beforehand|afterwards|thus|shall|ought",
    r"sure(?:st|ly)? (?:of|that it)|least sure",
    r"take(?:s|n)? over|taking over",
    r"give(?:s|n)? up|given up on",
    r"hand-?made|made-?up|make[s]? up",
    r"writes? into|made ready|in the midst|in between",
    r"leaves? it (?:be|alone|out)|let it be",
    r"the like|and such|of that kind|in that way",
)
# One form of contractions, with the apostrophe of typography: "can’t", neither "can't" nor "cannot". Not in code.
_CONTRACTED: Final = re.compile(r"\b[Cc]an ?not\b|(?<=[A-Za-z])'(?:t|s|re|ll|ve|d|m)\b")
_CODE: Final = re.compile(r"`[^`]*`")
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
    for path in (CHECKOUT / "README.md", *sorted((CHECKOUT / "resources" / "help").glob("*.md"))):
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


def test_contractions_have_one_form() -> None:
    odd = [f"{place}: {text!r}" for place, text in shown() if _CONTRACTED.search(_CODE.sub("", text))]
    assert not odd, "\n" + "\n".join(odd)


@pytest.mark.parametrize("text", ["Nothing is called so.", "Take back the last change", "anew", "It is no photo."])
def test_what_was_odd_is_found(text: str) -> None:
    assert _ODD.search(text)
