"""Reading a dataset, which may come from an untrusted source: invalid entries are skipped and reported."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ocr_studio.core import paths
from ocr_studio.core.dataset_files import own
from ocr_studio.core.dataset_files.layout import Layout, ListedFiles
from ocr_studio.core.dataset_files.layouts import LAYOUTS
from ocr_studio.core.dataset_files.validation import (
    MAX_EXAMPLES,
    MAX_PAGES,
    Troubles,
    Unfit,
    file_bytes,
    json_value,
)
from ocr_studio.core.dataset_files.values import (
    FORMAT,
    MANIFEST,
    MAX_CROP_BYTES,
    MAX_CROP_PIXELS,
    MAX_PHOTO_BYTES,
    UNITS,
    VERSION,
    BadCrop,
    BadDataset,
    Dataset,
    Digest,
    Example,
    Split,
    TruePhoto,
    decode_picture,
    read_crop_bytes,
)
from ocr_studio.core.datasets import folder as dataset_folder
from ocr_studio.core.datasets.report import RULES
from ocr_studio.core.datasets.split import ExamplePlace, divide
from ocr_studio.core.errors import INSTALL_NEWER, newer_format
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.images import photo_file, photo_limit
from ocr_studio.core.translation import tr, tr_n


def is_dataset(folder: Path) -> bool:
    """Whether a folder looks like a dataset, of any layout; it may still be one that cannot be used. Never raises."""
    if not paths.is_folder(folder):
        return False
    closed = SafeFolder(folder, follow=True)
    return any(closed.has(mark) for layout in LAYOUTS.values() for mark in layout.marks)


def check_ended(folder: Path) -> None:
    """Raise BadDataset if a folder contains an unfinished synthetic dataset."""
    if is_dataset(folder) or not dataset_folder.list_other_unfinished(folder):
        return
    if dataset_folder.find_writer(folder) is not None:
        what = tr("a dataset is being generated in this folder")
        raise BadDataset(what, file=folder, remedy=tr("Wait until it has finished."))
    remedy = tr("To resume, choose Read → Generate synthetic boards… with the same options.")
    command = 'Run the same "ocr-studio synth" command again to resume it.'
    what = tr("the folder contains an unfinished dataset")
    raise BadDataset(what, file=folder, remedy=remedy, command=command)


def check_labels(folder: Path) -> None:
    """Raise BadDataset if a dataset with a manifest has no labels."""
    if is_dataset(folder) or not (layout := LAYOUTS.get(dataset_folder.read_layout(folder))):
        return
    what = tr("the labels of this dataset are missing: {names}", names=", ".join(layout.marks))
    raise BadDataset(what, file=folder, remedy=tr("Restore the files, or create the dataset again."))


def read(folder: Path) -> Dataset:
    """The dataset in a folder, of whichever layout. Every picture of a word is looked at once.

    Raises BadDataset where nothing of it can be used; what else cannot is in ``trouble``.
    """
    if not paths.is_folder(folder):
        raise BadDataset(tr("the folder does not exist"), file=folder, remedy=tr("Specify the folder of a dataset."))
    check_labels(folder)
    closed, troubles = SafeFolder(folder, follow=True), Troubles()
    manifest = _manifest(closed)
    layout = _layout(closed, manifest)
    listed = layout.read(closed, manifest, troubles)
    if len(listed.examples) > MAX_EXAMPLES or len(listed.pages) > MAX_PAGES:
        what = tr("it has more than {words} words or {photos} photos", words=MAX_EXAMPLES, photos=MAX_PAGES)
        raise BadDataset(what, file=folder, remedy=tr("Split it into several datasets."))
    usable = list(_usable(closed, listed.examples, troubles))
    pages = list(_whole(closed, listed.pages, troubles))
    if not usable and not pages:
        first = troubles.lines()[:1]
        raise BadDataset(
            tr("it contains no usable examples ({reason})", reason=first[0])
            if first
            else tr("it contains no usable examples"),
            file=folder,
            remedy=tr("Export it again from photos with checked words."),
        )
    rule, examples = _divide(listed, [example for example, _ in usable], manifest, troubles)
    digest = Digest()
    for example, (_, picture) in zip(examples, usable, strict=True):
        digest.add(example, picture)
    for page, picture in pages:
        digest.add_photo(page, picture)
    unchecked = list(_usable(closed, listed.unchecked[:MAX_EXAMPLES], troubles))
    # Earlier versions left the unchecked words out of the digest. It stays: interrupted trainings know it.
    if not manifest or manifest.get("digest") != digest.hex():
        for example, picture in unchecked:
            digest.add_unchecked(example, picture)
    if manifest and manifest.get("digest") != digest.hex():
        troubles.add(MANIFEST, tr("labels or images have changed or are missing since the export"))
    return Dataset(
        folder=closed.path,
        examples=tuple(examples),
        pages=tuple(page for page, _ in pages),
        manifest=manifest,
        trouble=troubles.lines(),
        layout=layout.name,
        unit=_choose_known(UNITS, manifest.get("unit"), "words"),
        rule=rule,
        digest=digest.hex(),
        unchecked=tuple(example for example, _ in unchecked),
    )


def _manifest(folder: SafeFolder) -> Mapping[str, object]:
    """manifest.json; empty where there is none, as in folders that other programs have written. Raises BadDataset."""
    if not folder.has(MANIFEST):
        return {}
    path = folder.path / MANIFEST
    try:
        value = json_value(file_bytes(folder, MANIFEST))
        manifest: Mapping[str, object] = json_schema.convert(value, dict[str, object])
    except Unfit as error:
        raise BadDataset(str(error), file=path, remedy=tr("Export the dataset again.")) from error
    if manifest.get("format") != FORMAT:
        raise BadDataset(tr("it does not belong to a dataset (“format” is not “{format}”)", format=FORMAT), file=path)
    version = manifest.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadDataset(tr("its “version” is not a number"), file=path, remedy=tr("Export the dataset again."))
    if version > VERSION:
        raise BadDataset(newer_format(version, VERSION), file=path, remedy=tr(INSTALL_NEWER))
    return manifest


def _layout(folder: SafeFolder, manifest: Mapping[str, object]) -> Layout:
    named = manifest.get("layout", own.LAYOUT.name)
    if manifest:
        if isinstance(named, str) and named in LAYOUTS:
            return LAYOUTS[named]
        raise BadDataset(tr("its layout is unknown"), file=folder.path / MANIFEST)
    for layout in LAYOUTS.values():
        if any(folder.has(mark) for mark in layout.marks):
            return layout
    check_ended(folder.path)
    names = ", ".join(mark for layout in LAYOUTS.values() for mark in layout.marks)
    remedy = tr("A dataset contains one of these files: {names}.", names=names)
    raise BadDataset(tr("it is not a dataset"), file=folder.path, remedy=remedy)


def _usable(folder: SafeFolder, listed: Sequence[Example], troubles: Troubles) -> Iterator[tuple[Example, bytes]]:
    """The examples whose pictures can be had, each once, with the SHA-256 of the picture's file."""
    seen: set[object] = set()
    pictures = _Pictures(folder)
    for number, example in enumerate(listed, start=1):
        where = tr("example {number}, “{text}”", number=number, text=example.text[:40])
        keys = {example.crop or (example.photo, example.quad), example.place} - {None}
        if seen & keys:
            troubles.add(where, tr("it is listed twice; the first entry is used"))
            continue
        seen |= keys
        try:
            yield example, pictures.check(example)
        except BadCrop as error:
            troubles.add(where, f"{example.crop or example.photo}: {error.what}")


class _Pictures:
    """Looks at the pictures of examples. Of photos that words are cut out of, the last one is kept in mind."""

    def __init__(self, folder: SafeFolder) -> None:
        self._folder = folder.path
        self._photo, self._digest = "", b""

    def check(self, example: Example) -> bytes:
        """The SHA-256 of the file that the example's picture is in, or is cut out of. Raises BadCrop."""
        if example.crop:
            return self._check_crop(example.crop, MAX_CROP_PIXELS, MAX_CROP_BYTES)
        if example.photo != self._photo:
            self._digest = self._check_crop(example.photo, photo_limit.MAX_PIXELS, MAX_PHOTO_BYTES)
            self._photo = example.photo
        return self._digest

    def _check_crop(self, name: str, most: int, most_bytes: int) -> bytes:
        data = read_crop_bytes(self._folder, name, most_bytes=most_bytes)
        decode_picture(data, self._folder / name, most=most)
        return hashlib.sha256(data).digest()


def _whole(folder: SafeFolder, listed: Iterable[TruePhoto], troubles: Troubles) -> Iterator[tuple[TruePhoto, bytes]]:
    """The photos that can be opened, each once, with their sizes as they are and the SHA-256 of their files."""
    seen: set[str] = set()
    for page in listed:
        if page.photo in seen:
            troubles.add(page.photo, tr("it is listed twice; the first entry is used"))
            continue
        seen.add(page.photo)
        try:
            data = read_crop_bytes(folder.path, page.photo, most_bytes=MAX_PHOTO_BYTES)  # a plain file, behind no link
            width, height = photo_file.read_photo_size(folder.full(page.photo))
        except (BadCrop, photo_file.PhotoError) as error:
            troubles.add(page.photo, error.what)
            continue
        if (page.width, page.height) not in ((0, 0), (width, height)):
            troubles.add(
                page.photo,
                tr(
                    "it is {width} × {height} pixels, not {said_width} × {said_height}",
                    width=width,
                    height=height,
                    said_width=page.width,
                    said_height=page.height,
                ),
            )
            continue
        yield replace(page, width=width, height=height), hashlib.sha256(data).digest()


def _divide(
    listed: ListedFiles, examples: Sequence[Example], manifest: Mapping[str, object], troubles: Troubles
) -> tuple[str, list[Example]]:
    """Return the rule of the split and the split examples; an undivided dataset is split here."""
    if not listed.divided:
        keys = [example.page or example.photo for example in examples]
        places = [
            ExamplePlace(key, "", f"{example.crop}{example.quad}") for key, example in zip(keys, examples, strict=True)
        ]
        division = divide(places)
        return division.rule, [replace(each, split=side) for each, side in zip(examples, division.sides, strict=True)]
    split = manifest.get("split")
    rule = _choose_known(RULES, split.get("rule") if isinstance(split, dict) else None, "given")
    sides: dict[str, set[Split]] = {}
    for example in examples:
        if example.page:
            sides.setdefault(example.page, set()).add(example.split)
    both = sum(len(found) > 1 for found in sides.values())
    if both and rule == "page":
        what = tr_n(
            "{count} photo has both training and held-out words, so results will be too optimistic",
            "{count} photos have both training and held-out words, so results will be too optimistic",
            both,
        )
        troubles.add("split", what)
    return rule, list(examples)


def _choose_known(known: Collection[str], value: object, otherwise: str) -> str:
    return value if isinstance(value, str) and value in known else otherwise
