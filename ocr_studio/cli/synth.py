"""The command ``ocr-studio synth``: made-up words and boards with known truth, as a dataset to learn from."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import re
import stat
import sys
import time
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ocr_studio.cli.console import FAILED, GOOD, MISUSED, command_parser, complain, given_path, show_progress
from ocr_studio.core import paths, units
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets.report import Report
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.formats.output_folder import FileTaken, OutputFile
from ocr_studio.core.synth import contact_sheet, source_fingerprints
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.dataset import WORD, Source
from ocr_studio.core.synth.options import GROUNDS, LIMITS, WRITING, BadOptions, SynthOptions
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import Preview, SampleFailed, SampleMade, Shown, SourcesRead, WritingEvent

_EPILOG: Final = f"""\
Without files of yours, words are written by fonts of this computer and by hands that the program makes up, on grounds
that it makes up. What makes it worth learning from: --strokes, --fonts, --backgrounds and --word-list.

NAME=SHARE,… of --writing: {", ".join(f"{name}={share:g}" for name, share in WRITING.items())}.
strokes: words as people wrote them; composed: put together from one person's letters; handwriting: fonts of --fonts;
print: fonts of --print-fonts, or of this computer; made: hands that the program makes up.
NAME=SHARE,… of --grounds: {", ".join(f"{name}={share:g}" for name, share in GROUNDS.items())}.
real: photos of --backgrounds. What is not named does not come; what there is nothing for is left out.

DIR is then a dataset like any other (see dataset --help): "ocr-studio train --dataset DIR --name NAME" learns to read
from its words, with --detector to find words from its boards; "ocr-studio evaluate DIR" measures on them. Its
manifest.json says how it was made; --like DIR makes it so again. What is held out shares no font, hand or photo of a
board with the rest. --test takes fonts, hands and photos that come in no dataset made without it.
Interrupted or killed, the same command goes on where it was.

JSON: as of "dataset", and "lacking": {{font: letters it has not, so that it was not asked for words with them}}.

Exit status: 0 all went well, 1 something could not be used or nothing was written, 2 it was called wrongly.
"""
_LIST: Final = (
    "text file of words, instead of those of --languages; figures, code and signs come among them and beside them all"
    " the same, but for --only-words"
)
_ONLY: Final = (
    "single words are nothing but those of the list, or of the languages, as they stand there; boards, and the words"
    " cut from boards, still have figures, names, dates, code and formulas; default: --no-only-words"
)
_PREVIEW_WORDS, _PREVIEW_BOARDS = 12, 2


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = command_parser(
        "synth",
        "Draw words and whole boards whose text is known, and write them as a dataset to learn from.",
        _EPILOG,
    )
    made.add_argument("--out", type=given_path, metavar="DIR", help="folder to write the dataset to")
    made.add_argument("--preview", type=given_path, metavar="OUT.png", help="draw a few of them on one picture instead")
    _add_number(made, "words", "pictures of single words")
    _add_number(made, "boards", "photos of whole boards, with the places of all words; about half a second each")
    made.add_argument("--fonts", type=given_path, metavar="DIR", help="folder of handwriting fonts")
    made.add_argument("--print-fonts", dest="prints", type=given_path, metavar="DIR", help="folder of other fonts")
    made.add_argument("--backgrounds", type=given_path, metavar="DIR", help="folder of photos of empty boards")
    made.add_argument(
        "--strokes", type=given_path, action="append", metavar="FILE", help="pen strokes (.npz); may be given twice"
    )
    made.add_argument("--word-list", type=given_path, metavar="FILE", help=_LIST)
    either = argparse.BooleanOptionalAction  # neither given: as ever, or as --like has it
    made.add_argument("--only-words", action=either, help=_ONLY)
    made.add_argument("--languages", type=_languages, metavar="en,de", help="whose words are written; default: en")
    made.add_argument("--writing", type=_shares, metavar="NAME=SHARE,…", help="how often who writes")
    made.add_argument("--grounds", type=_shares, metavar="NAME=SHARE,…", help="how often on what")
    _add_number(made, "spoiled", "0: clean photos, 0.5: as people take them, 1: bad ones")
    _add_number(made, "side", "pixels of a board's longer side; default: 1600")
    _add_number(made, "held_out", "share to measure by, not to learn from; default: 0.1")
    _add_number(made, "seed", "other samples for another one")
    made.add_argument(
        "--cut", action=either, help="words of boards come as pictures of single words, too; default: --cut"
    )
    made.add_argument("--test", action=either, help="all of it is to measure by, see below; default: --no-test")
    made.add_argument("--like", type=given_path, metavar="DIR|FILE", help="as this one was made, but for what is given")
    made.add_argument(
        "--replace",
        action="store_true",
        help="write over a dataset drawn by other options in that folder, or with --preview over any file but a photo",
    )
    made.add_argument("--processes", type=int, metavar="N", help="that draw; default: one for each core")
    made.add_argument("--format", choices=("text", "json"), default="text", help="of the report; default: text")
    return made


def work(options: argparse.Namespace) -> int:
    """Do what is asked. Returns the exit status; raises StudioError and KeyboardInterrupt."""
    wrong, wanted = _misused(options), SynthOptions()
    try:
        if not wrong:
            wanted = _wanted(options)
    except BadOptions as error:
        wrong = error.typed
    try:
        if not wrong:
            synth_options.check(wanted)
    except BadOptions as error:
        flag = _FLAGS.get(error.option, error.option.replace("_", "-"))
        wrong = f"--{flag}: {error.typed}" if flag else error.typed
    if wrong:
        complain(wrong)
        return MISUSED
    if options.preview is None:
        return _write(wanted, options)
    _check_place(options.preview, replace=options.replace)
    return _draw_preview(wanted, options.preview, replace=options.replace)


def _misused(options: argparse.Namespace) -> str:
    """What is wrong with how it was called, as far as that shows at once."""
    if options.out is None and options.preview is None:
        return "give --out DIR to write a dataset, or --preview OUT.png to look at a few"
    if options.out is not None and options.preview is not None:
        return "both --out and --preview are given; give --out to write a dataset, or --preview to look at a few first"
    if options.processes is not None and options.processes < 1:
        return f"--processes cannot be {options.processes}; give 1 or more"
    if options.preview is not None and options.preview.suffix.lower() != ".png":
        return f"--preview: “{options.preview}” is no name of a PNG picture; give one that ends in .png"
    return ""


def _add_number(made: argparse.ArgumentParser, key: str, what: str) -> None:
    low, high = LIMITS[key]
    kind = _whole if isinstance(low, int) else _number
    room = f"{units.plain(low)} to {units.plain(high)}"
    made.add_argument(f"--{key.replace('_', '-')}", type=kind, metavar="N", help=f"{what}; {room}")


def _number(text: str) -> float:
    """As people write it, with a comma between thousands or an exponent. A comma before decimals, as some languages
    have it, is refused: “0,1” is not 1."""
    try:
        number = float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"“{visible(text)}” is no number")
    return number


def _whole(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise argparse.ArgumentTypeError(f"“{visible(text)}” is no whole number")
    return int(number)


def _listed(text: str) -> tuple[str, ...]:
    """The parts between commas. None may be empty: a slip would go unseen."""
    parts = tuple(part.strip() for part in text.split(","))
    if not all(parts):
        raise argparse.ArgumentTypeError(f"“{visible(text)}” has a comma with nothing before or behind it")
    return parts


def _languages(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ()  # none is chosen: what that means is said of options from anywhere
    codes = tuple(code.lower() for code in _listed(text))
    _check_once(codes)
    return codes


def _check_once(names: Sequence[str]) -> None:
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twice is not None:
        raise argparse.ArgumentTypeError(f"“{visible(twice)}” is given twice")


def _shares(text: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for part in _listed(text):
        name, sign, share = part.partition("=")
        _check_once([*shares, name.strip()])
        try:
            shares[name.strip()] = float(share) if sign else 1.0
        except ValueError:
            raise argparse.ArgumentTypeError(f"“{visible(part)}” is not NAME=SHARE") from None
    return shares


def _wanted(options: argparse.Namespace) -> SynthOptions:
    """What is asked for; whether that can be made is not looked at. Raises BadOptions where --like says nothing."""
    like = options.like
    begun = synth_options.load(like) if like else SynthOptions(words=0)
    given: dict[str, Any] = {key: getattr(options, key) for key in _GIVEN if getattr(options, key) is not None}
    # The manifest keeps paths: they are to lead to the same place wherever --like is called.
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
    """That the same cannot be made again, where files are not what they were. given: options that are to differ."""
    changed = source_fingerprints.others(synth_options.made_of_before(like), source_fingerprints.fingerprints(begun))
    for key in changed:
        if key in given:
            continue
        files = begun.strokes if key == "strokes" else (getattr(begun, key),)
        what = f"{', '.join(map(str, files))}: {_NOT_AS_BEFORE[key]} when {like} was made with it"
        complain(f"{what}; another dataset will come of it")


_NOT_AS_BEFORE: Final = {
    "word_list": "the list of words is not as it was",
    "fonts": "the handwriting fonts in it are not as they were",
    "prints": "the fonts for print in it are not as they were",
    "strokes": "the pen strokes are not as they were",
    "backgrounds": "the photos of boards in it are not as they were",
}
_GIVEN: Final = (
    "words", "boards", "fonts", "prints", "backgrounds", "word_list", "only_words", "languages", "writing", "grounds",
    "spoiled", "side", "held_out", "seed", "cut",
)  # fmt: skip


_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
# What an option is called, where that is not the name of its field.
_FLAGS: Final = {"prints": "print-fonts", "purpose": "test"}


def _write(wanted: SynthOptions, options: argparse.Namespace) -> int:
    events = generate.write(wanted, options.out, children=options.processes, replace=options.replace)
    source, report = Source(), None
    try:
        with closing(_watched(events)) as watched:
            for event in watched:
                if isinstance(event, SourcesRead):
                    source = event.source
                elif isinstance(event, Report):
                    report = event
    except KeyboardInterrupt:
        show_progress("")
        if generate.can_go_on(wanted, options.out):
            complain("interrupted; the same command goes on where it was")
        raise
    assert report is not None, "writing ends with its report"
    if options.format == "json":
        said = dataset_report.everything(report) | {"lacking": dict(source.lacking)}
        print(json_text(said))
    else:
        print("\n".join(map(visible, dataset_report.render(report))))
    for line in _none_held_out(wanted):
        print(visible(line), file=sys.stderr)
    return _complained(report.trouble)


def _none_held_out(wanted: SynthOptions) -> Iterator[str]:
    """That nothing is held out although it was asked for, as there is so little: a line for each kind of samples."""
    for count, one, many in ((wanted.words, "word", "words"), (wanted.boards, "board", "boards")):
        if 0 < count < wanted.least_held_out:
            drawn = f"{count} {one if count == 1 else many}"
            yield f"none of {drawn} is held out, as --held-out asks: it takes {wanted.least_held_out} {many}"


def _watched(events: Iterator[WritingEvent]) -> Generator[WritingEvent, None, None]:
    """What comes, told as it comes."""
    show_progress("looking at fonts, strokes and backgrounds …")
    begun, before = time.monotonic(), 0
    for event in events:
        if isinstance(event, SourcesRead):
            show_progress("")
            for line in generate.lacking(event.source):
                print(visible(line), file=sys.stderr)
            if event.done:
                print(f"gone on with: {event.done} of {event.total} were made before", file=sys.stderr)
            begun, before = time.monotonic(), event.done
        elif isinstance(event, SampleMade | SampleFailed):
            done = max(1, event.done - before)
            seconds = (time.monotonic() - begun) / done * (event.total - event.done)
            room = f", {units.size(event.to_come)} to come" if isinstance(event, SampleMade) else ""
            made = f"{units.plain(event.done)} of {units.plain(event.total)} made"
            show_progress(f"{made}, about {units.duration(seconds)} left{room}")
        else:
            show_progress("")
        yield event


def _check_place(path: Path, *, replace: bool) -> None:
    """Whether a preview may be written there, before it is drawn. Raises WriteFailed."""
    if paths.is_folder(path):
        raise WriteFailed("there is a folder of that name", file=path, remedy="Give the name of a picture in it.")
    if not paths.exists(path):
        above = next((each for each in path.absolute().parents if paths.exists(each)), None)
        if above is None or not paths.is_folder(above):
            raise WriteFailed("no folder can be made for it there", file=path, remedy="Give another place.")
        if not os.access(above, os.W_OK):
            raise WriteFailed("nothing may be written into the folder", file=above, remedy="Give another place.")
    try:
        OutputFile(path, overwrite=replace).check()
    except FileTaken as error:
        remedy = "Give another name, or add --replace to write over it."
        raise WriteFailed(error.what, file=path, remedy=remedy) from error
    if paths.exists(path) and not path.stat().st_mode & stat.S_IWUSR:
        raise WriteFailed("the file is protected from being written over", file=path, remedy="Give another name.")


def _draw_preview(wanted: SynthOptions, path: Path, *, replace: bool) -> int:
    """A few on one picture. Raises StudioError."""
    words, boards = min(wanted.words, _PREVIEW_WORDS), min(wanted.boards, _PREVIEW_BOARDS)
    refused: Sequence[str] = ()
    shown: list[Shown] = []
    for event in Preview().show(wanted, words=range(words), boards=range(boards)):
        if isinstance(event, Shown):
            shown.append(event)
            show_progress(f"{len(shown)} of {words + boards} drawn")
        else:
            refused = event.refused
    show_progress("")
    data = contact_sheet.png(
        [(each.picture, each.text) for each in shown if each.kind == WORD],
        [each.picture for each in shown if each.kind != WORD],
    )
    with contextlib.suppress(OSError):  # it is said when the file cannot be written
        path.parent.mkdir(parents=True, exist_ok=True)
    OutputFile(path, overwrite=replace).write(data)
    print(f"{len(shown)} drawn on {visible(str(path))}")
    return _complained(refused)


def _complained(lines: Sequence[str]) -> int:
    for line in lines:
        complain(line)
    return FAILED if lines else GOOD
