"""Do our CRAFT and CRNN give what those of keras-ocr 0.9.3 give, loaded from files that it has written?

    python tests/benchmarks/keras_ocr_parity.py --python OTHER/bin/python [--record FILE]

OTHER is an environment with TensorFlow 2.15 and keras-ocr, made for instance by

    python3.11 -m venv OTHER && OTHER/bin/pip install "tensorflow-cpu==2.15.*" "numpy<2" keras-ocr==0.9.3 \
        opencv-python-headless

There the nets get weights of chance (batch-norm statistics, too), are saved and run; here the files are loaded and the
nets run on the same inputs. Shown is the largest difference of each output; it ends with 1 where one is over 1e-4 or
a text or a word's box differs. ``--record tests/engine/keras_ocr_recorded.json`` keeps a small case for the tests.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.models.downloads import CRNN
from ocr_studio.engine.detection.craft_boxes import word_quads
from ocr_studio.engine.nets.plans import CrnnPlan
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.weights.keras_ocr import load_craft, load_crnn

HERE = Path(__file__).parent
MOST = 1e-4
PLANS = {
    "crnn": None,
    "crnn_large": CrnnPlan(height=48, width=160, colour=True),
    "crnn_plain": CrnnPlan(straighten=False),
}


def made_maps(many: int, *, seed: int = 0) -> NDArray[np.float32]:
    """Maps as of photos with words, (many, 120, 200, 2): blobs in rows, at all angles, with links between some."""
    rng = np.random.default_rng(seed)
    maps = np.zeros((many, 120, 200, 2), np.float32)
    for sheet in maps:
        region, affinity = sheet[..., 0].copy(), sheet[..., 1].copy()
        for _ in range(12):
            place, angle = rng.uniform((10, 10), (190, 110)), rng.uniform(-0.6, 0.6)
            step = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(5, 9)
            for letter in range(rng.integers(1, 7)):
                _blob(region, place + letter * step, rng.uniform(2, 4), rng.uniform(0.5, 1.0))
                if rng.random() < 0.8:
                    _blob(affinity, place + (letter + 0.5) * step, rng.uniform(1.5, 3), rng.uniform(0.4, 1.0))
        sheet[..., 0], sheet[..., 1] = region, affinity
    return maps + rng.normal(0, 0.02, maps.shape).astype(np.float32)


def _blob(sheet: NDArray[np.float32], place: NDArray[np.float64], radius: float, height: float) -> None:
    rows, columns = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    distance = (columns - place[0]) ** 2 + (rows - place[1]) ** 2
    np.maximum(sheet, height * np.exp(-distance / (2 * radius**2)), out=sheet)


def differences(folder: Path, said: Any) -> Iterator[tuple[str, float, float]]:
    """Every output: what it is, its largest difference, and how far its values spread."""
    for name in ("crnn", "crnn_whole", "crnn_large", "crnn_plain"):
        plan = name.removesuffix("_whole")
        net, _ = load_crnn(folder / f"{name}.h5", plan=PLANS[plan])
        scores = np.asarray(keras.ops.softmax(net(said[f"{plan}/words"], training=False)))
        theirs = np.roll(said[f"{plan}/scores"], 1, axis=-1)
        yield f"{name}: scores", _largest(scores, theirs), float(theirs.std())
        # (theirs ends in -1, ours is as long as the text)
        texts = [[label - 1 for label in ctc.decode_greedily(matrix)] for matrix in scores]
        wrong = sum(
            text != [each for each in row if each >= 0] for text, row in zip(texts, said[f"{plan}/texts"], strict=True)
        )
        yield f"{name}: texts that differ", float(wrong), float(len(texts))
    net, _ = load_crnn(folder / "crnn_notop.h5", "abc")
    body = keras.Model(net.inputs[0], net.get_layer("characters").input)
    features = np.asarray(body(said["crnn/words"], training=False))
    yield "crnn_notop: features", _largest(features, said["crnn/features"]), float(features.std())
    for normed, index in itertools.product((True, False), range(3)):
        net = load_craft(folder / "craft.h5", normed=normed)
        photos = said[f"craft/photo{index}"].astype(np.float32) / np.float32(127.5) - 1
        maps = np.asarray(net(photos, training=False))
        size = "x".join(str(side) for side in photos.shape[1:3])
        name = "craft" if normed else "craft, normalisation folded"
        yield f"{name}: maps of {size}", _largest(maps, said[f"craft/maps{index}"]), float(maps.std())
    for index, maps in enumerate(said["boxes/maps"]):
        theirs = said[f"boxes/{index}"]
        yield f"boxes {index}: of {len(theirs)}", _largest(word_quads(maps), theirs), float(theirs.std())


def _largest(ours: NDArray[Any], theirs: NDArray[Any]) -> float:
    return float(np.abs(ours - theirs).max()) if ours.shape == theirs.shape else float("inf")


def recorded(folder: Path, said: Any) -> dict[str, Any]:
    """A small case: layouts of the files, one photo and one word by their seeds, what keras-ocr made of them."""
    return {
        "layouts": json.loads((folder / "layouts.json").read_text("utf-8")),
        "alphabet": "".join(CRNN.alphabet),
        "word": np.round(said["crnn/scores"][0, :, ::4].astype(np.float64), 6).tolist(),
        "features": np.round(said["crnn/features"][0, ::4, ::16].astype(np.float64), 6).tolist(),
        "photo": said["craft/photo0"][0].tolist(),
        "maps": np.round(said["craft/maps0"][0].astype(np.float64), 5).tolist(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, required=True, help="the Python of an environment with keras-ocr")
    parser.add_argument("--record", type=Path, help="keep a small case in this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        np.savez(folder / "made.npz", maps=made_maps(6))
        command = [str(given.python), str(HERE / "keras_ocr_side.py"), str(folder)]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        said = np.load(folder / "outcomes.npz", allow_pickle=False)
        worst = 0.0
        print(f"{'output':44}{'largest difference':>20}{'spread':>12}    OpenCV {cv2.__version__}")
        for name, difference, spread in differences(folder, said):
            worst = max(worst, difference)
            print(f"{name:44}{difference:20.2e}{spread:12.3g}")
        if given.record:
            given.record.write_text(json.dumps(recorded(folder, said)) + "\n", "utf-8")
    print(f"worst: {worst:.2e}, {'equal' if worst <= MOST else 'NOT EQUAL'} within {MOST:.0e}")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
