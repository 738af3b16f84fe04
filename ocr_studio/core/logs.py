"""The logs, in a folder of their own: what went wrong unseen, and what libraries say about themselves."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from ocr_studio.core import paths


@contextlib.contextmanager
def libraries_silenced() -> Iterator[None]:
    """While this lasts, what libraries log, warn of or write to standard error goes to the log folder.

    TensorFlow, libjpeg and CUDA write there past Python; between answers and errors it would look like ours.
    ``sys.stderr`` still reaches the person.
    """
    with in_log_file():
        if _is_stderr(sys.stderr):
            with _native_stderr_in_log():
                yield
        else:  # a test or a caller has put something else there, which libraries do not write to
            yield


@contextlib.contextmanager
def in_log_file() -> Iterator[None]:
    """While this lasts, log records go to a file that is kept small, and not to standard error."""
    root, handler = logging.getLogger(), _file_handler()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


@contextlib.contextmanager
def _native_stderr_in_log() -> Iterator[None]:
    spoken, number = sys.stderr, sys.stderr.fileno()
    spoken.flush()
    kept = os.dup(number)
    try:
        log = os.open(_folder() / "native.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError:
        log = os.open(os.devnull, os.O_WRONLY)
    os.dup2(log, number)
    os.close(log)
    logging.captureWarnings(capture=True)
    try:
        with open(kept, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False) as sys.stderr:
            yield
    finally:
        sys.stderr = spoken
        logging.captureWarnings(capture=False)
        os.dup2(kept, number)
        os.close(kept)


def _is_stderr(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.fileno() == 2
    except (OSError, ValueError):
        return False


def _file_handler() -> logging.Handler:
    try:
        path = _folder() / "ocr-studio.log"
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True)
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


def _folder() -> Path:
    folder = paths.log_dir()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
