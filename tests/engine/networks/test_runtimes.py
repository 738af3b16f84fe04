"""The same weights in both runtimes: the same output, and TensorFlow where ONNX Runtime can't be used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from ocr_studio.core import resources
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import DETECTOR, LIGHT_CRNN, RECOGNIZER, BadModel
from ocr_studio.core.runtime import TITLES
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.nets import architectures, upper_layers
from ocr_studio.engine.networks import runtimes
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.networks.onnx_network import OnnxNetwork
from ocr_studio.engine.networks.runtimes import NoRuntime
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.weights import bundled_weights, model_arrays, model_weights
from ocr_studio.engine.weights.bundled_weights import PretrainedError
from ocr_studio.engine.weights.model_arrays import ModelArrays

LETTERS = Charset(("a", "ß", "日", " "))


def moved(arrays: model_arrays.Arrays) -> dict[str, np.ndarray]:
    """All weights changed a little, as by training."""
    rng = np.random.default_rng(3)
    return {name: (array * rng.uniform(0.97, 1.03, array.shape)).astype(np.float32) for name, array in arrays.items()}


def recognizer(file: Path | None = None) -> ModelArrays:
    return ModelArrays(RECOGNIZER, moved(bundled_weights.read_recognizer_for(LETTERS)), LETTERS, file)


def detector(file: Path | None = None) -> ModelArrays:
    return ModelArrays(DETECTOR, moved(bundled_weights.read_detector()), None, file)


def in_tensorflow(read: ModelArrays) -> Network:
    return TensorFlowNetwork(model_weights.build_network(read), softmax=read.charset is not None)


@pytest.mark.parametrize("first", ["characters", "beside"])
def test_a_network_can_end_before_a_layer(first: str) -> None:
    pixels = np.random.default_rng(0).uniform(-1, 1, (2, 48, 96, 3)).astype(np.float32)
    read = recognizer()
    features = OnnxNetwork(read, below=first)(pixels)
    upper = TensorFlowNetwork(upper_layers.split_network(model_weights.build_network(read), first)[1], softmax=True)
    np.testing.assert_allclose(upper(features), OnnxNetwork(read)(pixels), atol=1e-4)
    other = runtimes.make_network(read, ReaderOptions(runtime="tensorflow"), below=first)(pixels)
    np.testing.assert_allclose(features, other, atol=1e-3)


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (recognizer, (3, 48, 96, 3)),
        (recognizer, (1, 48, 328, 3)),
        (detector, (1, 64, 160, 3)),
        (detector, (2, 96, 32, 3)),
    ],
)
def test_both_runtimes_give_the_same_for_learned_weights(
    make: Callable[[], ModelArrays], shape: tuple[int, ...]
) -> None:
    pixels = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    ours, theirs = OnnxNetwork(make()), in_tensorflow(make())
    assert (ours.runtime, theirs.runtime) == ("onnx", "tensorflow")
    assert ours.classes == theirs.classes == (1 if make is detector else len(LETTERS))
    seen = ours(pixels)
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen, theirs(pixels), atol=1e-4)


def test_every_weight_of_the_published_networks_comes_back_from_the_graph() -> None:
    """What is put into a graph and read from it again is the same, but for the order of colours."""
    for published, arrays in (
        (bundled_weights.DETECTOR, bundled_weights.read_detector()),
        (bundled_weights.RECOGNIZER, bundled_weights.read_recognizer_for(LETTERS)),
    ):
        changed = moved(arrays)
        again = bundled_weights.name_weights(published, bundled_weights.fill_graph(published, changed))
        assert again.keys() == changed.keys()
        for name, array in changed.items():
            expected = array[:, :, ::-1] if name == "stem1/kernel" else array
            np.testing.assert_allclose(again[name], expected, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("make", [recognizer, detector])
@pytest.mark.parametrize("how", ["missing", "unknown", "shape", "numbers"])
def test_weights_of_a_file_that_do_not_fit_are_refused(make: Callable[[Path], ModelArrays], how: str) -> None:
    read = make(Path("weights.safetensors"))
    arrays = dict(read.arrays)
    if how == "missing":
        del arrays["stem2a/bias"]
    elif how == "unknown":
        arrays["stem9/bias"] = arrays["stem2a/bias"]
    elif how == "shape":
        arrays["stem2a/bias"] = arrays["stem2a/bias"][:-1]
    else:
        arrays["stem2a/bias"] = arrays["stem2a/bias"] * np.float32("nan")
    with pytest.raises(BadModel, match=r"weights\.safetensors"):
        OnnxNetwork(ModelArrays(read.architecture, arrays, read.charset, read.file))


def complete() -> ModelArrays:
    """A learned model whose weights are all in its own file: of the published file only the graph is needed."""
    return ModelArrays(RECOGNIZER, bundled_weights.read_recognizer_for(LETTERS), LETTERS, Path("mine.safetensors"))


def without(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """As if these modules could not be imported, with those that would load them."""
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


ONNX = ("onnxruntime", "ocr_studio.engine.networks.onnx_network")
TENSORFLOW = ("tensorflow", "ocr_studio.engine.networks.tensorflow_network")


def test_where_onnx_runtime_cannot_be_used_tensorflow_takes_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The graph is damaged, so that it is ONNX Runtime itself that refuses it."""
    damaged = onnx.ModelProto(ir_version=1)
    monkeypatch.setattr(bundled_weights, "fill_graph", lambda *_, **__: damaged)
    network = runtimes.make_network(complete(), ReaderOptions())
    assert network.runtime == "tensorflow"
    said = str(network.notice)
    assert said.startswith("ONNX Runtime can’t be used, so TensorFlow runs the networks: [ONNXRuntimeError] : ")
    assert said.endswith(". Reinstall onnxruntime.")
    assert "\n" not in said
    assert caplog.messages == [said]


@pytest.mark.parametrize("how", ["cut", "bit", "another", "gone"])
def test_where_only_the_graph_is_missing_or_damaged_tensorflow_takes_over(
    how: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    read = complete()
    data, file = bytearray(bundled_weights.locate(bundled_weights.RECOGNIZER).read_bytes()), tmp_path / "graph.onnx"
    if how == "cut":
        del data[100_000:]
    elif how == "bit":
        data[100_000] ^= 1
    elif how == "another":
        data = bytearray(bundled_weights.locate(bundled_weights.DETECTOR).read_bytes())
    if how != "gone":
        file.write_bytes(data)
    monkeypatch.setattr(bundled_weights, "locate", lambda published: file)
    network = runtimes.make_network(read, ReaderOptions())
    assert network.runtime == "tensorflow"
    said = str(network.notice)
    assert said.startswith(f"ONNX Runtime can’t be used, so TensorFlow runs the networks: {file}: ")
    assert said.endswith(". Reinstall rapidocr==3.10.0.")
    assert caplog.messages == [said]


def test_a_runtime_that_cannot_be_imported_is_replaced_by_the_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for chosen, modules, other in (("onnx", ONNX, "tensorflow"), ("tensorflow", TENSORFLOW, "onnx")):
        with monkeypatch.context() as missing:
            without(missing, *modules)
            network = runtimes.make_network(complete(), ReaderOptions(runtime=chosen))
        assert network.runtime == other
        titles = TITLES[chosen][1], TITLES[other][1]
        assert str(network.notice).startswith("{} can’t be used, so {} runs the networks: ".format(*titles))
        assert str(network.notice).endswith(f" Reinstall {TITLES[chosen][0]}.")
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("error", ["SyntaxError", "EOFError", "AttributeError", "KeyError", "OSError"])
def test_a_runtime_with_damaged_files_is_replaced_by_the_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path, error: str
) -> None:
    (tmp_path / "onnxruntime.py").write_text(f"raise {error}('cut off')")
    monkeypatch.syspath_prepend(tmp_path)
    for module in [name for name in sys.modules if name.split(".")[0] == "onnxruntime"]:
        monkeypatch.delitem(sys.modules, module)
    assert runtimes.make_network(complete(), ReaderOptions()).runtime == "tensorflow"
    (line,) = caplog.messages
    assert line.startswith("ONNX Runtime can’t be used, so TensorFlow runs the networks: ")
    assert "cut off" in line


def test_a_packaged_program_is_reinstalled_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    without(monkeypatch, *ONNX)
    assert str(runtimes.make_network(complete(), ReaderOptions()).notice).endswith(" Reinstall OCR Studio.")
    assert caplog.messages


def test_without_any_runtime_both_reasons_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    light = ModelArrays(LIGHT_CRNN, {}, LETTERS, Path("light.safetensors"))
    read = complete()
    with monkeypatch.context() as missing:
        without(missing, *ONNX, *TENSORFLOW)
        with pytest.raises(NoRuntime) as caught:
            runtimes.make_network(read, ReaderOptions())
        with pytest.raises(NoRuntime, match=r"^light.* \(TensorFlow: .*install tensorflow\)\.$"):
            runtimes.make_network(light, ReaderOptions())
    said = str(caught.value)
    assert said.startswith("mine.safetensors: no library can run this model’s network (ONNX Runtime: ")
    assert "; TensorFlow: " in said
    assert said.endswith("(pip install --force-reinstall onnxruntime tensorflow).")


def test_an_unknown_runtime_is_said_by_the_network(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OCR_STUDIO_RUNTIME", "onyx")
    network = runtimes.make_network(complete(), ReaderOptions())
    assert network.runtime == "onnx"
    assert str(network.notice).startswith("OCR_STUDIO_RUNTIME=onyx is unknown and ignored.")
    assert caplog.messages == [str(network.notice)]


def test_a_missing_published_file_is_an_error_in_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundled_weights, "locate", lambda published: tmp_path / "gone.onnx")
    for name in ("onnx", "tensorflow"):
        with pytest.raises(PretrainedError, match=r"gone\.onnx"):
            runtimes.make_network(model_arrays.read_model(registry.BUILT_IN), ReaderOptions(runtime=name))


def test_networks_without_a_graph_run_in_tensorflow(caplog: pytest.LogCaptureFixture) -> None:
    net = architectures.build_recognizer_of(LIGHT_CRNN, len(LETTERS))
    read = ModelArrays(LIGHT_CRNN, model_weights.read_weights(net), LETTERS)
    found = {name: runtimes.make_network(read, ReaderOptions(runtime=name)) for name in ("auto", "onnx", "tensorflow")}
    assert {network.runtime for network in found.values()} == {"tensorflow"}
    assert {name: str(network.notice or "") for name, network in found.items()} == {
        "auto": "",
        "onnx": "This model needs TensorFlow; ONNX Runtime can’t run it.",
        "tensorflow": "",
    }
    assert len(caplog.messages) == 1


def test_a_photo_is_read_without_importing_tensorflow(tmp_path: Path) -> None:
    """Nor Keras: both would take most of the time until the first words."""
    script = (
        "import sys\n"
        "from ocr_studio.cli import main\n"
        "status = main.run(['read', sys.argv[1]])\n"
        "heavy = {'tensorflow', 'keras', 'PySide6'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(resources.sample_photo())], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Launch plan" in done.stdout


def test_onnx_runtime_collects_nothing(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from ocr_studio.cli import main\n"
        "status = main.run(['read', sys.argv[1]])\n"
        "assert 'onnxruntime' in sys.modules\n"
        "sys.exit(status)\n"
    )
    surroundings = {
        key: value for key, value in os.environ.items() if key not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
    }
    done = subprocess.run(
        [sys.executable, "-c", script, str(resources.sample_photo())],
        env=surroundings | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "OCR_STUDIO_RUNTIME": "onnx"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.name in ("Microsoft", "deviceid", "onnxruntime.db")]


def test_the_threads_of_a_network_can_be_limited_but_not_be_more_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setenv("OCR_STUDIO_THREADS", "3")
    assert (OnnxNetwork(recognizer()).parallel_calls, OnnxNetwork(detector()).parallel_calls) == (3, 1)
    monkeypatch.setenv("OCR_STUDIO_THREADS", "9" * 5000)
    assert OnnxNetwork(recognizer()).parallel_calls == 4


def test_a_number_of_threads_that_is_none_is_ignored(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OCR_STUDIO_THREADS", "many")
    assert OnnxNetwork(recognizer()).parallel_calls == os.cpu_count()
    assert caplog.messages == ["OCR_STUDIO_THREADS=many is not a number and is ignored"]
