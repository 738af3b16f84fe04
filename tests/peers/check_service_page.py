"""A real browser uses the page of the service: drop, paste, pick, the keyboard alone, and a phone 390 pixels wide.

    tests/peers/setup.sh PEERS        (and Debian's package chromium)
    python -m tests.peers.check_service_page PEERS [--out DIR]

Starts ``ocr-studio serve`` with a token on 127.0.0.1. Photos get onto the page in all three ways; a word is corrected
with keys alone, and the correction has to be in the text, the JSON and the PAGE file that are downloaded. A table is
printed; DIR gets pictures of the page in light and dark, at a desk and on a phone. Exit status 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf
from PIL import Image

from ocr_studio.core.images import photo_file
from tests.server.assistants.shared_photos import write

REPOSITORY = Path(__file__).parents[2]
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
BROWSER = """
import base64, json, sys
from playwright.sync_api import sync_playwright
address, out, photo, scan, torn, flags = json.loads(sys.argv[1])
base = address.partition("#")[0]
data = base64.b64encode(open(photo, "rb").read()).decode()
answer = {"outside": [], "errors": []}
DROP = '''([data, kind]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), moved = new DataTransfer();
  moved.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
  const event = kind === "drop" ? new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: moved, bubbles: true, cancelable: true });
  document.querySelector("main").dispatchEvent(event);
}'''
TEXTS = "all => all.map(each => each.value)"
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
    def open_page(address, **options):
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(120000)
        page.on("request", lambda r: r.url.startswith((base, "blob:" + base)) or answer["outside"].append(r.url))
        page.on("pageerror", lambda error: answer["errors"].append(str(error)))
        page.on("console", lambda m: m.type == "error" and answer["errors"].append(m.text))
        page.goto(address)
        return page
    def download(page, form):
        page.select_option("#format", form)
        with page.expect_download() as loaded:
            page.click("#download")
        path = f"{out}/{loaded.value.suggested_filename}"
        loaded.value.save_as(path)
        return path
    desk = {"viewport": {"width": 1280, "height": 860}}
    page = open_page(address, **desk)
    page.wait_for_selector("#start:visible")
    answer["address shown"] = page.url
    page.screenshot(path=f"{out}/desk-1-start.png")
    for kind in ("drop", "paste"):
        page.evaluate(DROP, [data, kind])
        page.wait_for_selector("#result:visible")
        answer[kind] = page.eval_on_selector_all("#lines input", TEXTS)
        page.click("#remove")
        page.wait_for_selector("#start:visible")
    with page.expect_file_chooser() as chooser:
        page.click("#start [data-pick=files]")
    chooser.value.set_files([photo, scan])
    page.wait_for_selector("#photos li:nth-child(3) .read")
    page.wait_for_selector("#result:visible")
    answer["pick"] = page.eval_on_selector_all("#photos .name", "all => all.map(each => each.textContent)")
    page.screenshot(path=f"{out}/desk-2-read.png")
    page.click("#photos li:nth-child(3) button")
    while not page.evaluate("document.getElementById('picture').naturalWidth"):  # the policy forbids to wait there
        page.wait_for_timeout(100)
    answer["page of a scan"] = page.eval_on_selector_all("#lines input", TEXTS)
    page.screenshot(path=f"{out}/desk-3-scan.png")
    damaged = open_page(address, **desk)
    with damaged.expect_file_chooser() as chooser:
        damaged.click("#start [data-pick=files]")
    chooser.value.set_files(torn)
    damaged.wait_for_selector("#photos li:nth-child(2) .read")
    answer["pages of a damaged scan"] = damaged.eval_on_selector_all(
        "#photos .name", "all => all.map(each => each.textContent)")
    damaged.click("#photos li:nth-child(2) button")
    while not damaged.evaluate("document.getElementById('picture').naturalWidth"):
        damaged.wait_for_timeout(100)
    answer["its last page"] = damaged.eval_on_selector_all("#lines input", TEXTS)
    answer["its warning"] = damaged.inner_text("#said")
    damaged.screenshot(path=f"{out}/desk-5-damaged.png")
    damaged.context.close()  # with several windows open, keys don't always reach the next one
    # The keyboard alone, from the first key on.
    keys = open_page(address, **desk, color_scheme="dark")
    keys.wait_for_selector("#start:visible")
    keys.keyboard.press("Tab")
    answer["first key"] = keys.evaluate("document.activeElement.dataset.pick")
    with keys.expect_file_chooser() as chooser:
        keys.keyboard.press("Enter")
    chooser.value.set_files(photo)
    keys.wait_for_selector("#result:visible")
    for _ in range(20):
        if keys.evaluate("document.activeElement.matches('#lines input')"):
            break
        keys.keyboard.press("Tab")
    keys.keyboard.press("Enter")
    keys.keyboard.press("Shift+Enter")
    keys.keyboard.press("Control+a")
    keys.keyboard.type("Queued")
    keys.screenshot(path=f"{out}/desk-4-keys-dark.png")
    keys.keyboard.press("Enter")
    keys.keyboard.type("x")
    keys.keyboard.press("Escape")
    answer["keys"] = keys.eval_on_selector_all("#lines input", TEXTS)
    answer["label"] = keys.evaluate("document.activeElement.getAttribute('aria-label')")
    answer["status"] = keys.inner_text("#status")
    for form in ("text", "json", "page", "pdf"):
        answer[form] = download(keys, form)
    # A phone.
    phone = {**playwright.devices["Pixel 7"], "viewport": {"width": 390, "height": 844}}
    page = open_page(address, **phone)
    page.wait_for_selector("#start .take:visible")
    page.screenshot(path=f"{out}/phone-1-start.png")
    with page.expect_file_chooser() as chooser:
        page.tap("#start .take")
    chooser.value.set_files(photo)
    page.wait_for_selector("#result:visible")
    page.tap("#lines input")
    page.screenshot(path=f"{out}/phone-2-word.png")
    answer["too wide"] = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    answer["small"] = page.evaluate('''[...document.querySelectorAll("button, input, select")].filter(
      (each) => each.checkVisibility() && each.getBoundingClientRect().height < 43).map((each) => each.id)''')
    page = open_page(base, **phone)
    page.set_input_files("#files", photo)
    page.wait_for_selector("#token-form:visible")
    page.fill("#token", address.partition("#")[2])
    page.keyboard.press("Enter")
    page.wait_for_selector("#result:visible")
    answer["token typed"] = page.is_hidden("#token-form")
    browser.close()
print(json.dumps(answer))
"""


def main() -> int:
    """Run the story. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("peers", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        out = options.out or Path(place)
        out.mkdir(parents=True, exist_ok=True)
        photo, scan = Path(place) / "board.png", Path(place) / "scan.tif"
        photo_file.save_png(photo, write("Queue", "Load balancer"))
        pages = [Image.fromarray(write(line)) for line in ("Monday", "Cache")]
        pages[0].save(scan, save_all=True, append_images=pages[1:])
        torn = Path(place) / "torn.pdf"
        pages[0].save(made := io.BytesIO(), "PDF", save_all=True, append_images=[pages[0], pages[1]])
        with pikepdf.open(made) as pdf:
            pdf.pages[1].obj.Type = pikepdf.Name.NoPage
            pdf.save(torn)
        return int(not report(ask(options.peers, out, photo, scan, torn)))


def ask(peers: Path, out: Path, photo: Path, scan: Path, torn: Path) -> dict[str, object]:
    """Let the browser use a service.

    Args:
        peers: The folder with the browser's environment.
        out: Where screenshots and downloads go.
        photo: A photo.
        scan: A file with two pages.
        torn: A file with three pages, the second one lost.

    Returns:
        What the browser saw.
    """
    command = [sys.executable, "-m", "ocr_studio", "serve", "--port", "0", "--token"]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "OCR_STUDIO_HOME": home}
        service = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert service.stdout is not None
            found = re.search(r"http://\S+", service.stdout.readline())
            assert found is not None
            sent = json.dumps([found[0], str(out), str(photo), str(scan), str(torn), FLAGS])
            python = peers / "browser" / "bin" / "python"
            done = subprocess.run([str(python), "-c", BROWSER, sent], stdout=subprocess.PIPE, text=True, check=True)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(60)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def report(seen: dict[str, object]) -> bool:
    """Print the table. Returns whether everything is as it has to be."""
    words, torn = ["Queue", "Load", "balancer"], seen["pages of a damaged scan"]
    corrected = ["Queued", "Load", "balancer"]
    loaded = {form: Path(str(seen[form])).read_bytes() for form in ("text", "json", "page", "pdf")}
    (json_words,) = [[word["text"] for word in json.loads(loaded["json"])["words"]]]
    rows = [
        ("nothing from elsewhere is loaded", seen["outside"], seen["outside"] == []),
        ("errors of the page", seen["errors"], all("401" in each for each in seen["errors"])),  # type: ignore[attr-defined]
        ("the token is not in the address bar", seen["address shown"], "#" not in str(seen["address shown"])),
        ("drop", seen["drop"], seen["drop"] == words),
        ("paste", seen["paste"], seen["paste"] == words),
        ("pick", seen["pick"], seen["pick"] == ["board.png", "scan #1.tif", "scan #2.tif"]),
        ("a page of a scan, with its picture", seen["page of a scan"], seen["page of a scan"] == ["Cache"]),
        ("pages of a damaged scan", torn, torn == ["torn #1.pdf", "torn #3.pdf"]),
        ("its last page, with its picture", seen["its last page"], seen["its last page"] == ["Cache"]),
        ("its warning", seen["its warning"], "page 2 of 3 is lost" in str(seen["its warning"])),
        ("the first key leads to", seen["first key"], seen["first key"] == "files"),
        ("corrected with keys alone", seen["keys"], seen["keys"] == corrected),
        ("label of a word", seen["label"], seen["label"] == "Word 2 of 3"),
        ("said by the live region", seen["status"], "Words: 3" in str(seen["status"])),
        ("plain text", loaded["text"], loaded["text"] == b"Queued\nLoad balancer\n"),
        ("JSON", json_words, json_words == corrected),
        ("PAGE has the correction", b"Queued" in loaded["page"], b"Queued" in loaded["page"]),
        ("PDF", f"{len(loaded['pdf'])} bytes", loaded["pdf"].startswith(b"%PDF")),
        ("390 pixels wide: scrolls sideways", seen["too wide"], seen["too wide"] is False),
        ("390 pixels wide: targets below 43 pixels", seen["small"], seen["small"] == []),
        ("a token that is typed is taken", seen["token typed"], seen["token typed"] is True),
    ]
    for what, found, good in rows:
        print(f"{'ok' if good else 'WRONG':6} {what:45} {found}")
    return all(good for _, _, good in rows)


if __name__ == "__main__":
    sys.exit(main())
