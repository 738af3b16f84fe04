"""Tells writers apart by the look of their words, whatever the words say.

The mean and the spread of what the recognizer sees of a word, below its neck, are averaged over a writer's words and
projected to where the words of one writer are close and those of different writers apart (linear discriminant analysis,
Fisher 1936). ``tests/benchmarks/writer_features.py`` fits the projection and measures how often writers are recognized.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import resources
from ocr_studio.core.files import array_files
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import HandwritingVector
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.networks import runtimes
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition.recognizer import Crop, count_steps, run_network
from ocr_studio.engine.weights import model_arrays

# The recognizer whose features are used, whichever one reads, and the first layer of its neck.
NETWORK: Final = "handwriting-recognizer"
NECK: Final = "beside"
PROJECTION_FILE: Final = "writer-features.npz"
_MOST_BYTES: Final = 4 << 20
# Vectors at least so similar (cosine) are taken for one writer's. Of photos by nine held-out writers, one in thirty is
# then taken for a stranger's.
BAR: Final = 0.65


class WriterFeatures:
    """Computes vectors of handwriting. Loading it takes about half a second."""

    def __init__(self, options: ReaderOptions) -> None:
        """Load the network and the projection. Raises StudioError if one of them can't be used."""
        self._network = make_feature_network(options)
        self._space, self._projection, self._offset = _load_projection()

    def look_at(self, crops: Sequence[Crop]) -> NDArray[np.float64]:
        """Return the features of words, (N, F). crops: (h, w, 3) uint8 RGB."""
        return compute_features(self._network, crops)

    def make_vector(self, features: NDArray[np.float64]) -> HandwritingVector:
        """Return the vector of one writer's words. features: of some words, (N, F), N ≥ 1."""
        vector = features.mean(axis=0) @ self._projection - self._offset
        vector /= max(float(np.linalg.norm(vector)), 1e-9)
        return HandwritingVector(self._space, tuple(round(float(value), 4) for value in vector))


def make_feature_network(options: ReaderOptions) -> Network:
    """Make the network below the neck. Raises StudioError if it can't be used."""
    # The one that comes with the program, even if the user has given this name to another.
    model = registry.in_folder(resources.models() / NETWORK)
    return runtimes.make_network(model_arrays.read_model(model), options, below=NECK)


def compute_features(network: Network, crops: Sequence[Crop]) -> NDArray[np.float64]:
    """Return the mean and the spread of a network's output over the steps of each word, (N, 2 C)."""
    found = []
    for output, width in run_network(network, crops):
        steps = output[: count_steps(width)].astype(np.float64)
        found.append(np.concatenate([steps.mean(axis=0), steps.std(axis=0)]))
    return np.array(found)


def find_writer(vectors: Mapping[str, HandwritingVector], seen: HandwritingVector) -> str | None:
    """Return whose handwriting is most similar to what was seen, or None if nobody's is similar enough.

    Args:
        vectors: The vector of each writer; those of another space are left out.
        seen: The vector of a photo's words.
    """
    similar = {
        writer: float(np.dot(vector.values, seen.values))
        for writer, vector in vectors.items()
        if (vector.space, len(vector.values)) == (seen.space, len(seen.values))
    }
    best = max(similar, key=lambda writer: similar[writer], default=None)
    return best if best is not None and similar[best] >= BAR else None


@lru_cache(maxsize=1)
def _load_projection() -> tuple[str, NDArray[np.float64], NDArray[np.float64]]:
    """Return the name of the space, the projection, (F, D), and what is subtracted after it, (D,)."""
    file = resources.resource(PROJECTION_FILE)
    arrays = array_files.read_arrays(file, most=_MOST_BYTES)
    space = hashlib.sha256(file.read_bytes()).hexdigest()
    return space, arrays["projection"].astype(np.float64), arrays["offset"].astype(np.float64)
