"""The demo page: three plain files, with the clinic's details filled in."""

from __future__ import annotations

import html
from dataclasses import dataclass

from scarwise import places
from scarwise.texts import Texts

FOLDER = places.HOME / "widget" / "demo"
TYPES = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
# Nothing from elsewhere, nothing inline, no way to turn text into markup, no foreign frame.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    body: bytes
    content_type: str


def load_page(texts: Texts) -> dict[str, File]:
    """The page and its files by name; the page itself is named by the empty text."""
    files = {name: File((FOLDER / name).read_bytes(), kind) for name, kind in TYPES.items()}
    markup = (FOLDER / "index.html").read_text(encoding="utf-8")
    details = {**texts.clinic.values(), "demo": texts.say("demo") if texts.clinic.demo else ""}
    for name, value in details.items():
        markup = markup.replace("{" + name + "}", html.escape(value))
    files[""] = File(markup.encode(), "text/html; charset=utf-8")
    return files
