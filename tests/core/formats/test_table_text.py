"""Words as a table: cells, rows and columns from where they stand."""

from __future__ import annotations

from ocr_studio.core.formats.documents import table_text
from ocr_studio.core.page import Page
from tests.core.made_pages import page_of, read_word


def _shop() -> Page:
    found = [read_word("Shopping", 100, 20), read_word("list", 280, 20), read_word("of", 380, 20)]
    found.append(read_word("today", 440, 20))
    rows = (("Milk", "2", "1.20"), ("Brown bread", "1", "3.40"), ("Tea", "", "2.50"), ("Eggs", "12", ""))
    for number, row in enumerate(rows):
        for x, cell in zip((100, 450, 600), row, strict=True):
            at = float(x)
            for word in cell.split():
                found.append(read_word(word, at, 100 + 60 * number + 4 * (x > 100), key=f"{number}-{word}"))
                at += 20 * len(word) + 15
    return page_of(*found)


def test_rows_and_columns_are_found_where_they_stand() -> None:
    assert table_text.make_table(_shop()) == (
        ("Shopping list of today", "", ""),
        ("Milk", "2", "1.20"),
        ("Brown bread", "1", "3.40"),
        ("Tea", "", "2.50"),
        ("Eggs", "12", ""),
    )


def test_some_words_only() -> None:
    page = _shop()
    assert table_text.make_table(page, {"0-Milk", "0-1.20", "2-Tea", "2-2.50"}) == (("Milk", "1.20"), ("Tea", "2.50"))
    assert table_text.make_table(page, ()) == ()


def test_lines_of_text_are_one_column() -> None:
    page = page_of(read_word("one", 100, 100), read_word("two", 175, 100), read_word("three", 100, 150))
    assert table_text.make_table(page) == (("one two",), ("three",))


def test_tabs_and_html_keep_the_cells() -> None:
    table = (("a|b", "=SUM(A1)"), ("", "<b>"))
    assert table_text.format_tabs(table) == "a|b\t'=SUM(A1)\n\t<b>\n"
    assert "<td>a|b</td><td>&#x27;=SUM(A1)</td></tr><tr><td></td><td>&lt;b&gt;</td>" in table_text.format_html(table)
