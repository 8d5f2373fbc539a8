"""Small documents of every type, made by hand so that each byte of them is known."""

from __future__ import annotations

import zipfile
from io import BytesIO

from pypdf import PdfReader, PdfWriter

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types '
    'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
STYLES = {"title": "Title", "h": "Heading1", "p": "Normal", "li": "ListParagraph"}


def pdf(*pages: list[tuple[float, str]]) -> bytes:
    """A PDF of pages, each a list of lines with the size of their letters; "" leaves a gap."""
    font = "/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", f"<< {font} >>"]
    kids = []
    for lines in pages:
        height, marks = 780.0, "BT\n"
        for size, text in lines:
            height -= size * 1.2
            safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            if text:
                marks += f"/F1 {size} Tf 1 0 0 1 60 {height:.1f} Tm ({safe}) Tj\n"
        marks += "ET"
        objects.append(f"<< /Length {len(marks)} >>\nstream\n{marks}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{at:010d} 00000 n \n" for at in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


def locked(data: bytes, password: str) -> bytes:
    """The same PDF, to be opened with `password`."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(*paragraphs: tuple[str, str], table: list[list[str]] | None = None, **more: str) -> bytes:
    """A Word file of paragraphs (kind and text); `more` adds or replaces files in it."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{STYLES[kind]}"/>'
        + ('<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if kind == "li" else "")
        + f"</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        for kind, text in paragraphs
    )
    for row in table or []:
        cells = "".join(f"<w:tc><w:p><w:r><w:t>{one}</w:t></w:r></w:p></w:tc>" for one in row)
        body += f"<w:tr>{cells}</w:tr>"
    if table:
        body = body.replace("<w:tr>", "<w:tbl><w:tr>", 1) + "</w:tbl>"
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:name w:val="{name}"/></w:style>'
        for one, name in (("Title", "Title"), ("Heading1", "heading 1"), ("Normal", "Normal"))
    )
    relations = RELATIONS.replace('officeDocument" ', 'styles" ').replace("word/document", "styles")
    files = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS,
        "word/_rels/document.xml.rels": relations,
        "word/styles.xml": f"<w:styles {space}>{styles}</w:styles>",
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
        **more,
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()
