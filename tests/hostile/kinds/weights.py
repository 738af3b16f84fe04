"""Weights of older Keras (.h5): without the network, and, in few inputs, imported for a network of TensorFlow."""

from __future__ import annotations

import io
import random
from typing import Any, Final

import h5py
import numpy as np

from tests.hostile import samples
from tests.hostile.kinds import archives
from tests.hostile.mutations import TEXTS, broken_bytes
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Kind, Trial


def _names(*names: str) -> Any:
    return np.array([name.encode() for name in names])


def _file(change: Any = None) -> bytes:
    """Weights of two layers. change: is done to the open file."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.attrs["layer_names"] = _names("conv_1", "conv_2")
        for layer in ("conv_1", "conv_2"):
            group = file.create_group(layer)
            group.attrs["weight_names"] = _names(f"{layer}/kernel:0", f"{layer}/bias:0")
            group.create_dataset(f"{layer}/kernel:0", data=np.ones((3, 3, 1, 4), np.float32))
            group.create_dataset(f"{layer}/bias:0", data=np.ones(4, np.float32))
        if change is not None:
            change(file)
    return stream.getvalue()


def _scalars(file: Any, chance: random.Random) -> None:
    """A single value where a list or an array should be."""
    way = chance.randrange(7)
    if way > 4:  # the last layer of the published recognizer
        file.attrs["layer_names"] = _names("conv_1", "conv_2", "fc_12")
        file.create_group("fc_12").attrs["weight_names"] = _names("kernel:0")
        file["fc_12"].create_dataset("kernel:0", data=np.float32(1))
    elif way == 0:
        file.attrs["layer_names"] = chance.choice((1, 1.5, "conv_1", b"conv_1"))
    elif way == 1:
        file["conv_1"].attrs["weight_names"] = chance.choice((0, np.float32(1), "x", np.bytes_(b"conv_1/bias:0")))
    elif way == 2:
        del file["conv_1/conv_1/bias:0"]
        file["conv_1"].create_dataset("conv_1/bias:0", data=np.float32(3))
    elif way == 3:
        file.attrs["layer_names"] = h5py.Empty("S10")
    else:
        del file["conv_1/conv_1/kernel:0"]
        file["conv_1"].create_dataset("conv_1/kernel:0", data=h5py.Empty("f4"))


def _kinds(file: Any, chance: random.Random) -> None:
    """Arrays of other kinds."""
    data = chance.choice(
        (
            np.ones(4, np.float16),
            np.ones(4, ">f4"),
            np.array([b"abc"] * 4),
            np.ones(4, np.complex64),
            np.zeros(4, [("a", "f4"), ("b", "i4")]),
            np.array([True] * 4),
            np.full(4, np.nan, np.float32),
        )
    )
    del file["conv_1/conv_1/bias:0"]
    file["conv_1"].create_dataset("conv_1/bias:0", data=data)


def _leading_out(file: Any, chance: random.Random) -> None:
    """Links within the file, to other files, and arrays that lie in others."""
    del file["conv_1/conv_1/bias:0"]
    way = chance.randrange(4)
    if way == 0:
        file["conv_1/conv_1/bias:0"] = h5py.ExternalLink("/etc/passwd", "/x")
    elif way == 1:
        file["conv_1/conv_1/bias:0"] = h5py.SoftLink("/conv_1/conv_1/bias:0")
    elif way == 2:
        group = file["conv_1/conv_1"]
        group.create_dataset("bias:0", shape=(4,), dtype="f4", external=[("/etc/passwd", 0, 16)])
    else:
        file["conv_1/loop"] = file["/"]
        file["conv_1"].attrs["weight_names"] = _names("loop/conv_1/loop/conv_1/conv_1/kernel:0")


def _huge(file: Any, chance: random.Random) -> None:
    """Arrays and lists that announce more than there is."""
    way = chance.randrange(4)
    del file["conv_1/conv_1/bias:0"]
    if way == 0:
        file["conv_1"].create_dataset("conv_1/bias:0", shape=(2**40,), dtype="f4", chunks=(1024,))
    elif way == 1:
        file["conv_1"].create_dataset(
            "conv_1/bias:0", shape=(2**20, 2**10), dtype="f4", chunks=(2**15, 2**10), compression="gzip", fillvalue=1
        )
    elif way == 2:
        file["conv_1"].create_dataset("conv_1/bias:0", shape=(10**8,), dtype="f4", chunks=(10**8,), compression="gzip")
    else:
        file.attrs["layer_names"] = _names(*(f"layer{number}" for number in range(3000)))
        file["conv_1"].create_dataset("conv_1/bias:0", data=np.ones(4, np.float32))


def _texts(file: Any, chance: random.Random) -> None:
    text = chance.choice(TEXTS).encode("utf-8", "replace")[:2000].replace(b"\0", b"") or b"x"
    file["conv_1"].attrs["weight_names"] = np.array([text, b"conv_1/kernel:0"])


def _data(chance: random.Random) -> tuple[str, bytes]:
    way = chance.choice(("bytes", "bytes", "heads", "scalars", "scalars", "kinds", "links", "sizes", "texts"))
    if way == "bytes":
        return way, broken_bytes(_file(), chance)
    if way == "heads":  # the first kilobytes are HDF5's own structures
        data = bytearray(_file())
        for _ in range(chance.choice((1, 4, 12))):
            data[chance.randrange(min(4096, len(data)))] = chance.choice(
                (0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256))
            )
        return way, bytes(data)
    change = {"scalars": _scalars, "kinds": _kinds, "links": _leading_out, "sizes": _huge, "texts": _texts}[way]
    return way, _file(lambda file: change(file, chance))


def layers(place: Sandbox, chance: random.Random) -> Trial:
    way, data = _data(chance)
    place.put("weights.h5", data)
    return Trial(f"weights of older Keras, {way} changed", [("@layers", "{in}/weights.h5")])


def odd_file(place: Sandbox, chance: random.Random) -> Trial:
    way = chance.choice(("pipe", "folder", "sparse", "link", "empty"))
    if way == "pipe":
        place.pipe("weights.h5")
    elif way == "folder":
        (place.stranger / "weights.h5").mkdir()
    elif way == "sparse":
        place.sparse("weights.h5", chance.choice((2**31, 400 << 20)), _file())
    elif way == "link":
        place.link("weights.h5", chance.choice(("/dev/zero", "/proc/self/mem", "weights.h5")))
    else:
        place.put("weights.h5", b"")
    return Trial(f"weights of older Keras that are a {way}", [("@layers", "{in}/weights.h5")])


def imported_layers(place: Sandbox, chance: random.Random) -> Trial:
    way, data = _data(chance)
    place.put("weights.h5", data)
    return Trial(
        f"weights of older Keras, {way} changed, imported",
        [("models", "import", "{in}/weights.h5"), ("models", "list")],
    )


def imported_archive(place: Sandbox, chance: random.Random) -> Trial:
    data = archives._broken_weights(chance) if chance.random() < 0.7 else samples.weights()
    place.put("theirs.zip", samples.archive(("model.json", samples.card(data)), ("weights.safetensors", data)))
    return Trial("an archive with odd weights, imported", [("models", "import", "{in}/theirs.zip"), ("models", "list")])


LAYERS: Final = Kind("layers", [Attack(layers), Attack(layers), Attack(layers), Attack(odd_file)], share=0.8)
NETWORKS: Final = Kind("networks", [Attack(imported_layers), Attack(imported_archive)], share=0.06, tensorflow=True)
