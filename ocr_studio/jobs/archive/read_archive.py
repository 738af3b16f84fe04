"""Reads an archive: lists its photos shard by shard, lets workers read those of missing shards, and writes each whole.

What was written stays, whatever ends the program: the next run skips the shards that are there. Where photos were added
to a shard, or have changed, only those are read, and the others are taken over from the part that the shard had before.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final, TypeAlias

from ocr_studio.core.archive import listing, part_index, rows, shards, storage
from ocr_studio.core.archive.folder import ArchiveFolder, DamagedPart
from ocr_studio.core.archive.page_addresses import make_page_address
from ocr_studio.core.archive.part_index import CountedPhotos, FailuresByReason, PartIndex
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.archive.shards import Shard
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.json_schema import BadValue
from ocr_studio.core.translation import tr
from ocr_studio.jobs.archive import pool
from ocr_studio.jobs.archive.pool import Engine, PhotoDone, PoolEvent, Waiting, WorkerEnded
from ocr_studio.jobs.archive.worker import Task

# Parts that no shard belongs to any more: of so many it is looked up whether their photos are in others.
_MOST_COMPARED: Final = 200
# Photos between two events while shards are skipped.
_LISTED: Final = 10_000


@dataclass(frozen=True, slots=True)
class ArchiveOrder:
    """What to read and where the result goes.

    Attributes:
        source: Folder, list or address; "-" for a list on standard input.
        out: The archive.
        settings: How photos are read; an archive has the same for all.
        shard_size: Photos of a shard, on average.
        retry: Read photos again that could not be read before.
        prune: Remove what was read on photos that are no longer in the source.
        piped: Standard input.
        most_seconds: What a photo may take.
    """

    source: str
    out: ArchiveFolder
    settings: Mapping[str, object]
    shard_size: int = shards.SIZE
    retry: bool = False
    prune: bool = False
    piped: BinaryIO | None = None
    most_seconds: float = pool.MOST_SECONDS


@dataclass(frozen=True, slots=True)
class Listed:
    """Photos of the source that were looked at so far, and how many of them had been read before."""

    photos: int
    kept: int


@dataclass(frozen=True, slots=True)
class ListingTrouble:
    """A folder of the source can't be listed; the others are."""

    error: StudioError


@dataclass(frozen=True, slots=True)
class PhotoFinished:
    """A photo was read, or has become a row with an error: the reason. seconds: what its pages took."""

    address: str
    error: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class PartWritten:
    """A shard is on the disk. photos: how many it has; read: how many of them were read now."""

    name: str
    photos: int
    read: int


@dataclass(frozen=True, slots=True)
class PartDamaged:
    """A part that was written before can't be used; its photos are read again."""

    error: StudioError


@dataclass(frozen=True, slots=True)
class ArchiveDone:
    """The end: all photos of the source are in the archive.

    Attributes:
        photos: Photos of the source.
        read: Those that were read now.
        seconds: How long that took.
        errors: Photos that could not be read now by the reasons, those of most photos first.
        errors_before: The same of photos that could not be read in earlier runs and were not tried again.
        parts: Parts of the source.
        left_over: Parts of photos that are no longer in the source.
        pruned: How many of them were removed.
        missing: Photos that aren't there, or can't be reached, but were read before: that is kept.
    """

    photos: int
    read: int
    seconds: float
    errors: FailuresByReason
    errors_before: FailuresByReason
    parts: int
    left_over: int
    pruned: int
    missing: CountedPhotos


_Notice: TypeAlias = Listed | ListingTrouble | PartDamaged
ArchiveEvent: TypeAlias = _Notice | PhotoFinished | PartWritten | WorkerEnded | Waiting | ArchiveDone


@dataclass(slots=True)
class _OpenShard:
    """A shard that is being read. slots: the rows of each photo; None until it is read."""

    shard: Shard
    digests: list[str]
    slots: list[tuple[ArchiveRow, ...] | None]
    before: Sequence[str]  # names of the parts that it takes the place of
    read: int = 0

    @property
    def done(self) -> bool:
        return all(slot is not None for slot in self.slots)


@dataclass(frozen=True, slots=True)
class _Complete:
    """All photos of a shard are known without reading any."""

    number: int


def read_archive(order: ArchiveOrder, engine: Engine) -> Iterator[ArchiveEvent]:
    """Read the photos of a source. The engine is closed at the end, also if the caller stops early.

    Raises:
        StudioError: The source can't be listed or has no photos, the archive can't be written, or workers can't read.
    """
    yield from _Run(order, engine).run()


def _sort_errors(errors: FailuresByReason) -> dict[str, CountedPhotos]:
    return dict(sorted(errors.items(), key=lambda each: -each[1].count))


@dataclass(slots=True)
class _Run:
    order: ArchiveOrder
    engine: Engine
    photos: int = 0
    kept: int = 0
    read: int = 0
    parts: int = 0
    errors: dict[str, CountedPhotos] = field(default_factory=dict)
    errors_before: dict[str, CountedPhotos] = field(default_factory=dict)
    missing: CountedPhotos = field(default_factory=CountedPhotos)
    _open: dict[int, _OpenShard] = field(default_factory=dict)
    _notices: list[ListingTrouble | PartDamaged] = field(default_factory=list)
    _stamps: dict[str, str] = field(default_factory=dict)  # of the parts that were there at the beginning, by name
    _left_over: set[str] = field(default_factory=set)  # names of parts that no shard has taken over so far
    _index: PartIndex = field(init=False)

    def run(self) -> Iterator[ArchiveEvent]:
        """See ``read_archive``."""
        order, start = self.order, time.monotonic()
        with contextlib.ExitStack() as at_end:
            at_end.callback(self.engine.close)
            source = shards.digest_source(listing.name_source(order.source))
            photos = listing.list_photos(order.source, self._note_trouble, piped=order.piped)
            found = shards.cut_shards(photos, source, size=order.shard_size)
            if (first := next(found, None)) is None:  # nothing is written then
                yield from self._take_notices()
                remedy = tr("Check the name, and that the disk or network share is connected.")
                raise StudioError(tr("no photos were found"), file=order.source, remedy=remedy)
            order.out.prepare({"shard_size": order.shard_size, **order.settings})
            prefix = shards.source_prefix(source)
            self._stamps = order.out.list_parts()
            self._index = PartIndex(order.out, self._stamps)
            at_end.callback(self._index.save)
            self._left_over = {name for name in self._stamps if name.startswith(prefix)}
            failed = 0
            events: Iterator[PoolEvent | _Complete | _Notice] = pool.read_photos(
                self.engine, self._tasks(itertools.chain([first], found)), most_seconds=order.most_seconds
            )
            for event in events:
                if isinstance(event, PhotoDone):
                    yield from self._take(event)
                elif isinstance(event, _Complete):
                    yield from self._write(event.number)
                else:
                    failed += isinstance(event, ListingTrouble)
                    yield event
            self._remove_covered(prefix)
            pruned = self._prune() if order.prune and not failed else 0
        yield ArchiveDone(
            self.photos,
            self.read,
            time.monotonic() - start,
            _sort_errors(self.errors),
            _sort_errors(self.errors_before),
            self.parts,
            len(self._left_over),
            pruned,
            self.missing,
        )

    def _tasks(self, found: Iterable[Shard]) -> Iterator[Task | _Complete | _Notice]:
        """The photos to read, shard by shard, asked for as workers become free."""
        order, told = self.order, 0
        # By the beginning of their names: of a shard there are two if a run was killed before it removed the old one.
        parts: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(self._left_over):
            parts[name.rpartition("-")[0] + "-"].append(name)
        numbers = itertools.count()
        for shard in found:
            self.photos += len(shard.photos)
            self.parts += 1
            before = parts.pop(shard.prefix, [])
            errors = self._find_errors(shard.name) if shard.name in before else None
            yield from self._take_notices()
            if errors is not None and not (order.retry and errors):
                _merge(self.errors_before, errors)
                self._note_missing(shard, errors)
                self._left_over.discard(shard.name)
                self.kept += len(shard.photos)
                if self.photos - told >= _LISTED:
                    told = self.photos
                    yield Listed(self.photos, self.kept)
                continue
            self._left_over.difference_update(before)
            number = next(numbers)
            usable = [name for name in before if name != shard.name or errors is not None]
            opened = self._open[number] = self._open_shard(shard, before, usable)
            yield from self._take_notices()
            yield Listed(self.photos, self.kept)
            missing = [place for place, slot in enumerate(opened.slots) if slot is None]
            self.kept += len(shard.photos) - len(missing)
            for place in missing:
                address = shard.photos[place].address
                yield Task(number, place, address, _fetch_private(address))
            if not missing:
                yield _Complete(number)
        yield from self._take_notices()
        yield Listed(self.photos, self.kept)

    def _note_trouble(self, error: StudioError) -> None:
        self._notices.append(ListingTrouble(error))

    def _take_notices(self) -> Iterator[_Notice]:
        while self._notices:
            yield self._notices.pop(0)

    def _find_errors(self, name: str) -> FailuresByReason | None:
        """Return the photos of a part that could not be read, by the reasons; None if the part is damaged."""
        if (entry := self._index.get(name)) is not None:
            return entry.errors
        try:
            return part_index.count_failed(self._read_outcomes(name))
        except DamagedPart as error:
            self._notices.append(PartDamaged(error))
            return None

    def _read_outcomes(self, name: str) -> list[list[tuple[str, str | None]]]:
        """Return the paths and errors of the rows of a part, by photo. Raises StudioError."""
        changed = self._index.has_changed(name)
        try:
            table = self.order.out.read_columns(name, rows.make_schema().names if changed else ["path", "error"])
            if changed:
                rows.convert_rows(table.to_pylist())
            photos = rows.read_errors(table)
        except BadValue as error:
            raise DamagedPart(error, file=storage.join(self.order.out.address, name)) from error
        if self._index.get(name) is None:
            self._index.add(name, part_index.count_failed(photos), stamp=self._stamps.get(name, ""))
        return photos

    def _note_missing(self, shard: Shard, errors: FailuresByReason) -> None:
        """Count the photos of a complete shard that aren't there but were read before. errors: of its part."""
        missing = {place: photo for place, photo in enumerate(shard.photos) if photo.stamp == listing.MISSING}
        if missing and errors:  # some of them may never have been read; the part says which
            with contextlib.suppress(DamagedPart):
                for place, outcomes in enumerate(self._read_outcomes(shard.name)):
                    if all(error for _, error in outcomes):
                        missing.pop(place, None)
        for photo in missing.values():
            self.missing.add(photo.address)

    def _open_shard(self, shard: Shard, before: Sequence[str], usable: Sequence[str]) -> _OpenShard:
        """Begin a shard, with the rows of the same photos that parts before had. usable: those that can be read."""
        digests = [shards.digest_photo(photo) for photo in shard.photos]
        known: dict[str, tuple[ArchiveRow, ...]] = {}
        for name in usable:
            try:
                known |= self.order.out.read_rows(name)
            except DamagedPart as error:
                self._notices.append(PartDamaged(error))
        slots = [known.get(digest) for digest in digests]
        if self.order.retry:
            slots = [None if slot and any(row.error for row in slot) else slot for slot in slots]
        _keep_missing(shard, known, digests, slots)
        for photo, slot in zip(shard.photos, slots, strict=True):
            if photo.stamp == listing.MISSING and any(not row.error for row in slot or ()):
                self.missing.add(photo.address)
        _merge(self.errors_before, _count_failed(slots))
        return _OpenShard(shard, digests, slots, before)

    def _take(self, event: PhotoDone) -> Iterator[ArchiveEvent]:
        opened = self._open[event.task.shard]
        opened.slots[event.task.place] = tuple(event.rows)
        opened.read += 1
        self.read += 1
        failed = _count_failed([event.rows])
        _merge(self.errors, failed)
        yield PhotoFinished(event.task.address, next(iter(failed), None), sum(row.seconds or 0.0 for row in event.rows))
        if opened.done:
            yield from self._write(event.task.shard)

    def _write(self, number: int) -> Iterator[ArchiveEvent]:
        opened = self._open.pop(number)
        out, name = self.order.out, opened.shard.name
        out.write_part(name, rows.encode_part([slot or () for slot in opened.slots], opened.digests))
        self._index.add(name, _count_failed(opened.slots))
        for before in opened.before:
            if before != name:
                self._remove(before)
        yield PartWritten(name, len(opened.slots), opened.read)

    def _remove_covered(self, prefix: str) -> None:
        """Remove parts whose photos are all in others now, as a cut between shards has moved.

        Those that an earlier run has compared are compared again only if parts written since have some of their photos.
        """
        if len(self._left_over) > _MOST_COMPARED:
            return
        names = [name for name in self.order.out.parts() if name.startswith(prefix)] if self._left_over else []
        states = {name: entry.state if (entry := self._index.get(name)) else "new" for name in names}
        others = [name for name in names if name not in self._left_over]
        if "new" in states.values() or any(states[name] != "left over" for name in self._left_over):
            paths = {name: self._paths(name) for name in self._left_over}
            everything, covered = set[str]().union(*paths.values()), set[str]()
            for name in (name for name in others if states[name] == "new"):
                covered |= self._paths(name) & everything
            candidates = {name for name in paths if states[name] != "left over" or paths[name] & covered}
            missing = set[str]().union(*(paths[name] for name in candidates)) - covered
            for name in (name for name in others if states[name] != "new"):
                if missing:
                    missing -= self._paths(name)
            for name in candidates:
                if paths[name] and not paths[name] & missing:
                    self._remove(name)
                    self._left_over.discard(name)
        self._index.mark_complete(prefix, self._left_over)

    def _paths(self, name: str) -> set[str]:
        """Return the paths of the rows of a part; none if it is damaged."""
        try:
            return {path for photo in self._read_outcomes(name) for path, _ in photo}
        except DamagedPart:
            return set()

    def _prune(self) -> int:
        for name in self._left_over:
            self._remove(name)
        return len(self._left_over)

    def _remove(self, name: str) -> None:
        self.order.out.remove_part(name)
        self._index.remove(name)


def _merge(errors: dict[str, CountedPhotos], others: FailuresByReason) -> None:
    """Count photos that could not be read with others, by the reasons."""
    for reason, failed in others.items():
        errors.setdefault(reason, CountedPhotos()).merge(failed)


def _count_failed(slots: Iterable[Sequence[ArchiveRow] | None]) -> dict[str, CountedPhotos]:
    return part_index.count_failed(((row.path, row.error) for row in slot or ()) for slot in slots)


def _keep_missing(
    shard: Shard,
    known: Mapping[str, tuple[ArchiveRow, ...]],
    digests: list[str],
    slots: list[tuple[ArchiveRow, ...] | None],
) -> None:
    """Keep what was read on photos that aren't there now: the disk or network with a whole list of them may be away.

    Args:
        shard: The shard.
        known: The rows that parts before had, by the digest of their photo.
        digests: Of the photos of the shard; those of photos that are missing become those they had.
        slots: The rows of the photos so far.
    """
    places = [
        place for place, photo in enumerate(shard.photos) if slots[place] is None and photo.stamp == listing.MISSING
    ]
    if places:
        read = {each[0].path: digest for digest, each in known.items() if any(not row.error for row in each)}
        for place in places:
            address = shard.photos[place].address
            if (digest := read.get(address) or read.get(make_page_address(address, 0))) is not None:
                digests[place], slots[place] = digest, known[digest]


def _fetch_private(address: str) -> bytes | None:
    """Fetch a photo that workers can't see, as it is in the memory of this process."""
    if not storage.is_private(address):
        return None
    try:
        return storage.read_photo(address)
    except StudioError:  # the worker says why
        return None
