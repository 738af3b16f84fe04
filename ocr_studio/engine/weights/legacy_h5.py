"""Weights in the HDF5 files of older Keras → arrays, layer by layer. Nothing in such a file is ever run.

Keras up to version 2 wrote weights as HDF5 (``.h5``): the attribute ``layer_names`` lists the layers, a group for each
lists its arrays in ``weight_names``. A file of a whole model has the same in its group ``model_weights``, besides a
description of its layers that may hold code (Lambda layers); that is not looked at. HDF5 itself can lead elsewhere
(links to other files, arrays that lie in others or are made by other programs' code as they are read): what does so is
refused, and of the arrays only plain float32 ones are read, once their sizes are known to be those of a network. Packed
ones are refused, too: Keras packs none, and HDF5 unpacks whatever there is before anybody can see how much it is (a
file of 6 kB took a gigabyte).

HDF5 ends the process at some damaged files. So all of it happens in a child process, with limits of its own.
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

_REMEDY: Final = later("Choose a file of weights that Keras has written (.h5).")
_MOST_NAMES: Final = 2000  # of layers, and of arrays of a layer
_LONGEST_NAME: Final = 1000  # bytes
# Where texts of any length lie, and how many bytes there (HDF5 file format, "Global Heap"); HDF5 begins with 4 KiB.
_HEAP: Final = re.compile(rb"GCOL\x01\0\0\0(.{8})", re.DOTALL)
_LONGEST_HEAP: Final = 64 << 10
# What HDF5 raises for damaged files: it knows no error of its own.
_DAMAGED: Final = (
    OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError,
    SystemError,
)  # fmt: skip
# The largest network there is takes a second.
_LIMITS: Final = Limits(seconds=20, memory=3 * MOST_WEIGHT_BYTES, answer=MOST_WEIGHT_BYTES)


def read(file: Path) -> Layers:
    """The layers of a file that have weights, in its order. Raises BadModel."""
    try:
        data = paths.read_file(file, most=MOST_WEIGHT_BYTES)
    except OSError as error:
        what = tr("the file cannot be read: {reason}", reason=error.strerror or error)
        raise BadModel(what, file=file, remedy=tr("Check the path.")) from error
    except TooLarge as error:
        raise BadModel(tr("it is larger than any model"), file=file, remedy=tr(_REMEDY)) from error
    return unpacked(data, file=file)


def unpacked(data: bytes, *, file: object) -> Layers:
    """The layers in the bytes of a file, as ``read``. file: for what is said. Raises BadModel."""
    try:
        return _told(child_process.call(read_here, {}, data, limits=_LIMITS))
    except StudioError as error:
        raise BadModel(error.what, file=file, remedy=tr(_REMEDY)) from error
    except ChildFailed as error:
        what = tr("these are not the weights of a network: {reason}", reason=error.reason)
        raise BadModel(what, file=file, remedy=tr(_REMEDY)) from error


def read_here(_: Mapping[str, object], data: bytes) -> Answer:
    """The layers in the bytes of a file, in this process: names with numbers of arrays, and the arrays of all.

    Raises BadModel, and MemoryError.
    """
    try:
        _check_heaps(data)
        # Damaged files bring about odd numbers, of which NumPy and h5py warn.
        with warnings.catch_warnings(action="ignore"), h5py.File(io.BytesIO(data), "r") as stored:
            root = _inside(stored, "model_weights") if stored.id.links.exists(b"model_weights") else stored
            layers = dict(_layers(root, most=len(data) // 4))
    except _Wrong as error:
        raise BadModel(tr("these are not the weights of a network: {reason}", reason=error)) from error
    except _DAMAGED as error:
        raise BadModel(tr("this is no HDF5 file, or a damaged one")) from error
    return Answer([(name, len(arrays)) for name, arrays in layers.items()], list(itertools.chain(*layers.values())))


def _told(answer: Answer) -> Layers:
    """The layers that a child process has sent, which the file may have taken over. Raises BadModel."""
    rest, layers = iter(answer.arrays), {}
    try:
        for name, count in answer.values:
            layers[str(name)] = tuple(itertools.islice(rest, int(count)))
    except (TypeError, ValueError) as error:
        raise BadModel(tr("this is no HDF5 file, or a damaged one")) from error
    sound = all(array.dtype == np.float32 and np.isfinite(array).all() for array in answer.arrays)
    if not sound or not all(layers.values()):
        raise BadModel(tr("this is no HDF5 file, or a damaged one"))
    return layers


def _check_heaps(data: bytes) -> None:
    """Whether texts of any length, which lie in heaps, are all short: a list may name one long one again and again, and
    so fill the memory before it can be seen how long it is. Raises _Wrong.
    """
    for found in _HEAP.finditer(data):
        if int.from_bytes(found[1], "little") > _LONGEST_HEAP:
            raise _Wrong(tr("it holds longer names than any network’s"))


class _Wrong(Exception):
    """What is wrong with a file, in a few words."""


def _layers(root: Any, *, most: int) -> Iterator[tuple[str, tuple[Array, ...]]]:
    left = most
    for layer in _names(root, "layer_names"):
        group = _inside(root, layer)
        arrays: list[Array] = []
        for name in _names(group, "weight_names"):
            array = _array(_inside(group, name), name, most=left)
            left -= array.size
            arrays.append(array)
        if arrays:
            yield layer, tuple(arrays)


def _names(group: Any, which: str) -> Sequence[str]:
    """A list of names that Keras has put beside a group."""
    if not isinstance(group, h5py.Group) or which not in group.attrs:
        raise _Wrong(tr("it lacks “{name}”", name=which))
    # (its size and kind are told without reading it)
    kept = group.attrs.get_id(which)
    if kept.shape is None or len(kept.shape) != 1:  # nothing, or a single name
        raise _Wrong(tr("“{name}” is no list of names", name=which))
    if math.prod(kept.shape) > _MOST_NAMES:
        raise _Wrong(tr("it holds too many layers"))
    if kept.shape == (0,):  # a layer without weights; of what kind the names are that it lacks, there is no saying
        return []
    kind = h5py.check_string_dtype(kept.dtype)
    if kind is None or (kind.length or 0) > _LONGEST_NAME:
        raise _Wrong(tr("“{name}” is no list of names", name=which))
    names = [name.decode("utf-8") if isinstance(name, bytes) else name for name in np.ravel(group.attrs[which])]
    if len(set(names)) != len(names):
        raise _Wrong(tr("“{name}” is no list of names", name=which))
    return names


def _inside(group: Any, path: str) -> Any:
    """What lies at a path inside a group, where every step of it is in this file. Raises _Wrong."""
    for step in path.split("/"):
        # (``in`` and ``get`` would follow a link to another file, only to see whether something is there)
        name = step.encode("utf-8")
        there = isinstance(group, h5py.Group) and step not in ("", ".", "..") and group.id.links.exists(name)
        if not there or group.id.links.get_info(name).type != h5py.h5l.TYPE_HARD:
            raise _Wrong(tr("“{name}” is not inside it", name=path[:60]))
        group = group[step]
    return group


def _array(dataset: Any, name: str, *, most: int) -> Array:
    """The numbers of one array, of which there are at most so many. Raises _Wrong."""
    # (a single number has the shape ())
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype != np.float32 or not dataset.shape:
        raise _Wrong(tr("“{name}” is no array of float32", name=name[:60]))
    packed = dataset.id.get_create_plist().get_nfilters() > 0
    if dataset.is_virtual or dataset.external is not None or packed:
        raise _Wrong(tr("“{name}” lies elsewhere or is packed in an unusual way", name=name[:60]))
    # (a piece of it can be larger than all of it, and is read whole)
    if max(math.prod(dataset.shape), math.prod(dataset.chunks or ())) > most:
        raise _Wrong(tr("“{name}” is larger than any network’s", name=name[:60]))
    array: Array = np.asarray(dataset[()], np.float32)
    if not np.isfinite(array).all():
        raise _Wrong(tr("“{name}” holds what is no number", name=name[:60]))
    return array
