"""What ``ocr-studio video`` does: find the states of the board, read their photos, print them with their times."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from ocr_studio.cli.keep_readings import ReadingStore
from ocr_studio.cli.project import add_follow_links
from ocr_studio.cli.settings import complain_of_runtime, settings_for
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    add_format,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    print_written,
    stopping,
    written,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core.command_line import json_text, printed, visible
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.documents import json_pages, subtitles
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.models import registry
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.units import counted
from ocr_studio.core.video import video_record
from ocr_studio.core.video.video_record import format_time
from ocr_studio.jobs.reading import read as reading
from ocr_studio.jobs.video import find_states as job

_EPILOG: Final = """\
Saves a photo of the board, without the lecturer, before much of it is wiped off, for example "lecture 00-12-34.png" for
the board at 12 minutes 34 seconds. The photos are read and saved in the project of their folder, as with
"ocr-studio read --keep", and what is written is saved as subtitles (lecture.vtt). Search then tells the time, too.

The camera may stand or be held by hand. Run the same command again after an interruption: it resumes. Photos that are
already in the project are printed as saved, corrections included. For more, see "ocr-studio help video".

Text: for each photo its name and times, then its text.
JSON: a list with one object for each photo, as "ocr-studio read" prints it, and besides: "start" and "end", the seconds
of the video in which the board was so, and for each word "first" and "last", the seconds at which it was first and last
seen, or null.

Exit status 0: all photos were read; 1: some could not be read or saved; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser("video", "Save and read photos of the board from a video of a lecture.", _EPILOG)
    made.add_argument("video", type=given_path, metavar="VIDEO", help="video, such as MP4, MOV, MKV, WebM or AVI")
    made.add_argument(
        "--out", type=given_path, metavar="DIR", help="folder for the photos; default: a folder beside the video"
    )
    add_format(made, "output format")
    made.add_argument("--model", metavar="NAME", help='recognizer to use; see "ocr-studio models list"')
    made.add_argument("--no-read", action="store_true", help="only save the photos, without reading them")
    add_follow_links(made)
    add_overwrite(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Find the states, read their photos, and print them. Returns the exit status; raises StudioError."""
    folder = options.out or job.default_folder(Path(os.path.abspath(options.video)))
    preferred = settings_for(["detector"] if options.model else ["detector", "recognizer"])
    chosen = preferred.reader_options()
    if options.model is not None:
        chosen = replace(chosen, model=registry.chosen(options.model), writer_profiles=())
    saved, whole = _find(options.video, folder)
    if options.no_read:
        for state in saved:
            print(_title(state))
        return GOOD if whole else FAILED
    photos = [state.path for state in saved]
    keeper = ReadingStore(photos, preferred, follow_links=options.follow_links)
    ocr_service = reading.OcrService(chosen)
    pages: list[Page] = []
    resume = "Run the same command to resume."
    with stopping(lambda: f"{len(pages)} of {counted(len(photos), 'photo')} read and saved. {resume}"), keeper:
        pages.extend(_watch(keeper.read(ocr_service), len(photos)))
    complain_of_runtime(ocr_service)
    moments = video_record.FolderMoments(folder)
    if options.format == "json":
        print(json_text([_build_object(moments, page) for page in pages]))
    else:
        _print_text(saved, pages)
    good = whole and len(pages) == len(photos) and not keeper.unkept
    return GOOD if _write_subtitles(options, folder, photos, pages) and good else FAILED


def _find(video: Path, folder: Path) -> tuple[list[job.StateSaved], bool]:
    """Find the states, with progress.

    Returns:
        The states, and whether the video is whole.

    Raises:
        StudioError: As ``find_states``.
    """
    progress, saved, at, whole = Progress(logged=True), list[job.StateSaved](), 0.0, True
    said = "Run the same command to resume."
    with stopping(lambda: f"{counted(len(saved), 'photo')} saved, up to {format_time(at)}. {said}"):
        for event in job.find_states(video, folder):
            if isinstance(event, job.StateSaved):
                saved.append(event)
            elif isinstance(event, job.VideoProgress):
                at = event.seconds
                doing = "looking at the board" if event.looking else "watching the video"
                total = min(event.total, job.LOOKED_AT) if event.looking else event.total
                of_total = f" of {format_time(total)}" if total else ""
                progress.show(doing, at, total, detail=f"{format_time(at)}{of_total}")
            elif event.record.missing:
                whole = False
                length, missing = format_time(event.record.seconds), format_time(event.record.missing)
                what = f"the file is incomplete: it ends after {length}, {missing} too early"
                complain(
                    StudioError(what, file=video, remedy="What is there was used; copy the video again for the rest.")
                )
    clear_progress()
    return saved, whole


def _watch(events: Iterator[reading.ReadingEvent], total: int) -> Iterator[Page]:
    """Yield the pages that were read, with progress; report photos that could not be read."""
    progress, done = Progress(), 0
    for event in events:
        if isinstance(event, reading.PhotoRead):
            done += 1
            clear_progress()
            yield event.page
        elif isinstance(event, reading.PhotoFailed):
            done += 1
            complain(event.error)
        elif isinstance(event, reading.LoadingRecognizer):
            progress.show("loading the model")
        elif isinstance(event, reading.WordsRead):
            progress.show("reading", done + event.done / event.total, total, detail=f"photo {done + 1} of {total}")
    clear_progress()


def _title(state: job.StateSaved) -> str:
    return f"{visible(state.path.name)} ({format_time(state.start)} to {format_time(state.end)})"


def _print_text(saved: Sequence[job.StateSaved], pages: Sequence[Page]) -> None:
    by_page = {page.id: page for page in pages}
    for number, state in enumerate(saved):
        if (page := by_page.get(state.page)) is not None:
            print(f"{chr(10) if number else ''}{_title(state)}:")
            print(printed(page_order.compose_text(page), terminal=False))


def _build_object(moments: video_record.FolderMoments, page: Page) -> dict[str, object]:
    """Return a page as plain values, with times."""
    built = json_pages.build_page_object(page)
    moment = moments.find(page.id)
    words = built["words"]
    assert isinstance(words, list)
    for each in words:
        times = moment.word_times(page, page.words[each["id"]].quad) if moment else None
        each["first"], each["last"] = times or (None, None)
    start, end = (moment.state.start, moment.state.end) if moment else (None, None)
    return {**built, "start": start, "end": end}


def _write_subtitles(options: argparse.Namespace, folder: Path, photos: Sequence[Path], pages: Sequence[Page]) -> bool:
    """Write the subtitles of the video. Returns whether that succeeded."""
    if not pages:
        return False
    paths = {page.id: path for path, page in zip(photos, pages, strict=False)}
    source = PhotoSource(lambda page: folder / page.image if page.id not in paths else paths[page.id], folder)
    try:
        data = subtitles.render(pages, source)
    except StudioError as error:
        complain(error)
        return False
    out = OutputFolder(folder, overwrite=options.overwrite)
    name = f"{options.video.stem}.vtt"
    if not written(out, name, data):
        return False
    if options.format == "text":
        print()
        print_written(1, len(pages), len(photos), out)
    return True
