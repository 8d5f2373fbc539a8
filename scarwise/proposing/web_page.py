"""Reads HTML, into which Markdown and Word files are turned too: all three are read alike."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scarwise.proposing.blocks import Block, Contents, Kind, tidy

LEFT_OUT = "script, style, noscript, template, svg, iframe, nav, aside, form, button, [hidden]"
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
ITEMS = frozenset({"li", "dt", "dd"})
BLOCKS = HEADINGS | ITEMS | frozenset(
    "p div section article main header footer ul ol dl blockquote pre figure figcaption table tr "
    "td th caption address details summary fieldset body hr tbody thead tfoot".split()
)  # fmt: skip
TEXT = "-text"  # selectolax's name of a text node


def read_html(html: str) -> Contents:
    """The blocks of a page, without what leads about in it or runs in it."""
    tree = LexborHTMLParser(html)
    for node in tree.css(LEFT_OUT):
        node.decompose()
    title = tree.css_first("title")
    body = tree.css_first("main") or tree.css_first("body")
    blocks = tuple(_blocks(body)) if body else ()
    return Contents(blocks, tidy(title.text()) if title else "")


def _blocks(body: LexborNode) -> Iterator[Block]:
    """A walk without recursion: pages nest as deep as they like."""
    kinds: list[Kind] = ["paragraph"]
    words: list[str] = []
    steps: list[tuple[LexborNode, bool]] = [(body, False)]
    while steps:
        node, leaves = steps.pop()
        tag = node.tag
        if tag == TEXT:
            words.append(node.text_content or "")
            continue
        if tag in BLOCKS:
            yield from _block(kinds[-1], words)
            words = []
        if leaves:
            kinds.pop()
            continue
        if tag == "table" and _holds_data(node):
            yield from _rows(node)
            continue
        if tag in BLOCKS:
            steps.append((node, True))
            kinds.append(_kind(tag, kinds[-1]))
        elif tag == "br":
            words.append(" ")
        steps += [(child, False) for child in reversed(list(node.iter(include_text=True)))]
    yield from _block(kinds[-1], words)


def _kind(tag: str, around: Kind) -> Kind:
    if tag in HEADINGS:
        return "heading"
    return "item" if tag in ITEMS else around  # a paragraph in an item is part of the item


def _block(kind: Kind, words: list[str]) -> Iterator[Block]:
    text = tidy("".join(words))
    if text:
        yield Block(kind, text)


def _holds_data(table: LexborNode) -> bool:
    """Whether a table is one, and does not only place other blocks side by side."""
    return not table.css("table table, h1, h2, h3, h4, ul, ol")


def _rows(table: LexborNode) -> Iterator[Block]:
    """Each row in words: "Stitches: 7 days; Sport: 6 weeks" below a row of headings."""
    heads: list[str] = []
    for row in table.css("tr"):
        nodes = row.css("th, td")
        cells = [tidy(node.text(separator=" ")) for node in nodes]
        if not heads and len(cells) > 1 and all(node.tag == "th" for node in nodes):
            heads = cells
            continue
        yield from _block("row", [_row(heads, cells)])


def _row(heads: list[str], cells: list[str]) -> str:
    if len(heads) == len(cells):
        named = (
            f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=True)
        )
        return "; ".join(one for one, cell in zip(named, cells, strict=True) if cell)
    return "; ".join(cell for cell in cells if cell)
