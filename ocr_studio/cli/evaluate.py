"""The command ``ocr-studio evaluate``: measures how well photos with known text are read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ocr_studio.cli.project import add_follow_links, places
from ocr_studio.cli.settings import complain_of_runtime, settings_for
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    add_format,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    stopping,
    written,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import settings
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.datasets import dataset, ground_truth
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation import html_report, word_html_report, word_results
from ocr_studio.core.evaluation import table as evaluation_table
from ocr_studio.core.evaluation.results import Evaluation
from ocr_studio.core.evaluation.word_results import WordsEvaluation
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.models import registry
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.units import counted
from ocr_studio.jobs.learning import evaluate as evaluating
from ocr_studio.jobs.learning import evaluate_words
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService

_EPILOG: Final = f"""\
DATA is one of:
  a folder with {ground_truth.ANNOTATIONS}: [{{"image": "photo.jpg", "words": [{{"quad": [[x, y] × 4], "text",
    "ignore"}}], "writer"}}], pixels of the upright photo, corners clockwise from the top left of the text; ignore:
    unreadable; writer is optional
  a project, or a folder of photos that has one: its checked words are the ground truth; the whole photo counts if
    every word is checked, otherwise only the checked words
  a dataset of any layout (see "ocr-studio dataset --help"): its images of words, with separate figures for held-out
    ones, and its photos with every word checked
Photos of a project are read again, without its project words. --out also writes words.html for a dataset.
For more, see "ocr-studio help evaluation".

JSON: {{"data", "model", "photos": [{{"image", "truth": "whole" or "checked words", "words", "found", "seconds", SCORES,
"mistakes": [{{"kind", "wanted": [{{"text", "quad"}}], "read": [{{"text", "quad"}}], "box": [left, top, right,
bottom]}}]}}], "total": {{"photos", "words", "found", "seconds": {{"total", "median"}}, SCORES, "mistakes":
{{kind: number}}}}, "writers": {{writer: {{"photos", "words", "found", SCORES}}}}, "failed": [line], "left_out": number
of photos without a checked word}}. SCORES: "detection", "end_to_end", "strict", "keras_ocr", "bag_of_words":
{{"precision", "recall", "f", "right", "found", "wanted"}}; "text" (all words), "text_found" (words found in place):
{{"cer", "wer", "mean_edit_distance", "normalised_edit_distance", "pairs"}}.
A figure without data, such as the precision if nothing was found, is null, or "–" in tables. bag_of_words counts
ignored words too. For a dataset: {{"data", "model", "layout", "unit", "held-out", "train" and "all":
{{"words", "right", "cer", "wer", …}}, "mistakes": [{{"crop", "photo", "image", "word", "split", "wanted", "read",
"confidence"}}], "left_out": [line], "photos": the object above, or null}}.

Exit status 0: all photos were evaluated; 1: some could not be evaluated or there were none; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "evaluate",
        "Read photos with known text and measure the accuracy. The data is not changed.",
        _EPILOG,
    )
    made.add_argument("data", type=given_path, metavar="DATA", help="folder with annotations.json, project, or dataset")
    add_format(made, "output format; text is a table")
    made.add_argument("--model", metavar="NAME", help='recognizer to evaluate; see "ocr-studio models list"')
    made.add_argument("--unit", choices=settings.UNITS, help="content of each box; default: words for annotations.json")
    made.add_argument(
        "--out",
        type=given_path,
        metavar="DIR",
        help="folder for web pages that show every mistake; replaces unedited pages of an earlier evaluation",
    )
    add_follow_links(made)
    add_overwrite(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Evaluate, print the figures, write the web pages. Returns the exit status; raises StudioError."""
    chosen = settings_for(["detector"] if options.model else ["detector", "recognizer"])
    reader = chosen.reader_options()
    if options.model is not None:
        reader = replace(reader, model=registry.chosen(options.model), writer_profiles=())
    where = places(options, chosen)
    if dataset_sources.is_only_dataset(options.data, **where):
        return _evaluate_dataset(options, reader)
    truth = ground_truth.load(options.data, **where)
    if options.unit or truth.words:
        reader = replace(reader, unit=options.unit or "words")
    out = _make_room(options, *html_report.name_pages_of(page.image for page in truth.pages))
    ocr_service = OcrService(reader)
    evaluation = _watched(evaluating.evaluate(ocr_service, truth, data=str(options.data)))
    complain_of_runtime(ocr_service)
    if not truth.words:
        _tell_training_words(evaluation.model)
    if options.format == "json":
        print(json_text(evaluation_table.to_values(evaluation)))
    else:
        _print_table(evaluation)
    good = out is None or _write(evaluation, out)
    return GOOD if good and not evaluation.failed else FAILED


def _tell_training_words(name: str) -> None:
    """Say if words of a project may have been trained on. name: of the recognizer."""
    model = next((each for each in registry.available() if each.name == name), None)
    if model is not None and model.card is not None and model.card.dataset:
        what = f"“{name}” may have been trained on some of these words, so the result may be too good"
        complain(StudioError(what, remedy='For held-out words alone, evaluate a dataset ("ocr-studio dataset").'))


def _evaluate_dataset(options: argparse.Namespace, reader: ReaderOptions) -> int:
    """Evaluate the word images of a dataset, and its photos with every word checked."""
    found = dataset.read(options.data)
    truth = evaluate_words.photos(found)
    ocr_service = OcrService(replace(reader, unit=options.unit or ("words" if truth.words else "lines")))
    pages = html_report.name_pages_of(page.image for page in truth.pages)
    out = _make_room(options, *([word_html_report.NAME] if found.examples else []), *pages)
    words = _words_watched(evaluate_words.evaluate_words(ocr_service, found))
    photos = _watched(evaluating.evaluate(ocr_service, truth, data=str(options.data))) if truth.pages else None
    if options.format == "json":
        values = word_results.to_values(words) | {"photos": photos and evaluation_table.to_values(photos)}
        print(json_text(values))
    else:
        print("\n".join(map(visible, word_results.render(words))))
        if photos:
            _print_table(photos, below=True)
    complain_of_runtime(ocr_service)
    for line in words.left_out:
        complain(line)
    good = not words.left_out and not (photos and photos.failed)
    if out is not None:
        good &= not found.examples or written(out, word_html_report.NAME, word_html_report.render(words))
        good &= not photos or _write(photos, out)
    return GOOD if good else FAILED


def _make_room(options: argparse.Namespace, *names: str) -> OutputFolder | None:
    """Check that the index and these other web pages can be written, if requested."""
    if options.out is None:
        return None
    out = OutputFolder(options.out, overwrite=options.overwrite, known=html_report.is_page)
    for name in (html_report.INDEX, *names):
        out.check(name)
    return out


def _print_table(evaluation: Evaluation, *, below: bool = False) -> None:
    """Print the figures. below: whether something else has been printed above."""
    if not evaluation.photos:
        if (count := len(evaluation.failed)) > 1:  # the error of a single one was just printed
            what = f"none of the {count} photos could be evaluated"
            complain(StudioError(what, file=evaluation.data, remedy="See the errors above."))
        return
    if below:
        print()
    print("\n".join(visible(line) for line in evaluation_table.render(evaluation).splitlines()))


def _words_watched(events: Iterator[evaluate_words.WordsEvent]) -> WordsEvaluation:
    progress = Progress()
    with stopping(lambda: _NO_FIGURES):
        for event in events:
            if isinstance(event, evaluate_words.WordsEvaluationDone):
                clear_progress()
                return event.evaluation
            if isinstance(event, LoadingRecognizer):
                progress.show("loading the model")
            else:
                progress.show("evaluating", event.done, event.total, detail=f"word {event.done} of {event.total}")
    raise AssertionError("an evaluation ends with its figures")


_NO_FIGURES: Final = "No results: the evaluation was not finished."


def _watched(events: Iterator[evaluating.EvaluatingEvent]) -> Evaluation:
    """Show progress and errors until the evaluation is done, and return it."""
    errors: set[str] = set()  # several pages may name one missing photo
    progress, at = Progress(), ""
    with stopping(lambda: f"{at}{_NO_FIGURES}"):
        for event in events:
            if isinstance(event, LoadingRecognizer):
                progress.show("loading the model")
                continue
            if isinstance(event, evaluating.Evaluated):
                clear_progress()
                return event.evaluation
            at = f"{event.done} of {counted(event.total, 'photo')} evaluated. "
            photo = f"photo {min(event.done + 1, event.total)} of {event.total}"
            if isinstance(event, evaluating.PhotoUnfit):
                if str(event.error) not in errors:
                    complain(event.error)
                errors.add(str(event.error))
            elif isinstance(event, evaluating.SearchingPhoto):
                detail = f"{photo}, searching file {event.looked} of {event.files}"
                progress.show("evaluating", event.done, event.total, detail=detail)
            elif isinstance(event, evaluating.ReadingPhoto):
                share = event.lines_done / max(1, event.lines)
                detail = f"{photo}, line {event.lines_done} of {event.lines}"
                progress.show("evaluating", event.done + share, event.total, detail=detail)
            else:
                progress.show("evaluating", event.done, event.total, detail=photo)
    raise AssertionError("an evaluation ends with its figures")


def _write(evaluation: Evaluation, out: OutputFolder) -> bool:
    if not evaluation.photos:
        return False  # don't replace the pages of an earlier evaluation with empty ones
    good, progress = True, Progress()
    for event in evaluating.write_pages(evaluation, out):
        progress.show("writing", event.done, event.total, detail=f"page {event.done} of {event.total}")
        if event.error:
            complain(event.error)
            good = False
    clear_progress()
    return good
