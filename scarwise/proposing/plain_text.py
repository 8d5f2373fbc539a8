"""Reads plain text, and Markdown by way of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from scarwise.knowledge.documents import ANCHOR, FRONT_MATTER, REFERENCE
from scarwise.proposing.blocks import Block, Contents, tidy
from scarwise.proposing.web_page import read_html

BULLET = re.compile(r"^\s*(?:[-*•‣◦▪–]|\d{1,2}[.)])\s+(?=\S)")
MOST_HEADING = 80
_RULE = re.compile(r"^\s*([-=_*~])\1{2,}\s*$")


def read_markdown(text: str) -> Contents:
    """The blocks of a Markdown file; names of headings and footnotes are taken off."""
    front = FRONT_MATTER.match(text)
    body = REFERENCE.sub("", front[2] if front else text)
    page = read_html(MarkdownIt("commonmark").enable("table").render(body))
    blocks = tuple(Block(one.kind, _without_anchor(one)) for one in page.blocks)
    return Contents(blocks, _title(front[1]) if front else "")


def _without_anchor(block: Block) -> str:
    named = ANCHOR.match(block.text) if block.kind == "heading" else None
    return named["title"] if named else block.text


def _title(front_matter: str) -> str:
    try:
        fields = YAML(typ="safe").load(front_matter)
    except YAMLError:
        return ""
    title = fields.get("title") if isinstance(fields, dict) else None
    return tidy(title) if isinstance(title, str) else ""


def read_text(text: str) -> Contents:
    """The blocks of plain text: parted by empty lines, items by their bullets."""
    lines = [line.rstrip() for line in text.splitlines()]
    return Contents(tuple(block for block in _blocks(lines) if block.text))


def _blocks(lines: list[str]) -> Iterator[Block]:
    part: list[str] = []
    is_item = False
    for line in [*lines, ""]:
        bullet = BULLET.match(line)
        rule = _RULE.match(line)
        if part and (bullet or rule or not line.strip()):
            yield _block(part, is_item, underlined=bool(rule))
            part, is_item = [], False
        if rule or not line.strip():
            continue
        is_item = is_item or bool(bullet)
        part.append(line[bullet.end() :] if bullet else line)


def _block(part: list[str], is_item: bool, underlined: bool) -> Block:
    text = tidy(" ".join(part))
    if is_item:
        return Block("item", text)
    alone = len(part) == 1 and len(text) <= MOST_HEADING
    return Block("heading" if alone and (underlined or _heads(text)) else "paragraph", text)


def _heads(text: str) -> bool:
    """Whether a line that stands alone is a heading rather than a sentence."""
    return text[-1:] not in ".!;,:" and (text[:1].isupper() or text[:1].isdigit())
