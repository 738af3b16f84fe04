"""Words of a page as a table: rows and columns as they stand on the photo, for spreadsheets.

Words that follow each other closely are one cell; cells that stand at one height are a row; columns are parted where
few rows have anything written. A cell that reaches across several columns, like a title, stands in its first one.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.formats.documents.spreadsheet import escape_cell
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.page import Page
from ocr_studio.core.plain_text import word_count
from ocr_studio.core.reading_order import text_lines
from ocr_studio.core.reading_order.text_lines import Floats, Indices, LineBoxes

Table = tuple[tuple[str, ...], ...]

# A blank parts two cells from this on, in heights of the letters: the widest space between words of one phrase.
_GAP: Final = 1.0
# Cells are of one row if they share this much of the lower one's height.
_SHARED: Final = 0.5
# A place parts columns where no more than this share of the rows has writing: titles reach across.
_ACROSS: Final = 0.2


def make_table(page: Page, ids: Collection[str] | None = None) -> Table:
    """The words of a page, or some of them, as rows of cells, all rows as long; () where nothing is written."""
    chosen = [word for word in page.words.values() if word.text and (ids is None or word.id in ids)]
    if not chosen:
        return ()
    words, corners = text_lines.sort_words(chosen)
    corners = corners @ text_lines.find_frame(corners).T
    cells = _find_cells(corners, np.array([word_count(word.text) for word in words], dtype=np.intp))
    boxes = LineBoxes.of(corners).joined(cells)
    numbers, columns = _row_numbers(boxes), _column_numbers(boxes)
    table = [["" for _ in range(max(columns) + 1)] for _ in range(max(numbers) + 1)]
    for index in np.argsort(boxes.low[:, 0], kind="stable").tolist():
        text = " ".join(words[word].text for word in cells[index])
        row, column = numbers[index], columns[index]
        table[row][column] = f"{table[row][column]} {text}".strip()
    return tuple(map(tuple, table))


def make_tables(pages: Iterable[Page]) -> Table:
    """The tables of several pages below each other, each under the photo's name, with an empty row between."""
    rows: list[tuple[str, ...]] = []
    for page in pages:
        rows += [*([()] if rows else []), (format_photo_name(page.image),), *make_table(page)]
    width = max(map(len, rows), default=0)
    return tuple(row + ("",) * (width - len(row)) for row in rows)


def format_tabs(table: Table) -> str:
    """A line for each row, tabs between cells; a cell that could be taken for a formula is made a text."""
    return "".join("\t".join(map(escape_cell, row)) + "\n" for row in table)


def format_html(table: Table) -> str:
    """The table for programs that paste formatted text; cells are texts, also to those that calculate."""
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(escape_cell(cell))}</td>' for cell in row)}</tr>" for row in table)
    return f'<meta charset="utf-8"><table>{body}</table>'


def _find_cells(corners: Floats, written: Indices) -> list[Indices]:
    """Rows of words, cut at wide blanks. corners: (N, 4, 2); written: (N,) how many words each box holds."""
    words = LineBoxes.of(corners)
    found: list[Indices] = []
    for row in text_lines.find_rows(corners, written):
        gaps = words.left[row[1:], 0] - words.right[row[:-1], 0]
        height = np.minimum(words.height[row[1:]], words.height[row[:-1]])
        found += np.split(row, np.nonzero(gaps > _GAP * height)[0] + 1)
    return found


def _row_numbers(cells: LineBoxes) -> list[int]:
    """The row of each cell, from the top: each joins the row whose last cell it stands beside most."""
    middle, height = (cells.left[:, 1] + cells.right[:, 1]) / 2, cells.height
    numbers = np.zeros(len(middle), dtype=np.intp)
    tops: list[float] = []
    bottoms: list[float] = []
    for index in np.argsort(middle, kind="stable").tolist():
        top, bottom = middle[index] - height[index] / 2, middle[index] + height[index] / 2
        shared = min(bottoms[-1], bottom) - max(tops[-1], top) if tops else 0.0
        if tops and shared > _SHARED * min(bottom - top, bottoms[-1] - tops[-1]):
            # The row goes with its cells, so that one that leans a little stays one.
            tops[-1], bottoms[-1] = (tops[-1] + top) / 2, (bottoms[-1] + bottom) / 2
        else:
            tops.append(top)
            bottoms.append(bottom)
        numbers[index] = len(tops) - 1
    return [int(number) for number in numbers]


def _column_numbers(cells: LineBoxes) -> list[int]:
    """The column of each cell, from the left."""
    starts, ends = cells.low[:, 0], cells.high[:, 0]
    edges = np.unique(np.concatenate([starts, ends]))
    over = ((starts[:, None] <= edges[:-1]) & (ends[:, None] >= edges[1:])).sum(axis=0)
    most = int(over.max(initial=1))
    free = over <= (_ACROSS * most if most > 2 else 0)
    parts = _find_middles(edges, free)
    inside = np.searchsorted(parts, starts + np.minimum(ends - starts, cells.height) / 2)
    used = np.unique(inside)
    return [int(number) for number in np.searchsorted(used, inside)]


def _find_middles(edges: Floats, free: NDArray[np.bool_]) -> Floats:
    """Where columns are parted: the middle of each stretch with next to no writing."""
    turns = np.flatnonzero(np.diff(free, prepend=False))  # into a stretch and out of it, in turn
    begins, ends = turns[: len(turns) // 2 * 2].reshape(-1, 2).T
    return np.asarray((edges[begins] + edges[ends]) / 2)
