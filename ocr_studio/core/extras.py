"""Packages that only some users need, installed as extras of the program (``pyproject.toml``)."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr

# The modules that an extra brings; the others that it needs come with these.
MODULES: Final = {
    "server": ("fastapi", "uvicorn", "python_multipart"),
    "archive": ("pyarrow", "fsspec"),
    "ray": ("ray",),
    "mcp": ("mcp",),
}


class ExtraMissing(StudioError):
    """Something needs packages that are not installed."""

    def __init__(self, extra: str, missing: str) -> None:
        """Create an error.

        Args:
            extra: Name of the extra in ``pyproject.toml``.
            missing: Name of the first module that is missing.
        """
        super().__init__(
            tr("the package “{name}” isn’t installed", name=missing),
            remedy=tr("Install it with: {command}", command=install_command(extra)),
        )


def is_installed(extra: str) -> bool:
    """Whether all packages of an extra are there. Imports none of them."""
    return not _missing(extra)


def require(extra: str) -> None:
    """Check that all packages of an extra are there. Imports none of them. Raises ExtraMissing."""
    if missing := _missing(extra):
        raise ExtraMissing(extra, missing[0])


def install_command(extra: str) -> str:
    """Return the shell command that installs an extra, with the Python that runs the program."""
    checkout = Path(__file__).parents[2]
    source = str(checkout) if (checkout / "pyproject.toml").is_file() else "ocr-studio"
    return f'"{sys.executable}" -m pip install "{source}[{extra}]"'


def _missing(extra: str) -> list[str]:
    return [name for name in MODULES[extra] if find_spec(name) is None]
