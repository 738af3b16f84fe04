"""Which runtime is chosen, and what is said about it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from ocr_studio.core import runtime as runtimes
from ocr_studio.core.runtime import choose_runtime


@pytest.fixture(autouse=True)
def no_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer without a graphics card. Returns the device that a card would have."""
    device = tmp_path / "nvidia0"
    monkeypatch.setattr(runtimes, "_DEVICE", str(device))
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    return device


@pytest.mark.parametrize(
    ("asked", "variable", "chosen", "reason"),
    [
        ("auto", None, "onnx", "faster on computers without a graphics card"),
        ("tensorflow", None, "tensorflow", "settings"),
        ("onnx", "tensorflow", "tensorflow", "OCR_STUDIO_RUNTIME"),
        ("tensorflow", "auto", "onnx", "faster on computers without a graphics card"),
        ("onnx", "", "onnx", "settings"),
    ],
)
def test_the_variable_comes_before_the_settings(asked: str, variable: str | None, chosen: str, reason: str) -> None:
    choice = choose_runtime(asked, {} if variable is None else {"OCR_STUDIO_RUNTIME": variable})
    assert choice.runtime == chosen
    assert reason in choice.describe()


def test_an_unknown_runtime_is_ignored_and_said() -> None:
    said = "OCR_STUDIO_RUNTIME=onyx is unknown and ignored. Use one of auto, onnx, tensorflow."
    for asked, runtime in (("auto", "onnx"), ("tensorflow", "tensorflow")):
        choice = choose_runtime(asked, {"OCR_STUDIO_RUNTIME": "onyx"})
        assert (choice.runtime, str(choice.notice)) == (runtime, said)
    assert choose_runtime("auto", {"OCR_STUDIO_RUNTIME": "onnx"}).notice is None


def test_a_graphics_card_counts_where_tensorflow_can_use_it(no_gpu: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_gpu.touch()
    assert choose_runtime("auto", {}).runtime == "onnx"
    monkeypatch.setattr("ctypes.util.find_library", lambda name: f"lib{name}.so.9")
    choice = choose_runtime("auto", {})
    assert choice.runtime == "tensorflow"
    assert choice.describe() == (
        f"TensorFlow {metadata.version('tensorflow')} runs the networks: this computer has a graphics card"
    )


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert choose_runtime("auto", {}).describe().startswith("ONNX Runtime (not installed) runs the networks")
