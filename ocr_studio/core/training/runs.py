"""Trainings that are going on, were cut short, or wait for a person's word: a folder for each.

``<state>/training/NAME/``: ``run.json`` says what is trained, on what and how; ``data/`` the dataset, where it was made
for this run; ``work/`` how far it has come, as ``engine.checkpoints`` keeps it; ``lock`` is held while it runs.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import time
from dataclasses import asdict, dataclass, field, fields
from itertools import count
from pathlib import Path
from typing import Any, Final

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.models import registry as models
from ocr_studio.core.page import now
from ocr_studio.core.training.events import DEVICES, PARTS, Recipe
from ocr_studio.core.translation import tr

FORMAT: Final = "ocr-studio-training"
VERSION: Final = 1
# What learns: the net that reads words, or the one that finds them.
KINDS: Final = ("recognizer", "detector")
# Seconds after which a run that was about to begin will not any more.
_STALE: Final = 86_400.0

log = logging.getLogger(__name__)


class RunTrouble(StudioError):
    """A training cannot be begun or gone on with."""


@dataclass(frozen=True, slots=True)
class Run:
    """A training. name: of the model that comes of it. kind: one of KINDS. data: folder of the dataset. digest: of its
    labels and crops. about: what it learns from, for a person, such as the photos' folder. begun: ISO 8601 UTC."""

    name: str
    kind: str
    data: Path
    digest: str
    recipe: Recipe
    about: str = ""
    begun: str = field(default_factory=now)

    @property
    def folder(self) -> Path:
        """All of it."""
        return folder_of(self.name)

    @property
    def work(self) -> Path:
        """How far it has come."""
        return self.folder / "work"

    @property
    def result(self) -> Path:
        """What has come of it; see ``training.results``."""
        return self.folder / "result.json"

    @property
    def far(self) -> bool:
        """Whether there is anything to go on with: how far it has come was kept, or something has come of it."""
        try:
            kept = any(not each.name.startswith(".") for each in self.work.iterdir())  # a dot: half written
        except OSError:
            kept = False
        return kept or self.result.exists()


def runs_dir() -> Path:
    """Where all runs lie. It need not exist yet."""
    return paths.state_dir() / "training"


def folder_of(name: str) -> Path:
    """The folder of a run. Raises RunTrouble where no model can have this name."""
    check_name(name)
    return runs_dir() / name


def check_name(name: str) -> None:
    """Raises RunTrouble where no model, and so no folder, can have this name."""
    if trouble := models.name_trouble(name):
        raise RunTrouble(trouble, remedy=tr("Give another name."))


def free_name(wanted: str) -> str:
    """A name like this one that no model has, and no run."""
    taken = {each.casefold() for each in _names()}
    for number in count(1):
        name = models.free_name(wanted if number == 1 else f"{wanted[:50]} {number}")
        if name.casefold() not in taken:
            return name
    raise AssertionError("numbers never end")


def begin(run: Run) -> None:
    """Note a run that begins; what an earlier one of this name had come to is gone. Raises RunTrouble."""
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
    }
    try:
        run.work.mkdir(parents=True, exist_ok=True)
        paths.replace_file(run.folder / "run.json", (json.dumps(about, indent=1) + "\n").encode("ascii"))
    except OSError as error:
        raise RunTrouble(
            tr("training cannot begin: {reason}", reason=error.strerror or error),
            file=run.folder,
            remedy=tr("Make room or make the folder writable."),
        ) from error


def load(name: str) -> Run | None:
    """The run of this name; None where there is none, or, as the log then says, none that can be gone on with."""
    file = folder_of(name) / "run.json"
    try:
        raw = json.loads(paths.read_file(file).decode("utf-8"))
        return _run(raw, name)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, TooLarge) as error:
        log.warning("%s: this training cannot be gone on with: %s", file, error)
        return None


def unfinished() -> tuple[Run, ...]:
    """The runs that have come somewhere, that nobody is at and nobody has decided on, the latest first."""
    found = [run for run in map(load, _names()) if run is not None and run.far and not _held(run)]
    return tuple(sorted(found, key=lambda run: run.begun, reverse=True))


def check_free(model: str) -> None:
    """Raises ModelInUse where a training began with this model and is not over: it could not be gone on with."""
    for run in map(load, _names()):
        if run is not None and run.recipe.base == model and (run.far or _held(run)):
            raise models.ModelInUse(
                tr("the training “{name}” began with the model “{model}” and is not over", name=run.name, model=model),
                remedy=tr("Decide on that training first, or throw it away."),
                command='Go on with it first ("ocr-studio train" with --resume), or throw it away in the window.',
            )


def sweep() -> None:
    """Delete what is left of runs that had not truly begun, and of those that ended before they had come anywhere."""
    for name in _names():
        folder = runs_dir() / name
        try:
            left = not (folder / "run.json").exists() and time.time() - folder.stat().st_mtime > _STALE
        except OSError:
            continue
        if left:
            shutil.rmtree(folder, ignore_errors=True)
        elif (run := load(name)) is not None and not run.far:
            _sweep_away(run)


def forget(name: str) -> None:
    """Delete all of a run: its place is free. Nothing happens where there is none."""
    shutil.rmtree(folder_of(name), ignore_errors=True)


def lock(name: str) -> FileLock:
    """Be the one that runs it, until the lock is released. Raises RunTrouble where another is at it."""
    folder = folder_of(name)
    held = FileLock(SafeFolder(folder), "lock", passing=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held.take()
    except LockedElsewhere as error:
        raise RunTrouble(
            tr("“{name}” is being trained in another window or by another command", name=name),
            remedy=tr("Wait until it has ended there, or choose another name."),
        ) from error
    except OSError as error:
        raise RunTrouble(tr("training cannot begin: {reason}", reason=error.strerror or error), file=folder) from error
    return held


def _names() -> list[str]:
    try:
        return [each.name for each in runs_dir().iterdir() if not models.name_trouble(each.name)]
    except OSError:
        return []


def _sweep_away(run: Run) -> None:
    """Delete a run that has come nowhere, if nobody is at it."""
    with contextlib.suppress(RunTrouble):
        held = lock(run.name)
        try:
            if not run.far:  # it may have got there meanwhile
                forget(run.name)
        finally:
            held.release()


def _held(run: Run) -> bool:
    try:
        lock(run.name).release()
    except RunTrouble:
        return True
    return False


def _run(raw: Any, name: str) -> Run:
    """Raises ValueError, KeyError or TypeError where this is no run of this version."""
    if not isinstance(raw, dict) or raw.get("format") != FORMAT or raw.get("version") != VERSION:
        raise ValueError("it is of another version")
    texts = {key: raw[key] for key in ("kind", "data", "digest", "about", "begun")}
    if not all(isinstance(value, str) for value in texts.values()) or raw["name"] != name:
        raise ValueError("it does not say what is trained")
    if texts["kind"] not in KINDS or "\0" in texts["data"]:
        raise ValueError("it does not say on what")
    return Run(name, texts["kind"], Path(texts["data"]), texts["digest"], recipe_from(raw["recipe"]),
               texts["about"], texts["begun"])  # fmt: skip


# From, to; whole numbers where both are.
LIMITS: Final[dict[str, tuple[float, float]]] = {
    "epochs": (1, 1000),
    "learning_rate": (1e-7, 1e-1),
    "batch": (1, 512),
    "augmentation": (0.0, 1.0),
    "replay": (0.0, 0.9),
    "average": (0.0, 1.0),
    "patience": (1, 1000),
    "seed": (0, 2**31 - 1),
}


def recipe_from(raw: Any) -> Recipe:
    """The recipe that a JSON object says. Raises ValueError where it says something else, TypeError for no object."""
    if not isinstance(raw, dict) or {each.name for each in fields(Recipe)} < set(raw):
        raise TypeError("no recipe")
    for key, value in raw.items():
        if not _allowed(key, value):
            raise ValueError(f"{key} cannot be {value!r}")
    return Recipe(**raw)


def _allowed(key: str, value: object) -> bool:
    if key in {"base", "patience"} and value is None:
        return True
    if key == "base":
        return isinstance(value, str)
    if key in {"what", "device"}:
        return value in (PARTS if key == "what" else DEVICES)
    low, high = LIMITS.get(key, (1, 0))
    kind = int if isinstance(low, int) else int | float
    return isinstance(value, kind) and not isinstance(value, bool) and low <= value <= high
