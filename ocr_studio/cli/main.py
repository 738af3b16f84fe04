"""The command ``ocr-studio``: opens the window, or reads, lists and exports without one.

Answers go to standard output, progress and errors to standard error, one line each. Exit status: 0 all went well,
1 some of it did not and the rest was done, 2 it was called wrongly.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
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
    settings_for,
    show_progress,
    written,
)
from ocr_studio.cli.keep_readings import Keeper
from ocr_studio.cli.project import add_follow_links, places
from ocr_studio.core import logs, paths, settings, standard_streams
from ocr_studio.core.command_line import CommandParser, json_text, printed, visible
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import FORMATS, json_pages
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.output_folder import OutputFile, OutputFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import registry as models
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_errors import Places
from ocr_studio.core.reading_order import page_order
from ocr_studio.jobs.reading import read as reading

_EPILOG: Final = """\
commands:
  read PHOTO…       print the text of photos, or their words as JSON; with --keep for the commands below, too
  search QUERY      where on the photos of a project a word stands, or several
  export PROJECT    write what is known about photos as text, Markdown, JSON or CSV, or their cleaned boards
  dataset PROJECT   make a dataset of the words a person has checked
  evaluate DATA     how well photos are read whose words are known
  models list|use…  which models can read, and which one does
  train             learn from a dataset, and compare with the model before
  synth             draw words and boards whose text is known, as a dataset
"ocr-studio COMMAND --help" says more. A file that is called like a command opens as ./read.
"""
# How alike a word and the command must be that it may have been meant for: a letter more, less or changed.
_ALIKE: Final = 0.7
_READ_EPILOG: Final = """\
JSON: one list with one object for each photo (with --out one object in each file):
{"image", "width", "height", "words": [{"id", "quad": [[x, y] × 4], "text", "confidence", "alternatives":
[{"text", "confidence"}], "line"}], "text"}; coordinates in pixels of the upright photo, the corners clockwise from
the text's own top left.

With --keep, what was read stays known: in the project of the photos' folder, where the window keeps it, too, so that
search, export, dataset and the window find it. Photos that are known already are not read again but printed as they
are known, corrections included; --again reads them once more, and what a person wrote stays. While a window has the
photos open, nothing can be kept, and nothing is read.

Of a file with several pages or frames, as a scanned TIFF or an animated GIF, the first alone is read; a line on
standard error says so, and the exit status stays 0.
"""


def main() -> int:
    """The command, as a shell starts it. Returns the exit status."""
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
    """What to tell about something that the system refused where no code expected it. Its traceback is logged."""
    try:
        Path.cwd()
    except OSError:  # then it is no mystery why a file is not found
        return StudioError("the current folder is gone", remedy="Change to another one (cd).")
    remedy = ""
    with contextlib.suppress(StudioError), logs.in_log_file():
        logging.getLogger(__name__).error("refused by the system", exc_info=error)
        remedy = f"Details are in {paths.log_dir()}."
    if isinstance(error, MemoryError):
        return StudioError("there is not enough memory", remedy="Close other programs, or raise the limit (ulimit -v).")
    return StudioError(error.strerror or str(error), file=error.filename, remedy=remedy)


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit status. Raises KeyboardInterrupt and OutputLost."""
    command = arguments[0] if arguments else ""
    try:
        if command not in _COMMANDS:
            if len(arguments) > 1 and (meant := _meant(command)):
                complain(f"there is no command and no file “{command}”; {meant}")
                return MISUSED
            return _window(_window_parser().parse_args(arguments))
        parser, work = _COMMANDS[command]
        options = parser().parse_args(arguments[1:])
        photo_file.allow_megapixels(settings.largest_photo())
        with logs.libraries_silenced():
            return work(options)
    except models.NoSuchModel as error:
        complain(error)
        return MISUSED
    except StudioError as error:
        complain(error)
        return FAILED
    except SystemExit as leaving:  # argparse has said what is wrong, or what was asked
        return leaving.code if isinstance(leaving.code, int) else MISUSED


# ---------------------------------------------------------------------------------------------------------- arguments


def _window_parser() -> CommandParser:
    parser = CommandParser(
        prog=PROGRAM,
        description="Read photos of whiteboards, correct what was read, keep it. Without a command: open the window.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("path", nargs="?", type=given_path, metavar="PHOTO|FOLDER|PROJECT", help="what to open")
    parser.add_argument("--theme", choices=("light", "dark"), help="colours of the window, this time")
    parser.add_argument("--scale", type=_percent, metavar="PERCENT", help="size of everything in the window, 50 to 400")
    parser.add_argument("--language", metavar="LANGUAGE", help='what the window speaks, this time: "en", "de", "uk"')
    parser.add_argument(
        "--screenshot",
        type=given_path,
        metavar="OUT.png",
        help="draw the window, its photo read, into a file; no screen needed",
    )
    add_overwrite(parser)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    return parser


def _read_parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "read",
        "Print what is written on photos; of a folder, on all photos in it.",
        _READ_EPILOG,
    )
    parser.add_argument("photos", nargs="+", type=given_path, metavar="PHOTO", help="photo, or folder of photos")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--out", type=given_path, metavar="DIR", help="write one file for each photo there instead")
    parser.add_argument("--model", metavar="NAME", help='which model reads; see "models list"')
    parser.add_argument(
        "--unit", choices=settings.UNITS, help="what each box of the JSON holds; default: as in the settings"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep what was read, as the window does, in the project of the folder"
    )
    parser.add_argument("--again", action="store_true", help="with --keep: read photos again that are known already")
    add_follow_links(parser)
    add_overwrite(parser)
    return parser


def _percent(text: str) -> int:
    number = text.removesuffix("%")
    if not (number.isascii() and number.isdigit() and len(number) <= 3 and 50 <= int(number) <= 400):
        raise argparse.ArgumentTypeError(f"the scale is a percentage from 50 to 400, not “{visible(text)}”")
    return int(number)


# ----------------------------------------------------------------------------------------------------------- commands


def _window(options: argparse.Namespace) -> int:
    if options.path is not None and not os.path.lexists(options.path):
        meant = _meant(str(options.path))
        remedy = f"Check the path; {meant}" if meant else "Check the path."
        raise photo_file.PhotoError("there is no such file or folder", file=options.path, remedy=remedy)
    try:
        from ocr_studio.ui.app import app  # noqa: PLC0415  (loads Qt, which reading does not need)
    except ImportError as error:
        raise StudioError(
            f"the window cannot be loaded: {error}",
            remedy="On Debian or Ubuntu: apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1.",
        ) from error

    picture = options.screenshot and OutputFile(options.screenshot, overwrite=options.overwrite)
    return app.run(
        options.path, theme=options.theme, scale=options.scale, language=options.language, screenshot=picture
    )


def _meant(word: str) -> str:
    """The command that somebody may have meant who has typed the name of no file; nothing where it is like none."""
    near = [] if os.path.lexists(word) else difflib.get_close_matches(word, _COMMANDS, n=1, cutoff=_ALIKE)
    return f'did you mean "{PROGRAM} {near[0]}"?' if near else ""


def _read(options: argparse.Namespace) -> int:
    if options.again and not options.keep:
        complain("--again means nothing without --keep: photos are then read each time; give both or leave it out")
        return MISUSED
    preferred = settings_for(["detector"] if options.model else ["detector", "recognizer"])
    chosen = preferred.reader_options()
    if options.model is not None:
        chosen = replace(chosen, model=models.chosen(options.model))
    if options.unit is not None:
        chosen = replace(chosen, unit=options.unit)
    answer = _ANSWERS[options.format]
    if options.out is not None:
        answer = partial(_answer_in_files, OutputFolder(options.out, overwrite=options.overwrite))
    photos, all_good = _photos(options.photos)
    desk, progress = reading.ReadingDesk(chosen), _Progress(len(photos))
    if options.keep:
        with Keeper(photos, preferred, again=options.again, follow_links=options.follow_links) as keeper:
            read = answer(progress.watch(keeper.read(desk)), photos, options)
        return GOOD if all_good and read == len(photos) and not keeper.unkept else FAILED
    events = reading.read_photos(desk, photos, project_of=_project_finder(places(options, preferred)))
    read = answer(progress.watch(events), photos, options)
    return GOOD if all_good and read == len(photos) else FAILED


def _project_finder(where: Places) -> Callable[[Path], Project | None]:
    """What says which project a photo has: each folder is asked once. None where there is none that can be read."""

    @cache
    def of_folder(photo_folder: Path) -> Project | None:
        try:
            found = Project.find(photo_folder, **where)
        except StudioError:  # told to whoever opens the project; its words are no more than a help here
            return None
        return found if found.exists else None

    return lambda photo: of_folder(photo.parent)


def _photos(given: Sequence[Path]) -> tuple[list[Path], bool]:
    """The photos meant, those of folders included; and whether every folder could be listed and had some."""
    found: list[Path] = []
    all_good = True
    for path in given:
        try:
            inside = photo_file.photos_in(path) if paths.is_folder(path) else [path]
            if not inside:
                raise photo_file.PhotoError("there is no photo in this folder", file=path, remedy="Give another one.")
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
        print(printed(page_order.text(page), terminal=on_terminal), flush=True)
        count += 1
    return count


def _answer_as_json(pages: Iterator[Page], _: Sequence[Path], __: argparse.Namespace) -> int:
    objects = [json_pages.page_object(page) for page in pages]
    print(json_text(objects))
    return len(objects)


def _answer_in_files(
    out: OutputFolder, pages: Iterator[Page], photos: Sequence[Path], options: argparse.Namespace
) -> int:
    kind = FORMATS["json" if options.format == "json" else "txt"]
    given = [str(photo) for photo in photos]
    # A photo that is given twice is written once.
    names = dict(zip(dict.fromkeys(given), output_names(dict.fromkeys(given), kind.suffix), strict=True))
    return sum(written(out, names[page.image], kind.render([page])) for page in pages)


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
}


# --------------------------------------------------------------------------------------------------- speaking


class _Progress:
    """What is going on, on one line that is written over and over; silent where there is no terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    def watch(self, events: Iterator[reading.ReadingEvent]) -> Iterator[Page]:
        """The pages that were read, named as the photo was given, their words w1, w2, … in reading order."""
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
            elif isinstance(event, reading.Preparing):
                show_progress("loading the recognizer …")
            elif isinstance(event, reading.WordsRead):
                show_progress(f"photo {self._done + 1} of {self._total}: line {event.done} of {event.total}")


def _tell_unread_pages(path: Path) -> None:
    try:
        pages = photo_file.pages_in(path)
    except StudioError:  # it was read; that it is gone or damaged since concerns nobody
        return
    if pages > 1:
        remedy = "Save each as a photo of its own to read them all."
        complain(StudioError(f"it holds {pages} pages or frames; the first alone is read", file=path, remedy=remedy))


def _numbered(page: Page) -> Page:
    """The page with ids that are the same at every reading."""
    names = {key: f"w{number}" for number, key in enumerate(page_order.order(page), start=1)}
    words = {name: replace(page.words[key], id=name) for key, name in names.items()}
    order = tuple(tuple(names[key] for key in line if key in names) for line in page.facts.order)
    return replace(page, words=words, facts=replace(page.facts, order=order))


if __name__ == "__main__":
    sys.exit(main())
