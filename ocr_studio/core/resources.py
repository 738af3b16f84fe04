"""Where the files that travel with the program lie: the sample board, the icon, the licences, adapted models."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from ocr_studio.core import translation
from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr


class ResourceMissing(StudioError):
    """A file that belongs to the program is not where it should be: the installation is damaged."""


def folder() -> Path:
    """The folder of resources: inside the package once installed or built, beside it in a checkout.

    Raises ResourceMissing if there is none.
    """
    with as_file(files("ocr_studio")) as package:
        for place in (package / "_resources", package.parent / "resources"):
            if place.is_dir():
                return place
        raise ResourceMissing(tr("the program’s files are missing"), file=package, remedy=tr("Reinstall the program."))


def resource(name: str) -> Path:
    """One file of the program. name: path inside the resources, "/" between parts. Raises ResourceMissing."""
    path = folder().joinpath(*name.split("/"))
    if not path.is_file():
        raise ResourceMissing(tr("a file of the program is missing"), file=path, remedy=tr("Reinstall the program."))
    return path


def sample_photo() -> Path:
    """The photo of a whiteboard to try the program on; drawn by ``packaging/draw_sample.py``."""
    return resource("sample-board.jpg")


def icon() -> Path:
    """The program's icon, PNG, 256 x 256 with alpha."""
    return resource("icon.png")


def translations() -> Path:
    """The folder of catalogues, by language. Raises ResourceMissing if the program has no folder of resources."""
    return folder() / "translations"


def languages() -> list[str]:
    """Return the languages of the window, English first; English alone if the program has no folder of resources."""
    try:
        return translation.available(translations())
    except ResourceMissing:
        return [translation.ENGLISH]


def models() -> Path:
    """The folder of the program's own models, a folder for each. It need not exist: then there are none.

    Raises ResourceMissing if the program has no folder of resources.
    """
    return folder() / "models"


def notices() -> str:
    """Origin and licence of the networks' initial weights, as plain text."""
    return resource("licences/NOTICE").read_text(encoding="utf-8")
