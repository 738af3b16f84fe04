"""Only a few modules touch the disk by paths; all others go through ``core.files.safe_folder`` or ``core.paths``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

PACKAGE: Final = Path(__file__).parent.parent / "ocr_studio"

# Calls that open, make, move or remove files by a path that may lead through a link.
_OF_MODULES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "os": frozenset(
            [
                "open",
                "replace",
                "rename",
                "renames",
                "remove",
                "unlink",
                "mkdir",
                "makedirs",
                "rmdir",
                "removedirs",
                "link",
                "symlink",
                "truncate",
                "chmod",
                "listdir",
                "scandir",
                "walk",
                "mkfifo",
                "utime",
            ]
        ),
        "shutil": frozenset(
            ["copy", "copy2", "copyfile", "copytree", "move", "rmtree", "copymode", "copystat", "unpack_archive"]
        ),
        "sqlite3": frozenset({"connect"}),
        "io": frozenset({"open"}),
        "np": frozenset(["load", "save", "savez", "savez_compressed", "loadtxt", "savetxt", "fromfile", "memmap"]),
        "cv2": frozenset(["imread", "imwrite", "imreadmulti", "VideoCapture", "FileStorage"]),
        "tempfile": frozenset(["mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory"]),
        "zipfile": frozenset({"ZipFile"}),
        "h5py": frozenset({"File"}),
    }
)
_OF_PATHS: Final = frozenset(
    [
        "write_text",
        "write_bytes",
        "read_text",
        "read_bytes",
        "mkdir",
        "rmdir",
        "unlink",
        "symlink_to",
        "hardlink_to",
        "iterdir",
        "glob",
        "rglob",
        "chmod",
    ]
)


def _calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id == "open":
            yield node.lineno, "open"
        if not isinstance(function, ast.Attribute):
            continue
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        if owner in _OF_MODULES:
            if function.attr in _OF_MODULES[owner]:
                yield node.lineno, f"{owner}.{function.attr}"
        elif function.attr in _OF_PATHS or _opens(function, node):
            yield node.lineno, f".{function.attr}"


def _opens(function: ast.Attribute, call: ast.Call) -> bool:
    """Whether this is ``Path.open``, ``Path.rename`` or ``Path.replace``, and not what others call so."""
    if function.attr == "open":
        modes = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        return any(set(mode) <= set("rwaxbt+") for mode in modes)
    return function.attr == "replace" and len(call.args) == 1 and not call.keywords


# Modules that may, with what they call there, and why it leads nowhere that the user has not named.
_DOOR: Final = "the door itself"
_OWN: Final = "folders of the program's own, where nothing of a stranger's lies"
_NAMED: Final = "a file or folder that the user has named, links included"
_SHIPPED: Final = "files that come with the program"
_STREAM: Final = "reads a stream that is open already"
_NOWHERE: Final = "a temporary file without a name, or the null device"
_MAY: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "api/train_from_scratch.py": (_NAMED, ".mkdir .unlink"),
        "api/run_folder.py": (_NAMED, "os.scandir"),
        "api/samples.py": (_NAMED, ".mkdir .rglob np.savez"),
        "api/startup.py": (_NOWHERE, "tempfile.TemporaryFile"),
        "cli/synth.py": (_NAMED, ".mkdir"),
        "core/files/array_files.py": (_STREAM, "zipfile.ZipFile"),
        "core/files/zip_dates.py": (_STREAM, "zipfile.ZipFile"),
        "core/files/child_process.py": (_NOWHERE, "open os.open"),
        "core/datasets/folder.py": (_NAMED, ".rmdir"),
        "core/images/photo_listing.py": (_NAMED, "os.scandir"),
        "core/search/index.py": (_OWN, "sqlite3.connect tempfile.TemporaryDirectory"),
        "core/search/index_database.py": (_OWN, "sqlite3.connect"),
        "core/search/index_location.py": (_OWN, ".mkdir os.utime"),
        "core/language/word_frequencies.py": (_OWN, ".glob .mkdir .unlink np.savez"),
        "core/logs.py": (_OWN, ".mkdir .replace os.open os.truncate"),
        "core/models/archive.py": (_STREAM, "zipfile.ZipFile"),
        "core/models/folder.py": (_NAMED, ".iterdir"),
        "core/models/registry.py": (_OWN, ".iterdir .mkdir .unlink shutil.rmtree"),
        "core/photo_list/rename_photo.py": (_NAMED, ".iterdir .unlink os.link"),
        "core/project/opened_lock.py": (_OWN, ".mkdir"),
        "core/paths.py": (_NAMED, "os.open"),
        "core/formats/pdf/text_layer_font.py": (_SHIPPED, ".read_bytes"),
        "core/help/help_pages.py": (_SHIPPED, ".read_text"),
        "core/models/bundled.py": (_SHIPPED, ".iterdir"),
        "core/resources.py": (_SHIPPED, ".read_text"),
        "core/files/safe_folder.py": (
            _DOOR,
            ".mkdir os.mkdir os.open os.replace os.rmdir os.scandir os.unlink os.utime shutil.rmtree",
        ),
        "core/project/last_session.py": (_OWN, ".mkdir"),
        "core/images/image_spool.py": (_NOWHERE, "tempfile.TemporaryFile"),
        "core/standard_streams.py": (_NOWHERE, "open os.open"),
        "core/synth/source_fingerprints.py": (_NAMED, "os.walk"),
        "core/training/results.py": (_OWN, ".unlink"),
        "core/training/runs.py": (_OWN, ".iterdir .mkdir shutil.rmtree"),
        "core/translation.py": (_SHIPPED, ".glob"),
        "engine/training/checkpoints.py": (_STREAM, "np.savez"),
        "engine/keras_fit.py": (_NAMED, ".mkdir"),
        "engine/recognition/writer_features.py": (_SHIPPED, ".read_bytes"),
        "engine/weights/legacy_h5.py": (_STREAM, "h5py.File"),
        "engine/weights/bundled_weights.py": (_SHIPPED, ".read_bytes"),
        "engine/networks/tensorflow_setup.py": (_SHIPPED, ".read_text"),
        "jobs/learning/evaluate.py": (_NAMED, ".iterdir"),
        "jobs/models/download.py": (_OWN, ".mkdir .unlink open os.replace"),
        "jobs/photos/open_photo.py": (_OWN, ".mkdir .read_bytes"),
        "jobs/learning/preflight.py": (_OWN, ".iterdir .mkdir shutil.move shutil.rmtree"),
        "jobs/learning/train.py": (_OWN, ".rmdir"),
        "cli/archive/read.py": (_OWN, "tempfile.TemporaryDirectory"),
        "cli/archive/sample.py": (_NAMED, ".mkdir"),
        "cli/terminal/passwords.py": (_NAMED, ".iterdir open"),
        "core/archive/listing.py": (_NAMED, "os.scandir sqlite3.connect"),
        "core/archive/storage.py": (_NAMED, ".open"),
        "core/video/checkpoint.py": (_STREAM, "np.savez"),
        "core/video/frame_decoder.py": (_NAMED, "cv2.VideoCapture"),
        "jobs/archive/plan.py": (_OWN, ".mkdir .write_bytes"),
        "jobs/archive/worker.py": (_OWN, ".mkdir .write_bytes shutil.rmtree tempfile.mkdtemp"),
        "server/api/app.py": (_OWN, "tempfile.TemporaryDirectory"),
        "server/api/corrections.py": (_OWN, ".write_text"),
        "server/api/kept.py": (_OWN, ".read_bytes"),
        "server/api/uploads.py": (_OWN, ".open .read_bytes .write_bytes"),
        "server/web_page.py": (_SHIPPED, ".read_text"),
        "ui/sharing/phone_controller.py": (_OWN, ".mkdir"),
        "ui/video/strip.py": ("a queue of names is replaced, no files", ".replace"),
        "ui/photos/thumbnails.py": ("pictures in memory are replaced, no files", ".replace"),
        "ocrmypdf.py": (_NAMED, ".write_bytes .write_text"),
    }
)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_these_modules_touch_the_disk_by_paths(path: Path) -> None:
    _, may = _MAY.get(path.relative_to(PACKAGE).as_posix(), ("", ""))
    calls = sorted(_calls(ast.parse(path.read_text("utf-8"))))
    foreign = [f"line {line}: {call}" for line, call in calls if call not in may.split()]
    assert not foreign, "open it through core.files.safe_folder, or say in _MAY why it may be a path"
    assert {call for _, call in calls} == set(may.split()), "what it no longer calls it may no longer call"


def test_the_modules_that_may_are_there() -> None:
    assert [name for name in _MAY if not (PACKAGE / name).is_file()] == []
