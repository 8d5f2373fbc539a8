"""The action server's own door: for this machine alone, and its errors hold no conversation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from scarwise import places

from .running import free_port, until

FAILING = """
from rasa_sdk import Action


class Failing(Action):
    def name(self):
        return "action_failing"

    def run(self, dispatcher, tracker, domain):
        raise KeyError(tracker.latest_message["text"])
"""


@pytest.fixture
def address(tmp_path: Path):
    """A stock action server with one action that fails."""
    (tmp_path / "failing.py").write_text(FAILING)
    port = free_port()
    path = os.pathsep.join([str(places.HOME), str(tmp_path)])
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "rasa_sdk", "--actions", "failing", "--port", str(port)],
        env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=log,
    )  # fmt: skip
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(20)


def test_the_action_server_keeps_to_itself(address: str, tmp_path: Path) -> None:
    def health() -> bool:
        try:
            return urllib.request.urlopen(f"{address}/health").status == 200
        except urllib.error.URLError:
            return False

    until(health, 60, "the action server")
    port = int(address.rpartition(":")[2])
    sockets = Path("/proc/net/tcp").read_text().splitlines()[1:]
    local = [line.split()[1] for line in sockets if line.split()[3] == "0A"]
    assert [one for one in local if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]

    call = {
        "next_action": "action_failing",
        "sender_id": "x",
        "version": "3.6.21",
        "domain": {},
        "tracker": {
            "sender_id": "x", "slots": {}, "events": [], "paused": False,
            "latest_message": {"text": "zebra scar"}, "active_loop": {}, "latest_action_name": None,
        },
    }  # fmt: skip
    headers = {"Content-Type": "application/json", "Origin": "https://page.example"}
    asked = urllib.request.Request(f"{address}/webhook", json.dumps(call).encode(), headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)
    assert refused.value.code == 500
    assert json.loads(refused.value.read()) == {"error": "KeyError"}
    assert "Access-Control-Allow-Origin" not in refused.value.headers
    logged = (tmp_path / "log").read_text()
    assert "action.failed error=KeyError" in logged
    assert "zebra" not in logged
