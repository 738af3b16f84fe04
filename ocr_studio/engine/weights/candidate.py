"""What training ends with: a model that is not kept yet, all of it or nothing, and where it was computed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import keras
import tensorflow as tf

from ocr_studio.core.errors import StudioError
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import ModelCard
from ocr_studio.core.translation import tr
from ocr_studio.engine.weights import model_weights


def write(name: str, net: keras.Model, *, charset: Charset | None, card: ModelCard) -> Path:
    """The folder of a new candidate, ``models.install`` or ``models.discard`` say what becomes of it.

    name: of the model to be. charset: as for ``model_weights.save``. Raises BadName and ModelsNotWritten; there is
    none then.
    """
    folder = models.candidate_folder(name)
    try:
        model_weights.save(folder, net, charset=charset, card=card)
    except OSError as error:
        models.discard(folder)
        raise models.ModelsNotWritten(
            tr("the new model could not be written: {reason}", reason=error.strerror or error),
            file=folder,
            remedy=tr("Make room, then start again: training goes on from its last examination."),
        ) from error
    return folder


def device(name: str) -> contextlib.AbstractContextManager[object]:
    """Where what is made inside will compute. name: one of ``training.events.DEVICES``. Raises StudioError without a
    GPU.
    """
    if name == "auto":
        return contextlib.nullcontext()
    if name == "gpu" and not tf.config.list_physical_devices("GPU"):
        raise StudioError(tr("TensorFlow finds no GPU here"), remedy=tr("Choose “auto” or “cpu”."))
    chosen: contextlib.AbstractContextManager[object] = tf.device(f"/{name.upper()}:0")
    return chosen
