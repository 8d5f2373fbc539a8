"""Which websites may show the chat. Pure: browsers say where a page is from, and this answers."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

METHODS = "GET, POST, DELETE"
HEADERS = "Authorization, Content-Type"
PREFLIGHT_SECONDS = 600  # how long a browser need not ask again


def may_come_from(origin: str | None, host: str, websites: Collection[str]) -> bool:
    """Whether a page of `origin` may talk with the server that it calls `host`.

    A program that is no browser sends no origin; it could claim any, so none is asked of it.
    """
    if origin is None:
        return True
    try:
        own = urlsplit(origin).netloc
    except ValueError:
        return False
    # A proxy may have taken TLS away, so that the server knows its own scheme less well.
    return origin.lower() in websites or (bool(own) and own.lower() == host.lower())


def cross_origin_headers(origin: str | None, allowed: bool) -> dict[str, str]:
    """What lets the browser hand a reply on to the page; without it the page reads nothing."""
    if origin is None or not allowed:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Retry-After",
    }


def preflight_headers() -> dict[str, str]:
    """What a page of an allowed website may send."""
    return {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
