"""The command ``ocr-studio train``: trains a model on a dataset and compares it with the previous one."""

from __future__ import annotations

import argparse
import math
import shlex
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from ocr_studio.cli.settings import settings_for
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    MISUSED,
    PROGRAM,
    Stopped,
    command_parser,
    complain,
    given_path,
    interrupted_between,
)
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core.command_line import json_text, visible
from ocr_studio.core.datasets import dataset
from ocr_studio.core.errors import StudioError, UnknownName, suggest_name
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import Kind
from ocr_studio.core.training import detector_events
from ocr_studio.core.training import report as training_report
from ocr_studio.core.training import results as training_results
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.detector_events import DETECTOR_LENGTH, DetectorTrained, LinesEvaluated
from ocr_studio.core.training.events import (
    DEVICES,
    PARTS,
    RECOGNIZER_LENGTH,
    Recipe,
    StepDone,
    Trained,
    TrainingPreparing,
    TrainingStarted,
    UsualLength,
    WordsEvaluated,
    suggested_recipe,
)
from ocr_studio.core.training.preflight import LEAST
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.training.runs import LIMITS, Run, RunMismatch, RunTrouble
from ocr_studio.core.units import counted, percent
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.train import LearningEvent, TrainingTask

_LENGTHS: Final[Mapping[str, UsualLength]] = {"recognizer": RECOGNIZER_LENGTH, "detector": DETECTOR_LENGTH}
_KEEP: Final = ("unless-worse", "always", "never")
# Help of the options, by the names of the fields in a recipe.
_NUMBERS: Final[Mapping[str, str]] = {
    "epochs": "exact number of passes over the dataset",
    "learning_rate": "peak learning rate, after warm-up",
    "batch": "batch size: words in each step, or crops of photos for the detector",
    "augmentation": "strength of augmentation: 0 for none, 1 for as much as photos vary",
    "replay": "share of general words or boards in each step, to prevent forgetting",
    "average": "share of the trained weights in the result; the rest comes from the base model",
    "patience": "early stopping: evaluations without improvement before training stops",
    "seed": "random seed",
}
_INSTEAD: Final = "use --replace instead of --resume"
_EPILOG: Final = """\
DIR is a dataset, such as "ocr-studio dataset PROJECT --out DIR" exports from your checked words. The base model and the
new one are compared on its held-out words, which are never trained on, and on general words, which show what was
forgotten. The base model is not changed. The new model is saved as NAME unless it is worse or nothing was learned;
to select it, use "ocr-studio models use NAME".

A recognizer needs at least five words, with --writer by this writer.

To resume interrupted training, run the same command again. With --resume, only --dataset and --name are needed; it
also saves or discards the model of a finished run that is waiting for a decision. --replace starts over.
For more, see "ocr-studio help training".

--events jsonl: one JSON object for each line of standard output: {"event": "preparing", "what", "done", "total"},
{"event": "started", "train", "held_out", "keep", "steps", "new_letters", "resumed_at", "unit", "unchecked"},
{"event": "step", "step", "steps", "loss", "seconds_left"}, {"event": "checked", "step", "held_out_cer", "keep_cer",
"best", "samples"} (with --detector "held_out" and "keep", F1 scores of lines), {"event": "trained", "name", "steps",
"seconds", "stopped", "settings", "verdict", "unit", "changed", "more_to_tell", "held_out", "general", "replaced",
"gained", "lost"}, {"event": "kept", "name"} or {"event": "discarded"}. unit: "words" or "lines". unchecked: number of
unchecked words that are trained on, too. changed: false if nothing was learned. more_to_tell: about how many more
corrected ones are needed to make the difference clear, or null. replaced: how the profile in use for --writer reads,
or null. seconds_left: null until it has been measured.

Exit status 0: success; 1: training failed, or the new model was not saved as it is worse or nothing was learned; 2:
incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "train",
        "Train a model on a dataset and compare it with the previous one on held-out words.",
        _EPILOG,
    )
    made.add_argument("--dataset", type=given_path, metavar="DIR", required=True, help="folder of the dataset")
    made.add_argument("--name", metavar="NAME", required=True, help="name of the new model")
    made.add_argument("--base", metavar="MODEL", help="model to start from; default: the one in use")
    made.add_argument(
        "--writer", metavar="WRITER", help="learn the handwriting of this writer only, as a profile for their photos"
    )
    made.add_argument("--detector", action="store_true", help="train the detector, on photos with every word checked")
    made.add_argument("--what", choices=PARTS, help=f"part of the network to train; default: {Recipe().what}")
    for key, what in _NUMBERS.items():
        kind = int if isinstance(LIMITS[key][0], int) else float
        about = f"{what}; {_range(key)}; {_default(key)}"
        made.add_argument(_flag(key), type=kind, metavar="N", help=about)
    made.add_argument("--device", choices=DEVICES, help=f"device to compute on; {_default('device')}")
    made.add_argument(
        "--keep",
        choices=_KEEP,
        default=_KEEP[0],
        help=f"when to save the new model, if anything was learned; default: {_KEEP[0]}",
    )
    again = made.add_mutually_exclusive_group()
    again.add_argument(
        "--resume", action="store_true", help="resume a training run; only --dataset and --name are needed"
    )
    again.add_argument("--replace", action="store_true", help="start over, discarding an interrupted training run")
    made.add_argument("--events", choices=("jsonl",), help="print all events as JSON, for other programs")
    return made


def work(options: argparse.Namespace) -> int:
    """Train, compare, and save or discard the model.

    Returns:
        The exit status.

    Raises:
        StudioError: The training can't be started or resumed.
        KeyboardInterrupt: Ctrl+C was pressed.
    """
    if wrong := _meaningless(options):
        complain(wrong)
        return MISUSED
    task, resume = _make_task(options)
    events = _require_saved_state(training.train(task, resume=resume), task.run.name, far=resume and task.run.far)
    telling = _as_json(events) if options.events else _as_text(events)
    try:
        with interrupted_between() as asked:
            with closing(events), closing(telling):
                trained = next(
                    event for event in _until(asked, telling) if isinstance(event, Trained | DetectorTrained)
                )
            if asked():
                raise KeyboardInterrupt
            return _decide(trained, options)  # takes a moment, and is not left half done
    except KeyboardInterrupt as error:
        told = _afterwards(task.run, replace=options.replace)
        _delete_unstarted(task, resume=resume)
        raise Stopped(told) from error
    except StudioError:
        _delete_unstarted(task, resume=resume)
        raise


def _delete_unstarted(task: TrainingTask, *, resume: bool) -> None:
    """Delete a run that ended before there was anything to resume, unless it was begun by another command."""
    run = task.run
    if resume or run.far or task.dataset.folder.is_relative_to(run.folder.resolve()):
        return
    if training_runs.load_run(run.name) == run:
        with suppress(StudioError):  # what stopped the training is reported
            training.throw_away(run)


def _require_saved_state(
    events: Generator[LearningEvent, None, None], name: str, *, far: bool
) -> Generator[LearningEvent, None, None]:
    """Pass on the events of a training. Raises RunTrouble before a saved state that can't be used is overwritten.

    far: whether the training should resume from a saved state.
    """
    with closing(events):
        for event in events:
            if far and isinstance(event, TrainingStarted) and not event.resumed_at:
                raise RunTrouble(
                    f"the training run “{name}” can’t be resumed:"
                    " its saved state is damaged or of another version, or the languages or characters have changed",
                    remedy="Use --replace to start over, or another --name to preserve it.",
                )
            yield event


def _until(asked: Callable[[], bool], events: Iterator[LearningEvent]) -> Iterator[LearningEvent]:
    """Pass on the events. Raises KeyboardInterrupt once ``asked`` returns true."""
    for event in events:
        yield event
        if asked():
            raise KeyboardInterrupt


def _afterwards(run: Run, *, replace: bool) -> str:
    """Return what to do about an interrupted run. replace: whether it was started with ``--replace``."""
    if training_results.load_result(run) is not None:
        return f"“{run.name}” is trained; use --resume to save its model."
    if run.far:
        return f"Run the same command{' without --replace' if replace else ''} to resume “{run.name}”."
    return "Nothing was saved. Run the same command to start over."


def _make_task(options: argparse.Namespace) -> tuple[TrainingTask, bool]:
    """Return what to train, and whether an earlier run is resumed. Raises StudioError."""
    training_runs.check_name(options.name)
    known = training_runs.load_run(options.name)
    if not (options.resume and known):
        registry.check_name(options.name)
    kind: Kind = "detector" if options.detector else "recognizer"
    chosen = settings_for([] if options.base or options.resume else [kind]).reader_options()
    given = _given_options(options)
    if options.resume:
        if known is None:
            raise RunMismatch(
                f"there is no training run “{options.name}” to resume", remedy="Remove --resume to start it."
            )
        changed = sorted(key for key, value in given.items() if getattr(known.recipe, key) != value)
        if changed:
            now = f"{_flag(changed[0])} {getattr(options, changed[0])}"
            was = _was(known.recipe, changed[0])
            raise RunMismatch(f"“{options.name}” was started {was}", remedy=f"Remove {now}, or {_INSTEAD}.")
        found = dataset.read(options.dataset)
        if options.writer not in (None, known.writer):
            was = f"for the writer “{known.writer}”" if known.writer else "without --writer"
            raise RunMismatch(f"“{options.name}” was started {was}", remedy=f"Remove --writer, or {_INSTEAD}.")
        return TrainingTask(replace(known, data=options.dataset.absolute()), found, chosen), True
    found = dataset.read(options.dataset)
    for line in found.trouble:
        complain(line)
    usual = suggested_recipe(options.what or Recipe().what, profile=options.writer is not None)
    default = detector_events.RECIPE if options.detector else usual
    base = chosen.finds_with() if options.detector else chosen.reads_with()
    recipe = training_runs.parse_recipe(asdict(replace(default, **({"base": base} | given))))
    writer = _check_writer(options, found)
    if kind == "recognizer":
        _check_enough(found, writer)
    run = Run(options.name, kind, options.dataset.absolute(), found.digest, recipe, writer=writer)
    resume = known is not None and _goes_on(known, run, replace=options.replace)
    if known is not None and resume:
        run = replace(known, data=run.data)
    elif known is not None and not found.folder.is_relative_to(known.folder.resolve()):
        training.throw_away(known)  # unless the dataset is inside it, as the window writes it
    return TrainingTask(run, found, chosen), resume


def _check_writer(options: argparse.Namespace, found: dataset.Dataset) -> str:
    """Return whose handwriting is learned, empty for everyone's. Raises StudioError."""
    if options.writer is None:
        return ""
    known = sorted({example.writer for example in found.train if example.writer})
    if options.writer not in known:
        names = ", ".join(known) or "none"
        what = f"it contains no words by “{options.writer}”"
        remedy = suggest_name(options.writer, known) or f"Writers of its words: {names}."
        raise UnknownName(what, file=options.dataset, remedy=remedy)
    return str(options.writer)


def _check_enough(found: dataset.Dataset, writer: str) -> None:
    """Raise RunTrouble if there are too few words to train a recognizer and compare it. writer: whose words count."""
    count = sum(example.writer == writer or not writer for example in found.examples)
    if not found.train or count >= LEAST:  # without any to train on, the training says why
        return
    unit = found.unit.removesuffix("s")
    has = f"it contains only {counted(count, unit)}{f' by “{writer}”' if writer else ''}"
    what = f"{has}; at least {LEAST} are needed to train a recognizer"
    more = counted(LEAST - count, f"more {unit}")
    raise RunTrouble(what, file=found.folder, remedy=f"Check {more} and export the dataset again.")


def _goes_on(known: Run, run: Run, *, replace: bool) -> bool:
    """Whether this run resumes an interrupted one. Raises StudioError if that would be lost."""
    if training_results.load_result(known) is not None:
        raise RunMismatch(
            f"the training run “{known.name}” is finished, but its model is neither saved nor discarded",
            remedy="Add --resume to save it, --resume --keep never to discard it, or choose another name.",
        )
    if replace or not known.far:
        return False
    if was := _differs(known, run):
        training_runs.lock_run(known.name).release()  # reports if it is still running
        raise RunMismatch(
            f"there is already an interrupted training run “{known.name}” {was}",
            remedy="Use --resume to resume it, --replace to start over, or another --name.",
        )
    return True


def _differs(known: Run, run: Run) -> str:
    """Describe how an earlier run differs from this one; empty if it doesn't."""
    if known.kind != run.kind:
        return f"of a {known.kind}"
    if known.digest != run.digest:
        return "on other words"
    if known.writer != run.writer:
        return f"for the writer “{known.writer}”" if known.writer else "for all writers"
    asked = run.recipe
    if known.bounded and asked.epochs is None:  # the earlier version had the usual number as the default
        asked = replace(asked, epochs=_LENGTHS[known.kind].epochs)
    changed = [each.name for each in fields(Recipe) if getattr(known.recipe, each.name) != getattr(asked, each.name)]
    return _was(known.recipe, changed[0]) if changed else ""


def _was(recipe: Recipe, key: str) -> str:
    """Describe a value of a recipe as an option: "with --epochs 3"."""
    value = getattr(recipe, key)
    return f"with {_flag(key)} {value}" if value is not None else f"without {_flag(key)}"


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _given_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return the values of a recipe that were given as options. Raises StudioError."""
    names = [field.name for field in fields(Recipe)]
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    if "base" in given:
        given["base"] = registry.chosen(given["base"], "detector" if options.detector else "recognizer")
    return given


def _meaningless(options: argparse.Namespace) -> str:
    """Return an error about options that exclude each other or a number out of range; empty if there is none."""
    if options.writer is not None and options.detector:
        return "--writer and --detector can’t be combined: writer profiles are recognizers"
    for key, (low, high) in LIMITS.items():
        value = getattr(options, key)
        if value is not None and not low <= value <= high:
            return f"{_flag(key)} must be from {_range(key)}, not {_typed(value)}"
    return ""


def _range(key: str) -> str:
    return " to ".join(map(_typed, LIMITS[key]))


def _typed(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _default(key: str) -> str:
    """Return the default of an option, and those of other trainings where they differ, as shown in the help."""
    if key == "epochs":
        lengths = {"default": RECOGNIZER_LENGTH, "detector": DETECTOR_LENGTH}
        return "; ".join(f"{name}: {each.epochs}, at least {each.least} steps" for name, each in lengths.items())
    recipes = {"head": suggested_recipe("head"), "upper and all": suggested_recipe("upper")}
    recipes["--writer"] = suggested_recipe(Recipe().what, profile=True)
    recipes["detector"] = detector_events.RECIPE
    usual = _shown_default(getattr(Recipe(), key))
    others = {name: _shown_default(getattr(recipe, key)) for name, recipe in recipes.items()}
    return "; ".join([f"default: {usual}", *(f"{name}: {value}" for name, value in others.items() if value != usual)])


def _shown_default(value: float | str | None) -> str:
    return "no early stopping" if value is None else _typed(value)  # only the patience can be missing


def _decide(trained: AnyTrained, options: argparse.Namespace) -> int:
    worse = trained.comparison.verdict == "worse"
    if options.keep == "never" or not trained.changed or (worse and options.keep == _KEEP[0]):
        training.discard(trained)
        reason = ": the new model is worse" if trained.changed else ": nothing was learned"
        why = "" if options.keep == "never" else reason
        _print_event(options, {"event": "discarded"}, f"Not saved{why}.")
        return GOOD if options.keep == "never" else FAILED
    model = training.keep(trained)
    use = f"To use it: {PROGRAM} models use {shlex.quote(model.name)}"
    kept = f"{training.renamed(model, trained.name)} Saved as “{model.name}”. {use}".lstrip()
    _print_event(options, {"event": "kept", "name": model.name}, kept)
    return GOOD


def _print_event(options: argparse.Namespace, event: Mapping[str, object], text: str) -> None:
    print(json_text(event, indent=None) if options.events else visible(text), flush=True)


# ------------------------------------------------------------------------------------------------------- telling


def _as_text(events: Iterator[LearningEvent]) -> Generator[LearningEvent, None, None]:
    """Show progress on one line, and print the comparison at the end."""
    checked = ""
    announced, progress = 0, Progress(logged=True)
    for event in events:
        if isinstance(event, TrainingPreparing):
            progress.show(event.what, event.done, event.total)
        elif isinstance(event, TrainingStarted):
            clear_progress()
            announced = event.steps
            print("\n".join(map(visible, _begun(event))), file=sys.stderr, flush=True)
            progress.show("training", event.resumed_at, event.steps, detail=f"step {event.resumed_at + 1}")
        elif isinstance(event, StepDone):
            at = f"step {event.step} of {event.steps}, loss {event.loss:.2f}{checked}"
            # Of its steps and evaluations, of which the training knows how long each takes.
            progress.show("training", event.step, event.steps, detail=at, seconds=event.seconds_left)
        elif isinstance(event, WordsEvaluated) and event.held_out_cer is not None:
            checked = f", character error rate {percent(event.held_out_cer, 1)}"
        elif isinstance(event, LinesEvaluated) and event.held_out is not None:
            checked = f", F1 score of lines {percent(event.held_out, 1)}"
        elif isinstance(event, Trained | DetectorTrained):
            clear_progress()
            if ended := _ended(event, announced):
                print(visible(ended), file=sys.stderr)
            print("\n".join(map(visible, training_report.render(event))))
        yield event


def _begun(event: TrainingStarted) -> Iterator[str]:
    train = counted(event.train, event.unit.removesuffix("s"))
    unchecked = f" and {event.unchecked} unchecked" if event.unchecked else ""
    data = f"{train}{unchecked} to train on, {event.held_out} held out, {event.keep} general"
    letters = f"; new characters: {event.new_letters}" if event.new_letters else ""
    resumed = f"; resumed at step {event.resumed_at}" if event.resumed_at else ""
    yield f"{data}; {counted(event.steps, 'step')}{letters}{resumed}"
    if not event.held_out:
        yield f"no {event.unit} are held out, so the models can’t be compared on your {event.unit}"


_WHY_ENDED: Final = {"early": " (early stopping)", "asked": " (stopped on request)"}


def _ended(trained: AnyTrained, announced: int) -> str:
    """Say in one line which steps were done and used; empty if all of them were."""
    kept = trained.settings.get("steps")
    said = f"{trained.steps} of {counted(announced, 'step')} done{_WHY_ENDED.get(trained.stopped, '')}"
    if isinstance(kept, int) and kept < trained.steps:
        return f"{said}; the result is the model {f'after step {kept}' if kept else 'before the first step'}"
    return said if trained.steps < announced else ""


def _as_json(events: Iterator[LearningEvent]) -> Generator[LearningEvent, None, None]:
    """Print each event as a line of JSON."""
    for event in events:
        print(json_text(_plain(_values(event)), indent=None), flush=True)
        yield event


_NAMES: Final = {
    TrainingPreparing: "preparing",
    TrainingStarted: "started",
    StepDone: "step",
    WordsEvaluated: "checked",
    LinesEvaluated: "checked",
    Trained: "trained",
    DetectorTrained: "trained",
}


def _values(event: LearningEvent) -> dict[str, object]:
    name: dict[str, object] = {"event": _NAMES[type(event)]}
    if isinstance(event, Trained | DetectorTrained):
        facts = {"name": event.name, "steps": event.steps, "seconds": event.seconds, "stopped": event.stopped}
        return name | facts | {"settings": dict(event.settings)} | training_report.report_values(event)
    return name | asdict(event)


def _plain(value: Any) -> Any:
    """Convert a value to what JSON can hold; NaN and infinity become None."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
