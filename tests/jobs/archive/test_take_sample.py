"""Photos of an object store are copied with the words that an archive has of them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
from PIL import Image

from ocr_studio.core.images import photo_stream
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.archive.take_sample import SampleCopied, take_sample
from tests.jobs.archive import stub_readers


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP"])
def test_a_page_is_copied_with_the_file_that_it_is_of(tmp_path: Path, kind: str) -> None:
    stream = io.BytesIO()
    first, second = (Image.new("L", (40, 30), grey) for grey in (200, 90))
    first.save(stream, kind, save_all=True, append_images=[second])
    data, suffix = stream.getvalue(), kind.lower()
    fsspec.filesystem("memory").pipe(f"/pages/scan.{suffix}", data)
    row = stub_readers.make_row(f"memory:///pages/scan #2.{suffix}", b"load")
    row = replace(row, content_id=photo_stream.add_page(photo_stream.compute_id(data), 1))
    project = Project.open(tmp_path)
    project.lock(create=True)
    (event,) = take_sample([row], project)
    project.unlock()
    assert event == SampleCopied(row.path, tmp_path / f"scan #2.{suffix}", known=False)
    assert (tmp_path / f"scan.{suffix}").read_bytes() == data
