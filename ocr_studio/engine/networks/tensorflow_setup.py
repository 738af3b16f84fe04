"""TensorFlow's runtime settings: GPU memory and number formats.

Threads are not set: TensorFlow uses all cores, or ``TF_NUM_INTRAOP_THREADS``. ``configure`` is called in the thread
that computes, before a network is built there.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from ocr_studio.core.settings import ReaderOptions

_PROCESSOR = Path("/proc/cpuinfo")

log = logging.getLogger(__name__)


def configure(options: ReaderOptions, environment: Mapping[str, str] = os.environ) -> None:
    """Set GPU memory growth with a limit from the options or the environment, float32, and channels last.

    The environment variables are those of keras-ocr: ``MEMORY_GROWTH`` makes memory grow, which is the default here;
    ``MEMORY_ALLOCATED``, from 0 to 1, limits the share of each GPU's memory. The limit of the options has priority. It
    is cheap and may be called again.

    On processors with bfloat16 instructions (see ``fast_bfloat16``), compiled functions use it for convolutions and
    matrix products; weights and everything else stay float32. ``OCR_STUDIO_PRECISION=float32`` turns it off.
    """
    # Keras' global state is thread-local, so it is set in every thread.
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    # Where oneDNN may not use the instructions, asking for bfloat16 ends the process.
    limited = not {"ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"}.isdisjoint(environment)
    wanted = environment.get("OCR_STUDIO_PRECISION", "") != "float32" and not limited
    tf.config.optimizer.set_experimental_options(
        {"auto_mixed_precision_onednn_bfloat16": wanted and fast_bfloat16(_PROCESSOR)}
    )
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return
    # Read when the first GPU is opened. The function in tf.config does not work together with a limit.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    share = memory_share(environment)
    limit = options.gpu_memory_mb or (share and _smallest_memory_mb() * share)
    if limit:
        _limit_memory(gpus, limit)


def fast_bfloat16(processor: Path) -> bool:
    """Whether the processor has bfloat16 instructions, which take about three quarters of float32's time on photos of
    boards, with the same words. TensorFlow would also emulate it, which is slower.

    processor: Linux' ``/proc/cpuinfo``; on other systems it does not exist, and the answer is no.
    """
    try:
        flags = processor.read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return re.search(r"\b(avx512_bf16|amx_bf16)\b", flags) is not None


def memory_share(environment: Mapping[str, str]) -> float | None:
    """Return ``MEMORY_ALLOCATED`` as a number above 0 and up to 1; None if it is not set or invalid."""
    value = environment.get("MEMORY_ALLOCATED", "")
    if not value:
        return None
    try:
        share = float(value)
    except ValueError:
        share = 0.0
    if 0.0 < share <= 1.0:
        return share
    log.warning("MEMORY_ALLOCATED=%s is not a share from 0 to 1; GPU memory grows as needed.", value)
    return None


def _smallest_memory_mb() -> float:
    """Return the memory of the smallest GPU in MiB, according to the driver's tool; 0 if unknown."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0.0
    query = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
        return min((float(line) for line in answer.split()), default=0.0)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        log.warning("The size of the GPU’s memory is unknown (%s): MEMORY_ALLOCATED is not heeded.", error)
        return 0.0


def _limit_memory(gpus: Sequence[tf.config.PhysicalDevice], megabytes: float) -> None:
    for gpu in gpus:
        try:
            tf.config.set_logical_device_configuration(gpu, [tf.config.LogicalDeviceConfiguration(megabytes)])
        except RuntimeError:  # already in use, so TensorFlow cannot change it
            log.warning("The limit of GPU memory takes effect at the next start.")
