"""The command ``ocr-studio models``: lists, uses, imports and exports models."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ocr_studio.cli.settings import settings_for
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    MISUSED,
    add_format,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    stopping,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import settings
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.errors import UnknownName, suggest_name
from ocr_studio.core.models import description as model_description
from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.registry import Model
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.settings import LONGEST_NAME, Settings
from ocr_studio.core.training import runs as training_runs
from ocr_studio.jobs.models import download, import_export

_FETCHED: Final = downloads.ALL
_PUBLISHED: Final = "; ".join(f"{each.name}: {each.about}, about {each.megabytes} MB" for each in _FETCHED)
_EPILOG: Final = """\
There are two kinds of models: recognizers read words, detectors find text. One of each is in use. If you haven’t
selected a recognizer, the program chooses one by your alphabet. A writer profile is a recognizer for the photos of one
writer; other photos are read as before. Models that come with the program can’t be renamed, deleted or exported. An
exported model is a single file; importing it runs no code. For more, see "ocr-studio help models".

list --format json: a list of {"name", "kind", "about", "trained_for_writer": name or null, "in_use",
"in_use_for_writers": [name]}. "in_use": for all photos, but those of writers with a profile in use.

Exit status 0: success; 1: it failed or a model is damaged; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "models",
        "List, use, import and export models.",
        _EPILOG,
    )
    what = made.add_subparsers(dest="what", required=True, metavar="ACTION")
    about = "list all models; * marks those in use, and what for"
    listed = what.add_parser("list", help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False)
    add_format(listed, "output format")
    about = "let the program choose the recognizer and the detector again"
    again = what.add_parser("default", help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False)
    again.add_argument("--writer", metavar="WRITER", help="only stop using the profile of this writer")
    for name, about in (
        ("show", "show details of a model: origin, training, accuracy"),
        ("use", "use a model to read words or find text"),
        ("delete", "delete a model permanently, unless it is in use"),
        ("rename", "rename a model"),
        ("export", "export a model to a file, to share it"),
    ):
        asked = what.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False)
        asked.add_argument("name", metavar="NAME", help='name of a model; see "ocr-studio models list"')
        if name == "use":
            asked.add_argument("--writer", metavar="WRITER", help="use the recognizer for photos by this writer only")
        if name == "rename":
            asked.add_argument("new", metavar="NEW", help="new name")
        if name == "export":
            asked.add_argument("file", type=given_path, metavar="FILE.zip", help="file to write")
            add_overwrite(asked)
    taken = what.add_parser("import", help="import a model from a file", allow_abbrev=False)
    taken.add_argument(
        "file", type=given_path, metavar="FILE", help="exported model (.zip), or keras-ocr weights (.h5)"
    )
    taken.add_argument("--name", help="name of the model; default: name of the file")
    taken.add_argument(
        "--alphabet", metavar="TEXT", help="characters that a recognizer in .h5 format was trained with, in order"
    )
    fetched = what.add_parser("fetch", help="download a published model", allow_abbrev=False)
    fetched.add_argument("file", choices=[each.name for each in _FETCHED], metavar="FILE", help=_PUBLISHED)
    fetched.add_argument("--name", help="name of the model; default: name of the file")
    return made


def work(options: argparse.Namespace) -> int:
    """Run a subcommand. Returns the exit status; raises StudioError."""
    return _WORK[options.what](options, settings.load())


def _list(options: argparse.Namespace, _: Settings) -> int:
    chosen = settings_for(("recognizer", "detector"))
    known, broken = registry.overview()
    if options.format == "json":
        print(json_text([_build_model_object(model, chosen) for model in known]))
    else:
        for model in known:
            uses = chosen.describe_use(model.name)
            about = "; ".join((*uses, _about(model)))
            print(f"{'*' if uses else ' '} {visible(model.name)}  {visible(about)}")
    for found in broken:
        complain(found.error)
    return FAILED if broken else GOOD


def _build_model_object(model: Model, chosen: Settings) -> dict[str, object]:
    """A model and what it is used for, for programs."""
    return {
        "name": model.name,
        "kind": model.kind,
        "about": model_description.title(model),
        "trained_for_writer": model.writer or None,
        "in_use": chosen.in_general_use(model.name),
        "in_use_for_writers": chosen.writers_of(model.name),
    }


def _about(model: Model) -> str:
    """Describe a model; for a published one also its purpose and source, which its name doesn't say."""
    said, card = model_description.title(model), model.card
    if model.writer:
        said = f"{said}; profile of {model.writer}"
    known = next((each for each in downloads.USABLE if card is not None and card.title == each.about), None)
    if known is None:
        return said
    return f"{said}; {model_description.DOES[model.kind].lower()}; from {known.address}, {known.licence}"


def _show(options: argparse.Namespace, _: Settings) -> int:
    for title, value in model_description.facts(registry.find(options.name), registry.history(options.name)):
        print(f"{title}: {visible(value)}")
    return GOOD


def _use(options: argparse.Namespace, chosen: Settings) -> int:
    model = registry.find(options.name)
    if options.writer is None:
        settings.save(chosen.using(model))
        if model.writer:
            complain(_describe_reader(model.writer, model, chosen))
    else:
        registry.chosen(model.name)  # raises for a detector
        writer = _normalize_writer(options.writer)
        if not 1 <= len(writer) <= LONGEST_NAME:
            complain(f"the name of a writer must have 1 to {LONGEST_NAME} characters")
            return MISUSED
        settings.save(chosen.with_profile(writer, model.name))
        complain(_describe_reader(writer, model, chosen))
    print(visible(model.name))
    return GOOD


def _normalize_writer(typed: str) -> str:
    """Return the name of a writer as the window saves it."""
    return " ".join(one_line(typed).split())


def _describe_reader(writer: str, model: Model, chosen: Settings) -> str:
    """Say what reads a writer's photos now. Photos may be anywhere, so that a name can only be compared with those of
    profiles."""
    said = f"photos by “{writer}” are now read with “{model.name}”"
    if model.writer not in ("", writer):
        said = f"{said}, which was trained for photos by “{model.writer}”"
    known = {each.writer for each in registry.available() if each.writer} | {each for each, _ in chosen.writer_profiles}
    meant = "" if writer in known else suggest_name(writer, sorted(known))
    return f"{said}. {meant}".rstrip()


def _default(options: argparse.Namespace, chosen: Settings) -> int:
    said = ""
    if options.writer is None:
        fresh = replace(chosen, model=None, detector=None)
    elif chosen.find_profile(writer := _normalize_writer(options.writer)) is None:
        names = ", ".join(writer for writer, _ in chosen.writer_profiles) or "none"
        what = f"no profile is in use for “{writer}”"
        raise UnknownName(what, remedy=f"Writers with a profile in use: {names}.")
    else:
        fresh = chosen.with_profile(writer, None)
        said = f"photos by “{writer}” are read like all others again"
    settings.save(fresh)
    if said:
        complain(said)
    for name in fresh.models_in_use():
        print(visible(name))
    return GOOD


def _delete(options: argparse.Namespace, chosen: Settings) -> int:
    # Bundled models are refused below.
    if not any(model.of_program for model in registry.everything() if model.name == options.name):
        training_runs.check_model_unused(options.name)
    registry.delete(options.name, in_use=chosen.general_models(), writers=chosen.writers_of(options.name))
    print(visible(options.name))
    return GOOD


def _rename(options: argparse.Namespace, chosen: Settings) -> int:
    training_runs.check_model_unused(options.name)
    model = registry.rename(options.name, options.new)
    settings.save(chosen.with_renamed(options.name, model.name))
    print(visible(model.name))
    return GOOD


def _export(options: argparse.Namespace, _: Settings) -> int:
    for event in import_export.export_model(registry.find(options.name), options.file, overwrite=options.overwrite):
        print(visible(str(event.file)))
    return GOOD


def _import(options: argparse.Namespace, _: Settings) -> int:
    if options.alphabet is not None and options.file.suffix.lower() not in downloads.WEIGHT_SUFFIXES:
        complain('only keras-ocr weights (.h5) need "ocr-studio models import --alphabet"; a model knows its own')
        return MISUSED
    events = import_export.import_model(options.file, name=options.name, alphabet=options.alphabet)
    with stopping(lambda: "No model was imported."):
        print(visible(_imported(events).name))
    return GOOD


def _fetch(options: argparse.Namespace, _: Settings) -> int:
    wanted = next(each for each in _FETCHED if each.name == options.file)
    if options.name is not None and wanted not in downloads.USABLE:
        complain(f"{wanted.name} can’t be given a name: it is a file for training scripts, not a model")
        return MISUSED
    with stopping(lambda: "Run the same command to resume the download."):
        if wanted in downloads.USABLE:
            print(visible(_imported(download.fetch_model(wanted, name=options.name)).name))
            return GOOD
        # Only a starting point for training scripts: it can't read.
        progress = Progress()
        for event in download.fetch(wanted):
            _show_fetching(progress, event)
            if isinstance(event, download.Downloaded):
                clear_progress()
                print(visible(str(event.path)))
    return GOOD


def _show_fetching(progress: Progress, event: object) -> None:
    if isinstance(event, download.DownloadProgress):
        doing, done, total = f"downloading {event.file.name}", event.done / 2**20, (event.total or 0) / 2**20
        progress.show(doing, done, total, detail=f"{done:.0f}{f' of {total:.0f}' if total else ''} MB")


def _imported(events: Iterator[object]) -> Model:
    progress = Progress()
    for event in events:
        if isinstance(event, import_export.ModelImported):
            clear_progress()
            return event.model
        if isinstance(event, download.DownloadProgress):
            _show_fetching(progress, event)
        else:
            progress.show("checking the model")
    raise AssertionError("an import ends with its model")


_WORK: Final[Mapping[str, Callable[[argparse.Namespace, Settings], int]]] = {
    "list": _list,
    "show": _show,
    "default": _default,
    "use": _use,
    "delete": _delete,
    "rename": _rename,
    "export": _export,
    "import": _import,
    "fetch": _fetch,
}
