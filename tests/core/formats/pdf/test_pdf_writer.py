"""A PDF that is written part by part, as qpdf reads it."""

from __future__ import annotations

import errno
import io
from decimal import Decimal

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Page, String

from ocr_studio.core.formats.pdf import pdf_writer
from ocr_studio.core.formats.pdf.pdf_writer import PdfWriter


def make_sheet(pdf: pikepdf.Pdf, content: bytes, **entries: object) -> Page:
    sheet = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 60, 40]), Resources=Dictionary())
    sheet.Contents = pdf.make_stream(content)
    for key, value in entries.items():
        sheet[f"/{key}"] = value
    return Page(pdf.make_indirect(sheet))


def reopen(written: io.BytesIO) -> pikepdf.Pdf:
    opened = pikepdf.open(io.BytesIO(written.getvalue()))
    assert opened.check_pdf_syntax() == []
    return opened


def test_pages_of_several_parts_follow_each_other_with_bookmarks() -> None:
    written = io.BytesIO()
    writer = PdfWriter(written)
    for names in (b"ab", b"c", b"def"):
        with pikepdf.new() as part:
            for each in names:
                part.pages.append(make_sheet(part, b"%c n" % each))
            writer.add_pages(part)
    writer.finish(facts={"/Title": "Zürich – Зошит"}, bookmarks={0: "(first)", 2: "друга", 5: "last"})
    with reopen(written) as opened:
        assert [page.Contents.read_bytes() for page in opened.pages] == [b"%c n" % each for each in b"abcdef"]
        assert opened.docinfo["/Title"] == "Zürich – Зошит"
        with opened.open_outline() as outline:
            assert [item.title for item in outline.root] == ["(first)", "друга", "last"]
            places = [item.destination for item in outline.root]
            assert [opened.pages.index(Page(place[0])) for place in places if isinstance(place, Array)] == [0, 2, 5]


def test_every_kind_of_value_comes_back() -> None:
    values = Dictionary(
        {
            "/Odd#Name (with) <all>/%": Name("/a b#ü"),
            "/Text": String("(half ) \\ é 汉"),
            "/Bytes": String(bytes(range(256))),
            "/Numbers": Array([0, -7, 2**40, Decimal("0.00001"), Decimal("-3.5"), True, False]),
            "/Deep": Array([Array([Dictionary({"/Parent": 1, "/Length": 2})]), Array([])]),
        }
    )
    written = io.BytesIO()
    with pikepdf.new() as part:
        part.pages.append(make_sheet(part, b"", Values=values))
        expected = part.pages[0].obj.Values.unparse()
        writer = PdfWriter(written)
        writer.add_pages(part)
    writer.finish(facts={}, bookmarks={})
    with reopen(written) as opened:
        assert opened.pages[0].obj.Values.unparse() == expected


def test_what_pages_share_is_written_once_and_no_page_beyond_them() -> None:
    written = io.BytesIO()
    writer = PdfWriter(written)
    with pikepdf.new() as part, pikepdf.new() as other:
        shared = part.make_stream(b"shared" * 100)
        note = part.make_indirect(Dictionary(Type=Name.Annot))
        for _ in range(2):
            part.pages.append(make_sheet(part, b"n", Resources=Dictionary(XObject=Dictionary(A=shared)), Note=note))
        first, second = part.pages
        note.P, note.Self = second.obj, note  # back to a page, and to itself
        other.pages.append(make_sheet(other, b"n"))
        first.obj.Elsewhere = part.copy_foreign(other.pages[0].obj)
        writer.add_pages(part)
    writer.finish(facts={}, bookmarks={})
    with reopen(written) as opened:
        assert len(opened.pages) == 2
        one, two = (page.obj for page in opened.pages)
        assert one.Resources.XObject.A.objgen == two.Resources.XObject.A.objgen
        assert one.Resources.XObject.A.read_bytes() == b"shared" * 100
        assert one.Note.P.objgen == two.objgen
        assert one.Note.Self.objgen == one.Note.objgen == two.Note.objgen
        assert Name.Elsewhere not in one
        assert written.getvalue().count(b"/Type /Page ") == 2


def test_without_pages_nothing_is_written() -> None:
    written = io.BytesIO()
    writer = PdfWriter(written)
    writer.finish(facts={"/Title": "empty"}, bookmarks={})
    assert written.getvalue() == b""


def test_values_are_nested_as_deeply_as_qpdf_reads_them() -> None:
    written = io.BytesIO()
    deep = pikepdf.Object.parse(b"[ " * 450 + b"1" + b" ]" * 450)
    with pikepdf.new() as part:
        part.pages.append(make_sheet(part, b"", Deep=deep))
        writer = PdfWriter(written)
        writer.add_pages(part)
    writer.finish(facts={}, bookmarks={})
    with reopen(written) as opened:
        assert opened.pages[0].obj.Deep.unparse() == deep.unparse()


def test_a_file_that_is_too_large_for_its_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_writer, "_MOST_BYTES", 2000)
    writer = PdfWriter(io.BytesIO())
    with pikepdf.new() as part:
        for number in range(20):
            part.pages.append(make_sheet(part, b"%d n" % number))
        with pytest.raises(OSError, match="File too large") as raised:
            writer.add_pages(part)
    assert raised.value.errno == errno.EFBIG
