"""Prints how many lines of each folder the tests have run: ``packaging/test.sh --coverage``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import coverage


def main() -> None:
    """Combine what the processes have recorded and print the table."""
    measured = coverage.Coverage()
    measured.combine()
    lines, missed = Counter[str](), Counter[str]()
    root = Path.cwd() / "ocr_studio"
    for file in root.rglob("*.py"):
        _, statements, _, missing, _ = measured.analysis2(str(file))
        layer, *rest = file.relative_to(root).parts[:-1] or ("",)
        for folder in {"in all", layer, f"{layer}/{rest[0]}" if rest else layer}:
            lines[folder] += len(statements)
            missed[folder] += len(missing)
    print("lines      run  folder")
    for folder in sorted(lines):
        print(f"{lines[folder]:5}  {1 - missed[folder] / max(1, lines[folder]):7.1%}  {folder or 'ocr_studio'}")


if __name__ == "__main__":
    main()
