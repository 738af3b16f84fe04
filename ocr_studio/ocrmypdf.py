"""The plug-in of OCRmyPDF: ``ocrmypdf --plugin ocr_studio.ocrmypdf in.pdf out.pdf`` reads with the models in use here.

OCRmyPDF is no part of this program; whoever has it installed in the same environment can use the plug-in. Its own
renderer lets slanted words fall into letters, so unless another one is asked for, the text layer is ours. Tesseract
need not be installed. May import: ``jobs``, ``core``.
"""

from __future__ import annotations

import shutil
import threading
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from ocrmypdf import hookimpl
from ocrmypdf.builtin_plugins import tesseract_ocr
from ocrmypdf.exceptions import ExitCodeException
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from PIL import Image

from ocr_studio import __version__
from ocr_studio.core import settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.pdf import searchable_pdf
from ocr_studio.core.formats.xml import hocr
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order
from ocr_studio.jobs.reading import read as reading

# Pages are read one after the other: the networks use all cores.
_reading: Final = threading.Lock()
_NEUTRAL: Final = OrientationConfidence(angle=0, confidence=0.0)
_USUAL_DPI: Final = 150.0
# Of a text layer, OCRmyPDF takes over the font that Tesseract calls so.
_FONT: Final = "f-0-0"


class PageNotRead(ExitCodeException):  # type: ignore[misc]  # see below
    """A page could not be read."""

    exit_code = 1


class OcrStudioEngine(OcrEngine):  # type: ignore[misc]  # the types of OCRmyPDF are not installed
    """OCR Studio as an engine of OCRmyPDF."""

    @staticmethod
    def version() -> str:
        """The version of this program."""
        return __version__

    @staticmethod
    def creator_tag(options: Any) -> str:
        """What the metadata of a PDF say."""
        return f"OCR Studio {__version__}"

    def __str__(self) -> str:
        """The name in messages."""
        return f"OCR Studio {__version__}"

    @staticmethod
    def languages(options: Any) -> set[str]:
        """Languages are a matter of the settings of OCR Studio: any that is asked for will do."""
        return set(options.languages or ())

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:
        """Say that the direction of a page is not known; writing in any direction is read."""
        return _NEUTRAL

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        """Read an image of a page, and write a PDF with its invisible text and nothing else."""
        page = _read(Path(input_file))
        with Image.open(input_file) as image:
            dpi = float(image.info.get("dpi", (_USUAL_DPI, _USUAL_DPI))[0])
        Path(output_pdf).write_bytes(searchable_pdf.render_text_layer(page, dpi=dpi, font_name=_FONT))
        Path(output_text).write_text(page_order.compose_text(page), encoding="utf-8")

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        """Read an image of a page, and write its words as hOCR."""
        page = _read(Path(input_file))
        Path(output_hocr).write_text(hocr.render([page], None), encoding="utf-8")
        Path(output_text).write_text(page_order.compose_text(page), encoding="utf-8")


@hookimpl  # type: ignore[untyped-decorator]
def initialize(plugin_manager: Any) -> None:
    """Keep only the options of Tesseract where it is not installed: the check for it would end OCRmyPDF."""
    if shutil.which("tesseract") is None and plugin_manager.is_registered(tesseract_ocr):
        plugin_manager.unregister(tesseract_ocr)
        hooks = ("register_options", "add_options")
        plugin_manager.register(SimpleNamespace(**{name: getattr(tesseract_ocr, name) for name in hooks}))


@hookimpl  # type: ignore[untyped-decorator]
def get_ocr_engine(options: Any) -> OcrStudioEngine | None:
    """Return the engine, unless another one is asked for by its name."""
    return OcrStudioEngine() if getattr(options, "ocr_engine", "auto") == "auto" else None


@hookimpl  # type: ignore[untyped-decorator]
def check_options(options: Any) -> None:
    """Choose our own text layer, unless another renderer is asked for."""
    if options.pdf_renderer == "auto" and getattr(options, "ocr_engine", "auto") == "auto":
        options.pdf_renderer = "sandwich"


@cache
def _service() -> reading.OcrService:
    return reading.OcrService(settings.load().reader_options())


def _read(path: Path) -> Page:
    """Read an image. Raises PageNotRead."""
    with _reading:
        try:
            for event in reading.read_photos(_service(), [path]):
                if isinstance(event, reading.PhotoRead):
                    return event.page
                if isinstance(event, reading.PhotoFailed):
                    raise PageNotRead(str(event.error))
        except StudioError as error:
            raise PageNotRead(str(error)) from error
    raise PageNotRead(f"{path.name}: it was not read")
