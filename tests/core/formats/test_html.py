"""The HTML of a text: its lines and paragraphs, and no markup of its own."""

from __future__ import annotations

from ocr_studio.core.formats.documents import html


def test_lines_and_paragraphs_stay_and_signs_are_escaped() -> None:
    assert html.format_body("a < b\n“c” & d\n\ne\n") == "<p>a &lt; b<br>“c” &amp; d</p>\n<p>e</p>"
    assert html.format_body("") == ""
