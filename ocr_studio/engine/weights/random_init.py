"""New networks with random weights, for training from scratch, and their final form.

The light networks and CRAFT are trained with batch normalization, which is folded afterwards (``batchnorm_folding``).
The recognizer that comes with the program has no normalizations left, and the CRNN keeps its own.
"""

from __future__ import annotations

import keras

from ocr_studio.core.models.card import CRAFT, LIGHT_CRAFT, LIGHT_CRNN
from ocr_studio.engine.nets import architectures
from ocr_studio.engine.nets.craft import build_craft, craft_norms
from ocr_studio.engine.nets.light_craft import build_light_craft
from ocr_studio.engine.nets.light_crnn import build_light_crnn
from ocr_studio.engine.weights.batchnorm_folding import fold_batchnorm


def new_recognizer(architecture: str, classes: int) -> keras.Model:
    """Create a recognizer with random weights; see ``models.card.ARCHITECTURES``. classes: including the blank. Raises
    KeyError for other architectures.
    """
    if architecture == LIGHT_CRNN:
        return build_light_crnn(classes, normed=True)
    return architectures.build_recognizer_of(architecture, classes)


def new_detector(architecture: str) -> keras.Model:
    """Create a detector with random weights. Raises KeyError for other architectures."""
    if architecture == LIGHT_CRAFT:
        return build_light_craft(normed=True)
    return build_craft() if architecture == CRAFT else architectures.build_detector_of(architecture)


def fold_for_reading(net: keras.Model, architecture: str) -> keras.Model:
    """Return the trained network as saved in models: a new one if normalizations are folded, else the same."""
    if not any(isinstance(layer, keras.layers.BatchNormalization) for layer in net.layers):
        return net
    if architecture == LIGHT_CRNN:
        return fold_batchnorm(net, build_light_crnn(net.output_shape[-1]))
    if architecture == LIGHT_CRAFT:
        return fold_batchnorm(net, build_light_craft())
    if architecture == CRAFT:
        return fold_batchnorm(net, build_craft(normed=False), norms=craft_norms())
    return net
