"""Dimensions of the networks and the names of their layers, without Keras, which takes seconds to import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

HEIGHT: Final = 48  # pixels of a line; the recognizer reduces it to one row
STEP: Final = 8  # pixels across per output step
HEAD: Final = "characters"  # the last layer's name, in all recognizers that can be trained
HEADS: Final = 8  # of its multi-head attention
ATTENTION_BLOCKS: Final = 2


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the backbone.

    Attributes:
        channels: Output channels.
        stride: (down, across); 1, 1 keeps the size. A block with strides has no skip connection around its MLP.
        squeeze: Whether it has squeeze and excitation (Hu et al. 2018).
    """

    channels: int
    stride: tuple[int, int] = (1, 1)
    squeeze: bool = False


DETECTOR_BLOCKS = (
    Block(48, squeeze=True),
    Block(48),
    Block(96, (2, 2)),
    Block(96, squeeze=True),
    Block(96),
    Block(192, (2, 2)),
    Block(192, squeeze=True),
    Block(192),
    Block(192, squeeze=True),
    Block(192),
    Block(384, (2, 2)),
    Block(384, squeeze=True),
    Block(384),
)
RECOGNIZER_BLOCKS = (
    Block(96, squeeze=True),
    Block(96),
    Block(96),
    Block(192, (2, 1)),
    Block(192, squeeze=True),
    Block(192),
    Block(192, squeeze=True),
    Block(192),
    Block(192, squeeze=True),
    Block(192),
    Block(384, (2, 1)),
    Block(384, squeeze=True),
    Block(384),
)


@dataclass(frozen=True, slots=True)
class CrnnPlan:
    """Dimensions of a CRNN; the defaults are those of the published weights.

    Attributes:
        height: Height of the image in pixels.
        width: Width of the image in pixels.
        colour: Whether it is RGB instead of grey.
        filters: Channels of the seven convolutions.
        units: Units of the first and the second pair of LSTMs.
        dropped: Steps dropped at the beginning.
        pool: Factor of each of the two poolings.
        straighten: Whether there is a spatial transformer.
    """

    height: int = 31
    width: int = 200
    colour: bool = False
    filters: tuple[int, int, int, int, int, int, int] = (64, 128, 256, 256, 512, 512, 512)
    units: tuple[int, int] = (128, 128)
    dropout: float = 0.25
    dropped: int = 2
    pool: int = 2
    straighten: bool = True

    @property
    def steps(self) -> int:
        """Number of output steps."""
        return self.width // self.pool**2 - self.dropped


def detector_layers() -> Iterator[str]:
    """Return the names of the layers with weights, in the order of the published file: the pyramid top down."""
    yield from _backbone_layers(DETECTOR_BLOCKS)
    for level in (3, 2, 1, 0):
        yield from (f"lateral{level}", f"lateral{level}_squeeze", f"lateral{level}_excite")
    for level in (3, 2, 1, 0):
        yield from (f"smooth{level}_depthwise", f"smooth{level}", f"smooth{level}_squeeze", f"smooth{level}_excite")
    yield from ("head1", "head2", "head3")


def recognizer_layers() -> Iterator[str]:
    """Return the names of the layers with weights, in the order of the published file."""
    yield from _backbone_layers(RECOGNIZER_BLOCKS)
    yield from ("beside", "narrow", "near")
    for index in range(ATTENTION_BLOCKS):
        yield from (f"mix{index}_{part}" for part in ("norm1", "attention", "norm2", "expand", "project"))
    yield from ("mixed_norm", "characters")


def _backbone_layers(blocks: Sequence[Block]) -> Iterator[str]:
    """Return the names of the layers with weights, in forward order."""
    yield from ("stem1", "stem2a", "stem2b", "stem3", "stem4")
    for index, plan in enumerate(blocks):
        parts = ("depthwise", *(("squeeze", "excite") if plan.squeeze else ()), "expand", "project")
        yield from (f"block{index}_{part}" for part in parts)
