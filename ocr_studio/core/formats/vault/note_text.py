"""The text of photos as Markdown for programs that keep notes: headings, paragraphs, lists and tables.

Lines of a paragraph are lines of the file: Obsidian, Logseq and Joplin show them as lines unless told otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.formats.documents.markdown import escape_line
from ocr_studio.core.formats.documents.outline import (
    Heading,
    ListItems,
    OutlineBlock,
    Paragraph,
    TableBlock,
    make_outline,
)
from ocr_studio.core.page import Page

# What means something in notes, besides Markdown: tags, comments, highlights, ids of blocks, properties, macros.
# An underscore between letters means nothing, and would be in the way of a search for the word.
_INLINE: Final = re.compile(
    r"[\\`*\[\]<>&|~$]|(?<![^\W_])_|_(?![^\W_])"
    r"|#(?=[^\s#])|\^(?=[\w-]+$)|([%=:{])(?=\1)|(?<=%)%|(?<==)=|(?<=:):|(?<=\{)\{"
)
# What keeps its place in the target of a link; other characters are escaped, those beyond ASCII stay readable.
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f!\"#$%&'()*+,:;<=>?@\[\\\]^`{|}]|[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class PageText:
    """A page of a note.

    Attributes:
        page: The page.
        title: Its heading; "" for none.
        picture: Path of its picture from the note, "/" between parts; "" for none.
    """

    page: Page
    title: str = ""
    picture: str = ""


def format_body(pages: Sequence[PageText], *, source: str = "", name: str = "") -> str:
    """Return the text of a note.

    Args:
        pages: Its pages.
        source: Path of the file that they are pages of, if it is shown as a whole.
        name: Name of that file.
    """
    parts = [format_picture(name, source)] if source else []
    for each in pages:
        parts += [f"## {escape(each.title)}"] if each.title else []
        parts += [format_picture(each.page.image, each.picture)] if each.picture else []
        if each.page.facts.note.strip():
            parts.append("\n".join(f"> {escape(line)}".rstrip() for line in each.page.facts.note.strip().splitlines()))
        parts += _format_page(each.page, level=3 if each.title else 2)
    return "\n\n".join(parts)


def format_picture(name: str, path: str) -> str:
    """Return a picture in Markdown, which all programs show; ``![[…]]`` is known to Obsidian alone."""
    # Obsidian takes what comes after a bar for a size.
    alt = " ".join(re.sub(r"[\[\]|\\\x00-\x1f\ud800-\udfff]", " ", name).split())
    return f"![{alt}]({escape_path(path)})"


def escape_path(path: str) -> str:
    """Return a path as the target of a link."""
    return _UNSAFE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape")), path
    )


def escape(line: str) -> str:
    """Return one line of plain text as Markdown that shows just that line."""
    return escape_line(line, inline=_INLINE)


def _format_page(page: Page, *, level: int) -> Iterator[str]:
    for block in make_outline(page):
        yield _format_block(block, level)


def _format_block(block: OutlineBlock, level: int) -> str:
    match block:
        case Heading(text):
            return f"{'#' * level} {escape(text)}"
        case Paragraph(lines):
            return "\n".join(map(escape, lines))
        case ListItems(items, numbered):
            signs = (f"{number}." if numbered else "-" for number, _ in enumerate(items, start=1))
            return "\n".join(f"{sign} {escape(item)}" for sign, item in zip(signs, items, strict=True))
        case TableBlock(rows):
            first, *others = (f"| {' | '.join(map(escape, row))} |" for row in rows)
            return "\n".join([first, f"|{' --- |' * len(rows[0])}", *others])
