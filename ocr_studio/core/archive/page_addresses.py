"""Addresses of the pages of files with several, named as ``page_paths`` names them: ``s3://bucket/scan #3.pdf``."""

from __future__ import annotations

from ocr_studio.core.archive import storage
from ocr_studio.core.images import page_paths


def make_page_address(address: str, index: int) -> str:
    """Return the address of a page of a file. index: from 0."""
    if storage.is_remote(address):
        return page_paths.number_page(address, index)
    return storage.write_address(str(page_paths.make_page_path(storage.local_path(address), index)))


def find_page(address: str) -> tuple[str, int]:
    """Return the file of a photo, and which of its pages it is, from 0. Raises StorageError."""
    if not storage.is_remote(address):
        path = storage.local_path(address)
        file, index = page_paths.find_page(path)
        return (address, 0) if file == path else (storage.write_address(str(file)), index)
    above, _, name = address.rpartition("/")
    found = page_paths.split_page_name(name)
    if found is None or storage.look_up(address) is not None:
        return address, 0
    return storage.join(above, found[0]), found[1] - 1
