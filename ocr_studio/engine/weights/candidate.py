"""The result of training, saved as a candidate, and the device of the computation."""

from __future__ import annotations

import contextlib
from pathlib import Path

import keras
import tensorflow as tf

from ocr_studio.core.errors import StudioError
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import ModelCard
from ocr_studio.core.translation import tr
from ocr_studio.engine.weights import model_weights


def write_candidate(name: str, net: keras.Model, *, charset: Charset | None, card: ModelCard) -> Path:
    """Write a candidate and return its folder, for ``registry.install`` or ``registry.discard``.

    On an error there is no candidate. name: of the new model; charset: as for ``model_weights.save_model``.
    Raises BadName and ModelsNotWritten.
    """
    folder = registry.candidate_folder(name)
    try:
        model_weights.save_model(folder, net, charset=charset, card=card)
    except OSError as error:
        registry.discard(folder)
        raise registry.ModelsNotWritten(
            tr("the new model could not be written: {reason}", reason=error.strerror or error),
            file=folder,
            remedy=tr("Free up disk space, then start again: training resumes at its last evaluation."),
        ) from error
    return folder


def device_context(name: str) -> contextlib.AbstractContextManager[object]:
    """Return a context for computing on a device, one of ``training.events.DEVICES``.

    Raises StudioError without a GPU.
    """
    if name == "auto":
        return contextlib.nullcontext()
    if name == "gpu" and not tf.config.list_physical_devices("GPU"):
        raise StudioError(tr("TensorFlow found no GPU"), remedy=tr("Choose “auto” or “cpu”."))
    chosen: contextlib.AbstractContextManager[object] = tf.device(f"/{name.upper()}:0")
    return chosen
