"""Shows the clinic who asked for a call back, and takes a request away when it is done."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scarwise.storage.database import DATABASE_ERRORS, database_url, explained, open_engine
from scarwise.storage.requests import Kept, RequestStore

SOON = timedelta(days=7)  # before a request is deleted for its age, the list says so


def as_text(requests: Sequence[Kept], keep_days: int, now: datetime) -> str:
    """The open requests as a person reads them, oldest first."""
    lines = []
    for one in requests:
        end = one.asked_at + timedelta(days=keep_days)
        asked = one.asked_at.strftime("%Y-%m-%d %H:%M UTC")
        request = one.request
        line = f"{one.number}  {request.name}, {request.phone}, {request.time}, asked {asked}"
        lines.append(f"{line}; deleted on {end:%Y-%m-%d}" if end - now < SOON else line)
    count = f"{len(requests)} open. When one is done: scarwise requests done NUMBER"
    return "\n".join([*lines, count if requests else "No request for a call back is open."])


def as_json(requests: Sequence[Kept]) -> str:
    """The open requests as a JSON array."""
    rows = [
        {
            "number": one.number,
            "name": one.request.name,
            "phone": one.request.phone,
            "time": one.request.time,
            "asked_at": one.asked_at.isoformat(timespec="seconds"),
        }
        for one in requests
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def main(done: str | None, in_json: bool, keep_days: int) -> int:
    """List what is open, or delete the request `done`; the exit code is 1 where that fails."""
    try:
        store = RequestStore(open_engine(database_url()))
        if done is not None:
            return _done(store, done)
        requests = store.open_requests()
    except DATABASE_ERRORS as error:
        print(explained(error, "the requests could not be read or changed"), file=sys.stderr)
        return 1
    now = datetime.now(UTC)
    print(as_json(requests) if in_json else as_text(requests, keep_days, now))
    return 0


def _done(store: RequestStore, number: str) -> int:
    if store.done(number):
        print(f"Request {number} is done; it is deleted.")
        return 0
    print(f"scarwise: there is no open request {number}; see scarwise requests", file=sys.stderr)
    return 1
