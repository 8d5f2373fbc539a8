"""Whatever server Sanic serves keeps its callers' words to itself once it can have heard any.

With the mends and without, on a real port.
"""

from __future__ import annotations

import pytest

SERVER = """
import asyncio, logging, socket, threading, urllib.request, warnings
from sanic import Sanic
from sanic.response import text

warnings.simplefilter("always")
logging.basicConfig(level=logging.{level})
app = Sanic("words", configure_logging=False)
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]


@app.before_server_start
async def start(_):
    logging.getLogger("rasa.start").error("what stops a start is told in full")


@app.get("/<said:str>")
async def hear(_, said):
    logging.getLogger("rasa.core").error("heard %s", said)
    logging.getLogger("rasa.core").error("heard it", extra={{"request": said}}, stack_info=True)
    logging.getLogger("scarwise.test").error("our own line stays")
    warnings.warn(f"strange: {{said}}")
    thread = threading.Thread(target=lambda: int(said))
    thread.start()
    thread.join()
    try:
        int(said)
    except ValueError:
        logging.getLogger("rasa.core").exception("not a number")
    asyncio.get_running_loop().call_later(0.2, app.stop)
    return text("ok")


@app.after_server_start
async def ask(_):
    address = f"http://127.0.0.1:{{port}}/numbat"
    threading.Thread(target=lambda: urllib.request.urlopen(address).read()).start()


app.run("127.0.0.1", port, single_process=True, access_log=True)
"""


@pytest.mark.parametrize("mended", [False, True])
def test_words_are_withheld(python, mended: bool) -> None:
    ran = python(SERVER.format(level="INFO"), mended=mended)
    written = ran.stdout + ran.stderr
    assert ran.returncode == 0, written
    assert "what stops a start is told in full" in written
    assert "our own line stays" in written
    assert ("numbat" in written) is not mended
    if mended:
        assert written.count("rasa.core:withheld message of <string>:") == 3
        assert "ValueError" in written
        assert "UserWarning of <string>:" in written


def test_somebody_who_asks_for_debugging_gets_it_and_is_told(python) -> None:
    ran = python(SERVER.format(level="DEBUG"), mended=True)
    written = ran.stdout + ran.stderr
    assert "Debug logging is on: patients' words are written to the log." in written
    assert "heard numbat" in written
