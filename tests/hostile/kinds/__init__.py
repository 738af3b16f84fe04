"""The kinds of inputs, by name."""

from __future__ import annotations

from typing import Final

from tests.hostile.kinds import (
    archives,
    datasets,
    evaluations,
    histories,
    indexes,
    links,
    own_state,
    pen_strokes,
    pictures,
    projects,
    synth_sources,
    texts,
    weights,
)
from tests.hostile.trial import Kind

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        pictures.KIND,
        projects.KIND,
        links.KIND,
        indexes.KIND,
        histories.KIND,
        datasets.KIND,
        evaluations.KIND,
        archives.KIND,
        weights.LAYERS,
        synth_sources.FONTS,
        pen_strokes.KIND,
        synth_sources.WORD_LISTS,
        own_state.KIND,
        texts.KIND,
        weights.NETWORKS,
    )
}
