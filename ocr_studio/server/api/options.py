"""What a service is started with: who may use it, how much, and where photos are kept."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field
from typing import Final

_LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """How much one request may ask, and how many may wait.

    Attributes:
        body: Bytes of a request.
        files: Files, and other parts, of a request.
        pages: Pages of all files of a request together.
        waiting: Requests that wait while another is read; further ones are refused.
        patience: Seconds without any byte after which a request is given up.
        arrival: Seconds in which all of a request has to arrive.
    """

    body: int = 32 << 20
    files: int = 20
    pages: int = 20
    waiting: int = 16
    patience: float = 30.0
    arrival: float = 180.0


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What a service is started with.

    Attributes:
        token: What requests must show as bearer; "" if no token is needed.
        hosts: Further names that it is reached by, with the port as browsers write it; "ocr.example.org" behind a
            proxy.
        limits: How much is answered.
    """

    token: str = ""
    hosts: tuple[str, ...] = ()
    limits: ServiceLimits = field(default_factory=ServiceLimits)


def is_loopback(host: str) -> bool:
    """Whether only programs on this computer reach an address or a name."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_allowed_host(value: str, *, authority: str, more: tuple[str, ...] = ()) -> bool:
    """Whether the ``Host`` of a request is a name of this service.

    A service at all addresses (0.0.0.0) is also reached by any address of this computer, and by its name. A page that
    lets its own name lead here (DNS rebinding) always sends a name.

    Args:
        value: The header.
        authority: Host and port at which the service listens.
        more: Further names.
    """
    value = value.lower()
    listening, _, port = authority.rpartition(":")
    name, _, asked = value.rpartition(":") if not value.endswith("]") and ":" in value else (value, "", "80")
    if value in more or value == authority:
        return True
    if asked != port:
        return False
    if is_loopback(listening):
        return name in _LOOPBACK_NAMES
    if not ipaddress.ip_address(listening.strip("[]")).is_unspecified:
        return name == listening
    own = socket.gethostname().lower()
    return _is_address(name) or name in (*_LOOPBACK_NAMES, own, f"{own}.local")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
