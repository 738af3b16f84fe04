"""Reads weights from HDF5 files of older Keras versions, layer by layer. No code in such a file is ever run.

Keras up to version 2 wrote weights as HDF5 (``.h5``): the attribute ``layer_names`` lists the layers, and a group for
each lists its arrays in ``weight_names``. A file of a whole model has the same in its group ``model_weights``, besides
a description of its layers that may contain code (Lambda layers) and is ignored. HDF5 can refer to other places (links
to other files, external and virtual arrays, filters of other programs); such entries are rejected, and only plain
float32 arrays are read after checking their sizes. Compressed arrays are rejected, too: Keras writes none, and HDF5
decompresses them before their size is known (a file of 6 kB took a gigabyte).

Some damaged files crash HDF5. So all of it happens in a child process with resource limits.
"""

from __future__ import annotations

import io
import itertools
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import h5py
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import child_process
from ocr_studio.core.files.child_process import Answer, ChildFailed, Limits
from ocr_studio.core.files.safe_folder import TooLarge
from ocr_studio.core.models.card import MOST_WEIGHT_BYTES, BadModel
from ocr_studio.core.translation import later, tr

Array: TypeAlias = NDArray[np.float32]
Layers: TypeAlias = dict[str, tuple[Array, ...]]

_REMEDY: Final = later("Choose a weights file (.h5) that was written by Keras.")
_MAX_NAMES: Final = 2000  # of layers, and of arrays of a layer
_MAX_NAME: Final = 1000  # bytes
# Strings of variable length are in global heaps (HDF5 file format, "Global Heap"), by default of 4 KiB; this is the
# largest size allowed, in bytes.
_HEAP: Final = re.compile(rb"GCOL\x01\0\0\0(.{8})", re.DOTALL)
_MAX_HEAP: Final = 64 << 10
# HDF5 has no exception class of its own; it raises these for damaged files.
_DAMAGED_ERRORS: Final = (
    OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError,
    SystemError,
)  # fmt: skip
# The largest network takes a second.
_LIMITS: Final = Limits(seconds=20, memory=3 * MOST_WEIGHT_BYTES, answer=MOST_WEIGHT_BYTES)


def read_layers(file: Path) -> Layers:
    """Return the layers with weights of a file, in order. Raises BadModel."""
    try:
        data = paths.read_file(file, most=MOST_WEIGHT_BYTES)
    except OSError as error:
        what = tr("the file can’t be read: {reason}", reason=error.strerror or error)
        raise BadModel(what, file=file, remedy=tr("Check the path.")) from error
    except TooLarge as error:
        raise BadModel(tr("it is larger than any model"), file=file, remedy=tr(_REMEDY)) from error
    return parse_layers(data, file=file)


def parse_layers(data: bytes, *, file: object) -> Layers:
    """Return the layers in the contents of a file, as ``read_layers``. file: Path to name in errors."""
    try:
        return _check_answer(child_process.call(parse_in_child, {}, data, limits=_LIMITS))
    except StudioError as error:
        raise BadModel(error.what, file=file, remedy=tr(_REMEDY)) from error
    except ChildFailed as error:
        what = tr("this is not a weights file: {reason}", reason=error.reason)
        raise BadModel(what, file=file, remedy=tr(_REMEDY)) from error


def parse_in_child(_: Mapping[str, object], data: bytes) -> Answer:
    """Read the contents of a file in this process.

    Returns the names with the numbers of arrays, and all arrays. Raises BadModel and MemoryError.
    """
    try:
        _check_heaps(data)
        # Damaged files cause odd numbers, of which NumPy and h5py warn.
        with warnings.catch_warnings(action="ignore"), h5py.File(io.BytesIO(data), "r") as stored:
            root = _open_member(stored, "model_weights") if stored.id.links.exists(b"model_weights") else stored
            layers = dict(_iter_layers(root, most=len(data) // 4))
    except _InvalidFile as error:
        raise BadModel(tr("this is not a weights file: {reason}", reason=error)) from error
    except _DAMAGED_ERRORS as error:
        raise BadModel(tr("this is not an HDF5 file, or it is damaged")) from error
    return Answer([(name, len(arrays)) for name, arrays in layers.items()], list(itertools.chain(*layers.values())))


def _check_answer(answer: Answer) -> Layers:
    """Check and return the layers from the child process, which the file may have compromised. Raises BadModel."""
    arrays, layers = iter(answer.arrays), {}
    try:
        for name, count in answer.values:
            layers[str(name)] = tuple(itertools.islice(arrays, int(count)))
    except (TypeError, ValueError) as error:
        raise BadModel(tr("this is not an HDF5 file, or it is damaged")) from error
    sound = all(array.dtype == np.float32 and np.isfinite(array).all() for array in answer.arrays)
    if not sound or not all(layers.values()):
        raise BadModel(tr("this is not an HDF5 file, or it is damaged"))
    return layers


def _check_heaps(data: bytes) -> None:
    """Raise _InvalidFile if a global heap is large: a list may refer to one long string repeatedly and fill the memory
    before its length is known.
    """
    for found in _HEAP.finditer(data):
        if int.from_bytes(found[1], "little") > _MAX_HEAP:
            raise _InvalidFile(tr("some of its names are too long"))


class _InvalidFile(Exception):
    """The reason why a file is invalid, as a short phrase."""


def _iter_layers(root: Any, *, most: int) -> Iterator[tuple[str, tuple[Array, ...]]]:
    remaining = most
    for layer in _read_names(root, "layer_names"):
        group = _open_member(root, layer)
        arrays: list[Array] = []
        for name in _read_names(group, "weight_names"):
            array = _read_array(_open_member(group, name), name, most=remaining)
            remaining -= array.size
            arrays.append(array)
        if arrays:
            yield layer, tuple(arrays)


def _read_names(group: Any, which: str) -> Sequence[str]:
    """Return a list of names from a group's attribute."""
    if not isinstance(group, h5py.Group) or which not in group.attrs:
        raise _InvalidFile(tr("“{name}” is missing", name=which))
    # Its size and type are known without reading it.
    attribute = group.attrs.get_id(which)
    if attribute.shape is None or len(attribute.shape) != 1:  # empty, or a single name
        raise _InvalidFile(tr("“{name}” is not a list of names", name=which))
    if math.prod(attribute.shape) > _MAX_NAMES:
        raise _InvalidFile(tr("it contains too many layers"))
    if attribute.shape == (0,):  # a layer without weights; its empty list has no string type
        return []
    kind = h5py.check_string_dtype(attribute.dtype)
    if kind is None or (kind.length or 0) > _MAX_NAME:
        raise _InvalidFile(tr("“{name}” is not a list of names", name=which))
    names = [name.decode("utf-8") if isinstance(name, bytes) else name for name in np.ravel(group.attrs[which])]
    if len(set(names)) != len(names):
        raise _InvalidFile(tr("“{name}” is not a list of names", name=which))
    return names


def _open_member(group: Any, path: str) -> Any:
    """Return the object at a path inside a group, without following links to other files. Raises _InvalidFile."""
    for step in path.split("/"):
        # ``in`` and ``get`` would follow a link to another file.
        name = step.encode("utf-8")
        exists = isinstance(group, h5py.Group) and step not in ("", ".", "..") and group.id.links.exists(name)
        if not exists or group.id.links.get_info(name).type != h5py.h5l.TYPE_HARD:
            raise _InvalidFile(tr("“{name}” is not in the file", name=path[:60]))
        group = group[step]
    return group


def _read_array(dataset: Any, name: str, *, most: int) -> Array:
    """Return an array of at most ``most`` numbers. Raises _InvalidFile."""
    # A single number has the shape ().
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype != np.float32 or not dataset.shape:
        raise _InvalidFile(tr("“{name}” is not an array of float32", name=name[:60]))
    packed = dataset.id.get_create_plist().get_nfilters() > 0
    if dataset.is_virtual or dataset.external is not None or packed:
        raise _InvalidFile(tr("“{name}” is in another file or uses an unsupported compression", name=name[:60]))
    # A chunk can be larger than the whole array and is read completely.
    if max(math.prod(dataset.shape), math.prod(dataset.chunks or ())) > most:
        raise _InvalidFile(tr("“{name}” is too large", name=name[:60]))
    array: Array = np.asarray(dataset[()], np.float32)
    if not np.isfinite(array).all():
        raise _InvalidFile(tr("“{name}” contains values that aren’t numbers", name=name[:60]))
    return array
