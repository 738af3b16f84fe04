"""Checks of models that were received from elsewhere."""

from __future__ import annotations

from pathlib import Path

from ocr_studio.core.models import registry
from ocr_studio.engine.weights import model_arrays
from ocr_studio.engine.weights.weight_delta import PUBLISHED


def check_model(folder: Path) -> None:
    """Check that the weights in a model folder fit its network.

    Keras is loaded only for architectures without a published network to compare with.

    Raises:
        BadModel: They do not fit.
        PretrainedError: The published weights are missing.
    """
    read = model_arrays.read_model(registry.in_folder(folder))
    if read.architecture in PUBLISHED:
        model_arrays.check_fit(read)
        return
    from ocr_studio.engine.weights import model_weights

    model_weights.build_network(read)
