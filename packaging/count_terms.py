"""Counts the words of program texts and their documentation: resources/technical-terms.tsv, a word and its count.

    .venv/bin/python packaging/count_terms.py

Counted are the names in the code, docstrings and comments of Python's standard library and of packages that the tests
install (Qt's and TensorFlow's interfaces and Pygments' lexers among them, which name the keywords of most programming
languages), each also in its parts (``readLine``: read, line). A word counts in each file with the square root of how
often it is there, or a few files would decide; words that hardly any file has are left out. Commands and units, which
no such text counts, are added.
"""

from __future__ import annotations

import re
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    "PIL", "_pytest", "coverage", "hatchling", "hypothesis", "keras/src", "markdown_it", "msgspec", "mypy", "numpy",
    "packaging", "pip", "PySide6", "pygments/lexers", "requests", "rich", "setuptools", "tensorflow/include/absl",
    "tensorflow/include/tensorflow", "wheel",
)  # fmt: skip
SUFFIXES: Final = {".py", ".pyi", ".h"}
LEFT_OUT: Final = {"test", "tests", "encodings", "lib2to3", "site-packages", "idlelib", "pydoc_data"}
_COMMANDS: Final = """
    apt awk bash brew bzip2 cat cd chmod chown clang cmake conda cp cron crontab curl cut daemon dd df diff dig dmesg
    docker du echo emacs exit export find gcc gdb git grep gunzip gzip head helm htop ifconfig iptables jq kill kubectl
    less ln localhost ls lsof make man mkdir mount mv mysql nano ncat netstat nginx nmap node nohup npm npx ping pip
    pnpm postgres ps psql pwd redis rm rmdir rsync scp screen sed sh sleep sort source ssh sudo systemctl tail tar tee
    terraform tmux top touch traceroute umount uname uniq unzip vim wc wget xargs yarn yum zip zsh
    add branch checkout clone commit fetch init merge pull push rebase reset stash status
"""
_UNITS: Final = """
    bit bits byte bytes kb mb gb tb pb kib mib gib tib kbps mbps gbps kbit mbit gbit hz khz mhz ghz ns us ms sec min hr
    mm cm dm km nm kg mg g l ml cl kn pa kpa mpa bar psi mw kw gw kwh mwh wh mv kv ma mah ohm kohm db dbm dpi ppi px pt
    em rem rpm fps kcal kj mj mol lux lm cd rad deg
"""
ADDED: Final = 400.0  # about how much a usual name counts
LEAST: Final = 8.0
TARGET: Final = Path(__file__).parents[1] / "resources" / "technical-terms.tsv"

# "doesn't", "we'll", and the n of "\\n": none of their parts is a word.
_NO_NAME: Final = re.compile(r"\w+n['’]t\b|['’](?:ll|ve|re|d|s|m)\b|\\[a-z]")
_NAME: Final = re.compile(r"[A-Za-z]+[0-9]*")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+[0-9]*")


def find_files() -> Iterator[Path]:
    """Yield the files to count."""
    folders = [Path(sysconfig.get_path("stdlib")), *(Path(sysconfig.get_path("purelib")) / each for each in PACKAGES)]
    for folder in folders:
        if not folder.is_dir():
            raise SystemExit(f"{folder} is missing: bash packaging/test.sh installs it")
        for file in sorted(folder.rglob("*")):
            if file.suffix in SUFFIXES and LEFT_OUT.isdisjoint(file.relative_to(folder).parts):
                yield file


def count_words(text: str) -> Counter[str]:
    """Count the words of one file, in lower case."""
    found = Counter[str]()
    for name in _NAME.findall(_NO_NAME.sub(" ", text)):
        found.update({part.lower() for part in (name, *_PART.findall(name)) if 2 <= len(part) <= 20})
    return found


def main() -> None:
    """Write the table, the most frequent words first."""
    total = defaultdict[str, float](float)
    for file in find_files():
        for word, count in count_words(file.read_text(encoding="utf-8", errors="ignore")).items():
            total[word] += count**0.5
    for word in (*_COMMANDS.split(), *_UNITS.split()):
        total[word] = max(total[word], ADDED)
    kept = [(word, round(count)) for word, count in total.items() if count >= LEAST]
    kept.sort(key=lambda term: (-term[1], term[0]))
    TARGET.write_text("".join(f"{word}\t{count}\n" for word, count in kept), encoding="utf-8")
    print(f"{len(kept)} words in {TARGET}")


if __name__ == "__main__":
    main()
