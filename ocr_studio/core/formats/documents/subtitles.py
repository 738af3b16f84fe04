"""WebVTT: what is written on the board, as subtitles of the video that the photos are from.

A line is shown from when it was first seen until the next one is, or the board is wiped. What the photo before shows
already is not repeated. https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr
from ocr_studio.core.video.video_record import FolderMoments, Moment

# Lines that appear within so many seconds are shown together; none is shown for less.
_TOGETHER: Final = 1.5


def render(pages: Sequence[Page], photos: PhotoSource) -> str:
    """Return the subtitles of a video.

    Raises:
        StudioError: A photo is not from a video, or they are from several.
    """
    found = [(_find_moment(photos.path(page), page), page) for page in pages]
    sources = {moment.path for moment, _ in found}
    if len(sources) > 1:
        raise StudioError(
            tr("the photos are from several videos"),
            file=found[0][0].folder,
            remedy=tr("Keep the photos of each video in a folder of its own."),
        )
    found.sort(key=lambda each: each[0].state.end)
    cues = [cue for number, (moment, page) in enumerate(found) for cue in _list_cues(moment, page, first=number == 0)]
    shown = [f"{_format(start)} --> {_format(end)}\n{text}\n" for start, end, text in cues]
    return "\n".join(["WEBVTT\n", *shown])


def _find_moment(photo: Path, page: Page) -> Moment:
    moment = FolderMoments(photo.parent).find(page.id)
    if moment is None:
        remedy = tr("Choose photos of the board from a video.")
        raise StudioError(tr("this photo is not from a video, so it has no time"), file=photo, remedy=remedy)
    return moment


def _list_cues(moment: Moment, page: Page, *, first: bool) -> Iterator[tuple[float, float, str]]:
    """Yield start, end and text of each cue of a photo. first: whether no photo of the video comes before."""
    state = moment.state
    lines: list[tuple[float, int, str]] = []
    for number, line in enumerate(page_order.find_lines(page)):
        text = " ".join(word.text for word in line if word.text)
        times = [found for word in line if (found := moment.word_times(page, word.quad))]
        # Words that were typed without a box have no time: they belong to the state as a whole.
        seen = min((start for start, _ in times), default=state.start)
        if text and (first or seen >= state.start):
            lines.append((min(seen, state.end), number, text))
    groups: list[tuple[float, list[tuple[int, str]]]] = []
    for seen, number, text in sorted(lines):
        if groups and seen < groups[-1][0] + _TOGETHER:
            groups[-1][1].append((number, text))
        else:
            groups.append((seen, [(number, text)]))
    for (start, texts), follow in zip(groups, [*(each[0] for each in groups), state.end][1:], strict=True):
        yield start, max(follow, start + _TOGETHER), "\n".join(_escape(text) for _, text in sorted(texts))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _format(seconds: float) -> str:
    whole = round(1000 * seconds)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"
