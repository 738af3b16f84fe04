"""Photos: mutated ones of every format, headers that lie, bombs, what is no plain file, odd names."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageCms, TiffImagePlugin

from tests import drawn
from tests.hostile import samples
from tests.hostile.mutations import NAMES, broken_bytes
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Command, Kind, Trial

_COMMANDS: Final[Sequence[Command]] = (
    ("@open", "{in}"),
    ("read", "{in}"),
    ("read", "{in}", "--format", "json"),
    ("read", "{in}", "--out", "{out}"),
    ("read", "{in}", "--keep"),
)


def _trial(what: str, name: str, chance: random.Random) -> Trial:
    """The photo by itself, and its folder."""
    commands = [("@look", f"{{in}}/{name}"), chance.choice(_COMMANDS), chance.choice(_COMMANDS)]
    chance.shuffle(commands)
    return Trial(what, commands, lines=4)


def mutated(place: Sandbox, chance: random.Random) -> Trial:
    kind, ending = chance.choice(list(samples.FORMATS.items()))
    place.put(f"photo{ending}", broken_bytes(samples.photo(kind), chance))
    place.put("good.png", samples.photo("PNG"))
    return _trial(f"a mutated {kind}", f"photo{ending}", chance)


def _frames(kind: str, count: int) -> bytes:
    others = [samples.picture(number) for number in range(count - 1)]
    return samples.saved(samples.picture(), kind, save_all=True, append_images=others)


def mutated_frames(place: Sandbox, chance: random.Random) -> Trial:
    kind = chance.choice(("GIF", "TIFF", "PNG", "WEBP", "MPO"))
    name = f"frames{samples.FORMATS.get(kind, '.mpo')}"
    place.put(name, broken_bytes(_frames(kind, 3), chance))
    return _trial(f"a mutated {kind} of three frames", name, chance)


def mutated_facts(place: Sandbox, chance: random.Random) -> Trial:
    """EXIF, and a profile, broken."""
    kind = chance.choice(("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = chance.choice((broken_bytes(profile, chance), profile[: chance.randrange(len(profile))], b""))
    exif = drawn.exif(chance.randrange(20))
    options = {"exif": broken_bytes(exif, chance) if chance.random() < 0.7 else exif}
    name = f"facts{samples.FORMATS[kind]}"
    image = samples.picture().convert(chance.choice(("RGB", "L"))) if kind != "HEIF" else samples.picture()
    try:
        place.put(name, samples.saved(image, kind, icc_profile=profile or None, **options))
    except Exception:  # noqa: BLE001  (Pillow refuses to write it)
        place.put(name, samples.saved(image, kind, icc_profile=profile or None))
    return _trial(f"a {kind} with broken EXIF and profile", name, chance)


def truncated_profile(place: Sandbox, chance: random.Random) -> Trial:
    """A profile whose tags, names and labels above all, end before they should."""
    kind = chance.choice(("JPEG", "PNG", "TIFF"))
    modes = {"JPEG": ("CMYK", "RGB", "L"), "PNG": ("RGB", "L", "P"), "TIFF": ("LAB", "CMYK", "RGB", "L")}
    mode = chance.choice(modes[kind])
    table = np.linspace(0, 255, 48).astype(np.uint8).reshape(2, 2, 2, 2, 3)
    primaries = np.array([[0.4361, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]])
    whole = drawn.cmyk_profile(table) if mode == "CMYK" else drawn.matrix_profile(primaries, gamma=2.2)
    made = bytearray(whole)
    for _ in range(chance.choice((1, 2, 5))):
        tag = 132 + 12 * chance.randrange(5)
        made[tag + 4 : tag + 12] = struct.pack(
            ">II", chance.choice((0, 1, len(made) - 1, 2**31)), chance.choice((0, 1, 7, 2**31, 2**32 - 1))
        )
    cut = bytes(made)[: chance.choice((len(made), 100, 128, 131, chance.randrange(1, len(made))))]
    name = f"profile{samples.FORMATS[kind]}"
    image = Image.new("LAB", (64, 48)) if mode == "LAB" else samples.picture().convert(mode)
    place.put(name, samples.saved(image, kind, icc_profile=cut))
    return _trial(f"a {kind} ({mode}) with a truncated profile", name, chance)


def lying_size(place: Sandbox, chance: random.Random) -> Trial:
    """A header that says other sides than there are."""
    width, height = chance.choice(
        (
            (30_000, 30_000),
            (65_535, 65_535),
            (1, 2**31 - 1),
            (2**31 - 1, 1),
            (0, 0),
            (0, 9),
            (65_535, 3000),
            (500, 4),
            (4, 60_000),
        )
    )
    kind = chance.choice(("PNG", "PNG1", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF", "HEIF"))
    if kind.startswith("PNG"):
        depth = 1 if kind == "PNG1" else 8
        data = drawn.png((width, height, depth, 0 if depth == 1 else 2), bytes(4000))
        kind = "PNG"
    else:
        data = samples.photo(kind)
        w16, h16 = min(width, 65_535), min(height, 65_535)
        old = {
            "JPEG": (struct.pack(">HH", 96, 160), struct.pack(">HH", h16, w16)),
            "BMP": (struct.pack("<ii", 160, 96), struct.pack("<ii", width, height)),
            "GIF": (struct.pack("<HH", 160, 96), struct.pack("<HH", w16, h16)),
            "WEBP": (struct.pack("<HH", 160, 96), struct.pack("<HH", w16 & 0x3FFF, h16 & 0x3FFF)),
            "TIFF": (struct.pack("<HHII", 256, 3, 1, 160), struct.pack("<HHII", 256, 4, 1, width)),
        }.get(kind, (struct.pack(">II", 160, 96), struct.pack(">II", width, height)))
        data = data.replace(*old)
    name = f"size{samples.FORMATS[kind]}"
    place.put(name, data)
    return _trial(f"a {kind} that says {width} × {height}", name, chance)


def extreme_aspect(place: Sandbox, chance: random.Random) -> Trial:
    """One pixel wide or high, as long as the limit on pixels allows, all of it there."""
    length = chance.choice((199_999_999, 100_000_000, 20_000_000))
    size = (1, length) if chance.random() < 0.7 else (length, 1)
    pack = zlib.compressobj(1)
    row, rows = (bytes(2), size[1]) if size[0] == 1 else (b"\0" + bytes(length), 1)
    block = row * max(1, min(rows, 1 << 20))
    pixels = [pack.compress(block) for _ in range(len(row) * rows // len(block))] + [pack.flush()]
    header = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)
    chunks = (
        drawn.png_chunk(b"IHDR", header),
        drawn.png_chunk(b"IDAT", b"".join(pixels)),
        drawn.png_chunk(b"IEND", b""),
    )
    place.put("thin.png", b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return _trial(f"a PNG of {size[0]} × {size[1]} pixels", "thin.png", chance)


def thin(place: Sandbox, chance: random.Random) -> Trial:
    """Extreme sides, but few pixels."""
    size = chance.choice(((1, 60_000), (60_000, 1), (2, 30_000), (1, 1), (65_000, 2), (3, 1)))
    kind = chance.choice(("PNG", "BMP", "TIFF", "GIF"))
    name = f"thin{samples.FORMATS[kind]}"
    place.put(name, samples.saved(Image.new("L", size, 200), kind))
    return _trial(f"a {kind} of {size[0]} × {size[1]} pixels", name, chance)


def _tiff(tags: Sequence[tuple[int, int, int, int]], data: bytes) -> bytes:
    """A TIFF of one page from its tags (number, type, count, value)."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + bytes(4)


def large_tiff(place: Sandbox, chance: random.Random) -> Trial:
    """Deflated floats of 196 megapixels: a small file, gigabytes in memory."""
    side = chance.choice((14_000, 12_000))
    rows = zlib.compress(bytes(side * side * 4), 1)
    return _put_tiff(place, chance, f"a deflated float TIFF of {side} × {side}", side, rows)


def _put_tiff(place: Sandbox, chance: random.Random, what: str, side: int, rows: bytes) -> Trial:
    tags = [
        (256, 4, 1, side),
        (257, 4, 1, side),
        (258, 3, 1, 32),
        (259, 3, 1, 8),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, side),
        (279, 4, 1, len(rows)),
        (339, 3, 1, 3),
    ]
    place.put("floats.tif", _tiff(tags, rows))
    return _trial(what, "floats.tif", chance)


def odd_tiff(place: Sandbox, chance: random.Random) -> Trial:
    """Tags of other kinds, counts that lie, pages in a circle."""
    tags = [
        (256, 4, 1, 64),
        (257, 4, 1, 64),
        (258, 3, 1, chance.choice((1, 7, 8, 16, 32, 64, 65_535))),
        (259, 3, 1, chance.choice((1, 2, 3, 4, 5, 6, 7, 8, 32773, 34712, 50000, 65_535))),
        (262, 3, 1, chance.choice((0, 1, 2, 3, 5, 6, 8, 32803))),
        (273, 4, chance.choice((1, 2**30)), chance.choice((8, 0, 2**31))),
        (277, 3, 1, chance.choice((0, 1, 3, 255, 65_535))),
        (278, 4, 1, chance.choice((0, 1, 64, 2**32 - 1))),
        (279, 4, 1, chance.choice((0, 4096, 2**32 - 1))),
        (339, 3, 1, chance.choice((1, 2, 3, 4, 9))),
    ]
    made = _tiff(tags, bytes(4096))
    if chance.random() < 0.3:  # the next page is this one
        made = made[:-4] + made[4:8]
    place.put("odd.tif", made)
    return _trial("a TIFF with odd tags", "odd.tif", chance)


def odd_mode(place: Sandbox, chance: random.Random) -> Trial:
    mode, kind = chance.choice(
        (
            ("I;16", "PNG"),
            ("I;16", "TIFF"),
            ("I", "TIFF"),
            ("F", "TIFF"),
            ("CMYK", "TIFF"),
            ("LAB", "TIFF"),
            ("YCbCr", "TIFF"),
            ("1", "PNG"),
            ("1", "TIFF"),
            ("P", "GIF"),
            ("P", "PNG"),
            ("LA", "PNG"),
            ("RGBA", "TIFF"),
            ("CMYK", "JPEG"),
            ("1", "BMP"),
        )
    )
    image = (
        samples.picture().convert("L").convert("I" if mode == "I;16" else mode)
        if mode != "LAB"
        else Image.new(mode, (64, 48))
    )
    if mode == "F":
        values = np.array([np.nan, np.inf, -np.inf, 1e38, -1e38, 0], np.float32)
        image = Image.fromarray(values[np.arange(64 * 48).reshape(48, 64) % 6])
    name = f"mode{samples.FORMATS[kind]}"
    data = samples.saved(image.convert("I;16") if mode == "I;16" else image, kind)
    place.put(name, broken_bytes(data, chance) if chance.random() < 0.4 else data)
    return _trial(f"a {kind} of mode {mode}", name, chance)


def packed_text(place: Sandbox, chance: random.Random) -> Trial:
    """Texts and profiles in a PNG that unpack to much more than they are."""
    bomb = zlib.compress(bytes(64 << 20), 9)
    kind = chance.choice((b"zTXt", b"iTXt", b"iCCP"))
    body = {b"zTXt": b"a\0\0" + bomb, b"iTXt": b"a\0\1\0\0\0" + bomb, b"iCCP": b"p\0\0" + bomb}[kind]
    chunks = [drawn.png_chunk(kind, body) for _ in range(chance.choice((1, 40)))]
    place.put("texts.png", drawn.png((64, 48, 8, 2), bytes(48 * 193), *chunks))
    return _trial(f"a PNG with packed {kind.decode()}", "texts.png", chance)


def many_parts(place: Sandbox, chance: random.Random) -> Trial:
    """Thousands of chunks, segments or frames."""
    way = chance.choice(("chunks", "segments", "frames"))
    if way == "chunks":
        chunk = drawn.png_chunk(b"tEXt", b"a\0b")
        name, data = "many.png", drawn.png((64, 48, 8, 2), bytes(48 * 193), *[chunk] * 50_000)
    elif way == "segments":
        name, data = "many.jpg", samples.photo("JPEG")[:2] + b"\xff\xfe\0\x04ab" * 100_000 + samples.photo("JPEG")[2:]
    else:
        one = samples.saved(Image.new("P", (8, 8)), "GIF")
        name, data = "many.gif", one[:-1] + one[one.index(b",") : -1] * 30_000 + b";"
    place.put(name, data)
    return _trial(f"a photo of many {way}", name, chance)


def sparse(place: Sandbox, chance: random.Random) -> Trial:
    kind, ending = chance.choice(list(samples.FORMATS.items()))
    size = chance.choice((1_900_000_000, 2**31 + 5, 2**40, 300_000_000))
    beginning = samples.photo(kind)[: chance.choice((0, 8, 64, 100_000))]
    place.sparse(f"sparse{ending}", size, beginning)
    return _trial(f"a sparse file of {size} bytes called {ending}", f"sparse{ending}", chance)


def no_file(place: Sandbox, chance: random.Random) -> Trial:
    """What is called like a photo and is no plain file."""
    targets = (
        "/proc/self",
        "/proc/self/mem",
        "/proc/self/environ",
        "/proc/self/maps",
        "/dev/zero",
        "/dev/full",
        "/dev/tty",
        "/dev/stdin",
        "/dev/random",
        "/proc/self/fd/0",
        "/proc/kmsg",
        "/sys",
        "photo.jpg",
        "missing",
        "/",
        ".",
        "x" * 300,
        "/proc/self/cwd/stranger/photo.jpg",
    )
    way = chance.randrange(5)
    if way == 0:
        place.pipe("photo.jpg")
    elif way == 1:
        (place.stranger / "photo.jpg").mkdir()
    elif way == 2:
        os.mknod(place.stranger / "photo.jpg", stat.S_IFSOCK | 0o600)
    else:
        target = chance.choice((*targets, *targets[:4] * 3))  # those have surprised most
        place.link("photo.jpg", target)
    place.put("good.png", samples.photo("PNG"))
    return Trial(
        "what is no plain file, called photo.jpg",
        [
            (chance.choice(("@look", "@open")), "{in}/photo.jpg"),
            ("read", "{in}/photo.jpg", "{in}/good.png", *chance.choice(((), ("--keep",)))),
        ],
    )


def polyglot(place: Sandbox, chance: random.Random) -> Trial:
    """Files that are two things at once."""
    kind, ending = chance.choice(list(samples.FORMATS.items()))
    other = chance.choice(
        (
            samples.model_archive(),
            b"<html><script>alert(1)</script>",
            b"%PDF-1.7\n",
            b"#!/bin/sh\ntouch ~/PWNED\n",
            samples.photo("TIFF"),
            b"<?php system('id') ?>",
            samples.photo("GIF"),
            b"\x7fELF" + bytes(200),
            b"SQLite format 3\0",
        )
    )
    whole = samples.photo(kind)
    data = chance.choice((whole + other, other + whole, whole[: len(whole) // 2] + other, other))
    place.put(f"both{ending}", data)
    return _trial(f"a {kind} that is something else, too", f"both{ending}", chance)


def odd_name(place: Sandbox, chance: random.Random) -> Trial:
    name = chance.choice(NAMES) + chance.choice((".png", ".jpg", ".PNG", ""))
    place.put(name, chance.choice((samples.photo("PNG"), samples.photo("JPEG"), b"", b"\0" * 50)))
    commands = [
        (*chance.choice(_COMMANDS),),
        ("@look", f"{{in}}/{name}"),
        ("read", f"{{in}}/{name}", "--out", "{out}", "--format", "json"),
    ]
    return Trial(f"a photo called {ascii(name)[:60]}", commands)


def many_pages(place: Sandbox, chance: random.Random) -> Trial:
    """A TIFF whose pages are of different sizes, one of them a bomb."""
    pages = [samples.picture(), Image.new("1", (chance.choice((20_000, 3)), 9000)), samples.picture(100)]
    stream = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(stream) as writer:
        for page in pages:
            page.save(writer, format="TIFF", compression=chance.choice((None, "tiff_lzw", "tiff_adobe_deflate")))
            writer.newFrame()
    place.put("pages.tif", broken_bytes(stream.getvalue(), chance) if chance.random() < 0.5 else stream.getvalue())
    return _trial("a TIFF of unlike pages", "pages.tif", chance)


KIND: Final = Kind(
    "pictures",
    [
        Attack(mutated),
        Attack(mutated_frames),
        Attack(mutated),
        Attack(mutated_facts),
        Attack(truncated_profile),
        Attack(mutated),
        Attack(lying_size),
        Attack(thin),
        Attack(mutated),
        Attack(odd_tiff),
        Attack(odd_mode),
        Attack(mutated),
        Attack(sparse),
        Attack(no_file),
        Attack(polyglot),
        Attack(odd_name),
        Attack(mutated_facts),
        Attack(extreme_aspect, heavy=True),
        Attack(large_tiff, heavy=True),
        Attack(packed_text, heavy=True),
        Attack(many_parts, heavy=True),
        Attack(many_pages),
        Attack(mutated),
        Attack(no_file),
    ],
    share=3.0,
)
