"""What other programs read and write: one module for each format, and the table of them. May import: ``core``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ocr_studio.core.formats import documents, labels, tfrecord, vault, xml
from ocr_studio.core.formats.export_format import ExportFormat

# Of photos, besides ``FORMATS``: images of the cleaned boards.
CLEANED: Final = "cleaned"
# Of ``FORMATS``: notes, which are not written as files of their own but into what is there, see ``vault.vault_folder``.
VAULT: Final = "vault"

FORMATS: Final[Mapping[str, ExportFormat]] = MappingProxyType(
    {each.name: each for each in (*documents.FORMATS, *vault.FORMATS, *xml.FORMATS, *labels.FORMATS, *tfrecord.FORMATS)}
)
