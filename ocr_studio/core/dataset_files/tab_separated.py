"""Files with "picture<tab>something" on each line, as several programs have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr_studio.core.dataset_files import validation as fields
from ocr_studio.core.dataset_files.layout import Sides
from ocr_studio.core.dataset_files.validation import Troubles, Unfit
from ocr_studio.core.files.safe_folder import SafeFolder


def format_lines(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The file; texts have neither tabs nor line breaks, see ``plain_text.one_line``."""
    return "".join(f"{picture}\t{text}\n" for picture, text in pairs).encode("utf-8")


def read_rows(folder: SafeFolder, file: str, troubles: Troubles) -> Iterator[tuple[str, str, str]]:
    """(where: file and line, picture, what stands behind the tab) of each line. Raises BadDataset."""
    for where, line in fields.numbered_lines(folder, file):
        try:
            picture, tab, rest = fields.decoded_text(line).rstrip("\r").partition("\t")
            if not tab:
                raise Unfit("there is no tab between image and text")
            yield where, fields.name(picture.strip(), "its picture"), rest
        except Unfit as error:
            troubles.add(where, error)


def read_pairs(folder: SafeFolder, file: str, troubles: Troubles) -> Iterator[tuple[str, str]]:
    """(picture, text) of each line. Raises BadDataset."""
    for where, picture, rest in read_rows(folder, file, troubles):
        try:
            yield picture, fields.text(rest)
        except Unfit as error:
            troubles.add(where, error)


def read_sides(folder: SafeFolder, train: str, validation: str) -> Sides:
    """Which pictures these two files name, where they are there. Raises BadDataset."""
    found = Sides()
    for file, side in ((train, found.train), (validation, found.held_out)):
        if folder.has(file):
            side.update(picture for _, picture, _ in read_rows(folder, file, Troubles()))
    return found
