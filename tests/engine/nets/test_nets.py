"""The networks themselves, with weights of chance."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from ocr_studio.engine import nets
from ocr_studio.engine.nets.backbone import HardSigmoid
from ocr_studio.engine.nets.detector import build_detector
from ocr_studio.engine.nets.light_crnn import build_light_crnn
from ocr_studio.engine.nets.plans import detector_layers, recognizer_layers
from ocr_studio.engine.nets.recognizer import build_recognizer
from ocr_studio.engine.nets.upper_layers import first_layer, split_network
from tests.engine.tiny_recognizer import build_tiny

FILES = sorted(Path(nets.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_net_names_no_backend(file: Path) -> None:
    named = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named.add(node.module.split(".")[0])
        elif isinstance(node, ast.Name):
            named.add(node.id)
    assert not named & {"tensorflow", "tf", "jax", "torch", "onnx"}
    assert ("keras" in named) is (file.name not in {"__init__.py", "plans.py"})


@pytest.mark.parametrize(
    ("net", "names"),
    [(build_detector(), list(detector_layers())), (build_recognizer(7), list(recognizer_layers()))],
    ids=["detector", "recognizer"],
)
def test_every_layer_with_weights_is_named_once(net: keras.Model, names: list[str]) -> None:
    with_weights = {layer.name for layer in net.layers if layer.weights}
    assert with_weights == set(names)
    assert len(names) == len(set(names))
    assert all(layer.trainable for layer in net.layers)
    assert not net.non_trainable_weights  # no running statistics that training could spoil


def test_a_net_comes_back_from_its_file_the_same(tmp_path: Path) -> None:
    net = build_recognizer(7)
    lines = np.random.default_rng(0).uniform(-1, 1, (2, 48, 64, 3)).astype(np.float32)
    net.save(tmp_path / "net.keras")
    again = keras.saving.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(np.asarray(net(lines)), np.asarray(again(lines)))


@pytest.mark.parametrize("what", ["head", "neck+head"])
@pytest.mark.parametrize("build", [build_tiny, build_recognizer, build_light_crnn])
def test_the_two_parts_of_a_recognizer_give_the_same_as_the_whole(
    build: Callable[[int], keras.Model], what: str
) -> None:
    net = build(5)
    first = first_layer(net, what)
    assert first
    lower, upper = split_network(net, first)
    pixels = np.random.default_rng(0).uniform(-1, 1, (2, 48, 64, 3)).astype(np.float32)
    np.testing.assert_allclose(upper(lower(pixels)), net(pixels), atol=1e-5)


def test_the_nets_run_where_tensorflow_has_no_onednn() -> None:
    program = (
        "from ocr_studio.engine.nets.detector import build_detector\n"
        "from ocr_studio.engine.nets.recognizer import build_recognizer\n"
        "import keras\n"
        "print(build_recognizer(7)(keras.ops.zeros((1, 48, 64, 3))).shape)\n"
        "print(build_detector()(keras.ops.zeros((1, 32, 64, 3))).shape)\n"
    )
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "0"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["(1, 8, 7)", "(1, 32, 64, 1)"], done.stderr[-2000:]


def test_the_hard_sigmoid_has_the_slope_it_is_given() -> None:
    values = np.array([-9.0, -1.0, 0.0, 1.0, 9.0], np.float32)
    np.testing.assert_allclose(np.asarray(HardSigmoid(0.2)(values)), [0.0, 0.3, 0.5, 0.7, 1.0], atol=1e-5)
    assert HardSigmoid.from_config(HardSigmoid(0.2).get_config()).slope == 0.2
