"""Cuts the photos of a source into shards whose names stay the same when photos are added elsewhere.

A shard ends where the hash of the next photo's address is the smallest within reach, not after a fixed number: so a
photo that is added, changed or removed changes the shard that it is in, and the cuts before and behind it stay where
they are. (Content-defined chunking with a local minimum, as backup programs cut files: Bjørner, Blass and Gurevich
2010, https://doi.org/10.1016/j.jcss.2009.06.004.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ocr_studio.core.archive.listing import Photo

SIZE: Final = 256
_SOURCE, _PLACE, _CONTENT = 4, 6, 8  # bytes of the parts of a shard's name


@dataclass(frozen=True)
class Shard:
    """Some photos that follow each other in a source, and are stored together.

    Attributes:
        source: Digest of the source.
        place: Digest of its first photo's address: stays the same when photos behind it change.
        photos: The photos, in their order.
    """

    source: str
    place: str
    photos: tuple[Photo, ...]

    @cached_property
    def name(self) -> str:
        """Name of its file, which changes with any of its photos."""
        whole = "".join(f"{photo.address}\0{photo.stamp}\n" for photo in self.photos)
        return f"{self.prefix}{_digest(whole, _CONTENT)}.parquet"

    @property
    def prefix(self) -> str:
        """The beginning of the name of its file, which stays the same."""
        return f"{source_prefix(self.source)}{self.place}-"


def source_prefix(source: str) -> str:
    """Return the beginning of the names of all files of a source, by its digest."""
    return f"part-{source}-"


def digest_source(source: str) -> str:
    """Return the digest of a source, as ``listing.name_source`` writes it."""
    return _digest(source, _SOURCE)


def digest_photo(photo: Photo) -> str:
    """Return a digest of a photo that changes with its address or its contents."""
    return _digest(f"{photo.address}\0{photo.stamp}", _CONTENT)


def cut_shards(photos: Iterable[Photo], source: str, *, size: int = SIZE) -> Iterator[Shard]:
    """Cut photos into shards of ``size`` on average, from half to one and a half times as many; or fewer at the end.

    Args:
        photos: The photos, in their order, each once. No more than one and a half shards of them are held.
        source: Digest of their source.
        size: Photos of a shard, on average.
    """
    least, most = max(1, size // 2), max(1, size * 3 // 2)
    waiting: list[Photo] = []
    hashes: list[bytes] = []
    places: dict[str, int] = {}  # 32 bits: of 4,000 shards, two have the same one now and then
    for photo in photos:
        waiting.append(photo)
        hashes.append(_hash(photo.address))
        if len(waiting) > most:
            cut = min(range(least, len(waiting)), key=hashes.__getitem__)
            yield _make_shard(source, waiting[:cut], places)
            del waiting[:cut], hashes[:cut]
    if waiting:
        yield _make_shard(source, waiting, places)


def _make_shard(source: str, photos: list[Photo], places: dict[str, int]) -> Shard:
    place = _digest(photos[0].address, _PLACE)
    places[place] = times = places.get(place, 0) + 1
    if times > 1:
        place = _digest(f"{photos[0].address}\0{times}", _PLACE)
    return Shard(source, place, tuple(photos))


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()


def _digest(text: str, length: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=length).hexdigest()
