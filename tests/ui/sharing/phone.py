"""Another device in the network, for tests."""

from __future__ import annotations

import threading
from typing import Any

import httpx
from pytestqt.qtbot import QtBot


class Phone:
    """A phone: what it asks runs in a thread of its own while the window goes on."""

    def __init__(self, address: str, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.page, _, self.token = address.partition("#")
        self._client = httpx.Client(base_url=self.page)

    def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        answers: list[httpx.Response] = []
        thread = threading.Thread(target=lambda: answers.append(self._client.request(method, path, **what)))
        thread.start()
        self._qtbot.waitUntil(lambda: not thread.is_alive())
        return answers[0]

    def pair(self) -> httpx.Response:
        answer = self.ask("POST", "/pair", json={"token": self.token})
        if answer.status_code == 200:
            self._client.headers["Authorization"] = f"Bearer {answer.json()['secret']}"
        return answer

    def leave(self) -> None:
        self._client.close()
