"""Tests of scripts learn by Keras' own ``fit``, which traces a function of its own for each net."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


def _is_no_trace(record: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in record.getMessage()


@pytest.fixture(autouse=True)
def many_nets() -> Iterator[None]:
    """TensorFlow counts the traces of all nets of a process together, and warns when some tests have learned."""
    log = logging.getLogger("tensorflow")
    log.addFilter(_is_no_trace)
    yield
    log.removeFilter(_is_no_trace)
