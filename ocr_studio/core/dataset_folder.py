"""The folder a dataset is written to: whole or not at all, and only over an earlier one of our own.

Everything is made in a folder of its own inside the one that was asked for, and put into place at the end.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ocr_studio.core import file_lock, paths, write_errors
from ocr_studio.core.closed_folder import ClosedFolder, LeadsOut, reason
from ocr_studio.core.dataset_fields import MAX_BYTES, Unfit, json_value
from ocr_studio.core.dataset_layouts.layout import Layout
from ocr_studio.core.dataset_values import FORMAT, MANIFEST, PHOTOS
from ocr_studio.core.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.write_errors import WriteFailed
from ocr_studio.core.paths import TooLarge
from ocr_studio.core.safe_files import SafeFolder
from ocr_studio.core.translation import tr

_WORKSHOP: Final = ".writing-"
_LOCK: Final = ".writing-lock"
# Hex digits of the name of a lasting workshop; those of others are shorter.
LASTING: Final = 24
_OLD: Final = "old"
_OWN_PICTURE: Final = re.compile(r"[0-9A-Za-z_-]{1,150}\.(png|jpg)")
_PLAIN_ID: Final = re.compile(r"[0-9a-f]{1,40}")


def file_id(key: str) -> str:
    """An id as a part of a file's name: itself where it is short and plain, which ours are, else a hash of it."""
    if _PLAIN_ID.fullmatch(key):
        return key
    return "x" + hashlib.blake2b(key.encode("utf-8", errors="surrogatepass"), digest_size=10).hexdigest()


@contextlib.contextmanager
def workshop(folder: Path, layout: Layout) -> Iterator[Path]:
    """A fresh folder inside the folder, gone at the end; with it the folder itself, if that was made here in vain.

    Raises WriteFailed, also where anything in the folder is not of a dataset of this layout that was written here,
    where what somebody would go on with was left in it, and while others write there.
    """
    with _room(folder, layout, secrets.token_hex(6)) as room:
        yield room


@contextlib.contextmanager
def lasting_workshop(folder: Path, layout: Layout, name: str, check: Callable[[], None]) -> Iterator[Path]:
    """As ``workshop``, but what was made stays if it is left before its end, and is there again for who comes back with
    this name: LASTING hex digits. It is gone after the end. Others wait: raises WriteFailed while one is at it.

    check: asked, once nobody else can write there any more, whether what lies there may go; raises where it may not.
    """
    with _room(folder, layout, name, lasts=check) as room:
        yield room


@contextlib.contextmanager
def _room(folder: Path, layout: Layout, name: str, *, lasts: Callable[[], None] | None = None) -> Iterator[Path]:
    """lasts: what checks the folder, where what was made stays if it is left before its end."""
    made, room, done = _first_missing(folder), folder / f"{_WORKSHOP}{name}", False
    lock = FileLock(SafeFolder(folder, follow=True), _LOCK, passing=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.take()
        lock.sign()
        if lasts is not None:
            lasts()
        elif others_unfinished(folder):
            what = tr("drawing synthetic samples was begun in the folder, and not ended")
            raise WriteFailed(what, file=folder, remedy=tr("Choose another folder."))
        _check_ours(folder, layout, spare=frozenset({room.name}))
        room.mkdir(exist_ok=True)
        yield room
        done = True
    except LockedElsewhere as error:
        raise _in_use(folder) from error
    except OSError as error:
        raise _not_written(folder, error) from error
    finally:
        if lock.held:
            if done or lasts is None:
                _throw_away(room)
            _remove_hollow(room)
            lock.release()
        _remove_empty(folder, made)


def writer(folder: Path) -> int | None:
    """The number of the process that is writing there at this moment, 0 where that is not known; None where nobody is.
    Never raises."""
    return file_lock.holder(SafeFolder(folder, follow=True), _LOCK)


def unfinished(folder: Path, name: str) -> bool:
    """Whether a lasting workshop of this name was left before its end. Never raises."""
    return (folder / f"{_WORKSHOP}{name}").is_dir()


def others_unfinished(folder: Path, name: str = "") -> list[Path]:
    """The lasting workshops of another name, or of any if none is given, that were left before their end, or are at
    work. Never raises."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    except OSError:
        return []
    known = ((each, each.removeprefix(_WORKSHOP)) for each in names)
    return [
        folder / each
        for each, own in known
        if own not in (each, name) and len(own) == LASTING and set(own) <= set(string.hexdigits)
    ]


def clear(folder: Path, name: str) -> None:
    """Throw away the lasting workshop of this name, which was left before its end, and the folder if nothing else is in
    it. Those of other names stay. Raises WriteFailed while others are at it: then all of it stays."""
    lock = FileLock(SafeFolder(folder, follow=True), _LOCK, passing=True)
    try:
        with contextlib.suppress(OSError):  # there is no such folder, or nothing may be taken out of it
            lock.take()
            _throw_away(folder / f"{_WORKSHOP}{name}")
    except LockedElsewhere as error:
        raise _in_use(folder) from error
    finally:
        lock.release()
    with contextlib.suppress(OSError):  # it holds something else
        folder.rmdir()


def _throw_away(path: Path) -> None:
    """A folder, or a file."""
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        path.unlink()


def _remove_hollow(room: Path) -> None:
    """A workshop in which nothing was made."""
    with contextlib.suppress(OSError):  # it holds something, or is gone
        for entry in list(room.iterdir()):
            entry.rmdir()
        room.rmdir()


def publish(room: Path, folder: Path, layout: Layout) -> None:
    """Put what was made in the workshop into its folder. Raises OSError; what lay there before then lies there again.

    The manifest goes first and comes last: without it there is no dataset, whatever else is there.
    """
    old = room / _OLD
    old.mkdir()
    fresh = sorted(entry.name for entry in os.scandir(room) if entry.name not in {_OLD, MANIFEST})
    moved: list[tuple[Path, Path]] = []
    try:
        for name in (MANIFEST, *layout.files, layout.crops, PHOTOS):
            if name and os.path.lexists(folder / name):
                _move(folder / name, old / name, moved)
        for name in (*fresh, MANIFEST):
            _move(room / name, folder / name, moved)
    except OSError:  # Windows moves nothing that another program has open
        for source, target in reversed(moved):
            os.replace(target, source)
        raise


def _move(source: Path, target: Path, moved: list[tuple[Path, Path]]) -> None:
    os.replace(source, target)
    moved.append((source, target))


def _first_missing(folder: Path) -> Path | None:
    """The outermost of the folders that have to be made."""
    missing = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    return missing[-1] if missing else None


def _remove_empty(folder: Path, made: Path | None) -> None:
    with contextlib.suppress(OSError):
        while made is not None:
            folder.rmdir()  # refuses a folder that has anything in it
            if folder == made:
                return
            folder = folder.parent


def _check_ours(folder: Path, layout: Layout, *, spare: frozenset[str] = frozenset()) -> None:
    """spare: what belongs to who asks."""
    names = {entry.name for entry in os.scandir(folder)} - {_LOCK}
    unfinished = {name for name in names if name.startswith(_WORKSHOP)}
    pictures = {name for name in (layout.crops, PHOTOS) if name}
    foreign = sorted(names - unfinished - pictures - {MANIFEST, *layout.files})
    foreign += [f"{name}/{inside}" for name in sorted(pictures & names) for inside in _foreign(folder / name)]
    if names and not foreign and not unfinished and layout_of(folder) != layout.name:
        foreign = sorted(names)
    if foreign:
        raise WriteFailed(
            tr("there are other files in the folder, “{name}” for one", name=foreign[0]),
            file=folder,
            remedy=tr("Choose a new or empty folder, or that of an earlier dataset of this layout."),
        )
    for name in unfinished - spare:  # of an export that was killed
        _throw_away(folder / name)


def _foreign(folder: Path) -> list[str]:
    """What in a folder of pictures was not written here."""
    if folder.is_symlink() or not folder.is_dir():
        return [""]
    return [
        entry.name
        for entry in os.scandir(folder)
        if not (_OWN_PICTURE.fullmatch(entry.name) and entry.is_file(follow_symlinks=False))
    ]


def layout_of(folder: Path) -> str:
    """Which layout the dataset in a folder has, as its manifest says; nothing where it is not one of ours. Never
    raises."""
    try:
        manifest = json_value(ClosedFolder(folder).read(MANIFEST, most=MAX_BYTES))
    except (OSError, LeadsOut, TooLarge, Unfit):
        return ""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return ""
    return str(manifest.get("layout"))


def _in_use(folder: Path) -> WriteFailed:
    return WriteFailed(
        tr("another window or command is writing there"), file=folder, remedy=tr("Wait until it has ended.")
    )


def _not_written(folder: Path, error: OSError) -> WriteFailed:
    file = next((each for each in (folder, *folder.parents) if paths.exists(each) and not paths.is_folder(each)), None)
    if file is not None:  # the system's word for that is hard to make out
        what = tr("the dataset cannot be written: {reason}", reason=tr("it is a file, not a folder"))
        return WriteFailed(what, file=file, remedy=tr("Choose another folder."))
    return WriteFailed(
        tr("the dataset cannot be written: {reason}", reason=reason(error)),
        file=folder,
        remedy=write_errors.remedy(error),
    )
