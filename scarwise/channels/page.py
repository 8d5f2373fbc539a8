"""The files that the web door serves: the demo page, and the chat that any website can embed."""

from __future__ import annotations

import hashlib
import html
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scarwise import places
from scarwise.texts import Texts

DEMO = places.HOME / "widget" / "demo"
WIDGET = places.HOME / "widget" / "dist"
LOADER = "scar-chat.js"
NOT_BUILT = "The chat is not built here: run `make setup`, and start the assistant again."
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
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
LASTING = "public, max-age=31536000, immutable"  # asked for with ?v=, which changes with the file
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def load_page(texts: Texts, folder: Path = DEMO) -> dict[str, File]:
    """The pages of `folder` and their files by name; the first page is named by the empty text."""
    files = {path.name: _file(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}
    details = {**texts.clinic.values(), "demo": texts.say("demo") if texts.clinic.demo else ""}
    for name in [name for name in files if name.endswith(".html")]:
        markup = files[name].body.decode()
        for key, value in details.items():
            markup = markup.replace("{" + key + "}", html.escape(value))
        files[name] = File(markup.encode(), files[name].content_type)
    files[""] = files.pop("index.html")
    return files


def load_widget() -> dict[str, File]:
    """The built chat by file name; empty, with a warning, where it has not been built."""
    files = {path.name: _embedded(path) for path in sorted(WIDGET.glob("*.js"))}
    if LOADER not in files:
        logger.warning("%s/%s is missing. %s", places.shown(WIDGET), LOADER, NOT_BUILT)
    return files


def _file(path: Path) -> File:
    return File(path.read_bytes(), TYPES[path.suffix])


def _embedded(path: Path) -> File:
    """A file that pages of other websites load."""
    file = _file(path)
    headers = {
        "ETag": f'"{hashlib.sha256(file.body).hexdigest()[:24]}"',
        "Cache-Control": "no-cache",  # a new release is seen at once, and costs one short request
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return File(file.body, file.content_type, headers)
