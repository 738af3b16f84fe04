"""Who holds a lock is known without taking it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere, holder
from ocr_studio.core.files.safe_folder import SafeFolder


def test_who_holds_a_lock_is_known(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    assert holder(SafeFolder(file.parent), file.name) is None
    assert not file.exists()
    file.write_text(" 123456789012\n")  # of one that was killed
    assert holder(SafeFolder(file.parent), file.name) is None
    lock = FileLock(SafeFolder(file.parent), file.name, passing=True)
    lock.take()
    lock.sign()
    assert holder(SafeFolder(file.parent), file.name) == os.getpid()
    lock.release()
    assert holder(SafeFolder(file.parent), file.name) is None
    assert not file.exists()


def test_a_released_lock_is_free_and_its_file_stays_unless_it_is_to_go(tmp_path: Path) -> None:
    for _ in range(2):
        locks = FileLock(SafeFolder(tmp_path), "stays"), FileLock(SafeFolder(tmp_path), "goes", passing=True)
        for lock in locks:
            lock.take()
        assert {path.name for path in tmp_path.iterdir()} == {"stays", "goes"}
        for lock in locks:
            lock.release()
            assert not lock.held
        assert {path.name for path in tmp_path.iterdir()} == {"stays"}


def test_who_has_not_signed_is_unknown(tmp_path: Path) -> None:
    lock = FileLock(SafeFolder(tmp_path), "lock")
    lock.take()
    assert holder(SafeFolder(tmp_path), "lock") == 0
    lock.release()
    assert holder(SafeFolder(tmp_path), "lock") is None


def test_who_only_asks_who_holds_it_keeps_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking, lock = FileLock(SafeFolder(tmp_path), "lock"), FileLock(SafeFolder(tmp_path), "lock")
    asking.take()
    monkeypatch.setattr("ocr_studio.core.files.file_lock.time.sleep", lambda _: asking.release())
    lock.take()
    assert lock.held
    lock.release()


def test_who_holds_it_longer_does(tmp_path: Path) -> None:
    first, second = FileLock(SafeFolder(tmp_path), "lock"), FileLock(SafeFolder(tmp_path), "lock")
    first.take()
    with pytest.raises(LockedElsewhere):
        second.take()
    assert not second.held
    first.release()
