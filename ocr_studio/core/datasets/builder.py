"""A dataset while it is made: its pictures as they are written, at the end its labels, manifest and report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ocr_studio.core.dataset_files import own
from ocr_studio.core.dataset_files import validation as fields
from ocr_studio.core.dataset_files.layout import Layout
from ocr_studio.core.dataset_files.values import (
    FORMAT,
    MANIFEST,
    PHOTOS,
    UNCHECKED,
    VERSION,
    BadDataset,
    CheckKind,
    Digest,
    Example,
    Split,
    TruePhoto,
    collect_alphabet,
)
from ocr_studio.core.datasets import report as dataset_report
from ocr_studio.core.datasets.report import LeftOut, Report
from ocr_studio.core.datasets.split import SHARE
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.images.pixel_formats import RGB, encode_image
from ocr_studio.core.translation import tr

# High enough that boxes and strokes are as on the photo itself; without loss a photo would take 20 MB.
_JPEG_QUALITY: Final = 95


@dataclass(slots=True)
class DatasetBuilder:
    """The dataset that is being written.

    Attributes:
        room: Temporary folder for its files.
        source: Where the examples come from, for the error if there are none; None if they are generated.
        unchecked: Words that were read with certainty; only our own layout has them.
        with_unchecked: Whether they are asked for.
        pages: Id and photo of all processed pages.
        origin: Additional fields of the manifest.
        wanted: Requested share of held-out examples, 0..1.
    """

    room: SafeFolder
    layout: Layout
    unit: str
    source: Path | None = None
    examples: list[Example] = field(default_factory=list)
    photos: list[TruePhoto] = field(default_factory=list)
    unchecked: list[Example] = field(default_factory=list)
    with_unchecked: bool = False
    pages: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    origin: Mapping[str, object] = field(default_factory=dict)
    wanted: float = SHARE
    _pictures: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in filter(None, (self.layout.crops, "" if self.layout.photos == "none" else PHOTOS)):
            self.room.make_folder(name)

    def write(self, name: str, picture: RGB) -> None:
        """Write a picture, (h, w, 3) uint8 RGB; its name says whether as PNG or as JPEG. Raises OSError."""
        self.write_encoded(name, encode_image(picture, Path(name).suffix, quality=_JPEG_QUALITY))

    def write_encoded(self, name: str, data: bytes) -> None:
        """Write a picture that is encoded already. Raises OSError."""
        self._pictures[name] = hashlib.sha256(data).digest()
        self.room.create(name, data)

    def take(self, name: str, digest: bytes) -> None:
        """Register an image that is already in the folder. digest: SHA-256 of its file."""
        self._pictures[name] = digest

    def has(self, name: str) -> bool:
        """Whether this picture was written."""
        return name in self._pictures

    def finish(self, folder: Path, *, rule: str) -> Report:
        """Write labels and manifest. folder: where the dataset will be. Raises OSError, and BadDataset for nothing."""
        report = self._report(folder, rule)
        if not report.written and not report.boxes:
            raise _make_nothing_error(report, self.source or folder)
        for name, data in self.layout.render(self.examples, self.photos).items():
            self.room.replace(name, data)
        if self.unchecked:
            self.room.replace(UNCHECKED, own.render_labels(self.unchecked))
        self.room.replace(MANIFEST, fields.json_bytes(self._manifest(report), indent=1) + b"\n")
        return report

    def _report(self, folder: Path, rule: str) -> Report:
        written, digest = self.examples, Digest()
        for example in written:
            digest.add(example, self._pictures[example.crop or example.photo])
        for page in self.photos:
            digest.add_photo(page, self._pictures[page.photo])
        for example in self.unchecked:
            digest.add_unchecked(example, self._pictures[example.crop])
        confirmed = sum(each.checked is CheckKind.CONFIRMED for each in written)
        held_out = sum(each.split is Split.HELD_OUT for each in written)
        return Report(
            folder=folder,
            layout=self.layout.name,
            unit=self.unit,
            found=len(written) + len(self.left_out),
            written=len(written),
            corrected=len(written) - confirmed,
            confirmed=confirmed,
            train=len(written) - held_out,
            held_out=held_out,
            pages=len(self.pages),
            pages_written=len({each.page for each in written if each.page}),
            boxes=len(self.photos),
            rule=rule,
            alphabet=collect_alphabet(each.text for each in written),
            digest=digest.hex(),
            left_out=tuple(self.left_out),
            trouble=tuple(self.trouble),
            synthetic=bool(self.origin),
            unchecked=len(self.unchecked) if self.with_unchecked else None,
        )

    def _manifest(self, report: Report) -> dict[str, object]:
        """Nothing in it tells when or where it was written: the same words give the same manifest."""
        boxes = {each.page for each in self.photos}
        held = {each.page for each in self.examples if each.split is Split.HELD_OUT}
        numbers = Counter(each.page for each in self.examples)
        return {
            "format": FORMAT,
            "version": VERSION,
            "layout": self.layout.name,
            "unit": self.unit,
            "alphabet": report.alphabet,
            "counts": dataset_report.manifest_values(report),
            "split": {
                "rule": report.rule,
                "why": dataset_report.RULES[report.rule],
                "wanted": self.wanted,
                "held_out": round(report.held_out / max(1, report.written), 4),
                "examples": {"train": report.train, "held-out": report.held_out},
            },
            "digest": report.digest,
            "models": sorted({each.machine.model for each in self.examples if each.machine and each.machine.model}),
            "pages": [
                {"page": key, "image": image, "examples": numbers[key], "boxes": key in boxes, "held_out": key in held}
                for key, image in self.pages
            ],
        } | dict(self.origin)


class NothingToWrite(BadDataset):
    """No word can be used for training. report: why."""

    def __init__(self, what: str, report: Report, *, file: Path, remedy: str, command: str = "") -> None:
        super().__init__(what, file=file, remedy=remedy, command=command)
        self.report = report


def _make_nothing_error(report: Report, source: Path) -> NothingToWrite:
    why = [
        tr("{count} skipped: {reason}", count=count, reason=reason)
        for count, reason in dataset_report.list_reasons(report)
    ]
    return NothingToWrite(
        tr("there are no words for training yet ({reasons})", reasons="; ".join([*why, *report.trouble]))
        if why or report.trouble
        else tr("there are no words for training yet"),
        report,
        file=source,
        remedy=tr("Check the words of a photo first: correct or confirm them."),
        command="Check the words of a photo in the window first: correct or confirm them.",
    )
