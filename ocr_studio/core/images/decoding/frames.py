"""Pages of a TIFF, and frames of an animation (GIF, WebP, PNG): how many there are, and going to one of them."""

from __future__ import annotations

import os
import warnings
from typing import BinaryIO, Final

from PIL import ImageFile, TiffImagePlugin

from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.core.translation import tr

# Of more pages nobody needs to know how many they are.
MOST_PAGES: Final = 10_000
# Frames of an animation, and their pixels together: one is drawn over all before it, some twenty million pixels a
# second where they are noise.
MOST_FRAMES: Final = 500
_MOST_FRAME_PIXELS: Final = 200_000_000
_ANIMATED: Final = frozenset({"GIF", "WEBP", "PNG"})
_MOST_GIF_BLOCKS: Final = 1_000_000
# Of a TIFF's page, bits of tag 254: a small copy of another page, or a mask of one. TIFF 6.0, section 8.
_NEW_SUBFILE_TYPE, _NO_PAGE_OF_ITS_OWN = 254, 1 | 4
# Where the parts of a page begin, and how long they are: strips, and tiles.
_PARTS: Final = ((273, 279), (324, 325))
# What Pillow warns of where the file ends within the tags of a page.
_CUT_OFF: Final = ("Corrupt EXIF data", "Truncated File Read")
# What it raises there.
_DAMAGED: Final = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)


def count_pages(image: ImageFile.ImageFile, stream: BinaryIO) -> FilePages:
    """Count the pages or frames of an image, by their headers alone.

    Small copies and masks in a TIFF, and what cameras put behind a JPEG (a preview, the other eye, a map of
    brightness), are no pages.
    """
    damaged, most = False, MOST_PAGES
    if image.format in {"JPEG", "MPO"}:
        return FilePages(1)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        pages, damaged = _list_tiff_pages(image, MOST_PAGES + 1)
        count = len(pages)
    elif image.format == "GIF":
        count, damaged = _count_gif_frames(stream)
    else:
        count = max(1, int(getattr(image, "n_frames", 1)))
    if is_animated(image):
        most = _limit_frames(image)
    return FilePages(min(count, most), rest="limit" if count > most else "damaged" if damaged else None)


def is_animated(image: ImageFile.ImageFile) -> bool:
    """Whether an image is in a format of animations: its frames are drawn one over the other."""
    return image.format in _ANIMATED


def seek_page(image: ImageFile.ImageFile, name: str, page: int) -> None:
    """Go to a page of a file with several. Raises PhotoError if there is none of this number."""
    frame: int | None = None
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        pages, _ = _list_tiff_pages(image, page + 1)
        frame = pages[page] if page < len(pages) else None
    elif page == 0 or (is_animated(image) and page < _limit_frames(image)):
        frame = page
    try:
        if frame is not None:
            image.seek(frame)
            return
    except EOFError:
        pass
    what = tr("the file has no page {number}", number=page + 1)
    raise PhotoError(what, file=name, remedy=tr("Check the number of the page."))


def _limit_frames(image: ImageFile.ImageFile) -> int:
    """Return how many frames of an animation are read at most."""
    width, height = image.size
    return max(1, min(MOST_FRAMES, _MOST_FRAME_PIXELS // max(1, width * height)))


def _list_tiff_pages(image: TiffImagePlugin.TiffImageFile, most: int) -> tuple[list[int], bool]:
    """List the numbers of the frames of a TIFF that are pages, the first ``most`` of them.

    Returns:
        The numbers, and whether the file is damaged behind the last one, so that there may have been more. Of a file
        that ends within its first page, that one: opening it tells why it can't be read.
    """
    # Asked for how many there are Pillow counts all, which takes for ever where there are millions.
    own, ends, damaged = [0], [_find_tiff_end(image)], False
    for number in range(1, MOST_PAGES + 1):
        if len(own) >= most:
            break
        try:
            with warnings.catch_warnings(record=True) as noticed:
                warnings.simplefilter("always")
                image.seek(number)
        except EOFError:
            break
        except _DAMAGED:
            damaged = True
            break
        if any(str(each.message).startswith(_CUT_OFF) for each in noticed):
            damaged = True
            break
        kind = image.tag_v2.get(_NEW_SUBFILE_TYPE, 0)
        if not (isinstance(kind, int) and kind & _NO_PAGE_OF_ITS_OWN):
            own.append(number)
            ends.append(_find_tiff_end(image))
    if not damaged:
        return own, False
    size = image.fp.seek(0, os.SEEK_END) if image.fp else 0
    while own and ends.pop() > size:
        own.pop()
    return (own, True) if own else ([0], False)


def _find_tiff_end(image: TiffImagePlugin.TiffImageFile) -> int:
    """Return where the last part of the pixels of the current frame ends, in bytes; 0 if its tags don't say so."""
    ends = [0]
    for begin, length in _PARTS:
        ends += [sum(each) for each in zip(_get_numbers(image, begin), _get_numbers(image, length), strict=False)]
    return max(ends)


def _get_numbers(image: TiffImagePlugin.TiffImageFile, tag: int) -> list[int]:
    values = image.tag_v2.get(tag, ())
    return [each for each in (values if isinstance(values, tuple) else (values,)) if isinstance(each, int)]


def _count_gif_frames(stream: BinaryIO) -> tuple[int, bool]:
    """Count the whole frames of a GIF by its blocks (GIF89a, 15 to 27), and tell whether it is cut off behind them.

    One that is cut off in its first frame counts as that frame: opening it tells why it can't be read. Pillow takes
    longer the more there are, without end.
    """
    stream.seek(10)
    _skip_gif_colours(stream, behind=2)
    frames, damaged = 0, False
    for _ in range(_MOST_GIF_BLOCKS):
        kind = stream.read(1)
        if kind == b",":
            frames += 1
            stream.seek(8, os.SEEK_CUR)
            _skip_gif_colours(stream, behind=1)
        elif kind == b"!":
            stream.seek(1, os.SEEK_CUR)
        else:  # the end, which some programs leave out
            break
        damaged = not _skip_gif_data(stream)
        if damaged:
            frames -= kind == b","
            break
        if frames == MOST_PAGES:
            break
    return (frames, damaged) if frames else (1, False)


def _skip_gif_colours(stream: BinaryIO, *, behind: int) -> None:
    """Read the flags of a colour table, and skip ``behind`` bytes and the table."""
    flags = (stream.read(1) or b"\0")[0]
    stream.seek(behind + (3 << ((flags & 7) + 1) if flags & 0x80 else 0), os.SEEK_CUR)


def _skip_gif_data(stream: BinaryIO) -> bool:
    """Skip data blocks up to an empty one. False if there is none."""
    for _ in range(_MOST_GIF_BLOCKS):
        length = stream.read(1)
        if length in {b"", b"\0"}:
            return length != b""
        stream.seek(length[0], os.SEEK_CUR)
    return False
