"""The command ``ocr-studio``: opens the window, or runs a command without one.

Results go to standard output, progress and errors to standard error, one line each. Exit status 0: success; 1: some
items failed; 2: incorrect usage; 130: stopped with Ctrl+C.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, cast

from ocr_studio import __version__
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    INTERRUPTED,
    MISUSED,
    NOBODY_LISTENS,
    PROGRAM,
    add_overwrite,
    complain,
    given_path,
    loading,
    png_path,
)
from ocr_studio.core import logs, paths, resources, standard_streams
from ocr_studio.core.command_line import CommandParser, visible
from ocr_studio.core.errors import (
    IMPORT_ERRORS,
    LIBRARY_ERRORS,
    StudioError,
    WrongUsage,
    import_failed,
    library_reason,
    reinstall_remedy,
    suggest_name,
)
from ocr_studio.core.images import photo_limit

_EPILOG: Final = """\
commands:
  read PHOTO…       print the text of photos, or their words as JSON; --keep saves it in a project
  video VIDEO       save and read photos of the board from a video of a lecture
  search QUERY      find words on the photos of a project
  export PROJECT    export the photos of a project as text, PDF, PAGE, ALTO, COCO and other formats
  import PATH       import words from files of other programs into a project
  dataset PROJECT   export checked words as a dataset
  evaluate DATA     measure how well photos with known text are read
  models ACTION     list, use, import and export models
  train             train a model on a dataset
  synth             generate synthetic words and boards as a dataset
  serve             read photos that browsers and programs send over HTTP
  mcp FOLDER…       let an assistant search and read photos
  archive ACTION    read millions of photos into Parquet files, and take samples
  help [TOPIC]      show a help page, or list all of them

Use "ocr-studio COMMAND --help" for details. To open a file that has the name of a command, type ./read, for example.
"""
_COMMANDS: Final = (
    "read",
    "video",
    "search",
    "export",
    "import",
    "dataset",
    "evaluate",
    "models",
    "train",
    "synth",
    "serve",
    "mcp",
    "archive",
    "help",
)
# Modules with other names than their commands: none can be called as a keyword is.
_MODULES: Final = {"import": "import_labels", "mcp": "services.mcp", "serve": "services.serve"}


class _Command(Protocol):
    """What each command's module has."""

    def parser(self) -> argparse.ArgumentParser:
        """Return the parser of the command's arguments."""

    def work(self, options: argparse.Namespace) -> int:
        """Run the command. Returns the exit status."""


def main() -> int:
    """Run the command with the arguments of the process. Returns the exit status."""
    standard_streams.prepare()
    try:
        status = run(sys.argv[1:])
        if sys.stdout is not None:  # a program without a console has none on Windows
            sys.stdout.flush()
    except KeyboardInterrupt as stopped:
        complain(f"Stopped. {stopped}".rstrip())
        return INTERRUPTED
    except standard_streams.OutputLost as error:
        if error.no_reader:
            return NOBODY_LISTENS
        complain(error.told)
        return FAILED
    except (*IMPORT_ERRORS, OSError, MemoryError) as error:
        complain(_refused_by_system(error))
        return FAILED
    finally:
        standard_streams.finish()
    return status


def _refused_by_system(error: Exception) -> StudioError:
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
    if isinstance(error, OSError):
        return StudioError(error.strerror or str(error), file=error.filename, remedy=remedy)
    return import_failed(error)


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
            return _window(_window_options(arguments))
        module = _load(command)
        options = module.parser().parse_args(arguments[1:])
        _limit_photos()
        with logs.libraries_silenced():
            return module.work(options)
    except WrongUsage as error:
        complain(error)
        return MISUSED
    except StudioError as error:
        complain(error)
        return FAILED
    except SystemExit as leaving:  # argparse has printed an error or the help
        return leaving.code if isinstance(leaving.code, int) else MISUSED


def _load(command: str) -> _Command:
    """Import the module of a command. Together they take a second to import, so only the one in use is."""
    with loading():
        return cast("_Command", importlib.import_module(f"ocr_studio.cli.{_MODULES.get(command, command)}"))


def _limit_photos() -> None:
    """Open photos up to the size in the settings."""
    with loading():
        from ocr_studio.core import settings  # noqa: PLC0415  (reads models and word lists; --help does not need it)

    photo_limit.allow_megapixels(settings.largest_photo())


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
        "paths", nargs="*", type=given_path, metavar="PHOTO|FOLDER|PROJECT", help="files or folders to open"
    )
    parser.add_argument("--theme", choices=("light", "dark"), help="light or dark window, for this session only")
    parser.add_argument(
        "--scale", type=_percent, metavar="PERCENT", help="size of text and controls, 50 to 400, for this session only"
    )
    languages = resources.languages()
    parser.add_argument(
        "--language",
        choices=languages,
        metavar="LANGUAGE",
        help=f"language of the window, for this session only: {', '.join(languages)}",
    )
    parser.add_argument(
        "--screenshot",
        type=png_path,
        metavar="OUT.png",
        help="save an image of the window with the photo read; needs no display",
    )
    add_overwrite(parser)
    parser.add_argument(
        "--style-guide",
        action="store_true",
        help="show spacing, type sizes, colours and states of controls on one page, for developers",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--verbose", action="store_true", help="with --version: also what runs the networks, and why")
    return parser


def _window_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _window_parser()
    options = parser.parse_args(arguments)
    if options.verbose and not options.version:
        parser.error("--verbose needs --version")
    if options.screenshot and len(options.paths) > 1:
        parser.error("--screenshot takes only one photo or folder")
    return options


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
            with loading():
                from ocr_studio.core import settings  # noqa: PLC0415
                from ocr_studio.core.runtime import TITLES, choose_runtime  # noqa: PLC0415
            choice = choose_runtime(settings.load().runtime)
            print(choice.describe())
            if choice.notice:
                complain(str(choice.notice))
            package, title = TITLES[choice.runtime]
            try:
                importlib.import_module(package)
            except LIBRARY_ERRORS as error:
                reason = library_reason(error)
                complain(StudioError(f"{title} can’t be loaded: {reason}", remedy=reinstall_remedy(package)))
                return FAILED
        return GOOD
    if options.paths and not any(map(os.path.lexists, options.paths)):
        raise StudioError("no such file or folder", file=options.paths[0], remedy="Check the path.")
    with loading():
        from ocr_studio.core.formats.output_folder import OutputFile  # noqa: PLC0415
    try:
        from ocr_studio.ui.app import app  # noqa: PLC0415  (loads Qt, which reading does not need)
    except ImportError as error:
        raise StudioError(
            f"can’t load the window: {error}",
            remedy="On Debian or Ubuntu, run: apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1.",
        ) from error

    picture = options.screenshot and OutputFile(options.screenshot, overwrite=options.overwrite)
    return app.run(
        options.paths,
        theme=options.theme,
        scale=options.scale,
        language=options.language,
        screenshot=picture,
        style_guide=options.style_guide,
    )


if __name__ == "__main__":
    sys.exit(main())
