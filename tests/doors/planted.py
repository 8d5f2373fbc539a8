"""Two hundred private strings, the many ways in which a patient or a caller hands them over, and a
search for them in everything that was written."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from .running import DOOR

FIRST = ("Erika", "Zoë", "Aurelio", "Brónach", "Wilhelmine", "Ngozi", "Svetlana", "Takumi")
LAST = ("Mustermann", "Quackenbush", "Featherstonehaugh", "Oyelaran", "Żółkiewska")
STREETS = ("Larkspur Crescent", "Old Quarry Road", "Calle Mayor", "Bramblewick Mews", "Elm Grove")
ILLNESSES = (
    "hidradenitis", "schizophrenia", "chlamydia", "hepatitis C", "endometriosis", "fibromyalgia",
    "HIV positive", "epidermolysis", "psoriatic arthritis", "narcolepsy",
)  # fmt: skip
SINCE = ("since 1987", "after my divorce", "like my late mother", "and I hide it at work")

NAMES = [f"{first} {last}" for first in FIRST for last in LAST]
PHONES = [f"+1 646 555 {number:04d}" for number in range(3107, 3147)]
EMAILS = [f"{name.split()[0]}.{index}@patient-mail.example" for index, name in enumerate(NAMES)]
ADDRESSES = [f"{17 + 3 * n} {street}" for n in range(8) for street in STREETS]
HEALTH = [f"{illness} {since}" for illness in ILLNESSES for since in SINCE]
PLANTED = [*NAMES, *PHONES, *EMAILS, *ADDRESSES, *HEALTH]
assert len(set(PLANTED)) == 200

SENTENCES = (
    "I am {0}. What are the risks?", "{0}", "Does laser hurt? Write to me: {0}",
    "/{0}", '/inform{{"name": "{0}"}}', "\u00a0/restart {0}", "my {0} bleeds and I cannot breathe",
)  # fmt: skip


def as_id(planted: str) -> str:
    """As a message id may spell it."""
    return re.sub(r"[^A-Za-z0-9]+", "-", planted).strip("-") or "x"


def header_value(planted: str) -> str:
    """As a header may carry it."""
    return quote(planted, safe=" +@")


def bad_bodies(planted: str) -> list[bytes]:
    """Bodies that are refused, each with the string in it."""
    return [
        json.dumps({planted: 1}).encode(),
        json.dumps({"id": planted, "text": "hello"}).encode(),
        json.dumps({"id": "1", "text": "hello", "sender": planted}).encode(),
        json.dumps({"id": "1", "text": [planted]}).encode(),
        f'{{"id": "1", "text": "{planted}'.encode(),
        planted.encode("utf-16"),
        json.dumps({"id": "1", "text": planted * 2000}).encode(),
    ]


# What a patient said, a client's own id of it beside it, and why an answer did not help.
CONVERSATION = {
    ("events", "data"), ("turns", "said"), ("turns", "text"), ("turns", "client_id"),
    ("feedback", "reason"),
}  # fmt: skip


def shout(port: int, planted: str) -> None:
    """Requests that no client library would send."""
    spelled = quote(planted)
    for raw in (
        f"GET {DOOR}{spelled}?q={spelled} HTTP/1.1\r\nHost: {spelled}\r\n\r\n",
        f"{as_id(planted)} {DOOR} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"POST {DOOR}messages HTTP/1.1\r\nHost: x\r\n{planted}\r\n\r\n",
        f"POST {DOOR}messages HTTP/9.{spelled}\r\n\r\n",
        f"POST {DOOR}messages HTTP/1.1\r\nHost: x\r\nContent-Length: {spelled}\r\n\r\n",
        f"{planted}\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(raw.encode())
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):
                pass


def _spellings(planted: str) -> set[bytes]:
    """The string as a log may spell it: plain, escaped, quoted, as an id, without spaces."""
    forms = {planted, json.dumps(planted)[1:-1], quote(planted), quote(planted, safe=" +@")}
    forms |= {as_id(planted), repr(planted.encode())[2:-1], planted.replace(" ", "")}
    digits = re.sub(r"\D", "", planted)
    if len(digits) >= 10:
        forms.add(digits[-10:])
    whole = {form.casefold().encode() for form in forms}
    return whole | {planted.encode("utf-16-le"), planted.encode("utf-16-be")}


def found_in(content: bytes) -> list[str]:
    """The planted strings that `content` holds in any spelling."""
    lower = content.decode("utf-8", "surrogateescape").casefold()
    folded = lower.encode("utf-8", "surrogateescape")
    return [one for one in PLANTED if any(form in folded for form in _spellings(one))]


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that was written below `folder`: file names, files, and of the database every column
    but those in which the conversation itself is kept."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or any(one.is_symlink() for one in path.parents):
            continue
        yield "file names", path.name.encode()
        if path.is_file() and not path.name.startswith("conversations.db"):
            yield path.name, path.read_bytes()
    with closing(sqlite3.connect(folder / "var" / "conversations.db")) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            kept = [one for one in names if (table, one) not in CONVERSATION]
            rows = database.execute(f"SELECT {', '.join(kept)} FROM {table}").fetchall()
            yield f"table {table}", repr(rows).encode()
