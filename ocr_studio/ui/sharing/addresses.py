"""The addresses of this computer in local networks."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Final

from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QNetworkInterface

from ocr_studio.core.translation import later, tr

_TITLES: Final = {
    QNetworkInterface.InterfaceType.Wifi: later("Wi-Fi"),
    QNetworkInterface.InterfaceType.Ethernet: later("Ethernet"),
}
# Interfaces of containers, virtual machines and tunnels say that they are Ethernet: a phone reaches none of them.
_VIRTUAL: Final = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "vethernet", "tun", "tap", "wg", "zt", "utun")


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """An address of this computer: its IPv4 address, and the name of its interface for the user."""

    address: str
    title: str


def list_addresses() -> list[LocalAddress]:
    """List the IPv4 addresses that a phone may reach, the most likely one first; empty without a network."""
    flags = QNetworkInterface.InterfaceFlag
    found: list[tuple[tuple[bool, bool, bool], LocalAddress]] = []
    usual = _find_usual_address()
    for interface in QNetworkInterface.allInterfaces():
        up = interface.flags() & flags.IsUp and interface.flags() & flags.IsRunning
        if not up or interface.flags() & flags.IsLoopBack:
            continue
        kind = interface.type()
        virtual = kind not in _TITLES or interface.name().casefold().startswith(_VIRTUAL)
        for entry in interface.addressEntries():
            address = entry.ip()
            if _is_reachable(address):
                title = tr(_TITLES[kind]) if kind in _TITLES and not virtual else interface.humanReadableName()
                rank = (virtual, address.toString() != usual, kind is not QNetworkInterface.InterfaceType.Wifi)
                found.append((rank, LocalAddress(address.toString(), f"{title} ({address.toString()})")))
    return [address for _, address in sorted(found, key=lambda pair: pair[0])]


def _is_reachable(address: QHostAddress) -> bool:
    ipv4 = address.protocol() == QAbstractSocket.NetworkLayerProtocol.IPv4Protocol
    return ipv4 and not address.isLoopback() and not address.isLinkLocal()


def _find_usual_address() -> str:
    """Return the address from which this computer reaches others; "" if it reaches none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Picks the route to an address for documentation (RFC 5737); nothing is sent.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])
