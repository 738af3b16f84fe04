"""Prints the text of the open photo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from ocr_studio.core.formats.documents import text
from ocr_studio.core.translation import tr
from ocr_studio.ui.document.document import Document


class Printing(QObject):
    """Asks for a printer and prints.

    Signals: ``writing()``: the words are about to be printed; ``message(str)``: what was printed.
    """

    writing = Signal()
    message = Signal(str)

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._window = document, window

    def ask(self) -> None:
        """Open the system's print dialog."""
        self.writing.emit()
        page = self._document.page
        if page is None:
            return
        printed, name = text.render([page]), Path(page.image).name
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(name)
        dialog = QPrintDialog(printer, self._window)
        dialog.setWindowTitle(tr("Print"))
        dialog.accepted.connect(lambda _: self._print(printer, printed, name))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)  # its own needs a slot

    def _print(self, printer: QPrinter, printed: str, name: str) -> None:
        make_document(printed).print_(printer)
        self.message.emit(tr("Printed the text of {name}", name=name))


def make_document(printed: str) -> QTextDocument:
    """Lay out a text: nothing in it is taken for markup."""
    document = QTextDocument()
    document.setPlainText(printed)
    return document
