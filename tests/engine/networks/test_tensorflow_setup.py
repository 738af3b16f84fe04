"""GPU memory and Keras' settings, on machines that have no GPU too."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tensorflow as tf

from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.networks import tensorflow_setup


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The limits that TensorFlow is asked to set on a machine with two GPUs of 8,000 MiB."""
    asked: list[float] = []
    config = tf.config
    monkeypatch.setattr(config, "list_physical_devices", lambda kind: ["GPU:0", "GPU:1"])
    monkeypatch.setattr(config, "LogicalDeviceConfiguration", lambda megabytes: megabytes)
    monkeypatch.setattr(config, "set_logical_device_configuration", lambda gpu, limit: asked.append(*limit))
    monkeypatch.setattr(tensorflow_setup, "_smallest_memory_mb", lambda: 8000.0)
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "")
    monkeypatch.delenv("TF_FORCE_GPU_ALLOW_GROWTH")
    return asked


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        (ReaderOptions(), {}, []),
        (ReaderOptions(), {"MEMORY_GROWTH": "1"}, []),
        (ReaderOptions(gpu_memory_mb=2048), {}, [2048, 2048]),
        (ReaderOptions(), {"MEMORY_ALLOCATED": "0.25"}, [2000, 2000]),
        (ReaderOptions(gpu_memory_mb=1024), {"MEMORY_ALLOCATED": "0.25"}, [1024, 1024]),
    ],
)
def test_memory_grows_up_to_the_limit(
    limits: list[float], options: ReaderOptions, environment: dict[str, str], expected: list[float]
) -> None:
    tensorflow_setup.configure(options, environment)
    assert limits == expected
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"


@pytest.mark.parametrize("value", ["half", "0", "1.5", "-1", "nan"])
def test_a_share_that_is_none_is_not_heeded_but_said(value: str, caplog: pytest.LogCaptureFixture) -> None:
    assert tensorflow_setup.memory_share({"MEMORY_ALLOCATED": value}) is None
    assert value in caplog.text


def test_a_gpu_in_use_keeps_its_limit_and_says_so(
    limits: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fixed(*args: Any) -> None:
        raise RuntimeError("Virtual devices cannot be modified after being initialized")

    monkeypatch.setattr(tf.config, "set_logical_device_configuration", fixed)
    tensorflow_setup.configure(ReaderOptions(gpu_memory_mb=512), {})
    assert "next start" in caplog.text


@pytest.mark.parametrize(("answer", "expected"), [("8192\n16384\n", 8192.0), ("", 0.0)])
def test_the_driver_is_asked_for_the_smallest_gpu(
    monkeypatch: pytest.MonkeyPatch, answer: str, expected: float
) -> None:
    monkeypatch.setattr("shutil.which", lambda tool: "/usr/bin/nvidia-smi")
    monkeypatch.setattr("subprocess.run", lambda *args, **kwargs: SimpleNamespace(stdout=answer))
    assert tensorflow_setup._smallest_memory_mb() == expected


def test_a_driver_that_does_not_answer_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise subprocess.CalledProcessError(9, "nvidia-smi")

    monkeypatch.setattr("shutil.which", lambda tool: "/usr/bin/nvidia-smi")
    monkeypatch.setattr("subprocess.run", fails)
    with caplog.at_level(logging.WARNING):
        assert tensorflow_setup._smallest_memory_mb() == 0.0
    assert "MEMORY_ALLOCATED" in caplog.text


def test_keras_neither_heeds_nor_writes_what_lies_in_the_home_folder(tmp_path: Path) -> None:
    keras_home = tmp_path / ".keras"
    keras_home.mkdir()
    config = keras_home / "keras.json"
    config.write_text('{"backend": "torch", "floatx": "float16", "image_data_format": "channels_first"}')
    program = (
        "import ocr_studio.engine, keras; "
        "print(keras.backend.backend(), keras.config.floatx(), keras.config.image_data_format())"
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("KERAS", "TF_"))}
    environment = {**kept, "HOME": str(tmp_path), "OCR_STUDIO_HOME": str(tmp_path / "studio")}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["tensorflow", "float32", "channels_last"]
    assert [path.name for path in keras_home.iterdir()] == ["keras.json"]
    assert "float16" in config.read_text()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("avx2 avx512f avx512_bf16 clzero", True),
        ("avx512f amx_bf16 amx_tile", True),
        ("avx2 avx512f", False),
        ("", False),
    ],
)
def test_bfloat16_is_used_where_the_processor_has_it(tmp_path: Path, flags: str, expected: bool) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : fpu {flags}\n")
    assert tensorflow_setup.fast_bfloat16(tmp_path / "cpuinfo") is expected
    assert not tensorflow_setup.fast_bfloat16(tmp_path / "none")


def test_float32_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(tf.config.optimizer, "set_experimental_options", lambda options: asked.extend(options.values()))
    monkeypatch.setattr(tensorflow_setup, "fast_bfloat16", lambda processor: True)
    tensorflow_setup.configure(ReaderOptions(), {"OCR_STUDIO_PRECISION": "float32"})
    tensorflow_setup.configure(ReaderOptions(), {"ONEDNN_MAX_CPU_ISA": "AVX2"})
    tensorflow_setup.configure(ReaderOptions(), {})
    assert asked == [False, False, True]
