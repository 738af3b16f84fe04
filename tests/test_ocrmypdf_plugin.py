"""The plug-in of OCRmyPDF, where that is installed; it is no package of this program or its tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from ocr_studio.core import resources

pytest.importorskip("ocrmypdf")


def test_a_scan_becomes_searchable(tmp_path: Path) -> None:
    Image.open(resources.sample_photo()).save(scan := tmp_path / "scan.pdf", resolution=150.0)
    out = tmp_path / "out.pdf"
    command = [
        sys.executable,
        "-m",
        "ocrmypdf",
        "--plugin",
        "ocr_studio.ocrmypdf",
        "--output-type",
        "pdf",
        str(scan),
        str(out),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    with pypdfium2.PdfDocument(out) as opened:
        assert len(opened[0].get_textpage().get_text_range().split()) > 5
