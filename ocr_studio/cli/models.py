"""The command ``ocr-studio models``: which models there are, and what becomes of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ocr_studio.cli.console import (
    FAILED,
    GOOD,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    settings_for,
    show_progress,
)
from ocr_studio.core import settings
from ocr_studio.core.command_line import visible
from ocr_studio.core.models import description as model_description
from ocr_studio.core.models import downloads
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import Settings
from ocr_studio.core.training import runs as training_runs
from ocr_studio.jobs.models import download, import_export

_FETCHED: Final = downloads.ALL
_PUBLISHED: Final = "; ".join(f"{each.name}: {each.about}, about {each.megabytes} MB" for each in _FETCHED)
_EPILOG: Final = """\
Models that read and models that find writing stand in one list; of each kind one is in use. Where you have chosen none,
it is the program's choice for your alphabet. The models that come with the program, its own and borrowed ones, can all
be used, but not renamed, deleted or exported. An exported model is one file; it holds numbers and facts, and importing
it runs nothing.
"""


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = command_parser(
        "models",
        "Models that read photos: those that come with the program, learned and imported ones.",
        _EPILOG,
    )
    what = made.add_subparsers(dest="what", required=True, metavar="WHAT")
    what.add_parser("list", help="which there are, * marks those in use", allow_abbrev=False)
    about = "read and find writing with what the program chooses from now on"
    what.add_parser("default", help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False)
    for name, about in (
        ("show", "what is known of one: what it began with and learned from, how well it reads"),
        ("use", "read, or find writing, with this one from now on"),
        ("delete", "delete one, for good; never one in use"),
        ("rename", "call one something else"),
        ("export", "write one as a file, to hand on"),
    ):
        asked = what.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False)
        asked.add_argument("name", metavar="NAME", help='a model of "models list"')
        if name == "rename":
            asked.add_argument("new", metavar="NEW", help="its new name")
        if name == "export":
            asked.add_argument("file", type=given_path, metavar="FILE.zip", help="the file to write")
            add_overwrite(asked)
    taken = what.add_parser("import", help="take one from a file", allow_abbrev=False)
    taken.add_argument(
        "file", type=given_path, metavar="FILE", help="what export has written (.zip), or weights of keras-ocr (.h5)"
    )
    taken.add_argument("--name", help="what to call it; default: like the file")
    taken.add_argument(
        "--alphabet", metavar="TEXT", help="of a .h5 file that reads: the characters that it was trained with, in order"
    )
    fetched = what.add_parser("fetch", help="fetch a published one from the network", allow_abbrev=False)
    fetched.add_argument("file", choices=[each.name for each in _FETCHED], metavar="FILE", help=_PUBLISHED)
    fetched.add_argument("--name", help="what to call it; default: like the file")
    return made


def work(options: argparse.Namespace) -> int:
    """Do what is asked. Returns the exit status; raises StudioError."""
    return _WORK[options.what](options, settings.load())


def _list(_: argparse.Namespace, __: Settings) -> int:
    used = _in_use(settings_for(("recognizer", "detector")))
    known, broken = models.overview()
    for model in known:
        print(f"{'*' if model.name in used else ' '} {visible(model.name)}  {visible(_about(model))}")
    for found in broken:
        complain(found.error)
    return FAILED if broken else GOOD


def _about(model: Model) -> str:
    """What a model is; of a published one also what for and where from, which its name does not say."""
    said, card = model_description.title(model), model.card
    known = next((each for each in downloads.USABLE if card is not None and card.title == each.about), None)
    if known is None:
        return said
    return f"{said}; {model_description.DOES[model.kind].lower()}; from {known.address}, {known.licence}"


def _show(options: argparse.Namespace, _: Settings) -> int:
    for title, value in model_description.facts(models.find(options.name), models.history(options.name)):
        print(f"{title}: {visible(value)}")
    return GOOD


def _use(options: argparse.Namespace, chosen: Settings) -> int:
    model = models.find(options.name)
    _keep(chosen, model)
    print(visible(model.name))
    return GOOD


def _default(_: argparse.Namespace, chosen: Settings) -> int:
    fresh = replace(chosen, model=None, detector=None)
    settings.save(fresh)
    for name in _in_use(fresh):
        print(visible(name))
    return GOOD


def _delete(options: argparse.Namespace, chosen: Settings) -> int:
    if not any(model.of_program for model in models.everything() if model.name == options.name):  # else that is said
        training_runs.check_free(options.name)
    models.delete(options.name, in_use=_in_use(chosen))
    print(visible(options.name))
    return GOOD


def _rename(options: argparse.Namespace, chosen: Settings) -> int:
    training_runs.check_free(options.name)
    used = options.name in _in_use(chosen)
    model = models.rename(options.name, options.new)
    if used:
        _keep(chosen, model)
    print(visible(model.name))
    return GOOD


def _export(options: argparse.Namespace, _: Settings) -> int:
    for event in import_export.export_model(models.find(options.name), options.file, overwrite=options.overwrite):
        print(visible(str(event.file)))
    return GOOD


def _import(options: argparse.Namespace, _: Settings) -> int:
    events = import_export.import_model(options.file, name=options.name, alphabet=options.alphabet)
    print(visible(_imported(events).name))
    return GOOD


def _fetch(options: argparse.Namespace, _: Settings) -> int:
    wanted = next(each for each in _FETCHED if each.name == options.file)
    if wanted in downloads.USABLE:
        print(visible(_imported(download.fetch_model(wanted, name=options.name)).name))
        return GOOD
    # It reads nothing yet: a script that trains begins with it.
    for event in download.fetch(wanted):
        _show_fetching(event)
        if isinstance(event, download.Fetched):
            show_progress("")
            print(visible(str(event.path)))
    return GOOD


def _show_fetching(event: object) -> None:
    if isinstance(event, download.Fetching):
        share = f" of {event.total >> 20}" if event.total else ""
        show_progress(f"fetching {event.file.name}: {event.done >> 20}{share} MB")


def _imported(events: Iterator[object]) -> Model:
    for event in events:
        if isinstance(event, import_export.ModelImported):
            show_progress("")
            return event.model
        if isinstance(event, download.Fetching):
            _show_fetching(event)
        else:
            show_progress("looking at the model …")
    raise AssertionError("an import ends with its model")


def _in_use(chosen: Settings) -> tuple[str, ...]:
    return (chosen.reads_with(), chosen.finds_with())


def _keep(chosen: Settings, model: Model) -> None:
    kept = replace(chosen, model=model.name) if model.kind == "recognizer" else replace(chosen, detector=model.name)
    settings.save(kept)


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
