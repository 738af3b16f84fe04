"""What libraries say becomes a line for the user."""

from __future__ import annotations

from ocr_studio.core.errors import library_reason


def test_the_cause_of_a_wrapped_import_error_is_said_on_one_line() -> None:
    """TensorFlow raises its own error, with the traceback of the cause and advice."""
    wrapped = ImportError("Traceback (most recent call last):\n…\n\nFailed to load the native TensorFlow runtime.")
    wrapped.__context__ = ImportError("libcc.so.2: cannot open\nshared object file.")
    assert library_reason(wrapped) == "libcc.so.2: cannot open shared object file"


def test_a_long_reason_is_cut() -> None:
    assert len(library_reason(RuntimeError("word " * 100))) <= 200
