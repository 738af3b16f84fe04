"""Renames the file of a photo, never over another file.

Its page is found by the photo's bytes, so the words stay with it, also if the program is killed in between.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError, write_failed
from ocr_studio.core.files.safe_folder import is_device
from ocr_studio.core.formats.file_names import LONGEST_NAME, UNFIT_CHARACTERS
from ocr_studio.core.images import page_paths
from ocr_studio.core.translation import later, tr

_OTHER: Final = later("Choose another name.")


class NameRefused(StudioError):
    """A photo can't have this name."""


def check_name(photo: Path, name: str) -> str:
    """Check whether a photo may be renamed so.

    Args:
        photo: The photo.
        name: The new file name, as typed.

    Returns:
        The new name without spaces around it, and with the ending of the photo if it was typed without one.

    Raises:
        NameRefused: Another file has the name, or some system does not allow it.
    """
    name = name.strip()
    if name and "." not in name:
        name += photo.suffix
    what = remedy = ""
    if page_paths.is_page(photo):
        what = tr("the pages of a file can’t be renamed one by one")
        remedy = tr("Rename {file} in the file manager.", file=page_paths.find_page(photo).file.name)
    elif not name.lower().removesuffix(photo.suffix.lower()).strip(". "):
        what, remedy = tr("the name is empty"), tr("Type a name.")
    elif found := UNFIT_CHARACTERS.search(name):
        sign = found.group()
        what = (
            tr("a file name can’t contain {sign}", sign=sign)
            if sign.isprintable()
            else tr("a file name can’t contain invisible characters")
        )
        remedy = tr("Remove it.")
    elif name.startswith("."):
        what, remedy = tr("a photo whose name starts with a dot is hidden"), tr("Remove the dot.")
    elif Path(name).suffix.lower() != photo.suffix.lower():
        ending = photo.suffix
        what = tr("the name has to end with {ending}", ending=ending) if ending else tr("the name can’t have an ending")
        remedy = tr("The ending tells the format of the file, which doesn’t change.")
    elif is_device(name) or len(os.fsencode(name)) > LONGEST_NAME:
        what = tr("the name is reserved by Windows") if is_device(name) else tr("the name is too long")
        remedy = tr(_OTHER)
    elif name != photo.name and _is_taken(photo.with_name(name), photo):
        what, remedy = tr("another file already has this name"), tr(_OTHER)
    if what:
        raise NameRefused(what, file=name, remedy=remedy)
    return name


def rename_photo(photo: Path, name: str) -> Path:
    """Rename the file of a photo within its folder.

    Args:
        photo: The photo.
        name: Its new file name.

    Returns:
        Its new path.

    Raises:
        NameRefused: Another file has the name, or some system does not allow it.
        WriteFailed: The system refuses, or the photo is gone.
    """
    name = check_name(photo, name)
    new = photo.with_name(name)
    try:
        _move(photo, new)
    except FileExistsError as error:
        raise NameRefused(tr("another file already has this name"), file=name, remedy=tr(_OTHER)) from error
    except OSError as error:
        what, remedy = later("it can’t be renamed: {reason}"), later("Check that the file exists and can be changed.")
        raise write_failed(photo, error, what, help_with=remedy) from error
    return new


def _move(photo: Path, new: Path) -> None:
    """Rename a file; never replaces another one, even if that is made at the same moment, where links are possible."""
    in_other_letters = paths.exists(new) and new.samefile(photo)
    if os.name == "nt" or photo.is_symlink() or in_other_letters:
        photo.rename(new)
        return
    try:
        os.link(photo, new)
    except FileExistsError:
        raise
    except OSError:  # this file system has no links
        photo.rename(new)
    else:
        try:
            photo.unlink()
        except OSError:
            new.unlink()  # rather than leave both names
            raise


def _is_taken(new: Path, photo: Path) -> bool:
    if not paths.exists(new):
        return new.is_symlink()  # one that leads nowhere
    # The same file in other letters, where the file system takes "A.png" and "a.png" for one name.
    alike = new.name.casefold() == photo.name.casefold()
    return not (alike and new.samefile(photo) and all(each.name != new.name for each in photo.parent.iterdir()))
