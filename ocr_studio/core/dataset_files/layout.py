"""What every layout says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ocr_studio.core.dataset_files.validation import Troubles
from ocr_studio.core.dataset_files.values import Example, Split, TruePhoto
from ocr_studio.core.files.safe_folder import SafeFolder


@dataclass(frozen=True, slots=True)
class ListedFiles:
    """What the label files of a folder list, nothing of it looked at yet. divided: somebody has said which examples are
    held out; else every ``split`` is meaningless. unchecked: words that nobody has checked."""

    examples: Sequence[Example]
    pages: Sequence[TruePhoto] = ()
    divided: bool = False
    unchecked: Sequence[Example] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout.

    name: on the command line; title: for a person's choice. crops: folder of the pictures of words, "" where they are
    cut out of photos. photos: whose photos go along: those of which every word is marked, with their boxes; all words
    are cut out of; none. files: names of its label files; marks: those of them that tell, each alone, that a folder has
    this layout. render: its label files, (examples, photos with boxes) -> name -> bytes. read: what they list,
    manifest.json given (empty where there is none); raises BadDataset.
    """

    name: str
    title: str
    crops: str
    photos: Literal["reviewed", "all", "none"]
    files: tuple[str, ...]
    marks: tuple[str, ...]
    render: Callable[[Sequence[Example], Sequence[TruePhoto]], Mapping[str, bytes]]
    read: Callable[[SafeFolder, Mapping[str, object], Troubles], ListedFiles]


@dataclass(slots=True)
class Sides:
    """Which pictures a layout's own lists for training and validation name; empty where it has none."""

    held_out: set[str] = field(default_factory=set)
    train: set[str] = field(default_factory=set)

    def of(self, picture: str) -> Split:
        """The side of a picture; one that both lists name is learned from."""
        return Split.HELD_OUT if picture in self.held_out and picture not in self.train else Split.TRAIN

    @property
    def divided(self) -> bool:
        """Whether anything is held out."""
        return bool(self.held_out)
