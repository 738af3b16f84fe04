"""A sample of broken and hostile inputs, as ``python -m tests.hostile`` makes them by the thousand.

One process loads the program once and forks for each input; the tests ask it for some at a time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

if sys.platform != "linux":
    pytest.skip("needs fork, limits of processes and /proc", allow_module_level=True)

CHECKOUT = Path(__file__).parent.parent
SEED = 17
# Kind → how many of them; 250 in all, each attack at least once. "networks" loads TensorFlow: only the command does.
SAMPLE: Final = {
    "pictures": 60,
    "projects": 36,
    "links": 30,
    "indexes": 22,
    "histories": 16,
    "datasets": 26,
    "evaluations": 8,
    "models": 11,
    "layers": 10,
    "fonts": 5,
    "strokes": 6,
    "word-lists": 4,
    "own-files": 7,
    "texts": 9,
}
_AT_ONCE: Final = 12
CHUNKS: Final = [
    (kind, first, min(_AT_ONCE, count - first)) for kind, count in SAMPLE.items() for first in range(0, count, _AT_ONCE)
]

Ask: TypeAlias = Callable[[str, int, int], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Have inputs of a kind tried: (kind, first number, how many) → what came of each."""
    log = tmp_path_factory.mktemp("hostile") / "errors"
    command = [sys.executable, "-m", "tests.hostile", "--serve", "--light", "--seed", str(SEED), "--jobs", "1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST"))}
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        ) as server,
    ):
        assert server.stdin
        assert server.stdout
        pipe, answers = server.stdin, server.stdout

        def tried(kind: str, first: int, count: int) -> list[dict[str, Any]]:
            pipe.write(f"{kind} {first} {count}\n".encode())
            pipe.flush()
            answer = answers.readline()
            assert answer, log.read_text(encoding="utf-8", errors="replace")[-3000:]
            return list(json.loads(answer))

        yield tried
        pipe.close()
        server.wait(60)


def test_the_sample_has_250_inputs_and_every_light_attack_of_every_kind_that_needs_no_network() -> None:
    from tests.hostile.kinds import KINDS

    assert sum(SAMPLE.values()) == 250
    assert set(SAMPLE) == {name for name, kind in KINDS.items() if not kind.tensorflow}
    # The attacks are made in turn.
    assert all(many >= sum(not attack.heavy for attack in KINDS[kind].attacks) for kind, many in SAMPLE.items())


@pytest.mark.parametrize(("kind", "first", "count"), CHUNKS, ids=str)
def test_hostile_inputs_are_answered_or_refused_in_a_line_and_touch_nothing(
    kind: str, first: int, count: int, ask: Ask
) -> None:
    results = ask(kind, first, count)
    assert [each["number"] for each in results] == list(range(first, first + count))
    failed = [
        f"{each['outcome']}: {each['what']}\n    --seed {SEED} --light --only {kind}:{each['number']}\n    "
        + "\n    ".join(each["details"])
        for each in results
        if each["outcome"] not in {"answered", "refused"}
    ]
    assert not failed, "\n".join(failed)


def test_an_input_is_the_same_for_the_same_numbers(ask: Ask) -> None:
    again = [[(each["what"], each["outcome"]) for each in ask("projects", 3, 4)] for _ in range(2)]
    assert again[0] == again[1]
