"""Contact sheets of the window: panels and dialogs at several sizes, and the photo's share of the window in each.

    python tests/benchmarks/contact_sheet.py OUT [--data ../shared/data] [--sizes 1280x720 …] [--scales 100 200]
        [--themes light dark] [--languages en de] [--panels review board …]

For each size and scale, OUT gets a sheet, a row for each panel and a column for each theme and language, and the
pictures it is made of. Prints a line for each picture: the photo's share of the window's width and of its area, the
width of the panel, and what is wrong: a window or dialog larger than the screen, a panel out of sight, a panel that
has to be scrolled sideways. Screens are made up, so nothing needs a display.
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
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image, ImageDraw
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMainWindow, QMenu, QScrollArea, QWidget

from ocr_studio.core import resources, settings
from ocr_studio.ui.app import app as window_app
from ocr_studio.ui.document import commands
from ocr_studio.ui.help.hints import TOUR
from ocr_studio.ui.style import language as window_language
from ocr_studio.ui.training.controller import TrainingStage
from ocr_studio.ui.widgets.side_panel import SidePanel
from tests.benchmarks.main_thread import run_until
from tests.ui import all_dialogs
from tests.ui.studio import leave_dialogs

SIZES = ("1280x720", "1440x900", "1920x1080")
PANELS = (
    "start", "words", "text", "review", "find", "replace", "fix", "comparison", "board", "training", "evaluation",
    "recipe", "detector", "dialogs", "popups",
)  # fmt: skip
# These take minutes, so they are taken only if they are named.
SLOW = ("running", "result")
# Actions that show something over the window that is no dialog.
_POPUPS = ("palette", "looks", "characters", "help", "tour", "find", "edit_text")
# How many words are checked before the training panel is shown, and evaluated.
_CHECKED = 20
# Pixels that a picture is wide on the sheet; least pictures in a row.
_CELL, _ACROSS = 640, 3


def main() -> None:
    """Run one process for each size, scale, language and theme, then lay out the sheets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--scales", nargs="+", type=int, default=(100, 200))
    parser.add_argument("--themes", nargs="+", default=("light", "dark"))
    parser.add_argument("--languages", nargs="+", default=("en", "de"))
    parser.add_argument("--panels", nargs="+", choices=(*PANELS, *SLOW), default=PANELS)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)  # size, scale, language and theme of this process
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.one:
        size, scale, language, theme = options.one
        name = f"{size}-{scale}-{{panel}}-{theme}-{language}.png"
        _take(options.out / name, Path(os.environ["SHEET_PHOTOS"]), language, theme, options.panels)
        return
    with tempfile.TemporaryDirectory(prefix="ocr-studio-sheet-") as folder:
        read = Path(folder) / "read"
        photos = _photos(options.data, read / "photos")
        command = [sys.executable, "-m", "ocr_studio", "read", "--keep", str(photos)]
        environment = {**os.environ, "OCR_STUDIO_HOME": str(read / "home")}
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        for size in options.sizes:
            for scale in options.scales:
                for language in options.languages:
                    for theme in options.themes:
                        one = (size, str(scale), language, theme)
                        _run(one, Path(folder), ["--panels", *options.panels], options.out)
                _lay_out(options.out, f"{size}-{scale}", options.themes, options.languages)


def _run(one: tuple[str, str, str, str], folder: Path, arguments: Sequence[str], out: Path) -> None:
    """Take the pictures of one size, scale, language and theme in a process, on a copy of the photos that were read."""
    copy = folder / "-".join(one)
    shutil.copytree(folder / "read", copy)
    environment = {**os.environ, "OCR_STUDIO_HOME": str(copy / "home"), "SHEET_PHOTOS": str(copy / "photos")}
    environment |= _screen(one[0], int(one[1]), copy)
    command = [sys.executable, __file__, str(out), "--one", *one, *arguments]
    subprocess.run(command, env=environment, check=True)
    shutil.rmtree(copy)


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


def _take(out: Path, photos: Path, language: str, theme: str, panels: Sequence[str]) -> None:
    """Take the pictures. out: their path, with "{panel}" in place of its name."""
    app = QApplication(sys.argv[:1])
    window_language.use(app, language)
    window_app.use_theme(theme)
    studio = window_app.Studio(settings.Settings(language=language, theme=theme, hints_seen=(TOUR,)))
    window = studio.window
    studio.start([])
    _fill_screen(window)
    if "start" in panels:
        _settle(app, studio)
        _shoot(app, studio, _named(out, "start"), None)
    studio.opening.open_paths([min(photos.glob("*.jpg"))])
    _settle(app, studio, opens=True)
    for panel, (open_panel, dock) in _panels(app, studio).items():
        if panel in panels:
            open_panel()
            _shoot(app, studio, _named(out, panel), dock)
            if dock is not None:
                dock.close()
    if "popups" in panels:
        _shoot_popups(app, studio, out)
    if "dialogs" in panels:
        _shoot_dialogs(app, studio, out)
    window.close()
    studio.stop()
    window.deleteLater()


def _named(out: Path, panel: str) -> Path:
    return Path(str(out).format(panel=panel))


def _settle(app: QApplication, studio: window_app.Studio, *, opens: bool = False) -> None:
    run_until(app, lambda: (studio.document.page is not None or not opens) and not studio.busy, patience=120)


def _panels(app: QApplication, studio: window_app.Studio) -> dict[str, tuple[Callable[[], object], SidePanel | None]]:
    """How each panel is opened, by name."""
    window = studio.window
    act = window.action_set

    def correct() -> None:
        page = studio.document.page
        if page is not None:
            studio.document.select([studio.document.order()[0]])

    def fix() -> None:
        words = studio.document.page.words.values() if studio.document.page else ()
        texts = Counter(word.text for word in words if len(word.text) > 2)
        for text, _ in texts.most_common(5):
            word = next(word for word in words if word.text == text)
            readings = word.machine.alternatives[1:2] if word.machine else ()
            for reading in readings:
                commands.write_here(studio.document, word.id, reading.text)
                run_until(app, lambda: window.fixes.has_offer, patience=5)
            if window.fixes.has_offer:
                break
        window.fixes.begin()

    def compare() -> None:
        window.comparison.begin()
        window.comparison.start(window.comparison.models.currentData())

    return {
        "words": (correct, None),
        "text": (window.texts.panel.open, window.texts.panel),
        "review": (act["review"].trigger, window.review),
        "find": (lambda: window.find_panel.begin("a", replacing=False), window.find_panel),
        "replace": (lambda: window.find_panel.begin("a", replacing=True), window.find_panel),
        "fix": (fix, window.fixes),
        "comparison": (compare, window.comparison),
        "board": (window.board.open, window.board),
        **{name: (open_page, window.trainer) for name, open_page in _training_pages(app, studio).items()},
        "evaluation": (act["evaluate"].trigger, window.evaluation),
    }


def _training_pages(app: QApplication, studio: window_app.Studio) -> dict[str, Callable[[], object]]:
    """How each page of the training panel is opened, by name."""
    trainer, act = studio.window.trainer, studio.window.action_set

    def train() -> None:
        studio.document.select(studio.document.order()[:_CHECKED])
        commands.accept_here(studio.document)
        act["learn"].trigger()

    def advanced() -> None:
        act["learn"].trigger()
        trainer.preflight.column.advanced.click()

    def detector() -> None:
        act["learn"].trigger()
        trainer.tabs.setCurrentIndex(1)

    def begin_training(seconds: float) -> None:
        act["learn"].trigger()
        trainer.tabs.setCurrentIndex(0)
        _settle(app, studio)
        trainer.preflight.column.begin.click()
        run_until(app, lambda: studio.training.stage is TrainingStage.DECIDING, patience=seconds)

    return {
        "training": train,
        "recipe": advanced,
        "detector": detector,
        "running": lambda: begin_training(seconds=15),
        "result": lambda: begin_training(seconds=600),
    }


def _fill_screen(window: QMainWindow) -> None:
    room = window.screen().availableGeometry()
    window.setGeometry(room)


def _shoot(app: QApplication, studio: window_app.Studio, file: Path, dock: SidePanel | None) -> None:
    window = studio.window
    begun = time.perf_counter()
    # Also what comes a moment later: pictures, the card, wider columns.
    run_until(app, lambda: (studio.training.busy or not studio.busy) and time.perf_counter() - begun > 0.8, patience=60)
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


def _shoot_dialogs(app: QApplication, studio: window_app.Studio, out: Path) -> None:
    """Take each dialog, on each of its tabs."""
    studio.document.select([studio.document.order()[0]])
    seen = Counter[str]()
    for dialog in all_dialogs.each(studio):
        kind = type(dialog).__name__
        seen[kind] += 1
        number = str(seen[kind]) if seen[kind] > 1 else ""
        _shoot_window(app, studio, dialog, _named(out, f"{kind}{number}"))


def _shoot_popups(app: QApplication, studio: window_app.Studio, out: Path) -> None:
    """Take the menus, and what else is shown over the window, within it or in a window of its own."""
    studio.document.select([studio.document.order()[0]])
    for action in studio.window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        menu.popup(studio.window.mapToGlobal(QPoint(40, 60)))
        _shoot_window(app, studio, menu, _named(out, f"menu_{menu.title().replace('&', '')}"))
        menu.close()
    for action_id in _POPUPS:
        studio.window.action_set[action_id].trigger()
        _settle(app, studio)
        for number, window in enumerate(_windows(studio.window)):
            _shoot_window(app, studio, window, _named(out, f"popup_{action_id}{number or ''}"))
        for window in _windows(studio.window):
            if window is not studio.window:
                window.close()
        studio.window.action_set["close_hint"].trigger()
        if action_id == "palette":
            studio.window.action_set[action_id].trigger()
        leave_dialogs()


def _windows(main: QWidget) -> Iterator[QWidget]:
    """What is in sight, without the main window where there is something else."""
    found = [
        each
        for each in QApplication.topLevelWidgets()
        if each.isVisible() and each is not main and not isinstance(each, QFileDialog)
    ]
    yield from found or [main]


def _shoot_window(app: QApplication, studio: window_app.Studio, window: QWidget, file: Path) -> None:
    begun = time.perf_counter()
    # No longer: a preview may be drawn again and again.
    run_until(app, lambda: time.perf_counter() - begun > (0.8 if studio.busy else 0.3), patience=5)
    window.grab().save(str(file))
    screen, frame = studio.window.screen().availableGeometry(), window.frameGeometry()
    wrong = ""
    if isinstance(window, QDialog) and (frame.width() > screen.width() or frame.height() > screen.height()):
        wrong = f"LARGER THAN THE SCREEN {screen.width()}x{screen.height()}"
    print(f"{file.stem:60s} {frame.width()}x{frame.height()} {wrong}", flush=True)


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
