"""The command ``ocr-studio dataset``: pictures of the words a person has checked, to learn from."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from ocr_studio.cli.console import FAILED, GOOD, MISUSED, command_parser, complain, given_path, show_progress
from ocr_studio.cli.project import add_follow_links, places
from ocr_studio.core import settings
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import LAYOUTS, UNITS, Dataset, ExampleCopied, PhotoCut, Report, Wanted
from ocr_studio.core.errors import StudioError
from ocr_studio.jobs.learning import export_dataset

_EPILOG: Final = f"""\
PROJECT is a project, a folder of photos that has one, or a folder with annotations.json (see evaluate --help). Every
word of it is either written or counted as left out, with the reason. About a fifth is held out, for measuring what was
learned: whole photos, or lines where there are no more than two photos; always the same ones. DIR is a new or empty
folder, or that of an earlier dataset, which is replaced.

Layouts: {", ".join(LAYOUTS)}. "ocr-studio" has all that is known: manifest.json, labels.jsonl (an object for each
word: crop, text, page, image, word, quad, checked, by, machine, split, writer), crops/, and of photos whose every word
is checked boxes.jsonl and photos/. "keras-ocr": train.json and validation.json with [path, box, text]. "paddleocr":
rec_gt.txt with crops, Label.txt with boxes. "deep-text": gt.txt with crops. All of them can be learned from and
evaluated. PROJECT may be such a folder, too: without --out it is told what is in it, with --out it is written once more
in another layout, the same examples on the same sides.

JSON: {{"folder", "layout", "unit", "found", "written", "corrected", "confirmed", "left_out": {{reason: number}},
"pages", "pages_written", "boxes": photos whose every word is checked, "split": {{"rule", "train", "held-out"}},
"alphabet", "digest", "trouble": [line]}}.

Exit status: 0 all went well, 1 something could not be read or nothing was written, 2 it was called wrongly.
"""


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = command_parser(
        "dataset",
        "Make a dataset of the words that a person has checked. Nothing of the project is changed.",
        _EPILOG,
    )
    made.add_argument(
        "project", type=given_path, metavar="PROJECT", help="project, folder of photos that has one, or dataset"
    )
    made.add_argument("--out", type=given_path, metavar="DIR", help="folder to write the dataset to")
    made.add_argument("--layout", choices=tuple(LAYOUTS), default=next(iter(LAYOUTS)), help="default: ocr-studio")
    made.add_argument("--unit", choices=UNITS, help="what each example is; default: words")
    made.add_argument(
        "--letters", metavar="LETTERS", help="leave words out that have others, for programs that know no more"
    )
    made.add_argument("--format", choices=("text", "json"), default="text", help="of the report; default: text")
    add_follow_links(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Do what is asked. Returns the exit status; raises StudioError."""
    where = places(options, settings.load())
    if options.out is None:
        if dataset_sources.is_no_dataset_yet(options.project, **where):
            what = "there are photos and their words here, and no dataset of them yet"
            complain(StudioError(what, file=options.project, remedy="Give --out FOLDER to write one."))
            return MISUSED
        return _tell(dataset.read(options.project), as_json=options.format == "json")
    if dataset_sources.is_only_dataset(options.project, **where):
        report = _watched(_copied(options))
    else:
        sources = dataset_sources.find(options.project, **where)
        wanted = Wanted(options.layout, options.unit or UNITS[0], options.letters)
        report = _watched(export_dataset.export_sources(sources, options.out, wanted))
    if options.format == "json":
        print(json_text(dataset_report.everything(report)))
    else:
        print("\n".join(map(visible, dataset_report.render(report))))
    return _complained(report.trouble)


def _copied(options: argparse.Namespace) -> Iterator[ExampleCopied | Report]:
    found = dataset.read(options.project)
    if options.letters is not None or options.unit not in (None, found.unit):
        raise StudioError(
            f"a dataset of {found.unit} is copied as it is, so --unit and --letters mean nothing",
            file=options.project,
            remedy="Leave them out, or export the project itself.",
        )
    return dataset.copy(found, options.out, options.layout)


def _watched(events: Iterator[PhotoCut | ExampleCopied | Report]) -> Report:
    for event in events:
        if isinstance(event, Report):
            show_progress("")
            return event
        show_progress(f"{'photo' if isinstance(event, PhotoCut) else 'example'} {event.done} of {event.total}")
    raise AssertionError("an export ends with its report")


def _tell(found: Dataset, *, as_json: bool) -> int:
    if as_json:
        print(json_text(dataset_report.contents(found)))
    else:
        print("\n".join(map(visible, dataset_report.render_contents(found))))
    return _complained(found.trouble)


def _complained(trouble: tuple[str, ...]) -> int:
    for line in trouble:
        complain(line)
    return FAILED if trouble else GOOD
