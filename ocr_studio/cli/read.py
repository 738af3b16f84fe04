"""The command ``ocr-studio read``: the text of photos, or their words as JSON."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Final

from ocr_studio.cli.keep_readings import ReadingStore
from ocr_studio.cli.project import add_follow_links, make_no_photos_error, places
from ocr_studio.cli.settings import complain_of_runtime, settings_for
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    MISUSED,
    add_format,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    print_written,
    stopping,
    written,
)
from ocr_studio.cli.terminal.passwords import PasswordPrompt, add_password_file, list_pdfs
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import paths, settings
from ocr_studio.core.command_line import json_text, printed, visible
from ocr_studio.core.errors import StudioError, WrongUsage
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.documents import json_pages
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.formats.pdf import own_text
from ocr_studio.core.images import page_paths, photo_file, photo_listing, photo_stream
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.models import registry
from ocr_studio.core.page import Page, PageFacts
from ocr_studio.core.project.project import Places, Project
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.units import counted, number_ranges, size
from ocr_studio.jobs.reading import read as reading
from ocr_studio.jobs.reading import read_batch, text_layers
from ocr_studio.jobs.reading.text_layers import FindText

# “-” for standard input, compared by identity: a file may have this name, too.
_PIPED: Final = Path("-")
_MOST_PAGES: Final = 1_000_000
# Name of its output file.
_FILE_NAME: Final = "stdin"
_PLACE: Final = "standard input"
_EXAMPLE: Final = "ocr-studio read - < photo.jpg"

_EPILOG: Final = """\
With --keep, results are saved in the project of the folder, where the window and other commands find them. Photos that
are already in the project are printed as saved, corrections included; --again reads them again without changing your
corrections. While the photos are open in a window, --keep fails and nothing is read.

With - in place of a PHOTO, a photo is read from standard input; its "image" is "-", its file in DIR stdin.txt.

PDF, TIFF, GIF and animated WebP files are read page by page; page 3 of scan.pdf is the photo "scan #3.pdf". Pages of a
PDF that have text of their own are not recognized: their text is used, and a line on standard error says so;
--force-ocr recognizes them, too. The password of a protected PDF is asked for on a terminal; scripts use
--password-file. For more, see "ocr-studio help reading".

JSON: a list with one object for each photo (with --out, one object in each file):
{"image", "width", "height", "words": [{"id", "quad": [[x, y] × 4], "text", "confidence", "alternatives":
[{"text", "confidence"}], "line"}], "text"}; coordinates in pixels of the upright photo, corners clockwise from the
top left of the text. "quad" is null for text that was typed without a box in a project, "confidence" for text that a
PDF has of its own.

Exit status 0: all photos were read; 1: some could not be read or saved; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "read",
        "Print the text on photos, or on all photos in a folder.",
        _EPILOG,
    )
    made.add_argument(
        "photos", nargs="+", type=_photo_path, metavar="PHOTO", help="photo, folder of photos, or - for standard input"
    )
    made.add_argument(
        "--pages",
        type=_page_ranges,
        default=(),
        metavar="PAGES",
        help="pages of PDF, TIFF and GIF files to read, such as 1,3-5; default: all",
    )
    # Named as OCRmyPDF names it. That a text is used by default serves whoever wants the text: it is exact where the
    # page was typeset, and takes milliseconds. Who evaluates or trains asks for pixels, and sees the line that says so;
    # who scanned a page gets it read, as a stamp or a page number on it does not count as its text.
    made.add_argument(
        "--force-ocr", action="store_true", help="also recognize pages of PDF files that have text of their own"
    )
    add_password_file(made)
    add_format(made, "output format")
    made.add_argument(
        "--out", type=given_path, metavar="DIR", help="write one file for each photo to this folder instead"
    )
    made.add_argument("--model", metavar="NAME", help='recognizer to use; see "ocr-studio models list"')
    made.add_argument(
        "--unit", choices=settings.UNITS, help="content of each box in the JSON output; default: as in the settings"
    )
    made.add_argument(
        "--keep", action="store_true", help="save the results in the project of the folder, as the window does"
    )
    made.add_argument(
        "--again", action="store_true", help="with --keep: also read photos that are already in the project"
    )
    add_follow_links(made)
    add_overwrite(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Read photos and print or write the results. Returns the exit status."""
    if options.again and not options.keep:
        complain("--again requires --keep; without it, photos are always read")
        return MISUSED
    if wrong := _misused_pipe(options):
        complain(wrong)
        return MISUSED
    preferred = settings_for(["detector"] if options.model else ["detector", "recognizer"])
    chosen = preferred.reader_options()
    if options.model is not None:
        chosen = replace(chosen, model=registry.chosen(options.model), writer_profiles=())
    if options.unit is not None:
        chosen = replace(chosen, unit=options.unit)
    answer = _ANSWERS[options.format]
    prompt = PasswordPrompt(options.password_file)
    photos, all_good = _photos(options.photos, options.pages, prompt)
    piped = _receive() if any(path is _PIPED for path in photos) else None
    if piped is not None:
        prompt.unlock(piped.data, name=_PLACE)
    find_text = None if options.force_ocr else _make_text_finder(piped)
    ocr_service, watcher = reading.OcrService(chosen), _Watcher(len(photos), piped)
    if options.out is not None:
        answer = partial(_answer_in_files, OutputFolder(options.out, overwrite=options.overwrite), watcher)
    keeper = ReadingStore(photos, preferred, again=options.again, follow_links=options.follow_links)
    with stopping(lambda: _tell_stopped(watcher, options, keeper)):
        if options.keep:
            with keeper:
                read = answer(watcher.watch(keeper.read(ocr_service, find_text=find_text)), photos, options)
            all_good &= not keeper.unkept
            if keeper.known and (options.model is not None or options.unit is not None):
                option = "--unit" if options.model is None else "--model"
                known = counted(keeper.known, "photo")
                complain(f"{known} printed as saved, without {option}; --again reads them again")
        else:
            find_project = _project_finder(places(options, preferred))
            events = reading.read_photos(
                ocr_service,
                photos,
                project_of=find_project,
                facts_of=partial(_find_facts, find_project),
                open_photo=_make_opener(piped),
                find_text=find_text,
            )
            read = answer(watcher.watch(events), photos, options)
    complain_of_runtime(ocr_service)
    return GOOD if all_good and read == len(photos) else FAILED


def _misused_pipe(options: argparse.Namespace) -> str:
    """Return what is wrong with reading from standard input; empty if nothing is."""
    times = sum(path is _PIPED for path in options.photos)
    if times > 1:
        return "“-” can be used only once: standard input holds one photo"
    if times and any(path == _PIPED and path is not _PIPED for path in options.photos):
        return "“-” and “./-” can’t be combined: the results would have the same name"
    if times and options.keep:
        return "“-” and --keep can’t be combined; save the photo to a folder first"
    if times and options.pages:
        return "“-” and --pages can’t be combined; save the file first"
    return ""


def _tell_stopped(watcher: _Watcher, options: argparse.Namespace, keeper: ReadingStore) -> str:
    """Say what was read before Ctrl+C, and where it is."""
    said = f"{watcher.read} of {counted(watcher.total, 'photo')} read"
    lost = min(keeper.unkept if options.keep else watcher.unwritten, watcher.read)
    if options.keep:
        saved = f", but {lost} of them not saved" if lost else " and saved"
        return f"{said}{saved}. Run the same command to read the others."
    if lost:
        return f"{said}, but {lost} of them not written to {options.out}."
    if options.out is None and options.format == "json":
        return f"{said}, and nothing printed. Use --keep or --out to save each photo as it is read."
    return f"{said} and {'printed' if options.out is None else f'written to {options.out}'}."


def _photo_path(text: str) -> Path:
    """Convert an argument to the path of a photo, or to ``_PIPED``; ./- is a file of that name.

    Raises:
        argparse.ArgumentTypeError: The argument is empty.
    """
    return _PIPED if text == "-" else given_path(text)


@dataclass(frozen=True, slots=True)
class _PipedPhoto:
    """The bytes from standard input."""

    data: bytes

    def open(self) -> tuple[RGB, str]:
        """Return the photo, (H, W, 3) uint8 sRGB, upright, and its content id. Raises PhotoError."""
        return photo_file.decode_photo(self.data, name=_PLACE), photo_stream.compute_id(self.data)

    def count_pages(self) -> int:
        """Count its pages or frames. Raises PhotoError."""
        return photo_file.count_pages(self.data, name=_PLACE).count


def _receive() -> _PipedPhoto:
    """Read standard input to its end.

    Raises:
        WrongUsage: It is a terminal.
        StudioError: It is empty, too long, or can't be read.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise _nothing()
    if sys.stdin.isatty():
        raise WrongUsage("“-” reads a photo from standard input, which is a terminal", remedy=f"Use {_EXAMPLE}.")
    try:
        data = sys.stdin.buffer.read(photo_file.MOST_READ + 1)
    except OSError as error:
        raise StudioError(f"it can’t be read: {error.strerror or error}", file=_PLACE) from error
    if not data:
        raise _nothing()
    if len(data) > photo_file.MOST_READ:
        what = f"it is longer than {size(photo_file.MOST_READ)}"
        raise StudioError(what, file=_PLACE, remedy="Save the photo to a file, and read that.")
    return _PipedPhoto(data)


def _make_opener(piped: _PipedPhoto | None) -> Callable[[Path], tuple[RGB, str]]:
    """Return a function that opens photos, the piped one included."""

    def open_photo(path: Path) -> tuple[RGB, str]:
        return piped.open() if piped and path is _PIPED else photo_file.open_photo_with_id(path)

    return open_photo


def _make_text_finder(piped: _PipedPhoto | None) -> FindText:
    """Return a function that finds the text that photos have of their own, the piped one included."""

    def find_text(path: Path) -> tuple[ExchangePage, str] | None:
        if piped is None or path is not _PIPED:
            return text_layers.find_text(path)
        found = own_text.read_data(piped.data, name=_PLACE)
        return None if found is None else (found, photo_stream.compute_id(piped.data))

    return find_text


def _nothing() -> StudioError:
    return StudioError("it is empty", file=_PLACE, remedy=f"Send a photo to it: {_EXAMPLE}.")


def _project_finder(where: Places) -> Callable[[Path], Project | None]:
    """Return a function that finds the project of a photo, None without a readable one. Each folder is checked once."""

    @cache
    def of_folder(photo_folder: Path) -> Project | None:
        try:
            found = Project.find(photo_folder, **where)
        except StudioError:  # opening the project reports it; its words are only a help here
            return None
        return found if found.exists else None

    return lambda photo: None if photo is _PIPED else of_folder(photo.parent)


def _find_facts(find_project: Callable[[Path], Project | None], photo: Path, page_id: str) -> PageFacts:
    """Return who wrote on a photo and how it is turned, if its project says so."""
    project = find_project(photo)
    known = read_batch.load_facts(project, page_id) if project else PageFacts()
    return PageFacts(writer=known.writer, frame=known.frame)


def _page_ranges(text: str) -> tuple[range, ...]:
    """Convert numbers of pages such as 1,3-5,8- to ranges, from 0.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    found = []
    for part in text.split(","):
        if (given := re.fullmatch(r"([1-9][0-9]{0,5})(-([1-9][0-9]{0,5})?)?", part.strip())) is None:
            raise argparse.ArgumentTypeError(f"“{text}” is not a list of pages such as 1,3-5")
        first, to, last = given.groups()
        if last and int(last) < int(first):
            raise argparse.ArgumentTypeError(f"“{part.strip()}” ends before it begins")
        found.append(range(int(first) - 1, int(last) if last else _MOST_PAGES if to else int(first)))
    return tuple(found)


def _select_pages(path: Path, pages: Sequence[range]) -> list[Path]:
    """Return the pages of a photo's file, or those with some of these numbers; raises StudioError if there are none."""
    found = photo_listing.expand_pages(path)
    numbers = [page_paths.find_page(each).page for each in found]
    chosen = [
        each for number, each in zip(numbers, found, strict=True) if not pages or any(number in some for some in pages)
    ]
    if not chosen:
        raise StudioError(f"it has {counted(len(found), 'page')}", file=path, remedy="Choose other --pages.")
    return chosen


def _photos(given: Sequence[Path], pages: Sequence[range], prompt: PasswordPrompt) -> tuple[list[Path], bool]:
    """Return all photos, those in folders included, and whether every folder and file could be listed in full.

    pages: the pages to read of files with several; empty for all.
    """
    found: list[Path] = []
    all_good = True
    for path in given:
        if path is _PIPED:
            found.append(path)
            continue
        try:
            locked = prompt.unlock_all(list_pdfs(path))
            listed = paths.is_folder(path)
            inside = photo_listing.list_photos(path) if listed else _select_pages(path, pages)
            if not inside:
                raise make_no_photos_error(path)
            files = dict.fromkeys(page_paths.find_page(each).file for each in inside)
            for damage in filter(None, map(photo_listing.find_missing_pages, files)):
                complain(damage)
                all_good &= bool(pages)  # those that were asked for are there
            found += [each for each in inside if page_paths.find_page(each).file not in locked]
            all_good &= not locked
        except StudioError as error:
            complain(error)
            all_good = False
    return found, all_good


def _answer_as_text(pages: Iterator[Page], photos: Sequence[Path], _: argparse.Namespace) -> int:
    count, on_terminal = 0, sys.stdout is not None and sys.stdout.isatty()
    for page in pages:
        if len(photos) > 1:
            print(f"{'' if count == 0 else chr(10)}{visible(page.image)}:")
        print(printed(page_order.compose_text(page), terminal=on_terminal), flush=True)
        count += 1
    return count


def _answer_as_json(pages: Iterator[Page], _: Sequence[Path], __: argparse.Namespace) -> int:
    objects = [json_pages.build_page_object(page) for page in pages]
    print(json_text(objects))
    return len(objects)


def _answer_in_files(
    out: OutputFolder,
    watcher: _Watcher,
    pages: Iterator[Page],
    photos: Sequence[Path],
    options: argparse.Namespace,
) -> int:
    kind = FORMATS[options.format]
    # A photo that is named twice is written once.
    given = {str(photo): _FILE_NAME if photo is _PIPED else str(photo) for photo in photos}
    names = dict(zip(given, output_names(given.values(), kind.suffix), strict=True))
    done: list[str] = []
    for page in pages:
        if written(out, names[page.image], kind.render([page])):
            done.append(page.image)
        else:
            watcher.unwritten += 1
    print_written(len(set(done)), len(set(done)), len(names), out)
    return len(done)


_ANSWERS: Final = {"text": _answer_as_text, "json": _answer_as_json}


class _Watcher:
    """Shows the progress of reading.

    Attributes:
        total: Number of photos.
        read: Number of those that were read.
        unwritten: How many of these could not be written to a file.
    """

    def __init__(self, total: int, piped: _PipedPhoto | None) -> None:
        self.total = total
        self.read = self.unwritten = 0
        self._done = 0  # photos that were read or failed
        self._piped = piped
        self._progress = Progress()
        # The file whose pages are being read, and the numbers of those whose own text was used; 0 for its only one.
        self._file: Path | None = None
        self._with_text: list[int] = []

    def watch(self, events: Iterator[reading.ReadingEvent]) -> Iterator[Page]:
        """Yield the pages that were read: the image is the path as given, word ids are w1, w2, … in reading order."""
        self._progress.show("starting")
        for event in events:
            if isinstance(event, reading.PhotoRead):
                self._done += 1
                self._note_own_text(event)
                self._tell_unread_pages(event.path)
                clear_progress()
                yield page_order.number_words(replace(event.page, image=str(event.path)))
                self.read += 1
                self._show(0.0)
            elif isinstance(event, reading.PhotoFailed):
                self._done += 1
                complain(event.error)
            elif isinstance(event, reading.LoadingRecognizer):
                self._progress.show("loading the model")
            elif isinstance(event, reading.LinesCounted):
                self._show(0.0, f", line 0 of {event.lines}", lines=event.lines)
            elif isinstance(event, reading.WordsRead):
                self._show(event.done / event.total, f", line {event.done} of {event.total}", lines=event.total)
        clear_progress()
        self._tell_own_text()

    def _show(self, share: float, line: str = "", *, lines: int = 0) -> None:
        """Show the progress; of a single photo, the lines are measured. share: of the current photo."""
        if self._done >= self.total:
            return
        if self.total == 1:
            self._progress.show("reading", share * lines, lines, detail=line.removeprefix(", "))
        else:
            at = f"photo {self._done + 1} of {self.total}{line}"
            self._progress.show("reading", self._done + share, self.total, detail=at)

    def _note_own_text(self, event: reading.PhotoRead) -> None:
        """Note whether the text of a page was used, which is said once for each file, behind its last page."""
        file, number = (event.path, 0) if event.path is _PIPED else page_paths.find_page(event.path)
        if file != self._file:
            self._tell_own_text()
            self._file = file
        if event.own_text:
            self._with_text.append(number + 1 if file != event.path else 0)

    def _tell_own_text(self) -> None:
        numbers, self._with_text = sorted(set(self._with_text)), []
        if not numbers or self._file is None:
            return
        which = "page" if len(numbers) == 1 else "pages"
        have = "has" if len(numbers) == 1 else "have"
        pages = "it" if numbers == [0] else f"{which} {number_ranges(numbers)}"
        what = f"{pages} {have} text of {'its' if have == 'has' else 'their'} own, which was used"
        file = _PLACE if self._file is _PIPED else self._file
        complain(StudioError(what, file=file, remedy="Use --force-ocr to recognize the pages instead."))

    def _tell_unread_pages(self, path: Path) -> None:
        if path is not _PIPED and path.suffix.lower() in page_paths.PAGED_SUFFIXES:
            return
        try:
            found = self._piped if path is _PIPED else None
            pages = found.count_pages() if found else photo_file.count_pages(path).count
        except StudioError:  # it has been read; it doesn't matter if it was deleted or damaged since
            return
        if pages > 1:
            remedy = "Save the others as separate photos to read them."
            if found:
                remedy = "Save it to a file to read all of them."
            elif path.suffix.lower() == ".png":
                remedy = f"Rename it to {path.with_suffix('.apng').name} to read all of them."
            complain(StudioError(f"it has {pages} pages or frames; only the first is read", file=path, remedy=remedy))
