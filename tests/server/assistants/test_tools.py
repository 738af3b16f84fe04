"""The command ``ocr-studio mcp`` as an assistant uses it: a process of its own, through its standard streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from ocr_studio.cli import main as cli
from ocr_studio.core import extras
from tests.server.assistants.shared_photos import SECRET, add_ways_out, make_shared, snapshot

CHECKOUT = Path(__file__).parents[3]
COMMAND = ["-m", "ocr_studio", "mcp"]
unix = pytest.mark.skipif(sys.platform == "win32", reason="makes links and sends signals")


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(CHECKOUT)}


@unix
def test_an_assistant_searches_and_reads_but_sees_nothing_outside(tmp_path: Path) -> None:
    boards = make_shared(tmp_path)
    private = add_ways_out(boards)
    before = snapshot(tmp_path)
    server = StdioServerParameters(command=sys.executable, args=[*COMMAND, str(boards)], env=_environment())

    async def ask(client: Client, tool: str, **arguments: object) -> tuple[bool, str, Any]:
        answer = await client.call_tool(tool, arguments)
        assert len(answer.content) == 1
        assert answer.content[0].type == "text"
        return bool(answer.is_error), answer.content[0].text, answer.structured_content

    async def story() -> None:
        with (tmp_path.parent / "stderr.txt").open("w") as said:
            async with Client(stdio_client(server, errlog=said)) as client:
                tools = (await client.list_tools()).tools
                assert {tool.name for tool in tools} == {
                    "list_folders", "list_photos", "search", "page_text", "page_words", "read_picture",
                }  # fmt: skip
                assert all(tool.description and tool.annotations and tool.annotations.read_only_hint for tool in tools)
                _, text, found = await ask(client, "search", query="balancr")
                assert json.loads(text) == found
                hit = found["results"][0]
                _, text, _ = await ask(client, "page_text", folder=hit["folder"], photo=hit["photo"])
                assert text == "load balancer"
                _, _, words = await ask(client, "page_words", folder="boards", photo="board.png")
                assert [word["text"] for word in words["words"]] == ["load", "balancer"]
                _, _, read = await ask(client, "read_picture", folder="boards", photo="new.png", words=True)
                assert "balancer" in read["text"].casefold()
                assert read["words"]["total"] == len(read["words"]["words"]) >= 2
                for folder, photo in (
                    ("boards", "link.png"), ("boards", "../private/secret.png"), ("boards/linked", "secret.png"),
                    ("boards/../private", "secret.png"), (str(private), "secret.png"),
                    ("boards", str(private / "secret.png")),
                ):  # fmt: skip
                    for tool in ("page_text", "page_words", "read_picture"):
                        wrong, text, _ = await ask(client, tool, folder=folder, photo=photo)
                        assert wrong, (tool, folder, photo)
                        assert SECRET not in text
                _, text, _ = await ask(client, "search", query=SECRET)
                assert "secret" not in text.casefold()
                assert (await ask(client, "list_photos", folder="boards", limit=100_000))[0]

    anyio.run(story)
    assert (tmp_path.parent / "stderr.txt").read_text() == ""
    assert snapshot(tmp_path) == before


def test_standard_output_carries_only_the_protocol(tmp_path: Path) -> None:
    boards = make_shared(tmp_path)
    noisy = (
        "import os, sys\n"
        "from ocr_studio.server.assistants.photo_library import PhotoLibrary\n"
        "from ocr_studio.cli import main\n"
        "def list_folders(self):\n"
        "    print('printed', flush=True); os.write(1, b'written'); os.system('echo echoed')\n"
        "    return [{'folder': 'x', 'files': 1, 'with_text': 0}]\n"
        "PhotoLibrary.list_folders = list_folders\n"
        "sys.exit(main.main())\n"
    )
    meeting = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages: list[dict[str, object]] = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": meeting},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_folders", "arguments": {}}},
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", noisy, "mcp", str(boards)],
        env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = []
        for message in messages:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
            if "id" in message:
                lines.append(process.stdout.readline())
        rest, _ = process.communicate()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    assert (rest, process.returncode) == (b"", 0)


@unix
def test_it_ends_at_once_when_told_and_leaves_no_temporary_files(tmp_path: Path) -> None:
    boards = make_shared(tmp_path)
    search = {"name": "search", "arguments": {"query": "load"}}
    meeting = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages = (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": meeting},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": search},
    )
    running = []
    for number in (signal.SIGTERM, signal.SIGINT):
        temporary = tmp_path / number.name
        temporary.mkdir()
        process = subprocess.Popen(
            [sys.executable, *COMMAND, str(boards)],
            env={**_environment(), "TMPDIR": str(temporary)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        running.append((process, number, temporary))
    for process, number, temporary in running:
        with process:
            assert process.stdin is not None
            assert process.stdout is not None
            for message in messages:
                process.stdin.write(json.dumps(message).encode() + b"\n")
                process.stdin.flush()
                process.stdout.readline()
            assert list(temporary.glob("ocr-studio-*"))
            process.send_signal(number)
            process.wait()
            assert process.stderr is not None
            assert process.stderr.read() == b"ocr-studio: Stopped.\n"
        assert process.returncode == 130
        assert not list(temporary.glob("ocr-studio-*"))


def test_without_the_extra_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    assert cli.run(["mcp", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "pip install" in said.err
    assert "[mcp]" in said.err


def test_a_folder_that_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["mcp", str(tmp_path / "gone")]) == 1
    assert "the folder does not exist" in capsys.readouterr().err
