"""Every type of document is read into the same passages, and what cannot be read is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarwise.knowledge.documents import load_documents
from scarwise.proposing import documents, word_file
from scarwise.proposing.blocks import UnreadableError
from scarwise.proposing.documents import read_document

from .files import docx, locked, pdf

# What each of the files below says: section, and the passages in it.
SAYS = [
    ("Stitches", ["Stitches on the face come out after a week.", "Keep them dry."]),
    ("Sun", ["Cover the scar from the sun.", "Use sun cream on cloudy days, too."]),
]
MARKDOWN = """---
title: After your scar revision
---

# After your scar revision

## Stitches {#stitches}

Stitches on the face come out
after a week.[^nhs] Keep them dry.

## Sun

- Cover the scar from the sun.
- Use sun cream on cloudy days, too.
"""
TEXT = """After your scar revision
========================

Stitches

Stitches on the face come out
after a week. Keep them dry.

Sun

* Cover the scar from the sun.
2. Use sun cream on cloudy
   days, too.
"""
HTML = """<!DOCTYPE html><html><head><title>After your scar revision</title>
<style>p {color: red}</style><script>var scar = "a script";</script></head>
<body><nav><a href="/">Home</a></nav><main><h2>Stitches</h2>
<p>Stitches on the <b>face</b> come out<br>after a week. Keep them dry.<p hidden>Secret words.
<h2>Sun</h2><ul><li>Cover the scar from the&nbsp;sun.<li>Use sun cream on cloudy days, too.</ul>
</main><footer>Left out</footer></body></html>"""
PDF = pdf(
    [
        (20, "After your scar revision"), (11, ""),
        (15, "Stitches"), (11, "Stitches on the face come"), (11, "out after a week. Keep"),
        (11, "them dry."), (11, "1"),
    ],
    [
        (15, "Sun"), (11, "\x95 Cover the scar from the sun."),
        (11, "\x95 Use sun cream on cloudy days,"), (11, "too."), (11, "2"),
    ],
)  # fmt: skip
DOCX = docx(
    ("title", "After your scar revision"), ("h", "Stitches"),
    ("p", "Stitches on the face come out after a week. Keep them dry."), ("h", "Sun"),
    ("li", "Cover the scar from the sun."), ("li", "Use sun cream on cloudy days, too."),
)  # fmt: skip
FILES = {
    "leaflet.md": MARKDOWN.encode(),
    "leaflet.txt": TEXT.encode(),
    "leaflet.html": HTML.encode(),
    "leaflet": b"\xef\xbb\xbf" + HTML.encode(),
    "leaflet.pdf": PDF,
    "owner.pdf": locked(PDF, ""),
    "leaflet.docx": DOCX,
}


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", FILES)
def test_every_type_is_read_alike(name: str, tmp_path: Path) -> None:
    document = read_document(put(tmp_path, name, FILES[name]))
    assert document.title == "After your scar revision"
    assert [
        (section.title, [one.text for _, found in section.blocks for one in found])
        for section in document.sections
    ] == SAYS
    stem = name.partition(".")[0]
    assert [one.id for one in document.passages] == [
        f"{stem}#stitches.1", f"{stem}#stitches.2", f"{stem}#sun.1", f"{stem}#sun.2",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["table.html", "table.md", "table.docx"])
def test_tables_are_read_by_their_rows(name: str, tmp_path: Path) -> None:
    head, rows = ["Scar", "Stitches out"], [["face", "5 to 7 days"], ["body", "two weeks"]]
    cells = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows)
    data = {
        "table.html": f"<table><tr><th>{head[0]}</th><th>{head[1]}</th></tr>{cells}</table>",
        "table.md": "|Scar|Stitches out|\n|-|-|\n|face|5 to 7 days|\n|body|two weeks|\n",
    }
    made = docx(("h", "Times"), table=rows) if name == "table.docx" else data[name].encode()
    texts = [one.text for one in read_document(put(tmp_path, name, made)).passages]
    if name == "table.docx":
        assert texts == ["face; 5 to 7 days", "body; two weeks"]
    else:
        assert texts == ["Scar: face; Stitches out: 5 to 7 days",
                         "Scar: body; Stitches out: two weeks"]  # fmt: skip


def test_what_stands_at_the_edge_of_every_page_is_left_out(tmp_path: Path) -> None:
    words = ("redness", "swelling", "itching")
    pages = [
        [(9, "Leaflet of the hospital, 2031"), (11, ""), (11, f"The scar may show {word}."),
         (11, ""), (9, f"Page {number} of 3")]
        for number, word in enumerate(words, start=1)
    ]  # fmt: skip
    found = read_document(put(tmp_path, "frames.pdf", pdf(*pages))).passages
    assert [one.text for one in found] == [f"The scar may show {one}." for one in words]


def test_words_parted_at_the_end_of_a_line_are_mended(tmp_path: Path) -> None:
    made = pdf([(11, "Keep the dres-"), (11, "sing dry; a well-"), (11, "known rule.")])
    (only,) = read_document(put(tmp_path, "parted.pdf", made)).passages
    assert only.text == "Keep the dressing dry; a well-known rule."


def test_pages_without_text_are_told(tmp_path: Path) -> None:
    made = pdf([(11, "The scar may itch for some weeks.")], [])
    assert read_document(put(tmp_path, "half.pdf", made)).left_out == ("pages without text: 2",)


BOMB = docx(("p", "x"), **{"word/media/a.xml": " " * 60_000_000})
REFUSED = {
    "scan.pdf": (pdf([], []), "holds no text, only pictures of pages: have its text recognized "
                              "(OCR) first"),
    "locked.pdf": (locked(PDF, "secret"), "is locked with a password: save a copy without one"),
    "broken.pdf": (PDF[:300], "is a broken PDF ("),
    "renamed.pdf": (TEXT.encode(), "is no .pdf file by what stands in it: save it anew"),
    "long.pdf": (pdf(*[[(11, "A scar.")]] * 301), "has 301 pages, more than 300: propose it in "
                                                  "parts"),
    "broken.docx": (DOCX[:-40], "is a broken Word file ("),
    "cut.docx": (DOCX[:100] + b"\0" * 50 + DOCX[150:], "is a broken Word file ("),
    "sheet.docx": (docx().replace(b"word/document.xml", b"sheet/document.ml"),
                   "is no Word file, though it is packed like one"),
    "bomb.docx": (BOMB, "unpacks to 60 MB, which no leaflet does: save its text alone"),
    "entities.docx": (docx(("p", "A scar."), **{"word/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]'
                                                                  "><a>&b;</a>"}),
                      "holds XML that no Word file holds: save it anew"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old or a locked Word file: save it as "
                                                     ".docx without a password"),
    "locked.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old or a locked Word file"),
    "photo.jpg": (b"\xff\xd8\xff\xe0", "is a picture: have its text recognized (OCR)"),
    "rich.rtf": (b"{\\rtf1}", "is a Rich Text file: save it as .docx or PDF"),
    "table.csv": (b"a,b", "is of a type that is not read (.csv); .md, .txt, .html, .pdf and .docx"),
    "latin.txt": ("Die Narbe h\u00e4lt".encode("latin-1"), "is not UTF-8 at byte 11: save it as "
                                                           "UTF-8"),
    "wide.txt": (TEXT.encode("utf-16"), "is UTF-16: save it as UTF-8"),
    "bytes.txt": (b"scar\0scar", "is no text; "),
    "empty.md": (b"", "holds no text to speak of"),
    "headings.md": (b"# Scars\n\n## Stitches\n", "holds no text to speak of"),
    "german.txt": (b"Die Narbe wird im Laufe der Zeit blasser und weicher, das dauert lange.",
                   "does not read as English ("),
    "long.txt": (b"The scar may itch.\n\n" * 2001, "has 2001 sentences, more than 2000"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_the_mend(name: str, tmp_path: Path) -> None:
    data, why = REFUSED[name]
    with pytest.raises(UnreadableError) as refused:
        read_document(put(tmp_path, name, data))
    assert str(refused.value).startswith(why)


def test_too_large_missing_and_folder(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as large:
        large.truncate(documents.MOST_BYTES + 1)
    for name, why in (
        ("large.txt", "has 20 MB, more than 20: propose its text alone"),
        ("missing.md", "is not there: check its name"),
        (".", "is a folder: propose one file at a time"),
    ):
        with pytest.raises(UnreadableError, match=f"^{why}$"):
            read_document(tmp_path / name)


def test_a_bomb_is_never_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_file.zipfile.ZipFile, "read", None)
    with pytest.raises(UnreadableError, match="^unpacks to 60 MB"):
        read_document(put(tmp_path, "bomb.docx", BOMB))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(FILES)),
    cuts=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 200)), max_size=3),
    junk=st.binary(max_size=30),
)
def test_any_damage_is_read_or_refused(tmp_path_factory, name: str, cuts, junk: bytes) -> None:
    data = FILES[name]
    for start, length in cuts:
        data = data[:start] + junk + data[start + length :]
    path = put(tmp_path_factory.mktemp("damaged"), name, data)
    try:
        assert read_document(path).passages
    except UnreadableError as refused:
        assert len(str(refused)) > 10


@pytest.mark.parametrize("document", load_documents().values(), ids=lambda one: one.about.id)
def test_the_project_s_own_documents(document) -> None:
    read = read_document(document.path)
    assert read.title == document.about.title
    assert [one.text for one in read.passages] == [one.text for one in document.passages]


def test_a_page_that_nests_without_end(tmp_path: Path) -> None:
    html = "<div>" * 20_000 + "The scar may itch for some weeks." + "</div>" * 20_000
    (only,) = read_document(put(tmp_path, "deep.html", html.encode())).passages
    assert only.text == "The scar may itch for some weeks."
