"""What keras-ocr 0.9.3 itself says: run by ``keras_ocr_parity.py`` in an environment of its own, not by hand.

    OTHER_PYTHON tests/benchmarks/keras_ocr_side.py FOLDER

Writes into the folder, for nets with seeded weights (``tests/engine/seeded_weights.py``): files of weights as keras-ocr
saves them, and ``outcomes.npz`` with inputs and outputs; also words cut out of maps.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import h5py
import numpy as np

from tests.engine.seeded_weights import named, seeded

SIZES = ((32, 48), (128, 192), (75, 101))  # photos for the detector: the last is no multiple of anything
PLANS: dict[str, dict[str, Any]] = {
    "crnn": {},
    "crnn_large": {"height": 48, "width": 160, "color": True, "stn": True},
    "crnn_plain": {"stn": False},
}


def give(model: Any) -> None:
    """A model of Keras 2 its seeded weights, and those of a model inside it."""
    for layer in model.layers:
        names = [weight.name.split(":")[0].rsplit("/", 1)[-1] for weight in layer.weights]
        values = [
            seeded(named(layer.name, position, kind), tuple(weight.shape))
            for position, (kind, weight) in enumerate(zip(names, layer.weights, strict=True))
        ]
        layer.set_weights(values)


def layout(file: Path) -> dict[str, dict[str, list[int]]]:
    """The layers of a file and the shapes of their arrays."""
    with h5py.File(file, "r") as stored:
        return {
            layer: {name: list(stored[layer][name].shape) for name in stored[layer].attrs["weight_names"]}
            for layer in stored.attrs["layer_names"]
            if len(stored[layer].attrs["weight_names"])
        }


def recognizers(folder: Path) -> dict[str, Any]:
    from keras_ocr import recognition

    found: dict[str, Any] = {}
    rng = np.random.default_rng(1)
    for name, changes in PLANS.items():
        params = {**recognition.DEFAULT_BUILD_PARAMS, **changes}
        reader = recognition.Recognizer(recognition.DEFAULT_ALPHABET, weights=None, build_params=params)
        give(reader.model)
        reader.model.save_weights(str(folder / f"{name}.h5"))
        words = rng.random((4, params["height"], params["width"], 3 if params["color"] else 1)).astype(np.float32)
        found[f"{name}/words"] = words
        found[f"{name}/scores"] = reader.model(words).numpy()
        found[f"{name}/features"] = reader.backbone(words).numpy()
        texts = reader.prediction_model(words).numpy()
        found[f"{name}/texts"] = texts
        if not changes:
            reader.backbone.save_weights(str(folder / f"{name}_notop.h5"))
            reader.model.save(str(folder / f"{name}_whole.h5"))
    return found


def detector(folder: Path) -> dict[str, Any]:
    from keras_ocr import detection

    finder = detection.Detector(weights=None)
    give(finder.model)
    finder.model.save_weights(str(folder / "craft.h5"))
    found: dict[str, Any] = {}
    for index, size in enumerate(SIZES):
        photos = np.random.default_rng(index).integers(0, 256, (1, *size, 3)).astype(np.uint8)
        found[f"craft/photo{index}"] = photos
        found[f"craft/maps{index}"] = finder.model(detection.compute_input(photos)).numpy()
    return found


def boxes(maps: Any) -> dict[str, Any]:
    from keras_ocr import detection

    found = detection.getBoxes(list(maps))
    return {f"boxes/{index}": each for index, each in enumerate(found)} | {"boxes/maps": maps}


def main() -> None:
    folder = Path(sys.argv[1])
    made = np.load(folder / "made.npz", allow_pickle=False)
    outcomes = {**recognizers(folder), **detector(folder), **boxes(made["maps"])}
    np.savez(folder / "outcomes.npz", **outcomes)
    (folder / "layouts.json").write_text(
        json.dumps({name: layout(folder / f"{name}.h5") for name in ("craft", "crnn", "crnn_notop")}), "utf-8"
    )


if __name__ == "__main__":
    main()
