"""The registry of models: those that come with the program (see ``bundled``) and the user's model folders.

Models are in ``<data>/models/NAME/`` (see ``models.folder``). Candidates are in
``<data>/models/.candidates/NAME-xxxx/`` and are not listed; installing one is a single rename, so there are never
partial models. Nothing here loads a network.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import secrets
import shlex
import shutil
import time
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError, UnknownName, WrongUsage, suggest_name
from ocr_studio.core.files.safe_folder import SafeFolder, is_device
from ocr_studio.core.models import bundled
from ocr_studio.core.models.bundled import BORROWED, BUILT_IN, BUILT_IN_DETECTOR, Damaged, Model
from ocr_studio.core.models.card import CARD_FILE, BadModel, Kind, ModelCard
from ocr_studio.core.models.folder import DROPPINGS, inspect
from ocr_studio.core.translation import later, tr

# Names that other modules import from here.
__all__ = ["BUILT_IN", "BUILT_IN_DETECTOR", "Damaged", "Model"]

_CANDIDATES: Final = ".candidates"
_LONGEST: Final = 60  # characters of a name; fits any file system in UTF-8
_UNFIT: Final = re.compile(r'[/\\<>:"|?*]')


class NoSuchModel(UnknownName):
    """The model does not exist."""


class BadName(WrongUsage):
    """The name is not valid for a model, or is taken."""


class ModelInUse(StudioError):
    """The model is in use, so it cannot be changed."""


class ModelOfProgram(StudioError):
    """The model comes with the program, so it cannot be changed."""


class ModelsNotWritten(StudioError):
    """The models folder could not be changed; it is unchanged."""


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A model that another one was trained from; ``model`` is None if it no longer exists."""

    name: str
    model: Model | None


def models_dir() -> Path:
    """Return the folder of models. It may not exist yet."""
    return paths.data_dir() / "models"


def available(kind: Kind = "recognizer") -> tuple[Model, ...]:
    """Return the usable models of a kind, the default first."""
    return tuple(model for model in everything() if model.kind == kind)


def everything() -> tuple[Model, ...]:
    """Return all models of both kinds: those of the program first, the others by name."""
    return overview()[0]


def damaged() -> tuple[Damaged, ...]:
    """Return the folders among the models that hold no valid model, with the reasons."""
    return overview()[1]


def overview() -> tuple[tuple[Model, ...], tuple[Damaged, ...]]:
    """Return ``everything`` and ``damaged`` from a single scan."""
    found = list(_scan())
    adapted = _adapted()
    return (
        (
            *bundled.in_order(each for each in adapted if isinstance(each, Model)),
            *(each for each in found if isinstance(each, Model)),
        ),
        tuple(each for each in (*adapted, *found) if isinstance(each, Damaged)),
    )


def find(name: str) -> Model:
    """Return the model of this name. Raises NoSuchModel, or BadModel if it is damaged."""
    for model in BORROWED:
        if model.name == name:
            return model
    if name in _folders():  # exact case, even on a case-insensitive file system
        return _opened(name)
    for each in _adapted():
        if each.name == name:
            if isinstance(each, Damaged):
                raise each.error
            return each
    known = [model.name for model in everything()]
    names = ", ".join(known)
    raise NoSuchModel(
        tr("the model “{name}” was not found", name=name),
        remedy=tr("Available models: {names}.", names=names),
        command=suggest_name(name, known)
        or f'Available models: {names}. Import another one with "ocr-studio models import FILE".',
    )


def in_folder(folder: Path) -> Model:
    """Return the model in any folder. Raises BadModel."""
    card = inspect(folder)
    return Model(folder.name, card.title, card.kind, folder, card)


def can_be_chosen(name: str, kind: Kind) -> bool:
    """Whether there is a usable model of this name and kind."""
    try:
        return find(name).kind == kind
    except StudioError:
        return False


def chosen(name: str | None, kind: Kind = "recognizer") -> str | None:
    """Check that a model can be used for a purpose and return its name; None stands for the default and is returned as
    is.

    Raises:
        NoSuchModel: There is no such model, or it is of the other kind.
        BadModel: The model is damaged.
    """
    if name is not None and find(name).kind != kind:
        does = {
            "recognizer": later("the model “{name}” is a detector, not a recognizer"),
            "detector": later("the model “{name}” is a recognizer, not a detector"),
        }[kind]
        names = ", ".join(model.name for model in available(kind))
        raise NoSuchModel(tr(does, name=name), remedy=tr("Available models: {names}.", names=names))
    return name


def default(kind: Kind = "recognizer", *, alphabet: str = "latin") -> Model:
    """Return the default model for a kind and an alphabet (as in the settings)."""
    adapted = (each for each in _adapted() if isinstance(each, Model))
    return bundled.default(kind, alphabet, adapted)


def in_use(name: str | None, kind: Kind = "recognizer", *, alphabet: str = "latin") -> Model:
    """Return the model that ``ReaderOptions`` select, or the default for the alphabet.

    Raises NoSuchModel and BadModel.
    """
    wanted = chosen(name, kind)
    return find(wanted) if wanted is not None else default(kind, alphabet=alphabet)


def history(name: str) -> tuple[Ancestor, ...]:
    """Return the model and its ancestors, back to the published one. Raises the errors of ``find``."""
    return ancestry(find(name), everything())


def ancestry(model: Model, among: Iterable[Model]) -> tuple[Ancestor, ...]:
    """Return the model and its ancestors among some models."""
    known = {each.name: each for each in among}
    line = [Ancestor(model.name, model)]
    while (last := line[-1].model) is not None and last.card is not None and last.card.parent:
        parent = last.card.parent
        if parent in [ancestor.name for ancestor in line]:  # a name may be reused, which could make a cycle
            break
        line.append(Ancestor(parent, known.get(parent)))
    return tuple(line)


# ------------------------------------------------------------------------------------------------------- names


def is_taken(name: str) -> bool:
    """Whether a model has this name, regardless of case."""
    return name.casefold() in _names_in_use()


def check_name(name: str) -> None:
    """Raise BadName if the name is not valid for a model, or is taken."""
    if trouble := name_trouble(name):
        raise BadName(trouble, remedy=tr("Choose another name."))
    if is_taken(name):
        raise BadName(tr("a model named “{name}” already exists", name=name), remedy=tr("Choose another name."))


def name_trouble(name: str) -> str:
    """Return why the name is not valid for a model, or an empty text. Existing models are not considered."""
    if not name or len(name) > _LONGEST:
        return tr("a model name must have 1 to {most} characters", most=_LONGEST)
    odd = _UNFIT.search(name) or not name.isprintable() or name != unicodedata.normalize("NFC", name)
    if odd or name[0] in ".-~ " or name[-1] in ". " or is_device(name):
        return tr("“{name}” can’t be a model name: it is not a valid folder name on every system", name=name)
    return ""


def free_name(wanted: str) -> str:
    """Return a valid, unused name similar to the wanted one."""
    fit = unicodedata.normalize("NFC", _UNFIT.sub("_", "".join(filter(str.isprintable, wanted))))
    fit = fit[: _LONGEST - 5].lstrip(".-~ ").rstrip(". ") or "model"
    fit = f"{fit}_" if is_device(fit) else fit
    taken = _names_in_use()
    names = itertools.chain([fit], (f"{fit} {number}" for number in itertools.count(2)))
    return next(name for name in names if name.casefold() not in taken)


def _names_in_use() -> frozenset[str]:
    # Names that differ only in case are the same folder on many systems.
    of_program = (each.name for each in (*BORROWED, *bundled.adapted()))
    return frozenset(name.casefold() for name in (*of_program, *_folders()))


# ---------------------------------------------------------------------------------------------------- candidates


def candidate_folder(name: str) -> Path:
    """Create an empty folder for a candidate that may be installed as ``name``. Raises BadName and ModelsNotWritten.

    The name may be taken; this is checked on installation.
    """
    if trouble := name_trouble(name):
        raise BadName(trouble, remedy=tr("Choose another name."))
    folder = models_dir() / _CANDIDATES / f"{name}-{secrets.token_hex(4)}"
    with _changing(folder):
        folder.mkdir(parents=True)
    return folder


def candidates(name: str) -> tuple[Path, ...]:
    """Return the existing candidate folders for a name, newest first."""
    pattern = re.compile(rf"{re.escape(name)}-[0-9a-f]{{8}}")
    try:
        found = [path for path in (models_dir() / _CANDIDATES).iterdir() if pattern.fullmatch(path.name)]
        return tuple(sorted(found, key=lambda path: path.stat().st_mtime, reverse=True))
    except OSError:
        return ()


def abandoned(*, seconds: float) -> tuple[tuple[str, Path], ...]:
    """Return candidate folders that were not modified for this many seconds, with their names."""
    pattern = re.compile(r"(.+)-[0-9a-f]{8}")
    try:
        found = [(pattern.fullmatch(path.name), path) for path in (models_dir() / _CANDIDATES).iterdir()]
        old = time.time() - seconds
        return tuple((match[1], path) for match, path in found if match and path.lstat().st_mtime < old)
    except OSError:
        return ()


def install(candidate: Path, *, name: str | None = None) -> Model:
    """Check a candidate's files and turn it into a model. On an error it remains a candidate.

    Args:
        candidate: Its folder.
        name: Name of the model, if not the one its folder was created for.

    Raises:
        BadModel: It is not a valid model.
        BadName: The name is not valid or is taken.
        ModelsNotWritten: The folder cannot be moved.
    """
    name = candidate.name.rpartition("-")[0] if name is None else name
    inspect(candidate, thoroughly=True)
    check_name(name)
    _move(candidate, models_dir() / name)
    return find(name)


def retitle(folder: Path, title: str) -> None:
    """Change the title of a model or candidate. Raises BadModel and ModelsNotWritten; it is then unchanged."""
    _write_card(folder, replace(inspect(folder), title=title))


def discard(candidate: Path) -> None:
    """Delete a candidate. Raises ModelsNotWritten; ValueError for a folder that is not a candidate (a bug)."""
    if candidate.parent != models_dir() / _CANDIDATES:
        raise ValueError(f"{candidate} is no candidate")
    with _changing(candidate):
        if candidate.is_symlink():
            candidate.unlink()
        elif candidate.exists():
            shutil.rmtree(candidate)


# ------------------------------------------------------------------------------------------------------- changes


def delete(name: str, *, in_use: Collection[str | None], writers: Sequence[str] = ()) -> None:
    """Delete a model permanently.

    Args:
        name: Its name.
        in_use: Names of the models that the settings use for all photos.
        writers: Writers for whose photos the settings use this model.

    Raises:
        ModelInUse: It is in use.
        ModelOfProgram: It comes with the program.
        NoSuchModel: It does not exist.
        ModelsNotWritten: It cannot be deleted.
    """
    if name in [each.name for each in (*BORROWED, *_adapted())]:
        what = tr("the model “{name}” comes with the program", name=name)
        raise ModelOfProgram(what, remedy=tr("Only models that you trained or imported can be deleted."))
    if name in in_use:
        raise ModelInUse(
            tr("the model “{name}” is in use", name=name),
            remedy=tr("Switch to another model first, then delete it."),
            command='Switch to another model first ("ocr-studio models use NAME"), then delete it.',
        )
    if writers:
        commands = " and ".join(f'"ocr-studio models default --writer {shlex.quote(each)}"' for each in writers)
        raise ModelInUse(
            tr("the model “{name}” is in use for photos by {writer}", name=name, writer=", ".join(writers)),
            remedy=tr("Stop using it first, then delete it."),
            command=f"Stop using it first ({commands}), then delete it.",
        )
    if name not in _folders():
        find(name)  # raises NoSuchModel
    # It is moved first, so that no partial model is listed.
    away = models_dir() / _CANDIDATES / f"deleted-{secrets.token_hex(4)}"
    with _changing(away.parent):
        away.parent.mkdir(parents=True, exist_ok=True)
    _move(models_dir() / name, away)
    discard(away)


def rename(name: str, new: str) -> Model:
    """Rename a model, also in its card and the cards of those trained from it.

    Callers update the settings that refer to it.

    Raises:
        NoSuchModel: It does not exist.
        BadModel: It is damaged.
        ModelOfProgram: It comes with the program.
        BadName: The new name is not valid or is taken.
        ModelsNotWritten: It cannot be renamed.
    """
    model = find(name)
    if model.folder is None or model.of_program:
        what = tr("the model “{name}” comes with the program", name=name)
        raise ModelOfProgram(what, remedy=tr("Only models that you trained or imported can be renamed."))
    if name == new:
        return model
    if new.casefold() != name.casefold() or name_trouble(new):
        check_name(new)
    children = [each for each in everything() if each.card and each.card.parent == name and not each.of_program]
    with contextlib.ExitStack() as undo:  # until the folder has its new name
        if model.card is not None and model.card.title == name:  # a title that somebody wrote stays
            _change_card(model.folder, model.card, replace(model.card, title=new), undo)
        for child in children:
            assert child.folder is not None
            assert child.card is not None
            _change_card(child.folder, child.card, replace(child.card, parent=new), undo)
        _move(model.folder, models_dir() / new)
        undo.pop_all()
    return find(new)


def _change_card(folder: Path, card: ModelCard, changed: ModelCard, undo: contextlib.ExitStack) -> None:
    """Write a changed card, and let ``undo`` restore it. Raises ModelsNotWritten; it is then unchanged."""
    _write_card(folder, changed)
    undo.callback(_restore_card, folder, card)


def _restore_card(folder: Path, card: ModelCard) -> None:
    with contextlib.suppress(ModelsNotWritten):  # only a title or the name of a parent is wrong then
        _write_card(folder, card)


def _write_card(folder: Path, card: ModelCard) -> None:
    with _changing(folder):
        SafeFolder(folder).replace(CARD_FILE, card.to_json())


def _move(source: Path, target: Path) -> None:
    with _changing(target):
        if os.path.lexists(target) and not source.samefile(target):
            raise BadName(
                tr("a model named “{name}” already exists", name=target.name), remedy=tr("Choose another name.")
            )
        source.rename(target)
        SafeFolder(target.parent).flush()


@contextlib.contextmanager
def _changing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelsNotWritten(
            tr("the models folder can’t be changed: {reason}", reason=error.strerror or error),
            file=place,
            remedy=tr("Free up disk space or make the folder writable."),
        ) from error


# ------------------------------------------------------------------------------------------------------- folders


def _folders() -> list[str]:
    """Return the sorted names in the models folder, valid models or not."""
    try:
        return sorted(path.name for path in models_dir().iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _adapted() -> list[Model | Damaged]:
    """Return the program's own models, except those hidden by a user's model of the same name."""
    taken = {name.casefold() for name in _folders()}
    return [each for each in bundled.adapted() if each.name.casefold() not in taken]


def _scan() -> Iterator[Model | Damaged]:
    for name in _folders():
        try:
            yield _opened(name)
        except StudioError as error:
            if name not in DROPPINGS:
                yield Damaged(name, models_dir() / name, error)


def _opened(name: str) -> Model:
    """Return the model in the folder of this name. Raises BadModel."""
    folder = models_dir() / name
    if trouble := name_trouble(name):
        raise BadModel(trouble, file=folder, remedy=tr("Rename or delete this folder."))
    card = inspect(folder)
    return Model(name, card.title or name, card.kind, folder, card)
