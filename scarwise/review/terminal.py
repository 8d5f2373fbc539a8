"""A reviewer's page in the terminal: the words on the left, what they rest on on the right.

Changes are told by signs as well as by color, so that they are seen in a pipe and by everybody.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from scarwise.review.page import Ground, Line, Mark, Marked, Page

SIGNS: dict[Mark, tuple[str, str, str]] = {  # before, after, style
    "same": ("", "", ""),
    "gone": ("[-", "-]", "red strike"),
    "new": ("{+", "+}", "green bold"),
}
REVIEWER = '--role "ROLE" --name "NAME"'


def text_of(marked: Marked, style: str = "") -> Text:
    """Marked words as one text; addresses are broken and not cut, so that they can be copied."""
    pieces = []
    for mark, words in marked:
        before, after, color = SIGNS[mark]
        pieces.append(Text(f"{before}{words}{after}", style=color or style))
    return Text(" ", overflow="fold").join(pieces)


def show(page: Page, console: Console) -> None:
    """Print the page, and how to decide."""
    for one in _rendered(page):
        console.print(one)
    answer = shlex.quote(page.answer)
    for what, command in (("To sign exactly this:", "sign"), ("To send it back:", "send-back")):
        line = f"scarwise review {command} {answer} --hash {page.hash} {REVIEWER}"
        console.print(Text(what, style="bold"))
        # Not broken, so that it can be copied.
        console.print(line + (" --comment WHY" if command == "send-back" else ""), soft_wrap=True)


def _rendered(page: Page) -> Iterator[RenderableType]:
    yield Rule(Text(f"{page.title}  [{page.answer}]", style="bold"), align="left")
    yield Text(f"Patients ask: {page.asks}")
    yield Text(page.history, style="bold" if page.changes or not page.review else "")
    if page.changes:
        yield Text("[-so-] is gone, {+so+} is new.")
    for part in page.parts:
        yield Text()
        yield _table(part.title, part.lines)
    yield Text()
    yield Text("Below it patients read: ", style="bold") + text_of(page.prompt)
    yield Text()


def _table(title: str, lines: tuple[Line, ...]) -> Table:
    table = Table(expand=True, show_lines=True)
    table.add_column(title, ratio=2, overflow="fold")
    table.add_column("What it rests on", ratio=3, overflow="fold")
    for line in lines:
        table.add_row(text_of(line.text), _grounds(line.grounds))
    return table


def _grounds(grounds: tuple[Ground, ...]) -> Text:
    if not grounds:
        return Text("Words of comfort: they state nothing about health.", style="dim")
    return Text("\n", overflow="fold").join(_ground(one) for one in grounds)


def _ground(ground: Ground) -> Text:
    name = Text(ground.id, style="cyan")
    if ground.again:
        return name + Text(" (see above)", style="dim")
    sources = [Text("  Source: ", style="dim") + text_of(one, "dim") for one in ground.sources]
    return Text("\n").join([name, text_of(ground.text), *sources])
