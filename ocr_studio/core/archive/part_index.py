"""What a run has to know of the parts of an archive without opening each: ``index.json`` beside them.

An entry is valid while its part has the same size and time, or the same tag of an object store. A part without a valid
entry is read instead: so nothing is wrong if the file is missing, damaged, or older than the parts, as after a kill.
A part that has changed since its entry was written may be damaged, and is read wholly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from ocr_studio.core.archive.folder import ArchiveFolder
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import json_schema, strict_json

# Photos that are named of those that are counted together.
MOST_NAMED: Final = 3
_FORMAT: Final = "ocr-studio-archive-index"
_VERSION: Final = 1
# Written as soon as so many entries, and one in so many of all, have changed: a kill costs few of them, and all that is
# ever written is a small multiple of the file.
_LEAST_CHANGED: Final = 64
_SHARE_CHANGED: Final = 16


@dataclass(slots=True)
class CountedPhotos:
    """Photos with something in common, such as why they can't be read. count: how many; named: the first of them."""

    count: Annotated[int, msgspec.Meta(ge=1)] = 0
    named: list[str] = field(default_factory=list)

    def add(self, path: str) -> None:
        """Count a photo."""
        self.merge(CountedPhotos(1, [path]))

    def merge(self, other: CountedPhotos) -> None:
        """Count the photos of another one, too."""
        self.count += other.count
        self.named += other.named[: MOST_NAMED - len(self.named)]


FailuresByReason: TypeAlias = Mapping[str, CountedPhotos]


@dataclass(frozen=True, slots=True)
class PartEntry:
    """What is known of a part.

    Attributes:
        stamp: Changes when the part does; empty until the file is written.
        errors: Its photos that could not be read, by the reasons.
        state: What it was at the end of the last complete run: used by a shard, or left over, with photos that no
            other part had; new if there was none.
    """

    stamp: str
    errors: dict[str, CountedPhotos] = field(default_factory=dict)
    state: Literal["new", "used", "left over"] = "new"


@dataclass(frozen=True, slots=True)
class _File:
    format: str
    version: int
    parts: dict[str, PartEntry]


class PartIndex:
    """The entries of all parts of an archive, and the file that they are in."""

    def __init__(self, folder: ArchiveFolder, stamps: Mapping[str, str]) -> None:
        """Load the entries that are valid. stamps: of all parts that are there, by their names."""
        self._folder = folder
        known = _load(folder)
        self._entries = {name: entry for name, entry in known.items() if entry.stamp == stamps.get(name) != ""}
        self._outdated = known.keys() - self._entries.keys()
        self._changed = len(self._outdated)

    def get(self, name: str) -> PartEntry | None:
        """Return the entry of a part; None if the part must be read."""
        return self._entries.get(name)

    def has_changed(self, name: str) -> bool:
        """Return whether a part has changed since its entry was written."""
        return name in self._outdated

    def add(self, name: str, errors: FailuresByReason, *, stamp: str = "") -> None:
        """Note what a part has, and write the file if much has changed. stamp: empty if the part was just written."""
        self._entries[name] = PartEntry(stamp, dict(errors))
        self._outdated.discard(name)
        self._changed += 1
        if self._changed >= max(_LEAST_CHANGED, len(self._entries) // _SHARE_CHANGED):
            self.save()

    def remove(self, name: str) -> None:
        """Forget a part that is removed."""
        self._changed += self._entries.pop(name, None) is not None

    def mark_complete(self, prefix: str, left_over: Collection[str]) -> None:
        """Note the end of a complete run. prefix: of the names of its parts; left_over: those that no shard uses."""
        for name, entry in self._entries.items():
            state: Literal["used", "left over"] = "left over" if name in left_over else "used"
            if name.startswith(prefix) and entry.state != state:
                self._entries[name] = replace(entry, state=state)
                self._changed += 1

    def save(self) -> None:
        """Write the file if anything has changed. Never raises: without it, the next run reads the parts."""
        if not self._changed:
            return
        self._changed = 0
        with suppress(StudioError):
            if any(not entry.stamp for entry in self._entries.values()):
                # An object store may write them in another way if it is asked for a single part.
                stamps = self._folder.list_parts()
                for name, entry in self._entries.items():
                    if not entry.stamp:
                        self._entries[name] = replace(entry, stamp=stamps.get(name, ""))
            self._folder.write_index(msgspec.json.encode(_File(_FORMAT, _VERSION, self._entries)))


def count_failed(photos: Iterable[Iterable[tuple[str, str | None]]]) -> dict[str, CountedPhotos]:
    """Count photos that could not be read, by the reasons; of a file with several pages, the first that could not.

    Args:
        photos: For each photo, the path and the error, if any, of its rows.
    """
    found: dict[str, CountedPhotos] = {}
    for photo in photos:
        for path, error in photo:
            if error:
                found.setdefault(error, CountedPhotos()).add(path)
                break
    return found


def _load(folder: ArchiveFolder) -> dict[str, PartEntry]:
    try:
        found = json_schema.convert(strict_json.load(folder.read_index()), _File)
    except (StudioError, strict_json.BadJson, json_schema.BadValue):
        return {}
    return found.parts if (found.format, found.version) == (_FORMAT, _VERSION) else {}
