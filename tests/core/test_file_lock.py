"""Who holds a lock is known without taking it."""

from __future__ import annotations

import os
from pathlib import Path

from ocr_studio.core.file_lock import FileLock, holder


def test_who_holds_a_lock_is_known(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    assert holder(file) is None
    assert not file.exists()
    file.write_text(" 123456789012\n")  # of one that was killed
    assert holder(file) is None
    lock = FileLock(file, passing=True)
    lock.take()
    lock.sign()
    assert holder(file) == os.getpid()
    lock.release()
    assert holder(file) is None
    assert not file.exists()


def test_who_has_not_signed_is_unknown(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    lock.take()
    assert holder(tmp_path / "lock") == 0
    lock.release()
    assert holder(tmp_path / "lock") is None
