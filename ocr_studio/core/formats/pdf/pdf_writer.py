"""Writes a PDF part by part, so that memory does not grow with its pages: qpdf keeps all objects until it saves.

The file has the plain structure of PDF 1.4: objects one after another, then a table of where each begins. ISO 32000-1,
7.3 (objects) and 7.5 (structure of a file).
"""

from __future__ import annotations

import errno
import hashlib
import os
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO, Final, TypeAlias

import pikepdf
from pikepdf import Name, String

_HEADER: Final = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"
_PAGE_TREE: Final = 1  # the number of this object; others are numbered as they come
_PAGE_TYPES: Final = (Name.Page, Name.Pages)
# No object can begin later: the table has ten digits for it. ISO 32000-1, 7.5.4.
_MOST_BYTES: Final = 10**10 - 1

_Value: TypeAlias = pikepdf.Object | bool | int | Decimal | None


class PdfWriter:
    """A PDF that is being written."""

    def __init__(self, stream: BinaryIO) -> None:
        """Begin a PDF. stream: an empty file; nothing is written to it before there are pages."""
        self._stream, self._length, self._hash = stream, 0, hashlib.sha256()
        # Where each object begins, by their numbers; no object has the number 0.
        self._starts = [0, 0]
        self._pages: list[int] = []

    def add_pages(self, part: pikepdf.Pdf) -> None:
        """Append all pages of a PDF with what they refer to; what they share is written once.

        Args:
            part: The PDF. Its pages must inherit nothing from the tree of pages.

        Raises:
            OSError: It can't be written, or the file becomes too large for a PDF.
        """
        if not self._pages:
            self._write(_HEADER)
        pages = [page.obj for page in part.pages]
        numbers = _Numbers(self, pages)
        self._pages += [numbers.find(page) for page in pages]
        tree = f"/Parent {_PAGE_TREE} 0 R ".encode()
        for page in pages:
            self._write_object(numbers.find(page), b"<< " + tree + numbers.format_entries(page, but="/Parent") + b" >>")
        while numbers.waiting:
            thing = numbers.waiting.popleft()
            if isinstance(thing, pikepdf.Stream):
                self._write_stream(numbers.find(thing), thing, numbers.format_entries(thing, but="/Length"))
            else:
                self._write_object(numbers.find(thing), numbers.format_direct(thing))

    def finish(self, *, facts: Mapping[str, str], bookmarks: Mapping[int, str]) -> None:
        """Write the end of the file; nothing if it has no pages.

        Args:
            facts: What the file says of itself, such as ``{"/Title": …}``.
            bookmarks: Titles by the indices of the pages that they lead to.
        """
        if not self._pages:
            return
        pages = " ".join(f"{number} 0 R" for number in self._pages)
        self._write_object(_PAGE_TREE, f"<< /Type /Pages /Count {len(self._pages)} /Kids [ {pages} ] >>".encode())
        outline = f" /Outlines {self._write_bookmarks(bookmarks)} 0 R" if bookmarks else ""
        catalog, info = self.take_number(), self.take_number()
        self._write_object(catalog, f"<< /Type /Catalog /Pages {_PAGE_TREE} 0 R{outline} >>".encode())
        entries = (key.encode() + b" " + String(value).unparse() for key, value in facts.items())
        self._write_object(info, b"<< " + b" ".join(entries) + b" >>")
        self._write_table(catalog, info)

    def take_number(self) -> int:
        """Return the number of a new object."""
        self._starts.append(0)
        return len(self._starts) - 1

    def _write_bookmarks(self, bookmarks: Mapping[int, str]) -> int:
        """Write bookmarks one below the other, ISO 32000-1, 12.3.3. Returns the number of their outline."""
        outline, numbers = self.take_number(), [self.take_number() for _ in bookmarks]
        ends = f"/First {numbers[0]} 0 R /Last {numbers[-1]} 0 R /Count {len(numbers)}"
        self._write_object(outline, f"<< /Type /Outlines {ends} >>".encode())
        for place, (page, title) in enumerate(bookmarks.items()):
            links = f"/Parent {outline} 0 R /Dest [ {self._pages[page]} 0 R /Fit ]"
            if place > 0:
                links += f" /Prev {numbers[place - 1]} 0 R"
            if place + 1 < len(numbers):
                links += f" /Next {numbers[place + 1]} 0 R"
            self._write_object(numbers[place], b"<< /Title " + String(title).unparse() + f" {links} >>".encode())
        return outline

    def _write_stream(self, number: int, stream: pikepdf.Stream, entries: bytes) -> None:
        data = stream.read_raw_bytes()
        if Name.Filter not in stream:
            data, entries = zlib.compress(data), entries + b" /Filter /FlateDecode"
        head = b"<< " + entries + b" /Length %d >>\nstream\n" % len(data)
        self._write_object(number, head, data, b"\nendstream")

    def _write_object(self, number: int, *body: bytes) -> None:
        if self._length > _MOST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        self._starts[number] = self._length
        self._write(b"%d 0 obj\n" % number, *body, b"\nendobj\n")

    def _write_table(self, catalog: int, info: int) -> None:
        """Write where each object begins, and where this table does."""
        begin, size = self._length, len(self._starts)
        digest = self._hash.hexdigest()[:32]  # the same pages give the same bytes
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        self._write(b"".join(b"%010d 00000 n \n" % start for start in self._starts[1:]))
        trailer = f"/Size {size} /Root {catalog} 0 R /Info {info} 0 R /ID [ <{digest}> <{digest}> ]"
        self._write(f"trailer\n<< {trailer} >>\nstartxref\n{begin}\n%%EOF\n".encode())

    def _write(self, *parts: bytes) -> None:
        for part in parts:
            self._stream.write(part)
            self._hash.update(part)
            self._length += len(part)


class _Numbers:
    """The new numbers of objects of one PDF.

    Attributes:
        waiting: Objects that others refer to, which are still to be written.
    """

    def __init__(self, writer: PdfWriter, pages: Sequence[pikepdf.Object]) -> None:
        self._writer = writer
        self._numbers = {page.objgen: writer.take_number() for page in pages}
        self.waiting: deque[pikepdf.Object] = deque()

    def find(self, thing: pikepdf.Object) -> int:
        """Return the number of an object, a new one if need be; it then waits to be written."""
        if thing.objgen not in self._numbers:
            self._numbers[thing.objgen] = self._writer.take_number()
            self.waiting.append(thing)
        return self._numbers[thing.objgen]

    def format_entries(self, thing: pikepdf.Object, *, but: str = "") -> bytes:
        """Format what is in a dictionary, or in that of a stream, without the key ``but``."""
        return self._format(_list_entries(thing, but))

    def format_direct(self, thing: pikepdf.Object) -> bytes:
        """Format an object itself, not its number."""
        return self._format(_split_object(thing))

    def _format(self, tokens: Sequence[bytes | _Value]) -> bytes:
        """Format values and what is in them. Not recursive: files may nest values more deeply than Python calls."""
        made: list[bytes] = []
        stack = list(reversed(tokens))
        while stack:
            token = stack.pop()
            if isinstance(token, bytes):
                made.append(token)
            else:
                stack += reversed(self._convert(token))
        return b" ".join(made)

    def _convert(self, value: _Value) -> Sequence[bytes | _Value]:
        """Convert a value to tokens; those of the values in it follow later."""
        match value:
            case None:
                return [b"null"]
            case int():  # true and false, too
                return [str(value).lower().encode()]
            case Decimal():
                return [f"{value:f}".encode()]
        if not value.is_indirect:
            return _split_object(value)
        # A link may lead to a page that is not among these.
        if value.objgen not in self._numbers and _is_page(value):
            return [b"null"]
        return [b"%d 0 R" % self.find(value)]


def _split_object(thing: pikepdf.Object) -> Sequence[bytes | _Value]:
    """Convert an object to tokens and the values in it."""
    if isinstance(thing, pikepdf.Array):
        return [b"[", *thing.as_list(), b"]"]
    if isinstance(thing, pikepdf.Dictionary):
        return [b"<<", *_list_entries(thing), b">>"]
    return [thing.unparse()]


def _list_entries(thing: pikepdf.Object, but: str = "") -> Sequence[bytes | _Value]:
    """List the keys of a dictionary, without ``but``, each with its value behind it."""
    return [each for key in sorted(thing.keys()) if key != but for each in (Name(key).unparse(), thing[key])]


def _is_page(thing: pikepdf.Object) -> bool:
    """Whether this is a page, or a node of the tree of pages."""
    return isinstance(thing, pikepdf.Dictionary) and thing.get(Name.Type) in _PAGE_TYPES
