"""The command ``ocr-studio import``: takes words from files of other programs into a project."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ocr_studio.cli.project import add_follow_links, make_no_photos_error, places
from ocr_studio.cli.terminal.console import FAILED, GOOD, command_parser, complain, given_path, loading, stopping
from ocr_studio.cli.terminal.passwords import PasswordPrompt, add_password_file, list_pdfs
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import paths, settings
from ocr_studio.core.command_line import visible
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.readers import READERS
from ocr_studio.core.images import page_paths
from ocr_studio.core.project.project import Project
from ocr_studio.core.units import counted

if TYPE_CHECKING:
    from ocr_studio.core.editing.imported_words import ImportCounts
    from ocr_studio.jobs.formats import import_labels as job

_CONFLICTS: Final = ("keep", "replace", "both")
_EPILOG: Final = f"""\
The format of each file is recognized by its content. With --format, all files are read as that format.
Formats: {", ".join(READERS)}.

A word where the project has another word is a conflict:
  keep     the words of the project stay, those of the file are left out
  replace  the words of the file take their place
  both     a checked text of yours stays, and that of the file becomes the recognized text; where only the file’s is
           checked, it is the other way round

Words that were checked in the other program count as checked here, too. One Undo in the window reverts the whole
import. Photos have to be in the folder of the project; they are found by their names. For more, see "ocr-studio help
export".

Exit status 0: everything was imported, or left out as a conflict; 1: some files could not be imported, or words were
outside the photo; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser("import", "Import words from files of other programs into a project.", _EPILOG)
    made.add_argument("path", type=given_path, metavar="PATH", help="file, or folder with files, to import")
    made.add_argument(
        "--project",
        type=given_path,
        metavar="DIR",
        required=True,
        help="folder of photos, or project folder; a new project is created if needed",
    )
    made.add_argument("--format", choices=tuple(READERS), metavar="FORMAT", help="format of the files; default: any")
    made.add_argument(
        "--conflict",
        choices=_CONFLICTS,
        default=_CONFLICTS[0],
        help=f"what becomes of conflicts; default: {_CONFLICTS[0]}",
    )
    made.add_argument("--dry-run", action="store_true", help="print what would be imported, and change nothing")
    add_password_file(made)
    add_follow_links(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Import the words. Returns the exit status; raises StudioError."""
    with loading():
        from ocr_studio.core.editing.imported_words import Conflict  # noqa: PLC0415  (--help does not need them)
        from ocr_studio.jobs.formats import export_photos, import_labels  # noqa: PLC0415
    if not paths.exists(options.path):
        raise StudioError("it does not exist", file=options.path, remedy="Check the path.")
    if not paths.is_folder(options.project):
        raise StudioError("this is not a folder", file=options.project, remedy="Specify the folder of the photos.")
    project = Project.find(options.project, **places(options, settings.load()))
    prompt = PasswordPrompt(options.password_file)
    if options.format == "pdf" or options.path.suffix.lower() == page_paths.PDF_SUFFIX:
        # Those to import from, and those of the project, whose pages they are for.
        locked = prompt.unlock_all([*list_pdfs(options.path), *list_pdfs(project.photos)])
        if page_paths.find_page(options.path).file in locked:
            return FAILED
    photos = export_photos.list_all(project)
    if not photos:
        raise make_no_photos_error(options.project)
    kind = READERS[options.format] if options.format else None
    if options.dry_run:
        return _preview(import_labels.preview(project, photos, [options.path], kind=kind))
    conflict = Conflict(options.conflict)
    project.lock(create=True)
    try:
        events = import_labels.import_labels(project, photos, [options.path], conflict, kind=kind)
        return _import(project, events, keeps=conflict is Conflict.KEEP)
    finally:
        project.unlock()


def _preview(events: Iterator[job.PreviewEvent]) -> int:
    """Print what an import would do, a line for each photo."""
    from ocr_studio.jobs.formats import import_labels as job  # noqa: PLC0415  (--help does not need it)

    skipped, progress = 0, Progress()
    for event in events:
        if isinstance(event, job.ImportProgress):
            progress.show("looking at", event.done, event.total, detail=event.file)
        elif isinstance(event, job.LabelsSkipped):
            skipped += 1
            complain(event.error)
        else:
            clear_progress()
            print(
                f"{visible(event.photo.image)}: {_describe(event.counts)} ({event.kind.title}, {visible(event.file)})"
            )
            for notice in event.notices:
                print(f"  {visible(notice)}")
    clear_progress()
    return FAILED if skipped else GOOD


def _import(project: Project, events: Iterator[job.ImportEvent], *, keeps: bool) -> int:
    """Import into the project, and print how much it was. keeps: the words of the project stay in conflicts."""
    from ocr_studio.core.editing.imported_words import ImportCounts  # noqa: PLC0415  (--help does not need them)
    from ocr_studio.jobs.formats import import_labels as job  # noqa: PLC0415

    skipped, photos, counts, progress = 0, 0, ImportCounts(), Progress()
    with stopping(lambda: f"{counted(photos, 'photo')} imported: {_describe(counts)}."):
        for event in events:
            if isinstance(event, job.ImportProgress):
                progress.show("importing", event.done, event.total, detail=event.file)
            elif isinstance(event, job.LabelsSkipped):
                skipped += 1
                complain(event.error)
            else:
                job.apply_to_project(project, event)
                photos += len(event.step.edits)
                counts += event.counts
                clear_progress()
                for file, notice in event.notices:
                    print(visible(f"{file}: {notice}"))
    clear_progress()
    if not photos and counts == ImportCounts(equal=counts.equal) and not skipped:
        print(f"Nothing to import: {counted(counts.equal, 'word')} already there")
        return GOOD
    print(f"{counted(photos, 'photo')} imported: {_describe(counts)}")
    if counts.conflicts and keeps:
        print("Where there are conflicts, the words of the project stay; see --conflict for other choices.")
    return FAILED if skipped or counts.outside else GOOD


def _describe(counts: ImportCounts) -> str:
    parts = [f"{counted(counts.new, 'new word')}"]
    parts += [f"{counts.equal} already there"] if counts.equal else []
    parts += [counted(counts.conflicts, "conflict")] if counts.conflicts else []
    parts += [f"{counts.outside} outside the photo"] if counts.outside else []
    return ", ".join(parts)
