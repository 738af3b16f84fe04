"""How many random one-line faults in ``core`` and ``jobs`` the tests notice.

    python -m tests.benchmarks.mutations [--count 40] [--seed 1] [--checkout FOLDER] [--seconds 900]

Works in a copy of the checkout. For each fault it runs the tests that should know: those of the same folder that import
the file, the others of that folder, then all others that import the file, up to the first that fails. A test that fails
without the fault as well counts for nothing. A run that takes longer than ``--seconds`` counts as noticed.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TOO_LONG = "(took too long)"
_LAYERS = ("core", "jobs")
_LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "shared")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+\.py(?:::.*?)?)(?: - .*)?$", re.MULTILINE)
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_SMALL = 10  # one more of a large number makes no difference that anybody could notice
_TEXTS = (ast.JoinedStr, ast.List, ast.Tuple)


@dataclass(frozen=True, slots=True)
class Fault:
    """A piece of a file and what stands there instead. span: (first line, column, last line, column), as in ``ast``,
    columns in bytes.
    """

    path: Path
    kind: str
    span: tuple[int, int, int, int]
    before: str
    after: str

    def put(self, source: bytes) -> bytes:
        """Return the file with the fault."""
        first, left, last, right = self.span
        lines = source.splitlines(keepends=True)
        changed = lines[first - 1][:left] + self.after.encode() + lines[last - 1][right:]
        return b"".join([*lines[: first - 1], changed, *lines[last:]])

    def row(self) -> str:
        """Return where it is and what changed, in one line."""
        before, after = (" ".join(text.split())[:60] for text in (self.before, self.after))
        return f"{self.path}:{self.span[0]}  {before} → {after}"


# ---------------------------------------------------------------------------------------------------- making faults


def faults_of(path: Path, source: str) -> Iterator[Fault]:
    """Yield all faults that can be put into a file."""
    for node in _computing(ast.parse(source)):
        for kind, other in (*_other_expressions(node), *_other_statements(node)):
            assert isinstance(node, ast.expr | ast.stmt)
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            span = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
            after = ast.unparse(other)
            yield Fault(path, kind, span, ast.unparse(node), f"({after})" if isinstance(node, ast.expr) else after)


def _computing(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that compute, without annotations, decorators and texts."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases", "keywords"} and not isinstance(
            node, ast.Call
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield child
                yield from _computing(child)


def _other_expressions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(left, [operator], right) if type(operator) in _COMPARISONS:
            yield "comparison", ast.Compare(left, [_COMPARISONS[type(operator)]()], right)
        case ast.BoolOp(operator, values):
            yield "and/or", ast.BoolOp(ast.And() if isinstance(operator, ast.Or) else ast.Or(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield "not", operand
        case ast.BinOp(left, ast.Add(), right) if not any(map(_is_text, (left, right))):
            yield "plus/minus", ast.BinOp(left, ast.Sub(), right)
        case ast.BinOp(left, ast.Sub(), right):
            yield "plus/minus", ast.BinOp(left, ast.Add(), right)
        case ast.Constant(bool() as value):
            yield "true/false", ast.Constant(not value)
        case ast.Constant(int() as value) if value < _SMALL:
            yield "off by one", ast.Constant(value + 1)


def _other_statements(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Return(value) if value is not None and ast.unparse(value) != "None":
            yield "return", ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call(called)) if not ast.unparse(called).startswith("log."):
            yield "statement", ast.Pass()
        case ast.AugAssign() | ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield "statement", ast.Pass()
        case ast.Continue():
            yield "statement", ast.Break()


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, _TEXTS) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def drawn(root: Path, count: int, seed: int) -> list[Fault]:
    """Draw faults: first a kind, then one of it, at most one in a line."""
    kinds: defaultdict[str, list[Fault]] = defaultdict(list)
    for layer in _LAYERS:
        for path in sorted((root / "ocr_studio" / layer).rglob("*.py")):
            for fault in faults_of(path.relative_to(root), path.read_text(encoding="utf-8")):
                kinds[fault.kind].append(fault)
    rng, lines, chosen = random.Random(seed), set[tuple[Path, int]](), list[Fault]()
    while len(chosen) < count:
        fault = rng.choice(kinds[rng.choice(sorted(kinds))])
        if (place := (fault.path, fault.span[0])) not in lines:
            lines.add(place)
            chosen.append(fault)
    return chosen


# ------------------------------------------------------------------------------------------------------ running tests


def tests_for(root: Path, path: Path) -> list[str]:
    """Return the test files that should know of a fault in this file, the nearest first."""
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    mirror = root / "tests" / path.relative_to("ocr_studio").parent
    near = {file for file in mirror.glob("test_*.py") if mirror.is_dir()}
    importing = {
        file
        for file in (root / "tests").rglob("test_*.py")
        if module in set(_imported(ast.parse(file.read_text(encoding="utf-8"))))
    }
    order = (near & importing, near - importing, importing - near)
    return [str(file.relative_to(root)) for some in order for file in sorted(some)]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


class Copy:
    """A copy of the checkout, and the tests in it that fail without a fault."""

    def __init__(self, root: Path, seconds: float) -> None:
        self.root, self._seconds = root, seconds
        self._failing: list[str] = []

    def noticed_by(self, fault: Fault) -> str:
        """Return the first test that fails because of a fault; "" if none does."""
        path = self.root / fault.path
        whole = path.read_bytes()
        tests = tests_for(self.root, fault.path)
        while tests:
            self._write(path, fault.put(whole))
            try:
                failed = self._first_failure(tests)
            finally:
                self._write(path, whole)
            if not failed or failed == _TOO_LONG or not self._first_failure([failed]):
                return failed
            self._failing.append(failed)
            if "::" not in failed:
                tests = [test for test in tests if test != failed]
        return ""

    def _first_failure(self, tests: list[str]) -> str:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider", *tests]
        command += [part for test in self._failing for part in ("--deselect", test)]
        environment = {**os.environ, "PYTHONPATH": str(self.root), "QT_QPA_PLATFORM": "offscreen"}
        try:
            answer = subprocess.run(
                command,
                cwd=self.root,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _TOO_LONG
        if answer.returncode in {0, 5}:  # 5: nothing is left to run
            return ""
        found = _FAILED.search(answer.stdout)
        return found[1] if found else tests[0]

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.write_bytes(content)
        # A file of the same size that is written within the same second would be taken for the one compiled before.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40, help="number of faults")
    parser.add_argument("--seed", type=int, default=1, help="random seed")
    parser.add_argument("--checkout", type=Path, default=Path(__file__).parents[2], help="another checkout")
    parser.add_argument("--seconds", type=float, default=900, help="time limit for the tests of a fault")
    chosen = parser.parse_args()
    noticed = 0
    with tempfile.TemporaryDirectory(prefix="ocr-studio-mutations-") as folder:
        root = Path(folder) / "checkout"
        shutil.copytree(chosen.checkout, root, ignore=_LEFT_BEHIND, symlinks=True)
        copy = Copy(root, chosen.seconds)
        for number, fault in enumerate(drawn(root, chosen.count, chosen.seed), 1):
            test = copy.noticed_by(fault)
            noticed += bool(test)
            print(f"{number:3d}  {fault.row()}\n       {test or 'SURVIVED'}", flush=True)
    print(f"\n{noticed} of {chosen.count} faults noticed")


if __name__ == "__main__":
    main()
