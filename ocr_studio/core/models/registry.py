"""The models there are: the ones that come with the program (see ``bundled``), and a folder for each that was
learned or imported.

``<data>/models/NAME/`` is what ``models.folder`` describes. A model that is not kept yet lies in
``<data>/models/.candidates/NAME-xxxx/``, which no list shows; keeping it is one rename, so there is never half a model.
Nothing here loads one.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder, is_device
from ocr_studio.core.models import bundled
from ocr_studio.core.models.bundled import BORROWED, BUILT_IN, BUILT_IN_DETECTOR, Damaged, Model
from ocr_studio.core.models.card import CARD_FILE, BadModel, Kind
from ocr_studio.core.models.folder import DROPPINGS, inspect
from ocr_studio.core.translation import later, tr

# The rest of the program knows models from here.
__all__ = ["BUILT_IN", "BUILT_IN_DETECTOR", "Damaged", "Model"]

_CANDIDATES: Final = ".candidates"
_LONGEST: Final = 60  # characters of a name; in UTF-8 they fit any file system
_UNFIT: Final = re.compile(r'[/\\<>:"|?*]')


class NoSuchModel(StudioError):
    """A model was asked for that is not there."""


class BadName(StudioError):
    """A model cannot be called that: no folder can, or another is."""


class ModelInUse(StudioError):
    """This model is the one in use, or comes with the program; it stays."""


class ModelsNotWritten(StudioError):
    """The folder of models could not be changed; it is as it was."""


@dataclass(frozen=True, slots=True)
class Ancestor:
    """What a model began with. model: None where it is not there any more."""

    name: str
    model: Model | None


def models_dir() -> Path:
    """The folder of models. It need not exist yet."""
    return paths.data_dir() / "models"


def available(kind: Kind = "recognizer") -> tuple[Model, ...]:
    """The models of this kind that can be used now, the one that is used when nobody chooses first."""
    return tuple(model for model in everything() if model.kind == kind)


def everything() -> tuple[Model, ...]:
    """All models, of both kinds, those that come with the program first, the others by name."""
    return overview()[0]


def damaged() -> tuple[Damaged, ...]:
    """What lies among the models and is none, and why."""
    return overview()[1]


def overview() -> tuple[tuple[Model, ...], tuple[Damaged, ...]]:
    """``everything`` and ``damaged``, as they are at one moment."""
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
    """The model of this name. Raises NoSuchModel, and BadModel for one that is damaged."""
    for model in BORROWED:
        if model.name == name:
            return model
    if name in _folders():  # which a file system that cares for no case would not tell
        return _opened(name)
    for each in _adapted():
        if each.name == name:
            if isinstance(each, Damaged):
                raise each.error
            return each
    names = ", ".join(model.name for model in everything())
    raise NoSuchModel(
        tr("there is no model “{name}”", name=name),
        remedy=tr("There is: {names}.", names=names),
        command=f'There is: {names}. "ocr-studio models import FILE" takes in another one.',
    )


def in_folder(folder: Path) -> Model:
    """The model in a folder, wherever that lies. Raises BadModel."""
    card = inspect(folder)
    return Model(folder.name, card.title, card.kind, folder, card)


def can_be_chosen(name: str, kind: Kind) -> bool:
    """Whether there is a model of this name and kind that can be used now."""
    try:
        return find(name).kind == kind
    except StudioError:
        return False


def chosen(name: str | None, kind: Kind = "recognizer") -> str | None:
    """A model's name, once it is known that it can be used for this; None, the program's choice, stays.

    Raises NoSuchModel, also for one of another kind, and BadModel.
    """
    if name is not None and find(name).kind != kind:
        does = {
            "recognizer": later("the model “{name}” finds writing and does not read it"),
            "detector": later("the model “{name}” reads writing and does not find it"),
        }[kind]
        names = ", ".join(model.name for model in available(kind))
        raise NoSuchModel(tr(does, name=name), remedy=tr("There is: {names}.", names=names))
    return name


def default(kind: Kind = "recognizer", *, alphabet: str = "latin") -> Model:
    """The model that is used where nobody has chosen one. alphabet: of the settings, what is to be read."""
    adapted = (each for each in _adapted() if isinstance(each, Model))
    return bundled.default(kind, alphabet, adapted)


def in_use(name: str | None, kind: Kind = "recognizer", *, alphabet: str = "latin") -> Model:
    """The model that ``ReaderOptions`` mean. alphabet: as for ``default``. Raises NoSuchModel and BadModel."""
    wanted = chosen(name, kind)
    return find(wanted) if wanted is not None else default(kind, alphabet=alphabet)


def history(name: str) -> tuple[Ancestor, ...]:
    """The model and what it began with, back to the borrowed one. Raises as ``find``."""
    return ancestry(find(name), everything())


def ancestry(model: Model, among: Iterable[Model]) -> tuple[Ancestor, ...]:
    """``history`` of a model that is known, as all are among which its ancestors may be."""
    known = {each.name: each for each in among}
    line = [Ancestor(model.name, model)]
    while (last := line[-1].model) is not None and last.card is not None and last.card.parent:
        parent = last.card.parent
        if parent in [ancestor.name for ancestor in line]:  # names can be given again; families have no circles
            break
        line.append(Ancestor(parent, known.get(parent)))
    return tuple(line)


# ------------------------------------------------------------------------------------------------------- names


def is_taken(name: str) -> bool:
    """Whether a model is called that."""
    return name.casefold() in _taken()


def check_name(name: str) -> None:
    """Raises BadName where a model cannot be called that, or another is."""
    if trouble := name_trouble(name):
        raise BadName(trouble, remedy=tr("Give another name."))
    if is_taken(name):
        raise BadName(tr("there is a model “{name}” already", name=name), remedy=tr("Give another name."))


def name_trouble(name: str) -> str:
    """Why no model can be called that; nothing if one can. Whether another is called so is not asked."""
    if not name or len(name) > _LONGEST:
        return tr("a model’s name needs 1 to {most} characters", most=_LONGEST)
    if _UNFIT.search(name) or not name.isprintable() or name != unicodedata.normalize("NFC", name):
        return tr(
            "a model cannot be called “{name}”: it would be no name of a folder on every system", name=name[:_LONGEST]
        )
    if name[0] in ".-~ " or name[-1] in ". " or is_device(name):
        return tr("a model cannot be called “{name}”: it would be no name of a folder on every system", name=name)
    return ""


def free_name(wanted: str) -> str:
    """A name like this one that a model can have and none has."""
    fit = unicodedata.normalize("NFC", _UNFIT.sub("_", "".join(filter(str.isprintable, wanted))))
    fit = fit[: _LONGEST - 5].lstrip(".-~ ").rstrip(". ") or "model"
    fit = f"{fit}_" if is_device(fit) else fit
    taken = _taken()
    names = itertools.chain([fit], (f"{fit} {number}" for number in itertools.count(2)))
    return next(name for name in names if name.casefold() not in taken)


def _taken() -> frozenset[str]:
    # Names that differ in case alone are the same folder on many systems.
    of_program = (each.name for each in (*BORROWED, *bundled.adapted()))
    return frozenset(name.casefold() for name in (*of_program, *_folders()))


# ---------------------------------------------------------------------------------------------------- candidates


def candidate_folder(name: str) -> Path:
    """A fresh, empty folder for a model that may be kept as ``name``. Raises BadName and ModelsNotWritten.

    Another model may be called so: which name is free counts when it is kept.
    """
    if trouble := name_trouble(name):
        raise BadName(trouble, remedy=tr("Give another name."))
    folder = models_dir() / _CANDIDATES / f"{name}-{secrets.token_hex(4)}"
    with _changing(folder):
        folder.mkdir(parents=True)
    return folder


def candidates(name: str) -> tuple[Path, ...]:
    """The candidate folders that were made for this name and are still there, the newest first."""
    pattern = re.compile(rf"{re.escape(name)}-[0-9a-f]{{8}}")
    try:
        found = [path for path in (models_dir() / _CANDIDATES).iterdir() if pattern.fullmatch(path.name)]
        return tuple(sorted(found, key=lambda path: path.stat().st_mtime, reverse=True))
    except OSError:
        return ()


def abandoned(*, seconds: float) -> tuple[tuple[str, Path], ...]:
    """Candidate folders that nobody has touched for so long, with the names they were made for."""
    pattern = re.compile(r"(.+)-[0-9a-f]{8}")
    try:
        found = [(pattern.fullmatch(path.name), path) for path in (models_dir() / _CANDIDATES).iterdir()]
        old = time.time() - seconds
        return tuple((match[1], path) for match, path in found if match and path.lstat().st_mtime < old)
    except OSError:
        return ()


def install(candidate: Path, *, name: str | None = None) -> Model:
    """Keep a candidate: from now on it is a model. Nothing of it is loaded, but its files are looked through.

    name: if not the one its folder was made for. Raises BadModel, BadName and ModelsNotWritten; it is then still a
    candidate.
    """
    name = candidate.name.rpartition("-")[0] if name is None else name
    inspect(candidate, thoroughly=True)
    check_name(name)
    _move(candidate, models_dir() / name)
    return find(name)


def retitle(candidate: Path, title: str) -> None:
    """Call a candidate something else for a person. Raises BadModel and ModelsNotWritten; it is then as it was."""
    card = inspect(candidate)
    with _changing(candidate):
        SafeFolder(candidate).replace(CARD_FILE, replace(card, title=title).to_json())


def discard(candidate: Path) -> None:
    """Throw a candidate away. Raises ModelsNotWritten; ValueError for a folder that is no candidate (a bug)."""
    if candidate.parent != models_dir() / _CANDIDATES:
        raise ValueError(f"{candidate} is no candidate")
    with _changing(candidate):
        if candidate.is_symlink():
            candidate.unlink()
        elif candidate.exists():
            shutil.rmtree(candidate)


# ------------------------------------------------------------------------------------------------------- changes


def delete(name: str, *, in_use: Collection[str | None]) -> None:
    """A model goes, for good. in_use: names of those that are used at present, as the settings have them.

    Raises ModelInUse for those and for what comes with the program, NoSuchModel, ModelsNotWritten.
    """
    if name in [each.name for each in (*BORROWED, *_adapted())]:
        raise ModelInUse(tr("the model “{name}” comes with the program", name=name), remedy=tr("It cannot be deleted."))
    if name in in_use:
        raise ModelInUse(
            tr("the model “{name}” is in use", name=name),
            remedy=tr("Use another one first, then delete it."),
            command='Use another one first ("ocr-studio models use"), then delete it.',
        )
    if name not in _folders():
        find(name)  # says so
    # Out of sight at once, so that there is never half a model in the list.
    away = models_dir() / _CANDIDATES / f"deleted-{secrets.token_hex(4)}"
    with _changing(away.parent):
        away.parent.mkdir(parents=True, exist_ok=True)
    _move(models_dir() / name, away)
    discard(away)


def rename(name: str, new: str) -> Model:
    """Call a model something else; those that began with it know. Who uses it must be told by the caller.

    Raises NoSuchModel, BadModel, ModelInUse for what comes with the program, BadName, ModelsNotWritten.
    """
    model = find(name)
    if model.folder is None or model.of_program:
        raise ModelInUse(tr("the model “{name}” comes with the program", name=name), remedy=tr("It keeps its name."))
    if name == new:
        return model
    if new.casefold() != name.casefold() or name_trouble(new):
        check_name(new)
    children = [each for each in everything() if each.card and each.card.parent == name and not each.of_program]
    _move(model.folder, models_dir() / new)
    for child in children:
        assert child.folder is not None
        assert child.card is not None
        with _changing(child.folder):
            SafeFolder(child.folder).replace(CARD_FILE, replace(child.card, parent=new).to_json())
    return find(new)


def _move(source: Path, target: Path) -> None:
    with _changing(target):
        if os.path.lexists(target) and not source.samefile(target):
            raise BadName(tr("there is a model “{name}” already", name=target.name), remedy=tr("Give another name."))
        source.rename(target)
        SafeFolder(target.parent).flush()


@contextlib.contextmanager
def _changing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelsNotWritten(
            tr("the folder of models cannot be changed: {reason}", reason=error.strerror or error),
            file=place,
            remedy=tr("Make room there, or make it writable."),
        ) from error


# ------------------------------------------------------------------------------------------------------- folders


def _folders() -> list[str]:
    """Names of what lies in the folder of models, in order, itself a model or not."""
    try:
        return sorted(path.name for path in models_dir().iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _adapted() -> list[Model | Damaged]:
    """The program's own models, but where somebody has called one of theirs so: whoever names that means it."""
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
    """The model in a folder. Raises BadModel."""
    folder = models_dir() / name
    if trouble := name_trouble(name):
        raise BadModel(trouble, file=folder, remedy=tr("Rename or delete this folder."))
    card = inspect(folder)
    return Model(name, card.title or name, card.kind, folder, card)
