"""What libraries say becomes a line for the user."""

from __future__ import annotations

import pytest

from ocr_studio.core.errors import library_reason, reinstall_remedy


def test_the_cause_of_a_wrapped_import_error_is_said_on_one_line() -> None:
    """TensorFlow raises its own error, with the traceback of the cause and advice."""
    wrapped = ImportError("Traceback (most recent call last):\n…\n\nFailed to load the native TensorFlow runtime.")
    wrapped.__context__ = ImportError("libcc.so.2: cannot open\nshared object file.\n")
    assert library_reason(wrapped) == "libcc.so.2: cannot open shared object file"


@pytest.mark.parametrize("said", ["word " * 100, "/folder" * 100])
def test_a_long_reason_is_cut_but_its_beginning_stays(said: str) -> None:
    reason = library_reason(RuntimeError(said))
    assert len(reason) <= 200
    assert reason[:150] == said[:150]
    assert reason.endswith(" …")


def test_a_package_that_is_needed_twice_is_named_once() -> None:
    assert reinstall_remedy("a==1", "a==1", "b") == "Reinstall a==1 b (pip install --force-reinstall a==1 b)."
