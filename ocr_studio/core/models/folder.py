"""A model folder: ``model.json`` (see ``models.card``) and ``weights.safetensors``, nothing else."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path
from typing import Final

from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.models.card import CARD_FILE, MOST_CARD_BYTES, MOST_WEIGHT_BYTES, WEIGHTS_FILE, BadModel, ModelCard
from ocr_studio.core.translation import later, tr

REMEDY: Final = later("Use another model, or import this one again.")
# Files that desktops create in folders.
DROPPINGS: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
# Temporary files of ``paths.replace_file`` after a crash.
_LEFT: Final = re.compile(r"\.[0-9a-f]{16}\.tmp")


def inspect(folder: Path, *, thoroughly: bool = False) -> ModelCard:
    """Check a model folder and return its card. thoroughly: whether to check the contents of the weights, too.

    Raises BadModel if the folder does not hold a valid model, or holds other files.
    """
    try:
        if folder.is_symlink() or not folder.is_dir():
            raise BadModel(tr("it is not a folder"), file=folder, remedy=tr("Delete it."))
        for entry in sorted(entry.name for entry in folder.iterdir()):
            if entry not in (CARD_FILE, WEIGHTS_FILE) and entry not in DROPPINGS and not _LEFT.fullmatch(entry):
                what = tr(
                    "it contains “{name}”, which doesn’t belong in a model folder; nothing was opened", name=entry
                )
                raise BadModel(
                    what, file=folder, remedy=tr("Remove that file if you trust the rest, or delete the folder.")
                )
        card = ModelCard.from_json(_plain(folder / CARD_FILE, MOST_CARD_BYTES), file=folder / CARD_FILE)
        if thoroughly:
            read_weights(folder, card)
        else:
            _check_size(folder / WEIGHTS_FILE, SafeFolder(folder).stat(WEIGHTS_FILE), MOST_WEIGHT_BYTES)
    except OSError as error:
        what = tr("this model can’t be read: {reason}", reason=error.strerror or error)
        # The error names an entry of the folder, or a whole path, which replaces the folder.
        raise BadModel(what, file=folder / (error.filename or ""), remedy=tr(REMEDY)) from error
    return card


def read_weights(folder: Path, card: ModelCard) -> bytes:
    """Return the contents of the weights file after checking its SHA-256. Raises BadModel."""
    path = folder / WEIGHTS_FILE
    try:
        data = _plain(path, MOST_WEIGHT_BYTES)
    except OSError as error:
        what = tr("the weights of this model can’t be read: {reason}", reason=error.strerror or error)
        raise BadModel(what, file=path, remedy=tr(REMEDY)) from error
    if hashlib.sha256(data).hexdigest() != card.sha256:
        what = tr("the weights have changed since the model was saved (different SHA-256)")
        raise BadModel(what, file=path, remedy=tr(REMEDY))
    return data


def _plain(path: Path, most: int) -> bytes:
    """Return the contents of a regular file. Raises BadModel and OSError."""
    folder = SafeFolder(path.parent)
    _check_size(path, folder.stat(path.name), most)
    try:
        return folder.read(path.name, most=most)
    except TooLarge as error:
        raise BadModel(str(error), file=path, remedy=tr("Delete this model.")) from error


def _check_size(path: Path, found: os.stat_result, most: int) -> None:
    # A pipe would block, and a device may be endless.
    if not stat.S_ISREG(found.st_mode):
        raise BadModel(tr("it is not a regular file"), file=path, remedy=tr("Delete this model, or import it again."))
    if found.st_size > most:
        raise BadModel(tr("it is larger than {most} MB", most=most >> 20), file=path, remedy=tr("Delete this model."))
