"""The folder a dataset is written to: whole or not at all, and only over an earlier one of our own.

Everything is made in a folder of its own inside the one that was asked for, and put into place at the end.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from ocr_studio.core import errors, paths
from ocr_studio.core.dataset_files.layout import Layout
from ocr_studio.core.dataset_files.validation import MAX_BYTES, json_value
from ocr_studio.core.dataset_files.values import FORMAT, MANIFEST, PHOTOS
from ocr_studio.core.errors import WriteFailed, WrongTarget
from ocr_studio.core.files import file_lock, safe_folder
from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats import output_folder
from ocr_studio.core.translation import tr

_WORKSHOP: Final = ".writing-"
_LOCK: Final = ".writing-lock"
# Hex digits of the name of a lasting workshop, and of those that go with their program.
LASTING: Final = 24
_PASSING: Final = 12
_ROOM: Final = re.compile(rf"{re.escape(_WORKSHOP)}([0-9a-f]{{{LASTING}}}|[0-9a-f]{{{_PASSING}}})")
_OLD: Final = "old"
# The ids of this program; no date that a camera calls a photo by.
_PLAIN: Final = r"(?:[0-9a-f]{32,40}|(?=[0-9]*[a-f])[0-9a-f]{12,31})"
_PLAIN_ID: Final = re.compile(_PLAIN)
_ID: Final = rf"(?:{_PLAIN}|x[0-9a-f]{{20}})"
_OWN_PICTURE: Final = re.compile(
    rf"(?:{_ID}\.(png|jpg)|{_ID}-(?:{_ID}|[0-9a-f]{{1,40}})\.png|[0-9]{{6}}\.png|word-[0-9]{{6}}\.png|board-[0-9]{{5,6}}(\.jpg|-[0-9]{{3,5}}\.png))"
)


def make_file_id(key: str) -> str:
    """An id as a part of a file's name: itself where it is plain, which ours are, else a hash of it."""
    if _PLAIN_ID.fullmatch(key):
        return key
    return "x" + hashlib.blake2b(key.encode("utf-8", errors="surrogatepass"), digest_size=10).hexdigest()


def open_workshop(folder: Path, layout: Layout) -> AbstractContextManager[SafeFolder]:
    """A fresh folder inside the folder, gone at the end; with it the folder itself, if that was made here in vain.

    Raises WriteFailed, also where anything in the folder is not of a dataset of this layout that was written here,
    where what somebody would go on with was left in it, and while others write there.
    """
    return _open_room(folder, layout, secrets.token_hex(_PASSING // 2))


def open_lasting_workshop(
    folder: Path, layout: Layout, name: str, check: Callable[[], None]
) -> AbstractContextManager[SafeFolder]:
    """As ``open_workshop``, but unfinished files stay and can be resumed under the same name.

    Args:
        folder: Folder of the dataset.
        layout: Layout of the dataset.
        name: LASTING hex digits.
        check: Called once the folder is locked; raises if its contents must not be replaced.

    Raises:
        WriteFailed: The folder can't be written, or is in use.
    """
    return _open_room(folder, layout, name, lasts=check)


@contextlib.contextmanager
def _open_room(
    folder: Path, layout: Layout, name: str, *, lasts: Callable[[], None] | None = None
) -> Iterator[SafeFolder]:
    """lasts: what checks the folder, where what was made stays if it is left before its end."""
    made, room, done, named = _first_missing(folder), f"{_WORKSHOP}{name}", False, _named(folder)
    lock = FileLock(named, _LOCK, passing=True)
    try:
        named.make_folder()
        lock.take()
        lock.sign()
        if lasts is not None:
            lasts()
        elif list_other_unfinished(folder):
            what = tr("the folder contains an unfinished synthetic dataset")
            raise WrongTarget(what, file=folder, remedy=tr("Choose another folder."))
        _check_ours(folder, layout, spare=frozenset({room}))
        named.make_folder(room)
        yield SafeFolder(folder / room)
        done = True
    except LockedElsewhere as error:
        raise _make_in_use_error(folder) from error
    except OSError as error:
        raise _make_write_error(folder, error) from error
    finally:
        if lock.held:
            if done or lasts is None:
                named.remove_tree(room)
            _remove_hollow(named, room)
            lock.release()
        _remove_empty(folder, made)


def find_writer(folder: Path) -> int | None:
    """Return the id of the process that is writing to a folder, 0 if unknown, None if there is none. Never raises."""
    return file_lock.holder(_named(folder), _LOCK)


def is_unfinished(folder: Path, name: str) -> bool:
    """Whether a lasting workshop of this name was left before its end. Never raises."""
    return _named(folder).is_folder(f"{_WORKSHOP}{name}")


def list_other_unfinished(folder: Path, name: str = "") -> list[str]:
    """The folders of lasting workshops of another name, or of any if none is given, that were left before their end, or
    are at work. Never raises."""
    try:
        names = sorted(entry.name for entry in _named(folder).entries() if entry.is_folder)
    except (OSError, ValueError):
        return []
    lasting = len(_WORKSHOP) + LASTING
    return [each for each in names if _ROOM.fullmatch(each) and len(each) == lasting and each != f"{_WORKSHOP}{name}"]


def discard_unfinished(folder: Path, name: str) -> None:
    """Throw away the lasting workshop of this name, which was left before its end, and the folder if nothing else is in
    it. Those of other names stay. Raises WriteFailed while others are at it: then all of it stays."""
    lock = FileLock(_named(folder), _LOCK, passing=True)
    try:
        with contextlib.suppress(OSError):  # there is no such folder, or nothing may be taken out of it
            lock.take()
            _named(folder).remove_tree(f"{_WORKSHOP}{name}")
    except LockedElsewhere as error:
        raise _make_in_use_error(folder) from error
    finally:
        lock.release()
    with contextlib.suppress(OSError):  # it holds something else
        folder.rmdir()


def _named(folder: Path) -> SafeFolder:
    """The folder that the user has named: it may itself be a link."""
    return SafeFolder(folder, follow=True)


def _remove_hollow(folder: SafeFolder, room: str) -> None:
    """A workshop in which nothing was made."""
    with contextlib.suppress(OSError):  # it holds something, or is gone
        for entry in folder.entries(room):
            folder.remove_folder(f"{room}/{entry.name}")
        folder.remove_folder(room)


def publish(room: SafeFolder, folder: Path, layout: Layout) -> None:
    """Put what was made in the workshop into its folder. Raises OSError; what lay there before then lies there again.

    The manifest goes first and comes last: without it there is no dataset, whatever else is there.
    """
    target, within = _named(folder), room.path.name
    names = [name for name in (*layout.files, layout.crops, PHOTOS) if name]
    room.remove_tree(_OLD)  # of one that was killed here
    room.make_folder(_OLD)
    moved: list[tuple[str, str]] = []

    def move(source: str, to: str) -> None:
        target.rename(source, to)
        moved.append((source, to))

    try:
        for name in (MANIFEST, *names):
            if target.has(name):
                move(name, f"{within}/{_OLD}/{name}")
        for name in (*filter(room.has, names), MANIFEST):
            move(f"{within}/{name}", name)
    except OSError:  # Windows moves nothing that another program has open
        for source, to in reversed(moved):
            target.rename(to, source)
        raise


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
    """Raise WrongTarget if the folder contains other files. spare: names to skip."""
    named = _named(folder)
    names = {entry.name for entry in named.entries()} - {_LOCK, output_folder.LIST}
    unfinished = {name for name in names if _ROOM.fullmatch(name)}
    pictures = {name for name in (layout.crops, PHOTOS) if name}
    foreign = sorted(names - unfinished - pictures - {MANIFEST, *layout.files})
    foreign += [f"{name}/{inside}" for name in sorted(pictures & names) for inside in _find_foreign(named, name)]
    if names and not foreign and not unfinished and read_layout(folder) != layout.name:
        foreign = sorted(names)
    if foreign:
        raise WrongTarget(
            tr("the folder contains other files, such as “{name}”", name=foreign[0]),
            file=folder,
            remedy=tr("Choose a new or empty folder, or one with an earlier dataset in this layout."),
        )
    for name in unfinished - spare:  # of an export that was killed
        named.remove_tree(name)


def _find_foreign(folder: SafeFolder, name: str) -> list[str]:
    """What in a folder of pictures was not written here."""
    if not folder.is_folder(name):
        return [""]
    return [entry.name for entry in folder.entries(name) if not (_OWN_PICTURE.fullmatch(entry.name) and entry.is_file)]


def read_layout(folder: Path) -> str:
    """Which layout the dataset in a folder has, as its manifest says; nothing where it is not one of ours. Never
    raises."""
    try:
        manifest = json_value(_named(folder).read(MANIFEST, most=MAX_BYTES))
    except (OSError, ValueError):
        return ""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return ""
    return str(manifest.get("layout"))


def _make_in_use_error(folder: Path) -> WriteFailed:
    return WriteFailed(
        tr("another window or command is writing to this folder"), file=folder, remedy=tr("Wait until it has finished.")
    )


def _make_write_error(folder: Path, error: OSError) -> WriteFailed:
    # The system's word for that is hard to make out.
    return paths.describe_file_in_the_way(folder) or WriteFailed(
        tr("can’t write the dataset: {reason}", reason=safe_folder.explain_error(error)),
        file=folder,
        remedy=errors.write_remedy(error),
    )
