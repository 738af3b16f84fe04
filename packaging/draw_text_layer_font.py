"""Draws the font of the invisible text in searchable PDF files: one glyph, a box that fills the whole em.

Every character is drawn with that box, so that what a PDF viewer marks is just the box of the word. PDFium takes glyphs
without an outline for having no height, and poppler takes a descent of 0 for a usual one. Run it in the checkout, with
fontTools:

python packaging/draw_text_layer_font.py
"""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

FILE = Path(__file__).parent.parent / "resources" / "text-layer-font.ttf"
EM, DESCENT = 1000, -200  # as DESCENT in ocr_studio/core/formats/pdf/text_layer_font.py
# What a TrueType font inside a PDF needs, ISO 32000-1, 9.9.
TABLES = {"glyf", "head", "hhea", "hmtx", "loca", "maxp"}


def main() -> None:
    """Draw the font and write it to the resources."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, DESCENT))
    for corner in ((0, EM + DESCENT), (EM, EM + DESCENT), (EM, DESCENT)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder([".notdef", "box"])
    font.setupGlyf({".notdef": box, "box": box})
    font.setupHorizontalMetrics({".notdef": (EM, 0), "box": (EM, 0)})
    font.setupHorizontalHeader(ascent=EM + DESCENT, descent=DESCENT)
    font.setupMaxp()
    # The same bytes whenever it is drawn.
    font.font["head"].created = font.font["head"].modified = 0
    font.font.recalcTimestamp = False
    for table in set(font.font.keys()) - TABLES - {"GlyphOrder"}:
        del font.font[table]
    font.save(FILE)


if __name__ == "__main__":
    main()
