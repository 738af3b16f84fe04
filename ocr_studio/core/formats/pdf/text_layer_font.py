"""The font of invisible text in a PDF: each character is a box as high and wide as the em, and knows its Unicode.

Characters are numbered as they come (CIDs), each with the Unicode that it stands for, and all have the same glyph. So
any script can be written with a font of 300 bytes, and what viewers mark is the box of the word.
"""

from __future__ import annotations

from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from ocr_studio.core import resources

_FILE: Final = "text-layer-font.ttf"
_NAME: Final = Name("/OCRSTU+TextLayer")
_EM: Final = 1000
# How far the box of a character reaches below the baseline, as a share of the em; see draw_text_layer_font.py.
DESCENT: Final = 0.2
_BOX: Final = b"\0\1"  # the number of the glyph, for each character
_MOST_IN_BLOCK: Final = 100  # entries of a block in a CMap
# In the flags of a font, ISO 32000-1, 9.8.2: symbolic, as it has characters beyond Latin.
_SYMBOLIC: Final = 4


class TextLayerFont:
    """A font of one PDF; its characters are collected while pages are written.

    Attributes:
        object: The font for the resources of pages; complete after ``finish``.
    """

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        """Begin the font of a PDF."""
        self._pdf = pdf
        self._codes: dict[str, int] = {}
        self.object = pdf.make_indirect(Dictionary())

    def encode(self, text: str) -> bytes:
        """Return the codes of a text, two bytes for each character."""
        codes = (self._codes.setdefault(letter, len(self._codes) + 1) for letter in text)
        return b"".join(code.to_bytes(2, "big") for code in codes)

    def finish(self) -> None:
        """Write the font with the characters that were used."""
        pdf, bottom = self._pdf, -round(_EM * DESCENT)
        outlines = resources.resource(_FILE).read_bytes()
        file = pdf.make_stream(outlines, Length1=len(outlines))
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=_NAME,
            Flags=_SYMBOLIC,
            FontBBox=Array([0, bottom, _EM, _EM + bottom]),
            ItalicAngle=0,
            Ascent=_EM + bottom,
            Descent=bottom,
            CapHeight=_EM + bottom,
            StemV=80,
            FontFile2=file,
        )
        glyphs = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=_NAME,
            CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=_EM,
            CIDToGIDMap=pdf.make_stream(_BOX * (len(self._codes) + 1)),
        )
        self.object.Type = Name.Font
        self.object.Subtype = Name.Type0
        self.object.BaseFont = _NAME
        self.object.Encoding = Name("/Identity-H")
        self.object.DescendantFonts = Array([pdf.make_indirect(glyphs)])
        self.object.ToUnicode = pdf.make_stream(self._make_unicode_map())

    def _make_unicode_map(self) -> bytes:
        """Make the CMap from codes to Unicode, ISO 32000-1, 9.10.3."""
        entries = [
            f"<{code:04X}> <{letter.encode('utf-16-be', 'replace').hex().upper()}>"
            for letter, code in self._codes.items()
        ]
        blocks = [entries[start : start + _MOST_IN_BLOCK] for start in range(0, len(entries), _MOST_IN_BLOCK)]
        lines = [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<0000> <FFFF>",
            "endcodespacerange",
        ]
        for block in blocks:
            lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
        lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
        return "\n".join(lines).encode("ascii")
