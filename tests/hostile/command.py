"""The command: its arguments, and inputs that are run as they say."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.hostile import guided, report
from tests.hostile.kinds import KINDS
from tests.hostile.runner import Runner, prepare
from tests.hostile.trial import Kind, Result


def main(about: str | None) -> int:
    """Do what is asked. Returns the exit status.

    about: shown with the help.
    """
    options = _parser(about).parse_args()
    if options.guided is not None:
        return guided.run(options.guided, options.seed)
    try:
        kinds = [KINDS[name] for name in options.kind.split(",")] if options.kind else list(KINDS.values())
        only = [_one(each) for each in options.only]
    except (KeyError, ValueError) as error:
        _say(f"there is no kind or number {error}; kinds: {', '.join(KINDS)}")
        return 2
    runner = Runner(options.seed, options.jobs, options.keep, keep_all=bool(only), light=options.light)
    prepare()
    if options.serve:
        return _serve(runner)
    begun = time.monotonic()
    wanted = only or list(plan(kinds, options.many))
    results = list(_watched(runner.run(each for each in wanted if not each[0].tensorflow), verbose=bool(only)))
    if last := [each for each in wanted if each[0].tensorflow]:
        prepare(tensorflow=True)
        results += _watched(runner.run(last), verbose=bool(only))
    light = " --light" if options.light else ""
    for line in (*report.failures(results, f"--seed {options.seed}{light}"), "", *report.table(results, begun)):
        _say(line)
    return 0 if all(each.good for each in results) else 1


def plan(kinds: Sequence[Kind], many: int) -> Iterator[tuple[Kind, int]]:
    """So many inputs, of each kind its share."""
    whole = sum(kind.share for kind in kinds)
    counts = {kind.name: round(many * kind.share / whole) for kind in kinds}
    counts[kinds[0].name] += many - sum(counts.values())
    for kind in kinds:
        yield from ((kind, number) for number in range(max(0, counts[kind.name])))


def _parser(about: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.hostile", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--many", type=int, default=500, metavar="N", help="inputs in all; default: 500")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of all that is drawn; default: 1")
    parser.add_argument("--kind", metavar="NAME,…", help=f"of {', '.join(KINDS)}; default: all")
    parser.add_argument("--only", action="append", default=[], metavar="KIND:NUMBER", help="run this one")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the files of failures there, and of --only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="at a time; default: cores")
    parser.add_argument("--light", action="store_true", help="leave out attacks that take seconds to make")
    parser.add_argument("--serve", action="store_true", help="run what is asked for on standard input, for the tests")
    parser.add_argument("--guided", type=float, metavar="SECONDS", help="guided by coverage, with the package atheris")
    return parser


def _one(text: str) -> tuple[Kind, int]:
    name, _, number = text.partition(":")
    return KINDS[name], int(number)


def _watched(results: Iterator[Result], *, verbose: bool) -> Iterator[Result]:
    """The results; how many there are so far is shown on a terminal."""
    for count, each in enumerate(results, start=1):
        if verbose:
            _say(f"{each.kind}:{each.number} {each.outcome}: {each.what}")
            for command in each.commands:
                _say(f"    {' '.join(command)!a}")
        elif sys.stderr.isatty():
            sys.stderr.write(f"\r{count} inputs\x1b[K")
        yield each
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _serve(runner: Runner) -> int:
    """Lines of standard input, "KIND FIRST COUNT", each answered by a line of JSON."""
    for line in sys.stdin:
        name, first, count = line.split()
        wanted = ((KINDS[name], number) for number in range(int(first), int(first) + int(count)))
        _say(json.dumps([asdict(each) for each in runner.run(wanted)]))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
