"""Export and import of a model as one file: a ZIP archive of the two files of its folder."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from ocr_studio.core import paths
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, MOST_CARD_BYTES, MOST_WEIGHT_BYTES, WEIGHTS_FILE, BadModel
from ocr_studio.core.models.registry import Model
from ocr_studio.core.translation import tr, tr_n

SUFFIX: Final = ".zip"

_MOST: Final = {CARD_FILE: MOST_CARD_BYTES, WEIGHTS_FILE: MOST_WEIGHT_BYTES}
_ROOM: Final = 64 << 10  # for the archive's directory
_LONGEST_END: Final = 20 + 22 + 0xFFFF  # ZIP64 locator, end record, longest comment
_RATIO: Final = 200  # weights hardly compress, text about tenfold
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # fixed, so that the same model gives the same archive
# Damage can look like encryption, an unknown compression or a size beyond the memory.
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, NotImplementedError, MemoryError,
)  # fmt: skip


def export(model: Model, file: Path, *, overwrite: bool = False) -> None:
    """Write a model to one file, atomically. An earlier export is replaced.

    Args:
        model: The model to export.
        file: Path of the archive.
        overwrite: Whether any other file may be replaced, too; photos never are.

    Raises:
        ModelOfProgram: The model comes with the program.
        BadModel: The model is damaged.
        WriteFailed: The file cannot be written or must not be replaced.
    """
    if model.folder is None or model.of_program:
        remedy = tr("Only models that you trained or imported can be exported.")
        raise registry.ModelOfProgram(tr("the model “{name}” comes with the program", name=model.name), remedy=remedy)
    card = model_folder.inspect(model.folder)
    weights = model_folder.read_weights(model.folder, card)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo(CARD_FILE, _LONG_AGO), card.to_json(), zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo(WEIGHTS_FILE, _LONG_AGO), weights, zipfile.ZIP_STORED)
    OutputFile(file, overwrite=overwrite, known=_is_export).write(data.getvalue())


def _is_export(stream: BinaryIO) -> bool:
    try:
        _check_size(stream)
        with zipfile.ZipFile(stream) as archive:
            return set(archive.namelist()) == {CARD_FILE, WEIGHTS_FILE}
    except (OSError, _Wrong, *_DAMAGED):
        return False


def unpack(file: Path, *, name: str | None = None) -> Path:
    """Unpack an archive into a candidate folder, to be inspected and installed. On an error nothing is left behind.

    Args:
        file: Path of the archive.
        name: Name for the model; by default the name of the file, with a number if that is taken.

    Raises:
        BadModel: The file was not written by ``export``.
        BadName: The name is not valid.
        ModelsNotWritten: The candidate cannot be written.
    """
    if name is not None:
        registry.check_name(name)
    contents = read_files(file)
    folder = registry.candidate_folder(registry.free_name(file.stem) if name is None else name)
    try:
        for entry, data in contents.items():
            SafeFolder(folder).replace(entry, data)
        model_folder.inspect(folder, thoroughly=True)
    except BadModel as error:
        registry.discard(folder)
        raise refused(error.what, file) from error
    except OSError as error:
        registry.discard(folder)
        raise registry.ModelsNotWritten(
            tr("the model can’t be saved: {reason}", reason=error.strerror or error),
            file=folder,
            remedy=tr("Free up disk space."),
        ) from error
    return folder


def refused(what: str, file: Path) -> BadModel:
    """Create the error for a file that is not a model, with a hint which file to use."""
    return BadModel(
        what,
        file=file,
        remedy=tr("Choose a file that was written by “Export”."),
        command='Use a file written by "ocr-studio models export".',
    )


def read_files(file: Path) -> dict[str, bytes]:
    """Read the two files of an archive, after checking that they are harmless. Raises BadModel."""
    try:
        with paths.open_plain(file) as stream, _explain_errors(file):
            if os.fstat(stream.fileno()).st_size > sum(_MOST.values()) + _ROOM:
                raise _Wrong(tr("it is larger than any model"))
            _check_size(stream)
            with zipfile.ZipFile(stream) as archive:
                entries = _entries(archive)
                return {entry.filename: _contents(archive, entry) for entry in entries}
    except FileNotFoundError as error:
        remedy = tr("Check the name, and that the disk or network share is connected.")
        raise BadModel(tr("the file does not exist"), file=file, remedy=remedy) from error
    except OSError as error:
        what = tr("the file can’t be read: {reason}", reason=error.strerror or error)
        raise BadModel(what, file=file, remedy=tr("Check the path.")) from error


class _Wrong(Exception):
    """The reason why an archive is invalid, as a short phrase."""


@contextlib.contextmanager
def _explain_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except _Wrong as error:
        raise refused(tr("this is not a model: {reason}", reason=error), file) from error
    except _DAMAGED as error:
        raise refused(tr("this is not a ZIP archive, or it is damaged"), file) from error


def _check_size(stream: BinaryIO) -> None:
    """Raise _Wrong if the archive's directory is larger than two files need, as it is read into memory."""
    end = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, end - _LONGEST_END))
    tail = stream.read()
    # Like the module zipfile: the end record is at the very end, or is the last one, followed by a comment.
    place = len(tail) - 22 if tail[-22:].startswith(b"PK\5\6") and tail.endswith(b"\0\0") else tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) - place < 22:
        raise zipfile.BadZipFile("there is no end of a directory")
    if tail[max(0, place - 20) : place].startswith(b"PK\6\7"):
        raise _Wrong(tr("the archive is larger than 4 GB"))
    number, size = struct.unpack("<HL", tail[place + 10 : place + 16])
    if number > len(_MOST) or size > _ROOM:
        too_many = tr_n("it contains {count} file", "it contains {count} files", number)
        raise _Wrong(too_many if number > len(_MOST) else tr("its file list is too large"))


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries after checking that they are harmless. Raises _Wrong."""
    entries = archive.infolist()
    for entry in entries:
        mode = entry.external_attr >> 16
        if entry.filename not in _MOST:
            raise _Wrong(tr("it contains “{name}”; nothing was unpacked", name=entry.filename[:60]))
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.is_dir():
            raise _Wrong(tr("{name} is not a regular file", name=entry.filename))
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _Wrong(tr("“{name}” is encrypted or uses an unsupported compression", name=entry.filename))
        if entry.file_size > _MOST[entry.filename]:
            raise _Wrong(tr("{name} is larger than {most} MB", name=entry.filename, most=_MOST[entry.filename] >> 20))
        if entry.file_size > _RATIO * entry.compress_size + _ROOM:
            raise _Wrong(tr("the compression ratio of {name} is too high", name=entry.filename))
    if sorted(entry.filename for entry in entries) != sorted(_MOST):
        raise _Wrong(tr("it must contain {card} and {weights}, once each", card=CARD_FILE, weights=WEIGHTS_FILE))
    return entries


def _contents(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise _Wrong(tr("the size of {name} differs from what the archive states", name=entry.filename))
    return data
