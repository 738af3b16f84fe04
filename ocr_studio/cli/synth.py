"""The command ``ocr-studio synth``: generates synthetic words and boards as a dataset for training."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import re
import stat
import sys
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    MISUSED,
    Stopped,
    add_format,
    command_parser,
    complain,
    given_path,
    png_path,
    stopping,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import paths, units
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets.report import Report
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.formats.output_folder import FileTaken, OutputFile
from ocr_studio.core.synth import contact_sheet, source_fingerprints
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.dataset import WORD, SynthSource
from ocr_studio.core.synth.options import GROUNDS, LIMITS, WRITING, BadOptions, SynthOptions
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import PreviewMaker, SampleFailed, SampleMade, Shown, SourcesRead, WritingEvent

_EPILOG: Final = f"""\
Without files of your own, words are drawn with the fonts of this computer and with synthetic handwriting. To get a
dataset worth training on, add real material: --strokes, --fonts, --backgrounds and --word-list.

--writing: default {",".join(f"{name}={share:g}" for name, share in WRITING.items())};
  strokes: recorded words; composed: recorded characters of one writer; handwriting: fonts of --fonts;
  print: fonts of --print-fonts or of this computer; made: synthetic handwriting
--surfaces: default {",".join(f"{name}={share:g}" for name, share in GROUNDS.items())};
  real: photos of --backgrounds
Kinds that are not named, or have no material, are not used. To resume an interrupted run, use the same command again.
For more, see "ocr-studio help synth".

JSON: as for "ocr-studio dataset", plus "lacking": {{font: characters that it lacks}}.

Exit status 0: success; 1: something could not be used or nothing was written; 2: incorrect usage.
"""
_LIST: Final = (
    "text file of words to use instead of those of --languages; numbers, code and symbols are mixed in"
    " unless --only-words is given"
)
_ONLY: Final = (
    "single words are exactly those of the list or the languages, without numbers, code and symbols;"
    " does not affect boards; default: --no-only-words"
)
_PREVIEW_WORDS, _PREVIEW_BOARDS = 12, 2


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "synth",
        "Generate synthetic words and boards with known text, as a dataset for training.",
        _EPILOG,
    )
    made.add_argument("--out", type=given_path, metavar="DIR", help="folder to write the dataset to")
    made.add_argument("--preview", type=png_path, metavar="OUT.png", help="write one image with a few samples instead")
    _add_number(made, "words", "images of single words")
    _add_number(made, "boards", "photos of whole boards, with the position of each word")
    made.add_argument("--fonts", type=given_path, metavar="DIR", help="folder of handwriting fonts")
    made.add_argument("--print-fonts", dest="prints", type=given_path, metavar="DIR", help="folder of other fonts")
    made.add_argument("--backgrounds", type=given_path, metavar="DIR", help="folder of photos of empty boards")
    made.add_argument(
        "--strokes",
        type=given_path,
        action="append",
        metavar="FILE",
        help="recorded pen strokes (.npz); can be repeated",
    )
    made.add_argument("--word-list", type=given_path, metavar="FILE", help=_LIST)
    either = argparse.BooleanOptionalAction  # None if not given: the default, or the value of --like
    made.add_argument("--only-words", action=either, help=_ONLY)
    made.add_argument("--languages", type=_languages, metavar="en,de", help="languages of the words; default: en")
    made.add_argument(
        "--writing", type=_shares, metavar="NAME=SHARE,…", help="shares of the kinds of writing, see below"
    )
    made.add_argument(
        "--surfaces", dest="grounds", type=_shares, metavar="NAME=SHARE,…", help="shares of the surfaces, see below"
    )
    _add_number(made, "spoiled", "photo degradation: 0 clean, 0.5 typical, 1 bad")
    # The names of the two in earlier versions.
    made.add_argument("--grounds", type=_shares, help=argparse.SUPPRESS)
    made.add_argument("--spoiled", type=_number, help=argparse.SUPPRESS)
    _add_number(made, "side", "longer side of a board in pixels; default: 1600")
    _add_number(made, "held_out", "share held out for evaluation; default: 0.1")
    _add_number(made, "seed", "random seed")
    made.add_argument("--cut", action=either, help="add the words of boards as images of single words; default: --cut")
    made.add_argument(
        "--test",
        action=either,
        help="hold out everything, with sources that other datasets don’t use; default: --no-test",
    )
    made.add_argument(
        "--like", type=given_path, metavar="DIR|FILE", help="use the options of this dataset, except those given"
    )
    made.add_argument(
        "--replace",
        action="store_true",
        help="replace a dataset with other options; with --preview, replace any file except a photo",
    )
    made.add_argument("--processes", type=int, metavar="N", help="number of processes; default: one for each core")
    add_format(made, "format of the report")
    return made


def work(options: argparse.Namespace) -> int:
    """Generate a dataset or a preview.

    Returns:
        The exit status.

    Raises:
        StudioError: Nothing can be generated with these options.
        KeyboardInterrupt: Ctrl+C was pressed.
    """
    wrong, wanted = _misused(options), SynthOptions()
    try:
        if not wrong:
            wanted = _wanted(options)
    except BadOptions as error:
        wrong = error.typed
    try:
        if not wrong:
            synth_options.check_options(wanted)
    except BadOptions as error:
        wrong = f"{_flag(error.option)}: {error.typed}" if error.option else error.typed
    if wrong:
        complain(wrong)
        return MISUSED
    if options.preview is None:
        return _write(wanted, options)
    _check_place(options.preview, replace=options.replace)
    return _draw_preview(wanted, options.preview, replace=options.replace)


def _misused(options: argparse.Namespace) -> str:
    """Return what is wrong with the combination of options; empty if nothing is."""
    if options.out is None and options.preview is None:
        return "use --out DIR to write a dataset, or --preview OUT.png to see a few samples"
    if options.out is not None and options.preview is not None:
        return "--out and --preview can’t be combined; use --preview first, then --out to write the dataset"
    if options.processes is not None and options.processes < 1:
        return f"--processes must be 1 or more, not {options.processes}"
    return ""


def _add_number(made: argparse.ArgumentParser, key: str, what: str) -> None:
    low, high = LIMITS[key]
    kind = _whole if isinstance(low, int) else _number
    room = f"{units.plain(low)} to {units.plain(high)}"
    made.add_argument(_flag(key), dest=key, type=kind, metavar="N", help=f"{what}; {room}")


def _number(text: str) -> float:
    """Parse a number, which may have commas between thousands or an exponent.

    Decimal commas are refused, so that “0,1” isn't read as 1.
    """
    try:
        number = float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"“{visible(text)}” is not a number")
    return number


def _whole(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise argparse.ArgumentTypeError(f"“{visible(text)}” is not a whole number")
    return int(number)


def _listed(text: str) -> tuple[str, ...]:
    """Split at commas. Empty parts are refused: they are usually typos."""
    parts = tuple(part.strip() for part in text.split(","))
    if not all(parts):
        raise argparse.ArgumentTypeError(f"“{visible(text)}” has an empty part between commas")
    return parts


def _languages(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ()  # reported when all options are checked
    codes = tuple(code.lower() for code in _listed(text))
    _check_once(codes)
    return codes


def _check_once(names: Sequence[str]) -> None:
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twice is not None:
        raise argparse.ArgumentTypeError(f"“{visible(twice)}” is listed twice")


def _shares(text: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for part in _listed(text):
        name, sign, share = part.partition("=")
        _check_once([*shares, name.strip()])
        try:
            shares[name.strip()] = float(share) if sign else 1.0
        except ValueError:
            raise argparse.ArgumentTypeError(f"“{visible(part)}” is not in the form NAME=SHARE") from None
    return shares


def _wanted(options: argparse.Namespace) -> SynthOptions:
    """Return the options of the dataset, unchecked. Raises BadOptions if ``--like`` has none."""
    like = options.like
    begun = synth_options.load_options(like) if like else SynthOptions(words=0)
    given: dict[str, Any] = {key: getattr(options, key) for key in _GIVEN if getattr(options, key) is not None}
    # Absolute, because the manifest stores paths and --like may run in another folder.
    given = {key: value.absolute() if isinstance(value, Path) else value for key, value in given.items()}
    if options.test is not None:
        given["purpose"] = "test" if options.test else "learn"
    if options.strokes is not None:
        given["strokes"] = tuple(path.absolute() for path in options.strokes)
    if like:
        _tell_others(like, begun, given)
    wanted = replace(begun, **given)
    if options.preview is not None and not wanted.total:
        return replace(wanted, words=_PREVIEW_WORDS, boards=_PREVIEW_BOARDS)
    return wanted


def _tell_others(like: Path, begun: SynthOptions, given: Collection[str]) -> None:
    """Warn if files of the dataset in ``--like`` have changed, so the result will differ, except ``given`` ones."""
    changed = source_fingerprints.find_changed(
        synth_options.load_fingerprints(like), source_fingerprints.compute_fingerprints(begun)
    )
    for key in changed:
        if key in given:
            continue
        files = begun.strokes if key == "strokes" else (getattr(begun, key),)
        what = f"{', '.join(map(str, files))}: {_NOT_AS_BEFORE[key]} since {like} was generated"
        complain(f"{what}; the new dataset will differ")


_NOT_AS_BEFORE: Final = {
    "word_list": "the word list has changed",
    "fonts": "the handwriting fonts have changed",
    "prints": "the print fonts have changed",
    "strokes": "the pen strokes have changed",
    "backgrounds": "the photos of empty boards have changed",
}
_GIVEN: Final = tuple(each.name for each in fields(SynthOptions) if each.name not in {"strokes", "purpose"})


_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
# Names of options that differ from the names of their fields.
_FLAGS: Final = {"prints": "print-fonts", "purpose": "test", "grounds": "surfaces", "spoiled": "degradation"}


def _flag(key: str) -> str:
    """Return the option of a field."""
    return f"--{_FLAGS.get(key, key.replace('_', '-'))}"


def _write(wanted: SynthOptions, options: argparse.Namespace) -> int:
    events = generate.write(wanted, options.out, children=options.processes, replace=options.replace)
    source, report = SynthSource(), None
    try:
        with closing(_watched(events)) as watched:
            for event in watched:
                if isinstance(event, SourcesRead):
                    source = event.source
                elif isinstance(event, Report):
                    report = event
    except KeyboardInterrupt as error:
        clear_progress()
        resumes = generate.can_go_on(wanted, options.out)
        raise Stopped("Run the same command to resume." if resumes else "No dataset was written.") from error
    assert report is not None, "writing ends with its report"
    if options.format == "json":
        said = dataset_report.report_values(report) | {"lacking": dict(source.lacking)}
        print(json_text(said))
    else:
        print("\n".join(map(visible, dataset_report.render(report))))
    for line in _none_held_out(wanted):
        print(visible(line), file=sys.stderr)
    return _complained(report.trouble)


def _none_held_out(wanted: SynthOptions) -> Iterator[str]:
    """Yield a line for each kind of samples that is too few to hold any out."""
    for count, noun in ((wanted.words, "word"), (wanted.boards, "board")):
        if 0 < count < wanted.least_held_out:
            drawn, least = units.counted(count, noun), units.counted(wanted.least_held_out, noun)
            yield f"{drawn}: too few to hold any out; --held-out needs at least {least}"


def _watched(events: Iterator[WritingEvent]) -> Generator[WritingEvent, None, None]:
    """Pass on the events and show the progress."""
    progress = Progress()
    progress.show("loading fonts, strokes and backgrounds")
    for event in events:
        if isinstance(event, SourcesRead):
            clear_progress()
            for line in generate.lacking(event.source):
                print(visible(line), file=sys.stderr)
            if event.done:
                print(f"resumed: {event.done} of {event.total} already generated", file=sys.stderr)
            progress.show("generating", event.done, event.total)
        elif isinstance(event, SampleMade | SampleFailed):
            room = f", {units.size(event.to_come)} to write" if isinstance(event, SampleMade) else ""
            made = f"{units.plain(event.done)} of {units.plain(event.total)}{room}"
            progress.show("generating", event.done, event.total, detail=made)
        else:
            clear_progress()
        yield event


def _check_place(path: Path, *, replace: bool) -> None:
    """Check that a preview can be written, before it is generated. Raises WriteFailed."""
    try:
        OutputFile(path, overwrite=replace).check()
    except FileTaken as error:
        remedy = "Choose another name, or add --replace to overwrite it."
        raise WriteFailed(error.what, file=path, remedy=remedy) from error
    if not paths.exists(path):
        above = next((each for each in path.absolute().parents if paths.exists(each)), None)
        if above is None:
            raise WriteFailed("can’t create a folder for it", file=path, remedy="Choose another place.")
        if not os.access(above, os.W_OK):
            raise WriteFailed("the folder is not writable", file=above, remedy="Choose another place.")
    if paths.exists(path) and not path.stat().st_mode & stat.S_IWUSR:
        raise WriteFailed("the file is write-protected", file=path, remedy="Choose another name.")


def _draw_preview(wanted: SynthOptions, path: Path, *, replace: bool) -> int:
    """Write one image with a few samples. Raises StudioError."""
    words, boards = min(wanted.words, _PREVIEW_WORDS), min(wanted.boards, _PREVIEW_BOARDS)
    refused: Sequence[str] = ()
    shown: list[Shown] = []
    progress = Progress()
    progress.show("loading fonts, strokes and backgrounds")
    with stopping(lambda: "No preview was written."):
        for event in PreviewMaker().show(wanted, words=range(words), boards=range(boards)):
            if isinstance(event, Shown):
                shown.append(event)
                progress.show("generating", len(shown), words + boards)
            else:
                refused = event.refused
    clear_progress()
    data = contact_sheet.encode_png(
        [(each.picture, each.text) for each in shown if each.kind == WORD],
        [each.picture for each in shown if each.kind != WORD],
    )
    with contextlib.suppress(OSError):  # writing the file reports it
        path.parent.mkdir(parents=True, exist_ok=True)
    OutputFile(path, overwrite=replace).write(data)
    print(f"{units.counted(len(shown), 'sample')} in {visible(str(path))}")
    return _complained(refused)


def _complained(lines: Sequence[str]) -> int:
    for line in lines:
        complain(line)
    return FAILED if lines else GOOD
