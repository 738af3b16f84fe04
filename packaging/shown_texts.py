"""Finds all translatable texts of the program, in its source and its model cards."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Functions that mark a text, and how many of their first arguments are texts.
_MARKS: Mapping[str, int] = {"tr": 1, "later": 1, "message": 1, "tr_n": 2, "later_n": 2, "message_n": 2}
# Plain texts in the table of actions: the position of the argument, and a note for translators.
_ACTION: Mapping[str, tuple[int, str]] = {
    "title": (1, "An action, in a menu or on a button."),
    "menu": (3, "Name of a menu."),
    "tip": (9, "Tooltip of an action."),
    "why": (16, "Why an action is unavailable."),
}
_COMMENT = "# Translators:"
_CALLS = re.compile(rf"\b(?:{'|'.join(_MARKS)}|ActionSpec)\s*\(")


class NotPlain(Exception):
    """Some texts are not string literals, so they can't be translated. The message lists all of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text in the source.

    Attributes:
        text: The text, or its singular.
        many: The plural, if there is one.
        note: A note for translators.
        path: The file.
        line: The line in the file.
    """

    text: str
    many: str
    note: str
    path: Path
    line: int


def find(folder: Path) -> list[Shown]:
    """Find all texts in the Python files of a folder, sorted by file and line. Raises NotPlain."""
    found: list[Shown] = []
    troubles: list[str] = []
    for path in sorted(folder.rglob("*.py")):
        # This file defines the functions.
        if path.name != "translation.py":
            texts = _in_source(path.read_text(encoding="utf-8"), path, troubles)
            found += sorted(texts, key=lambda shown: shown.line)
    if troubles:
        raise NotPlain("\n".join(troubles))
    return found


def of_models(folder: Path) -> list[Shown]:
    """Find the texts on the model cards in a folder."""
    found: list[Shown] = []
    for path in sorted(folder.glob("*/model.json")):
        card = json.loads(path.read_text(encoding="utf-8"))
        said = {
            "Title of a model.": [card["title"]],
            "What a model was trained on; the licence follows.": [each["what"] for each in card["data"]],
            "A weakness of a model; a sentence.": card["weaknesses"],
            "A licence of a model or of what it was trained on.": [
                card["licence"],
                *(each["licence"] for each in card["data"]),
            ],
        }
        found += [Shown(text, "", note, path, 0) for note, texts in said.items() for text in texts if text]
    return found


def _in_source(source: str, path: Path, troubles: list[str]) -> list[Shown]:
    if not _CALLS.search(source):
        return []  # most files; parsing them takes seconds
    nodes = list(ast.walk(ast.parse(source, str(path))))
    notes = _notes(source) if _COMMENT in source else {}
    bare = _bare_names(nodes)
    found: list[Shown] = []
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        try:
            if name in _MARKS:
                note = notes.get(call.lineno - 1, "")
                found += _marked(call, _MARKS[name], _Place(path, bare, note, given=name.startswith("later")))
            elif name == "ActionSpec":
                found += _of_action(call, path, bare)
        except NotPlain as trouble:
            troubles.append(str(trouble))
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    bare: frozenset[str]
    note: str
    given: bool  # only literals are allowed


def _marked(call: ast.Call, count: int, place: _Place) -> Iterator[Shown]:
    """Yield the texts of a call of ``tr`` or a similar function."""
    if count == 2 and len(call.args) >= 2 and all(_literal(each) is not None for each in call.args[:2]):
        one, many = (_literal(each) or "" for each in call.args[:2])
        yield Shown(one, many, place.note, place.path, call.lineno)
        return
    if not call.args:
        raise NotPlain(f"{place.path}:{call.lineno}: no text")
    if count == 2 and isinstance(call.args[0], ast.Starred):
        return  # a pair made by later_n
    for argument in call.args[:count]:
        for part in _branches(argument):
            text = _literal(part)
            if text is not None and count == 1:
                yield Shown(text, "", place.note, place.path, part.lineno)
            elif text is not None or place.given or not _made_before(part, place.bare):
                raise NotPlain(f"{place.path}:{part.lineno}: not a string literal: {ast.unparse(part)}")


def _of_action(call: ast.Call, path: Path, bare: frozenset[str]) -> Iterator[Shown]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    for field, (position, note) in _ACTION.items():
        value = named.get(field, call.args[position] if len(call.args) > position else None)
        if value is None or (isinstance(value, ast.Call) and getattr(value.func, "id", "") == "later"):
            continue
        for part in _branches(value):
            text = _literal(part)
            if text is None:
                if _made_before(part, bare):
                    continue
                raise NotPlain(f"{path}:{part.lineno}: not a string literal: {ast.unparse(part)}")
            for name in text.split("/") if field == "menu" else [text]:
                yield Shown(name, "", note, path, part.lineno)


def _branches(node: ast.expr) -> Iterable[ast.expr]:
    """Return all possible results of an expression: both of "a if x else b"."""
    if isinstance(node, ast.IfExp):
        return [*_branches(node.body), *_branches(node.orelse)]
    if isinstance(node, ast.BoolOp):
        return [part for value in node.values for part in _branches(value)]
    return [node]


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _made_before(node: ast.expr, bare: frozenset[str]) -> bool:
    """Whether this can be a text that was marked elsewhere: a name, or an entry of a table."""
    if isinstance(node, ast.Name):
        return node.id not in bare
    if isinstance(node, ast.Attribute | ast.Subscript):
        return True
    # A lookup in a table.
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"


def _bare_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names of unmarked texts."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(part, ast.JoinedStr) or _literal(part) for part in _branches(node.value)):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def _notes(source: str) -> dict[int, str]:
    """Return the notes for translators by line; the text begins on the next line."""
    notes = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.string.startswith(_COMMENT):
            notes[token.start[0]] = token.string.removeprefix(_COMMENT).strip()
    return notes
