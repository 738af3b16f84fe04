"""The command ``ocr-studio``: opens the window, or runs a command without one.

Results go to standard output, progress and errors to standard error, one line each. Exit status 0: success; 1: some
items failed; 2: incorrect usage.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Final

from ocr_studio import __version__
from ocr_studio.cli import dataset, evaluate, export, search, synth, train
from ocr_studio.cli import help as help_command
from ocr_studio.cli import models as cli_models
from ocr_studio.cli.console import (
    FAILED,
    GOOD,
    INTERRUPTED,
    MISUSED,
    NOBODY_LISTENS,
    PROGRAM,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    print_written,
    settings_for,
    show_progress,
    written,
)
from ocr_studio.cli.keep_readings import ReadingStore
from ocr_studio.cli.project import add_follow_links, places
from ocr_studio.core import logs, paths, settings, standard_streams
from ocr_studio.core.command_line import CommandParser, json_text, printed, visible
from ocr_studio.core.errors import StudioError, suggest_name
from ocr_studio.core.formats import FORMATS, json_pages
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.output_folder import OutputFile, OutputFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import registry
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Places, Project
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.runtime import choose_runtime
from ocr_studio.jobs.reading import read as reading

_EPILOG: Final = """\
commands:
  read PHOTO…       print the text of photos, or their words as JSON; --keep saves it in a project
  search QUERY      find words on the photos of a project
  export PROJECT    export the photos of a project as text, Markdown, JSON, CSV or cleaned images
  dataset PROJECT   export checked words as a dataset
  evaluate DATA     measure how well photos with known text are read
  models ACTION     list, select, import and export models
  train             train a model on a dataset
  synth             generate synthetic words and boards as a dataset
  help [TOPIC]      show a help page, or list all of them

Use "ocr-studio COMMAND --help" for details. To open a file that has the name of a command, type ./read, for example.
"""
_READ_EPILOG: Final = """\
With --keep, results are saved in the project of the folder, where the window and other commands find them. Photos that
are already in the project are printed as saved, corrections included; --again reads them again without changing your
corrections. While the photos are open in a window, --keep fails and nothing is read.

Only the first page of a file with several pages or frames is read. For more, see "ocr-studio help reading".

JSON: a list with one object for each photo (with --out, one object in each file):
{"image", "width", "height", "words": [{"id", "quad": [[x, y] × 4], "text", "confidence", "alternatives":
[{"text", "confidence"}], "line"}], "text"}; coordinates in pixels of the upright photo, corners clockwise from the
top left of the text.

Exit status 0: all photos were read; 1: some could not be read or saved; 2: incorrect usage.
"""


def main() -> int:
    """Run the command with the arguments of the process. Returns the exit status."""
    standard_streams.prepare()
    try:
        status = run(sys.argv[1:])
        if sys.stdout is not None:  # a program without a console has none on Windows
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except standard_streams.OutputLost as error:
        if error.no_reader:
            return NOBODY_LISTENS
        complain(error.told)
        return FAILED
    except (OSError, MemoryError) as error:
        complain(_refused_by_system(error))
        return FAILED
    finally:
        standard_streams.finish()
    return status


def _refused_by_system(error: OSError | MemoryError) -> StudioError:
    """Turn an unexpected system error into an error message, and log its traceback."""
    try:
        Path.cwd()
    except OSError:
        return StudioError("the current folder no longer exists", remedy="Change to another folder (cd).")
    remedy = ""
    with contextlib.suppress(StudioError), logs.in_log_file():
        logging.getLogger(__name__).error("refused by the system", exc_info=error)
        remedy = f"See {paths.log_dir()} for details."
    if isinstance(error, MemoryError):
        return StudioError("not enough memory", remedy="Close other programs or raise the limit (ulimit -v).")
    return StudioError(error.strerror or str(error), file=error.filename, remedy=remedy)


def run(arguments: Sequence[str]) -> int:
    """Run a command or open the window.

    Returns:
        The exit status.

    Raises:
        KeyboardInterrupt: Ctrl+C was pressed.
        OutputLost: Standard output can't be written.
    """
    command = arguments[0] if arguments else ""
    try:
        if command not in _COMMANDS:
            known = command.startswith("-") or os.path.lexists(command)
            if not known and (remedy := suggest_name(command, _COMMANDS)):
                complain(StudioError(f"“{command}” is neither a command nor a file", remedy=remedy))
                return MISUSED
            return _window(_window_parser().parse_args(arguments))
        parser, work = _COMMANDS[command]
        options = parser().parse_args(arguments[1:])
        photo_file.allow_megapixels(settings.largest_photo())
        with logs.libraries_silenced():
            return work(options)
    except registry.NoSuchModel as error:
        complain(error)
        return MISUSED
    except StudioError as error:
        complain(error)
        return FAILED
    except SystemExit as leaving:  # argparse has printed an error or the help
        return leaving.code if isinstance(leaving.code, int) else MISUSED


# ---------------------------------------------------------------------------------------------------------- arguments


def _window_parser() -> CommandParser:
    parser = CommandParser(
        prog=PROGRAM,
        description="Read, correct and search photos of whiteboards. Without a command, the window opens.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "path", nargs="?", type=given_path, metavar="PHOTO|FOLDER|PROJECT", help="file or folder to open"
    )
    parser.add_argument("--theme", choices=("light", "dark"), help="light or dark window, for this session only")
    parser.add_argument(
        "--scale", type=_percent, metavar="PERCENT", help="size of text and controls, 50 to 400, for this session only"
    )
    parser.add_argument(
        "--language", metavar="LANGUAGE", help='language of the window, for this session only: "en", "de" or "uk"'
    )
    parser.add_argument(
        "--screenshot",
        type=given_path,
        metavar="OUT.png",
        help="save an image of the window with the photo read; needs no display",
    )
    add_overwrite(parser)
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--verbose", action="store_true", help="with --version: also what runs the networks, and why")
    return parser


def _read_parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "read",
        "Print the text on photos, or on all photos in a folder.",
        _READ_EPILOG,
    )
    parser.add_argument("photos", nargs="+", type=given_path, metavar="PHOTO", help="photo or folder of photos")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="output format; default: text")
    parser.add_argument(
        "--out", type=given_path, metavar="DIR", help="write one file for each photo to this folder instead"
    )
    parser.add_argument("--model", metavar="NAME", help='recognizer to use; see "ocr-studio models list"')
    parser.add_argument(
        "--unit", choices=settings.UNITS, help="content of each box in the JSON output; default: as in the settings"
    )
    parser.add_argument(
        "--keep", action="store_true", help="save the results in the project of the folder, as the window does"
    )
    parser.add_argument(
        "--again", action="store_true", help="with --keep: also read photos that are already in the project"
    )
    add_follow_links(parser)
    add_overwrite(parser)
    return parser


def _percent(text: str) -> int:
    number = text.removesuffix("%")
    if not (number.isascii() and number.isdigit() and len(number) <= 3 and 50 <= int(number) <= 400):
        raise argparse.ArgumentTypeError(f"must be a percentage from 50 to 400, not “{visible(text)}”")
    return int(number)


# ----------------------------------------------------------------------------------------------------------- commands


def _window(options: argparse.Namespace) -> int:
    if options.version:
        print(f"{PROGRAM} {__version__}")
        if options.verbose:
            print(choose_runtime(settings.load().runtime).describe())
        return GOOD
    if options.path is not None and not os.path.lexists(options.path):
        raise photo_file.PhotoError("no such file or folder", file=options.path, remedy="Check the path.")
    try:
        from ocr_studio.ui.app import app  # noqa: PLC0415  (loads Qt, which reading does not need)
    except ImportError as error:
        raise StudioError(
            f"can’t load the window: {error}",
            remedy="On Debian or Ubuntu, run: apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1.",
        ) from error

    picture = options.screenshot and OutputFile(options.screenshot, overwrite=options.overwrite)
    return app.run(
        options.path, theme=options.theme, scale=options.scale, language=options.language, screenshot=picture
    )


def _read(options: argparse.Namespace) -> int:
    if options.again and not options.keep:
        complain("--again requires --keep; without it, photos are always read")
        return MISUSED
    preferred = settings_for(["detector"] if options.model else ["detector", "recognizer"])
    chosen = preferred.reader_options()
    if options.model is not None:
        chosen = replace(chosen, model=registry.chosen(options.model))
    if options.unit is not None:
        chosen = replace(chosen, unit=options.unit)
    answer = _ANSWERS[options.format]
    if options.out is not None:
        answer = partial(_answer_in_files, OutputFolder(options.out, overwrite=options.overwrite))
    photos, all_good = _photos(options.photos)
    ocr_service, progress = reading.OcrService(chosen), _Progress(len(photos))
    if options.keep:
        with ReadingStore(photos, preferred, again=options.again, follow_links=options.follow_links) as keeper:
            read = answer(progress.watch(keeper.read(ocr_service)), photos, options)
        return GOOD if all_good and read == len(photos) and not keeper.unkept else FAILED
    events = reading.read_photos(ocr_service, photos, project_of=_project_finder(places(options, preferred)))
    read = answer(progress.watch(events), photos, options)
    return GOOD if all_good and read == len(photos) else FAILED


def _project_finder(where: Places) -> Callable[[Path], Project | None]:
    """Return a function that finds the project of a photo, None without a readable one. Each folder is checked once."""

    @cache
    def of_folder(photo_folder: Path) -> Project | None:
        try:
            found = Project.find(photo_folder, **where)
        except StudioError:  # opening the project reports it; its words are only a help here
            return None
        return found if found.exists else None

    return lambda photo: of_folder(photo.parent)


def _photos(given: Sequence[Path]) -> tuple[list[Path], bool]:
    """Return all photos, those in folders included, and whether every folder could be listed and had photos."""
    found: list[Path] = []
    all_good = True
    for path in given:
        try:
            inside = photo_file.list_photos(path) if paths.is_folder(path) else [path]
            if not inside:
                raise photo_file.PhotoError("no photos in this folder", file=path, remedy="Choose another folder.")
            found += inside
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
    out: OutputFolder, pages: Iterator[Page], photos: Sequence[Path], options: argparse.Namespace
) -> int:
    kind = FORMATS[options.format]
    given = [str(photo) for photo in photos]
    # A photo that is named twice is written once.
    names = dict(zip(dict.fromkeys(given), output_names(dict.fromkeys(given), kind.suffix), strict=True))
    done = [page.image for page in pages if written(out, names[page.image], kind.render([page]))]
    print_written(len(set(done)), len(names), out)
    return len(done)


_ANSWERS: Final = {"text": _answer_as_text, "json": _answer_as_json}


_COMMANDS: Final[Mapping[str, tuple[Callable[[], argparse.ArgumentParser], Callable[[argparse.Namespace], int]]]] = {
    "read": (_read_parser, _read),
    "models": (cli_models.parser, cli_models.work),
    "export": (export.parser, export.work),
    "evaluate": (evaluate.parser, evaluate.evaluate),
    "dataset": (dataset.parser, dataset.work),
    "train": (train.parser, train.train),
    "search": (search.parser, search.work),
    "synth": (synth.parser, synth.work),
    "help": (help_command.parser, help_command.work),
}


# --------------------------------------------------------------------------------------------------- speaking


class _Progress:
    """Progress of reading, on one line of a terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    def watch(self, events: Iterator[reading.ReadingEvent]) -> Iterator[Page]:
        """Yield the pages that were read: the image is the path as given, word ids are w1, w2, … in reading order."""
        for event in events:
            if isinstance(event, reading.PhotoRead):
                self._done += 1
                show_progress("")
                _tell_unread_pages(event.path)
                yield _numbered(replace(event.page, image=str(event.path)))
            elif isinstance(event, reading.PhotoFailed):
                self._done += 1
                show_progress("")
                complain(event.error)
            elif isinstance(event, reading.LoadingRecognizer):
                show_progress("loading the model…")
            elif isinstance(event, reading.WordsRead):
                show_progress(f"photo {self._done + 1} of {self._total}: line {event.done} of {event.total}")


def _tell_unread_pages(path: Path) -> None:
    try:
        pages = photo_file.count_pages(path)
    except StudioError:  # it has been read; it doesn't matter if it was deleted or damaged since
        return
    if pages > 1:
        remedy = "Save the others as separate photos to read them."
        complain(StudioError(f"it has {pages} pages or frames; only the first is read", file=path, remedy=remedy))


def _numbered(page: Page) -> Page:
    """Return the page with word ids that are the same each time it is read."""
    names = {key: f"w{number}" for number, key in enumerate(page_order.order_words(page), start=1)}
    words = {name: replace(page.words[key], id=name) for key, name in names.items()}
    order = tuple(tuple(names[key] for key in line if key in names) for line in page.facts.order)
    return replace(page, words=words, facts=replace(page.facts, order=order))


if __name__ == "__main__":
    sys.exit(main())
