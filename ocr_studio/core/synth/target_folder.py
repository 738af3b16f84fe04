"""The target folder of a synthetic dataset: what is in it, and whether it may be replaced."""

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
from ocr_studio.core.errors import WriteFailed, WrongTarget
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth import source_fingerprints
from ocr_studio.core.synth.dataset import NOTES
from ocr_studio.core.synth.options import BadOptions, SynthOptions
from ocr_studio.core.translation import later, tr

_OTHERS: Final = {
    "word_list": later("the folder contains a dataset that was generated before the word list changed"),
    "fonts": later("the folder contains a dataset that was generated before the handwriting fonts changed"),
    "prints": later("the folder contains a dataset that was generated before the printed fonts changed"),
    "strokes": later("the folder contains a dataset that was generated before the pen strokes changed"),
    "backgrounds": later("the folder contains a dataset that was generated before the photos of empty boards changed"),
}


@dataclass(frozen=True, slots=True)
class FolderContents:
    """Contents of a folder that could be lost.

    Attributes:
        dataset: Time and size of the manifest; None without a dataset.
        others: Unfinished datasets with other options: name and size of the record.
    """

    dataset: tuple[int, int] | None = None
    others: tuple[tuple[str, int], ...] = ()


class TargetFolder:
    """The target folder for some options; ``version`` is that of the program. Fingerprints are computed once."""

    def __init__(self, folder: Path, options: SynthOptions, version: str) -> None:
        self._folder, self._options, self._version = folder, options, version

    @cached_property
    def made_of(self) -> Mapping[str, str]:
        """The result of ``source_fingerprints.compute_fingerprints``."""
        return source_fingerprints.compute_fingerprints(self._options)

    @cached_property
    def name(self) -> str:
        """Name of the unfinished dataset, unique for options and source files."""
        said: list[object] = [self._version, synth_options.options_values(self._options)]
        files = dict(self.made_of)
        if known := files.pop("word_list", ""):
            said.append(known)
        if files:  # separately, so that names without such files are unchanged
            said.append(files)
        name = json.dumps(said, sort_keys=True).encode("ascii")
        return hashlib.blake2b(name, digest_size=dataset_folder.LASTING // 2).hexdigest()

    @property
    def can_go_on(self) -> bool:
        """Whether there is an unfinished dataset with the same options."""
        return dataset_folder.is_unfinished(self._folder, self.name)

    @property
    def others_begun(self) -> bool:
        """Whether there is an unfinished dataset with other options."""
        return bool(dataset_folder.list_other_unfinished(self._folder, self.name))

    @property
    def there(self) -> FolderContents:
        """What is in the folder now. Never raises."""
        dataset, others, folder = None, [], SafeFolder(self._folder, follow=True)
        for room in dataset_folder.list_other_unfinished(self._folder, self.name):
            noted = 0
            with contextlib.suppress(OSError):
                noted = folder.stat(f"{room}/{NOTES}").st_size
            others.append((room, noted))
        with contextlib.suppress(OSError, ValueError):
            facts = folder.stat(MANIFEST)
            dataset = facts.st_mtime_ns, facts.st_size
        return FolderContents(dataset, tuple(others))

    def throw_away(self) -> None:
        """Delete the unfinished dataset with the same options, and nothing else. Raises WriteFailed while it is being
        written.
        """
        dataset_folder.discard_unfinished(self._folder, self.name)

    def check(self, *, replace: bool | FolderContents) -> None:
        """Check whether the dataset may be written here.

        A dataset that is not synthetic is never replaced.

        Args:
            replace: Whether a dataset with other options or source files may be replaced; a ``FolderContents`` allows
                only what it lists.

        Raises:
            WrongTarget: The folder holds something that must not be replaced.
            WriteFailed: Its contents have changed in the meantime.
        """
        if isinstance(replace, FolderContents) and replace != self.there:
            what = tr("the contents of the folder have changed in the meantime")
            raise WriteFailed(what, file=self._folder, remedy=tr("Check the folder, then try again."))
        if not replace and self.others_begun:
            what = tr("the folder contains an unfinished dataset with other options or source files")
            go_on = "Restore its options, words, fonts and photos to resume it"
            command = f"{go_on}, name another folder, or add --replace to discard it."
            raise WrongTarget(what, file=self._folder, remedy=tr("Choose another folder."), command=command)
        if not is_dataset(self._folder):
            return
        try:
            there, before = synth_options.load_options(self._folder), synth_options.load_fingerprints(self._folder)
        except BadOptions as error:
            what = tr("the folder contains a dataset that is not synthetic")
            raise WrongTarget(what, file=self._folder, remedy=tr("Choose another folder.")) from error
        if replace:
            return
        what = (
            tr("the folder contains a dataset that was generated with other options") if there != self._options else ""
        )
        if not what and (changed := source_fingerprints.find_changed(before, self.made_of)):
            what = tr(_OTHERS[changed[0]])
        if what:
            command = "Name another folder, or add --replace to overwrite that dataset."
            raise WrongTarget(what, file=self._folder, remedy=tr("Choose another folder."), command=command)
