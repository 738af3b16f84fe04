"""The list of formats to export to: documents first, then what other programs read, and which programs these are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtGui import QStandardItemModel

from ocr_studio.core.formats import CLEANED, FORMATS
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.widgets.form_fields import ComboBox

# By the names of formats. A format that is not named is for one program, which its title names.
_READERS: Final[Mapping[str, str]] = {
    "text": later("For text editors and e-mail"),
    "md": later("For notes, wikis and web sites"),
    "json": later("For your own scripts; OCR Studio imports it, too"),
    "csv": later("For spreadsheets; OCR Studio imports it, too"),
    "pdf": later("The photos with text that can be searched and copied"),
    "docx": later("For Microsoft Word, LibreOffice, Google Docs"),
    "odt": later("For LibreOffice, Microsoft Word"),
    "xlsx": later("For Microsoft Excel, LibreOffice, Google Sheets"),
    "svg": later("For web browsers, Inkscape"),
    "vault": later("Updates its notes and keeps what you write around the text"),
    "vtt": later("For video players"),
    CLEANED: later("The boards as the board view shows them"),
    "page": later("For Transkribus, eScriptorium, kraken, OCR-D"),
    "alto": later("For eScriptorium, kraken, libraries and archives"),
    "hocr": later("For OCRmyPDF and tools for Tesseract’s output"),
    "labelme": later("For labelme, X-AnyLabeling"),
    "coco": later("For CVAT, pycocotools, COCO-Text"),
    "paddleocr": later("For PaddleOCR, PPOCRLabel"),
    "icdar2015": later("For text detectors and their evaluation"),
    "label-studio": later("For Label Studio: import the file as tasks"),
    "yolo-obb": later("For Ultralytics, supervision"),
    "via": later("For VGG Image Annotator (VIA)"),
    "doctr": later("For training with docTR"),
    "voc": later("For labelImg, Roboflow, supervision"),
    "imagefolder": later("For Hugging Face datasets"),
    "tfrecord": later("For training with TensorFlow; contains the photos"),
}


def make_box() -> ComboBox:
    """Make the combo box; its data are the names of the formats, or ``CLEANED``."""
    documents = [(kind.name, tr(kind.title)) for kind in FORMATS.values() if kind.is_document]
    others = [(kind.name, tr(kind.title)) for kind in FORMATS.values() if not kind.is_document]
    documents.append((CLEANED, tr("Images of the cleaned boards (PNG)")))
    box = ComboBox(documents, "", tr("Format"))
    box.insertSeparator(box.count())
    box.addItem(tr("For other programs"))
    model = box.model()
    if isinstance(model, QStandardItemModel):
        model.item(box.count() - 1).setEnabled(False)  # a heading
    for name, title in others:
        box.addItem(title, name)
    box.setMaxVisibleItems(box.count())
    return box


def describe_readers(kind: str) -> str:
    """Return what reads a format, or what it is for; "" if its title says so."""
    return tr(_READERS.get(kind, ""))
