"""Which library runs the networks: ONNX Runtime on processors, TensorFlow on GPUs."""

from __future__ import annotations

import ctypes.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from ocr_studio.core.settings import RUNTIMES
from ocr_studio.core.translation import Message, later, message, tr

VARIABLE: Final = "OCR_STUDIO_RUNTIME"
# Package and name of each library.
TITLES: Final = {"onnx": ("onnxruntime", "ONNX Runtime"), "tensorflow": ("tensorflow", "TensorFlow")}
_MAX_VALUE: Final = 40  # characters of an unknown name that are shown
# Where the driver of an NVIDIA card leaves its first device, and packages with the library that TensorFlow needs.
_DEVICE: Final = "/dev/nvidia0"
_CUDNN: Final = ("nvidia-cudnn-cu12", "nvidia-cudnn-cu13")


@dataclass(frozen=True, slots=True)
class RuntimeChoice:
    """Which library runs the networks, and why.

    Attributes:
        runtime: "onnx" or "tensorflow".
        reason: To be translated.
        forced: Whether the user chose it, not the program.
        notice: A line for the user if the choice could not be heeded.
    """

    runtime: str
    reason: str
    forced: bool = False
    notice: Message | None = None

    def describe(self) -> str:
        """Return a line for the user: name, version and reason."""
        package, title = TITLES[self.runtime]
        try:
            title = f"{title} {metadata.version(package)}"
        except metadata.PackageNotFoundError:
            title = tr("{package} (not installed)", package=title)
        return tr("{runtime} runs the networks: {reason}", runtime=title, reason=tr(self.reason))


def choose_runtime(asked: str, environment: Mapping[str, str] = os.environ) -> RuntimeChoice:
    """Choose the runtime.

    Measured with the published networks, on two cores: ONNX Runtime starts in a fifth of TensorFlow's time and needs
    half of its memory. With AVX2 it finds lines in 0.5 to 0.75 of the time, with AVX-512 in the same. On processors
    with bfloat16, which only TensorFlow uses, ONNX Runtime takes 0.90 s for a board and TensorFlow 0.83 s, so that
    TensorFlow makes up for its slower start only after some hundred photos.

    Args:
        asked: One of ``settings.RUNTIMES``.
        environment: ``OCR_STUDIO_RUNTIME`` in it has priority.
    """
    wished, notice = environment.get(VARIABLE, "").strip().lower(), None
    if wished and wished not in RUNTIMES:
        known = ", ".join(RUNTIMES)
        notice = message(
            "{variable}={value} is unknown and ignored. Use one of {known}.",
            variable=VARIABLE,
            value=wished[:_MAX_VALUE],
            known=known,
        )
        wished = ""
    if wished and wished != "auto":
        return RuntimeChoice(wished, later("set by OCR_STUDIO_RUNTIME"), forced=True)
    if not wished and asked != "auto":
        return RuntimeChoice(asked, later("chosen in the settings"), forced=True, notice=notice)
    if _has_gpu():
        return RuntimeChoice("tensorflow", later("this computer has a graphics card"), notice=notice)
    return RuntimeChoice("onnx", later("it is faster on computers without a graphics card"), notice=notice)


def _has_gpu() -> bool:
    """Whether TensorFlow can probably use a GPU, without importing it."""
    if not Path(_DEVICE).exists():
        return False
    return any(_is_installed(package) for package in _CUDNN) or ctypes.util.find_library("cudnn") is not None


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
