"""The command ``ocr-studio dataset``: exports checked words as a dataset for training."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from ocr_studio.cli.project import add_follow_links, places
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    MISUSED,
    add_format,
    command_parser,
    complain,
    given_path,
    stopping,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import settings
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.dataset import LAYOUTS, UNITS, Dataset, ExampleCopied, ExportOptions, PhotoCut, Report
from ocr_studio.core.errors import StudioError, WrongUsage
from ocr_studio.jobs.learning import export_dataset

_DEFAULT: Final = next(iter(LAYOUTS))
_EPILOG: Final = """\
PROJECT is a project, a folder of photos that has one, a folder with annotations.json (see "ocr-studio evaluate
--help"), or a dataset. Without --out, the contents of a dataset are listed; with --out, it is copied to another layout
with the same split. About a fifth of the words is held out for evaluation, always the same ones. DIR must be new,
empty, or an earlier dataset in the same layout, which is replaced, even if you edited it. For more, see
"ocr-studio help datasets".

Layouts (training and evaluation read all of them):
  ocr-studio  manifest.json; labels.jsonl with an object for each word: crop, text, page, image, word, quad, checked,
              by, machine, split, writer; crops/; boxes.jsonl and photos/ for photos with every word checked
  keras-ocr   train.json and validation.json with [path, box, text]
  paddleocr   rec_gt.txt with crops, Label.txt with boxes
  deep-text   gt.txt with crops

JSON: {"folder", "layout", "unit", "found", "written", "corrected", "confirmed", "left_out": {reason: number},
"pages", "pages_written", "boxes": number of photos with every word checked, "unchecked": number of words
that go along with --unchecked, otherwise null, "split": {"rule", "train", "held-out"}, "alphabet", "digest",
"trouble": [line]}.

Exit status 0: success; 1: something could not be read or nothing was written; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "dataset",
        "Export the checked words of a project as a dataset. The project is not changed.",
        _EPILOG,
    )
    made.add_argument(
        "project", type=given_path, metavar="PROJECT", help="project, folder of photos that has one, or dataset"
    )
    made.add_argument("--out", type=given_path, metavar="DIR", help="folder to write the dataset to")
    made.add_argument(
        "--layout", choices=tuple(LAYOUTS), default=_DEFAULT, help=f"layout of the files; default: {_DEFAULT}"
    )
    made.add_argument("--unit", choices=UNITS, help="content of each example; default: words")
    made.add_argument("--letters", metavar="LETTERS", help="characters to allow; words with others are left out")
    made.add_argument(
        "--unchecked",
        action="store_true",
        help="also export unchecked words that were read with certainty, to unchecked.jsonl; training uses them, too",
    )
    add_format(made, "format of the report")
    add_follow_links(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Export, copy or list a dataset. Returns the exit status; raises StudioError."""
    where = places(options, settings.load())
    if options.out is None:
        if dataset_sources.has_source_pages(options.project, **where):
            what = "these photos have not been exported as a dataset yet"
            complain(StudioError(what, file=options.project, remedy="Add --out FOLDER to export them."))
            return MISUSED
        return _print_dataset(dataset.read(options.project), as_json=options.format == "json")
    if dataset_sources.is_only_dataset(options.project, **where):
        report = _watched(_copied(options))
    else:
        sources = dataset_sources.find_sources(options.project, **where)
        if options.unchecked and (options.layout != _DEFAULT or options.unit == "lines"):
            complain(f"--unchecked needs the layout {_DEFAULT} and words")
            return MISUSED
        wanted = ExportOptions(options.layout, options.unit or UNITS[0], options.letters, options.unchecked)
        report = _watched(export_dataset.export_sources(sources, options.out, wanted))
    if options.format == "json":
        print(json_text(dataset_report.report_values(report)))
    else:
        print("\n".join(map(visible, dataset_report.render(report))))
    return _complained(report.trouble)


def _copied(options: argparse.Namespace) -> Iterator[ExampleCopied | Report]:
    found = dataset.read(options.project)
    if options.unchecked:
        remedy = "Remove --unchecked, or export the project instead."
        raise WrongUsage("a dataset is copied without its unchecked words", file=options.project, remedy=remedy)
    if options.letters is not None or options.unit not in (None, found.unit):
        raise WrongUsage(
            f"a dataset of {found.unit} is copied as it is; --unit and --letters don’t apply",
            file=options.project,
            remedy="Remove these options, or export the project instead.",
        )
    return dataset.copy_dataset(found, options.out, options.layout)


def _watched(events: Iterator[PhotoCut | ExampleCopied | Report]) -> Report:
    progress = Progress()
    with stopping(lambda: "No dataset was written."):
        for event in events:
            if isinstance(event, Report):
                clear_progress()
                return event
            noun = "photo" if isinstance(event, PhotoCut) else "example"
            progress.show("exporting", event.done, event.total, detail=f"{noun} {event.done} of {event.total}")
    raise AssertionError("an export ends with its report")


def _print_dataset(found: Dataset, *, as_json: bool) -> int:
    if as_json:
        print(json_text(dataset_report.dataset_values(found)))
    else:
        print("\n".join(map(visible, dataset_report.render_dataset(found))))
    return _complained(found.trouble)


def _complained(trouble: tuple[str, ...]) -> int:
    for line in trouble:
        complain(line)
    return FAILED if trouble else GOOD
