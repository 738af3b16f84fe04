"""How long a frame takes while a page of 5,000 boxes on a photo of 12 megapixels is panned and zoomed.

    python tests/benchmarks/canvas.py [--boxes 5000] [--ratio 1]

A frame is one full repaint of a window of 1280 x 800, drawn by the processor without a screen (``--ratio 2``: a screen
at 200 %, four times the pixels). "cpu" is the processor time of it, which other programs hardly lengthen. The paths:
panning at several zooms, zooming in and out at the mouse; then with all words selected, with faint boxes, with the
photo in other tones, new at each step ("turned") or kept, with baselines, and with the lens. For comparison the
same page with one QGraphicsItem for each box. ``--large``: on a photo of 50 megapixels.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QGraphicsPolygonItem, QGraphicsScene

from ocr_studio.core.images.tone_curve import Tones
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word, now
from ocr_studio.ui.canvas.items.photo_item import PhotoItem
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import box_colours, theme

WIDTH, HEIGHT = 4000, 3000
STEPS = 60
TARGET_MS = 16.0


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=5000)
    parser.add_argument("--ratio", type=float, default=1.0, help="pixels of the device per pixel of the window")
    parser.add_argument("--large", action="store_true", help="a photo of 50 megapixels instead of 12")
    options = parser.parse_args()
    app = QApplication([])
    theme.use(app, "light")
    page, image = board(options.boxes)
    if options.large:
        page, image = larger(page, image)
    document = Document()
    view = PhotoView(document)
    view.resize(1280, 800)
    view.show()
    start = time.perf_counter()
    document.open(page, image)
    app.processEvents()
    print(f"{options.boxes} boxes, photo {page.width}x{page.height}, window 1280x800 at {options.ratio:g}; ", end="")
    print(f"opened and first shown in {1000 * (time.perf_counter() - start):.0f} ms\n")
    print(f"{'path':34}{'frames':>7}{'median ms':>11}{'p95':>8}{'worst':>8}{'cpu median':>12}")
    medians = [measure(view, options.ratio, name, path(view)) for name, path in PATHS.items()]
    select_all(document, view)
    medians.append(measure(view, options.ratio, "all selected, zoom", zooming(view)))
    document.select(())
    medians += looked_at_otherwise(view, options.ratio)
    print(f"\nlargest median {max(medians):.1f} ms, wanted < {TARGET_MS:g}")
    one_item_each(view, page)
    print("\nfor comparison, one QGraphicsPolygonItem for each box, thin lines, no marks:")
    for name, path in PATHS.items():
        measure(view, options.ratio, name, path(view))
    view.close()


def board(count: int) -> tuple[Page, NDArray[np.uint8]]:
    """A page full of words of all kinds, each with scribble in it."""
    random = np.random.default_rng(7)
    image = np.full((HEIGHT, WIDTH, 3), 243, np.uint8)
    image += random.integers(0, 10, (HEIGHT, WIDTH, 1), dtype=np.uint8)
    across = math.ceil(math.sqrt(count * WIDTH / HEIGHT / 3))
    step_x, step_y = WIDTH / across, HEIGHT / math.ceil(count / across)
    words: dict[str, Word] = {}
    for number in range(count):
        x, y = (number % across) * step_x + 4, (number // across) * step_y + 4
        slope = random.uniform(-2, 2)
        right, bottom = x + step_x - 12, y + step_y - 8
        quad = Quad.from_array([(x, y), (right, y + slope), (right, bottom + slope), (x, bottom)])
        cv2.line(image, (int(x) + 4, int(bottom) - 4), (int(right) - 4, int(y) + 6), (20, 30, 120), 3, cv2.LINE_AA)
        sure = float(random.uniform(0.3, 1.0))
        read = None if number % 10 == 0 else Transcription(f"word{number}", TextSource.MODEL, sure)
        human = Transcription.by_human("word") if number % 4 == 0 else None
        words[f"w{number}"] = Word(f"w{number}", quad, machine=read, human=human)
    return Page("0" * 32, "board.jpg", WIDTH, HEIGHT, words, now()), image


def larger(page: Page, image: NDArray[np.uint8]) -> tuple[Page, NDArray[np.uint8]]:
    """The same page on a photo twice as wide and high; the words stay in its upper left quarter."""
    big = np.full((2 * HEIGHT + 120, 2 * WIDTH + 160, 3), 243, np.uint8)
    big[:HEIGHT, :WIDTH] = image
    return replace(page, width=big.shape[1], height=big.shape[0]), big


def looked_at_otherwise(view: PhotoView, ratio: float) -> list[float]:
    """The looks that a person may choose, one at a time."""
    looks = view.looks
    medians = []
    looks.set_opacity(0.4)
    medians.append(measure(view, ratio, "faint boxes, zoom", zooming(view)))
    looks.set_opacity(1.0)
    looks.set_tones(Tones(0.1, 0.3))
    medians += [
        measure(view, ratio, f"other tones, {name}", PATHS[name](view)) for name in ("pan, 100 %", "zoom in and out")
    ]
    medians += [
        measure(view, ratio, f"tones turned, {name}", turned(view, PATHS[name](view)))
        for name in PATHS
        if "pan" in name
    ]
    looks.set_tones(Tones())
    looks.switch_baselines()
    medians.append(measure(view, ratio, "baselines, zoom", zooming(view)))
    looks.switch_baselines()
    looks.switch_lens(held=False)
    medians.append(measure(view, ratio, "lens, pan, 100 %", panning(view, 1.0)))
    looks.switch_lens(held=False)
    return medians


def turned(view: PhotoView, path: Iterator[None]) -> Iterator[None]:
    """A path on which the tones are others at each step."""
    for step, _ in enumerate(path):
        view.looks.set_tones(Tones(0.1 + step / 200, 0.3))
        yield


def panning(view: PhotoView, zoom: float) -> Iterator[None]:
    """A walk over the photo at this zoom."""
    view.fit()
    view.zoom_by(zoom / view.zoom)
    for step in range(STEPS):
        turn = 2 * math.pi * step / STEPS
        view.centre_on(QPointF(WIDTH * (0.5 + 0.3 * math.cos(turn)), HEIGHT * (0.5 + 0.3 * math.sin(turn))))
        yield


def zooming(view: PhotoView) -> Iterator[None]:
    """From the whole photo to single words and back, at the mouse."""
    view.fit()
    for step in range(STEPS):
        view.zoom_by(1.1 if step < STEPS // 2 else 1 / 1.1, QPointF(420, 300))
        yield


PATHS: dict[str, Callable[[PhotoView], Iterator[None]]] = {
    "pan, whole photo": lambda view: panning(view, view.zoom),
    "pan, 50 %": lambda view: panning(view, 0.5),
    "pan, 100 %": lambda view: panning(view, 1.0),
    "pan, 200 %": lambda view: panning(view, 2.0),
    "zoom in and out": zooming,
}


def measure(view: PhotoView, ratio: float, name: str, path: Iterator[None]) -> float:
    """Repaint the viewport whole after every step; print and return the median in milliseconds."""
    target = QImage(view.viewport().size() * ratio, QImage.Format.Format_RGB32)
    target.setDevicePixelRatio(ratio)
    frames: list[float] = []
    computing: list[float] = []
    start, begun = time.perf_counter(), time.process_time()
    for _ in path:
        view.viewport().render(target)
        frames.append(1000 * (time.perf_counter() - start))
        computing.append(1000 * (time.process_time() - begun))
        start, begun = time.perf_counter(), time.process_time()
    median, high = np.percentile(frames, (50, 95))
    cpu = float(np.median(computing))
    print(f"{name:34}{len(frames):7}{median:11.1f}{high:8.1f}{max(frames):8.1f}{cpu:12.1f}")
    return float(median)


def select_all(document: Document, view: PhotoView) -> None:
    """Select every word."""
    document.select(document.page.words if document.page else ())
    view.redraw()


def one_item_each(view: PhotoView, page: Page) -> None:
    """Instead of our own items above the photo: Qt's own, one for each box."""
    view.document.select(())
    for item in view.scene().items():
        item.setVisible(isinstance(item, PhotoItem))
    ink = QPen(box_colours.LIGHT.selection, 1.0)
    ink.setCosmetic(True)
    for word in page.words.values():
        item = QGraphicsPolygonItem(QPolygonF([QPointF(x, y) for x, y in word.quad.corners]))
        item.setPen(ink)
        view.scene().addItem(item)
    view.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.viewport().repaint()


if __name__ == "__main__":
    main()
