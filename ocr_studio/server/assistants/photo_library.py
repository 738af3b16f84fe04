"""What assistants ask about the photos of shared folders. Nothing is written there: no project, no lock, no result.

The search index is a temporary copy outside the folders, as for a window that has a project open only for reading.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, NotRequired, TypedDict, cast

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.documents import json_pages
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page, PageFacts, PageState
from ocr_studio.core.project.outdated_pages import OutdatedPages
from ocr_studio.core.project.project import Project
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.search import matching
from ocr_studio.core.search.index import Hit, Index
from ocr_studio.core.settings import Settings
from ocr_studio.core.units import counted
from ocr_studio.jobs.photos import index as indexing
from ocr_studio.jobs.reading import read as reading
from ocr_studio.jobs.reading import read_batch
from ocr_studio.server.assistants.shared_folders import NamedPage, SharedFolders, SharedPlace

# Of one answer: an assistant has to take it in as a whole.
MOST_PHOTOS: Final = 500
MOST_RESULTS: Final = 100
MOST_WORDS: Final = 1000
MOST_CHARACTERS: Final = 50_000
_MOST_QUERY: Final = 1000
_MOST_ALTERNATIVES: Final = 3
_STATES: Final = {PageState.UNREAD: "not read", PageState.READ: "read", PageState.REVIEWED: "checked"}


class FolderInfo(TypedDict):
    """A folder: how many files with photos are in it, and how many photos its project has text of."""

    folder: str
    files: int
    with_text: int


class PhotoInfo(TypedDict):
    """A photo, and whether its text is known: "not read", "read" or "checked" by the user."""

    photo: str
    state: str


class PhotoPart(TypedDict):
    """Some photos of a folder. total: how many there are."""

    folder: str
    total: int
    photos: list[PhotoInfo]


class SearchHit(TypedDict):
    """A place where a query was found.

    Attributes:
        score: 1 for an exact match, less for similar words.
        text: What is written there.
        quads: The boxes of the words, each four corners [x, y] in pixels of the upright photo.
    """

    folder: str
    photo: str
    score: float
    text: str
    quads: list[list[list[float]]]


class SearchAnswer(TypedDict):
    """What was found, best first. unavailable: what could not be searched, and why."""

    results: list[SearchHit]
    unavailable: list[str]


class WordInfo(TypedDict):
    """A word, as ``json_pages.build_page_object`` says it."""

    id: str
    quad: list[list[float]] | None
    text: str
    confidence: float | None
    alternatives: list[dict[str, object]]
    line: int


class PageWords(TypedDict):
    """Some words of a page in reading order. total: how many there are; page: its number among those of the file."""

    photo: str
    page: int
    pages: int
    width: int
    height: int
    total: int
    words: list[WordInfo]


class ReadPicture(TypedDict):
    """What was just read on a photo. page: its number among those of the file."""

    photo: str
    page: int
    pages: int
    text: str
    seconds: float
    words: NotRequired[PageWords]


class PhotoLibrary:
    """The photos of shared folders, for reading only. May be used from several threads."""

    def __init__(self, folders: SharedFolders, chosen: Settings) -> None:
        """Create the library; nothing is read yet.

        Args:
            folders: The folders that may be looked into.
            chosen: The user's settings: the models, and where projects are.
        """
        self.folders = folders
        self._settings = chosen
        self._guard = threading.Lock()
        self._projects: dict[str, Project] = {}
        self._indexes: dict[str, Index] = {}
        # One photo after the other, in one thread: the networks belong to it.
        self._lane = ThreadPoolExecutor(1, "reading")
        self.ocr_service = reading.OcrService(chosen.reader_options())

    def close(self) -> None:
        """Delete the temporary indexes, and wait for the photo that is being read."""
        self._lane.shutdown(cancel_futures=True)
        with self._guard:
            for index in self._indexes.values():
                index.close()
            self._indexes.clear()

    def list_folders(self) -> list[FolderInfo]:
        """List the shared folders and those inside them that have photos, or a project."""
        found = []
        for place in self.folders.list_places():
            with contextlib.suppress(StudioError):  # said when this folder is asked for
                project = self._find_project(place)
                known = sum(state is not PageState.UNREAD for state in _find_states(project).values())
                files = len(place.list_files())
                if files or known:
                    found.append(FolderInfo(folder=place.address, files=files, with_text=known))
        return found

    def list_photos(self, folder: str, *, offset: int, limit: int) -> PhotoPart:
        """List photos of a folder in natural order. Raises StudioError."""
        place = self.folders.find(folder)
        project = self._find_project(place)
        states = _find_states(project)
        names = [name for name in place.list_photos() if _is_sendable(name)]
        first = max(offset, 0)
        photos = [
            PhotoInfo(photo=name, state=_STATES[states.get(name, PageState.UNREAD)])
            for name in names[first : first + _limit(limit, MOST_PHOTOS)]
        ]
        return PhotoPart(folder=place.address, total=len(names), photos=photos)

    def search(self, query: str, *, folder: str, limit: int) -> SearchAnswer:
        """Search one folder, or all if it is "". Raises StudioError."""
        query = query[:_MOST_QUERY]
        if all(set(term.text) == {"*"} and not term.exact for term in matching.parse_query(query)):
            raise StudioError(f"the query “{query}” has no words", remedy="Enter at least one word.")
        limit = _limit(limit, MOST_RESULTS)
        results: list[SearchHit] = []
        unavailable: list[str] = []
        for place in [self.folders.find(folder)] if folder else self.folders.list_places():
            try:
                hits, unreadable = self._search_in(place, query, limit)
                results += hits
                if unreadable:
                    unavailable.append(f"{place.address}: {counted(unreadable, 'photo')} with damaged text")
            except StudioError as error:
                unavailable.append(self.hide_paths(f"{place.address}: {error}"))
        results.sort(key=lambda hit: -hit["score"])
        return SearchAnswer(results=results[:limit], unavailable=unavailable)

    def hide_paths(self, text: str) -> str:
        """Replace paths in a message by names: those of shared folders, and of the folder with the user's projects."""
        return self.folders.hide_paths(text).replace(str(self._settings.library()), "library")

    def page_text(self, folder: str, photo: str, *, page: int = 1, offset: int) -> str:
        """Return the text of a page that was read before, with the user's corrections.

        Args:
            folder: The address of its folder.
            photo: The name of the photo, or of a file with several pages.
            page: Of a file with several pages, from 1.
            offset: How many characters to skip.

        Raises:
            StudioError: There is no such photo, or it has not been read.
        """
        place = self.folders.find(folder)
        named = place.find_page(photo, page)
        text = page_order.compose_text(self._load_page(place, named.photo))
        first = max(offset, 0)
        part = text[first : first + MOST_CHARACTERS]
        left = len(text) - first - len(part)
        notes = [f"[{left} more characters; continue with offset {first + len(part)}]"] if left > 0 else []
        if named.pages > 1:
            notes.append(f"[This is page {named.page} of {named.pages}; use “page” for the others.]")
        return "\n".join([part, *notes])

    def page_words(self, folder: str, photo: str, *, page: int = 1, offset: int, limit: int) -> PageWords:
        """Return words of a page that was read before; see ``page_text``. Raises StudioError."""
        place = self.folders.find(folder)
        named = place.find_page(photo, page)
        return _describe_words(self._load_page(place, named.photo), named, offset=offset, limit=limit)

    def read_picture(self, folder: str, photo: str, *, page: int = 1, words: bool) -> ReadPicture:
        """Read a photo now, without saving the result. Waits for photos that are being read. Raises StudioError."""
        place = self.folders.find(folder)
        named = place.find_page(photo, page)
        done = self._lane.submit(self._read, place, named.photo).result()
        text = page_order.compose_text(done.page)[:MOST_CHARACTERS]
        seconds = round(done.seconds, 2)
        answer = ReadPicture(photo=named.photo, page=named.page, pages=named.pages, text=text, seconds=seconds)
        if words:
            answer["words"] = _describe_words(done.page, named, offset=0, limit=MOST_WORDS)
        return answer

    def _read(self, place: SharedPlace, photo: str) -> reading.PhotoRead:
        project = self._find_project(place)
        events = reading.read_photos(
            self.ocr_service,
            [place.path / photo],
            project_of=lambda _: project,
            facts_of=lambda _, page_id: read_batch.load_facts(project, page_id) if project else PageFacts(),
            open_photo=lambda _: place.open_photo(photo),
        )
        for event in events:
            if isinstance(event, reading.PhotoRead):
                return event
            if isinstance(event, reading.PhotoFailed):
                raise event.error
        raise AssertionError("a photo is read, or fails")

    def _load_page(self, place: SharedPlace, photo: str) -> Page:
        """Load the page of a photo: by the photo's content, or by its name if the photo is gone."""
        project = self._find_project(place)
        page = None
        if project is not None:
            named = [key for key, each in project.summaries().items() if each.image == photo]
            here = place.has_photo(photo)
            ids = [place.find_page_id(photo)] if here or not named else named
            page = next((found for key in ids if (found := project.load_page(key, aside=False))), None)
        elif not place.has_photo(photo):
            place.find_page_id(photo)  # says why
        if page is None or page.state is PageState.UNREAD:
            raise StudioError("this photo has not been read yet", file=photo, remedy="Use the tool read_picture.")
        return page

    def _find_project(self, place: SharedPlace) -> Project | None:
        """Return the project that the window would open; None without one. Raises StudioError."""
        with self._guard:
            project = self._projects.get(place.address)
        if project is not None and project.exists:
            return project
        chosen = self._settings
        project = Project.find(place.path, library=chosen.library(), prefer_library=chosen.keep == "library")
        if not project.exists:
            return None
        with self._guard:
            known = self._projects.get(place.address)
            if known is None or not known.exists:
                self._projects[place.address] = project
            return self._projects[place.address]

    def _search_in(self, place: SharedPlace, query: str, limit: int) -> tuple[list[SearchHit], int]:
        """Search one folder. Returns the hits, and how many pages can't be read. Raises StudioError."""
        project = self._find_project(place)
        if project is None:
            return [], 0
        with self._guard:
            index = self._indexes.get(place.address)
            if index is None or index.project is not project:
                if index is not None:
                    index.close()
                index = self._indexes[place.address] = Index(project)
        for _ in indexing.bring_up_to_date(index):
            pass
        hits = index.find(query, limit)
        frames = {key: _load_frame(project, key) for key in {hit.page_id for hit in hits}}
        found = [_describe_hit(place, hit, frames[hit.page_id]) for hit in hits]
        return found, sum(bool(row.failed) for row in index.pages())


def _load_frame(project: Project, page_id: str) -> Page | None:
    """Return a page without its words if its photo is rotated or cropped, else None."""
    with contextlib.suppress(StudioError):  # said when the page is asked for
        page = project.load_page(page_id, aside=False)
        if page is not None and page.facts.frame is not None:
            return replace(page, words={})
    return None


def _describe_hit(place: SharedPlace, hit: Hit, frame: Page | None) -> SearchHit:
    quads = [photo_frame.quad_in_file(frame, word.quad) if frame else word.quad for word in hit.words]
    return SearchHit(
        folder=place.address,
        photo=hit.image,
        score=round(hit.score, 3),
        text=" ".join(word.text for word in hit.words),
        quads=[[list(corner) for corner in quad.corners] for quad in quads if quad.has_width],
    )


def _describe_words(page: Page, named: NamedPage, *, offset: int, limit: int) -> PageWords:
    built = json_pages.build_page_object(page)
    words, first = cast("list[WordInfo]", built["words"]), max(offset, 0)
    part = words[first : first + _limit(limit, MOST_WORDS)]
    for word in part:
        word["alternatives"] = word["alternatives"][:_MOST_ALTERNATIVES]
    width, height = page.file_size
    return PageWords(
        photo=named.photo,
        page=named.page,
        pages=named.pages,
        width=width,
        height=height,
        total=len(words),
        words=part,
    )


def _find_states(project: Project | None) -> dict[str, PageState]:
    """Return whether the text of each photo of a project is known."""
    if project is None:
        return {}
    pages = project.summaries()
    outdated = OutdatedPages(project).find({key: page.image for key, page in pages.items()})
    return {page.image: page.state for key, page in pages.items() if key not in outdated}


def _limit(asked: int, most: int) -> int:
    return min(max(asked, 1), most)


def _is_sendable(name: str) -> bool:
    """Whether a name can be sent as UTF-8; one that can't be is of no use to an assistant."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
