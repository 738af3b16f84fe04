"""ZIP archives without the time at which they were made, so that the same content gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Final

# The earliest that an archive can name.
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def reset_dates(data: bytes) -> bytes:
    """Return an archive that was made here with all its files, in the same order, but without their dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.infolist():
            made = zipfile.ZipInfo(entry.filename, _DATE)
            # The first file of an OpenDocument says what it is, and has to be stored as it is.
            made.compress_type, made.external_attr = entry.compress_type, entry.external_attr
            after.writestr(made, before.read(entry))
    return out.getvalue()
