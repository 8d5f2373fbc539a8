"""A running assistant for the chat's own tests, which are JavaScript and run in Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from doors.running import DOOR, Home, Serving, free_port
from torture.conftest import figures  # noqa: F401  (a fixture here, too)
from torture.patients import Assailed

WEBSITES = 'websites: ["{website}"]\n'


class Killing(HTTPServer):
    """Kills the assistant's Rasa with -9 at each POST; `scarwise run` starts it anew."""

    def __init__(self, assailed: Assailed) -> None:
        super().__init__(("127.0.0.1", 0), _Kill)
        self.assailed = assailed
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Kill(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Killing)
        rasa = self.server.assailed.child("rasa")
        assert rasa
        os.kill(rasa, signal.SIGKILL)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is to be said about it."""


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser; without one the chat is not tested, and that is a failure."""
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    assert found, "Chromium is needed for these tests: apt-get install chromium"
    return found


@pytest.fixture(scope="module")
def surroundings(
    chromium: str, trained_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """What the tests need to know: a page, a website that may show the chat, a way to kill."""
    home = Home(tmp_path_factory.mktemp("chat"), trained_model)
    website = f"http://127.0.0.1:{free_port()}"
    clinic = home.folder / "clinic.yml"
    clinic.write_text(clinic.read_text(encoding="utf-8") + WEBSITES.format(website=website))
    assailed = Assailed(home)
    assailed.serving = Serving(home)
    killing = Killing(assailed)
    yield {
        "CHROMIUM": chromium,
        "SCARWISE_PAGE": f"http://127.0.0.1:{assailed.port}{DOOR}",
        "SCARWISE_WEBSITE": website,
        "SCARWISE_KILL": killing.address,
    }
    killing.shutdown()
    assailed.serving.stop()
