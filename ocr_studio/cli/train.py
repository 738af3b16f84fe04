"""The command ``ocr-studio train``: learn from a dataset, and say what came of it."""

from __future__ import annotations

import argparse
import math
import shlex
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from ocr_studio.cli.console import (
    FAILED,
    GOOD,
    MISUSED,
    PROGRAM,
    LongProgress,
    command_parser,
    complain,
    given_path,
    interrupted_between,
    settings_for,
    show_progress,
)
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.datasets import dataset
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import Kind
from ocr_studio.core.training import detector_events
from ocr_studio.core.training import report as training_report
from ocr_studio.core.training import results as training_results
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.detector_events import DetectorTrained, LinesChecked
from ocr_studio.core.training.events import DEVICES, PARTS, Checked, Preparing, Recipe, Started, StepDone, Trained
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.training.runs import LIMITS, Run, RunTrouble
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.train import Course, LearningEvent

_KEEP: Final = ("unless-worse", "always", "never")
# Each is said as it is called in a recipe.
_NUMBERS: Final[Mapping[str, str]] = {
    "epochs": "how often every word is seen, few words more often",
    "learning_rate": "the highest one, after warming up",
    "batch": "words, or pieces of photos, in a step",
    "augmentation": "0 takes pictures as they are, 1 varies them as photos vary",
    "replay": "share of general words, or boards, in each step, against forgetting",
    "average": "how much of the result is what was learned; the rest is what the model knew before",
    "patience": "checks without gain after which it stops",
    "seed": "of everything that is drawn",
}
_INSTEAD: Final = "give --replace instead of --resume"
_EPILOG: Final = """\
DIR is a dataset: "ocr-studio dataset PROJECT --out DIR" makes one of the words you have checked; those of other
programs do as well, see "dataset --help". The words held out in it are never learned from: on them the model before and
the new one are compared, and on general words, which show whether something was forgotten. The model to start from is
never touched. The new one is kept under NAME unless it is worse; it is not used before "ocr-studio models use NAME".

Killed or interrupted, it is gone on with by the same command, on the same words and with the same numbers. --resume
goes on without the numbers, or with what came of it; --replace begins anew.

--events jsonl: one JSON object a line on standard output: {"event": "preparing", "what", "done", "total"},
{"event": "started", "train", "held_out", "keep", "steps", "new_letters", "resumed_at", "unit"}, {"event": "step",
"step", "steps", "loss", "seconds_left"}, {"event": "checked", "step", "held_out_cer", "keep_cer", "best", "samples"}
(with --detector "held_out" and "keep", the F of lines), {"event": "trained", "name", "steps", "seconds", "stopped",
"settings", "verdict", "unit", "more_to_tell", "held_out", "general", "gained", "lost"}, {"event": "kept", "name"} or
{"event": "discarded"}. unit: "words" or "lines". more_to_tell: about how many more corrected ones would make a
difference clear that is not, or null.

Exit status: 0 it was trained, 1 it could not be, or is worse and was not kept, 2 it was called wrongly.
"""


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = command_parser(
        "train",
        "Learn to read the hand of a dataset, and compare with the model before on words held out.",
        _EPILOG,
    )
    made.add_argument("--dataset", type=given_path, metavar="DIR", required=True, help="folder of the dataset")
    made.add_argument("--name", metavar="NAME", required=True, help="what the new model is called")
    made.add_argument("--base", metavar="MODEL", help='model to start from; default: the one in use, see "models list"')
    made.add_argument("--detector", action="store_true", help="learn to find words, from photos checked as a whole")
    made.add_argument("--what", choices=PARTS, help="which part of the network learns")
    for key, what in _NUMBERS.items():
        kind = int if isinstance(LIMITS[key][0], int) else float
        made.add_argument(f"--{key.replace('_', '-')}", type=kind, metavar="N", help=f"{what}; {_range(key)}")
    made.add_argument("--device", choices=DEVICES, help="what computes")
    made.add_argument("--keep", choices=_KEEP, default=_KEEP[0], help=f"the new model; default: {_KEEP[0]}")
    again = made.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on with what was cut short")
    again.add_argument("--replace", action="store_true", help="begin anew, whatever was cut short")
    made.add_argument("--events", choices=("jsonl",), help="say everything for another program")
    return made


def train(options: argparse.Namespace) -> int:
    """Do what is asked. Returns the exit status; raises StudioError and KeyboardInterrupt."""
    if wrong := _meaningless(options):
        complain(wrong)
        return MISUSED
    course, resume = _course(options)
    events = _gone_on_with(training.train(course, resume=resume), course.run.name, far=resume and course.run.far)
    telling = _as_json(events) if options.events else _as_text(events)
    try:
        with interrupted_between() as asked, closing(events), closing(telling):
            trained = next(event for event in _until(asked, telling) if isinstance(event, Trained | DetectorTrained))
            if asked():
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        show_progress("")
        complain(f"interrupted; {_afterwards(course.run, replace=options.replace)}")
        raise
    return _decide(trained, options)


def _gone_on_with(
    events: Generator[LearningEvent, None, None], name: str, *, far: bool
) -> Generator[LearningEvent, None, None]:
    """The events. far: whether something was kept of the run. Raises RunTrouble before that is lost, where it turns out
    to be of no use."""
    with closing(events):
        for event in events:
            if far and isinstance(event, Started) and not event.resumed_at:
                raise RunTrouble(
                    f"what was kept of the training “{name}” cannot be gone on with:"
                    " it is damaged, or languages or letters are others now",
                    remedy="--replace begins anew in its place, another --name leaves it as it is.",
                )
            yield event


def _until(asked: Callable[[], bool], events: Iterator[LearningEvent]) -> Iterator[LearningEvent]:
    """The events, as long as nobody asks for the end. Raises KeyboardInterrupt then."""
    for event in events:
        yield event
        if asked():
            raise KeyboardInterrupt


def _afterwards(run: Run, *, replace: bool) -> str:
    """What can be done about a run that was interrupted. replace: whether it was begun in the place of another."""
    if training_results.load(run) is not None:
        return f"--resume takes up what came of “{run.name}”"
    if run.far:
        return f"the same command{' without --replace' if replace else ''} goes on with “{run.name}”"
    return "the same command begins anew"


def _course(options: argparse.Namespace) -> tuple[Course, bool]:
    """What is to be done, and whether it was begun before and is gone on with. Raises StudioError."""
    training_runs.check_name(options.name)
    known = training_runs.load(options.name)
    if not (options.resume and known):
        models.check_name(options.name)
    kind: Kind = "detector" if options.detector else "recognizer"
    chosen = settings_for([] if options.base or options.resume else [kind]).reader_options()
    given = _given(options)
    if options.resume:
        if known is None:
            raise RunTrouble(f"there is no training “{options.name}” to go on with", remedy="Leave --resume out.")
        changed = sorted(key for key, value in given.items() if getattr(known.recipe, key) != value)
        if changed:
            now = f"{_flag(changed[0])} {getattr(options, changed[0])}"
            was = _was(known.recipe, changed[0])
            raise RunTrouble(f"“{options.name}” was begun {was}", remedy=f"Leave {now} out, or {_INSTEAD}.")
        found = dataset.read(options.dataset)
        return Course(replace(known, data=options.dataset.absolute()), found, chosen), True
    found = dataset.read(options.dataset)
    for line in found.trouble:
        complain(line)
    default = detector_events.RECIPE if options.detector else Recipe()
    base = chosen.finds_with() if options.detector else chosen.reads_with()
    recipe = training_runs.recipe_from(asdict(replace(default, **({"base": base} | given))))
    run = Run(options.name, kind, options.dataset.absolute(), found.digest, recipe)
    resume = known is not None and _goes_on(known, run, replace=options.replace)
    if known is not None and not resume and not found.folder.is_relative_to(known.folder.resolve()):
        training.throw_away(known)  # but for a dataset that the window has made for that run
    return Course(run, found, chosen), resume


def _goes_on(known: Run, run: Run, *, replace: bool) -> bool:
    """Whether a run that is asked for is one that was cut short. Raises StudioError rather than lose that."""
    if training_results.load(known) is not None:
        raise RunTrouble(
            f"nobody has decided yet on what came of the training “{known.name}”",
            remedy="--resume takes that up, with --keep never it is thrown away; or choose another name.",
        )
    if replace or not known.far:
        return False
    if was := _differs(known, run):
        training_runs.lock(known.name).release()  # while another is at it, that is what to know
        raise RunTrouble(
            f"the training “{known.name}” was cut short before, {was}",
            remedy="Give the same again to go on with it, --replace to begin anew in its place, or another --name.",
        )
    return True


def _differs(known: Run, run: Run) -> str:
    """How a run was begun, where another is asked for; nothing where it is the same."""
    if known.kind != run.kind:
        return f"of a {known.kind}"
    if known.digest != run.digest:
        return "on other words"
    changed = [
        each.name for each in fields(Recipe) if getattr(known.recipe, each.name) != getattr(run.recipe, each.name)
    ]
    return _was(known.recipe, changed[0]) if changed else ""


def _was(recipe: Recipe, key: str) -> str:
    """How something of a recipe was given."""
    value = getattr(recipe, key)
    return f"with {_flag(key)} {value}" if value is not None else f"without {_flag(key)}"


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """What of a recipe was asked for. Raises StudioError."""
    names = [field.name for field in fields(Recipe)]
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    if "base" in given:
        given["base"] = models.chosen(given["base"], "detector" if options.detector else "recognizer")
    return given


def _meaningless(options: argparse.Namespace) -> str:
    """What of the numbers that were given means nothing, a line; nothing where all of them do."""
    for key, (low, high) in LIMITS.items():
        value = getattr(options, key)
        if value is not None and not low <= value <= high:
            return f"--{key.replace('_', '-')} cannot be {_typed(value)}. Give {_range(key)}."
    return ""


def _range(key: str) -> str:
    return " to ".join(map(_typed, LIMITS[key]))


def _typed(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def _decide(trained: AnyTrained, options: argparse.Namespace) -> int:
    worse = trained.comparison.verdict == "worse"
    if options.keep == "never" or (worse and options.keep == _KEEP[0]):
        training.discard(trained)
        _tell(options, {"event": "discarded"}, "Not kept." if options.keep == "never" else "It is worse: not kept.")
        return GOOD if options.keep == "never" else FAILED
    model = training.keep(trained)
    does = "read" if model.kind == "recognizer" else "find writing"
    use = f"To {does} with it: {PROGRAM} models use {shlex.quote(model.name)}"
    kept = f"{training.renamed(model, trained.name)} Kept as “{model.name}”. {use}".lstrip()
    _tell(options, {"event": "kept", "name": model.name}, kept)
    return GOOD


def _tell(options: argparse.Namespace, event: Mapping[str, object], text: str) -> None:
    print(json_text(event, indent=None) if options.events else visible(text), flush=True)


# ------------------------------------------------------------------------------------------------------- telling


def _as_text(events: Iterator[LearningEvent]) -> Generator[LearningEvent, None, None]:
    """Progress on one line, the comparison at the end."""
    steps = checked = ""
    announced, progress = 0, LongProgress()
    for event in events:
        if isinstance(event, Preparing):
            progress.show(f"{event.what} … {f'{event.done} of {event.total}' if event.total else ''}".rstrip())
        elif isinstance(event, Started):
            show_progress("")
            announced = event.steps
            print("\n".join(map(visible, _begun(event))), file=sys.stderr, flush=True)
            progress.show(f"step {event.resumed_at + 1} of {event.steps} …")  # the first one takes long
        elif isinstance(event, StepDone):
            steps = f"step {event.step} of {event.steps}, loss {event.loss:.2f}, {event.seconds_left:.0f} s left"
            progress.show(f"{steps}{checked}")
        elif isinstance(event, Checked) and event.held_out_cer is not None:
            checked = f", letters wrong {training_report.percent(event.held_out_cer)}"
        elif isinstance(event, LinesChecked) and event.held_out is not None:
            checked = f", F of lines {training_report.percent(event.held_out)}"
        elif isinstance(event, Trained | DetectorTrained):
            show_progress("")
            if ended := _ended(event, announced):
                print(visible(ended), file=sys.stderr)
            print("\n".join(map(visible, training_report.render(event))))
        yield event


def _begun(event: Started) -> Iterator[str]:
    counted = f"{event.train} {event.unit} to learn from, {event.held_out} held out, {event.keep} general"
    letters = f"; new letters: {event.new_letters}" if event.new_letters else ""
    resumed = f"; gone on with from step {event.resumed_at}" if event.resumed_at else ""
    yield f"{counted}; {event.steps} steps{letters}{resumed}"
    if not event.held_out:
        one = event.unit.removesuffix("s")
        yield f"no {one} is held out: nothing will show whether the new model is better on your {event.unit}"


_WHY_ENDED: Final = {"early": ", as the last ones helped no more", "asked": ", as asked"}


def _ended(trained: AnyTrained, announced: int) -> str:
    """What became of the steps that were announced, a line; nothing where all of them were done and count."""
    kept = trained.settings.get("steps")
    said = f"{trained.steps} of {announced} steps done{_WHY_ENDED.get(trained.stopped, '')}"
    if isinstance(kept, int) and kept < trained.steps:
        return f"{said}; what counts is how it was {f'after step {kept}' if kept else 'before the first one'}"
    return said if trained.steps < announced else ""


def _as_json(events: Iterator[LearningEvent]) -> Generator[LearningEvent, None, None]:
    """A line for each event."""
    for event in events:
        print(json_text(_plain(_values(event)), indent=None), flush=True)
        yield event


_NAMES: Final = {Preparing: "preparing", Started: "started", StepDone: "step", Checked: "checked",
                 LinesChecked: "checked", Trained: "trained", DetectorTrained: "trained"}  # fmt: skip


def _values(event: LearningEvent) -> dict[str, object]:
    name: dict[str, object] = {"event": _NAMES[type(event)]}
    if isinstance(event, Trained | DetectorTrained):
        facts = {"name": event.name, "steps": event.steps, "seconds": event.seconds, "stopped": event.stopped}
        return name | facts | {"settings": dict(event.settings)} | training_report.values(event)
    return name | asdict(event)


def _plain(value: Any) -> Any:
    """What JSON can say: a figure that is none is null."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
