"""The rooms and their limits, held by tests, not by memory."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
PACKAGE = CHECKOUT / "ocr_studio"
MAIN_WINDOW = PACKAGE / "ui" / "app" / "main_window.py"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ALL_SOURCES = sorted([*SOURCES, *(CHECKOUT / "tests").rglob("*.py"), *(CHECKOUT / "packaging").rglob("*.py")])

FUNCTION_LINES, CLASS_LINES, FILE_LINES, FOLDER_FILES = 60, 400, 600, 16
WINDOW_LINES, WINDOW_METHODS = 300, 25
SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "tools_common"}
HEAVY = (
    "tensorflow", "keras", "onnx", "onnxruntime", "rapidocr", "rapidfuzz", "shapely", "filelock", "ocr_studio.engine",
)  # fmt: skip


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return (node.end_lineno or node.lineno) - first + 1


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_nothing_grows_too_long() -> None:
    too_long = []
    for path in ALL_SOURCES:
        text = path.read_text(encoding="utf-8")
        if (count := len(text.splitlines())) > FILE_LINES:
            too_long.append(f"{_name(path)} has {count} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines(node) > FUNCTION_LINES:
                too_long.append(f"{_name(path)}: function {node.name} has {_lines(node)} lines")
            if isinstance(node, ast.ClassDef) and _lines(node) > CLASS_LINES:
                too_long.append(f"{_name(path)}: class {node.name} has {_lines(node)} lines")
    assert not too_long


def test_no_folder_holds_too_many_files() -> None:
    counts = Counter(path.parent for path in SOURCES)
    assert not [f"{_name(folder)} has {count}" for folder, count in counts.items() if count > FOLDER_FILES]


def test_the_main_window_only_places_and_connects() -> None:
    text = MAIN_WINDOW.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= WINDOW_LINES
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    methods = {each.name: sum(isinstance(node, ast.FunctionDef) for node in each.body) for each in classes}
    assert all(count <= WINDOW_METHODS for count in methods.values()), methods


def test_names_say_what_a_thing_is() -> None:
    vague = [_name(path) for path in [*SOURCES, *PACKAGE.rglob("*/")] if SAY_NOTHING & set(path.stem.split("_"))]
    assert not vague


def test_each_package_opens_with_a_sign() -> None:
    folders = [path for path in [PACKAGE, *PACKAGE.rglob("*/")] if any(path.glob("*.py"))]
    unsigned = [
        _name(folder)
        for folder in folders
        if not (sign := folder / "__init__.py").is_file() or not ast.get_docstring(ast.parse(sign.read_text("utf-8")))
    ]
    assert not unsigned


def _window_modules() -> Iterator[str]:
    for path in [*sorted((PACKAGE / "cli").rglob("*.py")), *sorted((PACKAGE / "ui").rglob("*.py"))]:
        yield ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)


def test_the_window_loads_without_tensorflow() -> None:
    modules = [name for name in _window_modules() if not name.endswith("__init__")]
    told = _python(
        "import importlib, sys\n"
        f"for name in {modules}: importlib.import_module(name)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert (told.returncode, told.stdout.strip()) == (0, "[]"), told.stderr


def test_the_locked_packages_are_those_the_project_asks_for() -> None:
    import tomllib

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [*project["optional-dependencies"].items()]
    tested = [each for name, group in extras if name not in ("gpu", "ocrmypdf", "dev") for each in group]
    wanted = {"requirements.txt": project["dependencies"]}
    wanted["requirements-test.txt"] = [
        *project["dependencies"],
        *(each for each in tested if not each.startswith(f"{project['name']}[")),
    ]
    for file, requirements in wanted.items():
        locked = (CHECKOUT / "packaging" / file).read_text("utf-8")
        assert "://" not in locked, f"{file} names an address"
        assert not _unmet(requirements, locked), f"{file} is out of date: run packaging/lock.sh"


def _unmet(requirements: list[str], locked: str) -> list[str]:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    versions: dict[str, list[str]] = {}
    for line in locked.splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, _, rest = line.partition("==")
            versions.setdefault(name, []).append(rest.split()[0])
    unmet = []
    for requirement in map(Requirement, requirements):
        found = versions.get(canonicalize_name(requirement.name), [])
        if not found or not all(requirement.specifier.contains(version) for version in found):
            unmet.append(str(requirement))
    return unmet
