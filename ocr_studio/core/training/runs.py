"""Training runs that are running, were interrupted, or wait for a decision: one folder each.

``<state>/training/NAME/`` contains ``run.json`` (model, data and recipe), ``data/`` (the dataset, if it was created for
this run), ``work/`` (checkpoints, see ``engine.training.checkpoints``) and ``lock``, held while it runs.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Annotated, Final

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError, WrongUsage
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.files.json_schema import one_of
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.models import registry
from ocr_studio.core.page import now
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.translation import tr

FORMAT: Final = "ocr-studio-training"
VERSION: Final = 2
# All runs of this version are bounded.
_BOUNDED_VERSION: Final = 1
# Networks that can be trained.
KINDS: Final = ("recognizer", "detector")
# Seconds after which a run that never started is considered dead.
_STALE: Final = 86_400.0

log = logging.getLogger(__name__)


class RunTrouble(StudioError):
    """A training cannot be started or resumed."""


class RunMismatch(RunTrouble, WrongUsage):
    """A training doesn’t fit what was asked: it doesn’t exist, is finished, or was started differently."""


@dataclass(frozen=True, slots=True)
class Run:
    """A training run.

    Attributes:
        name: Name of the resulting model.
        kind: One of KINDS.
        data: Folder of the dataset.
        digest: Digest of the dataset's labels and crops.
        recipe: Hyperparameters.
        about: Description of the data for the user, such as the folder of the photos.
        begun: Start time, ISO 8601 UTC.
        writer: Whose handwriting is learned, for a writer profile; empty for a model for all photos.
        bounded: Whether the minimum and maximum number of steps apply to a chosen number of epochs, as in runs that an
            earlier version began.
    """

    name: str
    kind: Annotated[str, one_of(KINDS)]
    data: Path
    digest: str
    recipe: Recipe
    about: str = ""
    begun: str = field(default_factory=now)
    writer: str = ""
    bounded: bool = False

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return find_folder(self.name)

    @property
    def work(self) -> Path:
        """The folder of its checkpoints."""
        return self.folder / "work"

    @property
    def result(self) -> Path:
        """The file of its result; see ``training.results``."""
        return self.folder / "result.json"

    @property
    def far(self) -> bool:
        """Whether it can be resumed: it has a checkpoint or a result."""
        try:
            kept = any(not each.name.startswith(".") for each in self.work.iterdir())  # a dot marks a temporary file
        except OSError:
            kept = False
        return kept or self.result.exists()


def find_runs_folder() -> Path:
    """Return the folder of all runs. It may not exist yet."""
    return paths.state_dir() / "training"


def find_folder(name: str) -> Path:
    """Return the folder of a run. Raises BadName for an invalid name."""
    check_name(name)
    return find_runs_folder() / name


def check_name(name: str) -> None:
    """Raise BadName if the name is not valid for a model."""
    if trouble := registry.name_trouble(name):
        raise registry.BadName(trouble, remedy=tr("Choose another name."))


def find_free_name(wanted: str) -> str:
    """Return a name similar to the wanted one that no model and no run has."""
    taken = {each.casefold() for each in _names()}
    for number in count(1):
        name = registry.free_name(wanted if number == 1 else f"{wanted[:50]} {number}")
        if name.casefold() not in taken:
            return name
    raise AssertionError("numbers never end")


def begin_run(run: Run) -> None:
    """Record a new run; checkpoints of an earlier run of this name are deleted. Raises RunTrouble."""
    shutil.rmtree(run.work, ignore_errors=True)
    about = {
        "format": FORMAT,
        "version": VERSION,
        "name": run.name,
        "kind": run.kind,
        "data": str(run.data),
        "digest": run.digest,
        "recipe": asdict(run.recipe),
        "about": run.about,
        "begun": run.begun,
        "writer": run.writer,
        "bounded": run.bounded,
    }
    try:
        run.work.mkdir(parents=True, exist_ok=True)
        paths.replace_file(run.folder / "run.json", (json.dumps(about, indent=1) + "\n").encode("ascii"))
    except OSError as error:
        raise RunTrouble(
            tr("training can’t start: {reason}", reason=error.strerror or error),
            file=run.folder,
            remedy=tr("Free up disk space or make the folder writable."),
        ) from error


def load_run(name: str) -> Run | None:
    """Return the run of this name; None if there is none or it is damaged, which is logged."""
    file = find_folder(name) / "run.json"
    try:
        return _parse_run(strict_json.load(paths.read_file(file)), name)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("%s: this training can’t be gone on with: %s", file, error)
        return None


def list_unfinished() -> tuple[Run, ...]:
    """Return the runs that can be resumed or decided on and are not running, the latest first."""
    found = [run for run in map(load_run, _names()) if run is not None and run.far and not _is_locked(run)]
    return tuple(sorted(found, key=lambda run: run.begun, reverse=True))


def check_model_unused(model: str) -> None:
    """Raise ModelInUse if an unfinished training is based on this model, as it could not be resumed without it."""
    for run in map(load_run, _names()):
        if run is not None and run.recipe.base == model and (run.far or _is_locked(run)):
            raise registry.ModelInUse(
                tr("the training run “{name}” is based on the model “{model}”", name=run.name, model=model),
                remedy=tr("Finish or discard that training run first."),
                command='Resume it first ("ocr-studio train" with --resume), or discard it in the window.',
            )


def delete_remains() -> None:
    """Delete the remains of runs that never started or ended before their first checkpoint."""
    for name in _names():
        folder = find_runs_folder() / name
        try:
            left = not (folder / "run.json").exists() and time.time() - folder.stat().st_mtime > _STALE
        except OSError:
            continue
        if left:
            shutil.rmtree(folder, ignore_errors=True)
        elif (run := load_run(name)) is not None and not run.far:
            _sweep_away(run)


def delete_run(name: str) -> None:
    """Delete a run, if it exists."""
    shutil.rmtree(find_folder(name), ignore_errors=True)


def lock_run(name: str) -> FileLock:
    """Lock a run until the lock is released. Raises RunTrouble if it is locked by another process."""
    folder = find_folder(name)
    held = FileLock(SafeFolder(folder), "lock", passing=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held.take()
    except LockedElsewhere as error:
        raise RunTrouble(
            tr("“{name}” is being trained in another window or by another command", name=name),
            remedy=tr("Wait until it has finished there, or choose another name."),
        ) from error
    except OSError as error:
        raise RunTrouble(tr("training can’t start: {reason}", reason=error.strerror or error), file=folder) from error
    return held


def _names() -> list[str]:
    try:
        return [each.name for each in find_runs_folder().iterdir() if not registry.name_trouble(each.name)]
    except OSError:
        return []


def _sweep_away(run: Run) -> None:
    """Delete a run without checkpoints, unless it is running."""
    with contextlib.suppress(RunTrouble):
        held = lock_run(run.name)
        try:
            if not run.far:  # it may have saved one since
                delete_run(run.name)
        finally:
            held.release()


def _is_locked(run: Run) -> bool:
    try:
        lock_run(run.name).release()
    except RunTrouble:
        return True
    return False


def _parse_run(raw: object, name: str) -> Run:
    """Parse a run. Raises ValueError if it is not a run of this name and version."""
    head = raw if isinstance(raw, dict) else {}
    version = head.get("version")
    if (head.get("format"), head.get("name")) != (FORMAT, name) or version not in (_BOUNDED_VERSION, VERSION):
        raise ValueError("it is of another version or name")
    run = replace(json_schema.convert(raw, Run), recipe=parse_recipe(head["recipe"]))
    return replace(run, bounded=True) if version == _BOUNDED_VERSION else run


# Minimum and maximum; integers if both are.
LIMITS: Final = json_schema.ranges(Recipe)


def parse_recipe(raw: object) -> Recipe:
    """Parse a recipe from a JSON object. Raises ValueError."""
    recipe = json_schema.convert(raw, Recipe)
    if isinstance(raw, dict) and (unknown := raw.keys() - asdict(recipe).keys()):
        raise ValueError(f"{min(unknown)} is unknown")
    return recipe
