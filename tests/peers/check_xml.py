"""What other programs make of the PAGE XML, ALTO XML and hOCR that is exported: their validators and parsers are run.

    tests/peers/setup.sh PEERS
    python -m tests.peers.check_xml PEERS --schemas DIR --kraken kraken_parse.py --boards DIR [--most N]
    python -m tests.peers.check_xml PEERS --schemas DIR --kraken kraken_parse.py --project DIR

DIR of the schemas holds page-2019-07-15.xsd, alto-4-4.xsd and xlink.xsd; DIR of the boards an annotations.json
([{"image", "words": [{"quad", "text", "ignore"}]}]) and the photos it names. A table is printed, and what went wrong.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.formats.readers import READERS
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.photo_stream import compute_content_id
from ocr_studio.core.page import Alternative, Mark, Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.formats.export_photos import PhotoExportOptions, PhotoWritten, export_photos, list_pages

FORMATS = ("page", "alto", "hocr")
SCHEMAS = """
import sys, xmlschema
folder, kind, *files = sys.argv[1:]
name = {"page": "page-2019-07-15.xsd", "alto": "alto-4-4.xsd"}[kind]
def near(address):
    return folder + "/xlink.xsd" if address.endswith("xlink.xsd") else address
schema = xmlschema.XMLSchema(folder + "/" + name, uri_mapper=near)
for file in files:
    for error in schema.iter_errors(file):
        print(file, error.path, error.reason)
"""
OCRMYPDF = """
import json, sys
from ocrmypdf.hocrtransform import HocrParser
for file in sys.argv[1:]:
    page = HocrParser(file).parse()
    print(json.dumps([[word.text for word in line.words if word.text] for line in page.lines]))
"""

# What a reader found, and what was wrong with it.
Finding: TypeAlias = tuple[str, list[str]]


@dataclass
class Exported:
    """A photo's page, and the file of each format."""

    page: ExchangePage
    files: dict[str, Path]


@dataclass
class Peers:
    """Where the other programs are."""

    folder: Path
    schemas: Path
    kraken: Path

    def run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a program of an environment, such as xml/bin/hocr-spec."""
        command = [str(self.folder / program), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)


# ------------------------------------------------------------------------------------------------------------ exports


def make_project(boards: Path, folder: Path, most: int | None) -> Project:
    """Make a project of labelled photos: every third word is written by a person, the others read with two choices."""
    project = Project.open(folder)
    project.photos.mkdir(exist_ok=True)
    for entry in json.loads((boards / "annotations.json").read_text("utf-8"))[:most]:
        photo = project.photos / Path(entry["image"]).name
        shutil.copyfile(boards / entry["image"], photo)
        words = [make_word(number, word) for number, word in enumerate(entry["words"])]
        size = photo_file.read_photo_size(photo)
        project.save_page(Page(compute_content_id(photo), photo.name, *size, {word.id: word for word in words}))
    return project


def make_word(number: int, told: dict[str, object]) -> Word:
    """Make a word as it is told in annotations.json."""
    text, quad = str(told["text"]), Quad.from_array(told["quad"])  # type: ignore[arg-type]
    choices = (Alternative(text, 0.8), Alternative(text[::-1], 0.1))
    read = Transcription(text, TextSource.MODEL, 0.8, alternatives=choices)
    written = Transcription.by_human(text) if number % 3 == 0 else None
    return Word(f"{number:012x}", quad, machine=read, human=written, mark=Mark.IGNORED if told["ignore"] else None)


def export_all(project: Project, out: Path) -> list[Exported]:
    """Export all photos in all formats."""
    photos = list_pages(project)
    found: dict[str, dict[str, Path]] = {photo.image: {} for photo in photos}
    for kind in FORMATS:
        folder = out / kind
        for event in export_photos(project, photos, OutputFolder(folder), PhotoExportOptions(kind)):
            if isinstance(event, PhotoWritten):
                found[event.image][kind] = folder / event.file
    for event in export_photos(project, photos, OutputFolder(out / "all"), PhotoExportOptions("hocr", one_file=True)):
        if isinstance(event, PhotoWritten):
            found[event.image]["hocr (all)"] = out / "all" / event.file
    pages = {photo.image: project.load_page(photo.page_id) for photo in photos}
    return [
        Exported(ExchangePage.from_page(page), found[image]) for image, page in pages.items() if page and found[image]
    ]


# ------------------------------------------------------------------------------------------------------------- checks


def check_schema(peers: Peers, exported: Sequence[Exported], kind: str) -> Finding:
    """Validate by the schema."""
    files = [each.files[kind] for each in exported]
    done = peers.run("xml/bin/python", "-c", SCHEMAS, peers.schemas, kind, *files)
    return f"{len(files)} files", [*done.stdout.splitlines(), *done.stderr.splitlines()[-1:]]


def check_ocrd(peers: Peers, exported: Sequence[Exported], _: str) -> Finding:
    """Validate as OCR-D does: texts of lines are those of their words, outlines lie in each other."""
    wrong = []
    options = ("--page-textequiv-consistency", "strict", "--check-baseline", "--check-coords")
    for each in exported:
        done = peers.run("ocrd/bin/ocrd", "validate", "page", *options, each.files["page"])
        if done.returncode:
            wrong.append(f"{each.files['page'].name}: {done.stdout}{done.stderr[-300:]}")
    return f"{len(exported)} files", wrong


def check_kraken(peers: Peers, exported: Sequence[Exported], _: str) -> Finding:
    """Parse PAGE and ALTO as kraken does: the same lines, texts and baselines in both."""
    wrong, count = [], 0
    for each in exported:
        files = (each.files["page"], each.files["alto"])
        done = peers.run("xml/bin/python", peers.kraken, *files)
        page, alto = ([], []) if done.returncode else split_kraken(done.stdout)
        count += len(page)
        if [text for text, _ in page] != [line.text for line in each.page.lines]:
            wrong.append(f"{files[0].name}: other texts than ours")
        if page != alto:
            differ = next(
                (pair for pair in zip(page, alto, strict=False) if pair[0] != pair[1]), (len(page), len(alto))
            )
            wrong.append(f"{files[0].name}: PAGE and ALTO differ: {differ} {done.stderr[-200:]}")
    return f"{count} lines in each", wrong


def split_kraken(said: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Split what is printed of two files into the lines of each: text and baseline.

    Spaces are left out where a word has no text: kraken takes those of ALTO for spaces, and doesn't strip lines.
    """
    found: list[list[tuple[str, str]]] = []
    for line in said.splitlines():
        if line.startswith("  "):
            text, _, baseline = line.strip().rpartition(" [(")
            found[-1].append((" ".join(ast.literal_eval(text).split()), baseline))
        else:
            found.append([])
    page, alto = found
    return page, alto


def check_hocr_spec(peers: Peers, exported: Sequence[Exported], _: str) -> Finding:
    """Validate with hocr-spec and hocr-check, which also wants lines not to overlap: boxes of slanted ones do."""
    wrong = []
    for each in exported:
        for program in ("hocr-spec", "hocr-check"):
            done = peers.run(f"xml/bin/{program}", each.files["hocr"])
            said = (done.stdout + done.stderr).splitlines()
            failed = [line for line in said if re.search(r"not ok (?!.*mostly_nonoverlapping)|\[ERROR", line)]
            if failed or (done.returncode and program == "hocr-spec"):
                wrong.append(f"{each.files['hocr'].name}: {program}: {failed[:2]}")
    return f"{len(exported)} files", wrong


def check_hocr_lines(peers: Peers, exported: Sequence[Exported], _: str) -> Finding:
    """Compare the lines that hocr-lines prints with ours."""
    wrong, count = [], 0
    for each in exported:
        found = peers.run("xml/bin/hocr-lines", each.files["hocr"]).stdout.splitlines()
        count += len(found)
        if found != [line.text for line in each.page.lines]:
            wrong.append(f"{each.files['hocr'].name}: {len(found)} lines, not {len(each.page.lines)}, or other texts")
    return f"{count} lines", wrong


def check_whole_hocr(peers: Peers, exported: Sequence[Exported], _: str) -> Finding:
    """Validate the file with all photos, and count the lines in it."""
    file = exported[0].files["hocr (all)"]
    done = peers.run("xml/bin/hocr-spec", file)
    found = peers.run("xml/bin/hocr-lines", file).stdout.splitlines()
    same = found == [line.text for each in exported for line in each.page.lines]
    return f"{len(found)} lines", [
        *(done.stdout.splitlines()[-3:] if done.returncode else []),
        *([] if same else ["texts"]),
    ]


def check_ocrmypdf(peers: Peers, exported: Sequence[Exported], _: str) -> Finding:
    """Compare the words that OCRmyPDF finds with ours."""
    done = peers.run("xml/bin/python", "-c", OCRMYPDF, *(each.files["hocr"] for each in exported))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = done.stderr.splitlines()[-1:] if len(found) != len(exported) else []
    for each, lines in zip(exported, found, strict=False):
        texts = [[word.text for word in line.words if word.text] for line in each.page.lines]
        if [line for line in lines if line] != [line for line in texts if line]:
            wrong.append(f"{each.files['hocr'].name}: other words")
    return f"{sum(len(line) for lines in found for line in lines)} words", wrong


def check_own(_: Peers, exported: Sequence[Exported], kind: str) -> Finding:
    """Read the files back with our own reader."""
    wrong, count, furthest = [], 0, 0.0
    for each in exported:
        path = each.files[kind]
        [found] = READERS[kind].read(LabelFile.open(SafeFolder(path.parent), path.name))
        count += len(found.words)
        same = [[word.text for word in line.words] for line in found.lines]
        if same != [[word.text for word in line.words] for line in each.page.lines]:
            wrong.append(f"{path.name}: other texts")
            continue
        furthest = max(furthest, *measure_offsets(each.page.words, found.words), 0.0)
        wrong += [f"{path.name}: {notice}" for notice in found.notices]
    return f"{count} words, corners at most {furthest:.2f} px off", wrong


def measure_offsets(known: Sequence[ExchangeWord], found: Sequence[ExchangeWord]) -> Iterator[float]:
    """Measure how far each corner of a word is off, in x or y."""
    for one, other in zip(known, found, strict=True):
        if one.quad is None or other.quad is None:
            yield 0.0 if one.quad is other.quad else math.inf
        else:
            pairs = zip(one.quad.corners, other.quad.corners, strict=True)
            yield max(abs(a - b) for points in pairs for a, b in zip(*points, strict=True))


Check: TypeAlias = Callable[[Peers, Sequence[Exported], str], Finding]
CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("page", "xmlschema, PAGE 2019-07-15", check_schema),
    ("page", "ocrd validate page, strict", check_ocrd),
    ("page", "kraken, the same as of ALTO", check_kraken),
    ("page", "OCR Studio", check_own),
    ("alto", "xmlschema, ALTO 4.4", check_schema),
    ("alto", "OCR Studio", check_own),
    ("hocr", "hocr-spec and hocr-check", check_hocr_spec),
    ("hocr", "hocr-lines", check_hocr_lines),
    ("hocr", "hocr-spec and hocr-lines, all in one", check_whole_hocr),
    ("hocr", "HocrParser of OCRmyPDF", check_ocrmypdf),
    ("hocr", "OCR Studio", check_own),
)


def main() -> int:
    """Run all checks; returns 1 if one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", type=Path, help="folder that setup.sh has filled")
    parser.add_argument("--schemas", type=Path, required=True)
    parser.add_argument("--kraken", type=Path, required=True, help="kraken_parse.py")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--boards", type=Path)
    source.add_argument("--project", type=Path)
    parser.add_argument("--most", type=int, help="photos")
    given = parser.parse_args()
    peers = Peers(given.peers, given.schemas, given.kraken)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        project = (
            Project.open(given.project) if given.project else make_project(given.boards, Path(folder, "p"), given.most)
        )
        exported = export_all(project, Path(folder, "out"))
        project.unlock()
        print("| format | files | read by | result |\n| --- | --- | --- | --- |")
        for kind, reader, check in CHECKS:
            found, wrong = check(peers, exported, kind)
            failed = failed or bool(wrong)
            print(f"| {kind} | {len(exported)} | {reader} | {f'{len(wrong)} wrong' if wrong else 'good'}: {found} |")
            for line in wrong[:5]:
                print(f"    {line}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
