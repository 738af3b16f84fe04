"""The properties at the beginning of a note (YAML front matter), updated line by line: what others wrote stays.

Values are written as JSON, which YAML 1.2 contains, so that no library is needed. What editors of notes write is read,
too: plain and quoted values, and lists in both notations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

# A text in quotes, ``Plain``, or a list of texts.
Value: TypeAlias = str | list[str]

# Not printable in YAML 1.2, 5.1, or the end of a line in YAML 1.1.
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_DIVIDER: Final = re.compile(r"---[ \t]*\r?\n")
_END: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_ITEM: Final = re.compile(r"\s*-[ \t]+(?P<value>\S.*)")
_FLOW_ITEM: Final = re.compile(
    r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,"'\[\]{}#&*!|>%@`][^,"\[\]{}#]*)\s*(?:,|\Z)"""
)
_COMMENT: Final = re.compile(r"\s+#.*")
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+\Z")
# Characters of a value that is looked into.
_LONGEST: Final = 20_000
# What no key begins with: other notations of YAML.
_NO_KEYS: Final = frozenset(" \t\r\n-#?:,[]{}&*!|>%@`")


class Plain(str):
    """A number or a date, written without quotes."""

    __slots__ = ()


def format_value(value: Value) -> str:
    """Return a value as YAML, on one line."""
    if isinstance(value, Plain):
        return value
    if isinstance(value, str):
        found = json.dumps(_SURROGATES.sub("\ufffd", value), ensure_ascii=False)
        return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", found)
    return f"[{', '.join(map(format_value, value))}]"


def split_note(text: str) -> tuple[str, str]:
    """Split a note into its front matter, without the lines around it, and all that comes after these.

    Both together with the lines around are the note, but for a byte order mark, which belongs to the front matter. The
    front matter is "" if there is none.
    """
    start = _DIVIDER.match(text)
    end = _END.search(text, start.end()) if start else None
    return (text[start.end() : end.start()], text[end.end() :]) if start and end else ("", text)


def update(
    front: str,
    values: Mapping[str, Value],
    *,
    kept: Sequence[str] = (),
    joined: Sequence[str] = (),
    end: str = "\n",
) -> str:
    """Set values; all other lines stay as they are, and so do values that are the same already, however written.

    Args:
        front: The front matter.
        values: By their keys.
        kept: Keys whose values stay if there are any.
        joined: Keys of lists whose values are added to those that are there.
        end: What new lines end in.
    """
    blocks = _split_blocks(front)
    if blocks and not blocks[-1][-1].endswith("\n"):
        blocks[-1][-1] += end
    missing = dict(values)
    for block in blocks:
        if (key := _find_key(block[0])) not in missing:
            continue
        value, found = missing.pop(key), _read_block(block)
        if key in joined and isinstance(value, list):
            if found is None:  # in a notation that is not known: nothing is lost if it stays
                continue
            before = list(filter(None, re.split(r"[,\s]+", found))) if isinstance(found, str) else found
            if not (more := [each for each in value if each not in before]):
                continue
            value = before + more
        # None: in a notation that is not known, such as a text of several lines.
        if found == value or (key in kept and found not in ("", [])):
            continue
        # Comments and empty lines behind the value are not part of it.
        block[:] = [f"{key}: {format_value(value)}{end}", *block[_count_lines(block) :]]
    added = [f"{key}: {format_value(value)}{end}" for key, value in missing.items()]
    return "".join([line for block in blocks for line in block] + added)


def read_value(front: str, key: str) -> str | list[str] | None:
    """Return a value, numbers as texts; None if there is none, or in a notation that is not known."""
    return next((_read_block(block) for block in _split_blocks(front) if _find_key(block[0]) == key), None)


def _split_blocks(front: str) -> list[list[str]]:
    """Split lines into those that belong to each key; the first block may have no key."""
    blocks: list[list[str]] = []
    for line in _LINE.findall(front):
        if _find_key(line) or not blocks:
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _find_key(line: str) -> str:
    """Return the key that a line begins with; "" if there is none."""
    key, colon, after = line.partition(":")
    if not colon or line[0] in _NO_KEYS or not (after == "" or after[0].isspace()):
        return ""
    key = key.rstrip()
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'" else key


def _count_lines(block: Sequence[str]) -> int:
    """Count the lines of a key's value: its own, and those that are indented or items of a list."""
    count = 1
    for number, line in enumerate(block[1:], start=2):
        if line.strip() and (line[0] in " \t" or line.startswith(("- ", "-\n", "-\r"))):
            count = number
        elif line.strip():
            break
    return count


def _read_block(block: Sequence[str]) -> str | list[str] | None:
    """Read the value of a key; None if its notation is not known."""
    own = block[0].partition(":")[2].strip()
    lines = [line for line in block[1 : _count_lines(block)] if line.strip()]
    if len(own) > _LONGEST:
        return None
    if own.startswith("#"):
        own = ""
    if not own:
        items = [_ITEM.fullmatch(line.rstrip()) for line in lines]
        values = [_read_scalar(item["value"]) for item in items if item]
        known = [value for value in values if value is not None]
        return known if len(known) == len(lines) else None
    if lines:
        return None
    return _read_flow_list(own) if own.startswith("[") else _read_scalar(own)


def _read_flow_list(text: str) -> list[str] | None:
    text = _COMMENT.sub("", text) if text.count("]") == 1 else text
    if not text.endswith("]"):
        return None
    inner, place, found = text[1:-1].strip(), 0, list[str]()
    while place < len(inner):
        item = _FLOW_ITEM.match(inner, place)
        value = _read_scalar(item[1].strip()) if item else None
        if item is None or value is None:
            return None
        found.append(value)
        place = item.end()
    return found


def _read_scalar(text: str) -> str | None:
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError:
            return None
        return value if isinstance(value, str) else None
    if text.startswith("'"):
        whole = len(text) > 1 and text.endswith("'") and "'" not in text[1:-1].replace("''", "")
        return text[1:-1].replace("''", "'") if whole else None
    if text[0] in "&*!|>%@`[]{}":
        return None
    return _COMMENT.sub("", text)
