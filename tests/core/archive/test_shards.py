"""Photos cut into shards: of the size that was asked for, and the same ones after other photos were added."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from ocr_studio.core.archive.listing import Photo
from ocr_studio.core.archive.shards import Shard, cut_shards, digest_source

SOURCE = digest_source("/photos")


def photos_of(count: int) -> list[Photo]:
    return [Photo(f"/photos/{number:05}.jpg", f"{number}:1") for number in range(count)]


def cut(photos: Sequence[Photo], size: int = 16) -> list[Shard]:
    return list(cut_shards(photos, SOURCE, size=size))


@pytest.mark.parametrize("count", [0, 1, 15, 24, 25, 3000])
def test_every_photo_is_in_one_shard_in_its_order(count: int) -> None:
    photos = photos_of(count)
    assert [photo for shard in cut(photos) for photo in shard.photos] == photos


def test_shards_have_from_half_to_one_and_a_half_times_the_size() -> None:
    sizes = [len(shard.photos) for shard in cut(photos_of(5000))]
    assert all(8 <= size <= 24 for size in sizes[:-1])
    assert 14 <= sum(sizes) / len(sizes) <= 18
    assert [len(shard.photos) for shard in cut(photos_of(3), size=1)] == [1, 1, 1]


def test_photos_that_are_added_anywhere_change_the_shards_that_they_are_in() -> None:
    photos = photos_of(3000)
    before = {shard.name for shard in cut(photos)}
    numbers = random.Random(7)
    for _ in range(20):
        place = numbers.randrange(len(photos))
        with_one = [*photos[:place], Photo(f"/photos/{place:05}-new.jpg", "1:1"), *photos[place:]]
        gone = before - {shard.name for shard in cut(with_one)}
        assert 1 <= len(gone) <= 4
        assert len(before) > 150


def test_a_shard_keeps_its_place_when_one_of_its_photos_changes() -> None:
    photos = photos_of(100)
    changed = [*photos[:50], photos[50]._replace(stamp="2:2"), *photos[51:]]
    pairs = [(one, two) for one, two in zip(cut(photos), cut(changed), strict=True) if one.name != two.name]
    assert len(pairs) == 1
    assert pairs[0][0].prefix == pairs[0][1].prefix


def test_the_same_photos_from_another_source_are_other_shards() -> None:
    photos = photos_of(100)
    other = {shard.name for shard in cut_shards(photos, digest_source("/other"), size=16)}
    assert not other & {shard.name for shard in cut(photos)}


def test_shards_whose_digests_collide_have_different_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocr_studio.core.archive.shards._PLACE", 2)
    names = [shard.prefix for shard in cut(photos_of(16_000))]
    assert len(names) == len(set(names)) > 900
