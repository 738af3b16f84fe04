"""The command ``ocr-studio serve``: reads photos that browsers and programs send over HTTP."""

from __future__ import annotations

import argparse
import ipaddress
import os
import secrets
import threading
from dataclasses import replace
from typing import Final

from ocr_studio.cli.project import add_follow_links, places
from ocr_studio.cli.settings import complain_of_runtime, settings_for
from ocr_studio.cli.terminal.console import GOOD, command_parser, ending_when_told, given_path, loading
from ocr_studio.core import extras, paths
from ocr_studio.core.errors import StudioError, WrongUsage
from ocr_studio.core.models import registry
from ocr_studio.core.project.project import Project

_HOST: Final = "127.0.0.1"
_PORT: Final = 8000
_VARIABLE: Final = "OCR_STUDIO_TOKEN"
_TOKEN_BYTES: Final = 16
_SHORTEST: Final = 16

_EPILOG: Final = f"""\
Open the address that is printed in a browser: drop, paste or choose photos, correct the words, and download the text.
Programs send photos to the same address:

  curl -F files=@board.jpg http://127.0.0.1:8000/api/v1/read

/api/v1/read answers with the JSON of "ocr-studio read", or with ?format=text, md, page, alto, hocr or pdf. /ocr answers
as the service of docTR does, /api/ as the old web app. /openapi.json describes everything.

Only programs on this computer can reach the service. With --host and the address of this computer in a network, others
can, too, if they know the token: with --token alone one is made, and it is part of the address that is printed. A token
of your own can also be in the environment variable {_VARIABLE}, where other users of this computer don’t see it. The
connection is not encrypted; use a proxy with HTTPS in networks that you don’t trust.

Photos are not kept, unless you name a folder with --keep. For limits and security, see "ocr-studio help service".

Exit status 0: it was stopped, with Ctrl+C for example; 1: it could not be started; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser("serve", "Read photos that browsers and programs send over HTTP.", _EPILOG)
    made.add_argument(
        "--host",
        type=_address,
        default="127.0.0.1",
        metavar="ADDRESS",
        help="IP address to listen at; default: 127.0.0.1",
    )
    made.add_argument(
        "--port", type=_port, default=_PORT, metavar="N", help=f"port to listen at, 0 for any; default: {_PORT}"
    )
    made.add_argument("--token", nargs="?", const="", metavar="TOKEN", help="require this token, or one that is made")
    made.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="also answer to this host name, such as ocr.example.org behind a proxy",
    )
    made.add_argument(
        "--keep", type=given_path, metavar="FOLDER", help="save photos and their text in the project of this folder"
    )
    made.add_argument("--model", metavar="NAME", help='recognizer to use; see "ocr-studio models list"')
    add_follow_links(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Serve until the command is stopped. Returns the exit status; raises StudioError."""
    extras.require("server")
    with loading():
        from ocr_studio.server.api.options import ServiceOptions, is_loopback  # noqa: PLC0415  (needs the extra)
        from ocr_studio.server.api.service import OcrServer  # noqa: PLC0415
    token = _find_token(options.token)
    if not token and not is_loopback(options.host):
        raise WrongUsage(
            f"other computers can reach {options.host}, and no token is set",
            remedy="Add --token to have one made, or leave out --host.",
        )
    preferred = settings_for(["detector"] if options.model else ["detector", "recognizer"])
    reader = preferred.reader_options()
    if options.model is not None:
        reader = replace(reader, model=registry.chosen(options.model), writer_profiles=())
    if options.keep and not paths.is_folder(options.keep):
        what = "this is a file, not a folder" if paths.exists(options.keep) else "the folder does not exist"
        raise StudioError(what, file=options.keep, remedy="Specify an existing folder.")
    keep = Project.find(options.keep, **places(options, preferred)) if options.keep else None
    chosen = ServiceOptions(token=token, hosts=tuple(name.lower() for name in options.allow_host))
    server = OcrServer(chosen, reader, host=options.host, port=options.port, keep=keep)
    server.start()
    try:
        with ending_when_told():
            print(f"Reading photos at {server.address}\nPress Ctrl+C to stop.", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        print("Stopped.")
    finally:
        server.stop()
    complain_of_runtime(server.lane.ocr_service)
    return GOOD


def _find_token(given: str | None) -> str:
    """Return the token of the command or the environment, or a new one; "" for none. Raises WrongUsage."""
    if given is None:
        given = os.environ.get(_VARIABLE)
        if given is None:
            return ""
    if not given:
        return secrets.token_urlsafe(_TOKEN_BYTES)
    if len(given) < _SHORTEST or not given.isascii() or not given.isprintable() or set(given) & set(' "#%<>'):
        raise WrongUsage(
            f"the token must have at least {_SHORTEST} characters: letters, digits and signs that an address can have",
            remedy="Use --token without a value to have one made.",
        )
    return given


def _address(text: str) -> str:
    """Convert an argument to an IP address. Raises argparse.ArgumentTypeError if it is none."""
    if text == "localhost":
        return _HOST
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be an IP address, not “{text}”") from error


def _port(text: str) -> int:
    """Convert an argument to a port. Raises argparse.ArgumentTypeError if it is none."""
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 65535, not “{text}”")
    return int(text)
