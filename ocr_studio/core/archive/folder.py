"""The folder of an archive: ``archive.json``, which says how its photos are read, and a ``part-….parquet`` a shard.

``index.json`` says what would otherwise have to be read from each part; see ``part_index``.

A part is there whole or not at all: written under a temporary name and renamed, or put into an object store at once.
So whoever finds it may take it as done, and two programs that write the same part write the same rows.
"""

from __future__ import annotations

import errno
import io
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ocr_studio.core import extras, paths
from ocr_studio.core.archive import rows, storage
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import INSTALL_NEWER, StudioError, WrongUsage, newer_format, write_failed
from ocr_studio.core.files import strict_json
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge, explain_error
from ocr_studio.core.translation import later, tr

SETTINGS: Final = "archive.json"
INDEX: Final = "index.json"
_FORMAT: Final = "ocr-studio-archive"
_VERSION: Final = 1
_MOST_SETTINGS: Final = 1 << 20
_MOST_INDEX: Final = 256 << 20
_MOST_PART: Final = 1 << 30
# Settings that ``ocr-studio archive read`` has an option for.
_OPTIONS: Final = {"shard_size": "--shard-size", "unit": "--unit", "recognizer": "--model"}
_NO_FOLDER: Final = later("can’t create the folder: {reason}")


class ArchiveError(StudioError):
    """A folder isn't an archive, is of another one, or can't be used."""


class ArchiveMismatch(ArchiveError, WrongUsage):
    """A folder has an archive that was read with other settings."""


class DamagedPart(ArchiveError):
    """A part isn't what was written. Its photos can be read again."""

    def __init__(self, reason: object, *, file: str) -> None:
        what = tr("it can’t be read: {reason}", reason=" ".join(str(reason).split())[:200])
        super().__init__(what, file=file, remedy=tr("Delete it and read the archive again."))


class ArchiveFolder:
    """The files of an archive. Raises ExtraMissing if Parquet files can't be read here."""

    def __init__(self, address: str) -> None:
        """address: path, or address for ``fsspec``, of the folder. It need not exist."""
        extras.require("archive")
        self.address = address
        self._local = None if storage.is_remote(address) else SafeFolder(storage.local_path(address), follow=True)

    @property
    def path(self) -> Path | None:
        """The folder on this computer; None in an object store."""
        return self._local.path if self._local else None

    def prepare(self, settings: Mapping[str, object]) -> None:
        """Create the folder, or check that it was made with the same settings.

        Raises:
            ArchiveMismatch: It was made with others.
            ArchiveError: It is of a newer version.
            WriteFailed: It can't be created.
        """
        settings = {"format": _FORMAT, "version": _VERSION, **settings}
        if self._local:
            try:
                self._local.make_folder()
                self._local.sweep()
            except OSError as failed:
                told = write_failed(self.address, failed, _NO_FOLDER, help_with=later("Choose another folder."))
                raise paths.describe_file_in_the_way(self._local.path) or told from failed
        known = self.settings()
        if known is None:
            self._write(SETTINGS, (json.dumps(settings, ensure_ascii=False, indent=1) + "\n").encode())
        elif known != json.loads(json.dumps(settings)):
            now = json.loads(json.dumps(settings))
            different = ", ".join(
                _describe_setting(key, known.get(key), now[key]) for key in now if known.get(key) != now[key]
            )
            raise ArchiveMismatch(
                tr("this archive was read with other settings ({names})", names=different or "…"),
                file=self.address,
                remedy=tr("Use the same settings as before, or choose another folder."),
            )

    def settings(self) -> dict[str, object] | None:
        """Return how the photos are read; None without an archive. Raises ArchiveError."""
        try:
            data = self._read(SETTINGS, _MOST_SETTINGS)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, TooLarge) as error:
            raise ArchiveError(explain_error(error), file=storage.join(self.address, SETTINGS)) from error
        try:
            found = strict_json.load(data)
        except strict_json.BadJson:
            found = None
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            what = tr("this is not the description of an archive")
            remedy = tr("Choose another folder.")
            raise ArchiveError(what, file=storage.join(self.address, SETTINGS), remedy=remedy)
        version = found.get("version")
        if isinstance(version, int) and version > _VERSION:
            raise ArchiveError(newer_format(version, _VERSION), file=self.address, remedy=tr(INSTALL_NEWER))
        return found

    def check(self) -> None:
        """Raise ArchiveError if this isn't an archive."""
        if self.settings() is None:
            raise ArchiveError(
                tr("there is no archive in this folder"),
                file=self.address,
                remedy=tr("Read one first: {command}", command="ocr-studio archive read SOURCE --out DIR"),
            )

    def parts(self) -> list[str]:
        """Return the names of all parts, sorted. Raises StudioError."""
        return sorted(self.list_parts())

    def list_parts(self) -> dict[str, str]:
        """Return the names of all parts, each with a text that changes when the part does; empty if none is known.

        Raises:
            StudioError: The folder can't be listed.
        """
        if self._local is None:
            items = storage.list_folder(self.address)
            found = ((item.address.rpartition("/")[2], _make_stamp(item.size, item.stamp)) for item in items)
        else:
            try:
                entries = self._local.entries()
            except OSError as error:
                raise ArchiveError(explain_error(error), file=self.address) from error
            found = ((entry.name, _make_stamp(entry.status.st_size, entry.status.st_mtime_ns)) for entry in entries)
        return {name: stamp for name, stamp in found if _is_part(name)}

    def read_part(self, name: str) -> bytes:
        """Read a part whole. Raises StudioError."""
        file = storage.join(self.address, name)
        try:
            return self._read(name, _MOST_PART)
        except OSError as error:
            if error.errno == errno.EIO:
                raise DamagedPart(explain_error(error), file=file) from error
            raise ArchiveError(explain_error(error), file=file) from error
        except TooLarge as error:
            raise ArchiveError(explain_error(error), file=file) from error

    def read_rows(self, name: str) -> dict[str, tuple[ArchiveRow, ...]]:
        """Read the rows of a part by the digest of their photo. Raises StudioError."""
        if found := rows.decode_part(self.read_part(name)):
            return found
        raise DamagedPart(tr("the file is damaged or incomplete"), file=storage.join(self.address, name))

    def read_columns(self, name: str, columns: list[str] | None) -> Any:
        """Read a part, or some columns of it by their paths, as a ``pyarrow.Table``. Raises StudioError."""
        import pyarrow as pa

        file = storage.join(self.address, name)
        try:
            opened = storage.open_remote(file) if self._local is None else self._local.reading(name)
            with opened as stream:
                return _read_table(stream, columns)
        except StudioError:
            raise
        except Exception:  # noqa: BLE001  (of the driver, the disk or the part; reading it whole shows which)
            data = self.read_part(name)
        try:
            return _read_table(io.BytesIO(data), columns)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DamagedPart(error, file=file) from error

    def read_index(self) -> bytes:
        """Read the index whole. Raises StudioError."""
        try:
            return self._read(INDEX, _MOST_INDEX)
        except (OSError, TooLarge) as error:
            raise ArchiveError(explain_error(error), file=storage.join(self.address, INDEX)) from error

    def write_index(self, data: bytes) -> None:
        """Write the index whole or not at all. Raises StudioError."""
        self._write(INDEX, data)

    def write_part(self, name: str, data: bytes) -> None:
        """Write a part whole or not at all. Raises StudioError."""
        self._write(name, data)

    def remove_part(self, name: str) -> None:
        """Remove a part. Raises StudioError."""
        if self._local is None:
            storage.remove_remote(storage.join(self.address, name))
            return
        try:
            self._local.remove(name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise write_failed(self._local.full(name), error) from error

    def _read(self, name: str, most: int) -> bytes:
        if self._local is not None:
            return self._local.read(name, most=most)
        address = storage.join(self.address, name)
        if storage.look_up(address) is None:
            raise FileNotFoundError(errno.ENOENT, tr("it does not exist"), address)
        return storage.read_remote(address, most=most)

    def _write(self, name: str, data: bytes) -> None:
        if self._local is None:
            storage.write_remote(storage.join(self.address, name), data)
            return
        try:
            self._local.replace(name, data)
        except OSError as error:
            raise write_failed(self._local.full(name), error) from error


def _describe_setting(key: str, before: object, now: object) -> str:
    """Return a setting and the value that it had before, as it is typed where there is an option for it."""
    if isinstance(before, dict) and isinstance(now, dict):  # a model; one of the same name may have other weights
        before = before.get("name") if before.get("name") != now.get("name") else None
    if isinstance(before, list):
        before = ",".join(map(str, before))
    if isinstance(before, bool) or not isinstance(before, str | int | float) or before == "":
        return key
    return f"{_OPTIONS.get(key, key)} {shlex.quote(str(before))}"


def _is_part(name: str) -> bool:
    return name.startswith("part-") and name.endswith(".parquet")


def _make_stamp(size: int, changed: object) -> str:
    return f"{size}:{changed}" if changed else ""


def _read_table(stream: Any, columns: list[str] | None) -> Any:
    from pyarrow import parquet

    table = parquet.ParquetFile(stream, page_checksum_verification=True).read(columns)
    table.validate(full=True)  # damaged texts may be no text
    # pyarrow passes over columns that are not there.
    if missing := {path.partition(".")[0] for path in columns or ()} - set(table.column_names):
        raise ValueError(f"no column “{min(missing)}”")
    return table
