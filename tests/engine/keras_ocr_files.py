"""Files of weights as keras-ocr writes them, with seeded weights, and what keras-ocr itself made of a small case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from tests.engine.seeded_weights import named, seeded

# Written by tests/benchmarks/keras_ocr_parity.py, from keras-ocr 0.9.3 itself.
RECORDED = json.loads((Path(__file__).parent / "keras_ocr_recorded.json").read_text("utf-8"))

Layout = Mapping[str, Mapping[str, list[int]]]


def write(file: Path, layout: Layout, *, group: str = "") -> Path:
    """A file as Keras 2 wrote it, with seeded weights. group: where in it, for one of a whole model."""
    with h5py.File(file, "w") as stored:
        root = stored.create_group(group) if group else stored
        root.attrs["layer_names"] = list(layout)
        for layer, arrays in layout.items():
            at = root.create_group(layer)
            at.attrs["weight_names"] = np.array([name.encode() for name in arrays])
            for position, (name, shape) in enumerate(arrays.items()):
                kind = name.split(":")[0].rsplit("/", 1)[-1]
                at.create_dataset(name, data=seeded(named(layer, position, kind), tuple(shape)))
    return file
