"""The booklet for a reviewer without a terminal: every answer on a page to read, print and mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scarwise.review.desk import Desk
from scarwise.review.due import due
from scarwise.review.page import Ground, Marked, Page, page_of


@dataclass(frozen=True)
class Leaf:
    """A page in the booklet: its number, why it is due (if it is), its sources by number."""

    number: int
    page: Page
    due: str
    sources: tuple[Marked, ...]

    def numbers(self, ground: Ground) -> list[int]:
        """The numbers of a passage's sources in the list at the foot of the page."""
        return [self.sources.index(one) + 1 for one in ground.sources]


@dataclass(frozen=True)
class Chapter:
    """The answers of one group of topics."""

    title: str
    leaves: tuple[Leaf, ...]


def booklet_pages(desk: Desk) -> list[Page]:
    """The pages of all answers in their order."""
    return [page_of(desk, answer) for answer in desk.in_order()]


def _sources(page: Page) -> tuple[Marked, ...]:
    grounds = [one for part in page.parts for line in part.lines for one in line.grounds]
    return tuple(dict.fromkeys(source for one in grounds for source in one.sources))


def chapters(desk: Desk, pages: Sequence[Page], today: date) -> list[Chapter]:
    """The pages by the group of their topic, numbered through."""
    reasons = {one.answer.id: one.why for one in due(desk, today)}
    leaves = [
        Leaf(number, page, reasons.get(page.answer, ""), _sources(page))
        for number, page in enumerate(pages, start=1)
    ]
    groups = {one.id: desk.topics[one.topic].group for one in desk.answers.values()}
    return [
        Chapter(group.replace("_", " ").capitalize(), tuple(members))
        for group, members in groupby(leaves, lambda one: groups[one.page.answer])
    ]


def _css(text: str) -> Markup:
    """Words that may stand between quotes in a style sheet."""
    return Markup(re.sub(r"[^\w .,-]", lambda one: f"\\{ord(one[0]):x} ", text))


def booklet_html(desk: Desk, pages: Sequence[Page], today: date, sheet: str) -> str:
    """The booklet as one HTML file; `sheet` is the name of the sheet to fill in."""
    environment = Environment(
        loader=PackageLoader("scarwise.review", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["css"] = _css
    return environment.get_template("booklet.html").render(
        clinic=desk.clinic,
        today=today,
        sheet=sheet,
        count=len(pages),
        chapters=chapters(desk, pages, today),
    )
