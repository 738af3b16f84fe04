"""Finds every text that the program shows to a person and that can be translated, in its source and its models."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# What marks a text, and how many of its first arguments are texts.
_MARKS: Mapping[str, int] = {"tr": 1, "later": 1, "tr_n": 2, "later_n": 2}
# Plain texts in the table of actions, by the place of the argument, and what translators are told about them.
_ACTION: Mapping[str, tuple[int, str]] = {
    "title": (1, "An action, in a menu or on a button."),
    "menu": (3, "A menu's name."),
    "tip": (9, "What an action does, when the mouse rests on it."),
    "why": (16, "Why an action is not offered."),
}
_COMMENT = "# Translators:"
_CALLS = re.compile(rf"\b(?:{'|'.join(_MARKS)}|ActionSpec)\s*\(")


class NotPlain(Exception):
    """Texts that are put together while the program runs, so nobody could translate them. It says all of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as it stands in the source. many: the text for several things, where there are two. note: what translators
    should know; path: its file; line: where in it.
    """

    text: str
    many: str
    note: str
    path: Path
    line: int


def find(folder: Path) -> list[Shown]:
    """All texts in the Python files of a folder, by file and line. Raises NotPlain."""
    found: list[Shown] = []
    troubles: list[str] = []
    for path in sorted(folder.rglob("*.py")):
        # The one file that is about texts, not made of them.
        if path.name != "translation.py":
            texts = _in_source(path.read_text(encoding="utf-8"), path, troubles)
            found += sorted(texts, key=lambda shown: shown.line)
    if troubles:
        raise NotPlain("\n".join(troubles))
    return found


def of_models(folder: Path) -> list[Shown]:
    """What the cards of the models in a folder say to a person."""
    found: list[Shown] = []
    for path in sorted(folder.glob("*/model.json")):
        card = json.loads(path.read_text(encoding="utf-8"))
        said = {
            "What a model is called.": [card["title"]],
            "What a model learned from; its licence follows.": [each["what"] for each in card["data"]],
            "What a model is bad at, a sentence.": card["weaknesses"],
        }
        found += [Shown(text, "", note, path, 0) for note, texts in said.items() for text in texts if text]
    return found


def _in_source(source: str, path: Path, troubles: list[str]) -> list[Shown]:
    if not _CALLS.search(source):
        return []  # most files, and to parse them takes seconds
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
    given: bool  # nothing but the text itself will do


def _marked(call: ast.Call, count: int, place: _Place) -> Iterator[Shown]:
    """The texts of a call of ``tr`` or one of its kin."""
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
                raise NotPlain(f"{place.path}:{part.lineno}: not a plain text: {ast.unparse(part)}")


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
                raise NotPlain(f"{path}:{part.lineno}: not a plain text: {ast.unparse(part)}")
            for name in text.split("/") if field == "menu" else [text]:
                yield Shown(name, "", note, path, part.lineno)


def _branches(node: ast.expr) -> Iterable[ast.expr]:
    """All that an expression may come out as: of "a if x else b" both."""
    if isinstance(node, ast.IfExp):
        return [*_branches(node.body), *_branches(node.orelse)]
    if isinstance(node, ast.BoolOp):
        return [part for value in node.values for part in _branches(value)]
    return [node]


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _made_before(node: ast.expr, bare: frozenset[str]) -> bool:
    """Whether this can be a text that was marked elsewhere: the name of one, or a place in a table."""
    if isinstance(node, ast.Name):
        return node.id not in bare
    if isinstance(node, ast.Attribute | ast.Subscript):
        return True
    # Of a table that may not have it.
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"


def _bare_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Names that are given a text which nobody marked."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(part, ast.JoinedStr) or _literal(part) for part in _branches(node.value)):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def _notes(source: str) -> dict[int, str]:
    """What is told to translators, by the line it stands in; the text it is about begins in the next."""
    notes = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.string.startswith(_COMMENT):
            notes[token.start[0]] = token.string.removeprefix(_COMMENT).strip()
    return notes
