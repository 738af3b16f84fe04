"""A real browser with a phone's profile sends photos through the QR code of the window, which reads them.

    tests/peers/setup.sh PEERS        (and Debian's package chromium)
    python -m tests.peers.check_phone PEERS [--out DIR] [--theme dark]

The window shows its code, which is scanned from a picture of the dialog; Chromium opens the page, sends three photos
and waits until they are read. Then the same code is tried by a second phone, a wrong one by a third, and the first one
waits until its time is over. A table is printed; DIR gets pictures of the dialog and of the phone. It listens on
127.0.0.1 alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication, QDialog

from ocr_studio.core import logs
from ocr_studio.core.images import photo_file
from ocr_studio.core.settings import Settings
from ocr_studio.server.phone.page import MOST_BYTES
from ocr_studio.ui.app.app import Studio, use_theme
from ocr_studio.ui.help.hints import TOUR
from ocr_studio.ui.sharing import addresses
from ocr_studio.ui.sharing.addresses import LocalAddress
from ocr_studio.ui.widgets import image_convert

LINES = (("Load balancer", "Queue"), ("Sprint review", "Monday"), ("Cache", "Database"))
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
PATIENCE = 120.0  # seconds
BROWSER = """
import json, sys
from playwright.sync_api import sync_playwright
address, out, photos, large, flags = json.loads(sys.argv[1])
answer = {"outside": [], "errors": []}
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
    phone = {**playwright.devices["Pixel 7"], "viewport": {"width": 390, "height": 844}}
    def open_page(address):
        page = browser.new_context(**phone).new_page()
        page.on("request", lambda r: r.url.startswith((base, "blob:")) or answer["outside"].append(r.url))
        page.on("pageerror", lambda error: answer["errors"].append(str(error)))
        page.goto(address)
        return page
    base = address.partition("#")[0]
    first = open_page(address)
    first.wait_for_selector("#take:visible")
    answer["address shown"] = first.url
    first.screenshot(path=f"{out}/phone-1-connected.png")
    with first.expect_file_chooser() as chooser:
        first.click("#take")
    chooser.value.set_files(photos[0])
    with first.expect_file_chooser() as chooser:
        first.click("#choose")
    chooser.value.set_files(photos[1:])
    first.wait_for_selector("li.read >> nth=2", timeout=100000)
    first.screenshot(path=f"{out}/phone-2-read.png")
    answer["texts"] = first.eval_on_selector_all("li pre", "all => all.map(each => each.textContent)")
    answer["too wide"] = first.evaluate("document.documentElement.scrollWidth > innerWidth")
    answer["too large"] = []
    for limit in ("limits.bytes", "Infinity"):
        first.evaluate(f"limits.bytes = {limit}")  # that of the page, then only that of the computer
        with first.expect_file_chooser() as chooser:
            first.click("#choose")
        chooser.value.set_files(large)
        first.wait_for_selector("li.failed >> nth=" + str(len(answer["too large"])))
        answer["too large"].append(first.inner_text("li.failed >> nth=0"))
    first.screenshot(path=f"{out}/phone-3-too-large.png")
    first.reload()
    first.wait_for_selector("li.read >> nth=2")
    answer["after reloading"] = first.is_visible("#take")
    for name, at in (("second use", address), ("wrong code", base + "#AAAAAAAAAAAAAAAAAAAAAA"), ("no code", base)):
        page = open_page(at)
        page.wait_for_selector("#message:visible")
        answer[name] = page.inner_text("#message")
        assert not page.is_visible("#take")
        page.screenshot(path=f"{out}/phone-3-{name.replace(' ', '-')}.png")
    print("expire", flush=True)
    first.wait_for_selector("#take", state="hidden", timeout=30000)
    answer["expired"] = first.inner_text("#message")
    first.screenshot(path=f"{out}/phone-4-expired.png")
    browser.close()
print(json.dumps(answer))
"""


def main() -> int:
    """Run the check. Returns the exit status."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, logs.libraries_silenced():
        place = Path(temporary)
        os.environ["OCR_STUDIO_HOME"] = str(place / "home")
        photos = _write_photos(place)
        return _check(options, place, photos)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", type=Path, metavar="PEERS", help="folder made by setup.sh")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "check_phone", metavar="DIR")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    return parser.parse_args()


def _write_photos(place: Path) -> list[Path]:
    """Draw the photos that are sent, and the one that is open."""
    found = []
    for number, lines in enumerate((("Open",), *LINES)):
        picture = np.full((700, 1200, 3), 240, np.uint8)
        for row, line in enumerate(lines):
            cv2.putText(picture, line, (80, 220 + 220 * row), cv2.FONT_HERSHEY_SIMPLEX, 4, (40, 40, 60), 8, cv2.LINE_AA)
        path = place / ("sent" if number else "boards") / f"photo {number}.png"
        path.parent.mkdir(exist_ok=True)
        photo_file.save_png(path, picture)
        found.append(path)
    return found


def _check(options: argparse.Namespace, place: Path, photos: list[Path]) -> int:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    addresses.list_addresses = lambda: [LocalAddress("127.0.0.1", "Wi-Fi (127.0.0.1)")]
    use_theme(options.theme)
    studio = Studio(Settings(hints_seen=(TOUR,)), theme=options.theme)
    studio.start([photos[0]])
    try:
        _wait(app, lambda: studio.document.page is not None and not studio.busy)
        studio.window.action_set["add_from_phone"].trigger()
        dialog, session = studio.window.phone.dialog, studio.window.phone.session
        assert dialog is not None
        assert session is not None
        app.processEvents()
        address = _scan(dialog, options.out / f"dialog-1-code-{options.theme}.png")
        answer = _browse(app, options, address, photos[1:], lambda: setattr(session, "_ends", session._clock() + 4))
        dialog.grab().save(str(options.out / f"dialog-2-over-{options.theme}.png"))
        _wait(app, lambda: not studio.busy)
        studio.window.grab().save(str(options.out / f"window-{options.theme}.png"))
        saved = sorted(path for path in (place / "boards").iterdir() if path.name.startswith("Phone "))
        listed = set(saved) <= set(studio.opening.photos)
    finally:
        studio.window.close()
        studio.stop()
    same = {path.read_bytes() for path in saved} == {path.read_bytes() for path in photos[1:]}
    return _judge(answer, saved=len(saved), same=same, listed=listed, address=address)


def _scan(dialog: QDialog, picture: Path) -> str:
    """Scan the code from a picture of the dialog."""
    shown = dialog.grab()
    shown.save(str(picture))
    return cv2.QRCodeDetector().detectAndDecode(image_convert.array(shown.toImage()))[0]


def _browse(
    app: QApplication, options: argparse.Namespace, address: str, photos: list[Path], expire: object
) -> dict[str, object]:
    """Run the browser while the window goes on. Returns what it saw."""
    large = photos[0].with_name("large.jpg")
    with large.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    told = json.dumps([address, str(options.out), [str(photo) for photo in photos], str(large), list(FLAGS)])
    python = options.peers / "browser" / "bin" / "python"
    with tempfile.TemporaryFile("w+") as said, (options.out / "browser.txt").open("w") as wrong:
        with subprocess.Popen([python, "-c", BROWSER, told], stdout=said, stderr=wrong) as browser:
            expired = False

            def ended() -> bool:
                nonlocal expired
                said.seek(0)
                if not expired and "expire" in said.read():
                    expired = True
                    assert callable(expire)
                    expire()
                return browser.poll() is not None

            _wait(app, ended)
        said.seek(0)
        lines = said.read().splitlines()
    if browser.returncode or not lines:
        raise SystemExit(f"the browser failed, see {options.out / 'browser.txt'}")
    answer = json.loads(lines[-1])
    assert isinstance(answer, dict)
    return answer


def _judge(answer: dict[str, object], *, saved: int, same: bool, listed: bool, address: str) -> int:
    texts = answer["texts"]
    assert isinstance(texts, list)
    read = " ".join(texts).casefold()
    facts = {
        "code scanned from the dialog": address.startswith("http://127.0.0.1:"),
        "three photos saved, byte for byte": saved == 3 and same,
        "in the list of the window": listed,
        "texts told to the phone": all(word.casefold() in read for lines in LINES for word in lines[0].split()),
        "token not left in the phone's address": "#" not in str(answer["address shown"]),
        "nothing asked from outside": not answer["outside"],
        "no error in the page": not answer["errors"],
        "too large for the page, and for the computer": str(answer["too large"]).count("larger than 64 MB") == 2,
        "fits 390 pixels": not answer["too wide"],
        "still connected after reloading": bool(answer["after reloading"]),
        "second use refused": "another phone" in str(answer["second use"]).casefold(),
        "wrong code refused": "not the code" in str(answer["wrong code"]),
        "no code refused": "Scan the code" in str(answer["no code"]),
        "expired code refused": any(said in str(answer["expired"]) for said in ("expired", "Time is up")),
    }
    for what, holds in facts.items():
        print(f"{'ok ' if holds else 'NOT'} {what}")
    print(json.dumps(answer, ensure_ascii=False, indent=1), file=sys.stderr)
    return 0 if all(facts.values()) else 1


def _wait(app: QApplication, until: object) -> None:
    assert callable(until)
    end = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > end:
            raise SystemExit("waited in vain")
        app.processEvents()
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
