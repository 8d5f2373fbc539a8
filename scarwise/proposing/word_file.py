"""Reads a Word file (.docx) by way of HTML, after a look into the archive that it is."""

from __future__ import annotations

import zipfile
from io import BytesIO

import mammoth

from scarwise.proposing.blocks import Contents, UnreadableError
from scarwise.proposing.web_page import read_html

MOST_UNPACKED = 100_000_000  # bytes
MOST_TIMES_LARGER = 200  # unpacked against packed; XML packs well, bombs better
MOST_FILES = 5_000
STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"


def read_docx(data: bytes) -> Contents:
    """The blocks of a Word file; raises `UnreadableError`."""
    _look_inside(data)
    try:
        html = mammoth.convert_to_html(
            BytesIO(data),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(lambda _: {}),
        ).value
    except Exception as error:  # a broken file raises whatever it likes
        raise _broken(error) from None
    return read_html(html)


def _look_inside(data: bytes) -> None:
    """Refuse what would fill the memory, or is no Word file."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = archive.infolist()
            unpacked = sum(one.file_size for one in files)  # more than this is never unpacked
            if (
                len(files) > MOST_FILES
                or unpacked > MOST_UNPACKED
                or unpacked > MOST_TIMES_LARGER * len(data) + 1_000_000
            ):
                raise UnreadableError(
                    f"unpacks to {unpacked // 1_000_000} MB, which no leaflet does: save its text "
                    "alone"
                )
            names = {one.filename for one in files}
            if "word/document.xml" not in names:
                raise UnreadableError("is no Word file, though it is packed like one: save it as "
                                      ".docx or PDF")  # fmt: skip
            for name in names:
                if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name):
                    raise UnreadableError("holds XML that no Word file holds: save it anew")
    except UnreadableError:
        raise
    except Exception as error:  # a broken archive raises whatever it likes
        raise _broken(error) from None


def _broken(error: Exception) -> UnreadableError:
    return UnreadableError(
        f"is a broken Word file ({type(error).__name__}): save it anew from its program"
    )
