"""What a user does with an input: commands of the command line, and what the window does without its widgets."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from ocr_studio.core import logs, paths, settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.page import Edit, Page, Quad, TextSource, Transcription, Word, apply
from ocr_studio.core.project import page_file, project_words, second_readings, undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.photos import open_photo

# What the stand-in reads on every photo; a shell would run it, were it written where a shell reads.
READ: Final = "$(touch ~/PWNED)"


def run(command: Sequence[str]) -> int:
    """Do it; returns the exit status. Whatever is not answered in a line is raised."""
    if command[0] in DRIVERS:
        with logs.libraries_silenced():
            _said.clear()
            return DRIVERS[command[0]](*map(Path, command[1:]))
    from ocr_studio.cli import main as cli

    return cli.run(command)


def said(error: StudioError) -> None:
    """Say what is wrong as the command line does; the same once, as the window shows one bar for it."""
    from ocr_studio.cli.terminal.console import complain

    if str(error) not in _said:
        _said.add(str(error))
        complain(error)


_said: Final[set[str]] = set()


# ------------------------------------------------------------------------------------------------- without a network


class Reader:
    """Finds two words on every photo, in place of the networks: what is tried is everything around them."""

    name, notice = "stand-in", None

    def __init__(self, *_: object, **__: object) -> None:
        self.detector = self.recognizer = self

    def learn(self, known: object) -> None:
        """It counts with nobody's words."""

    def find(self, image: Any) -> Any:
        """A line across the photo, (1, 6, 2)."""
        height, width = image.shape[:2]
        return np.array([[[0, 0], [width / 2, 0], [width, 0], [width, height], [width / 2, height], [0, height]]])

    find_lines = find

    def read_lines(self, image: Any, lines: Any) -> Iterator[tuple[int, list[Word]]]:
        """The two words."""
        height, width = map(float, image.shape[:2])
        boxes = (0.0, 0.0, width / 2, height), (width / 2, 0.0, width, height)
        yield len(lines), [Word(f"w{number}", Quad.from_box(*box), machine=_read()) for number, box in enumerate(boxes)]

    def read_quads(self, _: Any, quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        """The same text everywhere."""
        yield [_read() for _ in quads]

    def read(self, crops: Sequence[Any], *, spaces: bool = True) -> list[Transcription]:
        """The same text everywhere."""
        return [_read() for _ in crops]


def _read() -> Transcription:
    return Transcription(READ, TextSource.MODEL, 0.75, Reader.name, "2026-01-02T03:04:05+00:00")


def without_networks(*, weights: bool) -> None:
    """From now on the stand-in reads in this process, and TensorFlow is not loaded.

    weights: those of a model to import are looked at so far as that goes without a network.
    """
    reader = types.ModuleType("ocr_studio.engine.reader")
    reader.Reader = Reader  # type: ignore[attr-defined]
    sys.modules[reader.__name__] = reader
    name = "ocr_studio.engine.weights.model_check"
    sys.modules.pop(name, None)
    if weights:
        module = types.ModuleType(name)
        module.check_model = _check_weights  # type: ignore[attr-defined]
        sys.modules[name] = module


def _check_weights(folder: Path) -> None:
    """As ``check_model`` begins: what is in the file, and whether it is of the kind that the card says."""
    import safetensors
    import safetensors.numpy

    from ocr_studio.core.models import folder as model_folder
    from ocr_studio.core.models.card import BadModel

    card = model_folder.inspect(folder, thoroughly=True)
    try:
        arrays = safetensors.numpy.load(model_folder.read_weights(folder, card))
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise BadModel("the weights are no safetensors file", file=folder) from error
    if len(arrays) != 1:
        raise BadModel("these are not the weights of the network", file=folder)


# ----------------------------------------------------------------------------------------------- what the window does


def _failed(work: Callable[[], object]) -> bool:
    try:
        work()
    except StudioError as error:
        said(error)
        return True
    return False


def open_photos(*given: Path) -> int:
    """Open photos, and those in folders, one after the other, and their thumbnails, as the window does."""
    failed = False
    for path in given:
        try:
            photos = photo_listing.list_photos(path) if paths.is_folder(path) else [path]
        except StudioError as error:
            said(error)
            failed = True
            continue
        for photo in photos:
            failed |= _failed(partial(_open, photo))
    return int(failed)


def _open(photo: Path) -> None:
    projects: dict[Path, Project] = {}
    save_options = open_photo.SaveOptions(paths.library_dir(), prefers_library=False)
    try:
        list(open_photo.list_folder(photo.parent))
        for opened in open_photo.open_photo(photo, save_options=save_options, projects=projects):
            photo_file.make_thumbnail(photo, side=64)
            if isinstance(opened, open_photo.PhotoOpened):
                open_photo.prepare_editing(opened, save_options=save_options)
                if opened.warning:
                    said(StudioError(opened.warning))
    finally:
        for project in projects.values():
            project.unlock()


def look_at_photos(*photos: Path) -> int:
    """What lists and panels ask of a photo without decoding all of it."""
    failed = [_failed(partial(_look, photo)) for photo in photos]
    return int(any(failed))


def _look(photo: Path) -> None:
    photo_file.is_photo(photo)
    photo_file.read_photo_size(photo)
    photo_file.count_pages(photo)
    photo_file.compute_content_id(photo)


def edit_pages(folder: Path) -> int:
    """Change every page of a project and add a word to it, and save all of it, as the window does."""
    return int(_failed(lambda: _edit(folder)))


def _edit(folder: Path) -> None:
    project = Project.find(folder)
    project.lock(create=True)
    try:
        list(_steps(project))
        project_words.save_added(project.files, project_words.load_added(project.files) | {"hostile"})
        second_readings.load(project.files)
        project.count_words()
    finally:
        project.unlock()


def _steps(project: Project) -> Iterator[None]:
    """Each page: a word more, saved with its history, and what a second model read."""
    course = undo_log.load(project.files, shorten=True)
    for step in course.steps[:50]:
        for edit in step.edits.values():
            bool(edit)
    failed: list[StudioError] = []
    for page_id in project.page_ids():
        try:
            page = project.load_page(page_id)
            if page is not None:
                project.save_together([changed := _changed(page)], _did(page, changed))
        except StudioError as error:
            failed.append(error)
        try:
            second_readings.add(project.files, page_id, {})
        except OSError as error:
            failed.append(StudioError(str(error.strerror or error), file=project.folder / second_readings.FILE))
        yield
    for each in failed[1:]:
        said(each)
    if failed:
        raise failed[0]


def _new_word() -> Word:
    return Word("hostile1", Quad.from_box(1, 1, 20, 10), human=Transcription.by_human(READ))


def _edit_of(page: Page) -> Edit:
    return Edit("Type", {"hostile1": (page.words.get("hostile1"), _new_word())})


def _changed(page: Page) -> Page:
    return apply(page, _edit_of(page))


def _did(page: Page, _: Page) -> bytes:
    return undo_log.done_line(undo_log.Step("Type", {page.id: _edit_of(page)}))


def load_own_files() -> int:
    """Read what the program keeps for itself, as the window does when it starts, and keep some of it again."""
    from ocr_studio.core import state_file
    from ocr_studio.core.editing import replace_rules
    from ocr_studio.core.language import characters
    from ocr_studio.core.project import last_session
    from ocr_studio.core.training import runs as training_runs
    from ocr_studio.engine.training import checkpoints

    def all_of_it() -> None:
        chosen = settings.load()
        settings.save(replace(chosen, theme="dark"))
        recent = settings.RecentFiles()
        recent.paths()
        recent.add(Path("photo.jpg"))
        state_file.RecentChoices().ages()
        replace_rules.save_rules(paths.config_dir(), replace_rules.load_rules(paths.config_dir()))
        characters.load_recent(paths.config_dir())
        kept = last_session.SessionFile()
        kept.begin()
        kept.write(None, closed=True)
        kept.end()
        if training_runs.load_run("a run") is not None:
            checkpoints.load_checkpoint(training_runs.find_folder("a run") / "work")

    return int(_failed(all_of_it))


def load_layers(file: Path) -> int:
    """The arrays of a file of weights of older Keras, without a network for them."""
    from ocr_studio.engine.weights import legacy_h5

    return int(_failed(lambda: legacy_h5.read_layers(file)))


def load_page_file(file: Path) -> int:
    """A page's file as it is compared and shown: decoded, and encoded again."""

    def again() -> None:
        try:
            page = page_file.decode(file.read_bytes())
        except (page_file.NotAPage, page_file.NewerFormat) as error:  # its callers make a line of it
            raise StudioError(str(error), file=file) from error
        page_file.encode(page)

    return int(_failed(again))


DRIVERS: Final[dict[str, Callable[..., int]]] = {
    "@open": open_photos,
    "@look": look_at_photos,
    "@edit": edit_pages,
    "@own-files": load_own_files,
    "@layers": load_layers,
    "@page": load_page_file,
}
