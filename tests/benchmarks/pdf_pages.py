"""Reading a PDF of many unlike pages by the command line: time, memory, and what it says.

    python -m tests.benchmarks.pdf_pages [--pages 300] [--most-mib 1200]

The pages are typeset or scanned, with and without text of their own, A4, A5 and banners, turned, cropped, and one of
14,400 points. The same file is read with a password, with a broken table of objects, with a lost page, stopped by
Ctrl+C and resumed. Memory is the peak of all processes together, in MiB (resident, so shared memory counts for each).
Every line on standard error must be one for the user. Exit status 1 if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import io
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core.images import page_paths
from ocr_studio.core.project.project import Project
from tests.benchmarks import machine

PASSWORD: Final = "päss wörd"
FONT_SIZE: Final = 36
LONGEST: Final = 14_400  # points
TEXT: Final = ("Enqueue the next job", "retry after 30 seconds", "see the log of worker 7", "then close the queue")


def draw_scan(number: int, width: int, height: int) -> bytes:
    """Draw a scan with some lines of text, as JPEG."""
    noise = np.random.default_rng(number).integers(225, 256, (height, width, 1), np.uint8)
    image = Image.fromarray(np.repeat(noise, 3, axis=2))
    font = ImageFont.load_default(FONT_SIZE)
    for row, text in enumerate((f"Page {number}", *TEXT)):
        ImageDraw.Draw(image).text((width // 10, height // 5 + 2 * FONT_SIZE * row), text, "black", font)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


@dataclass
class Book:
    """A PDF that grows by pages of all kinds."""

    pdf: pikepdf.Pdf = field(default_factory=pikepdf.new)

    def __post_init__(self) -> None:
        self.font = self.pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        )

    def add(self, number: int) -> None:
        """Add a page; its number decides of which kind it is."""
        kind = number % 10
        width, height = {3: (420, 595), 4: (842, 595), 5: (1200, 300)}.get(kind, (595, 842))
        if number == 7:
            width = height = LONGEST
        more: dict[str, object] = {}
        if kind in {2, 6, 8}:
            more["Rotate"] = {2: 90, 6: 180, 8: 270}[kind]
        if kind in {1, 8}:
            more["CropBox"] = Array([20, 30, width - 20, height - 30])
        typeset, layer, stamp = kind in {1, 5, 7}, kind in {0, 2}, kind == 9
        content, resources = b"", Dictionary(Font=Dictionary(F=self.font))
        if not typeset:
            pixels = (round(width * 150 / 72), round(height * 150 / 72))
            picture = self.pdf.make_stream(
                draw_scan(number, *pixels), Type=Name.XObject, Subtype=Name.Image, Width=pixels[0], Height=pixels[1],
                ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
            )  # fmt: skip
            resources.XObject = Dictionary(I=picture)
            content += f"q {width} 0 0 {height} 0 0 cm /I Do Q\n".encode()
        if typeset or layer:
            content += self._typeset(height, (f"Page {number}", *TEXT), mode=3 if layer else 0)
        if stamp:
            content += f"BT /F 8 Tf 20 10 Td ({number}) Tj ET\n".encode()
        sheet = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, width, height]),
            Resources=resources,
            Contents=self.pdf.make_stream(content),
        )
        for key, value in more.items():
            sheet[f"/{key}"] = value
        self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(sheet)))

    def _typeset(self, height: float, lines: Sequence[str], *, mode: int) -> bytes:
        begin = f"BT {mode} Tr /F 17 Tf 60 {0.8 * height - 17:.1f} Td 35 TL\n"
        return (begin + "".join(f"({line}) Tj T*\n" for line in lines) + "ET\n").encode()


def write_files(folder: Path, pages: int) -> dict[str, Path]:
    """Write the PDF and its spoiled copies, each in a folder of its own."""
    files = {name: folder / name / "scan.pdf" for name in ("whole", "locked", "broken", "lost", "stopped")}
    for path in files.values():
        path.parent.mkdir()
    book = Book()
    for number in range(1, pages + 1):
        book.add(number)
    for name in ("whole", "stopped"):
        book.pdf.save(files[name])
    book.pdf.save(files["locked"], encryption=pikepdf.Encryption(owner="owner", user=PASSWORD))
    data = files["whole"].read_bytes()
    files["broken"].write_bytes(data[: data.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n")
    with pikepdf.open(files["whole"]) as lost:
        lost.pages[pages // 2].obj.Type = Name.NoPage
        lost.save(files["lost"])
    (folder / "passwords").write_text(PASSWORD + "\n", encoding="utf-8")
    return files


@dataclass
class Run:
    """What became of a command. peak: MiB of all its processes."""

    status: int
    seconds: float
    peak: float
    pages: int
    said: list[str]


def run(arguments: Sequence[str], *, stop_after: int = 0) -> Run:
    """Run the program, and press Ctrl+C after so many pages if ``stop_after`` is set."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ocr_studio", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    said: list[str] = []
    errors = threading.Thread(target=lambda stream: said.extend(stream.read().splitlines()), args=(process.stderr,))
    peak = [0.0]
    watch = threading.Thread(target=_watch_memory, args=(process, peak))
    errors.start()
    watch.start()
    pages = 0
    for line in process.stdout:
        pages += bool(re.match(r".*scan #[0-9]+\.pdf:$", line))
        if stop_after and pages == stop_after:
            process.send_signal(signal.SIGINT)
            stop_after = 0
    status = process.wait()
    errors.join()
    watch.join()
    return Run(status, time.perf_counter() - begun, peak[0], pages, said)


def _watch_memory(process: subprocess.Popen[str], peak: list[float]) -> None:
    """Measure the memory of a process and all that it started, ten times a second, until it ends."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_resident, _family(process.pid))) / 1024)
        time.sleep(0.1)


def _family(root: int) -> set[int]:
    """Return the ids of a process and all below it."""
    parents: dict[int, int] = {}
    for entry in (each.name for each in Path("/proc").iterdir()):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text(encoding="ascii", errors="replace")
            except OSError:
                continue
            parents[int(entry)] = int(stat.rpartition(")")[2].split()[1])
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _resident(process: int) -> float:
    """Return the memory of a process, KiB."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return float(found[1]) if found else 0.0


@dataclass
class Report:
    """Prints a line for each run, and counts what is not as it should be."""

    most: float
    wrong: int = 0

    def add(self, name: str, made: Run, *, status: int, pages: int, said: Callable[[str], bool]) -> None:
        """Print a run. said: whether a line on standard error is expected."""
        problems = []
        if made.status != status:
            problems.append(f"exit status {made.status} instead of {status}")
        if made.pages != pages:
            problems.append(f"{made.pages} pages instead of {pages}")
        if made.peak > self.most:
            problems.append("too much memory")
        problems += [f"says: {line}" for line in made.said if not (line.startswith("ocr-studio: ") and said(line))]
        self.wrong += len(problems)
        print(f"{name:32} {made.pages:5} {made.seconds:8.1f} {made.peak:8.0f} {len(made.said):6}  ", end="")
        print("; ".join(problems) or "as expected", flush=True)


def main() -> int:
    """Make the files, read them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300, help="at least 10")
    parser.add_argument("--most-mib", type=float, default=1200.0)
    options = parser.parse_args()
    pages, report = max(10, options.pages), Report(options.most_mib)
    # A shell that runs this in the background lets all that it starts ignore Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(machine.processor())
    with tempfile.TemporaryDirectory(prefix="ocr-studio-pdf-") as folder:
        files = write_files(Path(folder), pages)
        print(f"{pages} pages, {files['whole'].stat().st_size / 2**20:.0f} MB")
        print(f"{'':32} {'pages':>5} {'seconds':>8} {'MiB':>8} {'lines':>6}")
        own = "text of their own"
        made = run(["read", str(files["whole"])])
        report.add("read", made, status=0, pages=pages, said=lambda line: own in line)
        made = run(["read", str(files["whole"]), "--pages", "2-5"])
        report.add("--pages 2-5", made, status=0, pages=4, said=lambda line: own in line)
        made = run(["read", str(files["whole"]), "--pages", "6-9", "--force-ocr"])
        report.add("--pages 6-9 --force-ocr", made, status=0, pages=4, said=lambda line: False)
        made = run(["read", str(files["locked"])])
        report.add("protected, no password", made, status=1, pages=0, said=lambda line: "password" in line)
        made = run(["read", str(files["locked"]), "--pages", "1-9", "--password-file", f"{folder}/passwords"])
        report.add("protected, 9 pages", made, status=0, pages=9, said=lambda line: own in line)
        made = run(["read", str(files["broken"])])
        report.add("broken table of objects", made, status=0, pages=pages, said=lambda line: own in line)
        made = run(["read", str(files["lost"])])
        lost = f"page {pages // 2 + 1} of {pages} is lost"
        report.add("a lost page", made, status=1, pages=pages - 1, said=lambda line: own in line or lost in line)
        _stop_and_resume(files["stopped"], pages, report)
    print(f"{report.wrong} not as expected" if report.wrong else "all as expected")
    return 1 if report.wrong else 0


def _stop_and_resume(file: Path, pages: int, report: Report) -> None:
    """Read with --keep, stop by Ctrl+C in the middle, and read again: what was read stays as it was."""
    made = run(["read", str(file), "--keep"], stop_after=pages // 2)
    before = _find_read_times(file)
    stopped = "read and saved. Run the same command"
    report.add("--keep, stopped", made, status=130, pages=made.pages, said=lambda line: stopped in line)
    made = run(["read", str(file), "--keep"])
    report.add("--keep, resumed", made, status=0, pages=pages, said=lambda line: "text of" in line)
    after = _find_read_times(file)
    good = len(before) >= pages // 2 and len(after) == pages and before.items() <= after.items()
    report.wrong += not good
    kept = f"{len(before)} of {pages} pages were saved; {len(after.items() & before.items())} of them stayed"
    print(f"  {kept}{'' if good else ': not as expected'}")


def _find_read_times(file: Path) -> dict[str, str | None]:
    """Return when each saved page was read."""
    project = Project.find(file.parent)
    loaded = [project.load_page(key, aside=False) for key in project.page_ids()]
    assert all(page is None or page_paths.exists(project.photo(page)) for page in loaded)
    return {page.id: page.read_at for page in loaded if page is not None}


if __name__ == "__main__":
    sys.exit(main())
