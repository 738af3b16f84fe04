"""Where the project of a folder of photos may lie."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path
from typing import TypedDict

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder, UnsafeFile, is_link
from ocr_studio.core.project import project_errors
from ocr_studio.core.translation import tr


class Places(TypedDict, total=False):
    """Where to look for a project, as ``Project.open`` and ``Project.find`` take it.

    Attributes:
        library: The folder of projects that do not lie beside their photos; None for the program's own.
        prefer_library: A new project goes there.
        follow_links: Open a project whose folder is a symbolic link, too.
    """

    library: Path | None
    prefer_library: bool
    follow_links: bool


def is_project(folder: SafeFolder) -> bool:
    """Whether a project lies there. Raises StudioError where that cannot be told, as there may be work in it, and
    LinkedProject where its folder is a link.
    """
    try:
        return stat.S_ISDIR(folder.stat("pages").st_mode)
    except UnsafeFile as error:
        if not folder.follow and _is_link(folder.path):
            raise project_errors.linked(folder.path) from error
        raise project_errors.linked_part(folder.full("pages")) from error
    except PermissionError as error:
        raise StudioError(
            tr("a project is there, or may be, that you may not look into"),
            file=folder.path,
            remedy=tr(
                "Ask its owner for the permission to read and write it, or copy the photos to a folder of your own."
            ),
        ) from error
    except (OSError, ValueError):
        return False


def is_taken(place: Path) -> bool:
    """Whether something that is no folder has the place of a project."""
    return os.path.lexists(place) and not paths.is_folder(place)


def _is_link(folder: Path) -> bool:
    try:
        return is_link(folder.lstat())
    except OSError:
        return False


def in_library(photos: Path, library: Path) -> Path:
    """The place in the library of the project of a folder of photos."""
    digest = hashlib.blake2b(os.fsencode(photos), digest_size=6).hexdigest()
    # A folder's name may be as long as a name can be, and then there is no room for more.
    name = re.sub(r"[^\w .()+-]", "_", photos.name)[:40].strip(" .") or "photos"
    return Path(os.path.abspath(library)) / f"{name}-{digest}"
