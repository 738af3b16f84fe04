"""What the service answers, for the OpenAPI description."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AlternativeText(_Answer):
    """Another text that a word may have."""

    text: str
    confidence: float


class ReadWord(_Answer):
    """A word, or a line if lines were asked for.

    ``quad`` has the corners in pixels of the upright photo, clockwise from the top left of the text.
    """

    id: str
    quad: list[list[float]] | None
    text: str
    confidence: float | None
    alternatives: list[AlternativeText]
    line: int


class ReadPage(_Answer):
    """A photo that was read, or a page of a file; words in reading order."""

    image: str
    width: int
    height: int
    words: list[ReadWord]
    text: str


class OldAnswer(_Answer):
    """Boxes of four points, and as many texts."""

    boxes: list[list[list[float]]]
    texts: list[str]


class Health(_Answer):
    """That the service answers. waiting: requests that are read, wait or arrive now."""

    status: str
    version: str
    waiting: int


class Problem(_Answer):
    """What went wrong, as in RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class DoctrWord(_Answer):
    """A word as docTR's service answers it. geometry: x0, y0, x1, y1 as shares of width and height."""

    value: str
    geometry: list[float]
    objectness_score: float
    confidence: float
    crop_orientation: dict[str, float | None]


class DoctrLine(_Answer):
    """A line as docTR's service answers it."""

    geometry: list[float]
    objectness_score: float
    words: list[DoctrWord]


class DoctrBlock(_Answer):
    """A block as docTR's service answers it."""

    geometry: list[float]
    objectness_score: float
    lines: list[DoctrLine]


class DoctrPage(_Answer):
    """A page as docTR's service answers it."""

    blocks: list[DoctrBlock]


class DoctrDocument(_Answer):
    """A photo as docTR's service answers it. dimensions: height and width in pixels."""

    name: str
    orientation: dict[str, float | None]
    language: dict[str, str | float | None]
    dimensions: list[int] = Field(min_length=2, max_length=2)
    items: list[DoctrPage]
