"""The folder that a dataset of synthetic samples is to be written to: what lies there, and whether it may go."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ocr_studio.core.dataset_files.values import MANIFEST
from ocr_studio.core.datasets import folder as dataset_folder
from ocr_studio.core.datasets.reader import is_dataset
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth import source_fingerprints
from ocr_studio.core.synth.dataset import NOTES
from ocr_studio.core.synth.options import BadOptions, SynthOptions
from ocr_studio.core.translation import later, tr

_OTHERS: Final = {
    "word_list": later("the folder holds a dataset that was drawn with other words in the list"),
    "fonts": later("the folder holds a dataset that was drawn with other handwriting fonts in the same folder"),
    "prints": later("the folder holds a dataset that was drawn with other fonts for print in the same folder"),
    "strokes": later("the folder holds a dataset that was drawn with other pen strokes in the same files"),
    "backgrounds": later("the folder holds a dataset that was drawn with other photos of boards in the same folder"),
}


@dataclass(frozen=True, slots=True)
class There:
    """What lies in a folder and may be lost: dataset: when its manifest was written, and how large it is; None where
    there is none. others: of what was begun with other options, the name and how much is noted."""

    dataset: tuple[int, int] | None = None
    others: tuple[tuple[str, int], ...] = ()


class Place:
    """A folder for a dataset of some options. version: of the program. What its files hold is asked for once."""

    def __init__(self, folder: Path, options: SynthOptions, version: str) -> None:
        self._folder, self._options, self._version = folder, options, version

    @cached_property
    def made_of(self) -> Mapping[str, str]:
        """What it is drawn from, as ``source_fingerprints.fingerprints``."""
        return source_fingerprints.fingerprints(self._options)

    @cached_property
    def name(self) -> str:
        """What the unfinished dataset is called: another one for any other options, and for other files."""
        said: list[object] = [self._version, synth_options.values(self._options)]
        files = dict(self.made_of)
        if known := files.pop("word_list", ""):
            said.append(known)
        if files:  # by itself, so that the name of what is made of nothing but words stays as it was
            said.append(files)
        name = json.dumps(said, sort_keys=True).encode("ascii")
        return hashlib.blake2b(name, digest_size=dataset_folder.LASTING // 2).hexdigest()

    @property
    def can_go_on(self) -> bool:
        """Whether a dataset of just these options was begun there, and not ended."""
        return dataset_folder.unfinished(self._folder, self.name)

    @property
    def others_begun(self) -> bool:
        """Whether a dataset of other options was begun there, and not ended."""
        return bool(dataset_folder.others_unfinished(self._folder, self.name))

    @property
    def there(self) -> There:
        """What lies there now. Never raises."""
        dataset, others, folder = None, [], SafeFolder(self._folder, follow=True)
        for room in dataset_folder.others_unfinished(self._folder, self.name):
            noted = 0
            with contextlib.suppress(OSError):
                noted = folder.stat(f"{room}/{NOTES}").st_size
            others.append((room, noted))
        with contextlib.suppress(OSError, ValueError):
            facts = folder.stat(MANIFEST)
            dataset = facts.st_mtime_ns, facts.st_size
        return There(dataset, tuple(others))

    def throw_away(self) -> None:
        """Delete what was begun of a dataset of just these options, and not ended; a whole one, and what was begun with
        other options, stay. Raises WriteFailed while somebody writes there."""
        dataset_folder.clear(self._folder, self.name)

    def check(self, *, replace: bool | There) -> None:
        """Whether these may be written there: a dataset that is there already, or was begun there, was drawn by just
        these options from the same files, or by others and ``replace`` says so: whatever is there, or just what
        somebody was told of, and nothing that came later. Raises WriteFailed; one that was not drawn is never written
        over."""
        if isinstance(replace, There) and replace != self.there:
            what = tr("what lies in the folder is not what was there when it was looked at")
            raise WriteFailed(what, file=self._folder, remedy=tr("See what is there now, and write then."))
        if not replace and self.others_begun:
            what = tr("a dataset of other options, or from other files, was begun in the folder, and not ended")
            go_on = "Give those options again, with the words, fonts and photos as they were, to go on with it"
            command = f"{go_on}, name another folder, or add --replace to throw it away."
            raise WriteFailed(what, file=self._folder, remedy=tr("Choose another folder."), command=command)
        if not is_dataset(self._folder):
            return
        try:
            there, before = synth_options.load(self._folder), synth_options.made_of_before(self._folder)
        except BadOptions as error:
            what = tr("the folder holds a dataset that was not drawn by the program")
            raise WriteFailed(what, file=self._folder, remedy=tr("Choose another folder.")) from error
        if replace:
            return
        what = tr("the folder holds a dataset that was drawn by other options") if there != self._options else ""
        if not what and (changed := source_fingerprints.others(before, self.made_of)):
            what = tr(_OTHERS[changed[0]])
        if what:
            command = "Name another folder, or add --replace to write over that dataset."
            raise WriteFailed(what, file=self._folder, remedy=tr("Choose another folder."), command=command)
