"""Contact sheets of the window: every panel at several sizes, and the photo's share of the window in each.

    python tests/benchmarks/contact_sheet.py OUT [--data ../shared/data] [--sizes 1280x720 …] [--scales 100 200]
        [--themes light dark] [--languages en de] [--panels review board …]

For each size and scale, OUT gets a sheet, a row for each panel and a column for each theme and language, and the
pictures it is made of. Prints a line for each picture: the photo's share of the window's width and of its area, the
width of the panel, and what is wrong: a window larger than the screen, a panel out of sight, a panel that has to be
scrolled sideways. Screens are made up, so nothing needs a display.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image, ImageDraw
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QWidget

from ocr_studio.core import resources, settings
from ocr_studio.ui.app import app as window_app
from ocr_studio.ui.style import language as window_language
from ocr_studio.ui.widgets.side_panel import SidePanel
from tests.benchmarks.main_thread import run_until

SIZES = ("1280x720", "1440x900", "1920x1080")
PANELS = ("start", "words", "text", "review", "find", "replace", "fix", "comparison", "board", "training", "evaluation")
# Pixels that a picture is wide on the sheet; least pictures in a row.
_CELL, _ACROSS = 640, 3


def main() -> None:
    """Run one process for each size, scale and language, then lay out the sheets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--scales", nargs="+", type=int, default=(100, 200))
    parser.add_argument("--themes", nargs="+", default=("light", "dark"))
    parser.add_argument("--languages", nargs="+", default=("en", "de"))
    parser.add_argument("--panels", nargs="+", choices=PANELS, default=PANELS)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)  # size, scale and language of this process
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.one:
        size, scale, language = options.one
        _take(options.out, Path(os.environ["SHEET_PHOTOS"]), size, int(scale), language, options.themes, options.panels)
        return
    with tempfile.TemporaryDirectory(prefix="ocr-studio-sheet-") as home:
        photos = _photos(options.data, Path(home) / "photos")
        environment = {**os.environ, "OCR_STUDIO_HOME": f"{home}/home", "SHEET_PHOTOS": str(photos)}
        read = [sys.executable, "-m", "ocr_studio", "read", "--keep", str(photos)]
        subprocess.run(read, env=environment, check=True, stdout=subprocess.DEVNULL)
        for size in options.sizes:
            for scale in options.scales:
                for language in options.languages:
                    one = ["--one", size, str(scale), language, "--themes", *options.themes]
                    made = {**environment, **_screen(size, scale, Path(home))}
                    command = [sys.executable, __file__, str(options.out), *one, "--panels", *options.panels]
                    subprocess.run(command, env=made, check=True)
                _lay_out(options.out, f"{size}-{scale}", options.themes, options.languages)


def _photos(data: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    found = sorted((data / "boards" / "images").glob("*.jpg"))[:3] or [resources.sample_photo()]
    for photo in found:
        shutil.copy(photo, folder)
    return folder


def _screen(size: str, scale: int, home: Path) -> dict[str, str]:
    """The environment of a process with a screen of this size."""
    width, height = map(int, size.split("x"))
    screen = {"name": "one", "x": 0, "y": 0, "width": width, "height": height, "dpr": 1, "logicalDpi": 96,
              "logicalBaseDpi": 96}  # fmt: skip
    config = home / "screen.json"
    config.write_text(json.dumps({"synchronousWindowSystemEvents": True, "screens": [screen]}))
    return {"QT_QPA_PLATFORM": f"offscreen:configfile={config}", "QT_SCALE_FACTOR": str(scale / 100)}


def _take(
    out: Path, photos: Path, size: str, scale: int, language: str, themes: Sequence[str], panels: Sequence[str]
) -> None:
    app = QApplication(sys.argv[:1])
    window_language.use(app, language)
    for theme in themes:
        window_app.use_theme(theme)
        studio = window_app.Studio(settings.Settings(language=language), saves_state=False)
        window = studio.window
        studio.start([])
        _fill_screen(window)
        name = f"{size}-{scale}-{{panel}}-{theme}-{language}.png"
        if "start" in panels:
            _settle(app, studio)
            _shoot(app, studio, out / name.format(panel="start"), None)
        studio.opening.open_paths([min(photos.glob("*.jpg"))])
        _settle(app, studio, opens=True)
        for panel, (open_panel, dock) in _panels(studio).items():
            if panel in panels:
                open_panel()
                _shoot(app, studio, out / name.format(panel=panel), dock)
                if dock is not None:
                    dock.close()
        window.close()
        studio.stop()
        window.deleteLater()


def _settle(app: QApplication, studio: window_app.Studio, *, opens: bool = False) -> None:
    run_until(app, lambda: (studio.document.page is not None or not opens) and not studio.busy, patience=120)


def _panels(studio: window_app.Studio) -> dict[str, tuple[Callable[[], object], SidePanel | None]]:
    """How each panel is opened, by name."""
    window = studio.window
    act = window.action_set

    def correct() -> None:
        page = studio.document.page
        if page is not None:
            studio.document.select([studio.document.order()[0]])

    return {
        "words": (correct, None),
        "text": (window.texts.panel.open, window.texts.panel),
        "review": (act["review"].trigger, window.review),
        "find": (lambda: window.find_panel.begin("a", replacing=False), window.find_panel),
        "replace": (lambda: window.find_panel.begin("a", replacing=True), window.find_panel),
        "fix": (window.fixes.open, window.fixes),
        "comparison": (window.comparison.begin, window.comparison),
        "board": (window.board.open, window.board),
        "training": (window.trainer.open, window.trainer),
        "evaluation": (window.evaluation.open, window.evaluation),
    }


def _fill_screen(window: QMainWindow) -> None:
    room = window.screen().availableGeometry()
    window.setGeometry(room)


def _shoot(app: QApplication, studio: window_app.Studio, file: Path, dock: SidePanel | None) -> None:
    window = studio.window
    begun = time.perf_counter()
    # Also what comes a moment later: pictures, the card, wider columns.
    run_until(app, lambda: not studio.busy and time.perf_counter() - begun > 0.8, patience=60)
    window.grab().save(str(file))
    view, screen = window.view, window.screen().availableGeometry()
    width, area = view.width() / window.width(), view.width() * view.height() / (window.width() * window.height())
    wrong = []
    if window.width() > screen.width() or window.height() > screen.height():
        wrong.append(f"LARGER THAN THE SCREEN {window.width()}x{window.height()} > {screen.width()}x{screen.height()}")
    if dock is not None and dock.visibleRegion().isEmpty():
        wrong.append("OUT OF SIGHT")
    if dock is not None and (field := _main_part(studio, dock)) is not None and not _in_sight(field):
        wrong.append("ITS FIELD IS OUT OF SIGHT")
    if dock is not None:
        room = dock.widget()
        if isinstance(room, QScrollArea) and room.horizontalScrollBar().isVisible():
            wrong.append("SCROLLED SIDEWAYS")
    shown = f"photo {width:4.0%} of the width {area:4.0%} of the area" if view.isVisible() else "no photo"
    if view.isVisible() and width < 0.4:
        wrong.append("PHOTO TOO SMALL")
    panel = f"panel {dock.width()}x{dock.height()}" if dock is not None else ""
    print(f"{file.stem:44s} {shown}  {panel:16s} {'; '.join(wrong)}", flush=True)


def _main_part(studio: window_app.Studio, dock: SidePanel) -> QWidget | None:
    window = studio.window
    return {window.review: window.review.line, window.find_panel: window.find_panel.line}.get(dock)


def _in_sight(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect().height() >= 0.9 * widget.height()


def _lay_out(out: Path, name: str, themes: Sequence[str], languages: Sequence[str]) -> None:
    """Make the sheet of a size and scale."""
    columns = [f"{theme}-{language}" for theme in themes for language in languages]
    found = [[out / f"{name}-{panel}-{column}.png" for column in columns] for panel in _found(out, name)]
    files = [file for row in found for file in row if file.exists()]
    across = max(len(columns), _ACROSS)
    high = round(_CELL * max(map(_measure_height, files))) + 22
    sheet = Image.new("RGB", (across * (_CELL + 8), -(-len(files) // across) * high), "#808080")
    draw = ImageDraw.Draw(sheet)
    for at, file in enumerate(files):
        left, top = at % across * (_CELL + 8), at // across * high
        draw.text((left + 4, top + 4), file.stem, fill="white")
        with Image.open(file) as opened:
            picture = opened.convert("RGB")
        picture.thumbnail((_CELL, high))
        sheet.paste(picture, (left, top + 18))
    sheet.save(out / f"sheet-{name}.png")


def _measure_height(file: Path) -> float:
    """Return the height of a picture by its width."""
    with Image.open(file) as picture:
        return picture.height / picture.width


def _found(out: Path, name: str) -> list[str]:
    """The panels there are pictures of, in the order in which they were taken."""
    found = sorted(out.glob(f"{name}-*.png"), key=lambda file: file.stat().st_mtime)
    return list(dict.fromkeys(file.stem.removeprefix(f"{name}-").rsplit("-", 2)[0] for file in found))


if __name__ == "__main__":
    main()
